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

//> solution
/* Only the queue that we have made: never one that was there before. */
static void remove_queue(void)
{
	if (queue != -1)
		msgctl(queue, IPC_RMID, NULL);
}

//> end
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
//> solution
	remove_at_end(remove_queue);	// before there is one to leave
	// A signal that comes between msgget() and the store of its number
	// would find nothing to remove: such signals wait.
	hold_signals();
//> end
	queue = msgget((key_t)strtoul(argv[1], NULL, 0),
		       IPC_CREAT | IPC_EXCL | 0600);
	if (queue == -1)
		die("msgget");
//> solution
	let_signals();
//> end
	print_messages();
//> starter
//|	// TODO: this line is reached by one way out of many.
//|	if (msgctl(queue, IPC_RMID, NULL) == -1)
//|		die("msgctl");
//> end
	return EXIT_SUCCESS;
}
