/*
 * enxio - open() with O_NONBLOCK does not wait: who gets ENXIO, and when?
 *
 *   we --open(O_WRONLY | O_NONBLOCK)--> [ FIFO ]    does anybody read?
 *
 * Watch: only a writer gets ENXIO. If there is no FIFO at all, open() with
 * O_CREAT gives no error, but it makes an ordinary file.
 *
 * Try: in the second try_open() of main(), write O_RDWR instead of O_WRONLY.
 * What does the second line say now, and who would be the reader?
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
	own_path(path, "enxio");

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

/* Open with FLAGS, say what open() returned, and close again. 0600 is the mode
 * of a file that open() makes: without O_CREAT the call does not look at it. */
static void try_open(const char *when, int flags)
{
	int fd = open(path, flags, 0600);

	if (fd == -1) {
		say("%s: -1, %s", when, errno_name(errno));
		return;
	}
	say("%s: it returns at once", when);
	if (close(fd) == -1)
		die("close");
}

int main(void)
{
	struct stat file;
	int reader;

	make_fifo();

	try_open("to read, and nobody writes", O_RDONLY | O_NONBLOCK);
	try_open("to write, and nobody reads", O_WRONLY | O_NONBLOCK);

	reader = open(path, O_RDONLY | O_NONBLOCK);
	if (reader == -1)
		die("open, reader");
	try_open("to write, and somebody reads", O_WRONLY | O_NONBLOCK);
	if (close(reader) == -1)
		die("close");
	try_open("to write, and the reader has left", O_WRONLY | O_NONBLOCK);

	// Now there is no FIFO at all.
	if (unlink(path) == -1)
		die("unlink");
	try_open("right: no FIFO, without O_CREAT", O_WRONLY | O_NONBLOCK);
	try_open("wrong: no FIFO, with O_CREAT",
		 O_WRONLY | O_NONBLOCK | O_CREAT);
	// What is it? stat() tells, and S_ISREG() is true for an ordinary file.
	if (stat(path, &file) == -1)
		die("stat");
	if (!S_ISREG(file.st_mode))
		quit("O_CREAT has not made an ordinary file");
	say("wrong: that has made an ordinary file of this name");
	return EXIT_SUCCESS;
}
