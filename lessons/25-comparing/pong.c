/*
 * pong - gives back each ball that comes, until nobody plays any more
 *
 *   ping --(a ball)--> [ pipe or socket ] --> pong
 *   ping <-- [ pipe or socket ] <--(the same ball)-- pong
 *
 * Its partner ./ping starts it. A ball comes in at standard input, descriptor
 * 0, and goes back at standard output, descriptor 1. Pong does not know whether
 * they are pipes or sockets. So it does the same work for both ways.
 *
 * Watch: pong gives back the bytes that it has got. An answer of its own could
 * be faster, and ping could not tell whether the ball ever came.
 */
#define _GNU_SOURCE			// for lesson.h
#include "../../common/lesson.h"

enum { SIZE = 64 };		// bytes of a ball, as in ping.c

/* Wait for a whole ball, and return 1. Return 0 at end-of-file: no more balls
 * come. */
static int take_ball(char ball[SIZE])
{
	size_t have = 0;	// bytes of the ball that have come

	// A pipe does not know what a ball is. One read() may bring a part.
	while (have < SIZE) {
		ssize_t n = read(STDIN_FILENO, ball + have, SIZE - have);

		// EINTR: a signal came before a byte did. Read again.
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			die("read");
		if (n == 0 && have > 0)
			quit("the last ball is not whole: %zu bytes", have);
		if (n == 0)
			return 0;
		have += (size_t)n;
	}
	return 1;
}

static void give_back(const char ball[SIZE])
{
	size_t gone = 0;	// bytes of the ball that are on their way

	while (gone < SIZE) {
		ssize_t n = write(STDOUT_FILENO, ball + gone, SIZE - gone);

		if (n == -1 && errno == EINTR)
			continue;
		// If ping has gone, the signal SIGPIPE kills us here. That is
		// right: nobody waits for this ball.
		if (n == -1)
			die("write");
		gone += (size_t)n;
	}
}

int main(void)
{
	char ball[SIZE];

	if (isatty(STDIN_FILENO))
		quit("start ./ping: it starts me, and throws the balls");

	// We sleep in take_ball() until ping throws the next ball.
	while (take_ball(ball))
		give_back(ball);
	return EXIT_SUCCESS;
}
