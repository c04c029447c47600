/*
 * borders - two sends are two messages, but each must fit into the buffer
 *
 *   A stream carries bytes. A datagram socket carries messages.
 *
 * Watch: recv() with a small buffer throws the rest of the message away.
 *
 * Try: in too_small(), write MSG_TRUNC instead of 0 in the first take(). What
 * does recv() return now, and what is in the buffer?
 */
#define _GNU_SOURCE			// for lesson.h
#include <sys/socket.h>

#include "../../../common/lesson.h"

enum { ROOM = 32 };		// bytes for a message
enum { LITTLE_ROOM = 2 };	// bytes: too few for "three"

/* Make two sockets of TYPE that are connected to each other. */
static void make_pair(int fd[2], int type)
{
	if (socketpair(AF_UNIX, type, 0, fd) == -1)
		die("socketpair");
}

static void send_text(int fd, const char *text)
{
	if (send(fd, text, strlen(text), 0) == -1)
		die("send");
}

/* Take a message. Return what recv() returns. Here recv() never waits, because
 * the message has been sent before. So EINTR cannot happen. */
static ssize_t take(int fd, char *text, size_t room, int flags)
{
	ssize_t len = recv(fd, text, room, flags);

	if (len == -1)
		die("recv");
	return len;
}

static void two_sends(void)
{
	char text[ROOM];
	int stream[2];
	int datagram[2];
	ssize_t first;
	ssize_t second;

	make_pair(stream, SOCK_STREAM);
	send_text(stream[0], "one");
	send_text(stream[0], "three");
	first = take(stream[1], text, sizeof text, 0);
	say("stream: sent 3 and 5 bytes, recv() took %zd", first);

	make_pair(datagram, SOCK_DGRAM);
	send_text(datagram[0], "one");
	send_text(datagram[0], "three");
	first = take(datagram[1], text, sizeof text, 0);
	second = take(datagram[1], text, sizeof text, 0);
	say("datagram: sent 3 and 5 bytes, recv() took %zd, then %zd", first,
	    second);
}

static void too_small(void)
{
	char text[ROOM] = "";
	int fd[2];
	ssize_t len;

	make_pair(fd, SOCK_DGRAM);
	send_text(fd[0], "three");
	send_text(fd[0], "next");
	len = take(fd[1], text, LITTLE_ROOM, 0);
	say("wrong: room for 2 of 5 bytes: recv() returned %zd, '%.*s'", len,
	    (int)len, text);
	len = take(fd[1], text, sizeof text, 0);
	say("wrong: the rest is gone; what comes next is '%.*s'", (int)len,
	    text);
}

static void ask_first(void)
{
	int fd[2];
	ssize_t size;
	char *text;
	ssize_t len;

	make_pair(fd, SOCK_DGRAM);
	send_text(fd[0], "three");

	// MSG_PEEK: leave the message in the queue. MSG_TRUNC: return the
	// length of the message, though we give no room for it.
	size = take(fd[1], NULL, 0, MSG_PEEK | MSG_TRUNC);
	// + 1, because malloc(0) may return NULL.
	text = malloc((size_t)size + 1);
	if (!text)
		die("malloc");
	len = take(fd[1], text, (size_t)size, 0);
	say("right: asked first: %zd bytes, '%.*s'", size, (int)len, text);
	free(text);
}

static void empty(void)
{
	char text[ROOM];
	int fd[2];
	ssize_t len;

	make_pair(fd, SOCK_DGRAM);
	send_text(fd[0], "");
	send_text(fd[0], "more");
	len = take(fd[1], text, sizeof text, 0);
	say("an empty datagram: recv() returned %zd", len);
	len = take(fd[1], text, sizeof text, 0);
	say("that was no end: the next one is '%.*s'", (int)len, text);
}

int main(void)
{
	two_sends();
	too_small();
	ask_first();
	empty();
	return EXIT_SUCCESS;
}
