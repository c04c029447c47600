/*
 * tcp - the same calls with another kind of address: 127.0.0.1 and a port
 *
 *   client --connect()--> [ 127.0.0.1, a port ] <--listen()-- server
 *
 * 127.0.0.1 is this machine. Both sides stand in this one process: connect()
 * need not wait for accept().
 *
 * Watch: the data goes as before, but a server that starts again at its port
 * may find it taken, although nobody is there.
 *
 * Try: close the client's end before the server's end. Is the port free now?
 */
#define _GNU_SOURCE			// for lesson.h
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "../../../common/lesson.h"

static int make_socket(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd == -1)
		die("socket");
	return fd;
}

/* Let bind() take a port that an old, closed connection still keeps. A port at
 * which a server still listens is refused even so. */
static void allow_restart(int fd)
{
	int on = 1;

	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == -1)
		die("setsockopt SO_REUSEADDR");
}

/* Receive 3 bytes from FD, and print them. WHO says which side that is. */
static void show(const char *who, int fd)
{
	char text[4];
	ssize_t n;

	do {
		// TCP may cut a message anywhere. MSG_WAITALL: wait for all of
		// the 3 bytes.
		n = recv(fd, text, 3, MSG_WAITALL);
	} while (n == -1 && errno == EINTR);
	if (n == -1)
		die("recv");
	text[n] = '\0';
	say("%s receives '%s'", who, text);
}

static void send_tea(int fd)
{
	if (send(fd, "tea", 3, MSG_NOSIGNAL) == -1)
		die("send");
}

/* Wait until the other side has closed its end. */
static void wait_for_close(int fd)
{
	char byte;
	ssize_t n;

	do {
		n = recv(fd, &byte, 1, 0);
	} while (n == -1 && errno == EINTR);
	if (n == -1)
		die("recv");
	if (n != 0)
		quit("a byte came, and not end-of-file");
}

int main(void)
{
	// Port 0: the kernel chooses one that is free. A real server has a port
	// that its clients know. Numbers in an address have their highest byte
	// first, so htonl() and, for a port, htons().
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr = { .s_addr = htonl(INADDR_LOOPBACK) },
		.sin_port = htons(0),
	};
	struct sockaddr *name = (struct sockaddr *)&address;
	socklen_t size = sizeof address;
	int listener = make_socket();
	int client = make_socket();
	int server;		// the server's end of the connection
	int again;		// the listener of a server that starts again

	allow_restart(listener);
	if (bind(listener, name, sizeof address) == -1)
		die("bind");
	// Which port is it? getsockname() stores it in `address', since name
	// points there. connect() below needs it.
	if (getsockname(listener, name, &size) == -1)
		die("getsockname");
	if (listen(listener, 1) == -1)
		die("listen");
	if (connect(client, name, sizeof address) == -1) {
		if (errno != ENETUNREACH)
			die("connect");
		say("skipped: connect: ENETUNREACH: no way to 127.0.0.1;"
		    " ip link set lo up");
		return EXIT_SUCCESS;
	}
	server = accept(listener, NULL, NULL);
	if (server == -1)
		die("accept");

	send_tea(client);
	show("the server", server);
	send_tea(server);
	show("the client", client);

	// Now the server stops. The side that closes first keeps the port for
	// a minute: bytes of the old connection may still be on their way.
	if (close(server) == -1)
		die("close");
	wait_for_close(client);
	if (close(client) == -1)
		die("close");
	if (close(listener) == -1)
		die("close");

	again = make_socket();
	if (bind(again, name, sizeof address) == -1)
		say("wrong: started again at its port: %s", errno_name(errno));
	else
		say("wrong: started again at its port");
	if (close(again) == -1)
		die("close");

	again = make_socket();
	allow_restart(again);
	if (bind(again, name, sizeof address) == -1)
		die("bind, again");
	say("right: started again with SO_REUSEADDR");
	if (close(again) == -1)
		die("close");
	return EXIT_SUCCESS;
}
