/*
 * onebox - questions and answers in one queue: both sides wait for each other
 *
 *   client --three questions--> [ room for two messages ] --> desk
 *   client <------------------- [ the same queue?       ] <--answer-- desk
 *
 *   Two questions fill the queue. The desk takes one of them, and at once the
 *   third question fills the queue again. Then the client waits for an answer.
 *
 * Watch: the desk makes room for one message, but a question takes this room.
 *
 * Try: set ROOM to 4. Is the wrong way right now? What if a client has five
 * questions?
 */
#define _GNU_SOURCE			// for lesson.h
#include <sys/msg.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum { QUESTION = 1, ANSWER = 2 };	// the types
enum { ROOM = 2 };			// so many messages fit into a queue
enum { ASKED = 3 };			// so many questions the client has
enum { LENGTH = 32 };			// bytes of text in each message

struct message {
	long type;
	char text[LENGTH];		// stays empty: nobody reads it here
};

// The queues of the right way. The wrong way uses the first one only. -1: not
// made yet. Then remove_queues() does nothing.
static int first = -1;
static int second = -1;

static void remove_queues(void)
{
	msgctl(first, IPC_RMID, NULL);	// NULL: this command needs no data
	msgctl(second, IPC_RMID, NULL);
}

static void make_queues(void)
{
	hold_signals();
	remove_at_end(remove_queues);
	// No keys are needed: our children inherit the ids.
	first = msgget(IPC_PRIVATE, 0600);
	if (first == -1)
		die("msgget");
	second = msgget(IPC_PRIVATE, 0600);
	if (second == -1)
		die("msgget");
	let_signals();
}

/* Let only ROOM messages fit into QUEUE. */
static void make_small(int queue)
{
	struct msqid_ds state;

	// IPC_STAT copies to us what the kernel knows about the queue. Then we
	// change one member, the room in bytes. IPC_SET copies it back.
	if (msgctl(queue, IPC_STAT, &state) == -1)
		die("msgctl IPC_STAT");
	state.msg_qbytes = ROOM * LENGTH;
	if (msgctl(queue, IPC_SET, &state) == -1)
		die("msgctl IPC_SET");
}

static void put(int queue, long type)
{
	struct message message = { .type = type };

	// 0: no flag, so wait for room.
	while (msgsnd(queue, &message, sizeof message.text, 0) == -1) {
		if (errno != EINTR)
			die("msgsnd");
	}
}

static void take(int queue, long type)
{
	struct message message;

	// 0: no flag, so wait for a message of this type.
	while (msgrcv(queue, &message, sizeof message.text, type, 0) == -1) {
		if (errno != EINTR)
			die("msgrcv");
	}
}

/* Send an answer if there is room for it. Return 1 if it was sent, else 0. */
static int try_to_answer(int queue)
{
	struct message message = { .type = ANSWER };

	if (msgsnd(queue, &message, sizeof message.text, IPC_NOWAIT) == 0)
		return 1;
	if (errno != EAGAIN)
		die("msgsnd, answer");
	return 0;
}

static pid_t start_client(int questions, int answers)
{
	pid_t parent = getpid();
	pid_t client = fork();

	if (client == -1)
		die("fork");
	if (client == 0) {
		// If the parent is killed, nobody answers, and the client would
		// wait for ever.
		if (!end_with_parent(parent))
			die("end_with_parent");
		for (int i = 0; i < ASKED; i++)
			put(questions, QUESTION);
		take(answers, ANSWER);
		exit(EXIT_SUCCESS);
	}
	return client;
}

/* If the client had failed, nobody would ask, and we would wait for ever. */
static void see_it_sleep(pid_t client)
{
	if (!wait_until_asleep(client))
		quit("the client has ended, but it should wait");
}

/* We play the desk. Each line that we print begins with WAY. */
static void play(const char *way, int questions, int answers)
{
	pid_t client = start_client(questions, answers);
	int taken = 0;		// questions that the desk has taken
	int status;

	// The client sleeps: there is no room for its third question.
	see_it_sleep(client);
	take(questions, QUESTION);
	taken++;
	// Now the third question is in, and the client waits for its answer.
	see_it_sleep(client);

	if (try_to_answer(answers)) {
		say("%s: the desk has sent its answer", way);
	} else {
		say("%s: no room for the answer: -1, EAGAIN", way);
		say("%s: without IPC_NOWAIT both would sleep for ever", way);
		// Make room once more. The client has no further question, so
		// this time the room stays free, and the answer gets in.
		take(questions, QUESTION);
		taken++;
		put(answers, ANSWER);
	}

	while (waitpid(client, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (status != 0)
		quit("the client has failed");
	// Take what is left: the second way needs an empty queue.
	while (taken < ASKED) {
		take(questions, QUESTION);
		taken++;
	}
}

int main(void)
{
	make_queues();
	make_small(first);
	make_small(second);
	play("wrong: one queue", first, first);
	play("right: two queues", first, second);
	return EXIT_SUCCESS;
}
