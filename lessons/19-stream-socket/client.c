/*
 * client - calls the server at its path, and hands it a TCP connection
 *
 *   client ----[ AF_UNIX stream: bytes, and descriptors ]---> server
 *      +-------[ AF_INET stream at 127.0.0.1: bytes ]------------^
 *
 * Its partner is ./server. Watch: it reads from a TCP it never opened.
 */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <sys/un.h>
#include "../../common/lesson.h"

static int call_server(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	own_path(at.sun_path, "server");
	if (connect(fd, (struct sockaddr *)&at, sizeof at) == -1)
		quit("nobody listens (%s): start ./server first",
		     errno_name(errno));
	return fd;
}

// Both ends of a TCP connection: port 0 lets the kernel choose a free one.
static void call_myself(int end[2])
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr = { htonl(INADDR_LOOPBACK) } };
	struct sockaddr *name = (struct sockaddr *)&at;
	socklen_t size = sizeof at;
	int door = socket(AF_INET, SOCK_STREAM, 0);

	if (door == -1)
		die("socket");
	end[0] = socket(AF_INET, SOCK_STREAM, 0);
	if (end[0] == -1)
		die("socket");
	if (bind(door, name, size) == -1 || listen(door, 1) == -1 ||
	    getsockname(door, name, &size) == -1 ||
	    connect(end[0], name, size) == -1 ||
	    (end[1] = accept(door, NULL, NULL)) == -1)
		die("connect to 127.0.0.1");
}

// The descriptor goes along with the bytes of a record.
static void hand_over(int conn, int fd)
{
	_Alignas(struct cmsghdr) char note[CMSG_SPACE(sizeof fd)] = { 0 };
	struct iovec record = { .iov_base = (char[]){ "\3two" }, .iov_len = 4 };
	struct msghdr msg = {
		.msg_iov = &record, .msg_iovlen = 1,
		.msg_control = note, .msg_controllen = sizeof note,
	};
	struct cmsghdr *head = CMSG_FIRSTHDR(&msg);

	*head = (struct cmsghdr){ .cmsg_level = SOL_SOCKET,	// no byte, but
		.cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof fd) };
	memcpy(CMSG_DATA(head), &fd, sizeof fd);
	if (sendmsg(conn, &msg, MSG_NOSIGNAL) == -1)
		die("sendmsg");
	close(fd);			// the server has its own now
}

int main(void)
{
	int fd = call_server(), end[2];

	if (send(fd, "abc", 3, MSG_NOSIGNAL) == -1 ||	// no SIGPIPE: EPIPE
	    send(fd, "def", 3, MSG_NOSIGNAL) == -1)
		die("send");
	say("sent 'abc', then 'def'");
	if (recv(fd, &(char){ 0 }, 1, 0) != 1)	// now it knows where I stop
		quit("the server has gone: start it again");
	send(fd, "\3one", 4, MSG_NOSIGNAL);
	call_myself(end);
	hand_over(fd, end[0]);		// with record two
	send(end[1], "\5three", 6, MSG_NOSIGNAL);
	close(end[1]);			// end-of-file for the server there,
	shutdown(fd, SHUT_WR);		// and here: now wait until it closes
	return recv(fd, &(char){ 0 }, 1, 0) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
