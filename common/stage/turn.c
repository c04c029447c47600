/*
 * turn.c - whose turn is it to start, and may the services go?
 *
 * Without a service all start at once. With services, those start first, each
 * when the one before it is ready, and then the others. With in_turn the first
 * starts first, and each of the others when the one before has ended.
 */
#include "keeper.h"

static int is_started(const struct keeper *k, size_t i)
{
	return k->prog[i].group > 0;
}

int went_well(const struct keeper *k, size_t i)
{
	const struct stage_result *res = &k->sh->res;

	if (res->prog[i].end == STAGE_SIGNALED)
		return k->plan->prog[i].service && k->terminated &&
		       res->prog[i].code == SIGTERM;
	return res->prog[i].end == STAGE_EXITED && res->prog[i].code == 0;
}

/* Others go on when it has said a line, or never will. */
static int is_ready(const struct keeper *k, size_t i)
{
	return is_started(k, i) && (k->prog[i].ended || said_a_line(k, i));
}

/* A first one that has failed, or has said nothing, is not there for the
 * others: they would wait for it until the deadline. */
static int has_place_in_turn(const struct keeper *k, size_t i)
{
	if (i == 0)
		return 1;
	if (k->prog[0].ended && !went_well(k, 0))
		return 0;
	return i == 1 ? said_a_line(k, 0) : k->prog[i - 1].ended;
}

/* Are the services ready that start before program I: all of them, or if it
 * is one itself, those in front of it? */
static int is_served(const struct keeper *k, size_t i)
{
	const struct stage_prog *prog = k->plan->prog;
	const size_t end = prog[i].service ? i : k->plan->n;

	for (size_t j = 0; j < end; j++)
		if (prog[j].service && !is_ready(k, j))
			return 0;
	return 1;
}

int turn_has_come(const struct keeper *k, size_t i)
{
	if (is_started(k, i))
		return 0;
	return k->plan->in_turn ? has_place_in_turn(k, i) : is_served(k, i);
}

/* Have all that are no services had their turn? */
static int are_clients_done(const struct keeper *k)
{
	for (size_t i = 0; i < k->plan->n; i++)
		if (k->plan->prog[i].service ? !is_ready(k, i) :
		    !k->prog[i].ended)
			return 0;
	return 1;
}

int services_may_go(struct keeper *k)
{
	return !k->terminated && are_clients_done(k) && is_quiet(k);
}

int turn_is_near(const struct keeper *k)
{
	if (k->plan->in_turn)
		return k->plan->n > 1 && !is_started(k, 1);
	for (size_t i = 0; i < k->plan->n; i++)
		if (!is_started(k, i))
			return 1;
	return !k->terminated && are_clients_done(k);
}
