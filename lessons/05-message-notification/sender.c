/*
 * sender - puts letters into a box: a clerk is told, later the sender itself
 *
 *   sender --mq_send()--> [ POSIX queue ] --SIGUSR1--> clerk
 *      ^--- a new thread -------+           (when the clerk has gone)
 *
 * One process at a time may be registered at a queue. While the clerk is,
 * the sender gets EBUSY. Afterwards it registers a function, which the C
 * library runs in a new thread. It starts ./clerk.
 */
#include <fcntl.h>
#include <mqueue.h>
#include <sys/wait.h>

#include "../../common/lesson.h"

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

static void be_told_by_thread(mqd_t box)
{
	struct sigevent how = { .sigev_notify = SIGEV_THREAD,
				.sigev_value.sival_int = 8 };

	how.sigev_notify_function = in_thread;
	if (mq_notify(box, &how) == -1)
		say("somebody else is registered: %s", errno_name(errno));
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
	be_told_by_thread(box);
	put(box, "letter 1");
	wait_until_asleep(clerk);	// it has registered again
	put(box, "letter 2");
	if (wait(NULL) == -1)
		die("wait");
	be_told_by_thread(box);
	put(box, "letter 3");
	for (;;)
		pause();
}
