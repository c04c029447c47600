/*
 * overtake - a child sends three reports and ends: SIGCHLD comes out first
 *
 *   child --SIGRTMIN, SIGRTMIN, SIGRTMIN, SIGCHLD--> [ what waits ] --> parent
 *
 * Watch: a parent that stops at SIGCHLD has not taken a single report.
 *
 * Try: write SIGUSR1 instead of SIGRTMIN, everywhere in this file. Which of the
 * two ways takes a report now? And how many of the three are lost?
 */
#define _GNU_SOURCE			// for sigqueue()
#include <sys/signalfd.h>
#include <sys/wait.h>

#include "../../../common/lesson.h"

enum { REPORTS = 3 };

/* Take one signal that waits, and return its number. Return 0 if none waits. */
static int take_signal(int signals)
{
	struct signalfd_siginfo info;

	if (read(signals, &info, sizeof info) == -1) {
		if (errno == EAGAIN)
			return 0;
		die("read");
	}
	return (int)info.ssi_signo;
}

/* WRONG: this thinks that after SIGCHLD nothing more comes. Return how many
 * reports were taken. */
static int take_until_sigchld(int signals)
{
	int taken = 0;

	for (;;) {
		int sig = take_signal(signals);

		if (sig == 0 || sig == SIGCHLD)
			return taken;
		taken++;
	}
}

/* Right: the child has ended, so all its reports have been sent. Those that are
 * not taken yet still wait. Take them all, and return how many they were. */
static int take_until_none_waits(int signals)
{
	int taken = 0;

	for (;;) {
		int sig = take_signal(signals);

		if (sig == 0)
			return taken;
		if (sig == SIGRTMIN)
			taken++;
	}
}

static void report_and_end(pid_t parent)
{
	for (int job = 1; job <= REPORTS; job++) {
		union sigval number = { .sival_int = job };

		if (sigqueue(parent, SIGRTMIN, number) == -1)
			die("sigqueue");
	}
	exit(EXIT_SUCCESS);
}

static void start_child_and_see_it_end(void)
{
	pid_t parent = getpid();
	pid_t child = fork();
	int status;

	if (child == -1)
		die("fork");
	if (child == 0) {
		// If the parent is killed, nobody takes the reports.
		if (!end_with_parent(parent))
			die("end_with_parent");
		report_and_end(parent);
	}
	while (waitpid(child, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (status != 0)
		quit("the child has failed");
}

int main(void)
{
	sigset_t wanted;
	int signals;
	int taken;

	// The program that has started us may have ignored SIGCHLD. Then
	// SIGCHLD would be ignored here, too, and never come.
	if (signal(SIGCHLD, SIG_DFL) == SIG_ERR)
		die("signal");
	sigemptyset(&wanted);
	sigaddset(&wanted, SIGRTMIN);
	sigaddset(&wanted, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &wanted, NULL) == -1)
		die("sigprocmask");
	signals = signalfd(-1, &wanted, SFD_NONBLOCK | SFD_CLOEXEC);
	if (signals == -1)
		die("signalfd");

	// The child ends before we take anything. That is the worst moment,
	// and on a busy machine it is common.
	start_child_and_see_it_end();
	taken = take_until_sigchld(signals);
	say("wrong, stop at SIGCHLD: %d of %d reports", taken, REPORTS);

	// The first way has left the three reports. Take them now.
	taken = take_until_none_waits(signals);
	say("right, go on until none waits: %d of %d reports", taken, REPORTS);
	return EXIT_SUCCESS;
}
