/*
 * relate.c - events become rows; whose call has ended this wait?
 *
 * Each call that can end the wait of another is an action on an object: a write
 * gives to a pipe, a read takes from it, the end of a process ends its parent's
 * wait. When a wait ends, the last action of another thread on the same object
 * that can have ended it is the one. If there is none there is no arrow: time
 * may have ended it, or somebody who is not drawn.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace.h"

enum {
	NOBODY_US = 10000,	/* a shorter wait that nobody ended is a call */
	ROOM = 4096,		/* if less lies in a pipe, there is room */
	LATE_US = 20000,	/* so late the end of a process may be told */
	RING = 64,
	SOME = 8,
};

/* The event that is looked at, its row and its thread. */
static struct event *now;
static struct task *me;
static long my_row;

/* What a wait wants, while that is found out. */
static struct want wants[WANTS];
static size_t n_wants;

/* Waits that were ended by a call which has not come back yet. */
static struct {
	long wake, other;
	struct action action;		/* of that call */
	struct event end;		/* of the wait; only its times count */
	pid_t pid;			/* who waited */
} guess[RING];
static size_t guesses;

/* Waits that nobody is known to have ended: perhaps the end of a process. */
static struct {
	long wake;
	pid_t tid;
	int64_t from, to;
	struct want want[SOME];
	size_t n;
} open_wake[RING];
static size_t open_wakes;

static char end_text[SOURCES][64];
static pid_t first_pid[SOURCES];

/* ---------------------------------------------------------- of an action */

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

static uint64_t set_key(int64_t id)
{
	return hash_number("set", (uint64_t)id);
}

static uint64_t semaphore_key(int64_t id, int64_t n)
{
	return hash_number("semaphore", (uint64_t)id * 65536 + (uint64_t)n);
}

static uint64_t queue_key(int64_t id)
{
	return hash_number("message queue", (uint64_t)id);
}

static uint64_t end_key(int64_t pid)
{
	return hash_number("end", (uint64_t)pid);
}

static uint64_t thread_key(int64_t tid)
{
	return hash_number("thread", (uint64_t)tid);
}

static uint64_t signal_key(int64_t pid)
{
	return hash_number("signal", (uint64_t)pid);
}

static uint64_t group_key(int64_t pgrp)
{
	return hash_number("process group", (uint64_t)pgrp);
}

/* A signal by its name, as an action's tag. */
static int64_t signal_tag(struct piece name)
{
	return (int64_t)(hash_of("signal", name.s, name.len) >> 2);
}

static int64_t child_tag(void)
{
	return signal_tag((struct piece){ "SIGCHLD", 7 });
}

static uint64_t lock_key(const struct desc *d, int by_flock)
{
	return d ? hash_number(by_flock ? "flock" : "lock", d->file) : 0;
}

/* Somebody gives up a descriptor of D: who reads sees the end of the file, who
 * writes that nobody reads, who waits for its locks gets them. */
static void post_close(struct task *t, struct desc *d, int is_last)
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
static void post_end(struct task *t, int all)
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
static void lock_range(struct piece lock, int64_t *from, int64_t *to)
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
static uint64_t opened_key(const struct event *e)
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
static void both_ways(const struct piece *a, size_t n, struct desc **in,
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
static void post_all(void)
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
static void note_level(void)
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

static void change_level(void)
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

static void done_all(void)
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

/* ------------------------------------------------------------ of a wait */

static void want_range(uint64_t key, const char *how, int64_t tag,
		       int64_t tag_end)
{
	struct want *w;

	if (!key || n_wants == WANTS)
		return;
	w = &wants[n_wants++];
	*w = (struct want){ .key = key, .tag = tag, .tag_end = tag_end };
	snprintf(w->how, sizeof w->how, "%s", how);
}

static void want(uint64_t key, const char *how)
{
	want_range(key, how, 1, 0);
}

/* The same, and the first one does, since a TAKEN. */
static void want_first(uint64_t key, const char *how, char taken)
{
	size_t n = n_wants;

	want(key, how);
	if (n_wants > n)
		wants[n].taken = taken;
}

static void want_signal(void)
{
	want(signal_key(me->group->pid), "s");
	want(signal_key(me->tid), "s");
	want(group_key(me->group->pgrp), "s");
	want(signal_key(0), "s");
}

/* "10 (SIGUSR1)": one that has come from somebody, or from a queue. */
static void want_this_signal(struct piece result)
{
	const struct group *g = me->group;
	const char *open = memchr(result.s, '(', result.len);
	struct piece name;
	size_t from = n_wants;
	int64_t tag;

	if (!open)
		return;
	name.s = open + 1;
	name.len = (size_t)(result.s + result.len - name.s);
	name.len -= name.len > 0;
	tag = signal_tag(name);
	want_signal();
	for (size_t i = from; i < n_wants; i++)
		wants[i].tag = wants[i].tag_end = tag;
	for (size_t i = 0; i < g->notifies; i++)
		if (g->notify_tag[i] == tag)
			want(g->notify[i], "w");
}

/* What comes to D: data, or its end. A call that got data was ended by who
 * gave them; one that got nothing, by who gave up. */
static void want_in(const struct desc *d)
{
	const char *how = "wc";

	if (!d)
		return;
	if (now->call->what == READ && now->value > 0)
		how = "w";
	else if (now->call->what == READ && d->kind != D_SOCKET)
		how = "c";
	switch (d->kind) {
	case D_SIGNALFD: want_signal(); break;
	case D_TIMERFD: want(d->own, "t"); break;
	case D_EVENTFD: case D_MQ: want_first(d->own, "w", 'r'); break;
	case D_PIDFD: want(d->own, "e"); break;
	case D_FILE: case D_DEVICE: case D_CAPTURED: case D_EPOLL: break;
	default:
		/* An end is the last close(), data are the first write. */
		if (strcmp(how, "w") == 0 && d->own)
			want_first(d->own, how, 'r');
		else if (strcmp(how, "wc") == 0 && has(now->result, "IN") &&
			 !has(now->result, "HUP"))
			want_first(d->own, "w", 'r');
		else
			want(d->own, how);
		want_first(d->address, "w", 'r');
	}
}

static void want_out(const struct desc *d)
{
	if (d && d->kind != D_FILE && d->kind != D_DEVICE &&
	    d->kind != D_CAPTURED)
		want(d->peer, now->value == -1 ? "k" : "rk");
}

static void want_write(const struct piece *a, size_t n)
{
	struct desc *d = desc_of(me, a[0]);

	want_out(d);
	for (size_t i = 1; d && i < n; i++)
		if (d->kind == D_SOCKET && has(a[i], "sa_family="))
			want(address_key(a[i]), "r");
}

/* Of all descriptors in ASKED those that FOUND names, with what came. */
static void want_poll(struct piece asked, struct piece found)
{
	struct piece one, p;
	int64_t fd;

	asked = inside(asked);
	found = inside(found);
	while (next_piece(&found, &one)) {
		struct piece rest = asked, each;
		struct desc *d = NULL;

		if (!field(one, "fd", &p) || !number_of(p, &fd))
			continue;
		while (!d && next_piece(&rest, &each)) {
			struct piece q;
			int64_t k;

			if (field(each, "fd", &q) && number_of(q, &k) &&
			    k == fd)
				d = desc_of(me, q);
		}
		if (has(one, "POLLIN") || has(one, "HUP") || has(one, "PRI"))
			want_in(d);
		if (has(one, "POLLOUT") || has(one, "POLLERR"))
			want_out(d);
	}
}

/* "1 (in [7], out [8])": which of the result's sets a descriptor is in. */
static void want_select(struct piece result)
{
	const char *end = result.s + result.len;
	const char *s = memchr(result.s, '(', result.len);
	int out = 0;

	for (; s && s < end; s++) {
		struct piece list = { s, (size_t)(end - s) }, one;

		if (list.len >= 4 && memcmp(s, "out ", 4) == 0)
			out = 1;
		else if (list.len >= 3 && memcmp(s, "in ", 3) == 0)
			out = 0;
		if (*s != '[')
			continue;
		list.s++;
		list.len = strcspn(list.s, "]");
		s = list.s + list.len;
		for (char *space; list.len; list.len -= one.len) {
			int64_t fd;

			space = memchr(list.s, ' ', list.len);
			one = list;
			if (space)
				one.len = (size_t)(space - list.s) + 1;
			if (number_of(one, &fd) && fd < INT32_MAX) {
				if (out)
					want_out(desc_at(me, (int)fd));
				else
					want_in(desc_at(me, (int)fd));
			}
			list.s += one.len;
		}
	}
}

static void want_epoll(const struct piece *a, size_t n)
{
	struct desc *epoll = desc_of(me, a[0]);
	struct piece found = n > 1 ? inside(a[1]) : (struct piece){ "", 0 };
	struct piece one;
	int64_t data;

	if (!epoll || epoll->kind != D_EPOLL)
		return;
	while (next_piece(&found, &one)) {
		if (!number_field(one, "u64", &data) &&
		    !number_field(one, "data", &data))
			continue;
		for (size_t i = 0; i < epoll->watches; i++) {
			const struct watch *w = &epoll->watch[i];

			if (w->data != data)
				continue;
			if (has(one, "EPOLLIN") || has(one, "HUP"))
				want_in(w->desc);
			if (has(one, "EPOLLOUT") || has(one, "EPOLLERR"))
				want_out(w->desc);
		}
	}
}

static void want_futex(const struct piece *a, size_t n)
{
	int64_t address, value;

	if (n < 3 || !(has(a[1], "WAIT") || has(a[1], "LOCK")) ||
	    !number_of(a[0], &address))
		return;
	want_first(futex_key(me, (uint64_t)address, has(a[1], "PRIVATE")),
		   "w", '-');
	if (!number_of(a[2], &value))
		return;
	/* pthread_join() waits for the kernel to clear the thread's number;
	 * a mutex of one that dies has its number too, and a bit. */
	value &= 0x3fffffff;
	if (value > 1)
		want(thread_key(value), "e");
}

static void want_semop(struct piece list, int64_t id)
{
	struct piece one;
	int64_t n, op;
	int removed = strcmp(now->err, "EIDRM") == 0;

	if (removed) {
		want(set_key(id), "x");
		return;
	}
	want(set_key(id), "=");
	list = inside(list);
	while (next_piece(&list, &one))
		if (number_field(one, "sem_num", &n) &&
		    number_field(one, "sem_op", &op) && op <= 0)
			want(semaphore_key(id, n), op ? "+=" : "-=");
}

static void want_queue(const struct piece *a, size_t n, int64_t id)
{
	int64_t type;

	if (strcmp(now->err, "EIDRM") == 0)
		want(queue_key(id), "x");
	else if (now->call->what == MSGSND)
		want(queue_key(id), "r");
	else if (n > 1 && number_field(a[1], "mtype", &type)) {
		want_range(queue_key(id), "w", type, type);
		if (n_wants)
			wants[n_wants - 1].taken = 'r';
	}
}

static void want_lock(const struct piece *a, size_t n)
{
	struct desc *d = desc_of(me, a[0]);
	int64_t from, to;

	if (now->call->what == FLOCK) {
		want(lock_key(d, 1), "u");
	} else if (n > 2 && has(a[1], "LKW")) {
		lock_range(a[2], &from, &to);
		want_range(lock_key(d, 0), "u", from, to);
	}
}

static void want_child(const struct piece *a, size_t n)
{
	int64_t pid = now->value;

	if (is(now->name, "waitid") &&
	    (n < 3 || !number_field(a[2], "si_pid", &pid)))
		return;
	if (pid > 0 && !has(now->args, "WIFSTOPPED") &&
	    !has(now->args, "CLD_STOPPED") && !has(now->args, "WIFCONTINUED"))
		want(end_key(pid), "e");
}

/* Who has sent it: {si_code=SI_USER, si_pid=12, ...} */
static void want_sender(struct piece info)
{
	int64_t pid;
	size_t from = n_wants;

	if (!number_field(info, "si_pid", &pid) || pid <= 0)
		return;
	if (has(info, "CLD_")) {
		if (has(info, "CLD_EXITED") || has(info, "CLD_KILLED") ||
		    has(info, "CLD_DUMPED"))
			want(end_key(pid), "e");
	} else if (has(info, "SI_MESGQ")) {
		want(hash_number("sender", (uint64_t)pid), "s");
	} else {
		want_signal();
		for (size_t i = from; i < n_wants; i++)
			wants[i].by = (pid_t)pid;
	}
}

static void want_open(const struct piece *a, size_t n)
{
	const char *how = has(now->args, "O_RDONLY") ? "WB" : "RB";

	want(path_key(a, n), how);
	want(opened_key(now), how);
}

/* What the wait NOW, which has ended, was for. Time ends no wait of another's
 * doing, and a signal is told of by the line that follows. */
static void want_all(void)
{
	struct piece a[8];
	size_t n = split(now->args, a, 8);
	struct desc *in, *out;
	int64_t id = -1;

	n_wants = 0;
	if (n == 0 || !now->has_value || strcmp(now->err, "ETIMEDOUT") == 0 ||
	    strcmp(now->err, "EAGAIN") == 0 || strcmp(now->err, "EINTR") == 0 ||
	    has(now->result, "Timeout"))
		return;
	number_of(a[0], &id);
	switch (now->call->what) {
	case READ: case MQ_RECEIVE: want_in(desc_of(me, a[0])); break;
	case WRITE: want_write(a, n); break;
	case MQ_SEND:
		in = desc_of(me, a[0]);
		if (in)
			want_first(in->own, "r", 'w');
		break;
	case COPY:
		both_ways(a, n, &in, &out);
		want_in(in);
		want_out(out);
		break;
	case ACCEPT:
		in = desc_of(me, a[0]);
		if (in)
			want_first(in->address, "w", 'r');
		break;
	case CONNECT: if (n > 1) want(address_key(a[1]), "r"); break;
	case POLL:
		if (memchr(now->result.s, '[', now->result.len)) {
			struct piece rest = now->result, found;
			const char *s = memchr(rest.s, '[', rest.len);

			rest.len -= (size_t)(s - rest.s);
			rest.s = s;
			if (next_piece(&rest, &found))
				want_poll(a[0], found);
		}
		break;
	case SELECT: want_select(now->result); break;
	case EPOLL: want_epoll(a, n); break;
	case FUTEX: if (now->value == 0) want_futex(a, n); break;
	case SEMOP: if (n > 1) want_semop(a[1], id); break;
	case MSGSND: case MSGRCV: want_queue(a, n, id); break;
	case FLOCK: case FCNTL: want_lock(a, n); break;
	case WAIT: want_child(a, n); break;
	case OPEN: want_open(a, n); break;
	case SIGWAIT:
		if (n > 1)
			want_sender(a[1]);
		if (n_wants == 0)
			want_this_signal(now->result);
		break;
	default: break;
	}
}

/* ---------------------------------------------------------- who it was */

static void keep_open(long wake)
{
	size_t i = open_wakes++ % RING;

	if (n_wants == 0 || n_wants > SOME) {
		open_wakes--;
		return;
	}
	open_wake[i].wake = wake;
	open_wake[i].tid = now->tid;
	open_wake[i].from = now->from;
	open_wake[i].to = now->to;
	open_wake[i].n = n_wants;
	memcpy(open_wake[i].want, wants, n_wants * sizeof *wants);
}

/* A process has ended, and strace says so only now. */
static void look_back(void)
{
	for (size_t i = 0; i < RING && i < open_wakes; i++) {
		const struct action *a;

		if (!open_wake[i].wake || open_wake[i].to + LATE_US < now->from)
			continue;
		a = object_find(open_wake[i].want, open_wake[i].n,
				open_wake[i].tid, open_wake[i].from,
				open_wake[i].to + LATE_US);
		if (!a || !a->row)
			continue;
		row_by(open_wake[i].wake, a->row);
		open_wake[i].wake = 0;
	}
}

/* If A has not come back, the one before it is who it was, unless A succeeds
 * soon. */
static void keep_guess(const struct action *a, long wake)
{
	size_t i = guesses++ % RING;
	const struct action *other;
	struct action kept = *a;

	other = object_find(wants, n_wants, now->tid, now->from, kept.from);
	guess[i].wake = wake;
	guess[i].other = other && other->to != FOREVER ? other->row : 0;
	guess[i].action = kept;
	guess[i].end = *now;
	guess[i].pid = me->group->pid;
}

/* NOW has come back: was it the one that others took it for? */
static void check_guesses(void)
{
	for (size_t i = 0; i < RING && i < guesses; i++) {
		int right;

		if (!guess[i].wake || guess[i].action.tid != now->tid ||
		    guess[i].action.from != now->from)
			continue;
		right = now->has_value && now->value != -1 &&
			now->to <= guess[i].end.to + SHORT_US &&
			!(now->call->what == FUTEX && now->value == 0);
		if (!right)
			row_by(guess[i].wake, guess[i].other);
		else if (guess[i].action.row)
			json_arrow(&guess[i].action, &guess[i].end,
				   guess[i].pid);
		guess[i].wake = 0;
	}
}

/* At the end those that never came back were not the ones. */
void relate_finish(void)
{
	for (size_t i = 0; i < RING && i < guesses; i++)
		if (guess[i].wake)
			row_by(guess[i].wake, guess[i].other);
	guesses = open_wakes = 0;
}

/* ------------------------------------------------------------- the rows */

static int lane(void)
{
	if (me->lane < 0) {
		me->lane = lane_new(me->group->pid, me->tid, me->thread,
				    me->group->name, now->from);
		json_lane(now, me->group->pid, me->group->name, me->thread);
	}
	return me->lane;
}

/* Calls on files on a disk are alike whatever the file. */
static struct likeness likeness(enum row_kind kind)
{
	struct piece a[1];
	struct likeness like = { 0, 0 };
	struct desc *d = NULL;

	if (now->kind != A_CALL || now->call->what == FORK ||
	    now->call->what == EXEC || now->call->what == EXIT)
		return like;
	if (split(now->args, a, 1) == 1)
		d = desc_of(me, a[0]);
	like.sort = hash_of("", now->name.s, now->name.len);
	if (d && d->kind != D_FILE)
		like.sort ^= hash_number("own", d->own);
	like.loose = like.sort ^ hash_number(now->err, (uint64_t)kind);
	if ((d && d->kind == D_FILE) || now->call->what == MMAP ||
	    (now->call->what == OPEN && has(now->args, "O_RDONLY")))
		like.loose |= LOOKS_AT_FILES;
	else
		like.loose &= ~LOOKS_AT_FILES;
	return like;
}

/* Is it a call in which NOW can wait for others, or for time? A file on a disk
 * is no such thing. */
static int can_wait(void)
{
	struct piece a[2];
	struct desc *d;
	size_t n = split(now->args, a, 2);

	if (!now->call->may_wait || now->call->what == FORK)
		return 0;
	if (now->to == FOREVER || n == 0)
		return 1;
	switch (now->call->what) {
	case READ: case WRITE:
		d = desc_of(me, a[0]);
		return !d || (d->kind != D_FILE && d->kind != D_CAPTURED &&
			      d->kind != D_DEVICE);
	case FCNTL: return n > 1 && has(a[1], "LKW");
	case FUTEX: return n > 1 && (has(a[1], "WAIT") || has(a[1], "LOCK"));
	case COPY: return 1;
	default: return 1;
	}
}

/* "call(...) = result" */
static void whole_text(char *buf, size_t size)
{
	char result[128];
	size_t len;
	int all = now->has_value && now->call->what == WRITE;
	int64_t size_of = -1;
	struct piece a[3];

	say_call(now, me, 0, buf, size);
	say_result(now, result, sizeof result);
	if (now->call->what == EXEC && now->value == 0)
		return;
	if (all && split(now->args, a, 3) == 3)
		all = number_of(a[2], &size_of) && size_of == now->value;
	if (!*result || (all && strncmp(buf, "says ", 5) == 0))
		return;
	len = strlen(buf);
	snprintf(buf + len, size - len, " = %s", result);
}

static void draw_call(int quiet)
{
	char text[TEXT_BYTES + 128], result[128];

	if (!quiet) {
		whole_text(text, sizeof text);
		my_row = row_add(lane(), R_CALL, now->from, text,
				 likeness(R_CALL));
		say_result(now, result, sizeof result);
		json_call(now, me->group->pid, text, result, 0);
	}
	now->drawn = now->to == FOREVER ? 3 : 1;
	now->row = my_row;
	post_all();
	change_level();
	if (now->call->what == EXIT) {
		post_end(me, 1);
		me->group->ending = 1;
		if (now->source < SOURCES &&
		    first_pid[now->source] == me->group->pid)
			snprintf(end_text[now->source],
				 sizeof *end_text, "status %.*s",
				 (int)(now->args.len < 20 ? now->args.len : 20),
				 now->args.s);
	} else if (now->call->what == THREAD_EXIT) {
		post_end(me, me->group->tasks == 1);
	}
	model_apply(now, me);
	if (now->call->what == EXEC && me->lane >= 0) {
		lane_name(me->lane, me->group->name);
		json_lane(now, me->group->pid, me->group->name, me->thread);
	}
}

static void draw_wait(void)
{
	char text[TEXT_BYTES];

	say_call(now, me, 1, text, TEXT_BYTES);
	my_row = row_add(lane(), R_WAIT, now->from, text, likeness(R_WAIT));
	now->drawn = 2;
	now->row = my_row;
	note_level();
	post_all();
	model_apply(now, me);
}

static void wake_text(char *buf, size_t size)
{
	char result[128], brought[TEXT_BYTES];

	say_result(now, result, sizeof result);
	say_brought(now, brought, sizeof brought);
	snprintf(buf, size, "= %s%s%s", *result ? result : "?",
		 *brought ? ", " : "", brought);
}

/* A wait that nobody seen here ended: was it one at all? A processor that is
 * busy with others makes a short call long; a call that returns what is there
 * already longer than one that is for waiting. */
static int was_none(void)
{
	int64_t took = now->to - now->from;

	if (now->at_once)
		return 1;
	switch (now->call->what) {
	case SLEEP: return 0;
	case READ: case WRITE: case POLL: case SELECT: case EPOLL:
		return took < (has(now->result, "Timeout") ? SHORT_US :
			       NOBODY_US);
	default: return took < SHORT_US;
	}
}

static void draw_wake(void)
{
	char text[TEXT_BYTES + 160], whole[TEXT_BYTES + 128];
	struct action *found;
	int by_signal = strncmp(now->err, "ERESTART", 8) == 0 ||
			strcmp(now->err, "EINTR") == 0;
	long wake;

	want_all();
	found = object_find(wants, n_wants, now->tid, now->from, now->to);
	whole_text(whole, sizeof whole);
	json_call(now, me->group->pid, whole, "", 1);
	if (now->at_once && now->value != -1)
		found = NULL;
	if (!found && !by_signal && was_none() &&
	    row_join(now->row, whole, likeness(R_CALL)))
		return;
	wake_text(text, sizeof text);
	wake = row_add(lane(), R_WAKE, now->to, text, likeness(R_WAKE));
	if (found && found->row && found->to != FOREVER)
		json_arrow(found, now, me->group->pid);
	if (found) {
		found->wakes--;
		now->effect = object_moment(found);
	}
	if (found && found->to == FOREVER)
		keep_guess(found, wake);
	else if (!found)
		keep_open(wake);
	row_wake(wake, found ? found->row : 0, now->to - now->from);
	me->interrupted = by_signal ? wake : 0;
}

/* ------------------------------------------------------------ the events */

static void signal_begun(void)
{
	char text[80];
	struct action *found;
	struct piece word = now->name;
	struct likeness like;
	long row;

	for (word.len = 0; word.len < now->name.len &&
	     word.s[word.len] != ' '; word.len++)
		;
	if (memchr(now->name.s, '{', now->name.len))
		snprintf(text, sizeof text, "%.*s arrives",
			 (int)(word.len < 30 ? word.len : 30), word.s);
	else
		snprintf(text, sizeof text, "%.*s",
			 (int)(now->name.len < 60 ? now->name.len : 60),
			 now->name.s);
	like.sort = hash_of("signal", text, strlen(text));
	like.loose = like.sort & ~LOOKS_AT_FILES;
	row = row_add(lane(), R_EVENT, now->from, text, like);
	json_mark(now, me->group->pid, text);
	n_wants = 0;
	want_sender(now->name);
	found = object_find(wants, n_wants, now->tid, 0, now->from + 1);
	if (found && found->row)
		row_by(me->interrupted ? me->interrupted : row, found->row);
	me->interrupted = 0;
}

static void process_ended(int killed)
{
	struct group *g = me->group;
	char text[80];
	int all = g->tasks == 1;

	if (killed && !g->ending) {
		snprintf(text, sizeof text, "%.*s",
			 (int)(now->name.len < 60 ? now->name.len : 60),
			 now->name.s);
		my_row = row_add(lane(), R_END, now->from, text,
				 (struct likeness){ 0, 0 });
		json_mark(now, g->pid, text);
		g->ending = 1;
		if (now->source < SOURCES && first_pid[now->source] == g->pid)
			snprintf(end_text[now->source], sizeof *end_text,
				 "%.60s", text);
		post_end(me, 1);
		look_back();
	} else if (me->lane >= 0 && all) {
		look_back();
	}
	if (me->lane >= 0)
		lane_end(me->lane, now->from);
	task_end(me);
}

static void call_begun(void)
{
	int quiet = is_noise(now, me);
	int goes_on = now->to == FOREVER && now->call->what != EXIT &&
		      now->call->what != FORK;

	if (!quiet && (goes_on || (now->is_long && can_wait())))
		draw_wait();
	else
		draw_call(quiet);
}

static void begun(struct event *e)
{
	pid_t other;

	now = e;
	my_row = 0;
	me = task_of(e->tid, e->source);
	if (e->source < SOURCES && !first_pid[e->source])
		first_pid[e->source] = me->group->pid;
	switch (e->kind) {
	case A_SIGNAL: signal_begun(); break;
	case A_KILL: process_ended(1); break;
	case AN_END: process_ended(0); break;
	case A_SWITCH:
		other = (pid_t)e->value;
		if (other > 0 && other != e->tid) {
			struct task *t = task_of(other, e->source);

			if (t->lane >= 0)
				lane_end(t->lane, e->from);
			task_end(t);
		}
		break;
	default:
		me->interrupted = 0;
		call_begun();
	}
}

/* For the JSON a call that never came back lasts until the end. */
static void left(struct event *e, int64_t last)
{
	char text[TEXT_BYTES];

	model_forget(e);
	if (e->drawn != 2)
		return;
	now = e;
	me = task_of(e->tid, e->source);
	say_call(e, me, 1, text, sizeof text);
	e->to = last > e->from ? last : e->from;
	json_call(e, me->group->pid, text, "", 1);
}

static void ended(struct event *e)
{
	now = e;
	me = task_of(e->tid, e->source);
	my_row = e->row;
	if (e->drawn == 2) {
		check_guesses();
		if (e->has_value || e->err[0])
			draw_wake();
		else
			left(e, e->to);
		my_row = e->row;
		done_all();
		change_level();
	}
	if (e->drawn != 1)
		model_apply(e, me);
	if (e->drawn != 1 && e->call->what == EXEC && me->lane >= 0)
		lane_name(me->lane, me->group->name);
}

static void closes(struct task *t, struct desc *d, int is_last)
{
	if (now)
		post_close(t, d, is_last);
}

const struct sink relate_sink = { begun, ended, left };

__attribute__((constructor)) static void begin(void)
{
	model_closes = closes;
}

const char *relate_end(int source)
{
	return end_text[source][0] ? end_text[source] : NULL;
}

void relate_free(void)
{
	now = NULL;
	model_free();
	actions_free();
	memset(end_text, 0, sizeof end_text);
	memset(first_pid, 0, sizeof first_pid);
	memset(open_wake, 0, sizeof open_wake);
	memset(guess, 0, sizeof guess);
}
