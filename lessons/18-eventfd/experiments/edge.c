/*
 * edge - with EPOLLET, epoll_wait() tells once, however much there is to read
 *
 *   3 rings --> [ eventfd, a semaphore: 3 ] --> epoll_wait() --> one read()
 *
 * The eventfd is a semaphore, so each read() takes 1 of the 3.
 *
 * Watch: how many rings are taken, and how many stay in the eventfd, though
 * epoll_wait() does not tell of them any more.
 *
 * Try: write RINGS = 1. Which wrong way looks right now?
 */
#define _GNU_SOURCE			// for lesson.h
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include "../../../common/lesson.h"

enum { RINGS = 3 };
enum { ENOUGH = 1000 };		// after so many events serve() gives up
enum habit { READS_ONCE, READS_ALL, READS_NOTHING };	// at each event

static int bell;		// an eventfd
static int epoll;		// waits for the bell

/* Make a bell that has rung 3 times, and an epoll that waits for the bell.
 * EVENTS is EPOLLIN, or EPOLLIN with EPOLLET. */
static void make_both(uint32_t events)
{
	// No data: there is only one descriptor on the list.
	struct epoll_event event = { .events = events };

	bell = eventfd(RINGS, EFD_SEMAPHORE | EFD_NONBLOCK | EFD_CLOEXEC);
	if (bell == -1)
		die("eventfd");
	epoll = epoll_create1(EPOLL_CLOEXEC);
	if (epoll == -1)
		die("epoll_create1");
	if (epoll_ctl(epoll, EPOLL_CTL_ADD, bell, &event) == -1)
		die("epoll_ctl");
}

static void close_both(void)
{
	if (close(epoll) == -1)
		die("close");
	if (close(bell) == -1)
		die("close");
}

/* Take 1 ring, and return 1. Return 0 if there is none. */
static int take(void)
{
	uint64_t one;

	if (read(bell, &one, sizeof one) != -1)
		return 1;
	if (errno != EAGAIN)
		die("read");
	return 0;
}

/* Does epoll_wait() tell of an event? A time limit of 0: it does not wait. With
 * EPOLLET an event is told once, so we cannot ask twice for the same one. */
static int is_told(void)
{
	struct epoll_event event;
	int count = epoll_wait(epoll, &event, 1, 0);

	if (count == -1)
		die("epoll_wait");
	return count > 0;
}

static int told;		// how often epoll_wait() has told us
static int taken;		// how many of the 3 rings we have read

/* The loop of a program: wait for an event, and react. Where a real program
 * would sleep, this loop ends. */
static void serve(enum habit habit)
{
	told = 0;
	taken = 0;
	while (told < ENOUGH && is_told()) {
		told++;
		if (habit == READS_ONCE) {
			if (take())
				taken++;
		}
		if (habit == READS_ALL) {
			while (take())
				taken++;
		}
	}
}

static void show(const char *what)
{
	say("%s: told %d, taken %d, stay %d", what, told, taken,
	    RINGS - taken);
}

int main(void)
{
	// 1. Without EPOLLET, epoll_wait() tells as long as there is something
	//    to read.
	make_both(EPOLLIN);
	serve(READS_ONCE);
	show("right: without EPOLLET, one read()");
	close_both();

	// 2. So if nobody reads, it tells again at once, without end.
	make_both(EPOLLIN);
	serve(READS_NOTHING);
	show("wrong: without EPOLLET, no read()");
	close_both();

	// 3. With EPOLLET, it tells only when something new has come.
	make_both(EPOLLIN | EPOLLET);
	serve(READS_ONCE);
	show("wrong: with EPOLLET, one read()");
	close_both();

	// 4. So take all that there is: read until EAGAIN.
	make_both(EPOLLIN | EPOLLET);
	serve(READS_ALL);
	show("right: with EPOLLET, read() until EAGAIN");
	close_both();
	return EXIT_SUCCESS;
}
