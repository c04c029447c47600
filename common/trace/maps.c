/*
 * maps.c - the memory of a process that others share
 *
 * Where a futex lies is told by an address; which one it is, by what is mapped
 * there: two processes may see one page at different addresses.
 */
#include <stdlib.h>
#include <string.h>

#include "trace.h"

enum { MOST_MAPPINGS = 4096 };

void memory_drop(struct memory *m)
{
	if (--m->refs > 0)
		return;
	free(m->v);
	free(m);
}

struct memory *memory_copy(const struct memory *old)
{
	struct memory *m = get(sizeof *m);

	m->refs = 1;
	m->id = object_new("memory");
	if (old && old->n) {
		m->v = get(old->n * sizeof *m->v);
		memcpy(m->v, old->v, old->n * sizeof *m->v);
		m->n = old->n;
	}
	return m;
}

static void mapping_add(struct memory *m, struct mapping add)
{
	if (m->n >= MOST_MAPPINGS)
		return;
	m->v = must_have(realloc(m->v, (m->n + 1) * sizeof *m->v));
	m->v[m->n++] = add;
}

/* What lies in SIZE bytes from FROM on is no longer mapped. */
static void mapping_cut(struct memory *m, uint64_t from, uint64_t size)
{
	uint64_t to = from + size;

	for (size_t i = 0; i < m->n; i++) {
		struct mapping x = m->v[i];
		uint64_t end = x.from + x.size;

		if (x.from >= to || end <= from)
			continue;
		m->v[i--] = m->v[--m->n];
		if (x.from < from)
			mapping_add(m, (struct mapping){ x.from, from - x.from,
							 x.object, x.offset });
		if (end > to)
			mapping_add(m, (struct mapping){ to, end - to,
					x.object, x.offset + (to - x.from) });
		if (x.from < from || end > to)
			i = (size_t)-1;	/* the list has changed: again */
	}
}

static const struct mapping *mapping_at(const struct memory *m, uint64_t at)
{
	for (size_t i = 0; i < m->n; i++)
		if (at >= m->v[i].from && at - m->v[i].from < m->v[i].size)
			return &m->v[i];
	return NULL;
}

int is_shared(const struct task *t, uint64_t from, uint64_t size)
{
	const struct memory *m = t->group->memory;

	for (size_t i = 0; i < m->n; i++)
		if (m->v[i].from < from + (size ? size : 1) &&
		    from < m->v[i].from + m->v[i].size)
			return 1;
	return 0;
}

uint64_t futex_key(const struct task *t, uint64_t address, int is_private)
{
	const struct memory *m = t->group->memory;
	const struct mapping *x = is_private ? NULL : mapping_at(m, address);

	if (x)
		return hash_number("futex", x->object) ^
		       hash_number("at", x->offset + (address - x->from));
	return m->id ^ hash_number("at", address);
}

static void apply_mmap(const struct event *e, struct task *t)
{
	struct memory *m = t->group->memory;
	struct piece a[6];
	struct mapping x = { 0 };
	int64_t n;

	if (split(e->args, a, 6) < 6 || !number_of(a[1], &n))
		return;
	x.from = (uint64_t)e->value;
	x.size = (uint64_t)n;
	if (x.size > UINT64_MAX / 4 || x.from > UINT64_MAX / 4)
		return;
	mapping_cut(m, x.from, x.size);
	if (!has(a[3], "MAP_SHARED"))
		return;
	if (has(a[3], "MAP_ANON")) {
		x.object = object_new("shared");
	} else {
		struct desc *d = desc_of(t, a[4]);

		x.object = d ? d->file ? d->file : d->own : 0;
		x.offset = number_of(a[5], &n) ? (uint64_t)n : 0;
	}
	mapping_add(m, x);
}

static void apply_munmap(const struct event *e, struct task *t)
{
	struct memory *m = t->group->memory;
	struct piece a[2];
	int64_t at, size;
	size_t n = split(e->args, a, 2);

	if (n < 1 || !number_of(a[0], &at))
		return;
	if (n == 1) {			/* shmdt() */
		const struct mapping *x = mapping_at(m, (uint64_t)at);

		size = x ? (int64_t)x->size : 0;
	} else if (!number_of(a[1], &size)) {
		return;
	}
	if (at >= 0 && size >= 0 && size < INT64_MAX / 4 && at < INT64_MAX / 4)
		mapping_cut(m, (uint64_t)at, (uint64_t)size);
}

static void apply_mremap(const struct event *e, struct task *t)
{
	struct memory *m = t->group->memory;
	const struct mapping *old;
	struct mapping x;
	struct piece a[3];
	int64_t at, size, more;

	if (split(e->args, a, 3) < 3 || !number_of(a[0], &at) ||
	    !number_of(a[1], &size) || !number_of(a[2], &more) || at < 0 ||
	    size < 0 || more < 0 || size > INT64_MAX / 4 ||
	    at > INT64_MAX / 4)
		return;
	old = mapping_at(m, (uint64_t)at);
	if (!old)
		return;
	x = *old;
	x.offset += (uint64_t)at - x.from;
	mapping_cut(m, (uint64_t)at, (uint64_t)size);
	x.from = (uint64_t)e->value;
	x.size = (uint64_t)more;
	mapping_add(m, x);
}

/* mmap(), munmap() and their like have succeeded. */
void map_apply(const struct event *e, struct task *t)
{
	struct piece a[1];
	int64_t id;

	if (e->call->what == MMAP)
		apply_mmap(e, t);
	else if (e->call->what == MUNMAP)
		apply_munmap(e, t);
	else if (e->call->what == MREMAP)
		apply_mremap(e, t);
	else if (split(e->args, a, 1) == 1 && number_of(a[0], &id))
		mapping_add(t->group->memory, (struct mapping){
			(uint64_t)e->value, UINT32_MAX,
			hash_number("segment", (uint64_t)id), 0 });
}
