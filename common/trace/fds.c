/*
 * fds.c - the descriptors of a process, and the open file descriptions behind
 * them, which dup() and fork() share
 */
#include <stdlib.h>
#include <string.h>

#include "trace.h"

void (*model_closes)(struct task *t, struct desc *d, int is_last);

void desc_drop(struct desc *d)
{
	if (--d->refs > 0)
		return;
	for (size_t i = 0; i < d->watches; i++) {
		d->watch[i].desc->watched--;
		desc_drop(d->watch[i].desc);
	}
	free(d->watch);
	free(d);
}

static struct desc **slot(struct table *t, int fd)
{
	if (fd < 0 || fd >= MOST_FDS || t->is_ending)
		return NULL;
	if ((size_t)fd >= t->size) {
		size_t n = (size_t)fd + 16;

		t->v = must_have(realloc(t->v, n * sizeof *t->v));
		t->cloexec = must_have(realloc(t->cloexec, n));
		memset(t->v + t->size, 0, (n - t->size) * sizeof *t->v);
		memset(t->cloexec + t->size, 0, n - t->size);
		t->size = n;
	}
	return &t->v[fd];
}

/* How many descriptors of D there are, also on their way in a message. */
unsigned desc_holders(const struct desc *d)
{
	return d->refs - d->watched - d->ending;
}

void desc_release(struct task *t, struct desc *d)
{
	if (model_closes)
		model_closes(t, d, desc_holders(d) == 1);
	desc_drop(d);
}

void fd_close(struct task *t, int fd)
{
	struct table *table = t->group->table;
	struct desc *d;

	if (fd < 0 || (size_t)fd >= table->size || !table->v[fd] ||
	    table->is_ending)
		return;
	d = table->v[fd];
	table->v[fd] = NULL;
	desc_release(t, d);
}


void fd_put(struct task *t, int fd, struct desc *d, int cloexec)
{
	struct desc **at = slot(t->group->table, fd);

	if (!at)
		return;
	d->refs++;
	if (*at)
		fd_close(t, fd);
	at = slot(t->group->table, fd);
	*at = d;
	t->group->table->cloexec[fd] = (char)cloexec;
}

struct desc *desc_at(const struct task *t, int fd)
{
	const struct table *table = t->group->table;

	return fd >= 0 && (size_t)fd < table->size ? table->v[fd] : NULL;
}

/* A new description at FD, by its NAME. */
struct desc *fd_make(const struct task *t, int fd, struct piece name,
		     int cloexec)
{
	struct desc **at = slot(t->group->table, fd);
	struct desc *d;

	if (!at)
		return NULL;
	d = get(sizeof *d);
	d->refs = 1;
	name_desc(d, name);
	if (*at)
		desc_drop(*at);
	*at = d;
	t->group->table->cloexec[fd] = (char)cloexec;
	return d;
}

struct desc *desc_of(const struct task *t, struct piece p)
{
	struct piece name;
	struct desc *d;
	int fd;

	if (!descriptor_of(p, &fd, &name))
		return NULL;
	d = desc_at(t, fd);
	if (!name.len || (d && d->name == name_hash(name)) ||
	    (d && d->kind == D_MQ))
		return d;
	if (d && d->kind == D_SOCKET && is_socket_name(name)) {
		uint64_t address = d->address;	/* it got its peer's name */

		d->name = name_hash(name);
		name_socket(d, name);
		if (!d->address)
			d->address = address;
		return d;
	}
	return fd_make(t, fd, name, d ? t->group->table->cloexec[fd] : 0);
}

void table_drop(struct table *table)
{
	if (--table->refs > 0)
		return;
	for (size_t i = 0; i < table->size; i++)
		if (table->v[i]) {
			table->v[i]->ending -= table->is_ending != 0;
			desc_drop(table->v[i]);
		}
	free(table->v);
	free(table->cloexec);
	free(table);
}

struct table *table_copy(const struct table *old)
{
	struct table *table = get(sizeof *table);

	table->refs = 1;
	if (!old || !old->size)
		return table;
	table->size = old->size;
	table->v = get(old->size * sizeof *table->v);
	table->cloexec = get(old->size);
	memcpy(table->v, old->v, old->size * sizeof *table->v);
	memcpy(table->cloexec, old->cloexec, old->size);
	for (size_t i = 0; i < table->size; i++)
		if (table->v[i])
			table->v[i]->refs++;
	return table;
}
