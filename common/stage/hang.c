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
	TOLD = 16,	/* that are told of, */
	THREADS = 8,	/* and threads of one of them */
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

/* Say what the threads of process PID wait for, as WHY has it. */
static void say_process(struct words *w, const struct why *why, pid_t pid)
{
	size_t told = 0;

	for (size_t i = 0; i < why->n; i++) {
		if (why->thread[i].pid != pid)
			continue;
		if (told < THREADS)
			words_add(w, "%s\n", why->thread[i].text);
		told++;
	}
}

/* Say of each of the M processes of RUN what it waits for. Returns whether all
 * of them wait for ever. */
static int say_all(struct words *w, const pid_t *run, size_t m)
{
	struct why *why = why_look(run, m, run, m);
	size_t waiting = 0;

	if (!why) {
		words_add(w, "There is no memory to look at the programs.\n");
		return 0;
	}
	for (size_t i = 0; i < m; i++) {
		if (i < TOLD)
			say_process(w, why, run[i]);
		if (why_waits(why, run[i]) == FOR_EVER)
			waiting++;
	}
	why_free(why);
	return waiting == m;
}

/* Say of each process what it waits for. Returns whether the run was the same
 * afterwards: else what was said is not of it. */
static int look_once(struct keeper *k)
{
	struct words w = { k->sh->res.why, 0, STAGE_WHY };
	pid_t *run;
	size_t m = proc_living(getpid(), &run);
	int all_wait;
	int same = 1;

	if (k->plan->look)
		m = without_tools(k, run, m);
	all_wait = say_all(&w, run, m);
	if (!k->plan->look)
		same = are_living(run, m);
	if (same && m > 1 && all_wait)
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
	struct why *why = why_look(run, m, run, m);
	long sleeps = (long)m;
	int dead = why && m > 0;

	for (size_t i = 0; dead && i < why->n; i++) {
		dead = why->thread[i].waits > NOT_FOR_EVER;
		sleeps += proc_sleeps(why->thread[i].tid);
	}
	for (size_t i = 0; dead && i < m; i++)
		dead = !proc_timed(run[i]);
	why_free(why);
	free(run);
	if (!dead)
		k->still = 0;
	else
		k->still = sleeps == k->sleeps ? k->still + 1 : 1;
	k->sleeps = sleeps;
	return k->still >= 3;
}
