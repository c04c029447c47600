/*
 * desk - the desk for lost things: tells each client where its thing is
 *
 *   client --type: its own number--> [ questions ] --any type-----> desk
 *   client <--its own number only--- [ answers ] <--the same type-- desk
 *
 * Start ./desk first. Then ask, in another terminal: ./client umbrella
 * Ctrl-C closes the desk.
 *
 * Watch: the desk has no list of its clients. The type of a question is the
 * client's number, and the desk sends the answer with the same type.
 */
#define _GNU_SOURCE			// for lesson.h
#include <sys/msg.h>
#include <sys/time.h>

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
enum { PATIENCE = 1 };		// seconds that the desk waits for room, at most

// The ids of the two queues. -1: not made yet. (0 may be the id of a queue.)
static int questions = -1;
static int answers = -1;

/* make_queues() makes both queues. They are removed when the desk ends.
 * place_of() looks for THING in the table of found things.
 * send_to_full_queue() waits for room. If no room comes, it makes room. */
static void make_queues(void);
static const char *place_of(const char *thing);
static void send_to_full_queue(const struct message *answer);

/* Wait for the next question. Any client may send it. */
static void take_question(struct message *question)
{
	for (;;) {
		// Type 0 takes the oldest message, of any type. MSG_NOERROR
		// cuts a message that is too long. Without this flag the call
		// would fail, and fail again, since the message would stay.
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

	// Another program has written this text. Without a '\0' in it, strcmp()
	// and say() would read on after its last byte.
	question->form.thing[sizeof question->form.thing - 1] = '\0';
}

/* Send ANSWER. Its type says which client will take it. */
static void send_answer(const struct message *answer)
{
	// IPC_NOWAIT: if there is no room, do not wait, but fail with EAGAIN.
	if (msgsnd(answers, answer, sizeof answer->form, IPC_NOWAIT) == 0)
		return;
	if (errno != EAGAIN)
		die("msgsnd, answer");
	send_to_full_queue(answer);
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

static const struct form found_things[] = {
	{ .thing = "umbrella", .place = "shelf 3" },
	{ .thing = "glove", .place = "box 7" },
};
enum { FOUND = sizeof found_things / sizeof found_things[0] };

static const char *place_of(const char *thing)
{
	for (int i = 0; i < FOUND; i++) {
		if (strcmp(found_things[i].thing, thing) == 0)
			return found_things[i].place;
	}
	return "nobody has found it yet";
}

static void remove_queues(void)
{
	// This wakes a client that waits: its call fails with EIDRM. NULL: this
	// command needs no data. If the id is still -1, or the queue has gone
	// already, our call fails, and that does no harm.
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
	// If the second msgget() fails, the first queue must be removed. So
	// call this now. An id that is still -1 does no harm.
	remove_at_end(remove_queues);

	// A client looks for the questions first. So we make that queue last:
	// if a client finds it, the queue of the answers has been made, too.
	answers = make_queue(ANSWERS);
	questions = make_queue(QUESTIONS);
	let_signals();
}

// A handler sets this to 1 when PATIENCE seconds have passed. This is the type
// of a variable that a handler may store in (lesson 16).
static volatile sig_atomic_t time_is_over;

/* The handler for SIGALRM. When it has run, a msgsnd() or msgrcv() that waits
 * returns with EINTR. */
static void end_of_time(int sig)
{
	(void)sig;	// not needed
	time_is_over = 1;
}

/*
 * msgsnd() knows no time limit. So let the signal SIGALRM end its wait, after
 * PATIENCE seconds. A signal that comes just before the wait begins ends
 * nothing. So another one comes each second.
 */
static void start_clock(void)
{
	// With SA_RESTART other calls, such as the write() in say(), go on
	// after the handler. msgsnd() and msgrcv() never do.
	struct sigaction act = {
		.sa_handler = end_of_time,
		.sa_flags = SA_RESTART,
	};
	struct itimerval clock = {
		.it_value = { .tv_sec = PATIENCE },	// the first signal
		.it_interval = { .tv_sec = 1 },		// and each further one
	};

	time_is_over = 0;
	sigemptyset(&act.sa_mask);
	// NULL: we need not know what was set before.
	if (sigaction(SIGALRM, &act, NULL) == -1)
		die("sigaction");
	if (setitimer(ITIMER_REAL, &clock, NULL) == -1)
		die("setitimer");
}

static void stop_clock(void)
{
	struct itimerval none = { .it_value = { .tv_sec = 0 } };

	if (setitimer(ITIMER_REAL, &none, NULL) == -1)
		die("setitimer, stop");
}

/* Wait for room, and send ANSWER. Return 1, or 0 if no room came in time. */
static int send_in_time(const struct message *answer)
{
	int flag = 0;		// wait for room

	start_clock();
	while (msgsnd(answers, answer, sizeof answer->form, flag) == -1) {
		// EAGAIN comes only after the IPC_NOWAIT below: the time is
		// over, and there is no room.
		if (errno == EAGAIN) {
			stop_clock();
			return 0;
		}
		if (errno != EINTR)
			die("msgsnd, answer");
		// A handler has run. If the time is over, try once more, and do
		// not wait: if we were stopped, room may have come meanwhile.
		if (time_is_over)
			flag = IPC_NOWAIT;
	}
	stop_clock();
	return 1;
}

static void throw_all_answers_away(void)
{
	struct message old;
	ssize_t n;

	do {
		n = msgrcv(answers, &old, sizeof old.form, 0,
			   IPC_NOWAIT | MSG_NOERROR);
	} while (n != -1);
	if (errno != ENOMSG)		// ENOMSG: the queue is empty
		die("msgrcv, old answer");
}

/*
 * The queue is full of answers. A client that waits takes its answer at once,
 * and so makes room. A client that was killed does not. So if no room has come
 * in time, nobody waits for any of these answers, and we throw them away.
 */
static void send_to_full_queue(const struct message *answer)
{
	if (send_in_time(answer))
		return;
	throw_all_answers_away();
	if (msgsnd(answers, answer, sizeof answer->form, IPC_NOWAIT) == -1) {
		if (errno == EAGAIN)
			quit("the queue is too small for one answer: see"
			     " sysctl kernel.msgmnb");
		die("msgsnd, answer");
	}
}
