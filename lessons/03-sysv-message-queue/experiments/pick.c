/*
 * pick - one queue, six ways to say which message is wanted
 *
 *   The queue is filled with the same four messages each time. Then one
 *   msgrcv() takes one of them.
 *
 * Watch: only type 0 takes the oldest message of all.
 *
 * Try: ask for type -4, and then for type -1. What do you get, and why?
 */
#define _GNU_SOURCE			// for MSG_EXCEPT, MSG_COPY
#include <sys/msg.h>

#include "../../../common/lesson.h"

struct message {
	long type;
	char text[16];
};

enum { MESSAGES = 4 };

/* From the oldest to the youngest. */
static const struct message menu[MESSAGES] = {
	{ .type = 5, .text = "tea" },
	{ .type = 2, .text = "soup" },
	{ .type = 9, .text = "cake" },
	{ .type = 2, .text = "rice" },
};

// -1: not made yet. Then remove_queue() does nothing.
static int queue = -1;

static void remove_queue(void)
{
	msgctl(queue, IPC_RMID, NULL);	// NULL: this command needs no data
}

static void make_queue(void)
{
	hold_signals();
	remove_at_end(remove_queue);
	// No key is needed: nobody else uses this queue.
	queue = msgget(IPC_PRIVATE, 0600);
	if (queue == -1)
		die("msgget");
	let_signals();
}

static void fill(void)
{
	for (int i = 0; i < MESSAGES; i++) {
		// 0: no flag.
		if (msgsnd(queue, &menu[i], sizeof menu[i].text, 0) == -1)
			die("msgsnd");
	}
}

static void empty(void)
{
	struct message message;
	ssize_t n;

	do {
		// 0: a message of any type.
		n = msgrcv(queue, &message, sizeof message.text, 0, IPC_NOWAIT);
	} while (n != -1);
	if (errno != ENOMSG)		// ENOMSG: the queue is empty
		die("msgrcv, empty");
}

/* Take one of the four messages, and print it. HOW is the beginning of the
 * line. IPC_NOWAIT: if no message suits, do not wait for one. */
static void pick(const char *how, long type, int flags)
{
	struct message message;
	ssize_t n;

	fill();
	n = msgrcv(queue, &message, sizeof message.text, type,
		   flags | IPC_NOWAIT);
	if (n != -1)
		say("%s: %ld %s", how, message.type, message.text);
	else if (errno == ENOSYS)
		say("skipped: this kernel has no MSG_COPY; build one with"
		    " CONFIG_CHECKPOINT_RESTORE");
	else
		say("%s: -1, %s", how, errno_name(errno));
	empty();
}

int main(void)
{
	make_queue();
	say("in the queue: 5 tea, 2 soup, 9 cake, 2 rice");
	pick("type 0, the oldest", 0, 0);
	pick("type 2, the oldest 2", 2, 0);
	pick("type 7, the oldest 7", 7, 0);
	pick("type -6, the lowest type that is at most 6", -6, 0);
	pick("type 5 and MSG_EXCEPT, the oldest that is not 5", 5, MSG_EXCEPT);
	// With MSG_COPY the 2 is no type. It is a place in the queue, and the
	// oldest message is at place 0.
	pick("type 2 and MSG_COPY, a copy of what is at place 2", 2, MSG_COPY);
	return EXIT_SUCCESS;
}
