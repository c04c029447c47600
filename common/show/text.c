/*
 * text.c - files, lines of at most 80 columns, one line that says what is wrong
 *
 * How wide a letter is the C library knows: wcwidth(3).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <locale.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include "show.h"

enum { MOST_BYTES = 16 * 1024 * 1024 };	/* of a file of ours */

void give_up(const char *fmt, ...)
{
	va_list ap;

	fflush(stdout);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(1);
}

void *must_have(void *p)
{
	if (!p)
		give_up("There is no memory left.");
	return p;
}

char *copy_of(const char *s, size_t len)
{
	return must_have(strndup(s, len));
}

void go_to_course(void)
{
	char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
	char *slash;

	setlocale(LC_CTYPE, "C.UTF-8");
	path[n > 0 ? n : 0] = '\0';
	for (int i = 0; i < 2; i++) {		/* the program, and build/ */
		slash = strrchr(path, '/');
		if (slash)
			*slash = '\0';
	}
	if (chdir(*path ? path : "/") == -1 || access("docs", F_OK) == -1)
		give_up("This program lies in no course: make builds it where "
			"it belongs, in build/.");
}

char *read_file(const char *path)
{
	FILE *f = fopen(path, "re");
	char *text = NULL;
	size_t size = 0;
	ssize_t len;

	if (!f)
		give_up("%s cannot be read: %s", path, strerror(errno));
	errno = 0;
	len = getdelim(&text, &size, '\0', f);
	if (ferror(f))
		give_up("%s cannot be read: %s", path, strerror(errno));
	if (len == -1) {
		free(text);
		text = copy_of("", 0);
		len = 0;
	}
	if (!feof(f) || len > MOST_BYTES || strlen(text) != (size_t)len)
		give_up("%s is no text: it has a byte 0 in it, or more than "
			"16 MiB.", path);
	fclose(f);
	return text;
}

/* The letter that S begins with: its columns; *LEN is its bytes. */
static size_t letter(const char *s, size_t left, size_t *len)
{
	mbstate_t state;
	wchar_t c;
	int width;
	size_t n;

	memset(&state, 0, sizeof state);
	n = mbrtowc(&c, s, left, &state);
	if (n == 0 || n > left) {		/* not UTF-8: take the byte */
		*len = 1;
		return 1;
	}
	*len = n;
	width = wcwidth(c);
	return width < 0 ? 1 : (size_t)width;
}

size_t columns_of(const char *s, size_t len)
{
	size_t columns = 0, n;

	for (; len; s += n, len -= n)
		columns += letter(s, len, &n);
	return columns;
}

/* So many bytes of S (of LEN) fit into ROOM columns; at least one letter. */
static size_t fitting(const char *s, size_t len, size_t room)
{
	size_t used = 0, at = 0, n;

	while (at < len) {
		used += letter(s + at, len - at, &n);
		if (used > room && at > 0)
			break;
		at += n;
	}
	return at;
}

size_t fill(FILE *to, const char *first, const char *text)
{
	static const char blanks[] = " \t\n";
	size_t margin = columns_of(first, strlen(first)), used = margin;
	size_t lines = 1;
	int is_first = 1;			/* in its line */

	fputs(first, to);
	while (*(text += strspn(text, blanks))) {
		size_t len = strcspn(text, blanks);
		size_t wide = columns_of(text, len);

		if (!is_first && used + 1 + wide > COLUMNS) {
			fprintf(to, "\n%*s", (int)margin, "");
			used = margin;
			is_first = 1;
			lines++;
		}
		if (!is_first) {
			fputc(' ', to);
			used++;
		}
		if (used + wide > COLUMNS) {	/* a word wider than a line */
			len = fitting(text, len, COLUMNS - used);
			wide = columns_of(text, len);
		}
		fwrite(text, 1, len, to);
		used += wide;
		is_first = 0;
		text += len;
		if (*text && !strchr(blanks, *text)) {	/* it goes on */
			fprintf(to, "\n%*s", (int)margin, "");
			used = margin;
			is_first = 1;
			lines++;
		}
	}
	fputc('\n', to);
	return lines;
}

/* What stands for a sign in HTML, and the tags that a page of notes has. */
static const struct {
	const char *from, *to;
} signs[] = {
	{ "<code>", "" }, { "</code>", "" }, { "&lt;", "<" }, { "&gt;", ">" },
	{ "&amp;", "&" }, { "\\|", "|" },
};

/* The length of "](...)" that S begins with, or 0. */
static size_t target_of(const char *s)
{
	size_t len;

	if (s[0] != ']' || s[1] != '(')
		return 0;
	len = strcspn(s, ")");
	return s[len] ? len + 1 : 0;
}

/* Is S the "[" of a link? */
static int begins_link(const char *s)
{
	size_t len = strcspn(s + 1, "[]");

	return *s == '[' && target_of(s + 1 + len) > 0;
}

char *without_marks(char *text)
{
	char *out = text;
	const char *in = text;
	int is_code = 0;

	while (*in) {
		size_t n = 0, sign = 0;

		while (sign < sizeof signs / sizeof *signs &&
		       strncmp(in, signs[sign].from,
			       strlen(signs[sign].from)) != 0)
			sign++;
		if (sign < sizeof signs / sizeof *signs) {
			in += strlen(signs[sign].from);
			for (const char *s = signs[sign].to; *s; s++)
				*out++ = *s;
			continue;
		}
		if (*in == '`') {
			is_code = !is_code;
			n = 1;
		} else if (!is_code && (*in == '*' || begins_link(in))) {
			n = 1;
		} else if (!is_code) {
			n = target_of(in);
		}
		if (n)
			in += n;
		else
			*out++ = *in++;
	}
	*out = '\0';
	return text;
}
