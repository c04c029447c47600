// EXPECT: fail=missing,errors msg="status 1 is right here"
/*
 * ring - hands a message to whoever reads a FIFO, if anybody does
 *
 *   stdin --> ring --write()--> [ FIFO: PATH ] --read()--> a reader, or nobody
 *
 *   mkfifo bell
 *   echo 'a parcel' | ./ring bell	says that nobody is there
 *   cat bell &
 *   echo 'a parcel' | ./ring bell	now cat prints it
 *
 * Status 0: all of the message has gone in. 2: nobody reads, or the reader has
 * left. 1: something else failed.
 */
#include <fcntl.h>

#include "../../../common/lesson.h"

enum { NOBODY = 2 };

_Noreturn static void nobody(const char *path)
{
	fprintf(stderr, "ring: nobody reads %s\n", path);
	exit(NOBODY);
}

/* Open the FIFO, for writes that wait while it is full. */
static int open_fifo(const char *path)
{
	// Without O_NONBLOCK it would wait for a reader, perhaps for ever.
	int fd = open(path, O_WRONLY | O_NONBLOCK);

	if (fd == -1)
		nobody(path);
	// That was for open(). A write() to a full FIFO shall wait.
	if (fcntl(fd, F_SETFL, 0) == -1)
		die("fcntl");
	return fd;
}

static void write_all(int to, const char *buf, size_t len, const char *path)
{
	while (len > 0) {
		ssize_t n = write(to, buf, len);

		if (n == -1 && errno == EPIPE)
			nobody(path);	// the reader has left
		if (n == -1)
			die("write");
		buf += n;
		len -= (size_t)n;
	}
}

int main(int argc, char **argv)
{
	char buf[4096];
	ssize_t n;
	int fd;

	if (argc != 2)
		quit("usage: ./ring PATH");
	if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)	// EPIPE instead
		die("signal");
	fd = open_fifo(argv[1]);
	while ((n = read(STDIN_FILENO, buf, sizeof buf)) > 0)
		write_all(fd, buf, (size_t)n, argv[1]);
	if (n == -1)
		die("read");
	return EXIT_SUCCESS;
}
