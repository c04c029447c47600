/*
 * orphan - what becomes of a child when its parent ends first
 *
 *   we --fork()--> the parent --fork()--> the child
 *
 * The parent ends. Then the child is an orphan, and the kernel gives it to us.
 *
 * Watch: the end of a parent does not end its children. A child can ask the
 * kernel to end it at that moment.
 *
 * Try: delete the call of prctl() in main(). Then orphans are given to another
 * process. Which call of ours fails, and with which errno?
 */
#define _GNU_SOURCE			// for lesson.h
#include <sys/prctl.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

/* In the child: wait until PARENT has ended. The kernel says that by a signal.
 * SIGUSR1 would kill the child. So block it, and take it with sigwait(). */
static void wait_until_parent_ends(pid_t parent)
{
	sigset_t usr1;		// a set of signals: only SIGUSR1 is in it
	int taken;		// filled in: the signal that has come
	int error;

	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	if (sigprocmask(SIG_BLOCK, &usr1, NULL) == -1)
		die("sigprocmask");
	if (prctl(PR_SET_PDEATHSIG, SIGUSR1) == -1)
		die("prctl PR_SET_PDEATHSIG");
	// If it had ended before the call of prctl(), no signal would come.
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

/* In the child: ask the kernel to end the child when the parent ends. */
static void end_with_it(pid_t parent)
{
	if (!end_with_parent(parent))
		die("end_with_parent");
	for (;;)
		pause();	// wait for the signal that ends the child
}

/* In the parent: start the child, which does WORK. Return when the child waits.
 * Then the parent ends. */
static void be_parent(void (*work)(pid_t))
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child == -1)
		die("fork");
	if (child == 0) {
		work(parent);
		exit(EXIT_SUCCESS);
	}
	if (!wait_until_asleep(child))
		quit("the child has ended, but it should wait");
}

static pid_t start_parent(void (*work)(pid_t))
{
	pid_t our_id = getpid();
	pid_t parent = fork();

	if (parent == -1)
		die("fork");
	if (parent == 0) {
		// If we are killed, the parent ends as well.
		if (!end_with_parent(our_id))
			die("end_with_parent");
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

/* Start the parent, which starts the child. Wait for the parent, and then for
 * the child, which is ours now. Return the status of the child. */
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

	// If a child of our child becomes an orphan, give it to us, and not to
	// process 1. So we can wait for it. (The 1 means: yes.)
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
