/*
 * quiz.h - ten questions about what the sources say of a lesson
 *
 *	pick	which questions, in which order
 *	ask	one question on a screen, and what the reader types
 *
 * What the questions are comes from docs/claims.tsv and the part "Check
 * yourself" of the notes alone: see ../show/show.h, which reads them.
 *
 * Who calls whom: no file calls one that stands above it.
 *
 *   main.c: ask, pick
 *   ask.c:
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

/* -------------------------------------------------------------- ask.c */

enum outcome { RIGHT, WRONG, ENDED };

/* Ask I as number K of N. ENDED: the reader has enough, or there is no more
 * input; then it does not count. */
enum outcome ask(const struct item *i, size_t k, size_t n);

/* The reader has answered the last question, and wants to go on (1) or not (0):
 * until then the proof may be seen. */
int ask_further(const struct item *i, int is_last);

#endif
