/*
 * fork - a child has the same eventfd: the same number, the same O_NONBLOCK
 *
 *   parent --write(1)--> [ bell: a number ] <--write(1), write(1)-- child
 *
 * Watch: a child does something with the bell, and ends. After that another
 * child, the reader, calls read() while the number is 0.
 *
 * Try: in child_looks(), set POLLOUT instead of POLLIN. Is the bell ready?
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

static int bell;		// the eventfd

static void make_bell(void)
{
	bell = eventfd(0, EFD_CLOEXEC);
	if (bell == -1)
		die("eventfd");
}

static void ring(void)
{
	uint64_t one = 1;

	if (write(bell, &one, sizeof one) == -1)
		die("write");
}

static void child_rings(void)
{
	ring();
	ring();
}

/* WRONG: the child wants to look, and not to wait. But the flag O_NONBLOCK
 * belongs to the eventfd. So it counts for all processes that have the eventfd.
 */
static void child_sets_the_flag(void)
{
	uint64_t rings;
	int flags = fcntl(bell, F_GETFL);

	if (flags == -1)
		die("fcntl F_GETFL");
	if (fcntl(bell, F_SETFL, flags | O_NONBLOCK) == -1)
		die("fcntl F_SETFL");
	if (read(bell, &rings, sizeof rings) != -1)
		quit("the bell has rung, but nobody should ring");
	if (errno != EAGAIN)
		die("read");
}

/* Right: poll() with a time limit of 0 only looks, and changes nothing. */
static void child_looks(void)
{
	struct pollfd look = { .fd = bell, .events = POLLIN };
	int ready = poll(&look, 1, 0);

	if (ready == -1)
		die("poll");
	if (ready > 0)
		quit("the bell is ready, but nobody should ring");
}

/* In the reader: read while the number is 0. If read() does not wait, print a
 * line that begins with WHAT. */
static void read_the_bell(const char *what)
{
	uint64_t rings;
	ssize_t size;

	do {
		size = read(bell, &rings, sizeof rings);
	} while (size == -1 && errno == EINTR);
	// If read() waits, see_a_reader() rings once, so that it ends.
	if (size == -1)
		say("%s: a read() elsewhere fails, %s", what,
		    errno_name(errno));
	else if (rings != 1)
		quit("the bell should have rung once");
}

static pid_t start_reader(const char *what)
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child == -1)
		die("fork");
	if (child == 0) {
		if (!end_with_parent(parent))
			die("end_with_parent");
		read_the_bell(what);
		exit(EXIT_SUCCESS);
	}
	return child;
}

static void wait_for(pid_t child)
{
	int status;

	while (waitpid(child, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (status != 0)
		quit("a child has failed");
}

/* Start a child that calls WORK, and wait until it has ended. */
static void let_a_child(void (*work)(void))
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child == -1)
		die("fork");
	if (child == 0) {
		if (!end_with_parent(parent))
			die("end_with_parent");
		work();
		exit(EXIT_SUCCESS);
	}
	wait_for(child);
}

/* Start a reader. If the reader waits, say so, and ring, so that it ends. */
static void see_a_reader(const char *what)
{
	pid_t reader = start_reader(what);

	if (wait_until_asleep(reader)) {
		say("%s: a read() elsewhere waits", what);
		ring();
	}
	wait_for(reader);
}

int main(void)
{
	uint64_t rings;

	make_bell();
	let_a_child(child_rings);
	ring();
	if (read(bell, &rings, sizeof rings) == -1)
		die("read");
	say("a child has rung twice, its parent once: read() gives %d",
	    (int)rings);

	let_a_child(child_sets_the_flag);
	see_a_reader("wrong: a child has set O_NONBLOCK");

	make_bell();		// a new one, without the flag
	let_a_child(child_looks);
	see_a_reader("right: a child has looked by poll()");
	return EXIT_SUCCESS;
}
