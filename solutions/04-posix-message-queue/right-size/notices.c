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

#include "../../../common/lesson.h"

static void print(const char *data, size_t n)
{
	printf("%zu ", n);
	fwrite(data, 1, n, stdout);
	putchar('\n');
	if (fflush(stdout) == EOF)
		die("stdout");
}

//> solution
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

//> end
int main(int argc, char **argv)
{
//> solution
	size_t size;
	char *buf;
//> starter
//|	char buf[256];		// TODO: long enough, for any queue
//> end
	mqd_t queue;
	ssize_t n;

	if (argc != 2)
		quit("usage: ./notices NAME");
	queue = mq_open(argv[1], O_RDONLY);
	if (queue == (mqd_t)-1)
		die("mq_open");
//> solution
	buf = buffer_for(queue, &size);
	while ((n = mq_receive(queue, buf, size, NULL)) > 0)
//> starter
//|	while ((n = mq_receive(queue, buf, sizeof buf, NULL)) > 0)
//> end
		print(buf, (size_t)n);
	if (n == -1)
		die("mq_receive");
	return EXIT_SUCCESS;
}
