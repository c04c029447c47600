/*
 * close - epoll goes on telling of an eventfd that you have closed
 *
 *   bell ---+
 *           +--> [ the eventfd: 1 ] <-- epoll waits for this one
 *   copy ---+
 *
 * The copy stands for the descriptor that a child has after fork().
 *
 * Watch: close() takes only a descriptor away. epoll waits for the eventfd
 * itself, which is there as long as any process has a descriptor of it.
 *
 * Try: in main(), move the first close_fd(copy) up, to the line after the first
 * close_fd(bell). How many events does the first line tell now?
 */
#define _GNU_SOURCE			// for lesson.h
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include "../../../common/lesson.h"

/* Return how many events EPOLL tells now. With a time limit of 0, epoll_wait()
 * does not wait. */
static int events_of(int epoll)
{
	struct epoll_event event;
	int count = epoll_wait(epoll, &event, 1, 0);

	if (count == -1)
		die("epoll_wait");
	return count;
}

static void close_fd(int fd)
{
	if (close(fd) == -1)
		die("close");
}

/* Make a bell that has rung once, a copy of its descriptor, and an epoll that
 * waits for the bell. */
static void make_all(int *bell, int *copy, int *epoll)
{
	// No data: there is only one descriptor on the list.
	struct epoll_event event = { .events = EPOLLIN };

	*bell = eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK);
	if (*bell == -1)
		die("eventfd");
	*copy = dup(*bell);
	if (*copy == -1)
		die("dup");
	*epoll = epoll_create1(EPOLL_CLOEXEC);
	if (*epoll == -1)
		die("epoll_create1");
	if (epoll_ctl(*epoll, EPOLL_CTL_ADD, *bell, &event) == -1)
		die("epoll_ctl ADD");
}

int main(void)
{
	int bell;
	int copy;
	int epoll;
	int count;

	make_all(&bell, &copy, &epoll);
	close_fd(bell);
	count = events_of(epoll);
	say("wrong: close() only: events %d", count);

	// It must fail: this descriptor is closed. NULL: DEL needs no event.
	if (epoll_ctl(epoll, EPOLL_CTL_DEL, bell, NULL) != -1)
		quit("EPOLL_CTL_DEL has worked, but it should fail");
	say("wrong: EPOLL_CTL_DEL after it fails, %s", errno_name(errno));
	close_fd(copy);
	count = events_of(epoll);
	say("the last copy is closed: events %d", count);
	close_fd(epoll);

	make_all(&bell, &copy, &epoll);
	if (epoll_ctl(epoll, EPOLL_CTL_DEL, bell, NULL) == -1)
		die("epoll_ctl DEL");
	close_fd(bell);
	count = events_of(epoll);
	say("right: EPOLL_CTL_DEL, then close(): events %d", count);
	close_fd(copy);
	close_fd(epoll);
	return EXIT_SUCCESS;
}
