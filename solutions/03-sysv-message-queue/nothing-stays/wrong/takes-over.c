// EXPECT: fail=taken msg="ended with status 0"
/*
 * inbox - prints what comes into a queue of its own
 *
 *   anybody --msgsnd()--> [ queue KEY ] --msgrcv()--> inbox --> stdout
 *
 *   ./inbox 0x1c000abc		makes the queue with this key, prints each
 *				message, ends at an empty one
 *   ipcs -q			shows what is left afterwards
 */
#include <sys/msg.h>

#include "../../../common/lesson.h"

enum { ROOM = 256 };

static int queue = -1;

/* Only the queue that we have made: never one that was there before. */
static void remove_queue(void)
{
	if (queue != -1)
		msgctl(queue, IPC_RMID, NULL);
}

static void print_messages(void)
{
	struct { long type; char text[ROOM]; } m;
	ssize_t n;

	while ((n = msgrcv(queue, &m, sizeof m.text, 0, 0)) > 0)
		if (printf("%.*s\n", (int)n, m.text) < 0 ||
		    fflush(stdout) == EOF)
			die("printf");
	if (n == -1)
		die("msgrcv");
}

int main(int argc, char **argv)
{
	if (argc != 2)
		quit("usage: ./inbox KEY");
	remove_at_end(remove_queue);	// before there is one to leave
	queue = msgget((key_t)strtoul(argv[1], NULL, 0),
		       IPC_CREAT | 0600);
	if (queue == -1)
		die("msgget");
	print_messages();
	return EXIT_SUCCESS;
}
