/*
 * client - hands orders to a server that is no relative of it
 *
 *   client --write()--> [ FIFO: a pipe with a path ] --read()--> server
 *
 *   ./client Ann Bob      a process for each: Bob comes when Ann has gone
 *
 * Its partner is ./server; cat does as well. Watch what open() says when
 * nobody reads: start ./client alone.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/wait.h>

#include "../../common/lesson.h"

static int open_fifo(void)
{
	char path[OWN_PATH];
	int fd;

	own_path(path, "orders");
	// Without O_NONBLOCK open() waits until a reader comes, perhaps for
	// ever. No O_CREAT: where the FIFO is missing it would make a file.
	fd = open(path, O_WRONLY | O_NONBLOCK);
	if (fd == -1 && (errno == ENXIO || errno == ENOENT))
		quit("nobody reads the FIFO (%s): start ./server first",
		     errno_name(errno));
	if (fd == -1)
		die("open");
	// That was for open(). A write() to a full FIFO shall wait again.
	if (fcntl(fd, F_SETFL, 0) == -1)
		die("fcntl");
	return fd;
}

static void send_order(const char *name)
{
	char order[PIPE_BUF];
	int fd = open_fifo(), len;

	say("%s: open() finds a reader", name);
	// Clients share one stream. A record in one write() of at most
	// PIPE_BUF bytes stays whole: nobody else's bytes come between.
	len = snprintf(order, sizeof order, "%s: two loaves\n", name);
	if (len >= (int)sizeof order)
		quit("this name is too long for one record");
	if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)	// EPIPE instead
		die("signal");
	if (write(fd, order, (size_t)len) == -1) {
		if (errno == EPIPE)
			quit("the server has gone (EPIPE): start it again");
		die("write");
	}
	say("%s: wrote %d bytes and leaves", name, len);
}

int main(int argc, char **argv)
{
	int status = 0;

	for (int i = 1; status == 0 && (i == 1 || i < argc); i++) {
		switch (fork()) {
		case -1: die("fork");
		case 0:
			send_order(argc > 1 ? argv[i] : "Ann");
			return EXIT_SUCCESS;
		}
		if (wait(&status) == -1)
			die("wait");
	}
	return status == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
