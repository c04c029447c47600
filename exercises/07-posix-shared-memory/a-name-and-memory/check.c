/*
 * check - what a-name-and-memory asks, and what sheet says
 */
#include "../../../common/proof/answer.h"

/* What sheet prints on this system behind LABEL. */
static const char *sheet(const char *label)
{
	struct prog p = start("sheet", NULL);

	return fact(&p, label);
}

CHECK(1, "q1", "the size of a new object")
{
	MUST_ANSWER("1", sheet("size at first: "), "Look at the "
		    "comments 1 and 2 in sheet.c. Which call says how large "
		    "the object is to be?");
}

CHECK(1, "q2", "what is in it at first")
{
	MUST_ANSWER("2", sheet("byte 42: "), "Look at the "
		    "comment 2 in sheet.c. May a process see what was in that "
		    "memory before, perhaps another user's?");
}

CHECK(1, "q3", "two mappings of one object")
{
	MUST_ANSWER("3", sheet("by the second mapping: "), "Look at the "
		    "comment 3 in sheet.c. The name was opened twice. How many "
		    "objects are there?");
}

CHECK(1, "q4", "a mapping without its descriptor")
{
	MUST_ANSWER("4", sheet("after close: "), "Look at the "
		    "comment 4 in sheet.c. What does mmap() need the "
		    "descriptor for: to make the mapping, or to keep it?");
}

CHECK(1, "q5", "the name, after shm_unlink()")
{
	MUST_ANSWER("5", sheet("open after unlink: "), "Look at the "
		    "comment 5 in sheet.c. What does shm_unlink() take away: "
		    "the name, or the memory?");
}

CHECK(1, "q6", "the memory, after shm_unlink()")
{
	MUST_ANSWER("6", sheet("after unlink: "), "Look at the "
		    "comments 5 and 6 in sheet.c. What does shm_unlink() take "
		    "away: the name, or the memory?");
}
