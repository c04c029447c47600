/*
 * sender - puts letters into a box; ./clerk, which it starts, is told of them
 *
 *   sender --mq_send()--> [ POSIX queue ] --SIGUSR1--> clerk
 *      ^--- a new thread -------+           (when the clerk has gone)
 *
 * Only one process can be registered at a queue. While it is the clerk, we get
 * EBUSY; then it is a function of ours, which the C library runs in a thread.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <mqueue.h>
#include <sys/wait.h>

#include "../../common/experiment.h"

static char name[OWN_NAME];

static void remove_box(void)
{
	mq_unlink(name);
}

static void put(mqd_t box, const char *letter)
{
	if (mq_send(box, letter, strlen(letter) + 1, 0) == -1)
		die("mq_send");
}

static void in_thread(union sigval value)
{
	say("a new thread runs for me: value %d", value.sival_int);
	exit(EXIT_SUCCESS);	// the main thread would wait for ever
}

static int be_told_by_thread(mqd_t box)
{
	struct sigevent how = { .sigev_notify = SIGEV_THREAD,
				.sigev_value.sival_int = 8 };

	how.sigev_notify_function = in_thread;
	return mq_notify(box, &how);
}

int main(void)
{
	struct mq_attr small = { .mq_maxmsg = 4, .mq_msgsize = 64 };
	mqd_t box;
	pid_t me = getpid(), clerk;

	own_name(name, "box");
	mq_unlink(name);	// a run that was killed may have left it
	remove_at_end(remove_box);
	box = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &small);
	if (box == (mqd_t)-1)
		die("mq_open");
	clerk = fork();
	if (clerk == 0 && end_with_parent(me))
		execl("./clerk", "clerk", name, (char *)NULL);
	if (clerk <= 0)			// in the child: execl() has failed
		die("fork or execl ./clerk");

	wait_until_asleep(clerk);	// it has registered
	if (be_told_by_thread(box) == -1 && errno == EBUSY)
		say("somebody else is registered: EBUSY");
	put(box, "letter 1");
	wait_until_asleep(clerk);	// it has registered again
	put(box, "letter 2");
	if (wait(NULL) == -1 || be_told_by_thread(box) == -1)
		die("wait or mq_notify");
	put(box, "letter 3");
	for (;;)
		pause();
}
