/*
 * check - what holder-dies asks of ledger
 *
 * The checker talks to each clerk through a socket, so it knows where he is,
 * and kills him there.
 */
#include <sys/sem.h>
#include <sys/socket.h>

#include "../../../common/proof/asleep.h"

struct clerk {
	struct prog p;
	int talk;		/* our end of his stdin */
	size_t lines;		/* that he has to have said by now */
};

static int id;
static char id_text[16];

static void make_ledger(void)
{
	id = semget(IPC_PRIVATE, 1, 0600);
	HOLDS(id != -1);
	HOLDS(semctl(id, 0, SETVAL, 1) == 0);
	snprintf(id_text, sizeof id_text, "%d", id);
}

static int value(void)
{
	int val = semctl(id, 0, GETVAL);

	HOLDS(val != -1);
	return val;
}

static struct clerk hire(void)
{
	struct how how = { .fd3 = 0 };
	struct clerk c = { .lines = 0 };
	int s[2];

	HOLDS(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, s) == 0);
	how.in = s[1];
	c.talk = s[0];
	c.p = start_how(&how, "ledger", id_text, NULL);
	return c;
}

static void tell_him(struct clerk *c, const char *line)
{
	MUST(send(c->talk, line, strlen(line), MSG_NOSIGNAL) ==
	     (ssize_t)strlen(line), "it ended before its input did");
}

/* Tell him LINE, and wait until he has answered. */
static void done(struct clerk *c, const char *line)
{
	tell_him(c, line);
	MUST(await_lines(&c->p, ++c->lines), "it ended after '%.*s'",
	     (int)strlen(line) - 1, line);
}

static void go_home(struct clerk *c)
{
	HOLDS(close(c->talk) == 0);
	MUST_EXIT(&c->p, 0);
}

CHECK(2, "turns", "one clerk has the ledger, the next one waits for it")
{
	struct clerk a, b;

	make_ledger();
	a = hire();
	done(&a, "take\n");
	MUST(value() == 0, "a clerk has the ledger, and the semaphore stands "
	     "at %d, not 0", value());
	b = hire();
	tell_him(&b, "take\n");
	MUST(await_blocked(&b.p), "the second clerk ended");
	MUST(semctl(id, 0, GETNCNT) == 1, "the first clerk has the ledger, and "
	     "the second does not wait for it in semop()");
	MUST_NOT_POLL(&b.p, "while another clerk has the ledger");
	done(&a, "ink\n");
	done(&a, "give\n");
	MUST(await_lines(&b.p, ++b.lines), "the ledger was given back, and the "
	     "second clerk ended instead of taking it");
	done(&b, "paper\n");
	done(&b, "give\n");
	go_home(&a);
	go_home(&b);
	MUST_SAY(&a.p, "ledger   | taken\nledger   | written: ink\n"
		 "ledger   | given back\n");
	MUST_SAY(&b.p, "ledger   | taken\nledger   | written: paper\n"
		 "ledger   | given back\n");
}

CHECK_AFTER(4, "killed", "turns", "who is killed with the ledger gives it back")
{
	struct clerk a, b;

	make_ledger();
	a = hire();
	b = hire();
	done(&a, "take\n");
	tell_him(&b, "take\n");
	MUST(await_blocked(&b.p), "the second clerk ended");
	MUST(value() == 0, "the second clerk changed the semaphore");
	HOLDS(end_by(&a.p, SIGKILL) == 128 + SIGKILL);
	MUST(value() == 1 || !await_blocked(&b.p) || out_lines(&b.p) == 1,
	     "a clerk was killed while he had the ledger. The semaphore still "
	     "stands at 0, so all who come later wait for ever");
	MUST(await_lines(&b.p, 1), "a clerk was killed while he had the "
	     "ledger, and the second one ended");
	b.lines = 1;
	done(&b, "give\n");
	go_home(&b);
	MUST(value() == 1, "one clerk was killed with the ledger, the next one "
	     "had it and gave it back: the semaphore stands at %d, not 1",
	     value());
}

/* He has taken nothing yet, so nothing may come back. */
CHECK_AFTER(2, "waiting", "killed", "who is killed while he waits gives "
	    "nothing back")
{
	struct clerk a, b;

	make_ledger();
	a = hire();
	done(&a, "take\n");
	b = hire();
	tell_him(&b, "take\n");
	MUST(await_blocked(&b.p), "the second clerk ended");
	HOLDS(end_by(&b.p, SIGKILL) == 128 + SIGKILL);
	MUST(value() == 0, "a clerk has the ledger. Another one, who waited "
	     "for it, was killed: the semaphore stands at %d, not 0, so a "
	     "third one may take what the first one has", value());
	done(&a, "give\n");
	go_home(&a);
	MUST(value() == 1, "after that the semaphore stands at %d, not 1",
	     value());
}

/* What he has given back must not come back once more. */
CHECK_AFTER(3, "once", "turns", "what was given back does not come back again")
{
	for (int rounds = 0; rounds < 3; rounds++)
		for (int killed = 0; killed < 2; killed++) {
			struct clerk c;

			make_ledger();
			c = hire();
			for (int i = 0; i < rounds; i++) {
				done(&c, "take\n");
				done(&c, "give\n");
			}
			if (killed)
				HOLDS(end_by(&c.p, SIGKILL) == 128 + SIGKILL);
			else
				go_home(&c);
			MUST(value() == 1, "a clerk took the ledger and gave "
			     "it back, %d times, then he %s: the semaphore "
			     "stands at %d, not 1", rounds, killed ?
			     "was killed" : "went home", value());
		}
}

CHECK_AFTER(1, "home", "turns", "who goes home with the ledger gives it back")
{
	struct clerk c;

	make_ledger();
	c = hire();
	done(&c, "take\n");
	go_home(&c);
	MUST(value() == 1, "a clerk ended while he had the ledger, and the "
	     "semaphore stands at %d, not 1", value());
}

static struct prog scene(const struct how *base)
{
	struct how how = *base;

	make_ledger();
	how.in = input_text("take\nink\ngive\n");
	return start_how(&how, "ledger", id_text, NULL);
}

MAY_FAIL("");

CHECK_AFTER(1, "errors", "turns", "a call that fails is noticed and named")
{
	MUST_NOTICE(scene);
}
