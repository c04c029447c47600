// EXPECT: fail=order msg="the output of drain differs"
/*
 * drain - writes each message of a queue to stdout, whole
 *
 *   anybody --msgsnd()--> [ 5 | 3000 | 12 | ... ] --> drain --> stdout
 *                           bytes, up to kernel.msgmax
 *
 *   ./drain KEY		the queue exists; for each message: its size, a
 *			blank, its bytes, a newline. Ends at an empty one
 */
#include <sys/msg.h>

#include "../../../common/lesson.h"

struct message {
	long type;
	char data[];
};

static struct message *m;
static size_t room;		/* bytes that m->data has room for */

static void make_room(size_t bytes)
{
	room = bytes;
	m = realloc(m, sizeof *m + room);
	if (!m)
		die("realloc");
}

enum { LONG = 65536 };

static struct message *late[99];
static size_t late_size[99], lates;

/* Take the oldest message into m. Returns its size. */
static size_t take(int queue)
{
	ssize_t n;

	// Short ones must not wait for a long one: put it aside.
	while ((n = msgrcv(queue, m, room, 0, 0)) == -1) {
		if (errno != E2BIG)
			die("msgrcv");
		late[lates] = malloc(sizeof *m + LONG);
		if (!late[lates])
			die("malloc");
		n = msgrcv(queue, late[lates], LONG, 0, 0);
		if (n == -1)
			die("msgrcv");
		late_size[lates++] = (size_t)n;
	}
	return (size_t)n;
}

static void print(const char *data, size_t n)
{
	printf("%zu ", n);
	fwrite(data, 1, n, stdout);
	putchar('\n');
	if (fflush(stdout) == EOF)
		die("stdout");
}

int main(int argc, char **argv)
{
	int queue;
	size_t n;

	if (argc != 2)
		quit("usage: ./drain KEY");
	queue = msgget((key_t)strtoul(argv[1], NULL, 0), 0);
	if (queue == -1)
		die("msgget");
	make_room(64);
	while ((n = take(queue)) > 0)
		print(m->data, n);
	for (size_t i = 0; i < lates; i++)
		print(late[i]->data, late_size[i]);
	return EXIT_SUCCESS;
}
