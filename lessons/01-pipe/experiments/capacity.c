/*
 * capacity - how much a pipe holds, and what write() does when it is full
 *
 *   we --write()--> [ 16 pages of 4096 bytes ] --read()--> we
 *
 * The kernel keeps the bytes of a pipe in pages: pieces of memory, here of 4096
 * bytes. With O_NONBLOCK a write() that would have to wait fails with EAGAIN
 * instead. So one process can fill its own pipe, and it does not hang.
 *
 * Watch: room comes back page by page, not byte by byte.
 *
 * Try: write 0 instead of O_NONBLOCK in main(). How many lines do you see now,
 * and in which call does the program wait? End it with Ctrl-C.
 */
#define _GNU_SOURCE			// for pipe2() and F_SETPIPE_SZ
#include <fcntl.h>

#include "../../../common/experiment.h"

enum { PAGE = 4096 };			// bytes

/* Put bytes into the pipe until it is full. Return how many went in. */
static size_t fill(int fd)
{
	char bytes[PAGE] = { 0 };
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
	char bytes[PAGE];
	ssize_t n = read(fd, bytes, size);

	if (n == -1)
		die("read");
	if ((size_t)n != size)
		quit("read() returned %zd bytes, not %zu", n, size);
}

/*
 * Call write() once, with SIZE bytes, and print what it returns. HAPPENED is
 * the beginning of the line: what has happened before.
 */
static void write_and_say(int fd, size_t size, const char *happened)
{
	static const char bytes[10000];
	ssize_t n = write(fd, bytes, size);

	if (n == -1)
		say("%s: write() of %zu: -1, %s", happened, size,
		    errno_name(errno));
	else
		say("%s: write() of %zu: %zd", happened, size, n);
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
	take(fd[0], PAGE - 1);
	write_and_say(fd[1], 1, "4095 bytes are read");
	take(fd[0], 1);

	// Now one page is free. So write() takes a part of the 10000 bytes.
	write_and_say(fd[1], 10000, "one more is read");
	write_and_say(fd[1], 10000, "no room is left");

	// A pipe can be made larger, also while it is full. 131072 is 32 pages.
	if (fcntl(fd[1], F_SETPIPE_SZ, 131072) == -1)
		die("fcntl F_SETPIPE_SZ");
	total = fill(fd[1]);
	say("twice as large, 32 pages: %zu more bytes fit", total);
	return EXIT_SUCCESS;
}
