/*
 * toolong - a message that is longer than the buffer of msgrcv()
 *
 *   Two messages are in the queue: a long one, and after it a short one.
 *
 * Watch: in the wrong way the long message stays in front, and nobody gets the
 * short one. With MSG_NOERROR a part of the long message is lost.
 *
 * Try: set SMALL to 12. Which lines change?
 */
#define _GNU_SOURCE			// for lesson.h
#include <sys/msg.h>

#include "../../../common/lesson.h"

enum { SMALL = 8, LARGE = 32 };		// bytes of text that fit into a buffer

struct message {
	long type;
	char text[LARGE];
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

/* Send the letters of TEXT, without the '\0' at their end. */
static void put(const char *text)
{
	struct message message = { .type = 1 };
	size_t length = strlen(text);

	memcpy(message.text, text, length);
	// 0: no flag.
	if (msgsnd(queue, &message, length, 0) == -1)
		die("msgsnd");
}

/* Take the oldest message, and print it. WAY is the beginning of the line. ROOM
 * is what we tell msgrcv(): so many bytes of text fit into our buffer. */
static void take(const char *way, size_t room, int flags)
{
	struct message message;
	ssize_t n;

	// The 0 is the type: it takes the oldest message of all.
	n = msgrcv(queue, &message, room, 0, flags | IPC_NOWAIT);
	if (n == -1) {
		say("%s, room for %zu: -1, %s", way, room, errno_name(errno));
		return;
	}
	// No '\0' is in the text. So "%.*s" prints no more than n characters.
	say("%s, room for %zu: %zd bytes: %.*s", way, room, n, (int)n,
	    message.text);
}

int main(void)
{
	make_queue();
	put("a long letter");
	put("short");

	take("wrong: no flag", SMALL, 0);
	take("wrong: once more", SMALL, 0);
	take("cut: MSG_NOERROR", SMALL, MSG_NOERROR);
	take("the next one", SMALL, 0);

	put("a long letter");
	take("right: no flag", LARGE, 0);
	return EXIT_SUCCESS;
}
