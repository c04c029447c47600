/*
 * nobody - a send to nobody: who tells the sender, and when?
 *
 *   sender --send()--> [ a name, or a port ] --> nobody
 *
 * Watch: with AF_UNIX the send itself fails. With UDP only the next send fails,
 * and only if the socket is connected.
 *
 * Try: in to_nobody_udp(), delete the connect() of the deaf socket and its
 * check. What do you see, and where are the datagrams?
 */
#define _GNU_SOURCE			// for lesson.h
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "../../../common/lesson.h"

static int make_socket(int family)
{
	int fd = socket(family, SOCK_DGRAM, 0);

	if (fd == -1)
		die("socket");
	return fd;
}

/* Print RESULT, what a send has just returned. If it is -1, errno says why. */
static void show(const char *what, ssize_t result)
{
	if (result == -1)
		say("%s: returned -1, %s", what, errno_name(errno));
	else
		say("%s: returned %zd", what, result);
}

static void to_nobody_unix(void)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	socklen_t len = sizeof name;
	int receiver = make_socket(AF_UNIX);
	int sender = make_socket(AF_UNIX);
	ssize_t result;

	// The family alone: the kernel finds a name that is free.
	if (bind(receiver, (struct sockaddr *)&name,
		 sizeof name.sun_family) == -1)
		die("bind");
	if (getsockname(receiver, (struct sockaddr *)&name, &len) == -1)
		die("getsockname");
	if (connect(sender, (struct sockaddr *)&name, len) == -1)
		die("connect");
	if (close(receiver) == -1)
		die("close");
	result = send(sender, "hello", 5, 0);
	show("AF_UNIX, the receiver has gone", result);
}

/* Give FD a port of this machine. The kernel finds a free port. ADDRESS gets
 * the address with this port. */
static void give_port(int fd, struct sockaddr_in *address)
{
	socklen_t len = sizeof *address;

	memset(address, 0, sizeof *address);	// port 0: any free port
	address->sin_family = AF_INET;
	address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (struct sockaddr *)address, len) == -1)
		die("bind");
	if (getsockname(fd, (struct sockaddr *)address, &len) == -1)
		die("getsockname");
}

/* Wait until the kernel has a message for FD that says: nobody is there. */
static void wait_for_refusal(int fd)
{
	// We ask for no events: poll() always reports POLLERR, an error.
	struct pollfd refusal = { .fd = fd };
	int three_seconds = 3000;
	int result;

	do {
		result = poll(&refusal, 1, three_seconds);
	} while (result == -1 && errno == EINTR);
	if (result == -1)
		die("poll");
	if (result == 0)
		quit("no refusal has come in 3 seconds");
}

static void to_nobody_udp(void)
{
	struct sockaddr_in deaf_address;
	struct sockaddr_in other_address;
	int deaf = make_socket(AF_INET);
	int other = make_socket(AF_INET);
	int sender_unconnected = make_socket(AF_INET);
	int sender_connected = make_socket(AF_INET);
	ssize_t result;

	// We need a port where nobody listens. Another program could take a
	// free port at any time. So we give a port to the socket `deaf', and
	// connect this socket to the socket `other'. A connected UDP socket
	// takes datagrams from its partner only. So nobody listens at this
	// port, and nobody else can have it.
	give_port(deaf, &deaf_address);
	give_port(other, &other_address);
	if (connect(deaf, (struct sockaddr *)&other_address,
		    sizeof other_address) == -1) {
		if (errno != ENETUNREACH)
			die("connect, the deaf socket");
		say("skipped: connect: ENETUNREACH: no way to 127.0.0.1;"
		    " ip link set lo up");
		exit(EXIT_SUCCESS);
	}

	// This sender is not connected. It sends twice, once here and once at
	// the end, and no send tells it that nobody is there.
	result = sendto(sender_unconnected, "one", 3, 0,
			(struct sockaddr *)&deaf_address, sizeof deaf_address);
	show("UDP, not connected, the first send", result);

	if (connect(sender_connected, (struct sockaddr *)&deaf_address,
		    sizeof deaf_address) == -1)
		die("connect");
	result = send(sender_connected, "one", 3, 0);
	show("UDP, connected, the first send", result);
	wait_for_refusal(sender_connected);
	result = send(sender_connected, "two", 3, 0);
	show("UDP, connected, the second send", result);
	result = sendto(sender_unconnected, "two", 3, 0,
			(struct sockaddr *)&deaf_address, sizeof deaf_address);
	show("UDP, not connected, the second send", result);
}

int main(void)
{
	to_nobody_unix();
	to_nobody_udp();
	return EXIT_SUCCESS;
}
