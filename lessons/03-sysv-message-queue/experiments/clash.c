/*
 * clash - two programs have got the same key, and neither of them knows it
 *
 *   Here one process plays both programs.
 *
 *   ftok() makes a key from a file and a number. But ftok() takes only eight
 *   bits of the number, and 1 and 257 have the same eight bits.
 *
 * Watch: in the wrong way no call fails, and a letter is lost.
 *
 * Try: in the right way, leave out IPC_CREAT and keep IPC_EXCL. What does the
 * second program notice now?
 */
#define _GNU_SOURCE			// for lesson.h
#include <sys/msg.h>

#include "../../../common/lesson.h"

struct message {
	long type;
	char text[32];
};

// The key that both programs use. We do not take it from ftok(): a real program
// might have that key, and we must not touch the queue of a real program.
static key_t their_key;

// The queue of the first program. -1: not made yet. Then remove_queue() does
// nothing.
static int queue = -1;

static void remove_queue(void)
{
	msgctl(queue, IPC_RMID, NULL);	// NULL: this command needs no data
}

static void first_program_begins(void)
{
	hold_signals();
	remove_at_end(remove_queue);
	queue = msgget(their_key, IPC_CREAT | IPC_EXCL | 0600);
	if (queue == -1 && errno == EEXIST)
		quit("another ./clash is running; if it was killed, remove what"
		     " it left: ipcrm -Q 0x%x", (unsigned)their_key);
	if (queue == -1)
		die("msgget");
	let_signals();
}

static key_t key_of_folder(int number)
{
	key_t key = ftok(".", number);

	if (key == -1)
		die("ftok");
	return key;
}

static const char *compare(key_t one, key_t other)
{
	if (one == other)
		return "one key";
	return "two keys";
}

static void show_keys(void)
{
	key_t with_1 = key_of_folder(1);
	key_t with_2 = key_of_folder(2);
	key_t with_257 = key_of_folder(257);
	const char *result;

	result = compare(with_1, with_2);
	say("ftok() of one file with 1 and 2: %s", result);
	result = compare(with_1, with_257);
	say("ftok() of one file with 1 and 257: %s", result);
}

static void send_to_first_program(const char *text)
{
	struct message message = { .type = 1 };

	strcpy(message.text, text);
	// 0: no flag.
	if (msgsnd(queue, &message, sizeof message.text, 0) == -1)
		die("msgsnd");
}

/* WRONG: IPC_CREAT alone makes a queue, or finds one that is there. The program
 * is not told which of the two has happened. */
static void second_program_wrong(void)
{
	struct message message;
	int mine = msgget(their_key, IPC_CREAT | 0600);

	if (mine == -1)
		die("msgget, second program");
	// 0: a message of any type.
	if (msgrcv(mine, &message, sizeof message.text, 0, IPC_NOWAIT) == -1)
		die("msgrcv");
	say("wrong: the second program has taken: %s", message.text);
}

static void second_program_right(void)
{
	int mine = msgget(their_key, IPC_CREAT | IPC_EXCL | 0600);

	if (mine != -1)
		quit("the second program has not noticed the first one");
	if (errno != EEXIST)
		die("msgget, second program");
	say("right: with IPC_EXCL the second program is told: -1, %s",
	    errno_name(errno));
}

int main(void)
{
	their_key = own_key(2);		// 0 and 1 are the keys of ./desk
	show_keys();
	first_program_begins();
	send_to_first_program("a letter to the first one");
	second_program_wrong();
	second_program_right();
	return EXIT_SUCCESS;
}
