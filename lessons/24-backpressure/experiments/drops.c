/*
 * drops - UDP holds nobody back: it drops, and says that all is well
 *
 *   send() --> [ buffer of the receiver, a small one ] --> recv(), later
 *                 full: thrown away, and send() has returned success
 *
 * UDP carries datagrams: messages. Each of them arrives whole, or not at all.
 * One socket plays both parts: it is connected to its own address.
 *
 * Watch: nothing fails. Only the number in each datagram tells what is missing.
 *
 * Try: in make_socket(), take the call with SO_RCVBUF away, and write 100000
 * instead of 1000. How many arrive now, and are fewer lost?
 */
#define _GNU_SOURCE			// for lesson.h
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include "../../../common/experiment.h"

enum { MANY = 1000 };			// datagrams
enum { LIMIT = 5000 };			// milliseconds

/* A UDP socket that sends to itself. */
static int make_socket(void)
{
	// The port stays 0: bind() chooses one that is free.
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t size = sizeof address;
	int small = 1;	// too small: the kernel takes its smallest size instead
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd == -1)
		die("socket");
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small) == -1)
		die("setsockopt SO_RCVBUF");
	// bind() takes addresses of all kinds. Hence the cast.
	if (bind(fd, (struct sockaddr *)&address, size) == -1) {
		if (errno != EADDRNOTAVAIL)
			die("bind");
		say("skipped: bind: EADDRNOTAVAIL: there is no 127.0.0.1;"
		    " ip link set lo up");
		exit(EXIT_SUCCESS);
	}
	// Which port is it?
	if (getsockname(fd, (struct sockaddr *)&address, &size) == -1)
		die("getsockname");
	if (connect(fd, (struct sockaddr *)&address, size) == -1) {
		if (errno != ENETUNREACH)
			die("connect");
		say("skipped: connect: ENETUNREACH: no way to 127.0.0.1;"
		    " ip link set lo up");
		exit(EXIT_SUCCESS);
	}
	return fd;
}

/* Send the number. Return 1 if send() says that it has worked. */
static int send_number(int fd, int number)
{
	// UDP does not wait until the receiver has room. MSG_DONTWAIT shows it:
	// if send() wanted to wait, it would fail with EAGAIN.
	ssize_t n = send(fd, &number, sizeof number, MSG_DONTWAIT);

	return n == (ssize_t)sizeof number;
}

/* Wait at most PATIENCE milliseconds for the next datagram. Return its number,
 * or 0 if none has come. */
static int next_number(int fd, int patience)
{
	struct pollfd input = { .fd = fd, .events = POLLIN };
	int number;
	int ready;
	ssize_t n;

	do {
		ready = poll(&input, 1, patience);
	} while (ready == -1 && errno == EINTR);
	if (ready == -1)
		die("poll");
	if (ready == 0)
		return 0;
	n = recv(fd, &number, sizeof number, 0);
	if (n == -1)
		die("recv");
	return number;
}

/* Take out all that is there. Return the last number, or 0 if there is none. */
static int take_all(int fd)
{
	int last = 0;

	for (;;) {
		int number = next_number(fd, 0);

		if (number == 0)
			return last;
		last = number;
	}
}

int main(void)
{
	int fd = make_socket();
	int success = 0;
	int last;		// the last number before the gap
	int number;

	for (number = 1; number <= MANY; number++) {
		if (send_number(fd, number))
			success++;
	}
	say("wrong: %d sends, %d times success: the sender is content", MANY,
	    success);

	last = take_all(fd);
	if (last == MANY)
		quit("nothing was lost: the buffer is too large");

	// Now there is room, so the next one arrives. The receiver sees that
	// its number does not follow.
	if (!send_number(fd, MANY + 1))
		die("send");
	number = next_number(fd, LIMIT);
	if (number == 0)
		quit("nothing comes, though there is room");
	say("right: each has a number: after %d comes %d, %d are lost", last,
	    number, number - last - 1);
	return EXIT_SUCCESS;
}
