/*
 * say.c - a call in few words
 *
 * What strace writes is complete; a picture has room for a line. Paths become
 * their last part, data their beginning, addresses their end, structures what
 * matters in them.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace.h"

enum {
	DATA = 12,			/* letters of data that are shown */
	NAME = 20,			/* of a file's name; the last ones */
};

struct out {
	char *buf;
	size_t len, size;
	int names;			/* strings are names, not data */
};

static void add(struct out *o, const char *s, size_t len)
{
	for (size_t i = 0; i < len && o->len + 1 < o->size; i++)
		o->buf[o->len++] = s[i] >= ' ' && s[i] <= '~' ? s[i] : '?';
	o->buf[o->len] = '\0';
}

static void add_text(struct out *o, const char *s)
{
	add(o, s, strlen(s));
}

/* One letter as strace writes it: x, \n, \33, \x1b */
static size_t letter(const char *s, const char *end)
{
	size_t n = 1;

	if (*s != '\\' || s + 1 >= end)
		return 1;
	if (s[1] == 'x') {
		for (n = 2; n < 4 && s + n < end &&
		     isxdigit((unsigned char)s[n]); n++)
			;
		return n;
	}
	if (!isdigit((unsigned char)s[1]))
		return 2;
	while (n < 4 && s + n < end && isdigit((unsigned char)s[n]))
		n++;
	return n;
}

/* The length of S without the bytes at its end that are no letters. */
static size_t without_zeros(struct piece s)
{
	const char *end = s.s + s.len;
	size_t last = 0;

	for (size_t i = 0; i < s.len;) {
		size_t n = letter(s.s + i, end);

		if (n == 1 || !(isdigit((unsigned char)s.s[i + 1]) ||
				s.s[i + 1] == 'x'))
			last = i + n;
		i += n;
	}
	return last;
}

/* At most MOST letters of S, between quotes. */
static void add_data(struct out *o, struct piece s, size_t most, int goes_on)
{
	const char *end = s.s + s.len;
	size_t keep = without_zeros(s), n = 0, i = 0;
	int is_cut = goes_on || keep < s.len;

	while (i < keep && n < most) {
		i += letter(s.s + i, end);
		n++;
	}
	if (i < keep) {			/* room for the dots */
		is_cut = 1;
		for (n = i = 0; n + 2 < most; n++)
			i += letter(s.s + i, end);
	}
	add_text(o, "\"");
	add(o, s.s, i < s.len ? i : s.len);
	add_text(o, is_cut ? "...\"" : "\"");
}

/* The last part of a path; of a long one its end, where names differ. */
static void add_path(struct out *o, struct piece p)
{
	const char *slash = p.len > 1 ? memrchr(p.s, '/', p.len) : NULL;

	if (slash) {
		p.len -= (size_t)(slash + 1 - p.s);
		p.s = slash + 1;
	}
	if (p.len > NAME) {
		add_text(o, "..");
		p.s += p.len - (NAME - 2);
		p.len = NAME - 2;
		while (p.len > 1 && *p.s == '.') {
			p.s++;
			p.len--;
		}
	}
	add(o, p.s, p.len);
}

/* The string at S: behind it. */
static const char *add_string(struct out *o, const char *s, const char *end)
{
	const char *stop = s + 1;
	struct piece in;
	int goes_on;

	while (stop < end && *stop != '"')
		stop += letter(stop, end);
	if (stop > end)
		stop = end;
	in = (struct piece){ s + 1, (size_t)(stop - s - 1) };
	s = stop < end ? stop + 1 : end;
	goes_on = end - s >= 3 && memcmp(s, "...", 3) == 0;
	if (in.len && (*in.s == '/' || o->names)) {
		add_text(o, "\"");
		add_path(o, in);
		add_text(o, "\"");
	} else {
		add_data(o, in, DATA, goes_on);
	}
	return goes_on ? s + 3 : s;
}

/* A descriptor's <name> stays where it says something: a FIFO, a file. */
static const char *add_note(struct out *o, const char *s, const char *end)
{
	const char *stop = after_note(s, end);
	struct piece in = { s + 1, (size_t)(stop - s) };
	const char *gone;

	in.len -= in.len > 1 ? 2 : 1;
	gone = memmem(in.s, in.len, " (deleted)", 10);
	if (gone)
		in.len = (size_t)(gone - in.s);
	if (in.len && *in.s == '/' && !memmem(in.s, in.len, "<char ", 6) &&
	    !has(in, "/memfd:") && !has(in, "/dev/pts/")) {
		add_text(o, "<");
		add_path(o, in);
		add_text(o, ">");
	}
	if (end - stop >= 9 && memcmp(stop, "(deleted)", 9) == 0)
		stop += 9;
	return stop;
}

/* "{sa_family=...}": the path, or 127.0.0.1:80. Behind it, or NULL. */
static const char *add_address(struct out *o, const char *s, const char *end)
{
	struct piece rest = { s, (size_t)(end - s) }, all, value;

	if (!next_piece(&rest, &all))
		return NULL;
	if (field(all, "sun_path", &value)) {
		if (*value.s == '@') {
			add_text(o, "@");
			value.s++;
			value.len--;
		}
		if (value.len && *value.s == '"')
			add_path(o, inside(value));
		return all.s + all.len;
	}
	if (!field(all, "sin_port", &value))
		return NULL;
	if (has(all, "inet_addr(\"")) {
		const char *a = memmem(all.s, all.len, "inet_addr(\"", 11);
		size_t n = 0;

		a += 11;
		while (a + n < all.s + all.len && a[n] != '"')
			n++;
		add(o, a, n);
	}
	add_text(o, ":");
	if (value.len > 7 && memcmp(value.s, "htons(", 6) == 0)
		add(o, value.s + 6, value.len - 7);
	return all.s + all.len;
}

/* What stands there in few words: a NULL word is nothing. */
static const struct {
	const char *long_one, *short_one;
} words[] = {
	{ "{sem_num=", "" }, { ", sem_op=", ":" },
	{ "WIFEXITED(s) && WEXITSTATUS(s) == ", "exit " },
	{ "WIFSIGNALED(s) && WTERMSIG(s) == ", "killed by " },
	{ ", FUTEX_BITSET_MATCH_ANY", "" }, { "si_signo=", "" },
	{ "|FUTEX_CLOCK_REALTIME", "" },
	{ "SNDCTL_TMR_TIMEBASE or ", "" }, { "SNDCTL_TMR_START or ", "" },
	{ "SNDCTL_TMR_STOP or ", "" }, { "SNDCTL_TMR_CONTINUE or ", "" },
	{ "{fd=-1}, ", "" }, { ", {fd=-1}", "" }, { "{fd=", "{" },
	{ "events=", "" }, { "revents=", "" },
	{ ", NULL, 8", "" }, { ", [], 8", "" },
	{ "msg_name=NULL, msg_namelen=0, ", "" },
	{ ", msg_controllen=0, msg_flags=0", "" },
};

static const char *add_word(struct out *o, const char *s, const char *end)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t len = strlen(words[i].long_one);

		if ((size_t)(end - s) >= len &&
		    memcmp(s, words[i].long_one, len) == 0) {
			add_text(o, words[i].short_one);
			return s + len;
		}
	}
	return NULL;
}

static int at(const char *s, const char *end, const char *word)
{
	size_t len = strlen(word);

	return (size_t)(end - s) >= len && memcmp(s, word, len) == 0;
}

/* "AT_FDCWD</home>, " is nothing; ", sem_flg=X}" is X; a comment is nothing;
 * 0x7f12345678 is 0x..5678. Behind it, or NULL. */
static const char *add_special(struct out *o, const char *s, const char *end)
{
	if (at(s, end, "AT_FDCWD")) {
		s += 8;
		if (s < end && *s == '<')
			s = after_note(s, end);
		return at(s, end, ", ") ? s + 2 : s;
	}
	if (at(s, end, ", sem_flg=0}"))
		return s + 12;
	if (at(s, end, ", sem_flg=")) {
		s += 10;
		add_text(o, " ");
		while (s < end && *s != '}')
			add(o, s++, 1);
		return s < end ? s + 1 : s;
	}
	if (at(s, end, " /* ")) {
		const char *stop = memmem(s, (size_t)(end - s), "*/", 2);

		return stop ? stop + 2 : end;
	}
	if (at(s, end, "{sa_family="))
		return add_address(o, s, end);
	if (at(s, end, "0x")) {
		size_t n = 2;

		while (s + n < end && isxdigit((unsigned char)s[n]))
			n++;
		if (n <= 8)
			return NULL;
		add_text(o, "0x..");
		add(o, s + n - 4, 4);
		return s + n;
	}
	return NULL;
}

static void shorten(struct out *o, struct piece p)
{
	const char *s = p.s, *end = p.s + p.len, *next;

	while (s < end && o->len + 1 < o->size) {
		if (*s == '"') {
			s = add_string(o, s, end);
			continue;
		}
		if (*s == '<' && s > p.s && (isdigit((unsigned char)s[-1]) ||
					     isupper((unsigned char)s[-1])) &&
		    s + 1 < end && s[1] != '<') {
			s = add_note(o, s, end);
			continue;
		}
		next = add_special(o, s, end);
		if (!next)
			next = add_word(o, s, end);
		if (!next) {
			add(o, s, 1);
			next = s + 1;
		}
		s = next;
	}
}

/* A line of the program's own is what it says: "wait  | done\n" is done. */
static int say_words(struct out *o, const struct event *e,
		     const struct task *t)
{
	struct piece a[2], in;
	const char *bar;
	size_t n = 0;

	if (!is(e->name, "write") || split(e->args, a, 2) < 2 ||
	    a[1].len == 0 || *a[1].s != '"' ||
	    !goes_to_people(desc_of(t, a[0])))
		return 0;
	in = a[1];
	if (in.len > 3 && memcmp(in.s + in.len - 3, "...", 3) == 0)
		in.len -= 3;
	in = inside(in);
	while (n < in.len && (isalnum((unsigned char)in.s[n]) ||
			      in.s[n] == '_'))
		n++;
	bar = n ? memchr(in.s, '|', in.len) : NULL;
	while (bar && n < in.len && in.s[n] == ' ')
		n++;
	if (bar == in.s + n && n + 1 < in.len && in.s[n + 1] == ' ') {
		in.s += n + 2;
		in.len -= n + 2;
	}
	if (in.len >= 2 && memcmp(in.s + in.len - 2, "\\n", 2) == 0)
		in.len -= 2;
	add_text(o, "says ");
	add_data(o, in, 70, a[1].s[a[1].len - 1] == '.');
	return 1;
}

static void say_name(struct out *o, const struct event *e)
{
	struct piece a[2], path;
	const char *slash;

	add_text(o, "execve(");
	if (split(e->args, a, 2) > 0) {
		path = inside(a[0]);
		slash = memrchr(path.s, '/', path.len);
		if (slash) {
			path.len -= (size_t)(slash + 1 - path.s);
			path.s = slash + 1;
		}
		add(o, path.s, path.len);
	}
	add_text(o, ")");
}

void say_call(const struct event *e, const struct task *t, int in, char *buf,
	      size_t size)
{
	struct out o = { buf, 0, size, 0 };
	struct piece args = e->args;

	*buf = '\0';
	if (e->call->what == FORK) {
		add_text(&o, has(args, "CLONE_THREAD") ? "clone(CLONE_THREAD)" :
			 has(args, "CLONE_VFORK") || is(e->name, "vfork") ?
			 "vfork()" : "fork()");
		return;
	}
	if (e->call->what == EXEC && !in) {
		say_name(&o, e);
		return;
	}
	if (!in && say_words(&o, e, t))
		return;
	if (in && e->args_in < args.len)
		args.len = e->args_in;
	o.names = e->call->what == OPEN || e->call->what == MQ_OPEN ||
		  e->call->what == MKNOD || has(e->name, "unlink");
	add(&o, e->name.s, e->name.len);
	add_text(&o, "(");
	shorten(&o, args);
	add_text(&o, !in ? ")" : e->args_in < e->args.len || e->call->in < 9 ?
		 ", ..." : ") ...");
	if (o.len + 1 >= size)		/* it was cut */
		memcpy(buf + size - 4, "...", 4);
}

/* "-1 EAGAIN", "3", "interrupted", and what is in brackets behind a number. */
void say_result(const struct event *e, char *buf, size_t size)
{
	struct out o = { buf, 0, size, 0 };
	struct piece r = e->result;
	const char *brackets;

	*buf = '\0';
	if (!e->has_value) {
		if (strncmp(e->err, "ERESTART", 8) == 0)
			add_text(&o, "interrupted");
		return;
	}
	if (e->err[0]) {
		add_text(&o, "-1 ");
		add_text(&o, e->err);
		return;
	}
	brackets = memmem(r.s, r.len, " (left ", 7);
	if (brackets)
		r.len = (size_t)(brackets - r.s);
	brackets = memmem(r.s, r.len, ", left ", 7);
	if (brackets) {
		r.len = (size_t)(brackets - r.s);
		shorten(&o, r);
		add_text(&o, ")");
		return;
	}
	shorten(&o, r);
}

/* What a wait brought besides its result: data, a status. */
void say_brought(const struct event *e, char *buf, size_t size)
{
	struct out o = { buf, 0, size, 0 };
	struct piece rest = e->args, p;

	*buf = '\0';
	if (e->args_in >= e->args.len || !e->has_value || e->value < 0)
		return;
	rest.s += e->args_in;
	rest.len -= e->args_in;
	if (next_piece(&rest, &p) && !is(p, "NULL") &&
	    !(p.len > 2 && memcmp(p.s, "0x", 2) == 0))
		shorten(&o, p);
}
