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

enum { ROOM = 3 };
enum { LONGEST = 16 };
enum { MILLISECOND = 1000 * 1000 };	// in nanoseconds
enum { SECOND = 1000 * MILLISECOND };

static mqd_t make_queue(void)
{
	struct mq_attr attr = { .mq_maxmsg = ROOM, .mq_msgsize = LONGEST };
	char name[OWN_NAME];
	mqd_t queue;

	own_name(name, "full");
	hold_signals();
	mq_unlink(name);	// a killed run may have left one
	queue = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attr);
	if (queue == (mqd_t)-1)
		die("mq_open");
	// The name is not needed. Without it the queue goes when we end.
	if (mq_unlink(name) == -1)
		die("mq_unlink");
	let_signals();
	return queue;
}

static void fill(mqd_t queue)
{
	for (int i = 0; i < ROOM; i++) {
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

/* Milliseconds from FIRST to LAST */
static long between(struct timespec first, struct timespec last)
{
	return (long)(last.tv_sec - first.tv_sec) * 1000 +
	       (last.tv_nsec - first.tv_nsec) / MILLISECOND;
}

/* Send until LIMIT. Say how that ended, and whether it was over only when the
 * MEANT milliseconds that the caller wanted had passed since START. */
static void send_until(mqd_t queue, const char *what, struct timespec start,
		       struct timespec limit, long meant)
{
	struct timespec end;
	const char *how = "sent";
	const char *when = "too early";

	while (mq_timedsend(queue, "more", 4, 0, &limit) == -1) {
		// EINTR: a signal has ended the wait. The limit stays right.
		if (errno != EINTR) {
			how = errno_name(errno);
			break;
		}
	}
	end = now();
	if (between(start, end) >= meant)
		when = "in time";
	say("%s: %s, %s", what, how, when);
}

static void use_limits(mqd_t queue)
{
	struct timespec hour = { .tv_sec = 60 * 60 };
	struct timespec start = now();
	struct timespec point;

	// An hour after the beginning of 1970. This moment has passed.
	send_until(queue, "wrong: the limit is an hour", start, hour,
		   60 * 60 * 1000);

	// tv_nsec must be less than a second. The rest belongs into tv_sec.
	start = now();
	point = start;
	point.tv_nsec += 50 * MILLISECOND;
	if (point.tv_nsec >= SECOND) {
		point.tv_nsec -= SECOND;
		point.tv_sec++;
	}
	send_until(queue, "right: the limit is now and 50 ms", start, point,
		   50);
}

static void use_nonblock(mqd_t queue)
{
	struct mq_attr nonblock = { .mq_flags = O_NONBLOCK };
	struct mq_attr before;

	// Of the four attributes only this one can be changed. The call does
	// not look at the others.
	if (mq_setattr(queue, &nonblock, &before) == -1)
		die("mq_setattr");
	if (mq_send(queue, "more", 4, 0) == -1)
		say("O_NONBLOCK: %s, without a wait", errno_name(errno));
	else
		say("O_NONBLOCK: sent");
	if (mq_setattr(queue, &before, NULL) == -1)
		die("mq_setattr");
}

/* A child sends, and we see it sleep. Then we make room. */
static void let_one_wait(mqd_t queue)
{
	pid_t parent = getpid();
	pid_t child = fork();
	char order[LONGEST];
	int status;

	if (child == -1)
		die("fork");
	if (child == 0) {
		// If the parent is killed, nobody makes room.
		if (!end_with_parent(parent))
			exit(EXIT_FAILURE);
		while (mq_send(queue, "more", 4, 0) == -1) {
			if (errno != EINTR)
				die("mq_send");
		}
		exit(EXIT_SUCCESS);
	}
	if (wait_until_asleep(child))
		say("no flag and no limit: mq_send() waits");
	if (mq_receive(queue, order, sizeof order, NULL) == -1)
		die("mq_receive");
	if (waitpid(child, &status, 0) == -1)
		die("waitpid");
	if (status != 0)
		quit("the child has failed");
	say("one message was taken: mq_send() has returned 0");
}

int main(void)
{
	mqd_t queue = make_queue();

	fill(queue);
	use_nonblock(queue);
	use_limits(queue);
	let_one_wait(queue);
	return EXIT_SUCCESS;
}
