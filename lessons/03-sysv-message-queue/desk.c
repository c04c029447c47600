/*
 * desk - the desk for lost things: tells each client where its thing is
 *
 *   client --type: its own number--> [ questions ] --any type-----> desk
 *   client <--its own number only--- [ answers ] <--the same type-- desk
 *
 * Start it first. Then ask it, in another terminal: ./client umbrella
 * Ctrl-C closes the desk.
 *
 * Watch: the desk has no list of its clients. It sends each answer with the
 * type that the question had, and this type is the client's number.
 */
#define _GNU_SOURCE			// for lesson.h
#include <sys/msg.h>

#include "../../common/lesson.h"

/* The client fills in the thing, and the desk fills in the place. */
struct form {
	char thing[32];
	char place[32];
};

/* What goes through the queues, in both directions. A type is more than 0. */
struct message {
	long type;		// the client's number: its process id
	struct form form;
};

enum { QUESTIONS = 0, ANSWERS = 1 };	// the queues, for own_key()

static const struct form found_things[] = {
	{ .thing = "umbrella", .place = "shelf 3" },
	{ .thing = "glove", .place = "box 7" },
};
enum { FOUND = sizeof found_things / sizeof found_things[0] };

// Global, because remove_queues() needs them. -1 is no queue, 0 may be one.
static int questions = -1;
static int answers = -1;

static void remove_queues(void)
{
	// A client that waits is woken by this: EIDRM. If the id is -1, or the
	// queue has gone already, the call fails, and that is all right.
	msgctl(questions, IPC_RMID, NULL);
	msgctl(answers, IPC_RMID, NULL);
}

static int make_queue(unsigned which)
{
	int queue;

	queue = msgget(own_key(which), IPC_CREAT | IPC_EXCL | 0600);
	if (queue == -1 && errno == EEXIST)
		quit("another desk is open; if it was killed, remove what it"
		     " left: ipcrm -Q 0x%x -Q 0x%x",
		     (unsigned)own_key(QUESTIONS), (unsigned)own_key(ANSWERS));
	if (queue == -1)
		die("msgget");
	return queue;
}

static void make_queues(void)
{
	// If Ctrl-C ended us after msgget(), but before its result is stored,
	// nobody would remove that queue. So Ctrl-C has to wait until both ids
	// are stored.
	hold_signals();
	// Before the queues are made: make_queue() may quit when one of them is
	// there already. An id that is still -1 removes nothing.
	remove_at_end(remove_queues);

	// A client looks for the questions first. So we make them last: if a
	// client finds them, the answers have been made, too.
	answers = make_queue(ANSWERS);
	questions = make_queue(QUESTIONS);
	let_signals();
}

static const char *place_of(const char *thing)
{
	for (int i = 0; i < FOUND; i++) {
		if (strcmp(found_things[i].thing, thing) == 0)
			return found_things[i].place;
	}
	return "nobody has found it yet";
}

/* Wait for the next question, from whatever client. */
static void take_question(struct message *question)
{
	for (;;) {
		// Type 0 takes the oldest message, of any type. MSG_NOERROR
		// cuts a message that is too long. Without it the call would
		// fail, and fail again, since the message would stay.
		ssize_t n = msgrcv(questions, question, sizeof question->form,
				   0, MSG_NOERROR);

		// EINTR: a handler has run, and ended the wait. So wait again.
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			die("msgrcv, question");
		if ((size_t)n == sizeof question->form)
			break;
		// This message is too short: none of our clients has sent it.
		// So wait for the next one.
	}

	// We have not written this text ourselves. Without a '\0' in it,
	// strcmp() and say() would read on after its last byte.
	question->form.thing[sizeof question->form.thing - 1] = '\0';
}

/*
 * Send ANSWER without waiting for room. The queue can only be full of answers
 * whose clients were killed before they took them. Nobody will take these any
 * more, and the desk would wait for ever. So throw away the oldest one. This is
 * a loop: if the oldest one is short, another program has sent it, and its room
 * is not enough.
 */
static void send_answer(const struct message *answer)
{
	struct message old;

	while (msgsnd(answers, answer, sizeof answer->form, IPC_NOWAIT) == -1) {
		if (errno != EAGAIN)
			die("msgsnd, answer");
		// ENOMSG: clients have just taken all answers. Then there is
		// room, too.
		if (msgrcv(answers, &old, sizeof old.form, 0,
			   IPC_NOWAIT | MSG_NOERROR) == -1 && errno != ENOMSG)
			die("msgrcv, old answer");
	}
}

int main(void)
{
	struct message message;
	const char *place;

	make_queues();
	say("I know where lost things are; ask me");

	// The desk is open until a signal ends it: Ctrl-C, for example.
	for (;;) {
		take_question(&message);
		place = place_of(message.form.thing);

		// Print before the call, not after it: the call wakes the
		// client, and the client's line must come after ours.
		say("a client has lost: %s", message.form.thing);

		// The same message goes back. Its type stays as it was, so the
		// answer reaches the client that has asked.
		snprintf(message.form.place, sizeof message.form.place, "%s",
			 place);
		send_answer(&message);
	}
}
