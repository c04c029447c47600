/*
 * server - takes orders from clients that it has never met
 *
 *   client --write()--> [ FIFO: a pipe with a path ] --read()--> server
 *
 * Who knows the path is in: its partner ./client, or echo. Watch: open()
 * waits for the other side; clients leave, the server stays until SIGTERM.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/wait.h>
#include "../../common/experiment.h"

static char path[OWN_PATH];
static volatile sig_atomic_t is_ours, own_end;

static void remove_fifo(void)
{
	if (is_ours)
		unlink(path);
}

static void make_fifo(void)
{
	remove_at_end(remove_fifo);
	hold_signals();		// until we know whether it is ours
	is_ours = mkfifo(path, 0600) == 0;	// a name: nothing is open
	let_signals();
	if (!is_ours && errno != EEXIST)
		die("mkfifo");
	// Does anybody read? Without O_NONBLOCK this would wait for it.
	if (open(path, O_WRONLY | O_NONBLOCK) != -1)
		quit("another ./server reads this FIFO: stop it first");
	is_ours |= errno == ENXIO;	// a killed server may have left it
}

// open() sleeps until a child has seen it asleep, and opens the other side.
static int open_ends(void)
{
	int fd, child = fork();

	if (child == 0) {
		wait_until_asleep(getppid());
		_exit(open(path, O_RDONLY | O_NONBLOCK) == -1);
	}
	if (child == -1 || (own_end = open(path, O_WRONLY)) == -1 ||
	    (fd = open(path, O_RDONLY)) == -1 || wait(NULL) == -1)
		die("open");
	return fd;
}

// While the server may write too, no client's leaving is end-of-file. To
// open() anew after each one would leave moments without a reader.
static void close_own_end(int sig)
{
	(void)sig;
	close(own_end);
}

int main(void)
{
	char order[PIPE_BUF + 1];
	FILE *in;

	own_path(path, "orders");
	make_fifo();
	in = fdopen(open_ends(), "r");
	if (!in)
		die("fdopen");
	if (signal(SIGTERM, close_own_end) == SIG_ERR)
		die("signal");
	say("open to write, nobody reads, O_NONBLOCK: ENXIO");
	say("open to write, nobody reads: asleep until one does");
	while (fgets(order, sizeof order, in))	// a stream: cut it at '\n'
		say("order from %.*s", (int)strcspn(order, "\n"), order);
	say("SIGTERM closed the last write end: end-of-file");
	return feof(in) && fclose(in) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
