/*
 * gap - a signal comes after the look and before the sleep
 *
 *   A child waits until it rings (SIGUSR1). It looks, and goes to sleep. In the
 *   gap between the two it rings. The child itself makes it ring there.
 *
 * Watch: pause() sleeps although it has rung. sigsuspend() does not.
 *
 * Try: in wait_right(), write pause() instead of sigsuspend(&in_sleep). Who
 * holds the signal now, and for how long? End it with Ctrl-C.
 */
#define _GNU_SOURCE			// for sigaction()
#include <sys/wait.h>

#include "../../../common/experiment.h"

static volatile sig_atomic_t has_rung;

static void note_ring(int sig)
{
	(void)sig;
	has_rung = 1;
}

static void catch_ring(void)
{
	struct sigaction act = { .sa_handler = note_ring };

	sigemptyset(&act.sa_mask);
	if (sigaction(SIGUSR1, &act, NULL) == -1)
		die("sigaction");
}

/* The worst moment: after the look at has_rung, before the sleep. */
static void ring_in_the_gap(void)
{
	if (raise(SIGUSR1) != 0)
		die("raise");
}

static void wait_wrong(void)
{
	while (!has_rung) {
		say("wrong: it has not rung, so I sleep in pause()");
		ring_in_the_gap();	// the handler runs here
		pause();		// and this waits for the next signal
	}
	say("wrong: awake, but not by the first ring");
}

static void wait_right(void)
{
	sigset_t ring;
	sigset_t in_sleep;

	sigemptyset(&ring);
	sigaddset(&ring, SIGUSR1);
	// First hold the signal back, then look.
	if (sigprocmask(SIG_BLOCK, &ring, &in_sleep) == -1)
		die("sigprocmask");
	sigdelset(&in_sleep, SIGUSR1);

	while (!has_rung) {
		say("right: it has not rung, so I sleep in sigsuspend()");
		ring_in_the_gap();	// the kernel keeps it
		if (sigsuspend(&in_sleep) == -1 && errno != EINTR)
			die("sigsuspend");
	}
	say("right: awake, by the first ring");
}

static pid_t start_child(void (*wait_for_ring)(void))
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child == -1)
		die("fork");
	if (child == 0) {
		// If the parent is killed, nobody is left to wake us.
		if (!end_with_parent(parent))
			exit(EXIT_FAILURE);
		wait_for_ring();
		exit(EXIT_SUCCESS);
	}
	return child;
}

static void see_it_end(pid_t child)
{
	int status;

	if (waitpid(child, &status, 0) == -1)
		die("waitpid");
	if (status != 0)
		quit("the child has failed: status 0x%x", (unsigned)status);
}

int main(void)
{
	pid_t child;

	catch_ring();		// the children inherit the handler

	child = start_child(wait_wrong);
	if (!wait_until_asleep(child))
		quit("the child has ended");
	say("wrong: it has rung, and the child sleeps all the same");
	if (kill(child, SIGUSR1) == -1)
		die("kill");
	see_it_end(child);

	child = start_child(wait_right);
	see_it_end(child);
	return EXIT_SUCCESS;
}
