/*
 * waiter - hangs orders on a rail that takes three, before a cook is there
 *
 *   waiter --mq_send(order, priority)--> [ rail ] --mq_receive()--> cook
 *
 * The rail is a queue with a name, and keeps what hangs on it: its partner
 * ./cook may come later. Watch: what becomes of the fourth order.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <time.h>
#include "../../common/lesson.h"

static char name[OWN_NAME];

static void remove_rail(void)
{
	mq_unlink(name);
}

static mqd_t make_rail(void)
{
	struct mq_attr attr = { .mq_maxmsg = 3, .mq_msgsize = 16 };

	own_name(name, "rail");
	remove_at_end(remove_rail);
	remove_rail();		// a killed waiter leaves it, orders and all
	// Without O_EXCL an existing rail is opened, and attr ignored.
	return mq_open(name, O_WRONLY | O_CREAT | O_EXCL, 0600, &attr);
}

// Wait for room, but not for ever as mq_send() would: for 50 ms.
static int send_soon(mqd_t rail, const char *order)
{
	struct timespec end;

	// A point on this clock, no length: { 1, 0 } was in January 1970.
	if (clock_gettime(CLOCK_REALTIME, &end) == -1)
		die("clock_gettime");
	end.tv_nsec += 50000000;
	end.tv_sec += end.tv_nsec / 1000000000;
	end.tv_nsec %= 1000000000;		// more would be EINVAL
	return mq_timedsend(rail, order, strlen(order), 1, &end);
}

// Or let poll() say when: on Linux a queue descriptor is a file descriptor.
static void send_when_free(mqd_t rail, const char *order, unsigned prio)
{
	struct pollfd room = { .fd = rail, .events = POLLOUT };

	if (poll(&room, 1, 30000) != 1)
		quit("nobody cooks: start ./cook in another terminal");
	if (mq_send(rail, order, strlen(order), prio) == -1)
		die("mq_send");
}

int main(void)
{
	mqd_t rail = make_rail();

	if (rail == (mqd_t)-1)
		die("mq_open");
	if (mq_send(rail, "soup", 4, 1) == -1 ||
	    mq_send(rail, "steak", 5, 1) == -1 ||
	    mq_send(rail, "child's fries", 13, 9) == -1)
		die("mq_send");
	if (send_soon(rail, "salad") == -1)
		say("three orders hang, the fourth: %s", errno_name(errno));
	send_when_free(rail, "salad", 1);
	say("poll: there is room, and the fourth hangs");
	send_when_free(rail, "", 0);	// closing: lowest, so it comes last
	// The name goes now. The cook has the queue open, and keeps it.
	return EXIT_SUCCESS;
}
