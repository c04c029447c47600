#define _GNU_SOURCE
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
#include <poll.h>

#include "../../../common/lesson.h"

static const char *path;
static volatile sig_atomic_t is_ours;

static void remove_fifo(void)
{
	if (is_ours)
		unlink(path);
}

static volatile sig_atomic_t stopped;

static void stop(int sig)
{
	stopped = sig;
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

/* Print LEN bytes, and "order: " before each line. */
static void print(size_t len, const char *buf)
{
	static int within;

	for (size_t i = 0; i < len; i++) {
		if (!within && printf("order: ") < 0)
			die("printf");
		putchar(buf[i]);
		within = buf[i] != '\n';
	}
	if (fflush(stdout) == EOF)
		die("fflush");
}

int main(int argc, char **argv)
{
	sigset_t both, old;
	struct pollfd p = { .events = POLLIN };
	char buf[256];
	ssize_t n;

	if (argc != 2)
		quit("usage: ./serve PATH");
	path = argv[1];
	make_fifo();
	// The signals come during ppoll() only: none is missed.
	sigemptyset(&both);
	sigaddset(&both, SIGTERM);
	sigaddset(&both, SIGINT);
	if (sigprocmask(SIG_BLOCK, &both, &old) == -1)
		die("sigprocmask");
	p.fd = open(path, O_RDWR);
	if (p.fd == -1)
		die("open");
	while (!stopped) {
		if (ppoll(&p, 1, NULL, &old) == -1 && errno != EINTR)
			die("ppoll");
		if (stopped)
			break;
		n = read(p.fd, buf, sizeof buf);
		if (n == -1)
			die("read");
		print((size_t)n, buf);
	}
	return EXIT_SUCCESS;
}
