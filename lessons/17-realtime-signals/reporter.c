/*
 * reporter - sends readings to a display, each as the payload of a signal
 *
 *   reporter --sigqueue(SIGRTMIN+1, 21)--> [ queue of pending signals ]
 *      ^                                               |
 *      '------------ sigqueue(SIGRTMIN, 7) ------- display
 *
 * It blocks the signals, forks, and its child becomes the partner ./display
 * with the same mask: there they are kept until they are taken.
 * Watch: of five standard signals one arrives; the last one overtakes.
 */
#define _GNU_SOURCE
#include <sys/wait.h>

#include "../../common/lesson.h"

static sigset_t set;		// static: it begins empty
static pid_t display;

// The value goes with the signal: 8 bytes, an int or a pointer.
static void report(int sig, int first, int count)
{
	for (int i = 0; i < count; i++) {
		union sigval value = { .sival_int = first + i };

		if (sigqueue(display, sig, value) == -1)
			die("sigqueue");	// EAGAIN: too many wait
	}
}

static void start_display(void)
{
	char me[16];

	snprintf(me, sizeof me, "%d", (int)getpid());
	display = fork();
	if (display == 0)
		execl("./display", "display", me, (char *)NULL);
	if (display <= 0)	// in the child: execl() has failed
		die("fork or execl ./display");
}

static int wait_for_display(void)
{
	siginfo_t si;

	while (sigwaitinfo(&set, &si) == -1)
		;		// EINTR: we were stopped and continued
	if (si.si_signo == SIGCHLD)	// its number is lower: it comes first
		quit("the display has gone: start ./reporter again");
	return si.si_value.sival_int;
}

int main(void)
{
	for (int i = 0; i < 5; i++)
		sigaddset(&set, (int[]){ SIGUSR1, SIGUSR2, SIGRTMIN,
					 SIGRTMIN + 1, SIGCHLD }[i]);
	if (sigprocmask(SIG_BLOCK, &set, NULL) == -1)
		die("sigprocmask");
	start_display();
	wait_for_display();		// it is ready
	report(SIGUSR1, 20, 5);
	say("sent by SIGUSR1: readings 20 to 24");
	report(SIGRTMIN + 1, 20, 5);
	say("sent by SIGRTMIN+1: readings 20 to 24");
	report(SIGRTMIN, 99, 1);
	say("sent last, by SIGRTMIN: alarm 99");
	report(SIGUSR2, 0, 1);		// "all is there: begin"
	say("the display says: %d came", wait_for_display());
	report(SIGRTMIN + 1, 25, 3);
	report(SIGUSR2, 0, 1);
	if (wait(NULL) == -1)
		die("wait");
	return EXIT_SUCCESS;
}
