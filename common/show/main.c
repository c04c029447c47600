/*
 * show - a sentence of the course, seen: make show ID=L09-07
 *
 * The proof runs twice: by claims, as make claims-NN runs it, and by itself
 * under trace.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../stage/stage.h"
#include "show.h"

static const char usage[] =
"usage: show [-c] [-k ROWS] ID...\n"
"\n"
"An ID: of a statement of the sources, 2-038, or of the course, L09-07.\n"
"\n"
"  -c       the code of the proofs alone: nothing is built or run\n"
"  -k ROWS  so many rows of system calls at most (60); 0: all\n";

enum { ROWS = 60 };

struct options {
	int code_only;
	char rows[16];
};

/* A proof of the id, and where it is. */
struct found {
	const struct lesson *lesson;
	struct source *source;
	const struct proof *proof;
};

struct course {
	struct ledger ledger;
	struct lessons lessons;
	struct source *source;		/* of each lesson */
};

/* ------------------------------------------------------------- reading */

static struct course course_read(void)
{
	struct course c = { .ledger = ledger_read(),
			    .lessons = lessons_read() };

	c.source = must_have(calloc(c.lessons.n, sizeof *c.source));
	for (size_t i = 0; i < c.lessons.n; i++) {
		char file[512];

		snprintf(file, sizeof file, "%s/claims.c",
			 c.lessons.lesson[i].folder);
		c.source[i] = source_read(file);
	}
	return c;
}

static void course_free(struct course *c)
{
	for (size_t i = 0; i < c->lessons.n; i++)
		source_free(&c->source[i]);
	free(c->source);
	lessons_free(&c->lessons);
	ledger_free(&c->ledger);
}

/* Is ID one of the words of IDS? */
static int is_among(const char *ids, const char *id)
{
	size_t len = strlen(id);

	for (const char *at = ids; (at = strstr(at, id)); at += len)
		if ((at == ids || at[-1] == ' ') &&
		    (at[len] == ' ' || at[len] == '\0'))
			return 1;
	return 0;
}

/* The proofs of ID; the caller frees them. */
static struct found *proofs_of(struct course *c, const char *id, size_t *n)
{
	struct found *all = NULL;

	*n = 0;
	for (size_t i = 0; i < c->lessons.n; i++)
		for (size_t k = 0; k < c->source[i].proofs; k++) {
			const struct proof *p = &c->source[i].proof[k];

			if (!is_among(p->ids, id))
				continue;
			all = must_have(reallocarray(all, *n + 1, sizeof *all));
			all[(*n)++] = (struct found){ &c->lessons.lesson[i],
						      &c->source[i], p };
		}
	return all;
}

/* Those of the ledger and those of the proofs; the caller frees the list. */
static char **all_ids(const struct course *c, size_t *n)
{
	char **ids = must_have(calloc(c->ledger.n + 1, sizeof *ids));

	*n = 0;
	for (size_t i = 0; i < c->ledger.n; i++)
		ids[(*n)++] = copy_of(c->ledger.row[i].id,
				      strlen(c->ledger.row[i].id));
	for (size_t i = 0; i < c->lessons.n; i++)
		for (size_t k = 0; k < c->source[i].proofs; k++) {
			const char *at = c->source[i].proof[k].ids;

			while (*at) {
				size_t len = strcspn(at, " ");

				ids = must_have(reallocarray(ids, *n + 1,
							     sizeof *ids));
				ids[(*n)++] = copy_of(at, len);
				at += len + strspn(at + len, " ");
			}
		}
	return ids;
}

_Noreturn static void unknown(const struct course *c, const char *id)
{
	char near[64], word[41];
	size_t n, len = 0;
	char **ids = all_ids(c, &n);

	for (; len < sizeof word - 1 && id[len]; len++)
		word[len] = isprint((unsigned char)id[len]) ? id[len] : '?';
	word[len] = '\0';
	near_ids(id, ids, n, near, sizeof near);
	if (*near)
		give_up("No sentence has the id %s; near it are: %s", word,
			near);
	give_up("'%s' is no id: one is like L09-07 in the notes, or 2-038 in "
		"docs/claims.tsv", word);
}

static const struct lesson *lesson_of(const struct course *c,
				      const char *number)
{
	for (size_t i = 0; i < c->lessons.n; i++)
		if (strcmp(c->lessons.lesson[i].number, number) == 0)
			return &c->lessons.lesson[i];
	return NULL;
}

/* ------------------------------------------------------------ printing */

static void ruler(FILE *to, const char *title)
{
	size_t len = columns_of(title, strlen(title)) + 5;

	fprintf(to, "\n--- %s ", title);
	while (len++ < COLUMNS)
		fputc('-', to);
	fputs("\n\n", to);
}

/* The head of a section of the source, without its #, * and blanks. */
static const char *heading(const char *section)
{
	return section + strspn(section, "#*o- ");
}

static void put_row(FILE *to, const struct row *r)
{
	char text[512];

	fprintf(to, "%s: a statement of document %c of docs/sources.md\n\n",
		r->id, *r->id);
	fill(to, "  stands under    ", heading(r->section));
	fill(to, "  it says         ", r->claim);
	snprintf(text, sizeof text, "%s: %s", verdict_word(r->verdict),
		 verdict_means(r->verdict));
	fill(to, "  verdict         ", text);
	if (*r->correction)
		fill(to, "  what is so      ", r->correction);
}

/* Where the notes name it: their words as well, if nothing proves it. */
static void put_places(FILE *to, const struct lesson *l, const char *id,
		       int with_text)
{
	struct places p = places_of(l, id);
	char *list = copy_of("", 0);

	for (size_t i = 0; i < p.n; i++) {
		char *more;

		const struct place *one = &p.place[i];
		int same = i && strcmp(one->file, p.place[i - 1].file) == 0;

		if (asprintf(&more, "%s%s%s%s%d", list, i ? ", " : "",
			     same ? "" : one->file, same ? "" : ":",
			     one->line) == -1)
			must_have(NULL);
		free(list);
		list = more;
	}
	if (p.n && !with_text)
		fill(to, "  the notes       ", list);
	free(list);
	for (size_t i = 0; i < p.n && with_text; i++) {
		char *at = p.place[i].text, *line;

		fprintf(to, "\n%s:%d:\n\n", p.place[i].file, p.place[i].line);
		while ((line = strsep(&at, "\n")))
			fill(to, "  ", line);
	}
	places_free(&p);
}

/* No proof: then a sentence of the notes deals with it. */
static void put_named(FILE *to, const struct course *c, const struct row *r)
{
	const struct lesson *l = lesson_of(c, r->lesson);

	fill(to, "  it rests on     ", r->evidence);
	fputc('\n', to);
	fill(to, "", r->verdict == V_TYPO ?
	     "No proof runs this: it is a slip of the pen. These words of the "
	     "notes deal with it:" : r->verdict == V_JUDGEMENT ?
	     "No proof runs this: it is an opinion. These words of the notes "
	     "deal with it:" :
	     "No proof runs this: a program cannot show it. These words of the "
	     "notes deal with it:");
	if (l)
		put_places(to, l, r->id, 1);
}

/* The line of TEXT (TAP) that is the verdict, and those below it. */
static void put_verdict(FILE *to, const char *said, int status)
{
	const char *ok = strstr(said, "\nok ");
	const char *bad = strstr(said, "\nnot ok ");
	const char *skip = ok ? strstr(ok, " # SKIP ") : NULL;
	char text[1200];

	if (skip) {
		snprintf(text, sizeof text, "%.*s",
			 (int)strcspn(skip + 8, "\n"), skip + 8);
		fill(to, "skip: this system cannot show it: ", text);
	} else if (ok && status == 0) {
		fputs("ok: it holds, here and now.\n", to);
	} else if (bad) {
		fputs("not ok: it does not hold here.\n", to);
		for (bad = strchr(bad + 1, '\n'); bad && bad[1] == '#';
		     bad = strchr(bad + 1, '\n')) {
			snprintf(text, sizeof text, "%.*s",
				 (int)strcspn(bad + 2, "\n"), bad + 2);
			fill(to, "  ", text);
		}
	} else {
		fill(to, "error: the proof could not be run: ", said);
	}
}

static int was_skipped(const char *said)
{
	return strstr(said, " # SKIP ") != NULL;
}

static void put_result(FILE *to, const struct found *f, const char *program,
		       int *skipped)
{
	char line[16];
	char *words[] = { (char *)program, "-n", line, NULL };
	char *said;
	int status;

	snprintf(line, sizeof line, "%d", f->proof->line);
	said = run_words(words, 1, &status);
	ruler(to, "its result, now");
	put_verdict(to, said, status);
	*skipped = was_skipped(said);
	free(said);
}

static void put_calls(FILE *to, const struct found *f, const char *program,
		      const char *rows)
{
	char line[16], width[16];
	char *words[] = { "build/trace", "-m", "-w", width, "-n",
			  "under strace the proof", "-t", "30", "-k",
			  (char *)rows, (char *)program, "-b", line, NULL };
	char *all[] = { "build/trace", "-m", "-w", width, "-n",
			"under strace the proof", "-t", "30", (char *)program,
			"-b", line, NULL };
	char *said;
	int status;

	snprintf(line, sizeof line, "%d", f->proof->line);
	snprintf(width, sizeof width, "%d", COLUMNS);
	said = run_words(strcmp(rows, "0") == 0 ? all : words, 1, &status);
	ruler(to, "its system calls in time");
	if (status != 0)
		fill(to, "skip: ", said);
	else
		fputs(said, to);
	if (strstr(said, "under strace the proof: "))
		fill(to, "", "strace stops a program at each call, so a proof "
		     "may end otherwise under it. The result above is what "
		     "counts.");
	free(said);
}

static void build(const struct lesson *l)
{
	char target[32];
	char *words[] = { NULL, "-s", "--no-print-directory", target, NULL };
	char *make = getenv("MAKE"), *said;
	int status;

	words[0] = make && *make ? make : (char *)"make";
	snprintf(target, sizeof target, "claims-of-%s", l->number);
	said = run_words(words, 1, &status);
	if (status != 0) {
		fputs(said, stderr);
		give_up("The proofs of lesson %s cannot be built.", l->number);
	}
	free(said);
}

/* Proof I of the N of an id. */
static void put_proof(FILE *to, const struct found *all, size_t i, size_t n,
		      const struct options *o)
{
	char program[PATH_MAX], folder[PATH_MAX], title[256];
	const struct found *f = &all[i];
	int skipped;

	if (n == 1)
		snprintf(title, sizeof title, "its proof: %s:%d",
			 f->source->file, f->proof->line);
	else
		snprintf(title, sizeof title, "proof %zu of %zu: %s:%d", i + 1,
			 n, f->source->file, f->proof->line);
	ruler(to, title);
	source_print(to, f->source, &f->proof, 1);
	build(f->lesson);
	must_have(getcwd(folder, sizeof folder));
	if (snprintf(program, sizeof program, "%s/%s/claims", folder,
		     f->lesson->folder) >= (int)sizeof program)
		give_up("The path of the course is too long: %.60s...", folder);
	put_result(to, f, program, &skipped);
	if (!skipped)
		put_calls(to, f, program, o->rows);
}

/* The code of N proofs, with nothing twice. */
static void put_code(FILE *to, const struct found *all, size_t n)
{
	const struct proof **p = must_have(calloc(n, sizeof *p));

	for (size_t i = 0, k; i < n; i += k) {
		for (k = 0; i + k < n && all[i + k].source == all[i].source;
		     k++)
			p[k] = all[i + k].proof;
		source_print(to, all[i].source, p, k);
	}
	free(p);
}

static void put_head(FILE *to, const struct course *c, const char *id,
		     const struct row *row, const struct lesson *l)
{
	if (row)
		put_row(to, row);
	else
		fprintf(to, "%s: a sentence of lesson %s\n\n", id, l->title);
	if (row)
		l = lesson_of(c, row->lesson);
	if (l)
		put_places(to, l, id, 0);
}

static void put_id(FILE *to, struct course *c, const char *id,
		   const struct options *o)
{
	const struct row *row = ledger_find(&c->ledger, id);
	struct found *all;
	size_t n;

	all = proofs_of(c, id, &n);
	if (!row && n == 0)
		unknown(c, id);
	if (row && n == 0) {
		put_row(to, row);
		put_named(to, c, row);
	} else if (o->code_only) {
		put_code(to, all, n);
	} else {
		put_head(to, c, id, row, all[0].lesson);
		for (size_t i = 0; i < n; i++) {
			char word[64];

			snprintf(word, sizeof word, n == 1 ?
				 "  proven is       " :
				 "  proven is, %zu    ", i + 1);
			fill(to, word, all[i].proof->sentence);
		}
		for (size_t i = 0; i < n; i++)
			put_proof(to, all, i, n, o);
	}
	free(all);
}

/* As it is typed: "l09-07, 2-038" is two of them. */
static void put_words(FILE *to, struct course *c, const char *words,
		      const struct options *o, size_t *count)
{
	char *copy = copy_of(words, strlen(words)), *save = NULL;

	for (char *id = strtok_r(copy, " ,\t\n", &save); id;
	     id = strtok_r(NULL, " ,\t\n", &save)) {
		if (*id == 'l')
			*id = 'L';
		if ((*count)++)
			fputs("\n\n", to);
		put_id(to, c, id, o);
	}
	free(copy);
}

static int parse(struct options *o, int argc, char **argv)
{
	int opt;
	char *end;

	snprintf(o->rows, sizeof o->rows, "%d", ROWS);
	while ((opt = getopt(argc, argv, "ck:h")) != -1)
		switch (opt) {
		case 'c': o->code_only = 1; break;
		case 'k':
			snprintf(o->rows, sizeof o->rows, "%s", optarg);
			if (!isdigit((unsigned char)*optarg) ||
			    strtol(optarg, &end, 10) > 100000 || *end)
				give_up("show: -k: '%.20s' is not a number "
					"from 0 to 100000", optarg);
			break;
		case 'h': fputs(usage, stdout); exit(output_end(0));
		default: fputs(usage, stderr); exit(2);
		}
	return optind;
}

int main(int argc, char **argv)
{
	struct options o = { 0 };
	struct course course;
	char *text = NULL;
	size_t size = 0, count = 0;
	FILE *to;
	int first = parse(&o, argc, argv);

	go_to_course();
	course = course_read();
	to = must_have(open_memstream(&text, &size));
	for (int i = first; i < argc; i++)
		put_words(to, &course, argv[i], &o, &count);
	if (fclose(to) == EOF)
		must_have(NULL);
	if (count == 0)
		give_up("Which sentence? make show ID=L09-07, the id that "
			"stands behind it in the notes");
	put_text(text);
	free(text);
	course_free(&course);
	return output_end(0);
}
