/*
 * reap.c - the keeper's children: wait for them, and take note how they ended
 */
#define _GNU_SOURCE
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "keeper.h"

static struct program *find(struct keeper *k, pid_t pid)
{
	for (size_t i = 0; i < k->plan->n; i++)
		if (k->prog[i].pid == pid)
			return &k->prog[i];
	return NULL;
}

static void record(struct keeper *k, struct program *p, int status)
{
	size_t i = (size_t)(p - k->prog);
	enum stage_end *end = &k->sh->res.prog[i].end;
	int *code = &k->sh->res.prog[i].code;

	if (WIFEXITED(status)) {
		*end = STAGE_EXITED;
		*code = WEXITSTATUS(status);
	} else {
		*end = STAGE_SIGNALED;
		*code = WTERMSIG(status);
	}
	p->pid = 0;
	p->ended = 1;
}

/* Collect all that have ended. Look first (WNOWAIT): the name of a process
 * is gone once it has been waited for. NOTE: report adopted ones. */
void reap(struct keeper *k, int note)
{
	for (;;) {
		siginfo_t si = { 0 };
		struct program *p;
		int status;

		if (waitid(P_ALL, 0, &si, WEXITED | WNOHANG | WNOWAIT) == -1 ||
		    si.si_pid == 0)
			return;
		p = find(k, si.si_pid);
		if (!p && note && !k->hit && !k->terminated)
			note_unwaited(k, si.si_pid);
		waitpid(si.si_pid, &status, 0);
		if (p)
			record(k, p, status);
	}
}

/* Wait at most MS for a signal: a child's end, or the order to stop. That
 * counts from the caller alone: a program may send signals to everybody. */
void nap(struct keeper *k, int ms)
{
	struct pollfd pfd = { .fd = k->events, .events = POLLIN };
	struct signalfd_siginfo si;

	if (poll(&pfd, 1, ms) != 1)
		return;
	while (read(k->events, &si, sizeof si) == sizeof si)
		if (si.ssi_signo != SIGCHLD && !k->stop &&
		    (pid_t)si.ssi_pid == k->caller)
			k->stop = (int)si.ssi_signo;
}
