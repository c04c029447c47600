/*
 * futex.c - what sleeps on a word of memory: mutexes, semaphores, conditions,
 * pthread_join()
 */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <string.h>

#include "inside.h"

/* glibc for 32 bits keeps a semaphore's value beside a bit that says whether
 * somebody waits; everywhere else the word is the value. See its
 * sysdeps/nptl/internaltypes.h, struct new_sem. */
static int semaphore_value(const struct task *t, int word)
{
	return t->bits == 32 ? word >> 1 : word;
}

/* 0 is also what a condition variable holds. For 32 bits a semaphore without a
 * unit is 1 while somebody waits, which a mutex that is waited for never is. */
static int may_be_semaphore(const struct task *t, int word)
{
	if (word == 1)
		return semaphore_value(t, word) == 0;
	return word == 0;
}

/* What kind of thing is the futex? glibc's semaphores hold their value in
 * the first word; a mutex its state there and its owner in the third. */
static void describe_futex(struct wait *w, const int *word)
{
	unsigned owner = word[0] & FUTEX_TID_MASK;
	pid_t holder = 0;
	char buf[WHO];

	if (word[0] == 2 && word[2] > 0)
		holder = (pid_t)word[2];
	else if ((word[0] & (int)FUTEX_WAITERS) && owner > 2)
		holder = (pid_t)owner;
	who(holder, buf);
	if (may_be_semaphore(&w->task, word[0]))
		words_add(&w->words, "is blocked on a futex whose value is 0 "
			  "(a semaphore without a unit left, or a condition "
			  "nobody has signaled)");
	else if (holder > 0)
		words_add(&w->words, "is blocked on a mutex that %s holds",
			  buf);
	else
		words_add(&w->words, "is blocked on a futex whose value is %d",
			  word[0]);
}

static void tell_futex(struct wait *w, unsigned long long at)
{
	struct mapping m;
	char name[256];
	int word[3] = { 0 };
	int value;

	wait_object(w, "futex", -1, "");
	if (!find_mapping(w->task.pid, at, &m)) {
		words_add(&w->words, "is blocked on a futex");
		return;
	}
	task_peek(&w->task, at, word, sizeof word);
	if (semaphore_name(m.path, m.ino, name, sizeof name)) {
		value = semaphore_value(&w->task, word[0]);
		words_add(&w->words, "is blocked in sem_wait() on the named "
			  "semaphore %s, whose value is %d", name, value);
		return;
	}
	describe_futex(w, word);
	if (strncmp(m.path, "/dev/shm/", 9) == 0)
		words_add(&w->words, ", in shared memory /%s", m.path + 9);
	else if (m.is_shared)
		words_add(&w->words, ", in shared memory");
	else
		words_add(&w->words, ", in its own memory: no other process "
			  "can reach it");
}

void on_futex(struct wait *w, const struct known *k)
{
	(void)k;
	tell_futex(w, w->task.arg[0]);
}

/* futex_waitv() waits on several; the sentence is about the first. Its address
 * is the second member of struct futex_waitv. */
void on_futexes(struct wait *w, const struct known *k)
{
	uint64_t first[2] = { 0 };

	(void)k;
	task_peek(&w->task, w->task.arg[0], first, sizeof first);
	tell_futex(w, first[1]);
	if (w->task.arg[1] > 1)
		words_add(&w->words, "; and on %llu more",
			  w->task.arg[1] - 1);
}
