/*
 * sleep.c - waits that time ends, and one of which nothing is left to see
 */
#define _GNU_SOURCE
#include <time.h>

#include "inside.h"

/* nanosleep() is given a length; so is clock_nanosleep(), or a moment of a
 * clock. */
void on_sleep(struct wait *w, const struct known *k)
{
	const unsigned long long *arg = w->task.arg;
	struct timespec t;

	wait_object(w, "time", -1, "");
	words_add(&w->words, "sleeps until a time has passed");
	wait_ends(w);
	w->is->left_s = WHY_SOME_LIMIT;
	if (task_time(&w->task, arg[k->at], &t) == -1)
		return;
	if (k->at == 2 && arg[1] & TIMER_ABSTIME) {
		limit_until(w, (clockid_t)arg[0], &t);
		if (w->is->left_s >= 0)
			words_add(&w->words, ", in %.1f s", w->is->left_s);
	} else {
		words_add(&w->words, ", %g s in all", (double)t.tv_sec +
			  (double)t.tv_nsec / 1e9);
	}
}

/* A stop and a continue end some calls, and the kernel goes on with them by
 * this one: whatever they waited for. */
void on_restart(struct wait *w, const struct known *k)
{
	(void)k;
	words_add(&w->words, "goes on with a wait that a stop had broken off; "
		  "for what it waits cannot be seen any more");
	wait_ends(w);
}
