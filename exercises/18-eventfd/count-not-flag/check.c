/*
 * check - what count-not-flag asks of porter
 */
#include <sys/eventfd.h>

#include "../../../common/proof/asleep.h"
#include "../../../common/proof/check.h"

static int bell;

/* A porter who expects GUESTS, with a new bell of that kind. */
static struct prog porter(unsigned long guests, int flags)
{
	struct how how = { .in = 0 };
	char number[24];

	bell = eventfd(0, EFD_CLOEXEC | flags);
	HOLDS(bell != -1);
	how.fd3 = bell;
	snprintf(number, sizeof number, "%lu", guests);
	return start_how(&how, "porter", number, NULL);
}

static void ring(uint64_t n)
{
	HOLDS(write(bell, &n, sizeof n) == sizeof n);
}

/* P has met N guests by now, and waits for more. */
static void must_have_met(struct prog *p, size_t n)
{
	size_t met;

	if (!await_blocked(p)) {
		MUST_EXIT(p, 0);
		MUST(0, "it goes home before it has met all guests");
	}
	met = out_lines(p);
	MUST(met <= n, n == 0 ? "it meets a guest although nobody has rung" :
	     "it has met %zu guests, and %zu have rung", met, n);
	MUST(met == n, "it waits, and has met %zu of %zu guests: they rang "
	     "before, and one read() has taken all the rings", met, n);
}

/* P ends, and has met the guests 1 to N. */
static void must_meet_all(struct prog *p, size_t n)
{
	char want[4096] = "";
	size_t len = 0;

	for (size_t i = 1; i <= n; i++)
		len += (size_t)snprintf(want + len, sizeof want - len,
					"guest %zu\n", i);
	MUST_EXIT(p, 0);
	MUST_SAY(p, want);
}

CHECK(1, "one", "it meets a guest who rings, and waits for the next")
{
	struct prog p = porter(3, 0);

	for (size_t i = 0; i < 3; i++) {
		must_have_met(&p, i);
		MUST_BE_WOKEN(&p, "while nobody rings");
		ring(1);
	}
	must_meet_all(&p, 3);
}

/* They ring by ones and by more, twice. */
static void ring_together(int flags)
{
	uint64_t first = 2 + random_below(20), then = 3 + random_below(20);
	struct prog p = porter(first + then + 1, flags);

	must_have_met(&p, 0);
	ring(first);
	must_have_met(&p, first);
	HOLDS(kill(p.pid, SIGSTOP) == 0);
	for (uint64_t i = 0; i < then; i++)
		ring(1);
	HOLDS(kill(p.pid, SIGCONT) == 0);
	must_have_met(&p, first + then);
	ring(1);
	must_meet_all(&p, first + then + 1);
}

CHECK_AFTER(3, "sum", "one", "guests who ring together are all met, at once")
{
	ring_together(0);
}

CHECK_AFTER(2, "kind", "one", "it does so with either kind of bell")
{
	ring_together(EFD_SEMAPHORE);
}

CHECK_AFTER(1, "more", "sum",
	    "if more ring than are expected, it stops in time")
{
	/* The number of an eventfd has 64 bits, and so many may ring. */
	static const uint64_t many[] = {
		9, UINT64_C(1) << 31, UINT64_C(1) << 32
	};

	for (size_t i = 0; i < sizeof many / sizeof *many; i++) {
		struct prog p = porter(6, 0);

		must_have_met(&p, 0);
		ring(2);
		must_have_met(&p, 2);
		ring(many[i]);
		if (await_blocked(&p))
			MUST(0, "6 guests are expected, 2 and then %llu ring, "
			     "and it waits for more: is the number of rings "
			     "kept in 64 bits?", (unsigned long long)many[i]);
		must_meet_all(&p, 6);
	}
}

static struct prog scene(const struct how *base)
{
	struct how how = *base;
	struct prog p;

	how.fd3 = eventfd(1, EFD_CLOEXEC);
	HOLDS(how.fd3 != -1);
	p = start_how(&how, "porter", "1", NULL);
	HOLDS(close(how.fd3) == 0);
	return p;
}

MAY_FAIL("");

CHECK_AFTER(1, "errors", "one", "a call that fails is noticed and named")
{
	MUST_NOTICE(scene);
}
