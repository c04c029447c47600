/*
 * camera - takes pictures faster than its partner can paint them
 *
 *   camera --write()--> [ pipe: room for a part of a picture ] --> painter
 *
 * You start only ./camera. It starts its partner ./painter itself, but not
 * before the pipe is full. So you always see what the camera does then.
 *
 * Watch: the camera never sleeps in write(). When there is no room, it sleeps
 * in poll(), and not for ever.
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>

#include "../../common/lesson.h"

enum { PICTURE = 2000000 };	// bytes of a picture; painter.c has the same
enum { PICTURES = 3 };
enum { PATIENCE = 5 };		// seconds without any room, then we give up
enum { ONE_SECOND = 1000 };	// poll() counts in milliseconds

/* Send as many of the SIZE bytes as there is room for now. Return how many.
 * FD must have O_NONBLOCK, else write() sleeps until there is room for all. */
static size_t send_what_fits(int fd, const char *bytes, size_t size)
{
	size_t sent = 0;

	while (sent < size) {
		ssize_t n = write(fd, bytes + sent, size - sent);

		// EAGAIN: the pipe is full. None of the rest has gone in.
		if (n == -1 && errno == EAGAIN)
			break;
		// EINTR: a signal came before the first byte went in. Nothing
		// is lost, so try again.
		if (n == -1 && errno == EINTR)
			continue;
		// EPIPE: no process reads any more. We get it because
		// start_painter() has asked the kernel to ignore SIGPIPE.
		if (n == -1 && errno == EPIPE)
			quit("the painter has left before it had all pictures");
		if (n == -1)
			die("write");
		sent += (size_t)n;	// do not send these bytes twice
	}
	return sent;
}

/* Sleep until there is room, or until nobody reads any more. */
static void wait_for_room(int fd)
{
	// POLLOUT: we wait until there is room to write.
	struct pollfd room = { .fd = fd, .events = POLLOUT };
	int seconds = 0;	// how long there has been no room

	// poll() also counts the time in which we are stopped (Ctrl-Z). So one
	// poll() of 5 seconds could be over right after fg, and we would give
	// up, though the painter was stopped, too. Of polls of one second only
	// one can be over after fg.
	while (seconds < PATIENCE) {
		int ready = poll(&room, 1, ONE_SECOND);

		// 1: there is room. Or nobody reads any more: then the next
		// write() tells us.
		if (ready == 1)
			return;
		if (ready == 0)		// the second is over
			seconds++;
		// EINTR: a signal has ended the wait. Wait again.
		if (ready == -1 && errno != EINTR)
			die("poll");
	}
	quit("the painter has taken nothing for %d seconds: I give up",
	     PATIENCE);
}

/* Send all SIZE bytes, as fast as the reader takes them. */
static void send_all(int fd, const char *bytes, size_t size)
{
	for (;;) {
		size_t sent = send_what_fits(fd, bytes, size);

		bytes += sent;
		size -= sent;
		if (size == 0)
			return;
		wait_for_room(fd);
	}
}

/* From now on a write() that finds no room does not sleep: EAGAIN. */
static void never_wait(int fd)
{
	// Keep the flags that it has, and add one.
	int flags = fcntl(fd, F_GETFL);

	if (flags == -1)
		die("fcntl F_GETFL");
	if (fcntl(fd, F_SETFL, flags | O_NONBLOCK) == -1)
		die("fcntl F_SETFL");
}

/* In the child: make the pipe our standard input, and start ./painter. */
_Noreturn static void become_painter(int fd[2])
{
	// If the painter kept fd[1], there would always be a process that can
	// write: the painter itself. It would never read end-of-file.
	if (close(fd[1]) == -1)
		die("close");

	// fd[0] is 0 already if we were started without a standard input.
	if (fd[0] != STDIN_FILENO) {
		if (dup2(fd[0], STDIN_FILENO) == -1)
			die("dup2");
		if (close(fd[0]) == -1)
			die("close");
	}
	execl("./painter", "painter", (char *)NULL);
	die("execl ./painter");	// execl() returns only if it has failed
}

static pid_t start_painter(int fd[2])
{
	pid_t painter = fork();

	if (painter == -1)
		die("fork");
	if (painter == 0)
		become_painter(fd);	// does not return

	// If we kept fd[0], there would always be a process that can read: we
	// ourselves. Then we would not notice that the painter has left.
	if (close(fd[0]) == -1)
		die("close");
	// The kernel kills a process that writes when nobody reads. We want
	// EPIPE instead. This stands after fork(): the painter would inherit
	// that SIGPIPE is ignored, and it does not need that.
	if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		die("signal");
	return painter;
}

static void see_it_end(pid_t painter)
{
	int status;

	while (waitpid(painter, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (WIFSIGNALED(status))
		quit("the painter was killed by signal %d", WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		quit("the painter failed: status %d", WEXITSTATUS(status));
}

int main(void)
{
	static char picture[PICTURE];	// static: too large for the stack
	int fd[2];		// fd[0] is the end to read, fd[1] to write
	size_t sent;		// how many bytes of picture 1
	pid_t painter;		// the process id of the child

	if (pipe(fd) == -1)
		die("pipe");
	never_wait(fd[1]);

	say("I send picture 1, and nobody reads yet");
	memset(picture, 1, PICTURE);	// picture 1: each byte is a 1
	sent = send_what_fits(fd[1], picture, PICTURE);
	say("%zu bytes of it fit, the rest must wait: I call the painter",
	    sent);
	painter = start_painter(fd);
	send_all(fd[1], picture + sent, PICTURE - sent);

	// The next picture is made when the one before has been sent. So we
	// never need memory for more than one.
	for (int number = 2; number <= PICTURES; number++) {
		memset(picture, number, PICTURE);
		send_all(fd[1], picture, PICTURE);
	}

	// Nobody else can write, so the painter now reads end-of-file.
	if (close(fd[1]) == -1)
		die("close");
	see_it_end(painter);
	say("all %d pictures are painted", PICTURES);
	return EXIT_SUCCESS;
}
