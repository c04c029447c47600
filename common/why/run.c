/*
 * run.c - run a command, and look at it when it does not end
 *
 * The command has a process group of its own, and the terminal if we have it.
 * Its processes are those below us: who loses its parent becomes a child of
 * ours (PR_SET_CHILD_SUBREAPER). A signal is sent to children only, which
 * nobody but us waits for, so their numbers are theirs until we do. When they
 * have ended, their children are ours.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "inside.h"
#include "run.h"

enum {
	LOOK_MS = 100,		/* so often it looks: does something happen? */
	QUIET_MS = 5000,	/* so long nothing has happened: it hangs */
	GRACE_MS = 1000,	/* from SIGTERM to SIGKILL */
};

static long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ------------------------------------------------------------- the start */

/* What tells us to stop, and that a child has ended: waited for, not handled,
 * so that nothing is lost. */
static void signals_we_wait_for(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGCHLD);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGHUP);
}

/* Give the terminal to group GROUP, if our own group has it. */
static void give_terminal(int terminal, pid_t from, pid_t to)
{
	sigset_t set;
	sigset_t before;

	if (terminal == -1)
		return;
	if (tcgetpgrp(terminal) != from)
		return;
	/* Who is not in front is stopped when it does this. */
	sigemptyset(&set);
	sigaddset(&set, SIGTTOU);
	sigprocmask(SIG_BLOCK, &set, &before);
	tcsetpgrp(terminal, to);
	sigprocmask(SIG_SETMASK, &before, NULL);
}

_Noreturn static void execute(char **argv, const sigset_t *before,
			      int terminal, int report)
{
	int err;

	pid_t front = getpgrp();

	setpgid(0, 0);
	give_terminal(terminal, front, getpid());
	sigprocmask(SIG_SETMASK, before, NULL);
	execvp(argv[0], argv);
	err = errno;
	if (write(report, &err, sizeof err) == -1)
		_exit(127);
	_exit(127);
}

/* Start it: 0, or -1 with errno. */
static int start(struct run *r, char **argv, const sigset_t *before)
{
	int report[2];
	int err = 0;
	ssize_t n;

	if (pipe2(report, O_CLOEXEC) == -1)
		return -1;
	r->pid = fork();
	if (r->pid == -1)
		return -1;
	if (r->pid == 0)
		execute(argv, before, r->terminal, report[1]);
	setpgid(r->pid, r->pid);	/* whoever is first */
	close(report[1]);
	do
		n = read(report[0], &err, sizeof err);
	while (n == -1 && errno == EINTR);
	close(report[0]);
	if (n != sizeof err)
		return 0;		/* it was executed */
	waitpid(r->pid, NULL, 0);
	errno = err;
	return -1;
}

/* ------------------------------------------------------------ the waiting */

/* What changes when something happens: processes come and go, threads go to
 * sleep, time is used. */
static unsigned long long happenings(void)
{
	struct proc *p;
	size_t n = proc_below(getpid(), &p);
	unsigned long long sum = n;

	for (size_t i = 0; i < n; i++) {
		pid_t *task;
		size_t m = proc_tasks(p[i].pid, &task);

		sum = sum * 31 + (unsigned)p[i].pid;
		for (size_t k = 0; k < m; k++) {
			sum = sum * 31 + (unsigned long)proc_sleeps(task[k]);
			sum = sum * 31 + proc_time(task[k]);
		}
		free(task);
	}
	free(p);
	return sum;
}

/* Fetch who has ended. Returns whether any child is left. */
static int fetch(struct run *r)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid == r->pid) {
			r->status = status;
			r->pid = 0;
		}
	}
	return pid == 0;
}

/* Wait for it: until it has ended, hangs, or we are told to stop. */
static enum run_end watch_it(struct run *r, double limit_s)
{
	const struct timespec look = { .tv_nsec = LOOK_MS * 1000000L };
	long long begin = now_ms();
	long long changed = begin;
	unsigned long long last = 0;
	sigset_t set;

	signals_we_wait_for(&set);
	for (;;) {
		unsigned long long now;
		int sig = sigtimedwait(&set, NULL, &look);

		fetch(r);
		if (r->pid == 0)
			return RUN_ENDED;
		if (sig > 0 && sig != SIGCHLD) {
			r->signal = sig;
			return RUN_STOPPED;
		}
		if (limit_s > 0) {
			if ((double)(now_ms() - begin) >= limit_s * 1000)
				return RUN_HANGS;
			continue;
		}
		now = happenings();
		if (now != last)
			changed = now_ms();
		last = now;
		if (now_ms() - changed >= QUIET_MS)
			return RUN_HANGS;
	}
}

enum run_end run_command(struct run *r, char **argv, double limit_s)
{
	sigset_t set;
	int err;

	memset(r, 0, sizeof *r);
	signal(SIGCHLD, SIG_DFL);	/* else nobody could be waited for */
	r->terminal = open("/dev/tty", O_RDWR | O_CLOEXEC);
	signals_we_wait_for(&set);
	sigprocmask(SIG_BLOCK, &set, &r->before);
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) == -1)
		return RUN_FAILED;
	if (start(r, argv, &r->before) == -1) {
		err = errno;
		r->pid = 0;
		errno = err;
		return RUN_FAILED;
	}
	return watch_it(r, limit_s);
}

/* ---------------------------------------------------------------- the end */

/* Send SIG to each child of ours. */
static void signal_children(int sig)
{
	struct proc *p;
	size_t n = children_list(getpid(), &p);

	for (size_t i = 0; i < n; i++) {
		if (p[i].pid <= 0)
			continue;
		kill(p[i].pid, sig);
		if (sig == SIGTERM)
			kill(p[i].pid, SIGCONT);
	}
	free(p);
}

/* Fetch all that end until MS have passed: 1 if nobody is left. */
static int fetch_all(struct run *r, long long ms)
{
	const struct timespec look = { .tv_nsec = 10 * 1000000L };
	long long until = now_ms() + ms;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	for (;;) {
		if (!fetch(r))
			return 1;
		if (now_ms() >= until)
			return 0;
		sigtimedwait(&set, NULL, &look);
	}
}

void run_end(struct run *r)
{
	pid_t group = getpgrp();

	int left = r->pid > 0;		/* else all others may go on */

	if (left) {
		signal_children(SIGTERM);
		left = !fetch_all(r, GRACE_MS);
	}
	while (left) {
		signal_children(SIGKILL);
		left = !fetch_all(r, GRACE_MS / 10);
	}
	if (r->terminal != -1) {
		pid_t front = tcgetpgrp(r->terminal);

		if (front != group)
			give_terminal(r->terminal, front, group);
		close(r->terminal);
	}
	sigprocmask(SIG_SETMASK, &r->before, NULL);
}
