/*
 * pick.c - which questions, in which order
 *
 * Most statements of the sources are true. A reader who knew that could always
 * say so; so half of the questions are of the others, as far as there are any.
 * Slips of the pen and opinions are not asked: there is nothing to know.
 */
#include <stdlib.h>
#include <string.h>

#include "quiz.h"

/* SplitMix64 (Steele, Lea, Flood): the same numbers everywhere. */
static uint64_t next_number(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static void shuffle(struct item *v, size_t n, uint64_t *state)
{
	for (size_t left = n; left > 1; left--) {
		size_t k = (size_t)(next_number(state) % left);
		struct item kept = v[left - 1];

		v[left - 1] = v[k];
		v[k] = kept;
	}
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static int is_asked(const struct row *r, const char *number)
{
	return strcmp(r->lesson, number) == 0 && r->verdict != V_TYPO &&
	       r->verdict != V_JUDGEMENT;
}

const char *right_word(const struct row *r)
{
	switch (r->verdict) {
	case V_TRUE: return "true";
	case V_IMPRECISE: return "not quite";
	default: return "false";
	}
}

/* Those of the lesson that are true, or those that are not, in any order. */
static size_t rows_of(struct item *to, const struct ledger *l,
		      const char *number, int are_true, uint64_t *state)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++) {
		const struct row *r = &l->row[i];

		if (is_asked(r, number) && (r->verdict == V_TRUE) == are_true)
			to[n++] = (struct item){ .row = r };
	}
	shuffle(to, n, state);
	return n;
}

struct items pick(const struct ledger *l, const struct questions *q,
		  const char *number, uint64_t seed, size_t wanted)
{
	struct item *is_so = must_have(calloc(l->n + 1, sizeof *is_so));
	struct item *is_not = must_have(calloc(l->n + 1, sizeof *is_not));
	struct items all = {
		.item = must_have(calloc(l->n + q->n + 1, sizeof *all.item)),
	};
	uint64_t state = seed;
	size_t n_so = rows_of(is_so, l, number, 1, &state);
	size_t n_not = rows_of(is_not, l, number, 0, &state);
	size_t take_not = least(n_not, (wanted + 1) / 2);
	size_t take_so = least(n_so, wanted - take_not);

	take_not = least(n_not, wanted - take_so);
	memcpy(all.item, is_so, take_so * sizeof *is_so);
	memcpy(all.item + take_so, is_not, take_not * sizeof *is_not);
	all.n = take_so + take_not;
	all.there = n_so + n_not + q->n;
	shuffle(all.item, all.n, &state);
	for (size_t i = 0; i < q->n; i++)
		all.item[all.n + i] = (struct item){ .open = &q->question[i] };
	shuffle(all.item + all.n, q->n, &state);
	all.n += least(q->n, wanted - all.n);
	free(is_so);
	free(is_not);
	return all;
}

struct items pick_all(const struct ledger *l, const struct questions *q,
		      const char *number)
{
	struct items all = {
		.item = must_have(calloc(l->n + q->n + 1, sizeof *all.item)),
	};

	for (size_t i = 0; i < l->n; i++)
		if (is_asked(&l->row[i], number))
			all.item[all.n++] = (struct item){ .row = &l->row[i] };
	for (size_t i = 0; i < q->n; i++)
		all.item[all.n++] = (struct item){ .open = &q->question[i] };
	all.there = all.n;
	return all;
}
