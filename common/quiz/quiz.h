/*
 * quiz.h - ten questions about what the sources say of a lesson
 *
 *	pick	which questions, in which order
 *	ask	one question on a screen, and what the reader types
 *	export	all of them for another program, or for a sheet of paper
 *
 * What the questions are comes from docs/claims.tsv and the part "Check
 * yourself" of the notes alone: see ../show/show.h, which reads them.
 *
 * Who calls whom: no file calls one that stands above it.
 *
 *   main.c: ask, export, pick
 *   ask.c: pick
 *   export.c: pick
 *   pick.c:
 */
#ifndef QUIZ_H
#define QUIZ_H

#include <stdint.h>

#include "../show/show.h"

/* A statement of the sources, or a question of the notes. */
struct item {
	const struct row *row;		/* NULL: it is the other one */
	const struct question *open;
};

struct items {
	struct item *item;
	size_t n;
	size_t there;			/* of so many that there are */
};

/* ------------------------------------------------------------- pick.c */

/* At most WANTED questions about lesson NUMBER. The same SEED gives the same
 * ones, in the same order, on every system. The caller frees items.item. */
struct items pick(const struct ledger *l, const struct questions *q,
		  const char *number, uint64_t seed, size_t wanted);

/* All of lesson NUMBER, in the order of the ledger and of the notes. The caller
 * frees items.item. */
struct items pick_all(const struct ledger *l, const struct questions *q,
		      const char *number);

/* What is right of a statement: "true", "false" or "not quite". */
const char *right_word(const struct row *r);

/* -------------------------------------------------------------- ask.c */

enum outcome { RIGHT, WRONG, ENDED };

/* Ask I as number K of N. ENDED: the reader has enough, or there is no more
 * input; then it does not count. */
enum outcome ask(const struct item *i, size_t k, size_t n);

/* The reader has answered the last question, and wants to go on (1) or not (0):
 * until then the proof may be seen. */
int ask_further(const struct item *i, int is_last);

/* ----------------------------------------------------------- export.c */

struct format;

/* "gift", "csv", "anki", "markdown" or "answers"; NULL if NAME is none of them. */
const struct format *format_named(const char *name);

/* Print the questions ITEMS of lesson L on stdout. */
void export(const struct format *f, const struct lesson *l,
	    const struct items *items);

#endif
