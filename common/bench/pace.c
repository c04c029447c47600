/*
 * pace.c - the CPU's own pace, and the batches that count by it
 *
 * Where a core has two threads, or a host two guests on it, a CPU gets slower
 * by half for some milliseconds, and no counter in here tells. Fixed work
 * does: a batch counts if that was done at full pace before and after it. The
 * figure itself has no say in it. On one CPU only: of the other side's CPU we
 * would know nothing.
 */
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <unistd.h>

#include "inside.h"

enum { BATCHES = 2000, ENOUGH = 10, TRIES = 8 };
enum { FEW = 3 };			/* that say something together */
static const double SLOWER = 1.2;

static struct {
	double mean[BATCHES];		/* of a round, ns */
	double pace[BATCHES];		/* of the CPU; 0: unknown */
	double line[BATCHES];		/* the limit in turns with it */
	size_t n;
} batches;

/* ------------------------------------------------------------- the pace */

/* How long the fixed work takes. */
static double pace(void)
{
	double t = now_ns();

	for (int i = 0; i < 20; i++)
		syscall(SYS_getppid);
	return now_ns() - t;
}

/* Two in a row, so that a single lucky one does not become the measure. */
static double steady_pace(struct shared *s)
{
	double one = pace(), two = pace();

	if (two > one)
		one = two;
	if (s->pace == 0 || one < s->pace)
		s->pace = one;
	return one;
}

void await_pace(struct bench *b)
{
	double t = now_ns();

	while (steady_pace(b->shared) > SLOWER * b->shared->pace &&
	       now_ns() - t < 2e6)
		continue;
}

static double pace_here(struct run *r)
{
	return r->cell->where == ONE ? steady_pace(r->b.shared) : 0;
}

/* ---------------------------------------------------------- the batches */

long batches_room(void)
{
	size_t left = BATCHES - batches.n;

	return left < BATCHES / 4 ? (long)left : BATCHES / 4;
}

void drop_batch(void)
{
	batches.n--;
}

double batch_ns(double budget)
{
	return budget / 10 < 2e5 ? budget / 10 : 2e5;
}

double time_batch(struct run *r, void (*loop)(struct run *, long), long n)
{
	double before = pace_here(r), t, after, mean;

	t = now_ns();
	loop(r, n);
	mean = (now_ns() - t) / (double)n;
	after = pace_here(r);
	batches.mean[batches.n] = mean;
	batches.pace[batches.n] = before > after ? before : after;
	if (r->turns) {
		t = now_ns();
		line_ping(LINE_TRIPS);
		batches.line[batches.n] = (now_ns() - t) / (double)LINE_TRIPS;
	}
	batches.n++;
	return mean;
}

/* The batches that count go to TO; how many they are. */
static size_t that_count(const struct shared *shared, double *to)
{
	return at_pace(batches.mean, batches.pace, batches.n,
		       SLOWER * shared->pace, to);
}

int more_batches(struct run *r, int tries)
{
	static double mean[BATCHES];

	if (tries == 0)
		return 1;
	return r->cell->where == ONE && tries < TRIES &&
	       batches_room() >= FEW &&
	       that_count(r->b.shared, mean) < ENOUGH;
}

void judge_batches(struct run *r)
{
	static double mean[BATCHES];
	struct shared *shared = r->b.shared;
	struct outcome *out = &shared->out;
	size_t n = that_count(shared, mean);
	double part;

	out->slow = 1 - (double)n / (double)batches.n;
	if (r->turns)
		out->beside = median(batches.line, batches.n);
	if (n >= FEW) {
		out->value = median(mean, n);
		return;
	}
	/* Too few: the CPU was lost to others in part. */
	out->value = median(batches.mean, batches.n);
	part = 1 - shared->pace / median(batches.pace, batches.n);
	if (part > out->lost)
		out->lost = part;
	/* A CPU that has got warm stays slower: that is its full pace then. */
	shared->pace *= 1.05;
}
