/*
 * check - what whose-reply asks of ask
 *
 * The checker is the server, and has the replies of other clients lie in the
 * queue first. So whoever takes the oldest takes the wrong one, every time.
 */
#include <limits.h>
#include <sys/msg.h>
#include <sys/wait.h>

#include "../../../common/proof/asleep.h"
#include "../../../common/proof/check.h"

enum { ROOM = 64, LOW = 2, HIGH = 0x40000000 };

struct request {
	long type;
	long from;
	char word[ROOM];
};

struct reply {
	long type;
	char text[ROOM];
};

static int requests, replies;
static char key_of_requests[16], key_of_replies[16];

static int made(unsigned tag, char *key, size_t size)
{
	int id;

	snprintf(key, size, "0x%x", (unsigned)check_key(tag));
	msgctl(msgget(check_key(tag), 0), IPC_RMID, NULL);
	id = msgget(check_key(tag), IPC_CREAT | IPC_EXCL | 0600);
	HOLDS(id != -1);
	return id;
}

static void open_shop(void)
{
	requests = made(0, key_of_requests, sizeof key_of_requests);
	replies = made(1, key_of_replies, sizeof key_of_replies);
}

static struct prog asks(const struct how *how, const char *a, const char *b)
{
	return start_how(how, "ask", key_of_requests, key_of_replies, a, b,
			 NULL);
}

/* The next request of P, or 0 if P ends without one. Has it ended, is asked
 * first: after the look it could still ask, and then end. */
static int comes(const struct prog *p, struct request *r)
{
	for (;;) {
		int ended = has_ended(p);

		if (msgrcv(requests, r, sizeof *r - sizeof r->type, 0,
			   IPC_NOWAIT) != -1)
			return 1;
		HOLDS(errno == ENOMSG);
		if (ended)
			return 0;
		sched_yield();
	}
}

static void put(long type, const char *text)
{
	struct reply r = { .type = type };

	snprintf(r.text, sizeof r.text, "%s", text);
	HOLDS(msgsnd(replies, &r, sizeof r.text, 0) == 0);
}

/* Take P's request for WORD. Returns the type of the reply to it. */
static long take(const struct prog *p, const char *word)
{
	struct request r;

	MUST(comes(p, &r), "it ended before it had asked for '%s'", word);
	MUST(strcmp(r.word, word) == 0, "it asked for '%.40s', not '%s'",
	     r.word, word);
	MUST(r.from > 0, "its request says from %ld, and a type is positive",
	     r.from);
	return r.from;
}

/* The same, and P has to wait for its reply. */
static long serve(const struct prog *p, const char *word)
{
	long type = take(p, word);

	MUST_SLEEP(p, "it ended while its reply had still to come");
	return type;
}

static struct msqid_ds state(void)
{
	struct msqid_ds q;

	HOLDS(msgctl(replies, IPC_STAT, &q) == 0);
	return q;
}

CHECK(2, "alone", "alone at the server it prints the reply to each word")
{
	char want[2 * ROOM], text[2][20];
	struct prog p;

	open_shop();
	random_word(text[0], sizeof text[0]);
	random_word(text[1], sizeof text[1]);
	snprintf(want, sizeof want, "%s\n%s\n", text[0], text[1]);
	p = asks(NULL, "one", "two");
	put(serve(&p, "one"), text[0]);
	put(serve(&p, "two"), text[1]);
	MUST_EXIT(&p, 0);
	MUST_SAY(&p, want);
}

/* Only with others' replies in front of it: which of them does it take? */
CHECK_AFTER(4, "others", "alone",
	    "it takes its own reply, and leaves those of others")
{
	unsigned long others = 0;
	struct prog p;
	long type;

	open_shop();
	p = asks(NULL, "mine", NULL);
	type = take(&p, "mine");
	const long near[] = { LOW, HIGH, type - 1, type < LONG_MAX ? type + 1 :
			      LOW };
	for (size_t i = 0; i < sizeof near / sizeof *near; i++)
		if (near[i] > 0 && near[i] != type) {
			put(near[i], "for another client");
			others++;
		}
	put(type, "for you");
	MUST_EXIT(&p, 0);
	MUST(!strstr(out_text(&p, NULL), "another"), "it took the reply to "
	     "another client, which now waits for ever: which type does "
	     "its msgrcv() ask for?");
	MUST_SAY(&p, "for you\n");
	MUST(state().msg_qnum == others, "of %lu replies to others, %lu are "
	     "left: nobody else can tell those clients", others,
	     (unsigned long)state().msg_qnum);
	MUST(state().msg_lspid == getpid(), "it took others' replies and put "
	     "them back: meanwhile they were missing there");
}

/* Start and end processes until the next one's id differs from ID by a multiple
 * of STEP. */
static void until_the_next_is_like(pid_t id, pid_t step)
{
	pid_t child;

	do {
		child = fork();
		HOLDS(child != -1);
		if (child == 0)
			_exit(0);
		HOLDS(waitpid(child, NULL, 0) == child);
	} while ((child + 1 - id) % step != 0);
}

/* With A, which waits for a reply of type TO_A, another client whose process id
 * has the same last digits: STEP is 256 or 1000. In the shared tier somebody
 * else's process may get that id; then once more. */
static void must_differ_from(const struct prog *a, long to_a, pid_t step)
{
	for (int tries = 0; tries < 8; tries++) {
		struct prog b;
		long to_b;

		until_the_next_is_like(a->pid, step);
		b = asks(NULL, "second", NULL);
		to_b = take(&b, "second");
		MUST(to_a != to_b, "two clients, the processes %d and %d, want "
		     "replies of the same type, %ld: a part of a process id "
		     "is not enough to tell them apart", (int)a->pid,
		     (int)b.pid, to_b);
		put(to_b, "reply to second");
		MUST_EXIT(&b, 0);
		if ((b.pid - a->pid) % step == 0)
			return;
	}
}

/* The one who waits longest gets the first that suits him. */
CHECK_AFTER(2, "two", "others", "two at a time: each prints its own reply")
{
	struct prog a, b;
	long to_a, to_b;

	open_shop();
	a = asks(NULL, "first", NULL);
	to_a = serve(&a, "first");
	b = asks(NULL, "second", NULL);
	to_b = serve(&b, "second");
	MUST(to_a != to_b, "two clients want replies of the same type, %ld: "
	     "then no one can tell them apart", to_a);
	put(to_b, "reply to second");
	put(to_a, "reply to first");
	MUST_EXIT(&a, 0);
	MUST_EXIT(&b, 0);
	MUST_SAY(&a, "reply to first\n");
	MUST_SAY(&b, "reply to second\n");

	a = asks(NULL, "first", NULL);
	to_a = serve(&a, "first");
	must_differ_from(&a, to_a, 256);
	must_differ_from(&a, to_a, 1000);
	put(to_a, "reply to first");
	MUST_EXIT(&a, 0);
}

/* The room of a reply, without its type, is not that of the structure. */
CHECK_AFTER(2, "longer", "alone",
	    "it refuses a reply that is longer than its room for the text")
{
	struct { long type; char text[ROOM + sizeof(long)]; } r;
	static const size_t more[] = { 1, sizeof(long) };

	for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
		struct prog p;
		int status;

		open_shop();
		p = asks(NULL, "word", NULL);
		r.type = take(&p, "word");
		memset(r.text, 'x', sizeof r.text);
		r.text[ROOM + more[i] - 1] = '\0';
		HOLDS(msgsnd(replies, &r, ROOM + more[i], 0) == 0);
		status = end_of(&p);
		MUST(status > 0 && status < 128, "a reply came with a text of "
		     "%zu bytes, and there is room for %d: msgrcv() took it, "
		     "and wrote behind the room. Its size does not count the "
		     "type", ROOM + more[i], ROOM);
	}
}

CHECK(1, "gone", "it says so when the server removes the replies")
{
	struct prog p;

	open_shop();
	p = asks(NULL, "word", NULL);
	serve(&p, "word");
	HOLDS(msgctl(replies, IPC_RMID, NULL) == 0);
	MUST_FAIL(&p);
}

CHECK(1, "none", "without a server it says so, by ENOENT, and makes no queue")
{
	struct prog p;

	snprintf(key_of_requests, sizeof key_of_requests, "0x%x",
		 (unsigned)check_key(2));
	snprintf(key_of_replies, sizeof key_of_replies, "0x%x",
		 (unsigned)check_key(3));
	p = asks(NULL, "word", NULL);
	MUST_FAIL_WITH(&p, ENOENT);
	nothing_left();
}

static struct prog scene(const struct how *how)
{
	struct request r;
	struct prog p;

	open_shop();
	p = asks(how, "word", NULL);
	if (comes(&p, &r))
		put(r.from, "reply");
	return p;
}

MAY_FAIL("");

CHECK_AFTER(1, "errors", "alone", "a call that fails is noticed and named")
{
	MUST_NOTICE(scene);
}
