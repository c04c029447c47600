/*
 * mutate - a text, broken in a way that is the same for the same seed
 *
 *	mutate SEED < TEXT > BROKEN
 *
 * One to four times: a byte is another one, the rest is cut off, a line is left
 * out, comes twice or changes places with the next one, its end is lost; a NUL,
 * bytes that are no UTF-8, a carriage return or a tab come in between; a number is
 * a huge or a negative one; a line has 100,000 bytes more.
 *
 * Status: 0, or 2 and a sentence.
 */
#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 4 << 20, LONG = 100000 };

struct text {
	char *s;
	size_t len;
};

static uint64_t state;

static size_t below(size_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return n ? (size_t)(state % n) : 0;
}

_Noreturn static void give_up(const char *why)
{
	fprintf(stderr, "mutate: %s\n", why);
	exit(2);
}

/* In place of GONE bytes at AT come LEN bytes of WITH. What would be too long
 * stays as it is. */
static void replace(struct text *t, size_t at, size_t gone, const char *with,
		    size_t len)
{
	if (t->len - gone + len > MOST)
		return;
	memmove(t->s + at + len, t->s + at + gone, t->len - at - gone);
	memcpy(t->s + at, with, len);
	t->len = t->len - gone + len;
}

static void insert(struct text *t, size_t at, const char *with)
{
	replace(t, at, 0, with, strlen(with));
}

/* The line that AT is in: where it begins, and its length with the newline. */
static size_t line_at(const struct text *t, size_t at, size_t *len)
{
	size_t from = at;
	size_t to = at;

	while (from > 0 && t->s[from - 1] != '\n')
		from--;
	while (to < t->len && t->s[to] != '\n')
		to++;
	*len = to - from + (to < t->len);
	return from;
}

static void double_line(struct text *t, size_t from, size_t len)
{
	char *copy = malloc(len + 1);

	if (!copy)
		give_up("there is no memory");
	memcpy(copy, t->s + from, len);
	replace(t, from, 0, copy, len);
	free(copy);
}

/* The line that begins at FROM goes behind the one that follows. */
static void swap_lines(struct text *t, size_t from, size_t len)
{
	size_t next_len;

	if (from + len >= t->len)
		return;
	line_at(t, from + len, &next_len);
	double_line(t, from + len, next_len);
	/* LINE NEXT NEXT: the first NEXT stays, LINE takes the second's place */
	char *line = malloc(len + 1);

	if (!line)
		give_up("there is no memory");
	memcpy(line, t->s + from, len);
	replace(t, from + len + next_len, next_len, line, len);
	replace(t, from, len, "", 0);
	free(line);
}

/* The number at AT, or the next one behind it, is another. */
static void change_number(struct text *t, size_t at)
{
	static const char *const numbers[] = {
		"99999999999999999999", "-1", "0", "4294967296",
		"2147483648", "-9223372036854775808", "08", "0x10", "1e9",
	};
	const char *with = numbers[below(sizeof numbers / sizeof *numbers)];
	size_t to;

	while (at < t->len && !isdigit((unsigned char)t->s[at]))
		at++;
	for (to = at; to < t->len && isdigit((unsigned char)t->s[to]); )
		to++;
	replace(t, at, to - at, with, strlen(with));
}

static void lengthen(struct text *t, size_t at)
{
	char *much = malloc(LONG);
	size_t kind;

	if (!much)
		give_up("there is no memory");
	kind = below(5);
	memset(much, "x 1/\t"[kind], LONG);
	replace(t, at, 0, much, LONG);
	free(much);
}

static void break_once(struct text *t)
{
	size_t at = below(t->len);
	size_t len;
	size_t from = line_at(t, at, &len);
	char byte = (char)below(256);
	size_t kind = below(14);

	switch (kind) {
	case 0:
		replace(t, at, t->len > 0, &byte, 1);
		break;
	case 1:
		t->len = at;
		break;
	case 2:
		replace(t, from, len, "", 0);
		break;
	case 3:
		double_line(t, from, len);
		break;
	case 4:
		swap_lines(t, from, len);
		break;
	case 5:
		if (len > 0)
			replace(t, from + len - 1, 1, "", 0);
		break;
	case 6:
		replace(t, at, 0, "", 1);
		break;
	case 7:
		insert(t, at, "\xff\xfe\xc0\x80\xed\xa0\x80");
		break;
	case 8:
		insert(t, at, "\r\n");
		break;
	case 9:
		insert(t, at, "\t");
		break;
	case 10:
		change_number(t, at);
		break;
	case 11:
		lengthen(t, at);
		break;
	case 12:
		insert(t, at, "\n");
		break;
	default:
		insert(t, at, "$(x)`%n%s'\"\\*[\033[2J");
	}
}

int main(int argc, char **argv)
{
	struct text t = { malloc(MOST + 1), 0 };
	size_t times;
	size_t written;
	char *end;

	if (argc != 2)
		give_up("usage: mutate SEED < TEXT > BROKEN");
	if (!t.s)
		give_up("there is no memory");
	errno = 0;
	state = strtoull(argv[1], &end, 10);
	if (errno || *end || !isdigit((unsigned char)*argv[1]))
		give_up("the seed is no number");
	state = (state + 1) * 0x9e3779b97f4a7c15u + 1;
	t.len = fread(t.s, 1, MOST, stdin);
	if (ferror(stdin))
		give_up("the text cannot be read");
	below(1);
	times = 1 + below(4);
	for (size_t n = 0; n < times; n++)
		break_once(&t);
	written = fwrite(t.s, 1, t.len, stdout);
	if (written != t.len)
		give_up("the broken text cannot be written");
	if (fflush(stdout) == EOF)
		give_up("the broken text cannot be written");
	free(t.s);
	return 0;
}
