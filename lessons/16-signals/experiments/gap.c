/*
 * gap - a signal comes after the look and before the sleep
 *
 *   SIGUSR1 is a bell. A child looks whether the bell has rung, and if not, it
 *   goes to sleep until the bell rings. Here the bell rings in the gap between
 *   the look and the sleep. To be sure of that, the child itself rings it.
 *
 * Watch: in pause() the child sleeps although the bell has rung. With
 * sigsuspend() it wakes at once.
 *
 * Try: in wait_right(), write pause() instead of sigsuspend(&in_sleep). Where
 * is the signal now, and for how long? End the program with Ctrl-C.
 */
#define _GNU_SOURCE			// for sigaction()
#include <sys/wait.h>

#include "../../../common/experiment.h"

static volatile sig_atomic_t bell_has_rung;

static void note_bell(int sig)
{
	(void)sig;
	bell_has_rung = 1;
}

static void catch_bell(void)
{
	struct sigaction act = { .sa_handler = note_bell };

	sigemptyset(&act.sa_mask);
	if (sigaction(SIGUSR1, &act, NULL) == -1)
		die("sigaction");
}

/* Called at the worst moment: after the look at bell_has_rung, and before the
 * sleep. */
static void ring_in_the_gap(void)
{
	if (raise(SIGUSR1) != 0)
		die("raise");
}

static void wait_wrong(void)
{
	while (!bell_has_rung) {
		say("wrong: the bell has not rung, so I sleep in pause()");
		ring_in_the_gap();	// the handler runs here
		pause();		// and this waits for the next signal
	}
	say("wrong: awake, but only after the bell has rung again");
}

static void wait_right(void)
{
	sigset_t bell;
	sigset_t before;	// what was blocked before
	sigset_t in_sleep;	// what is blocked while we sleep

	sigemptyset(&bell);
	sigaddset(&bell, SIGUSR1);
	// First block the signal, then look.
	if (sigprocmask(SIG_BLOCK, &bell, &before) == -1)
		die("sigprocmask");
	in_sleep = before;
	sigdelset(&in_sleep, SIGUSR1);

	while (!bell_has_rung) {
		say("right: the bell has not rung, so I sleep in sigsuspend()");
		ring_in_the_gap();	// blocked: the kernel keeps the signal
		if (sigsuspend(&in_sleep) == -1 && errno != EINTR)
			die("sigsuspend");
	}
	say("right: awake, and the bell has rung only once");
}

static pid_t start_child(void (*wait_for_bell)(void))
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child == -1)
		die("fork");
	if (child == 0) {
		// If the parent is killed, nobody is left to wake the child.
		if (!end_with_parent(parent))
			die("end_with_parent");
		wait_for_bell();
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
		quit("the child has failed");
}

int main(void)
{
	pid_t child;

	catch_bell();		// the children inherit the handler

	child = start_child(wait_wrong);
	if (!wait_until_asleep(child))
		quit("the child has ended, and should sleep");
	say("wrong: the bell has rung, and the child still sleeps");
	if (kill(child, SIGUSR1) == -1)
		die("kill");
	see_it_end(child);

	child = start_child(wait_right);
	see_it_end(child);
	return EXIT_SUCCESS;
}
