/*
 * cells.c - the list of what is measured: a cell for each figure
 *
 * Cells of one table stand together, in the order of its rows. A cell that
 * cannot be had here is in the list too, with its reason.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include "../lesson.h"
#include "inside.h"

/* --------------------------------------------------- what was asked for */

/* NAME stands in the list of names with commas. */
static int wanted(const struct settings *set, const char *name)
{
	size_t len = strlen(name);

	for (const char *p = set->only; p; p = strchr(p, ',')) {
		p += *p == ',';
		if (strncmp(p, name, len) == 0 &&
		    (p[len] == ',' || p[len] == '\0'))
			return 1;
	}
	return set->only == NULL;
}

/* Whether there are the CPUs for it, too. */
static int possible(const struct settings *set, enum where where)
{
	return set->places & 1 << where && (where == ONE || set->cpus > 1);
}

static int asked(const struct settings *set, enum kind kind, enum where where)
{
	return possible(set, where) &&
	       (set->kinds == 0 || set->kinds & 1 << kind);
}

/* -------------------------------------------------------- cells, one by one */

static void add(struct report *r, struct cell c)
{
	static size_t room;

	if (r->set->compare && c.f && !ratio_needs(&c))
		return;
	if (r->n == room) {
		room = room ? 2 * room : 256;
		r->cell = realloc(r->cell, room * sizeof c);
		if (!r->cell)
			die("realloc");
	}
	r->cell[r->n++] = c;
}

/* A cell that cannot be had, and why. */
__attribute__((format(printf, 3, 4)))
static void add_skipped(struct report *r, struct cell c, const char *fmt, ...)
{
	va_list ap;

	c.state = SKIPPED;
	va_start(ap, fmt);
	vsnprintf(c.why, sizeof c.why, fmt, ap);
	va_end(ap);
	add(r, c);
}

/* One cell for each SIZE up to 0. */
static void add_sized(struct report *r, struct cell c, const size_t *size)
{
	for (size_t i = 0; size[i]; i++) {
		c.size = size[i];
		if (c.size > c.f->max)
			add_skipped(r, c, "carries at most %zu bytes",
				    c.f->max);
		else
			add(r, c);
	}
}

/* Why F cannot be measured there, or NULL. The three places are never mixed,
 * and who is helped by a thread of the kernel is on one CPU only where there is
 * but one. */
static const char *why_not(const struct facility *f, enum where where)
{
	if (where == ONE && f->can & HELPED &&
	    sysconf(_SC_NPROCESSORS_ONLN) > 1)
		return "a thread of the kernel carries its bytes, on any CPU "
		       "that is free";
	if (where == TWO_SPIN && !(f->can & POLLS))
		return f->no_spin ? f->no_spin : "has no form that asks again";
	return NULL;
}

/* ------------------------------------------------------ of one facility */

/* What all cells of messages to and fro have in common. Returns 1 if there is
 * no more to say: F is not possible there, or carries less than the smallest
 * size and so has one cell. */
static int add_only_cell(struct report *r, struct cell c)
{
	const char *no = why_not(c.f, c.where);

	if (no) {
		add_skipped(r, c, "%s", no);
		return 1;
	}
	if (c.f->max < r->set->effort.size[0]) {
		c.size = c.f->max ? 1 : 0;
		add(r, c);
		return 1;
	}
	return 0;
}

static void add_trip(struct report *r, const struct facility *f,
		     enum where where)
{
	struct cell c = { .kind = ROUND_TRIP, .where = where, .f = f };

	if (!add_only_cell(r, c))
		add_sized(r, c, r->set->effort.size);
}

/* A message of more than a page may not fit: somebody must take it out while
 * it is put in. */
static void add_self(struct report *r, const struct facility *f)
{
	struct cell c = { .kind = SELF_COST, .where = ONE, .f = f };
	const size_t *size = r->set->effort.size;

	if (add_only_cell(r, c))
		return;
	for (size_t i = 0; size[i]; i++) {
		c.size = size[i];
		if (c.size <= PAGE && c.size <= f->max)
			add(r, c);
	}
}

static int has_stream(const struct facility *f, enum where where)
{
	if (!(f->can & ONE_WAY))
		return 0;
	if (where == TWO_SPIN)
		return f->can & POLLS && f->produce;
	return (f->can & BLOCKS) != 0;
}

static void add_stream(struct report *r, const struct facility *f,
		       enum where where)
{
	static const size_t ladder[] = { 8, 64, 1024, 4096, 0 };
	struct cell c = { .kind = STREAM, .where = where, .f = f };
	const char *no = why_not(f, where);

	if (!has_stream(f, where))
		return;
	if (no) {
		add_skipped(r, c, "%s", no);
		return;
	}
	for (int v = 0; v < 3 && (v == 0 || f->variant[v - 1]); v++) {
		c.variant = v;
		add_sized(r, c, where == TWO_SPIN ? ladder :
						    r->set->effort.stream);
	}
}

static void add_lock(struct report *r, const struct facility *f)
{
	struct cell c = { .kind = LOCK_ALONE, .where = ONE, .f = f };

	add(r, c);
	c.kind = LOCK_BOTH;
	if (f->can & BLOCKS)
		add(r, c);
	else
		add_skipped(r, c, "nothing spins on one CPU");
	c.where = TWO_SLEEP;
	if (possible(r->set, TWO_SLEEP))
		add(r, c);
}

static int shows_copies(const struct facility *f)
{
	static const char *const name[] = { "in-place", "vm-readv",
		"posix-shm-sem", "pipe", "unix-stream", "unix-dgram",
		"sysv-queue", "posix-queue" };

	for (size_t i = 0; i < sizeof name / sizeof *name; i++)
		if (strcmp(f->name, name[i]) == 0)
			return 1;
	return 0;
}

static void add_copies(struct report *r, const struct facility *f)
{
	struct cell c = { .kind = COPIES, .where = ONE, .f = f };

	add_sized(r, c, r->set->effort.copies);
}

/* -------------------------------------------------------------- the list */

static void add_floors(struct report *r, enum where where)
{
	for (const struct floor *f = floors; f->name; f++) {
		struct cell c = { .kind = FLOOR, .where = where, .floor = f };

		if (f->where == where && (!(f->how & TWO) || r->set->cpus > 1))
			add(r, c);
	}
}

static int has_size(const size_t *size, size_t want)
{
	for (size_t i = 0; size[i]; i++)
		if (size[i] == want)
			return 1;
	return 0;
}

/* The row of posix-shm-ring that the table of ratios needs beside the cache
 * line: of 8 bytes, which may not be among the sizes asked for. */
static void add_word(struct report *r, const struct facility *f)
{
	struct cell c = { .kind = ROUND_TRIP, .where = TWO_SPIN, .f = f,
			  .size = 8, .aside = 1 };

	if (!has_size(r->set->effort.size, c.size))
		add(r, c);
}

static void add_trips(struct report *r, const struct facility **f,
		      enum where where)
{
	for (int i = 0; where == TWO_SPIN && f[i]; i++)
		if (strcmp(f[i]->name, "posix-shm-ring") == 0)
			add_word(r, f[i]);
	for (int i = 0; f[i]; i++)
		if (f[i]->can & ROUND)
			add_trip(r, f[i], where);
}

/* The facilities that were asked for, in their order; ends with NULL. */
static const struct facility **choose(const struct settings *set)
{
	const struct facility **chosen;
	size_t all = 0, n = 0;

	while (facilities[all])
		all++;
	chosen = calloc(all + 1, sizeof *chosen);
	if (!chosen)
		die("calloc");
	for (size_t i = 0; i < all; i++)
		if (wanted(set, facilities[i]->name))
			chosen[n++] = facilities[i];
	return chosen;
}

void cells_make(struct report *r)
{
	const struct facility **f = choose(r->set);

	for (enum where w = ONE; w < WHERES; w++) {
		if (possible(r->set, w))
			add_floors(r, w);
		if (asked(r->set, ROUND_TRIP, w))
			add_trips(r, f, w);
	}
	for (int i = 0; asked(r->set, SELF_COST, ONE) && f[i]; i++)
		if (f[i]->can & ROUND && f[i]->can & SELF)
			add_self(r, f[i]);
	for (enum where w = ONE; w < WHERES; w++)
		for (int i = 0; asked(r->set, STREAM, w) && f[i]; i++)
			add_stream(r, f[i], w);
	for (int i = 0; asked(r->set, LOCK_BOTH, ONE) && f[i]; i++)
		if (f[i]->lock)
			add_lock(r, f[i]);
	for (int i = 0; asked(r->set, COPIES, ONE) && f[i]; i++)
		if (shows_copies(f[i]))
			add_copies(r, f[i]);
	free(f);
}
