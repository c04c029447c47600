/*
 * whose - two clients wait for their answers at one queue: who gets which?
 *
 *   Ann and Bob are two children. First Ann sleeps in msgrcv(), and then Bob
 *   sleeps there, too. The first answer that is sent is Bob's.
 *
 * Watch: the kernel does not know for whom a message is. It looks at the type
 * only.
 *
 * Try: in play(), send Ann's answer first. What does the wrong way print now?
 * Would a test of your own program have shown you the mistake?
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
	// Without this the next client might be earlier in the queue.
	if (!wait_until_asleep(client))
		quit("the client has ended, but it should wait");
	return client;
}

/* Send an answer. Wait until a client has printed it, and has ended. */
static void send_answer(long type, const char *text)
{
	struct message message = { .type = type };
	int status;

	strcpy(message.text, text);
	if (msgsnd(queue, &message, sizeof message.text, 0) == -1)
		die("msgsnd");
	while (wait(&status) == -1) {
		if (errno != EINTR)
			die("wait");
	}
	if (status != 0)
		quit("a client has failed");
}

/* Ann waits for messages of type FOR_ANN, and Bob for those of type FOR_BOB. */
static void play(const char *way, long for_ann, long for_bob)
{
	start_client(way, "Ann", for_ann);
	start_client(way, "Bob", for_bob);
	send_answer(BOB, "Bob's answer");
	send_answer(ANN, "Ann's answer");
}

int main(void)
{
	make_queue();
	play("wrong: any type", ANY, ANY);
	play("right: own type", ANN, BOB);
	return EXIT_SUCCESS;
}
