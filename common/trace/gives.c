/*
 * gives.c - what a call does to others: an action on each object that it names
 *
 * A write gives to a pipe, a read takes from it, the end of a process ends its
 * parent's wait. Each is posted with a letter that tells how, and a wait asks
 * for letters: see wants.c.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>

#include "relate.h"

enum { ROOM = 4096 };	/* if less lies in a pipe, there is room */

struct event *now;
struct task *me;
long my_row;

/* How many waits NOW can end: a message is for one, data in a pipe for all who
 * look, a wake of a futex for as many as it says. */
static int may_wake(void)
{
	if (now->kind != A_CALL)
		return INT32_MAX;
	switch (now->call->what) {
	case MSGSND: case MQ_SEND: case MQ_RECEIVE: case CONNECT: return 1;
	case FUTEX:
		return now->value > 0 && now->value < 100000 ?
			(int)now->value : 1;
	default: return INT32_MAX;
	}
}

static void post_range(uint64_t key, char how, int64_t tag, int64_t tag_end)
{
	struct action a = {
		.row = my_row, .from = now->from, .to = now->to,
		.tid = now->tid, .pid = me->group->pid, .how = how,
		.failed = now->has_value && now->value == -1,
		.tag = tag, .tag_end = tag_end, .wakes = may_wake(),
		.ends = now->kind != A_CALL || now->call->what == EXIT ||
			now->call->what == THREAD_EXIT,
	};

	object_post(key, &a);
}

static void post(uint64_t key, char how)
{
	post_range(key, how, 0, 0);
}

uint64_t set_key(int64_t id)
{
	return hash_number("set", (uint64_t)id);
}

uint64_t semaphore_key(int64_t id, int64_t n)
{
	return hash_number("semaphore", (uint64_t)id * 65536 + (uint64_t)n);
}

uint64_t queue_key(int64_t id)
{
	return hash_number("message queue", (uint64_t)id);
}

uint64_t end_key(int64_t pid)
{
	return hash_number("end", (uint64_t)pid);
}

uint64_t thread_key(int64_t tid)
{
	return hash_number("thread", (uint64_t)tid);
}

uint64_t signal_key(int64_t pid)
{
	return hash_number("signal", (uint64_t)pid);
}

uint64_t group_key(int64_t pgrp)
{
	return hash_number("process group", (uint64_t)pgrp);
}

/* A signal by its name, as an action's tag. */
int64_t signal_tag(struct piece name)
{
	return (int64_t)(hash_of("signal", name.s, name.len) >> 2);
}

static int64_t child_tag(void)
{
	return signal_tag((struct piece){ "SIGCHLD", 7 });
}

uint64_t lock_key(const struct desc *d, int by_flock)
{
	return d ? hash_number(by_flock ? "flock" : "lock", d->file) : 0;
}

/* Somebody gives up a descriptor of D: who reads sees the end of the file, who
 * writes that nobody reads, who waits for its locks gets them. */
void post_close(struct task *t, struct desc *d, int is_last)
{
	struct group *g = t->group;

	if (d->kind == D_PIPE || d->kind == D_FIFO) {
		if (!d->read_only)
			post(d->own, 'c');
		if (!d->write_only)
			post(d->own, 'k');
	} else if (d->kind == D_SOCKET || d->kind == D_MASTER ||
		   d->kind == D_TERMINAL) {
		post(d->peer, 'c');
		post(d->own, 'k');
	}
	if (d->locked && is_last)
		post_range(lock_key(d, d->locked == 1), 'u', 0, INT64_MAX);
	for (size_t i = 0; d->file && i < g->posixes; i++)
		if (g->posix[i] == d->file) {
			post_range(lock_key(d, 0), 'u', 0, INT64_MAX);
			g->posix[i] = g->posix[--g->posixes];
			return;
		}
}

/* A thread has ended, or all of a process. */
void post_end(struct task *t, int all)
{
	struct group *g = t->group;

	post(thread_key(t->tid), 'e');
	if (!all)
		return;
	post(thread_key(g->pid), 'e');
	post(end_key(g->pid), 'e');
	post_range(signal_key(g->parent), 's', child_tag(), child_tag());
	for (size_t i = 0; g->table->refs == 1 && i < g->table->size; i++)
		if (g->table->v[i])
			post_close(t, g->table->v[i],
				   g->table->v[i]->refs == 1);
	for (size_t i = 0; i < g->undos; i++) {
		post(g->undo[i], '+');
		post(g->undo[i], '-');
	}
}

static void note(uint64_t *list, size_t *n, uint64_t key)
{
	for (size_t i = 0; i < *n; i++)
		if (list[i] == key)
			return;
	if (*n < 16)
		list[(*n)++] = key;
}

static void post_semop(struct piece list, int64_t id)
{
	struct piece one;
	int64_t n, op;

	list = inside(list);
	while (next_piece(&list, &one)) {
		if (!number_field(one, "sem_num", &n) ||
		    !number_field(one, "sem_op", &op) || op == 0)
			continue;
		post(semaphore_key(id, n), op > 0 ? '+' : '-');
		if (has(one, "SEM_UNDO"))
			note(me->group->undo, &me->group->undos,
			     semaphore_key(id, n));
	}
}

static void post_semctl(const struct piece *a, size_t n, int64_t id)
{
	int64_t number;

	if (n < 3)
		return;
	if (has(a[2], "IPC_RMID"))
		post(set_key(id), 'x');
	else if (has(a[2], "SETALL"))
		post(set_key(id), '=');
	else if (has(a[2], "SETVAL") && number_of(a[1], &number))
		post(semaphore_key(id, number), '=');
}

static void post_kill(const struct piece *a, size_t n)
{
	int64_t id, tag;
	size_t last = is(now->name, "tgkill") ||
		      is(now->name, "rt_tgsigqueueinfo") ? 2 : 1;
	uint64_t key;

	if (n <= last || !number_of(a[last - 1], &id))
		return;
	tag = signal_tag(a[last]);
	if (id > 0)
		key = signal_key(id);
	else if (id == -1)
		key = signal_key(0);
	else
		key = group_key(id ? -id : me->group->pgrp);
	post_range(key, 's', tag, tag);
	post(hash_number("sender", (uint64_t)me->group->pid), 's');
}

/* mq_notify(): the next message to an empty queue sends a signal. */
static void note_notify(struct piece how, struct desc *d)
{
	struct group *g = me->group;
	struct piece name;

	if (!d || !field(how, "sigev_signo", &name) || g->notifies == 4)
		return;
	for (size_t i = 0; i < g->notifies; i++)
		if (g->notify[i] == d->own)
			return;
	g->notify[g->notifies] = d->own;
	g->notify_tag[g->notifies++] = signal_tag(name);
}

static void post_futex(const struct piece *a, size_t n)
{
	int64_t address;

	if (n < 2 || !(has(a[1], "WAKE") || has(a[1], "REQUEUE") ||
		       has(a[1], "UNLOCK")))
		return;
	if (now->has_value && now->value == 0)	/* nobody was woken */
		return;
	if (number_of(a[0], &address))
		post(futex_key(me, (uint64_t)address, has(a[1], "PRIVATE")),
		     'w');
	if (n > 4 && has(a[1], "WAKE_OP") && number_of(a[4], &address))
		post(futex_key(me, (uint64_t)address, has(a[1], "PRIVATE")),
		     'w');
}

/* {l_type=F_WRLCK, l_whence=SEEK_SET, l_start=0, l_len=0} */
void lock_range(struct piece lock, int64_t *from, int64_t *to)
{
	int64_t len;

	if (!number_field(lock, "l_start", from) || *from < 0)
		*from = 0;
	if (!number_field(lock, "l_len", &len) || len <= 0 ||
	    len > INT64_MAX - *from)
		*to = INT64_MAX;
	else
		*to = *from + len - 1;
}

static void post_fcntl(const struct piece *a, size_t n, struct desc *d)
{
	int64_t from, to;

	if (n < 3 || !d || !has(a[1], "LK") || has(a[1], "GETLK"))
		return;
	lock_range(a[2], &from, &to);
	if (has(a[2], "F_UNLCK"))
		post_range(lock_key(d, 0), 'u', from, to);
	else if (has(a[1], "OFD"))
		d->locked = 2;
	else
		note(me->group->posix, &me->group->posixes, d->file);
}

static void post_flock(const struct piece *a, size_t n, struct desc *d)
{
	if (n < 2 || !d)
		return;
	if (has(a[1], "LOCK_UN") || has(a[1], "LOCK_SH"))
		post_range(lock_key(d, 1), 'u', 0, INT64_MAX);
	d->locked = !has(a[1], "LOCK_UN");
}

/* What strace says was opened: "= 3</home/door>" */
uint64_t opened_key(const struct event *e)
{
	struct piece name;
	int fd;

	return descriptor_of(e->result, &fd, &name) && name.len ?
		hash_of("file", name.s, name.len) : 0;
}

static void post_open(const struct piece *a, size_t n)
{
	uint64_t asked = path_key(a, n), got = opened_key(now);
	char how = has(now->args, "O_RDONLY") ? 'R' :
		   has(now->args, "O_WRONLY") ? 'W' : 'B';

	post(asked, how);
	if (got != asked)
		post(got, how);
}

static void post_write(const struct piece *a, size_t n, struct desc *d)
{
	uint64_t to = 0;

	if (!d)
		return;
	for (size_t i = 1; !to && i < n; i++)
		if (d->kind == D_SOCKET && has(a[i], "sa_family="))
			to = address_key(a[i]);
	post(to ? to : d->peer, 'w');
	d->read_only = 0;
}

static void post_read(struct desc *d)
{
	if (!d)
		return;
	post(d->own, 'r');
	if (d->address && d->address != d->own)
		post(d->address, 'r');
}

static void post_connect(const struct piece *a, size_t n)
{
	if (n > 1)
		post(address_key(a[1]), 'w');
}

/* In splice() and its like, which argument is read, which written. */
void both_ways(const struct piece *a, size_t n, struct desc **in,
	       struct desc **out)
{
	size_t from = 0, to = 2;

	if (is(now->name, "tee"))
		to = 1;
	if (has(now->name, "sendfile")) {
		from = 1;
		to = 0;
	}
	*in = n > from ? desc_of(me, a[from]) : NULL;
	*out = n > to ? desc_of(me, a[to]) : NULL;
}

static void post_copy(const struct piece *a, size_t n)
{
	struct desc *in, *out;

	both_ways(a, n, &in, &out);
	post_read(in);
	if (out)
		post(out->peer, 'w');
}

static void post_queue(const struct piece *a, size_t n, int64_t id)
{
	int64_t type = 0;

	switch (now->call->what) {
	case MSGSND:
		if (n > 1)
			number_field(a[1], "mtype", &type);
		post_range(queue_key(id), 'w', type, type);
		break;
	case MSGRCV: post_range(queue_key(id), 'r', 0, INT64_MAX); break;
	default:
		if (n > 1 && has(a[1], "IPC_RMID"))
			post_range(queue_key(id), 'x', 0, INT64_MAX);
	}
}

/* Everything that NOW does to others, or is about to do. */
void post_all(void)
{
	struct piece a[8];
	size_t n = split(now->args, a, 8);
	struct desc *d;
	int64_t id = -1;

	if (n == 0 || (now->has_value && now->value == -1))
		return;
	if (!number_of(a[0], &id))
		id = -1;
	d = n ? desc_of(me, a[0]) : NULL;
	switch (now->call->what) {
	case WRITE: post_write(a, n, d); break;
	case READ: post_read(d); break;
	case COPY: post_copy(a, n); break;
	case CONNECT: post_connect(a, n); break;
	case ACCEPT:
		if (d)
			post(d->address, 'r');
		break;
	case SHUTDOWN:
		if (d) {
			post(d->peer, 'c');
			post(d->own, 'k');
		}
		break;
	case OPEN: post_open(a, n); break;
	case FLOCK: post_flock(a, n, d); break;
	case FCNTL: post_fcntl(a, n, d); break;
	case FUTEX: post_futex(a, n); break;
	case KILL: post_kill(a, n); break;
	case SEMOP: if (n > 1) post_semop(a[1], id); break;
	case SEMCTL: post_semctl(a, n, id); break;
	case MSGSND: case MSGRCV: case MSGCTL: post_queue(a, n, id); break;
	case MQ_SEND:
		if (d)
			post(d->own, 'w');
		post(hash_number("sender", (uint64_t)me->group->pid), 's');
		break;
	case MQ_RECEIVE: if (d) post(d->own, 'r'); break;
	case TIMERFD: if (d) post(d->own, 't'); break;
	default:
		if (is(now->name, "mq_notify") && n > 1)
			note_notify(a[1], d);
	}
}

/* Is it a pipe or a socket, of which we know how much lies in it? */
static int has_level(const struct desc *d)
{
	return d && (d->kind == D_PIPE || d->kind == D_FIFO ||
		     d->kind == D_SOCKET);
}

/* A read that finds data and a write that finds room do not wait, however long
 * they take: the processor was busy with others. */
void note_level(void)
{
	struct piece a[1];
	struct desc *d = split(now->args, a, 1) == 1 ? desc_of(me, a[0]) : NULL;

	if (!has_level(d))
		return;
	if (now->call->what == READ)
		now->at_once = object_level(d->own) > 0;
	else if (now->call->what == WRITE)
		now->at_once = object_level(d->peer) < ROOM;
}

void change_level(void)
{
	struct piece a[1];
	struct desc *d = split(now->args, a, 1) == 1 ? desc_of(me, a[0]) : NULL;

	if (!has_level(d) || !now->has_value || now->value <= 0)
		return;
	if (now->call->what == READ)
		object_fill(d->own, -now->value);
	else if (now->call->what == WRITE)
		object_fill(d->peer, now->value);
}

/* NOW has come back: the same keys again. A second post would be a second
 * action, so the objects look for the first. */
static void done_one(uint64_t key)
{
	object_done(key, now->tid, now->from, now->to, now->effect,
		    !now->has_value || now->value == -1 ||
		    (now->call->what == FUTEX && now->value == 0));
}

void done_all(void)
{
	struct piece a[8], one, list;
	size_t n = split(now->args, a, 8);
	struct desc *d, *in, *out;
	int64_t id = 0, k;

	if (n == 0)
		return;
	number_of(a[0], &id);
	d = desc_of(me, a[0]);
	if (d) {
		done_one(d->own);
		done_one(d->peer);
		done_one(d->address);
		done_one(lock_key(d, 0));
		done_one(lock_key(d, 1));
	}
	for (size_t i = 1; i < n; i++)
		if (has(a[i], "sa_family="))
			done_one(address_key(a[i]));
	switch (now->call->what) {
	case OPEN: done_one(path_key(a, n)); break;
	case COPY:
		both_ways(a, n, &in, &out);
		if (in)
			done_one(in->own);
		if (out)
			done_one(out->peer);
		break;
	case FUTEX:
		done_one(futex_key(me, (uint64_t)id,
				   n > 1 && has(a[1], "PRIVATE")));
		break;
	case SEMOP:
		list = n > 1 ? inside(a[1]) : (struct piece){ "", 0 };
		while (next_piece(&list, &one))
			if (number_field(one, "sem_num", &k))
				done_one(semaphore_key(id, k));
		break;
	case MSGSND: case MSGRCV: done_one(queue_key(id)); break;
	default: break;
	}
}
