/*
 * rows.c - the rows of the picture: what repeats becomes one, and of very many
 * the first and the last are kept
 *
 * A row that is the same as the one before is counted there. The same for a
 * group of rows, which begins to be one when it has come for the third time;
 * or for the sixth, if its rows are only alike (the same calls on the same
 * objects, with the same success); or for the fourth, if it looks at files. A
 * row that goes away like this leaves its number to the one that stands for it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace.h"

enum {
	LONGEST = 8,			/* rows of a group */
	SAME = 3, ALIKE = 6, ALIKE_FILES = 4,
	SLACK = 1024,
	ALIASES = 65536,
};

struct picture picture;

static long last_id;
static size_t lane_room, row_room;
static struct {
	long gone, stays;
} *alias;				/* in the order of gone */
static size_t aliases;

/* ------------------------------------------------------------ the lanes */

int lane_new(pid_t pid, pid_t tid, unsigned thread, const char *name,
	     int64_t from)
{
	struct picture *p = &picture;
	struct lane *l;

	if (p->lanes == lane_room) {
		lane_room = lane_room ? 2 * lane_room : 16;
		p->lane = must_have(realloc(p->lane, lane_room *
					    sizeof *p->lane));
	}
	l = &p->lane[p->lanes];
	*l = (struct lane){ .pid = pid, .tid = tid, .thread = thread,
			    .from = from, .to = FOREVER };
	snprintf(l->name, sizeof l->name, "%s", name);
	return (int)p->lanes++;
}

void lane_name(int lane, const char *name)
{
	snprintf(picture.lane[lane].name, sizeof picture.lane[lane].name, "%s",
		 name);
}

void lane_end(int lane, int64_t to)
{
	picture.lane[lane].to = to;
}

/* ------------------------------------------------------------ the rows */

/* Who stands for row ID, which is gone; 0 if it is not. */
static long who_stays(long id)
{
	size_t a = 0, b = aliases;

	while (a < b) {
		size_t m = (a + b) / 2;

		if (alias[m].gone < id)
			a = m + 1;
		else
			b = m;
	}
	return a < aliases && alias[a].gone == id ? alias[a].stays : 0;
}

size_t row_find(long id)
{
	long stays;
	size_t from = 0, to = picture.n;

	while ((stays = who_stays(id)) > 0)
		id = stays;
	while (from < to) {
		size_t m = (from + to) / 2;

		if (picture.row[m].id < id)
			from = m + 1;
		else
			to = m;
	}
	return from < picture.n && picture.row[from].id == id ? from :
		picture.n;
}

static void row_gone(const struct row *r, long stays)
{
	size_t i;

	free(r->text);
	if (!alias)
		alias = get(ALIASES * sizeof *alias);
	if (aliases == ALIASES) {	/* the oldest half is far away */
		memmove(alias, alias + ALIASES / 2,
			ALIASES / 2 * sizeof *alias);
		aliases = ALIASES / 2;
	}
	for (i = aliases++; i > 0 && alias[i - 1].gone > r->id; i--)
		alias[i] = alias[i - 1];
	alias[i].gone = r->id;
	alias[i].stays = stays;
}

static void add_waits(struct row *to, const struct row *from)
{
	if (from->kind != R_WAKE)
		return;
	if (from->least < to->least)
		to->least = from->least;
	if (from->most > to->most)
		to->most = from->most;
}

static int are_same(const struct row *a, const struct row *b, int alike)
{
	if (a->lane != b->lane || a->kind != b->kind || a->kind == R_END)
		return 0;
	if (alike)
		return a->like.loose && a->like.loose == b->like.loose;
	return a->exact == b->exact && a->times == b->times &&
	       strcmp(a->text, b->text) == 0;
}

/* Are the LEN rows from A on those from B on? */
static int are_groups(size_t a, size_t b, size_t len, int alike)
{
	for (size_t i = 0; i < len; i++)
		if (!are_same(&picture.row[a + i], &picture.row[b + i], alike))
			return 0;
	return 1;
}

/* The last LEN rows go away: those from STAYS on stand for them. */
static void cut_last(size_t len, size_t stays)
{
	for (size_t i = 0; i < len; i++) {
		struct row *r = &picture.row[picture.n - len + i];

		add_waits(&picture.row[stays + i % len], r);
		row_gone(r, picture.row[stays + i % len].id);
	}
	picture.n -= len;
}

/* Do the last rows go on with the group that stands before them? */
static int goes_on(void)
{
	struct picture *p = &picture;

	for (size_t len = 1; len <= LONGEST && 2 * len <= p->n; len++) {
		size_t at = p->n - 2 * len;

		if (p->row[at].group != len || p->row[p->n - len].in_group)
			continue;
		if (!are_groups(at, p->n - len, len, p->row[at].alike))
			return 0;
		p->row[at].group_times++;
		cut_last(len, at);
		return 1;
	}
	return 0;
}

/* Have the last LEN rows come TIMES times, one after the other? */
static int repeats(size_t len, size_t times, int alike)
{
	const struct picture *p = &picture;

	if (p->n < len * times)
		return 0;
	for (size_t i = p->n - len * times; i < p->n; i++)
		if (p->row[i].in_group)
			return 0;
	for (size_t k = 1; k < times; k++)
		if (!are_groups(p->n - len, p->n - (k + 1) * len, len, alike))
			return 0;
	return 1;
}

static int looks_at_files(size_t len)
{
	const struct picture *p = &picture;

	if (len > p->n)
		return 0;
	for (size_t i = p->n - len; i < p->n; i++)
		if (!(p->row[i].like.loose & LOOKS_AT_FILES))
			return 0;
	return 1;
}

static int make_group(size_t len, size_t times, int alike)
{
	struct picture *p = &picture;
	size_t at = p->n - len * times;

	if (!repeats(len, times, alike))
		return 0;
	while (p->n > at + len)
		cut_last(len, at);
	p->row[at].group = (unsigned)len;
	p->row[at].group_times = (unsigned)times;
	p->row[at].alike = alike;
	for (size_t i = at; i < p->n; i++)
		p->row[i].in_group = 1;
	return 1;
}

/* ------------------------------------ rows of few kinds, in any order */

/* Two loops that do not keep step make no groups. When the last MIXED rows are
 * of at most KINDS kinds, the later ones are counted in one row, MORE, but for
 * the last, TAIL, which stand behind it. */
enum { MIXED = 72, KINDS = 10, TAIL = 24 };

static uint64_t kinds[KINDS];
static size_t n_kinds;
static long more;			/* the id of that row, or 0 */

static uint64_t kind_of(const struct row *r)
{
	return r->like.sort ? r->like.sort + (uint64_t)r->lane * 7919 : 0;
}

static int is_known_kind(const struct row *r)
{
	uint64_t kind = kind_of(r);

	for (size_t i = 0; kind && i < n_kinds; i++)
		if (kinds[i] == kind)
			return 1;
	return 0;
}

static int are_few_kinds(void)
{
	const struct picture *p = &picture;

	n_kinds = 0;
	if (p->n < MIXED)
		return 0;
	for (size_t i = p->n - MIXED; i < p->n; i++) {
		if (is_known_kind(&p->row[i]))
			continue;
		if (n_kinds == KINDS || !kind_of(&p->row[i]))
			return 0;
		kinds[n_kinds++] = kind_of(&p->row[i]);
	}
	return 1;
}

/* The same for the latest row; a new kind is welcome while there is room. */
static int joins_kinds(const struct row *r)
{
	if (is_known_kind(r))
		return 1;
	if (n_kinds == KINDS || !kind_of(r))
		return 0;
	kinds[n_kinds++] = kind_of(r);
	return 1;
}

/* Rows from AT on, N of them, go into the row before them. */
static void swallow(size_t at, size_t n)
{
	struct picture *p = &picture;
	struct row *to = &p->row[at - 1];

	to->kind = R_MORE;
	to->like = (struct likeness){ 0, 0 };
	to->by = 0;
	to->group = 0;
	to->in_group = 1;		/* no group may have it */
	for (size_t i = at; i < at + n; i++) {
		const struct row *r = &p->row[i];

		to->times += r->in_group ? p->row[at].group_times : r->times;
		row_gone(r, to->id);
	}
	memmove(p->row + at, p->row + at + n,
		(p->n - at - n) * sizeof *p->row);
	p->n -= n;
}

static void mix(void)
{
	struct picture *p = &picture;
	size_t at;

	if (!more) {
		if (p->n % 8 || !are_few_kinds())
			return;
		at = p->n - TAIL;
		while (at < p->n && p->row[at].in_group)
			at++;
		if (at == p->n)
			return;
		more = p->row[at].id;
		return;
	}
	at = row_find(more);
	if (at == p->n || !joins_kinds(&p->row[p->n - 1])) {
		more = 0;
		return;
	}
	if (p->n - at > TAIL + LONGEST + 1)
		swallow(at + 1, p->row[at + 1].group ? p->row[at + 1].group :
			1);
}

static void fold(void)
{
	struct picture *p = &picture;
	struct row *r = &p->row[p->n - 1];

	if (p->n > 1 && r->kind == R_CALL && !r[-1].in_group &&
	    are_same(r - 1, &(struct row){ .lane = r->lane, .kind = r->kind,
			     .exact = r->exact, .text = r->text,
			     .times = r[-1].times }, 0)) {
		r[-1].times++;
		cut_last(1, p->n - 2);
		return;
	}
	if (goes_on())
		return;
	for (size_t len = 2; len <= LONGEST; len++)
		if (make_group(len, SAME, 0))
			return;
	for (size_t len = 1; len <= LONGEST; len++)
		if (make_group(len, looks_at_files(len) ? ALIKE_FILES : ALIKE,
			       1))
			return;
	mix();
}

/* Too many: those in the middle go away. */
static void keep_bounds(void)
{
	struct picture *p = &picture;
	size_t gone;

	if (p->n < FIRST_ROWS + LAST_ROWS + SLACK)
		return;
	gone = p->n - FIRST_ROWS - LAST_ROWS;
	for (size_t i = FIRST_ROWS; i < FIRST_ROWS + gone; i++)
		free(p->row[i].text);
	memmove(p->row + FIRST_ROWS, p->row + FIRST_ROWS + gone,
		LAST_ROWS * sizeof *p->row);
	p->n -= gone;
	p->dropped += gone;
	p->dropped_at = FIRST_ROWS;
}

long row_add(int lane, enum row_kind kind, int64_t time, const char *text,
	     struct likeness like)
{
	struct picture *p = &picture;
	struct row *r;

	keep_bounds();
	if (p->n == row_room) {
		row_room = row_room ? 2 * row_room : 256;
		p->row = must_have(realloc(p->row, row_room * sizeof *p->row));
	}
	r = &p->row[p->n++];
	*r = (struct row){ .id = ++last_id, .time = time, .lane = lane,
			   .kind = kind, .times = 1, .like = like,
			   .least = INT64_MAX };
	r->text = copy_of(text, strlen(text));
	r->exact = hash_of("", text, strlen(text));
	p->lane[lane].rows++;
	if (kind != R_WAKE)		/* that one is not complete yet */
		fold();
	return last_id;
}

void row_by(long id, long by)
{
	size_t i = row_find(id), k = row_find(by);

	if (i < picture.n)
		picture.row[i].by = by && k < picture.n ? by : 0;
}

void row_wake(long id, long by, int64_t waited)
{
	size_t i = row_find(id);

	if (i == picture.n)
		return;
	picture.row[i].least = picture.row[i].most = waited;
	row_by(id, by);
	fold();
}

int row_join(long wait, const char *text, struct likeness like)
{
	size_t i = row_find(wait);
	struct row *r = &picture.row[i];

	if (i == picture.n || r->in_group || r->kind != R_WAIT)
		return 0;
	free(r->text);
	r->text = copy_of(text, strlen(text));
	r->exact = hash_of("", text, strlen(text));
	r->like = like;
	r->kind = R_CALL;
	if (i == picture.n - 1)
		fold();
	return 1;
}

void rows_free(void)
{
	for (size_t i = 0; i < picture.n; i++)
		free(picture.row[i].text);
	free(picture.row);
	free(picture.lane);
	free(alias);
	alias = NULL;
	aliases = lane_room = row_room = 0;
	last_id = 0;
	more = 0;
	picture = (struct picture){ 0 };
}

/* -------------------------------------------------------- for the drawers */

size_t lanes_arrange(size_t max, size_t *without)
{
	struct picture *p = &picture;
	int64_t free_at[64];
	size_t n = 0;

	*without = 0;
	if (max > 64)
		max = 64;
	for (size_t l = 0; l < p->lanes; l++) {
		struct lane *lane = &p->lane[l];
		size_t c = 0;

		while (c < n && free_at[c] > lane->from)
			c++;
		if (c == n && n < max)
			n++;
		lane->column = c < n ? (int)c : -1;
		if (c < n)
			free_at[c] = lane->to;
		else
			(*without)++;
	}
	return n;
}

void lane_label(const struct lane *l, char *buf, size_t size)
{
	if (l->thread > 1)
		snprintf(buf, size, "%s %d thread %u", l->name, (int)l->pid,
			 l->thread);
	else
		snprintf(buf, size, "%s %d", l->name, (int)l->pid);
}

unsigned long long row_number(size_t i)
{
	return i + 1 + (i >= picture.dropped_at ? picture.dropped : 0);
}

static void say_waited(const struct row *r, char *buf, size_t size)
{
	double least = (double)r->least / 1000, most = (double)r->most / 1000;

	if (r->most - r->least < 100)
		snprintf(buf, size, "  (waited %.1f ms)", most);
	else
		snprintf(buf, size, "  (waited %.1f to %.1f ms)", least, most);
}

void group_text(const struct row *first, char *buf, size_t size)
{
	const char *alike = first->alike ? ", much alike" : "";

	if (first->group > 1)
		snprintf(buf, size, "the %u rows above come %u times%s",
			 first->group, first->group_times, alike);
	else
		snprintf(buf, size, "the row above comes %u times%s",
			 first->group_times, alike);
}

/* A row, with how often, how long, and by whom. */
void row_text(const struct row *r, int with_by, char *buf, size_t size)
{
	char times[32] = "", waited[64] = "", by[32] = "";
	size_t k = r->by && with_by ? row_find(r->by) : picture.n;

	if (r->kind == R_MORE) {
		snprintf(buf, size, "... %u rows more like those around them, "
			 "in any order ...", r->times);
		return;
	}
	if (r->times > 1)
		snprintf(times, sizeof times, " x%u", r->times);
	if (r->kind == R_WAKE)
		say_waited(r, waited, sizeof waited);
	if (k < picture.n)
		snprintf(by, sizeof by, "  < %llu", row_number(k));
	snprintf(buf, size, "%s%s%s%s", r->text, times, waited, by);
}
