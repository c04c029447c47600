/*
 * letterbox - a FIFO of its own; prints what somebody writes into it
 *
 *   somebody --write()--> [ FIFO: PATH ] --read()--> letterbox --> stdout
 *
 *   ./letterbox door &		makes the FIFO, and waits
 *   echo 'dear Ada' > door	letterbox prints it, and ends
 *
 * The FIFO has gone when letterbox has ended.
 */
#include <fcntl.h>

#include "../../../common/lesson.h"

static const char *path;
static volatile sig_atomic_t is_ours;	// 1: we have made the FIFO

/* Called at the end, also at that by Ctrl-C. */
static void remove_fifo(void)
{
	if (is_ours)
		unlink(path);
}

static void make_fifo(void)
{
	// It makes a name, or says that there is one already: EEXIST.
	if (mkfifo(path, 0600) == -1)
		die("mkfifo");
	is_ours = 1;		// only now: that of somebody else stays
}

/* Open the FIFO. This waits until somebody opens it to write. */
static int open_fifo(void)
{
	// fopen() with "r" calls open() with O_RDONLY.
	FILE *letters = fopen(path, "r");

	if (!letters)
		die("fopen");
	return fileno(letters);
}

static void write_all(int to, const char *buf, size_t len)
{
	while (len > 0) {
		ssize_t n = write(to, buf, len);

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
		quit("usage: ./letterbox PATH");
	path = argv[1];
	remove_at_end(remove_fifo);
	hold_signals();		// Ctrl-C waits until is_ours is right
	make_fifo();
	let_signals();

	fd = open_fifo();
	while ((n = read(fd, buf, sizeof buf)) > 0)
		write_all(STDOUT_FILENO, buf, (size_t)n);
	if (n == -1)
		die("read");
	return EXIT_SUCCESS;
}
