/*
 * whose - two clients wait for their answers at one queue: who gets which?
 *
 *   Ann and Bob are two children. Ann sleeps in msgrcv() already when Bob's
 *   answer is sent. Bob comes a little later.
 *
 * Watch: the kernel does not know for whom a message is. It looks at the type
 * only.
 *
 * Try: in wrong_way(), send Ann's answer first, and Bob's after it. What does
 * it print now? Would a test of your own program have shown you the mistake?
 */
#define _GNU_SOURCE			// for lesson.h
#include <sys/msg.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum { ANN = 1, BOB = 2 };	// the types
enum { ANY = 0 };		// no type: with 0 msgrcv() takes every message

struct message {
	long type;
	char text[32];
};

// -1: not made yet. Then remove_queue() does nothing.
static int queue = -1;

static void remove_queue(void)
{
	msgctl(queue, IPC_RMID, NULL);	// NULL: this command needs no data
}

static void make_queue(void)
{
	hold_signals();
	remove_at_end(remove_queue);
	// No key is needed: our children inherit the id.
	queue = msgget(IPC_PRIVATE, 0600);
	if (queue == -1)
		die("msgget");
	let_signals();
}

/* In the child: wait for a message of TYPE, and print it. WHO is our name, and
 * the line begins with WAY. */
static void wait_for_answer(const char *way, const char *who, long type)
{
	struct message answer;

	// 0: no flag, so wait.
	while (msgrcv(queue, &answer, sizeof answer.text, type, 0) == -1) {
		if (errno != EINTR)
			die("msgrcv");
	}
	say("%s, %s gets: %s", way, who, answer.text);
}

static pid_t start_client(const char *way, const char *who, long type)
{
	pid_t parent = getpid();
	pid_t client = fork();

	if (client == -1)
		die("fork");
	if (client == 0) {
		// If the parent is killed, nobody sends an answer, and the
		// client would wait for ever.
		if (!end_with_parent(parent))
			die("end_with_parent");
		wait_for_answer(way, who, type);
		exit(EXIT_SUCCESS);
	}
	return client;
}

static void send_answer(long type, const char *text)
{
	struct message message = { .type = type };

	strcpy(message.text, text);
	if (msgsnd(queue, &message, sizeof message.text, 0) == -1)
		die("msgsnd");
}

/* Wait until one of the clients has printed its answer, and has ended. */
static void see_one_end(void)
{
	int status;

	while (wait(&status) == -1) {
		if (errno != EINTR)
			die("wait");
	}
	if (status != 0)
		quit("a client has failed");
}

/* Each client takes any message. */
static void wrong_way(void)
{
	const char *way = "wrong: any type";
	pid_t ann = start_client(way, "Ann", ANY);

	if (!wait_until_asleep(ann))
		quit("Ann has ended, but she should wait");
	send_answer(BOB, "Bob's answer");
	see_one_end();		// Ann: Bob is not here yet

	start_client(way, "Bob", ANY);
	send_answer(ANN, "Ann's answer");
	see_one_end();
}

/* Each client takes messages of its own type only. */
static void right_way(void)
{
	const char *way = "right: own type";
	pid_t ann = start_client(way, "Ann", ANN);

	if (!wait_until_asleep(ann))
		quit("Ann has ended, but she should wait");
	send_answer(BOB, "Bob's answer");
	start_client(way, "Bob", BOB);
	see_one_end();		// Bob: for Ann there is nothing yet

	send_answer(ANN, "Ann's answer");
	see_one_end();
}

int main(void)
{
	make_queue();
	wrong_way();
	right_way();
	return EXIT_SUCCESS;
}
