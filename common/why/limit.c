/*
 * limit.c - is there a limit in time, and how much of it is left?
 *
 * A call that is given a moment tells how much is left. One that is given a
 * length does not say when it began, so only the length is known.
 */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <time.h>

#include "inside.h"

static double seconds(const struct timespec *t)
{
	return (double)t->tv_sec + (double)t->tv_nsec / 1e9;
}

void limit_until(struct wait *w, clockid_t clock, const struct timespec *t)
{
	struct timespec now;

	if (clock_gettime(clock, &now) == -1)
		return;
	w->is->left_s = (double)(t->tv_sec - now.tv_sec) +
			(double)(t->tv_nsec - now.tv_nsec) / 1e9;
	if (w->is->left_s < 0)
		w->is->left_s = 0;
}

/* FUTEX_WAIT has a length; the others have a moment. */
static void futex_limit(struct wait *w, const struct timespec *t)
{
	int op = (int)w->task.arg[1];

	if ((op & FUTEX_CMD_MASK) == FUTEX_WAIT)
		w->whole_s = seconds(t);
	else if ((op & FUTEX_CMD_MASK) == FUTEX_LOCK_PI ||
		 op & FUTEX_CLOCK_REALTIME)
		limit_until(w, CLOCK_REALTIME, t);
	else
		limit_until(w, CLOCK_MONOTONIC, t);
}

int limit_read(struct wait *w, const struct known *k)
{
	struct timespec t;
	unsigned long long at = w->task.arg[k->at];

	if (k->limit == UNLIMITED)
		return 0;
	if (k->limit == MILLISECONDS) {
		int ms = (int)at;

		if (ms < 0)
			return 0;
		w->is->left_s = WHY_SOME_LIMIT;
		w->whole_s = ms / 1000.0;
		return 1;
	}
	if (at == 0)
		return 0;
	w->is->left_s = WHY_SOME_LIMIT;
	if (task_time(&w->task, at, &t) == -1)
		return 1;
	if (k->limit == RELATIVE)
		w->whole_s = seconds(&t);
	else if (k->limit == REALTIME)
		limit_until(w, CLOCK_REALTIME, &t);
	else
		futex_limit(w, &t);
	return 1;
}

void limit_say(struct wait *w)
{
	size_t from = w->words.len;

	if (w->is->left_s >= 0)
		words_add(&w->words, "; its time limit comes in %.1f s",
			  w->is->left_s);
	else if (w->whole_s > 0)
		words_add(&w->words, "; it waits for %g s at most",
			  w->whole_s);
	if (w->words.len == from)
		return;
	w->is->limit = from;
	w->is->after = w->words.len;
}
