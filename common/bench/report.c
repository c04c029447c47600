/* report.c - look-ups, and the limit that belongs to a figure */
#define _GNU_SOURCE
#include "inside.h"

const char *kind_name(enum kind k)
{
	static const char *const name[KINDS] = {
		[SELF_COST] = "self", [ROUND_TRIP] = "round-trip",
		[STREAM] = "stream", [LOCK_ALONE] = "lock-alone",
		[LOCK_BOTH] = "lock-both", [COPIES] = "copies",
		[FLOOR] = "floor",
	};

	return name[k];
}

const char *where_name(enum where w)
{
	static const char *const name[WHERES] = {
		[ONE] = "one-cpu", [TWO_SPIN] = "two-cpus-spinning",
		[TWO_SLEEP] = "two-cpus-sleeping",
	};

	return name[w];
}

const struct cell *find(const struct report *r, enum kind kind,
			enum where where, const char *name, int variant,
			size_t size)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct cell *c = &r->cell[i];

		if (c->f && c->kind == kind && c->where == where &&
		    c->variant == variant && c->size == size &&
		    strcmp(c->f->name, name) == 0)
			return c;
	}
	return NULL;
}

double floor_of(const struct report *r, const char *name)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct cell *c = &r->cell[i];

		if (c->floor && c->state == MEASURED &&
		    strcmp(c->floor->name, name) == 0)
			return median(c->round, (size_t)c->n);
	}
	return 0;
}

/* A round trip needs two switches (or transfers of a line, or wake-ups), and
 * its bytes must be copied once each way. A stream on one CPU is copied in
 * and out by the same CPU. A lock needs one atomic step to take it and one to
 * leave it; also if two want it, for one of them may have it many times before
 * the other gets it. BESIDE is what was measured in turns with it, or 0. */
static double limit_with(const struct report *r, const struct cell *c,
			 double beside)
{
	double copy = floor_of(r, "copy-cache");
	double over = floor_of(r, "hand-over");
	double bytes = 2 * (double)c->size * 1e3;	/* ns at 1 MB/s */

	if (c->kind == ROUND_TRIP && c->where == ONE && copy > 0)
		return 2 * floor_of(r, "switch") + bytes / copy;
	if (c->kind == ROUND_TRIP && c->where == TWO_SPIN && over > 0)
		return (beside > 0 ? beside : floor_of(r, "line")) +
		       bytes / over;
	if (c->kind == ROUND_TRIP && c->where == TWO_SLEEP && over > 0)
		return 2 * floor_of(r, "wake-up") + bytes / over;
	if (c->kind == STREAM && c->where == ONE)
		return copy / 2;
	if (c->kind == STREAM)
		return beside > 0 ? beside : over;
	if (c->kind == LOCK_ALONE || c->kind == LOCK_BOTH)
		return 2 * floor_of(r, "atomic");
	return 0;
}

double limit_of(const struct report *r, const struct cell *c)
{
	return limit_with(r, c, median(c->beside, (size_t)c->n));
}

double times_limit(const struct report *r, const struct cell *c)
{
	double limit[ROUNDS] = { 0 }, each[ROUNDS];
	size_t n = (size_t)c->n;

	for (size_t i = 0; i < n; i++)
		limit[i] = limit_with(r, c, c->beside[i]);
	ratios(c->round, limit, each, n);
	return median(each, n);
}
