/*
 * queued - five reports by a standard signal, and five by a realtime signal
 *
 *   sigqueue() five times --> [ what waits ] --sigtimedwait()--> what comes
 *
 *   The program sends the signals to itself.
 *
 * Watch: of the five SIGUSR1 only the first one waits. Nobody is told that the
 * other four are lost: each sigqueue() returns 0.
 *
 * Try: in report_five(), write kill(getpid(), sig) instead of the call of
 * sigqueue(). How many reports come now, and which numbers do they bring?
 */
#define _GNU_SOURCE			// for sigqueue() and sigtimedwait()
#include <time.h>

#include "../../../common/lesson.h"

enum { JOBS = 5 };

static void report_five(int sig)
{
	for (int job = 1; job <= JOBS; job++) {
		union sigval number = { .sival_int = job };

		if (sigqueue(getpid(), sig, number) == -1)
			die("sigqueue");
	}
}

/* Take all signals of SET that wait, and print the number that each one
 * brings. WAY is the first word of these lines. */
static void take_all(const char *way, const sigset_t *set)
{
	struct timespec at_once = { .tv_sec = 0, .tv_nsec = 0 };
	siginfo_t info;

	// EAGAIN: the time limit is over. It is 0, so no signal waits.
	while (sigtimedwait(set, &info, &at_once) != -1)
		say("%s: job %d came", way, info.si_value.sival_int);
	if (errno != EAGAIN)
		die("sigtimedwait");
}

int main(void)
{
	sigset_t set;

	// Blocked signals wait until we take them.
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGRTMIN);
	if (sigprocmask(SIG_BLOCK, &set, NULL) == -1)
		die("sigprocmask");

	say("wrong: %d jobs are reported by SIGUSR1", JOBS);
	report_five(SIGUSR1);
	take_all("wrong", &set);

	say("right: %d jobs are reported by SIGRTMIN", JOBS);
	report_five(SIGRTMIN);
	take_all("right", &set);
	return EXIT_SUCCESS;
}
