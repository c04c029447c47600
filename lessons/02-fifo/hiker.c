/*
 * hiker - asks the ferry for a seat, and waits for its own answer
 *
 *   ./hiker Ann
 *
 * Its partner is ./ferry. The diagram is there.
 *
 * Watch: start ./hiker alone. The hiker does not wait for a ferry.
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <poll.h>

#include "../../common/lesson.h"

enum { ROOM = 100 };		// bytes for a request, as in ferry.c
enum { LONGEST_NAME = 31 };	// bytes: "%31" in ferry.c

static char answer_path[OWN_PATH];	// where the FIFO for our answer is

/*
 * The functions below main():
 *
 *   ask()               sends the request
 *   wait_for_ferry()    sleeps until there is an answer, or the ferry has gone
 *   read_answer()       reads the answer; it is "" if the ferry has gone
 *   check_name()        ends the program if the ferry could not read the name
 *   ignore_sigpipe()    makes a write() that nobody can read fail, and not
 *                       kill us
 *   open_requests()     opens the FIFO of the ferry, to write
 *   make_answer_fifo()  makes our own FIFO; it is removed when we end
 */
static void ask(int request_fd, const char *name);
static void wait_for_ferry(int request_fd, int answer_fd);
static void read_answer(int answer_fd, char *answer);
static void check_name(const char *name);
static void ignore_sigpipe(void);
static int open_requests(void);
static void make_answer_fifo(void);

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "somebody";
	char answer[ROOM];
	int request_fd;		// we write here
	int answer_fd;		// we read here

	check_name(name);
	ignore_sigpipe();
	request_fd = open_requests();
	make_answer_fifo();

	// We open our FIFO before we ask, so the ferry finds a reader.
	// O_NONBLOCK: without it open() would wait for the ferry, and the ferry
	// has not been asked yet.
	answer_fd = open(answer_path, O_RDONLY | O_NONBLOCK);
	if (answer_fd == -1)
		die("open, to read");
	ask(request_fd, name);
	wait_for_ferry(request_fd, answer_fd);
	// O_NONBLOCK was for open(). From now on read() is to wait.
	if (fcntl(answer_fd, F_SETFL, 0) == -1)
		die("fcntl F_SETFL");
	read_answer(answer_fd, answer);
	if (strcmp(answer, "") == 0)
		quit("the ferry has left without %s", name);
	say("%s has %s", name, answer);

	// The ferry waits for end-of-file, which comes when no hiker can write
	// a request any more. So we have to close the FIFO for requests. When
	// we exit, the kernel does that.
	return EXIT_SUCCESS;
}

static void ask(int request_fd, const char *name)
{
	char request[ROOM];
	int len = snprintf(request, sizeof request, "%d:%s\n", (int)getpid(),
			   name);

	// All hikers write into one FIFO. A request of at most PIPE_BUF bytes
	// that goes out in one write() stays in one piece.
	say("%s asks for a seat", name);
	while (write(request_fd, request, (size_t)len) == -1) {
		if (errno == EPIPE)
			quit("the ferry has left without %s", name);
		if (errno != EINTR)	// EINTR: a signal has ended the wait
			die("write");
	}
}

static void wait_for_ferry(int request_fd, int answer_fd)
{
	struct pollfd ends[] = {
		// We ask for no event here. poll() reports POLLERR even so
		// when nobody reads requests any more: the ferry has gone.
		{ .fd = request_fd },
		// POLLIN: an answer is there. If the ferry has opened this FIFO
		// and left without an answer, poll() reports POLLHUP.
		{ .fd = answer_fd, .events = POLLIN },
	};

	// poll() returns when something has happened to one of the two. We need
	// not know to which: without an answer, our read() will return 0.
	while (poll(ends, 2, -1) == -1) {	// -1: no time limit
		if (errno != EINTR)
			die("poll");
	}
}

static void read_answer(int answer_fd, char *answer)
{
	size_t len = 0;

	while (len < ROOM - 1) {
		ssize_t n = read(answer_fd, answer + len, ROOM - 1 - len);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			die("read");
		if (n == 0)	// end-of-file: the ferry has closed the FIFO
			break;
		len += (size_t)n;
	}
	answer[len] = '\0';
}

static void check_name(const char *name)
{
	// A request is one line, so there must be no newline in a name. Of a
	// longer name the ferry would read only the first LONGEST_NAME bytes.
	if (*name == '\0' || strchr(name, '\n') ||
	    strlen(name) > LONGEST_NAME)
		quit("a name is a line of 1 to %d bytes", LONGEST_NAME);
}

static void ignore_sigpipe(void)
{
	if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		die("signal");
}

static int open_requests(void)
{
	char request_path[OWN_PATH];
	int request_fd;

	own_path(request_path, "ferry");

	// Without O_NONBLOCK open() would wait until a ferry comes, perhaps for
	// ever. No O_CREAT: without a ferry it would make an ordinary file.
	request_fd = open(request_path, O_WRONLY | O_NONBLOCK);
	if (request_fd == -1 && errno == ENOENT)
		quit("no ferry is here: start ./ferry first");
	if (request_fd == -1 && errno == ENXIO)
		quit("no ferry reads its FIFO, so it was killed, or is not"
		     " ready: start ./ferry");
	if (request_fd == -1)
		die("open, to write");

	// O_NONBLOCK was for open(). If the FIFO is full, write() is to wait.
	// The 0 means: no flags.
	if (fcntl(request_fd, F_SETFL, 0) == -1)
		die("fcntl F_SETFL");
	return request_fd;
}

static void remove_answer_fifo(void)
{
	unlink(answer_path);		// fails only if it has gone already
}

/* Our process id is in the name of our FIFO. So no other hiker that lives has
 * the same name. */
static void make_answer_fifo(void)
{
	char what[32];		// the last part of the path: "ferry.4711"

	snprintf(what, sizeof what, "ferry.%d", (int)getpid());
	own_path(answer_path, what);

	// Ctrl-C has to wait until remove_at_end() knows what to remove.
	hold_signals();
	if (mkfifo(answer_path, 0600) == -1) {
		if (errno == EEXIST)
			quit("a hiker of our number was killed; remove what it"
			     " left: rm %s", answer_path);
		die("mkfifo");
	}
	remove_at_end(remove_answer_fifo);
	let_signals();
}
