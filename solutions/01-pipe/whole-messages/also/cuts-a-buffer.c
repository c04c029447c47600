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

static unsigned char store[MAX + sizeof(uint32_t)];
static size_t have;		// bytes in it

static void report(const unsigned char *text, size_t len)
{
	unsigned sum = 0;

	for (size_t i = 0; i < len; i++)
		sum += text[i];
	printf("%zu bytes, sum %u\n", len, sum);
	if (fflush(stdout) == EOF)	// at once: somebody may wait for it
		die("fflush");
}

/* Take a whole message off the front. Returns 0 if there is none. */
static int take_message(void)
{
	uint32_t len;

	if (have < sizeof len)
		return 0;
	memcpy(&len, store, sizeof len);
	len = ntohl(len);
	if (len > MAX)
		quit("a message of %u bytes is too long", (unsigned)len);
	if (have < sizeof len + len)
		return 0;
	report(store + sizeof len, len);
	have -= sizeof len + len;
	memmove(store, store + sizeof len + len, have);
	return 1;
}

int main(void)
{
	ssize_t n;

	for (;;) {
		n = read(STDIN_FILENO, store + have, sizeof store - have);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			die("read");
		if (n == 0)
			break;
		have += (size_t)n;
		while (take_message())
			;
	}
	if (have > 0)
		quit("the stream ends within a message");
	return EXIT_SUCCESS;
}
