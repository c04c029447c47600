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

/* Does thread TASK sleep, and not until a time only? Or is it stopped. RUN are
 * the N processes of the run. */
static int is_resting(pid_t task, const pid_t *run, size_t n)
{
	char text[4 * STAGE_LINE];
	struct proc p;

	if (proc_get(task, &p) == -1 || !strchr("STtZ", p.state))
		return 0;
	if (p.state != 'S' ||
	    proc_read(task, "syscall", text, sizeof text) <= 0)
		return 1;
	return !is_runnable(task) &&
	       look_at(task, run, n, text, sizeof text) > 0;
}

/* Do all threads of all processes of the run rest? Sets *SLEEPS to how often
 * they have gone to sleep. */
static int are_resting(long *sleeps)
{
	pid_t *run, *task;
	size_t n = proc_living(getpid(), &run);
	int rest = n > 0;

	*sleeps = 0;
	for (size_t i = 0; rest && i < n; i++) {
		size_t m = proc_tasks(run[i], &task);

		rest = m > 0;
		for (size_t j = 0; rest && j < m; j++) {
			rest = is_resting(task[j], run, n);
			*sleeps += proc_sleeps(task[j]);
		}
		free(task);
	}
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
