/*
 * quiet.c - have the services no more to say?
 *
 * All others have ended, and what they wrote has woken whoever reads it: that
 * is so before an end can be seen. So if a service sleeps in a call that only
 * another could end, and so does all that it has started, they have done their
 * work. Three looks must find it so, with not a byte written and nobody woken
 * between them. Where the call may not be looked at, any sleep will do.
 *
 * There are services of which that will never be so: one that asks again and
 * again, or wakes itself from time to time, and one that /proc does not show.
 * Those have no more to say when they have said nothing for QUIET_MS.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "keeper.h"

enum {
	QUIET_LOOKS = 3,
	QUIET_MS = 1000,	/* on an idle machine */
};

/* Does thread T sleep, and not until a time only? Or is it stopped. */
static int is_resting(const struct why_thread *t)
{
	char text[256];

	if (!strchr("STtZ", t->state))
		return 0;
	if (t->state != 'S')
		return 1;
	if (proc_read(t->tid, "syscall", text, sizeof text) <= 0)
		return 1;
	if (is_runnable(t->tid))
		return 0;
	return t->waits > NOT_FOR_EVER;
}

/* Do all threads of all processes of the run rest? Sets *SLEEPS to how often
 * they have gone to sleep. */
static int are_resting(long *sleeps)
{
	pid_t *run;
	size_t n = proc_living(getpid(), &run);
	struct why *why = why_look(run, n, run, n);
	int rest = why && n > 0;

	*sleeps = 0;
	for (size_t i = 0; rest && i < why->n; i++) {
		rest = is_resting(&why->thread[i]);
		*sleeps += proc_sleeps(why->thread[i].tid);
	}
	why_free(why);
	free(run);
	return rest;
}

/* Are all programs that run to be seen in /proc? */
static int are_seen(const struct keeper *k)
{
	struct proc p;

	for (size_t i = 0; i < k->plan->n; i++)
		if (k->prog[i].pid > 0 && proc_get(k->prog[i].pid, &p) == -1)
			return 0;
	return 1;
}

int is_quiet(struct keeper *k)
{
	const struct quiet was = k->quiet;
	struct quiet *now = &k->quiet;
	int is_silent;

	now->said = said_bytes(k);
	is_silent = was.since > 0 && now->said == was.said;
	if (!is_silent)
		now->since = now_ms();

	if (!are_resting(&now->sleeps) || !are_seen(k))
		now->looks = 0;
	else if (is_silent && now->sleeps == was.sleeps)
		now->looks = was.looks + 1;
	else
		now->looks = 1;
	return now->looks >= QUIET_LOOKS ||
	       now_ms() - now->since >= stage_patience(QUIET_MS);
}
