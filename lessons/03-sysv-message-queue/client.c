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
enum { PATIENCE = 3 };		// seconds that we wait for the desk, at most

static int questions;		// the ids of the two queues
static int answers;

// A handler sets this to 1 when PATIENCE seconds have passed. This is the type
// of a variable that a handler may store in (lesson 16).
static volatile sig_atomic_t time_is_over;

/* find_queue() returns the id of a queue that the desk has made.
 * start_clock() begins to count the seconds of a wait. After PATIENCE seconds a
 * signal comes, and the call that waits returns with EINTR.
 * stop_clock() lets no further signal come.
 * give_up() says why CALL has failed, and ends the program. */
static int find_queue(unsigned which);
static void start_clock(void);
static void stop_clock(void);
_Noreturn static void give_up(const char *call);

static void send_question(const char *thing)
{
	struct message question = { .type = getpid() };
	int flag = 0;		// if the queue is full, wait for room

	if (strlen(thing) >= sizeof question.form.thing)
		quit("too long for the form: %s", thing);
	strcpy(question.form.thing, thing);

	start_clock();
	while (msgsnd(questions, &question, sizeof question.form, flag) == -1) {
		if (errno != EINTR)
			give_up("msgsnd, question");
		// A handler has run. If the time is over, try once more, and do
		// not wait: if we were stopped, room may have come meanwhile.
		if (time_is_over)
			flag = IPC_NOWAIT;
	}
	stop_clock();
}

/* Is ANSWER, which has come with SIZE bytes, a form about THING? */
static int is_about(const struct message *answer, ssize_t size,
		    const char *thing)
{
	// A message that is too short is no form: our desk has not sent it.
	if ((size_t)size != sizeof answer->form)
		return 0;
	// Not strcmp(): if another program has sent this text, there may be no
	// '\0' in it. strncmp() does not read on after the last byte.
	return strncmp(answer->form.thing, thing,
		       sizeof answer->form.thing) == 0;
}

/* Wait for the answer about THING. */
static void take_answer(struct message *answer, const char *thing)
{
	int flag = 0;		// if there is no answer, wait for it

	start_clock();
	for (;;) {
		// The type is our own process id: take such messages only.
		// MSG_NOERROR: cut a message that is too long, as in desk.c.
		ssize_t n = msgrcv(answers, answer, sizeof answer->form,
				   getpid(), MSG_NOERROR | flag);

		if (n == -1 && errno == EINTR) {
			// If the time is over, look once more: if we were
			// stopped, the answer may have come meanwhile.
			if (time_is_over)
				flag = IPC_NOWAIT;
			continue;
		}
		if (n == -1)
			give_up("msgrcv, answer");
		if (is_about(answer, n, thing))
			break;
		// This answer is not ours: an earlier process had the same id,
		// and was killed before it took its answer. We have taken this
		// answer out of the queue, and throw it away. So wait for ours.
	}
	stop_clock();

	// Another program has written this text. Without a '\0' in it, say()
	// would read on after its last byte.
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
		// Print before the call, not after it: the call wakes the
		// desk, which prints, too.
		say("where is my %s?", argv[i]);
		send_question(argv[i]);
		take_answer(&answer, argv[i]);
		say("the desk says: %s", answer.form.place);
	}
	return EXIT_SUCCESS;
}

static int find_queue(unsigned which)
{
	int queue;

	// No flag: we want a queue that the desk has made.
	queue = msgget(own_key(which), 0);
	if (queue == -1 && errno == ENOENT)
		quit("no desk is open: start ./desk first");
	if (queue == -1)
		die("msgget");
	return queue;
}

/* The handler for SIGALRM. When it has run, a msgsnd() or msgrcv() that waits
 * returns with EINTR. */
static void end_of_time(int sig)
{
	(void)sig;	// not needed
	time_is_over = 1;
}

/*
 * msgsnd() and msgrcv() know no time limit, and if the desk is killed, they
 * wait for ever. So let the signal SIGALRM end their wait, after PATIENCE
 * seconds. A signal that comes just before the wait begins ends nothing. So
 * another one comes each second.
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

_Noreturn static void give_up(const char *call)
{
	// EIDRM: the desk has closed during the call. EINVAL: before it.
	if (errno == EIDRM || errno == EINVAL)
		quit("the desk has closed");
	// A call with IPC_NOWAIT found no room (EAGAIN) or no answer (ENOMSG).
	if (errno == EAGAIN || errno == ENOMSG)
		quit("no answer for %d seconds: the desk is slow or stopped,"
		     " or it was killed", PATIENCE);
	die(call);
}
