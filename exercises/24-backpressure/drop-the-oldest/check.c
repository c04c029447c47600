/*
 * check - what drop-the-oldest asks of relay
 *
 * The checker is the producer and the consumer. It reads nothing until relay
 * sleeps: so what has been dropped is the same every time.
 */
#define _GNU_SOURCE
#include <fcntl.h>

#include "../../../common/proof/asleep.h"
#include "../../../common/proof/check.h"

enum { MANY = 5000, LINE = 129 };	/* the longest line, and a NUL */

static int to, from;		/* relay's stdin, and its fd 3 */
static char *sent[MANY];
static size_t sent_n;

/* Start relay as HOW says, with room for N lines; its consumer is a pipe of
 * SIZE bytes, of which USED are taken. */
static struct prog begin_how(struct how how, const char *n, int size, int used)
{
	static const char zeros[65536];
	int in[2], out[2];
	struct prog p;

	signal(SIGPIPE, SIG_IGN);
	sent_n = 0;
	HOLDS(pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0);
	HOLDS(fcntl(out[1], F_SETPIPE_SZ, size) >= size);
	HOLDS(write(out[1], zeros, (size_t)used) == used);
	to = in[1];
	from = out[0];
	how.in = in[0];
	how.fd3 = out[1];
	p = start_how(&how, "relay", n, NULL);
	HOLDS(close(out[1]) == 0);
	return p;
}

static struct prog begin(const char *n, int size)
{
	return begin_how((struct how){ .in = 0 }, n, size, 0);
}

/* A line that says which it is, of LEN bytes, or of a random length. */
static void make_line(size_t len)
{
	char text[LINE + 1], word[LINE];

	HOLDS(sent_n < MANY && len < LINE);
	random_word(word, len ? LINE : 2 + random_below(60));
	snprintf(text, sizeof text, "%zu %.120s\n", sent_n, word);
	if (len)
		text[len - 1] = '\n', text[len] = '\0';
	free(sent[sent_n]);
	sent[sent_n] = strdup(text);
	HOLDS(sent[sent_n++] != NULL);
}

static void send_text(const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = write(to, text, len);

		MUST(n > 0, "it ended before its input did");
		text += n;
		len -= (size_t)n;
	}
}

static void send_lines(size_t n, size_t len)
{
	while (n-- > 0) {
		make_line(len);
		send_text(sent[sent_n - 1], strlen(sent[sent_n - 1]));
	}
}

/* What comes out until LEN bytes are there, or it ends. */
static size_t receive(char *buf, size_t len)
{
	size_t got = 0;
	ssize_t n;

	while (got < len && (n = read(from, buf + got, len - got)) > 0)
		got += (size_t)n;
	return got;
}

/* The next lines out of GOT, which are WHAT, have to be what was sent from
 * number AT on, COUNT lines. Returns what follows. */
static const char *must_be(const char *what, const char *got, size_t at,
			   size_t count)
{
	for (size_t i = at; i < at + count; i++) {
		size_t len = strcspn(got, "\n");

		len += got[len] == '\n';
		MUST_BYTES(what, got, len, sent[i], strlen(sent[i]));
		got += len;
	}
	return got;
}

static size_t lines_in(const char *text)
{
	size_t n = 0;

	while (*text)
		n += *text++ == '\n';
	return n;
}

static void must_count(struct prog *p, size_t dropped)
{
	char want[32];

	snprintf(want, sizeof want, "%zu dropped\n", dropped);
	MUST_EXIT(p, 0);
	MUST_SAY(p, want);
}

CHECK(2, "passes", "a line goes to a consumer that reads, at once; then it "
      "sleeps")
{
	struct prog p = begin("4", 4096);
	char buf[LINE];

	for (size_t i = 0; i < 3; i++) {
		MUST(await_blocked(&p), "it ended before its input did");
		send_lines(1, 0);
		memset(buf, 0, sizeof buf);
		receive(buf, strlen(sent[i]));
		must_be("the line that came", buf, i, 1);
	}
	MUST_SLEEP(&p, "it ended before its input did");
	HOLDS(close(to) == 0);
	must_count(&p, 0);
	MUST(receive(buf, sizeof buf) == 0, "more came out than went in");
}

/* All of them in one write(): relay may read them at once. */
CHECK_AFTER(2, "room", "passes", "nothing is dropped while the consumer has "
	    "room")
{
	struct prog p = begin("3", 65536);
	static char burst[30 * LINE], got[30 * LINE];

	for (size_t i = 0; i < 30; i++) {
		make_line(0);
		strcat(burst, sent[i]);
	}
	send_text(burst, strlen(burst));
	HOLDS(close(to) == 0);
	receive(got, sizeof got - 1);
	MUST(*must_be("what came, though there was room,", got, 0, 30) == '\0',
	     "more came out than went in");
	must_count(&p, 0);
}

/* First comes what had room in the pipe, in the end the newest N. All
 * have one length, or a short one would fit in where a long one did not. */
static void jams(const char *n, size_t length)
{
	static char got[MANY * LINE];
	size_t keep = strtoul(n, NULL, 10), all, before;
	struct prog p = begin(n, 4096);
	const char *rest;

	send_lines(MANY, length);
	MUST_SLEEP(&p, "it ended before its input did");
	HOLDS(close(to) == 0);
	MUST_SLEEP(&p, "its input ended, and so did it, with lines that the "
		   "consumer has not got yet");
	got[receive(got, sizeof got - 1)] = '\0';
	all = lines_in(got);
	MUST(all > keep, "the consumer got %zu lines in all, and room was for "
	     "%zu in relay alone", all, keep);
	MUST(all < MANY, "the consumer got all: who kept them meanwhile? "
	     "Room is for %zu only", keep);
	before = all - keep;
	rest = must_be("what had room in the pipe", got, 0, before);
	must_be("what was kept, the newest N lines,", rest, MANY - keep, keep);
	must_count(&p, MANY - all);
}

CHECK_AFTER(4, "drops", "passes", "nobody reads: the producer never waits, the "
	    "newest N are kept, drops are counted")
{
	jams("1", 64);
	jams("10", 128);		/* the longest line that may come */
	jams("100", 64);
	jams("1000", 64);		/* the largest N */
}

/* There is no room, and a line comes. It is stopped before its call number N;
 * then there is room, and another line comes: it may see both at once. Or it
 * makes that call only when the other line has come: then there is room behind
 * its look. Returns 0 if it sleeps before that call. */
static int in_order(unsigned n)
{
	char fault[24], got[4096], text[2 * LINE + 1];
	struct prog p;
	int is_early;

	snprintf(fault, sizeof fault, "any:%u:stop", n);
	p = begin_how((struct how){ .fault = fault }, "5", 4096, 4096);
	send_lines(1, 0);
	is_early = await_stop(&p);
	if (!is_early)
		send_lines(1, 0);
	if (!is_early && !await_stop(&p)) {
		end_by(&p, SIGKILL);
		return 0;
	}
	HOLDS(receive(got, 4096) == 4096);
	if (is_early)
		send_lines(1, 0);
	HOLDS(close(to) == 0);
	go_on(&p);
	got[receive(got, sizeof got - 1)] = '\0';
	snprintf(text, sizeof text, "%s%s", sent[0], sent[1]);
	MUST(strcmp(got, text) == 0 || strlen(got) != strlen(text), "a line "
	     "was kept, then there was room and a newer line came at the same "
	     "time: the newer one goes first");
	MUST_BYTES("what came of two lines", got, strlen(got), text,
		   strlen(text));
	must_count(&p, 0);
	return 1;
}

CHECK_AFTER(2, "order", "drops",
	    "what was kept goes before what comes later, at any moment")
{
	unsigned n = 1;

	while (in_order(n))
		n++;
}

/* Read into GOT, which holds LEN bytes, until the newest line has come: it is
 * never dropped, and then nothing is kept any more. Returns the new length. */
static size_t until_newest(char *got, size_t len)
{
	const char *newest = sent[sent_n - 1];
	size_t n = strlen(newest);

	while (len < n || memcmp(got + len - n, newest, n) != 0) {
		size_t more = receive(got + len, 1);

		MUST(more == 1, "it ended, and has not passed on line %zu",
		     sent_n - 1);
		len += more;
	}
	got[len] = '\0';
	return len;
}

CHECK_AFTER(2, "resumes", "drops", "after a jam it passes on again, and counts "
	    "the next one too")
{
	static char got[MANY * LINE];
	struct prog p = begin("5", 4096);
	size_t len = 0, all;

	for (int jam = 0; jam < 2; jam++) {
		send_lines(1000, 0);
		MUST(await_blocked(&p), "it ended before its input did");
		len = until_newest(got, len);
		all = lines_in(got);
		send_lines(1, 0);
		len = until_newest(got, len);
		MUST(lines_in(got) == all + 1, "after the jam one line went "
		     "in, and %zu came out", lines_in(got) - all);
	}
	HOLDS(close(to) == 0);
	must_count(&p, sent_n - lines_in(got));
}

CHECK_AFTER(1, "gone", "passes", "when the consumer has gone it says so and "
	    "ends")
{
	struct prog p = begin("5", 4096);

	HOLDS(close(from) == 0);
	make_line(0);
	send_text(sent[0], strlen(sent[0]));
	MUST_FAIL(&p);

	p = begin("5", 4096);
	send_lines(200, 64);
	MUST(await_blocked(&p), "it ended before its input did");
	when_it_hangs("the consumer has gone in the middle of a jam, and relay "
		      "does not end");
	HOLDS(close(from) == 0);
	MUST_FAIL(&p);
}

static struct prog scene(const struct how *base)
{
	struct how how = *base;
	int out[2];

	HOLDS(pipe2(out, O_CLOEXEC) == 0);
	how.in = input_text("one\ntwo\n");
	how.fd3 = out[1];
	return start_how(&how, "relay", "5", NULL);
}

MAY_FAIL("");

CHECK_AFTER(1, "errors", "passes", "a call that fails is noticed and named")
{
	MUST_NOTICE(scene);
}
