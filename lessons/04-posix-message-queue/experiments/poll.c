/*
 * poll - a queue in a loop with poll(): wait for room, and then send
 *
 *   One message fits. We are one of two senders. The other one is faster.
 *
 * Watch: poll() tells what was so. When we send, it may be so no more.
 *
 * Try: let two messages fit: .mq_maxmsg = 2. Which lines are different now?
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum { LONGEST = 16 };

static char name[OWN_NAME];
static mqd_t blocking;		// mq_send() waits while the queue is full
static mqd_t nonblocking;	// the same queue, but mq_send() never waits

static void remove_queue(void)
{
	mq_unlink(name);
}

static void make_queue(void)
{
	struct mq_attr attr = { .mq_maxmsg = 1, .mq_msgsize = LONGEST };

	own_name(name, "poll");
	hold_signals();
	mq_unlink(name);	// a killed run may have left one
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

/* The other sender fills the queue. In truth that is we ourselves. */
static void other_is_faster(void)
{
	if (mq_send(blocking, "other", 5, 0) == -1)
		die("mq_send, the other");
}

static void take_one(void)
{
	char message[LONGEST];

	if (mq_receive(blocking, message, sizeof message, NULL) == -1)
		die("mq_receive");
}

/* Wait until poll() sees room in QUEUE. */
static void wait_for_room(mqd_t queue)
{
	struct pollfd room = { .fd = queue, .events = POLLOUT };

	while (poll(&room, 1, -1) == -1) {
		if (errno != EINTR)
			die("poll");
	}
}

/* WRONG: there was room a moment ago, so this call will not wait. */
static void send_and_hope(void)
{
	while (mq_send(blocking, "ours", 4, 0) == -1) {
		if (errno != EINTR)
			die("mq_send");
	}
}

/* The call never waits. If the other one was faster, it fails with EAGAIN, and
 * we go back to poll(). */
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
		// If the parent is killed, nobody makes room for our message.
		if (!end_with_parent(parent))
			exit(EXIT_FAILURE);
		way();
		exit(EXIT_SUCCESS);
	}
	return child;
}

static void see_it_end(pid_t child)
{
	int status;

	if (waitpid(child, &status, 0) == -1)
		die("waitpid");
	if (status != 0)
		quit("the child has failed");
}

int main(void)
{
	pid_t child;

	make_queue();

	wait_for_room(blocking);
	say("wrong: poll() has seen room");
	other_is_faster();
	child = start_child(send_and_hope);
	if (wait_until_asleep(child))
		say("wrong: mq_send() sleeps all the same");
	else
		say("wrong: mq_send() has not slept");
	take_one();
	see_it_end(child);
	take_one();

	wait_for_room(nonblocking);
	say("right: poll() has seen room");
	other_is_faster();
	child = start_child(send_or_poll_again);
	if (wait_until_asleep(child))
		say("right: it sleeps in poll(), and can watch other things");
	take_one();
	see_it_end(child);
	say("right: one message was taken, and ours is sent");
	return EXIT_SUCCESS;
}
