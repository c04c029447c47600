/*
 * check - what two-copies asks, and what twins says
 */
#include "../../../common/proof/answer.h"

/* What twins prints on this system behind LABEL. */
static const char *twins(const char *label)
{
	struct prog p = start("twins", NULL);

	return fact(&p, label);
}

CHECK(1, "q1", "a variable that the child changes")
{
	MUST_ANSWER("1", twins("1 cakes: "), "Look at the line \"cakes = cakes "
		    "- 1\" in twins.c. In which process is the variable that "
		    "it changes, and in which one is it printed?");
}

CHECK(1, "q2", "the number that the child ends with")
{
	MUST_ANSWER("2", twins("2 status: "), "Look at the line \"exit(cakes)\""
		    " in twins.c. What is in the child's own variable at that "
		    "moment?");
}

CHECK(1, "q3", "a file that was open before fork()")
{
	MUST_ANSWER("3", twins("3 letter: "), "Look at the line "
		    "\"next_letter(fd)\" of the child in twins.c. Both "
		    "descriptors lead to one open file. Where does the next "
		    "read() from it begin?");
}

CHECK(1, "q4", "a text that was in a buffer before fork()")
{
	MUST_ANSWER("4", twins("4 bytes: "), "Look at the line with \"tea\" in "
		    "twins.c. The buffer is memory, so fork() copies it with "
		    "what is in it. Which processes write their buffer out?");
}
