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

/* Then msgrcv() fails with EIDRM, or EINVAL, wherever the signal came. Before
 * there is a queue, nothing would fail: that ends here. */
static void on_signal(int sig)
{
	int err = errno;

	(void)sig;
	if (queue == -1)
		_exit(EXIT_FAILURE);
	remove_queue();
	errno = err;
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
	static const int ends[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction act = { .sa_handler = on_signal };

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (sigaction(ends[i], &act, NULL) == -1)
			die("sigaction");
	signal(SIGPIPE, SIG_IGN);	// printf() says EPIPE
	if (atexit(remove_queue) != 0)
		quit("atexit: no room");
	// A signal that comes before the number is stored has to wait.
	hold_signals();
	queue = msgget((key_t)strtoul(argv[1], NULL, 0),
		       IPC_CREAT | IPC_EXCL | 0600);
	if (queue == -1)
		die("msgget");
	let_signals();
	print_messages();
	return EXIT_SUCCESS;
}
