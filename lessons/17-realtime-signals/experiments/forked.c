/*
 * forked - a child inherits the descriptor of signalfd(): whose signals does
 * the child read?
 *
 *   parent and child have the same descriptor, and each has signals of its own
 *
 * Watch: read() takes the signals of the process that reads. But there is only
 * one set of wanted signals: if the child changes the set, the parent has the
 * changed set, too.
 *
 * Try: at the end of main(), call signalfd(signals, &report, 0) and read_one()
 * once more. Is the 4 lost?
 */
#define _GNU_SOURCE			// for sigqueue()
#include <sys/signalfd.h>
#include <sys/wait.h>

#include "../../../common/lesson.h"

static int signals;		// made by the parent, inherited by each child

static void send_to_myself(int number)
{
	union sigval value = { .sival_int = number };

	if (sigqueue(getpid(), SIGRTMIN, value) == -1)
		die("sigqueue");
}

/* Read one signal that waits, and print the number that it brings. WHO is the
 * beginning of the line. */
static void read_one(const char *who)
{
	struct signalfd_siginfo info;

	if (read(signals, &info, sizeof info) == sizeof info) {
		say("%s reads: %d", who, info.ssi_int);
		return;
	}
	if (errno != EAGAIN)
		die("read");
	say("%s reads: nothing, EAGAIN", who);
}

/* Run CHILD_DOES in a child, and wait until it has ended. */
static void in_a_child(void (*child_does)(void))
{
	pid_t parent = getpid();
	pid_t child = fork();
	int status;

	if (child == -1)
		die("fork");
	if (child == 0) {
		if (!end_with_parent(parent))
			die("end_with_parent");
		child_does();
		exit(EXIT_SUCCESS);
	}
	while (waitpid(child, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (status != 0)
		quit("the child has failed");
}

static void only_read(void)
{
	read_one("a child");
}

static void send_and_read(void)
{
	send_to_myself(2);
	read_one("a child that has sent 2 to itself");
}

/* Make SET the set with the one signal SIG. */
static void only(sigset_t *set, int sig)
{
	sigemptyset(set);
	sigaddset(set, sig);
}

/* WRONG: the first argument is the shared descriptor. */
static void change_the_shared_set(void)
{
	sigset_t other;

	only(&other, SIGRTMIN + 1);
	if (signalfd(signals, &other, 0) == -1)
		die("signalfd, change");
}

/* Right: the first argument, -1, asks for a new descriptor. */
static void make_a_descriptor_of_its_own(void)
{
	sigset_t other;
	int own;

	only(&other, SIGRTMIN + 1);
	// This child only makes its own descriptor, and reads nothing from it.
	// What we want to see is that the shared one is as it was.
	own = signalfd(-1, &other, SFD_NONBLOCK | SFD_CLOEXEC);
	if (own == -1)
		die("signalfd, new");
}

int main(void)
{
	sigset_t report;

	only(&report, SIGRTMIN);
	if (sigprocmask(SIG_BLOCK, &report, NULL) == -1)
		die("sigprocmask");
	signals = signalfd(-1, &report, SFD_NONBLOCK | SFD_CLOEXEC);
	if (signals == -1)
		die("signalfd");

	say("1 waits for the parent");
	send_to_myself(1);
	in_a_child(only_read);
	in_a_child(send_and_read);
	read_one("the parent");

	say("3 waits for the parent");
	send_to_myself(3);
	in_a_child(make_a_descriptor_of_its_own);
	read_one("right, child made its own: the parent");

	say("4 waits for the parent");
	send_to_myself(4);
	in_a_child(change_the_shared_set);
	read_one("wrong, child changed the set: the parent");
	return EXIT_SUCCESS;
}
