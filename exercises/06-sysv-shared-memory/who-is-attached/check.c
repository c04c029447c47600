/*
 * check - what who-is-attached asks, and what tenants says
 */
#include "../../../common/proof/answer.h"

/* What tenants prints on this system behind LABEL. */
static const char *tenants(const char *label)
{
	struct prog p = start("tenants", NULL);

	return fact(&p, label);
}

CHECK(1, "q1", "who has a segment that was just made")
{
	MUST_ANSWER("1", tenants("just made: "), "Look at the "
		    "comment 1 in tenants.c. Which call attaches a segment: "
		    "shmget(), or another one?");
}

CHECK(1, "q2", "one segment at two addresses")
{
	MUST_ANSWER("2", tenants("read by the other address: "), "Look at the "
		    "comment 2 in tenants.c. There are two addresses. How many "
		    "segments are there?");
}

CHECK(1, "q3", "what fork() does with attachments")
{
	MUST_ANSWER("3", tenants("with a child: "), "Look at the "
		    "comments 2 and 3 in tenants.c. How many attachments has "
		    "the parent, and what does a child inherit of them?");
}

CHECK(1, "q4", "a segment that was removed while somebody had it")
{
	MUST_ANSWER("4", tenants("read after IPC_RMID: "), "Look at the "
		    "comment 4 in tenants.c. IPC_RMID marks a segment for "
		    "removal. When does the memory go?");
}

CHECK(1, "q5", "its key, after that")
{
	MUST_ANSWER("5", tenants("found by its key: "), "Look at the "
		    "comment 5 in tenants.c. Shall somebody who comes now get "
		    "a segment that is about to go?");
}

CHECK(1, "q6", "what is left when the last one has gone")
{
	MUST_ANSWER("6", tenants("after the last shmdt: "), "Look at the "
		    "comments 4 and 6 in tenants.c. The segment was marked for "
		    "removal. What was the kernel still waiting for?");
}
