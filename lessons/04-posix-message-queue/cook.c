/*
 * cook - takes orders off the rail: highest priority first, then the oldest
 *
 *   waiter --mq_send(order, priority)--> [ rail ] --mq_receive()--> cook
 *
 * Its partner is ./waiter, which makes the rail. Watch: the child is served
 * first though it came last, and how big a buffer must be.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <mqueue.h>
#include <time.h>
#include "../../common/lesson.h"

static mqd_t open_rail(struct mq_attr *attr)
{
	char name[OWN_NAME];
	mqd_t rail;

	own_name(name, "rail");
	rail = mq_open(name, O_RDONLY);	// no O_CREAT: it must be there
	if (rail == (mqd_t)-1 && errno == ENOENT)
		quit("there is no rail: start ./waiter in another terminal");
	if (rail == (mqd_t)-1)
		die("mq_open");
	if (mq_getattr(rail, attr) == -1)
		die("mq_getattr");
	say("%ld of %ld orders hang, each of up to %ld bytes",
	    attr->mq_curmsgs, attr->mq_maxmsg, attr->mq_msgsize);
	return rail;
}

// Returns when an empty message says that no more orders come.
static void cook_all(mqd_t rail, char *order, size_t size)
{
	struct timespec end;
	unsigned prio;
	ssize_t n;

	// A bound for the whole evening: as a point in time it needs no
	// counting down from order to order.
	if (clock_gettime(CLOCK_REALTIME, &end) == -1)
		die("clock_gettime");
	end.tv_sec += 3;
	while ((n = mq_timedreceive(rail, order, size, &prio, &end)) > 0)
		say("priority %u: %.*s", prio, (int)n, order);
	if (n == -1 && errno == ETIMEDOUT)
		quit("no closing time in 3 seconds: start ./waiter again");
	if (n == -1)
		die("mq_timedreceive");
	// 0 bytes are a message; an empty queue would have been ETIMEDOUT.
	say("an empty message, priority %u: closing time", prio);
}

int main(void)
{
	struct mq_attr attr, flags = { .mq_flags = O_NONBLOCK };
	mqd_t rail = open_rail(&attr);
	size_t size = (size_t)attr.mq_msgsize;
	char *order = malloc(size);

	if (!order)
		die("malloc");
	// What counts is the longest order there could be, not this one.
	if (mq_receive(rail, order, size - 1, NULL) == -1)
		say("a buffer of %zu bytes: %s", size - 1, errno_name(errno));
	cook_all(rail, order, size);

	// Of the four attributes this flag alone can be changed later.
	if (mq_setattr(rail, &flags, NULL) == -1)
		die("mq_setattr");
	if (mq_receive(rail, order, size, NULL) == -1)
		say("an empty rail, O_NONBLOCK: %s", errno_name(errno));
	free(order);
	return EXIT_SUCCESS;
}
