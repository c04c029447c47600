/*
 * check - what what-a-pipe-keeps asks, and what tube says
 */
#include "../../../common/proof/answer.h"

/* What tube prints on this system behind LABEL. */
static const char *tube(const char *label)
{
	struct prog p = start("tube", NULL);

	return fact(&p, label);
}

CHECK(1, "q1", "two writes, and one read with room for both")
{
	MUST_ANSWER("1", tube("first read: "), "Look at the comment 1 in "
		    "tube.c. Both writes have been made when read() is called. "
		    "Is there a mark in the pipe where the one ends and the "
		    "other begins?");
}

CHECK(1, "q2", "one write, and a read with too little room")
{
	MUST_ANSWER("2", tube("second read: "), "Look at the comment 2 in "
		    "tube.c, and at the last argument of that read(): it is "
		    "the most that may come.");
}

CHECK(1, "q3", "what becomes of the bytes that had no room")
{
	MUST_ANSWER("3", tube("third read: "), "Look at the comment 2 and 3 in "
		    "tube.c. What the second read() had no room for: is it "
		    "still in the pipe, or is it thrown away?");
}

CHECK(1, "q4", "a read from a pipe that is empty, and has a writer")
{
	MUST_ANSWER("4", tube("fourth read: "), "Look at the comment 4 in "
		    "tube.c. The pipe is empty, but somebody may still write. "
		    "Does read() return at once then, or does it wait?");
}

CHECK(1, "q5", "a read from a pipe that is empty, and has no writer")
{
	MUST_ANSWER("5", tube("fifth read: "), "Look at the comment 5 in "
		    "tube.c. Which process can write into this pipe when the "
		    "child has ended? What can read() still wait for?");
}
