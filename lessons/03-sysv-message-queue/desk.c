/*
 * desk - a help desk that takes tickets by their type, not by their age
 *
 *   client --type: how urgent--> [ tickets ] --> desk
 *   client <--type: its own pid-- [ answers ] <-- desk
 *
 * Its partner is ./client, as many as come. Ctrl-C closes the desk. Watch
 * which ticket each msgrcv() takes: seldom the oldest.
 */
#define _GNU_SOURCE	// for MSG_EXCEPT
#include <sys/msg.h>
#include "../../common/lesson.h"

enum { URGENT = 2, WISH = 3, OPEN = 8, DONE = 9 };	// 1: most urgent
static struct { long type; int from; char text[28]; } t = { OPEN, 0, "ours" };
enum { FORM = sizeof t - sizeof t.type - 1 };	// the type is not counted
static int tickets = -1, answers = -1;		// not 0, a valid id

static void close_desk(void)
{
	msgctl(tickets, IPC_RMID, NULL);	// at once: waiters get EIDRM
	msgctl(answers, IPC_RMID, NULL);
}

// First drop what a killed desk left; one that still works gets EIDRM.
static int make_queue(unsigned tag)
{
	msgctl(msgget(own_key(tag), 0), IPC_RMID, NULL);
	return msgget(own_key(tag), IPC_CREAT | IPC_EXCL | 0600);
}

// Take one ticket, by type. Returns its sender, or 0 if there was none.
static int take(const char *how, long type, int flags)
{
	memset(&t, 0, sizeof t);
	if (msgrcv(tickets, &t, FORM, type, flags) != -1)
		say("%s: type %ld, %s", how, t.type, t.text);
	else if (errno == E2BIG)	// longer than FORM, and still queued
		return take("E2BIG, so cut", type, flags | MSG_NOERROR);
	else if (errno != ENOMSG)
		die("msgrcv");
	return t.from;
}

static void answer(long to)
{
	t.type = to;
	// No waiting for room: a client that has gone will make none.
	if (msgsnd(answers, &t, FORM, IPC_NOWAIT) == -1)
		die("msgsnd");
}

int main(void)
{
	remove_at_end(close_desk);
	hold_signals();		// until we know what to remove
	tickets = make_queue(0);
	if (tickets == -1)
		die("msgget");
	answers = make_queue(1);
	if (answers == -1)
		die("msgget");
	let_signals();
	// Take a ticket of our own: now msg_lrpid tells clients who is here.
	if (msgsnd(tickets, &t, FORM, 0) == -1)
		die("msgsnd");
	take("open", OPEN, 0);
	for (;;) {
		int client = take("waited for", DONE, 0);

		while (take("up to 2, lowest first", -URGENT, IPC_NOWAIT))
			answer(t.from);
		while (take("any but 3", WISH, MSG_EXCEPT | IPC_NOWAIT))
			answer(t.from);
		answer(client);
	}
}
