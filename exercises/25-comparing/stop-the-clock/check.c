/*
 * check - what stop-the-clock asks of rate
 *
 * The check is the consumer, and it is the clock, too (SHAKE_CLOCK, shake.h):
 * time stands still but where the check says that some has passed. So what
 * rate must print is known, on any machine.
 */
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "../../../common/proof/asleep.h"
#include "../../../common/proof/check.h"

enum { WARM_UP = 4096 };

/* Milliseconds: the clock of rate's own work goes on. What we let pass is 20
 * ms or more. */
static const double slack = 5;

/* Milliseconds: what rounding to the last digit that is printed may change. */
static const double digit = 0.0015;

static struct sockaddr_un at = { .sun_family = AF_UNIX };
static int door;

/* ------------------------------------------------------------ the clock */

/* The machine has been up for 60 days: more milliseconds than 32 bits hold. */
static long long mono_us = 5184000000000, day_us = 1790000000000000;

/* US microseconds pass, and by the time of day DAY milliseconds more. */
static void pass_us(long long us, int day)
{
	char text[64];
	int fd, n;

	mono_us += us;
	day_us += us + day * 1000LL;
	/* Renamed into its place, so nobody reads half of it. */
	fd = open("clock.new", O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
	HOLDS(fd != -1);
	n = sprintf(text, "%lld000 %lld000\n", mono_us, day_us);
	HOLDS(write(fd, text, (size_t)n) == n && close(fd) == 0);
	HOLDS(rename("clock.new", "clock") == 0);
}

static void pass(int ms, int day)
{
	pass_us(ms * 1000LL, day);
}

/* --------------------------------------------------------- the consumer */

static struct prog start_rate(const struct how *base, const char *bytes)
{
	static int times;
	struct how how = { .env = "SHAKE_CLOCK=clock" };
	char what[16];

	if (base)
		how = *base;
	else
		pass(0, 0);
	snprintf(what, sizeof what, "consumer%d", times++);
	check_path(at.sun_path, what);
	door = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	HOLDS(door != -1);
	HOLDS(bind(door, (struct sockaddr *)&at, sizeof at) == 0);
	HOLDS(listen(door, 5) == 0);
	return start_how(&how, "rate", at.sun_path, bytes, NULL);
}

/* Its connection, or -1 if it ends without one. */
static int try_accept(const struct prog *p)
{
	int fd, ended = 0;

	while ((fd = accept(door, NULL, NULL)) == -1 && !ended) {
		ended = has_ended(p);
		sched_yield();
	}
	close(door);
	unlink(at.sun_path);
	return fd;
}

/* Take up to MOST bytes, all if there is no end before. */
static size_t take(int fd, size_t most)
{
	static char buf[65536];
	size_t n = 0;
	ssize_t r;

	while (n < most && (r = recv(fd, buf, most - n < sizeof buf ?
				     most - n : sizeof buf, 0)) > 0)
		n += (size_t)r;
	return n;
}

static int take_warm_up(const struct prog *p)
{
	int fd = try_accept(p);
	size_t n;

	MUST(fd != -1, "rate ends and has not connected to its path");
	n = take(fd, WARM_UP);
	MUST(n == WARM_UP, "rate sends %zu bytes to warm up, not %d", n,
	     WARM_UP);
	MUST(await_blocked(p), "rate ends without waiting for the consumer's "
	     "word about the warm-up");
	return fd;
}

static void say_i_have_them(int fd)
{
	send(fd, "k", 1, MSG_NOSIGNAL);
}

static void take_all(int fd, size_t bytes)
{
	size_t n = take(fd, SIZE_MAX);

	MUST(n == bytes, "after the warm-up rate sends %zu bytes, not %zu", n,
	     bytes);
}

/* What rate has printed: milliseconds; the bytes have to be BYTES. */
static double printed(struct prog *p, size_t bytes)
{
	char want[64];
	size_t n;
	double ms;

	MUST_EXIT(p, 0);
	MUST(sscanf(out_text(p, NULL), "%zu bytes in %lf ms", &n, &ms) == 2,
	     "rate prints no line like \"1000 bytes in 1.234 ms\", but: %.80s",
	     out_text(p, NULL));
	MUST(n == bytes, "rate says %zu bytes, and has sent %zu to be "
	     "measured", n, bytes);
	snprintf(want, sizeof want, "%zu bytes in %.3f ms\n", bytes, ms);
	MUST_SAY(p, want);
	return ms;
}

/* ----------------------------------------------------------- the checks */

CHECK(2, "bytes", "it sends the warm-up, then so many bytes, and says so")
{
	char text[32];

	for (size_t i = 0; i <= SIZES; i++) {
		const size_t bytes = i < SIZES ? sizes[i] : 0;
		struct prog p;
		int fd;

		snprintf(text, sizeof text, "%zu", bytes);
		p = start_rate(NULL, text);
		fd = take_warm_up(&p);
		MUST(recv(fd, text, 1, MSG_DONTWAIT) <= 0, "rate sends more "
		     "before the consumer has said that it has the warm-up");
		say_i_have_them(fd);
		take_all(fd, bytes);
		say_i_have_them(fd);
		printed(&p, bytes);
		close(fd);
	}
}

CHECK_AFTER(3, "waits", "bytes",
	    "it prints nothing before the consumer says that it has all")
{
	struct prog p = start_rate(NULL, "100000");
	int fd = take_warm_up(&p);

	say_i_have_them(fd);
	take_all(fd, 100000);
	MUST(await_blocked(&p), "rate ends when it has written the last byte. "
	     "The consumer has not said yet that it has them: in between they "
	     "lie in the kernel, and that is not measured");
	MUST_SLEEP(&p, "rate ends without waiting for the consumer's word");
	MUST(out_lines(&p) == 0, "rate prints its result before the consumer "
	     "has said that it has all");
	say_i_have_them(fd);
	printed(&p, 100000);
}

/* What does rate print if the consumer needs US microseconds for 100000
 * bytes? */
static double measured(long long us)
{
	struct prog p = start_rate(NULL, "100000");
	int fd = take_warm_up(&p);

	say_i_have_them(fd);
	take_all(fd, 100000);
	MUST(await_blocked(&p), "rate does not wait for the consumer");
	pass_us(us, 0);
	say_i_have_them(fd);
	return printed(&p, 100000);
}

CHECK_AFTER(3, "ends", "waits", "the clock stops with the consumer's word")
{
	int ms = 20 + (int)random_below(2000);
	double got = measured(ms * 1000LL);

	MUST(got > ms - slack && got < ms + slack, "the consumer needed %d ms "
	     "to take the bytes and say so, and rate prints %.3f ms: when does "
	     "it stop its clock?", ms, got);
}

/* More microseconds than 32 bits hold, and more digits than a float. */
CHECK_AFTER(2, "digits", "ends", "each microsecond counts, also after hours")
{
	static const long long most[] = { 100000, 9000000, 3000000000,
					  9000000000 };

	for (size_t i = 0; i < sizeof most / sizeof *most; i++) {
		long long us = most[i] + 1 +
			       random_below(998) + 1000LL * random_below(50);
		double want = (double)us / 1000, got = measured(us);

		MUST(got > want - digit && got < want + digit, "the consumer "
		     "needed %.3f ms, and rate prints %.3f ms: %s", want, got,
		     i < 2 ? "where do the digits behind the point get lost?" :
		     "is that too much for the type in which it counts?");
	}
}

/* No time passes after the warm-up. */
CHECK_AFTER(2, "begins", "bytes", "the clock begins after the warm-up")
{
	int ms = 20 + (int)random_below(2000);
	struct prog p = start_rate(NULL, "1000");
	int fd = take_warm_up(&p);
	double got;

	pass(ms, 0);
	say_i_have_them(fd);
	take_all(fd, 1000);
	say_i_have_them(fd);
	got = printed(&p, 1000);
	MUST(got > -slack && got < slack, "the warm-up took %d ms, and all the "
	     "rest 0 ms. rate prints %.3f ms: it counts what was there to warm "
	     "up", ms, got);
}

/* Somebody sets the time of day, twice; no time passes. */
CHECK_AFTER(2, "clock", "bytes", "it does not matter if the time of day is set")
{
	struct prog p = start_rate(NULL, "1000");
	int fd = take_warm_up(&p);
	double got;

	pass(0, -3600000);
	say_i_have_them(fd);
	take_all(fd, 1000);
	await_blocked(&p);
	pass(0, -3600000);
	say_i_have_them(fd);
	got = printed(&p, 1000);
	MUST(got > -slack && got < slack, "somebody put the time of day back "
	     "by an hour, and rate prints %.3f ms: its clock is the time of "
	     "day", got);
}

CHECK_AFTER(1, "left", "bytes", "a consumer that leaves is no result")
{
	struct prog p = start_rate(NULL, "1000");
	int fd = take_warm_up(&p);

	say_i_have_them(fd);
	take_all(fd, 1000);
	close(fd);
	MUST_FAIL(&p);
	MUST_SAY(&p, "");

	p = start_rate(NULL, "1000000");
	fd = take_warm_up(&p);
	say_i_have_them(fd);
	take(fd, 1000);
	close(fd);			/* in the middle: EPIPE, SIGPIPE */
	MUST_FAIL(&p);
	MUST_SAY(&p, "");
}

CHECK_AFTER(1, "short", "bytes", "a send() that takes less loses nothing")
{
	struct how how = { .fault = "send:2:short,send:3:short,"
				    "write:2:short,write:3:short" };
	struct prog p = start_rate(&how, "1000");
	int fd = take_warm_up(&p);

	say_i_have_them(fd);
	take_all(fd, 1000);
	say_i_have_them(fd);
	printed(&p, 1000);
}

static struct prog scene(const struct how *base)
{
	struct prog p = start_rate(base, "1000");
	int fd = try_accept(&p);

	if (fd != -1) {
		take(fd, WARM_UP);
		say_i_have_them(fd);
		take(fd, SIZE_MAX);
		say_i_have_them(fd);
	}
	return p;
}

MAY_FAIL("");

CHECK_AFTER(1, "errors", "bytes", "a call that fails is noticed and named")
{
	MUST_NOTICE(scene);
	nothing_left();
}
