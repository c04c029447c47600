/*
 * status - what waitpid() tells about the end of a child
 *
 *   child: exit(n)         --> "it has exited, with n"      (0 to 255)
 *   child: killed by n     --> "it was killed, by signal n"
 *
 * Watch: there are two kinds of end, and each has a number. First ask for the
 * kind, then for its number.
 *
 * Try: let exit_256() call exit(255). What does its line say? And exit(-1)?
 */
#define _GNU_SOURCE			// for lesson.h
#include <sys/wait.h>

#include "../../../common/experiment.h"

static void exit_3(void)
{
	exit(3);
}

static void exit_256(void)
{
	exit(256);
}

/* SIGKILL is signal 9. raise() sends it to the process that calls raise(). */
static void be_killed(void)
{
	if (raise(SIGKILL) != 0)
		die("raise");
}

/* Start a child that calls WORK(). WORK() ends the child. Return its status. */
static int status_of(void (*work)(void))
{
	pid_t parent = getpid();
	pid_t child = fork();
	int status;

	if (child == -1)
		die("fork");
	if (child == 0) {
		// If the parent is killed, the child ends as well.
		if (!end_with_parent(parent))
			die("end_with_parent");
		work();
		quit("the child should have ended");
	}
	while (waitpid(child, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	// No child here is to end with 1. But die() and quit() end with it. So
	// this child has failed, and has said why.
	if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_FAILURE)
		quit("the child has failed");
	return status;
}

/* Say how a child has ended: first the kind of its end, then the number. */
static void say_end(const char *what, int status)
{
	if (WIFEXITED(status))
		say("%s: exited, with %d", what, WEXITSTATUS(status));
	else if (WIFSIGNALED(status))
		say("%s: killed, by signal %d", what, WTERMSIG(status));
	else
		say("%s: neither of the two", what);
}

int main(void)
{
	int status;

	status = status_of(exit_3);
	say_end("exit(3)", status);

	status = status_of(exit_256);
	say_end("exit(256)", status);

	status = status_of(be_killed);
	// Wrong: only a child that has exited has such a number.
	say("wrong: a killed child, only WEXITSTATUS(): %d, as if all were"
	    " well", WEXITSTATUS(status));
	say_end("right: a killed child, first WIFEXITED()", status);
	return EXIT_SUCCESS;
}
