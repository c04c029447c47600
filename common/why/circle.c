/*
 * circle.c - does everybody in it wait for the others?
 *
 * A thread is stuck if its wait ends by nothing but a deed of somebody known,
 * and each of those is stuck as well: a process, if all its threads are. So
 * begin with all that wait for ever, and take out who waits for one that can
 * still act, until nobody is left to be taken out. Who remains is stuck.
 *
 * A signal could always end one of them, and so could a debugger.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>

#include "inside.h"

enum { LONGEST = 12 };	/* so many members of a circle are told of */

/* Is nobody there, or only who has ended? */
static int is_gone(const struct why_thread *t)
{
	return t->waits == IS_GONE || t->state == 'Z' || t->state == 'X';
}

/* Can process E->pid, or its thread, still do something? Who was not looked at
 * can. */
static int can_act(const struct why *why, const struct why_ender *e)
{
	int is_there = 0;

	for (size_t i = 0; i < why->n; i++) {
		const struct why_thread *t = &why->thread[i];

		if (t->pid != e->pid)
			continue;
		is_there = 1;
		if (e->tid != 0 && t->tid != e->tid)
			continue;
		if (!t->is_stuck && !is_gone(t))
			return 1;
	}
	return !is_there;
}

static int may_be_stuck(const struct why_thread *t)
{
	if (t->waits != FOR_EVER || t->is_open)
		return 0;
	return !proc_timed(t->pid);
}

/* Does it sleep since it was looked at? */
static int has_slept_on(const struct why_thread *t)
{
	struct proc p;

	if (proc_get(t->tid, &p) == -1)
		return 0;
	if (p.state != 'S' && p.state != 'D')
		return 0;
	return proc_sleeps(t->tid) == t->sleeps;
}

static int has_way_out(const struct why *why, const struct why_thread *t)
{
	for (size_t e = 0; e < t->n_enders; e++)
		if (can_act(why, &t->ender[e]))
			return 1;
	return 0;
}

static void take_out(struct why *why)
{
	int again = 1;

	while (again) {
		again = 0;
		for (size_t i = 0; i < why->n; i++) {
			struct why_thread *t = &why->thread[i];

			if (!t->is_stuck)
				continue;
			if (has_way_out(why, t)) {
				t->is_stuck = 0;
				again = 1;
			}
		}
	}
}

/* Does it wait for a descriptor that somebody has open? */
static int waits_for_descriptor(const struct why_thread *t)
{
	for (size_t i = 0; i < t->n_objects; i++)
		if (t->object[i].fd >= 0)
			return 1;
	return 0;
}

/* With a descriptor on its way somebody may yet come to have what is waited
 * for. */
static void mind_messages(struct why *why)
{
	struct seen *seen = seen_begin(NULL, 0);
	int in_flight = 1;

	if (seen)
		in_flight = seen_in_flight(seen);
	seen_end(seen);
	for (size_t i = 0; in_flight && i < why->n; i++)
		if (waits_for_descriptor(&why->thread[i]))
			why->thread[i].is_stuck = 0;
}

static int is_any_stuck(const struct why *why)
{
	for (size_t i = 0; i < why->n; i++)
		if (why->thread[i].is_stuck)
			return 1;
	return 0;
}

/* Sets is_stuck of all. */
static void find_stuck(struct why *why)
{
	for (size_t i = 0; i < why->n; i++)
		why->thread[i].is_stuck = may_be_stuck(&why->thread[i]);
	take_out(why);
	if (!is_any_stuck(why))
		return;
	mind_messages(why);
	/* All of it was seen, one after the other: was it so at one moment? */
	for (size_t i = 0; i < why->n; i++) {
		struct why_thread *t = &why->thread[i];

		if (t->is_stuck)
			t->is_stuck = has_slept_on(t);
	}
	take_out(why);
}

/* ------------------------------------------------------ circles in words */

/* A thread that could act for ender E of the thread at SELF, were it not stuck:
 * its place, or -1. One that waits for any thread of a process waits for
 * another one, if there is one. */
static int place_of(const struct why *why, const struct why_ender *e, int self)
{
	int found = -1;

	for (size_t i = 0; i < why->n; i++) {
		const struct why_thread *t = &why->thread[i];

		if (t->pid != e->pid || !t->is_stuck)
			continue;
		if (e->tid != 0 && e->tid != t->tid)
			continue;
		if (found == -1 || found == self)
			found = (int)i;
	}
	return found;
}

/* For whom does the thread at I wait? By ender *E; -1 if for nobody. */
static int next_of(const struct why *why, int i, const struct why_ender **e)
{
	const struct why_thread *t = &why->thread[i];

	for (size_t k = 0; k < t->n_enders; k++) {
		int place = place_of(why, &t->ender[k], i);

		*e = &t->ender[k];
		if (place >= 0)
			return place;
	}
	return -1;
}

static void add_name(struct words *w, const struct why *why, int i)
{
	const struct why_thread *t = &why->thread[i];

	words_add(w, "%.*s", (int)t->head - 1, t->text);
}

/* Signals that a handler is for, of process PID: not those that only a fault of
 * its own sends, nor the C library's own. */
static int catches_signals(pid_t pid)
{
	const int faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP,
			       SIGABRT, SIGSYS, 32, 33, 34 };
	uint64_t caught = (uint64_t)proc_status(pid, "\nSigCgt:", 16);

	for (size_t i = 0; i < LENGTH(faults); i++)
		caught &= ~((uint64_t)1 << (faults[i] - 1));
	return caught != 0;
}

/* What all members of a circle have in common. */
struct circle {
	size_t members;
	size_t hidden;		/* processes that may not be looked into */
	pid_t catcher;		/* a process that catches signals, or 0 */
};

static void count_member(struct circle *c, const struct why_thread *t)
{
	c->members++;
	if (t->hidden > c->hidden)
		c->hidden = t->hidden;
	if (catches_signals(t->pid))
		c->catcher = t->pid;
}

/* A handler may do what nobody else does, such as write to a pipe. */
static void tell_end(struct words *w, const struct circle *c)
{
	char buf[WHO];

	if (c->hidden > 0)
		words_add(w, ", as far as can be seen (%zu %s may not be "
			  "looked into)", c->hidden, c->hidden == 1 ?
			  "process" : "processes");
	if (c->catcher == 0) {
		words_add(w, ": a deadlock.\n");
		return;
	}
	who(c->catcher, buf);
	words_add(w, ", unless a signal does: %s catches some.\n", buf);
}

static void tell_member(struct words *w, const struct why *why, int i,
			int next, const char *deed)
{
	add_name(w, why, i);
	words_add(w, " waits for ");
	add_name(w, why, next);
	words_add(w, " to %s", deed);
}

/* Those that the thread at I leads round to, from I on. */
static void tell_circle(struct words *w, const struct why *why, int first)
{
	const struct why_ender *e = NULL;
	struct circle c = { 0, 0, 0 };
	int i = first;

	words_add(w, "A circle: ");
	do {
		int next = next_of(why, i, &e);

		count_member(&c, &why->thread[i]);
		if (c.members > 1 && c.members <= LONGEST)
			words_add(w, "; ");
		if (c.members <= LONGEST)
			tell_member(w, why, i, next, e->deed);
		i = next;
	} while (i != first);
	if (c.members > LONGEST)
		words_add(w, "; and %zu more", c.members - LONGEST);
	words_add(w, ". Nobody else can end it");
	tell_end(w, &c);
}

/* Nobody but the thread at I could end its own wait, or nobody at all. */
static void tell_lonely(struct words *w, const struct why *why, int i,
			const char *nobody)
{
	struct circle c = { 0, 0, 0 };

	count_member(&c, &why->thread[i]);
	words_add(w, "%s can end the wait of ", nobody);
	add_name(w, why, i);
	tell_end(w, &c);
}

/* From each stuck thread the way is followed until it comes to where it has
 * been: MARK says in which walk that was. */
static void walk(struct words *w, const struct why *why, int from,
		 int *mark, int number)
{
	const struct why_ender *e = NULL;
	int i = from;

	while (i >= 0 && mark[i] == 0) {
		int next = next_of(why, i, &e);

		mark[i] = number;
		if (next == -1)
			tell_lonely(w, why, i, "Nobody");
		else if (next == i)
			tell_lonely(w, why, i, "Nobody else");
		else if (mark[next] == number)
			tell_circle(w, why, next);
		i = next;
	}
}

void why_circles(struct why *why, struct words *w)
{
	int *mark = calloc(why->n + 1, sizeof *mark);

	find_stuck(why);
	for (size_t i = 0; mark && i < why->n; i++)
		if (why->thread[i].is_stuck)
			walk(w, why, (int)i, mark, (int)i + 1);
	free(mark);
}
