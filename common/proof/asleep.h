/*
 * asleep.h - does a student's program sleep until somebody wakes it?
 *
 *	MUST(await_blocked(&p), "it ended while there was nothing to do");
 *	MUST_NOT_POLL(&p, "while its queue is empty");
 *
 * To await_blocked() a nap of ten milliseconds is a sleep like any other. So is
 * a wait that ends by itself, such as mq_timedreceive() in a loop. Whoever
 * sleeps so is not woken: it looks again by the clock, late and for nothing.
 */
#ifndef ASLEEP_H
#define ASLEEP_H

#include <dirent.h>

#include "../stage/stage.h"
#include "check.h"

/* clock_of - P sleeps, as await_blocked() has seen: NULL if nothing but another
 * process can wake it. Else a sentence that says what one of its threads does
 * instead; the text stays valid until the next call. */
static inline const char *clock_of(const struct prog *p)
{
	static char why[512];
	const char *found = NULL;
	struct dirent *e;
	char path[64];
	DIR *tasks;

	snprintf(path, sizeof path, "/proc/%d/task", (int)p->pid);
	tasks = opendir(path);
	if (!tasks)
		return NULL;		/* it has ended: others say so */
	while (!found && (e = readdir(tasks))) {
		pid_t task = (pid_t)atoi(e->d_name);

		if (task > 0 &&
		    stage_why(task, &p->pid, 1, why, sizeof why) == 0)
			found = why;
	}
	closedir(tasks);
	return found;
}

/* MUST_NOT_POLL - P, which sleeps, is woken by what comes. WHEN says in which
 * state of things: "while its queue is empty". */
#define MUST_NOT_POLL(p, when)						\
	must_not_poll(__FILE__, __LINE__, p, when)

static inline void must_not_poll(const char *file, int line,
				 const struct prog *p, const char *when)
{
	const char *why = clock_of(p);

	if (why)
		must_fail(file, line, "%s it looks again by the clock "
			  "(a nap, a loop, or a wait with a limit of time), "
			  "instead of being woken: %s", when, why);
}

#endif
