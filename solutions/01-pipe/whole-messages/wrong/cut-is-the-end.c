// EXPECT: fail=cut msg="must end with status 1"
/*
 * inbox - cuts the stream on stdin into messages, and reports each one
 *
 *   stdin: | length | bytes ... | length | bytes ... | length | ...
 *
 * A length is 4 bytes, the highest first (network order); it does not count
 * itself. Two messages, "hello" and an empty one:
 *
 *   printf '\0\0\0\5hello\0\0\0\0' | ./inbox
 *
 * prints "5 bytes, sum 532" and "0 bytes, sum 0". The sum is that of the bytes.
 */
#include <arpa/inet.h>

#include "../../../common/lesson.h"

enum { MAX = 200000 };		// bytes of the longest message

static unsigned char text[MAX];

/* Fill BUF with LEN bytes of FD. Returns how many there were: LEN, or fewer
 * if the stream ends before. */
static size_t read_whole(int fd, void *buf, size_t len)
{
	size_t have = 0;

	while (have < len) {
		ssize_t n = read(fd, (char *)buf + have, len - have);

		if (n == -1 && errno == EINTR)
			continue;	// a signal came, no byte is lost
		if (n == -1)
			die("read");
		if (n == 0)
			break;		// no writer is left
		have += (size_t)n;
	}
	return have;
}

static void report(size_t len)
{
	unsigned sum = 0;

	for (size_t i = 0; i < len; i++)
		sum += text[i];
	printf("%zu bytes, sum %u\n", len, sum);
	if (fflush(stdout) == EOF)	// at once: somebody may wait for it
		die("fflush");
}

/* Report one message. Returns 0 if the stream ends before it, else 1. */
static int next_message(void)
{
	uint32_t len;
	size_t n = read_whole(STDIN_FILENO, &len, sizeof len);

	if (n == 0)
		return 0;
	if (n < sizeof len)
		return 0;
	len = ntohl(len);
	if (len > MAX)			// or it would not fit into text[]
		quit("a message of %u bytes is too long", (unsigned)len);
	if (read_whole(STDIN_FILENO, text, len) < len)
		return 0;
	report(len);
	return 1;
}

int main(void)
{
	while (next_message())
		;
	return EXIT_SUCCESS;
}
