/*
 * eof - end-of-file comes when the last writer leaves, and goes when one comes
 *
 *   Ann, then Bob --write()--> [ FIFO ] --read()--> we
 *
 * We open our end with O_NONBLOCK. So read() does not wait: where it would, it
 * returns -1 with EAGAIN.
 *
 * Watch: read() returns 0 before Ann, and between Ann and Bob. With a write end
 * of our own it never does, until we close that.
 *
 * Try: in main(), move the line close_end(own_end) up, in front of the look()
 * that says "Bob was here". Which lines say 0 now?
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>

#include "../../../common/experiment.h"

static char path[OWN_PATH];	// global, because remove_fifo() needs it

static void remove_fifo(void)
{
	unlink(path);		// fails only if it has gone already
}

static void make_fifo(void)
{
	own_path(path, "eof");

	hold_signals();
	if (mkfifo(path, 0600) == -1) {
		if (errno == EEXIST)
			quit("another one runs; if it was killed, remove what"
			     " it left: rm %s", path);
		die("mkfifo");
	}
	remove_at_end(remove_fifo);
	let_signals();
}

static int open_fifo(int flags)
{
	int fd = open(path, flags);

	if (fd == -1)
		die("open");
	return fd;
}

static void close_end(int fd)
{
	if (close(fd) == -1)
		die("close");
}

/* Call read() once and say what it returned. */
static void look(int fd, const char *when)
{
	char bytes[100];
	ssize_t n = read(fd, bytes, sizeof bytes);

	if (n == -1)
		say("%s: read() returns -1, %s", when, errno_name(errno));
	else
		say("%s: read() returns %zd", when, n);
}

int main(void)
{
	int reader;
	int writer;
	int own_end;

	make_fifo();
	reader = open_fifo(O_RDONLY | O_NONBLOCK);

	look(reader, "wrong: nobody has come yet");
	writer = open_fifo(O_WRONLY);
	look(reader, "wrong: Ann is here, and silent");
	close_end(writer);
	look(reader, "wrong: Ann has left");
	look(reader, "wrong: and once more");
	writer = open_fifo(O_WRONLY);
	look(reader, "wrong: Bob is here, and silent");
	close_end(writer);

	own_end = open_fifo(O_WRONLY);
	look(reader, "right: our own end is open, nobody has come");
	writer = open_fifo(O_WRONLY);
	close_end(writer);
	look(reader, "right: Ann was here, and has left");
	writer = open_fifo(O_WRONLY);
	close_end(writer);
	look(reader, "right: Bob was here, and has left");
	close_end(own_end);
	look(reader, "right: we have closed our own end");
	return EXIT_SUCCESS;
}
