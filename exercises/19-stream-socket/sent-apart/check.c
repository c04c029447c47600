/*
 * check - what sent-apart asks, and what table says
 */
#include "../../../common/proof/answer.h"

/* What table prints on this system behind LABEL. */
static const char *table(const char *label)
{
	struct prog p = start("table", NULL);

	return fact(&p, label);
}

CHECK(1, "q1", "two sends, and one recv with room for both")
{
	MUST_ANSWER("1", table("orders: "), "Look at the comment 1 in table.c. "
		    "Both orders have been sent when recv() is called. Is "
		    "there a border between the two?");
}

CHECK(1, "q2", "one send, and a recv with too little room")
{
	MUST_ANSWER("2", table("the begin: "), "Look at the comment 2 in "
		    "table.c, and at how much that take() asks for: it is the "
		    "most that may come.");
}

CHECK(1, "q3", "what becomes of the bytes that had no room")
{
	MUST_ANSWER("3", table("the rest: "), "Look at the comment 2 and 3 in "
		    "table.c. What the recv() before had no room for: is it "
		    "kept, or is it thrown away?");
}

CHECK(1, "q4", "both ends send, and one of them receives")
{
	MUST_ANSWER("4", table("guest hears: "), "Look at the comment 4 in "
		    "table.c. Whose words does the guest get: the waiter's, "
		    "his own, or both?");
}

CHECK(1, "q5", "what was sent before the end")
{
	MUST_ANSWER("5", table("last words: "), "Look at the comment 5 in "
		    "table.c. The order was sent before shutdown(). Does the "
		    "end come before it, or behind it?");
}

CHECK(1, "q6", "and what comes behind it")
{
	MUST_ANSWER("6", table("after them: "), "Look at the comment 6 in "
		    "table.c. All has been taken, and the guest will send no "
		    "more. What can recv() still wait for?");
}

CHECK(1, "q7", "the other direction, after the end")
{
	MUST_ANSWER("7", table("answer: "), "Look at the comment 7 in table.c. "
		    "Which of the two directions does SHUT_WR end?");
}
