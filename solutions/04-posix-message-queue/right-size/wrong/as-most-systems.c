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

int main(int argc, char **argv)
{
	char buf[8192];
	mqd_t queue;
	ssize_t n;

	if (argc != 2)
		quit("usage: ./notices NAME");
	queue = mq_open(argv[1], O_RDONLY);
	if (queue == (mqd_t)-1)
		die("mq_open");
	while ((n = mq_receive(queue, buf, sizeof buf, NULL)) > 0)
		print(buf, (size_t)n);
	if (n == -1)
		die("mq_receive");
	return EXIT_SUCCESS;
}
