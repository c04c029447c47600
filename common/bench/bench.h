/*
 * bench.h - one facility, as the benchmark sees it
 *
 * A facility is one small file: f_NAME.c describes it by a struct facility,
 * and list.c gets one line. The least it needs is setup(), send() and recv();
 * everything else has a default. f_eventfd.c is the shortest to copy from.
 *
 *      PING                                    PONG
 *       | --- send --> [ channel 0 ] -- recv --> |      a round trip is
 *       | <-- recv --- [ channel 1 ] <- send --- |      both channels
 *
 * One run, in this order: setup() in one process; fork; join() in both;
 * rounds; both end; teardown() in the process that started them, which also
 * calls it when they crashed or hung. So what teardown() needs (an id, a name)
 * stands in b->keep, which is shared memory; all else may be a static variable
 * of the facility's file: each side has its own after the fork.
 */
#ifndef BENCH_H
#define BENCH_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>

enum side { PING, PONG, ALONE };	/* ALONE: sends to itself */
enum { CHANNELS = 2, LINE = 64, PAGE = 4096 };
enum { LARGEST = 256 << 10 };

/* What a facility can do. */
enum {
	BLOCKS = 1 << 0,		/* has a form that sleeps */
	POLLS = 1 << 1,			/* can ask again: b->spin */
	ONE_WAY = 1 << 2,		/* send() waits for room by itself, or
					   put() and get() are there */
	SELF = 1 << 3,			/* may be used by one process alone */
	ROUND = 1 << 4,			/* has a round trip */
	HELPED = 1 << 5,		/* a kernel thread does part of it, so
					   that CPU time is not ours only */
	LADDER = 1 << 6,		/* shown in the table of rungs only */
};

struct keep {
	int id[4];			/* -1: nothing to remove */
	char name[2][128];
};

struct bench {
	enum side me;
	int spin;			/* never sleep: ask again */
	int one_way;			/* a stream is asked for, not rounds */
	int locking;			/* a lock is asked for */
	int variant;			/* 0: as the system gives it */
	size_t size;			/* bytes of a message */
	pid_t peer;			/* the other side; 0 when alone */
	uint64_t seq;			/* number of the message, both sides */
	int whole;			/* check each byte, not stamps only */
	unsigned char *msg, *got;	/* LARGEST bytes each, one's own, at
					   the begin of a page */
	struct keep *keep;
	struct shared *shared;		/* the engine's */
};

struct facility {
	const char *name;		/* for ONLY= and JSON: "unix-stream" */
	const char *title;		/* at most 19 characters */
	const char *family;		/* pipe, socket, queue, memory, token,
					   signal, lock */
	unsigned can;
	size_t max;			/* bytes of a message; 0: no bytes */
	int copies;			/* of a message, on its way */
	const char *variant[3];		/* settings for one-way rows, after 0 */
	const char *no_spin;		/* why it has no form that polls */

	/* setup - make it, for both sides. Returns NULL, or a sentence that
	 * says why this system or this size cannot have it. */
	const char *(*setup)(struct bench *b);
	/* join - in each side: what only that side can do, if anything. */
	void (*join)(struct bench *b);
	/* send, recv - one message of LEN bytes, whole; they end by fail(). */
	void (*send)(struct bench *b, const void *msg, size_t len);
	void (*recv)(struct bench *b, void *msg, size_t len);
	/* ping, pong - N rounds, for who needs a loop of its own. */
	void (*ping)(struct bench *b, long n);
	void (*pong)(struct bench *b, long n);
	/* put, get - like send and recv, if a stream needs others. */
	void (*put)(struct bench *b, const void *msg, size_t len);
	void (*get)(struct bench *b, void *msg, size_t len);
	/* produce, consume - N messages, for who needs a loop of its own. */
	void (*produce)(struct bench *b, long n);
	void (*consume)(struct bench *b, long n);
	/* place - where a message is made (SENDING) or read, if not in
	 * b->msg and b->got: without a copy. */
	unsigned char *(*place)(struct bench *b, int sending);
	/* lock, unlock - if it can keep others out. */
	void (*lock)(struct bench *b);
	void (*unlock)(struct bench *b);
	/* teardown - remove what B->keep names; may be called twice. */
	void (*teardown)(struct bench *b);
};

extern const struct facility *const facilities[];	/* ends with NULL */

/* fail - this run is void, and why; CALL's errno is added if it is not 0. */
_Noreturn __attribute__((format(printf, 2, 3)))
void fail(struct bench *b, const char *fmt, ...);

/* refuse - what setup() returns when CALL failed; errno is added. */
const char *refuse(const char *call);

/* own_nothing - no id to remove yet: for the begin of a setup(). */
void own_nothing(struct keep *k);

/* write_all, read_all - LEN bytes through a byte stream; when the descriptor
 * does not block, they ask again. */
void write_all(struct bench *b, int fd, const void *msg, size_t len);
void read_all(struct bench *b, int fd, void *msg, size_t len);
/* no_wait - make FD fail with EAGAIN instead of sleeping, if b->spin. */
int no_wait(const struct bench *b, int fd);

/* The three ways to have memory in common, for area_make(). */
enum area { AREA_ANON, AREA_SYSV, AREA_POSIX, AREA_FILE };
/* area_make - SIZE zeroed bytes that stay shared over the fork and have no
 * name any more; NULL with errno if that failed. */
void *area_make(enum area kind, size_t size);

/* out, in - the channel this side sends to and receives from. */
static inline int out(const struct bench *b) { return b->me == PONG; }
static inline int in(const struct bench *b) { return b->me == PING; }

static inline void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#endif
}

/* copy - memcpy() that needs no call for the sizes of the fastest rows. */
static inline void copy(void *to, const void *from, size_t len)
{
	if (len == 8)
		memcpy(to, from, 8);
	else if (len == LINE)
		memcpy(to, from, LINE);
	else
		memcpy(to, from, len);
}

/* ------------------------------------------------- the payload, checked
 *
 * A message is a fixed pattern with its number over the first and the last
 * eight bytes. Each arrival is checked at both ends; in a stream the first
 * word of each cache line too, so that the data has been read. With b->whole
 * the pattern depends on the number and each byte is compared.
 */
static inline uint64_t word_at(size_t offset)
{
	return (offset + 1) * 0x9e3779b97f4a7c15u;
}

void payload_whole(unsigned char *msg, size_t len, uint64_t seq);
_Noreturn void payload_bad(struct bench *b, const unsigned char *got);

static inline void stamp(const struct bench *b, unsigned char *msg)
{
	size_t len = b->size;

	if (__builtin_expect(b->whole, 0)) {
		payload_whole(msg, len, b->seq);
	} else if (len >= 8) {
		memcpy(msg + len - 8, &b->seq, 8);
		memcpy(msg, &b->seq, 8);
	} else if (len) {
		msg[0] = (unsigned char)b->seq;
	}
}

int payload_is(const unsigned char *got, size_t len, uint64_t seq);

/* right - 1 if GOT is message number b->seq as stamp() made it. */
static inline int right(const struct bench *b, const unsigned char *got)
{
	size_t len = b->size;
	uint64_t head, tail;

	if (__builtin_expect(b->whole, 0))
		return payload_is(got, len, b->seq);
	if (len >= 8) {
		memcpy(&head, got, 8);
		memcpy(&tail, got + len - 8, 8);
		return head == b->seq && tail == b->seq;
	}
	return len == 0 || got[0] == (unsigned char)b->seq;
}

/* check - void the run unless GOT is message number b->seq. */
static inline void check(struct bench *b, const unsigned char *got)
{
	if (__builtin_expect(!right(b, got), 0))
		payload_bad(b, got);
}

/* check_lines - the same, and a word of each cache line between the ends. */
static inline void check_lines(struct bench *b, const unsigned char *got)
{
	uint64_t word, odd = 0;

	if (!b->whole)
		for (size_t o = LINE; o + 16 <= b->size; o += LINE) {
			memcpy(&word, got + o, 8);
			odd |= word ^ word_at(o);
		}
	if (__builtin_expect(odd != 0 || !right(b, got), 0))
		payload_bad(b, got);
}

#endif
