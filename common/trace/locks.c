/*
 * locks.c - who holds which lock of a file, and whose call frees the way for
 * one who waits
 *
 * A wait is over when nobody else's lock is in the way. The call that took the
 * last one away is the one, however late the waiter comes back; what others do
 * to other bytes, or to locks that were not in the way, is not.
 */
#include <stdlib.h>
#include <string.h>

#include "trace.h"

enum { FILES = 10000, LOCKS = 4096 };

struct waiter {
	struct lock lock;
	pid_t tid;
	int is_free;			/* nothing is in the way */
	int has_giver;
	struct action giver;
};

struct file {
	struct lock *v;			/* the locks that are held */
	size_t n;
	struct waiter *w;
	size_t waits;
	int is_unknown;
};

static struct map files;

static void file_free(struct file *f)
{
	free(f->v);
	free(f->w);
	free(f);
}

void lock_free(void)
{
	for (size_t i = 0; i < files.size; i++)
		if (files.v[i].key)
			file_free(files.v[i].value);
	free(files.v);
	files = (struct map){ 0 };
}

static struct file *file_of(uint64_t key)
{
	struct file *f = map_get(&files, key);

	if (f)
		return f;
	if (files.n >= FILES)		/* fewer arrows, but none is wrong */
		lock_free();
	f = get(sizeof *f);
	map_put(&files, key, f);
	return f;
}

/* Whom nobody needs any more. */
static void tidy(uint64_t key, struct file *f)
{
	if (f->n || f->waits || f->is_unknown)
		return;
	map_drop(&files, key);
	file_free(f);
}

static int have_a_part(const struct lock *a, const struct lock *b)
{
	return a->from <= b->to && b->from <= a->to;
}

static int is_free(const struct file *f, const struct lock *l)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->v[i].owner != l->owner && have_a_part(&f->v[i], l) &&
		    (f->v[i].is_write || l->is_write))
			return 0;
	return 1;
}

/* A has changed the locks: whose way is free now? */
static void look(struct file *f, const struct action *a)
{
	for (size_t i = 0; i < f->waits; i++) {
		struct waiter *w = &f->w[i];
		int free_now = is_free(f, &w->lock);

		if (free_now && !w->is_free) {
			w->giver = *a;
			w->has_giver = 1;
		}
		w->is_free = free_now;
	}
}

static void add(struct file *f, const struct lock *l)
{
	if (f->n >= LOCKS || l->to < l->from)
		return;
	f->v = must_have(realloc(f->v, (f->n + 1) * sizeof *f->v));
	f->v[f->n++] = *l;
}

/* What the owner of L has of its bytes goes away. */
static void cut(struct file *f, const struct lock *l)
{
	for (size_t i = 0; i < f->n; i++) {
		struct lock old = f->v[i], part;

		if (old.owner != l->owner || !have_a_part(&old, l))
			continue;
		f->v[i--] = f->v[--f->n];
		part = old;
		if (old.from < l->from) {
			part.to = l->from - 1;
			add(f, &part);
		}
		part = old;
		if (old.to > l->to) {
			part.from = l->to + 1;
			add(f, &part);
		}
		if (old.from < l->from || old.to > l->to)
			i = (size_t)-1;	/* the list has changed: again */
	}
}

void lock_take(const struct lock *l, const struct action *a)
{
	struct file *f = file_of(l->file);

	cut(f, l);
	add(f, l);
	look(f, a);		/* a reader's lock in a writer's place frees */
}

void lock_release(const struct lock *l, const struct action *a)
{
	struct file *f = map_get(&files, l->file);

	if (!f)
		return;
	cut(f, l);
	look(f, a);
	tidy(l->file, f);
}

void lock_wait(const struct lock *l, pid_t tid)
{
	struct file *f = file_of(l->file);
	struct waiter w = { .lock = *l, .tid = tid };

	w.is_free = is_free(f, l);
	f->w = must_have(realloc(f->w, (f->waits + 1) * sizeof *f->w));
	f->w[f->waits++] = w;
}

static struct waiter *waiter_of(const struct file *f, pid_t tid)
{
	for (size_t i = 0; f && i < f->waits; i++)
		if (f->w[i].tid == tid)
			return &f->w[i];
	return NULL;
}

void lock_end(uint64_t file, pid_t tid, int is_done, const struct action *a)
{
	struct file *f = map_get(&files, file);
	struct waiter *w = waiter_of(f, tid);
	struct lock l;

	if (!w)
		return;
	l = w->lock;
	*w = f->w[--f->waits];
	if (is_done)
		lock_take(&l, a);
	else
		tidy(file, f);
}

void lock_unknown(uint64_t file)
{
	file_of(file)->is_unknown = 1;
}

enum given lock_given(uint64_t file, pid_t tid, struct action *giver)
{
	const struct file *f = map_get(&files, file);
	const struct waiter *w = waiter_of(f, tid);

	if (!w || f->is_unknown)
		return GIVEN_UNKNOWN;
	if (!w->is_free)
		return GIVEN_LATER;
	*giver = w->giver;
	return w->has_giver ? GIVEN_BY : GIVEN_BEFORE;
}
