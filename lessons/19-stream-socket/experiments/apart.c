/*
 * apart - a stream does not remember what was sent apart
 *
 *   sender --send()--> [ bytes in order, without borders ] --recv()--> us
 *
 * Watch: two messages arrive as one, and one message arrives as two. With a
 * length before each text, the receiver finds the three messages again.
 *
 * Try: in receive_message(), ask for sizeof text - 1 bytes of text in one
 * recv(), and not for length bytes. What do you get for 'tea'?
 */
#define _GNU_SOURCE			// for lesson.h
#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum { HEADER = 4 };		// bytes before a text: they say how long it is
enum { LONGEST = 100 };		// bytes of the longest text

/* Two sockets that are connected with each other. */
static void make_pair(int fds[2])
{
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == -1)
		die("socketpair");
}

static void send_all(int fd, const void *bytes, size_t size)
{
	const unsigned char *next = bytes;

	while (size > 0) {
		ssize_t n = send(fd, next, size, MSG_NOSIGNAL);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			die("send");
		next += n;
		size -= (size_t)n;
	}
}

/* WRONG: believe that one recv() brings one message. */
static void believe_one_recv(int fd)
{
	char text[LONGEST + 1];
	ssize_t n;

	do {
		n = recv(fd, text, LONGEST, 0);
	} while (n == -1 && errno == EINTR);
	if (n == -1)
		die("recv");
	text[n] = '\0';
	say("wrong: a recv() brings '%s'", text);
}

static void wrong_way(void)
{
	int fds[2];

	make_pair(fds);
	send_all(fds[0], "tea", 3);
	send_all(fds[0], "milk", 4);
	believe_one_recv(fds[1]);	// both texts are here already

	send_all(fds[0], "sand", 4);	// a sender may be interrupted here
	believe_one_recv(fds[1]);
	send_all(fds[0], "wich", 4);
	believe_one_recv(fds[1]);
}

static void receive_all(int fd, void *bytes, size_t size)
{
	unsigned char *next = bytes;

	while (size > 0) {
		ssize_t n = recv(fd, next, size, 0);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			die("recv");
		if (n == 0)
			quit("the sender has gone in the middle of a message");
		next += n;
		size -= (size_t)n;
	}
}

/* RIGHT: the length tells how many bytes to ask for, and we ask until all of
 * them are here. */
static void receive_message(int fd)
{
	char text[LONGEST + 1];
	uint32_t header;	// the length, its highest byte first
	size_t length;

	receive_all(fd, &header, HEADER);
	length = ntohl(header);
	if (length > LONGEST)
		quit("a message is too long");
	receive_all(fd, text, length);
	text[length] = '\0';
	say("right: a message is '%s'", text);
}

static void send_header(int fd, uint32_t length)
{
	uint32_t header = htonl(length);	// its highest byte first

	send_all(fd, &header, HEADER);
}

/* In the child: the same texts, in the same pieces. RECEIVER is our parent. */
static void send_messages(int fd, pid_t receiver)
{
	send_header(fd, 3);
	send_all(fd, "tea", 3);
	send_header(fd, 4);
	send_all(fd, "milk", 4);

	send_header(fd, 8);
	send_all(fd, "sand", 4);
	// Now the receiver has "sand", and waits for the rest.
	wait_until_asleep(receiver);
	send_all(fd, "wich", 4);
}

static void right_way(void)
{
	pid_t parent = getpid();
	pid_t sender;
	int fds[2];
	int status;

	make_pair(fds);
	sender = fork();
	if (sender == -1)
		die("fork");
	if (sender == 0) {
		if (!end_with_parent(parent))
			die("end_with_parent");
		send_messages(fds[0], parent);
		exit(EXIT_SUCCESS);
	}
	// If we kept the sender's end, we would not see end-of-file when the
	// sender is killed.
	if (close(fds[0]) == -1)
		die("close");

	receive_message(fds[1]);
	receive_message(fds[1]);
	receive_message(fds[1]);

	while (waitpid(sender, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (status != 0)
		quit("the sender has failed");
}

int main(void)
{
	wrong_way();
	right_way();
	return EXIT_SUCCESS;
}
