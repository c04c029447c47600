/*
 * check - what who-opens-first asks of ask
 *
 * The checker is the server. It opens the questions, then the answers, and
 * only then it reads.
 */
#define _GNU_SOURCE
#include <fcntl.h>

#include "../../../common/proof/asleep.h"
#include "../../../common/proof/step.h"

enum { LONG_QUESTION = 4000 };	/* bytes, without its newline */

static const char *questions = "questions", *answers = "answers";

static void make_fifos(void)
{
	HOLDS(mkfifo(questions, 0600) == 0 && mkfifo(answers, 0600) == 0);
}

static void remove_fifos(void)
{
	HOLDS(unlink(questions) == 0 && unlink(answers) == 0);
}

/* One line into LINE, of SIZE bytes: how long it is. */
static size_t read_line(int from, char *line, size_t size)
{
	size_t n = 0;

	while (n < size && read(from, line + n, 1) == 1)
		if (line[n++] == '\n')
			break;
	return n;
}

static void must_ask(int from, const char *want)
{
	char got[64];
	size_t n = read_line(from, got, sizeof got);

	MUST_BYTES("the question", got, n, want, strlen(want));
}

/* Send LEN bytes; it is the program's own loss if it has left. */
static void answer(int to, const char *data, size_t len)
{
	for (size_t done = 0; done < len; ) {
		ssize_t n = write(to, data + done, len - done);

		if (n <= 0)
			break;
		done += (size_t)n;
	}
	HOLDS(close(to) == 0);
}

/* P waits until somebody wakes it. */
static void asleep(const struct prog *p, const char *ends)
{
	MUST_SLEEP(p, ends);
}

/* A whole dialogue, with an answer of LEN bytes. */
static void serve(const char *data, size_t len)
{
	char word[13], line[16];
	struct prog p;
	size_t n;
	char *got;
	int from, to;

	HOLDS(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
	random_word(word, sizeof word);
	snprintf(line, sizeof line, "%s\n", word);
	p = start("ask", questions, answers, word, NULL);
	asleep(&p, "it is started before its server, and does not wait for it");
	from = open(questions, O_RDONLY);
	HOLDS(from != -1);
	asleep(&p, "it ends before the server has opened the answers");
	to = open(answers, O_WRONLY);
	HOLDS(to != -1);
	must_ask(from, line);
	asleep(&p, "it ends before the server has answered");
	answer(to, data, len);
	MUST_EXIT(&p, 0);
	got = out_text(&p, &n);
	MUST_BYTES("what ask prints", got, n, data, len);
	HOLDS(close(from) == 0);
}

CHECK(4, "meets", "client and server meet, in both FIFOs")
{
	char word[13];

	make_fifos();
	random_word(word, sizeof word);
	word[11] = '\n';
	serve(word, 12);
}

CHECK_AFTER(2, "sizes", "meets", "an answer of any size comes whole")
{
	static char data[200000];

	random_bytes(data, sizeof data);
	make_fifos();
	for (size_t i = 0; i < SIZES; i++)
		serve(data, sizes[i]);
	serve(data, 0);
}

CHECK_AFTER(1, "question", "meets", "a question of 4000 bytes comes whole")
{
	static char word[LONG_QUESTION + 1], got[LONG_QUESTION + 2];
	struct prog p;
	int from, to;
	size_t n;

	make_fifos();
	random_word(word, sizeof word);
	p = start("ask", questions, answers, word, NULL);
	when_it_hangs("of a question of 4000 bytes no end of line comes");
	from = open(questions, O_RDONLY);
	to = open(answers, O_WRONLY);
	HOLDS(from != -1 && to != -1);
	n = read_line(from, got, sizeof got);
	MUST(n > 0 && got[n - 1] == '\n',
	     "of a question of %zu bytes no end of line comes", strlen(word));
	MUST_BYTES("the question", got, n - 1, word, strlen(word));
	HOLDS(write(to, "so\n", 3) == 3 && close(to) == 0);
	when_it_hangs(NULL);
	MUST_EXIT(&p, 0);
	MUST_SAY(&p, "so\n");
}

CHECK_AFTER(1, "parts", "meets", "an answer that comes in parts comes whole")
{
	struct prog p;
	int from, to;

	HOLDS(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
	make_fifos();
	p = start("ask", questions, answers, "why", NULL);
	from = open(questions, O_RDONLY);
	to = open(answers, O_WRONLY);
	HOLDS(from != -1 && to != -1);
	must_ask(from, "why\n");
	for (int i = 0; i < 3; i++) {
		MUST(await_blocked(&p), "it ends while the server still has "
		     "the answers open");
		HOLDS(write(to, "part\n", 5) == 5 || errno == EPIPE);
	}
	HOLDS(close(to) == 0);
	MUST_EXIT(&p, 0);
	MUST_SAY(&p, "part\npart\npart\n");
}

/* The server is a child here. A client that dies early may leave it waiting:
 * the next scene ends it. */
static struct prog scene(const struct how *how)
{
	static pid_t server;
	char line[64];
	int from, to;

	if (server)
		HOLDS(kill(server, SIGKILL) == 0 && ends(server) != -1);
	if (access(questions, F_OK) == 0)
		remove_fifos();
	make_fifos();
	server = fork();
	HOLDS(server != -1);
	if (server == 0) {
		from = open(questions, O_RDONLY);
		to = open(answers, O_WRONLY);
		read_line(from, line, sizeof line);
		answer(to, "so\n", 3);
		pause();
	}
	return start_how(how, "ask", questions, answers, "why", NULL);
}

MAY_FAIL("");

CHECK_AFTER(1, "errors", "meets", "a call that fails is noticed and named")
{
	HOLDS(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
	MUST_NOTICE(scene);
	remove_fifos();
}

static const char *absent;	/* the FIFO that is missing */

static const char *made(void)
{
	if (access(absent, F_OK) == -1)
		return NULL;
	return absent == questions ?
	       "it made a file where the FIFO of questions was missing "
	       "(O_CREAT)" :
	       "it made a file where the FIFO of answers was missing "
	       "(O_CREAT)";
}

/* The FIFO `there' is open on both sides, so nobody waits for it. */
static void must_miss(const char *missing, const char *there)
{
	struct prog p;
	int fd;

	HOLDS(mkfifo(there, 0600) == 0);
	fd = open(there, O_RDWR | O_CLOEXEC);
	HOLDS(fd != -1);
	absent = missing;
	p = start("ask", questions, answers, "why", NULL);
	MUST_REFUSE(&p, 0, made);
	MUST(strstr(err_text(), missing), "the FIFO of %s is missing, and "
	     "stderr does not name it", missing);
	HOLDS(close(fd) == 0 && unlink(there) == 0);
}

CHECK(1, "missing", "if a FIFO is missing, it names it, and makes no file")
{
	must_miss(questions, answers);
	must_miss(answers, questions);
}

/* The FIFO goes at edge number N of the program's system calls, if that has not
 * opened it by then, and has no child that may do so. Returns 0 if it has. */
static int goes_at(int n, const char *missing, const char *there)
{
	struct how how = { .fault = "any:0:stop" };
	int fd, gone, held, is_open;
	struct prog p;

	make_fifos();
	fd = open(there, O_RDWR | O_CLOEXEC);
	gone = open(missing, O_RDWR | O_CLOEXEC);
	HOLDS(fd != -1 && gone != -1);
	absent = missing;
	p = start_how(&how, "ask", questions, answers, "why", NULL);
	held = step_begin(&p);
	while (held && n-- > 0)
		held = step(&p);
	is_open = !held || has_open(p.pid, gone, '*') > 0 ||
		  children_of(p.pid) > 0;
	HOLDS(unlink(missing) == 0);
	if (is_open) {
		end_by(&p, SIGKILL);
	} else {
		step_end(&p);
		MUST_REFUSE(&p, 0, made);
	}
	HOLDS(close(fd) == 0 && close(gone) == 0 && unlink(there) == 0);
	return !is_open;
}

CHECK_AFTER(1, "goes", "missing", "so it does if a FIFO goes before it is "
	    "opened")
{
	int n;

	for (n = 0; goes_at(n, questions, answers); n++)
		;
	for (n = 0; goes_at(n, answers, questions); n++)
		;
}
