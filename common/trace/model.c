/*
 * model.c - processes and their descriptors, as the calls change them
 *
 * What strace does not name (an eventfd, an epoll, a signalfd) is known by the
 * call that made it, and by who has inherited it.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace.h"

enum { FORKING = 64 };

static struct map tasks;
static struct {
	struct event *e;
	struct task *t;
} forking[FORKING];			/* fork() that has not come back yet */

/* ------------------------------------------------------------ processes */

static struct task *task_add(pid_t tid, struct group *g)
{
	struct task *t = get(sizeof *t);

	t->tid = tid;
	t->group = g;
	t->lane = -1;
	g->tasks++;
	t->thread = ++g->threads;
	map_put(&tasks, (uint64_t)tid, t);
	return t;
}

static struct group *group_new(pid_t pid)
{
	struct group *g = get(sizeof *g);

	g->pid = pid;
	snprintf(g->name, sizeof g->name, "?");
	return g;
}

static void group_free(struct group *g)
{
	table_drop(g->table);
	memory_drop(g->memory);
	free(g);
}

/* PARENT makes TID by E: a thread, a process, or one that borrows memory. */
static struct task *task_make(pid_t tid, struct task *parent,
			      const struct event *e)
{
	struct group *old = parent->group, *g;
	struct task *t;
	int borrows = has(e->args, "CLONE_VM") || is(e->name, "vfork");

	if (has(e->args, "CLONE_THREAD")) {
		t = task_add(tid, old);
		t->masked = parent->masked;
		return t;
	}
	g = group_new(tid);
	g->parent = old->pid;
	g->pgrp = old->pgrp;
	memcpy(g->name, old->name, sizeof g->name);
	if (has(e->args, "CLONE_FILES")) {
		g->table = old->table;
		g->table->refs++;
	} else {
		g->table = table_copy(old->table);
	}
	if (borrows) {
		g->memory = old->memory;
		g->memory->refs++;
	} else {
		g->memory = memory_copy(old->memory);
	}
	t = task_add(tid, g);
	t->masked = parent->masked;
	return t;
}

/* The thread TID; who is not known yet is the child of a fork() that has not
 * come back, or the first program of its file. */
struct task *task_of(pid_t tid, int source)
{
	struct task *t = map_get(&tasks, (uint64_t)tid);
	struct group *g;

	if (t)
		return t;
	for (int i = 0; i < FORKING; i++)
		if (forking[i].e && forking[i].e->source == source) {
			t = task_make(tid, forking[i].t, forking[i].e);
			forking[i].e = NULL;
			return t;
		}
	g = group_new(tid);
	g->pgrp = -source;
	g->table = table_copy(NULL);
	g->memory = memory_copy(NULL);
	return task_add(tid, g);
}

void task_end(struct task *t)
{
	struct group *g = t->group;

	for (int i = 0; i < FORKING; i++)
		if (forking[i].t == t)
			forking[i].e = NULL;
	map_drop(&tasks, (uint64_t)t->tid);
	free(t);
	if (--g->tasks == 0)
		group_free(g);
}

void model_forget(const struct event *fork)
{
	for (int i = 0; i < FORKING; i++)
		if (forking[i].e == fork)
			forking[i].e = NULL;
}

static void apply_fork(struct event *e, struct task *t)
{
	struct task *child;
	size_t i = 0;

	if (e->to == FOREVER) {		/* its child may be seen first */
		while (i < FORKING - 1 && forking[i].e)
			i++;
		forking[i].e = e;
		forking[i].t = t;
		return;
	}
	model_forget(e);
	child = map_get(&tasks, (uint64_t)e->value);
	if (e->has_value && e->value > 0 && e->value < INT32_MAX && !child)
		task_make((pid_t)e->value, t, e);
}

static void apply_exec(const struct event *e, struct task *t)
{
	struct piece a[2], path;
	struct group *g = t->group;
	const char *slash;
	size_t n = split(e->args, a, 2);

	if (n == 0)
		return;
	path = inside(*a[0].s == '"' || n < 2 ? a[0] : a[1]);
	slash = memrchr(path.s, '/', path.len);
	if (slash) {
		path.len -= (size_t)(slash + 1 - path.s);
		path.s = slash + 1;
	}
	snprintf(g->name, sizeof g->name, "%.*s", (int)path.len, path.s);
	memory_drop(g->memory);
	g->memory = memory_copy(NULL);
	if (g->table->refs > 1) {	/* it was shared: no longer */
		struct table *own = table_copy(g->table);

		table_drop(g->table);
		g->table = own;
	}
	for (size_t i = 0; i < g->table->size; i++)
		if (g->table->cloexec[i])
			fd_close(t, (int)i);
}

/* ------------------------------------------------ calls that change fds */

/* "= 3<name>" */
static struct desc *apply_made(const struct event *e, struct task *t)
{
	struct piece name;
	int fd;

	if (!descriptor_of(e->result, &fd, &name))
		return NULL;
	return fd_make(t, fd, name, has(e->args, "CLOEXEC") ||
		       has(e->args, "CLOFORK"));
}

static void apply_make(const struct event *e, struct task *t)
{
	struct desc *d = apply_made(e, t);
	struct piece a[2];

	if (d && begins(e->name, "signalfd") && split(e->args, a, 2) == 2)
		d->signals = signal_set(a[1]);
}

static void apply_open(const struct event *e, struct task *t)
{
	struct desc *d = apply_made(e, t);

	if (!d)
		return;
	d->read_only = has(e->args, "O_RDONLY");
	d->write_only = has(e->args, "O_WRONLY");
}

static void apply_pair(const struct event *e, struct task *t)
{
	struct piece a[4], list = { "", 0 }, p, name;
	size_t n = split(e->args, a, 4);
	int is_pipe = e->call->what == PIPE;
	int fd, i = 0;

	for (size_t k = 0; k < n; k++)
		if (*a[k].s == '[')
			list = inside(a[k]);
	for (; i < 2 && next_piece(&list, &p); i++) {
		struct desc *d;

		if (!descriptor_of(p, &fd, &name))
			return;
		d = fd_make(t, fd, name, has(e->args, "CLOEXEC"));
		if (!d)
			return;
		d->read_only = is_pipe && i == 0;
		d->write_only = is_pipe && i == 1;
	}
}

static void apply_dup(const struct event *e, struct task *t)
{
	struct piece a[3];
	struct desc *d;

	if (split(e->args, a, 3) < 1 || e->value < 0 || e->value > MOST_FDS)
		return;
	d = desc_of(t, a[0]);
	if (d && d != desc_at(t, (int)e->value))
		fd_put(t, (int)e->value, d, has(e->args, "CLOEXEC"));
}

static void apply_fcntl(const struct event *e, struct task *t)
{
	struct piece a[3];
	size_t n = split(e->args, a, 3);
	int64_t fd;

	if (n < 2)
		return;
	if (has(a[1], "F_DUPFD"))
		apply_dup(e, t);
	else if (is(a[1], "F_SETFD") && n == 3 && number_of(a[0], &fd) &&
		 desc_of(t, a[0]))
		t->group->table->cloexec[fd] = has(a[2], "FD_CLOEXEC") != 0;
}

static void apply_close(const struct event *e, struct task *t)
{
	struct piece a[1];
	int64_t fd;

	if (split(e->args, a, 1) < 1 || !number_of(a[0], &fd) || fd < 0 ||
	    fd >= MOST_FDS)
		return;
	desc_of(t, a[0]);		/* learn what it was */
	fd_close(t, (int)fd);
}

static void apply_close_range(const struct event *e, struct task *t)
{
	struct piece a[2];
	int64_t from, to;

	if (split(e->args, a, 2) < 2 || !number_of(a[0], &from) ||
	    !number_of(a[1], &to) || has(e->args, "CLOEXEC"))
		return;
	if (from < 0)
		return;
	for (; from <= to && from < (int64_t)t->group->table->size; from++)
		fd_close(t, (int)from);
}

static void apply_ioctl(const struct event *e, struct task *t)
{
	struct piece a[3];
	struct desc *d;
	int64_t n;

	if (split(e->args, a, 3) < 3)
		return;
	d = desc_of(t, a[0]);
	if (d && is(a[1], "TIOCGPTN") && number_of(inside(a[2]), &n)) {
		name_master(d, n);
	} else if (is(a[1], "FIOCLEX") && number_of(a[0], &n) && d) {
		t->group->table->cloexec[n] = 1;
	}
}

static int by_data(struct piece event, int64_t *data)
{
	return number_field(event, "u64", data) ||
	       number_field(event, "data", data);
}

static void apply_epoll_ctl(const struct event *e, struct task *t)
{
	struct piece a[4];
	size_t n = split(e->args, a, 4);
	struct desc *epoll, *d;
	struct watch w = { 0 };

	if (n < 3)
		return;
	epoll = desc_of(t, a[0]);
	d = desc_of(t, a[2]);
	if (!epoll || !d || epoll->kind != D_EPOLL || epoll == d)
		return;
	if (d->kind == D_EPOLL)		/* no circles */
		return;
	for (size_t i = 0; i < epoll->watches; i++)
		if (epoll->watch[i].desc == d) {
			epoll->watch[i] = epoll->watch[--epoll->watches];
			d->watched--;
			desc_drop(d);
			break;
		}
	if (has(a[1], "DEL") || n < 4 || epoll->watches >= 4096)
		return;
	by_data(a[3], &w.data);
	w.desc = d;
	w.in = has(a[3], "EPOLLIN");
	w.out = has(a[3], "EPOLLOUT");
	d->refs++;
	d->watched++;
	epoll->watch = must_have(realloc(epoll->watch, (epoll->watches + 1) *
					 sizeof w));
	epoll->watch[epoll->watches++] = w;
}

static void apply_mq_open(const struct event *e, struct task *t)
{
	struct desc *d = apply_made(e, t);
	struct piece a[1];

	if (!d || split(e->args, a, 1) < 1)
		return;
	d->kind = D_MQ;
	d->own = d->peer = queue_name_key(a[0]);
}

static void apply_mknod(const struct event *e)
{
	struct piece a[2];
	size_t n = split(e->args, a, 2);
	uint64_t key = path_key(a, n);

	if (key && has(e->args, "S_IFIFO"))
		name_fifo(key);
}

static void apply_group(const struct event *e, struct task *t)
{
	struct piece a[2];
	int64_t pid, pgrp;
	struct task *of = t;

	if (is(e->name, "setsid")) {
		t->group->pgrp = t->group->pid;
		return;
	}
	if (split(e->args, a, 2) < 2 || !number_of(a[0], &pid) ||
	    !number_of(a[1], &pgrp))
		return;
	if (pid)
		of = map_get(&tasks, (uint64_t)pid);
	if (of)
		of->group->pgrp = pgrp ? (pid_t)pgrp : of->group->pid;
}

static void apply_pidfd(const struct event *e, struct task *t)
{
	struct desc *d = apply_made(e, t);
	struct piece a[1];
	int64_t pid;

	if (d && split(e->args, a, 1) == 1 && number_of(a[0], &pid)) {
		d->kind = D_PIDFD;
		d->own = d->peer = hash_number("end", (uint64_t)pid);
	}
}

void model_apply(struct event *e, struct task *t)
{
	if (e->call->what == FORK) {
		apply_fork(e, t);
		return;
	}
	if (e->to == FOREVER || (e->has_value && e->value == -1 &&
				 e->call->what != CLOSE) || !e->has_value)
		return;
	switch (e->call->what) {
	case ACCEPT: apply_made(e, t); break;
	case MAKE: apply_make(e, t); break;
	case CLOSE: apply_close(e, t); break;
	case CLOSE_RANGE: apply_close_range(e, t); break;
	case DUP: apply_dup(e, t); break;
	case EPOLL_CTL: apply_epoll_ctl(e, t); break;
	case EXEC: apply_exec(e, t); break;
	case FCNTL: apply_fcntl(e, t); break;
	case GROUP: apply_group(e, t); break;
	case IOCTL: apply_ioctl(e, t); break;
	case MMAP: case MUNMAP: case MREMAP: case SHMAT:
		map_apply(e, t);
		break;
	case MKNOD: apply_mknod(e); break;
	case MQ_OPEN: apply_mq_open(e, t); break;
	case OPEN: apply_open(e, t); break;
	case PAIR: case PIPE: apply_pair(e, t); break;
	case PIDFD: apply_pidfd(e, t); break;
	default: break;
	}
}

void model_free(void)
{
	for (size_t i = 0; i < tasks.size; i++)
		if (tasks.v[i].key) {
			struct task *t = tasks.v[i].value;
			struct group *g = t->group;

			free(t);
			if (--g->tasks == 0)
				group_free(g);
		}
	free(tasks.v);
	tasks = (struct map){ 0 };
	names_free();
	memset(forking, 0, sizeof forking);
}
