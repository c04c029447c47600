/*
 * ferry - gives its seats to hikers who ask for one, and tells each of them
 *
 *   hiker --"4711:Ann"--> [ FIFO "ferry": all requests ]------> ferry
 *   hiker <--"seat 1"---- [ FIFO "ferry.4711": her answer ] <-- ferry
 *
 * Start it first. Then start its partner three times: ./hiker Ann, and so on.
 *
 * Watch: the ferry has started none of the hikers. Ann has gone before Bob
 * comes, and the ferry does not take that for the end. Each hiker gets its own
 * answer.
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <glob.h>

#include "../../common/lesson.h"

enum { SEATS = 3 };
enum { ROOM = 100 };		// bytes for a request, as in hiker.c

static char request_path[OWN_PATH];	// global: remove_fifo() needs it

static void remove_fifo(void)
{
	unlink(request_path);		// fails only if it has gone already
}

/* A hiker that was killed has left the FIFO for its answer, and nobody else
 * removes it. A hiker opens the FIFO for requests before it makes its own. That
 * open() fails as long as no ferry reads, and we do not read yet. So each FIFO
 * for an answer that is here now is an old one. */
static void remove_old_answers(void)
{
	char pattern[OWN_PATH];
	glob_t old;

	own_path(pattern, "ferry.*");
	if (glob(pattern, 0, NULL, &old) != 0)
		return;		// there is none
	for (size_t i = 0; i < old.gl_pathc; i++)
		unlink(old.gl_pathv[i]);
	globfree(&old);
}

static void make_fifo(void)
{
	own_path(request_path, "ferry");

	// If Ctrl-C ended us right after mkfifo(), nobody would remove the
	// FIFO. So Ctrl-C has to wait until remove_at_end() knows what to
	// remove.
	hold_signals();
	if (mkfifo(request_path, 0600) == -1) {
		if (errno == EEXIST)
			quit("another ferry is here; if it was killed, remove"
			     " what it left: rm %s", request_path);
		die("mkfifo");
	}
	remove_at_end(remove_fifo);
	let_signals();
	remove_old_answers();
}

/* Read one request, which is a line. Return 0 if there is none any more. */
static int read_request(int fd, char *request)
{
	size_t len = 0;
	char byte;

	// A FIFO carries bytes, and the next request may follow at once. With
	// one byte at a time we never take a byte of the next one.
	for (;;) {
		ssize_t n = read(fd, &byte, 1);

		if (n == -1 && errno == EINTR)
			continue;	// a signal has ended the wait
		if (n == -1)
			die("read");
		if (n == 0)
			return 0;	// end-of-file: nobody can write now
		if (byte == '\n')
			break;
		if (len < ROOM - 1) {	// what is too long is cut
			request[len] = byte;
			len++;
		}
	}
	request[len] = '\0';
	return 1;
}

/* Send ANSWER to the hiker NAME, whose process id is PID. Return 0 if it has
 * gone. The ferry must not die of that, and must not wait for it. */
static int send_answer(int pid, const char *name, const char *answer)
{
	char what[32];
	char answer_path[OWN_PATH];
	ssize_t n;
	int answer_fd;

	snprintf(what, sizeof what, "ferry.%d", pid);
	own_path(answer_path, what);

	// A hiker opens its end before it asks. If nobody reads there now, it
	// has gone. Without O_NONBLOCK we would wait for it, and all others
	// would wait for us.
	answer_fd = open(answer_path, O_WRONLY | O_NONBLOCK);
	if (answer_fd == -1) {
		say("%s has gone (%s)", name, errno_name(errno));
		return 0;
	}

	// Print before the call, not after it: the call wakes the hiker, and
	// the hiker's line must come after ours.
	say("%s gets %s", name, answer);
	n = write(answer_fd, answer, strlen(answer));
	if (n == -1)		// EPIPE: it has gone since open()
		say("%s has gone (%s)", name, errno_name(errno));
	if (close(answer_fd) == -1)	// the hiker reads until we close
		die("close");
	return n != -1;
}

int main(void)
{
	char request[ROOM];
	char name[32];
	char answer[32];
	int pid;		// of the hiker
	int taken = 0;		// how many seats are taken
	int request_fd;		// we read here
	int own_end;		// an end to write: it keeps end-of-file away

	// A hiker may die before it reads. Then write() is to fail with EPIPE,
	// and not to kill us.
	if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		die("signal");
	make_fifo();

	// O_NONBLOCK: without it open() would wait until a hiker comes.
	request_fd = open(request_path, O_RDONLY | O_NONBLOCK);
	if (request_fd == -1)
		die("open, to read");
	// Without this end read() would return 0, which is end-of-file, each
	// time when no hiker is here: before the first one, and between two.
	own_end = open(request_path, O_WRONLY);
	if (own_end == -1)
		die("open, to write");
	// O_NONBLOCK was for open(). From now on read() is to wait.
	if (fcntl(request_fd, F_SETFL, 0) == -1)
		die("fcntl F_SETFL");
	say("%d seats are free; I wait for hikers", SEATS);

	while (read_request(request_fd, request) == 1) {
		// A number of at most 9 digits, a colon, a name of at most 31
		// bytes. The number becomes a part of a path. A text could be
		// "/../", and lead us into another folder; a number cannot.
		// %31[^\n] takes blanks, too; %31s would end at the first one.
		if (sscanf(request, "%9d:%31[^\n]", &pid, name) != 2) {
			say("I do not understand: %s", request);
			continue;
		}
		if (taken == SEATS) {
			send_answer(pid, name, "no seat");
			continue;	// if it has gone, nothing is lost
		}
		snprintf(answer, sizeof answer, "seat %d", taken + 1);
		if (send_answer(pid, name, answer) == 0)
			continue;	// the seat is still free
		taken++;

		// From here on end-of-file is what we want: it comes when the
		// last hiker has read its answer and ended.
		if (taken == SEATS) {
			if (close(own_end) == -1)
				die("close");
		}
	}
	say("all seats are taken, and nobody asks any more; I leave");
	return EXIT_SUCCESS;
}
