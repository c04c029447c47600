/*
 * model.c - processes, their descriptors and their shared memory, as the calls
 * change them
 *
 * strace names most objects: pipe:[7], a path, both ends of a socket. For the
 * rest (eventfd, epoll, signalfd, a mapping without a file) it takes to know
 * which call made them, and who has inherited them.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "trace.h"

enum { MOST_FDS = 65536, MOST_MAPPINGS = 4096, FORKING = 64 };

void (*model_closes)(struct task *t, struct desc *d, int is_last);

static struct map tasks;
static struct map fifos;		/* by the hash of their path */
static struct map masters;		/* numbers of terminals, see D_MASTER */
static uint64_t made;			/* objects without a name */
static struct {
	struct event *e;
	struct task *t;
} forking[FORKING];			/* fork() that has not come back yet */

/* ------------------------------------------------------ what a name says */

static int begins(struct piece p, const char *word)
{
	size_t len = strlen(word);

	return p.len >= len && memcmp(p.s, word, len) == 0;
}

/* What stands between the first [ and the last ] */
static struct piece bracket(struct piece p)
{
	const char *open = memchr(p.s, '[', p.len);
	const char *end = memrchr(p.s, ']', p.len);

	if (!open || !end || end < open)
		return (struct piece){ "", 0 };
	return (struct piece){ open + 1, (size_t)(end - open - 1) };
}

static uint64_t key_of(const char *kind, struct piece p)
{
	return p.len ? hash_of(kind, p.s, p.len) : 0;
}

/* "127.0.0.1:80" and "[::1]:80": by the port, for one end may say 0.0.0.0. */
static uint64_t port_key(const char *kind, struct piece p)
{
	const char *colon = memrchr(p.s, ':', p.len);

	if (!colon)
		return 0;
	colon++;
	return key_of(kind, (struct piece){ colon, (size_t)(p.s + p.len -
							    colon) });
}

/* "A->B": 1, and both sides */
static int both_sides(struct piece p, struct piece *a, struct piece *b)
{
	const char *arrow = memmem(p.s, p.len, "->", 2);

	*a = p;
	*b = (struct piece){ "", 0 };
	if (!arrow)
		return 0;
	a->len = (size_t)(arrow - p.s);
	b->s = arrow + 2;
	b->len = (size_t)(p.s + p.len - b->s);
	return 1;
}

static void name_unix(struct desc *d, struct piece in)
{
	struct piece a, b;
	const char *comma;

	comma = memchr(in.s, ',', in.len);
	if (comma) {
		struct piece path = { comma + 1, 0 };

		path.len = (size_t)(in.s + in.len - path.s);
		d->address = key_of("unix address", path);
		in.len = (size_t)(comma - in.s);
	}
	both_sides(in, &a, &b);
	d->own = key_of("unix", a);
	d->peer = key_of("unix", b);
}

static void name_inet(struct desc *d, struct piece in, int is_datagram)
{
	struct piece a, b;
	char turned[256];
	int n;

	if (is_datagram) {
		both_sides(in, &a, &b);
		d->own = port_key("port", a);
		d->peer = b.len ? port_key("port", b) : 0;
		d->address = d->own;
		return;
	}
	d->own = key_of("tcp", in);
	if (!both_sides(in, &a, &b)) {
		d->address = port_key("port", a);
		return;
	}
	n = snprintf(turned, sizeof turned, "%.*s->%.*s", (int)b.len, b.s,
		     (int)a.len, a.s);
	if (n > 0 && n < (int)sizeof turned)
		d->peer = hash_of("tcp", turned, (size_t)n);
}

static int is_socket_name(struct piece name)
{
	return begins(name, "UNIX") || begins(name, "TCP") ||
	       begins(name, "UDP") || begins(name, "socket:") ||
	       begins(name, "NETLINK") || begins(name, "SCTP");
}

static void name_socket(struct desc *d, struct piece name)
{
	struct piece in = bracket(name);

	d->kind = D_SOCKET;
	if (begins(name, "UNIX"))
		name_unix(d, in);
	else if (begins(name, "TCP"))
		name_inet(d, in, 0);
	else if (begins(name, "UDP"))
		name_inet(d, in, 1);
	else if (begins(name, "socket:"))
		d->own = key_of("unix", in);
	else
		d->own = key_of("socket", name);
}

static void name_terminal(struct desc *d, int64_t n, int is_master)
{
	d->kind = is_master ? D_MASTER : D_TERMINAL;
	d->own = hash_number(is_master ? "master" : "terminal", (uint64_t)n);
	d->peer = hash_number(is_master ? "terminal" : "master", (uint64_t)n);
}

/* The path of open() as a key: "/x", or the folder and "x". */
uint64_t path_key(const struct piece *a, size_t n)
{
	struct piece path, name;
	const char *open, *end;
	char whole[1024];
	int len;

	if (n < 1)
		return 0;
	if (*a[0].s == '"') {		/* open() has no folder */
		path = inside(a[0]);
		return hash_of("file", path.s, path.len);
	}
	if (n < 2)
		return 0;
	path = inside(a[1]);
	if (path.len && *path.s == '/')
		return hash_of("file", path.s, path.len);
	open = memchr(a[0].s, '<', a[0].len);
	if (!open)
		return 0;
	end = after_note(open, a[0].s + a[0].len);
	name = (struct piece){ open + 1, (size_t)(end - open - 1) };
	name.len -= name.len > 0;
	len = snprintf(whole, sizeof whole, "%.*s/%.*s", (int)name.len, name.s,
		       (int)path.len, path.s);
	return len > 0 && len < (int)sizeof whole ?
		hash_of("file", whole, (size_t)len) : 0;
}

static void name_path(struct desc *d, struct piece name)
{
	char path[4096];
	struct stat st;
	int64_t n;

	d->file = key_of("file", name);
	d->own = d->peer = d->file;
	d->kind = D_FILE;
	if (begins(name, "/dev/pts/")) {
		struct piece number = { name.s + 9, name.len - 9 };

		if (number_of(number, &n))
			name_terminal(d, n, 0);
		return;
	}
	if (begins(name, "/memfd:output"))	/* stage's, see said.c there */
		d->kind = D_CAPTURED;
	else if (begins(name, "/dev/ptmx"))
		d->kind = D_MASTER;
	else if (memmem(name.s, name.len, "<char ", 6))
		d->kind = D_DEVICE;
	if (begins(name, "/memfd:"))	/* many may have one name */
		d->own = d->peer = d->file = hash_number("memfd", ++made);
	if (d->kind != D_FILE || name.len >= sizeof path)
		return;
	if (map_get(&fifos, d->file)) {
		d->kind = D_FIFO;
		return;
	}
	memcpy(path, name.s, name.len);
	path[name.len] = '\0';
	if (stat(path, &st) == 0 && S_ISFIFO(st.st_mode))
		d->kind = D_FIFO;
}

static enum desc_kind kind_of_anonymous(struct piece in)
{
	static const struct {
		const char *word;
		enum desc_kind kind;
	} kinds[] = {
		{ "eventfd", D_EVENTFD }, { "timerfd", D_TIMERFD },
		{ "signalfd", D_SIGNALFD }, { "eventpoll", D_EPOLL },
		{ "pidfd", D_PIDFD },
	};

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (has(in, kinds[i].word))
			return kinds[i].kind;
	return D_DEVICE;
}

/* What is after the brackets of a name may change: "(deleted)". */
static uint64_t name_hash(struct piece name)
{
	const char *gone = memmem(name.s, name.len, " (deleted)", 10);

	if (gone)
		name.len = (size_t)(gone - name.s);
	return hash_of("name", name.s, name.len);
}

static void name_desc(struct desc *d, struct piece name)
{
	d->name = name_hash(name);
	if (begins(name, "pipe:")) {
		d->kind = D_PIPE;
		d->own = d->peer = key_of("pipe", bracket(name));
	} else if (begins(name, "anon_inode:")) {
		d->kind = kind_of_anonymous(bracket(name));
		d->own = d->peer = hash_number("anonymous", ++made);
	} else if (begins(name, "/")) {
		name_path(d, name);
	} else {
		name_socket(d, name);
	}
}

/* In the words of a call: {sa_family=AF_INET, sin_port=htons(80), ...} */
uint64_t address_key(struct piece p)
{
	struct piece value;
	const char *s;

	if (field(p, "sun_path", &value))
		return key_of("unix address", value);
	if (!field(p, "sin_port", &value) && !field(p, "sin6_port", &value))
		return 0;
	s = memchr(value.s, '(', value.len);
	if (!s)
		return 0;
	value.len -= (size_t)(s + 1 - value.s);
	value.s = s + 1;
	if (value.len && value.s[value.len - 1] == ')')
		value.len--;
	return key_of("port", value);
}

/* ---------------------------------------------------------- descriptors */

static void desc_drop(struct desc *d)
{
	if (--d->refs > 0)
		return;
	for (size_t i = 0; i < d->watches; i++)
		if (d->watch[i].desc != d)
			desc_drop(d->watch[i].desc);
	free(d->watch);
	free(d);
}

static struct desc **slot(struct table *t, int fd)
{
	if (fd < 0 || fd >= MOST_FDS)
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

static void fd_close(struct task *t, int fd)
{
	struct table *table = t->group->table;
	struct desc *d;

	if (fd < 0 || (size_t)fd >= table->size || !table->v[fd])
		return;
	d = table->v[fd];
	table->v[fd] = NULL;
	if (model_closes)
		model_closes(t, d, d->refs == 1);
	desc_drop(d);
}

/* Descriptor FD is D from now on, which gets a reference. */
static void fd_put(struct task *t, int fd, struct desc *d, int cloexec)
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
static struct desc *fd_make(const struct task *t, int fd, struct piece name,
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

static void table_drop(struct table *table)
{
	if (--table->refs > 0)
		return;
	for (size_t i = 0; i < table->size; i++)
		if (table->v[i])
			desc_drop(table->v[i]);
	free(table->v);
	free(table->cloexec);
	free(table);
}

static struct table *table_copy(const struct table *old)
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

/* --------------------------------------------------------------- memory */

static void memory_drop(struct memory *m)
{
	if (--m->refs > 0)
		return;
	free(m->v);
	free(m);
}

static struct memory *memory_copy(const struct memory *old)
{
	struct memory *m = get(sizeof *m);

	m->refs = 1;
	m->id = ++made;
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
	return hash_number("memory", m->id) ^ hash_number("at", address);
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
		x.object = hash_number("shared", ++made);
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
		name_terminal(d, n, 1);
		map_put(&masters, hash_number("terminal", (uint64_t)n), d);
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
	epoll->watch = must_have(realloc(epoll->watch, (epoll->watches + 1) *
					 sizeof w));
	epoll->watch[epoll->watches++] = w;
}

static void apply_mq_open(const struct event *e, struct task *t)
{
	struct desc *d = apply_made(e, t);
	struct piece a[2], name;

	if (!d || split(e->args, a, 2) < 1)
		return;
	name = inside(a[0]);
	if (name.len && *name.s == '/') {
		name.s++;
		name.len--;
	}
	d->kind = D_MQ;
	d->own = d->peer = key_of("queue", name);
}

/* A FIFO may be gone when this is read, so stat() is not enough. */
static void apply_mknod(const struct event *e)
{
	static int yes;
	struct piece a[2];
	size_t n = split(e->args, a, 2);
	uint64_t key = path_key(a, n);

	if (key && has(e->args, "S_IFIFO"))
		map_put(&fifos, key, &yes);
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

/* The terminal that D is, is it one of this run's own? */
static int has_master(const struct desc *d)
{
	return map_get(&masters, d->own) != NULL;
}

int goes_to_people(const struct desc *d)
{
	return d && (d->kind == D_CAPTURED ||
		     (d->kind == D_TERMINAL && !has_master(d)));
}

static void apply_mapped(const struct event *e, struct task *t)
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
	case ACCEPT: case MAKE: apply_made(e, t); break;
	case CLOSE: apply_close(e, t); break;
	case CLOSE_RANGE: apply_close_range(e, t); break;
	case DUP: apply_dup(e, t); break;
	case EPOLL_CTL: apply_epoll_ctl(e, t); break;
	case EXEC: apply_exec(e, t); break;
	case FCNTL: apply_fcntl(e, t); break;
	case GROUP: apply_group(e, t); break;
	case IOCTL: apply_ioctl(e, t); break;
	case MMAP: case MUNMAP: case MREMAP: case SHMAT:
		apply_mapped(e, t);
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
	free(masters.v);
	free(fifos.v);
	tasks = masters = fifos = (struct map){ 0 };
	memset(forking, 0, sizeof forking);
}
