/*
 * signal.c - waits for a signal: for which ones?
 */
#define _GNU_SOURCE
#include <signal.h>

#include "inside.h"

void signal_tell(struct wait *w, uint64_t set)
{
	words_add(&w->words, ": it waits for a signal");
	if (set != 0) {
		words_add(&w->words, " (");
		signals_say(&w->words, set, " or ");
		words_add(&w->words, ")");
	}
	wait_signal(w);
	if (set == 0 || set >> (SIGCHLD - 1) & 1)
		children_ended_say(w);
	notices_say(w);
}

/* pause() waits for any. */
void on_signal(struct wait *w, const struct known *k)
{
	wait_object(w, "signal", -1, "");
	words_add(&w->words, "is blocked in %s()", k->say);
	signal_tell(w, 0);
}

/* The first argument of sigwait() and its like is the set that it waits for. */
void on_sigwait(struct wait *w, const struct known *k)
{
	uint64_t set = 0;

	wait_object(w, "signal", -1, "");
	words_add(&w->words, "is blocked in %s()", k->say);
	if (task_peek(&w->task, w->task.arg[0], &set, sizeof set) !=
	    sizeof set)
		set = 0;
	signal_tell(w, set);
}
