/*
 * stray - SIGUSR1 has come, but from whom? Anybody may send it
 *
 *   a child --mq_send()--> [ our box ] --SIGUSR1--> we <--kill()-- we
 *
 * sigwaitinfo() fills in a siginfo_t, which says where the signal is from.
 *
 * Watch: a kill() does not use up our request. The request still stands.
 *
 * Try: before the line that starts the sender, write kill(getpid(), SIGUSR1).
 * What does the program say then, and why?
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <mqueue.h>
#include <sys/wait.h>

#include "../../../common/lesson.h"

enum { ROOM = 10 };		// how many letters fit into the box
enum { LONGEST = 8 };		// bytes of the longest letter

static sigset_t set;		// block_signals() fills it

/* Make a box that nobody else finds. It goes away when we end. */
static mqd_t make_box(void)
{
	struct mq_attr size = { .mq_maxmsg = ROOM, .mq_msgsize = LONGEST };
	char name[OWN_NAME];
	mqd_t box;

	own_name(name, "stray");

	// If Ctrl-C ended us between mq_open() and mq_unlink(), the name would
	// stay. So Ctrl-C has to wait.
	hold_signals();
	mq_unlink(name);	// if a run was killed there, its name is left
	box = mq_open(name, O_RDWR | O_CREAT | O_EXCL | O_NONBLOCK, 0600,
		      &size);
	if (box == (mqd_t)-1)	// -1, in the type of a queue's descriptor
		die("mq_open");
	mq_unlink(name);	// the box stays as long as we have it open
	let_signals();
	return box;
}

/* SIGUSR1 would kill us. If it is blocked, it waits until we take it. SIGCHLD
 * tells us when the child has ended. */
static void block_signals(void)
{
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGCHLD);
	// NULL: we need not know what was blocked before.
	if (sigprocmask(SIG_BLOCK, &set, NULL) == -1)
		die("sigprocmask");
}

/* Ask for SIGUSR1, with a value that comes along with the signal. Return what
 * mq_notify() returns. */
static int ask_with_value(mqd_t box)
{
	struct sigevent how = {
		.sigev_notify = SIGEV_SIGNAL,
		.sigev_signo = SIGUSR1,
		// Any number: it comes back in si_value.
		.sigev_value.sival_int = 7,
	};

	return mq_notify(box, &how);
}

static void put_letter(mqd_t box)
{
	// 6 is the number of bytes, and 0 is the priority.
	if (mq_send(box, "letter", 6, 0) == -1)
		die("mq_send");
}

static pid_t start_sender(mqd_t box)
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child == -1)
		die("fork");
	if (child == 0) {
		// If the parent is killed, the child has to end, too.
		if (!end_with_parent(parent))
			die("end_with_parent");
		put_letter(box);
		exit(EXIT_SUCCESS);
	}
	return child;
}

static void see_it_end(pid_t child)
{
	int status;

	while (waitpid(child, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (status != 0)
		quit("the sender has failed");
}

/* Wait for SIGUSR1. If both signals are there, it is the first to come: its
 * number is the lower one (signal(7)). */
static void sleep_until_signal(siginfo_t *info)
{
	for (;;) {
		int sig = sigwaitinfo(&set, info);

		if (sig == SIGUSR1)
			return;
		if (sig == -1 && errno != EINTR)
			die("sigwaitinfo");
		// SIGCHLD comes also when the child is stopped or goes on.
		if (sig == SIGCHLD && info->si_code != CLD_STOPPED &&
		    info->si_code != CLD_CONTINUED)
			quit("the sender has ended, and no signal has come");
	}
}

int main(void)
{
	mqd_t box = make_box();
	siginfo_t info;
	pid_t sender;

	block_signals();
	if (ask_with_value(box) == -1)
		die("mq_notify");
	sender = start_sender(box);
	sleep_until_signal(&info);
	see_it_end(sender);
	if (info.si_code != SI_MESGQ)
		quit("this signal does not come from the box");
	if (info.si_pid != sender)
		quit("this signal does not come from our child");
	say("SIGUSR1 from the box: value %d, and si_pid is the sender",
	    info.si_value.sival_int);

	if (ask_with_value(box) == -1)
		die("mq_notify");
	if (kill(getpid(), SIGUSR1) == -1)
		die("kill");
	sleep_until_signal(&info);
	if (info.si_code != SI_USER)
		quit("this signal does not come from kill()");
	say("SIGUSR1 again: si_code says it is from kill(); no letter came");

	// No letter has come, so our request still stands.
	if (ask_with_value(box) == -1)
		say("wrong: ask again: -1, %s", errno_name(errno));
	if (mq_notify(box, NULL) == -1)
		die("mq_notify, take back");
	if (ask_with_value(box) == -1)
		die("mq_notify");
	say("right: take the old request back, then ask: 0");
	return EXIT_SUCCESS;
}
