/*
 * short - one write() may take only a part of what it is given
 *
 *   the writer, a child: 100000 bytes --> [ pipe: 65536 ] --> we
 *
 * The writer fills the pipe and waits for room. Then a signal is caught, and
 * ends the wait. Some bytes have gone already, so write() tells how many.
 *
 * Watch: the first writer thinks that write() sends all or fails.
 *
 * Try: write `.sa_flags = 0` instead of SA_RESTART. Does the first line change?
 */
#define _GNU_SOURCE			// for lesson.h
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum { SIZE = 100000 };			// bytes: more than a pipe holds
enum writer { WRITES_ONCE, WRITES_IN_A_LOOP };

static void write_once(int fd, const char *bytes)
{
	if (write(fd, bytes, SIZE) == -1)
		die("write");		// not noticed: that it took less
}

static void write_all(int fd, const char *bytes)
{
	size_t left = SIZE;

	while (left > 0) {
		ssize_t n = write(fd, bytes, left);

		if (n == -1 && errno == EINTR)
			continue;	// a signal before the first byte
		if (n == -1)
			die("write");
		bytes += n;
		left -= (size_t)n;
	}
}

static void caught(int sig)
{
	(void)sig;	// nothing to do: that a handler runs ends the wait
}

static void catch_sigusr1(void)
{
	struct sigaction act = { .sa_handler = caught, .sa_flags = SA_RESTART };

	sigemptyset(&act.sa_mask);
	if (sigaction(SIGUSR1, &act, NULL) == -1)
		die("sigaction");
}

static pid_t start_writer(int fd[2], enum writer writer)
{
	static const char bytes[SIZE];
	pid_t parent = getpid();
	pid_t child = fork();

	if (child == -1)
		die("fork");
	if (child == 0) {
		// If our parent is killed, we end as well.
		if (!end_with_parent(parent))
			exit(EXIT_FAILURE);
		if (close(fd[0]) == -1)
			die("close");
		if (writer == WRITES_ONCE)
			write_once(fd[1], bytes);
		else
			write_all(fd[1], bytes);
		exit(EXIT_SUCCESS);
	}
	return child;
}

/* Read until end-of-file. Return how many bytes there were. */
static size_t read_all(int fd)
{
	char bytes[4096];
	size_t total = 0;

	for (;;) {
		ssize_t n = read(fd, bytes, sizeof bytes);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			die("read");
		if (n == 0)
			return total;
		total += (size_t)n;
	}
}

static void see_it_end(pid_t child)
{
	int status;

	while (waitpid(child, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (status != 0)
		quit("the writer has failed: status 0x%x", (unsigned)status);
}

/* Make a pipe and a writer, and interrupt it while it waits for room. */
static pid_t start_and_interrupt(int fd[2], enum writer kind)
{
	pid_t writer;

	if (pipe(fd) == -1)
		die("pipe");
	writer = start_writer(fd, kind);
	if (close(fd[1]) == -1)
		die("close");

	// Nobody reads yet. So it sleeps as soon as the pipe is full, and only
	// then the signal comes. (Ctrl-Z and fg can end its wait before that.
	// It makes no difference: they are signals as well.)
	wait_until_asleep(writer);
	if (kill(writer, SIGUSR1) == -1)
		die("kill");
	return writer;
}

int main(void)
{
	int fd[2];
	pid_t writer;
	size_t arrived;

	catch_sigusr1();	// the children inherit the handler

	// 1. We read when the writer has ended. If we read before, room in the
	//    pipe could end its wait, and not the signal.
	writer = start_and_interrupt(fd, WRITES_ONCE);
	see_it_end(writer);
	arrived = read_all(fd[0]);
	if (close(fd[0]) == -1)
		die("close");
	say("wrong: one write() of %d bytes, and a signal: %zu arrive", SIZE,
	    arrived);

	// 2. This one ends only when somebody has read. So we read first.
	writer = start_and_interrupt(fd, WRITES_IN_A_LOOP);
	arrived = read_all(fd[0]);
	see_it_end(writer);
	say("right: write() in a loop, and a signal: %zu arrive", arrived);
	return EXIT_SUCCESS;
}
