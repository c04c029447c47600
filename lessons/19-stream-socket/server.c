/*
 * server - takes calls at a path, and is handed a TCP connection there
 *   client ----[ AF_UNIX stream: bytes, and descriptors ]---> server
 *      +-------[ AF_INET stream at 127.0.0.1: bytes ]------------^
 *
 * Its partner is ./client. Watch: what is sent apart arrives together.
 */
#define _GNU_SOURCE		// struct ucred
#include <sys/socket.h>
#include <sys/un.h>
#include "../../common/experiment.h"
static struct sockaddr_un at = { .sun_family = AF_UNIX };

static void remove_socket(void)
{
	unlink(at.sun_path);
}

static int listen_at_path(void)
{
	int door = socket(AF_UNIX, SOCK_STREAM, 0);

	if (door == -1)
		die("socket");
	own_path(at.sun_path, "server");
	// Is anybody there? A server that was killed leaves its path.
	if (connect(door, (struct sockaddr *)&at, sizeof at) == 0)
		quit("another ./server listens here: stop it first");
	if (errno == ECONNREFUSED)
		unlink(at.sun_path);	// nobody: take it over
	hold_signals();		// until its removal is arranged for
	if (bind(door, (struct sockaddr *)&at, sizeof at) == -1)
		die("bind");
	if (listen(door, 5) == -1)
		die("listen");
	remove_at_end(remove_socket);
	let_signals();
	return door;
}

// A record is its length and its text; with it a socket may come.
static void read_records(int from, const char *what)
{
	_Alignas(struct cmsghdr) char note[CMSG_SPACE(sizeof(int))];
	char len = 0, text[128];
	struct iovec byte = { .iov_base = &len, .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &byte, .msg_iovlen = 1,
		.msg_control = note, .msg_controllen = sizeof note,
	};
	int fd;

	while (msg.msg_controllen = sizeof note,	// recvmsg() sets it
	       recvmsg(from, &msg, 0) == 1 && len > 0 &&
	       recv(from, text, (size_t)len, MSG_WAITALL) == len) {
		say("%s: record '%.*s'", what, len, text);
		if (CMSG_FIRSTHDR(&msg)) {
			memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof fd);
			read_records(fd, "127.0.0.1");
		}
	}
	close(from);		// end-of-file for the other side
}

int main(void)
{
	int door = listen_at_path(), conn;	// for all, for each
	struct ucred who;
	char all[8] = "";

	say("listens at a path");
	while ((conn = accept(door, NULL, NULL)) != -1) {
		if (getsockopt(conn, SOL_SOCKET, SO_PEERCRED, &who,
			       &(socklen_t){ sizeof who }) == 0 &&
		    wait_until_asleep(who.pid) && recv(conn, all, 7, 0) > 0)
			say("my own %s sent twice; one recv() took '%s'",
			    who.uid == geteuid() ? "user" : "guest", all);
		send(conn, "!", 1, MSG_NOSIGNAL);	// no SIGPIPE: EPIPE
		read_records(conn, "path");
	}
	die("accept");
}
