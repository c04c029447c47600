/*
 * waiter - hangs up orders for the kitchen, before any cook is there
 *
 *   waiter --order, priority--> [ rail ] --the most urgent order--> cook
 *
 * The rail is a queue with a name. It has room for 3 orders, and keeps them. So
 * the partner ./cook may come later. Start the waiter first, and then ./cook.
 *
 * Watch: the fries are hung up third, and cooked first.
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <mqueue.h>
#include <time.h>

#include "../../common/lesson.h"

enum { ROOM = 3 };		// how many orders fit on the rail
enum { LONGEST = 40 };		// bytes that an order may have
enum { PATIENCE = 5 };		// seconds that we wait for a cook

// Priorities. A higher number is more urgent.
enum { LAST = 0, NORMAL = 1, URGENT = 9 };

/*
 * The functions below main():
 *
 *   make_rail()   makes the rail; its name is removed when we end
 *   in_seconds()  returns the point in time that is so many seconds from now
 */
static mqd_t make_rail(void);
static struct timespec in_seconds(int seconds);

/* Hang up ORDER. While the rail is full, wait for a cook to take an order. */
static void hang_up(mqd_t rail, const char *order, unsigned priority)
{
	struct timespec limit = in_seconds(PATIENCE);
	size_t length = strlen(order);

	// EINTR: a signal has ended the wait, and nothing was sent. The limit
	// is a point in time, so it is still right for the next call.
	while (mq_timedsend(rail, order, length, priority, &limit) == -1) {
		if (errno == ETIMEDOUT)
			quit("no cook takes an order: start ./cook within %d"
			     " seconds", PATIENCE);
		if (errno != EINTR)
			die("mq_timedsend");
	}
}

int main(void)
{
	mqd_t rail = make_rail();

	hang_up(rail, "soup", NORMAL);
	hang_up(rail, "steak", NORMAL);
	hang_up(rail, "fries for a hungry child", URGENT);

	// Print this now. The next call waits for a cook, and then the cook
	// prints its lines.
	say("soup and steak hang, then fries for a child: the rail is full");

	hang_up(rail, "salad", NORMAL);

	// An order without a byte means: closing time. With the lowest priority
	// it comes out after all the others.
	hang_up(rail, "", LAST);

	// Our part is done. When we return, remove_rail() takes away the name.
	// The cook has the rail open, and can still take what hangs there.
	if (mq_close(rail) == -1)
		die("mq_close");
	return EXIT_SUCCESS;
}

static char name[OWN_NAME];	// global, because remove_rail() needs it

static void remove_rail(void)
{
	mq_unlink(name);		// fails only if it has gone already
}

static mqd_t make_rail(void)
{
	struct mq_attr size = { .mq_maxmsg = ROOM, .mq_msgsize = LONGEST };
	mqd_t rail;

	own_name(name, "rail");

	// If Ctrl-C ended us right after mq_open(), nobody would remove the
	// rail. So Ctrl-C has to wait until remove_at_end() has been called.
	hold_signals();
	// Without O_EXCL we would get the rail of another waiter, and remove it
	// while the other waiter still needs it. 0600: only this user may use
	// the rail.
	rail = mq_open(name, O_WRONLY | O_CREAT | O_EXCL, 0600, &size);
	if (rail == (mqd_t)-1 && errno == EEXIST) {
		// Linux shows the queues as files in /dev/mqueue. NAME begins
		// with '/', so the message can print that path.
		quit("another waiter is here; if it was killed, remove what it"
		     " left: rm /dev/mqueue%s", name);
	}
	if (rail == (mqd_t)-1)
		die("mq_open");
	remove_at_end(remove_rail);
	let_signals();
	return rail;
}

static struct timespec in_seconds(int seconds)
{
	struct timespec point;

	// CLOCK_REALTIME is the clock on the wall. The calls with a limit look
	// at this clock, and at no other one.
	if (clock_gettime(CLOCK_REALTIME, &point) == -1)
		die("clock_gettime");
	point.tv_sec += seconds;
	return point;
}
