/*
 * ferry - gives its seats to hikers who ask for one, and tells each of them
 *
 *   hiker --"4711:Ann"--> [ FIFO "ferry": all requests ]------> ferry
 *   hiker <--"seat 1"---- [ FIFO "ferry.4711": her answer ] <-- ferry
 *
 * Start ./ferry first. Then start its partner three times: ./hiker Ann, ...
 *
 * Watch: the ferry has started none of the hikers. Ann has gone before Bob
 * comes, and yet the ferry goes on. Each hiker gets its own answer.
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <glob.h>

#include "../../common/lesson.h"

enum { SEATS = 3 };
enum { ROOM = 100 };		// bytes for a request, as in hiker.c

static char request_path[OWN_PATH];	// where the FIFO for requests is

/*
 * The functions below main():
 *
 *   read_request()       reads one line; returns 0 if no more can come
 *   send_answer()        answers one hiker; returns 0 if the hiker has gone
 *   ignore_sigpipe()     makes a write() that nobody can read fail, and not
 *                        kill us
 *   make_request_fifo()  makes the FIFO; it is removed when we end
 */
static int read_request(int fd, char *request);
static int send_answer(int pid, const char *name, const char *answer);
static void ignore_sigpipe(void);
static void make_request_fifo(void);

int main(void)
{
	char request[ROOM];
	char name[32];		// of the hiker: 31 bytes and a '\0'
	char answer[32];
	int pid;		// the process id of the hiker
	int taken = 0;		// how many seats are taken
	int request_fd;		// we read here
	int own_end;		// we could write here, but never do

	ignore_sigpipe();
	make_request_fifo();

	// O_NONBLOCK: without it open() would wait until a hiker comes.
	request_fd = open(request_path, O_RDONLY | O_NONBLOCK);
	if (request_fd == -1)
		die("open, to read");
	// Without this descriptor read() would return 0, as at end-of-file,
	// whenever no hiker is here: before the first one, and between two.
	own_end = open(request_path, O_WRONLY);
	if (own_end == -1)
		die("open, to write");
	// O_NONBLOCK was for open(). From now on read() is to wait. (0 means:
	// no flags.)
	if (fcntl(request_fd, F_SETFL, 0) == -1)
		die("fcntl F_SETFL");
	say("%d seats are free; I wait for hikers", SEATS);

	while (read_request(request_fd, request) == 1) {
		// A number of at most 9 digits, a colon, a name of at most 31
		// bytes. [^\n] means: any bytes but a newline, so a name may
		// have blanks in it.
		if (sscanf(request, "%9d:%31[^\n]", &pid, name) != 2) {
			say("I do not understand: %s", request);
			continue;
		}
		if (taken == SEATS) {
			// If this hiker has gone, nothing is lost: it gets no
			// seat. So we need not look at the result.
			send_answer(pid, name, "no seat");
			continue;
		}
		snprintf(answer, sizeof answer, "seat %d", taken + 1);
		if (send_answer(pid, name, answer) == 0)
			continue;	// the seat is still free
		taken++;

		// From here on we want end-of-file. It comes when the last
		// hiker has read its answer, and its program is over.
		if (taken == SEATS) {
			if (close(own_end) == -1)
				die("close");
		}
	}
	say("all seats are taken, and nobody asks any more; I leave");
	return EXIT_SUCCESS;
}

static int read_request(int fd, char *request)
{
	size_t len = 0;
	char byte;

	// A FIFO carries bytes, and another request may follow at once. If we
	// read one byte at a time, we never take a byte of that one.
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

static int send_answer(int pid, const char *name, const char *answer)
{
	char what[32];		// the last part of the path: "ferry.4711"
	char answer_path[OWN_PATH];
	ssize_t n;
	int answer_fd;

	// PID comes from a stranger. But it is a number, so this path cannot
	// lead into another folder. With a text such as "/../" it could.
	snprintf(what, sizeof what, "ferry.%d", pid);
	own_path(answer_path, what);

	// A hiker opens this FIFO before it asks. If nobody has it open to read
	// now, the hiker has gone. Without O_NONBLOCK we would wait here for a
	// reader, and all the other hikers would wait for us.
	answer_fd = open(answer_path, O_WRONLY | O_NONBLOCK);
	if (answer_fd == -1) {
		say("%s has gone (open: %s)", name, errno_name(errno));
		return 0;
	}

	// Print before the call, not after it: the call wakes the hiker, and
	// the hiker's line must come after ours.
	say("%s gets %s", name, answer);
	n = write(answer_fd, answer, strlen(answer));
	if (n == -1)		// EPIPE: the hiker has gone since open()
		say("%s has gone (write: %s)", name, errno_name(errno));
	if (close(answer_fd) == -1)	// the hiker reads until we close
		die("close");
	return n != -1;
}

static void ignore_sigpipe(void)
{
	if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		die("signal");
}

static void remove_request_fifo(void)
{
	unlink(request_path);		// fails only if it has gone already
}

/* A hiker that was killed has left its FIFO, and nobody else removes that.
 *
 * A hiker first opens the FIFO for requests. That fails until main() opens
 * this FIFO to read, which is later. So no hiker that comes to us can have made
 * its own FIFO yet: all that we find are old. */
static void remove_old_answers(void)
{
	char pattern[OWN_PATH];
	glob_t old;

	// glob() finds all paths that match. The 0 means: no flags. NULL: call
	// no function if there is an error.
	own_path(pattern, "ferry.*");
	if (glob(pattern, 0, NULL, &old) != 0)
		return;		// there is none
	for (size_t i = 0; i < old.gl_pathc; i++)
		unlink(old.gl_pathv[i]);
	globfree(&old);
}

static void make_request_fifo(void)
{
	own_path(request_path, "ferry");

	// If Ctrl-C ended us right after mkfifo(), nobody would remove the
	// FIFO. So Ctrl-C has to wait until remove_at_end() knows what to
	// remove. (0600: only this user may open the FIFO.)
	hold_signals();
	if (mkfifo(request_path, 0600) == -1) {
		if (errno == EEXIST)
			quit("another ferry is here; if it was killed, remove"
			     " what it left: rm %s", request_path);
		die("mkfifo");
	}
	remove_at_end(remove_request_fifo);
	let_signals();
	remove_old_answers();
}
