/*
 * check - what three-purses asks, and what purses says
 */
#include "../../../common/proof/answer.h"

/* What purses prints on this system behind LABEL. */
static const char *purses(const char *label)
{
	struct prog p = start("purses", NULL);

	return fact(&p, label);
}

CHECK(1, "q1", "an ordinary variable, after the child has stored into its own")
{
	MUST_ANSWER("1", purses("variable: "),
		    "Look at the comment 1 in purses.c. "
		    "fork() has made two processes. How many variables "
		    "of that name are there now?");
}

CHECK(1, "q2", "a private mapping, after the child has stored into it")
{
	MUST_ANSWER("2", purses("private mapping: "),
		    "Look at the comment 2 in purses.c. "
		    "The mapping was made before fork(). Is it common to "
		    "the two, or does each get a copy of what was in it?");
}

CHECK(1, "q3", "a shared mapping, after the child has stored into it")
{
	MUST_ANSWER("3", purses("shared mapping: "),
		    "Look at the comment 3 in purses.c. "
		    "This mapping is MAP_SHARED. How many are there "
		    "after fork()?");
}

CHECK(1, "q4", "what a second child finds in the private mapping")
{
	MUST_ANSWER("4", purses("second child, private: "),
		    "Look at the comment 4 in purses.c. "
		    "The second child gets a copy of the parent's memory. "
		    "What stands there at that moment?");
}

CHECK(1, "q5", "what a second child finds in the shared mapping")
{
	MUST_ANSWER("5", purses("second child, shared: "),
		    "Look at the comment 5 in purses.c. "
		    "The first child has ended. Does what it stored into "
		    "shared memory go with it?");
}
