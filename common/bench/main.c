/*
 * bench - one task on every facility, beside what the machine allows
 *
 * Builds the list of cells, runs it round by round (A B C, A B C, ...) so that
 * a disturbance hits all alike, and prints a table after each part.
 */
#define _GNU_SOURCE
#include <getopt.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../lesson.h"
#include "../stage/stage.h"
#include "inside.h"

enum { SECTIONS = 7 };

static const struct effort whole = {
	"whole", 7, 25e6, 20e6, 1000, 3, 500,
	{ 1, 64, 1024, 4096, 65536 }, { 64, 1024, 4096, 65536 },
	{ 4096, 65536, 262144 },
};

static const struct effort quick = {
	"quick", 3, 4e6, 1e6, 100, 1, 14,
	{ 64, 4096 }, { 4096, 65536 }, { 4096, 65536 },
};

/* For tests: each path once, figures that mean nothing. */
static const struct effort tiny = {
	"tiny", 1, 1e5, 1e4, 10, 0, 60, { 64 }, { 4096 }, { 4096 },
};

static const char usage[] =
"bench - latency and throughput of every facility, beside the limit\n"
"\n"
"  bench [-q | -t] [-c] [-f NAMES] [-s SIZES] [-p PLACES] [-k KINDS]\n"
"        [-r ROUNDS] [-o FOLDER] [-w SECONDS]\n"
"  bench -l\n"
"\n"
"  -q         quick: three rounds of 6 ms, under 20 seconds\n"
"  -t         tiny: each path once, for tests; the figures mean nothing\n"
"  -c         compare: only what the table of ratios needs, and that table\n"
"  -f NAMES   these facilities only: pipe,fifo\n"
"  -s SIZES   these sizes in bytes, at most 6: 8,56,65536\n"
"  -p PLACES  one, spin, sleep: one CPU, two spinning, two sleeping\n"
"  -k KINDS   trip, self, way, lock, copy: round trips, messages to oneself,\n"
"             one way, locks, copies\n"
"  -r ROUNDS  how often each is measured: 1 to 31\n"
"  -o FOLDER  write bench.json, and with gnuplot latency.svg, throughput.svg\n"
"  -w SECONDS a run that takes longer hangs (10)\n"
"  -l         list the facilities\n"
"\n"
"CPUs come from the affinity mask: taskset -c 2,3 bench uses 2 and 3.\n";

static struct settings set = { .limit_s = 10, .places = 7 };
static struct report report = { .set = &set };
static int show_progress;

/* ------------------------------------------------------- list of cells */

/* NAME stands in the list of names with commas. */
static int wanted(const char *name)
{
	size_t len = strlen(name);

	for (const char *p = set.only; p; p = strchr(p, ',')) {
		p += *p == ',';
		if (strncmp(p, name, len) == 0 &&
		    (p[len] == ',' || p[len] == '\0'))
			return 1;
	}
	return set.only == NULL;
}

static struct cell *add(struct cell c)
{
	static size_t room;

	if (set.compare && c.f && !ratio_needs(&c))
		return NULL;
	if (report.n == room) {
		room = room ? 2 * room : 256;
		report.cell = realloc(report.cell, room * sizeof c);
		if (!report.cell)
			die("realloc");
	}
	report.cell[report.n] = c;
	return &report.cell[report.n++];
}

__attribute__((format(printf, 2, 3)))
static void skip(struct cell *c, const char *fmt, ...)
{
	va_list ap;

	if (!c)
		return;
	va_start(ap, fmt);
	vsnprintf(c->why, sizeof c->why, fmt, ap);
	va_end(ap);
	c->state = SKIPPED;
}

static void add_sized(struct cell c, const size_t *size)
{
	for (size_t i = 0; size[i]; i++) {
		c.size = size[i];
		if (c.size > c.f->max)
			skip(add(c), "carries at most %zu bytes", c.f->max);
		else
			add(c);
	}
}

/* The three places are never mixed, and who is helped by a thread of the kernel
 * is on one CPU only where there is but one. */
static int is_mixed(const struct facility *f, enum where where)
{
	return where == ONE && f->can & HELPED &&
	       sysconf(_SC_NPROCESSORS_ONLN) > 1;
}

static const char mixed[] =
	"a thread of the kernel carries its bytes, on any CPU that is free";

/* A facility that carries less than the smallest size has one cell. */
static void add_rounds(const struct facility *f, enum kind kind,
		       enum where where)
{
	struct cell c = { .kind = kind, .where = where, .f = f };

	if (is_mixed(f, where)) {
		skip(add(c), "%s", mixed);
	} else if (where == TWO_SPIN && !(f->can & POLLS)) {
		skip(add(c), "%s", f->no_spin ? f->no_spin :
		     "has no form that asks again");
	} else if (f->max < set.effort.size[0]) {
		c.size = f->max ? 1 : 0;
		add(c);
	} else if (kind == SELF_COST) {
		/* What one process alone can have under way everywhere. */
		for (size_t i = 0; set.effort.size[i]; i++) {
			c.size = set.effort.size[i];
			if (c.size <= PAGE && c.size <= f->max)
				add(c);
		}
	} else {
		add_sized(c, set.effort.size);
	}
}

static void add_streams(const struct facility *f, enum where where)
{
	struct cell c = { .kind = STREAM, .where = where, .f = f };
	size_t ladder[SIZES] = { 8, 64, 1024, 4096 };

	if (!(f->can & ONE_WAY) ||
	    (where == TWO_SPIN ? !(f->can & POLLS) || !f->produce :
				 !(f->can & BLOCKS)))
		return;
	if (is_mixed(f, where)) {
		skip(add(c), "%s", mixed);
		return;
	}
	for (int v = 0; v < 3 && (v == 0 || f->variant[v - 1]); v++) {
		c.variant = v;
		if (where == TWO_SPIN)
			add_sized(c, ladder);
		else
			add_sized(c, set.effort.stream);
	}
}

static void add_floors(enum where where)
{
	for (const struct floor *f = floors; f->name; f++)
		if (f->where == where && (!(f->how & TWO) || set.cpus > 1))
			add((struct cell){ .kind = FLOOR, .where = where,
					   .floor = f });
}

static int asked(enum kind kind)
{
	return set.kinds == 0 || set.kinds & 1 << kind;
}

static int possible(enum where where)
{
	return set.places & 1 << where && (where == ONE || set.cpus > 1);
}

/* What the table of ratios needs beside the cache line. */
static void add_word(void)
{
	const struct facility *const *f;

	for (size_t i = 0; set.effort.size[i]; i++)
		if (set.effort.size[i] == 8)
			return;
	for (f = facilities; *f && asked(ROUND_TRIP); f++)
		if (strcmp((*f)->name, "posix-shm-ring") == 0 &&
		    wanted((*f)->name))
			add((struct cell){ .kind = ROUND_TRIP, .f = *f,
					   .where = TWO_SPIN, .size = 8,
					   .aside = 1 });
}

static void add_locks(const struct facility *f)
{
	struct cell c = { .f = f };

	if (!f->lock)
		return;
	c.kind = LOCK_ALONE;
	add(c);
	c.kind = LOCK_BOTH;
	if (possible(ONE) && f->can & BLOCKS)
		add(c);
	else
		skip(add(c), "nothing spins on one CPU");
	c.where = TWO_SLEEP;
	if (possible(TWO_SLEEP))
		add(c);
}

static int shows_copies(const struct facility *f)
{
	static const char *const name[] = { "in-place", "vm-readv",
		"posix-shm-sem", "pipe", "unix-stream", "unix-dgram",
		"sysv-queue", "posix-queue" };

	for (size_t i = 0; i < sizeof name / sizeof *name; i++)
		if (strcmp(f->name, name[i]) == 0)
			return 1;
	return 0;
}

static void make_list(void)
{
	const struct facility *const *f;

	for (enum where w = ONE; w < WHERES; w++) {
		if (!possible(w))
			continue;
		add_floors(w);
		if (w == TWO_SPIN)
			add_word();
		for (f = facilities; *f && asked(ROUND_TRIP); f++)
			if (wanted((*f)->name) && (*f)->can & ROUND)
				add_rounds(*f, ROUND_TRIP, w);
	}
	for (f = facilities; *f && possible(ONE) && asked(SELF_COST); f++)
		if (wanted((*f)->name) && (*f)->can & ROUND &&
		    (*f)->can & SELF)
			add_rounds(*f, SELF_COST, ONE);
	for (enum where w = ONE; w < WHERES; w++)
		for (f = facilities; *f && possible(w) && asked(STREAM); f++)
			if (wanted((*f)->name))
				add_streams(*f, w);
	for (f = facilities; *f && possible(ONE) && asked(LOCK_BOTH); f++)
		if (wanted((*f)->name))
			add_locks(*f);
	for (f = facilities; *f && possible(ONE) && asked(COPIES); f++)
		if (wanted((*f)->name) && shows_copies(*f))
			add_sized((struct cell){ .kind = COPIES, .f = *f },
				  set.effort.copies);
}

/* ------------------------------------------------------------ the run */

/* Cells of one part are run in turns, and compared with each other. */
static int part_of(const struct cell *c)
{
	if (c->kind == FLOOR || c->kind == ROUND_TRIP)
		return (int)c->where;
	return c->kind == SELF_COST ? 3 : c->kind != STREAM ? 6 :
	       c->where == ONE ? 4 : 5;
}

static const char *const part_name[SECTIONS] = {
	"round trips, one CPU", "round trips, two CPUs, spinning",
	"round trips, two CPUs, sleeping", "messages to oneself",
	"one way, one CPU", "one way, two CPUs", "locks and copies",
};

static double begin;			/* of the run */

static double passed(void) { return (now_ns() - begin) / 1e9; }

/* A percentage, and how long it will still take if it goes on like this; but
 * not much longer than the budget. */
static void progress(size_t done, size_t all, int part, int line)
{
	double left = done ? passed() / (double)done * (double)(all - done) :
			     set.effort.budget_s;

	if (left > set.effort.budget_s - passed())
		left = set.effort.budget_s - passed();
	if (!show_progress && !line)
		return;
	fprintf(stderr, "%s%3zu %% %-32s about %.0f s to go%s",
		show_progress ? "\r" : "", 100 * done / all, part_name[part],
		left > 1 ? left : 1, show_progress ? "   " : "\n");
}

static void clear_progress(void)
{
	if (show_progress)
		fprintf(stderr, "\r%60s\r", "");
}

static void tables(int part)
{
	clear_progress();
	if (set.compare)
		return;
	if (part < 3)
		table_kind(&report, ROUND_TRIP, (enum where)part);
	if (part == 3)
		table_kind(&report, SELF_COST, ONE);
	if (part == 4)
		table_kind(&report, STREAM, ONE);
	if (part == 5) {
		table_kind(&report, STREAM, TWO_SLEEP);
		table_kind(&report, STREAM, TWO_SPIN);
	}
	if (part == 6) {
		table_kind(&report, LOCK_ALONE, ONE);
		table_kind(&report, COPIES, ONE);
	}
}

/* When a part's time is up in its first round, what is left of that round is
 * shorter, and nothing is repeated. */
static struct settings in_hurry(double until)
{
	struct settings s = set;

	if (passed() > until) {
		s.effort.sample_ns /= 4;
		s.effort.warm_ns /= 4;
		s.effort.warm_ops /= 4;
		s.effort.retries = 0;
		report.cut = 1;
	}
	return s;
}

static void run_round(int part, size_t *done, size_t all, double until)
{
	for (size_t i = 0; i < report.n; i++) {
		struct cell *c = &report.cell[i];
		struct settings s = in_hurry(until);

		if (part_of(c) != part)
			continue;
		progress((*done)++, all, part, 0);
		/* Who failed once is not asked again. */
		if (c->state != READY && c->state != MEASURED)
			continue;
		if (c->floor && c->floor->how & ONCE && c->n)
			continue;
		if (run_cell(c, &s) == -1) {
			clear_progress();
			fprintf(stderr, "bench: stopped\n");
			exit(130);
		}
	}
}

/* Each part has its share of the budget. When that is used up, the rounds that
 * are left are left out; the first one never is. */
static void run_part(int part, size_t *done, size_t all)
{
	size_t cells = 0, rounds = (size_t)set.effort.rounds;
	double until;

	for (size_t i = 0; i < report.n; i++)
		cells += part_of(&report.cell[i]) == part;
	if (cells == 0)
		return;
	until = set.effort.budget_s * (double)(*done + cells * rounds) /
		(double)all;
	progress(*done, all, part, 1);
	for (size_t round = 0; round < rounds; round++) {
		if (round && passed() > until) {
			*done += cells * (rounds - round);
			report.cut = 1;
			break;
		}
		run_round(part, done, all, until);
	}
	tables(part);
}

static void run_all(void)
{
	size_t all = report.n * (size_t)set.effort.rounds, done = 0;
	struct load before = machine_load(&set), after;

	begin = now_ns();
	for (int part = 0; part < SECTIONS; part++)
		run_part(part, &done, all);
	report.seconds = passed();
	after = machine_load(&set);
	report.load = (struct load){ after.all - before.all,
		after.steal - before.steal, after.busy - before.busy,
		after.ours - before.ours };
}

/* -------------------------------------------------------- the command */

static void find_cpus(void)
{
	cpu_set_t mask;

	if (sched_getaffinity(0, sizeof mask, &mask) == -1)
		die("sched_getaffinity");
	for (int i = 0; i < CPU_SETSIZE; i++)
		if (CPU_ISSET((size_t)i, &mask)) {
			if (set.cpus < 2)
				set.cpu[set.cpus] = i;
			set.cpus++;
		}
	if (set.cpus == 1)
		set.cpu[1] = set.cpu[0];
	floors_use(set.cpu[1]);
}

static void list(void)
{
	for (const struct facility *const *f = facilities; *f; f++)
		printf("%-18s %-8s %s\n", (*f)->name, (*f)->family,
		       (*f)->title);
	exit(stage_output(EXIT_SUCCESS));
}

static void check_names(void)
{
	char copy[512], *save = NULL, *name;
	const struct facility *const *f;

	if (!set.only)
		return;
	snprintf(copy, sizeof copy, "%s", set.only);
	for (name = strtok_r(copy, ",", &save); name;
	     name = strtok_r(NULL, ",", &save)) {
		for (f = facilities; *f && strcmp((*f)->name, name); f++)
			continue;
		if (!*f)
			quit("there is no facility '%s'; bench -l lists them",
			     name);
	}
}

static void take_sizes(char *text)
{
	size_t n = 0;
	char *save = NULL, *end;

	memset(set.effort.size, 0, sizeof set.effort.size);
	for (char *p = strtok_r(text, ",", &save); p;
	     p = strtok_r(NULL, ",", &save)) {
		unsigned long v = strtoul(p, &end, 10);

		if (*end || v < 1 || v > LARGEST || n == SIZES - 2)
			quit("'%s' is no size, or one too many: 1 to %d bytes, "
			     "at most %d sizes", p, LARGEST, SIZES - 2);
		set.effort.size[n++] = v;
	}
	memcpy(set.effort.stream, set.effort.size, sizeof set.effort.size);
	memcpy(set.effort.copies, set.effort.size, sizeof set.effort.size);
}

static void take_places(char *text)
{
	char *save = NULL;

	set.places = 0;
	for (char *p = strtok_r(text, ",", &save); p;
	     p = strtok_r(NULL, ",", &save)) {
		if (strcmp(p, "one") == 0)
			set.places |= 1 << ONE;
		else if (strcmp(p, "spin") == 0)
			set.places |= 1 << TWO_SPIN;
		else if (strcmp(p, "sleep") == 0)
			set.places |= 1 << TWO_SLEEP;
		else
			quit("'%s' is no place: one, spin, sleep", p);
	}
}

static void take_kinds(char *text)
{
	static const struct { const char *name; enum kind kind; } known[] = {
		{ "trip", ROUND_TRIP }, { "self", SELF_COST },
		{ "way", STREAM }, { "lock", LOCK_BOTH }, { "copy", COPIES },
	};
	char *save = NULL;
	size_t i;

	for (char *p = strtok_r(text, ",", &save); p;
	     p = strtok_r(NULL, ",", &save)) {
		for (i = 0; i < sizeof known / sizeof *known; i++)
			if (strcmp(p, known[i].name) == 0)
				break;
		if (i == sizeof known / sizeof *known)
			quit("'%s' is no kind: trip, self, way, lock, copy", p);
		set.kinds |= 1 << known[i].kind;
	}
}

/* A number of LEAST to MOST; FLAG is what it was said with. */
static unsigned take_number(char flag, unsigned least, unsigned most)
{
	char *end;
	unsigned long n = strtoul(optarg, &end, 10);

	if (end == optarg || *end || n < least || n > most)
		quit("-%c takes a number of %u to %u, not '%s'", flag, least,
		     most, optarg);
	return (unsigned)n;
}

static void options(int argc, char **argv)
{
	char *sizes = NULL;
	unsigned rounds = 0;
	int c;

	set.effort = whole;
	while ((c = getopt(argc, argv, "qtcf:s:p:k:r:o:w:lh")) != -1) {
		switch (c) {
		case 'q': set.effort = quick; break;
		case 't': set.effort = tiny; break;
		case 'c': set.compare = 1; break;
		case 'f': set.only = optarg; break;
		case 's': sizes = optarg; break;
		case 'p': take_places(optarg); break;
		case 'o': set.folder = optarg; break;
		case 'k': take_kinds(optarg); break;
		case 'r': rounds = take_number('r', 1, ROUNDS); break;
		case 'w': set.limit_s = take_number('w', 1, 3600); break;
		case 'l': list(); break;
		case 'h': fputs(usage, stdout); exit(stage_output(EXIT_SUCCESS));
		default: fputs(usage, stderr); exit(2);
		}
	}
	if (optind != argc) {
		fputs(usage, stderr);
		exit(2);
	}
	if (sizes)
		take_sizes(sizes);
	if (rounds)
		set.effort.rounds = (int)rounds;
	check_names();
}

/* Before the long run, so that it is not lost at its end. */
static FILE *open_json(void)
{
	char path[4096];
	FILE *f;

	if (!set.folder)
		return NULL;
	if (mkdir(set.folder, 0777) == -1 && errno != EEXIST)
		die(set.folder);
	snprintf(path, sizeof path, "%s/bench.json", set.folder);
	f = fopen(path, "w");
	if (!f)
		die(path);
	return f;
}

int main(int argc, char **argv)
{
	FILE *json;
	int empty = 0;

	options(argc, argv);
	find_cpus();
	machine_limits(&set);
	json = open_json();
	run_prepare();
	make_list();
	if (report.n == 0)
		quit("there is nothing to measure with these options");
	report.started = time(NULL);
	show_progress = isatty(STDERR_FILENO);
	machine_text(&report);
	if (fflush(stdout) == EOF)	/* better now than in five minutes */
		return stage_output(EXIT_FAILURE);
	if (set.cpus < 2)
		puts("Two CPUs: skipped, the affinity mask has one only.");
	run_all();
	table_ratios(&report);
	if (json && json_write(&report, json) == -1)
		die("bench.json");
	if (json && !set.compare)
		plot_write(&report);
	table_end(&report);
	for (size_t i = 0; i < report.n; i++)
		empty |= report.cell[i].state == VOID;
	return stage_output(empty);
}
