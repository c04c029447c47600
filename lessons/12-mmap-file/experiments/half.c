/*
 * half - others see each store at once. If two stores belong together, they can
 * see the first one alone
 *
 *   clock (a child) --store--> [ 10:59, then 11:00 ] --load--> parent
 *
 *   The child sets a clock on from 10:59 to 11:00. The parent looks while the
 *   child is at work: after its first store, and after all of them.
 *
 * Watch: in the wrong way the parent reads a time that never was.
 *
 * Try: in wrong_way(), store the minute before the hour. What does the parent
 * read now? Is it better?
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

struct clock {
	// The wrong way has two numbers, so it needs two stores.
	atomic_int hour;
	atomic_int minute;
	// The right way has one number: the minutes since midnight.
	atomic_int since_midnight;
};

static struct clock *wall;		// the clock that all see

/* Map a new file. It has no name any more when this returns, so it goes when
 * nobody has it mapped. */
static void make_clock(void)
{
	char path[OWN_PATH];
	int fd;

	own_path(path, "half");
	hold_signals();		// Ctrl-C before unlink() would leave the file
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (fd == -1)
		die("open");
	if (unlink(path) == -1)
		die("unlink");
	let_signals();
	if (ftruncate(fd, sizeof *wall) == -1)
		die("ftruncate");
	wall = mmap(NULL, sizeof *wall, PROT_READ | PROT_WRITE, MAP_SHARED,
		    fd, 0);
	if (wall == MAP_FAILED)
		die("mmap");
	if (close(fd) == -1)
		die("close");
}

/* The parent looks between two steps of the child. Two pipes make the order:
 * in READY the child says that the parent may look, in GO the parent says that
 * it has looked. */
static int ready[2];
static int go[2];

static void make_pipes(void)
{
	if (pipe(ready) == -1)
		die("pipe");
	if (pipe(go) == -1)
		die("pipe");
}

static void send_byte(int fd)
{
	if (write(fd, "x", 1) == -1)
		die("write");
}

static void wait_for_byte(int fd)
{
	char byte;
	ssize_t n;

	// EINTR: a signal came first, so read again.
	do {
		n = read(fd, &byte, 1);
	} while (n == -1 && errno == EINTR);
	if (n == -1)
		die("read");
	if (n == 0)
		quit("the other process has ended too early");
}

/* In the child: let the parent look, and wait until it has. */
static void let_parent_look(void)
{
	send_byte(ready[1]);
	wait_for_byte(go[0]);
}

static void wrong_way(void)
{
	atomic_store(&wall->hour, 11);
	let_parent_look();
	atomic_store(&wall->minute, 0);
	let_parent_look();
}

static void right_way(void)
{
	atomic_store(&wall->since_midnight, 11 * 60);
	let_parent_look();
}

static pid_t start_child(void (*way)(void))
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child == -1)
		die("fork");
	if (child == 0) {
		if (!end_with_parent(parent))
			die("end_with_parent");
		// The parent reads from ready[0] and writes to go[1]. If we
		// kept go[1], we would read no end-of-file when the parent
		// has ended.
		if (close(ready[0]) == -1)
			die("close");
		if (close(go[1]) == -1)
			die("close");
		way();
		exit(EXIT_SUCCESS);
	}
	if (close(ready[1]) == -1)
		die("close");
	if (close(go[0]) == -1)
		die("close");
	return child;
}

static void see_it_end(pid_t child)
{
	int status;

	// EINTR: a signal came first, so wait again.
	while (waitpid(child, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (status != 0)
		quit("the child has failed");
}

/* Close what is still open of the two pipes. */
static void close_pipes(void)
{
	if (close(ready[0]) == -1)
		die("close");
	if (close(go[1]) == -1)
		die("close");
}

/* The parent looks, and lets the child go on. */
static void look_at_two_numbers(const char *when)
{
	int hour;
	int minute;

	wait_for_byte(ready[0]);
	hour = atomic_load(&wall->hour);
	minute = atomic_load(&wall->minute);
	say("wrong: %s: %d:%02d", when, hour, minute);
	send_byte(go[1]);
}

static void look_at_one_number(const char *when)
{
	int minutes;		// since midnight

	wait_for_byte(ready[0]);
	minutes = atomic_load(&wall->since_midnight);
	say("right: %s: %d:%02d", when, minutes / 60, minutes % 60);
	send_byte(go[1]);
}

int main(void)
{
	pid_t child;

	make_clock();

	// If the child is killed, a write() to its pipe has to fail: then we
	// can say so. Without this the signal SIGPIPE would end us.
	if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		die("signal");

	atomic_store(&wall->hour, 10);
	atomic_store(&wall->minute, 59);
	say("wrong: two numbers, before the stores: 10:59");
	make_pipes();
	child = start_child(wrong_way);
	look_at_two_numbers("between the two stores");
	look_at_two_numbers("after both stores");
	see_it_end(child);
	close_pipes();

	atomic_store(&wall->since_midnight, 10 * 60 + 59);
	say("right: one number, before the store: 10:59");
	make_pipes();
	child = start_child(right_way);
	look_at_one_number("after the store");
	see_it_end(child);
	close_pipes();
	return EXIT_SUCCESS;
}
