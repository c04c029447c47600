/*
 * pong - gives back each message as it comes, until end-of-file
 *
 *   ping  -- 64 bytes -->  [ pipe ]  -->  pong  -->  [ pipe ]  -->  ping
 *
 * A filter, started by ./ping with a pipe on each side; its own line goes to
 * the error output. Watch that it gives back what it got: an answer made up
 * by itself could be faster, and would prove nothing.
 */
#define _GNU_SOURCE
#include <unistd.h>

#include "../../common/lesson.h"

enum { SIZE = 64 };		// as in ping.c

// A pipe has no message boundaries: less than a whole one may come.
static ssize_t get_message(char msg[SIZE])
{
	ssize_t n, len = 0;

	while (len < SIZE) {
		n = read(0, msg + len, (size_t)(SIZE - len));
		if (n == -1)
			die("read");
		if (n == 0)	// the last writer has left
			break;
		len += n;
	}
	return len;
}

int main(void)
{
	long count = 0;
	char msg[SIZE];

	if (isatty(0))		// nobody is there to time it
		quit("start ./ping: it makes the pipes, then starts me");
	// Here it sleeps. That ping wakes it is most of what ping measures.
	while (get_message(msg) == SIZE) {
		if (write(1, msg, SIZE) != SIZE)
			die("write");
		count++;
	}
	fprintf(stderr, "%-9s| gave back %ld messages\n", "pong", count);
}
