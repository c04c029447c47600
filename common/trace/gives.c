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

static struct action action_of(char how)
{
	return (struct action){
		.row = my_row, .from = now->from, .to = now->to,
		.effect = now->effect,
		.tid = now->tid, .pid = me->group->pid, .how = how,
		.failed = now->has_value && now->value == -1,
		.wakes = may_wake(),
		.is_sure = now->kind == A_CALL && now->at_once &&
			   now->call->what == WRITE,	/* there is room */
		.ends = now->kind != A_CALL || now->call->what == EXIT ||
			now->call->what == THREAD_EXIT,
	};
}

static void post_range(uint64_t key, char how, int64_t tag, int64_t tag_end)
{
	struct action a = action_of(how);

	a.tag = tag;
	a.tag_end = tag_end;
	object_post(key, &a);
}

static void post(uint64_t key, char how)
{
	post_range(key, how, 0, 0);
}

/* The process has record locks, a description has all others. */
static uint64_t lock_owner(const struct desc *d)
{
	return d ? hash_number("description", (uint64_t)(uintptr_t)d) :
		hash_number("process", (uint64_t)me->group->pid);
}

/* The end of a process is told late: who has gone on before looks for it among
 * the object's actions. */
static void release(uint64_t file, uint64_t owner, int64_t from, int64_t to)
{
	struct lock l = { file, owner, from, to, 0 };
	struct action a = action_of('u');

	lock_release(&l, &a);
	if (a.ends)
		post_range(file, 'u', from, to);
}

/* The first close() by a process of a file takes all its record locks. */
static void release_records(struct group *g, const struct desc *d)
{
	for (size_t i = 0; d->file && i < g->posixes; i++)
		if (g->posix[i] == d->file) {
			release(lock_key(d, 0), lock_owner(NULL), 0, INT64_MAX);
			g->posix[i] = g->posix[--g->posixes];
			return;
		}
}

/* Somebody gives up a descriptor of D. If that is the last one, who reads sees
 * the end of the file, who writes that nobody reads, who waits for its locks
 * gets them. */
void post_close(struct task *t, struct desc *d, int is_last)
{
	if (d->kind == D_MQ)
		notice_close(d->own, t->group->pid);
	release_records(t->group, d);
	if (!is_last)
		return;
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
	if (d->kind == D_SOCKET)
		passed_close(t, d->own);
	if (d->locked & 1)
		release(lock_key(d, 1), lock_owner(d), 0, INT64_MAX);
	if (d->locked & 2)
		release(lock_key(d, 0), lock_owner(d), 0, INT64_MAX);
}

/* The process T is of closes all. strace tells its very end later; until then
 * its descriptors are there, but hold nothing open. */
static void close_all(struct task *t)
{
	struct table *table = t->group->table;

	table->is_ending = 1;
	for (size_t i = 0; i < table->size; i++) {
		struct desc *d = table->v[i];

		if (!d)
			continue;
		post_close(t, d, desc_holders(d) == 1);
		d->ending++;
	}
}

/* A thread has ended, or all of a process. */
void post_end(struct task *t, int all)
{
	struct group *g = t->group;
	struct action a = action_of('+');

	post(thread_key(t->tid), 'e');
	if (!all)
		return;
	post(thread_key(g->pid), 'e');
	post(end_key(g->pid), 'e');
	post_range(signal_key(g->parent), 's', signal_child(), signal_child());
	if (g->table->refs == 1 && !g->table->is_ending)
		close_all(t);
	sem_undo(g->pid, &a);
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
	struct action a = action_of('+');
	struct piece all = list, one;
	int64_t n;

	if (now->has_value && now->value == -1) {
		if (strcmp(now->err, "EAGAIN") == 0)
			sem_begin(set_key(id), all, SEM_REFUSED, &a);
		return;
	}
	sem_begin(set_key(id), all, now->to == FOREVER ? SEM_WAITS :
		  now->drawn == 2 ? SEM_SLOW : SEM_DONE, &a);
	list = inside(list);
	while (next_piece(&list, &one))
		if (has(one, "SEM_UNDO") && number_field(one, "sem_num", &n))
			note(me->group->undo, &me->group->undos,
			     semaphore_key(id, n));
}

static void post_semctl(const struct piece *a, size_t n, int64_t id)
{
	struct action by = action_of('=');
	int64_t number, value;

	if (n < 3 || !number_of(a[1], &number))
		return;
	if (has(a[2], "IPC_RMID")) {
		post(set_key(id), 'x');
		sem_gone(set_key(id));
	} else if (has(a[2], "SETALL")) {
		sem_set(set_key(id), -1, -1, &by);
	} else if (has(a[2], "SETVAL")) {
		if (n < 4 || !number_of(a[3], &value))
			value = -1;
		sem_set(set_key(id), number, value, &by);
	} else if (has(a[2], "GETVAL") && now->has_value) {
		sem_seen(set_key(id), number, now->value);
	}
}

/* A set that nobody else can have made before. */
static void post_semget(const struct piece *a, size_t n)
{
	if (n == 3 && now->has_value &&
	    (has(a[0], "IPC_PRIVATE") || has(a[2], "IPC_EXCL")))
		sem_new(set_key(now->value));
}

static void post_kill(const struct piece *a, size_t n)
{
	struct action by = action_of('s');
	int64_t id;
	size_t last = is(now->name, "tgkill") ||
		      is(now->name, "rt_tgsigqueueinfo") ? 2 : 1;
	uint64_t key;

	if (n <= last || !number_of(a[last - 1], &id))
		return;
	if (id > 0)
		key = signal_key(id);
	else if (id == -1)
		key = signal_key(0);
	else
		key = group_key(id ? -id : me->group->pgrp);
	by.tag = by.tag_end = signal_number(a[last]);
	by.wakes = id > 0 ? 1 : INT32_MAX;	/* each of a group gets it */
	object_post(key, &by);
}

/* mq_notify(): the next message to an empty queue sends a signal, or tells the
 * thread that the C library has for this: by a socket, whose number strace
 * takes for a signal's and names like one. */
static void post_notify(struct piece how, const struct desc *queue)
{
	struct notice to = { .pid = me->group->pid };
	const struct desc *socket;
	struct piece name;

	if (!queue)
		return;
	if (!field(how, "sigev_signo", &name)) {
		notice_close(queue->own, to.pid);
		return;
	}
	to.signal = signal_number(name);
	if (has(how, "SIGEV_THREAD")) {
		socket = desc_at(me, to.signal);
		to.socket = socket && socket->kind == D_SOCKET ? socket->own :
			0;
		to.signal = 0;
	}
	notice_ask(queue->own, &to);
}

static void post_message(const struct desc *d)
{
	struct notice to;
	enum told told;

	post(d->own, 'w');
	told = notice_sent(d->own, &to);
	if (told == TOLD_NOBODY)
		return;
	if (told == TOLD_OR_BEFORE)
		object_void(to.socket ? to.socket : notice_key(to.pid));
	else if (to.socket)
		post(to.socket, 'w');
	else
		post_range(notice_key(to.pid), 's', to.signal, to.signal);
}

static void post_mq_receive(const struct desc *d)
{
	if (now->has_value && now->value == -1) {
		if (strcmp(now->err, "EAGAIN") == 0)
			notice_holds(d->own, 0);
		return;
	}
	post(d->own, 'r');
	notice_receive(d->own, now->to == FOREVER);
	if (now->drawn != 2)
		notice_received(d->own, 1);
}

static void post_mq(const struct piece *a, size_t n)
{
	struct piece value;
	int64_t messages;

	if (is(now->name, "mq_unlink") && n > 0)
		notice_unlinked(queue_name_key(a[0]));
	if (is(now->name, "mq_getsetattr") && n > 2 &&
	    field(a[2], "mq_curmsgs", &value) && number_of(value, &messages) &&
	    desc_of(me, a[0]))
		notice_holds(desc_of(me, a[0])->own, messages);
	if (is(now->name, "mq_notify") && n > 1)
		post_notify(a[1], desc_of(me, a[0]));
}

/* NOW has woken so many. Whom FUTEX_WAKE_OP and FUTEX_REQUEUE have woken is not
 * that plain. */
static void wake(const struct piece *a, size_t n)
{
	struct action by = action_of('w');

	if (n > 1 && now->has_value && now->value > 0 &&
	    has(a[1], "FUTEX_WAKE") && !has(a[1], "WAKE_OP"))
		futex_wake(futex_of(a, n), now->value, &by);
}

static void post_futex(const struct piece *a, size_t n)
{
	int64_t address;

	if (is_futex_wait(a, n) && now->drawn == 2)
		futex_wait(futex_of(a, n), now->tid);
	if (n < 2 || !(has(a[1], "WAKE") || has(a[1], "REQUEUE") ||
		       has(a[1], "UNLOCK")))
		return;
	if (now->has_value && now->value == 0)	/* nobody was woken */
		return;
	post(futex_of(a, n), 'w');
	wake(a, n);
	if (n > 4 && has(a[1], "WAKE_OP") && number_of(a[4], &address))
		post(futex_key(me, (uint64_t)address, has(a[1], "PRIVATE")),
		     'w');
}

/* {l_type=F_WRLCK, l_whence=SEEK_SET, l_start=0, l_len=0}; 0 if it is not known
 * which bytes these are. A negative length is what lies before the start. */
static int lock_range(struct piece lock, int64_t *from, int64_t *to)
{
	int64_t len;

	if (!has(lock, "SEEK_SET") || !number_field(lock, "l_start", from) ||
	    !number_field(lock, "l_len", &len) || *from < 0)
		return 0;
	if (len < 0) {
		*to = *from - 1;
		*from = len < -*from ? 0 : *from + len;
	} else {
		*to = len == 0 || len > INT64_MAX - *from ? INT64_MAX :
			*from + len - 1;
	}
	return *from <= *to;
}

/* NOW has got L, or it begins to wait for it. */
static void lock_begun(const struct lock *l)
{
	struct action a = action_of('u');

	if (now->drawn == 2)
		lock_wait(l, now->tid);
	else
		lock_take(l, &a);
}

static void post_fcntl(const struct piece *a, size_t n, struct desc *d)
{
	struct lock l = { 0 };
	int by_desc;

	if (n < 3 || !d || !has(a[1], "LK") || has(a[1], "GETLK") ||
	    (now->has_value && now->value == -1))
		return;
	by_desc = has(a[1], "OFD");
	l.file = lock_key(d, 0);
	l.owner = lock_owner(by_desc ? d : NULL);
	l.is_write = has(a[2], "F_WRLCK");
	if (by_desc)
		d->locked |= 2;
	else
		note(me->group->posix, &me->group->posixes, d->file);
	if (!lock_range(a[2], &l.from, &l.to))
		lock_unknown(l.file);
	else if (has(a[2], "F_UNLCK"))
		release(l.file, l.owner, l.from, l.to);
	else
		lock_begun(&l);
}

/* One that has a lock of the other kind loses it first, also if it does not get
 * the new one. */
static void post_flock(const struct piece *a, size_t n, struct desc *d)
{
	struct lock l = { .to = INT64_MAX };
	int has_failed = now->has_value && now->value == -1;

	if (n < 2 || !d || (has_failed && strcmp(now->err, "EAGAIN") != 0))
		return;
	l.file = lock_key(d, 1);
	l.owner = lock_owner(d);
	l.is_write = has(a[1], "LOCK_EX");
	if (has_failed || now->drawn == 2 || has(a[1], "LOCK_UN"))
		release(l.file, l.owner, 0, INT64_MAX);
	if (has_failed || has(a[1], "LOCK_UN"))
		return;
	d->locked |= 1;
	lock_begun(&l);
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

/* A datagram socket only notes where it sends to. */
static void post_connect(const struct piece *a, size_t n, const struct desc *d)
{
	if (n > 1 && !(d && d->is_datagram))
		post(address_key(a[1]), 'w');
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

	if (n == 0 || (now->has_value && now->value == -1 &&
		       now->call->what != SEMOP && now->call->what != FLOCK &&
		       now->call->what != MQ_RECEIVE))
		return;
	if (!number_of(a[0], &id))
		id = -1;
	d = n ? desc_of(me, a[0]) : NULL;
	switch (now->call->what) {
	case WRITE:
		post_write(a, n, d);
		if (d && d->kind == D_SOCKET)
			passed_send(now, me, object_level(d->peer));
		break;
	case READ: post_read(d); break;
	case COPY: post_copy(a, n); break;
	case CONNECT: post_connect(a, n, d); break;
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
	case MQ_SEND: if (d) post_message(d); break;
	case MQ_RECEIVE:
		if (d)
			post_mq_receive(d);
		break;
	case MQ_OPEN:
		notice_opened(queue_name_key(a[0]), has(now->args, "O_CREAT"),
			      has(now->args, "O_EXCL"));
		break;
	case TIMERFD: if (d) post(d->own, 't'); break;
	default:
		post_mq(a, n);
		if (is(now->name, "semget"))
			post_semget(a, n);
		else if (is(now->name, "listen"))
			note_backlog(a, n, d);
	}
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
	struct piece a[8];
	size_t n = split(now->args, a, 8);
	struct action a_lock = action_of('u');
	struct desc *d, *in, *out;
	int is_done = now->has_value && now->value != -1;
	int64_t id = 0;

	if (n == 0)
		return;
	number_of(a[0], &id);
	d = desc_of(me, a[0]);
	if (d) {
		done_one(d->own);
		done_one(d->peer);
		done_one(d->address);
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
		done_one(futex_of(a, n));
		if (is_futex_wait(a, n))
			futex_end(futex_of(a, n), now->tid);
		else if (now->drawn == 2)
			wake(a, n);
		break;
	case SEMOP: sem_end(set_key(id), now->tid, is_done); break;
	case FLOCK: case FCNTL:
		lock_end(lock_key(d, now->call->what == FLOCK), now->tid,
			 is_done, &a_lock);
		break;
	case MQ_RECEIVE: if (d) notice_received(d->own, is_done); break;
	case MQ_SEND: if (d && !is_done) notice_not_sent(d->own); break;
	case MSGSND: case MSGRCV: done_one(queue_key(id)); break;
	default: break;
	}
}
