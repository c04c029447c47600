/* f_futex.c - futex(2): a token in a word of memory, with and without sleep */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bench.h"

static struct word {
	_Alignas(LINE) _Atomic uint32_t value;
} *word;

static const char *setup(struct bench *b)
{
	(void)b;
	word = area_make(AREA_ANON, CHANNELS * sizeof *word);
	return word ? NULL : refuse("mmap");
}

static void send_token(struct bench *b, const void *msg, size_t len)
{
	(void)msg, (void)len;
	atomic_store(&word[out(b)].value, 1);
	if (syscall(SYS_futex, &word[out(b)].value, FUTEX_WAKE, 1, NULL, NULL,
		    0) == -1)
		fail(b, "futex wake");
}

/* The word may change before the call: then it returns EAGAIN at once. */
static void recv_token(struct bench *b, void *msg, size_t len)
{
	(void)msg, (void)len;
	while (atomic_exchange(&word[in(b)].value, 0) == 0)
		if (syscall(SYS_futex, &word[in(b)].value, FUTEX_WAIT, 0, NULL,
			    NULL, 0) == -1 && errno != EAGAIN && errno != EINTR)
			fail(b, "futex wait");
}

/* The mutex of three states: 0 free, 1 held, 2 held and somebody sleeps. */
static void lock(struct bench *b)
{
	uint32_t was = 0;

	if (atomic_compare_exchange_strong(&word[0].value, &was, 1))
		return;
	while (atomic_exchange(&word[0].value, 2) != 0)
		if (syscall(SYS_futex, &word[0].value, FUTEX_WAIT, 2, NULL,
			    NULL, 0) == -1 && errno != EAGAIN && errno != EINTR)
			fail(b, "futex wait");
}

static void unlock(struct bench *b)
{
	if (atomic_exchange(&word[0].value, 0) == 2 &&
	    syscall(SYS_futex, &word[0].value, FUTEX_WAKE, 1, NULL, NULL,
		    0) == -1)
		fail(b, "futex wake");
}

const struct facility f_futex = {
	.name = "futex", .title = "futex", .family = "token",
	.can = BLOCKS | SELF | ROUND,
	.no_spin = "without the sleep it is the ring of shared memory",
	.setup = setup, .send = send_token, .recv = recv_token,
	.lock = lock, .unlock = unlock,
};
