/*
 * server - answers the requests of ask, one after the other, by hand
 *
 *   ./server REQUESTS REPLIES		makes both queues, and removes them at
 *					its end: Ctrl-C
 *
 * It answers when you press Enter: until then all requests wait, so that you
 * can start several clients, and see whose reply each one takes.
 */
#include <sys/msg.h>

#include "../../../common/lesson.h"

enum { ROOM = 64 };		/* as in ask.c */

struct request {
	long type;
	long from;
	char word[ROOM];
};

struct reply {
	long type;
	char text[ROOM];
};

static int requests = -1;
static int replies = -1;

static void remove_queues(void)
{
	if (requests != -1)
		msgctl(requests, IPC_RMID, NULL);
	if (replies != -1)
		msgctl(replies, IPC_RMID, NULL);
}

static int make_queue(const char *key)
{
	int id = msgget((key_t)strtoul(key, NULL, 0),
			IPC_CREAT | IPC_EXCL | 0600);

	if (id == -1)
		die("msgget, make a queue");
	return id;
}

/* The next request, if one lies there. Returns 1, or 0 if there is none. */
static int take(struct request *r)
{
	ssize_t n = msgrcv(requests, r, sizeof *r - sizeof r->type, 0,
			   IPC_NOWAIT);

	if (n == -1 && errno != ENOMSG)
		die("msgrcv");
	return n != -1;
}

static void answer(const struct request *r)
{
	struct reply reply = { .type = r->from };

	snprintf(reply.text, ROOM, "re: %.50s", r->word);
	if (msgsnd(replies, &reply, sizeof reply.text, IPC_NOWAIT) == -1)
		die("msgsnd");
	printf("to %ld: %s\n", r->from, reply.text);
}

int main(int argc, char **argv)
{
	struct request r = { .from = 0 };

	if (argc != 3)
		quit("usage: server REQUESTS REPLIES");
	hold_signals();
	remove_at_end(remove_queues);
	requests = make_queue(argv[1]);
	replies = make_queue(argv[2]);
	let_signals();
	puts("Start clients, then press Enter. Ctrl-C ends me.");
	while (getchar() != EOF)
		while (take(&r))
			answer(&r);
	return EXIT_SUCCESS;
}
