/*
 * eagain - try again: at once, or when there is room?
 *
 *   we --write(), O_NONBLOCK--> [ pipe, full ]
 *
 * EAGAIN means "try again". It does not mean "at once".
 *
 * Watch: both have the same to send. The first one keeps a processor busy all
 * the time. The second one uses none while it waits.
 *
 * Try: in wait_and_write(), write POLLIN instead of POLLOUT. What does the
 * child wait for now, and does it ever come? End it with Ctrl-C.
 */
#define _GNU_SOURCE			// for pipe2()
#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum { PIECE = 4096 };			// bytes
enum { TRIES = 1000 };

static void make_full_pipe(int fd[2])
{
	static const char piece[PIECE];
	ssize_t n;

	if (pipe2(fd, O_NONBLOCK) == -1)
		die("pipe2");
	do {
		n = write(fd[1], piece, sizeof piece);
	} while (n > 0);
	if (errno != EAGAIN)	// EAGAIN: the pipe is full, as we want it
		die("write");
}

/* WRONG: try until write() works. Here such a loop would never stop, so we stop
 * after TRIES. Return how often there was no room. */
static int try_again_at_once(int fd)
{
	int no_room = 0;

	for (int i = 0; i < TRIES; i++) {
		ssize_t n = write(fd, "x", 1);

		if (n == 1)
			break;
		if (errno != EAGAIN)
			die("write");
		no_room++;
	}
	return no_room;
}

/* RIGHT, in the child: sleep until there is room, and write once. */
static void wait_and_write(int fd)
{
	struct pollfd room = { .fd = fd, .events = POLLOUT };

	// -1: without a time limit. EINTR: a signal has ended the wait.
	while (poll(&room, 1, -1) == -1) {
		if (errno != EINTR)
			die("poll");
	}
	if (write(fd, "x", 1) == -1)
		die("write");
}

static pid_t start_child(int fd)
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child == -1)
		die("fork");
	if (child == 0) {
		// If our parent is killed, nobody makes room any more.
		if (!end_with_parent(parent))
			die("end_with_parent");
		wait_and_write(fd);
		exit(EXIT_SUCCESS);
	}
	return child;
}

static void see_it_end(pid_t child)
{
	int status;

	while (waitpid(child, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (status != 0)
		quit("the child has failed");
}

/* Read until nothing is left. */
static void empty(int fd)
{
	char piece[PIECE];
	ssize_t n;

	while ((n = read(fd, piece, sizeof piece)) > 0)
		continue;
	if (n == -1 && errno != EAGAIN)	// EAGAIN: nothing is left
		die("read");
}

int main(void)
{
	int fd[2];
	int no_room;
	pid_t child;

	make_full_pipe(fd);

	no_room = try_again_at_once(fd[1]);
	say("wrong: try again at once: %d calls, %d times EAGAIN", TRIES,
	    no_room);

	child = start_child(fd[1]);
	if (!wait_until_asleep(child))
		quit("the child has ended, but there is no room");
	say("right: wait in poll(): it sleeps, and costs nothing");
	empty(fd[0]);
	see_it_end(child);
	say("right: there is room: poll() returns, and one write() works");
	return EXIT_SUCCESS;
}
