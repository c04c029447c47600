/*
 * starve - an order that is less urgent may wait for ever
 *
 *   Before each order that the cook takes, a new urgent one comes.
 *
 * Watch: how many orders are taken before the birthday cake?
 *
 * Try: in one_rail(), hang up the cake as URGENT, too. As which order is the
 * cake taken now, and why?
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <mqueue.h>

#include "../../../common/experiment.h"

enum { LONGEST = 16 };		// bytes that an order may have
enum { TURNS = 1000 };		// the cook takes at most so many orders
enum { EVERY = 4 };		// each fourth order comes from the slow rail
enum { NORMAL = 1, URGENT = 9 };	// priorities

static mqd_t make_rail(void)
{
	struct mq_attr attr = { .mq_maxmsg = 3, .mq_msgsize = LONGEST };
	char name[OWN_NAME];
	mqd_t rail;

	own_name(name, "starve");
	hold_signals();
	mq_unlink(name);	// a killed run may have left a queue
	// O_EXCL: a new queue, or an error. O_NONBLOCK: if we took an order
	// from an empty rail, the call would fail, and not wait for ever.
	rail = mq_open(name, O_RDWR | O_CREAT | O_EXCL | O_NONBLOCK, 0600,
		       &attr);
	if (rail == (mqd_t)-1)
		die("mq_open");
	// Nobody else needs the name. Without a name the queue goes when we
	// end.
	if (mq_unlink(name) == -1)
		die("mq_unlink");
	let_signals();
	return rail;
}

static void hang_up(mqd_t rail, const char *order, unsigned priority)
{
	if (mq_send(rail, order, strlen(order), priority) == -1)
		die("mq_send");
}

/* Take the next order. Return 1 if it is the cake, and 0 if it is not. */
static int take_cake(mqd_t rail)
{
	char order[LONGEST];
	ssize_t n;

	// NULL: we do not ask for the priority.
	n = mq_receive(rail, order, sizeof order, NULL);
	if (n == -1)
		die("mq_receive");
	return n == 4 && memcmp(order, "cake", 4) == 0;
}

/* WRONG, if somebody waits for the cake: all orders hang on one rail. */
static void one_rail(mqd_t rail)
{
	hang_up(rail, "cake", NORMAL);
	for (int turn = 1; turn <= TURNS; turn++) {
		hang_up(rail, "fries", URGENT);
		if (take_cake(rail)) {
			say("wrong: the cake was order %d", turn);
			return;
		}
	}
	say("wrong: after %d orders the cake still hangs", TURNS);
}

/* RIGHT: orders that can wait hang on a rail of their own, SLOW. The cook takes
 * each fourth order from there. */
static void two_rails(mqd_t fast, mqd_t slow)
{
	hang_up(slow, "cake", NORMAL);
	for (int turn = 1; turn <= TURNS; turn++) {
		mqd_t next = fast;	// where the next order comes from

		if (turn % EVERY == 0)
			next = slow;
		hang_up(fast, "fries", URGENT);
		if (take_cake(next)) {
			say("right: the cake was order %d", turn);
			return;
		}
	}
	say("right: after %d orders the cake still hangs", TURNS);
}

int main(void)
{
	mqd_t only = make_rail();	// the rail of the wrong way
	mqd_t fast = make_rail();	// the two rails of the right way
	mqd_t slow = make_rail();

	one_rail(only);
	two_rails(fast, slow);
	return EXIT_SUCCESS;
}
