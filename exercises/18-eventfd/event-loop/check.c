/*
 * check - what event-loop asks of desk
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/wait.h>

#include "../../../common/proof/asleep.h"
#include "../../../common/proof/check.h"

static int letters, bell;		/* our ends */

static struct prog desk(const struct how *base)
{
	struct how how = *base;
	int fd[2];

	HOLDS(pipe2(fd, O_CLOEXEC) == 0);
	/* One more read end stays here: we do not die of a desk that left. */
	HOLDS(fcntl(fd[0], F_DUPFD_CLOEXEC, 10) != -1);
	bell = eventfd(0, EFD_CLOEXEC);
	HOLDS(bell != -1);
	letters = fd[1];
	how.in = fd[0];
	how.fd3 = bell;
	return start_how(&how, "desk", NULL);
}

static struct prog plain_desk(void)
{
	return desk(&(struct how){ .in = 0 });
}

static void ring(uint64_t n)
{
	HOLDS(write(bell, &n, sizeof n) == sizeof n);
}

static void send_text(const char *text)
{
	HOLDS(write(letters, text, strlen(text)) == (ssize_t)strlen(text));
}

/* P has done all there is to do, and waits. */
static void must_sleep(struct prog *p, const char *when)
{
	if (await_blocked(p))
		return;
	MUST_EXIT(p, 0);
	MUST(0, "it ended %s; only SIGTERM ends it", when);
}

static void must_close(struct prog *p)
{
	HOLDS(kill(p->pid, SIGTERM) == 0);
	MUST_EXIT(p, 0);
}

/* The lines of P that begin with LABEL, one after the other. */
static char *lines_of(const struct prog *p, const char *label)
{
	char *text = out_text(p, NULL), *to = text;
	size_t len = strlen(label);

	for (char *at = text, *next; *at; at = next) {
		size_t n = strcspn(at, "\n");

		n += at[n] == '\n';
		next = at + n;
		if (strncmp(at, label, len) == 0) {
			memmove(to, at, n);
			to += n;
		}
	}
	*to = '\0';
	return text;
}

static void must_have_told(const struct prog *p, const char *want)
{
	char *got = lines_of(p, "letter ");

	MUST_BYTES("what it tells of letters", got, strlen(got), want,
		   strlen(want));
}

/* The sum of the numbers behind "rings ". */
static unsigned long long rings_told(const struct prog *p)
{
	char *text = lines_of(p, "rings ");
	unsigned long long sum = 0;

	for (char *at = text; *at; at += strcspn(at, "\n") + 1)
		sum += strtoull(at + strlen("rings "), NULL, 10);
	return sum;
}

CHECK(2, "letters", "it prints each letter when it comes")
{
	struct prog p = plain_desk();
	char word[40], text[64], want[256] = "";

	for (int i = 0; i < 3; i++) {
		random_word(word, 3 + random_below(30));
		must_sleep(&p, "before a letter came");
		must_have_told(&p, want);
		snprintf(text, sizeof text, "%s\n", word);
		send_text(text);
		strcat(strcat(want, "letter "), text);
	}
	must_sleep(&p, "after a letter");
	must_have_told(&p, want);
}

CHECK(2, "bell", "it counts each ring, also of those that ring together")
{
	struct prog p = plain_desk();
	unsigned long long rung = 0;

	for (int i = 0; i < 4; i++) {
		unsigned n = i == 0 ? 1 : 2 + random_below(9);

		must_sleep(&p, "before it rang");
		MUST(rings_told(&p) == rung, "it has rung %llu times, and it "
		     "tells of %llu", rung, rings_told(&p));
		ring(n);
		rung += n;
	}
	must_sleep(&p, "after it rang");
	MUST(rings_told(&p) == rung, "it has rung %llu times, and it tells of "
	     "%llu", rung, rings_told(&p));
	/* The number of an eventfd has 64 bits. */
	rung += 5000000000;
	ring(5000000000);
	must_sleep(&p, "after it rang");
	MUST(rings_told(&p) == rung, "it has rung %llu times, and it tells of "
	     "%llu: the number of rings has 64 bits", rung, rings_told(&p));
}

CHECK(2, "close", "SIGTERM ends it with status 0, and no sooner")
{
	struct prog p = plain_desk();

	must_sleep(&p, "before it was told to");
	must_close(&p);
	MUST_SAY(&p, "closed\n");
}

CHECK_AFTER(1, "idle", "letters bell close",
	    "it sleeps while nothing comes, without a timer")
{
	struct prog p = plain_desk();

	must_sleep(&p, "before anything came");
	send_text("one\n");
	ring(1);
	MUST_BE_WOKEN(&p, "while nothing comes");
	must_close(&p);
}

CHECK_AFTER(1, "stop", "letters bell close",
	    "stopped and continued, it goes on")
{
	struct prog p = plain_desk();
	siginfo_t si;

	must_sleep(&p, "before anything came");
	HOLDS(kill(p.pid, SIGSTOP) == 0);
	HOLDS(waitid(P_PID, (id_t)p.pid, &si, WSTOPPED | WNOWAIT) == 0);
	HOLDS(kill(p.pid, SIGCONT) == 0);
	must_sleep(&p, "when it was stopped and continued");
	send_text("one\n");
	must_sleep(&p, "when it was stopped and continued");
	must_have_told(&p, "letter one\n");
	must_close(&p);
}

/* Stopped before its call N, if there is such a one, it is told to close
 * there; else when it sleeps. Returns 0 if there is none. */
static int told_at(unsigned n)
{
	char fault[32], where[64] = "nothing";
	struct how how = { .fault = fault, .log = "calls" };
	int stops = 0, told = 0;
	struct prog p;

	snprintf(fault, sizeof fault, "any:%u:stop", n);
	p = desk(&how);
	send_text("one\n");
	ring(1);
	for (;;) {
		int stopped = await_stop(&p);

		if (!stopped && has_ended(&p))
			break;
		if (!stopped && out_lines(&p) < 2)
			continue;	// it has hardly begun
		MUST(stopped || !told, "a SIGTERM that comes just before its "
		     "%s is lost: it sleeps, and does not close", where);
		if (stopped) {
			stops = 1;
			last_call(where, sizeof where, "calls");
		}
		/* In sigwait() it is not shown as blocked. */
		if (!told && (!stopped || is_ready(p.pid, SIGTERM))) {
			HOLDS(kill(p.pid, SIGTERM) == 0);
			told = 1;
		}
		if (stopped)
			go_on(&p);
	}
	MUST_EXIT(&p, 0);
	MUST(strstr(out_text(&p, NULL), "closed\n"), "a SIGTERM comes just "
	     "before its %s, and it ends without a word", where);
	last_call(where, sizeof where, "calls");
	return stops;
}

CHECK_AFTER(2, "gap", "idle",
	    "a SIGTERM between any two of its calls is not lost")
{
	unsigned n = 1;

	while (told_at(n))
		n++;
}

CHECK_AFTER(2, "parts", "stop",
	    "letters in parts, and many at once, are all told")
{
	static char text[12000], want[16000];
	struct prog p = plain_desk();
	size_t rings = 0;

	must_sleep(&p, "before anything came");
	send_text("dear ");
	must_sleep(&p, "in the middle of a letter");
	must_have_told(&p, "");
	send_text("guest\nsecond\nthi");
	must_sleep(&p, "in the middle of a letter");
	must_have_told(&p, "letter dear guest\nletter second\n");
	strcpy(want, "letter dear guest\nletter second\nletter third\n"
	       "letter \n");
	strcpy(text, "rd\n\n");
	for (int i = 0; i < 60; i++) {
		char word[200];

		/* 200 bytes with the newline are the most. */
		random_word(word, i % 20 ? 2 + random_below(100) : 200);
		strcat(strcat(text, word), "\n");
		strcat(strcat(strcat(want, "letter "), word), "\n");
	}
	/* Both sources at once, while it cannot look. */
	HOLDS(kill(p.pid, SIGSTOP) == 0);
	send_text(text);
	for (; rings < 5; rings++)
		ring(1);
	HOLDS(kill(p.pid, SIGCONT) == 0);
	must_sleep(&p, "though it was not told to");
	must_have_told(&p, want);
	MUST(rings_told(&p) == rings, "with many letters came %zu rings, and "
	     "it tells of %llu", rings, rings_told(&p));
	must_close(&p);
}

CHECK_AFTER(2, "end", "letters bell close",
	    "when stdin has ended it goes on, and still sleeps")
{
	struct prog p = plain_desk();

	send_text("last\n");
	HOLDS(close(letters) == 0);
	must_sleep(&p, "when its input ended");
	must_have_told(&p, "letter last\n");
	ring(3);
	must_sleep(&p, "when its input had ended");
	MUST(rings_told(&p) == 3, "after the end of stdin it rang 3 times, "
	     "and it tells of %llu", rings_told(&p));
	MUST_BE_WOKEN(&p, "when its input has ended");
	must_close(&p);
}

static struct prog scene(const struct how *how)
{
	struct prog p = desk(how);

	if (await_blocked(&p))
		send_text("one\n");
	if (await_blocked(&p))
		ring(1);
	if (await_blocked(&p))
		HOLDS(close(letters) == 0);
	if (await_blocked(&p))
		HOLDS(kill(p.pid, SIGTERM) == 0);
	return p;
}

/* A handler that wakes the loop by a pipe: what could it do? */
MAY_FAIL("write");

CHECK_AFTER(1, "errors", "end", "a call that fails is noticed and named")
{
	MUST_NOTICE(scene);
}
