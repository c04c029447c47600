/*
 * notices - writes each message of a queue to stdout
 *
 *   anybody --mq_send()--> [ /queue ] --mq_receive()--> notices --> stdout
 *                            made by others, with a mq_msgsize of their choice
 *
 *   ./notices /queue	for each message: its size, a blank, its bytes, a
 *			newline. Waits for the next; ends at an empty one
 */
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>

#include "../../../common/lesson.h"

static void print(const char *data, size_t n)
{
	printf("%zu ", n);
	fwrite(data, 1, n, stdout);
	putchar('\n');
	if (fflush(stdout) == EOF)
		die("stdout");
}

/* A buffer for the longest message that the queue allows: *SIZE bytes. */
static char *buffer_for(mqd_t queue, size_t *size)
{
	struct mq_attr attr;
	char *buf;

	if (mq_getattr(queue, &attr) == -1)
		die("mq_getattr");
	*size = (size_t)attr.mq_msgsize;
	buf = malloc(*size);
	if (!buf)
		die("malloc");
	return buf;
}

int main(int argc, char **argv)
{
	size_t size;
	char *buf;
	mqd_t queue;
	struct pollfd p = { .events = POLLIN };
	ssize_t n = -1;

	if (argc != 2)
		quit("usage: ./notices NAME");
	queue = mq_open(argv[1], O_RDONLY | O_NONBLOCK);
	if (queue == (mqd_t)-1)
		die("mq_open");
	p.fd = queue;
	buf = buffer_for(queue, &size);
	// The queue is a descriptor, too: wait for it as for any other.
	while (n != 0) {
		if (poll(&p, 1, -1) == -1)
			die("poll");
		n = mq_receive(queue, buf, size, NULL);
		if (n == -1)
			die("mq_receive");
		if (n > 0)
			print(buf, (size_t)n);
	}
	return EXIT_SUCCESS;
}
