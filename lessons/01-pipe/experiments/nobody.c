/*
 * nobody - what happens to a writer when nobody can read any more
 *
 *   the writer, a child --write()--> [ pipe ]     (no end to read is open)
 *
 * Watch: the first writer is killed inside of write(). The second one has said
 * before that it does not want that, so its write() returns and it can react.
 *
 * Try: write SIG_DFL instead of SIG_IGN in main(). What does the second line
 * say now, and who says it?
 */
#define _GNU_SOURCE			// for lesson.h
#include <sys/wait.h>

#include "../../../common/experiment.h"

typedef void (*action)(int);	// SIG_DFL or SIG_IGN

/* In the child: write one byte to nobody. ON_SIGPIPE: what SIGPIPE shall do. */
static void write_to_nobody(int fd, action on_sigpipe)
{
	if (signal(SIGPIPE, on_sigpipe) == SIG_ERR)
		die("signal");
	if (write(fd, "x", 1) != -1)
		quit("somebody can read: write() has worked");
	// With SIG_DFL we do not come here.
	say("right: write() returned -1, %s; I clean up, and end",
	    errno_name(errno));
}

static pid_t start_writer(int fd, action on_sigpipe)
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child == -1)
		die("fork");
	if (child == 0) {
		// If our parent is killed, we end as well.
		if (!end_with_parent(parent))
			exit(EXIT_FAILURE);
		write_to_nobody(fd, on_sigpipe);
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

	// 1. As every program starts: SIGPIPE kills.
	writer = start_writer(fd[1], SIG_DFL);
	status = wait_for(writer);
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGPIPE)
		quit("the writer was not killed by SIGPIPE");
	say("wrong: the writer was killed by SIGPIPE, and cleaned up nothing");

	// 2. SIGPIPE is ignored. write() fails, and its errno tells why.
	writer = start_writer(fd[1], SIG_IGN);
	status = wait_for(writer);
	if (status != 0)
		quit("the writer has failed: status 0x%x", (unsigned)status);
	return EXIT_SUCCESS;
}
