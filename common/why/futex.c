/*
 * futex.c - what sleeps on a word of memory: mutexes, semaphores, conditions,
 * pthread_join()
 *
 * The kernel knows the word only. What it belongs to is told by what stands
 * around it, as glibc lays it out (nptl/bits/struct_mutex.h,
 * bits/semaphore.h, bits/thread-shared-types.h), and only where all of that
 * agrees.
 */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inside.h"

/* Which operation is it, without FUTEX_PRIVATE_FLAG and the clock? */
static int operation(const struct task *t)
{
	return (int)t->arg[1] & FUTEX_CMD_MASK;
}

/* --------------------------------------------------------- who could wake */

/* Only another thread of the same process. */
static void tell_own_memory(struct wait *w)
{
	wait_closed(w, 0);
	if (w->threads < 2) {
		words_add(&w->words, ", in its own memory: no other process "
			  "can reach it");
		return;
	}
	words_add(&w->words, ", in its own memory: only another of its "
		  "threads can end this");
	wait_ender(w, w->task.pid, 0, -1, "wake it");
}

enum { NAMED = 8 };	/* so many processes are enough for a sentence */

/* Whoever has the memory, too. It is all of those only if nobody can come to
 * have it: memory without a name. */
static void tell_users(struct wait *w, const struct mapping *m)
{
	size_t hidden;
	pid_t *pid;
	size_t n = map_users(w->seen, m, &pid, &hidden);
	size_t others = 0;
	char buf[WHO];

	for (size_t i = 0; i < n; i++) {
		if (pid[i] == w->task.pid && w->threads < 2)
			continue;
		wait_ender(w, pid[i], 0, -1, "wake it");
		if (pid[i] == w->task.pid)
			continue;
		others++;
		who(pid[i], buf);
		if (others <= NAMED)
			words_add(&w->words, "%s %s", others == 1 ? ";" :
				  " and", buf);
	}
	free(pid);
	if (others > NAMED)
		words_add(&w->words, " and %zu more", others - NAMED);
	if (others > 0)
		words_add(&w->words, " %s it, too", others == 1 ? "has" :
			  "have");
	else
		wait_nobody(w, "has it", hidden);
	if (strcmp(m->path, "/dev/zero (deleted)") == 0)
		wait_closed(w, hidden);
}

/* A lock of malloc() or stdio is a variable of the C library. */
static void tell_library(struct wait *w, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash && strstr(slash, ".so"))
		words_add(&w->words, ", in the data of %s", slash + 1);
}

static void tell_place(struct wait *w, const struct mapping *m)
{
	if (strncmp(m->path, "/dev/shm/", 9) == 0)
		words_add(&w->words, ", in shared memory /%s", m->path + 9);
	else if (m->is_shared)
		words_add(&w->words, ", in shared memory");
	else
		tell_library(w, m->path);
}

/* ------------------------------------------------------- pthread_join() */

/* The kernel clears the word when that thread ends: so the word is the number
 * of a thread of the same process, and the call is not for this process alone
 * (set_tid_address(2)). */
static int tell_join(struct wait *w, uint32_t word)
{
	pid_t tid;
	char buf[WHO];

	if (operation(&w->task) != FUTEX_WAIT_BITSET || word == 0)
		return 0;
	if (w->task.arg[1] & FUTEX_PRIVATE_FLAG)
		return 0;
	if (word != (uint32_t)w->task.arg[2])
		return 0;
	tid = pid_here(&w->task, (pid_t)word);
	if (tid <= 0 || tid == w->task.tid)
		return 0;
	if (proc_group(tid) != w->task.pid || tid == w->task.pid)
		return 0;
	who(tid, buf);
	wait_object(w, "thread", -1, "");
	words_add(&w->words, "waits in pthread_join() for %s to end", buf);
	wait_ender(w, w->task.pid, tid, -1, "end");
	wait_closed(w, 0);
	return 1;
}

/* -------------------------------------------- semaphores and conditions */

/* glibc for 32 bits keeps a semaphore's value beside a bit that says whether
 * somebody waits; everywhere else the word is the value. See its
 * sysdeps/nptl/internaltypes.h, struct new_sem. */
static uint32_t semaphore_value(const struct task *t, uint32_t word)
{
	return t->bits == 32 ? word >> 1 : word;
}

/* 0 is also what a condition variable holds. For 32 bits a semaphore without a
 * unit is 1 while somebody waits, which a mutex that is waited for never is. */
static int may_be_semaphore(const struct task *t, uint32_t word)
{
	if (word == 1)
		return semaphore_value(t, word) == 0 && t->bits == 32;
	return word == 0;
}

/* Where in a condition variable, counted in words, stands what is looked at: of
 * glibc from 2.25 on, and from 2.41 on. It begins with two numbers of 64 bits:
 * the next waiter's number, and the first one's that has not been told yet,
 * each beside one bit more. */
struct layout {
	size_t sizes, refs, signals;
};

static const struct layout layouts[] = { { 6, 9, 10 }, { 4, 7, 8 } };

enum { COND = 12, NEXT = 0, FIRST = 2 };

static uint64_t number(const uint32_t *word)
{
	return (word[0] | (uint64_t)word[1] << 32) >> 1;
}

/* Is WORD a condition on which somebody waits? It counts them by eights. */
static int is_condition(const uint32_t *word, const struct layout *l)
{
	const uint32_t many = 1 << 20;
	uint64_t next = number(word + NEXT);
	uint64_t first = number(word + FIRST);
	uint32_t waiters = word[l->refs] >> 3;

	return waiters >= 1 && waiters < many && next > first &&
	       next - first < many && next < (uint64_t)1 << 40 &&
	       word[l->sizes] < many && word[l->sizes + 1] < many;
}

/* It waits on one of two words of a condition. */
static int waits_for_condition(const struct task *t, unsigned long long at)
{
	uint32_t word[COND];
	size_t n = LENGTH(layouts);

	for (size_t i = 0; i < 2 * n; i++) {
		const struct layout *l = &layouts[i / 2];
		unsigned long long from = at - 4 * (l->signals + i % 2);
		ssize_t got = task_peek(t, from, word, sizeof word);

		if (got == sizeof word && is_condition(word, l))
			return 1;
	}
	return 0;
}

/* Who signals waits until all of an earlier group have gone on (glibc before
 * 2.41): a word counts these by twos, and is odd meanwhile. Who destroys waits
 * until all have: the word that counts them by eights has a bit for that. */
enum { GROUPS = 4, SIGNALS = 1, DESTROYS = 4 };

/* How many does it wait for that are counted by STEP in word NTH of a
 * condition, beside a BIT? 0: that is not what it waits for. */
static uint32_t waits_for_leaving(const struct task *t, unsigned long long at,
				  size_t nth, uint32_t bit, uint32_t step)
{
	uint32_t word[COND];

	if (task_peek(t, at - 4 * nth, word, sizeof word) != sizeof word)
		return 0;
	for (size_t i = 0; i < LENGTH(layouts); i++) {
		const struct layout *l = &layouts[i];

		if (bit == DESTROYS && nth != l->refs)
			continue;
		if (is_condition(word, l) && word[nth] & bit)
			return word[nth] / step;
	}
	return 0;
}

/* Does it signal or destroy a condition? Then say for whom it waits: 1. */
static int tell_leaving(struct wait *w, unsigned long long at)
{
	const struct task *t = &w->task;
	uint32_t n = 0;

	if (operation(t) != FUTEX_WAIT)
		return 0;
	for (size_t i = 0; i < 2 && n == 0; i++)
		n = waits_for_leaving(t, at, GROUPS + i, SIGNALS, 2);
	if (n > 0) {
		words_add(&w->words, "is blocked in pthread_cond_signal() or "
			  "pthread_cond_broadcast(): %u that %s told before "
			  "%s not gone on", n, n == 1 ? "was" : "were",
			  n == 1 ? "has" : "have");
		return 1;
	}
	for (size_t i = 0; i < LENGTH(layouts) && n == 0; i++)
		n = waits_for_leaving(t, at, layouts[i].refs, DESTROYS, 8);
	if (n > 0)
		words_add(&w->words, "is blocked in pthread_cond_destroy(): "
			  "%u still %s for the condition", n, n == 1 ?
			  "waits" : "wait");
	return n > 0;
}

/* Behind a semaphore's value stand how many wait, and whether it is of this
 * process alone; for 32 bits the other way round, with a word between them. */
static int waits_for_semaphore(const struct task *t, const uint32_t *word)
{
	uint32_t waiters = t->bits == 32 ? word[3] : word[1];
	uint32_t is_private = t->bits == 32 ? word[1] : word[2];

	return waiters >= 1 && waiters < 1 << 20 &&
	       (is_private == 0 || is_private == FUTEX_PRIVATE_FLAG);
}

static void tell_other(struct wait *w, unsigned long long at,
		       const uint32_t *word)
{
	int is_empty = may_be_semaphore(&w->task, word[0]);
	int is_sem = 0;
	int is_cond = 0;

	if (tell_leaving(w, at))
		return;
	/* glibc makes another operation of barriers. */
	if (operation(&w->task) == FUTEX_WAIT_BITSET) {
		is_sem = is_empty && waits_for_semaphore(&w->task, word);
		is_cond = waits_for_condition(&w->task, at);
	}
	if (is_cond && !is_sem)
		words_add(&w->words, "is blocked in pthread_cond_wait(): "
			  "nobody has signaled the condition");
	else if (is_sem && !is_cond)
		words_add(&w->words, "is blocked in sem_wait() on a semaphore "
			  "whose value is 0");
	else if (is_empty)
		words_add(&w->words, "is blocked on a futex whose value is 0 "
			  "(a semaphore without a unit left, a condition "
			  "nobody has signaled, or a barrier)");
	else
		words_add(&w->words, "is blocked on a futex whose value is %u",
			  word[0]);
}

/* -------------------------------------------------------------- all of it */

static void tell_named(struct wait *w, const struct mapping *m,
		       const char *name, uint32_t word)
{
	uint32_t value = semaphore_value(&w->task, word);

	wait_object(w, "named semaphore", -1, name);
	words_add(&w->words, "is blocked in sem_wait() on the named semaphore "
		  "%s, whose value is %u", name, value);
	tell_users(w, m);
}

static void tell_word(struct wait *w, unsigned long long at,
		      const struct mapping *m)
{
	uint32_t word[4] = { 0 };
	char name[256];
	enum mutex mutex;

	task_peek(&w->task, at, word, sizeof word);
	if (semaphore_name(w->task.tid, m->path, m->ino, name, sizeof name)) {
		tell_named(w, m, name, word[0]);
		return;
	}
	if (tell_join(w, word[0]))
		return;
	mutex = mutex_tell(w, at, m);
	if (mutex == MUTEX)
		tell_place(w, m);
	if (mutex != NO_MUTEX)
		return;
	wait_object(w, "futex", -1, "");
	tell_other(w, at, word);
	tell_place(w, m);
	if (m->is_shared)
		tell_users(w, m);
	else
		tell_own_memory(w);
}

static void tell_futex(struct wait *w, unsigned long long at)
{
	struct mapping m;

	if (find_mapping(w->task.tid, at, &m)) {
		tell_word(w, at, &m);
		return;
	}
	wait_object(w, "futex", -1, "");
	words_add(&w->words, "is blocked on a futex");
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
