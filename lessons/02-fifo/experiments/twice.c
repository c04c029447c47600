/*
 * twice - two servers are started at the same time: who may serve?
 *
 *   server A --\
 *                > [ FIFO ]
 *   server B --/
 *
 * One process plays both servers, step by step. With two real servers it can
 * happen in this order.
 *
 * Watch: a wrong server first asks, and then opens the FIFO. Between these two
 * steps the other server asks, too. mkfifo() is one step: it makes the name, or
 * says that the name is taken.
 *
 * Try: in main(), delete the line remove_fifo(). Who serves now?
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>

#include "../../../common/experiment.h"

enum { REQUEST = 4 };		// bytes of a request

static char path[OWN_PATH];	// where the FIFO is

static void remove_fifo(void)
{
	unlink(path);		// fails only if it has gone already
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

/* RIGHT: SERVER may serve if it has made the FIFO. */
static void start_right(const char *server)
{
	if (mkfifo(path, 0600) == 0)
		say("right: %s: mkfifo() returns 0: I serve", server);
	else if (errno == EEXIST)
		say("right: %s: mkfifo() returns -1, EEXIST: I end", server);
	else
		die("mkfifo");
}

/* WRONG: SERVER may serve if nobody reads. If so, open() to write fails with
 * ENXIO. */
static void start_wrong(const char *server)
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

/* SERVER reads one request. */
static void serve(int fd, const char *server)
{
	char request[REQUEST + 1] = "";		// 1 more for the '\0'

	if (read(fd, request, REQUEST) == -1)
		die("read");
	say("wrong: %s reads a request: %s", server, request);
}

static void wrong_way(void)
{
	int a;			// the end from which server A reads
	int b;
	int client;		// the end to which a client writes

	start_wrong("A");
	start_wrong("B");
	a = open_to_read();
	b = open_to_read();

	client = open(path, O_WRONLY);
	if (client == -1)
		die("open, client");
	// Two requests, one after the other.
	if (write(client, "Ann.Bob.", 2 * REQUEST) == -1)
		die("write");
	serve(a, "A");
	serve(b, "B");
}

int main(void)
{
	// The FIFO is there before both servers, as if a killed server had left
	// it.
	make_fifo();
	wrong_way();

	// Now there is no FIFO, as if somebody had removed what was left.
	if (unlink(path) == -1)
		die("unlink");
	start_right("A");
	start_right("B");
	return EXIT_SUCCESS;
}
