/*
 * both - two programs send to each other, and each one waits for the other
 *
 *   asker --questions--> [ pipe ] --> helper
 *   asker <-- [ pipe ] <--answers---- helper
 *
 * Both are our children. The helper sends back each byte that it gets, at once.
 * The asker has more to send than both pipes can hold.
 *
 * Watch: the helper is the same both times. Only the asker is different.
 *
 * Try: write 100000 instead of 1000000 for SIZE. What does the wrong asker do
 * now, and why is that so dangerous?
 */
#define _GNU_SOURCE			// for F_GETPIPE_SZ
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum { SIZE = 1000000 };	// bytes that the asker sends, and wants back
enum { PIECE = 4096 };		// bytes that are read at a time

enum habit { SENDS_FIRST, SENDS_AND_READS };	// of the asker

static void close_end(int fd)
{
	if (close(fd) == -1)
		die("close");
}

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

/* The asker, WRONG: send all, and only then read. */
static size_t send_then_read(int out, int in)
{
	static const char questions[SIZE];
	char answers[PIECE];
	size_t received = 0;
	size_t n;

	write_all(out, questions, SIZE);
	close_end(out);
	while ((n = read_some(in, answers, sizeof answers)) > 0)
		received += n;
	return received;
}

/* Send what there is room for now. Return how many bytes. */
static size_t send_what_fits(int fd, const char *bytes, size_t size)
{
	ssize_t n = write(fd, bytes, size);

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return 0;	// poll() asks again
	if (n == -1)
		die("write");
	return (size_t)n;
}

/* The asker, RIGHT: send when there is room, read when there is an answer. */
static size_t send_and_read(int out, int in)
{
	static const char questions[SIZE];
	char answers[PIECE];
	size_t sent = 0;
	size_t received = 0;
	struct pollfd pipes[2] = {
		{ .fd = out, .events = POLLOUT },
		{ .fd = in, .events = POLLIN },
	};
	int flags = fcntl(out, F_GETFL);

	// Without O_NONBLOCK write() would sleep if there is no room for all
	// that is left.
	if (flags == -1)
		die("fcntl F_GETFL");
	if (fcntl(out, F_SETFL, flags | O_NONBLOCK) == -1)
		die("fcntl F_SETFL");
	for (;;) {
		size_t n;

		// -1: without a time limit. EINTR: a signal has ended the wait.
		if (poll(pipes, 2, -1) == -1) {
			if (errno != EINTR)
				die("poll");
			continue;
		}
		if (pipes[0].revents != 0) {
			n = send_what_fits(out, questions + sent, SIZE - sent);
			sent += n;
			if (sent == SIZE) {
				close_end(out);		// that was all
				pipes[0].fd = -1;	// poll() ignores -1
			}
		}
		if (pipes[1].revents != 0) {
			n = read_some(in, answers, sizeof answers);
			if (n == 0)		// end-of-file
				return received;
			received += n;
		}
	}
}

/* The helper: what has come goes back. */
static void send_back(int in, int out)
{
	char piece[PIECE];
	size_t n;

	while ((n = read_some(in, piece, sizeof piece)) > 0)
		write_all(out, piece, n);
}

static pid_t start_helper(int questions[2], int answers[2])
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child == -1)
		die("fork");
	if (child == 0) {
		// If our parent is killed, we might sleep for ever.
		if (!end_with_parent(parent))
			die("end_with_parent");
		// If we kept questions[1], we would never read end-of-file:
		// there would always be a process that can write, we ourselves.
		close_end(questions[1]);
		close_end(answers[0]);
		send_back(questions[0], answers[1]);
		exit(EXIT_SUCCESS);
	}
	return child;
}

static pid_t start_asker(int questions[2], int answers[2], enum habit habit)
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child == -1)
		die("fork");
	if (child == 0) {
		size_t received;

		if (!end_with_parent(parent))
			die("end_with_parent");
		close_end(questions[0]);
		close_end(answers[1]);
		if (habit == SENDS_FIRST)
			received = send_then_read(questions[1], answers[0]);
		else
			received = send_and_read(questions[1], answers[0]);
		if (received != SIZE)
			quit("only %zu bytes have come back", received);
		if (habit == SENDS_AND_READS)
			say("right: %d bytes sent, %zu have come back", SIZE,
			    received);
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

static void see_it_end(pid_t child)
{
	if (wait_for(child) != 0)
		quit("a child has failed");
}

static void kill_it(pid_t child)
{
	if (kill(child, SIGKILL) == -1)
		die("kill");
	wait_for(child);	// killed by us, so its status tells nothing
}

/* Wait until WRITER sleeps because the pipe is full. */
static void see_it_full(int fd, pid_t writer)
{
	int capacity = fcntl(fd, F_GETPIPE_SZ);
	int bytes;

	if (capacity == -1)
		die("fcntl F_GETPIPE_SZ");
	// The writer may also sleep for a moment for another reason: it has
	// nothing to read. So look how many bytes are in the pipe. A page of
	// the pipe may be filled only in part, so up to PIPE_BUF can be
	// missing.
	do {
		if (!wait_until_asleep(writer))
			quit("a child has ended, but it should sleep");
		if (ioctl(fd, FIONREAD, &bytes) == -1)
			die("ioctl FIONREAD");
	} while (bytes <= capacity - PIPE_BUF);
}

static void play(enum habit habit)
{
	int questions[2];
	int answers[2];
	pid_t helper;
	pid_t asker;

	if (pipe(questions) == -1)
		die("pipe");
	if (pipe(answers) == -1)
		die("pipe");
	helper = start_helper(questions, answers);
	asker = start_asker(questions, answers, habit);
	// We keep both ends to read, so that see_it_full() can look into the
	// pipes.
	close_end(questions[1]);
	close_end(answers[1]);

	if (habit == SENDS_FIRST) {
		// Nobody reads the answers. So when their pipe is full, the
		// helper reads no more questions.
		see_it_full(answers[0], helper);
		see_it_full(questions[0], asker);
		say("wrong: both pipes are full, and both programs sleep");
		kill_it(asker);
		kill_it(helper);
	} else {
		see_it_end(asker);
		see_it_end(helper);
	}
	close_end(questions[0]);
	close_end(answers[0]);
}

int main(void)
{
	play(SENDS_FIRST);
	play(SENDS_AND_READS);
	return EXIT_SUCCESS;
}
