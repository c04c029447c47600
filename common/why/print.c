/*
 * print.c - what was found out, as text and as JSON
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>

#include "inside.h"

/* ------------------------------------------------------------------ text */

enum {
	FEW = 4,	/* who waits for one of more than so many is not asked
			   on in words */
	SAME = 8,	/* threads that do the same are named up to so many */
};

/* Do threads A and B of one process do the same? Each may have a time limit of
 * its own. */
static int is_same(const struct why_thread *a, const struct why_thread *b)
{
	size_t length = a->limit - a->head;

	if (a->pid != b->pid || a->waits == IS_GONE)
		return 0;
	if (a->limit == 0 || b->limit == 0)
		return strcmp(a->text + a->head, b->text + b->head) == 0;
	return b->limit - b->head == length &&
	       memcmp(a->text + a->head, b->text + b->head, length) == 0 &&
	       strcmp(a->text + a->after, b->text + b->after) == 0;
}

/* Was this said of a thread before the one at I? */
static int is_said(const struct why *why, size_t i)
{
	for (size_t k = i; k > 0; k--) {
		const struct why_thread *before = &why->thread[k - 1];

		if (before->pid != why->thread[i].pid)
			return 0;
		if (is_same(before, &why->thread[i]))
			return 1;
	}
	return 0;
}

static void print_others(FILE *f, const struct why *why, size_t i,
			 const char *margin)
{
	size_t n = 0;

	for (size_t k = i + 1; k < why->n; k++) {
		if (!is_same(&why->thread[i], &why->thread[k]))
			continue;
		n++;
		if (n == 1)
			fprintf(f, "%s  Of its threads ", margin);
		if (n <= SAME)
			fprintf(f, "%s%s (%d)", n > 1 ? ", " : "",
				why->thread[k].name, (int)why->thread[k].tid);
	}
	if (n > SAME)
		fprintf(f, " and %zu more", n - SAME);
	if (n == 0)
		return;
	fprintf(f, " %s the same", n == 1 ? "does" : "do");
	fputs(why->thread[i].limit ? ", each with a time limit of its own.\n" :
	      ".\n", f);
}

static void print_thread(FILE *f, const struct why *why, size_t i)
{
	const char *margin = why->thread[i].depth > 0 ? "  " : "";

	if (is_said(why, i))
		return;
	fprintf(f, "%s%s\n", margin, why->thread[i].text);
	print_others(f, why, i, margin);
}

/* How many processes could end the wait of the thread at I? */
static size_t count_enders(const struct why_thread *t)
{
	size_t n = 0;

	for (size_t e = 0; e < t->n_enders; e++)
		if (e == 0 || t->ender[e].pid != t->ender[e - 1].pid)
			n++;
	return n;
}

/* Is process PID one of few for whom a thread waits that is told of? */
static int is_wanted(const struct why *why, pid_t pid)
{
	for (size_t i = 0; i < why->n; i++) {
		const struct why_thread *t = &why->thread[i];
		int is_few = count_enders(t) <= FEW;

		if (t->pid == pid)
			return 0;	/* those after it wait for it, or for
					   what it waits for */
		for (size_t e = 0; is_few && e < t->n_enders; e++)
			if (t->ender[e].pid == pid)
				return 1;
	}
	return 0;
}

void why_print(FILE *f, const struct why *why, const char *circles)
{
	for (size_t i = 0; i < why->n; i++) {
		const struct why_thread *t = &why->thread[i];

		if (t->waits == IS_GONE)
			continue;
		if (t->depth > 0 && !is_wanted(why, t->pid))
			continue;
		print_thread(f, why, i);
	}
	fputs(circles, f);
}

/* ------------------------------------------------------------------ JSON */

/* Names of processes and files are bytes of any kind. What is not ASCII is one
 * character of Latin-1 for each byte, so that all of it can be told back. */
static void string(FILE *f, const char *s)
{
	fputc('"', f);
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c == '"' || c == '\\')
			fprintf(f, "\\%c", c);
		else if (c < ' ' || c > '~')
			fprintf(f, "\\u%04x", c);
		else
			fputc(c, f);
	}
	fputc('"', f);
}

/* A name and a string, or null if there is none. */
static void text_or_null(FILE *f, const char *name, const char *s)
{
	fprintf(f, ", \"%s\": ", name);
	if (*s)
		string(f, s);
	else
		fputs("null", f);
}

/* A name and a number, or null if it is less than LEAST. */
static void number_or_null(FILE *f, const char *name, int number, int least)
{
	fprintf(f, ", \"%s\": ", name);
	if (number >= least)
		fprintf(f, "%d", number);
	else
		fputs("null", f);
}

static void objects(FILE *f, const struct why_thread *t)
{
	fputs(",\n   \"objects\": [", f);
	for (size_t i = 0; i < t->n_objects; i++) {
		const struct why_object *o = &t->object[i];

		fputs(i ? ", " : "", f);
		fputs("{\"kind\": ", f);
		string(f, o->kind);
		number_or_null(f, "fd", o->fd, 0);
		text_or_null(f, "name", o->name);
		fputs("}", f);
	}
	fputs("]", f);
}

static void enders(FILE *f, const struct why_thread *t)
{
	fputs(",\n   \"ended_by\": [", f);
	for (size_t i = 0; i < t->n_enders; i++) {
		const struct why_ender *e = &t->ender[i];

		fputs(i ? ", " : "", f);
		fprintf(f, "{\"pid\": %d", (int)e->pid);
		number_or_null(f, "tid", e->tid, 1);
		number_or_null(f, "fd", e->fd, 0);
		text_or_null(f, "deed", e->deed);
		fputs("}", f);
	}
	fputs("]", f);
}

static const char *waits_name(enum waits waits)
{
	switch (waits) {
	case IS_GONE:		return "gone";
	case FOR_EVER:		return "for a partner";
	case FOR_A_SIGNAL:	return "for a signal";
	default:		return "not for ever";
	}
}

static void truth(FILE *f, const char *name, int is_true)
{
	fprintf(f, ", \"%s\": %s", name, is_true ? "true" : "false");
}

static void thread(FILE *f, const struct why_thread *t)
{
	char state[2] = { t->state, '\0' };
	const char *waits = waits_name(t->waits);

	fprintf(f, "  {\"pid\": %d, \"tid\": %d", (int)t->pid, (int)t->tid);
	truth(f, "asked", t->depth == 0);
	text_or_null(f, "name", t->name);
	text_or_null(f, "state", t->state == '-' ? "" : state);
	text_or_null(f, "call", t->call);
	fprintf(f, ",\n   \"waits\": \"%s\"", waits);
	truth(f, "limit", t->left_s != WHY_NO_LIMIT);
	if (t->left_s >= 0)
		fprintf(f, ", \"limit_s\": %.3f", t->left_s);
	else
		fputs(", \"limit_s\": null", f);
	objects(f, t);
	enders(f, t);
	fprintf(f, ",\n   \"not_seen\": %zu", t->hidden);
	truth(f, "others_could", t->is_open);
	truth(f, "stuck", t->is_stuck);
	fputs(",\n   \"sentence\": ", f);
	string(f, t->text);
	fputs("}", f);
}

void why_json(FILE *f, const struct why *why, const char *circles)
{
	fputs("{\"version\": 1,\n \"threads\": [\n", f);
	for (size_t i = 0; i < why->n; i++) {
		fputs(i ? ",\n" : "", f);
		thread(f, &why->thread[i]);
	}
	fputs("\n ],\n \"circles\": [", f);
	for (const char *at = circles; *at; at = strchr(at, '\n') + 1) {
		char line[WHY_SENTENCE];

		int length = (int)strcspn(at, "\n");

		snprintf(line, sizeof line, "%.*s", length, at);
		fputs(at == circles ? "" : ",", f);
		fputs("\n  ", f);
		string(f, line);
	}
	fputs("]\n}\n", f);
}
