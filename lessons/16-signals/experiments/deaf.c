/*
 * deaf - a child that does not end on SIGTERM: wait for a while, then SIGKILL
 *
 *   parent --SIGTERM--> child, which ignores it
 *          ... a tenth of a second ...
 *          --SIGKILL--> child
 *
 * Watch: a program cannot catch, block or ignore SIGKILL. But a program that
 * gets it cannot clean up. So send it only when SIGTERM has not helped.
 *
 * Try: write SIG_DFL instead of SIG_IGN. How long does the parent wait now?
 */
#define _GNU_SOURCE			// for sigtimedwait() and sigaction()
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

#include "../../../common/experiment.h"

static sigset_t only_sigchld;

static void set_action(int sig, void (*handler)(int), int flags)
{
	struct sigaction act = { .sa_handler = handler };

	act.sa_flags = flags;
	sigemptyset(&act.sa_mask);
	if (sigaction(sig, &act, NULL) == -1)
		die("sigaction");
}

/* Block SIGCHLD, the signal that says that a child has ended. No
 * handler runs: sigtimedwait() itself takes the signal. For that it must be
 * blocked. */
static void block_sigchld(void)
{
	// SA_NOCLDSTOP: without this flag SIGCHLD also comes when a child is
	// stopped, with Ctrl-Z for example.
	set_action(SIGCHLD, SIG_DFL, SA_NOCLDSTOP);
	sigemptyset(&only_sigchld);
	sigaddset(&only_sigchld, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &only_sigchld, NULL) == -1)
		die("sigprocmask");
}

static pid_t start_child(void)
{
	pid_t parent = getpid();
	pid_t child;

	// Before fork(), so that the child ignores it from its first step on.
	set_action(SIGTERM, SIG_IGN, 0);
	child = fork();
	if (child == -1)
		die("fork");
	if (child == 0) {
		// end_with_parent() would not help: it asks for SIGTERM, and
		// we ignore that.
		if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1)
			die("prctl");
		// If the parent has ended before that call, no signal comes.
		if (getppid() != parent)
			exit(EXIT_FAILURE);
		for (;;)
			pause();
	}
	set_action(SIGTERM, SIG_DFL, 0);	// the parent does not ignore it
	return child;
}

/* Returns 1 if the child ends within a tenth of a second, and 0 if not. If it
 * has ended, we still have to call waitpid(). */
static int ends_in_time(void)
{
	// nanoseconds; tv_sec, which is not named, is 0
	struct timespec limit = { .tv_nsec = 100 * 1000 * 1000 };

	// EAGAIN: the time is over. EINTR: we were stopped and continued
	// (Ctrl-Z and fg); then wait again, for the whole time.
	while (sigtimedwait(&only_sigchld, NULL, &limit) == -1) {
		if (errno == EAGAIN)
			return 0;
		if (errno != EINTR)
			die("sigtimedwait");
	}
	return 1;
}

int main(void)
{
	pid_t child;
	int status;

	block_sigchld();
	child = start_child();

	say("SIGTERM, and a tenth of a second to end");
	if (kill(child, SIGTERM) == -1)
		die("kill");
	if (!ends_in_time()) {
		say("it has not ended: SIGKILL");
		if (kill(child, SIGKILL) == -1)
			die("kill");
	}
	if (waitpid(child, &status, 0) == -1)
		die("waitpid");
	if (!WIFSIGNALED(status))
		quit("the child did not die of a signal");
	say("it has died of signal %d, %s", WTERMSIG(status),
	    strsignal(WTERMSIG(status)));
	return EXIT_SUCCESS;
}
