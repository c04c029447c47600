/*
 * who - who has connected? A message may say anything; the kernel knows
 *
 *   child --connect()--> [ name ] <--listen()-- us
 *
 * Watch: SO_PEERCRED names the process that has called connect(), also when
 * another process uses the connection later.
 *
 * Try: print peer.pid in show_peer() as well. Is it the number that the child
 * has sent?
 */
#define _GNU_SOURCE			// for struct ucred
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

/* Listen at a name that the kernel chooses. Store the name in ADDRESS and its
 * size in SIZE. Return the socket. */
static int listen_anywhere(struct sockaddr_un *address, socklen_t *size)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (fd == -1)
		die("socket");

	// The family and no name: then the kernel chooses an abstract name. It
	// is no file, and goes when the socket is closed.
	memset(address, 0, sizeof *address);
	address->sun_family = AF_UNIX;
	if (bind(fd, (struct sockaddr *)address, sizeof(sa_family_t)) == -1)
		die("bind");
	// getsockname() wants the room in *size. It stores the real size there.
	*size = sizeof *address;
	if (getsockname(fd, (struct sockaddr *)address, size) == -1)
		die("getsockname");
	if (listen(fd, 1) == -1)
		die("listen");
	return fd;
}

static void send_claim(int fd)
{
	pid_t claim = 1;	// a lie: this is the number of another process

	if (send(fd, &claim, sizeof claim, MSG_NOSIGNAL) == -1)
		die("send");
}

/* WRONG: believe what the message says. */
static void show_claim(int connection)
{
	pid_t claim;
	ssize_t n;

	do {
		n = recv(connection, &claim, sizeof claim, MSG_WAITALL);
	} while (n == -1 && errno == EINTR);
	if (n == -1)
		die("recv");
	if (n != (ssize_t)sizeof claim)
		quit("the message is not complete");
	say("wrong: the message says: I am process %d", (int)claim);
}

/* RIGHT: ask the kernel. */
static void show_peer(int connection, pid_t child, const char *label)
{
	struct ucred peer;
	socklen_t size = sizeof peer;
	const char *process = "somebody else";
	const char *user = "another user";

	if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) == -1)
		die("getsockopt SO_PEERCRED");
	if (peer.pid == child)
		process = "my child";
	if (peer.uid == geteuid())
		user = "my own user";
	say("%s: the kernel says: %s, of %s", label, process, user);
}

static void wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (status != 0)
		quit("a child has failed");
}

/* Connect, and send a message. Then let a child of our own send another one on
 * the same connection. */
static void be_the_child(const struct sockaddr_un *address, socklen_t size)
{
	pid_t parent = getpid();
	pid_t grandchild;
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (fd == -1)
		die("socket");
	while (connect(fd, (const struct sockaddr *)address, size) == -1) {
		if (errno != EINTR)
			die("connect");
	}
	send_claim(fd);

	grandchild = fork();
	if (grandchild == -1)
		die("fork");
	if (grandchild == 0) {
		if (!end_with_parent(parent))
			die("end_with_parent");
		send_claim(fd);
		exit(EXIT_SUCCESS);
	}
	wait_for(grandchild);
}

int main(void)
{
	struct sockaddr_un address;
	socklen_t size;
	pid_t parent = getpid();
	pid_t child;
	int listener;
	int connection;

	listener = listen_anywhere(&address, &size);
	child = fork();
	if (child == -1)
		die("fork");
	if (child == 0) {
		if (!end_with_parent(parent))
			die("end_with_parent");
		if (close(listener) == -1)
			die("close");
		be_the_child(&address, size);
		exit(EXIT_SUCCESS);
	}

	// The child can do all its work before we call accept(): its connect()
	// and send() do not wait for that. So first wait until it has ended. If
	// it was killed too early, no connection comes, and accept() would wait
	// for ever.
	wait_for(child);

	do {
		connection = accept(listener, NULL, NULL);
	} while (connection == -1 && errno == EINTR);
	if (connection == -1)
		die("accept");

	show_claim(connection);
	show_peer(connection, child, "right");

	// This message is from the grandchild.
	show_claim(connection);
	show_peer(connection, child, "later");
	return EXIT_SUCCESS;
}
