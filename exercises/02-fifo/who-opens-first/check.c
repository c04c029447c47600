/*
 * check - what who-opens-first asks of ask
 *
 * The checker is the server. It opens the questions, then the answers, and
 * only then it reads.
 */
#define _GNU_SOURCE
#include <fcntl.h>

#include "../../../common/proof/check.h"

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
	MUST(await_blocked(&p), "it is started before its server, and does not "
	     "wait for it");
	from = open(questions, O_RDONLY);
	HOLDS(from != -1);
	MUST(await_blocked(&p), "it ends before the server has opened the "
	     "answers");
	to = open(answers, O_WRONLY);
	HOLDS(to != -1);
	must_ask(from, line);
	MUST(await_blocked(&p), "it ends before the server has answered");
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
