/*
 * text.c - the picture for a terminal
 *
 * One or two processes have a wide lane each for their text. If there are more,
 * the lanes are narrow: `o' marks whose row it is, and the text stands to the
 * right, behind the process's name. A lane that has ended leaves its column to
 * the next one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace.h"

enum { MARGIN = 16, LEAST_TEXT = 38, MOST_TITLES = 12 };

static FILE *to;
static size_t width, columns, room;
static int is_narrow;
static char waits[64];			/* whose call waits, by column */

/* One line of a row that is drawn. */
struct drawing {
	char begin[40];
	int column;			/* -1: its lane has none */
	enum row_kind kind;
};

static void trimmed(char *line)
{
	size_t len = strlen(line);

	while (len && line[len - 1] == ' ')
		len--;
	fprintf(to, "%.*s\n", (int)len, line);
}

static void wide_line(char *out, size_t size, const struct drawing *d,
		      const char *text, size_t len, int is_first)
{
	size_t n = strlen(out);

	for (size_t c = 0; c < columns && n < size; c++) {
		int used;

		if ((int)c == d->column)
			used = snprintf(out + n, size - n, "| %s%-*.*s",
					is_first ? "" : "  ",
					(int)room - (is_first ? 2 : 4),
					(int)len, text);
		else
			used = snprintf(out + n, size - n, "| %-*s",
					(int)room - 2, waits[c] ? ":" : "");
		n += (size_t)used;
	}
}

static void narrow_line(char *out, size_t size, const struct drawing *d,
			const char *text, size_t len, int is_first)
{
	size_t n = strlen(out);

	for (size_t c = 0; c < columns && n + 2 < size; c++) {
		out[n++] = (int)c == d->column && is_first ? 'o' :
			   waits[c] ? ':' : ' ';
		out[n++] = ' ';
	}
	snprintf(out + n, size - n, "%s%.*s", is_first ? "" : "  ", (int)len,
		 text);
}

static void put_line(void *drawing, const char *text, size_t len, int is_first)
{
	const struct drawing *d = drawing;
	char line[1024];

	snprintf(line, sizeof line, "%-*s", MARGIN,
		 is_first ? d->begin : "");
	if (is_narrow)
		narrow_line(line, sizeof line, d, text, len, is_first);
	else
		wide_line(line, sizeof line, d, text, len, is_first);
	trimmed(line);
}

/* "sh 3: ...": which lane a row of many is of. */
static void with_name(const struct row *r, char *buf, size_t size)
{
	const struct lane *l = &picture.lane[r->lane];
	char text[TEXT_BYTES + 256];

	row_text(r, 1, text, sizeof text);
	if (!is_narrow || r->kind == R_MORE)
		snprintf(buf, size, "%s", text);
	else if (l->thread > 1)
		snprintf(buf, size, "%.15s %d thread %u: %s", l->name,
			 r->lane + 1, l->thread, text);
	else
		snprintf(buf, size, "%.15s %d: %s", l->name, r->lane + 1, text);
}

static void draw_row(size_t i)
{
	const struct row *r = &picture.row[i];
	struct drawing d = { .column = picture.lane[r->lane].column,
			     .kind = r->kind };
	char text[TEXT_BYTES + 320];

	if (d.column >= 0)
		waits[d.column] = r->kind == R_WAIT;
	with_name(r, text, sizeof text);
	snprintf(d.begin, sizeof d.begin, "%5llu %9.3f ", row_number(i),
		 (double)(r->time - picture.first) / 1000);
	wrap(text, is_narrow ? room : room - 2, put_line, &d);
	/* A wait that was told to be over is so, and its lane is free. */
	if (d.column >= 0 && r->kind != R_WAIT)
		waits[d.column] = 0;
}

static void draw_group(const struct row *r)
{
	char text[120];

	group_text(r, text, sizeof text);
	fprintf(to, "%*s= %s\n", MARGIN - 2, "", text);
}

/* Lanes that follow each other with one name are one line. */
static void draw_titles(void)
{
	const size_t alike = marks_count ? 8 : 3;	/* are told apart */
	size_t lines = 0, l = 0;
	char label[80];

	while (l < picture.lanes && lines < MOST_TITLES) {
		const struct lane *one = &picture.lane[l];
		size_t n = 1;

		while (l + n < picture.lanes && one->thread == 1 &&
		       picture.lane[l + n].thread == 1 &&
		       strcmp(one->name, picture.lane[l + n].name) == 0)
			n++;
		lane_label(one, label, sizeof label);
		if (n > alike)
			fprintf(to, "lanes %zu to %zu: %s ...\n", l + 1, l + n,
				label);
		else
			fprintf(to, "lane %zu: %s\n", l + 1, label);
		lines++;
		l += n > alike ? n : 1;
	}
	if (l < picture.lanes)
		fprintf(to, "and %zu lanes more: each row names its own\n",
			picture.lanes - l);
}

static void draw_head(void)
{
	char line[1024], label[80];

	snprintf(line, sizeof line, "%5s %9s ", "row", "ms");
	if (is_narrow) {
		draw_titles();
		for (size_t c = 0; c < columns; c++)
			snprintf(line + strlen(line), sizeof line -
				 strlen(line), "%-2zu", (c + 1) % 100);
	} else {
		for (size_t l = 0; l < picture.lanes; l++) {
			lane_label(&picture.lane[l], label, sizeof label);
			snprintf(line + strlen(line), sizeof line -
				 strlen(line), "| %-*.*s", (int)room - 2,
				 (int)room - 2, label);
		}
	}
	trimmed(line);
}

static void foot_line(void *unused, const char *line, size_t len, int is_first)
{
	(void)unused;
	fprintf(to, "%s%.*s\n", is_first ? "" : "  ", (int)len, line);
}

static void draw_lines(const char *s)
{
	char line[1024];

	while (s && *s) {
		size_t len = strcspn(s, "\n");

		snprintf(line, sizeof line, "%.*s", (int)len, s);
		wrap(line, width, foot_line, NULL);
		s += len + (s[len] == '\n');
	}
}

static void draw_legend(size_t without)
{
	char line[200];

	fputc('\n', to);
	draw_lines(":  waits in a call     x3  so often, one after the other");
	draw_lines("< 25  the call in row 25 ended this wait; no <: time did, "
		   "or nobody seen here");
	if (without) {
		snprintf(line, sizeof line, "%zu lanes have no column here, "
			 "for want of room: their rows stand without `o'.",
			 without);
		draw_lines(line);
	}
	if (picture.dropped) {
		snprintf(line, sizeof line, "%llu rows in the middle are not "
			 "shown: only the first %zu and the last are.",
			 picture.dropped, picture.dropped_at);
		draw_lines(line);
	}
	if (picture.unknown) {
		snprintf(line, sizeof line, "%llu lines of strace were not "
			 "understood.", picture.unknown);
		draw_lines(line);
	}
}

void text_draw(FILE *file, size_t wide)
{
	size_t without;

	to = file;
	width = wide < 60 ? 60 : wide > 400 ? 400 : wide;
	is_narrow = picture.lanes > 2;
	columns = lanes_arrange(is_narrow ? (width - MARGIN - LEAST_TEXT) / 2 :
				2, &without);
	if (!is_narrow)
		columns = picture.lanes;
	for (size_t l = 0; !is_narrow && l < picture.lanes; l++)
		picture.lane[l].column = (int)l;
	if (!is_narrow)
		without = 0;
	room = is_narrow ? width - MARGIN - 2 * columns :
	       (width - MARGIN) / (columns ? columns : 1);
	memset(waits, 0, sizeof waits);
	if (picture.title && *picture.title)
		fprintf(to, "%s\n", picture.title);
	draw_head();
	for (size_t i = 0; i < picture.n; i++) {
		const struct row *r = &picture.row[i];

		if (picture.dropped && i == picture.dropped_at) {
			fprintf(to, "%*s... %llu rows ...\n", MARGIN, "",
				picture.dropped);
			memset(waits, 0, sizeof waits);
		}
		draw_row(i);
		for (size_t k = 0; k < 8 && k <= i; k++)
			if (r[-(long)k].group == k + 1)
				draw_group(r - k);
	}
	draw_legend(without);
	draw_lines(picture.foot);
}
