/*
 * children.c - the children of a process, and those that it traces
 */
#define _GNU_SOURCE
#include <stdlib.h>

#include "inside.h"

/* Processes that can be seen, with their parents: read anew each time, for who
 * has ended and has not been waited for is in no list of a run. */
static size_t list(pid_t parent, int traced, struct proc **out)
{
	int *pid;
	size_t n = proc_numbers(0, "", &pid);
	size_t found = 0;

	*out = calloc(n + 1, sizeof **out);
	for (size_t i = 0; *out && i < n; i++) {
		struct proc *p = &(*out)[found];

		if (proc_get(pid[i], p) == -1)
			continue;
		if (traced) {
			if (proc_tracer(pid[i]) == parent)
				found++;
		} else if (p->ppid == parent) {
			found++;
		}
	}
	free(pid);
	return found;
}

size_t children_list(pid_t parent, struct proc **out)
{
	return list(parent, 0, out);
}

size_t children_seen(struct wait *w, struct proc **out)
{
	size_t all;
	const struct proc *p = seen_table(w->seen, &all);
	size_t found = 0;

	*out = calloc(all + 1, sizeof **out);
	for (size_t i = 0; *out && i < all; i++)
		if (p[i].ppid == w->task.pid)
			(*out)[found++] = p[i];
	return found;
}

size_t traced_by(pid_t tracer, struct proc **out)
{
	return list(tracer, 1, out);
}

enum { NAMED = 4 };

void children_ended_say(struct wait *w)
{
	struct proc *child;
	size_t n = children_seen(w, &child);
	size_t ended = 0;

	for (size_t i = 0; i < n; i++) {
		if (child[i].state != 'Z')
			continue;
		ended++;
		if (ended <= NAMED)
			words_add(&w->words, "%s%d", ended == 1 ?
				  "; it has not waited for its children that "
				  "have ended: " : ", ", (int)child[i].pid);
	}
	free(child);
	if (ended > NAMED)
		words_add(&w->words, " and %zu more", ended - NAMED);
}
