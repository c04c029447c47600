/*
 * keeper.h - one run: what run.c, keeper.c and all that these call share
 */
#ifndef STAGE_KEEPER_H
#define STAGE_KEEPER_H

#include "../experiment.h"
#include "inside.h"

enum {
	DEADLINE_MS = 10000,
	GRACE_MS = 500,		/* from SIGTERM to SIGKILL, when idle */
	TICK_MS = 20,
	PROCESSES = 256,
};

#define MIB ((size_t)1024 * 1024)

/* Lies in memory that the caller and the keeper share. */
struct shared {
	struct stage_result res;
	int done;
	int cannot_isolate;	/* not a failure: try the other tier */
};

struct program {
	pid_t pid;		/* 0 before it starts and after it ended */
	pid_t group;		/* the group that it leads; 0: never started */
	int out, err;		/* memory files */
	off_t copied;		/* bytes of out that have been looked at */
	unsigned lines;		/* in these */
	unsigned lines_before;	/* in its file when it started: others' */
	int ended;
};

/* What the last look at the services found; see quiet.c. */
struct quiet {
	int looks;		/* in a row that found nobody moving */
	size_t said;		/* bytes */
	long sleeps;
	long long since;	/* by now_ms(): nothing has been said; 0: this
				   was never looked at */
};

/* CPU time that a process had used by the last time that its run got on. */
struct used {
	pid_t pid;
	long ms;
};

/* What the last look at the run's work found; see progress.c. */
struct progress {
	long long next;		/* by now_ms(): when to look again; 0: not yet */
	unsigned long long bytes;
	long sleeps;
	int moves;		/* bytes, since the look before */
	int hands_over;
	struct used used[64];
};

struct keeper {
	const struct stage_plan *plan;
	struct shared *sh;
	const struct place *place;
	struct objects before;
	struct program prog[STAGE_PROGS];
	int events;		/* signalfd */
	unsigned lines;		/* that the programs have said */
	int hit;		/* the plan's signal has been sent */
	int stop;		/* the signal that told us to stop */
	pid_t caller;		/* who may tell us; 0 from inside a private
				   tier, where it cannot be seen */
	int still;		/* looks that found nobody moving */
	long sleeps;		/* how often they had slept by then */
	struct quiet quiet;
	int terminated;		/* the services have got SIGTERM */
	long long began, deadline;	/* by now_ms() */
	struct progress progress;
	int users;		/* processes of this user before the run */
};

/* The lesson that is played, by its folder. */
static inline uint32_t folder_of(const struct stage_plan *plan)
{
	return folder_id(plan->dir ? plan->dir : ".");
}

/* keeper.c: the keeper's process, from its start to its end; *STOP is the
 * signal that may have come before it blocked them. */
_Noreturn void keeper_main(struct keeper *k, const volatile sig_atomic_t *stop);

/* turn.c: may program I, which has not started, start now? May the services be
 * told to end now? Is there something to be awaited for either of the two that
 * no signal tells of: call again soon? Has program I, which has ended, done as
 * it should: status 0, or of a service, ended by the SIGTERM that it got? */
int turn_has_come(const struct keeper *k, size_t i);
int services_may_go(struct keeper *k);
int turn_is_near(const struct keeper *k);
int went_well(const struct keeper *k, size_t i);

/* quiet.c: call it again and again: 1 when the services have no more to say. */
int is_quiet(struct keeper *k);

/* progress.c: call the first again and again: 1 when a process has used the CPU
 * for 3 seconds and has nothing to show for it. When the deadline has come: may
 * a run that gets on with its work have some more time? */
int progress_is_stuck(struct keeper *k);
int progress_may_go_on(struct keeper *k);

/* sweep.c: list who is still there; end everybody below us; list the objects
 * that are left, and remove them. */
void note_orphans(struct keeper *k);
void end_all(struct keeper *k);
void note_objects(struct keeper *k);

/* hang.c: write into the result who waits for what. Call is_sure again and
 * again: 1 when every process waits for ever, and none has moved for three
 * calls. */
void hang_explain(struct keeper *k);
int hang_is_sure(struct keeper *k);

/* reap.c: collect all children that have ended; NOTE: report adopted ones.
 * Wait at most MS for a signal. */
void reap(struct keeper *k, int note);
void nap(struct keeper *k, int ms);

/* said.c: files for the output of program I, 0 or -1 with errno; count what is
 * new in all of them, and copy it in play; has program I said a line, as far as
 * that has been counted; how many bytes there are; keep them in the result. */
int said_open(struct keeper *k, size_t i);
void said_follow(struct keeper *k);
int said_a_line(const struct keeper *k, size_t i);
size_t said_bytes(const struct keeper *k);
void said_keep(struct keeper *k);

/* hit.c: send the signal of the plan. */
void hit_programs(struct keeper *k);

/* program.c: what kept a program from starting, told by the pipe REPORT. Its
 * own file is its own matter; the rest is a failure of stage or the plan. */
enum step { EXEC, INPUT, FOLDER, };

struct failure {
	enum step step;
	int err;
};

/* In a child of the keeper: become program I of the plan. */
_Noreturn void become(const struct keeper *k, size_t i, int report,
		      pid_t keeper);

/* note.c: a failure of stage itself: WHAT and NAME, and ERR; or a sentence. A
 * new entry of what is left, or NULL; the entry of child PID, which has ended
 * and which its parent did not wait for. */
void note_error(struct keeper *k, const char *what, const char *name, int err);
__attribute__((format(printf, 2, 3)))
void note_sentence(struct keeper *k, const char *fmt, ...);
struct stage_left *left_add(struct keeper *k);
void note_unwaited(struct keeper *k, pid_t pid);

/* deadline.c: milliseconds of CLOCK_MONOTONIC; the plan's deadline, times
 * STAGE_TIMEOUT_MUL. */
long long now_ms(void);
unsigned deadline_ms(const struct stage_plan *plan);

#endif
