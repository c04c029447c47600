/*
 * step.h - hold a student's program between two of its system calls
 *
 *	struct how how = { .fault = "any:1:stop" };
 *	struct prog p = start_how(&how, "inbox", key, NULL);
 *
 *	if (step_begin(&p))
 *		while (step(&p))
 *			...		it is held, and the check may act
 *	step_end(&p);
 *
 * A fault like "any:5:stop" (shake.h) holds a program before a call of the C
 * library, and not all of them are wrapped: what stdio calls is not, nor is
 * the moment when a call has just returned. ptrace(2) knows both: a program
 * that is traced stops when it enters a system call, and when it leaves it.
 * So a signal can come after msgget() has made a queue, and before the
 * program has its number; or a client between a server's read() and close().
 *
 * While a program is traced, has_ended() and await_blocked() do not know it: to
 * them a stop is like an end. Ask step() and step_awake() instead.
 *
 * A check that uses this is skipped where no process may trace another.
 */
#ifndef STEP_H
#define STEP_H

#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>

#include "../stage/stage.h"
#include "check.h"

/* Wait until P stops once more: 1, and its waitpid() status goes to *STATUS;
 * 0 if it has ended, or sleeps. Its end is left for end_of(). */
static inline int step_wait(const struct prog *p, int *status)
{
	for (;;) {
		siginfo_t si = { 0 };

		HOLDS(waitid(P_PID, (id_t)p->pid, &si, WEXITED | WSTOPPED |
			     WNOHANG | WNOWAIT) == 0);
		if (si.si_pid == p->pid && si.si_code == CLD_TRAPPED) {
			HOLDS(waitpid(p->pid, status, WUNTRACED) == p->pid);
			return 1;
		}
		if (si.si_pid == p->pid && si.si_code != CLD_STOPPED)
			return 0;
		if (si.si_pid == 0 && is_blocked(p->pid) == 1)
			return 0;
		sched_yield();
	}
}

/* P runs as HOW says (PTRACE_SYSCALL, PTRACE_SINGLESTEP): wait until it stops
 * for that. Whatever signal comes meanwhile it gets. 1; 0 as above. */
static inline int step_comes(const struct prog *p, int how)
{
	const int wanted = how == PTRACE_SINGLESTEP ? SIGTRAP : SIGTRAP | 0x80;
	int status;

	while (step_wait(p, &status)) {
		long sig = WSTOPSIG(status);

		if (status >> 16 == 0 && sig == wanted)
			return 1;
		if (status >> 16 != 0)		/* an event, no signal */
			sig = 0;
		if (ptrace((enum __ptrace_request)how, p->pid, NULL,
			   (void *)sig) == -1)
			return 0;		/* it was killed */
	}
	return 0;
}

static inline int step_on(const struct prog *p, int how)
{
	return ptrace((enum __ptrace_request)how, p->pid, NULL, NULL) == 0 &&
	       step_comes(p, how);
}

/* step_begin - hold P, which was started with the fault "any:1:stop", or
 * sleeps: 1. 0 if it has ended. */
static inline int step_begin(const struct prog *p)
{
	const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL;
	const int has_stopped = await_stop(p);
	int status;

	if (has_ended(p))
		return 0;
	if (ptrace(PTRACE_SEIZE, p->pid, NULL, (void *)options) == -1)
		SKIP("no process may trace another here (%s); allow ptrace(2)",
		     errno_name(errno));
	if (has_stopped)
		HOLDS(kill(p->pid, SIGCONT) == 0);
	else
		HOLDS(ptrace(PTRACE_INTERRUPT, p->pid, NULL, NULL) == 0);
	return step_wait(p, &status);
}

/* step - let it go on to the next edge of a system call, before or behind it:
 * 1, it is held there. 0: it has ended, or sleeps in a call. */
static inline int step(const struct prog *p)
{
	return step_on(p, PTRACE_SYSCALL);
}

/* step_awake - P slept when step() returned 0, and something has happened since
 * then that may wake it: as step(). */
static inline int step_awake(const struct prog *p)
{
	return step_comes(p, PTRACE_SYSCALL);
}

/* step_end - let P, which is held, run as ever. A signal that was sent to it
 * meanwhile comes first. */
static inline void step_end(const struct prog *p)
{
	HOLDS(ptrace(PTRACE_DETACH, p->pid, NULL, NULL) == 0 ||
	      errno == ESRCH);
}

/* sleeps_on - has P settled down to sleep: 1, or does it end: 0? Whoever has
 * children may only wait for their end. One who is about to end may look
 * asleep on a busy machine, and so may one look after a long pause of our own:
 * what counts is a sleep that lasts, in many looks. */
static inline int sleeps_on(const struct prog *p)
{
	const int many = 200;
	struct timespec now;
	long long since = 0, ms;
	int looks = 0;

	while (!has_ended(p)) {
		HOLDS(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
		ms = now.tv_sec * 1000LL + now.tv_nsec / 1000000;
		if (is_blocked(p->pid) != 1 || children_of(p->pid) > 0)
			looks = 0;
		else if (looks++ == 0)
			since = ms;
		else if (looks > many && ms - since > stage_patience(200))
			return 1;
		sched_yield();
	}
	return 0;
}

/* step_to - step_begin(), and on over so many EDGES, then so many INSTRUCTIONS:
 * 1, it is held there. 0 if it sleeps or ends before. *BEFORE is what LOOK
 * returned one step earlier. */
static inline int step_to(const struct prog *p, unsigned edges,
			  unsigned instructions, int (*look)(void), int *before)
{
	int held = step_begin(p);

	*before = look();
	for (unsigned i = 0; held && i < edges; i++) {
		*before = look();
		held = step(p);
	}
	for (unsigned i = 0; held && i < instructions; i++)
		held = step_on(p, PTRACE_SINGLESTEP);
	return held;
}

/* step_everywhere - hold one run after the other, each a step later than the
 * one before, until it sleeps, and hand each to ACT, which has to end it. BEGIN
 * starts a run with the fault "any:1:stop". LOOK is asked at each step, and ACT
 * gets what it returned last, and what it returns NOW.
 *
 * The last runs are held some instructions before the call in which it sleeps:
 * there a flag has been looked at already. */
static inline void step_everywhere(struct prog (*begin)(void),
				   int (*look)(void),
				   void (*act)(struct prog *p, int before,
					       int now))
{
	static const unsigned earlier[] = { 1, 4, 12, 40 };
	unsigned edges = 0, instructions = 0;
	struct prog p = begin();
	int before;

	for (; step_to(&p, edges, 0, look, &before); edges++, p = begin())
		act(&p, before, look());
	end_by(&p, SIGKILL);
	if (edges < 2)
		return;
	edges -= 2;		/* it leaves the call before that one */
	p = begin();
	if (step_to(&p, edges, 0, look, &before))
		while (step_on(&p, PTRACE_SINGLESTEP))
			instructions++;
	end_by(&p, SIGKILL);
	for (size_t i = 0; i < sizeof earlier / sizeof *earlier; i++) {
		if (instructions < earlier[i])
			break;
		p = begin();
		if (step_to(&p, edges, instructions - earlier[i], look,
			    &before))
			act(&p, before, look());
		else
			end_by(&p, SIGKILL);
	}
}

#endif
