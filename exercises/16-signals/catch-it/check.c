/*
 * check - what catch-it asks of bell
 */
#include "../../../common/proof/asleep.h"
#include "../../../common/proof/check.h"

/* A bell that sleeps. */
static struct prog hang(void)
{
	struct prog p = start("bell", NULL);

	MUST(await_lines(&p, 1), "it ended before it said that the bell hangs");
	MUST(await_blocked(&p), "it ended before anybody rang");
	MUST_BE_WOKEN(&p, "while nobody rings");
	return p;
}

/* Ring for the NTH time: the line about it comes, and the program sleeps. */
static void ring(struct prog *p, size_t nth)
{
	int status;

	HOLDS(kill(p->pid, SIGUSR1) == 0);
	when_it_hangs("a SIGUSR1 came, and it sleeps on and has counted "
		      "nothing: nobody was called");
	if (!await_lines(p, nth + 1) || !await_blocked(p)) {
		status = end_of(p);
		MUST(status != 128 + SIGUSR1, "SIGUSR1 number %zu killed it: "
		     "that is what the kernel does with a SIGUSR1 that nobody "
		     "catches", nth);
		MUST(0, "SIGUSR1 number %zu came, and it ended with status %d",
		     nth, status);
	}
	when_it_hangs(NULL);
}

static void must_have_counted(struct prog *p, size_t rings)
{
	char want[400] = "the bell hangs\n";
	size_t len = strlen(want);

	for (size_t i = 1; i <= rings; i++)
		len += (size_t)snprintf(want + len, sizeof want - len,
					"ring %zu\n", i);
	MUST_SAY(p, want);
}

CHECK(3, "ring", "a SIGUSR1 is counted, and the program goes on")
{
	struct prog p = hang();

	ring(&p, 1);
	must_have_counted(&p, 1);
}

CHECK_AFTER(2, "again", "ring", "and so are the second one, and the tenth")
{
	struct prog p = hang();

	for (size_t i = 1; i <= 10; i++)
		ring(&p, i);
	must_have_counted(&p, 10);
}

/* Rung once while it sleeps, and once while it stands before its call N, if
 * there is such a call: both rings are told. Returns 0 if there is none. */
static int rung_at(unsigned n)
{
	char fault[32], where[64] = "nothing";
	struct how how = { .fault = fault, .log = "calls" };
	size_t rings = 0;
	int stops = 0, woken = 0;
	struct prog p;

	snprintf(fault, sizeof fault, "any:%u:stop", n);
	p = start_how(&how, "bell", NULL);
	for (;;) {
		int stopped = await_stop(&p);

		MUST(stopped || !has_ended(&p), "a SIGUSR1 comes just before "
		     "its %s, and it ends", where);
		if (stopped) {
			stops = 1;
			last_call(where, sizeof where, "calls");
			if (out_lines(&p) > 0 && is_ready(p.pid, SIGUSR1)) {
				HOLDS(kill(p.pid, SIGUSR1) == 0);
				rings++;
			}
			go_on(&p);
			continue;
		}
		if (out_lines(&p) == 0)
			continue;	// it has hardly begun
		MUST(out_lines(&p) == 1 + rings, "a ring that comes just "
		     "before its %s is not told: it sleeps, and nobody rings "
		     "again", where);
		if (woken)
			break;
		woken = 1;
		rings++;
		HOLDS(kill(p.pid, SIGUSR1) == 0);
	}
	must_have_counted(&p, rings);
	end_by(&p, SIGKILL);
	last_call(where, sizeof where, "calls");
	return stops;
}

CHECK_AFTER(1, "gap", "ring",
	    "a ring between any two of its calls is told as well")
{
	unsigned n = 1;

	while (rung_at(n))
		n++;
}

CHECK(1, "others", "SIGTERM and SIGINT end it, as ever")
{
	static const int sig[] = { SIGTERM, SIGINT };

	for (size_t i = 0; i < 2; i++) {
		struct prog p = hang();
		int status;

		when_it_hangs(i ? "SIGINT came, and it goes on: it should "
			      "catch SIGUSR1 alone" : "SIGTERM came, and it "
			      "goes on: it should catch SIGUSR1 alone");
		status = end_by(&p, sig[i]);
		MUST(status == 128 + sig[i], "signal %d (%s) came, and it "
		     "ended with status %d, not by that signal", sig[i],
		     strsignal(sig[i]), status);
	}
}

/* A bell that never ends by itself: who sleeps is killed. */
static int status_of(const struct how *how, struct prog *p)
{
	*p = start_how(how, "bell", NULL);
	if (blocks(p->pid))
		HOLDS(kill(p->pid, SIGKILL) == 0);
	return end_of(p);
}

/* Who uses signal() makes no call of sigaction() that could be made to fail. */
static int makes_call(const char *name)
{
	struct how how = { .log = "calls" };
	char line[64], want[32];
	struct prog p;
	int found = 0;
	FILE *f;

	status_of(&how, &p);
	f = fopen("calls", "re");
	HOLDS(f != NULL);
	snprintf(want, sizeof want, " %s ", name);
	while (fgets(line, sizeof line, f))
		found |= strstr(line, want) != NULL;
	fclose(f);
	HOLDS(unlink("calls") == 0);
	return found;
}

MAY_FAIL("");

CHECK_AFTER(1, "errors", "ring", "a call that fails is noticed and named")
{
	static const char *const calls[] = { "sigprocmask", "sigaction",
					     "sigsuspend" };

	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
		char fault[32];
		struct how how = { .fault = fault };
		struct prog p;
		int status;

		if (!makes_call(calls[i]))
			continue;
		snprintf(fault, sizeof fault, "%s:1:EIO", calls[i]);
		status = status_of(&how, &p);
		MUST(status != 128 + SIGKILL, "it goes on, and hangs the bell "
		     "as if nothing were wrong");
		MUST(status == 1, "it ended with status %d, not 1", status);
		MUST(strstr(err_text() + p.err_from, calls[i]) ||
		     strstr(err_text() + p.err_from, "EIO") ||
		     strstr(err_text() + p.err_from, strerror(EIO)),
		     "it names neither that call nor the error on stderr");
	}
}
