/*
 * marks.c - what a program asks not to be drawn, between two marks
 *
 * A proof of the course says so of what runs around it, and of a look at
 * another process that it takes on its way. A mark is a write() to descriptor
 * -1, which no file can have: "proof: aside TEXT" begins such a part, "proof:
 * back" ends it. TEXT, if there is some, is drawn in its place. Before the
 * first mark nothing of the first process is drawn; behind "proof: over"
 * nothing of any, for then what the proof has left is ended.
 */
#include <stdio.h>
#include <string.h>

#include "trace.h"

int marks_count, marks_over;

/* The words of mark E, inside the quotes; 0 if it is none. */
static int words_of(const struct event *e, struct piece *words)
{
	struct piece a[2];
	int64_t fd;

	if (e->call->what != WRITE || !is(e->name, "write") ||
	    split(e->args, a, 2) < 2 || !number_of(a[0], &fd) || fd != -1)
		return 0;
	*words = inside(a[1]);
	return 1;
}

/* Does P begin with WORD? Then REST is what follows it and a blank. */
static int says(struct piece p, const char *word, struct piece *rest)
{
	size_t len = strlen(word);

	if (!begins(p, word))
		return 0;
	while (len < p.len && p.s[len] == ' ')
		len++;
	*rest = (struct piece){ p.s + len, p.len - len };
	return 1;
}

int is_aside(const struct event *e, struct task *t, char *note, size_t size)
{
	struct piece words;

	*note = '\0';
	if (!marks_count)
		return 0;
	if (marks_over)
		return 1;
	if (!words_of(e, &words))
		return t->aside != NOT_ASIDE;
	if (says(words, "proof: back", &words)) {
		t->aside = NOT_ASIDE;
		return 1;
	}
	if (says(words, "proof: over", &words)) {
		marks_over = 1;
		return 1;
	}
	if (!says(words, "proof: aside", &words))
		return t->aside != NOT_ASIDE;
	t->aside = ASIDE;
	if (words.len)
		snprintf(note, size, "(%.*s)", (int)words.len, words.s);
	return 1;
}
