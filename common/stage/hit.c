/*
 * hit.c - the signal that a plan asks for, sent behind a line of output
 *
 * Only processes of this run get it: programs that it has started, and what
 * these have started.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "keeper.h"

static int is_meant(const struct keeper *k, size_t i)
{
	size_t which = k->plan->hit_prog;

	return k->prog[i].pid > 0 && (which == 0 || which == i + 1);
}

/* Is P one of the programs that the plan means, or of that name? */
static int is_target(const struct keeper *k, const struct proc *p)
{
	if (k->plan->hit_name)
		return strcmp(p->comm, k->plan->hit_name) == 0;
	for (size_t i = 0; i < k->plan->n; i++)
		if (is_meant(k, i) && k->prog[i].pid == p->pid)
			return 1;
	return 0;
}

/* Move the targets among ALL, N processes, to the front. Returns how many they
 * are. */
static size_t keep_targets(const struct keeper *k, struct proc *all, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (is_target(k, &all[i]))
			all[kept++] = all[i];
	return kept;
}

static int has_stopped(pid_t pid)
{
	struct proc p;

	if (proc_get(pid, &p) == -1)
		return 1;		/* it has gone */
	return strchr("TtZX", p.state) != NULL;
}

/* Stop them; when the kernel says that they have stopped, let them go on. A
 * SIGCONT before that would take the stop back. */
static void pause_them(struct keeper *k, const struct proc *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		kill(p[i].pid, SIGSTOP);
	for (size_t i = 0; i < n; i++)
		while (!has_stopped(p[i].pid) && now_ms() < k->deadline)
			sched_yield();
	for (size_t i = 0; i < n; i++)
		kill(p[i].pid, SIGCONT);
}

void hit_programs(struct keeper *k)
{
	const struct stage_plan *plan = k->plan;
	int with_children = !plan->hit_alone && !plan->hit_name;
	struct proc *all;
	size_t n;

	if (with_children && plan->hit_signal != STAGE_PAUSE) {
		/* To their groups: that also reaches those begun right now. */
		for (size_t i = 0; i < plan->n; i++)
			if (is_meant(k, i))
				kill(-k->prog[i].pid, plan->hit_signal);
		return;
	}
	n = proc_below(getpid(), &all);
	if (!with_children || plan->hit_prog)
		n = keep_targets(k, all, n);
	if (plan->hit_signal == STAGE_PAUSE)
		pause_them(k, all, n);
	else
		for (size_t i = 0; i < n; i++)
			kill(all[i].pid, plan->hit_signal);
	free(all);
}
