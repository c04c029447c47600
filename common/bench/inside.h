/*
 * inside.h - what the parts of the benchmark share; not for a facility
 *
 * The files in their order, each with those that it calls. None calls one that
 * stands above it. common/tools/calls-between -c common/bench prints this list.
 *
 *   main.c: cells, json, plot, run, table, floor, list, machine, cpu
 *   cells.c: floor, list, ratio
 *   json.c: machine, ratio, quote, report, stat
 *   plot.c: list, report, stat
 *   run.c: ping, cpu, bytes
 *   table.c: ratio, report, stat
 *   floor.c: pace, cpu, limit, stat, area, bytes
 *   list.c: f_*
 *   machine.c: quote
 *   ping.c: pace, pong, cpu, limit, loops, stat, area, bytes
 *   ratio.c: report, stat
 *   f_*.c: area, bytes
 *   pace.c: cpu, limit, stat
 *   pong.c: cpu, limit, loops, bytes
 *   quote.c:
 *   report.c: stat
 *   cpu.c:
 *   limit.c: area, bytes
 *   loops.c: bytes
 *   stat.c:
 *   area.c:
 *   bytes.c:
 */
#ifndef BENCH_INSIDE_H
#define BENCH_INSIDE_H

#include <semaphore.h>
#include <stdio.h>
#include <time.h>

#include "bench.h"

enum { ROUNDS = 31, SINGLES = 1024, SIZES = 8, PARTS = 18 };

/* What is measured ... */
enum kind {
	SELF_COST,			/* a message to oneself, ns */
	ROUND_TRIP,			/* there and back, ns */
	STREAM,				/* one way, MB/s */
	LOCK_ALONE,			/* lock and unlock, ns */
	LOCK_BOTH,			/* the same, two processes at it, ns */
	COPIES,				/* make, send, read, token back, ns */
	FLOOR,				/* what no facility can beat */
	KINDS,
};

/* ... and where. The three are never mixed in a table. */
enum where {
	ONE,				/* one CPU, who waits sleeps */
	TWO_SPIN,			/* two CPUs, who waits asks again */
	TWO_SLEEP,			/* two CPUs, who waits sleeps */
	WHERES,
};

enum { TWO = 1, ONCE = 2 };

struct floor {
	const char *name;		/* "switch" */
	const char *text;
	const char *unit;		/* "ns" or "MB/s" */
	enum where where;		/* with which it is measured */
	int how;			/* TWO: uses the second CPU; ONCE: not
					   in each round, it takes long */
	double (*measure)(struct bench *b);
};

/* floor.c */
extern const struct floor floors[];	/* ends with a name of NULL */
void floors_use(int cpu);		/* the second CPU, for those with two */

enum state { READY, MEASURED, SKIPPED, VOID };

/* One figure: a facility (or a floor) of one size in one place. */
struct cell {
	enum kind kind;
	enum where where;
	const struct facility *f;
	const struct floor *floor;
	int variant;
	size_t size;
	int aside;			/* for a ratio: in no table */
	enum state state;
	char why[400];			/* SKIPPED, VOID */
	int n;				/* rounds that were measured */
	double round[ROUNDS];		/* ns or MB/s, one a round */
	double beside[ROUNDS];		/* the limit in turns with it, or 0 */
	double switches;		/* of context, per operation */
	int disturbed;			/* rounds in which others ran */
	double lost;			/* largest share of time they had */
	double slow;			/* of batches, the mean of the rounds */
	size_t singles;
	uint32_t *single;		/* ns, of all rounds */
};

/* How much effort a run takes. */
struct effort {
	const char *name;
	int rounds;
	double sample_ns;		/* length of one sample */
	double warm_ns;
	long warm_ops;
	int retries;			/* when others had the CPU */
	double budget_s;		/* then rounds are left out */
	size_t size[SIZES];		/* of round trips; ends with 0 */
	size_t stream[SIZES];
	size_t copies[SIZES];
};

struct settings {
	struct effort effort;
	const char *only;		/* names with commas, or NULL */
	int compare;			/* what the ratios need, no more */
	int places;			/* bits 1 << enum where */
	int kinds;			/* bits 1 << enum kind; 0: all */
	const char *folder;		/* for JSON and plots, or NULL */
	int cpu[2];			/* from the affinity mask */
	int cpus;			/* how many the mask has */
	unsigned limit_s;		/* a run that takes longer hangs */
	char names[160];		/* private or not, and why */
};

struct report {
	const struct settings *set;
	struct cell *cell;
	size_t n;
	time_t started;
	double seconds;
	int cut;			/* rounds were left out */
	struct load { double all, steal, busy, ours; } load;
};

/* What one run of one cell yields; shared with the processes that run it. */
struct outcome {
	int done, refused;
	double value, switches, lost;
	double slow;			/* share of batches left out */
	double beside;			/* cache line (ns) or hand-over (MB/s)
					   in turns with its batches, or 0 */
	size_t singles;
	uint32_t single[SINGLES];
	char why[256];
};

struct shared {
	struct keep keep;
	struct outcome out;
	pid_t pid[2];
	_Atomic int making;		/* a name may be there: no SIGKILL */
	_Atomic int stop;
	double pace;			/* the best so far, of all runs */
	_Alignas(LINE) _Atomic uint32_t parts;	/* that PONG is through with */
	_Alignas(LINE) volatile long counter;	/* guarded by a lock under
						   test, so it is checked */
};

/* What a side knows of its run; each has its own after the fork. */
struct run {
	const struct cell *cell;
	const struct settings *set;
	struct bench b;
	sem_t *token;			/* "I have read it", or "go" */
	int turns;			/* the limit takes turns with it */
	long batch;			/* rounds between two of these turns */
	uint32_t parts;			/* of a stream, that are done */
	long steps;			/* that it has added to the counter */
};

/* cpu.c: this process and its CPU */
double now_ns(void);			/* CLOCK_MONOTONIC_RAW */
void pin(int cpu);
/* kept_waiting - how many ns PID was ready to run, and others had the CPU
 * (schedstat); 0 where the kernel does not count it. */
double kept_waiting(pid_t pid);
/* usage - all since this process began. */
struct usage {
	double cpu;			/* ns that it ran */
	double delay;			/* ns that it was kept waiting */
	double switches;		/* of context */
};
struct usage usage_now(void);
struct usage usage_since(struct usage begin);

/* limit.c: what two spinning CPUs can do, for PING and PONG to take in turns
 * with what they measure. limit_make() before the fork. */
enum { HAND_OVER = 1 << 20 };		/* bytes; each block size divides it */
enum { BLOCK_SIZES = 3, LINE_TRIPS = 100 };
extern const size_t block_size[BLOCK_SIZES];
void limit_make(struct bench *b);
void line_ping(long n);			/* N times there and back */
void line_pong(long n);
void blocks_in(struct bench *b, size_t size);
void blocks_out(struct bench *b, size_t size);

/* copy_all - memcpy() of which the compiler cannot see that nobody looks at
 * what was copied. */
static inline void copy_all(void *to, const void *from, size_t size)
{
	memcpy(to, from, size);
	__asm__ volatile("" : : "r"(to), "r"(from) : "memory");
}

/* pace.c: the CPU's own pace, and the batches that count by it */
/* await_pace - until this CPU is at full pace, at most 2 ms. */
void await_pace(struct bench *b);
/* batch_ns - how long a batch should be when all take BUDGET: short against
 * the milliseconds in which a CPU keeps its pace. */
double batch_ns(double budget);
/* time_batch - LOOP(N) between two stamps of the clock, so that the clock
 * itself does not count; returns the ns of one round. */
double time_batch(struct run *r, void (*loop)(struct run *, long), long n);
void drop_batch(void);			/* the last one does not count */
/* batches_room - how many may be timed next; a quarter of all at most. */
long batches_room(void);
/* more_batches - they were made TRIES times: once more, until enough of them
 * count? */
int more_batches(struct run *r, int tries);
/* judge_batches - their median to the outcome: of those that count, or of all
 * if these are too few. */
void judge_batches(struct run *r);

/* loops.c: what a side does N times */
void ping_rounds(struct run *r, long n);
void pong_rounds(struct run *r, long n);
void produce(struct run *r, long n);
void consume(struct run *r, long n);
void to_oneself(struct run *r, long n);
void lock_loop(struct run *r, long n);
void make_work(struct run *r, long n);
void read_work(struct run *r, long n);
void wait_token(struct run *r);
/* plain_payload - the pattern that stamp() writes its numbers over. */
void plain_payload(struct bench *b);

/* pong.c: the other side, as PING sees it */
enum order {
	DO_ROUNDS,
	DO_ROUNDS_IN_TURNS,		/* in batches, with the cache line */
	DO_MESSAGES,
	DO_MESSAGES_IN_TURNS,		/* in parts, with a hand-over */
	DO_LOCKS,
	DO_WORK,
	DO_END,
};
void pong_start(struct run *r);	/* returns when both have joined */
/* pong_order - do N of them; what R says of whole messages and of the batch
 * holds for both sides. */
void pong_order(struct run *r, enum order order, long n);
/* pong_answer - wait until they are done; what PONG used meanwhile. */
struct usage pong_answer(struct run *r);
void pong_stop(struct run *r);

/* ping.c: one run of cell C; called in a process of its own. */
_Noreturn void ping_main(const struct cell *c, const struct settings *set,
			 struct shared *shared);

/* cells.c: the list of what is to be measured, into R. */
void cells_make(struct report *r);

/* run.c: run CELL once, add what it yields. Returns -1 if a signal told us
 * to stop, else 0. */
int run_cell(struct cell *c, const struct settings *set);
void run_prepare(void);

/* stat.c: all take N values in any order and leave them alone. */
/* sort - ascending; the one that changes its argument. */
void sort(double *v, size_t n);
double median(const double *v, size_t n);
double lowest(const double *v, size_t n);
double highest(const double *v, size_t n);
/* spread - (highest - lowest) / median. */
double spread(const double *v, size_t n);
/* percentile - P from 0 to 100; between two values in proportion. */
double percentile(const uint32_t *v, size_t n, double p);
/* at_pace - those of the N values V whose PACE is at most MOST, in their order,
 * into TO; returns how many. */
size_t at_pace(const double *v, const double *pace, size_t n, double most,
	       double *to);
/* ratios - the N values a[i] / b[i] into R. */
void ratios(const double *a, const double *b, double *r, size_t n);

/* report.c: look-ups in a report */
const struct cell *find(const struct report *r, enum kind kind,
			enum where where, const char *name, int variant,
			size_t size);
double floor_of(const struct report *r, const char *name);	/* 0: none */
/* limit_of - what the machine allows for this cell, in its unit; 0: none. */
double limit_of(const struct report *r, const struct cell *c);
/* times_limit - C in multiples of its limit, the median of its rounds; 0: it
 * has none. */
double times_limit(const struct report *r, const struct cell *c);
const char *kind_name(enum kind k);
const char *where_name(enum where w);

/* ratio.c */
struct ratio {
	const char *group, *text;	/* "A : B", at most 52 characters */
	double median, low, high;
	int n;				/* rounds; 0: not measured here */
};
size_t ratio_all(const struct report *r, struct ratio *to, size_t room);
int ratio_needs(const struct cell *c);

/* machine.c: what is measured on */
void machine_limits(struct settings *set);
struct load machine_load(const struct settings *set);
void machine_text(const struct report *r);
void machine_json(const struct report *r, FILE *f);

/* table.c, json.c, plot.c: the report, for people, for programs, as pictures */
void table_kind(const struct report *r, enum kind kind, enum where where);
void table_ratios(const struct report *r);
void table_end(const struct report *r);
int json_write(const struct report *r, FILE *f);
int plot_write(const struct report *r);

/* quote.c */
void json_string(FILE *f, const char *s);

#endif
