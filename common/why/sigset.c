/*
 * sigset.c - sets of signals, as the kernel has them: bit 0 is signal 1
 */
#define _GNU_SOURCE
#include <signal.h>

#include "inside.h"

enum { NAMED = 6, SIGNALS = 64 };

/* "SIGINT, SIGTERM or SIGCHLD", with LAST before the last one. */
void signals_say(struct words *w, uint64_t set, const char *last)
{
	int left = __builtin_popcountll(set);
	int said = 0;

	for (int sig = 1; sig <= SIGNALS && said < NAMED; sig++) {
		const char *between = ", ";
		const char *name = signal_name(sig);

		if (!(set >> (sig - 1) & 1))
			continue;
		left--;
		if (said == 0)
			between = "";
		else if (left == 0)
			between = last;
		words_add(w, "%s%s", between, name);
		said++;
	}
	if (left > 0)
		words_add(w, " and %d more", left);
}

/* What has come for the thread, or for any of its process, and is kept back. */
uint64_t signals_blocked(pid_t tid)
{
	const uint64_t own = (uint64_t)proc_status(tid, "\nSigPnd:", 16);
	const uint64_t shared = (uint64_t)proc_status(tid, "\nShdPnd:", 16);
	const uint64_t blocked = (uint64_t)proc_status(tid, "\nSigBlk:", 16);

	if (proc_status(tid, "\nSigPnd:", 16) == -1)
		return 0;
	return (own | shared) & blocked;
}

void signals_kept_say(struct wait *w)
{
	uint64_t kept = signals_blocked(w->task.tid);

	if (kept == 0)
		return;
	words_add(&w->words, "; ");
	signals_say(&w->words, kept, " and ");
	words_add(&w->words, kept & (kept - 1) ? " have come, but are blocked" :
		  " has come, but is blocked");
}
