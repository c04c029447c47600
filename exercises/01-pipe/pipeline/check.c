/*
 * check - what pipeline asks of pipeline
 *
 * The commands are the system's own programs. A shell that says its process
 * id and becomes cat lets us look at a command, whoever its parent is.
 */
#include <sys/socket.h>

#include "../../../common/proof/asleep.h"
#include "../../../common/proof/check.h"

#define FIVE "cat", "--", "cat", "--", "cat", "--", "cat", "--", "cat", "--"
#define SAYS_ID "echo $$ >&2; exec cat"

/* Start the commands ... with IN as stdin; the end must be 0, the output
 * WANT. */
#define SAYS(in_fd, want, ...)						\
	do {								\
		struct how how_ = { .in = in_fd };			\
		struct prog p_ = start_how(&how_, "pipeline",		\
					   __VA_ARGS__, NULL);		\
		MUST_EXIT(&p_, 0);					\
		MUST_SAY(&p_, want);					\
	} while (0)

CHECK(2, "join", "what one command writes, the next one reads")
{
	char word[13], upper[13];

	random_word(word, sizeof word);
	for (size_t i = 0; i < sizeof word; i++)
		upper[i] = word[i] ? (char)(word[i] - 'a' + 'A') : '\0';
	SAYS(0, upper, "printf", "%s", word, "--", "tr", "a-z", "A-Z");
	SAYS(0, "it's $1 *", "printf", "%s", "it's $1 *", "--", "cat");
	SAYS(input_text(word), word, "cat");
	SAYS(input_text(word), upper, "tr", "a-z", "A-Z");
	SAYS(input_text(word), upper, "cat", "--", "tr", "a-m", "A-M", "--",
	     "tr", "n-z", "N-Z", "--", "cat");
}

/* More than the pipes hold: the commands have to run at the same time. */
CHECK_AFTER(1, "large", "join", "the commands run at the same time")
{
	static char data[1 << 20];
	struct how how = { .in = 0 };
	struct prog p;
	size_t n;
	char *got;

	random_bytes(data, sizeof data);
	how.in = input(data, sizeof data);
	p = start_how(&how, "pipeline", "cat", "--", "cat", "--", "cat", NULL);
	MUST_EXIT(&p, 0);
	got = out_text(&p, &n);
	MUST_BYTES("the output of pipeline", got, n, data, sizeof data);
}

CHECK_AFTER(1, "many", "join", "there may be many commands")
{
	char word[13];

	random_word(word, sizeof word);
	SAYS(input_text(word), word, FIVE, FIVE, FIVE, FIVE, FIVE,
	     "cat", "--", "cat", "--", "cat", "--", "cat", "--", "cat");
}

static void ends_with(int status, const char *one, const char *two)
{
	struct prog p = start("pipeline", "sh", "-c", one, "--", "sh", "-c",
			      two, NULL);

	MUST_EXIT(&p, status);
}

/* cat sees the end of ONE: so the last command ends last, too. */
CHECK_AFTER(2, "status", "join", "its status is that of the last command")
{
	ends_with(0, "exit 3", "cat; exit 0");
	ends_with(7, "exit 3", "cat; exit 7");
	ends_with(5, "exit 0", "cat; exit 5");
	ends_with(128 + SIGTERM, "exit 3", "cat; kill $$");
}

CHECK_AFTER(1, "sigpipe", "status", "SIGPIPE kills a command, as it should")
{
	struct prog p = start("pipeline", "echo", "x", "--", "sh", "-c",
			      "cat; kill -s PIPE $$; exit 5", NULL);
	int status = end_of(&p);

	MUST(status != 5, "a command gets SIGPIPE and lives: it was ignored or "
	     "blocked when execvp() was called, and that is inherited");
	MUST(status == 128 + SIGPIPE, "SIGPIPE kills the last command, and "
	     "pipeline ends with status %d, not %d", status, 128 + SIGPIPE);
}

CHECK_AFTER(1, "missing", "join", "127 if there is no such command, and a word "
	    "on stderr")
{
	struct prog p = start("pipeline", "./no-such", NULL);

	MUST_EXIT(&p, 127);
	MUST(strstr(err_text(), "no-such"), "stderr does not name the command "
	     "that is missing");
	SAYS(0, "x", "./no-such", "--", "sh", "-c", "cat; printf x");
}

CHECK_AFTER(2, "all", "join", "it waits for every command, not only the last")
{
	struct how how = { .in = 0 };
	struct prog p;
	pid_t last;
	int s[2];

	HOLDS(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, s) == 0);
	how.in = s[1];
	p = start_how(&how, "pipeline", "cat", "--", "sh", "-c",
		      "echo $$; exit 7", NULL);
	MUST(await_lines(&p, 1), "it ends, and its last command has not said "
	     "a word");
	last = (pid_t)atol(out_text(&p, NULL));
	HOLDS(last > 0);
	while (is_asleep(last) != -1)
		sched_yield();
	MUST(await_blocked(&p), "it ends with its last command, while the "
	     "first one still runs");
	MUST_NOT_POLL(&p, "while a command of it still runs");
	HOLDS(close(s[0]) == 0);		/* cat reads end-of-file */
	MUST_EXIT(&p, 7);
	nothing_left();
}

/* The N lines of stderr are the ids of the commands. */
static void ids(const struct prog *p, pid_t *id, int n)
{
	char *text, *at;

	for (;;) {
		int ended = has_ended(p), have = 0;

		text = at = err_text();
		for (; have < n && strchr(at, '\n'); at++)
			id[have++] = (pid_t)strtol(at, &at, 10);
		if (have == n)
			break;
		MUST(!ended, "it ends before its input does");
		free(text);
		sched_yield();
	}
	free(text);
	for (int i = 0; i < n; i++)
		MUST(id[i] > 0 && blocks(id[i]), "a command ended before its "
		     "input did");
}

/* stdin is a socket, stdout a file: each pipe that we see was made there. */
CHECK_AFTER(3, "ends", "join", "no process holds an end that it does not need")
{
	struct how how = { .in = 0 };
	struct prog p;
	pid_t id[3];
	int s[2], r = 0, w = 0;

	HOLDS(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, s) == 0);
	how.in = s[1];
	p = start_how(&how, "pipeline", "sh", "-c", SAYS_ID, "--", "sh", "-c",
		      SAYS_ID, "--", "sh", "-c", SAYS_ID, NULL);
	ids(&p, id, 3);
	MUST(await_blocked(&p), "it ends before its commands do");
	for (int i = 0; i < 3; i++) {
		MUST(open_fds(id[i]) == 3, "a command has %d descriptors, not "
		     "3 (0, 1 and 2): it got ends of pipes that are not its "
		     "own", open_fds(id[i]));
		r += pipe_fds(id[i], 'r');
		w += pipe_fds(id[i], 'w');
	}
	MUST(r == 2 && w == 2, "three commands read from %d pipes and write "
	     "to %d, not 2 and 2", r, w);
	MUST(pipe_fds(p.pid, 'w') == 0, "pipeline itself still holds a write "
	     "end: who reads there never sees end-of-file");
	MUST(pipe_fds(p.pid, 'r') == 0, "pipeline itself still holds a read "
	     "end: who writes there is not told when its reader has gone");
	HOLDS(close(s[0]) == 0);
	MUST_EXIT(&p, 0);
}

CHECK_AFTER(1, "leaves", "join", "a command ends when its reader has left")
{
	struct prog p = start("pipeline", "yes", "--", "head", "-n", "1", NULL);

	end_of(&p);
	MUST_SAY(&p, "y\n");
}

static void refuses(struct prog p)
{
	MUST_FAIL(&p);
	MUST_SAY(&p, "");
}

CHECK(1, "usage", "without a command it says so and fails")
{
	refuses(start("pipeline", NULL));
	refuses(start("pipeline", "--", "echo", "x", NULL));
	refuses(start("pipeline", "echo", "x", "--", NULL));
	refuses(start("pipeline", "echo", "x", "--", "--", "cat", NULL));
}

/* grep fails if echo said nothing: a command that could not be joined. */
static struct prog scene(const struct how *how)
{
	return start_how(how, "pipeline", "echo", "word", "--", "grep", "-q",
			 "word", NULL);
}

MAY_FAIL("");

CHECK_AFTER(1, "errors", "join all", "a call that fails is noticed and named")
{
	MUST_NOTICE(scene);
}

CHECK_AFTER(1, "clean", "join", "no process is left, all are waited for")
{
	SAYS(0, "x\n", "echo", "x", "--", "cat", "--", "cat");
	nothing_left();
}
