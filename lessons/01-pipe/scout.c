/*
 * scout - writes its report, line by line, to its standard output
 *
 * Its partner ./camp starts it, with a pipe as standard output. The diagram is
 * in camp.c. The scout does not know about the pipe. You can start it by hand:
 *
 *   ./scout
 *   ./scout | wc -l
 *
 * Watch: it does not say "this was the last line". It just ends.
 */
#define _GNU_SOURCE			// for lesson.h
#include "../../common/lesson.h"

/* Write all of TEXT. One write() may take less than it is given. */
static void report(const char *text)
{
	size_t left = strlen(text);

	while (left > 0) {
		ssize_t n = write(STDOUT_FILENO, text, left);

		// EINTR: a signal came before the first byte went in. Nothing
		// is lost, so try again.
		if (n == -1 && errno == EINTR)
			continue;
		// If the camp has gone, write() does not return: the signal
		// SIGPIPE kills us. That is right: nobody wants the rest.
		if (n == -1)
			die("write");
		text += n;		// do not send these bytes twice
		left -= (size_t)n;
	}
}

int main(void)
{
	report("the river is high\n");
	report("the bridge stands\n");
	report("nobody is in sight\n");

	// When we exit, the kernel closes all that we have open. We were the
	// last writer of the pipe, so the camp reads end-of-file.
	return EXIT_SUCCESS;
}
