/*
 * objects.c - who did what to which object, the last few of each
 *
 * There may be any number of objects. When there are too many all is forgotten:
 * then an arrow may be missing, but none is wrong.
 */
#include <stdlib.h>
#include <string.h>

#include "trace.h"

enum { KEPT = 64, MOST = 100000, END_US = 1000000 };

struct object {
	int64_t level;			/* bytes that lie in it */
	unsigned n;			/* actions ever; action[n % room] is
					   the next to be replaced */
	unsigned room;			/* 2, 4, ... KEPT */
	struct action *action;
};

static struct map objects;

void actions_free(void)
{
	for (size_t i = 0; i < objects.size; i++)
		if (objects.v[i].key) {
			struct object *o = objects.v[i].value;

			free(o->action);
			free(o);
		}
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
	if (!key || delta > INT32_MAX || delta < -INT32_MAX)
		return;
	object_of(key)->level += delta;
}

void object_empty(uint64_t key)
{
	struct object *o = map_get(&objects, key);

	if (o)
		o->level = 0;
}

void object_post(uint64_t key, const struct action *a)
{
	struct object *o;

	if (!key)
		return;
	o = object_of(key);
	if (o->n == o->room && o->room < KEPT) {
		o->room = o->room ? 2 * o->room : 2;
		o->action = must_have(realloc(o->action, o->room *
					      sizeof *o->action));
	}
	o->action[o->n++ % o->room] = *a;
}

void object_void(uint64_t key)
{
	struct object *o = map_get(&objects, key);

	for (unsigned i = 0; o && i < o->room && i < o->n; i++)
		o->action[i].failed = 1;
}

void object_ended(uint64_t key, int64_t at)
{
	struct object *o = map_get(&objects, key);

	for (unsigned i = 0; o && i < o->room && i < o->n; i++)
		if (o->action[i].ends == 1) {
			o->action[i].ends = 2;
			o->action[i].to = at;
		}
}

void object_done(uint64_t key, pid_t tid, int64_t from, int64_t to,
		 int64_t effect, int failed)
{
	struct object *o = map_get(&objects, key);

	for (unsigned i = 0; o && i < o->room && i < o->n; i++) {
		struct action *a = &o->action[i];

		if (a->tid == tid && a->from == from) {
			a->to = to;
			a->effect = effect;
			a->failed = (char)failed;
		}
	}
}

int64_t object_moment(const struct action *a)
{
	if (a->effect)
		return a->effect;
	return a->to != FOREVER && a->to - a->from > WAIT_US ? a->to : a->from;
}

static int fits(const struct action *a, const struct want *w, pid_t tid,
		int64_t from, int64_t to)
{
	if (a->failed || a->tid == tid || !strchr(w->how, a->how))
		return 0;
	if (w->by && a->pid != w->by)
		return 0;
	if (w->since && object_moment(a) <= w->since)
		return 0;
	if (a->from >= to || (a->effect && a->effect < from))
		return 0;
	if (a->to != FOREVER && a->to + (a->ends == 1 ? END_US : 0) < from)
		return 0;
	if (a->to != FOREVER && a->to > to + SHORT_US)
		return 0;		/* it had not done it yet */
	return w->tag_end < w->tag || (a->tag <= w->tag_end &&
				       w->tag <= a->tag_end);
}

/* When another than TID has last taken from O, between FROM and TO. */
static int64_t last_taken(const struct object *o, char how, pid_t tid,
			  int64_t from, int64_t to)
{
	int64_t last = from;

	for (unsigned i = 0; i < o->room && i < o->n; i++) {
		const struct action *a = &o->action[i];

		if (a->how != how || a->tid == tid || a->failed ||
		    a->to == FOREVER)
			continue;
		if (object_moment(a) > last && object_moment(a) < to)
			last = object_moment(a);
	}
	return last;
}

/* The first that fits W, after what others took; or, if W says so, the last. */
static struct action *find_in(struct object *o, const struct want *w,
			      pid_t tid, int64_t from, int64_t to)
{
	int64_t since = w->taken ? last_taken(o, w->taken, tid, from, to) : 0;
	struct action *first = NULL, *last = NULL;

	for (unsigned i = 0; i < o->room && i < o->n; i++) {
		struct action *a = &o->action[i];

		if (!fits(a, w, tid, from, to))
			continue;
		if (!last || object_moment(a) > object_moment(last))
			last = a;
		if (a->wakes > 0 && a->to >= since &&
		    (!first || object_moment(a) < object_moment(first)))
			first = a;
	}
	return w->taken ? first : last;
}

struct action *object_find(const struct want *w, size_t n, pid_t tid,
			   int64_t from, int64_t to)
{
	struct action *best = NULL;

	for (size_t i = 0; i < n; i++) {
		struct object *o = map_get(&objects, w[i].key);
		struct action *a = o ? find_in(o, &w[i], tid, from, to) : NULL;
		int is_later;

		if (!a)
			continue;
		is_later = best && object_moment(a) > object_moment(best);
		if (!best || is_later == !w[i].taken)
			best = a;
	}
	return best;
}
