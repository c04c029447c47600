/*
 * stays - what is left of a sender, and what is left of a queue
 *
 *   A child sends two letters, and is killed. Later another child waits for a
 *   letter, and meanwhile the queue is removed.
 *
 * Watch: the letters are still there after their sender has gone. Nothing tells
 * the reader that no further letter will come: there is no end-of-file.
 *
 * Try: let the first child call remove_queue() before it is killed. Which call
 * fails then, and with which error?
 */
#define _GNU_SOURCE			// for lesson.h
#include <sys/msg.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

struct message {
	long type;
	char text[32];
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
	// No key is needed: our children inherit the id.
	queue = msgget(IPC_PRIVATE, 0600);
	if (queue == -1)
		die("msgget");
	let_signals();
}

static void put(const char *text)
{
	struct message message = { .type = 1 };

	strcpy(message.text, text);
	// 0: no flag.
	if (msgsnd(queue, &message, sizeof message.text, 0) == -1)
		die("msgsnd");
}

/* How many letters are in the queue? */
static unsigned long letters(void)
{
	struct msqid_ds state;

	// IPC_STAT copies to us what the kernel knows about the queue.
	if (msgctl(queue, IPC_STAT, &state) == -1)
		die("msgctl IPC_STAT");
	return state.msg_qnum;
}

/* Take a letter, and print it. WHO is the beginning of the line. FLAGS: with 0
 * we wait for a letter, with IPC_NOWAIT we do not. */
static void take(const char *who, int flags)
{
	struct message message;
	ssize_t n;

	do {
		// The 0 is the type: it takes a letter of any type.
		n = msgrcv(queue, &message, sizeof message.text, 0, flags);
	} while (n == -1 && errno == EINTR);
	if (n == -1)
		say("%s: -1, %s", who, errno_name(errno));
	else
		say("%s: %s", who, message.text);
}

/* The first child does this. */
static void send_and_die(void)
{
	put("the first letter");
	put("the second letter");
	// This sends a signal to ourselves, and the signal kills us.
	if (raise(SIGKILL) != 0)
		die("raise");
}

/* The second child does this. */
static void wait_for_letter(void)
{
	take("a reader that sleeps", 0);
}

/* Start a child that calls the function TO_DO. */
static pid_t start_child(void (*to_do)(void))
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child == -1)
		die("fork");
	if (child == 0) {
		// If the parent is killed, the child ends as well. Without
		// this, it could wait for ever: nobody removes the queue.
		if (!end_with_parent(parent))
			die("end_with_parent");
		to_do();
		exit(EXIT_SUCCESS);
	}
	return child;
}

/* Wait until CHILD has ended. Return its status. */
static int wait_for(pid_t child)
{
	int status;

	while (waitpid(child, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	return status;
}

int main(void)
{
	unsigned long left;
	pid_t child;
	int status;

	make_queue();

	child = start_child(send_and_die);
	status = wait_for(child);
	// A child that another signal has killed may not have sent its letters.
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
		quit("the child was not killed by its own SIGKILL");
	left = letters();
	say("the sender was killed; %lu letters are in the queue", left);
	take("I take one", IPC_NOWAIT);
	take("I take one", IPC_NOWAIT);
	take("I take one more", IPC_NOWAIT);

	child = start_child(wait_for_letter);
	if (!wait_until_asleep(child))
		quit("the child has ended, but it should wait");
	// Print before the call, not after it: the call wakes the reader, and
	// the reader's line must come after ours.
	say("the queue is removed");
	if (msgctl(queue, IPC_RMID, NULL) == -1)
		die("msgctl IPC_RMID");
	status = wait_for(child);
	if (status != 0)
		quit("the child has failed");
	// We still have the id, but the queue has gone.
	take("a reader that comes later", 0);
	return EXIT_SUCCESS;
}
