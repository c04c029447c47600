/*
 * sysv.c - System V semaphores and message queues
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>

#include "inside.h"

enum { OPERATIONS = 8 };	/* of one semop() that are told of */

/* What may not be read, or is not there, is -1. */
struct semaphores {
	int id;
	size_t n;
	struct sembuf op[OPERATIONS];
	int value[OPERATIONS];
	int last[OPERATIONS];	/* the process that changed it last */
	int is_forbidden;	/* this user may not read it */
};

/* The kernel tells the last process by its number in our pid namespace, for
 * whoever asks there is in ours; 0 if it has none here. */
static void ask_semaphores(const void *question, void *answer)
{
	const struct semaphores *q = question;
	struct semaphores *a = answer;

	*a = *q;
	for (size_t i = 0; i < q->n; i++) {
		int number = q->op[i].sem_num;

		a->value[i] = semctl(q->id, number, GETVAL);
		if (a->value[i] == -1 && errno == EACCES)
			a->is_forbidden = 1;
		a->last[i] = semctl(q->id, number, GETPID);
	}
}

static void tell_operation(struct wait *w, const struct semaphores *s,
			   size_t i)
{
	const struct sembuf *op = &s->op[i];
	char buf[WHO];

	if (op->sem_op == 0)
		words_add(&w->words, "it waits for semaphore %d to become "
			  "zero", op->sem_num);
	else
		words_add(&w->words, "it wants %+d on semaphore %d",
			  op->sem_op, op->sem_num);
	if (s->value[i] >= 0)
		words_add(&w->words, ", whose value is %d", s->value[i]);
	if (s->last[i] > 0) {
		who(s->last[i], buf);
		words_add(&w->words, " (last changed by %s)", buf);
	}
}

/* An object of System V: by its number, and the namespace that has given it. */
static void name_object(struct wait *w, const struct known *k,
			const char *kind, int id)
{
	char name[96];

	snprintf(name, sizeof name, "%d", id);
	ns_mark(w->task.tid, "ipc", name, sizeof name);
	wait_object(w, kind, -1, name);
	words_add(&w->words, "is blocked in %s() on %s %d", k->say, kind, id);
	if (ns_is_ours(w->task.tid, "ipc") == 0)
		words_add(&w->words, " of another IPC namespace");
}

/* struct sembuf is the same for all: three numbers of 16 bits. */
void on_semop(struct wait *w, const struct known *k)
{
	struct semaphores s = { .id = (int)w->task.arg[0] };
	struct semaphores q;
	size_t size;
	int closed;

	s.n = OPERATIONS;
	if (w->task.arg[2] < OPERATIONS)
		s.n = (size_t)w->task.arg[2];
	name_object(w, k, "semaphore set", s.id);
	size = s.n * sizeof *s.op;
	if (task_peek(&w->task, w->task.arg[1], s.op, size) != (ssize_t)size)
		return;
	for (size_t i = 0; i < s.n; i++)
		s.value[i] = s.last[i] = -1;
	q = s;
	closed = ns_ask(w->task.tid, "ipc", ask_semaphores, &q, &s, sizeof s);
	if (closed == -1)
		ns_closed_say(w);
	for (size_t i = 0; i < s.n; i++) {
		words_add(&w->words, i ? "; and " : ": ");
		tell_operation(w, &s, i);
	}
	if (s.is_forbidden)
		words_add(&w->words, "; this user may not read its value");
}

/* Is it there, and may it be read? */
struct queue {
	int is_read;
	long first;		/* type of its first message; 0: not known */
	int is_forbidden;	/* this user may not read it */
	struct msqid_ds ds;
};

/* MSG_COPY leaves the queue as it is; not every kernel can do so (msgrcv(2)).
 * A message has at most fs.msgmax bytes, which is 8192 as a rule. */
static long first_type(int id)
{
	static struct {
		long type;
		char text[65536];
	} first;
	ssize_t n = msgrcv(id, &first, sizeof first.text, 0,
			   MSG_COPY | IPC_NOWAIT | MSG_NOERROR);

	if (n == -1)
		return 0;
	return first.type;
}

static void ask_queue(const void *question, void *answer)
{
	const int *id = question;
	struct queue *q = answer;

	q->is_read = msgctl(*id, IPC_STAT, &q->ds) == 0;
	q->is_forbidden = !q->is_read && errno == EACCES;
	if (q->is_read)
		q->first = first_type(*id);
}

/* Which type it wants; BEFORE stands between. */
static void tell_type(struct wait *w, const struct known *k,
		      const char *before)
{
	long long type = task_long(&w->task, 3);

	if (k->way != READS || type == 0)
		return;
	if (type < 0)
		words_add(&w->words, "%s of type %lld or lower", before,
			  -type);
	else
		words_add(&w->words, "%s of type %lld", before, type);
}

void on_queue(struct wait *w, const struct known *k)
{
	struct queue q = { .is_read = 0 };
	int id = (int)w->task.arg[0];
	int closed = ns_ask(w->task.tid, "ipc", ask_queue, &id, &q, sizeof q);

	name_object(w, k, "message queue", id);
	if (q.is_read) {
		words_add(&w->words, ", which holds %lu messages (%lu of %lu "
			  "bytes)", (unsigned long)q.ds.msg_qnum,
			  (unsigned long)q.ds.__msg_cbytes,
			  (unsigned long)q.ds.msg_qbytes);
		tell_type(w, k, ", none");
		if (q.first != 0 && k->way == READS && w->task.arg[3] != 0)
			words_add(&w->words, "; the first one is of type %ld",
				  q.first);
		return;
	}
	if (closed == -1)
		ns_closed_say(w);
	tell_type(w, k, ", for a message");
	if (q.is_forbidden)
		words_add(&w->words, "; this user may not read what it holds");
}
