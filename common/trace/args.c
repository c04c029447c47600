/*
 * args.c - what stands in the brackets of a call, piece by piece
 *
 * strace writes quotes, braces, square brackets, and after a descriptor what it
 * is in <>. A part may be missing at the end: every function stops there.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "trace.h"

/* Behind the string that begins at S, before END. */
static const char *after_string(const char *s, const char *end)
{
	for (s++; s < end && *s != '"'; s++)
		if (*s == '\\')
			s++;
	return s < end ? s + 1 : end;
}

/* Behind the <...> that begins at S. The > of an arrow does not end it, and
 * one that belongs to a name is written \76; but a name may be in quotes. */
const char *after_note(const char *s, const char *end)
{
	int depth = 0;

	while (s < end) {
		if (*s == '"') {
			s = after_string(s, end);
			continue;
		}
		if (*s == '<')
			depth++;
		else if (*s == '>' && s[-1] != '-' && --depth == 0)
			return s + 1;
		s++;
	}
	return end;
}

/* Behind the piece that begins at S: up to a comma that no bracket encloses, or
 * to the bracket that encloses the piece. */
static const char *after_piece(const char *s, const char *end)
{
	int depth = 0;

	while (s < end) {
		if (*s == '"') {
			s = after_string(s, end);
			continue;
		}
		if (*s == '<' && s + 1 < end && s[1] != '<' && s[1] != ' ') {
			s = after_note(s, end);
			continue;
		}
		if (*s == '(' || *s == '[' || *s == '{')
			depth++;
		if ((*s == ')' || *s == ']' || *s == '}') && --depth < 0)
			return s;
		if (*s == ',' && depth == 0)
			return s;
		s++;
	}
	return end;
}

int next_piece(struct piece *rest, struct piece *piece)
{
	const char *end = rest->s + rest->len;
	const char *s = rest->s;

	while (s < end && strchr(" ,)]}", *s) && *s)
		s++;
	if (s >= end)
		return 0;
	piece->s = s;
	s = after_piece(s, end);
	piece->len = (size_t)(s - piece->s);
	rest->s = s;
	rest->len = (size_t)(end - s);
	return 1;
}

size_t split(struct piece all, struct piece *v, size_t max)
{
	size_t n = 0;

	while (n < max && next_piece(&all, &v[n]))
		n++;
	return n;
}

struct piece inside(struct piece p)
{
	if (p.len && (*p.s == '[' || *p.s == '{' || *p.s == '"')) {
		p.s++;
		p.len--;
		if (p.len && strchr("]}\"", p.s[p.len - 1]))
			p.len--;
	}
	return p;
}

int has(struct piece p, const char *word)
{
	return p.len && memmem(p.s, p.len, word, strlen(word)) != NULL;
}

int is(struct piece p, const char *word)
{
	return p.len == strlen(word) && memcmp(p.s, word, p.len) == 0;
}

int begins(struct piece p, const char *word)
{
	size_t len = strlen(word);

	return p.len >= len && memcmp(p.s, word, len) == 0;
}

/* A number, also in hexadecimal; it may be followed by anything. */
int number_of(struct piece p, int64_t *out)
{
	char buf[32];
	char *end;
	size_t len = p.len < sizeof buf - 1 ? p.len : sizeof buf - 1;

	if (!p.len || !(isdigit((unsigned char)*p.s) || *p.s == '-'))
		return 0;
	memcpy(buf, p.s, len);
	buf[len] = '\0';
	if (buf[0] == '0' && buf[1] == 'x')
		*out = (int64_t)strtoull(buf, &end, 16);
	else
		*out = strtoll(buf, &end, 10);
	return end != buf;
}

/* In {a=1, b={c=2}} the value of the first NAME, at any depth. */
int field(struct piece p, const char *name, struct piece *value)
{
	size_t len = strlen(name);
	const char *end = p.s + p.len;
	const char *s = p.s;

	while (s < end) {
		if (*s == '"') {
			s = after_string(s, end);
			continue;
		}
		if ((size_t)(end - s) > len && s[len] == '=' &&
		    memcmp(s, name, len) == 0 && s > p.s &&
		    (s[-1] == '{' || s[-1] == ' ' || s[-1] == '[')) {
			value->s = s + len + 1;
			value->len = (size_t)(after_piece(value->s, end) -
					      value->s);
			return 1;
		}
		s++;
	}
	return 0;
}

int number_field(struct piece p, const char *name, int64_t *out)
{
	struct piece value;

	return field(p, name, &value) && number_of(value, out);
}

/* "3<pipe:[7]>": the number, and what is in the <>. */
int descriptor_of(struct piece p, int *fd, struct piece *note)
{
	int64_t n;
	const char *s;

	note->s = "";
	note->len = 0;
	if (!number_of(p, &n) || n < 0 || n > 1048576)
		return 0;
	*fd = (int)n;
	s = memchr(p.s, '<', p.len);
	if (s) {
		const char *end = after_note(s, p.s + p.len);

		note->s = s + 1;
		note->len = (size_t)(end - s);
		note->len -= note->len > 1 ? 2 : 1;
	}
	return 1;
}
