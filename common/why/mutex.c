/*
 * mutex.c - a mutex: which thread has locked it, and can that one unlock it?
 *
 * glibc's mutex is a lock, a count, the owner, and, in another order for 32
 * and for 64 bits, the number of users and the kind (its struct
 * __pthread_mutex_s). The lock of a robust one, or of one with priority
 * inheritance, is the number of its owner itself: robust futexes are a part of
 * the kernel (get_robust_list(2), futex(2)).
 */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <string.h>

#include "inside.h"

enum {
	LOCK, COUNT, OWNER, THIRD, FOURTH, MUTEX_WORDS,
	CONTENDED = 2,		/* locked, and somebody waits */
	MOST_PIDS = 4194304,	/* proc(5), pid_max */
	KINDS = 0x3ff,		/* bits that a kind may have */
	MUSL_LOCKED = 16,	/* EBUSY: musl's mutex has no owner then */
};

/* Is it the memory of one of glibc's mutexes that are not robust? Others also
 * write 2 where somebody waits; they have something else behind it. */
static int is_plain(const struct task *t, const uint32_t *word)
{
	uint32_t users = t->bits == 32 ? word[FOURTH] : word[THIRD];
	uint32_t kind = t->bits == 32 ? word[THIRD] : word[FOURTH];

	return word[LOCK] == CONTENDED && word[OWNER] > 0 &&
	       word[OWNER] < MOST_PIDS && users >= 1 &&
	       users < MOST_PIDS && kind <= KINDS;
}

/* The number of the owner, as the process knows it; 0: that is no mutex. */
static pid_t owner_of(const struct task *t, const uint32_t *word)
{
	uint32_t owner = word[LOCK] & FUTEX_TID_MASK;

	if (is_plain(t, word))
		return (pid_t)word[OWNER];
	if (word[LOCK] & FUTEX_WAITERS && owner > 0 && owner != MUSL_LOCKED)
		return (pid_t)owner;
	return 0;
}

/* In memory of its own, and the owner is a thread of another process: so its
 * memory was copied by a fork() while that thread had locked it. */
static void tell_copy(struct wait *w, pid_t owner)
{
	char buf[WHO];

	who(owner, buf);
	words_add(&w->words, "is blocked on a mutex, in its own memory, that "
		  "was locked by %s when fork() copied it: nobody can unlock "
		  "the copy", buf);
}

/* One that has ended, in shared memory: its number may be another's by now,
 * who has not this memory. */
static void tell_gone(struct wait *w, pid_t owner)
{
	words_add(&w->words, "is blocked on a mutex that process %d holds, "
		  "which has ended", (int)owner);
}

static void tell_owner(struct wait *w, pid_t owner, pid_t group)
{
	char buf[WHO];

	if (owner == w->task.tid) {
		words_add(&w->words, "is blocked on a mutex that it holds "
			  "itself: it locks it a second time");
		return;
	}
	who(owner, buf);
	words_add(&w->words, "is blocked on a mutex that %s holds", buf);
	wait_ender(w, group, owner, -1, "unlock the mutex");
}

enum mutex mutex_tell(struct wait *w, unsigned long long at,
		      const struct mapping *m)
{
	uint32_t word[MUTEX_WORDS] = { 0 };
	struct proc p;
	pid_t inside;
	pid_t owner;
	pid_t group;

	task_peek(&w->task, at, word, sizeof word);
	inside = owner_of(&w->task, word);
	if (inside == 0)
		return NO_MUTEX;
	wait_object(w, "mutex", -1, "");
	owner = pid_here(&w->task, inside);
	if (owner == 0) {
		words_add(&w->words, "is blocked on a mutex that %d holds, a "
			  "number of its own pid namespace", (int)inside);
		return MUTEX;
	}
	wait_closed(w, 0);
	if (proc_get(owner, &p) == -1) {
		tell_gone(w, owner);
		return MUTEX;
	}
	group = proc_group(owner);
	if (group == w->task.pid || map_is_in(m, group)) {
		tell_owner(w, owner, group);
		return MUTEX;
	}
	if (m->is_shared) {
		tell_gone(w, owner);
		return MUTEX;
	}
	tell_copy(w, owner);
	return COPY_OF_MUTEX;
}
