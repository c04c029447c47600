/*
 * merge - three children end, and SIGCHLD comes once
 *
 *   three children --SIGCHLD, SIGCHLD, SIGCHLD--> [ one waits ] --> handler
 *
 * Watch: a signal that waits is not counted. So the handler tells that some
 * child has ended. Only waitpid() tells how many.
 *
 * Try: let SIGCHLD in before the children start. How often does the handler
 * run now? Is it always the same?
 */
#define _GNU_SOURCE			// for sigaction() and waitid()
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum { CHILDREN = 3 };

static volatile sig_atomic_t runs;

static void count_run(int sig)
{
	(void)sig;
	runs++;			// only this handler writes it
}

static void catch_sigchld(void)
{
	struct sigaction act = { .sa_handler = count_run };

	act.sa_flags = SA_NOCLDSTOP;	// not when a child is only stopped
	sigemptyset(&act.sa_mask);
	if (sigaction(SIGCHLD, &act, NULL) == -1)
		die("sigaction");
}

/* Start a child that ends at once, and see that it has ended. WNOWAIT leaves
 * it as it is: a zombie, which somebody still has to wait for. */
static void start_and_leave(void)
{
	pid_t child = fork();
	siginfo_t info;

	if (child == -1)
		die("fork");
	if (child == 0)
		exit(EXIT_SUCCESS);
	while (waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT) == -1) {
		if (errno != EINTR)
			die("waitid");
	}
}

/* Take one child that has ended. Returns 0 if there is none. */
static int take_one(void)
{
	int status;
	pid_t child = waitpid(-1, &status, WNOHANG);

	if (child == -1 && errno != ECHILD)
		die("waitpid");
	if (child <= 0)
		return 0;
	if (status != 0)
		quit("a child has failed: status 0x%x", (unsigned)status);
	return 1;
}

int main(void)
{
	int taken = 0;
	sigset_t held;
	sigset_t before;

	catch_sigchld();
	sigemptyset(&held);
	sigaddset(&held, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &held, &before) == -1)
		die("sigprocmask, hold back");
	for (int i = 0; i < CHILDREN; i++)
		start_and_leave();
	if (sigprocmask(SIG_SETMASK, &before, NULL) == -1)
		die("sigprocmask, let in");
	say("%d children have ended, the handler has run %d time", CHILDREN,
	    (int)runs);

	for (int i = 0; i < runs; i++) {
		if (take_one())
			taken++;
	}
	say("wrong, one waitpid() a signal: %d taken, %d zombies stay", taken,
	    CHILDREN - taken);

	while (take_one())
		taken++;
	say("right, waitpid() until there is none: %d taken, %d zombies stay",
	    taken, CHILDREN - taken);
	return EXIT_SUCCESS;
}
