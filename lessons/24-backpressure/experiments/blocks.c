/*
 * blocks - a full pipe puts the writer to sleep; a pipe with some room may, too
 *
 *   the writer, a child --write()--> [ pipe, full ] --read()--> we
 *
 * The kernel keeps the bytes of a pipe in pages: pieces of memory, usually of
 * 4096 bytes. A page is free again when all of its bytes have been read.
 *
 * Watch: the last two writers do the same. Only O_NONBLOCK is different.
 *
 * Try: in look_and_write(), write PAGES = 1 instead of 2. What does the program
 * say now, and why?
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum { LARGEST_PAGE = 65536 };		// bytes; on most machines it is 4096

static size_t page;			// bytes of a page on this machine

/* ON is 1: write() does not sleep any more. 0: it sleeps again. */
static void set_nonblocking(int fd, int on)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags == -1)
		die("fcntl F_GETFL");
	if (on)
		flags |= O_NONBLOCK;
	else
		flags &= ~O_NONBLOCK;
	if (fcntl(fd, F_SETFL, flags) == -1)
		die("fcntl F_SETFL");
}

static void make_full_pipe(int fd[2])
{
	static const char bytes[LARGEST_PAGE];
	ssize_t n;

	if (pipe(fd) == -1)
		die("pipe");
	set_nonblocking(fd[1], 1);
	do {
		n = write(fd[1], bytes, page);
	} while (n > 0);
	if (errno != EAGAIN)	// EAGAIN: the pipe is full, as we want it
		die("write");
	set_nonblocking(fd[1], 0);
}

/* Take SIZE bytes out. All of them are there, so read() does not wait. */
static void take(int fd, size_t size)
{
	char bytes[LARGEST_PAGE];
	ssize_t n = read(fd, bytes, size);

	if (n == -1)
		die("read");
	if ((size_t)n != size)
		quit("read() returned %zd bytes, not %zu", n, size);
}

/* In the child: write SIZE bytes, and sleep whenever there is no room. */
static void write_all(int fd, size_t size)
{
	static const char bytes[2 * LARGEST_PAGE];

	while (size > 0) {
		ssize_t n = write(fd, bytes, size);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			die("write");
		// n is less than size if a signal (Ctrl-Z and fg) came while
		// write() slept.
		size -= (size_t)n;
	}
}

static pid_t start_writer(int fd, size_t size)
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child == -1)
		die("fork");
	if (child == 0) {
		// If our parent is killed, nobody reads any more.
		if (!end_with_parent(parent))
			die("end_with_parent");
		write_all(fd, size);
		exit(EXIT_SUCCESS);
	}
	return child;
}

static void see_it_sleep(pid_t writer)
{
	if (!wait_until_asleep(writer))
		quit("the writer has ended, but it should sleep");
}

static void see_it_end(pid_t writer)
{
	int status;

	while (waitpid(writer, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (status != 0)
		quit("the writer has failed");
}

static void close_both(int fd[2])
{
	if (close(fd[0]) == -1)
		die("close");
	if (close(fd[1]) == -1)
		die("close");
}

/* One byte is to be written into a full pipe. */
static void sleep_and_wake(void)
{
	int fd[2];
	pid_t writer;

	make_full_pipe(fd);
	writer = start_writer(fd[1], 1);
	see_it_sleep(writer);
	say("the pipe is full: write() of 1 byte sleeps");

	take(fd[0], 1);
	see_it_sleep(writer);
	say("1 byte is read: it sleeps on");

	take(fd[0], page - 1);
	see_it_end(writer);
	say("the rest of that page is read: the byte has gone in");
	close_both(fd);
}

static void see_room(int fd)
{
	struct pollfd room = { .fd = fd, .events = POLLOUT };

	// The last 0: do not wait, only look.
	if (poll(&room, 1, 0) == -1)
		die("poll");
	if ((room.revents & POLLOUT) == 0)
		quit("poll() sees no room, but a page is free");
}

/* There is room for one page. poll() sees it. We write two. */
static void look_and_write(void)
{
	enum { PAGES = 2 };
	static const char bytes[PAGES * LARGEST_PAGE];
	size_t size = PAGES * page;
	int fd[2];
	pid_t writer;
	ssize_t n;

	// WRONG: room for something is not room for everything.
	make_full_pipe(fd);
	take(fd[0], page);
	see_room(fd[1]);
	writer = start_writer(fd[1], size);
	see_it_sleep(writer);
	say("wrong: poll() has seen room, and write() of %zu sleeps", size);
	take(fd[0], page);
	see_it_end(writer);
	close_both(fd);

	// RIGHT: with O_NONBLOCK write() takes what fits, and returns.
	make_full_pipe(fd);
	take(fd[0], page);
	see_room(fd[1]);
	set_nonblocking(fd[1], 1);
	n = write(fd[1], bytes, size);
	if (n == -1)
		die("write");
	say("right: the same with O_NONBLOCK: write() of %zu: %zd", size, n);
	close_both(fd);
}

int main(void)
{
	page = size_of_page();
	if (page > LARGEST_PAGE)
		quit("a page has %zu bytes here, and we have no room for it",
		     page);
	sleep_and_wake();
	look_and_write();
	return EXIT_SUCCESS;
}
