/*
 * torn - two writers: a record longer than PIPE_BUF may be cut in two
 *
 *   A, a child: "AAA..." --\
 *                           > [ pipe ] --> we read
 *   B, that is us: "B" ----/
 *
 * By chance this happens rarely, and not when you look. So we force the order.
 * There are bytes in the pipe, and A's record does not fit. A writes what it
 * can, and waits. Then we make room, write "B", and let A go on.
 *
 * Watch: A does the same both times. Its record has one byte more, or less.
 *
 * Try: in the last play(), write PIPE_BUF + 2, and then PIPE_BUF - 1. Where
 * does B stand now, and is the record torn?
 */
#define _GNU_SOURCE			// for F_SETPIPE_SZ
#include <fcntl.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum {
	CAPACITY = 8192,	// bytes of the pipe: two pages
	FILLER = 4097,		// bytes in the way: a page, and one byte
	LONGEST = 5000,		// bytes of the longest record
};

/* In the child: wait until our parent has closed the other end. */
static void wait_for_go(int fd)
{
	char byte;
	ssize_t n;

	do {
		n = read(fd, &byte, 1);
	} while (n == -1 && errno == EINTR);
	if (n == -1)
		die("read");
}

/* In the child: write a record of SIZE times 'A', with a pause where there is
 * no room. A real program would wait there in poll(), or inside of write(). */
static void write_record(int fd, int go, size_t size)
{
	char record[LONGEST];
	size_t done = 0;
	ssize_t n;

	memset(record, 'A', sizeof record);

	n = write(fd, record, size);
	if (n == -1 && errno != EAGAIN)	// EAGAIN: nothing has gone in
		die("write");
	if (n > 0)
		done = (size_t)n;

	wait_for_go(go);

	// Now there is room for all of the rest.
	n = write(fd, record + done, size - done);
	if (n == -1)
		die("write");
	if ((size_t)n != size - done)
		quit("the rest of A's record does not fit");
}

static pid_t start_a(int fd[2], int go[2], size_t size)
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child == -1)
		die("fork");
	if (child == 0) {
		// If our parent is killed, we end as well.
		if (!end_with_parent(parent))
			exit(EXIT_FAILURE);
		// Our own copy would keep us waiting, as in ends.c.
		if (close(go[1]) == -1)
			die("close");
		write_record(fd[1], go[0], size);
		exit(EXIT_SUCCESS);
	}
	return child;
}

static void see_it_end(pid_t a)
{
	int status;

	while (waitpid(a, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (status != 0)
		quit("A has failed: status 0x%x", (unsigned)status);
}

static void make_pipe_with_filler(int fd[2])
{
	static const char filler[FILLER];

	// A write() that would have to wait fails with EAGAIN instead.
	if (pipe2(fd, O_NONBLOCK) == -1)
		die("pipe2");
	if (fcntl(fd[1], F_SETPIPE_SZ, CAPACITY) == -1)
		die("fcntl F_SETPIPE_SZ");
	if (write(fd[1], filler, FILLER) != FILLER)
		die("write");
}

/* Read what there is now. Return how many bytes that is. */
static size_t read_some(int fd, char *bytes, size_t size)
{
	ssize_t n = read(fd, bytes, size);

	if (n == -1)
		die("read");
	return (size_t)n;
}

/* A writes a record of SIZE bytes, and B writes "B" while A waits for room. */
static void play(const char *what, size_t size)
{
	char first[CAPACITY];
	char second[CAPACITY];
	size_t before;		// bytes of A that stand before B
	size_t after;		// bytes of A that stand behind it
	int fd[2];
	int go[2];		// A waits at one end, we have the other
	pid_t a;

	make_pipe_with_filler(fd);
	if (pipe(go) == -1)
		die("pipe");

	// 1. A writes what fits. It does not sleep before it waits for us.
	a = start_a(fd, go, size);
	if (!wait_until_asleep(a))
		quit("A has ended, but it should wait for us");

	// 2. We make room, and B comes first.
	before = read_some(fd[0], first, sizeof first) - FILLER;
	if (write(fd[1], "B", 1) != 1)
		die("write");

	// 3. A goes on: its read() sees end-of-file.
	if (close(go[1]) == -1)
		die("close");
	see_it_end(a);
	after = read_some(fd[0], second, sizeof second) - 1;
	if (second[0] != 'B')
		quit("B does not stand where it should");
	say("%s: a record of %zu: %zu A, then B, then %zu A", what, size,
	    before, after);

	if (close(go[0]) == -1)
		die("close");
	if (close(fd[0]) == -1)
		die("close");
	if (close(fd[1]) == -1)
		die("close");
}

int main(void)
{
	play("wrong", PIPE_BUF + 1);
	play("right", PIPE_BUF);
	return EXIT_SUCCESS;
}
