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

/* How long has the run been going? */
static int has_run_ms(const struct keeper *k)
{
	long long began = k->deadline - deadline_ms(k->plan);

	return (int)(now_ms() - began);
}

/* Is the time over? A plan that is patient gives more to a run that gets on
 * with its work. */
static int is_late(struct keeper *k)
{
	return now_ms() >= k->deadline &&
	       !(k->plan->patient && progress_may_go_on(k));
}

/* Is there no sense in waiting? Less time has a run that does nothing but use
 * the CPU, and one that hangs. */
static int is_stuck(struct keeper *k, long long tick)
{
	if (k->plan->patient && progress_is_stuck(k))
		return 1;
	return k->plan->early && tick % 4 == 3 && hang_is_sure(k);
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
	else if (is_late(k))
		end_run(k, STAGE_DEADLINE, (int)deadline_ms(k->plan));
	else if (is_stuck(k, tick))
		end_run(k, STAGE_DEADLINE, has_run_ms(k));
	return k->sh->res.end != STAGE_EXITED;
}

/* Start each program whose turn has come. Returns 0, or -1 when one could not
 * start; the result says why. */
static int start_next(struct keeper *k)
{
	for (size_t i = 0; i < k->plan->n; i++)
		if (turn_has_come(k, i) && start(k, i) == -1)
			return -1;
	return 0;
}

/* Have all ended that were started? Others will not be then: whose turn has
 * come was started before this is asked. */
static int is_over(const struct keeper *k)
{
	for (size_t i = 0; i < k->plan->n; i++)
		if (k->prog[i].group > 0 && !k->prog[i].ended)
			return 0;
	return 1;
}

/* Does the plan's signal wait for its line? Not before those have started who
 * get it; who runs in turn with others has to take it as it comes. */
static int will_hit(const struct keeper *k)
{
	const struct stage_plan *plan = k->plan;

	if (!plan->hit_signal || k->hit)
		return 0;
	if (plan->hit_prog)
		return k->prog[plan->hit_prog - 1].group > 0;
	for (size_t i = 0; i < plan->n && !plan->in_turn; i++)
		if (k->prog[i].group == 0)
			return 0;
	return 1;
}

/* Send it as soon as so many lines are out. */
static void hit(struct keeper *k)
{
	const struct stage_plan *plan = k->plan;

	if (!will_hit(k) || k->lines < plan->hit_line)
		return;
	k->hit = 1;
	hit_programs(k);
}

static void dismiss_services(struct keeper *k)
{
	k->terminated = 1;
	for (size_t i = 0; i < k->plan->n; i++)
		if (k->prog[i].pid > 0)
			kill(-k->prog[i].pid, SIGTERM);
}

/* Until something happens, or it is time to look again: at once for a signal
 * that is to come right behind its line, soon for what no signal tells of, and
 * for a person who watches. */
static void wait_a_tick(struct keeper *k)
{
	if (will_hit(k))
		sched_yield();
	else if (turn_is_near(k))
		nap(k, 1);
	else
		nap(k, k->plan->play ? TICK_MS / 2 : TICK_MS);
}

/* Run until every program has ended or a bound is broken. First see who has
 * ended, then what was said: so an end without a line is one. */
static void watch(struct keeper *k)
{
	for (long long tick = 0;; tick++) {
		reap(k, 1);
		said_follow(k);
		if (start_next(k) == -1)
			return;
		hit(k);
		if (is_over(k))
			return;
		if (services_may_go(k))
			dismiss_services(k);
		if (must_end(k, tick))
			return;
		wait_a_tick(k);
	}
}

/* How the whole run ended, from how each program did. */
static void summarise(struct keeper *k)
{
	struct stage_result *res = &k->sh->res;
	int all_had_turns = 1;

	for (size_t i = 0; i < k->plan->n; i++) {
		int cut = res->prog[i].end == STAGE_SIGNALED &&
			  res->prog[i].code == SIGXFSZ;

		if (cut && said_bytes(k) >= 8 * MIB) {
			res->prog[i].end = STAGE_OUTPUT;
			res->prog[i].code = 8 * (int)MIB;
		}
		if (res->prog[i].end == STAGE_NO_TURN)
			all_had_turns = 0;
		else if (res->end == STAGE_EXITED && !went_well(k, i))
			end_run(k, res->prog[i].end, res->prog[i].code);
	}
	if (res->end == STAGE_EXITED && res->code == 0 && !all_had_turns)
		end_run(k, STAGE_NO_TURN, 0);
}

/* How those ended that have not: they never began, or are ended now. */
static void mark_others(struct keeper *k)
{
	struct stage_result *res = &k->sh->res;

	for (size_t i = 0; i < k->plan->n; i++) {
		if (k->prog[i].ended)
			continue;
		if (k->prog[i].group == 0) {
			res->prog[i].end = STAGE_NO_TURN;
		} else if (res->end != STAGE_NOT_STARTED) {
			res->prog[i].end = res->end;
			res->prog[i].code = res->code;
			k->prog[i].pid = 0;	/* what comes is our doing */
			k->prog[i].ended = 1;
		}
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
	if (k->plan->play || !k->plan->look)
		objects_list(&k->before, k->place, k->plan->dir);
	k->began = now_ms();
	k->deadline = k->began + deadline_ms(k->plan);
	watch(k);
	if (res->end == STAGE_EXITED)
		note_orphans(k);
	else if (res->end == STAGE_DEADLINE ||
		 (k->plan->look && res->end != STAGE_NOT_STARTED))
		hang_explain(k);
	clock_gettime(CLOCK_REALTIME, &res->swept_at);
	mark_others(k);
	end_all(k);
	said_follow(k);
	if (k->plan->play || !k->plan->look)
		note_objects(k);
	said_keep(k);
	summarise(k);
	k->sh->done = 1;
	_exit(0);
}
