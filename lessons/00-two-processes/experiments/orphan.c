/*
 * orphan - what becomes of a child when its parent ends first
 *
 *   we --fork()--> the middle process --fork()--> the child
 *
 * The middle process ends. Then the child is an orphan, and the kernel gives
 * this orphan to us.
 *
 * Watch: a child runs on when its parent ends. But a child can ask the kernel
 * for a signal at that moment, and this signal can kill the child.
 *
 * Try: delete the call of prctl() in main(). Then orphans are given to another
 * process. Which call of ours fails, and with which errno?
 */
#define _GNU_SOURCE			// for lesson.h
#include <sys/prctl.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

/* In the child: wait until PARENT has ended. The kernel tells us so by SIGUSR1.
 * This signal would kill us. So block it, and take it with sigwait(). */
static void wait_until_parent_ends(pid_t parent)
{
	sigset_t usr1;		// a set of signals: only SIGUSR1 is in it
	int taken;		// filled in: the signal that has come
	int error;

	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	if (sigprocmask(SIG_BLOCK, &usr1, NULL) == -1)
		die("sigprocmask");
	// Ask the kernel to send us SIGUSR1 when our parent ends.
	if (prctl(PR_SET_PDEATHSIG, SIGUSR1) == -1)
		die("prctl PR_SET_PDEATHSIG");
	// If our parent had ended before this call, no signal would come.
	if (getppid() != parent)
		return;
	// sigwait() does not set errno. It returns the number of the error.
	error = sigwait(&usr1, &taken);
	if (error != 0)
		quit("sigwait: %s", errno_name(error));
}

/* In the child: run on when the parent has ended. */
static void run_on(pid_t parent)
{
	wait_until_parent_ends(parent);
	if (getppid() == parent)
		quit("the parent is still there");
	say("wrong: my parent has ended, and I run on, with another parent");
}

/* In the child: ask the kernel to kill us when our parent ends. */
static void end_too(pid_t parent)
{
	if (!end_with_parent(parent))
		die("end_with_parent");
	for (;;)
		pause();	// wait for the signal that kills us
}

/* In the middle process: start the child, which does WORK. Return when the
 * child waits. Then the middle process ends. */
static void be_in_the_middle(void (*work)(pid_t))
{
	pid_t middle = getpid();
	pid_t child = fork();

	if (child == -1)
		die("fork");
	if (child == 0) {
		work(middle);
		exit(EXIT_SUCCESS);
	}
	if (!wait_until_asleep(child))
		quit("the child has ended, but it should wait");
}

static pid_t start_middle(void (*work)(pid_t))
{
	pid_t parent = getpid();
	pid_t middle = fork();

	if (middle == -1)
		die("fork");
	if (middle == 0) {
		// If the parent is killed, the middle process ends as well.
		if (!end_with_parent(parent))
			die("end_with_parent");
		be_in_the_middle(work);
		exit(EXIT_SUCCESS);
	}
	return middle;
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

/* Start the middle process, which starts the child. Wait for the middle
 * process, and then for the child, which is ours now. Return the status of the
 * child. */
static int status_of_orphan(void (*work)(pid_t))
{
	pid_t middle = start_middle(work);
	int status = wait_for(middle);

	if (status != 0)
		quit("the middle process has failed");
	return wait_for(-1);
}

int main(void)
{
	int status;

	// If a child of our child becomes an orphan, give it to us, and not to
	// process 1. So we can wait for it. (The 1 means: yes.)
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) == -1)
		die("prctl PR_SET_CHILD_SUBREAPER");

	status = status_of_orphan(run_on);
	if (status != 0)
		quit("the orphan has failed");

	status = status_of_orphan(end_too);
	if (!WIFSIGNALED(status))
		quit("the orphan was not killed");
	say("right: with end_with_parent() signal %d has killed the child",
	    WTERMSIG(status));
	return EXIT_SUCCESS;
}
