/*
 * check - what who-has-it asks, and what seat says
 */
#include "../../../common/proof/answer.h"

/* What seat prints on this system behind LABEL. */
static const char *seat(const char *label)
{
	struct prog p = start("seat", NULL);

	return fact(&p, label);
}

CHECK(1, "q1", "flock(), dup(), and the first descriptor is closed")
{
	MUST_ANSWER("1", seat("first look: "), "Look at the comment 1 in "
		    "seat.c. After dup(): what do both descriptors lead to? Is "
		    "that still open?");
}

CHECK(1, "q2", "flock(), and the last descriptor is closed")
{
	MUST_ANSWER("2", seat("second look: "), "Look at the comment 2 in "
		    "seat.c. Is there any descriptor left that leads to what "
		    "was locked?");
}

CHECK(1, "q3", "flock(), and a child unlocks")
{
	MUST_ANSWER("3", seat("third look: "), "Look at the comment 3 in "
		    "seat.c. Does the child have an open file description of "
		    "its own after fork(), or the same one as its parent?");
}

CHECK(1, "q4", "fcntl(F_SETLK), and another descriptor is closed")
{
	MUST_ANSWER("4", seat("fourth look: "), "Look at the comment 4 in "
		    "seat.c. To a descriptor or to the process: to whom does a "
		    "lock of fcntl(F_SETLK) belong? What does close() do to "
		    "it?");
}

CHECK(1, "q5", "fcntl(F_SETLK), and a child closes its copy")
{
	MUST_ANSWER("5", seat("fifth look: "), "Look at the comment 5 in "
		    "seat.c. To a descriptor or to the process: to whom does a "
		    "lock of fcntl(F_SETLK) belong? Which process has closed "
		    "something?");
}
