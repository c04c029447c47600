/*
 * memory.c - what a sanitizer says of a program, in a sentence
 *
 * AddressSanitizer and UndefinedBehaviorSanitizer (gcc(1), -fsanitize) write
 * their reports to stderr:
 *
 *	==7==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x...
 *	WRITE of size 8 at 0x... thread T0
 *	    #0 0x... in work /home/ada/course/exercises/.../pool.c:27
 *
 *	/home/ada/course/exercises/.../pool.c:31:7: runtime error: shift ...
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "check_inside.h"

/* The first N bytes of TEXT that are one line of BUF. */
static void copy(char *buf, size_t size, const char *text, size_t n)
{
	snprintf(buf, size, "%.*s", (int)n, text);
}

static const char *last_slash(const char *path, size_t n)
{
	const char *slash = memrchr(path, '/', n);

	return slash ? slash + 1 : path;
}

/* Is the frame LINE one of the program's own: not of the C library, of the
 * sanitizer, of shake, or of a helper in lesson.h? Then *FILE is where its
 * file's name begins, and *N how long that and ":LINE" are. */
static int is_own_frame(const char *line, size_t len, const char **file,
			size_t *n)
{
	const char *c = memmem(line, len, ".c:", 3);
	const char *begin = memrchr(line, ' ', len);

	if (!c || !begin || memmem(line, len, "sanitizer", 9) ||
	    memmem(line, len, "/shake.c:", 9))
		return 0;
	*file = last_slash(begin + 1, (size_t)(line + len - begin - 1));
	*n = (size_t)(line + len - *file);
	return 1;
}

/* "pool.c:27" or "pool.c:27:5", N bytes, as "pool.c, line 27". */
static void say_place(char *buf, size_t size, const char *file, size_t n)
{
	const char *colon = memchr(file, ':', n);
	size_t name = colon ? (size_t)(colon - file) : n;
	int line = 0;

	if (colon)
		sscanf(colon + 1, "%d", &line);
	snprintf(buf, size, "%.*s, line %d", (int)name, file, line);
}

/* The place of the report that begins at TEXT, or "". */
static void find_place(char *buf, size_t size, const char *text)
{
	*buf = '\0';
	for (const char *at = text; *at; at += strcspn(at, "\n") + 1) {
		const size_t len = strcspn(at, "\n");
		const char *file;
		size_t n;

		if (strncmp(at + strspn(at, " "), "#", 1) == 0 &&
		    is_own_frame(at, len, &file, &n)) {
			say_place(buf, size, file, n);
			return;
		}
		if (at[len] == '\0')
			return;
	}
}

static void say_address(char *buf, size_t size, const char *report)
{
	char kind[64], access[48] = "", place[128];
	const char *line = strchr(report, '\n');

	copy(kind, sizeof kind, report, strcspn(report, " \n"));
	/* Only shake.c poisons anything, where mmap() gave more than asked. */
	if (strcmp(kind, "use-after-poison") == 0)
		copy(kind, sizeof kind, "beyond what mmap() was asked for", 63);
	if (line && (strncmp(line + 1, "READ", 4) == 0 ||
		     strncmp(line + 1, "WRITE", 5) == 0)) {
		const char *end = strstr(line, " at ");

		if (end)
			copy(access, sizeof access, line + 1,
			     (size_t)(end - line - 1));
	}
	find_place(place, sizeof place, report);
	snprintf(buf, size, "%s%s%s%s%s", *place ? place : "", *place ? ": " :
		 "", kind, *access ? ", a " : "", access);
}

int memory_report(const char *said, char *buf, size_t size)
{
	static const char address[] = "ERROR: AddressSanitizer: ";
	static const char undefined[] = ": runtime error: ";
	const char *a = strstr(said, address), *u = strstr(said, undefined);
	char place[128];

	if (a && (!u || a < u)) {
		say_address(buf, size, a + strlen(address));
		return 1;
	}
	if (!u)
		return 0;
	a = memrchr(said, '\n', (size_t)(u - said));
	a = a ? a + 1 : said;
	a = last_slash(a, (size_t)(u - a));
	say_place(place, sizeof place, a, (size_t)(u - a));
	u += strlen(undefined);
	snprintf(buf, size, "%s: %.*s", place, (int)strcspn(u, "\n"), u);
	return 1;
}
