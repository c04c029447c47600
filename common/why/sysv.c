/*
 * sysv.c - System V semaphores and message queues
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>

#include "inside.h"

enum { OPERATIONS = 8 };	/* of one semop() that are told of */

static void tell_operation(struct wait *w, int id, const struct sembuf *op)
{
	int value = semctl(id, op->sem_num, GETVAL);
	int last = semctl(id, op->sem_num, GETPID);
	char buf[WHO];

	if (op->sem_op == 0)
		words_add(&w->words, "it waits for semaphore %d to become "
			  "zero", op->sem_num);
	else
		words_add(&w->words, "it wants %+d on semaphore %d",
			  op->sem_op, op->sem_num);
	if (value >= 0)
		words_add(&w->words, ", whose value is %d", value);
	if (last > 0) {
		who(last, buf);
		words_add(&w->words, " (last changed by %s)", buf);
	}
}

/* struct sembuf is the same for all: three numbers of 16 bits. */
void on_semop(struct wait *w, const struct known *k)
{
	struct sembuf op[OPERATIONS];
	char name[32];
	int id = (int)w->task.arg[0];
	size_t n = w->task.arg[2] < OPERATIONS ? (size_t)w->task.arg[2] :
					       OPERATIONS;

	(void)k;
	snprintf(name, sizeof name, "%d", id);
	wait_object(w, "semaphore set", -1, name);
	words_add(&w->words, "is blocked in semop() on semaphore set %d", id);
	if (task_peek(&w->task, w->task.arg[1], op, n * sizeof *op) <= 0)
		return;
	for (size_t i = 0; i < n; i++) {
		words_add(&w->words, i ? "; and " : ": ");
		tell_operation(w, id, &op[i]);
	}
}

void on_queue(struct wait *w, const struct known *k)
{
	struct msqid_ds q;
	char name[32];
	int id = (int)w->task.arg[0];
	long long type = task_long(&w->task, 3);

	snprintf(name, sizeof name, "%d", id);
	wait_object(w, "message queue", -1, name);
	words_add(&w->words, "is blocked in %s() on message queue %d", k->say,
		  id);
	if (msgctl(id, IPC_STAT, &q) == -1)
		return;
	words_add(&w->words, ", which holds %lu messages (%lu of %lu bytes)",
		  (unsigned long)q.msg_qnum, (unsigned long)q.__msg_cbytes,
		  (unsigned long)q.msg_qbytes);
	if (k->way != READS || type == 0)
		return;
	if (type < 0)
		words_add(&w->words, ", none of type %lld or lower", -type);
	else
		words_add(&w->words, ", none of type %lld", type);
}
