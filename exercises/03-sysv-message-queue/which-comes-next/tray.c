/*
 * tray - which message comes next, when each has a type
 *
 *   the oldest --> [ 3 tea | 2 rice | 1 soup | 1 cake | 4 milk ]
 *
 * Predict what it prints before you run it. answers.txt asks for each line.
 */
#include <sys/msg.h>

#include "../../../common/lesson.h"

struct message {
	long type;
	char name[8];
};

static int queue = -1;

static void remove_queue(void)
{
	if (queue != -1)
		msgctl(queue, IPC_RMID, NULL);
}

static void put(long type, const char *name)
{
	struct message m = { .type = type };

	snprintf(m.name, sizeof m.name, "%s", name);
	if (msgsnd(queue, &m, sizeof m.name, 0) == -1)
		die("msgsnd");
}

/* Take one message out of the queue, and print its name. TYPE says which one is
 * wanted. If none suits, do not wait (IPC_NOWAIT), and print "nothing". */
static void take(const char *which, long type)
{
	struct message m;
	ssize_t n = msgrcv(queue, &m, sizeof m.name, type, IPC_NOWAIT);

	if (n != -1)
		printf("%s: %s\n", which, m.name);
	else if (errno == ENOMSG)
		printf("%s: nothing\n", which);
	else
		die("msgrcv");
}

int main(void)
{
	struct msqid_ds about;

	/* A new queue, of this program alone, which has gone at its end. */
	remove_at_end(remove_queue);
	hold_signals();
	queue = msgget(IPC_PRIVATE, 0600);
	if (queue == -1)
		die("msgget");
	let_signals();

	put(3, "tea");
	put(2, "rice");
	put(1, "soup");
	put(1, "cake");
	put(4, "milk");

	take("first", 0);		/* 1 */
	take("second", 1);		/* 2 */
	take("third", -3);		/* 3 */
	take("fourth", 3);		/* 4 */

	/* 5: How many messages are in the queue now? */
	if (msgctl(queue, IPC_STAT, &about) == -1)
		die("msgctl");
	printf("left: %lu\n", (unsigned long)about.msg_qnum);
	return EXIT_SUCCESS;
}
