/*
 * check - what nothing-stays asks of inbox
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/msg.h>

#include "../../../common/proof/step.h"

enum { ROOM = 256 };

static char key[16];

/* No queue with our key, whatever was here before. */
static void fresh(void)
{
	snprintf(key, sizeof key, "0x%x", (unsigned)check_key(0));
	msgctl(msgget(check_key(0), 0), IPC_RMID, NULL);
}

/* The queue that P makes; -1 if it ends without one. */
static int queue_of(const struct prog *p)
{
	int id;

	while ((id = msgget(check_key(0), 0)) == -1) {
		if (has_ended(p))
			return -1;
		sched_yield();
	}
	return id;
}

static int put(int id, const char *text)
{
	struct { long type; char text[ROOM]; } m = { .type = 1 };

	snprintf(m.text, sizeof m.text, "%s", text);
	return msgsnd(id, &m, strlen(text), IPC_NOWAIT);
}

/* It has made the queue, so the queue has to be there. */
static void must_take(int id, const char *text)
{
	MUST(put(id, text) == 0, "its queue takes no message (%s), and it has "
	     "not been told to end", errno_name(errno));
}

static struct prog inbox(const struct how *how, int *id)
{
	struct prog p;

	fresh();
	p = start_how(how, "inbox", key, NULL);
	*id = queue_of(&p);
	MUST(*id != -1, "it ended and has made no queue with key %s", key);
	return p;
}

static void must_be_gone(const char *when)
{
	MUST(msgget(check_key(0), 0) == -1, "it has ended %s, and its queue "
	     "stays: the kernel never removes it, the next run fails with "
	     "EEXIST", when);
}

CHECK(2, "end", "it prints what comes, and removes the queue at the end")
{
	char text[20], want[32];
	struct prog p;
	int id;

	random_word(text, sizeof text);
	snprintf(want, sizeof want, "%s\nlast\n", text);
	p = inbox(NULL, &id);
	must_take(id, text);
	MUST(await_lines(&p, 1), "it ended after the first message");
	must_take(id, "last");
	put(id, "");
	MUST_EXIT(&p, 0);
	MUST_SAY(&p, want);
	must_be_gone("as it should");
}

CHECK_AFTER(4, "signals", "end",
	    "SIGINT, SIGTERM and SIGHUP end it, and no queue stays")
{
	static const struct { int sig; const char *when; } s[] = {
		{ SIGTERM, "by SIGTERM" }, { SIGINT, "by SIGINT" },
		{ SIGHUP, "by SIGHUP" },
	};

	for (size_t i = 0; i < sizeof s / sizeof *s; i++) {
		int id;
		struct prog p = inbox(NULL, &id);

		must_take(id, "one");
		MUST(await_lines(&p, 1) && await_blocked(&p),
		     "it ended after the first message");
		end_by(&p, s[i].sig);
		must_be_gone(s[i].when);
	}
}

/* A run that is held where a signal shall come. */
static struct prog to_be_held(void)
{
	const struct how how = { .fault = "any:1:stop" };

	fresh();
	return start_how(&how, "inbox", key, NULL);
}

static int has_queue(void)
{
	return msgget(check_key(0), 0) != -1;
}

/* P is held, a signal comes, and P has to end without a queue. Had it one a
 * step BEFORE, has it one NOW? */
static void ends_there(struct prog *p, int before, int now)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP };
	static unsigned n;
	const int sig = signals[n++ % 3];

	HOLDS(kill(p->pid, sig) == 0);
	step_end(p);
	MUST(!sleeps_on(p), "we held it between two of its steps, sent it "
	     "signal %d (%s), and let it go on: now it sleeps, and does not "
	     "end. Does it look at a flag, and then wait in msgrcv()?", sig,
	     strsignal(sig));
	end_of(p);
	MUST(!has_queue(), "a signal came %s: it has ended, and its queue "
	     "stays", before && now ? "between two of its steps" :
	     "when msgget() had just made the queue, and its number was not "
	     "stored yet");
}

CHECK_AFTER(3, "moment", "signals",
	    "no queue stays, at whatever moment the signal comes")
{
	step_everywhere(to_be_held, has_queue, ends_there);
}

/* A pipe without a reader: SIGPIPE, or EPIPE to who ignores that. */
CHECK_AFTER(2, "output", "end",
	    "when nobody reads its output any more, no queue stays")
{
	struct how how = { .in = 0 };
	struct prog p;
	int id, fd[2];

	HOLDS(pipe2(fd, O_CLOEXEC) == 0);
	HOLDS(close(fd[0]) == 0);
	how.out = fd[1];
	p = inbox(&how, &id);
	must_take(id, "one");
	MUST(end_of(&p) != 0, "its output went nowhere, and it ended with "
	     "status 0");
	must_be_gone("by SIGPIPE, or since printf() failed");
}

CHECK_AFTER(2, "fails", "end", "when a call fails, no queue stays")
{
	struct how how = { .fault = "msgrcv:2:EIO" };
	int id;
	struct prog p = inbox(&how, &id);

	must_take(id, "one");
	MUST_FAIL(&p);
	must_be_gone("because msgrcv() failed");
}

static int others = -1;		/* another program's queue, with two messages */

static const char *used(void)
{
	struct msqid_ds q;

	if (msgctl(others, IPC_STAT, &q) == -1)
		return "it removed a queue that it had not made: another "
		       "program still needs that one";
	return q.msg_qnum == 2 ? NULL :
	       "it took messages from a queue that it had not made";
}

CHECK(2, "taken", "a queue that was there before is EEXIST, and stays")
{
	struct prog p;

	fresh();
	others = msgget(check_key(0), IPC_CREAT | IPC_EXCL | 0600);
	HOLDS(others != -1);
	HOLDS(put(others, "not yours") == 0 && put(others, "") == 0);
	p = start("inbox", key, NULL);
	MUST_REFUSE(&p, EEXIST, used);
}

/* Another program makes the queue before call number N of this one, if that has
 * not made it by then. Returns 0 if it has, or makes no such call. */
static int comes_before(int n)
{
	struct how how = { .fault = NULL };
	char fault[32];
	struct prog p;

	fresh();
	snprintf(fault, sizeof fault, "any:%d:stop@0", n);
	how.fault = fault;
	p = start_how(&how, "inbox", key, NULL);
	others = -1;
	if (await_stop(&p))
		others = msgget(check_key(0), IPC_CREAT | IPC_EXCL | 0600);
	if (others == -1) {
		end_by(&p, SIGKILL);
		return 0;
	}
	HOLDS(put(others, "not yours") == 0 && put(others, "") == 0);
	go_on(&p);
	MUST_REFUSE(&p, EEXIST, used);
	HOLDS(msgctl(others, IPC_RMID, NULL) == 0);
	return 1;
}

CHECK_AFTER(1, "race", "taken", "so is one that comes a moment before")
{
	for (int n = 1; comes_before(n); n++)
		;
}

static struct prog scene(const struct how *how)
{
	struct prog p;
	int id;

	fresh();
	p = start_how(how, "inbox", key, NULL);
	id = queue_of(&p);
	if (id != -1) {
		put(id, "one");
		put(id, "");
	}
	return p;
}

MAY_FAIL("msgget msgctl sigwait sigwaitinfo");

/* The clean-up has nobody to tell; of msgget(), "taken" has the word. A thread
 * that waits for signals may be too late to be told anything. */
CHECK_AFTER(1, "errors", "end", "a call that fails is noticed and named")
{
	MUST_NOTICE(scene);
}
