/*
 * check - what most-urgent-first asks of dispatch
 *
 * A queue gives its receiver the most urgent message first, so from ten
 * answers in one queue nobody learns in which order the jobs were done. Here
 * a client has room for one answer: dispatch waits, and the order shows.
 */
#include <ctype.h>
#include <fcntl.h>
#include <mqueue.h>

#include "../../../common/proof/asleep.h"

enum { SIZE = 200, WORD = 12, MANY = 9 };

static mqd_t jobs, client[2];
static char jobs_name[OWN_NAME], client_name[2][OWN_NAME];

static mqd_t fresh(char *name, const char *what, long places, long size)
{
	struct mq_attr attr = { .mq_maxmsg = places, .mq_msgsize = size };
	mqd_t q;

	check_name(name, what);
	mq_unlink(name);
	q = mq_open(name, O_RDWR | O_CREAT | O_EXCL | O_NONBLOCK, 0600, &attr);
	HOLDS(q != (mqd_t)-1);
	return q;
}

/* The jobs, and two clients with room for PLACES answers. */
static void open_shop(long places)
{
	jobs = fresh(jobs_name, "jobs", 10, SIZE);
	client[0] = fresh(client_name[0], "ann", places, SIZE);
	client[1] = fresh(client_name[1], "bob", places, SIZE);
}

static void put(const char *name, const char *words, unsigned priority)
{
	char text[SIZE];

	snprintf(text, sizeof text, "%s %s", name, words);
	HOLDS(mq_send(jobs, text, strlen(text), priority) == 0);
}

static void put_stop(void)
{
	HOLDS(mq_send(jobs, "stop", 4, 0) == 0);
}

static long waiting_jobs(void)
{
	struct mq_attr attr;

	HOLDS(mq_getattr(jobs, &attr) == 0);
	return attr.mq_curmsgs;
}

/* The next answer to client C must be WORDS in capitals, with PRIORITY. */
static void must_answer(const struct prog *p, int c, const char *words,
			unsigned priority)
{
	char got[SIZE + 1], want[SIZE];
	unsigned prio;
	ssize_t n;
	int over;
	size_t i;

	for (i = 0; words[i]; i++)
		want[i] = (char)toupper((unsigned char)words[i]);
	do {
		over = has_ended(p);
		n = mq_receive(client[c], got, SIZE, &prio);
		HOLDS(n >= 0 || errno == EAGAIN);
		if (n == -1)
			sched_yield();
	} while (n == -1 && !over);
	MUST(n >= 0, "it ended, and has not answered '%s', of priority %u",
	     words, priority);
	MUST_BYTES("the next answer", got, (size_t)n, want, i);
	MUST(prio == priority, "the answer '%.*s' has priority %u, and its "
	     "job has %u", (int)n, got, prio, priority);
}

CHECK(2, "answers", "it waits for a job, and answers the client that the job "
      "names")
{
	char word[2][WORD];
	struct prog p;

	open_shop(4);
	random_word(word[0], WORD);
	random_word(word[1], WORD);
	p = start("dispatch", jobs_name, NULL);
	MUST(await_blocked(&p), "it ended, and nobody had said stop");
	MUST_NOT_POLL(&p, "while there is no job");
	put(client_name[1], word[0], 3);
	must_answer(&p, 1, word[0], 3);
	MUST(await_blocked(&p), "it ended after the first job");
	put(client_name[0], word[1], 0);
	must_answer(&p, 0, word[1], 0);
	put(client_name[1], "several words", 32767);
	must_answer(&p, 1, "several words", 32767);
	/* Only a job that is nothing but this word is the end. */
	put(client_name[0], "stop", 0);
	must_answer(&p, 0, "stop", 0);
	put(client_name[0], "never stop", 2);
	must_answer(&p, 0, "never stop", 2);
	put_stop();
	MUST_EXIT(&p, 0);
}

/* Among jobs of one priority, the first first. */
CHECK_AFTER(3, "urgent", "answers", "the most urgent job is done first, of "
	    "equal ones the oldest")
{
	char word[MANY][WORD];
	unsigned priority[MANY];
	struct prog p;

	open_shop(1);
	for (int i = 0; i < MANY; i++) {
		random_word(word[i], WORD);
		priority[i] = 1 + random_below(4);
		put(client_name[0], word[i], priority[i]);
	}
	put_stop();
	p = start("dispatch", jobs_name, NULL);
	/* Let it go as far as it can. It waits now with the second answer in
	 * its hand; or it has dropped that one, and ended. */
	await_blocked(&p);
	for (unsigned u = 4; u > 0; u--)
		for (int i = 0; i < MANY; i++)
			if (priority[i] == u)
				must_answer(&p, 0, word[i], u);
	MUST_EXIT(&p, 0);
}

/* It waits with the second answer in its hand: there is room for one only. */
CHECK_AFTER(3, "overtakes", "answers", "an urgent job that comes while it is "
	    "busy is the next")
{
	struct prog p;

	open_shop(1);
	put(client_name[0], "first", 5);
	put(client_name[0], "second", 4);
	put(client_name[0], "third", 3);
	put_stop();
	p = start("dispatch", jobs_name, NULL);
	while (waiting_jobs() > 2 && !has_ended(&p))
		sched_yield();
	MUST(await_blocked(&p), "it ended while a client had no room for its "
	     "answer");
	MUST_NOT_POLL(&p, "while a client has no room for its answer");
	put(client_name[0], "urgent", 9);
	must_answer(&p, 0, "first", 5);
	must_answer(&p, 0, "second", 4);
	must_answer(&p, 0, "urgent", 9);
	must_answer(&p, 0, "third", 3);
	MUST_EXIT(&p, 0);
}

CHECK_AFTER(2, "stop", "answers", "stop comes last: all that is more urgent is "
	    "done, what is behind it stays")
{
	struct mq_attr attr;
	struct prog p;

	open_shop(10);
	put(client_name[0], "before", 0);
	put_stop();
	put(client_name[0], "behind", 0);
	put(client_name[0], "high", 7);
	put(client_name[0], "low", 1);
	p = start("dispatch", jobs_name, NULL);
	must_answer(&p, 0, "high", 7);
	must_answer(&p, 0, "low", 1);
	must_answer(&p, 0, "before", 0);
	MUST_EXIT(&p, 0);
	MUST(waiting_jobs() == 1, "one job is behind the stop, of the same "
	     "priority; %ld are left", waiting_jobs());
	HOLDS(mq_getattr(client[0], &attr) == 0);
	MUST(attr.mq_curmsgs == 0, "it sent %ld answers too many",
	     attr.mq_curmsgs);
}

CHECK_AFTER(2, "gone", "answers", "a client that has gone is reported, and the "
	    "next one served")
{
	struct prog p;

	open_shop(4);
	put("/ipc-lessons.nobody", "lost", 2);
	put(client_name[1], "found", 1);
	put_stop();
	p = start("dispatch", jobs_name, NULL);
	must_answer(&p, 1, "found", 1);
	MUST_FAIL(&p);
}

/* Ann's queue takes answers of 4 bytes at most. */
CHECK_AFTER(2, "long", "gone", "an answer that is too long is reported, and "
	    "leaves nothing open")
{
	int before;
	struct prog p;

	open_shop(1);
	HOLDS(mq_close(client[0]) == 0);
	client[0] = fresh(client_name[0], "ann", 1, 4);
	p = start("dispatch", jobs_name, NULL);
	put(client_name[1], "one", 1);
	must_answer(&p, 1, "one", 1);
	MUST(await_blocked(&p), "it ended after the first job");
	before = open_fds(p.pid);
	for (int i = 0; i < 20; i++) {
		put(client_name[0], "longer", 2);
		put(client_name[1], "more", 1);
		must_answer(&p, 1, "more", 1);
	}
	MUST(await_blocked(&p), "it ended, and nobody had said stop");
	MUST(open_fds(p.pid) <= before, "20 answers were too long for their "
	     "client's queue (EMSGSIZE). Before them it held %d descriptors, "
	     "and now %d: is there a way out of answer() without mq_close()?",
	     before, open_fds(p.pid));
	put_stop();
	MUST_FAIL(&p);
}

CHECK_AFTER(1, "descriptors", "answers", "it holds no more descriptors after "
	    "many jobs than after one")
{
	struct prog p;
	int before;

	open_shop(1);
	p = start("dispatch", jobs_name, NULL);
	put(client_name[0], "one", 1);
	must_answer(&p, 0, "one", 1);
	MUST(await_blocked(&p), "it ended after the first job");
	before = open_fds(p.pid);
	for (int i = 0; i < 20; i++) {
		put(client_name[0], "more", 1);
		must_answer(&p, 0, "more", 1);
	}
	MUST(await_blocked(&p), "it ended, and nobody had said stop");
	MUST(open_fds(p.pid) <= before, "it held %d descriptors after one "
	     "job, and %d after 21: a day later it can open no queue",
	     before, open_fds(p.pid));
	put_stop();
	MUST_EXIT(&p, 0);
}

static struct prog scene(const struct how *how)
{
	open_shop(4);
	put(client_name[0], "one", 2);
	put(client_name[1], "two", 1);
	put_stop();
	return start_how(how, "dispatch", jobs_name, NULL);
}

MAY_FAIL("");

CHECK_AFTER(1, "errors", "answers", "a call that fails is noticed and named")
{
	MUST_NOTICE(scene);
}
