/*
 * check - what next-client asks of serve
 *
 * The checker is the clients. Most of them come when the server sleeps; those
 * of `gap' come at each moment after another one has left.
 */
#define _GNU_SOURCE
#include <fcntl.h>

#include "../../../common/proof/asleep.h"
#include "../../../common/proof/step.h"

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
	MUST_NOT_POLL(p, when);
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
	int first = 0, last;

	for (int i = 0; i < 20; i++) {
		client(&p);
		waits(&p, "when a client leaves");
		if (i == 0)
			first = open_fds(p.pid);
	}
	last = open_fds(p.pid);
	MUST(last <= first, "it held %d descriptors after one client, and %d "
	     "after 20: a day later it can open nothing", first, last);
	must_stop(&p, SIGTERM);
}

static struct prog to_be_held(void)
{
	const struct how how = { .fault = "any:1:stop" };

	HOLDS(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
	HOLDS(unlink(fifo) == 0 || errno == ENOENT);
	want[0] = '\0';
	return start_how(&how, "serve", fifo, NULL);
}

/* Go on until it sleeps. */
static void settle(const struct prog *p, int held)
{
	while (held)
		held = step(p);
	MUST(!has_ended(p), "it ends, and nobody has told it to");
}

/* A client leaves, the server is held N edges of system calls later, and the
 * next one comes. Returns 0 if the server sleeps before. */
static int comes_soon(unsigned n)
{
	struct prog p = to_be_held();
	int fd, held;

	settle(&p, step_begin(&p));
	fd = open(fifo, O_WRONLY | O_NONBLOCK);
	MUST(fd != -1, "a client comes, and cannot open the FIFO (%s)",
	     errno_name(errno));
	settle(&p, step_awake(&p));
	order(fd, 1);
	settle(&p, step_awake(&p));
	leave(fd);
	held = step_awake(&p);
	for (unsigned i = 0; held && i < n; i++)
		held = step(&p);
	fd = open(fifo, O_WRONLY | O_NONBLOCK);
	if (fd != -1) {		/* else it would wait in open(): no harm */
		order(fd, 1);
		leave(fd);
	}
	settle(&p, held ? step(&p) : step_awake(&p));
	MUST(strcmp(out_text(&p, NULL), want) == 0, "one client left, and the "
	     "next one came at once: it could open the FIFO and write its "
	     "order, but that is not printed. What is in a FIFO goes when its "
	     "last reader closes it, and open() waits for a writer");
	end_by(&p, SIGKILL);
	return held;
}

CHECK_AFTER(2, "gap", "sleeps",
	    "no order is lost, however soon the next client comes")
{
	for (unsigned n = 0; comes_soon(n); n++)
		;
	unlink(fifo);
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

static int has_fifo(void)
{
	return access(fifo, F_OK) == 0;
}

/* P is held, and a signal comes. Had it its FIFO a step BEFORE, and NOW? */
static void ends_there(struct prog *p, int before, int now)
{
	static unsigned n;
	const int sig = n++ % 2 ? SIGINT : SIGTERM;
	int status;

	HOLDS(kill(p->pid, sig) == 0);
	step_end(p);
	MUST(!sleeps_on(p), "we held it between two of its steps, sent it "
	     "signal %d (%s), and let it go on: now it sleeps, and does not "
	     "end. Does it look at a flag, and then wait?", sig,
	     strsignal(sig));
	status = end_of(p);
	MUST(!has_fifo(), "a signal came %s: it has ended, and its FIFO is "
	     "left", before && now ? "between two of its steps" : "when "
	     "mkfifo() had just made the FIFO, and nothing said so yet");
	MUST(status == 0 || !before, "signal %d (%s) comes between two of its "
	     "steps, and it ends with status %d, not 0", sig, strsignal(sig),
	     status);
}

CHECK_AFTER(2, "moment", "stops", "so they do at whatever moment they come")
{
	step_everywhere(to_be_held, has_fifo, ends_there);
	unlink(fifo);
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
