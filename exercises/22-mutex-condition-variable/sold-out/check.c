/*
 * check - what sold-out asks of tickets
 */
#include "../../../common/proof/check.h"

static void sells(struct prog *p, const char *want)
{
	when_it_hangs("not all clerks come to their end");
	MUST_EXIT(p, 0);
	MUST_SAY(p, want);
	when_it_hangs(NULL);
}

CHECK(1, "one", "one clerk sells all the tickets")
{
	struct prog p = start("tickets", "1", "10", NULL);

	sells(&p, "10 sold, 0 left\n");
}

/* Whoever finds nothing left is not the last one who looks. */
CHECK_AFTER(4, "ends", "one",
	    "two clerks or more sell all, and all of them end")
{
	struct prog p = start("tickets", "2", "10", NULL);

	sells(&p, "10 sold, 0 left\n");
	p = start("tickets", "20", "100", NULL);
	sells(&p, "100 sold, 0 left\n");
}

CHECK_AFTER(1, "none", "one", "with no ticket at all the clerks end, too")
{
	struct prog p = start("tickets", "3", "0", NULL);

	sells(&p, "0 sold, 0 left\n");
}

/* Slowed down at each step, so that clerks come between each other's steps. */
CHECK_AFTER(2, "once", "ends", "no ticket is sold twice")
{
	struct how how = { 0 };

	for (unsigned i = 1; i <= 10; i++) {
		struct prog p;

		how.shake = check_seed() + i;
		p = start_how(&how, "tickets", "4", "12", NULL);
		sells(&p, "12 sold, 0 left\n");
	}
}

static struct prog scene(const struct how *how)
{
	return start_how(how, "tickets", "2", "1", NULL);
}

MAY_FAIL("");

CHECK_AFTER(1, "errors", "ends", "a call that fails is noticed and named")
{
	MUST_NOTICE(scene);
}

CHECK_AFTER(1, "clean", "ends", "no clerk is left, all are waited for")
{
	struct prog p = start("tickets", "5", "20", NULL);

	sells(&p, "20 sold, 0 left\n");
	nothing_left();
}
