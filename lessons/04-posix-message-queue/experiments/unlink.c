/*
 * unlink - what stays when a program ends, and what mq_unlink() takes away
 *
 *   A child sends a message to a queue, and ends. We close the queue, too.
 *
 * Watch: first the queue stays, though no process has it open. Then it stays,
 * though it has no name any more: we have it open.
 *
 * Try: in main(), move the two lines of mq_unlink() up, before mq_close().
 * Which call fails now?
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <mqueue.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum { LONGEST = 16 };		// bytes that a message may have

static char name[OWN_NAME];	// global, because remove_queue() needs it

static void remove_queue(void)
{
	mq_unlink(name);	// fails only if there is no such name
}

static mqd_t make_queue(void)
{
	struct mq_attr attr = { .mq_maxmsg = 3, .mq_msgsize = LONGEST };
	mqd_t queue;

	// O_EXCL: a new queue, or an error.
	queue = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attr);
	if (queue == (mqd_t)-1)
		die("mq_open, O_CREAT");
	return queue;
}

static void let_child_send(mqd_t queue)
{
	pid_t parent = getpid();
	pid_t child = fork();
	int status;

	if (child == -1)
		die("fork");
	if (child == 0) {
		// If the parent is killed, nobody wants our message.
		if (!end_with_parent(parent))
			die("end_with_parent");
		// 6 bytes. The 0 is the priority.
		if (mq_send(queue, "letter", 6, 0) == -1)
			die("mq_send");
		exit(EXIT_SUCCESS);
	}
	while (waitpid(child, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (status != 0)
		quit("the child has failed");
}

/* Say how many messages are in QUEUE. */
static void show(const char *what, mqd_t queue)
{
	struct mq_attr attr;

	if (mq_getattr(queue, &attr) == -1)
		die("mq_getattr");
	say("%s: messages %ld", what, attr.mq_curmsgs);
}

int main(void)
{
	mqd_t old;		// the queue of the child's message
	mqd_t fresh;		// a second queue, with the same name

	own_name(name, "unlink");
	remove_queue();			// a killed run may have left a queue
	remove_at_end(remove_queue);

	old = make_queue();
	let_child_send(old);
	if (mq_close(old) == -1)
		die("mq_close");
	say("the sender has ended, and nobody has the queue open");

	old = mq_open(name, O_RDWR);
	if (old == (mqd_t)-1)
		die("mq_open");
	show("opened again", old);

	if (mq_unlink(name) == -1)
		die("mq_unlink");
	// Nothing has this name now, so mq_open() fails.
	if (mq_open(name, O_RDWR) != (mqd_t)-1)
		quit("the name is still there");
	if (errno != ENOENT)
		die("mq_open, no name");
	say("unlinked; mq_open() of the name: %s", errno_name(errno));
	show("but we have it open", old);

	fresh = make_queue();
	show("a new queue of this name", fresh);
	show("the old queue", old);
	return EXIT_SUCCESS;
}
