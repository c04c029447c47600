/*
 * answer.c - see answer.h
 */
#define _GNU_SOURCE
#include "answer.h"

#include <ctype.h>

enum { LONGEST = 200 };		/* bytes of an answer, with its NUL */

const char *fact(struct prog *p, const char *label)
{
	const size_t len = strlen(label);
	char *line, *rest;

	EQUALS(end_of(p), 0);
	rest = out_text(p, NULL);
	while ((line = strsep(&rest, "\n")))
		if (strncmp(line, label, len) == 0)
			return line + len;
	HOLDS(line != NULL);
	return NULL;
}

/* TEXT without what makes no difference: blanks at both ends and more than one
 * between words, capital letters, quotes around it, a full stop. */
static void tidy(char *to, const char *text)
{
	size_t n = 0, from = 0;

	for (; *text && n < LONGEST - 1; text++) {
		if (isspace((unsigned char)*text)) {
			if (n > 0 && to[n - 1] != ' ')
				to[n++] = ' ';
		} else {
			to[n++] = (char)tolower((unsigned char)*text);
		}
	}
	while (n > 0 && strchr(" .\"'`", to[n - 1]))
		n--;
	to[n] = '\0';
	while (to[from] && strchr("\"'`", to[from]))
		from++;
	memmove(to, to + from, n - from + 1);
}

/* The only number in TEXT, into *N: 1; 0 if there is none, or more. */
static int only_number(const char *text, long long *n)
{
	int found = 0;

	while (*text) {
		const char *at = text;
		char *end;

		if ((*at == '-' || *at == '+') && isdigit((unsigned char)at[1]))
			at++;
		if (!isdigit((unsigned char)*at)) {
			text++;
			continue;
		}
		*n = strtoll(text, &end, 10);
		text = end;
		found++;
	}
	return found == 1;
}

/* Is WORD, which is a number and no more, meant by TEXT? */
static int same_number(const char *word, const char *text)
{
	long long want, got = 0;
	char *end;

	want = strtoll(word, &end, 10);
	return *word && !*end && only_number(text, &got) && got == want;
}

/* Of LINE "  3 : ten", the answer to QUESTION; NULL if it is another line. */
static char *answer_in(char *line, const char *question)
{
	const size_t len = strlen(question);
	char *at = line + strspn(line, " \t");

	if (strncmp(at, question, len) != 0)
		return NULL;
	at += len;
	at += strspn(at, " \t");
	return *at == ':' || *at == '=' ? at + 1 : NULL;
}

/* The answer to QUESTION, tidied, into TO: how many lines have one; -1 if
 * there is no page. It lies beside the checker. */
static int find_answer(const char *question, char *to)
{
	char path[PATH_MAX], line[1024], *found;
	ssize_t n = readlink("/proc/self/exe", path, sizeof path - 16);
	int lines = 0;
	FILE *f;

	HOLDS(n > 0);
	path[n] = '\0';
	strcpy(strrchr(path, '/') + 1, "answers.txt");
	f = fopen(path, "re");
	if (!f)
		return -1;
	while (fgets(line, sizeof line, f)) {
		found = answer_in(line, question);
		if (found && lines++ == 0)
			tidy(to, found);
	}
	fclose(f);
	return lines;
}

void must_answer(const char *file, int line, const char *question,
		 const char *want, const char *look)
{
	char got[LONGEST] = "", right[LONGEST];
	int lines = find_answer(question, got);

	HOLDS(lines != -1);
	tidy(right, want);
	if (lines == 0)
		must_fail(file, line, "answers.txt has no line \"%s:\" any "
			  "more; make reset brings the page back", question);
	if (lines > 1)
		must_fail(file, line, "answers.txt has %d lines \"%s:\"; leave "
			  "one of them", lines, question);
	if (!*got)
		must_fail(file, line, "question %s has no answer yet: write "
			  "it behind \"%s:\" in answers.txt", question,
			  question);
	if (strcmp(got, right) != 0 && !same_number(right, got))
		must_fail(file, line, "question %s: \"%.100s\" is not what it "
			  "prints. %s", question, got, look);
}
