/*
 * progress.c - does a run get on with its work, or is it stuck?
 *
 * What it does is seen from outside: the bytes that its processes read and
 * write (proc(5), io), and how often they hand over to each other by going to
 * sleep. A loop that asks again and again makes calls, too: so they count only
 * when they come faster than any timer. Who uses the CPU and moves nothing is
 * in a loop that has no end. A process of the caller's own code, FN, is the
 * one who waits for the others, and is left out.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "keeper.h"

enum {
	LOOK_MS = 500,
	BUSY_MS = 3000,		/* of CPU time with nothing to show for it */
	AT_LEAST = 20000,	/* sleeps in a second that are no timer's */
	TIMES = 10,		/* the deadline at most, for who gets on */
	TIMES_ASLEEP = 3,	/* for who only hands over */
};

/* "rchar: 17\nwchar: 4\n...": bytes that PID has read and written. */
static unsigned long long bytes_of(pid_t pid)
{
	unsigned long long in = 0, out = 0;
	char text[512];

	if (proc_read(pid, "io", text, sizeof text) > 0)
		sscanf(text, "rchar: %llu wchar: %llu", &in, &out);
	return in + out;
}

/* The CPU time of PID and all its threads: fields 14 and 15 (proc(5), stat). */
static long cpu_ms(pid_t pid)
{
	unsigned long user = 0, system = 0;
	char line[512], *end;

	if (proc_read(pid, "stat", line, sizeof line) <= 0 ||
	    !(end = strrchr(line, ')')))
		return 0;
	sscanf(end + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
	       &user, &system);
	return (long)((user + system) * 1000 /
		      (unsigned long)sysconf(_SC_CLK_TCK));
}

static int is_callers_own(const struct keeper *k, pid_t pid)
{
	for (size_t i = 0; i < k->plan->n; i++)
		if (k->plan->prog[i].fn && k->prog[i].pid == pid)
			return 1;
	return 0;
}

/* The entry of PID, or a new one, or NULL if there are too many. */
static struct used *entry_of(struct progress *p, pid_t pid)
{
	for (size_t i = 0; i < LENGTH(p->used); i++)
		if (p->used[i].pid == pid)
			return &p->used[i];
	for (size_t i = 0; i < LENGTH(p->used); i++)
		if (p->used[i].pid == 0) {
			p->used[i].pid = pid;
			p->used[i].ms = 0;
			return &p->used[i];
		}
	return NULL;
}

/* How much CPU time has one of the N processes of RUN used, the one that has
 * used most, since they last had something to show for it? */
static long most_used(struct progress *p, const pid_t *run, size_t n)
{
	long most = 0;

	for (size_t i = 0; i < n; i++) {
		struct used *u = entry_of(p, run[i]);
		long used = u ? cpu_ms(run[i]) - u->ms : 0;

		most = used > most ? used : most;
	}
	return most;
}

static void start_anew(struct progress *p, const pid_t *run, size_t n)
{
	memset(p->used, 0, sizeof p->used);
	for (size_t i = 0; i < n; i++) {
		struct used *u = entry_of(p, run[i]);

		if (u)
			u->ms = cpu_ms(run[i]);
	}
}

int progress_is_stuck(struct keeper *k)
{
	struct progress *p = &k->progress;
	const long long now = now_ms();
	unsigned long long bytes = said_bytes(k);
	pid_t *run;
	size_t n, m = 0;
	long sleeps = 0;
	int is_stuck;

	if (now < p->next)
		return 0;
	n = proc_living(getpid(), &run);
	for (size_t i = 0; i < n; i++) {
		if (is_callers_own(k, run[i]))
			continue;
		bytes += bytes_of(run[i]);
		sleeps += proc_sleeps(run[i]);
		run[m++] = run[i];
	}
	p->hands_over = p->next > 0 &&
			sleeps - p->sleeps > AT_LEAST / 1000 * LOOK_MS;
	p->moves = p->next > 0 && bytes != p->bytes;
	p->bytes = bytes;
	p->sleeps = sleeps;
	p->next = now + LOOK_MS;
	if (p->moves)
		start_anew(p, run, m);
	is_stuck = most_used(p, run, m) >= BUSY_MS;
	free(run);
	return is_stuck;
}

int progress_may_go_on(struct keeper *k)
{
	const struct progress *p = &k->progress;
	const long long allowed = (long long)deadline_ms(k->plan) *
		(p->moves ? TIMES : p->hands_over ? TIMES_ASLEEP : 1);

	if (now_ms() - k->began >= allowed)
		return 0;
	k->deadline = now_ms() + 2 * LOOK_MS;
	return 1;
}
