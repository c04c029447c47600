/*
 * torn - two writers: a record longer than PIPE_BUF may be cut in two
 *
 *   A, a child: "AAA..." --\
 *                           > [ pipe ] --> we read
 *   B, that is us: "B" ----/
 *
 * PIPE_BUF is 4096. A record of up to so many bytes is never cut.
 *
 * By chance a cut is rare, and it does not come when you look. So we force the
 * order. There are bytes in the pipe, the filler, and A's record does not fit.
 * A writes what it can, and waits. Then we read all that is in the pipe, write
 * "B", and let A go on.
 *
 * Watch: both times the pipe has one byte too little for the record. Only the
 * length of the record makes the difference.
 *
 * Try: in the last play(), write PIPE_BUF + 2 instead of PIPE_BUF, and then
 * PIPE_BUF - 1. Where does B stand now, and is the record torn?
 */
#define _GNU_SOURCE			// for F_SETPIPE_SZ
#include <fcntl.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum {
	CAPACITY = 8192,	// bytes that the pipe can hold: two pages
	LONGEST = 5000,		// bytes of the longest record
};

/* In the child: wait until the parent has closed the write end of this pipe. */
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

/*
 * In the child: write a record of SIZE times 'A'. The pipe has O_NONBLOCK, so
 * write() does not wait: it takes what fits, or fails with EAGAIN. Write the
 * rest when the parent lets us go on. (A real program would wait for room, in
 * poll() or inside of write().)
 */
static void write_record(int fd, int go, size_t size)
{
	char record[LONGEST];
	size_t done = 0;	// bytes of the record that are in the pipe
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
		// If the parent is killed, the child has to end, too.
		if (!end_with_parent(parent))
			die("end_with_parent");
		// go[0] is at end-of-file when the last go[1] is closed. If we
		// kept ours, we would wait for ever, as in ends.c.
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
		quit("A has failed");
}

/* Write all SIZE bytes. They fit, so one write() must take them. */
static void put(int fd, const char *bytes, size_t size)
{
	ssize_t n = write(fd, bytes, size);

	if (n == -1)
		die("write");
	if ((size_t)n != size)
		quit("write() returned %zd, not %zu", n, size);
}

/* Make a pipe that has room for ROOM bytes: the rest is full of zeros. */
static void make_pipe_with_room(int fd[2], size_t room)
{
	static const char filler[CAPACITY];

	// A write() that would have to wait fails with EAGAIN instead.
	if (pipe2(fd, O_NONBLOCK) == -1)
		die("pipe2");
	if (fcntl(fd[1], F_SETPIPE_SZ, CAPACITY) == -1)
		die("fcntl F_SETPIPE_SZ");
	put(fd[1], filler, CAPACITY - room);
}

/* Read what is in the pipe now. Return how many bytes that is. */
static size_t take_all(int fd, char bytes[CAPACITY])
{
	ssize_t n = read(fd, bytes, CAPACITY);

	if (n == -1)
		die("read");
	return (size_t)n;
}

/*
 * There is room for ROOM bytes. A writes a record of SIZE bytes, and B writes
 * "B" while A waits. Print where B stands.
 */
static void play(const char *what, size_t room, size_t size)
{
	char bytes[CAPACITY];
	size_t filler = CAPACITY - room;
	size_t taken;
	size_t before;		// bytes of A that come before B
	size_t after;		// bytes of A that come after B
	int fd[2];
	int go[2];		// A reads from go[0], until we close go[1]
	pid_t a;

	make_pipe_with_room(fd, room);
	if (pipe(go) == -1)
		die("pipe");

	// 1. A writes what fits. A never sleeps in write(), because of
	//    O_NONBLOCK. So when A sleeps, it waits for our go.
	a = start_a(fd, go, size);
	if (!wait_until_asleep(a))
		quit("A has ended, but it should wait for us");

	// 2. We take out the filler and what A has written. Now there is room,
	//    and B comes first.
	taken = take_all(fd[0], bytes);
	before = taken - filler;
	put(fd[1], "B", 1);

	// 3. A goes on: its read() sees end-of-file.
	if (close(go[1]) == -1)
		die("close");
	see_it_end(a);

	// 4. We take out B, and what A has written after it.
	taken = take_all(fd[0], bytes);
	after = taken - 1;
	if (bytes[0] != 'B')
		quit("B does not stand where it should");
	say("%s: room for %zu, a record of %zu: %zu A, then B, then %zu A",
	    what, room, size, before, after);

	if (close(go[0]) == -1)
		die("close");
	if (close(fd[0]) == -1)
		die("close");
	if (close(fd[1]) == -1)
		die("close");
}

int main(void)
{
	// The room in the pipe, and the size of the record.
	play("wrong", PIPE_BUF, PIPE_BUF + 1);
	play("right", PIPE_BUF - 1, PIPE_BUF);
	return EXIT_SUCCESS;
}
