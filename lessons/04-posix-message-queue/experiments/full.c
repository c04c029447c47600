/*
 * full - the queue is full: mq_send() waits, fails at once, or fails later
 *
 *   Three messages fit, and three are there. Nobody receives until the end.
 *
 * Watch: the limit of mq_timedsend() is a point in time, and not a duration.
 *
 * Try: in now(), write CLOCK_MONOTONIC instead of CLOCK_REALTIME. This clock
 * counts from the start of the machine. Is the right way still right?
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <mqueue.h>
#include <sys/wait.h>
#include <time.h>

#include "../../../common/experiment.h"

enum { ROOM = 3 };			// messages that fit
enum { LONGEST = 16 };			// bytes that a message may have
enum { MILLISECOND = 1000 * 1000 };	// in nanoseconds
enum { SECOND = 1000 * MILLISECOND };	// in nanoseconds, too

static mqd_t make_queue(void)
{
	struct mq_attr attr = { .mq_maxmsg = ROOM, .mq_msgsize = LONGEST };
	char name[OWN_NAME];
	mqd_t queue;

	own_name(name, "full");
	hold_signals();
	mq_unlink(name);	// a killed run may have left a queue
	// O_EXCL: a new queue, or an error.
	queue = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attr);
	if (queue == (mqd_t)-1)
		die("mq_open");
	// Nobody else needs the name. Without a name the queue goes when we
	// end.
	if (mq_unlink(name) == -1)
		die("mq_unlink");
	let_signals();
	return queue;
}

static void fill(mqd_t queue)
{
	for (int i = 0; i < ROOM; i++) {
		// 5 bytes. The 0 is the priority.
		if (mq_send(queue, "order", 5, 0) == -1)
			die("mq_send");
	}
	say("%d messages fit, and %d are there", ROOM, ROOM);
}

static struct timespec now(void)
{
	struct timespec point;

	if (clock_gettime(CLOCK_REALTIME, &point) == -1)
		die("clock_gettime");
	return point;
}

/* How many milliseconds have passed since START? */
static long milliseconds_since(struct timespec start)
{
	struct timespec end = now();

	return (long)(end.tv_sec - start.tv_sec) * 1000 +
	       (end.tv_nsec - start.tv_nsec) / MILLISECOND;
}

/* Send a message. If there is no room, wait until LIMIT. Return "sent", or the
 * name of the error. */
static const char *send_until(mqd_t queue, struct timespec limit)
{
	// EINTR: a signal has ended the wait. LIMIT is a point in time, so it
	// is still right for the next call.
	while (mq_timedsend(queue, "more", 4, 0, &limit) == -1) {
		if (errno != EINTR)
			return errno_name(errno);
	}
	return "sent";
}

/* Say how a call ended. It should have waited for WANTED milliseconds, and has
 * waited for WAITED. */
static void say_end(const char *what, const char *result, long waited,
		    long wanted)
{
	if (waited < wanted)
		say("%s: %s, too early", what, result);
	else
		say("%s: %s, not too early", what, result);
}

/* WRONG: this limit is an hour after the beginning of 1970. */
static void wait_an_hour(mqd_t queue)
{
	struct timespec limit = { .tv_sec = 60 * 60 };
	struct timespec start = now();
	const char *result = send_until(queue, limit);
	long waited = milliseconds_since(start);

	say_end("wrong: the limit is an hour", result, waited, 60 * 60 * 1000);
}

/* RIGHT: the limit is 50 milliseconds from now. */
static void wait_50_milliseconds(mqd_t queue)
{
	struct timespec start = now();
	struct timespec limit = start;
	const char *result;
	long waited;

	// tv_nsec must be less than a second. So move a full second to tv_sec.
	limit.tv_nsec += 50 * MILLISECOND;
	if (limit.tv_nsec >= SECOND) {
		limit.tv_nsec -= SECOND;
		limit.tv_sec++;
	}
	result = send_until(queue, limit);
	waited = milliseconds_since(start);
	say_end("right: the limit is 50 ms from now", result, waited, 50);
}

static void use_nonblock(mqd_t queue)
{
	struct mq_attr nonblock = { .mq_flags = O_NONBLOCK };
	struct mq_attr before;

	// Of the four attributes only this one can be changed. mq_setattr()
	// does not look at the others. It stores in BEFORE what was set.
	if (mq_setattr(queue, &nonblock, &before) == -1)
		die("mq_setattr, O_NONBLOCK");
	if (mq_send(queue, "more", 4, 0) == -1)
		say("O_NONBLOCK: %s, without a wait", errno_name(errno));
	else
		say("O_NONBLOCK: sent");
	// Set the flags as they were. NULL: we need not know what was set.
	if (mq_setattr(queue, &before, NULL) == -1)
		die("mq_setattr, as before");
}

/* A child sends without a flag and without a limit. When the child sleeps, we
 * make room for its message. */
static void let_one_wait(mqd_t queue)
{
	pid_t parent = getpid();
	pid_t child = fork();
	char order[LONGEST];
	int status;

	if (child == -1)
		die("fork");
	if (child == 0) {
		// If the parent is killed, nobody makes room, and the child
		// would wait for ever.
		if (!end_with_parent(parent))
			die("end_with_parent");
		while (mq_send(queue, "more", 4, 0) == -1) {
			if (errno != EINTR)
				die("mq_send");
		}
		exit(EXIT_SUCCESS);
	}
	if (!wait_until_asleep(child))
		quit("the child has ended, but it should wait");
	say("no flag and no limit: mq_send() waits");
	// NULL: we do not ask for the priority.
	if (mq_receive(queue, order, sizeof order, NULL) == -1)
		die("mq_receive");
	while (waitpid(child, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (status != 0)
		quit("the child has failed");
	say("one message was taken: mq_send() has returned 0");
}

int main(void)
{
	mqd_t queue = make_queue();

	fill(queue);
	use_nonblock(queue);
	wait_an_hour(queue);
	wait_50_milliseconds(queue);
	let_one_wait(queue);
	return EXIT_SUCCESS;
}
