/*
 * buffer - how large must the buffer of mq_receive() be?
 *
 *   The queue allows messages of up to 16 bytes. One message of 4 bytes comes.
 *
 * Watch: what counts is not the message that comes, but the longest one that
 * the queue allows.
 *
 * Try: in the line with "wrong", write `size - 12` instead of `size - 1`. This
 * buffer has room for the whole message. Does the call succeed?
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <mqueue.h>

#include "../../../common/experiment.h"

enum { LONGEST = 16 };		// bytes of the longest message

static mqd_t make_queue(void)
{
	struct mq_attr attr = { .mq_maxmsg = 3, .mq_msgsize = LONGEST };
	char name[OWN_NAME];
	mqd_t queue;

	own_name(name, "buffer");
	hold_signals();
	mq_unlink(name);	// a killed run may have left a queue
	// O_EXCL: a new queue, or an error. O_NONBLOCK: a call that would wait
	// fails, with EAGAIN.
	queue = mq_open(name, O_RDWR | O_CREAT | O_EXCL | O_NONBLOCK, 0600,
			&attr);
	if (queue == (mqd_t)-1)
		die("mq_open");
	// Nobody else needs the name. Without a name the queue goes when we
	// end.
	if (mq_unlink(name) == -1)
		die("mq_unlink");
	let_signals();
	return queue;
}

static long messages_in(mqd_t queue)
{
	struct mq_attr attr;

	if (mq_getattr(queue, &attr) == -1)
		die("mq_getattr");
	return attr.mq_curmsgs;
}

/* Tell mq_receive() that our buffer has SIZE bytes, and say what it returns. */
static void receive(mqd_t queue, const char *what, size_t size)
{
	char buffer[LONGEST];
	ssize_t n;

	// NULL: we do not ask for the priority of the message.
	n = mq_receive(queue, buffer, size, NULL);
	if (n == -1)
		say("%s, %zu bytes: -1, %s", what, size, errno_name(errno));
	else
		say("%s, %zu bytes: %zd came", what, size, n);
}

int main(void)
{
	mqd_t queue = make_queue();
	struct mq_attr attr;
	size_t size;
	long left;

	// A message of 4 bytes. The 0 is its priority.
	if (mq_send(queue, "soup", 4, 0) == -1)
		die("mq_send");
	if (mq_getattr(queue, &attr) == -1)
		die("mq_getattr");
	size = (size_t)attr.mq_msgsize;
	say("a message of 4 bytes came; up to %zu are allowed", size);

	receive(queue, "wrong: a buffer one byte short", size - 1);
	left = messages_in(queue);
	say("the message is not lost: %ld is in the queue", left);
	receive(queue, "right: a buffer as mq_getattr() says", size);

	// Now the queue is empty. These two calls show whether mq_receive()
	// first looks at the buffer, or at the queue.
	receive(queue, "an empty queue, a buffer one byte short", size - 1);
	receive(queue, "an empty queue, a buffer as it should be", size);
	return EXIT_SUCCESS;
}
