/*
 * check - what safe-handler asks of relay
 */
#define _GNU_SOURCE
#include <fcntl.h>

#include "../../../common/proof/asleep.h"
#include "../../../common/proof/check.h"

static const char answer[] = "still here\n";

/* TEXT without its first answer, and how many there were. */
static int answers(char *text)
{
	int n = 0;

	for (char *at; (at = strstr(text, answer)); n++)
		memmove(at, at + strlen(answer), strlen(at + strlen(answer)) +
			1);
	return n;
}

CHECK(1, "copies", "it passes its input on, byte by byte")
{
	static char data[100000];
	size_t len;

	random_bytes(data, sizeof data);
	for (size_t i = 0; i < SIZES - 1; i++) {
		struct how how = { .in = input(data, sizes[i]) };
		struct prog p = start_how(&how, "relay", NULL);
		char *got;

		MUST_EXIT(&p, 0);
		got = out_text(&p, &len);
		MUST_BYTES("the output", got, len, data, sizes[i]);
	}
}

/* A pipe to the program's stdin: the read end, and in TO the other. One more
 * read end stays here, so that nobody dies of a program that has left. */
static int feed(int *to)
{
	int fd[2];

	HOLDS(pipe2(fd, O_CLOEXEC) == 0);
	HOLDS(fcntl(fd[0], F_DUPFD_CLOEXEC, 10) != -1);
	*to = fd[1];
	return fd[0];
}

CHECK(2, "answer", "it answers while it waits for input")
{
	int to;
	struct how how = { .in = feed(&to) };
	struct prog p = start_how(&how, "relay", NULL);

	for (int i = 0; i < 3; i++) {
		MUST(await_blocked(&p), "it ended before its input did");
		MUST_BE_WOKEN(&p, "while no input comes");
		HOLDS(kill(p.pid, SIGUSR1) == 0);
		if (!await_blocked(&p)) {
			MUST_EXIT(&p, 0);
			MUST(0, "it ends when it is asked");
		}
		MUST(out_lines(&p) == 2 * (size_t)i + 1,
		     "asked while it waits for input, it gives no answer%s",
		     i ? ", the next time" : "");
		HOLDS(write(to, "line\n", 5) == 5);
		MUST(await_lines(&p, 2 * (size_t)i + 2), "it ended early");
	}
	HOLDS(close(to) == 0);
	MUST_EXIT(&p, 0);
	MUST_SAY(&p, "still here\nline\nstill here\nline\nstill here\nline\n");
}

/* Asked while it stands before its call N: the answer comes before any other
 * input does. Returns 0 if there is no such call. */
static int asked_at(unsigned n)
{
	char fault[32], where[64] = "nothing", *text;
	int to, stops = 0, asked = 0, came;
	struct how how = { .in = feed(&to), .fault = fault, .log = "calls" };
	struct prog p;

	snprintf(fault, sizeof fault, "any:%u:stop", n);
	HOLDS(write(to, "line\n", 5) == 5);
	p = start_how(&how, "relay", NULL);
	for (;;) {
		int stopped = await_stop(&p);

		MUST(stopped || !has_ended(&p), "asked just before its %s, it "
		     "ends", where);
		if (stopped) {
			stops = 1;
			last_call(where, sizeof where, "calls");
			if (!asked && is_ready(p.pid, SIGUSR1)) {
				HOLDS(kill(p.pid, SIGUSR1) == 0);
				asked = 1;
			}
			go_on(&p);
		} else if (strstr(out_text(&p, NULL), "line\n")) {
			break;		// it waits for more
		}
	}
	text = out_text(&p, NULL);
	came = answers(text);
	MUST(came >= asked, "a question that comes just before its %s is not "
	     "answered: it sleeps until there is input", where);
	MUST(came == asked, "asked once, just before its %s, it answers %d "
	     "times", where, came);
	HOLDS(close(to) == 0);
	while (await_stop(&p)) {	// a call N that comes at the end
		stops = 1;
		go_on(&p);
	}
	MUST_EXIT(&p, 0);
	text = out_text(&p, NULL);
	answers(text);
	MUST_BYTES("what was passed on", text, strlen(text), "line\n", 5);
	last_call(where, sizeof where, "calls");
	return stops;
}

CHECK_AFTER(3, "gap", "copies answer",
	    "asked between any two of its calls, it answers at once")
{
	unsigned n = 1;

	while (asked_at(n))
		n++;
}

/* A pipe of one page that is full: who writes to it waits. */
static void full_pipe(int fd[2])
{
	static const char page[4096];

	HOLDS(pipe2(fd, O_CLOEXEC) == 0);
	HOLDS(fcntl(fd[1], F_SETPIPE_SZ, 4096) == 4096);
	HOLDS(write(fd[1], page, 4096) == 4096);
}

/* The first N bytes that come out of FD, or all until its end. */
static size_t drain(int fd, char *text, size_t n)
{
	size_t len = 0;
	ssize_t r;

	while (len < n && (r = read(fd, text + len, n - len)) > 0)
		len += (size_t)r;
	return len;
}

/* Ask while it waits in the write() of LINE. */
static void asked_while_it_writes(const char *line)
{
	int out[2], to, n;
	struct how how = { .in = feed(&to) };
	struct prog p;
	char page[4096], text[1024], *at;

	full_pipe(out);
	how.out = out[1];
	p = start_how(&how, "relay", NULL);
	HOLDS(close(out[1]) == 0);
	HOLDS(write(to, line, strlen(line)) == (ssize_t)strlen(line));
	MUST(await_blocked(&p), "it ended before it had written anything");
	HOLDS(kill(p.pid, SIGUSR1) == 0);
	await_blocked(&p);
	HOLDS(drain(out[0], page, sizeof page) == sizeof page);
	await_blocked(&p);		// all is written, and it waits again
	HOLDS(close(to) == 0);
	text[drain(out[0], text, sizeof text - 1)] = '\0';
	MUST_EXIT(&p, 0);
	at = strstr(text, answer);
	MUST(!at || at == text || at[-1] == '\n', "its answer stands in the "
	     "middle of what it passes on");
	n = answers(text);
	MUST(strlen(text) <= strlen(line), "asked while it writes, a part of "
	     "its input comes out twice: the handler writes what is in the "
	     "buffer of stdout, and so does the code that it interrupts");
	MUST_BYTES("what was passed on", text, strlen(text), line,
		   strlen(line));
	MUST(n == 1, "asked once while it writes, it answers %d times", n);
}

CHECK_AFTER(3, "once", "copies answer",
	    "who asks while it writes gets an answer, and spoils nothing")
{
	char word[100];

	asked_while_it_writes("one\n");
	random_word(word, 2 + random_below(90));
	strcat(word, "\n");
	asked_while_it_writes(word);
}

/* Does PID catch SIG? */
static int catches(pid_t pid, int sig)
{
	char path[32], line[128];
	unsigned long long set = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	f = fopen(path, "re");
	HOLDS(f != NULL);
	while (fgets(line, sizeof line, f))
		if (sscanf(line, "SigCgt: %llx", &set) == 1)
			break;
	fclose(f);
	return set >> (sig - 1) & 1;
}

/* Asked while it sleeps, or where it stops by FAULT, of which a part is that
 * the answer fails. */
static void unheard(const char *fault)
{
	int to;
	struct how how = { .in = feed(&to), .fault = fault };
	struct prog p = start_how(&how, "relay", NULL);
	char *text;
	int stopped = await_stop(&p);

	HOLDS(kill(p.pid, SIGUSR1) == 0);
	if (stopped)
		go_on(&p);
	await_blocked(&p);
	HOLDS(write(to, "line\n", 5) == 5 && close(to) == 0);
	MUST_EXIT(&p, 0);
	text = out_text(&p, NULL);
	answers(text);
	MUST_BYTES("what was passed on", text, strlen(text), "line\n", 5);
}

CHECK_AFTER(2, "errno", "answer",
	    "an answer that cannot be written does no harm")
{
	int to;
	struct how how = { .in = feed(&to) };
	struct prog p = start_how(&how, "relay", NULL);
	int caught;

	MUST(await_blocked(&p), "it ended before its input did");
	caught = catches(p.pid, SIGUSR1);
	HOLDS(close(to) == 0);
	MUST_EXIT(&p, 0);
	unheard("write:1:EAGAIN");
	/* Without a handler nothing can interrupt poll(). */
	if (caught)
		unheard("poll:1:EINTR+stop,write:1:EAGAIN");
}

static struct prog scene(const struct how *base)
{
	struct how how = *base;

	how.in = input_text("line\n");
	return start_how(&how, "relay", NULL);
}

MAY_FAIL("");

CHECK_AFTER(1, "errors", "copies", "a call that fails is noticed and named")
{
	struct how how = { .out = open("/dev/full", O_WRONLY | O_CLOEXEC) };
	struct prog p;

	MUST_NOTICE(scene);
	HOLDS(how.out != -1);
	p = scene(&how);
	MUST_FAIL(&p);
}
