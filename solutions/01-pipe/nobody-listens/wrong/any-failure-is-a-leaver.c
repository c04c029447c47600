// EXPECT: fail=full,errors msg="status 1 is right here"
/*
 * deliver - writes numbered lines to stdout, and keeps a lock meanwhile
 *
 *   deliver --write()--> [ pipe ] --read()--> a reader that may leave
 *
 *   ./deliver 5 lock | cat
 *   ./deliver 100000 lock | head -n 2; ls lock
 *
 * While it works, the file `lock' exists. At the end it removes the lock and
 * says on stderr how many lines were taken: "deliver: 5 of 5 lines taken".
 * Status 0: all were. 3: the reader has left. 1: something else failed.
 */
#include <fcntl.h>

#include "../../../common/lesson.h"

enum { LEFT = 3 };		// the status when nobody reads any more

/* Write COUNT lines. Returns how many were taken; if that is fewer, errno
 * says why. */
static int deliver(int count)
{
	char line[32];

	for (int i = 0; i < count; i++) {
		int len = snprintf(line, sizeof line, "parcel %d\n", i + 1);

		if (write(STDOUT_FILENO, line, (size_t)len) == -1)
			return i;
	}
	return count;
}

static void lock(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);

	if (fd == -1)
		die("open");
	if (close(fd) == -1)
		die("close");
}

int main(int argc, char **argv)
{
	int count, taken, err;

	if (argc != 3)
		quit("usage: ./deliver COUNT LOCK");
	count = atoi(argv[1]);
	lock(argv[2]);
	// Without a reader write() shall return, not kill.
	if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		die("signal");
	taken = deliver(count);
	err = errno;
	if (unlink(argv[2]) == -1)
		die("unlink");
	fprintf(stderr, "deliver: %d of %d lines taken\n", taken, count);
	if (taken == count)
		return EXIT_SUCCESS;
	fprintf(stderr, "deliver: the reader has left\n");
	(void)err;
	return LEFT;
}
