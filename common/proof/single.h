/*
 * single.h - a student's program, one instruction after the other
 *
 *	struct how how = { .fault = "any:1:stop" };
 *	struct prog p = start_how(&how, "bank", "file", "move", "10", NULL);
 *
 *	if (step_begin(&p))
 *		while (single_step(&p))
 *			...		look at the memory that it shares
 *
 * Between two stores into shared memory there is no system call, so a fault
 * like "any:5:stop" never comes between them, and neither does step(). But a
 * kill does, and so does another process.
 */
#ifndef SINGLE_H
#define SINGLE_H

#include "step.h"

/* single_step - P, which is held, executes one instruction: 1; 0 if it has
 * ended. It must not wait for anything meanwhile but what comes by itself: to
 * ask each time whether it sleeps, as step() does, would take too long. */
static inline int single_step(const struct prog *p)
{
	siginfo_t si = { 0 };
	int status;

	if (ptrace(PTRACE_SINGLESTEP, p->pid, NULL, NULL) == -1)
		return 0;
	HOLDS(waitid(P_PID, (id_t)p->pid, &si, WEXITED | WSTOPPED |
		     WNOWAIT) == 0);
	if (si.si_code != CLD_TRAPPED)
		return 0;
	HOLDS(waitpid(p->pid, &status, WUNTRACED) == p->pid);
	return 1;
}

#endif
