/*
 * check - what one-at-a-time asks of journal: the checker locks the log too
 */
#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>

#include "../../../common/proof/check.h"

enum { MANY = 4, LINES = 12 };

static char *in_log(void)
{
	int fd = open("log", O_RDONLY | O_CLOEXEC);
	static char text[16384];
	ssize_t n;

	MUST(fd != -1, "there is no log");
	n = read(fd, text, sizeof text - 1);
	HOLDS(n >= 0);
	text[n] = '\0';
	HOLDS(close(fd) == 0);
	return text;
}

static void log_is(const char *want)
{
	char *got = in_log();

	MUST_BYTES("the log", got, strlen(got), want, strlen(want));
}

static void write_log(const char *text)
{
	FILE *f = fopen("log", "we");

	HOLDS(f != NULL);
	HOLDS(fputs(text, f) >= 0);
	HOLDS(fclose(f) == 0);
}

static struct prog journal(struct how how, int in, const char *name)
{
	how.in = in;
	return start_how(&how, "journal", "log", name, NULL);
}

static const struct how plain;

CHECK(2, "appends", "each line becomes a record, behind what is there")
{
	struct prog p = journal(plain, input_text("one\ntwo\n"), "anna");

	MUST_EXIT(&p, 0);
	log_is("anna: one\nanna: two\n");
	p = journal(plain, input_text("three\n"), "bob");
	MUST_EXIT(&p, 0);
	log_is("anna: one\nanna: two\nbob: three\n");
}

CHECK_AFTER(3, "waits", "appends",
	    "while another one has the lock, nothing is written")
{
	struct prog p;
	int fd;

	write_log("first: ");
	fd = open("log", O_WRONLY | O_APPEND | O_CLOEXEC);
	HOLDS(fd != -1);
	HOLDS(flock(fd, LOCK_EX) == 0);
	p = journal(plain, input_text("one\n"), "anna");
	MUST(await_blocked(&p), "it ended though another process has the "
	     "lock");
	log_is("first: ");
	HOLDS(write(fd, "half\n", 5) == 5);
	HOLDS(flock(fd, LOCK_UN) == 0);
	MUST_EXIT(&p, 0);
	log_is("first: half\nanna: one\n");
}

/* Is the log locked by P? Waits until P sleeps. */
static void gets_lock(const struct prog *p, const char *when)
{
	int fd;

	MUST(await_blocked(p), "it ended before its input did");
	fd = open("log", O_WRONLY | O_CLOEXEC);
	HOLDS(fd != -1);
	MUST(flock(fd, LOCK_EX | LOCK_NB) == 0, "%s it waits for a line, and "
	     "keeps the lock: all others have to wait for its input", when);
	HOLDS(close(fd) == 0);
}

CHECK_AFTER(3, "lets", "appends",
	    "while it waits for a line, others get the lock")
{
	struct prog p;
	int s[2];

	write_log("");
	HOLDS(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, s) == 0);
	p = journal(plain, s[1], "anna");
	gets_lock(&p, "at first");
	HOLDS(write(s[0], "one\n", 4) == 4);
	gets_lock(&p, "after a record");
	log_is("anna: one\n");
	HOLDS(write(s[0], "two\n", 4) == 4);
	HOLDS(close(s[0]) == 0);
	MUST_EXIT(&p, 0);
	log_is("anna: one\nanna: two\n");
}

CHECK_AFTER(2, "short", "appends",
	    "a write() that takes less tears and loses nothing")
{
	const struct how how = { .fault = "write:1:short,write:3:short" };
	struct prog p = journal(how, input_text("a longer line\nx\n"), "anna");

	MUST_EXIT(&p, 0);
	log_is("anna: a longer line\nanna: x\n");
}

/* Record N of journal J: "annaJ: NNN". */
static void has_each(const char *text, unsigned seed)
{
	int next[MANY] = { 0 }, j, n, len;
	const char *at = text;

	while (*at) {
		len = 0;
		MUST(sscanf(at, "anna%1d: %3d%n", &j, &n, &len) == 2 &&
		     at[len] == '\n' && j < MANY,
		     "a record is torn: '%.*s' (seed %u)",
		     (int)strcspn(at, "\n"), at, seed);
		MUST(n == next[j], "after record %d of anna%d comes %d "
		     "(seed %u)", next[j] - 1, j, n, seed);
		next[j]++;
		at += len + 1;
	}
	for (j = 0; j < MANY; j++)
		MUST(next[j] == LINES, "%d of anna%d's %d records are in the "
		     "log (seed %u)", next[j], j, LINES, seed);
}

/* Each journal's first writes take only half, so that who does not lock, or
 * unlocks too early, is torn. */
CHECK_AFTER(3, "many", "short",
	    "four at the same time: every record is there, whole")
{
	static const char *const name[] = { "anna0", "anna1", "anna2",
					    "anna3" };
	char text[LINES * 4 + 1];
	struct how how = { .fault = "write:1:short,write:3:short,"
				    "write:5:short,write:7:short,"
				    "write:10:short,write:12:short" };

	for (int n = 0; n < LINES; n++)
		snprintf(text + 4 * n, 5, "%03d\n", n);
	for (unsigned s = 0; s < 10; s++) {
		struct prog p[MANY];

		write_log("");
		how.shake = check_seed() + 1 + s;
		for (int j = 0; j < MANY; j++) {
			p[j] = journal(how, input_text(text), name[j]);
			how.shake += 1000;
		}
		for (int j = 0; j < MANY; j++)
			MUST_EXIT(&p[j], 0);
		has_each(in_log(), check_seed() + 1 + s);
	}
}

static struct prog scene(const struct how *how)
{
	write_log("");
	return journal(*how, input_text("one\n"), "anna");
}

MAY_FAIL("");

CHECK_AFTER(1, "errors", "appends", "a call that fails is noticed, and named")
{
	struct prog p = start("journal", "no/such/folder", "anna", NULL);

	MUST_FAIL_WITH(&p, ENOENT);
	MUST_NOTICE(scene);
}
