/*
 * child.c - wait(): for which child?
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "inside.h"

enum { NAMED = 8 };

/* The children that a call is for, as waitpid() names them: one, a group, or
 * any. */
struct which {
	pid_t pid;		/* that one, or 0 */
	pid_t group;		/* of that group, or 0 */
};

static int is_meant(const struct which *which, const struct proc *p)
{
	if (p->state == 'Z')
		return 0;
	if (which->pid > 0)
		return p->pid == which->pid;
	if (which->group > 0)
		return getpgid(p->pid) == which->group;
	return 1;
}

/* Names those of the N that are meant; how many there are. */
static size_t name_them(struct wait *w, const struct which *which,
			const struct proc *p, size_t n, const char *before)
{
	size_t found = 0;
	char buf[WHO];

	for (size_t i = 0; i < n; i++) {
		if (!is_meant(which, &p[i]))
			continue;
		found++;
		wait_ender(w, p[i].pid, 0, -1, "end");
		who(p[i].pid, buf);
		if (found <= NAMED)
			words_add(&w->words, "%s%s", found == 1 ? before :
				  " or ", buf);
	}
	if (found > NAMED)
		words_add(&w->words, " or %zu more", found - NAMED);
	return found;
}

static void tell_wait(struct wait *w, const struct which *which)
{
	struct proc *p;
	size_t n = children_list(w->task.pid, &p);
	size_t found;

	wait_object(w, "child", -1, "");
	if (which->pid > 0) {
		char buf[WHO];

		who(which->pid, buf);
		words_add(&w->words, "is blocked in wait() for %s to end",
			  buf);
		wait_ender(w, which->pid, 0, -1, "end");
		wait_closed(w, 0);
		free(p);
		return;
	}
	words_add(&w->words, "is blocked in wait() for a child to end");
	found = name_them(w, which, p, n, ": ");
	free(p);
	if (found == 0) {
		n = traced_by(w->task.pid, &p);
		found = name_them(w, which, p, n, ", or for what it traces: ");
		free(p);
	}
	if (found > 0)
		wait_closed(w, 0);
}

void on_wait(struct wait *w, const struct known *k)
{
	pid_t id = (pid_t)w->task.arg[0];
	struct which which = { 0, 0 };

	(void)k;
	if (id > 0)
		which.pid = pid_here(&w->task, id);
	else if (id == 0)
		which.group = getpgid(w->task.pid);
	else if (id != -1)
		which.group = pid_here(&w->task, -id);
	tell_wait(w, &which);
}

void on_waitid(struct wait *w, const struct known *k)
{
	int kind = (int)w->task.arg[0];
	pid_t id = (pid_t)w->task.arg[1];
	struct which which = { 0, 0 };
	unsigned long long pid;

	(void)k;
	if (kind == P_PID)
		which.pid = pid_here(&w->task, id);
	else if (kind == P_PGID && id == 0)
		which.group = getpgid(w->task.pid);
	else if (kind == P_PGID)
		which.group = pid_here(&w->task, id);
	else if (kind == 3 && fd_info(w->task.pid, id, "Pid:", 10, &pid))
		which.pid = (pid_t)pid;		/* P_PIDFD */
	tell_wait(w, &which);
}
