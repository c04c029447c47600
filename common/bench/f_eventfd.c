/* f_eventfd.c - eventfd(2): a token through a counter, one a direction */
#define _GNU_SOURCE
#include <sys/eventfd.h>
#include <unistd.h>

#include "bench.h"

static int counter[CHANNELS];

static const char *setup(struct bench *b)
{
	for (int c = 0; c < CHANNELS; c++) {
		counter[c] = eventfd(0, EFD_SEMAPHORE);
		if (counter[c] == -1 || no_wait(b, counter[c]) == -1)
			return refuse("eventfd");
	}
	return NULL;
}

static void give(struct bench *b, int c)
{
	uint64_t one = 1;

	if (write(counter[c], &one, sizeof one) != sizeof one)
		fail(b, "write of an eventfd");
}

static void take(struct bench *b, int c)
{
	uint64_t got = 0;

	while (read(counter[c], &got, sizeof got) != sizeof got)
		if (errno != EAGAIN)
			fail(b, "read of an eventfd");
	if (got != 1)
		fail(b, "the counter gave something else than one token");
}

static void send_token(struct bench *b, const void *msg, size_t len)
{
	(void)msg, (void)len;
	give(b, out(b));
}

static void recv_token(struct bench *b, void *msg, size_t len)
{
	(void)msg, (void)len;
	take(b, in(b));
}

/* As a lock: the token is in the counter while nobody is inside. */
static void join(struct bench *b)
{
	if (b->me != PONG && b->locking)
		give(b, 0);
}

static void lock(struct bench *b) { take(b, 0); }
static void unlock(struct bench *b) { give(b, 0); }

const struct facility f_eventfd = {
	.name = "eventfd", .title = "eventfd", .family = "token",
	.can = BLOCKS | POLLS | SELF | ROUND,
	.setup = setup, .join = join,
	.send = send_token, .recv = recv_token,
	.lock = lock, .unlock = unlock,
};
