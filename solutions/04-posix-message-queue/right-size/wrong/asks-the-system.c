// EXPECT: fail=any msg="nobody asks it again"
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

/* A buffer for the longest message that any queue allows: *SIZE bytes. */
static char *buffer_for(size_t *size)
{
	char *buf;
	FILE *f;

	f = fopen("/proc/sys/fs/mqueue/msgsize_max", "r");
	if (!f || fscanf(f, "%zu", size) != 1)
		die("msgsize_max");
	fclose(f);
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
	ssize_t n;

	if (argc != 2)
		quit("usage: ./notices NAME");
	queue = mq_open(argv[1], O_RDONLY);
	if (queue == (mqd_t)-1)
		die("mq_open");
	buf = buffer_for(&size);
	while ((n = mq_receive(queue, buf, size, NULL)) > 0)
		print(buf, (size_t)n);
	if (n == -1)
		die("mq_receive");
	return EXIT_SUCCESS;
}
