/*
 * painter - paints the pictures that come, a few bytes at a time
 *
 * Its partner ./camera starts it, with a pipe as standard input. The diagram is
 * in camera.c. The painter does not know about the pipe. You can start it by
 * hand:
 *
 *   head -c 4000000 /dev/zero | ./painter
 *
 * Watch: there is nothing here that holds the camera back. The painter just
 * does not read faster than it can paint.
 */
#define _GNU_SOURCE			// for lesson.h
#include "../../common/lesson.h"

enum { PICTURE = 2000000 };	// bytes of a picture, as in camera.c
enum { STROKE = 500 };		// bytes that it can paint at a time

int main(void)
{
	char stroke[STROKE];
	size_t painted = 0;	// how many bytes of this picture
	int number = 1;		// which picture this is

	for (;;) {
		size_t missing = PICTURE - painted;
		size_t want = STROKE;
		ssize_t n;

		// Do not read bytes of the next picture.
		if (missing < STROKE)
			want = missing;
		n = read(STDIN_FILENO, stroke, want);

		// EINTR: a signal has ended the wait. No byte is lost, so read
		// again.
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			die("read");
		if (n == 0)	// end-of-file: no process can write any more
			break;

		// The n bytes are in stroke now. A painter of yours would use
		// them here. This one only counts them.
		painted += (size_t)n;
		if (painted == PICTURE) {
			say("picture %d is painted", number);
			number++;
			painted = 0;
		}
	}

	// A camera that is killed half-way causes end-of-file, too.
	if (painted > 0)
		quit("the camera has gone: picture %d is not complete", number);
	return EXIT_SUCCESS;
}
