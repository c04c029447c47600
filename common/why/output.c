/*
 * output.c - has all that a command said been written?
 *
 * A full disk shows itself when a buffer is flushed, at the latest in close();
 * exit() flushes as well, but does not look.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "output.h"

/* Seen before main(): what is opened later may take the place of a standard
 * output that the caller has closed. */
static int was_closed;

__attribute__((constructor)) static void look_at_output(void)
{
	was_closed = fcntl(STDOUT_FILENO, F_GETFD) == -1;
}

int output_failed(int err)
{
	if (err == EPIPE)	/* its reader has seen enough */
		return 2;
	fprintf(stderr, "The output cannot be written%s%s\n",
		err ? ": " : "", err ? strerror(err) : "");
	return 2;
}

int output_end(int status)
{
	int failed = ferror(stdout);
	int err = 0;

	if (was_closed) {
		err = output_failed(EBADF);
		return status ? status : err;
	}
	if (fclose(stdout) == EOF) {
		err = errno;
		failed = 1;
	}
	if (failed)
		return output_failed(err);
	return status;
}
