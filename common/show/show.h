/*
 * show.h - a sentence of the course, seen: where it stands, the code of its
 * proof, what comes of it now, and its system calls in time
 *
 *	text	files, lines of at most 80 columns, one line that says what is
 *		wrong
 *	ledger	the rows of docs/claims.tsv: what the sources say
 *	notes	the lessons, what their pages say of an id, and what they ask
 *	lex	C as tokens
 *	source	the parts of a claims.c, and which of them a proof needs
 *	near	ids like one that is not there
 *	run	starts a program, and takes what it says; the pager
 *
 * The quiz (../quiz) uses text, ledger and notes as well.
 *
 * Who calls whom: no file calls one that stands above it.
 *
 *   main.c: near, notes, run, source, ledger, text
 *   near.c:
 *   notes.c: ledger, text
 *   run.c: text
 *   source.c: lex, text
 *   ledger.c: text
 *   lex.c: text
 *   text.c:
 */
#ifndef SHOW_H
#define SHOW_H

#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

enum { COLUMNS = 80 };

/* -------------------------------------------------------------- text.c */

/* One line on stderr, and the end with status 1. */
_Noreturn void give_up(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));

/* P; if it is NULL, for want of memory, one line and the end. */
void *must_have(void *p);
char *copy_of(const char *s, size_t len);

/* Go to the folder of the course: the one above that of this program. What is
 * printed may have other letters than ASCII from here on. */
void go_to_course(void);

/* The whole file, with a NUL behind it, or one line and the end. The caller
 * frees it. A file with a NUL in it is none of ours. */
char *read_file(const char *path);

/* How many columns S (LEN bytes of UTF-8) takes; a Korean letter takes two. */
size_t columns_of(const char *s, size_t len);

/* Print TEXT in lines of at most COLUMNS columns, cut at blanks; the first
 * behind FIRST, the others behind as many blanks. Returns how many lines. */
size_t fill(FILE *to, const char *first, const char *text);

/* TEXT without the signs of Markdown: a link is its words, <code> and ` are
 * gone. In place; returns TEXT. */
char *without_marks(char *text);

/* ------------------------------------------------------------ ledger.c */

enum verdict { V_TRUE, V_IMPRECISE, V_FALSE, V_OUTDATED, V_TYPO, V_JUDGEMENT };

struct row {
	const char *id, *lesson, *topic, *claim, *correction, *evidence, *demo,
		   *section;
	enum verdict verdict;
	int line;			/* in docs/claims.tsv */
};

struct ledger {
	struct row *row;
	size_t n;
	char *text;			/* what they point to */
};

/* Read docs/claims.tsv. If it is damaged: one line with file and line. */
struct ledger ledger_read(void);
void ledger_free(struct ledger *l);
const struct row *ledger_find(const struct ledger *l, const char *id);

/* "imprecise", and what it means: docs/sources.md has the same list. */
const char *verdict_word(enum verdict v);
const char *verdict_means(enum verdict v);

/* Is S an id: "2-038" or "L09-07"? */
int is_id(const char *s, size_t len);

/* ------------------------------------------------------------- notes.c */

struct lesson {
	char *folder;			/* "lessons/09-wait-for-zero" */
	char *title;			/* "09 Wait for zero" */
	char number[8];			/* "09" */
};

struct lessons {
	struct lesson *lesson;
	size_t n;
};

struct lessons lessons_read(void);
void lessons_free(struct lessons *l);

/* Where a page of a lesson names an id. */
struct place {
	char *file;
	int line;
	char *text;			/* the row's cells, or the paragraph */
};

struct places {
	struct place *place;
	size_t n;
};

/* All places in the pages of L that name ID, in the order of its pages. */
struct places places_of(const struct lesson *l, const char *id);
void places_free(struct places *p);

/* A question of "Check yourself". If that part is damaged: one line with file
 * and line. */
struct question {
	char *text, *answer;		/* for people, in one line each */
	char *ids;			/* "L09-02 1-331"; of its proofs */
	const char *file;		/* of the lesson's page */
	int line;
};

struct questions {
	struct question *question;
	size_t n;
	char *file;
};

struct questions questions_of(const struct lesson *l);
void questions_free(struct questions *q);

/* --------------------------------------------------------------- lex.c */

enum token_kind { T_WORD, T_NUMBER, T_STRING, T_SIGN, T_DIRECTIVE, T_COMMENT };

struct token {
	enum token_kind kind;
	const char *s;			/* no NUL at its end */
	size_t len;
};

struct tokens {
	struct token *v;
	size_t n;
};

/* TEXT (C) as tokens, which point into it. A directive is one token, with its
 * further lines. What is not C becomes a sign. */
struct tokens lex(const char *text, size_t len);
int token_is(const struct token *t, const char *word);

/* ------------------------------------------------------------ source.c */

struct proof {
	char *ids, *sentence;
	int line;
};

struct source {
	char *file;
	char *text;
	struct part *part;
	size_t n;
	struct proof *proof;
	size_t proofs;
	struct group *group;		/* #if to #endif */
	size_t groups;
};

/* Take FILE, a claims.c, apart. If that is not possible: one line with file and
 * line. */
struct source source_read(const char *file);
void source_free(struct source *s);

/* Print the parts that the N proofs P need: themselves, what every proof of
 * this file calls first, and whatever of this file they use. */
void source_print(FILE *to, struct source *s, const struct proof *const *p,
		  size_t n);

/* -------------------------------------------------------------- near.c */

/* Of N ids those most like ID, a few, in one line. */
void near_ids(const char *id, char **ids, size_t n, char *buf, size_t size);

/* --------------------------------------------------------------- run.c */

/* Run WORDS, and wait for it. What it says on stdout, and on stderr if BOTH, is
 * the text that is returned (the caller frees it); *STATUS is its exit status,
 * or 128 + signal. A SIGINT, SIGTERM or SIGHUP for us ends it, and then us. */
char *run_words(char *const *words, int both, int *status);

/* TEXT to stdout; through a pager where that is a terminal that it does not
 * fit. */
void put_text(const char *text);

#endif
