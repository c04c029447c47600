/*
 * client - asks the desk where its lost things are
 *
 *   ./client umbrella glove
 *
 * Its partner is ./desk. The diagram is there. Start as many clients as you
 * like, also at the same time.
 *
 * Watch: all clients wait at the same queue, and each of them takes its own
 * answer only.
 */
#define _GNU_SOURCE			// for lesson.h
#include <sys/msg.h>
#include <sys/time.h>

#include "../../common/lesson.h"

/* Both structures, and the two numbers of the queues: as in desk.c. */
struct form {
	char thing[32];
	char place[32];
};

struct message {
	long type;		// the client's number: its process id
	struct form form;
};

enum { QUESTIONS = 0, ANSWERS = 1 };

enum { PATIENCE = 3 };		// so many seconds we wait for the desk

static int questions;
static int answers;
static int seconds_waited;	// in the wait that goes on now
static int flag;		// for the next call: 0, or IPC_NOWAIT

static int find_queue(unsigned which)
{
	int queue;

	// No flags: we want a queue that the desk has made.
	queue = msgget(own_key(which), 0);
	if (queue == -1 && errno == ENOENT)
		quit("no desk is open: start ./desk first");
	if (queue == -1)
		die("msgget");
	return queue;
}

/* Does nothing. But because a handler has run, a msgsnd() or msgrcv() that
 * waits returns with EINTR. */
static void tick(int sig)
{
	(void)sig;	// not needed
}

/*
 * msgsnd() and msgrcv() know no time limit, and if the desk is killed, they
 * wait for ever. So let a signal end their wait once a second: EINTR. The clock
 * starts anew for each wait, and so its first signal comes a second later.
 */
static void start_clock(void)
{
	// With SA_RESTART other calls, such as the write() in say(), go on
	// after the handler. msgsnd() and msgrcv() never do.
	struct sigaction act = { .sa_handler = tick, .sa_flags = SA_RESTART };
	struct itimerval each_second = {
		.it_value = { .tv_sec = 1 },		// the first signal
		.it_interval = { .tv_sec = 1 },		// and each further one
	};

	seconds_waited = 0;
	flag = 0;
	sigemptyset(&act.sa_mask);
	if (sigaction(SIGALRM, &act, NULL) == -1)
		die("sigaction");
	if (setitimer(ITIMER_REAL, &each_second, NULL) == -1)
		die("setitimer");
}

/* CALL has returned -1. Come back if it is to be made again. */
static void go_on_or_end(const char *call)
{
	// EIDRM: the queue was removed during the call. EINVAL: before it.
	if (errno == EIDRM || errno == EINVAL)
		quit("the desk has closed");
	// After the last look. EAGAIN: there is no room. ENOMSG: no answer.
	if (errno == EAGAIN || errno == ENOMSG)
		quit("no answer for %d seconds: the desk was killed, or it is"
		     " stopped", PATIENCE);
	if (errno != EINTR)
		die(call);

	// The clock has ticked. After the last tick make the call once more,
	// without a wait: if we were stopped, the desk may have been in time,
	// and we were not there.
	seconds_waited++;
	if (seconds_waited == PATIENCE)
		flag = IPC_NOWAIT;
}

static void send_question(const char *thing)
{
	struct message question = { .type = getpid() };

	if (strlen(thing) >= sizeof question.form.thing)
		quit("too long for the form: %s", thing);
	strcpy(question.form.thing, thing);

	// If the queue is full, this waits until the desk has made room.
	start_clock();
	while (msgsnd(questions, &question, sizeof question.form, flag) == -1)
		go_on_or_end("msgsnd, question");
}

/* Wait for the answer about THING. */
static void take_answer(struct message *answer, const char *thing)
{
	start_clock();
	for (;;) {
		// The type is our own process id: take such messages only.
		ssize_t n = msgrcv(answers, answer, sizeof answer->form,
				   getpid(), MSG_NOERROR | flag);

		if (n == -1) {
			go_on_or_end("msgrcv, answer");
			continue;
		}
		// An answer about another thing is not ours: it was meant for
		// an earlier process, which had the same id and was killed
		// before it took it. So throw it away, and wait for ours.
		if ((size_t)n == sizeof answer->form &&
		    strncmp(answer->form.thing, thing,
			    sizeof answer->form.thing) == 0)
			break;
	}
	answer->form.place[sizeof answer->form.place - 1] = '\0';
}

int main(int argc, char **argv)
{
	struct message answer;

	if (argc < 2)
		quit("usage: ./client THING...");

	questions = find_queue(QUESTIONS);
	answers = find_queue(ANSWERS);

	for (int i = 1; i < argc; i++) {
		// Print before the call: it wakes the desk, which prints, too.
		say("where is my %s?", argv[i]);
		send_question(argv[i]);
		take_answer(&answer, argv[i]);
		say("the desk says: %s", answer.form.place);
	}
	return EXIT_SUCCESS;
}
