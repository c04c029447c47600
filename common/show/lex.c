/*
 * lex.c - C as tokens
 *
 * As much of it as is needed to see where a definition ends, and which names
 * stand in it: comments, strings and directives are passed over as wholes.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "show.h"

struct reader {
	const char *s, *end;
	int begins_line;		/* only blanks stand before it */
};

static size_t comment_length(const char *s, const char *end)
{
	const char *stop;

	if (end - s < 2 || s[0] != '/')
		return 0;
	if (s[1] == '/') {
		stop = memchr(s, '\n', (size_t)(end - s));
		return (size_t)((stop ? stop : end) - s);
	}
	if (s[1] != '*')
		return 0;
	stop = memmem(s + 2, (size_t)(end - s - 2), "*/", 2);
	return (size_t)((stop ? stop + 2 : end) - s);
}

static size_t string_length(const char *s, const char *end)
{
	const char *at = s + 1;

	while (at < end && *at != *s && *at != '\n')
		at += *at == '\\' && end - at > 1 ? 2 : 1;
	return (size_t)(at - s) + (at < end && *at == *s);
}

/* From the # to the end of its last line, with the comments in it. */
static size_t directive_length(const char *s, const char *end)
{
	const char *at = s;

	while (at < end && *at != '\n') {
		size_t comment = comment_length(at, end);

		if (comment)
			at += comment;
		else if (*at == '"' || *at == '\'')
			at += string_length(at, end);
		else if (*at == '\\' && end - at > 1)
			at += 2;
		else
			at++;
	}
	return (size_t)(at - s);
}

static int is_letter(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static size_t word_length(const char *s, const char *end)
{
	const char *at = s;

	while (at < end && is_letter(*at))
		at++;
	return (size_t)(at - s);
}

/* 0x1p-3, 1.5e+7, 10UL */
static size_t number_length(const char *s, const char *end)
{
	const char *at = s;

	while (at < end && (is_letter(*at) || *at == '.' ||
			    ((*at == '+' || *at == '-') &&
			     strchr("eEpP", at[-1]))))
		at++;
	return (size_t)(at - s);
}

static struct token next(struct reader *r)
{
	struct token t = { .kind = T_SIGN, .s = r->s, .len = 1 };
	size_t comment = comment_length(r->s, r->end);

	if (comment) {
		t.kind = T_COMMENT;
		t.len = comment;
	} else if (*r->s == '#' && r->begins_line) {
		t.kind = T_DIRECTIVE;
		t.len = directive_length(r->s, r->end);
	} else if (*r->s == '"' || *r->s == '\'') {
		t.kind = T_STRING;
		t.len = string_length(r->s, r->end);
	} else if (isdigit((unsigned char)*r->s)) {
		t.kind = T_NUMBER;
		t.len = number_length(r->s, r->end);
	} else if (is_letter(*r->s)) {
		t.kind = T_WORD;
		t.len = word_length(r->s, r->end);
	} else if (r->end - r->s > 1 && strncmp(r->s, "->", 2) == 0) {
		t.len = 2;
	} else if (r->end - r->s > 2 && strncmp(r->s, "...", 3) == 0) {
		t.len = 3;
	}
	r->s += t.len;
	r->begins_line = 0;
	return t;
}

struct tokens lex(const char *text, size_t len)
{
	struct reader r = { .s = text, .end = text + len, .begins_line = 1 };
	struct tokens all = { 0 };
	size_t room = 0;

	while (r.s < r.end) {
		if (isspace((unsigned char)*r.s)) {
			if (*r.s == '\n')
				r.begins_line = 1;
			r.s++;
			continue;
		}
		if (all.n == room) {
			room = room ? 2 * room : 256;
			all.v = must_have(reallocarray(all.v, room,
						       sizeof *all.v));
		}
		all.v[all.n++] = next(&r);
	}
	return all;
}

int token_is(const struct token *t, const char *word)
{
	return t->len == strlen(word) && strncmp(t->s, word, t->len) == 0;
}
