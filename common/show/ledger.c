/*
 * ledger.c - the rows of docs/claims.tsv: what the sources say
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "show.h"

static const char file[] = "docs/claims.tsv";
static const char header[] =
	"id\tlesson\ttopic\tverdict\tclaim\tcorrection\tevidence\tdemo\t"
	"section";
enum { FIELDS = 9 };

static const struct {
	const char *word, *means;
} verdicts[] = {
	[V_TRUE] = { "true", "it holds as it stands" },
	[V_IMPRECISE] = { "imprecise", "right in the main, but a "
			  "condition or a limit is missing" },
	[V_FALSE] = { "false", "it does not hold" },
	[V_OUTDATED] = { "outdated", "it was so once" },
	[V_TYPO] = { "typo", "a slip of the pen: a name, a word, a level of "
		     "indentation" },
	[V_JUDGEMENT] = { "judgement", "an opinion or a piece of advice" },
};
enum { VERDICTS = sizeof verdicts / sizeof *verdicts };

const char *verdict_word(enum verdict v)
{
	return verdicts[v].word;
}

const char *verdict_means(enum verdict v)
{
	return verdicts[v].means;
}

static int digits(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isdigit((unsigned char)s[i]))
			return 0;
	return 1;
}

int is_id(const char *s, size_t len)
{
	if (len == 5)			/* 2-038 */
		return digits(s, 1) && s[1] == '-' && digits(s + 2, 3);
	return len == 6 && s[0] == 'L' && digits(s + 1, 2) && s[3] == '-' &&
	       digits(s + 4, 2);
}

/* Cut LINE at its tabs: how many fields there are. */
static size_t cut(char *line, char **field)
{
	size_t n = 0;

	do {
		char *tab = strchr(line, '\t');

		if (n < FIELDS)
			field[n] = line;
		n++;
		if (tab)
			*tab++ = '\0';
		line = tab;
	} while (line);
	return n;
}

static struct row row_of(char **field, int line)
{
	struct row r = {
		.id = field[0], .lesson = field[1], .topic = field[2],
		.claim = field[4], .correction = field[5],
		.evidence = field[6], .demo = field[7], .section = field[8],
		.line = line,
	};
	size_t v = 0;

	if (!is_id(r.id, strlen(r.id)) || *r.id == 'L')
		give_up("%s:%d: '%.20s' is no id; one is like 2-038", file,
			line, r.id);
	if (strlen(r.lesson) != 2 || !digits(r.lesson, 2))
		give_up("%s:%d: '%.20s' is not the number of a lesson", file,
			line, r.lesson);
	while (v < VERDICTS && strcmp(field[3], verdicts[v].word) != 0)
		v++;
	if (v == VERDICTS)
		give_up("%s:%d: '%.20s' is no verdict; docs/sources.md lists "
			"them", file, line, field[3]);
	r.verdict = (enum verdict)v;
	if (!*r.claim)
		give_up("%s:%d: the claim is missing", file, line);
	if (!*r.correction && r.verdict != V_TRUE)
		give_up("%s:%d: it is %s, and what is so is missing", file,
			line, verdicts[v].word);
	return r;
}

struct ledger ledger_read(void)
{
	struct ledger l = { .text = read_file(file) };
	size_t room = 0;
	char *at = l.text;

	for (int line = 1; *at; line++) {
		char *field[FIELDS], *end = strchrnul(at, '\n');
		size_t n;

		if (!*end)
			give_up("%s:%d: the last line has no end: a part of "
				"the file is missing", file, line);
		*end = '\0';
		if (line == 1 && strcmp(at, header) != 0)
			give_up("%s:1: the first line does not name the "
				"columns: id, lesson, topic ...", file);
		if (line > 1) {
			n = cut(at, field);
			if (n != FIELDS)
				give_up("%s:%d: %zu columns, not %d; a tab "
					"stands between two", file, line, n,
					FIELDS);
			if (l.n == room) {
				room = room ? 2 * room : 1024;
				l.row = must_have(reallocarray(l.row, room,
							       sizeof *l.row));
			}
			l.row[l.n++] = row_of(field, line);
		}
		at = end + 1;
	}
	if (l.n == 0)
		give_up("%s has no row", file);
	return l;
}

void ledger_free(struct ledger *l)
{
	free(l->row);
	free(l->text);
}

const struct row *ledger_find(const struct ledger *l, const char *id)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->row[i].id, id) == 0)
			return &l->row[i];
	return NULL;
}
