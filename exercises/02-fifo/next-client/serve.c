/*
 * serve - prints the orders that clients write into a FIFO
 *
 *   client --write()--> [ FIFO: PATH ] --read()--> serve --> stdout
 *
 *   ./serve orders		in one terminal
 *   echo 'two loaves' > orders	in another one, as often as you like
 *
 * prints "order: two loaves". It makes the FIFO. SIGTERM or SIGINT (Ctrl-C)
 * ends it: it removes the FIFO, and its status is 0.
 */
#include <fcntl.h>

#include "../../../common/lesson.h"

static const char *path;
static volatile sig_atomic_t is_ours;

static void remove_fifo(void)
{
	if (is_ours)
		unlink(path);
}

/* Only calls that signal-safety(7) allows. */
static void stop(int sig)
{
	(void)sig;
	remove_fifo();
	_exit(EXIT_SUCCESS);
}

static void make_fifo(void)
{
	struct sigaction act = { .sa_handler = stop };

	if (sigaction(SIGTERM, &act, NULL) == -1 ||
	    sigaction(SIGINT, &act, NULL) == -1)
		die("sigaction");
	if (atexit(remove_fifo) != 0)
		quit("atexit: no memory");
	// A signal that comes before is_ours is set would leave the FIFO.
	hold_signals();
	if (mkfifo(path, 0600) == -1)
		die("mkfifo");
	is_ours = 1;
	let_signals();
}

/* Print every order, until no client can write any more. */
static void serve(FILE *orders)
{
	char order[256];

	while (fgets(order, sizeof order, orders))
		if (printf("order: %s", order) < 0 || fflush(stdout) == EOF)
			die("printf");
	if (ferror(orders))
		die("fgets");
}

int main(int argc, char **argv)
{
	FILE *orders;

	if (argc != 2)
		quit("usage: ./serve PATH");
	path = argv[1];
	make_fifo();
	orders = fopen(path, "r");	// waits for the first client
	if (!orders)
		die("fopen");
	// TODO: the first client leaves, and the server ends. It must serve
	// the next one, and sleep until one comes.
	serve(orders);
	return EXIT_SUCCESS;
}
