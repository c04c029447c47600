/*
 * poll - a queue in a loop with poll(): wait for room, and then send
 *
 *   The queue has room for one message. We wait until poll() sees room. Then
 *   another sender is faster than we are.
 *
 * One process plays both senders. Only our call of mq_send() is made in a
 * child: so we can see whether it sleeps.
 *
 * Watch: poll() tells how the queue was at that moment. When we send, it may be
 * full again.
 *
 * Try: let two messages fit: .mq_maxmsg = 2. Which lines are different now?
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum { LONGEST = 16 };		// bytes that a message may have

static char name[OWN_NAME];	// global, because remove_queue() needs it
static mqd_t blocking;		// mq_send() to this descriptor waits for room
static mqd_t nonblocking;	// the same queue, but here no call waits

static void remove_queue(void)
{
	mq_unlink(name);	// fails only if there is no such queue
}

static void make_queue(void)
{
	struct mq_attr attr = { .mq_maxmsg = 1, .mq_msgsize = LONGEST };

	own_name(name, "poll");
	hold_signals();
	remove_queue();		// a killed run may have left a queue
	// O_EXCL: a new queue, or an error.
	blocking = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attr);
	if (blocking == (mqd_t)-1)
		die("mq_open");
	remove_at_end(remove_queue);
	let_signals();

	// The flag O_NONBLOCK belongs to this descriptor, not to the queue.
	nonblocking = mq_open(name, O_WRONLY | O_NONBLOCK);
	if (nonblocking == (mqd_t)-1)
		die("mq_open, O_NONBLOCK");
}

/* The other sender sends its message (5 bytes, priority 0). */
static void other_is_faster(void)
{
	if (mq_send(blocking, "other", 5, 0) == -1)
		die("mq_send, the other");
}

/* A receiver takes one message. NULL: it does not ask for the priority. */
static void take_one(void)
{
	char message[LONGEST];

	if (mq_receive(blocking, message, sizeof message, NULL) == -1)
		die("mq_receive");
}

/* Wait until poll() sees room in QUEUE. On Linux a queue descriptor is a file
 * descriptor, so poll() takes it. */
static void wait_for_room(mqd_t queue)
{
	// POLLOUT: we wait until we can send.
	struct pollfd look_at = { .fd = queue, .events = POLLOUT };

	// The 1 is how many descriptors there are. -1: no time limit.
	while (poll(&look_at, 1, -1) == -1) {
		if (errno != EINTR)
			die("poll");
	}
}

/* WRONG: we send as if there were still room. */
static void send_and_hope(void)
{
	while (mq_send(blocking, "ours", 4, 0) == -1) {
		if (errno != EINTR)
			die("mq_send");
	}
}

/* RIGHT: here mq_send() never waits. If there is no room any more, it fails
 * with EAGAIN, and we go back to poll(). */
static void send_or_poll_again(void)
{
	while (mq_send(nonblocking, "ours", 4, 0) == -1) {
		if (errno != EAGAIN)
			die("mq_send");
		say("right: mq_send() is EAGAIN; back to poll()");
		wait_for_room(nonblocking);
	}
}

static pid_t start_child(void (*way)(void))
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child == -1)
		die("fork");
	if (child == 0) {
		// If the parent is killed, nobody makes room for our message,
		// and the child would wait for ever.
		if (!end_with_parent(parent))
			die("end_with_parent");
		way();
		exit(EXIT_SUCCESS);
	}
	return child;
}

static void see_it_end(pid_t child)
{
	int status;

	while (waitpid(child, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (status != 0)
		quit("the child has failed");
}

static void wrong_way(void)
{
	pid_t child;

	wait_for_room(blocking);
	say("wrong: poll() has seen room");
	other_is_faster();
	child = start_child(send_and_hope);
	if (wait_until_asleep(child)) {
		say("wrong: mq_send() sleeps even so");
		take_one();	// the other one's message: now there is room
		see_it_end(child);
	} else {
		see_it_end(child);	// if the child has failed, we end here
		say("wrong: mq_send() has not slept");
		take_one();	// the other one's message
	}
	take_one();		// our message: the queue is empty again
}

static void right_way(void)
{
	pid_t child;

	wait_for_room(nonblocking);
	say("right: poll() has seen room");
	other_is_faster();
	child = start_child(send_or_poll_again);
	if (wait_until_asleep(child))
		say("right: it sleeps in poll(), and can watch other things");

	take_one();		// the other one's message: now there is room
	see_it_end(child);
	say("right: one message was taken, and ours is sent");
}

int main(void)
{
	make_queue();
	wrong_way();
	right_way();
	return EXIT_SUCCESS;
}
