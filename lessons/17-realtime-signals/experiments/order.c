/*
 * order - four signals wait: in which order do they come out?
 *
 *   The program sends the signals to itself.
 *
 * Watch: the signal with the lowest number comes first. Of two signals of the
 * same kind, the one sent first comes first.
 *
 * Try: send the value 2 by SIGRTMAX. Which line moves, and where to?
 */
#define _GNU_SOURCE			// for sigqueue() and sigtimedwait()
#include <time.h>

#include "../../../common/lesson.h"

static const char *name_of(int sig)
{
	if (sig == SIGUSR1)
		return "SIGUSR1";
	if (sig == SIGRTMIN)
		return "SIGRTMIN";
	if (sig == SIGRTMIN + 1)
		return "SIGRTMIN+1";
	if (sig == SIGRTMAX)
		return "SIGRTMAX";
	return "another signal";
}

/* Send SIG to ourselves. It brings VALUE. */
static void send(int sig, int value)
{
	union sigval data = { .sival_int = value };
	const char *name = name_of(sig);

	say("sent: %d by %s", value, name);
	if (sigqueue(getpid(), sig, data) == -1)
		die("sigqueue");
}

int main(void)
{
	struct timespec at_once = { .tv_sec = 0, .tv_nsec = 0 };
	siginfo_t info;
	const char *name;
	sigset_t set;

	// Blocked signals wait until we take them.
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	for (int sig = SIGRTMIN; sig <= SIGRTMAX; sig++)
		sigaddset(&set, sig);
	if (sigprocmask(SIG_BLOCK, &set, NULL) == -1)
		die("sigprocmask");

	send(SIGRTMIN + 1, 1);
	send(SIGRTMIN, 2);
	send(SIGRTMIN + 1, 3);
	send(SIGUSR1, 4);

	// EAGAIN: the time limit is over. It is 0, so no signal waits.
	while (sigtimedwait(&set, &info, &at_once) != -1) {
		name = name_of(info.si_signo);
		say("came: %d by %s", info.si_value.sival_int, name);
	}
	if (errno != EAGAIN)
		die("sigtimedwait");
	return EXIT_SUCCESS;
}
