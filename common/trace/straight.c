/*
 * straight.c - what strace wrote of programs that order.c held, in the order
 * that was made
 *
 * strace takes down when a call came, and that is before it was held. From
 * order.c we know when it was let go, and that all else was asleep then. So
 * the time of the picture is no clock: each call that was let go begins a step
 * of its own. What its process does in it comes first, then what it has woken,
 * by process. A call has ended in the step in which its process came with the
 * next one. If that is the step in which it began, it did not wait; if it is
 * another, it did: that is known here, and guessed elsewhere.
 *
 * The lines are written anew, with these times, and sorted; the two lines of a
 * call that others interrupted in the output become one.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace.h"

enum {
	BEGIN_S = 1000,
	STEP_US = 100000,		/* longer than what read.c and relate.c
					   take for no wait */
	OWN_US = 10, OTHERS_US = 100, PROCESS_US = 100,
	PROCESSES = 64,
};

static struct step {
	int64_t time;
	pid_t tid;			/* 0: no call of anybody */
	size_t ended;			/* in which step; 0: its process made
					   no further call */
} *step;
static size_t steps;
static pid_t process[PROCESSES];	/* in the order of their first step */
static size_t processes;

struct line {
	int64_t time;			/* as it is written */
	int64_t real;
	size_t n;			/* its place in the file */
	pid_t tid;
	char *text;			/* behind the time */
};

static struct line *line;
static size_t lines, room;

static size_t add_step(int64_t time, pid_t tid)
{
	static size_t have;

	if (!step)
		have = 0;
	if (steps == have) {
		have = have ? 2 * have : 1024;
		step = must_have(realloc(step, have * sizeof *step));
	}
	step[steps] = (struct step){ time, tid, 0 };
	return steps++;
}

static size_t place_of(pid_t tid)
{
	size_t i = 0;

	while (i < processes && process[i] != tid)
		i++;
	if (i == processes && i < PROCESSES)
		process[processes++] = tid;
	return i;
}

/* Step 0 is what came before the first call. */
static int read_steps(const char *path)
{
	FILE *f = fopen(path, "r");
	struct order_entry e;
	size_t latest[PROCESSES + 1] = { 0 };

	if (!f)
		return -1;
	steps = processes = 0;
	add_step(0, 0);
	while (fread(&e, sizeof e, 1, f) == 1) {
		size_t i = e.tid ? place_of(e.tid) : PROCESSES;

		if (!e.comes)
			latest[i] = add_step(e.time, e.tid);
		else if (latest[i])
			step[latest[i]].ended = steps - 1;
	}
	fclose(f);
	return 0;
}

/* The last step that began at TIME or before it. */
static size_t step_at(int64_t time)
{
	size_t a = 0, b = steps;

	while (a < b) {
		size_t m = (a + b) / 2;

		if (step[m].time <= time)
			a = m + 1;
		else
			b = m;
	}
	return a ? a - 1 : 0;
}

static int64_t begin_of(size_t s)
{
	return BEGIN_S * (int64_t)1000000 + (int64_t)s * STEP_US;
}

/* The time of what TID does in step S, and as what number there. */
static int64_t time_in(size_t s, pid_t tid, size_t nth)
{
	int64_t time = begin_of(s);

	if (steps && step[s].tid == tid)
		return time + OWN_US + (int64_t)nth;
	for (size_t i = 0; i < processes; i++)
		if (process[i] == tid)
			time += (int64_t)i * PROCESS_US;
	return time + OTHERS_US + (int64_t)nth;
}

/* The step of the call of TID that came at FROM, if its next line is of TO; or
 * 0: it was not held. */
static size_t step_of(pid_t tid, int64_t from, int64_t to)
{
	for (size_t s = step_at(from); s < steps && step[s].time <= to; s++)
		if (step[s].tid == tid && step[s].time >= from)
			return s;
	return 0;
}

/* Where " <0.000123>" stands at the end of TEXT; 0 if it does not. */
static size_t duration(const char *text)
{
	const char *s = strrchr(text, '<');

	return s && isdigit((unsigned char)s[1]) &&
	       text[strlen(text) - 1] == '>' ? (size_t)(s - text) : 0;
}

static void add_line(char *s)
{
	struct line *l;
	char *end;

	if (lines == room) {
		room = room ? 2 * room : 1024;
		line = must_have(realloc(line, room * sizeof *line));
	}
	l = &line[lines];
	l->n = lines;
	l->tid = (pid_t)strtol(s, &end, 10);
	while (*end == ' ')
		end++;
	l->real = strtoll(end, &end, 10) * 1000000;
	if (*end != '.')
		return;
	l->real += strtoll(end + 1, &end, 10);
	while (*end == ' ')
		end++;
	l->text = copy_of(end, strcspn(end, "\n"));
	lines++;
}

/* When the thread of line I is heard of next. */
static int64_t next_of(size_t i)
{
	for (size_t k = i + 1; k < lines; k++)
		if (line[k].tid == line[i].tid)
			return line[k].real;
	return INT64_MAX;
}

/* A thread's place among those of the lines, and what it is about. */
struct thread {
	pid_t tid;
	size_t nth, where;		/* so many lines within a step */
	size_t open;			/* the line of a call that has not come
					   back there, and its step */
	size_t open_step;
};

static int64_t time_of(struct thread *t, size_t s)
{
	if (t->where != s)
		t->nth = 0;
	t->where = s;
	return time_in(s, t->tid, t->nth++);
}

static void set_duration(struct line *l, size_t at, int64_t took)
{
	char *text;

	if (asprintf(&text, "%.*s<%lld.%06lld>", (int)at, l->text,
		     (long long)took / 1000000, (long long)took % 1000000) ==
	    -1)
		must_have(NULL);
	free(l->text);
	l->text = text;
}

/* Where the call that came in step S, in line I or in one that is heard of
 * later, has ended. */
static size_t end_of(size_t s, size_t i)
{
	if (s && step[s].ended)
		return step[s].ended;
	return step_at(s && next_of(i) < INT64_MAX ? next_of(i) : line[i].real);
}

/* Line I is the second half of the one that stands open. */
static void join(size_t i, struct thread *t)
{
	static const char cut[] = "<unfinished ...>";
	struct line *l = &line[i], *first = &line[t->open];
	const char *rest = strstr(l->text, " resumed>");
	const char *end = strstr(first->text, cut);
	char *text;

	if (!rest || !end)
		return;
	rest += 9;
	while (*rest == ')' && end > first->text && end[-1] == ' ')
		end--;
	if (asprintf(&text, "%.*s%s", (int)(end - first->text), first->text,
		     rest) == -1)
		must_have(NULL);
	free(first->text);
	free(l->text);
	first->text = text;
	l->text = NULL;
	if (duration(text))
		set_duration(first, duration(text),
			     time_of(t, end_of(t->open_step, i)) -
			     first->time);
}

static void straighten(size_t i, struct thread *t)
{
	struct line *l = &line[i];
	size_t at = duration(l->text), s;

	if (strncmp(l->text, "<... ", 5) == 0) {
		join(i, t);
		return;
	}
	s = l->text[0] == '-' || l->text[0] == '+' ? 0 :
	    step_of(t->tid, l->real, next_of(i));
	t->open = i;
	t->open_step = s;
	if (!s) {
		l->time = time_of(t, step_at(l->real));
		if (at)
			set_duration(l, at, 0);
		return;
	}
	l->time = begin_of(s);
	if (at)
		set_duration(l, at, time_of(t, end_of(s, i)) - l->time);
}

static int by_time(const void *a, const void *b)
{
	const struct line *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return x->n < y->n ? -1 : x->n > y->n;
}

static void straighten_all(void)
{
	struct thread thread[PROCESSES];
	size_t n = 0;

	for (size_t i = 0; i < lines; i++) {
		size_t k = 0;

		while (k < n && thread[k].tid != line[i].tid)
			k++;
		if (k == PROCESSES)
			continue;
		if (k == n)
			thread[n++] = (struct thread){ .tid = line[i].tid,
						       .where = SIZE_MAX };
		straighten(i, &thread[k]);
	}
	qsort(line, lines, sizeof *line, by_time);
}

/* The lines of F, straight, in a file without a name; F is closed. */
static FILE *straight_file(FILE *f)
{
	FILE *out = tmpfile();
	char *text = NULL;
	size_t size = 0;

	if (!out)
		return NULL;
	lines = 0;
	while (getline(&text, &size, f) != -1)
		add_line(text);
	free(text);
	straighten_all();
	for (size_t i = 0; i < lines; i++) {
		if (!line[i].text)
			continue;
		fprintf(out, "%d %lld.%06lld %s\n", (int)line[i].tid,
			(long long)line[i].time / 1000000,
			(long long)line[i].time % 1000000, line[i].text);
		free(line[i].text);
	}
	fclose(f);
	rewind(out);
	return ferror(out) ? NULL : out;
}

int straight(const char *path, FILE **files, size_t n)
{
	if (read_steps(path) == -1)
		return -1;
	for (size_t i = 0; i < n; i++) {
		files[i] = straight_file(files[i]);
		if (!files[i])
			return -1;
	}
	free(step);
	free(line);
	step = NULL;
	line = NULL;
	room = 0;
	return 0;
}
