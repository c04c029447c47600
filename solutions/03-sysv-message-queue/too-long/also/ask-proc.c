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

/* The longest message that the system allows. */
static size_t longest(void)
{
	FILE *f = fopen("/proc/sys/kernel/msgmax", "r");
	size_t n;

	if (!f || fscanf(f, "%zu", &n) != 1)
		die("/proc/sys/kernel/msgmax");
	fclose(f);
	return n;
}

/* Take the oldest message into m. Returns its size. */
static size_t take(int queue)
{
	ssize_t n;

	while ((n = msgrcv(queue, m, room, 0, 0)) == -1) {
		if (errno != E2BIG)
			die("msgrcv");
		make_room(longest());	// it has been raised since
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
	make_room(longest());
	while ((n = take(queue)) > 0)
		print(m->data, n);
	return EXIT_SUCCESS;
}
