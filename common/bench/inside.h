/* inside.h - what the parts of the benchmark share; not for a facility */
#ifndef BENCH_INSIDE_H
#define BENCH_INSIDE_H

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
extern const struct floor floors[];	/* ends with a name of NULL */

/* floor.c: the limit of two spinning CPUs, for sides.c to take in turns with
 * what it measures. limit_make() before the fork; then in PING and PONG. */
enum { HAND_OVER = 1 << 20 };		/* bytes; SIZE of a block divides it */
void limit_make(struct bench *b);
void line_ping(long n);			/* N times there and back */
void line_pong(long n);
void blocks_in(struct bench *b, size_t size);
void blocks_out(struct bench *b, size_t size);
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
	long part;			/* messages or rounds of a batch that
					   takes turns with the limit */
	_Alignas(LINE) _Atomic uint32_t parts;	/* that PONG is through with */
	_Alignas(LINE) volatile long counter;	/* guarded by a lock under
						   test, so it is checked */
};

/* sides.c: what the two processes do; called in a process of its own. */
_Noreturn void side_main(const struct cell *c, const struct settings *set,
			 struct shared *shared);
void pin(int cpu);
double now_ns(void);			/* CLOCK_MONOTONIC_RAW */
/* await_pace - until this CPU is at full pace, at most 2 ms. */
void await_pace(struct bench *b);

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

/* look-ups in a report */
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

/* output */
void table_kind(const struct report *r, enum kind kind, enum where where);
void table_ratios(const struct report *r);
void table_end(const struct report *r);
int json_write(const struct report *r, FILE *f);
int plot_write(const struct report *r);
void machine_text(const struct report *r);
void machine_json(const struct report *r, FILE *f);
void machine_limits(struct settings *set);
struct load machine_load(const struct settings *set);
void json_string(FILE *f, const char *s);

#endif
