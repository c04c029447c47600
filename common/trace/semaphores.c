/*
 * semaphores.c - what System V's semaphores are worth, and whose call lets a
 * waiting semop() go on
 *
 * The kernel does a waiting semop() itself, inside the call that makes it
 * possible. Who waited comes back later, perhaps behind many other calls. So
 * the values are followed from call to call, and what waits is done here, too.
 *
 * A value may be known to lie between two bounds only: the set was there before
 * the run, or SETALL has changed it, whose values strace does not show. Then a
 * call that has perhaps made it possible is the one if there is no second.
 */
#include <stdlib.h>
#include <string.h>

#include "trace.h"

enum { OPS = 16, SETS = 4096, SEMS = 32000, WAITERS = 4096, HIGHEST = 32767 };

struct value {
	int64_t least, most;
};

struct op {
	size_t num;
	int64_t n;
	int undo;
	int is_set;			/* SETVAL, SETALL: any value */
};

enum state {
	WAITS,
	PERHAPS,			/* its giver has perhaps done it */
	UNSURE,				/* there are two, or it never waited */
	GIVEN,
	AT_ONCE,			/* it has found what it wants */
};

struct waiter {
	enum state state;
	struct op op[OPS];
	size_t n;
	struct action own, giver;
};

struct undo {
	pid_t pid;
	size_t num;
	int64_t n;
};

struct set {
	struct value *v;
	size_t n;
	int is_new;			/* so all began with 0 */
	struct waiter *w;		/* in the order in which they came */
	size_t waits;
	struct undo *u;
	size_t undos;
};

static struct map sets;
static size_t all_undos;

static void set_free(struct set *s)
{
	all_undos -= s->undos;
	free(s->v);
	free(s->w);
	free(s->u);
	free(s);
}

void sem_free(void)
{
	for (size_t i = 0; i < sets.size; i++)
		if (sets.v[i].key)
			set_free(sets.v[i].value);
	free(sets.v);
	sets = (struct map){ 0 };
}

static struct set *set_at(uint64_t key)
{
	struct set *s = map_get(&sets, key);

	if (s)
		return s;
	if (sets.n >= SETS)		/* fewer arrows, but none is wrong */
		sem_free();
	s = get(sizeof *s);
	map_put(&sets, key, s);
	return s;
}

static struct value *value_at(struct set *s, size_t num)
{
	if (num >= s->n) {
		s->v = must_have(realloc(s->v, (num + 1) * sizeof *s->v));
		for (size_t i = s->n; i <= num; i++)
			s->v[i] = (struct value){ 0, s->is_new ? 0 : HIGHEST };
		s->n = num + 1;
	}
	return &s->v[num];
}

/* ------------------------------------------------------------- one semop() */

/* "[{sem_num=0, sem_op=-1, sem_flg=SEM_UNDO}, ...]"; 0 if not all are known. */
static size_t read_ops(struct piece list, struct op *op)
{
	struct piece one;
	size_t n = 0;
	int64_t num;

	list = inside(list);
	while (next_piece(&list, &one)) {
		if (n == OPS || !number_field(one, "sem_num", &num) ||
		    !number_field(one, "sem_op", &op[n].n) || num < 0 ||
		    num >= SEMS)
			return 0;
		op[n].num = (size_t)num;
		op[n].undo = has(one, "SEM_UNDO");
		op[n++].is_set = 0;
	}
	return n;
}

enum answer { NO, MAYBE, YES };

/* Can the N operations be done now? They are done one after the other. */
static enum answer is_possible(struct set *s, const struct op *op, size_t n)
{
	enum answer answer = YES;

	for (size_t i = 0; i < n; i++) {
		struct value v = *value_at(s, op[i].num);

		for (size_t k = 0; k < i; k++)
			if (op[k].num == op[i].num) {
				v.least += op[k].n;
				v.most += op[k].n;
			}
		if (op[i].n > 0)
			continue;
		if (op[i].n ? v.most < -op[i].n : v.least > 0)
			return NO;
		if (op[i].n ? v.least < -op[i].n : v.most > 0)
			answer = MAYBE;
	}
	return answer;
}

static void hold(struct value *v)
{
	if (v->most < 0)
		v->most = 0;
	if (v->most > HIGHEST)
		v->most = HIGHEST;
	if (v->least < 0)
		v->least = 0;
	if (v->least > v->most)
		v->least = v->most;
}

static void note_undo(struct set *s, pid_t pid, size_t num, int64_t n)
{
	for (size_t i = 0; i < s->undos; i++)
		if (s->u[i].pid == pid && s->u[i].num == num) {
			s->u[i].n += n;
			return;
		}
	s->u = must_have(realloc(s->u, (s->undos + 1) * sizeof *s->u));
	s->u[s->undos++] = (struct undo){ pid, num, n };
	all_undos++;
}

/* They have been done; so they were possible. */
static void apply(struct set *s, const struct op *op, size_t n, pid_t pid)
{
	for (size_t i = 0; i < n; i++) {
		struct value *v = value_at(s, op[i].num);

		if (op[i].n == 0)
			v->most = 0;
		if (op[i].n < 0 && v->least < -op[i].n)
			v->least = -op[i].n;
		if (op[i].n < 0 && v->most < v->least)
			v->most = v->least;
		v->least += op[i].n;
		v->most += op[i].n;
		hold(v);
		if (op[i].undo)
			note_undo(s, pid, op[i].num, -op[i].n);
	}
}

/* They have perhaps been done: the bounds go apart. */
static void apply_perhaps(struct set *s, const struct op *op, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct value *v = value_at(s, op[i].num);

		if (op[i].n > 0)
			v->most += op[i].n;
		else
			v->least += op[i].n;
		hold(v);
	}
}

/* It has not been possible. Of a single operation that tells the value. */
static void learn(struct set *s, const struct op *op, size_t n)
{
	struct value *v = value_at(s, op[0].num);

	if (n != 1 || op[0].n > 0)
		return;
	if (op[0].n == 0 && v->least < 1)
		v->least = 1;
	if (op[0].n < 0 && v->most > -op[0].n - 1)
		v->most = -op[0].n - 1;
	if (v->least > v->most)		/* it was not what we thought */
		v->least = op[0].n ? 0 : 1;
	if (v->most < v->least)
		v->most = HIGHEST;
}

/* ------------------------------------------------------------ who goes on */

/* Can a change by these operations be what W waits for? */
static int can_help(const struct waiter *w, const struct op *op, size_t n)
{
	for (size_t i = 0; i < w->n; i++)
		for (size_t k = 0; k < n; k++)
			if (w->op[i].num == op[k].num &&
			    (op[k].is_set ||
			     (w->op[i].n < 0 && op[k].n > 0) ||
			     (w->op[i].n == 0 && op[k].n < 0)))
				return 1;
	return 0;
}

static int is_zero_only(const struct waiter *w)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->op[i].n)
			return 0;
	return 1;
}

/* 1 if W goes on, which may let others go on. */
static int try(struct set *s, struct waiter *w, const struct op *op, size_t n,
	       const struct action *a)
{
	enum answer answer;

	if (w->state > PERHAPS || !can_help(w, op, n))
		return 0;
	answer = is_possible(s, w->op, w->n);
	if (answer == NO)
		return 0;
	if (w->state == PERHAPS) {
		w->state = UNSURE;
		return 0;
	}
	w->giver = *a;
	if (answer == MAYBE) {
		w->state = PERHAPS;
		apply_perhaps(s, w->op, w->n);
		return 0;
	}
	w->state = GIVEN;
	w->own.effect = object_moment(a);
	apply(s, w->op, w->n, w->own.pid);
	return 1;
}

/* A has changed the values by these operations. As in the kernel, those who
 * only wait for 0 go first, then each in its turn. */
static void give(struct set *s, const struct op *op, size_t n,
		 const struct action *a)
{
	for (int zero = 1; zero >= 0; zero--)
		for (size_t i = 0; i < s->waits; i++) {
			struct waiter w;

			if (is_zero_only(&s->w[i]) != zero ||
			    !try(s, &s->w[i], op, n, a))
				continue;
			w = s->w[i];
			give(s, w.op, w.n, &w.own);
		}
}

static struct waiter *waiter_of(struct set *s, pid_t tid)
{
	for (size_t i = 0; s && i < s->waits; i++)
		if (s->w[i].own.tid == tid)
			return &s->w[i];
	return NULL;
}

/* ------------------------------------------------------------ what is told */

void sem_new(uint64_t key)
{
	struct set *s = map_get(&sets, key);

	if (s) {
		map_drop(&sets, key);
		set_free(s);
	}
	set_at(key)->is_new = 1;
}

void sem_gone(uint64_t key)
{
	struct set *s = map_get(&sets, key);

	if (!s)
		return;
	map_drop(&sets, key);
	set_free(s);
}

void sem_seen(uint64_t key, int64_t num, int64_t value)
{
	if (num >= 0 && num < SEMS && value >= 0 && value <= HIGHEST)
		*value_at(set_at(key), (size_t)num) =
			(struct value){ value, value };
}

static void set_one(struct set *s, size_t num, int64_t value)
{
	struct value *v = value_at(s, num);

	*v = value >= 0 && value <= HIGHEST ? (struct value){ value, value } :
		(struct value){ 0, HIGHEST };
	for (size_t i = 0; i < s->undos; i++)	/* nobody takes it back now */
		if (s->u[i].num == num)
			s->u[i].n = 0;
}

void sem_set(uint64_t key, int64_t num, int64_t value, const struct action *a)
{
	struct set *s = set_at(key);
	struct op op = { .is_set = 1 };

	if (num >= SEMS)
		return;
	for (size_t i = 0; num < 0 && i < s->n; i++)
		set_one(s, i, -1);
	if (num < 0)
		s->is_new = 0;
	else
		set_one(s, (size_t)num, value);
	for (size_t i = 0; i < s->n; i++) {
		op.num = i;
		if (num < 0 || i == (size_t)num)
			give(s, &op, 1, a);
	}
}

void sem_begin(uint64_t key, struct piece list, enum sem_outcome outcome,
	       const struct action *a)
{
	struct waiter w = { .own = *a };
	struct set *s;

	w.n = read_ops(list, w.op);
	if (w.n == 0)
		return;
	s = set_at(key);
	if (outcome == SEM_DONE) {
		apply(s, w.op, w.n, a->pid);
		give(s, w.op, w.n, a);
		return;
	}
	if (outcome == SEM_REFUSED) {
		learn(s, w.op, w.n);
		return;
	}
	if (is_possible(s, w.op, w.n) == YES) {
		w.state = AT_ONCE;
		apply(s, w.op, w.n, a->pid);
		give(s, w.op, w.n, a);
	} else if (outcome == SEM_WAITS) {
		learn(s, w.op, w.n);
	} else if (is_possible(s, w.op, w.n) == MAYBE) {
		w.state = UNSURE;	/* it was slow, or it has waited */
	}
	if (s->waits == WAITERS)
		return;
	s->w = must_have(realloc(s->w, (s->waits + 1) * sizeof *s->w));
	s->w[s->waits++] = w;
}

/* A semop() that was thought done has failed. */
static void take_back(struct set *s, const struct waiter *w)
{
	for (size_t i = 0; i < w->n; i++) {
		struct value *v = value_at(s, w->op[i].num);

		v->least -= w->op[i].n;
		v->most -= w->op[i].n;
		hold(v);
	}
}

void sem_end(uint64_t key, pid_t tid, int is_done)
{
	struct set *s = map_get(&sets, key);
	struct waiter *w = waiter_of(s, tid), old;
	size_t left;

	if (!w)
		return;
	old = *w;
	left = s->waits - (size_t)(w - s->w) - 1;
	memmove(w, w + 1, left * sizeof *w);
	s->waits--;
	if (old.state >= GIVEN) {
		if (!is_done)
			take_back(s, &old);
	} else if (is_done) {
		apply(s, old.op, old.n, old.own.pid);
		give(s, old.op, old.n, &old.own);
	}
}

enum given sem_given(uint64_t key, pid_t tid, struct action *giver)
{
	struct set *s = map_get(&sets, key);
	const struct waiter *w = waiter_of(s, tid);

	if (!w)
		return GIVEN_UNKNOWN;
	if (w->state == WAITS && is_possible(s, w->op, w->n) == NO)
		return GIVEN_LATER;
	*giver = w->giver;
	return w->state == AT_ONCE ? GIVEN_BEFORE :
	       w->state == GIVEN || w->state == PERHAPS ? GIVEN_BY :
	       GIVEN_UNKNOWN;
}

/* The process PID ends, by A: what it did with SEM_UNDO is taken back. */
void sem_undo(pid_t pid, const struct action *a)
{
	for (size_t i = 0; all_undos && i < sets.size; i++) {
		struct set *s = sets.v[i].key ? sets.v[i].value : NULL;

		for (size_t k = 0; s && k < s->undos; k++) {
			struct op op = { .num = s->u[k].num, .n = s->u[k].n };
			struct value *v = value_at(s, op.num);

			if (s->u[k].pid != pid)
				continue;
			s->u[k--] = s->u[--s->undos];
			all_undos--;
			v->least += op.n;
			v->most += op.n;
			hold(v);
			if (op.n)
				give(s, &op, 1, a);
		}
	}
}
