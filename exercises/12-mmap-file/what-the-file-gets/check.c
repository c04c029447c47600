/*
 * check - what what-the-file-gets asks, and what guests says
 */
#include "../../../common/proof/answer.h"

/* What guests prints on this system behind LABEL. */
static const char *guests(const char *label)
{
	struct prog p = start("guests", NULL);

	return fact(&p, label);
}

CHECK(1, "q1", "the file, after a store into a private mapping")
{
	MUST_ANSWER("1", guests("file after the private store: "),
		    "Look at the comment 1 in guests.c. "
		    "Whose page does a store into a private mapping change: "
		    "the file's, or a copy that is the program's own?");
}

CHECK(1, "q2", "what the program sees of its own private store")
{
	MUST_ANSWER("2", guests("private mapping: "),
		    "Look at the comment 2 in guests.c. "
		    "The store has been made. Who is it that reads here?");
}

CHECK(1, "q3", "the file, after a store into a shared mapping")
{
	MUST_ANSWER("3", guests("file after the shared store: "),
		    "Look at the comment 3 in guests.c. "
		    "Nobody has called msync(). Does read() see what is in "
		    "the mapped page, or only what is on the disk?");
}

CHECK(1, "q4", "a page of the private mapping that is a copy already")
{
	MUST_ANSWER("4", guests("private mapping later: "),
		    "Look at the comment 4 in guests.c. "
		    "That page became a copy at 1. Is a copy kept up to date?");
}

CHECK(1, "q5", "the shared mapping, after a write into the file")
{
	MUST_ANSWER("5", guests("shared mapping later: "),
		    "Look at the comment 5 in guests.c. "
		    "pwrite() changes the file. Is the shared mapping "
		    "a copy of the file, or the file's own page?");
}
