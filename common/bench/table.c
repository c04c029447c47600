/* table.c - the report for people: at most 80 columns, a line a facility */
#define _GNU_SOURCE
#include <stdlib.h>

#include "inside.h"

enum { RATIOS = 80 };

/* Three digits that count, in MICROseconds or MB/s: 0.122, 1.79, 65.2, 9677 */
static const char *three(double v, char *buf, size_t size)
{
	int digits = v < 1 ? 3 : v < 10 ? 2 : v < 100 ? 1 : 0;

	if (v < 99999)
		snprintf(buf, size, "%.*f", digits, v);
	else
		snprintf(buf, size, "%.0fk", v / 1e3);
	return buf;
}

static void number(int width, double v)
{
	char text[32];

	printf("%*s", width, v > 0 ? three(v, text, sizeof text) : "-");
}

static double centre(const struct cell *c)
{
	return c && c->state == MEASURED ? median(c->round, (size_t)c->n) : 0;
}

static void marks(const struct cell *c)
{
	double percent = 100 * spread(c->round, (size_t)c->n);

	printf(percent < 1000 ? "%4.0f" : ">999", percent);
	puts(c->disturbed * 2 > c->n ? " !" : "");
}

static const size_t *sizes_of(const struct report *r, enum kind k)
{
	return k == STREAM ? r->set->effort.stream :
	       k == COPIES ? r->set->effort.copies : r->set->effort.size;
}

/* The cell that stands in column I: the facility's only one stands first. */
static const struct cell *at(const struct report *r, const struct cell *first,
			     size_t i)
{
	size_t size = sizes_of(r, first->kind)[i];
	const struct cell *c = find(r, first->kind, first->where,
				    first->f->name, first->variant, size);

	return c || i ? c : first->size < size ? first : NULL;
}

/* Whether C is the first cell of its facility, variant, kind and place. */
static int leads(const struct report *r, const struct cell *c)
{
	for (const struct cell *d = r->cell; d < c; d++)
		if (!d->aside && d->f == c->f && d->kind == c->kind &&
		    d->where == c->where && d->variant == c->variant)
			return 0;
	return c->f != NULL && !c->aside;
}

/* For the percentiles: 64 bytes if there are such, else the first size. */
static const struct cell *detail(const struct report *r,
				 const struct cell *first)
{
	const struct cell *c = find(r, first->kind, first->where,
				    first->f->name, first->variant, 64);

	return c && c->state == MEASURED ? c : first;
}

/* TEXT from column AT on, in lines of at most 79, which begin at column 20. */
static void wrapped(size_t at, const char *text)
{
	while (*text) {
		size_t word = strcspn(text, " "), gap;

		if (at > 20 && at + word > 79) {
			printf("\n%20s", "");
			at = 20;
		}
		printf("%.*s", (int)word, text);
		at += word;
		text += word;
		gap = strspn(text, " ");
		if (gap && *(text += gap)) {
			putchar(' ');
			at++;
		}
	}
	putchar('\n');
}

static void reason(const struct cell *c)
{
	const char *what = c->state == VOID ? "VOID: " : "skipped: ";

	printf("%-19s %s", c->f->title, what);
	wrapped(20 + strlen(what), c->why);
}

/* 1 if no size of this row was measured, and says the first reason. */
static int nothing(const struct report *r, const struct cell *first)
{
	const struct cell *why = first;

	for (size_t i = 0; sizes_of(r, first->kind)[i]; i++) {
		const struct cell *c = at(r, first, i);

		if (c && c->state == MEASURED)
			return 0;
		if (c && c->state == VOID)
			why = c;
	}
	reason(why);
	return 1;
}

static int any_measured(const struct report *r, const struct cell *c)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct cell *d = &r->cell[i];

		if (d->f == c->f && d->kind == c->kind &&
		    d->where == c->where && d->variant == c->variant &&
		    d->state == MEASURED)
			return 1;
	}
	return 0;
}

/* The sizes that are missing in rows that have others. */
static void missing(const struct report *r, enum kind kind, enum where where)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct cell *c = &r->cell[i];

		if (c->kind == kind && c->where == where && c->f &&
		    !c->aside && !(c->f->can & LADDER) && !c->variant &&
		    c->state != MEASURED && c->size && !leads(r, c) &&
		    any_measured(r, c))
			wrapped((size_t)printf("  %s, %zu bytes: %s",
					       c->f->title, c->size,
					       c->state == VOID ? "VOID: " :
								  ""), c->why);
	}
}

static void size_heads(const struct report *r, enum kind kind, int width)
{
	const size_t *size = sizes_of(r, kind);

	for (size_t i = 0; size[i] && (kind != SELF_COST || size[i] <= PAGE);
	     i++)
		printf("%*zu", width, size[i]);
}

static int any(const struct report *r, enum kind kind, enum where where)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->cell[i].kind == kind && r->cell[i].where == where)
			return 1;
	return 0;
}

static void floors_of(const struct report *r, enum where where)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct cell *c = &r->cell[i];
		char text[32];

		if (!c->floor || c->where != where)
			continue;
		if (c->state == MEASURED)
			printf("  limit: %-38s %8s %s\n", c->floor->text,
			       three(centre(c), text, sizeof text),
			       c->floor->unit);
		else
			wrapped((size_t)printf("  limit: %s: ",
					       c->floor->text), c->why);
	}
}

/* ------------------------------------------------------- the round trip */

static const char *const round_title[WHERES] = {
	[ONE] = "Round trip, one CPU, who waits sleeps",
	[TWO_SPIN] = "Round trip, two CPUs, who waits asks again",
	[TWO_SLEEP] =
	    "Round trip, two CPUs, who waits sleeps (the wake-up's price)",
};

static void round_row(const struct report *r, const struct cell *first)
{
	const size_t *size = r->set->effort.size;
	const struct cell *c, *d = detail(r, first);

	if (nothing(r, first))
		return;
	printf("%-19s", first->f->title);
	for (size_t i = 0; size[i]; i++) {
		c = at(r, first, i);
		number(6, centre(c) / 1e3);
	}
	number(7, times_limit(r, d));
	for (int i = 0; i < 3; i++)
		number(6, percentile(d->single, d->singles,
				     (const double[]){ 5, 95, 99 }[i]) / 1e3);
	marks(d);
}

static void round_table(const struct report *r, enum where where)
{
	printf("\n%s: microseconds\n", round_title[where]);
	floors_of(r, where);
	printf("%-19s", "bytes:");
	size_heads(r, ROUND_TRIP, 6);
	printf("%7s%6s%6s%6s%4s\n", "xlimit", "5%", "95%", "99%", "+-%");
	for (size_t i = 0; i < r->n; i++) {
		const struct cell *c = &r->cell[i];

		if (c->kind == ROUND_TRIP && c->where == where && leads(r, c))
			round_row(r, c);
	}
	missing(r, ROUND_TRIP, where);
}

/* ----------------------------------------------------------- the others */

static void self_table(const struct report *r)
{
	double call = floor_of(r, "syscall");

	printf("\nOne message to oneself, nobody waits: microseconds\n");
	printf("%-19s", "bytes:");
	size_heads(r, SELF_COST, 8);
	printf("%16s%5s\n", "x system call", "+-%");
	for (size_t i = 0; i < r->n; i++) {
		const struct cell *c = &r->cell[i];

		if (c->kind != SELF_COST || !leads(r, c) || nothing(r, c))
			continue;
		printf("%-19s", c->f->title);
		for (size_t k = 0; r->set->effort.size[k] &&
		     r->set->effort.size[k] <= PAGE; k++)
			number(8, centre(at(r, c, k)) / 1e3);
		number(16, call > 0 ? centre(detail(r, c)) / call : 0);
		printf(" ");
		marks(detail(r, c));
	}
	missing(r, SELF_COST, ONE);
}

static void stream_row(const struct report *r, const struct cell *first)
{
	const size_t *size = r->set->effort.stream;
	const struct cell *c, *best = NULL;

	if (nothing(r, first))
		return;
	printf("%-19s%-8s", first->f->title, first->variant ?
	       first->f->variant[first->variant - 1] : "");
	for (size_t i = 0; size[i]; i++) {
		c = at(r, first, i);
		number(8, centre(c));
		if (c && c->state == MEASURED &&
		    (!best || centre(c) > centre(best)))
			best = c;
	}
	number(9, best ? times_limit(r, best) : 0);
	if (best)
		marks(best);
}

static void stream_table(const struct report *r, enum where where)
{
	double limit = where == ONE ? floor_of(r, "copy-cache") / 2 :
				      floor_of(r, "hand-over");

	printf("\nOne way, %s: MB/s until the last byte is "
	       "checked\n", where == ONE ? "one CPU, who waits sleeps" :
	       where == TWO_SLEEP ? "two CPUs, who waits sleeps" :
				    "two CPUs, who waits asks again");
	if (limit > 0)
		printf("  limit: %s %.0f MB/s\n", where == ONE ?
		       "copy in and out, in cache" :
		       "copy in here, out on the other CPU", limit);
	printf("%-27s", "bytes:");
	size_heads(r, STREAM, 8);
	printf("%9s%4s\n", "of limit", "+-%");
	for (size_t i = 0; i < r->n; i++) {
		const struct cell *c = &r->cell[i];

		if (c->kind == STREAM && c->where == where && leads(r, c))
			stream_row(r, c);
	}
	missing(r, STREAM, where);
}

static void lock_number(const struct report *r, const char *name,
			enum kind kind, enum where where)
{
	const struct cell *c = find(r, kind, where, name, 0, 0);

	if (!c || c->state != MEASURED) {
		printf("%18s", c && c->state == VOID ? "VOID" : "-");
		return;
	}
	number(10, centre(c));
	printf("%s", c->disturbed * 2 > c->n ? "!" : " ");
	number(7, times_limit(r, c));
}

static void lock_table(const struct report *r)
{
	printf("\nLock and unlock: nanoseconds, and times the limit "
	       "(two atomic steps)\n");
	printf("%-19s%18s%18s%18s\n", "", "alone", "two on one CPU",
	       "two on two CPUs");
	for (size_t i = 0; i < r->n; i++) {
		const struct cell *c = &r->cell[i];

		if (c->kind != LOCK_ALONE)
			continue;
		if (c->state != MEASURED) {
			reason(c);
			continue;
		}
		printf("%-19s", c->f->title);
		lock_number(r, c->f->name, LOCK_ALONE, ONE);
		lock_number(r, c->f->name, LOCK_BOTH, ONE);
		lock_number(r, c->f->name, LOCK_BOTH, TWO_SLEEP);
		putchar('\n');
	}
	for (size_t i = 0; i < r->n; i++)
		if (r->cell[i].kind == LOCK_BOTH &&
		    r->cell[i].state == VOID)
			reason(&r->cell[i]);
}

static void copies_table(const struct report *r)
{
	printf("\nMake a message, pass it, read it, one CPU: microseconds "
	       "(times in place)\n");
	printf("%-19s%7s", "", "copies");
	size_heads(r, COPIES, 16);
	putchar('\n');
	for (size_t i = 0; i < r->n; i++) {
		const struct cell *first = &r->cell[i];

		if (first->kind != COPIES || !leads(r, first) ||
		    nothing(r, first))
			continue;
		printf("%-19s%7d", first->f->title, first->f->copies);
		for (size_t k = 0; r->set->effort.copies[k]; k++) {
			const struct cell *c = at(r, first, k);
			double in_place = centre(find(r, COPIES, ONE,
			    "in-place", 0, r->set->effort.copies[k]));

			number(8, centre(c) / 1e3);
			if (centre(c) > 0 && in_place > 0)
				printf(" (%5.2f)", centre(c) / in_place);
			else
				printf("%8s", "");
		}
		putchar('\n');
	}
	missing(r, COPIES, ONE);
}

void table_kind(const struct report *r, enum kind kind, enum where where)
{
	if (!any(r, kind, where))
		return;
	if (kind == ROUND_TRIP)
		round_table(r, where);
	else if (kind == SELF_COST)
		self_table(r);
	else if (kind == STREAM)
		stream_table(r, where);
	else if (kind == LOCK_ALONE)
		lock_table(r);
	else if (kind == COPIES)
		copies_table(r);
	fflush(stdout);
}

void table_ratios(const struct report *r)
{
	struct ratio q[RATIOS];
	size_t n = ratio_all(r, q, RATIOS);
	const char *group = "";
	char low[32];

	for (size_t i = 0; i < n; i++) {
		if (!q[i].n)
			continue;
		if (strcmp(group, q[i].group))
			printf("\nRatios: %s (rounds, lowest to highest)\n",
			       group = q[i].group);
		printf("%-50s", q[i].text);
		number(8, q[i].median);
		printf("  (%s to ", three(q[i].low, low, sizeof low));
		printf("%s)\n", three(q[i].high, low, sizeof low));
	}
}

/* What the reader must know before believing a figure. */
/* Its batches on one CPU were taken at full pace only. */
static int has_pace(const struct cell *c)
{
	return c->state == MEASURED && c->where == ONE &&
	       (c->kind == ROUND_TRIP || c->kind == SELF_COST ||
		c->kind == LOCK_ALONE);
}

void table_end(const struct report *r)
{
	size_t all = 0, disturbed = 0, empty = 0, paced = 0;
	double slow = 0, seen = r->load.all > 0 ? r->load.all : 1;
	const struct cell *line = NULL;

	for (size_t i = 0; i < r->n; i++) {
		if (r->cell[i].floor &&
		    strcmp(r->cell[i].floor->name, "line") == 0)
			line = &r->cell[i];
		all += r->cell[i].state == MEASURED;
		empty += r->cell[i].state == VOID;
		if (has_pace(&r->cell[i])) {
			paced++;
			slow += r->cell[i].slow;
		}
		disturbed += r->cell[i].state == MEASURED &&
			     r->cell[i].disturbed * 2 > r->cell[i].n;
	}
	printf("\n%zu figures in %.0f s. +-%%: the spread of the rounds.\n",
	       all, r->seconds);
	printf("Other processes used %.0f %% of the two CPUs, other systems "
	       "(steal) %.0f %%.\n",
	       r->load.busy > r->load.ours ?
	       100 * (r->load.busy - r->load.ours) / seen : 0.0,
	       100 * r->load.steal / seen);
	if (paced)
		printf("%.0f %% of the batches on one CPU do not count: "
		       "something slowed the CPU itself.\n",
		       100 * slow / (double)paced);
	if (line && line->n > 1 &&
	    highest(line->round, (size_t)line->n) >
	    2 * lowest(line->round, (size_t)line->n))
		printf("A cache line took %.0f to %.0f ns to the other CPU and "
		       "back: the two CPUs were not\n  the same pair of cores "
		       "all the time. Figures mix both, multiples do not.\n",
		       lowest(line->round, (size_t)line->n),
		       highest(line->round, (size_t)line->n));
	if (r->cut)
		printf("The time was up before all %d rounds were done, whole "
		       "or at all.\n", r->set->effort.rounds);
	if (disturbed)
		printf("! Others ran during most rounds of %zu of them, in "
		       "spite of repeats: trust these\n  less, and all "
		       "spreads too.\n", disturbed);
	if (empty)
		printf("%zu figures are VOID; their reasons stand in their "
		       "rows.\n", empty);
}
