/*
 * objects.c - who did what to which object, the last few of each
 *
 * There may be any number of objects. When there are too many all is forgotten:
 * then an arrow may be missing, but none is wrong.
 */
#include <stdlib.h>
#include <string.h>

#include "trace.h"

enum { KEPT = 6, MOST = 100000, END_US = 1000000 };

struct object {
	int64_t level;			/* bytes that lie in it */
	unsigned n;			/* actions ever; action[n % KEPT] is
					   the next to be replaced */
	struct action action[KEPT];
};

static struct map objects;

void actions_free(void)
{
	for (size_t i = 0; i < objects.size; i++)
		if (objects.v[i].key)
			free(objects.v[i].value);
	free(objects.v);
	objects = (struct map){ 0 };
}

static struct object *object_of(uint64_t key)
{
	struct object *o = map_get(&objects, key);

	if (o)
		return o;
	if (objects.n >= MOST)
		actions_free();
	o = get(sizeof *o);
	map_put(&objects, key, o);
	return o;
}

int64_t object_level(uint64_t key)
{
	const struct object *o = map_get(&objects, key);

	return o ? o->level : 0;
}

void object_fill(uint64_t key, int64_t delta)
{
	struct object *o;

	if (!key || delta > INT32_MAX || delta < -INT32_MAX)
		return;
	o = object_of(key);
	o->level += delta;
	if (o->level < 0)
		o->level = 0;
}

void object_post(uint64_t key, const struct action *a)
{
	struct object *o;

	if (!key)
		return;
	o = object_of(key);
	o->action[o->n++ % KEPT] = *a;
}

void object_done(uint64_t key, pid_t tid, int64_t from, int64_t to,
		 int failed)
{
	struct object *o = map_get(&objects, key);

	for (unsigned i = 0; o && i < KEPT && i < o->n; i++) {
		struct action *a = &o->action[i];

		if (a->tid == tid && a->from == from) {
			a->to = to;
			a->failed = (char)failed;
		}
	}
}

/* When A had its effect: a call that had to wait has it at its end. */
static int64_t moment(const struct action *a)
{
	return a->to != FOREVER && a->to - a->from > WAIT_US ? a->to : a->from;
}

static int fits(const struct action *a, const struct want *w, pid_t tid,
		int64_t from, int64_t to)
{
	if (a->failed || a->tid == tid || !strchr(w->how, a->how))
		return 0;
	if (w->by && a->pid != w->by)
		return 0;
	if (a->from >= to)
		return 0;
	if (a->to != FOREVER && a->to + (a->ends ? END_US : 0) < from)
		return 0;
	if (a->to != FOREVER && a->to > to + SHORT_US)
		return 0;		/* it had not done it yet */
	return w->tag_end < w->tag || (a->tag <= w->tag_end &&
				       w->tag <= a->tag_end);
}

const struct action *object_find(const struct want *w, size_t n, pid_t tid,
				 int64_t from, int64_t to)
{
	const struct action *best = NULL;

	for (size_t i = 0; i < n; i++) {
		const struct object *o = map_get(&objects, w[i].key);

		for (unsigned k = 0; o && k < KEPT && k < o->n; k++) {
			const struct action *a = &o->action[k];

			if (fits(a, &w[i], tid, from, to) &&
			    (!best || moment(a) > moment(best)))
				best = a;
		}
	}
	return best;
}
