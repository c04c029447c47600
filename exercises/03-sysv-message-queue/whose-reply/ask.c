/*
 * ask - asks a server, and prints what it answers
 *
 *   this ask ----\                               /--> this ask
 *                 > [ requests ] > server > [ replies ]
 *   another ask -/                               \--> another ask
 *
 *   ./ask REQUESTS REPLIES WORD...	the keys of two queues that the server
 *					has made; prints a line for each word
 */
#include <sys/msg.h>

#include "../../../common/lesson.h"

enum { ROOM = 64 };		/* bytes of a text, with its NUL */

struct request {
	long type;		/* 1 */
	long from;		/* the server gives its reply this type */
	char word[ROOM];
};

struct reply {
	long type;		/* the `from' of the request */
	char text[ROOM];
};

static int queue(const char *key)
{
	int id = msgget((key_t)strtoul(key, NULL, 0), 0);

	if (id == -1)
		die("msgget");
	return id;
}

static void ask(int requests, const char *word)
{
	struct request r = { .type = 1, .from = getpid() };

	snprintf(r.word, sizeof r.word, "%s", word);
	if (msgsnd(requests, &r, sizeof r - sizeof r.type, 0) == -1)
		die("msgsnd");
}

static void print_reply(int replies)
{
	struct reply r;

	// TODO: print the reply to this program, and not to another one.
	if (msgrcv(replies, &r, sizeof r.text, 0, 0) == -1)
		die("msgrcv");
	if (printf("%s\n", r.text) < 0 || fflush(stdout) == EOF)
		die("printf");
}

int main(int argc, char **argv)
{
	int requests, replies;

	if (argc < 4)
		quit("usage: ./ask REQUESTS REPLIES WORD...");
	requests = queue(argv[1]);
	replies = queue(argv[2]);
	for (int i = 3; i < argc; i++) {
		ask(requests, argv[i]);
		print_reply(replies);
	}
	return EXIT_SUCCESS;
}
