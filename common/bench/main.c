/*
 * bench - one task on every facility, beside what the machine allows
 *
 * Runs the list of cells round by round (A B C, A B C, ...), so that a
 * disturbance hits all alike, and prints a table after each part.
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

/* ------------------------------------------------------------ the run */

/* Cells of one part are run in turns, and compared with each other. */
enum part {
	TRIPS_ONE, TRIPS_SPIN, TRIPS_SLEEP, TO_ONESELF, WAY_ONE, WAY_TWO, OTHER,
	SECTIONS,
};

static const char *const part_name[SECTIONS] = {
	[TRIPS_ONE] = "round trips, one CPU",
	[TRIPS_SPIN] = "round trips, two CPUs, spinning",
	[TRIPS_SLEEP] = "round trips, two CPUs, sleeping",
	[TO_ONESELF] = "messages to oneself",
	[WAY_ONE] = "one way, one CPU",
	[WAY_TWO] = "one way, two CPUs",
	[OTHER] = "locks and copies",
};

static enum part part_of(const struct cell *c)
{
	static const enum part trips[WHERES] = {
		[ONE] = TRIPS_ONE, [TWO_SPIN] = TRIPS_SPIN,
		[TWO_SLEEP] = TRIPS_SLEEP,
	};

	switch (c->kind) {
	case FLOOR:
	case ROUND_TRIP:
		return trips[c->where];
	case SELF_COST:
		return TO_ONESELF;
	case STREAM:
		return c->where == ONE ? WAY_ONE : WAY_TWO;
	default:
		return OTHER;
	}
}

static double begin;			/* of the run */

static double passed(void) { return (now_ns() - begin) / 1e9; }

/* A percentage, and how long it will still take if it goes on like this; but
 * not much longer than the budget. */
static void progress(size_t done, size_t all, enum part part)
{
	double left = set.effort.budget_s, most = left - passed();

	if (done)
		left = passed() / (double)done * (double)(all - done);
	if (left > most)
		left = most;
	if (left < 1)
		left = 1;
	fprintf(stderr, "%s%3zu %% %-32s about %.0f s to go%s",
		show_progress ? "\r" : "", 100 * done / all, part_name[part],
		left, show_progress ? "   " : "\n");
}

static void clear_progress(void)
{
	if (show_progress)
		fprintf(stderr, "\r%60s\r", "");
}

static void tables(enum part part)
{
	clear_progress();
	if (set.compare)
		return;
	switch (part) {
	case TRIPS_ONE:
		table_kind(&report, ROUND_TRIP, ONE);
		break;
	case TRIPS_SPIN:
		table_kind(&report, ROUND_TRIP, TWO_SPIN);
		break;
	case TRIPS_SLEEP:
		table_kind(&report, ROUND_TRIP, TWO_SLEEP);
		break;
	case TO_ONESELF:
		table_kind(&report, SELF_COST, ONE);
		break;
	case WAY_ONE:
		table_kind(&report, STREAM, ONE);
		break;
	case WAY_TWO:
		table_kind(&report, STREAM, TWO_SLEEP);
		table_kind(&report, STREAM, TWO_SPIN);
		break;
	default:
		table_kind(&report, LOCK_ALONE, ONE);
		table_kind(&report, COPIES, ONE);
		break;
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

/* Who failed once is not asked again. */
static int is_due(const struct cell *c)
{
	if (c->state != READY && c->state != MEASURED)
		return 0;
	return !(c->floor && c->floor->how & ONCE && c->n);
}

static void run_round(enum part part, size_t *done, size_t all, double until)
{
	for (size_t i = 0; i < report.n; i++) {
		struct cell *c = &report.cell[i];
		struct settings s;

		if (part_of(c) != part)
			continue;
		if (show_progress)
			progress(*done, all, part);
		++*done;
		if (!is_due(c))
			continue;
		s = in_hurry(until);
		if (run_cell(c, &s) == -1) {
			clear_progress();
			fprintf(stderr, "bench: stopped\n");
			exit(130);
		}
	}
}

/* Each part has its share of the budget. When that is used up, the rounds that
 * are left are left out; the first one never is. */
static void run_part(enum part part, size_t *done, size_t all)
{
	size_t cells = 0, rounds = (size_t)set.effort.rounds;
	double until;

	for (size_t i = 0; i < report.n; i++)
		cells += part_of(&report.cell[i]) == part;
	if (cells == 0)
		return;
	until = set.effort.budget_s * (double)(*done + cells * rounds) /
		(double)all;
	progress(*done, all, part);
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
	for (enum part part = TRIPS_ONE; part < SECTIONS; part++)
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

_Noreturn static void help(void)
{
	fputs(usage, stdout);
	exit(output_end(EXIT_SUCCESS));
}

_Noreturn static void wrong_usage(void)
{
	fputs(usage, stderr);
	exit(2);
}

_Noreturn static void list(void)
{
	for (const struct facility *const *f = facilities; *f; f++)
		printf("%-18s %-8s %s\n", (*f)->name, (*f)->family,
		       (*f)->title);
	exit(output_end(EXIT_SUCCESS));
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
		case 'l': list();
		case 'h': help();
		default: wrong_usage();
		}
	}
	if (optind != argc)
		wrong_usage();
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
	cells_make(&report);
	if (report.n == 0)
		quit("there is nothing to measure with these options");
	report.started = time(NULL);
	show_progress = isatty(STDERR_FILENO);
	machine_text(&report);
	if (fflush(stdout) == EOF)	/* better now than in five minutes */
		return output_end(EXIT_FAILURE);
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
	return output_end(empty);
}
