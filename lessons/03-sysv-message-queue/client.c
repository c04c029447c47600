/*
 * client - hands in tickets as they happen, and waits for its own answers
 *
 * Its partner is ./desk, where the diagram is. Watch in what order the
 * answers come, and which ticket gets none.
 */
#define _GNU_SOURCE	// for MSG_COPY
#include <sys/msg.h>
#include "../../common/experiment.h"

static struct ticket { long type; int from; char text[64]; } t;
enum { DONE = 9, ROOM = sizeof t - sizeof t.type };
static const char gone[] = "nobody is at the desk, so start ./desk";
static int tickets, answers;
static struct msqid_ds q;

static void wake(int sig) { (void)sig, alarm(1); }

static void hand_in(long type, const char *text)
{
	t = (struct ticket){ type, getpid(), "" };
	strcpy(t.text, text);
	if (msgsnd(tickets, &t, sizeof t.from + strlen(text), 0) == -1)
		die(gone);	// EIDRM, EINVAL: removed
}

// These calls know no timeout, but each signal ends them: EINTR. Only the
// desk takes tickets, so msg_lrpid, the last receiver, is the desk.
static int await_answer(void)
{
	while (msgrcv(answers, &t, ROOM, getpid(), 0) == -1)
		if (errno != EINTR || msgctl(tickets, IPC_STAT, &q) == -1 ||
		    is_asleep(q.msg_lrpid) == -1)
			die(gone);
	return *t.text;		// empty: that was the last
}

int main(void)
{
	tickets = msgget(own_key(0), 0);
	if (tickets == -1)
		die(gone);
	answers = msgget(own_key(1), 0);
	if (answers == -1)
		die(gone);
	if (signal(SIGALRM, wake) == SIG_ERR)
		die("signal");
	// Keys of ftok() may clash: they hold 16 bits of a file's inode and 8
	// of the number. IPC_PRIVATE is no cure: if SIGKILL ended us, its queue
	// would stay for good, as it has no key by which to find it.
	say("ftok(\".\", 1) and ftok(\".\", 257) are %s",
	    ftok(".", 1) == ftok(".", 257) ? "one key" : "two keys");
	hand_in(3, "a softer chair");	// a wish
	hand_in(4, "the printer beeps");
	hand_in(2, "no network since the coffee went into the router");
	hand_in(1, "smoke in room 7");	// the most urgent
	hand_in(2, "no mail");
	if (msgrcv(tickets, &t, ROOM, 0, MSG_COPY | IPC_NOWAIT) == -1)
		say("no MSG_COPY in this kernel: %s", errno_name(errno));
	else			// 0 is a position now: the oldest, and it stays
		say("MSG_COPY: type %ld, %s", t.type, t.text);
	hand_in(DONE, "no more tickets");
	for (alarm(1); await_answer(); )
		say("answer: %s", t.text);
	if (msgctl(tickets, IPC_STAT, &q) == 0)
		say("left in the queue: %lu", q.msg_qnum);
}
