/*
 * noend - the sender has gone: does the receiver notice?
 *
 *   A child is the sender. It sends one message, and ends.
 *
 * Watch: only the third way tells that the sender has gone. The first way would
 * wait for ever.
 *
 * Try: let the child send "" instead of "bye". What does the last way say, and
 * is it right?
 */
#define _GNU_SOURCE			// for lesson.h
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum { ROOM = 32 };		// bytes for a text

/* Start a child that sends one message and ends. Return the other socket of the
 * pair. After the child has ended, only we have an open socket of the pair. */
static int start_sender(int type)
{
	pid_t parent = getpid();
	int fd[2];
	int status;
	pid_t child;

	if (socketpair(AF_UNIX, type, 0, fd) == -1)
		die("socketpair");
	child = fork();
	if (child == -1)
		die("fork");
	if (child == 0) {
		if (!end_with_parent(parent))
			die("end_with_parent");
		if (send(fd[1], "bye", 3, 0) == -1)
			die("send");
		exit(EXIT_SUCCESS);
	}
	if (close(fd[1]) == -1)		// now only the child has it
		die("close");
	if (waitpid(child, &status, 0) == -1)
		die("waitpid");
	if (status != 0)
		quit("the sender has failed");
	return fd[0];
}

/* Wait for a message. Return what recv() returns. */
static ssize_t take(int fd)
{
	char text[ROOM];
	ssize_t len;

	// EINTR: a signal, or Ctrl-Z and then fg, has ended the wait.
	do {
		len = recv(fd, text, sizeof text, 0);
	} while (len == -1 && errno == EINTR);
	return len;
}

static void take_message(int fd)
{
	if (take(fd) == -1)
		die("recv");
}

/* WRONG: wait until recv() tells that the sender has gone. recv() never returns
 * here, so a child calls it. */
static void wait_for_end(int fd)
{
	pid_t parent = getpid();
	pid_t child = fork();
	int status;

	if (child == -1)
		die("fork");
	if (child == 0) {
		if (!end_with_parent(parent))
			die("end_with_parent");
		take_message(fd);
		exit(EXIT_SUCCESS);
	}
	if (!wait_until_asleep(child))
		quit("the receiver has not waited");
	say("wrong, datagram: recv() waits for a sender that has gone");
	if (kill(child, SIGKILL) == -1)
		die("kill");
	if (waitpid(child, &status, 0) == -1)
		die("waitpid");
	if (!WIFSIGNALED(status))
		quit("the receiver did not die of the signal");
}

static void wait_with_limit(int fd)
{
	struct timeval tenth_of_a_second = { .tv_usec = 100 * 1000 };

	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tenth_of_a_second,
		       sizeof tenth_of_a_second) == -1)
		die("setsockopt SO_RCVTIMEO");
	if (take(fd) != -1)
		quit("there was one more message");
	say("right, datagram with a limit: returned -1, %s",
	    errno_name(errno));
}

int main(void)
{
	int datagram = start_sender(SOCK_DGRAM);
	// SOCK_SEQPACKET: messages, too, but over a connection. A connection
	// has an end.
	int seqpacket = start_sender(SOCK_SEQPACKET);
	ssize_t len;

	take_message(datagram);		// "bye"
	wait_for_end(datagram);
	wait_with_limit(datagram);

	take_message(seqpacket);	// "bye"
	len = take(seqpacket);
	if (len == -1)
		die("recv, SOCK_SEQPACKET");
	if (len > 0)
		quit("SOCK_SEQPACKET: one more message, and no end-of-file");
	say("right, SOCK_SEQPACKET: returned 0, end-of-file");
	return EXIT_SUCCESS;
}
