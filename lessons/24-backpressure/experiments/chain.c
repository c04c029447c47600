/*
 * chain - a slow reader at the last place holds back the first program
 *
 *   first --> [ pipe ] --> middle --> [ pipe ] --> last, that is us
 *
 * We never read. The first one has more to send than the pipes can hold.
 *
 * Watch: the first program does not know the last one. And one program that
 * takes everything, in the middle, breaks the chain.
 *
 * Try: write 20 instead of 1000 for PIECES. Does the first program still sleep?
 * How many pieces fit into two pipes?
 */
#define _GNU_SOURCE			// for F_GETPIPE_SZ
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum { PIECE = 4096 };			// bytes
enum { PIECES = 1000 };			// far more than two pipes can hold
enum habit { PASSES_ON, KEEPS_ALL };	// of the middle program

static void write_all(int fd, const char *bytes, size_t size)
{
	while (size > 0) {
		ssize_t n = write(fd, bytes, size);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			die("write");
		bytes += n;
		size -= (size_t)n;
	}
}

/* Read some bytes. Return how many; 0 is end-of-file. */
static size_t read_some(int fd, char *bytes, size_t size)
{
	ssize_t n;

	do {
		n = read(fd, bytes, size);
	} while (n == -1 && errno == EINTR);
	if (n == -1)
		die("read");
	return (size_t)n;
}

/* The first program. */
static void send_pieces(int out)
{
	static const char piece[PIECE];

	for (int i = 0; i < PIECES; i++)
		write_all(out, piece, sizeof piece);
}

/* The middle program, RIGHT: read no more before this piece has gone out. */
static void pass_on(int in, int out)
{
	static char piece[PIECE];
	size_t size;

	while ((size = read_some(in, piece, sizeof piece)) > 0)
		write_all(out, piece, size);
}

/* The middle program, WRONG: read all that comes. In a real program the memory
 * would grow and grow. Here the array has room for all that comes, and for one
 * byte more. Without that byte the last read() would have a size of 0. It would
 * return 0 at once, and we would not wait for end-of-file. */
static void keep_all(int in, int out)
{
	static char all[PIECES * PIECE + 1];
	size_t kept = 0;
	size_t size;

	while ((size = read_some(in, all + kept, sizeof all - kept)) > 0)
		kept += size;
	say("wrong: the middle has %zu bytes in memory", kept);
	write_all(out, all, kept);
}

static void close_end(int fd)
{
	if (close(fd) == -1)
		die("close");
}

static void make_pipe(int fd[2])
{
	if (pipe(fd) == -1)
		die("pipe");
}

static pid_t start_first(int to_middle[2])
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child == -1)
		die("fork");
	if (child == 0) {
		// If our parent is killed, we might sleep for ever.
		if (!end_with_parent(parent))
			die("end_with_parent");
		// If we kept to_middle[0], there would always be a reader: we
		// ourselves. Then write() could sleep for ever when the middle
		// is killed.
		close_end(to_middle[0]);
		send_pieces(to_middle[1]);
		exit(EXIT_SUCCESS);
	}
	return child;
}

static pid_t start_middle(int to_middle[2], int to_last[2], enum habit habit)
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child == -1)
		die("fork");
	if (child == 0) {
		if (!end_with_parent(parent))
			die("end_with_parent");
		// If we kept to_middle[1], we would never read end-of-file:
		// there would always be a process that can write, we ourselves.
		close_end(to_middle[1]);
		if (habit == PASSES_ON)
			pass_on(to_middle[0], to_last[1]);
		else
			keep_all(to_middle[0], to_last[1]);
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

static void kill_it(pid_t child)
{
	if (kill(child, SIGKILL) == -1)
		die("kill");
	wait_for(child);	// killed by us, so its status tells nothing
}

static void see_it_sleep(pid_t child)
{
	if (!wait_until_asleep(child))
		quit("a program has ended, but it should sleep");
}

/* Wait until the middle sleeps because the pipe to us is full. */
static void see_it_full(int to_last[2], pid_t middle)
{
	int capacity = fcntl(to_last[0], F_GETPIPE_SZ);
	int bytes;

	if (capacity == -1)
		die("fcntl F_GETPIPE_SZ");
	// The middle may also sleep for a moment for another reason: it has
	// nothing to read. So look how many bytes are in the pipe. A page of
	// the pipe may be filled only in part, so up to PIPE_BUF can be
	// missing.
	do {
		see_it_sleep(middle);
		if (ioctl(to_last[0], FIONREAD, &bytes) == -1)
			die("ioctl FIONREAD");
	} while (bytes <= capacity - PIPE_BUF);
}

static void play(enum habit habit)
{
	int to_middle[2];
	int to_last[2];
	pid_t first;
	pid_t middle;

	make_pipe(to_middle);
	make_pipe(to_last);
	middle = start_middle(to_middle, to_last, habit);
	first = start_first(to_middle);
	close_end(to_middle[0]);
	close_end(to_middle[1]);

	if (habit == PASSES_ON) {
		// From now on the middle reads no more. So when the first one
		// sleeps, it sleeps in write(), and nobody wakes it.
		see_it_full(to_last, middle);
		see_it_sleep(first);
		say("right: the last does not read: middle and first sleep");
		kill_it(first);
	} else {
		if (wait_for(first) != 0)
			quit("the first program has failed");
		see_it_sleep(middle);
		say("wrong: the last does not read: the first has sent all");
	}
	kill_it(middle);
	close_end(to_last[0]);
	close_end(to_last[1]);
}

int main(void)
{
	play(PASSES_ON);
	play(KEEPS_ALL);
	return EXIT_SUCCESS;
}
