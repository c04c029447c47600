/*
 * check - what out-of-the-queue asks, and what orders says
 */
#include "../../../common/proof/answer.h"

/* What orders prints on this system behind LABEL. */
static const char *orders(const char *label)
{
	struct prog p = start("orders", NULL);

	return fact(&p, label);
}

CHECK(1, "q1", "the first that comes out, of three priorities")
{
	MUST_ANSWER("1", orders("first taken: "), "Look at the "
		    "comment 1 in orders.c, and at the second argument of "
		    "put(). Does a queue look at the time or at the priority "
		    "first?");
}

CHECK(1, "q2", "the next one, of two with the same priority")
{
	MUST_ANSWER("2", orders("second taken: "), "Look at the "
		    "comment 1 in orders.c. Two are left, with one priority. "
		    "What else tells them apart?");
}

CHECK(1, "q3", "a buffer that is long enough for the message alone")
{
	MUST_ANSWER("3", orders("small buffer: "), "Look at the "
		    "comment 3 in orders.c. With which length does "
		    "mq_receive() compare the buffer: with that of the "
		    "message, or with the longest that the queue allows?");
}

CHECK(1, "q4", "what becomes of the message then")
{
	MUST_ANSWER("4", orders("still there: "), "Look at the "
		    "comments 3 and 4 in orders.c. A call that fails: does it "
		    "take something out of the queue?");
}

CHECK(1, "q5", "how much fits into a queue")
{
	MUST_ANSWER("5", orders("put until full: "), "Look at the "
		    "comment 5 in orders.c, and at PLACES. Was the queue empty "
		    "when the loop began?");
}
