/* json.c - everything that was measured, for programs */
#define _GNU_SOURCE
#include "inside.h"

static void rounds(FILE *f, const struct cell *c)
{
	fprintf(f, ", \"rounds\": [");
	for (int i = 0; i < c->n; i++)
		fprintf(f, "%s%.2f", i ? ", " : "", c->round[i]);
	fprintf(f, "]");
}

static void figures(FILE *f, const struct report *r, const struct cell *c)
{
	static const double p[] = { 5, 50, 95, 99, 100 };
	static const char *const name[] = { "p5", "p50", "p95", "p99", "max" };
	double limit = limit_of(r, c), m = median(c->round, (size_t)c->n);

	fprintf(f, ", \"median\": %.2f, \"low\": %.2f, \"high\": %.2f, "
		"\"spread\": %.4f", m, lowest(c->round, (size_t)c->n),
		highest(c->round, (size_t)c->n),
		spread(c->round, (size_t)c->n));
	rounds(f, c);
	for (size_t i = 0; i < 5 && c->singles; i++)
		fprintf(f, ", \"%s\": %.0f", name[i],
			percentile(c->single, c->singles, p[i]));
	if (limit > 0)
		fprintf(f, ", \"limit\": %.2f, \"times_limit\": %.4f", limit,
			times_limit(r, c));
	fprintf(f, ", \"switches\": %.3f, \"disturbed\": %d, \"lost\": %.4f, "
		"\"slow\": %.4f", c->switches, c->disturbed, c->lost,
		c->slow);
}

static const char *const state_name[] = { "not run", "ok", "skipped", "void" };

static void row(FILE *f, const struct report *r, const struct cell *c)
{
	fprintf(f, "    { \"facility\": \"%s\", \"title\": \"%s\", "
		"\"family\": \"%s\", \"kind\": \"%s\", \"placement\": \"%s\", "
		"\"size\": %zu, \"variant\": \"%s\", \"unit\": \"%s\", "
		"\"copies\": %d, \"state\": \"%s\"",
		c->f->name, c->f->title, c->f->family, kind_name(c->kind),
		where_name(c->where), c->size,
		c->variant ? c->f->variant[c->variant - 1] : "default",
		c->kind == STREAM ? "MB/s" : "ns", c->f->copies,
		state_name[c->state]);
	if (c->state == MEASURED) {
		figures(f, r, c);
	} else {
		fprintf(f, ", \"why\": ");
		json_string(f, c->why);
	}
	fprintf(f, " }");
}

static void floor_row(FILE *f, const struct cell *c)
{
	fprintf(f, "    { \"name\": \"%s\", \"text\": \"%s\", \"unit\": \"%s\","
		" \"state\": \"%s\"", c->floor->name, c->floor->text,
		c->floor->unit, state_name[c->state]);
	if (c->state == MEASURED) {
		fprintf(f, ", \"median\": %.2f",
			median(c->round, (size_t)c->n));
		rounds(f, c);
	} else {
		fprintf(f, ", \"why\": ");
		json_string(f, c->why);
	}
	fprintf(f, " }");
}

static void cells(FILE *f, const struct report *r, int floors_only)
{
	const char *comma = "";

	for (size_t i = 0; i < r->n; i++) {
		const struct cell *c = &r->cell[i];

		if ((c->floor != NULL) != floors_only)
			continue;
		fprintf(f, "%s", comma);
		if (floors_only)
			floor_row(f, c);
		else
			row(f, r, c);
		comma = ",\n";
	}
}

static void ratio_rows(FILE *f, const struct report *r)
{
	struct ratio q[80];
	size_t n = ratio_all(r, q, 80);
	const char *comma = "";

	for (size_t i = 0; i < n; i++) {
		if (!q[i].n)
			continue;
		fprintf(f, "%s    { \"group\": \"%s\", \"text\": \"%s\", "
			"\"median\": %.4f, \"low\": %.4f, \"high\": %.4f, "
			"\"rounds\": %d }", comma, q[i].group, q[i].text,
			q[i].median, q[i].low, q[i].high, q[i].n);
		comma = ",\n";
	}
}

int json_write(const struct report *r, FILE *f)
{
	double seen = r->load.all > 0 ? r->load.all : 1;
	char when[32];

	fprintf(f, "{\n  \"schema\": 1,\n  \"effort\": \"%s\",\n"
		"  \"rounds\": %d,\n  \"rounds_left_out\": %s,\n"
		"  \"sample_ms\": %.3f,\n",
		r->set->effort.name, r->set->effort.rounds,
		r->cut ? "true" : "false",
		r->set->effort.sample_ns / 1e6);
	strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ",
		 gmtime(&r->started));
	fprintf(f, "  \"started\": \"%s\",\n  \"seconds\": %.1f,\n", when,
		r->seconds);
	machine_json(r, f);
	fprintf(f, "  \"interference\": { \"others\": %.4f, \"steal\": %.4f "
		"},\n", r->load.busy > r->load.ours ?
		(r->load.busy - r->load.ours) / seen : 0.0,
		r->load.steal / seen);
	fprintf(f, "  \"limits\": [\n");
	cells(f, r, 1);
	fprintf(f, "\n  ],\n  \"rows\": [\n");
	cells(f, r, 0);
	fprintf(f, "\n  ],\n  \"ratios\": [\n");
	ratio_rows(f, r);
	fprintf(f, "\n  ]\n}\n");
	return fflush(f) || ferror(f) ? -1 : 0;
}
