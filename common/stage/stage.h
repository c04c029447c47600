/*
 * stage.h - run programs, look when they hang, leave nothing behind
 *
 * The one place of the course where a program is started: lessons, claims
 * and checkers all run on it.
 *
 * stage_run() forks a keeper. The keeper starts the programs, each in a
 * session of its own with its output in memory files, waits for them with a
 * deadline, explains who waits for what when the deadline passes, ends
 * whatever is left, lists the IPC objects that were left and removes them.
 *
 * Two tiers of isolation:
 *   private  new pid, ipc, mount and network namespaces, and a user namespace
 *            unless root: own /dev/shm, own queues; the keeper is process 1.
 *   shared   no namespaces: the keeper is a subreaper, and what is left is
 *            found by comparing the system before and after.
 *
 * Who waits for what is told by ../why/, which is part of libstage.a.
 *
 * Who calls whom: no file calls one that stands above it. What happens below is
 * handed back, and what is needed there is passed down.
 *
 *   main.c: clean, doctor, text, run
 *   clean.c: lock, place, objects
 *   doctor.c: run
 *   text.c:
 *   run.c: keeper, lock, place, isolate, note
 *   keeper.c: hang, hit, program, progress, sweep, turn, objects, reap,
 *       deadline, note, said
 *   lock.c:
 *   place.c:
 *   hang.c:
 *   hit.c: deadline
 *   program.c: isolate, deadline
 *   progress.c: deadline, said
 *   sweep.c: objects, reap, deadline, note
 *   turn.c: quiet, said
 *   isolate.c:
 *   objects.c:
 *   quiet.c: deadline, said
 *   reap.c: note
 *   deadline.c:
 *   note.c:
 *   said.c:
 *
 * Sources: namespaces(7), pid_namespaces(7), prctl(2), proc(5), seccomp(2).
 */
#ifndef STAGE_H
#define STAGE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "../why/output.h"

enum {
	STAGE_PROGS = 8,		/* programs in one run */
	STAGE_KEPT = 64 * 1024,		/* bytes of each output kept */
	STAGE_LEFT = 64,		/* things left that are listed */
	STAGE_LINE = 512,		/* bytes of one sentence */
	STAGE_WHY = 8 * 1024,		/* bytes of the explanation */
};

enum { STAGE_PAUSE = -1 };		/* in place of a signal's number */

enum stage_tier {
	STAGE_AUTO,			/* private if possible, else shared */
	STAGE_PRIVATE,
	STAGE_SHARED,
};

/* How a program, or the whole run, ended. */
enum stage_end {
	STAGE_EXITED,			/* code: exit status */
	STAGE_SIGNALED,			/* code: signal number */
	STAGE_DEADLINE,			/* still running at the deadline, or
					   early; code: after so many ms */
	STAGE_OUTPUT,			/* wrote more than limits allow */
	STAGE_PROCESSES,		/* started more than limits allow */
	STAGE_NOT_STARTED,		/* code: errno of the failing call */
	STAGE_NO_TURN,			/* never started: its turn did not
					   come; of the run: that is all that
					   was bad */
	STAGE_INTERRUPTED,		/* stage itself was told to stop */
	STAGE_ERROR,			/* stage failed; says nothing about
					   the program */
};

/* What is left when all programs have ended. */
enum stage_kind {
	STAGE_PROCESS,			/* still running: an orphan */
	STAGE_UNWAITED,			/* ended, and nobody waited for it */
	STAGE_QUEUE, STAGE_SEGMENT, STAGE_SET,	/* System V */
	STAGE_MQ, STAGE_SHM, STAGE_SEM,		/* POSIX */
	STAGE_FIFO, STAGE_SOCKET,
};

/* One program: ARGV to execute, or FN to call in a process of its own. */
struct stage_prog {
	char *const *argv;		/* ends with NULL; ./NAME is looked for
					   in the working folder, then in the
					   caller's */
	void (*fn)(void *arg);
	void *arg;
	const char *input;		/* file for stdin; NULL: /dev/null */
	int service;			/* runs until the others have ended and
					   it has no more to say: it waits for
					   another, or has been silent for a
					   second. Then it gets SIGTERM. The
					   others start when it has said its
					   first line */
};

/* Upper bounds; 0 takes the default. */
struct stage_limits {
	unsigned cpu_s;			/* seconds of CPU for each process */
	size_t memory;			/* bytes of address space; default none:
					   sanitizers map terabytes */
	size_t file;			/* bytes of one file: 64 MiB */
	size_t output;			/* bytes written in all: 8 MiB */
	unsigned descriptors;		/* default: inherited */
	unsigned processes;		/* at one time: 256 */
};

struct stage_plan {
	struct stage_prog prog[STAGE_PROGS];
	size_t n;
	enum stage_tier tier;
	const char *dir;		/* working folder; NULL: an empty one,
					   removed afterwards */
	unsigned deadline_ms;		/* 0: 10000; times STAGE_TIMEOUT_MUL */
	struct stage_limits limits;
	int play;			/* for a person: the programs share one
					   output, in the order of writing,
					   copied to stdout at once; objects
					   of others are left alone */
	int in_turn;			/* the first program starts first; when
					   it has said a line the others run
					   one after the other, each when the
					   one before has ended, however. All
					   end by themselves. If the first ends
					   without a line, or not with status 0,
					   no further one is started. No
					   services */
	int early;			/* do not wait for the deadline once
					   every process waits for ever */
	int patient;			/* a run that moves bytes when the
					   deadline comes has up to ten times
					   as long; one that has used the CPU
					   for 3 seconds, and has moved nothing,
					   has come to its deadline */
	int keep;			/* report what is left, do not remove */
	const char *guarded;		/* private tier: a folder that the
					   programs may read and not change,
					   with all that is in it; and what
					   they leave in /tmp goes away */
	int look;			/* each program is a tool that looks at
					   others, such as strace: nothing is
					   copied to stdout; what WHY says is of
					   the others alone, and it is asked
					   also when stage is told to stop.
					   Without play the objects of the
					   others are theirs: no run waits for
					   this one, nothing is listed */
	int hit_signal;			/* send this signal (STAGE_PAUSE: stop
					   them, and let them go on) ... */
	unsigned hit_line;		/* ... when so many lines are out ... */
	size_t hit_prog;		/* ... to program N (from 1), 0: all */
	int hit_alone;			/* not to the processes it started */
	const char *hit_name;		/* instead: to all processes of the
					   run with this name (proc(5), comm) */
};

struct stage_text {
	size_t total;			/* bytes written */
	size_t len;			/* bytes kept, at most STAGE_KEPT */
	char data[STAGE_KEPT + 1];	/* NUL-terminated */
};

struct stage_left {
	enum stage_kind kind;
	int id;				/* System V id, or process id */
	char name[256];			/* name, path, or command */
	char text[2 * STAGE_LINE];		/* a sentence with its cure */
};

struct stage_result {
	enum stage_end end;		/* of the run: EXITED with code 0 only
					   if every program did so */
	int code;
	enum stage_tier tier;		/* the one that was active */
	char tier_why[STAGE_LINE];	/* why not private, or empty */
	char error[STAGE_LINE];		/* STAGE_ERROR, STAGE_NOT_STARTED */
	char why[STAGE_WHY];		/* who waits for what, a line each */
	struct timespec swept_at;	/* CLOCK_REALTIME: what comes later is
					   stage's doing */
	struct {
		enum stage_end end;
		int code;
		struct stage_text out, err;
	} prog[STAGE_PROGS];		/* with play: all is in prog[0].out */
	int unwritten;			/* play: errno of a write to stdout
					   that failed, or 0 */
	size_t left_n;			/* how many were left; at most
					   STAGE_LEFT of them are listed */
	struct stage_left left[STAGE_LEFT];
};

/* stage_run - play PLAN. Returns a result that the caller frees with
 * stage_free(), or NULL if there is no memory for one (errno is set). Every
 * other failure is in the result: STAGE_ERROR with a sentence. The calling
 * process gets SIGINT, SIGTERM and SIGHUP back as they were; during the run
 * they end the programs and sweep, and the result is STAGE_INTERRUPTED with
 * the signal as its code. Not for use by two threads at a time. */
struct stage_result *stage_run(const struct stage_plan *plan);
void stage_free(struct stage_result *res);

/* stage_patience - a deadline of MS milliseconds, for a machine as busy as this
 * one: times the number of processes that want each CPU (getloadavg(3)), at
 * least 1 and at most 4. A right program that others keep from the CPU must
 * not be called a hang. */
unsigned stage_patience(unsigned ms);

/* stage_sentence - write into BUF (SIZE bytes) how program I of RES ended,
 * or how the whole run did if I is negative: "ended with status 1". */
void stage_sentence(const struct stage_result *res, int i, char *buf,
		    size_t size);

/* stage_clean - remove the objects that lessons in folder DIR own: their
 * System V keys, POSIX names, FIFOs and sockets carry user and folder (see
 * lesson.h). Prints a line for each to stdout. Returns how many, or -1 when it
 * could not look, and has said why. */
int stage_clean(const char *dir);

/* stage_doctor - print what this system allows and what to do about the
 * rest. Returns 0 if lessons can run, 1 if something essential is missing. */
int stage_doctor(void);

#endif
