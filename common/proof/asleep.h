/*
 * asleep.h - a program that waits is asleep in the kernel, until it is woken
 *
 *	MUST_SLEEP(&p, "it ended though the box is empty");
 *
 * await_blocked() is content with each sleep, also with one of a millisecond
 * in a loop that looks again and again. stage_why() tells the two apart: only
 * somebody else can end the wait of a program that is to be woken; time ends
 * that of the other. A loop without any sleep is seen by the check's deadline:
 * it uses the CPU.
 */
#ifndef ASLEEP_H
#define ASLEEP_H

#include "../stage/stage.h"
#include "check.h"

/* MUST_SLEEP - P sleeps, and no clock ends that. ENDED is what is wrong if it
 * ends instead. */
#define MUST_SLEEP(p, ended) must_sleep(__FILE__, __LINE__, p, ended)

static inline void must_sleep(const char *file, int line, const struct prog *p,
			      const char *ended)
{
	char why[512];

	if (!await_blocked(p))
		must_fail(file, line, "%s", ended);
	if (stage_why(p->pid, &p->pid, 1, why, sizeof why) == 0)
		must_fail(file, line, "it looks again by the clock, instead of "
			  "being woken: %s", why);
}

#endif
