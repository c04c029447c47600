/*
 * vfork.c - a parent sleeps until its child has let go of its memory
 *
 * vfork(2), posix_spawn(3) and system(3) share the memory with the child until
 * that one calls exec() or ends. No signal but SIGKILL ends this sleep.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "inside.h"

int is_vfork(const struct task *t)
{
	uint64_t flags = 0;

	if (t->in != TASK_IN_CALL || !t->name)
		return 0;
	if (strcmp(t->name, "vfork") == 0)
		return 1;
	if (strcmp(t->name, "clone") == 0)
		flags = t->arg[0];
	else if (strcmp(t->name, "clone3") == 0)
		task_peek(t, t->arg[0], &flags, sizeof flags);
	return (flags & CLONE_VFORK) != 0;
}

enum { NAMED = 4 };

void on_vfork(struct wait *w, const struct known *k)
{
	struct proc *child;
	size_t n = children_seen(w, &child);
	size_t found = 0;
	char buf[WHO];

	(void)k;
	wait_object(w, "child", -1, "");
	words_add(&w->words, "is blocked in vfork() (state D): a child has "
		  "neither ended nor called exec()");
	for (size_t i = 0; i < n; i++) {
		if (child[i].state == 'Z')
			continue;
		found++;
		wait_ender(w, child[i].pid, 0, -1, "end or call exec()");
		who(child[i].pid, buf);
		if (found <= NAMED)
			words_add(&w->words, "%s%s", found == 1 ? ": " :
				  " or ", buf);
	}
	free(child);
	if (found > NAMED)
		words_add(&w->words, " or %zu more", found - NAMED);
	if (found > 0)
		wait_closed(w, 0);
}
