/*
 * ratio.c - pairs of figures of one run, divided round by round
 *
 * A time on a shared machine means little, the ratio of two times that were
 * taken in turns means something. A ratio is the median of the rounds' ratios.
 * For streams MB/s are turned over: above 1 the first one always takes longer.
 */
#define _GNU_SOURCE
#include "inside.h"

struct term {
	enum kind kind;
	enum where where;
	const char *name;
	int variant;
	size_t size;
};

struct pair {
	const char *group, *text;
	struct term a, b;
};

#define RT(where, name, size) { ROUND_TRIP, where, name, 0, size }
#define ST(where, name, variant, size) { STREAM, where, name, variant, size }
#define LK(kind, where, name) { kind, where, name, 0, 0 }
#define CP(name, size) { COPIES, ONE, name, 0, size }
#define ITS_LIMIT { FLOOR, TWO_SPIN, "", 0, 0 }

static const char sysv[] = "System V : POSIX";
static const char order[] = "memory, queue, socket";
static const char lock[] = "semaphore : mutex";
static const char brief[] = "queue : pipe, round trip, one CPU";
static const char copies[] = "copies of a message, one CPU";
static const char limit[] = "memory : limit, two CPUs, spinning";
static const char other[] = "settings and forms";

static const struct pair pairs[] = {
	{ sysv, "semaphore, nobody waits",
	  LK(LOCK_ALONE, ONE, "sysv-sem"), LK(LOCK_ALONE, ONE, "posix-sem") },
	{ sysv, "the same with SEM_UNDO",
	  LK(LOCK_ALONE, ONE, "sysv-sem-undo"),
	  LK(LOCK_ALONE, ONE, "posix-sem") },
	{ sysv, "semaphore, two processes want it, one CPU",
	  LK(LOCK_BOTH, ONE, "sysv-sem"), LK(LOCK_BOTH, ONE, "posix-sem") },
	{ sysv, "semaphore, two processes want it, two CPUs",
	  LK(LOCK_BOTH, TWO_SLEEP, "sysv-sem"),
	  LK(LOCK_BOTH, TWO_SLEEP, "posix-sem") },
	{ sysv, "semaphore hand-over, one CPU",
	  RT(ONE, "sysv-sem", 0), RT(ONE, "posix-sem", 0) },
	{ sysv, "the same, both steps in one semop()",
	  RT(ONE, "sysv-sem-combined", 0), RT(ONE, "posix-sem", 0) },
	{ sysv, "semaphore hand-over, two CPUs, asleep",
	  RT(TWO_SLEEP, "sysv-sem", 0), RT(TWO_SLEEP, "posix-sem", 0) },
	{ sysv, "message of 64 bytes, nobody waits",
	  { SELF_COST, ONE, "sysv-queue", 0, 64 },
	  { SELF_COST, ONE, "posix-queue", 0, 64 } },
	{ sysv, "message of 64 bytes and back, one CPU",
	  RT(ONE, "sysv-queue", 64), RT(ONE, "posix-queue", 64) },
	{ sysv, "message of 64 bytes and back, two CPUs, asleep",
	  RT(TWO_SLEEP, "sysv-queue", 64), RT(TWO_SLEEP, "posix-queue", 64) },

	{ order, "queue : memory+semaphore, 64 B, one CPU",
	  RT(ONE, "posix-queue", 64), RT(ONE, "posix-shm-sem", 64) },
	{ order, "UNIX stream : queue, 64 B, one CPU",
	  RT(ONE, "unix-stream", 64), RT(ONE, "posix-queue", 64) },
	{ order, "memory+condition variable : queue, 64 B, one CPU",
	  RT(ONE, "cond", 64), RT(ONE, "posix-queue", 64) },
	{ order, "pipe : memory+semaphore, 64 B, one CPU",
	  RT(ONE, "pipe", 64), RT(ONE, "posix-shm-sem", 64) },
	{ order, "queue : memory+semaphore, 64 B, two CPUs, spinning",
	  RT(TWO_SPIN, "posix-queue", 64), RT(TWO_SPIN, "posix-shm-sem", 64) },
	{ order, "queue : memory+word, 64 B, two CPUs, spinning",
	  RT(TWO_SPIN, "posix-queue", 64),
	  RT(TWO_SPIN, "posix-shm-ring", 64) },
	{ order, "UNIX stream : queue, 64 B, two CPUs, spinning",
	  RT(TWO_SPIN, "unix-stream", 64), RT(TWO_SPIN, "posix-queue", 64) },
	{ order, "queue : memory+semaphore, 64 B, two CPUs, asleep",
	  RT(TWO_SLEEP, "posix-queue", 64),
	  RT(TWO_SLEEP, "posix-shm-sem", 64) },
	{ order, "UNIX stream : queue, 64 B, two CPUs, asleep",
	  RT(TWO_SLEEP, "unix-stream", 64), RT(TWO_SLEEP, "posix-queue", 64) },
	{ order, "UNIX datagram : queue, 64 KiB, one CPU",
	  RT(ONE, "unix-dgram", 65536), RT(ONE, "posix-queue", 65536) },
	{ order, "UNIX stream : queue, 64 KiB one way, one CPU",
	  ST(ONE, "unix-stream", 0, 65536), ST(ONE, "posix-queue", 0, 65536) },
	{ order, "pipe : memory+semaphore, 64 KiB one way, one CPU",
	  ST(ONE, "pipe", 0, 65536), ST(ONE, "posix-shm-sem", 0, 65536) },

	{ lock, "POSIX semaphore : mutex, nobody waits",
	  LK(LOCK_ALONE, ONE, "posix-sem"), LK(LOCK_ALONE, ONE, "mutex") },
	{ lock, "System V semaphore : mutex, nobody waits",
	  LK(LOCK_ALONE, ONE, "sysv-sem"), LK(LOCK_ALONE, ONE, "mutex") },
	{ lock, "POSIX semaphore : mutex, two want it, two CPUs",
	  LK(LOCK_BOTH, TWO_SLEEP, "posix-sem"),
	  LK(LOCK_BOTH, TWO_SLEEP, "mutex") },
	{ lock, "POSIX sem. : mutex+condition, hand-over, one CPU",
	  RT(ONE, "posix-shm-sem", 64), RT(ONE, "cond", 64) },
	{ lock, "robust mutex : plain mutex, nobody waits",
	  LK(LOCK_ALONE, ONE, "mutex-robust"), LK(LOCK_ALONE, ONE, "mutex") },

	{ brief, "System V queue : pipe, 64 bytes",
	  RT(ONE, "sysv-queue", 64), RT(ONE, "pipe", 64) },
	{ brief, "System V queue : pipe, 1 KiB",
	  RT(ONE, "sysv-queue", 1024), RT(ONE, "pipe", 1024) },
	{ brief, "System V queue : pipe, 4 KiB",
	  RT(ONE, "sysv-queue", 4096), RT(ONE, "pipe", 4096) },
	{ brief, "System V queue : pipe, 64 KiB",
	  RT(ONE, "sysv-queue", 65536), RT(ONE, "pipe", 65536) },
	{ brief, "POSIX queue : pipe, 64 bytes",
	  RT(ONE, "posix-queue", 64), RT(ONE, "pipe", 64) },
	{ brief, "POSIX queue : pipe, 4 KiB",
	  RT(ONE, "posix-queue", 4096), RT(ONE, "pipe", 4096) },

	{ copies, "one by the kernel : none, 4 KiB",
	  CP("vm-readv", 4096), CP("in-place", 4096) },
	{ copies, "two by the kernel (pipe) : none, 4 KiB",
	  CP("pipe", 4096), CP("in-place", 4096) },
	{ copies, "one by the kernel : none, 64 KiB",
	  CP("vm-readv", 65536), CP("in-place", 65536) },
	{ copies, "two by the processes (memory) : none, 64 KiB",
	  CP("posix-shm-sem", 65536), CP("in-place", 65536) },
	{ copies, "two by the kernel (pipe) : none, 64 KiB",
	  CP("pipe", 65536), CP("in-place", 65536) },
	{ copies, "two by the kernel (queue) : none, 64 KiB",
	  CP("posix-queue", 65536), CP("in-place", 65536) },

	{ limit, "8 B and back : one cache line",
	  RT(TWO_SPIN, "posix-shm-ring", 8), ITS_LIMIT },
	{ limit, "ring batched, 1 KiB one way : hand-over",
	  ST(TWO_SPIN, "ring-batched", 0, 1024), ITS_LIMIT },
	{ limit, "ring batched, 4 KiB one way : hand-over",
	  ST(TWO_SPIN, "ring-batched", 0, 4096), ITS_LIMIT },

	{ other, "FIFO : pipe, 64 B, one CPU",
	  RT(ONE, "fifo", 64), RT(ONE, "pipe", 64) },
	{ other, "realtime signal : standard signal, one CPU",
	  RT(ONE, "rt-signal", 1), RT(ONE, "signal", 0) },
	{ other, "pipe as it is : 1 MiB, 64 KiB, two CPUs",
	  ST(TWO_SLEEP, "pipe", 0, 65536), ST(TWO_SLEEP, "pipe", 1, 65536) },
	{ other, "POSIX queue of 10 : deep, 64 B, two CPUs",
	  ST(TWO_SLEEP, "posix-queue", 0, 64),
	  ST(TWO_SLEEP, "posix-queue", 1, 64) },
	{ other, "ring naive : padded, 8 B, two CPUs",
	  ST(TWO_SPIN, "ring-naive", 0, 8), ST(TWO_SPIN, "ring-padded", 0, 8) },
	{ other, "ring naive : cached index, 8 B, two CPUs",
	  ST(TWO_SPIN, "ring-naive", 0, 8), ST(TWO_SPIN, "ring-cached", 0, 8) },
	{ other, "ring naive : batched, 8 B, two CPUs",
	  ST(TWO_SPIN, "ring-naive", 0, 8),
	  ST(TWO_SPIN, "ring-batched", 0, 8) },
};
enum { PAIRS = sizeof pairs / sizeof *pairs };

static int is(const struct cell *c, const struct term *t)
{
	return c->f && c->kind == t->kind && c->where == t->where &&
	       c->variant == t->variant && c->size == t->size &&
	       strcmp(c->f->name, t->name) == 0;
}

int ratio_needs(const struct cell *c)
{
	for (size_t i = 0; i < PAIRS; i++)
		if (is(c, &pairs[i].a) || is(c, &pairs[i].b))
			return 1;
	return 0;
}

/* A STREAM's figures are speeds, so they are turned over. */
static void divide_rounds(const struct cell *a, const double *b, size_t n,
			  double *each)
{
	if (a->kind == STREAM)
		ratios(b, a->round, each, n);
	else
		ratios(a->round, b, each, n);
}

static struct ratio divide(const struct report *r, const struct pair *p)
{
	const struct cell *a = find(r, p->a.kind, p->a.where, p->a.name,
				    p->a.variant, p->a.size);
	const struct cell *b = p->b.kind == FLOOR ? a :
			       find(r, p->b.kind, p->b.where, p->b.name,
				    p->b.variant, p->b.size);
	struct ratio q = { p->group, p->text, 0, 0, 0, 0 };
	double each[ROUNDS];
	size_t n;

	if (!a || !b || a->state != MEASURED || b->state != MEASURED)
		return q;
	n = (size_t)(a->n < b->n ? a->n : b->n);
	divide_rounds(a, a == b ? a->beside : b->round, n, each);
	q.n = (int)n;
	q.median = median(each, n);
	q.low = lowest(each, n);
	q.high = highest(each, n);
	return q;
}

size_t ratio_all(const struct report *r, struct ratio *to, size_t room)
{
	size_t n = 0;

	for (size_t i = 0; i < PAIRS && n < room; i++)
		to[n++] = divide(r, &pairs[i]);
	return n;
}
