/*
 * broken.c - facilities that do wrong, one way each; the engine must notice
 *
 * All of them are a pipe with a fault. Linked in place of list.c.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <unistd.h>

#include "../inside.h"

static int end[CHANNELS][2];
static long sent;

static const char *setup(struct bench *b)
{
	sent = 0;
	for (int c = 0; c < CHANNELS; c++)
		if (pipe(end[c]) == -1 || no_wait(b, end[c][0]) == -1)
			return refuse("pipe");
	return NULL;
}

static void give(struct bench *b, const void *msg, size_t len)
{
	write_all(b, end[out(b)][1], msg, len);
}

static void take(struct bench *b, void *msg, size_t len)
{
	read_all(b, end[in(b)][0], msg, len);
}

/* The nature of each fault; all but the first come after whole messages have
 * been compared, when the clock runs. */
static void one_bit(struct bench *b, const void *msg, size_t len)
{
	static unsigned char copy_of[LARGEST];

	memcpy(copy_of, msg, len);
	copy_of[len / 2 + 3] ^= 4;
	give(b, copy_of, len);
}

static void late_bit(struct bench *b, const void *msg, size_t len)
{
	if (++sent == 12)
		one_bit(b, (const char *)msg + 0, len);
	else
		give(b, msg, len);
}

static void last_byte(struct bench *b, const void *msg, size_t len)
{
	static unsigned char copy_of[LARGEST];

	memcpy(copy_of, msg, len);
	copy_of[len - 1] ^= (unsigned char)(++sent == 12);
	give(b, copy_of, len);
}

static void twice(struct bench *b, const void *msg, size_t len)
{
	give(b, msg, len);
	if (++sent == 12)
		give(b, msg, len);
}

/* A stream that loses one message goes on with the next. */
static void lose(struct bench *b, const void *msg, size_t len)
{
	if (++sent != 12)
		give(b, msg, len);
}

static void hang(struct bench *b, const void *msg, size_t len)
{
	if (++sent == 12)
		for (;;)
			pause();
	give(b, msg, len);
}

static void crash(struct bench *b, const void *msg, size_t len)
{
	if (++sent == 12)
		raise(SIGSEGV);
	give(b, msg, len);
}

static void pong_dies(struct bench *b, void *msg, size_t len)
{
	take(b, msg, len);
	if (b->me == PONG && ++sent == 12)
		raise(SIGKILL);
}

/* An orphan, and an object: both must be gone afterwards. */
static const char *setup_leak(struct bench *b)
{
	own_nothing(b->keep);
	b->keep->id[0] = msgget(IPC_PRIVATE, 0600);
	if (fork() == 0)
		for (;;)
			pause();
	return setup(b);
}

static void teardown_leak(struct bench *b)
{
	if (b->keep->id[0] != -1)
		msgctl(b->keep->id[0], IPC_RMID, NULL);
}

static const char *refused(struct bench *b)
{
	(void)b;
	return "this system has no such thing";
}


/* Both are inside, every time: PING has loaded the counter when PONG does its
 * step, and stores what it makes of the old value. So no luck is needed. */
static struct { _Atomic long ping_in, pong_done; } *meet;
static long turn, loaded;

static const char *setup_open(struct bench *b)
{
	(void)b;
	meet = area_make(AREA_ANON, sizeof *meet);
	return meet ? NULL : refuse("mmap");
}

static void open_lock(struct bench *b)
{
	turn++;
	loaded = b->shared->counter;
	if (b->me == PING)
		for (meet->ping_in = turn; meet->pong_done < turn; )
			sched_yield();
	else if (b->me == PONG)
		while (meet->ping_in < turn)
			sched_yield();
}

static void open_unlock(struct bench *b)
{
	if (b->me == PING)
		b->shared->counter = loaded + 1;
	else if (b->me == PONG)
		meet->pong_done = turn;
}

#define PIPE_LIKE .family = "pipe", .max = LARGEST, .copies = 2,	\
	.can = BLOCKS | ONE_WAY | ROUND, .no_spin = "is broken"

static const struct facility list[] = {
	{ .name = "good", .title = "good", PIPE_LIKE,
	  .setup = setup, .send = give, .recv = take },
	{ .name = "one-bit", .title = "one bit", PIPE_LIKE,
	  .setup = setup, .send = one_bit, .recv = take },
	{ .name = "late-bit", .title = "one bit, later", PIPE_LIKE,
	  .setup = setup, .send = late_bit, .recv = take },
	{ .name = "last-byte", .title = "the last byte", PIPE_LIKE,
	  .setup = setup, .send = last_byte, .recv = take },
	{ .name = "twice", .title = "a message twice", PIPE_LIKE,
	  .setup = setup, .send = twice, .recv = take },
	{ .name = "lose", .title = "loses a message", PIPE_LIKE,
	  .setup = setup, .send = lose, .recv = take },
	{ .name = "hang", .title = "hangs", PIPE_LIKE,
	  .setup = setup, .send = hang, .recv = take },
	{ .name = "crash", .title = "crashes", PIPE_LIKE,
	  .setup = setup, .send = crash, .recv = take },
	{ .name = "pong-dies", .title = "the other dies", PIPE_LIKE,
	  .setup = setup, .send = give, .recv = pong_dies },
	{ .name = "leak", .title = "leaks", PIPE_LIKE, .setup = setup_leak,
	  .send = crash, .recv = take, .teardown = teardown_leak },
	{ .name = "refused", .title = "refused", PIPE_LIKE, .setup = refused,
	  .send = give, .recv = take },
	{ .name = "open-lock", .title = "a lock for nobody",
	  .family = "lock", .can = BLOCKS, .setup = setup_open,
	  .lock = open_lock, .unlock = open_unlock },
};

const struct facility *const facilities[] = {
	&list[0], &list[1], &list[2], &list[3], &list[4], &list[5], &list[6],
	&list[7], &list[8], &list[9], &list[10], &list[11], NULL,
};
