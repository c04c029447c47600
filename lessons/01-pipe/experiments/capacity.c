/*
 * capacity - how much a pipe holds, and what write() does when it is full
 *
 *   we --write()--> [ 16 pages of 4096 bytes ] --read()--> we
 *
 * With O_NONBLOCK a write() that would have to wait fails with EAGAIN instead.
 * So one process can fill its own pipe, and it does not hang.
 *
 * Watch: room comes back page by page, not byte by byte.
 *
 * Try: write 0 instead of O_NONBLOCK in main(). How many lines do you see now,
 * and in which call does the program wait? End it with Ctrl-C.
 */
#define _GNU_SOURCE			// for pipe2() and F_SETPIPE_SZ
#include <fcntl.h>

#include "../../../common/experiment.h"

/* Put bytes into the pipe until no more fit. Return how many have. */
static size_t fill(int fd)
{
	char bytes[PIPE_BUF] = { 0 };
	size_t total = 0;
	ssize_t n;

	while ((n = write(fd, bytes, sizeof bytes)) > 0)
		total += (size_t)n;
	if (errno != EAGAIN)	// EAGAIN: there is no room, as we expect
		die("write");
	return total;
}

/* Take SIZE bytes out. They are there, so read() has no reason to wait. */
static void take(int fd, size_t size)
{
	char bytes[PIPE_BUF];
	ssize_t n = read(fd, bytes, size);

	if (n == -1)
		die("read");
	if ((size_t)n != size)
		quit("read() returned %zd bytes, not %zu", n, size);
}

/* Call write() once, with SIZE bytes, and say what it does with them. */
static void put(int fd, const char *before, size_t size)
{
	static const char bytes[10000];
	ssize_t n = write(fd, bytes, size);

	if (n == -1)
		say("%s: write() of %zu: -1, %s", before, size,
		    errno_name(errno));
	else
		say("%s: write() of %zu: %zd", before, size, n);
}

int main(void)
{
	int fd[2];
	size_t total;

	if (pipe2(fd, O_NONBLOCK) == -1)
		die("pipe2");

	total = fill(fd[1]);
	say("nobody reads: %zu bytes fit, then EAGAIN", total);

	// A page is free again when the last of its bytes has been read.
	take(fd[0], 4095);
	put(fd[1], "4095 bytes are read", 1);
	take(fd[0], 1);
	// Up to PIPE_BUF bytes it is all or nothing. Above, what fits is taken.
	put(fd[1], "one more is read", 10000);
	put(fd[1], "no room is left", 10000);

	// A pipe can be made larger, also while there is something in it.
	if (fcntl(fd[1], F_SETPIPE_SZ, 131072) == -1)
		die("fcntl F_SETPIPE_SZ");
	total = fill(fd[1]);
	say("made twice as large: %zu bytes more fit", total);
	return EXIT_SUCCESS;
}
