/*
 * hang.c - does a run hang, and who waits for whom?
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "keeper.h"

enum {
	LOOKS = 4,	/* so often it looks at a run that changes meanwhile */
	THREADS = 8,	/* of one process that are told of */
};

/* Are the M processes of RUN those that live now? */
static int are_living(const pid_t *run, size_t m)
{
	pid_t *now;
	size_t n = proc_living(getpid(), &now);
	int same = n == m && memcmp(now, run, m * sizeof *run) == 0;

	free(now);
	return same;
}

/* Take the programs themselves out of the M processes of RUN. Returns how many
 * are left. */
static size_t without_tools(const struct keeper *k, pid_t *run, size_t m)
{
	size_t left = 0;

	for (size_t i = 0; i < m; i++) {
		int is_tool = 0;

		for (size_t p = 0; p < k->plan->n; p++)
			is_tool |= run[i] == k->prog[p].pid;
		if (!is_tool)
			run[left++] = run[i];
	}
	return left;
}

/* Look at all threads of PID, one of the M processes of RUN: say what each of
 * them waits for into W, unless that is NULL. Returns the one of them that
 * waits least: a process waits for ever when all its threads do. Adds to
 * *SLEEPS how often they have gone to sleep. */
static enum waits look_at_threads(pid_t pid, const pid_t *run, size_t m,
				  struct words *w, long *sleeps)
{
	pid_t *task;
	size_t n = proc_tasks(pid, &task);
	enum waits least = n > 0 ? FOR_A_SIGNAL : IS_GONE;

	for (size_t i = 0; i < n; i++) {
		char text[4 * STAGE_LINE];
		enum waits r;

		if (n > 1 && proc_has_ended(pid, task[i]))
			continue;
		r = look_at(task[i], run, m, text, sizeof text);
		if (r < least)
			least = r;
		*sleeps += proc_sleeps(task[i]);
		if (w && i < THREADS)
			words_add(w, "%s", text);
	}
	free(task);
	return least;
}

/* Say of each process what it waits for. Returns whether the run was the same
 * afterwards. */
static int look_once(struct keeper *k)
{
	struct words w = { k->sh->res.why, 0, STAGE_WHY };
	pid_t *run;
	size_t waiting = 0, m = proc_living(getpid(), &run);
	long sleeps = 0;
	int same;

	if (k->plan->look)
		m = without_tools(k, run, m);
	for (size_t i = 0; i < m; i++) {
		enum waits r = look_at_threads(run[i], run, m,
					       i < 16 ? &w : NULL, &sleeps);

		waiting += r == FOR_EVER;
	}
	same = k->plan->look || are_living(run, m);
	if (same && m > 1 && waiting == m)
		words_add(&w, "Each of the %zu waits for something that only "
			  "another of them could do: a deadlock.\n", m);
	free(run);
	return same;
}

/* One that begins while we look is in no list yet, and others may wait for it
 * already: on a slow machine that would be a deadlock that is none. So look
 * again if the list has changed; a run that goes on and on forking has no
 * end of that, and is in no deadlock either. */
void hang_explain(struct keeper *k)
{
	for (int tries = 0; tries < LOOKS; tries++) {
		k->sh->res.why[0] = '\0';
		if (look_once(k))
			return;
	}
}

/* Does every process wait for ever, and has none of them moved for three
 * looks? Then nothing can happen any more. A timer could wake one. */
int hang_is_sure(struct keeper *k)
{
	pid_t *run;
	size_t m = proc_living(getpid(), &run);
	long sleeps = (long)m;
	int dead = m > 0;

	for (size_t i = 0; dead && i < m; i++) {
		dead = look_at_threads(run[i], run, m, NULL, &sleeps) > 0 &&
		       !proc_timed(run[i]);
	}
	free(run);
	k->still = !dead ? 0 : sleeps == k->sleeps ? k->still + 1 : 1;
	k->sleeps = sleeps;
	return k->still >= 3;
}
