/*
 * stuck - a client that has died or does not read must not stop the server
 *
 *   the server --open(), write()--> [ FIFO for the answer ]    (no client)
 *
 * Watch: the wrong server waits for one client, and serves nobody else. We play
 * the right server: we get an error, and can go on with the next client.
 *
 * Try: in fill(), write `return;` before the loop. Which line is the last one
 * that you see, and what does the program say after it?
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
	own_path(path, "stuck");

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

/* The wrong server, in a child. Without O_NONBLOCK both calls can wait. */
static void answer_client(void)
{
	int fd = open(path, O_WRONLY);

	if (fd == -1)
		die("open");
	if (write(fd, "seat 1", 6) == -1)
		die("write");
}

static pid_t start_wrong_server(void)
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child == -1)
		die("fork");
	if (child == 0) {
		// If the parent is killed, nobody else kills this server, and
		// the server would wait for ever.
		if (!end_with_parent(parent))
			die("end_with_parent");
		answer_client();
		exit(EXIT_SUCCESS);
	}
	return child;
}

static void see_it_wait_and_kill_it(pid_t server)
{
	int status;

	if (!wait_until_asleep(server))
		quit("the server has ended, but it should wait");
	if (kill(server, SIGKILL) == -1)
		die("kill");
	while (waitpid(server, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (!WIFSIGNALED(status))
		quit("the server has not waited until it was killed");
}

/* Write until no byte fits any more. FD was opened with O_NONBLOCK, so write()
 * does not wait, but fails with EAGAIN. */
static void fill(int fd)
{
	// PIPE_BUF bytes go in as a whole or not at all. The size of a FIFO is
	// a multiple of PIPE_BUF. So when write() fails with EAGAIN, the FIFO
	// is full. (It does not matter which bytes these are.)
	char bytes[PIPE_BUF] = { 0 };
	ssize_t n;

	do {
		n = write(fd, bytes, sizeof bytes);
	} while (n > 0);
	if (errno != EAGAIN)
		die("write");
}

int main(void)
{
	pid_t server;
	int client;		// the end from which the client would read
	int fd;			// the end to which the right server writes

	make_fifo();

	// 1. The client has gone: nobody has the FIFO open to read.
	server = start_wrong_server();
	see_it_wait_and_kill_it(server);
	say("wrong: the client has gone: the server sleeps in open()");
	if (open(path, O_WRONLY | O_NONBLOCK) != -1)
		quit("somebody reads: open() has worked");
	if (errno != ENXIO)
		die("open, no client");
	say("right: the client has gone: open() returns -1, %s",
	    errno_name(errno));

	// 2. The client is here, but it does not read. Its FIFO is full.
	client = open(path, O_RDONLY | O_NONBLOCK);
	if (client == -1)
		die("open, client");
	fd = open(path, O_WRONLY | O_NONBLOCK);
	if (fd == -1)
		die("open, server");
	fill(fd);
	server = start_wrong_server();
	see_it_wait_and_kill_it(server);
	say("wrong: the client does not read: the server sleeps in write()");
	if (write(fd, "seat 1", 6) != -1)
		quit("there was room: write() has worked");
	if (errno != EAGAIN)
		die("write, to a full FIFO");
	say("right: the client does not read: write() returns -1, %s",
	    errno_name(errno));
	return EXIT_SUCCESS;
}
