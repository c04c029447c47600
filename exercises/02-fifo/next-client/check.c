/*
 * check - what next-client asks of serve
 *
 * The checker is the clients. Each of them comes when the server sleeps, so
 * that a server which opens its FIFO anew for every client passes as well.
 */
#define _GNU_SOURCE
#include <fcntl.h>

#include "../../../common/proof/check.h"

static const char *fifo = "orders";
static char want[4096];		/* what the server has to print by now */

static struct prog start_server(void)
{
	struct prog p;

	HOLDS(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
	p = start("serve", fifo, NULL);
	MUST(await_blocked(&p), "it ends before the first client comes");
	return p;
}

/* A client opens the FIFO: not for ever, if nobody reads it. */
static int come(struct prog *p)
{
	int fd = open(fifo, O_WRONLY | O_NONBLOCK);

	MUST(fd != -1, "a client comes, and %s (%s)", errno == ENXIO ?
	     "nobody reads the FIFO" : "cannot open the FIFO",
	     errno_name(errno));
	MUST(!has_ended(p), "it ends when a client comes");
	return fd;
}

/* N orders by one write(). */
static void order(int fd, int n)
{
	char word[13], text[128] = "";

	while (n-- > 0) {
		random_word(word, sizeof word);
		sprintf(text + strlen(text), "%s\n", word);
		sprintf(want + strlen(want), "order: %s\n", word);
	}
	HOLDS(write(fd, text, strlen(text)) != -1 || errno == EPIPE);
}

static void leave(int fd)
{
	HOLDS(close(fd) == 0);
}

static void must_stop(struct prog *p, int sig)
{
	int status = end_by(p, sig);

	MUST(status == 0, "signal %d (%s) comes, and it ends with status %d, "
	     "not 0", sig, strsignal(sig), status);
	MUST(access(fifo, F_OK) == -1, "it has ended, and its FIFO is left");
}

/* One client, from its coming to its leaving. */
static void client(struct prog *p)
{
	int fd = come(p);

	order(fd, 1);
	leave(fd);
}

/* It sleeps, and has printed what it was told. */
static void waits(struct prog *p, const char *when)
{
	MUST(await_blocked(p), "it ends %s: it took the end-of-file of one "
	     "client for the end of all", when);
	MUST_SAY(p, want);
}

CHECK(1, "first", "it prints what the first client orders")
{
	struct prog p = start_server();
	int fd = come(&p);

	order(fd, 1);
	waits(&p, "while its client is there");
	order(fd, 3);
	waits(&p, "while its client is there");
	leave(fd);
}

CHECK_AFTER(3, "sleeps", "first", "when its client has left, it sleeps")
{
	struct prog p = start_server();

	client(&p);
	waits(&p, "when its client leaves");
}

CHECK_AFTER(3, "next", "sleeps", "the next clients are served as the first was")
{
	struct prog p = start_server();

	for (int i = 0; i < 20; i++) {
		client(&p);
		waits(&p, "when a client leaves");
	}
	must_stop(&p, SIGTERM);
}

CHECK_AFTER(1, "two", "first", "of two clients one leaves, the other goes on")
{
	struct prog p = start_server();
	int one = come(&p), two;

	order(one, 1);
	waits(&p, "while a client is there");
	two = come(&p);
	order(two, 1);
	leave(one);
	waits(&p, "while a client is there");
	order(two, 1);
	waits(&p, "while a client is there");
	leave(two);
}

CHECK(2, "stops", "SIGTERM and SIGINT end it, and it removes its FIFO")
{
	struct prog p = start_server();

	must_stop(&p, SIGTERM);
	p = start_server();
	must_stop(&p, SIGINT);
	nothing_left();
}

static const char *replaced(void)
{
	struct stat st;

	return stat(fifo, &st) == 0 && S_ISREG(st.st_mode) ? NULL :
	       "it removed a file that is not its own";
}

CHECK(1, "taken", "it leaves alone what is there under its name")
{
	struct prog p;
	int fd = open(fifo, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	HOLDS(fd != -1);
	p = start("serve", fifo, NULL);
	MUST_REFUSE(&p, 0, replaced);
	MUST_SAY(&p, "");
}

/* A helper is the client here, and ends the server with SIGTERM. */
static struct prog scene(const struct how *how)
{
	static int n;
	static char path[16];
	struct prog p;
	pid_t helper;

	snprintf(path, sizeof path, "orders%d", n++);
	p = start_how(how, "serve", path, NULL);
	helper = fork();
	HOLDS(helper != -1);
	if (helper == 0) {
		int fd;

		blocks(p.pid);
		fd = open(path, O_RDWR);	/* never waits */
		if (fd == -1 || write(fd, "x\n", 2) != 2)
			_exit(0);
		blocks(p.pid);
		close(fd);
		if (blocks(p.pid))
			kill(p.pid, SIGTERM);
		_exit(0);
	}
	return p;
}

MAY_FAIL("unlink");

/* unlink() in a handler, at the very end: nobody could be told. */
CHECK_AFTER(1, "errors", "sleeps stops",
	    "a call that fails is noticed and named")
{
	MUST_NOTICE(scene);
	no_object_left();
}
