/* f_posix_queue.c - a POSIX message queue for each direction */
#define _GNU_SOURCE
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <unistd.h>

#include "../lesson.h"
#include "bench.h"

static mqd_t queue[CHANNELS];

static void teardown(struct bench *b)
{
	for (int c = 0; c < CHANNELS; c++)
		if (b->keep->name[c][0])
			mq_unlink(b->keep->name[c]);
}

/* 10 messages is the default; deep: as many as go into half a megabyte, for
 * RLIMIT_MSGQUEUE allows 800 KB to a user. */
static long depth(const struct bench *b)
{
	long fit = (long)(500000 / (b->size + 100)) / 2;

	if (!b->one_way)
		return 1;		/* one is under way at a time */
	if (!b->variant)
		return fit < 10 ? fit : 10;
	return fit < 1000 ? fit : 1000;
}

static const char *setup(struct bench *b)
{
	struct mq_attr attr = { .mq_maxmsg = depth(b),
				.mq_msgsize = b->size ? (long)b->size : 1 };
	char name[OWN_NAME], what[32];

	if (attr.mq_maxmsg < 1)
		return "RLIMIT_MSGQUEUE has no room for two such messages";
	for (int c = 0; c < CHANNELS; c++) {
		snprintf(what, sizeof what, "bench%d-%d", (int)getpid(), c);
		own_name(name, what);
		snprintf(b->keep->name[c], sizeof b->keep->name[c], "%s", name);
		queue[c] = mq_open(name, O_RDWR | O_CREAT | O_EXCL |
				   (b->spin ? O_NONBLOCK : 0), 0600, &attr);
		if (queue[c] == (mqd_t)-1)
			return errno == EINVAL ?
			    "fs.mqueue.msgsize_max or msg_max is too small" :
			    refuse("mq_open");
		mq_unlink(name);	/* the descriptors are enough */
	}
	return NULL;
}

static void send_mq(struct bench *b, const void *msg, size_t len)
{
	while (mq_send(queue[out(b)], msg, len, 0) == -1)
		if (errno != EAGAIN)
			fail(b, "mq_send");
}

static void recv_mq(struct bench *b, void *msg, size_t len)
{
	ssize_t n;

	do
		n = mq_receive(queue[in(b)], msg, len, NULL);
	while (n == -1 && errno == EAGAIN);
	if (n != (ssize_t)len)
		fail(b, "mq_receive");
}

const struct facility f_posix_queue = {
	.name = "posix-queue", .title = "POSIX queue", .family = "queue",
	.can = BLOCKS | POLLS | ONE_WAY | SELF | ROUND,
	.max = 65536, .copies = 2, .variant = { "deep" },
	.setup = setup, .send = send_mq, .recv = recv_mq,
	.teardown = teardown,
};
