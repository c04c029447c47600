/*
 * nobody - what happens to a writer when nobody can read any more
 *
 *   the writer, a child --write()--> [ pipe ]     (no end to read is open)
 *
 * Watch: the first writer is killed inside of write(). The second one ignores
 * the signal SIGPIPE. So its write() returns, and it can react.
 *
 * Try: in write_to_nobody(), write SIG_DFL instead of SIG_IGN. What does the
 * second line say now, and which process says it?
 */
#define _GNU_SOURCE			// for lesson.h
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum writer_kind { IS_KILLED, IGNORES_SIGPIPE };

/* In the child: write one byte into a pipe that has no reader. */
static void write_to_nobody(int fd, enum writer_kind kind)
{
	if (kind == IS_KILLED) {
		// SIG_DFL is the default: SIGPIPE kills. It has to be set here,
		// because the parent may ignore SIGPIPE, and a child inherits
		// that.
		if (signal(SIGPIPE, SIG_DFL) == SIG_ERR)
			die("signal");
	} else {
		// SIG_IGN: this process ignores SIGPIPE.
		if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
			die("signal");
	}

	if (write(fd, "x", 1) != -1)
		quit("somebody can read: write() has worked");
	// Only the writer that ignores SIGPIPE comes to this line.
	say("right: write() returned -1, %s; I clean up, and end",
	    errno_name(errno));
}

static pid_t start_writer(int fd, enum writer_kind kind)
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child == -1)
		die("fork");
	if (child == 0) {
		// If the parent is killed, the child has to end, too.
		if (!end_with_parent(parent))
			die("end_with_parent");
		write_to_nobody(fd, kind);
		exit(EXIT_SUCCESS);
	}
	return child;
}

static int wait_for(pid_t child)
{
	int status;

	while (waitpid(child, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	return status;
}

int main(void)
{
	int fd[2];
	pid_t writer;
	int status;

	if (pipe(fd) == -1)
		die("pipe");
	// This was the only end to read. It is closed before anybody writes.
	if (close(fd[0]) == -1)
		die("close");

	// 1. This writer does nothing about SIGPIPE, like most programs.
	writer = start_writer(fd[1], IS_KILLED);
	status = wait_for(writer);
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGPIPE)
		quit("the writer was not killed by SIGPIPE");
	say("wrong: the writer was killed by SIGPIPE, and cleaned up nothing");

	// 2. This writer ignores SIGPIPE. write() fails, and errno tells why.
	writer = start_writer(fd[1], IGNORES_SIGPIPE);
	status = wait_for(writer);
	if (status != 0)
		quit("the writer has failed");
	return EXIT_SUCCESS;
}
