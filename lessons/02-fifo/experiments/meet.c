/*
 * meet - open() of a FIFO waits until the other side opens it, too
 *
 *   a reader --open()--> [ FIFO ] <--open()-- a writer
 *
 * Watch: nobody calls read() or write() here. All the waiting is in open(). A
 * second reader does not help the first one: both need a writer.
 *
 * Try: in opens_both(), write O_RDWR instead of O_RDONLY. What does the
 * program say now, and who is the other side?
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

static char path[OWN_PATH];	// where the FIFO is

static void remove_fifo(void)
{
	unlink(path);		// fails only if it has gone already
}

static void make_fifo(void)
{
	own_path(path, "meet");

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

/* A child calls one of the next three functions, and ends. Then the kernel
 * closes what the child has opened. */
static void opens_to_read(void)
{
	open_fifo(O_RDONLY);
}

static void opens_to_write(void)
{
	open_fifo(O_WRONLY);
}

static void opens_both(void)
{
	// The first call waits for a writer. With the second call we would be
	// a writer ourselves. But the first call does not return.
	open_fifo(O_RDONLY);
	open_fifo(O_WRONLY);
}

static pid_t start_child(void (*work)(void))
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child == -1)
		die("fork");
	if (child == 0) {
		// If the parent is killed, nobody else opens the FIFO, and the
		// child would wait for ever.
		if (!end_with_parent(parent))
			die("end_with_parent");
		work();
		exit(EXIT_SUCCESS);
	}
	return child;
}

/* Wait until CHILD has ended. Return its status. */
static int wait_for(pid_t child)
{
	int status;

	while (waitpid(child, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	return status;
}

static void see_it_sleep(pid_t child)
{
	if (!wait_until_asleep(child))
		quit("the child has ended, but it should wait");
}

static void see_it_end(pid_t child)
{
	if (wait_for(child) != 0)
		quit("the child has failed");
}

static void close_end(int fd)
{
	if (close(fd) == -1)
		die("close");
}

int main(void)
{
	pid_t first;
	pid_t second;
	int fd;

	make_fifo();

	// 1. Two readers. Then we are the writer.
	first = start_child(opens_to_read);
	see_it_sleep(first);
	say("to read, and nobody writes: open() sleeps");
	second = start_child(opens_to_read);
	see_it_sleep(second);
	see_it_sleep(first);	// it has not woken up
	say("a second reader comes: both sleep");
	fd = open_fifo(O_WRONLY);
	see_it_end(first);
	see_it_end(second);
	say("a writer comes: all three open() calls return");
	close_end(fd);

	// 2. A writer. Then we are the reader.
	first = start_child(opens_to_write);
	see_it_sleep(first);
	say("to write, and nobody reads: open() sleeps");
	fd = open_fifo(O_RDONLY);
	see_it_end(first);
	say("a reader comes: both open() calls return");
	close_end(fd);

	// 3. One process wants both sides.
	first = start_child(opens_both);
	see_it_sleep(first);
	say("wrong: one process, to read, then to write: it sleeps for ever");
	if (kill(first, SIGKILL) == -1)
		die("kill");
	// We need not look at the status of this child: we have killed it.
	wait_for(first);

	// Both stay open until we end.
	open_fifo(O_RDONLY | O_NONBLOCK);
	open_fifo(O_WRONLY);
	say("right: one process, to read with O_NONBLOCK, then to write: done");
	return EXIT_SUCCESS;
}
