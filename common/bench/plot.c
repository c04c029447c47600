/*
 * plot.c - two pictures by gnuplot: latency by facility, throughput by size
 *
 * The script with its data is written beside the pictures, so that who wants
 * another form can change it and run gnuplot again.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../lesson.h"
#include "inside.h"

static const char *const colour[] = { "#0072b2", "#d55e00", "#009e73",
	"#cc79a7", "#e69f00", "#56b4e9", "#000000", "#882255", "#117733",
	"#999933", "#aa4499", "#661100" };
enum { COLOURS = sizeof colour / sizeof *colour };

static double centre(const struct cell *c)
{
	return c && c->state == MEASURED ? median(c->round, (size_t)c->n) : 0;
}

/* The cell for the picture: 64 bytes, or the only one there is. */
static const struct cell *round_cell(const struct report *r,
				     const struct facility *f, enum where w)
{
	const struct cell *c = find(r, ROUND_TRIP, w, f->name, 0, 64);

	for (size_t i = 0; i < r->n && !c; i++)
		if (r->cell[i].f == f && r->cell[i].kind == ROUND_TRIP &&
		    r->cell[i].where == w)
			c = &r->cell[i];
	return c;
}

/* ------------------------------------------------- latency by facility */

static const char *const place_title[WHERES] = {
	"one CPU, asleep", "two CPUs, spinning", "two CPUs, asleep",
};

static size_t latency_data(const struct report *r, FILE *f, enum where w)
{
	size_t n = 0;

	fprintf(f, "$place%d << END\n", (int)w);
	for (const struct facility *const *p = facilities; *p; p++) {
		const struct cell *c;

		if (!((*p)->can & ROUND))
			continue;
		c = round_cell(r, *p, w);
		n++;
		if (centre(c) > 0)
			fprintf(f, "%zu %.4f\n", n, centre(c) / 1e3);
	}
	fprintf(f, "END\n");
	return n;
}

static double place_limit(const struct report *r, enum where w)
{
	struct cell c = { .kind = ROUND_TRIP, .where = w, .size = 64 };

	return limit_of(r, &c) / 1e3;
}

static void latency_plot(const struct report *r, FILE *f)
{
	const char *comma = "";
	size_t n = 0, i = 0;

	for (enum where w = ONE; w < WHERES; w++)
		n = latency_data(r, f, w);
	fprintf(f, "set terminal svg size 900,%zu font 'sans,13' "
		"noenhanced background '#ffffff'\n"
		"set output 'latency.svg'\n"
		"set title 'Round trip of 64 bytes, or of a token'\n"
		"set logscale x\nset xlabel 'microseconds (dashed: the limit "
		"of the same colour)'\nset format x '%%g'\n"
		"set yrange [%zu.7:0.3]\nset grid x y\n"
		"set key tmargin center horizontal\nset ytics (",
		140 + 21 * n, n);
	for (const struct facility *const *p = facilities; *p; p++)
		if ((*p)->can & ROUND) {
			fprintf(f, "%s'%s' %zu", comma, (*p)->title, ++i);
			comma = ", ";
		}
	fprintf(f, ")\n");
	for (enum where w = ONE; w < WHERES; w++)
		if (place_limit(r, w) > 0)
			fprintf(f, "set arrow from %.4f, graph 0 to %.4f, "
				"graph 1 nohead dt 2 lw 1.5 lc rgb '%s'\n",
				place_limit(r, w), place_limit(r, w),
				colour[w]);
	fprintf(f, "plot ");
	for (enum where w = ONE; w < WHERES; w++)
		fprintf(f, "%s$place%d using 2:1 with points pt %d ps 0.9 "
			"lc rgb '%s' title '%s'", w ? ", " : "", (int)w,
			(const int[]){ 7, 5, 9 }[w], colour[w],
			place_title[w]);
	fprintf(f, "\nunset arrow\nunset logscale\n");
}

/* -------------------------------------------------- throughput by size */

/* Enough lines to see what matters; the others lie on one of these. */
static const struct line { const char *name; int variant; } lines[] = {
	{ "pipe", 0 }, { "pipe", 1 }, { "vmsplice", 0 }, { "unix-stream", 0 },
	{ "unix-dgram", 0 }, { "tcp", 0 }, { "udp", 0 }, { "sysv-queue", 0 },
	{ "posix-queue", 0 }, { "posix-shm-sem", 0 }, { "cond", 0 },
	{ "posix-shm-ring", 0 },
};
enum { LINES = sizeof lines / sizeof *lines };

static size_t stream_data(const struct report *r, FILE *f, enum where w,
			  const struct line *l)
{
	const size_t *size = r->set->effort.stream;
	size_t n = 0;

	for (size_t i = 0; size[i]; i++) {
		double v = centre(find(r, STREAM, w, l->name, l->variant,
				       size[i]));

		if (v > 0 && ++n)
			fprintf(f, "%zu %.2f\n", size[i], v);
	}
	return n;
}

static const char *line_title(const struct line *l, char *buf, size_t size)
{
	for (const struct facility *const *p = facilities; *p; p++)
		if (strcmp((*p)->name, l->name) == 0)
			snprintf(buf, size, "%s%s%s", (*p)->title,
				 l->variant ? ", " : "", l->variant ?
				 (*p)->variant[l->variant - 1] : "");
	return buf;
}

static void stream_panel(const struct report *r, FILE *f, enum where w)
{
	struct cell limit = { .kind = STREAM, .where = w };
	const size_t *size = r->set->effort.stream;
	size_t has[LINES], last = 0;
	char title[64];

	for (int i = 0; i < LINES; i++) {
		fprintf(f, "$s%d_%d << END\n", (int)w, i);
		has[i] = stream_data(r, f, w, &lines[i]);
		fprintf(f, "END\n");
	}
	while (size[last + 1])
		last++;
	fprintf(f, "set title '%s'\nplot ", w == ONE ? "One way, one CPU" :
		"One way, two CPUs");
	for (int i = 0; i < LINES; i++)
		if (has[i])
			fprintf(f, "$s%d_%d using 1:2 with linespoints pt %d "
				"ps 0.6 lw 1.5 lc rgb '%s' title '%s', ",
				(int)w, i, i % 2 ? 5 : 7, colour[i % COLOURS],
				line_title(&lines[i], title, sizeof title));
	fprintf(f, "[%zu:%zu] %.2f with lines dt 2 lw 2 lc rgb '#555555' "
		"title 'the limit: copying'\n", size[0], size[last],
		limit_of(r, &limit));
}

static void throughput_plot(const struct report *r, FILE *f)
{
	static const char key[] = "set key at screen 0.995, screen 0.93 right "
		"top vertical Left reverse font ',11'\nset ylabel ''\n";
	struct cell one = { .kind = STREAM, .where = ONE };
	struct cell both = { .kind = STREAM, .where = TWO_SLEEP };
	int two = r->set->cpus > 1;

	fprintf(f, "set terminal svg size 1100,520 font 'sans,13' "
		"noenhanced background '#ffffff'\n"
		"set output 'throughput.svg'\n"
		"set logscale xy\nset xlabel 'bytes of a message'\n"
		"set ylabel 'MB/s'\nset format y '%%g'\n"
		"set autoscale y\nset ytics auto\nset grid\n"
		"set xtics (");
	for (size_t i = 0; r->set->effort.stream[i]; i++)
		fprintf(f, "%s%zu", i ? ", " : "", r->set->effort.stream[i]);
	/* Both panels to the same scale; one key, beside the second. */
	fprintf(f, ")\nset yrange [1:%.0f]\nunset key\nset multiplot layout "
		"1,%d margins 0.07,0.76,0.12,0.92 spacing 0.07\n",
		1.5 * highest((double[]){ limit_of(r, &one),
					  limit_of(r, &both) }, 2),
		two ? 2 : 1);
	if (!two)
		fprintf(f, "%s", key);
	stream_panel(r, f, ONE);
	if (two) {
		fprintf(f, "%s", key);
		stream_panel(r, f, TWO_SLEEP);
	}
	fprintf(f, "unset multiplot\n");
}

/* ------------------------------------------------------------- gnuplot */

static int has_streams(const struct report *r)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->cell[i].kind == STREAM && r->cell[i].where == ONE &&
		    r->cell[i].state == MEASURED &&
		    limit_of(r, &r->cell[i]) > 0)
			return 1;
	return 0;
}

static int run_gnuplot(const char *folder)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		if (chdir(folder) == -1)
			_exit(126);
		execlp("gnuplot", "gnuplot", "bench.gp", (char *)NULL);
		_exit(errno == ENOENT ? 127 : 126);
	}
	if (pid == -1 || waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int plot_write(const struct report *r)
{
	char path[4096];
	int status;
	FILE *f;

	snprintf(path, sizeof path, "%s/bench.gp", r->set->folder);
	f = fopen(path, "w");
	if (!f)
		return -1;
	latency_plot(r, f);
	if (has_streams(r))
		throughput_plot(r, f);
	if (fclose(f))
		return -1;
	status = run_gnuplot(r->set->folder);
	if (status == 127)
		printf("\nPlots: skipped, there is no gnuplot here: apt-get "
		       "install gnuplot-nox\n");
	else if (status)
		printf("\nPlots: gnuplot failed on %s\n", path);
	else
		printf("\nWritten to %s: bench.json, latency.svg%s\n",
		       r->set->folder,
		       has_streams(r) ? ", throughput.svg" : "");
	return status;
}
