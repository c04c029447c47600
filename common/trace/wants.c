/*
 * wants.c - what a wait was for: objects, and how somebody can have ended it
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>

#include "relate.h"

struct want wants[WANTS];
size_t n_wants;

static const struct piece nothing = { "", 0 };

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

/* Signal N, by somebody's kill(); or by a queue that tells of a message. One
 * that is not queued is the first that came since it was last delivered. */
static void want_signal(int n)
{
	const uint64_t keys[] = {
		signal_key(me->group->pid), signal_key(me->tid),
		notice_key(me->group->pid), group_key(me->group->pgrp),
		signal_key(0),
	};

	for (size_t i = 0; n > 0 && i < sizeof keys / sizeof *keys; i++) {
		size_t at = n_wants;

		want_range(keys[i], "s", n, n);
		if (n_wants == at)
			continue;
		wants[at].taken = '-';
		if (!signal_is_queued(n) || i > 1)
			wants[at].since = me->group->told[n];
	}
}

/* Signal N from process PID: a child that has ended, or a kill(). */
static void want_signal_by(int n, int64_t pid)
{
	size_t from = n_wants;

	if (pid <= 0)
		return;
	if (n == signal_child())
		want(end_key(pid), "e");
	else
		want_signal(n);
	for (size_t i = from; i < n_wants; i++)
		wants[i].by = (pid_t)pid;
}

/* "10 (SIGUSR1)": one that has come from somebody, or from a queue. */
static void want_this_signal(struct piece result)
{
	const char *open = memchr(result.s, '(', result.len);
	struct piece name;

	if (!open)
		return;
	name.s = open + 1;
	name.len = (size_t)(result.s + result.len - name.s);
	name.len -= name.len > 0;
	now->signal = signal_number(name);
	want_signal(now->signal);
}

/* read() tells which one it was, poll() does not. */
static void want_signalfd(const struct desc *d)
{
	struct piece a[2];
	int64_t pid;

	if (now->call->what == READ) {
		if (now->value <= 0 || split(now->args, a, 2) < 2)
			return;
		now->signal = signal_read(a[1], &pid);
		want_signal_by(now->signal, pid);
		return;
	}
	for (int n = 1; n <= 64 && ~d->signals; n++)
		if (d->signals >> (n - 1) & 1)
			want_signal(n);
}

/* What comes to D: data, or its end. Data are the first write, and an end is
 * the last close(). A call that got data was ended by who gave them; one that got
 * nothing, by who gave up. poll() and its like are woken by what comes first of
 * what they tell: FOUND, or "" if they tell only that there is something. */
static void want_data(const struct desc *d, struct piece found)
{
	int is_end = has(found, "HUP");

	if (now->call->what == READ && now->value > 0)
		want_first(d->own, "w", 'r');
	else if (now->call->what == READ)
		want(d->own, d->kind == D_SOCKET ? "wc" : "c");
	else if (is_end && !has(found, "IN"))
		want(d->own, "c");
	else
		want_first(d->own, is_end || d->kind == D_SOCKET ||
			   !found.len ? "wc" : "w", 'r');
	want_first(d->address, "w", 'r');
}

static void want_in(const struct desc *d, struct piece found)
{
	if (!d)
		return;
	switch (d->kind) {
	case D_SIGNALFD: want_signalfd(d); break;
	case D_TIMERFD: want(d->own, "t"); break;
	case D_EVENTFD: case D_MQ: want_first(d->own, "w", 'r'); break;
	case D_PIDFD: want(d->own, "e"); break;
	case D_FILE: case D_DEVICE: case D_CAPTURED: case D_EPOLL: break;
	default: want_data(d, found);
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
			want_in(d, one);
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
					want_in(desc_at(me, (int)fd), nothing);
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
				want_in(w->desc, one);
			if (has(one, "EPOLLOUT") || has(one, "EPOLLERR"))
				want_out(w->desc);
		}
	}
}

static void want_futex(const struct piece *a, size_t n)
{
	int64_t value;

	if (n < 3 || !is_futex_wait(a, n))
		return;
	want_first(futex_of(a, n), "w", '-');
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
	/* Who it was is known from the values, but for a process that ends:
	 * what it did with SEM_UNDO is taken back. */
	list = inside(list);
	while (next_piece(&list, &one))
		if (number_field(one, "sem_num", &n) &&
		    number_field(one, "sem_op", &op) && op <= 0)
			want(semaphore_key(id, n), op ? "+" : "-");
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

/* Who it was is known from who holds what, but for a process that ends. */
static void want_lock(const struct piece *a, size_t n)
{
	struct desc *d = desc_of(me, a[0]);

	if (now->call->what == FLOCK || (n > 2 && has(a[1], "LKW")))
		want(lock_key(d, now->call->what == FLOCK), "u");
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

/* Who has sent it: {si_signo=SIGUSR1, si_code=SI_USER, si_pid=12, ...} */
void want_sender(struct piece info)
{
	struct piece name;
	int64_t pid;

	if (!field(info, "si_signo", &name))
		return;
	now->signal = signal_number(name);
	if (!number_field(info, "si_pid", &pid) || has(info, "CLD_STOPPED") ||
	    has(info, "CLD_CONTINUED") || has(info, "CLD_TRAPPED"))
		return;
	want_signal_by(now->signal, pid);
}

static void want_open(const struct piece *a, size_t n)
{
	const char *how = has(now->args, "O_RDONLY") ? "WB" : "RB";

	want(path_key(a, n), how);
	want(opened_key(now), how);
}

/* What the wait NOW, which has ended, was for. Time ends no wait of another's
 * doing, and a signal is told of by the line that follows. */
void want_all(void)
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
	case READ: case MQ_RECEIVE:
		want_in(desc_of(me, a[0]), nothing);
		break;
	case WRITE: want_write(a, n); break;
	case MQ_SEND:
		in = desc_of(me, a[0]);
		if (in)
			want_first(in->own, "r", 'w');
		break;
	case COPY:
		both_ways(a, n, &in, &out);
		want_in(in, nothing);
		want_out(out);
		break;
	case ACCEPT:
		in = desc_of(me, a[0]);
		if (in)
			want_first(in->address, "w", 'r');
		break;
	case CONNECT:			/* if it waits at all: see note_level() */
		if (n > 1)
			want_first(address_key(a[1]), "r", '-');
		for (size_t i = 0; i < n_wants; i++)
			wants[i].since = now->from;
		break;
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
