/*
 * eof - end-of-file comes when the last writer leaves, and goes when a new
 * writer comes
 *
 *   Ann, then Bob --> [ FIFO ] --read()--> we, the server
 *
 * One process plays all three. When Ann comes, this process opens the FIFO to
 * write. When Ann leaves, this process closes that descriptor. Nobody writes a
 * byte.
 *
 * As the server, we have opened the FIFO to read with O_NONBLOCK. So where
 * read() would wait, it returns -1 with EAGAIN.
 *
 * Watch: in the wrong way read() returns 0 before Ann comes, and again when she
 * has left. In the right way we have an end to write, too: our own end. While
 * our own end is open, read() does not return 0.
 *
 * Try: in right_way(), move the line close_end(own_end) up, to just before the
 * look() that says "Bob was here". Which lines say 0 now?
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>

#include "../../../common/experiment.h"

static char path[OWN_PATH];	// where the FIFO is

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

/* Call read() once, and say what it has returned. */
static void look(int fd, const char *when)
{
	char bytes[100];
	ssize_t n = read(fd, bytes, sizeof bytes);

	if (n == -1)
		say("%s: read() returns -1, %s", when, errno_name(errno));
	else
		say("%s: read() returns %zd", when, n);
}

static void wrong_way(int fd)
{
	int ann;
	int bob;

	look(fd, "wrong: nobody has come yet");
	ann = open_fifo(O_WRONLY);
	look(fd, "wrong: Ann is here, and silent");
	close_end(ann);
	look(fd, "wrong: Ann has left");
	look(fd, "wrong: and once more");
	bob = open_fifo(O_WRONLY);
	look(fd, "wrong: Bob is here, and silent");
	close_end(bob);
}

static void right_way(int fd)
{
	int own_end = open_fifo(O_WRONLY);
	int ann;
	int bob;

	look(fd, "right: our own end is open, nobody has come");
	ann = open_fifo(O_WRONLY);
	close_end(ann);
	look(fd, "right: Ann was here, and has left");
	bob = open_fifo(O_WRONLY);
	close_end(bob);
	look(fd, "right: Bob was here, and has left");
	close_end(own_end);
	look(fd, "right: we have closed our own end");
}

int main(void)
{
	int fd;			// our end to read

	make_fifo();
	fd = open_fifo(O_RDONLY | O_NONBLOCK);
	wrong_way(fd);
	right_way(fd);
	return EXIT_SUCCESS;
}
