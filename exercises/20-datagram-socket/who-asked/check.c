/*
 * check - what who-asked asks of oracle
 *
 * The check is the clients, each with a socket and a name of its own.
 */
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "../../../common/proof/asleep.h"
#include "../../../common/proof/check.h"

static struct sockaddr_un at = { .sun_family = AF_UNIX };

static struct prog start_oracle(const struct how *how, const char *n)
{
	static int times;
	char what[16];

	snprintf(what, sizeof what, "oracle%d", times++);
	check_path(at.sun_path, what);
	return start_how(how, "oracle", at.sun_path, n, NULL);
}

static int new_socket(void)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	HOLDS(fd != -1);
	return fd;
}

/* Wait until oracle is there: 1, or 0 if it ends before. */
static int is_there(const struct prog *p)
{
	int fd = new_socket(), ended = 0;

	while (connect(fd, (struct sockaddr *)&at, sizeof at) == -1 && !ended) {
		ended = has_ended(p);
		sched_yield();
	}
	close(fd);
	return !ended;
}

static void must_be_there(const struct prog *p)
{
	MUST(is_there(p), "oracle ends, and no socket was at its path");
}

/* A client whose path is "NAME", shorter or longer than others. */
static int client(const char *name)
{
	struct sockaddr_un me = { .sun_family = AF_UNIX };
	int fd = new_socket();

	strcpy(me.sun_path, name);
	HOLDS(bind(fd, (struct sockaddr *)&me, sizeof me) == 0);
	return fd;
}

/* One with an abstract name of five bytes, which the kernel chooses. */
static int abstract_client(void)
{
	struct sockaddr_un me = { .sun_family = AF_UNIX };
	int fd = new_socket();

	HOLDS(bind(fd, (struct sockaddr *)&me, sizeof me.sun_family) == 0);
	return fd;
}

/* One with an abstract name of all the bytes that there is room for, with zero
 * bytes among them. */
static int long_abstract_client(void)
{
	struct sockaddr_un me = { .sun_family = AF_UNIX };
	int fd = new_socket();

	memset(me.sun_path, 'z', sizeof me.sun_path);
	snprintf(me.sun_path + 1, 40, "client of %d", (int)getpid());
	me.sun_path[0] = '\0';
	HOLDS(bind(fd, (struct sockaddr *)&me, sizeof me) == 0);
	return fd;
}

/* One whose path is as long as a path can be. */
static int long_client(void)
{
	char name[sizeof at.sun_path];

	random_word(name, sizeof name);
	return client(name);
}

static void ask(int fd, const char *text)
{
	MUST(sendto(fd, text, strlen(text), MSG_NOSIGNAL,
		    (struct sockaddr *)&at, sizeof at) != -1,
	     "oracle ends before it has taken all its datagrams");
}

/* Oracle has ended or sleeps, so its answers are here: the next one at FD is
 * TEXT, and comes from oracle's path. */
static void answers(int fd, const char *text, const char *when)
{
	struct sockaddr_un from = { 0 };
	socklen_t len = sizeof from;
	char got[1100];
	ssize_t n = recvfrom(fd, got, sizeof got, MSG_DONTWAIT,
			     (struct sockaddr *)&from, &len);

	HOLDS(n >= 0 || errno == EAGAIN);
	MUST(n >= 0, "%s does not come", when);
	MUST_BYTES(when, got, (size_t)n, text, strlen(text));
	MUST(len > offsetof(struct sockaddr_un, sun_path) &&
	     strcmp(from.sun_path, at.sun_path) == 0,
	     "the answer does not come from oracle's path: its client cannot "
	     "know whose it is");
}

static void nothing_for(int fd, const char *who)
{
	MUST(recv(fd, &(char){ 0 }, 1, MSG_DONTWAIT) == -1 && errno == EAGAIN,
	     "%s gets an answer that is not its own", who);
}

CHECK(3, "answers", "a client gets the answers to its questions")
{
	struct prog p = start_oracle(NULL, "3");
	int a = client("a");
	char word[30], want[40];

	must_be_there(&p);
	for (int i = 1; i <= 3; i++) {
		random_word(word, sizeof word);
		snprintf(want, sizeof want, "%d: %s", i, word);
		ask(a, word);
		if (i < 3)
			MUST_SLEEP(&p, "oracle ends before it has taken all "
				   "its datagrams");
		else
			MUST_EXIT(&p, 0);
		MUST(recv(a, &(char){ 0 }, 1, MSG_PEEK | MSG_DONTWAIT) != -1,
		     "oracle has taken the question and sends no answer to "
		     "the one who asked");
		answers(a, want, "the answer");
	}
}

/* All the questions are there before the first answer is sent. */
CHECK_AFTER(3, "two", "answers",
	    "of two clients each gets its own answers, and no other")
{
	struct prog p = start_oracle(NULL, "5");
	int a = client("a"), b = client("a-much-longer-name");

	must_be_there(&p);
	HOLDS(kill(p.pid, SIGSTOP) == 0);
	ask(a, "who");
	ask(b, "what");
	ask(b, "when");
	ask(a, "where");
	ask(b, "why");
	HOLDS(kill(p.pid, SIGCONT) == 0);
	MUST_EXIT(&p, 0);
	answers(a, "1: who", "client a's first answer");
	answers(a, "4: where", "client a's second answer");
	nothing_for(a, "client a");
	answers(b, "2: what", "client b's first answer");
	answers(b, "3: when", "client b's second answer");
	answers(b, "5: why", "client b's third answer");
	nothing_for(b, "client b");
	MUST_SAY(&p, "5 answered, 0 not\n");
}

CHECK_AFTER(2, "abstract", "answers",
	    "a client with an abstract name gets its answers, too")
{
	struct prog p = start_oracle(NULL, "4");
	int a = abstract_client(), b = client("a-much-longer-name");
	int c = long_abstract_client(), d = long_client();

	must_be_there(&p);
	ask(a, "who");
	ask(b, "what");
	ask(c, "when");
	ask(d, "where");
	MUST_EXIT(&p, 0);
	answers(a, "1: who", "the answer to an abstract name");
	answers(b, "2: what", "the answer to the next client");
	answers(c, "3: when", "the answer to an abstract name of 108 bytes, "
		"some of them zero,");
	answers(d, "4: where", "the answer to a path of 107 bytes");
	MUST_SAY(&p, "4 answered, 0 not\n");
}

/* More clients than anybody would have room for in a table. */
CHECK_AFTER(1, "many", "two", "there may be any number of clients")
{
	enum { CLIENTS = 100 };
	struct prog p = start_oracle(NULL, "100");
	int fd[CLIENTS];
	char text[24];

	must_be_there(&p);
	for (int i = 0; i < CLIENTS; i++) {
		snprintf(text, sizeof text, "client%d", i);
		fd[i] = client(text);
		ask(fd[i], text);
	}
	MUST_EXIT(&p, 0);
	MUST_SAY(&p, "100 answered, 0 not\n");
	for (int i = 0; i < CLIENTS; i++) {
		snprintf(text, sizeof text, "%d: client%d", i + 1, i);
		answers(fd[i], text, "the answer to one of 100 clients");
	}
}

CHECK_AFTER(2, "nameless", "answers",
	    "a client without a name is counted; the next one is answered")
{
	struct prog p = start_oracle(NULL, "4");
	int nobody = new_socket(), b = client("b"), c = client("c");

	must_be_there(&p);
	ask(b, "who");
	ask(nobody, "what");
	ask(c, "when");
	ask(nobody, "why");
	MUST_EXIT(&p, 0);
	MUST_SAY(&p, "2 answered, 2 not\n");
	answers(b, "1: who", "the answer before a nameless client");
	answers(c, "3: when", "the answer after a nameless client");
	nothing_for(b, "the client before it");
}

CHECK_AFTER(2, "gone", "answers",
	    "a client that has left is counted; the next one is answered")
{
	struct prog p = start_oracle(NULL, "3");
	int a = client("a"), b = client("b"), c = client("c");

	must_be_there(&p);
	HOLDS(kill(p.pid, SIGSTOP) == 0);
	ask(a, "who");
	ask(c, "what");
	ask(b, "when");
	close(a);			/* its path stays: ECONNREFUSED */
	close(c);
	HOLDS(unlink("c") == 0);	/* not so here: ENOENT */
	HOLDS(kill(p.pid, SIGCONT) == 0);
	MUST_EXIT(&p, 0);
	MUST_SAY(&p, "1 answered, 2 not\n");
	answers(b, "3: when", "the answer after clients that have left");
}

CHECK_AFTER(1, "long", "answers",
	    "a question may have 1000 bytes, or none at all")
{
	struct prog p = start_oracle(NULL, "2");
	char word[1001], want[1020];
	int a = client("a");

	must_be_there(&p);
	random_word(word, sizeof word);
	snprintf(want, sizeof want, "1: %s", word);
	ask(a, word);
	ask(a, "");
	MUST_EXIT(&p, 0);
	answers(a, want, "the answer to 1000 bytes");
	answers(a, "2: ", "the answer to an empty datagram");
}

static struct prog scene(const struct how *base)
{
	static int times;
	struct prog p = start_oracle(base, "2");
	char name[16];
	int a;

	snprintf(name, sizeof name, "me%d", times++);
	a = client(name);
	if (is_there(&p))
		for (int i = 0; i < 2; i++)
			sendto(a, "why", 3, MSG_NOSIGNAL,
			       (struct sockaddr *)&at, sizeof at);
	return p;
}

MAY_FAIL("unlink");

CHECK_AFTER(1, "errors", "answers", "a call that fails is noticed and named")
{
	MUST_NOTICE(scene);
	MUST(access(at.sun_path, F_OK) == -1, "oracle's path is still there "
	     "after a call that failed");
}

CHECK_AFTER(1, "clean", "answers", "oracle's path is gone at the end")
{
	struct prog p = start_oracle(NULL, "1");
	int a = client("a");

	must_be_there(&p);
	ask(a, "why");
	MUST_EXIT(&p, 0);
	answers(a, "1: why", "the answer");
	HOLDS(unlink("a") == 0);
	nothing_left();
}
