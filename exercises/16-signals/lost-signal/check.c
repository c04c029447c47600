/*
 * check - what lost-signal asks of doorman
 */
#include "../../../common/proof/asleep.h"
#include "../../../common/proof/check.h"

CHECK(1, "sleeps", "it sleeps until it rings, without a timer")
{
	struct prog p = start("doorman", "1", NULL);

	MUST(await_lines(&p, 1), "it ended before it said: waiting 1");
	MUST(await_blocked(&p), "it ended although nobody has rung");
	MUST_BE_WOKEN(&p, "while nobody rings");
	MUST_SAY(&p, "waiting 1\n");
	HOLDS(kill(p.pid, SIGUSR1) == 0);
	MUST_EXIT(&p, 0);
}

CHECK_AFTER(2, "rings", "sleeps", "each ring opens the door once")
{
	size_t rounds = 2 + random_below(4);
	char number[16], want[512] = "";
	struct prog p;

	snprintf(number, sizeof number, "%zu", rounds);
	p = start("doorman", number, NULL);
	for (size_t i = 1; i <= rounds; i++) {
		size_t len = strlen(want);

		if (!await_lines(&p, 2 * i - 1) || !await_blocked(&p)) {
			MUST_EXIT(&p, 0);
			MUST(0, "it ended before round %zu of %zu", i, rounds);
		}
		snprintf(want + len, sizeof want - len, "waiting %zu\n", i);
		MUST_SAY(&p, want);
		len = strlen(want);
		snprintf(want + len, sizeof want - len, "open %zu\n", i);
		HOLDS(kill(p.pid, SIGUSR1) == 0);
	}
	MUST_EXIT(&p, 0);
	MUST_SAY(&p, want);
}

/* Two rounds, stopped before call N: if it waits for a ring by then, it rings
 * there. Returns 0 if there is no such call. */
static int stopped_at(unsigned n)
{
	static const char want[] = "waiting 1\nopen 1\nwaiting 2\nopen 2\n";
	char fault[32], where[64] = "nothing";
	struct how how = { .fault = fault, .log = "calls" };
	struct prog p;
	size_t rings = 0, said = 0;
	int stops = 0;

	snprintf(fault, sizeof fault, "any:%u:stop", n);
	p = start_how(&how, "doorman", "2", NULL);
	for (;;) {
		int stopped = await_stop(&p);

		if (!stopped && has_ended(&p))
			break;
		if (!stopped && out_lines(&p) == 0)
			continue;	// it has hardly begun
		if (!stopped)
			MUST(out_lines(&p) > said, "a ring that comes just "
			     "before its %s is lost: it sleeps, and nobody "
			     "rings again", where);
		if (stopped) {
			stops = 1;
			last_call(where, sizeof where, "calls");
		}
		if (out_lines(&p) == 2 * rings + 1) {
			said = 2 * rings++ + 1;
			HOLDS(kill(p.pid, SIGUSR1) == 0);
		}
		if (stopped)
			go_on(&p);
	}
	MUST_EXIT(&p, 0);
	MUST_SAY(&p, want);
	last_call(where, sizeof where, "calls");
	return stops;
}

CHECK_AFTER(5, "gap", "rings",
	    "a ring between any two of its calls is not lost")
{
	unsigned n = 1;

	while (stopped_at(n))
		n++;
}

static struct prog scene(const struct how *how)
{
	struct prog p = start_how(how, "doorman", "1", NULL);

	if (await_lines(&p, 1) && await_blocked(&p))
		HOLDS(kill(p.pid, SIGUSR1) == 0);
	return p;
}

MAY_FAIL("write sem_post");

CHECK_AFTER(1, "errors", "rings", "a call that fails is noticed and named")
{
	/* What a handler calls to wake the program. */
	MUST_NOTICE(scene);
}
