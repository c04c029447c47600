/*
 * run.c - the caller's side: one run at a time, its tier, its keeper
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "keeper.h"

/* The signal that came, and whom to tell. */
static volatile sig_atomic_t caller_stop;
static volatile pid_t caller_keeper;

static void pass_on(int sig)
{
	caller_stop = sig;
	if (caller_keeper > 0) {
		kill(caller_keeper, SIGTERM);
		kill(caller_keeper, SIGCONT);	/* should it be stopped */
	}
}

/* Fork the keeper into its namespaces, or plainly. Returns its pid or -1. */
static pid_t fork_keeper(struct keeper *k, enum stage_tier tier)
{
	struct stage_result *res = &k->sh->res;
	uid_t uid = getuid();
	gid_t gid = getgid();
	pid_t pid;

	k->caller = tier == STAGE_SHARED ? getpid() : 0;
	res->tier = tier;
	fflush(NULL);
	if (tier == STAGE_SHARED) {
		pid = fork();
	} else {
		/* clone(2) as a system call is a fork() with namespaces. */
		pid = (pid_t)syscall(SYS_clone, isolate_flags() | SIGCHLD,
				     0, 0, 0, 0);
		if (pid == -1)
			isolate_refused(errno, res->tier_why,
					sizeof res->tier_why);
	}
	if (pid != 0)
		return pid;
	if (tier == STAGE_PRIVATE &&
	    isolate_enter(k->place, k->plan->guarded, uid, gid, res->tier_why,
			  sizeof res->tier_why) == -1) {
		k->sh->cannot_isolate = 1;
		_exit(1);
	}
	keeper_main(k, &caller_stop);
}

static void wait_keeper(struct keeper *k, pid_t pid)
{
	struct stage_result *res = &k->sh->res;
	int status = 0;

	caller_keeper = pid;
	if (caller_stop)		/* it came before we could pass it */
		kill(pid, SIGTERM);
	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	caller_keeper = 0;
	if (k->sh->done || k->sh->cannot_isolate)
		return;
	res->end = STAGE_ERROR;
	snprintf(res->error, sizeof res->error, "the keeper died (%s)",
		 WIFSIGNALED(status) ? signal_name(WTERMSIG(status)) :
		 "it exited");
}

/* Told to stop: before the programs began, or when all was swept. */
static void note_interrupted(struct keeper *k, int has_run)
{
	struct stage_result *res = &k->sh->res;

	if (res->end == STAGE_ERROR)
		return;
	res->end = STAGE_INTERRUPTED;
	res->code = caller_stop;
	for (size_t i = 0; i < k->plan->n; i++)
		if (!has_run || res->prog[i].end == STAGE_INTERRUPTED) {
			res->prog[i].end = STAGE_INTERRUPTED;
			res->prog[i].code = caller_stop;
		}
}

static void run_keeper(struct keeper *k, enum stage_tier tier)
{
	pid_t pid = fork_keeper(k, tier);

	if (pid > 0)
		wait_keeper(k, pid);
	else if (tier == STAGE_PRIVATE)
		k->sh->cannot_isolate = 1;
	else
		note_error(k, "fork", "", errno);
	if (caller_stop && !k->sh->cannot_isolate)
		note_interrupted(k, 1);
}

/* One shared-tier run of a user at a time, or two of them would take each
 * other's objects for their own. The names of a lesson tell its objects from
 * all others, so in play that is so for its folder only; and while its claims
 * run, the lesson is not played. A look at programs that are no lesson takes
 * nothing away, so two of them may run, and be partners. */
static int take_locks(const struct stage_plan *plan, struct locks *l,
		      char *why, size_t size)
{
	if (plan->look && !plan->play)
		return 0;
	if (!plan->play && lock_all(l, why, size) == -1)
		return -1;
	return lock_lesson(l, plan->play ? folder_of(plan) : own_id(), why,
			   size);
}

static void run_locked(struct keeper *k)
{
	const char *held = getenv("STAGE_LOCKED");
	char *before = held ? strdup(held) : NULL;
	struct stage_result *res = &k->sh->res;
	struct locks locks = { .stop = &caller_stop };

	if (take_locks(k->plan, &locks, res->error, sizeof res->error) == -1)
		res->end = STAGE_ERROR;
	else if (caller_stop)
		note_interrupted(k, 0);
	else
		run_keeper(k, STAGE_SHARED);
	unlock(&locks);
	if (before)
		setenv("STAGE_LOCKED", before, 1);
	else
		unsetenv("STAGE_LOCKED");
	free(before);
}

static void run_tier(struct keeper *k, enum stage_tier tier)
{
	k->sh->res.tier = tier;
	if (tier == STAGE_SHARED)
		run_locked(k);
	else if (caller_stop)
		note_interrupted(k, 0);
	else
		run_keeper(k, tier);
}

static void run_guarded(struct keeper *k)
{
	static int never_private;	/* learnt from an earlier run */
	enum stage_tier tier = k->plan->tier;
	struct stage_result *res = &k->sh->res;

	if (tier == STAGE_AUTO)
		tier = never_private ? STAGE_SHARED : STAGE_PRIVATE;
	run_tier(k, tier);
	if (k->sh->cannot_isolate && k->plan->tier == STAGE_AUTO) {
		never_private = 1;
		k->sh->cannot_isolate = 0;
		run_tier(k, STAGE_SHARED);
	} else if (k->sh->cannot_isolate) {
		res->end = STAGE_ERROR;
		snprintf(res->error, sizeof res->error, "%s", res->tier_why);
	}
}

/* What opens first must not take the place of a standard descriptor that
 * the caller closed. */
static void fill_standard(void)
{
	int fd;

	while ((fd = open("/dev/null", O_RDWR)) >= 0 && fd < 3)
		;
	if (fd >= 3)
		close(fd);
}

static int has_service(const struct stage_plan *plan)
{
	for (size_t i = 0; i < plan->n; i++)
		if (plan->prog[i].service)
			return 1;
	return 0;
}

static void run_in_place(struct keeper *k, struct place *place)
{
	const char *trouble = proc_trouble();

	if (k->plan->n < 1 || k->plan->n > STAGE_PROGS) {
		note_sentence(k, "a run has 1 to %d programs", STAGE_PROGS);
	} else if (k->plan->in_turn && has_service(k->plan)) {
		note_sentence(k, "programs that run in turn end by themselves: "
			      "none of them can be a service");
	} else if (trouble) {
		note_sentence(k, "%s", trouble);
	} else if (place_make(place, k->sh->res.error,
			      sizeof k->sh->res.error) == -1) {
		k->sh->res.end = STAGE_ERROR;
	} else {
		k->users = proc_users(getuid());
		run_guarded(k);
		place_remove(place);
	}
}

struct stage_result *stage_run(const struct stage_plan *plan)
{
	struct sigaction act = { .sa_handler = pass_on };
	struct sigaction old[LENGTH(stop_signals)];
	struct place place = { .lock = -1 };
	struct keeper k = { .plan = plan, .place = &place };

	k.sh = mmap(NULL, sizeof *k.sh, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (k.sh == MAP_FAILED)
		return NULL;
	fill_standard();
	caller_stop = 0;
	sigemptyset(&act.sa_mask);
	for (size_t i = 0; i < LENGTH(stop_signals); i++) {
		sigaction(stop_signals[i], NULL, &old[i]);
		if (old[i].sa_handler != SIG_IGN)	/* nohup stays nohup */
			sigaction(stop_signals[i], &act, NULL);
	}
	run_in_place(&k, &place);
	for (size_t i = 0; i < LENGTH(stop_signals); i++)
		sigaction(stop_signals[i], &old[i], NULL);
	return &k.sh->res;
}

void stage_free(struct stage_result *res)
{
	munmap((struct shared *)(void *)res, sizeof(struct shared));
}
