/*
 * svg.c - the picture for a page: 760 wide, light or dark as the reader has it
 *
 * The same rows as in the text. The arrows of two lanes run between them, and
 * the texts stand on both sides, so that nothing lies above a letter. Letters
 * are text, so they can be selected and read aloud; <desc> says what there is
 * to see.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace.h"

enum {
	WIDE = 760, HIGH = 18, LEFT = 86, LEAST_TEXT = 360,
	STEP = 14,			/* between narrow lanes */
	LETTER = 74,			/* tenths of a pixel, of 12 pixels */
	MOST = 24,			/* narrow lanes */
	STORY = 24,			/* sentences of the text alternative */
	LEFT_LANE = 404, RIGHT_LANE = 448,	/* if there are two */
};

static FILE *to;
static size_t columns, room;
static int is_narrow;
static int *top;			/* of each row */

static int lane_x(int column)
{
	if (column < 0)
		return -1;
	if (is_narrow)
		return LEFT + 12 + column * STEP;
	return columns == 2 ? column ? RIGHT_LANE : LEFT_LANE : LEFT + 12;
}

static void safe(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		switch (s[i]) {
		case '&': fputs("&amp;", to); break;
		case '<': fputs("&lt;", to); break;
		case '>': fputs("&gt;", to); break;
		case '"': fputs("&quot;", to); break;
		case '\n': fputc(' ', to); break;
		default:
			fputc(s[i] >= ' ' && s[i] <= '~' ? s[i] : '?', to);
		}
}

static void named(const struct row *r, char *buf, size_t size)
{
	const struct lane *l = &picture.lane[r->lane];
	char text[TEXT_BYTES + 256];

	row_text(r, 0, text, sizeof text);
	if (!is_narrow || r->kind == R_MORE)
		snprintf(buf, size, "%s", text);
	else if (l->thread > 1)
		snprintf(buf, size, "%.15s %d thread %u: %s", l->name,
			 r->lane + 1, l->thread, text);
	else
		snprintf(buf, size, "%.15s %d: %s", l->name, r->lane + 1, text);
}

/* ------------------------------------------------------ how high it gets */

static void count_line(void *n, const char *line, size_t len, int is_first)
{
	(void)line;
	(void)len;
	(void)is_first;
	++*(int *)n;
}

static int ends_group(size_t i, size_t *first)
{
	for (size_t k = 0; k < 8 && k <= i; k++)
		if (picture.row[i - k].group == k + 1) {
			*first = i - k;
			return 1;
		}
	return 0;
}

static int lay_out(int y)
{
	char text[TEXT_BYTES + 320];

	top = get((picture.n + 1) * sizeof *top);
	for (size_t i = 0; i < picture.n; i++) {
		size_t first;
		int lines = 0;

		if (picture.dropped && i == picture.dropped_at)
			y += HIGH;
		top[i] = y;
		named(&picture.row[i], text, sizeof text);
		wrap(text, room, count_line, &lines);
		y += lines * (HIGH - 3) + 4;
		if (ends_group(i, &first))
			y += HIGH;
	}
	return y;
}

static int text_lines(const char *s)
{
	int lines = 0;

	while (s && *s) {
		size_t len = strcspn(s, "\n");
		char line[1024];

		snprintf(line, sizeof line, "%.*s", (int)len, s);
		wrap(line, (WIDE - 20) * 10 / LETTER, count_line, &lines);
		s += len + (s[len] == '\n');
	}
	return lines;
}

/* ------------------------------------------------------------ the pieces */

struct place {
	int x, y;
	int to_left;			/* it ends at x */
};

static void put_text(void *at, const char *line, size_t len, int is_first)
{
	struct place *p = at;

	if (p->to_left)
		fprintf(to, "<text class=\"e\" x=\"%d\" y=\"%d\">", p->x,
			p->y);
	else
		fprintf(to, "<text x=\"%d\" y=\"%d\">",
			p->x + (is_first ? 0 : 15), p->y);
	safe(line, len);
	fputs("</text>\n", to);
	p->y += HIGH - 3;
}

static int is_left(int column)
{
	return !is_narrow && columns == 2 && column == 0;
}

static int text_x(int column)
{
	if (is_narrow)
		return LEFT + 12 + (int)columns * STEP;
	return lane_x(column) + (is_left(column) ? -9 : 9);
}

/* A bar from the beginning of a wait to its end, or to the picture's. */
static void draw_bars(int bottom)
{
	int from[64];

	for (size_t c = 0; c < 64; c++)
		from[c] = -1;
	for (size_t i = 0; i <= picture.n; i++) {
		const struct row *r = &picture.row[i];
		int c = i < picture.n ? picture.lane[r->lane].column : -1;

		for (int k = 0; k < 64; k++) {
			if (from[k] < 0 || (i < picture.n && k != c))
				continue;
			fprintf(to, "<rect class=\"b\" x=\"%d\" y=\"%d\" "
				"width=\"5\" height=\"%d\"/>\n",
				lane_x(k) - 2, from[k],
				(i < picture.n ? top[i] : bottom) - from[k]);
			from[k] = -1;
		}
		if (c >= 0 && r->kind == R_WAIT)
			from[c] = top[i];
	}
}

static void draw_arrows(void)
{
	for (size_t i = 0; i < picture.n; i++) {
		const struct row *r = &picture.row[i];
		size_t k = r->by ? row_find(r->by) : picture.n;
		int a, b, shift;

		if (k == picture.n)
			continue;
		a = lane_x(picture.lane[picture.row[k].lane].column);
		b = lane_x(picture.lane[r->lane].column);
		if (a < 0 || b < 0)
			continue;
		shift = a > b ? 4 : a < b ? -4 : 0;
		fprintf(to, "<line class=\"a\" x1=\"%d\" y1=\"%d\" x2=\"%d\" "
			"y2=\"%d\" marker-end=\"url(#tip)\"/>\n", a, top[k],
			b + shift, top[i]);
	}
}

static void draw_row(size_t i)
{
	const struct row *r = &picture.row[i];
	int c = picture.lane[r->lane].column, x = lane_x(c);
	struct place p = { text_x(c), top[i] + 4, is_left(c) };
	char text[TEXT_BYTES + 320];
	size_t first;

	fprintf(to, "<text class=\"t\" x=\"%d\" y=\"%d\">%.3f</text>\n",
		LEFT - 8, top[i] + 4,
		(double)(r->time - picture.first) / 1000);
	if (x >= 0)
		fprintf(to, "<circle cx=\"%d\" cy=\"%d\" r=\"3\"/>\n", x,
			top[i]);
	named(r, text, sizeof text);
	wrap(text, room, put_text, &p);
	if (ends_group(i, &first)) {
		const struct row *g = &picture.row[first];

		group_text(g, text, sizeof text);
		fprintf(to, "<text class=\"g%s\" x=\"%d\" y=\"%d\">%s"
			"</text>\n", is_left(0) ? " e" : "", text_x(0),
			p.y + 2, text);
	}
}

static void draw_lanes(int y, int bottom)
{
	char label[80];

	for (size_t c = 0; c < columns; c++)
		fprintf(to, "<line class=\"l\" x1=\"%d\" y1=\"%d\" x2=\"%d\" "
			"y2=\"%d\"/>\n", lane_x((int)c), y - 8,
			lane_x((int)c), bottom);
	for (size_t l = 0; !is_narrow && l < picture.lanes; l++) {
		lane_label(&picture.lane[l], label, sizeof label);
		fprintf(to, "<text class=\"h%s\" x=\"%d\" y=\"%d\">",
			is_left((int)l) ? " e" : "", text_x((int)l), y - 16);
		safe(label, strlen(label));
		fputs("</text>\n", to);
	}
}

static void draw_many_titles(int y)
{
	size_t shown = 0;
	char label[80];

	for (size_t l = 0; l < picture.lanes && shown < 8; l++, shown++) {
		lane_label(&picture.lane[l], label, sizeof label);
		fprintf(to, "<text class=\"h\" x=\"%d\" y=\"%d\">lane %zu: ",
			10 + (int)(shown % 2) * 380, y + (int)(shown / 2) * 16,
			l + 1);
		safe(label, strlen(label) < 40 ? strlen(label) : 40);
		fputs("</text>\n", to);
	}
	if (picture.lanes > shown)
		fprintf(to, "<text x=\"10\" y=\"%d\">and %zu more; each row "
			"names its lane</text>\n",
			y + (int)(shown + 1) / 2 * 16, picture.lanes - shown);
}

static void draw_foot(int y, size_t without)
{
	struct place p = { 10, y, 0 };
	const char *s = picture.foot;
	char line[1024];

	if (without)
		fprintf(to, "<text x=\"10\" y=\"%d\">%zu lanes have no column "
			"here: their rows stand without a dot.</text>\n", p.y,
			without);
	p.y += without ? HIGH - 3 : 0;
	if (picture.dropped)
		fprintf(to, "<text x=\"10\" y=\"%d\">%llu rows in the middle "
			"are not shown.</text>\n", p.y, picture.dropped);
	p.y += picture.dropped ? HIGH - 3 : 0;
	if (picture.unknown)
		fprintf(to, "<text x=\"10\" y=\"%d\">%llu lines of strace were "
			"not understood.</text>\n", p.y, picture.unknown);
	p.y += picture.unknown ? HIGH - 3 : 0;
	while (s && *s) {
		size_t len = strcspn(s, "\n");

		snprintf(line, sizeof line, "%.*s", (int)len, s);
		wrap(line, (WIDE - 20) * 10 / LETTER, put_text, &p);
		s += len + (s[len] == '\n');
	}
}

/* Who waits in which call, and whose call ends it, in words: a sentence for
 * each arrow into a wait, up to STORY of them. */
static void tell_wait(size_t wake)
{
	const struct row *r = &picture.row[wake], *by;
	size_t k = row_find(r->by), wait = wake;
	char label[80], text[TEXT_BYTES + 320];

	while (wait > 0 && (picture.row[wait].lane != r->lane ||
			    picture.row[wait].kind != R_WAIT))
		wait--;
	by = &picture.row[k];
	lane_label(&picture.lane[r->lane], label, sizeof label);
	fprintf(to, "%.3f ms: ", (double)(r->time - picture.first) / 1000);
	safe(label, strlen(label));
	fputs(" waits no longer in ", to);
	safe(picture.row[wait].text, strlen(picture.row[wait].text));
	fputs(": ", to);
	row_text(r, 0, text, sizeof text);
	safe(text, strlen(text));
	fputs(", for ", to);
	lane_label(&picture.lane[by->lane], label, sizeof label);
	safe(label, strlen(label));
	fputs(" calls ", to);
	safe(by->text, strlen(by->text));
	fputs(".\n", to);
}

static void tell_story(void)
{
	size_t told = 0, more = 0;

	for (size_t i = 0; i < picture.n; i++) {
		const struct row *r = &picture.row[i];

		if (r->kind != R_WAKE || !r->by || row_find(r->by) == picture.n)
			continue;
		if (told < STORY) {
			tell_wait(i);
			told++;
		} else {
			more++;
		}
	}
	if (more)
		fprintf(to, "%zu more waits end in this way.\n", more);
}

static void draw_begin(int height)
{
	size_t arrows = 0, bars = 0;

	for (size_t i = 0; i < picture.n; i++) {
		arrows += picture.row[i].by != 0;
		bars += picture.row[i].kind == R_WAIT;
	}
	fprintf(to, "<svg xmlns=\"http://www.w3.org/2000/svg\" "
		"viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" "
		"font-family=\"DejaVu Sans Mono, Liberation Mono, monospace\" "
		"font-size=\"12\" role=\"img\" "
		"aria-labelledby=\"title desc\">\n<title id=\"title\">",
		WIDE, height, WIDE, height);
	safe(picture.title, strlen(picture.title));
	fprintf(to, "</title>\n<desc id=\"desc\">%zu lanes from top to bottom "
		"in time, %zu rows: calls, %zu waits as bars, %zu arrows from "
		"a call to the wait that it ended.\n", picture.lanes,
		picture.n, bars, arrows);
	tell_story();
	if (picture.foot)
		safe(picture.foot, strlen(picture.foot));
	fputs("</desc>\n<style>\n"
	      "svg { background: #fff }\n"
	      "text { fill: #1c1c1c; white-space: pre }\n"
	      ".t { fill: #666 }\n.t, .e { text-anchor: end }\n"
	      ".h { font-weight: bold }\n"
	      ".g { fill: #666; font-style: italic }\n"
	      ".l { stroke: #bbb }\n.b { fill: #e0a030 }\n"
	      ".a { stroke: #b04000 }\n.tip { fill: #b04000 }\n"
	      "circle { fill: #1c1c1c }\n"
	      "@media (prefers-color-scheme: dark) {\n"
	      "svg { background: #16181c }\n"
	      "text, circle { fill: #e6e6e6 }\n.t, .g { fill: #a0a0a0 }\n"
	      ".l { stroke: #50545c }\n.b { fill: #b07a18 }\n"
	      ".a { stroke: #ff9a5c }\n.tip { fill: #ff9a5c }\n}\n"
	      "</style>\n<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" "
	      "refX=\"8\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" "
	      "orient=\"auto\"><path class=\"tip\" d=\"M0 0 8 4 0 8z\"/>"
	      "</marker></defs>\n", to);
	fprintf(to, "<text class=\"h\" x=\"10\" y=\"20\">");
	safe(picture.title, strlen(picture.title) < 98 ?
	     strlen(picture.title) : 98);
	fputs("</text>\n", to);
}

int svg_draw(const char *path)
{
	size_t without, titles;
	int y = 66, bottom, height, err = 0;

	to = fopen(path, "w");
	if (!to)
		return -1;
	is_narrow = picture.lanes > 2;
	columns = lanes_arrange(is_narrow ? MOST : 2, &without);
	if (!is_narrow) {
		columns = picture.lanes ? picture.lanes : 1;
		without = 0;
		for (size_t l = 0; l < picture.lanes; l++)
			picture.lane[l].column = (int)l;
	}
	room = (size_t)(is_narrow ? WIDE - LEFT - 16 - (int)columns * STEP :
			columns == 2 ? WIDE - RIGHT_LANE - 13 :
			WIDE - LEFT - 25) * 10 / LETTER;
	titles = picture.lanes < 8 ? picture.lanes : 8;
	if (is_narrow)
		y = 66 + (int)(titles + 1) / 2 * 16 +
		    (picture.lanes > 8 ? 16 : 0);
	bottom = lay_out(y) + 4;
	height = bottom + 24 + (HIGH - 3) *
		 (text_lines(picture.foot) + (without > 0) +
		  (picture.dropped > 0) + (picture.unknown > 0));
	draw_begin(height);
	if (is_narrow)
		draw_many_titles(44);
	draw_lanes(y, bottom);
	draw_bars(bottom);
	draw_arrows();
	for (size_t i = 0; i < picture.n; i++)
		draw_row(i);
	draw_foot(bottom + 22, without);
	fputs("</svg>\n", to);
	free(top);
	if (ferror(to))
		err = errno ? errno : EIO;
	if (fclose(to) == EOF && !err)
		err = errno;
	errno = err;
	return err ? -1 : 0;
}
