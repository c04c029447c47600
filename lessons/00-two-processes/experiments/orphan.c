/*
 * orphan - what becomes of a child when its parent ends first
 *
 *   we --fork()--> the parent, ends --fork()--> its child
 *
 * Watch: the end of a parent does not end its children. A child that nobody
 * needs any more must ask for that itself.
 *
 * Try: delete the call of prctl() in main(). Then orphans are given to another
 * process. Which call of ours fails, and with which errno?
 */
#define _GNU_SOURCE			// for lesson.h
#include <sys/prctl.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

/* Ask for SIGUSR1 at the end of our parent, and wait for it. It is blocked, so
 * it does not kill us: sigwait() takes it. */
static void wait_until_parent_ends(pid_t parent)
{
	sigset_t usr1;
	int signal_number;

	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	if (sigprocmask(SIG_BLOCK, &usr1, NULL) == -1)
		die("sigprocmask");
	if (prctl(PR_SET_PDEATHSIG, SIGUSR1) == -1)
		die("prctl PR_SET_PDEATHSIG");
	// If it has ended before, no signal comes any more.
	if (getppid() != parent)
		return;
	errno = sigwait(&usr1, &signal_number);
	if (errno != 0)
		die("sigwait");
}

/* In the child of the parent that ends. */
static void run_on(pid_t parent)
{
	wait_until_parent_ends(parent);
	if (getppid() == parent)
		quit("the parent is still there");
	say("wrong: my parent has ended, and I run on, with another parent");
}

/* In the child of the parent that ends. */
static void end_with_it(pid_t parent)
{
	if (!end_with_parent(parent))
		exit(EXIT_FAILURE);
	for (;;)
		pause();	// waits for any signal
}

/* In our child: have a child that does WORK, see it wait, and end. */
static void be_parent(void (*work)(pid_t))
{
	pid_t me = getpid();
	pid_t child = fork();

	if (child == -1)
		die("fork");
	if (child == 0) {
		work(me);
		exit(EXIT_SUCCESS);
	}
	if (!wait_until_asleep(child))
		quit("the child has ended, but it should wait");
}

static pid_t start_parent(void (*work)(pid_t))
{
	pid_t us = getpid();
	pid_t parent = fork();

	if (parent == -1)
		die("fork");
	if (parent == 0) {
		// If we are killed, the parent ends as well, and so its child.
		if (!end_with_parent(us))
			exit(EXIT_FAILURE);
		be_parent(work);
		exit(EXIT_SUCCESS);
	}
	return parent;
}

/* Wait for process PID, or for any child if PID is -1. Return its status. */
static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	return status;
}

/* Start a parent and its child. See the parent end, and then the orphan, which
 * is given to us. Return the status of the orphan. */
static int status_of_orphan(void (*work)(pid_t))
{
	pid_t parent = start_parent(work);
	int status = wait_for(parent);

	if (status != 0)
		quit("the parent has failed");
	return wait_for(-1);
}

int main(void)
{
	int status;

	// From now on orphans among our descendants are given to us, and not to
	// process 1. So we can wait for them.
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) == -1)
		die("prctl PR_SET_CHILD_SUBREAPER");

	status = status_of_orphan(run_on);
	if (status != 0)
		quit("the orphan has failed");

	status = status_of_orphan(end_with_it);
	if (!WIFSIGNALED(status))
		quit("the orphan was not killed");
	say("right: with end_with_parent() signal %d has ended it, too",
	    WTERMSIG(status));
	return EXIT_SUCCESS;
}
