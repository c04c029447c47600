/*
 * cook - takes orders from the rail, the most urgent one first
 *
 * Its partner is ./waiter, which makes the rail. The diagram is there.
 *
 * Watch: the cook compares no priorities. It takes the next order, and the
 * kernel gives it the right one.
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <mqueue.h>
#include <time.h>

#include "../../common/lesson.h"

enum { PATIENCE = 5 };		// seconds that we wait for an order

/*
 * The functions below main():
 *
 *   open_rail()      opens the rail that the waiter has made
 *   longest_order()  returns how many bytes an order on this rail may have
 *   in_seconds()     returns the point in time that is so many seconds from now
 */
static mqd_t open_rail(void);
static size_t longest_order(mqd_t rail);
static struct timespec in_seconds(int seconds);

/* Wait for an order, and store it in ORDER, which has room for SIZE bytes.
 * Return its length. It may be 0: an order without a byte. That is no error; it
 * means closing time. */
static size_t take(mqd_t rail, char *order, size_t size, unsigned *priority)
{
	struct timespec limit = in_seconds(PATIENCE);
	ssize_t n;

	for (;;) {
		n = mq_timedreceive(rail, order, size, priority, &limit);
		if (n != -1)
			return (size_t)n;
		// The waiter may have been killed. The queue does not tell us.
		if (errno == ETIMEDOUT)
			quit("no order for %d seconds, and no closing time: is"
			     " the waiter gone?", PATIENCE);
		// EINTR: a signal has ended the wait, and nothing was taken.
		if (errno != EINTR)
			die("mq_timedreceive");
	}
}

int main(void)
{
	mqd_t rail = open_rail();
	size_t size = longest_order(rail);
	char *order = malloc(size);
	unsigned priority;
	size_t length;

	if (!order)
		die("malloc");

	for (;;) {
		length = take(rail, order, size, &priority);
		if (length == 0)
			break;
		// No '\0' comes with an order. So say how long it is: "%.*s"
		// prints LENGTH bytes.
		say("priority %u: %.*s", priority, (int)length, order);
	}
	say("priority %u, and no text: closing time", priority);

	free(order);
	if (mq_close(rail) == -1)
		die("mq_close");
	return EXIT_SUCCESS;
}

static mqd_t open_rail(void)
{
	char name[OWN_NAME];
	mqd_t rail;

	own_name(name, "rail");
	// No O_CREAT: we want the rail that the waiter has made.
	rail = mq_open(name, O_RDONLY);
	if (rail == (mqd_t)-1 && errno == ENOENT)
		quit("there is no rail: start ./waiter first");
	if (rail == (mqd_t)-1)
		die("mq_open");
	return rail;
}

static size_t longest_order(mqd_t rail)
{
	struct mq_attr attr;

	if (mq_getattr(rail, &attr) == -1)
		die("mq_getattr");
	return (size_t)attr.mq_msgsize;
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
