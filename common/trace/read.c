/*
 * read.c - lines of strace become events, in the order of time
 *
 * A call that others interrupt in the output has two lines: "read(3,
 * <unfinished ...>" and "<... read resumed>...". What becomes of an event is
 * decided when it is known how long it is: at its end, or SHORT_US after its
 * beginning. Until then it stands in a queue, in the order of time, and those
 * behind it wait. So the queue holds what happened in a moment, however long
 * the file is.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace.h"

enum { QUEUE = 16384, FORK_US = 1000000 };

struct entry {
	struct event *e;
	int64_t time;
	int is_end;
};

struct line {
	char buf[LINE_BYTES];
	size_t len;
	pid_t tid;
	int64_t time;
	size_t text;			/* where the rest begins */
	int is_there;
	int is_cut;			/* it has no newline */
};

static struct entry *queue;
static size_t head, tail;		/* queue[head .. tail-1] */
static struct map pending;		/* tid: its unfinished event */
static const struct sink *sink;
static struct read_result *result;
static int64_t until;

static void event_free(struct event *e)
{
	free(e->text);
	free(e);
}

/* ------------------------------------------------------------ the queue */

static void queue_put(struct event *e, int64_t time, int is_end)
{
	size_t i;

	if (tail == 2 * QUEUE) {
		memmove(queue, queue + head, (tail - head) * sizeof *queue);
		tail -= head;
		head = 0;
	}
	for (i = tail++; i > head && queue[i - 1].time > time; i--)
		queue[i] = queue[i - 1];
	queue[i] = (struct entry){ e, time, is_end };
}

/* This one has slept, however short it was: somebody has woken it. */
static int was_woken(const struct event *e)
{
	return e->kind == A_CALL && e->call->what == FUTEX && e->has_value &&
	       e->value == 0 && has(e->args, "FUTEX_WAIT");
}

static void dispatch(void)
{
	struct entry x = queue[head++];
	struct event *e = x.e;

	if (x.is_end) {
		sink->ended(e);
		event_free(e);
		return;
	}
	e->is_long = e->to == FOREVER || e->to - e->from > WAIT_US ||
		     was_woken(e);
	sink->begun(e);
	if (!e->is_long)
		event_free(e);
	else if (e->to != FOREVER)
		queue_put(e, e->to, 1);
}

/* So long others wait for what becomes of E: in most cases its end is known
 * then, so it is known whether that was a wait. A child may do a lot before its
 * parent's fork() is told to have ended; who its parent is has to be known. */
static int64_t patience(const struct event *e)
{
	if (e->call && e->call->what == FORK)
		return FORK_US;
	return e->call && e->call->may_wait ? SHORT_US : FORK_US;
}

static int is_due(int64_t now)
{
	const struct entry *x = &queue[head];

	if (x->is_end)
		return x->time <= now;
	return x->e->to != FOREVER || now - x->time > patience(x->e) ||
	       tail - head > QUEUE - 4;
}

static void advance(int64_t now)
{
	while (head < tail && (is_due(now) || tail - head > QUEUE))
		dispatch();
}

/* ------------------------------------------------------------- one line */

/* Microseconds from "1700000000.123456". */
static int64_t time_of(const char **s)
{
	int64_t us = 0;
	int digits = 0;

	for (; isdigit((unsigned char)**s) && us < INT64_MAX / 100000000;
	     (*s)++)
		us = us * 10 + (**s - '0');
	us *= 1000000;
	if (**s == '.')
		for ((*s)++; isdigit((unsigned char)**s); (*s)++)
			if (digits++ < 6) {
				int64_t unit = 100000;

				for (int i = 1; i < digits; i++)
					unit /= 10;
				us += unit * (**s - '0');
			}
	return us;
}

/* Fill L with the next line of F: its number, time and text. Those that have
 * none are counted and passed over. */
static void next_line(FILE *f, struct line *l)
{
	int c = 0;

	l->is_there = 0;
	while (!l->is_there && c != EOF) {
		const char *s = l->buf;

		l->len = 0;
		while ((c = getc_unlocked(f)) != EOF && c != '\n')
			if (l->len < sizeof l->buf - 1)
				l->buf[l->len++] = c ? (char)c : '?';
		l->buf[l->len] = '\0';
		l->is_cut = c == EOF;
		if (l->len == 0)
			continue;
		result->lines++;
		l->tid = (pid_t)strtol(s, (char **)&s, 10);
		while (*s == ' ')
			s++;
		l->time = time_of(&s);
		if (l->tid > 0 && l->time > 0 && *s == ' ') {
			while (*s == ' ')
				s++;
			l->text = (size_t)(s - l->buf);
			l->is_there = 1;
		} else {
			result->unknown++;
		}
	}
}

/* ------------------------------------------------------------ one event */

static int cut_end(struct piece *p, const char *word)
{
	size_t len = strlen(word);

	if (p->len < len || memcmp(p->s + p->len - len, word, len) != 0)
		return 0;
	p->len -= len;
	while (p->len && p->s[p->len - 1] == ' ')
		p->len--;
	return 1;
}

/* "name(": 1, and NAME; the brackets begin behind it. */
static int name_of(struct piece text, struct piece *name)
{
	size_t n = 0;

	while (n < text.len && (islower((unsigned char)text.s[n]) ||
				isdigit((unsigned char)text.s[n]) ||
				text.s[n] == '_'))
		n++;
	*name = (struct piece){ text.s, n };
	return n > 0 && n < text.len && text.s[n] == '(';
}

/* The bracket that closes the call: the last ")" that " = " follows, with any
 * blanks between. Quotes in what stands behind it do no harm. */
static int find_end(struct piece text, size_t from, size_t *close)
{
	int in_string = 0, depth = 0;

	for (size_t i = from; i < text.len; i++) {
		char c = text.s[i];

		if (in_string) {
			if (c == '\\')
				i++;
			else if (c == '"')
				in_string = 0;
		} else if (c == '"') {
			in_string = 1;
		} else if (c == '(') {
			depth++;
		} else if (c == ')' && depth-- == 0) {
			size_t k = i + 1;

			while (k < text.len && text.s[k] == ' ')
				k++;
			if (k < text.len && text.s[k] == '=') {
				*close = i;
				return 1;
			}
			return 0;
		}
	}
	return 0;
}

/* " <0.000123>" at the end of TEXT goes away; -1 if there is none. */
static int64_t take_duration(struct piece *text)
{
	const char *s = memrchr(text->s, '<', text->len);
	int64_t took;

	if (!s || s[1] == '.' || !isdigit((unsigned char)s[1]) ||
	    text->s[text->len - 1] != '>')
		return -1;
	text->len = (size_t)(s - text->s);
	s++;
	took = time_of(&s);
	while (text->len && text->s[text->len - 1] == ' ')
		text->len--;
	return took;
}

/* "= -1 EAGAIN (Resource...)", "= 3<pipe:[7]>", "= ? ERESTARTSYS (...)" */
static void parse_result(struct event *e)
{
	struct piece r = e->result;
	const char *s;
	size_t n = 0;

	e->has_value = number_of(r, &e->value);
	s = r.len && (begins(r, "-1 ") || *r.s == '?') ?
		memchr(r.s, ' ', r.len) : NULL;
	if (!s)
		return;
	for (s++; s + n < r.s + r.len && n < sizeof e->err - 1 &&
	     (isupper((unsigned char)s[n]) || isdigit((unsigned char)s[n]) ||
	      s[n] == '_'); n++)
		e->err[n] = s[n];
	e->err[n] = '\0';
}

/* How many bytes of its arguments E knew when it began. */
static size_t known_at_first(const struct event *e)
{
	struct piece rest = e->args, p = { e->args.s, 0 };
	unsigned n = 0;

	if (e->call->in >= 9)
		return e->args.len;
	while (n < e->call->in && next_piece(&rest, &p))
		n++;
	return n ? (size_t)(p.s + p.len - e->args.s) : 0;
}

/* All that TEXT, which E owns, says of a call that has ended, or (WHOLE 0) that
 * has begun. 0, or -1 if it is not to be understood. */
static int parse_call(struct event *e, int whole)
{
	struct piece text = { e->text, strlen(e->text) };
	size_t open, close;

	if (!name_of(text, &e->name))
		return -1;
	open = e->name.len + 1;
	e->call = call_of(e->name);
	if (!whole) {
		e->args = (struct piece){ text.s + open, text.len - open };
		while (e->args.len && strchr(", ", e->args.s[e->args.len - 1]))
			e->args.len--;
		e->args_in = e->args.len;
		return 0;
	}
	if (!find_end(text, open, &close))
		return -1;
	e->args = (struct piece){ text.s + open, close - open };
	for (close++; text.s[close] == ' ' || text.s[close] == '='; close++)
		;
	e->result = (struct piece){ text.s + close, text.len - close };
	cut_end(&e->args, "<unfinished ...>");
	parse_result(e);
	return 0;
}

static struct event *event_new(const struct line *l, int source)
{
	struct event *e = get(sizeof *e);

	e->source = source;
	e->tid = l->tid;
	e->from = l->time;
	e->to = FOREVER;
	return e;
}

static int give_up(struct event *e)
{
	event_free(e);
	return -1;
}

/* Its thread has ended, or begins another call: so this one has. */
static void end_pending(pid_t tid, int64_t now)
{
	struct event *e = map_get(&pending, (uint64_t)tid);

	if (!e)
		return;
	map_drop(&pending, (uint64_t)tid);
	e->to = now > e->from ? now : e->from;
	if (e->is_long)
		queue_put(e, e->to, 1);
}

static int read_mark(const struct line *l, int source, struct piece text)
{
	struct event *e;
	struct piece rest = { text.s + 4, text.len - 4 };
	int is_end = *text.s == '+';
	int64_t other;

	if (!cut_end(&rest, is_end ? "+++" : "---"))
		return -1;
	e = event_new(l, source);
	e->to = e->from;
	e->text = copy_of(rest.s, rest.len);
	e->name = (struct piece){ e->text, rest.len };
	e->args = e->name;
	e->kind = !is_end ? A_SIGNAL :
		  begins(e->name, "killed by") ? A_KILL :
		  begins(e->name, "superseded") ? A_SWITCH : AN_END;
	if (e->kind == A_SWITCH) {
		struct piece last = e->name;
		struct event *exec;

		last.s = memrchr(last.s, ' ', last.len);
		if (!last.s)
			return give_up(e);
		last.s++;
		last.len = (size_t)(e->name.s + e->name.len - last.s);
		if (!number_of(last, &other) || other <= 0)
			return give_up(e);
		/* The thread that called execve() has our number now. */
		exec = map_get(&pending, (uint64_t)other);
		end_pending(l->tid, l->time);
		if (exec) {
			map_drop(&pending, (uint64_t)other);
			exec->tid = l->tid;
			map_put(&pending, (uint64_t)l->tid, exec);
		}
		e->value = other;
	} else if (is_end) {
		end_pending(l->tid, l->time);
	}
	queue_put(e, e->from, 0);
	return 0;
}

static int read_resumed(const struct line *l, struct piece text)
{
	struct event *e = map_get(&pending, (uint64_t)l->tid);
	struct event old;
	const char *s = memmem(text.s, text.len, " resumed>", 9);
	size_t begun;
	char *joined;

	if (!e || !s || (size_t)(s - text.s) < 5)
		return -1;
	if ((size_t)(s - text.s) - 5 != e->name.len ||
	    memcmp(text.s + 5, e->name.s, e->name.len) != 0)
		return -1;
	s += 9;
	text.len -= (size_t)(s - text.s);
	text.s = s;
	take_duration(&text);
	begun = strlen(e->text);
	joined = must_have(malloc(begun + text.len + 2));
	memcpy(joined, e->text, begun);
	memcpy(joined + begun, text.s, text.len);
	joined[begun + text.len] = '\0';
	old = *e;
	e->text = joined;
	if (parse_call(e, 1) == -1) {	/* it ends, with nothing known */
		free(joined);
		*e = old;
		end_pending(l->tid, l->time);
		return -1;
	}
	if (e->args_in > e->args.len)
		e->args_in = e->args.len;
	free(old.text);
	end_pending(l->tid, l->time);
	return 0;
}

static int read_call(const struct line *l, int source, struct piece text)
{
	struct event *e;
	int is_open = cut_end(&text, "<unfinished ...>") ||
		      cut_end(&text, "<detached ...>");
	int64_t took = is_open ? -1 : take_duration(&text);

	end_pending(l->tid, l->time);
	e = event_new(l, source);
	/* A blank stays: what is resumed follows it. */
	e->text = must_have(malloc(text.len + 2));
	memcpy(e->text, text.s, text.len);
	e->text[text.len] = '\0';
	if (is_open && text.len && text.s[text.len - 1] == ',')
		memcpy(e->text + text.len, " ", 2);
	if (parse_call(e, !is_open) == -1) {
		is_open = l->is_cut;	/* the last line, of a call */
		if (!is_open || parse_call(e, 0) == -1)
			return give_up(e);
	}
	if (is_open) {
		map_put(&pending, (uint64_t)e->tid, e);
	} else {
		e->args_in = known_at_first(e);
		e->to = e->from + (took > 0 ? took : 0);
		if (e->to >= until) {	/* what ended it was not its own */
			e->to = FOREVER;
			e->args.len = e->args_in;
			e->result.len = 0;
			e->has_value = 0;
			e->err[0] = '\0';
			map_put(&pending, (uint64_t)e->tid, e);
		}
	}
	queue_put(e, e->from, 0);
	return 0;
}

static int read_line(const struct line *l, int source)
{
	struct piece text = { l->buf + l->text, l->len - l->text };

	if (begins(text, "--- ") || begins(text, "+++ "))
		return read_mark(l, source, text);
	if (begins(text, "<... "))
		return read_resumed(l, text);
	return read_call(l, source, text);
}

static int earliest(struct line *const *line, size_t n)
{
	int best = -1;

	for (size_t i = 0; i < n; i++)
		if (line[i]->is_there &&
		    (best == -1 || line[i]->time < line[best]->time))
			best = (int)i;
	return best;
}

static void note_time(int64_t time)
{
	if (!result->first || time < result->first)
		result->first = time;
	if (time > result->last)
		result->last = time;
}

struct read_result read_files(FILE *const *files, size_t n, int64_t last,
			      const struct sink *to)
{
	struct read_result r = { 0 };
	struct line *line[SOURCES];
	int64_t now = 0;
	int i;

	queue = get(2 * QUEUE * sizeof *queue);
	head = tail = 0;
	sink = to;
	result = &r;
	until = last;
	for (size_t k = 0; k < n; k++) {
		line[k] = get(sizeof *line[k]);
		next_line(files[k], line[k]);
	}
	while ((i = earliest(line, n)) != -1) {
		if (line[i]->time < until) {
			/* A clock that was set back does not stop us. */
			if (line[i]->time > now)
				now = line[i]->time;
			advance(now);
			if (read_line(line[i], i) == -1)
				r.unknown++;
			else
				note_time(line[i]->time);
		}
		next_line(files[i], line[i]);
	}
	advance(FOREVER);
	while (head < tail)
		dispatch();
	for (size_t k = 0; k < pending.size; k++)
		if (pending.v[k].key) {
			sink->left(pending.v[k].value, r.last);
			event_free(pending.v[k].value);
		}
	free(pending.v);
	pending = (struct map){ 0 };
	for (size_t k = 0; k < n; k++)
		free(line[k]);
	free(queue);
	return r;
}
