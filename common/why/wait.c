/*
 * wait.c - what is found out about one wait, put together
 */
#include <stdio.h>
#include <string.h>

#include "inside.h"

void wait_object(struct wait *w, const char *kind, int fd, const char *name)
{
	struct why_object *o;

	w->is->n_objects++;
	if (w->is->n_objects > WHY_OBJECTS)
		return;
	o = &w->is->object[w->is->n_objects - 1];
	o->kind = kind;
	o->fd = fd;
	snprintf(o->name, sizeof o->name, "%s", name);
}

void wait_ender(struct wait *w, pid_t pid, pid_t tid, int fd,
		const char *deed)
{
	struct why_ender *e;

	w->is->n_enders++;
	if (w->is->n_enders > WHY_ENDERS)
		return;
	e = &w->is->ender[w->is->n_enders - 1];
	e->pid = pid;
	e->tid = tid;
	e->fd = fd;
	e->deed = deed;
}

void wait_closed(struct wait *w, size_t hidden)
{
	w->closed++;
	if (hidden > w->is->hidden)
		w->is->hidden = hidden;
}

void wait_nobody(struct wait *w, const char *has, size_t hidden)
{
	if (hidden == 0)
		words_add(&w->words, "; nobody else %s", has);
	else
		words_add(&w->words, "; nobody else %s, as far as can be seen "
			  "(%zu %s may not be looked into)", has, hidden,
			  hidden == 1 ? "process" : "processes");
}

void wait_ends(struct wait *w)
{
	w->ends = 1;
}

void wait_signal(struct wait *w)
{
	w->signal = 1;
}

/* A timer of its own may wake it, or one that it watches. */
void wait_told(struct wait *w)
{
	struct why_thread *is = w->is;

	is->is_open = w->signal || w->ends || is->n_objects == 0 ||
		      w->closed < is->n_objects || is->n_enders > WHY_ENDERS;
	if (is->n_enders > WHY_ENDERS)
		is->n_enders = WHY_ENDERS;
	if (is->n_objects > WHY_OBJECTS)
		is->n_objects = WHY_OBJECTS;
	if (w->ends || !w->is_known)
		is->waits = NOT_FOR_EVER;
	else
		is->waits = w->signal ? FOR_A_SIGNAL : FOR_EVER;
}

void who(pid_t tid, char buf[WHO])
{
	pid_t pid = proc_group(tid);
	struct proc p;

	if (proc_get(tid, &p) == -1)
		snprintf(buf, WHO, "process %d, which has ended", (int)tid);
	else if (pid == tid)
		snprintf(buf, WHO, "%s (process %d)", p.comm, (int)tid);
	else
		snprintf(buf, WHO, "%s (thread %d of process %d)", p.comm,
			 (int)tid, (int)pid);
}
