/*
 * check - what what-a-bell-keeps asks, and what chime says
 */
#include "../../../common/proof/answer.h"

/* What chime prints on this system behind LABEL. */
static const char *chime(const char *label)
{
	struct prog p = start("chime", NULL);

	return fact(&p, label);
}

CHECK(1, "q1", "three writes, and one read")
{
	MUST_ANSWER("1", chime("value: "), "Look at the comment 1 in chime.c. "
		    "All three have rung when read() is called. Does an "
		    "eventfd keep three things, or one?");
}

CHECK(1, "q2", "a look at a bell that was read")
{
	MUST_ANSWER("2", chime("ready: "), "Look at the comment 2 in chime.c. "
		    "What has the read() before it left in the bell?");
}

CHECK(1, "q3", "a read from a bell that nobody has rung since")
{
	MUST_ANSWER("3", chime("empty: "), "Look at the comment 3 in chime.c, "
		    "and at the flags in new_bell(). What does a read() do "
		    "that would have to wait, and must not?");
}

CHECK(1, "q4", "a read with room for 4 bytes")
{
	MUST_ANSWER("4", chime("room for 4: "), "Look at the comment 4 in "
		    "chime.c. How many bytes has the number in an eventfd? "
		    "What does eventfd(2) say of a read() with less room?");
}

CHECK(1, "q5", "a read from the other kind of bell")
{
	MUST_ANSWER("5", chime("semaphore: "), "Look at the comment 5 in "
		    "chime.c, and at main()'s second line. Which kind of bell "
		    "is this one?");
}

CHECK(1, "q6", "how many more reads find something there")
{
	MUST_ANSWER("6", chime("more: "), "Look at the comments 5 and 6 in "
		    "chime.c. It has rung 3 times, by one write(). How much of "
		    "that did the first read() take?");
}
