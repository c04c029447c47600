/*
 * ask.c - one question on a screen, and what the reader types
 *
 * Lines are read as they are, and nothing is set in the terminal: so there is
 * nothing to set back, however it ends.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "quiz.h"

enum { TYPED = 32 };

/* What may be typed at a prompt, and what it means. */
struct word {
	const char *typed;
	char means;
};

static const struct word verdicts[] = {
	{ "t", 't' }, { "true", 't' }, { "f", 'f' }, { "false", 'f' },
	{ "n", 'n' }, { "not quite", 'n' }, { "p", 'p' }, { "proof", 'p' },
	{ "q", 'q' }, { "quit", 'q' }, { "", 0 }
};
static const struct word known[] = {
	{ "y", 'y' }, { "yes", 'y' }, { "n", 'n' }, { "no", 'n' },
	{ "p", 'p' }, { "proof", 'p' }, { "q", 'q' }, { "quit", 'q' },
	{ "", 0 }
};
static const struct word further[] = {
	{ "p", 'p' }, { "proof", 'p' }, { "q", 'q' }, { "quit", 'q' },
	{ "", 0 }
};

/* A line without its blanks at both ends, in small letters: 1, or 0 at the end
 * of the input. What is too long is none of our words. */
static int read_line(char *typed, size_t size)
{
	size_t len = 0;
	int c;

	while ((c = getchar()) != EOF && c != '\n') {
		if (len == 0 && isspace(c))
			continue;
		if (len < size - 1)
			typed[len++] = (char)tolower(c);
	}
	while (len && isspace((unsigned char)typed[len - 1]))
		len--;
	typed[len] = '\0';
	if (!isatty(STDIN_FILENO) || c == EOF)
		putchar('\n');		/* no key has done so */
	return c != EOF || len > 0;
}

/* Ask until one of WORDS is typed; ENTER is what an empty line means, 0: none
 * of them. 'q' at the end of the input. */
static char typed_word(const char *prompt, const struct word *words, char enter)
{
	char typed[TYPED];

	for (;;) {
		printf("%s > ", prompt);
		fflush(stdout);
		if (!read_line(typed, sizeof typed))
			return 'q';
		if (!*typed && enter)
			return enter;
		for (const struct word *w = words; w->means; w++)
			if (strcmp(typed, w->typed) == 0)
				return w->means;
		printf("That is none of these.\n");
	}
}

/* The proofs of IDS, by `make show', which has the terminal meanwhile. */
static void show_proofs(const char *ids)
{
	char *command;
	int status;

	if (!*ids) {
		printf("No proof belongs to this one.\n");
		return;
	}
	unsetenv("MAKEFLAGS");		/* it is not a part of our make */
	unsetenv("MAKELEVEL");
	if (asprintf(&command, "\"${MAKE:-make}\" -s --no-print-directory show "
		     "ID='%s'%s", ids, isatty(STDIN_FILENO) ? "" :
		     " < /dev/null") == -1)
		must_have(NULL);
	fflush(stdout);
	status = system(command);	/* Ctrl-C is for it alone */
	if (status != 0)
		printf("make show ID='%s' did not end well.\n", ids);
	free(command);
}

static const char *word_of(char letter)
{
	return letter == 't' ? "true" : letter == 'f' ? "false" : "not quite";
}

static void put_answer(const struct row *r, char typed)
{
	const char *right = right_word(r);
	char text[4096];

	if (typed == *right)
		printf("\nRight: it is %s.\n", right);
	else
		printf("\nNo: it is %s, and you said %s.\n", right,
		       word_of(typed));
	snprintf(text, sizeof text, "%s%s (%s)",
		 r->verdict == V_OUTDATED ? "It was so once. " : "",
		 *r->correction ? r->correction : "It holds as it stands.",
		 r->id);
	fill(stdout, "  ", text);
}

static enum outcome ask_row(const struct row *r)
{
	char under[1024], typed;

	snprintf(under, sizeof under, "Document %c says, under \"%s\":", *r->id,
		 r->section + strspn(r->section, "#*o- "));
	fill(stdout, "", under);
	putchar('\n');
	fill(stdout, "  ", r->claim);
	putchar('\n');
	for (;;) {
		typed = typed_word("t true, f false, n not quite, q end",
				   verdicts, 0);
		if (typed != 'p')
			break;
		printf("Your answer first; then p shows the proof.\n");
	}
	if (typed == 'q')
		return ENDED;
	put_answer(r, typed);
	return typed == *right_word(r) ? RIGHT : WRONG;
}

static enum outcome ask_open(const struct question *q)
{
	char typed;

	printf("From the notes:\n\n");
	fill(stdout, "  ", q->text);
	putchar('\n');
	typed = typed_word("Enter the answer, q end", further, '\n');
	while (typed == 'p') {
		printf("The answer first; then p shows the proof.\n");
		typed = typed_word("Enter the answer, q end", further, '\n');
	}
	if (typed == 'q')
		return ENDED;
	putchar('\n');
	fill(stdout, "  ", q->answer);
	putchar('\n');
	for (;;) {
		typed = typed_word("Did you know it? y yes, n no, p the proof, "
				   "q end", known, 0);
		if (typed != 'p')
			break;
		show_proofs(q->ids);
	}
	return typed == 'y' ? RIGHT : typed == 'n' ? WRONG : ENDED;
}

enum outcome ask(const struct item *i, size_t k, size_t n)
{
	printf("\n--- %zu of %zu ---\n\n", k, n);
	return i->row ? ask_row(i->row) : ask_open(i->open);
}

int ask_further(const struct item *i, int is_last)
{
	char typed;

	if (!i->row)			/* it has asked that itself */
		return 1;
	putchar('\n');
	while ((typed = typed_word(is_last ? "Enter the score, p the proof" :
				   "Enter the next one, p the proof, q end",
				   further, '\n')) == 'p')
		show_proofs(i->row->id);
	return typed != 'q';
}
