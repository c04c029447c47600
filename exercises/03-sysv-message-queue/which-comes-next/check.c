/*
 * check - what which-comes-next asks, and what tray says
 */
#include "../../../common/proof/answer.h"

/* What tray prints on this system behind LABEL. */
static const char *tray(const char *label)
{
	struct prog p = start("tray", NULL);

	return fact(&p, label);
}

CHECK(1, "q1", "what type 0 takes")
{
	MUST_ANSWER("1", tray("first: "), "Look at the line marked 1 in "
		    "tray.c. Type 0 asks for no type at all. Which message has "
		    "waited longest?");
}

CHECK(1, "q2", "what a type above 0 takes")
{
	MUST_ANSWER("2", tray("second: "), "Look at the line marked 2 in "
		    "tray.c. Which messages have exactly this type, and which "
		    "of those was sent first?");
}

CHECK(1, "q3", "what a type below 0 takes")
{
	MUST_ANSWER("3", tray("third: "), "Look at the line marked 3 in "
		    "tray.c. Which messages are left, and which of them have a "
		    "type of at most 3? What decides between those: their age, "
		    "or their type?");
}

CHECK(1, "q4", "a type that no message has any more")
{
	MUST_ANSWER("4", tray("fourth: "), "Look at the line marked 4 in "
		    "tray.c. Which messages had exactly this type? Is one of "
		    "them still in the queue?");
}

CHECK(1, "q5", "what is left in the queue")
{
	MUST_ANSWER("5", tray("left: "), "Look at the line marked 5 in tray.c. "
		    "Five messages were sent. How many of the four calls of "
		    "take() have taken one out?");
}
