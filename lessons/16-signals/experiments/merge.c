/*
 * merge - three children end, and SIGCHLD comes once
 *
 *   three children --SIGCHLD, SIGCHLD, SIGCHLD--> [ one waits ] --> handler
 *
 * Watch: the kernel does not count the signals that wait. The handler tells us
 * that at least one child has ended. Only waitpid() tells us how many.
 *
 * Try: in main(), put the second sigprocmask() before the loop that starts the
 * children. How often does the handler run now? Is it always the same?
 */
#define _GNU_SOURCE			// for sigaction() and waitid()
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum { CHILDREN = 3 };

static volatile sig_atomic_t runs;

static void count_run(int sig)
{
	(void)sig;
	runs++;			// main() only reads it, so no step is lost
}

static void catch_sigchld(void)
{
	struct sigaction act = { .sa_handler = count_run };

	act.sa_flags = SA_NOCLDSTOP;	// no SIGCHLD when a child is stopped
	sigemptyset(&act.sa_mask);
	if (sigaction(SIGCHLD, &act, NULL) == -1)
		die("sigaction");
}

/* Start a child that ends at once, and wait until it has ended. With WNOWAIT
 * the child stays a zombie, and waitpid() can still take it. */
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

/* Take one child that has ended. Returns 1; or 0 if there is none. */
static int take_one(void)
{
	int status;
	pid_t child = waitpid(-1, &status, WNOHANG);

	if (child == -1 && errno == ECHILD)
		return 0;		// we have no child any more
	if (child == -1)
		die("waitpid");
	if (child == 0)
		return 0;		// there are children; none has ended
	if (status != 0)
		quit("a child has failed");
	return 1;
}

int main(void)
{
	int taken = 0;
	sigset_t blocked;
	sigset_t before;

	catch_sigchld();
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &blocked, &before) == -1)
		die("sigprocmask, block");
	for (int i = 0; i < CHILDREN; i++)
		start_and_leave();
	if (sigprocmask(SIG_SETMASK, &before, NULL) == -1)
		die("sigprocmask, unblock");
	say("%d children have ended, the handler has run %d time", CHILDREN,
	    (int)runs);

	for (int i = 0; i < runs; i++) {
		if (take_one())
			taken++;
	}
	say("wrong, one waitpid() for one signal: %d taken, %d zombies stay",
	    taken, CHILDREN - taken);

	while (take_one())
		taken++;
	say("right, waitpid() until there is none: %d taken, %d zombies stay",
	    taken, CHILDREN - taken);
	return EXIT_SUCCESS;
}
