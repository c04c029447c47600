/*
 * keeper.c - the keeper: starts the programs, waits, looks
 *
 * The result lies in memory shared by caller and keeper; it counts only when
 * the keeper has set `done'.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keeper.h"

static void note_failure(struct keeper *k, size_t i, const struct failure *f)
{
	const struct stage_prog *p = &k->plan->prog[i];
	struct stage_result *res = &k->sh->res;

	if (f->step == INPUT) {
		note_error(k, "input ", p->input ? p->input : "/dev/null",
			   f->err);
	} else if (f->step == FOLDER) {
		note_error(k, "folder ", k->plan->dir ? k->plan->dir :
			   k->place->run, f->err);
	} else {
		res->prog[i].end = res->end = STAGE_NOT_STARTED;
		res->prog[i].code = res->code = f->err;
		snprintf(res->error, sizeof res->error, "%.300s: %s",
			 p->argv[0], strerror(f->err));
	}
}

/* Returns 0, or -1 when program I could not start; the result says why. */
static int start(struct keeper *k, size_t i)
{
	struct program *p = &k->prog[i];
	struct failure f;
	pid_t keeper = getpid();
	int report[2], failed;

	if (said_open(k, i) == -1 || pipe2(report, O_CLOEXEC) == -1) {
		note_error(k, "memory file", "", errno);
		return -1;
	}
	fflush(NULL);
	p->pid = fork();
	if (p->pid == 0)
		become(k, i, report[1], keeper);
	if (p->pid == -1) {
		p->pid = 0;
		note_error(k, "fork", "", errno);
		return -1;
	}
	p->group = p->pid;
	close(report[1]);
	/* End-of-file: exec has closed it. */
	failed = read(report[0], &f, sizeof f) == sizeof f;
	close(report[0]);
	if (failed)
		note_failure(k, i, &f);
	return failed ? -1 : 0;
}

static int all_ended(const struct keeper *k, int services)
{
	for (size_t i = 0; i < k->plan->n; i++)
		if (!k->prog[i].ended &&
		    (services || !k->plan->prog[i].service))
			return 0;
	return 1;
}

/* ALONE: not to the processes that they have started. */
static void signal_programs(struct keeper *k, int sig, size_t which, int alone)
{
	for (size_t i = 0; i < k->plan->n; i++) {
		pid_t pid = k->prog[i].pid;

		if (pid > 0 && (which == 0 || which == i + 1))
			kill(alone ? pid : -pid, sig);
	}
}

static void end_run(struct keeper *k, enum stage_end end, int code)
{
	k->sh->res.end = end;
	k->sh->res.code = code;
}

/* Are there more processes than the plan allows? */
static int are_too_many(size_t most)
{
	struct proc *v;
	size_t n = proc_below(getpid(), &v);

	free(v);
	return n > most;
}

/* Has the run broken a bound, or been told to stop? Sets the result. */
static int must_end(struct keeper *k, long long tick)
{
	const struct stage_limits *l = &k->plan->limits;
	size_t output = l->output ? l->output : 8 * MIB;
	size_t most = l->processes ? l->processes : PROCESSES;

	if (k->stop)
		end_run(k, STAGE_INTERRUPTED, k->stop);
	else if (said_bytes(k) > output)
		end_run(k, STAGE_OUTPUT, (int)output);
	else if (tick % 5 == 4 && are_too_many(most))
		end_run(k, STAGE_PROCESSES, (int)most);
	else if (now_ms() >= k->deadline ||
		 (k->plan->early && tick % 4 == 3 && hang_is_sure(k)))
		end_run(k, STAGE_DEADLINE, (int)deadline_ms(k->plan));
	return k->sh->res.end != STAGE_EXITED;
}

/* Is the plan's signal still to be sent? */
static int will_hit(const struct keeper *k)
{
	return k->plan->hit_signal != 0 && !k->hit;
}

/* Send it as soon as so many lines are out. */
static void hit(struct keeper *k)
{
	const struct stage_plan *plan = k->plan;

	if (!will_hit(k) || k->lines < plan->hit_line)
		return;
	k->hit = 1;
	signal_programs(k, plan->hit_signal, plan->hit_prog, plan->hit_alone);
}

/* The services may go when all others have. */
static void dismiss_services(struct keeper *k)
{
	if (k->terminated || !all_ended(k, 0))
		return;
	k->terminated = 1;
	signal_programs(k, SIGTERM, 0, 0);
}

/* Until something happens, or it is time to look again: soon for a person who
 * watches, at once for a signal that is to come right behind its line. */
static void wait_a_tick(struct keeper *k)
{
	if (will_hit(k))
		sched_yield();
	else
		nap(k, k->plan->play ? TICK_MS / 2 : TICK_MS);
}

/* Run until every program has ended or a bound is broken. */
static void watch(struct keeper *k)
{
	for (long long tick = 0;; tick++) {
		said_follow(k);
		reap(k, 1);
		hit(k);
		if (all_ended(k, 1))
			return;
		dismiss_services(k);
		if (must_end(k, tick))
			return;
		wait_a_tick(k);
	}
}

/* A service is ready when it has said its first line. */
static void await_ready(struct keeper *k, size_t i)
{
	struct stat st;

	for (long long tick = 0; !k->prog[i].ended; tick++) {
		said_follow(k);
		if (k->plan->play ? k->lines > (unsigned)i :
		    fstat(k->prog[i].out, &st) == 0 && st.st_size > 0)
			return;
		reap(k, 1);
		if (must_end(k, tick))
			return;
		nap(k, 1);
	}
}

static void start_all(struct keeper *k)
{
	struct stage_result *res = &k->sh->res;

	for (int service = 1; service >= 0; service--)
		for (size_t i = 0; i < k->plan->n; i++) {
			if (!!k->plan->prog[i].service != service)
				continue;
			if (start(k, i) == -1)
				return;
			if (service)
				await_ready(k, i);
			if (res->end != STAGE_EXITED)
				return;
		}
}

/* A service that its SIGTERM ended has done as it was told. */
static int went_well(const struct keeper *k, size_t i)
{
	const struct stage_result *res = &k->sh->res;

	if (res->prog[i].end == STAGE_SIGNALED)
		return k->plan->prog[i].service && k->terminated &&
		       res->prog[i].code == SIGTERM;
	return res->prog[i].end == STAGE_EXITED && res->prog[i].code == 0;
}

static void summarise(struct keeper *k)
{
	struct stage_result *res = &k->sh->res;

	for (size_t i = 0; i < k->plan->n; i++) {
		int cut = res->prog[i].end == STAGE_SIGNALED &&
			  res->prog[i].code == SIGXFSZ;

		if (cut && said_bytes(k) >= 8 * MIB) {
			res->prog[i].end = STAGE_OUTPUT;
			res->prog[i].code = 8 * (int)MIB;
		}
		if (res->end == STAGE_EXITED && !went_well(k, i)) {
			res->end = res->prog[i].end;
			res->code = res->prog[i].code;
		}
	}
}

static void mark_running(struct keeper *k)
{
	struct stage_result *res = &k->sh->res;

	for (size_t i = 0; i < k->plan->n; i++)
		if (!k->prog[i].ended && res->end != STAGE_NOT_STARTED) {
			res->prog[i].end = res->end;
			res->prog[i].code = res->code;
			k->prog[i].pid = 0;	/* what comes is our doing */
			k->prog[i].ended = 1;
		}
}

/* Signals come by a descriptor from now on, and the programs' orphans, and
 * the news when the caller dies. 0, or -1 and the result says why. */
static int keeper_begin(struct keeper *k, const volatile sig_atomic_t *stop)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	for (size_t i = 0; i < LENGTH(stop_signals); i++)
		sigaddset(&set, stop_signals[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	k->stop = *stop;		/* it came before we blocked it */
	signal(SIGPIPE, SIG_IGN);	/* whoever reads our stdout may go */
	signal(SIGCHLD, SIG_DFL);	/* ignored, children end unseen */
	setsid();
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != k->caller)	/* it died before that */
		k->stop = SIGTERM;
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	k->events = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (k->events == -1)
		note_error(k, "signalfd", "", errno);
	return k->events == -1 ? -1 : 0;
}

_Noreturn void keeper_main(struct keeper *k, const volatile sig_atomic_t *stop)
{
	struct stage_result *res = &k->sh->res;

	if (keeper_begin(k, stop) == -1) {
		k->sh->done = 1;
		_exit(0);
	}
	objects_list(&k->before, k->place, k->plan->dir);
	k->deadline = now_ms() + deadline_ms(k->plan);
	start_all(k);
	if (res->end == STAGE_EXITED)
		watch(k);
	if (res->end == STAGE_EXITED)
		note_orphans(k);
	else if (res->end == STAGE_DEADLINE)
		hang_explain(k);
	mark_running(k);
	end_all(k);
	said_follow(k);
	note_objects(k);
	said_keep(k);
	summarise(k);
	k->sh->done = 1;
	_exit(0);
}
