/*
 * inbox - prints what comes into a queue of its own
 *
 *   anybody --msgsnd()--> [ queue KEY ] --msgrcv()--> inbox --> stdout
 *
 *   ./inbox 0x1c000abc		makes the queue with this key, prints each
 *				message, ends at an empty one
 *   ipcs -q			shows what is left afterwards
 */
#include <pthread.h>
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

/* The signals are blocked everywhere, and taken here. */
static void *take_signals(void *set)
{
	int sig;

	errno = sigwait(set, &sig);
	if (errno != 0)
		die("sigwait");
	exit(EXIT_FAILURE);
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
	static sigset_t set;
	pthread_t thread;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	if (pthread_sigmask(SIG_BLOCK, &set, NULL) != 0)
		quit("pthread_sigmask failed");
	signal(SIGPIPE, SIG_IGN);	// printf() says EPIPE
	if (atexit(remove_queue) != 0)
		quit("atexit: no room");
	queue = msgget((key_t)strtoul(argv[1], NULL, 0),
		       IPC_CREAT | IPC_EXCL | 0600);
	if (queue == -1)
		die("msgget");
	if (pthread_create(&thread, NULL, take_signals, &set) != 0)
		quit("pthread_create failed");
	print_messages();
	return EXIT_SUCCESS;
}
