/*
 * short - one write() may take only a part of what it is given
 *
 *   the writer, a child: 100000 bytes --> [ pipe: 65536 ] --> we
 *
 * The writer fills the pipe and waits for room. Then a signal comes. It has a
 * handler: a function of the writer that the kernel calls. That ends the wait.
 * Some bytes are in the pipe already, so write() returns how many.
 *
 * Watch: the first writer believes that write() either sends all or fails.
 *
 * Try: write `.sa_flags = 0` instead of SA_RESTART. Does the first line change?
 */
#define _GNU_SOURCE			// for lesson.h
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum { SIZE = 100000 };			// bytes: more than a pipe holds
enum writer_habit { WRITES_ONCE, WRITES_IN_A_LOOP };

static void write_once(int fd, const char *bytes)
{
	// write() may return less than SIZE. This line does not notice it.
	if (write(fd, bytes, SIZE) == -1)
		die("write");
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
	(void)sig;	// an empty handler is enough: it ends the wait
}

static void catch_sigusr1(void)
{
	// SA_RESTART asks the kernel to go on with the call after the handler.
	// It does not help here: some bytes have been written already.
	struct sigaction act = { .sa_handler = caught, .sa_flags = SA_RESTART };

	// No other signal has to wait while the handler runs.
	sigemptyset(&act.sa_mask);
	if (sigaction(SIGUSR1, &act, NULL) == -1)
		die("sigaction");
}

static pid_t start_writer(int fd[2], enum writer_habit habit)
{
	static const char bytes[SIZE];
	pid_t parent = getpid();
	pid_t child = fork();

	if (child == -1)
		die("fork");
	if (child == 0) {
		// If the parent is killed, the child has to end, too.
		if (!end_with_parent(parent))
			die("end_with_parent");
		if (close(fd[0]) == -1)
			die("close");
		if (habit == WRITES_ONCE)
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
		quit("the writer has failed");
}

/* Make a pipe and a writer. Interrupt the writer while it waits for room. */
static pid_t start_and_interrupt(int fd[2], enum writer_habit habit)
{
	pid_t writer;

	if (pipe(fd) == -1)
		die("pipe");
	writer = start_writer(fd, habit);
	if (close(fd[1]) == -1)
		die("close");

	// Nobody reads yet. So the writer sleeps as soon as the pipe is full,
	// and we send the signal only then. (If you press Ctrl-Z and type fg,
	// that ends the wait as well, and the result is the same.)
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

	// 1. We read only after the writer has ended. If we read earlier, the
	//    pipe would have room again, and write() could go on by itself.
	writer = start_and_interrupt(fd, WRITES_ONCE);
	see_it_end(writer);
	arrived = read_all(fd[0]);
	if (close(fd[0]) == -1)
		die("close");
	say("wrong: one write() of %d bytes, and a signal: %zu arrive", SIZE,
	    arrived);

	// 2. This writer sends all its bytes before it ends, and for that it
	//    needs room. So we read first.
	writer = start_and_interrupt(fd, WRITES_IN_A_LOOP);
	arrived = read_all(fd[0]);
	see_it_end(writer);
	say("right: write() in a loop, and a signal: %zu arrive", arrived);
	return EXIT_SUCCESS;
}
