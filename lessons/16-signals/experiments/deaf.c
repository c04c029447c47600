/*
 * deaf - a child that does not end on SIGTERM: wait for a while, then SIGKILL
 *
 *   parent --SIGTERM--> child, which ignores it
 *          ... a tenth of a second ...
 *          --SIGKILL--> child
 *
 * Watch: nobody can catch, block or ignore SIGKILL. But then the child has no
 * chance to clean up, so it comes last.
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

/* sigtimedwait() takes a signal that is blocked and waits for us. */
static void hold_sigchld(void)
{
	// SA_NOCLDSTOP: only for a child that ends. Without it SIGCHLD also
	// comes when a child is stopped, with Ctrl-Z for example.
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

	// Before fork(), so that the child is deaf from its first step.
	set_action(SIGTERM, SIG_IGN, 0);
	child = fork();
	if (child == -1)
		die("fork");
	if (child == 0) {
		// Not end_with_parent(): that is SIGTERM, and we are deaf.
		if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1)
			die("prctl");
		// Our parent may have gone before that call.
		if (getppid() != parent)
			exit(EXIT_FAILURE);
		for (;;)
			pause();
	}
	set_action(SIGTERM, SIG_DFL, 0);	// only the child is deaf
	return child;
}

/* Has the child ended within a tenth of a second? If so, it is a zombie until
 * waitpid(). */
static int ends_in_time(void)
{
	struct timespec limit = { .tv_nsec = 100 * 1000 * 1000 };

	// EINTR: we were stopped and go on. Then the time begins again.
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

	hold_sigchld();
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
		quit("it did not die of a signal");
	say("it has died of signal %d, %s", WTERMSIG(status),
	    strsignal(WTERMSIG(status)));
	return EXIT_SUCCESS;
}
