/*
 * twice - two servers are started at the same time: who may serve?
 *
 *   server A --\
 *                > [ FIFO ]
 *   server B --/
 *
 * One process plays both servers, step by step. Two processes on two
 * processors come to this order by themselves, now and then.
 *
 * Watch: between the question "does anybody read?" and the open() to read is a
 * moment, in which the other server asks, too. mkfifo() has no such moment: it
 * makes the name, or says that the name is taken.
 *
 * Try: in main(), delete the line remove_fifo(). Who serves now?
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>

#include "../../../common/experiment.h"

static char path[OWN_PATH];	// global, because remove_fifo() needs it

static void remove_fifo(void)
{
	unlink(path);		// fails only if it has gone already
}

/* RIGHT: make the FIFO. */
static void make(const char *server)
{
	if (mkfifo(path, 0600) == 0)
		say("right: %s: mkfifo() returns 0: I serve", server);
	else if (errno == EEXIST)
		say("right: %s: mkfifo() returns -1, EEXIST: I end", server);
	else
		die("mkfifo");
}

/* WRONG: ask whether anybody reads the FIFO. */
static void ask(const char *server)
{
	if (open(path, O_WRONLY | O_NONBLOCK) != -1)
		say("wrong: %s: somebody reads already: I end", server);
	else if (errno == ENXIO)
		say("wrong: %s: nobody reads: I serve", server);
	else
		die("open, to write");
}

static int open_to_read(void)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK);

	if (fd == -1)
		die("open, to read");
	return fd;
}

/* Read at most 4 bytes, which is one request here. */
static void serve(int fd, const char *server)
{
	char request[5] = "";

	if (read(fd, request, 4) == -1)
		die("read");
	say("wrong: %s reads a request: %s", server, request);
}

static void wrong_way(void)
{
	int a;
	int b;
	int client;

	ask("A");
	ask("B");
	a = open_to_read();
	b = open_to_read();

	client = open(path, O_WRONLY);
	if (client == -1)
		die("open, client");
	if (write(client, "Ann.Bob.", 8) == -1)
		die("write");
	serve(a, "A");
	serve(b, "B");
}

static void make_fifo(void)
{
	own_path(path, "twice");

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

int main(void)
{
	make_fifo();

	// A FIFO is there, left by a server that was killed.
	wrong_way();

	// Somebody has removed it, as the message of the ferry says.
	remove_fifo();
	make("A");
	make("B");
	return EXIT_SUCCESS;
}
