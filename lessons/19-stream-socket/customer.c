/*
 * customer - comes to the bakery, orders bread, and waits for the answer
 *
 *   ./customer Ann Bob Cem
 *
 * Its partner is ./bakery. The diagram is there. Each name gets a connection of
 * its own. Ann comes first, but Cem is the first to ask for bread.
 *
 * Watch: each name gets its own answer, though one process sends them all.
 */
#define _GNU_SOURCE			// for lesson.h
#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include "../../common/lesson.h"

enum { HEADER = 4 };	// bytes before a text: they say how long it is
enum { LONGEST = 100 };	// bytes of the longest text, as in bakery.c
enum { NAMES = 10 };	// at most so many at once
enum { PATIENCE = 3 };	// seconds to wait for the next bytes

static int connect_to_bakery(void);
static void send_all(int fd, const unsigned char *bytes, size_t size);
static void receive_all(int fd, unsigned char *bytes, size_t size);

/* Send the order of NAME, and wait for the answer. */
static void order(int fd, const char *name)
{
	unsigned char message[HEADER + LONGEST];
	char text[LONGEST + 1];
	size_t length;		// of the text
	uint32_t header;	// the same, its highest byte first

	// A name that is too long is cut off.
	snprintf(text, sizeof text, "bread for %s", name);
	length = strlen(text);

	// "Network byte order": with the highest byte first the bakery reads
	// the same number, whatever processor it runs on.
	header = htonl((uint32_t)length);
	memcpy(message, &header, HEADER);
	memcpy(message + HEADER, text, length);
	send_all(fd, message, HEADER + length);

	// First the header, which is always 4 bytes. Then we know how many
	// bytes to ask for.
	receive_all(fd, message, HEADER);
	memcpy(&header, message, HEADER);
	length = ntohl(header);
	if (length > LONGEST)		// more than we have room for
		quit("this is no answer: its length is %zu", length);
	receive_all(fd, (unsigned char *)text, length);
	text[length] = '\0';
	say("%s has %s", name, text);
}

/* Send all SIZE bytes. One send() may take less than it is given. */
static void send_all(int fd, const unsigned char *bytes, size_t size)
{
	while (size > 0) {
		// MSG_NOSIGNAL: if the bakery has gone, send() is to fail with
		// EPIPE. Without it the signal SIGPIPE would end us.
		ssize_t n = send(fd, bytes, size, MSG_NOSIGNAL);

		if (n == -1 && errno == EINTR)
			continue;	// nothing was sent: try again
		if (n == -1 && (errno == EPIPE || errno == ECONNRESET))
			quit("the bakery has closed the connection");
		// EAGAIN: the limit of limit_waits() is over.
		if (n == -1 && errno == EAGAIN)
			quit("no room for %d seconds: does ./bakery still"
			     " work?", PATIENCE);
		if (n == -1)
			die("send");
		bytes += n;		// do not send these bytes twice
		size -= (size_t)n;
	}
}

/* Receive SIZE bytes, no more and no less. One recv() may bring less. */
static void receive_all(int fd, unsigned char *bytes, size_t size)
{
	while (size > 0) {
		ssize_t n = recv(fd, bytes, size, 0);

		if (n == -1 && errno == EINTR)
			continue;	// no byte is lost: try again
		// 0 is end-of-file: the bakery has closed its end. ECONNRESET:
		// it did so before it had read our order.
		if (n == 0 || (n == -1 && errno == ECONNRESET))
			quit("the bakery has closed the connection");
		// EAGAIN: the limit, as in send_all().
		if (n == -1 && errno == EAGAIN)
			quit("no answer for %d seconds: does ./bakery still"
			     " work?", PATIENCE);
		if (n == -1)
			die("recv");
		bytes += n;
		size -= (size_t)n;
	}
}

/* Set a limit: a call on this socket that has waited for PATIENCE seconds, for
 * room or for an answer, is to fail with EAGAIN. */
static void limit_waits(int fd)
{
	struct timeval limit = { .tv_sec = PATIENCE };

	if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) == -1)
		die("setsockopt SO_SNDTIMEO");
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == -1)
		die("setsockopt SO_RCVTIMEO");
}

static int connect_to_bakery(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;

	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (fd == -1)
		die("socket");
	limit_waits(fd);
	own_path(address.sun_path, "bakery");

	// connect() need not wait until the bakery accepts us. It waits only if
	// too many others are before us, and no longer than our limit.
	while (connect(fd, (struct sockaddr *)&address, sizeof address) == -1) {
		if (errno == ENOENT)
			quit("no bakery is open: start ./bakery first");
		if (errno == ECONNREFUSED)
			quit("the bakery does not listen: it was killed, or it"
			     " is just about to open");
		if (errno == EAGAIN)
			quit("too many are before us for %d seconds: does"
			     " ./bakery still work?", PATIENCE);
		// EINTR: a signal, or Ctrl-Z and then fg, has ended the wait.
		// We are not connected yet, so try again. (With TCP that would
		// be wrong: there we would have to wait by poll().)
		if (errno != EINTR)
			die("connect");
	}
	return fd;
}

int main(int argc, char **argv)
{
	int fds[NAMES];
	int names = argc - 1;		// argv[0] is the program itself

	if (names == 0 || names > NAMES)
		quit("say who comes, 1 to %d names: ./customer Ann Bob", NAMES);

	for (int i = 0; i < names; i++) {
		fds[i] = connect_to_bakery();
		say("%s is in the bakery", argv[i + 1]);
	}
	for (int i = names - 1; i >= 0; i--)
		order(fds[i], argv[i + 1]);

	// When we exit, the kernel closes all that we have open. The bakery
	// sees end-of-file on each connection.
	return EXIT_SUCCESS;
}
