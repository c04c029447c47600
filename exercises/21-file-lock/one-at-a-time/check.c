/*
 * check - what one-at-a-time asks of journal: the checker locks the log too
 */
#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>

#include "../../../common/proof/asleep.h"
#include "../../../common/proof/check.h"
#include "../../../common/proof/step.h"

enum { MANY = 4, LINES = 12, LONGEST = 4096, LONG_NAME = 100 };

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
	MUST_SLEEP(&p, "it ended though another process has the lock");
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
	int s[2], before, after;

	write_log("");
	HOLDS(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, s) == 0);
	p = journal(plain, s[1], "anna");
	gets_lock(&p, "at first");
	HOLDS(write(s[0], "one\n", 4) == 4);
	gets_lock(&p, "after a record");
	log_is("anna: one\n");
	before = open_fds(p.pid);
	for (int i = 0; i < 20; i++) {
		write_log("");
		HOLDS(write(s[0], "two\n", 4) == 4);
		gets_lock(&p, "after a record");
		log_is("anna: two\n");
	}
	after = open_fds(p.pid);
	MUST(after <= before, "it has %d descriptors after one record, and %d "
	     "after 21: a day later it can open nothing", before, after);
	HOLDS(close(s[0]) == 0);
	MUST_EXIT(&p, 0);
}

/* The longest line that there may be, for the longest name, and lines that
 * have nothing but their newline, or not even that. */
CHECK_AFTER(2, "lines", "appends",
	    "a line may be empty, long, or the last without a newline")
{
	char name[LONG_NAME + 1], line[LONGEST + 1];
	char want[LONG_NAME + LONGEST + 8];
	struct prog p = journal(plain, input_text("one\n\ntwo"), "anna");

	MUST_EXIT(&p, 0);
	MUST(strcmp(in_log(), "anna: one\nanna: \nanna: two") != 0, "the last "
	     "line has no newline, and so its record has no end: the next one "
	     "goes on in the same line");
	log_is("anna: one\nanna: \nanna: two\n");

	write_log("");
	random_word(name, sizeof name);
	random_word(line, sizeof line);
	line[LONGEST - 1] = '\n';
	snprintf(want, sizeof want, "%s: %s", name, line);
	p = journal(plain, input_text(line), name);
	MUST_EXIT(&p, 0);
	log_is(want);
}

/* Has another process the log locked by flock(), for itself alone? */
static int is_locked(int fd)
{
	if (flock(fd, LOCK_SH | LOCK_NB) == -1) {
		HOLDS(errno == EWOULDBLOCK);
		return 1;
	}
	HOLDS(flock(fd, LOCK_UN) == 0);
	return 0;
}

/* Behind each of its system calls: what is new in the log came under the lock,
 * and whenever the lock is free the log ends where a record does. */
CHECK_AFTER(3, "under", "appends lets",
	    "it writes under the lock, and lets it go behind the record")
{
	static const struct how how = { .fault = "any:1:stop" };
	size_t had = 0;
	struct prog p;
	int fd;

	write_log("");
	fd = open("log", O_WRONLY | O_CLOEXEC);
	HOLDS(fd != -1);
	p = journal(how, input_text("one\ntwo\n"), "anna");
	if (step_begin(&p))
		while (step(&p)) {
			const char *log = in_log();
			size_t has = strlen(log);

			MUST(has == had || is_locked(fd), "it writes into the "
			     "log when it has the lock no more, or not yet, or "
			     "only a shared one; the log has: %.80s", log);
			MUST(has == 0 || log[has - 1] == '\n' || is_locked(fd),
			     "it lets the lock go in the middle of a record; "
			     "the log has: %.80s", log);
			had = has;
		}
	HOLDS(close(fd) == 0);
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
