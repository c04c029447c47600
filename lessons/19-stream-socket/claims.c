/*
 * claims - what the notes say about stream sockets, executed
 *
 * Ids are rows of docs/claims.tsv; L19-.. are claims of this course. A proof
 * runs in a process of its own, in an empty folder, with a deadline.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../common/proof/claim.h"

static struct sockaddr_un path = { AF_UNIX, "door" };
#define NAME(at) (struct sockaddr *)&(at), sizeof(at)

static int make(int family, int type)
{
	int fd = socket(family, type, 0);

	HOLDS(fd != -1);
	return fd;
}

static void make_pair(int s[2], int type)
{
	HOLDS(socketpair(AF_UNIX, type, 0, s) == 0);
}

/* A socket that listens at "door" in the proof's own folder. */
static int listen_at_path(void)
{
	int fd = make(AF_UNIX, SOCK_STREAM);

	HOLDS(bind(fd, NAME(path)) == 0 && listen(fd, 5) == 0);
	return fd;
}

/* One that listens at 127.0.0.1; the kernel chooses the port for AT. */
static int listen_at_loopback(struct sockaddr_in *at)
{
	socklen_t size = sizeof *at;
	int fd = make(AF_INET, SOCK_STREAM);

	*at = (struct sockaddr_in){ .sin_family = AF_INET };
	at->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	HOLDS(bind(fd, NAME(*at)) == 0 && listen(fd, 5) == 0);
	HOLDS(getsockname(fd, (struct sockaddr *)at, &size) == 0);
	return fd;
}

/* Both ends of a TCP connection over the loopback interface. */
static void make_tcp(int s[2])
{
	struct sockaddr_in at;
	int door = listen_at_loopback(&at);

	s[0] = make(AF_INET, SOCK_STREAM);
	HOLDS(connect(s[0], NAME(at)) == 0);
	s[1] = accept(door, NULL, NULL);
	HOLDS(s[1] != -1 && close(door) == 0);
}

static void put(int fd, const char *text)
{
	EQUALS(send(fd, text, strlen(text), 0), strlen(text));
}

/* Exactly TEXT must come, in as many pieces as it likes. */
static void get(int fd, const char *text)
{
	char buf[64] = "";

	EQUALS(recv(fd, buf, strlen(text), MSG_WAITALL), strlen(text));
	HOLDS(strcmp(buf, text) == 0);
}

/* How many bytes lie ready in FD. */
static int ready(int fd)
{
	int n = -1;

	HOLDS(ioctl(fd, FIONREAD, &n) == 0);
	return n;
}

/* One byte, and with it descriptor FD. */
static void hand_over(int conn, int fd)
{
	_Alignas(struct cmsghdr) char note[CMSG_SPACE(sizeof fd)] = { 0 };
	struct iovec byte = { (char[]){ "x" }, 1 };
	struct msghdr msg = {
		.msg_iov = &byte, .msg_iovlen = 1,
		.msg_control = note, .msg_controllen = sizeof note,
	};
	struct cmsghdr *head = CMSG_FIRSTHDR(&msg);

	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof fd);
	memcpy(CMSG_DATA(head), &fd, sizeof fd);
	EQUALS(sendmsg(conn, &msg, 0), 1);
}

/* The descriptor that came with a byte, or -1; ROOM for notes in bytes. */
static int take(int conn, size_t room, int *flags)
{
	_Alignas(struct cmsghdr) char note[CMSG_SPACE(sizeof(int))];
	struct iovec byte = { &(char){ 0 }, 1 };
	struct msghdr msg = {
		.msg_iov = &byte, .msg_iovlen = 1,
		.msg_control = note, .msg_controllen = room,
	};
	int fd = -1;

	EQUALS(recvmsg(conn, &msg, *flags), 1);
	*flags = msg.msg_flags;
	if (CMSG_FIRSTHDR(&msg))
		memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof fd);
	return fd;
}

/* -------------------------------------------------- what a socket is */

CLAIM("0-002", "one process's write() is another's read()")
{
	char buf[8] = "";
	int s[2];

	make_pair(s, SOCK_STREAM);
	if (fork() == 0) {
		HOLDS(read(s[1], buf, sizeof buf) == 3);
		_exit(strcmp(buf, "abc") != 0);
	}
	EQUALS(write(s[0], "abc", 3), 3);
	EQUALS(ends(-1), 0);
}

CLAIM("2-160", "no network is needed: a pair has no address on one")
{
	struct sockaddr_storage at;
	socklen_t size = sizeof at;
	int s[2];

	make_pair(s, SOCK_STREAM);
	HOLDS(getsockname(s[0], (struct sockaddr *)&at, &size) == 0);
	EQUALS(at.ss_family, AF_UNIX);
	put(s[0], "abc");
	get(s[1], "abc");
}

CLAIM("2-160", "socketpair() is for AF_UNIX; AF_INET is EOPNOTSUPP")
{
	int s[2];

	FAILS(socketpair(AF_INET, SOCK_STREAM, 0, s), EOPNOTSUPP);
}

CLAIM("2-162", "the ends of a pair have no name: only a family, 2 bytes")
{
	struct sockaddr_un at;
	socklen_t size = sizeof at;
	int s[2];

	make_pair(s, SOCK_STREAM);
	HOLDS(getsockname(s[0], (struct sockaddr *)&at, &size) == 0);
	EQUALS(size, sizeof(sa_family_t));
}

CLAIM("2-162", "a client at a path needs no name: accept() reports none")
{
	struct sockaddr_un at;
	socklen_t size = sizeof at;
	int door = listen_at_path(), client = make(AF_UNIX, SOCK_STREAM);

	HOLDS(connect(client, NAME(path)) == 0);
	HOLDS(accept(door, (struct sockaddr *)&at, &size) != -1);
	EQUALS(size, sizeof(sa_family_t));
}

CLAIM("2-162", "an Internet client gets a port of its own by connect()")
{
	struct sockaddr_in at, mine;
	socklen_t size = sizeof mine;
	int door = listen_at_loopback(&at), fd = make(AF_INET, SOCK_STREAM);

	HOLDS(getsockname(fd, (struct sockaddr *)&mine, &size) == 0);
	EQUALS(mine.sin_port, 0);
	HOLDS(connect(fd, NAME(at)) == 0);
	HOLDS(getsockname(fd, (struct sockaddr *)&mine, &size) == 0);
	HOLDS(mine.sin_port != 0 && close(door) == 0);
}

CLAIM("2-163 2-164", "the API: socket bind listen connect accept send recv")
{
	int s[2];

	make_tcp(s);
	put(s[0], "ab");
	put(s[0], "cd");
	get(s[1], "abcd");
}

CLAIM("2-164", "an Internet stream socket is the kernel's TCP")
{
	socklen_t size = sizeof(int);
	int s[2], protocol = 0;

	make_tcp(s);
	HOLDS(getsockopt(s[0], SOL_SOCKET, SO_PROTOCOL, &protocol, &size) == 0);
	EQUALS(protocol, IPPROTO_TCP);
}

/* The same client and server; only the name differs. */
static void echo_once(int door, const struct sockaddr *at, socklen_t size)
{
	char c;
	int fd;

	if (fork() == 0) {
		fd = accept(door, NULL, NULL);
		_exit(read(fd, &c, 1) != 1 || write(fd, &c, 1) != 1);
	}
	fd = make(at->sa_family, SOCK_STREAM);
	HOLDS(connect(fd, at, size) == 0);
	put(fd, "e");
	get(fd, "e");
	EQUALS(ends(-1), 0);
}

CLAIM("2-165", "for IPC: an AF_UNIX path, or 127.0.0.1; the calls are the same")
{
	struct sockaddr_in at;
	int door = listen_at_loopback(&at);

	echo_once(door, NAME(at));
	echo_once(listen_at_path(), NAME(path));
}

CLAIM("2-166", "both ways: each end sends and receives, unlike a pipe")
{
	int s[2];

	make_pair(s, SOCK_STREAM);
	put(s[0], "abc");
	put(s[1], "back");
	get(s[1], "abc");
	get(s[0], "back");
}

CLAIM("2-167", "domain and type must be known, and go together")
{
	FAILS(socket(12345, SOCK_STREAM, 0), EAFNOSUPPORT);
	FAILS(socket(AF_UNIX, 12, 0), EINVAL);
	FAILS(socket(AF_INET, SOCK_SEQPACKET, 0), ESOCKTNOSUPPORT);
	FAILS(socket(AF_UNIX, SOCK_STREAM, IPPROTO_TCP), EPROTONOSUPPORT);
}

CLAIM("2-168", "the domain says what a name is: a path, or address and port")
{
	struct sockaddr_in in;
	struct sockaddr_un un;
	socklen_t size = sizeof un;
	int door = listen_at_path();

	HOLDS(getsockname(door, (struct sockaddr *)&un, &size) == 0);
	HOLDS(un.sun_family == AF_UNIX && strcmp(un.sun_path, "door") == 0);
	listen_at_loopback(&in);
	HOLDS(in.sin_family == AF_INET && in.sin_port != 0);
	EQUALS(ntohl(in.sin_addr.s_addr), 0x7f000001);
}

CLAIM("2-168", "the name of one domain is refused by the other")
{
	struct sockaddr_in at = { .sin_family = AF_INET };

	FAILS(bind(make(AF_UNIX, SOCK_STREAM), NAME(at)), EINVAL);
	FAILS(bind(make(AF_INET, SOCK_STREAM), NAME(path)), EAFNOSUPPORT);
}

CLAIM("2-169 L19-01", "bind() makes a file, and close() leaves it: EADDRINUSE")
{
	struct stat st;

	HOLDS(close(listen_at_path()) == 0);
	HOLDS(lstat("door", &st) == 0 && S_ISSOCK(st.st_mode));
	FAILS(bind(make(AF_UNIX, SOCK_STREAM), NAME(path)), EADDRINUSE);
}

CLAIM("2-169", "port 0: the kernel chooses one; taken is EADDRINUSE")
{
	struct sockaddr_in at;

	listen_at_loopback(&at);
	HOLDS(at.sin_port != 0);
	FAILS(bind(make(AF_INET, SOCK_STREAM), NAME(at)), EADDRINUSE);
}

CLAIM("2-170", "AF_UNIX is the UNIX domain, AF_LOCAL the same number")
{
	HOLDS(socket(AF_UNIX, SOCK_STREAM, 0) != -1);
	EQUALS(AF_LOCAL, AF_UNIX);
}

CLAIM("2-171", "AF_INET is the IPv4 Internet domain")
{
	HOLDS(socket(AF_INET, SOCK_STREAM, 0) != -1);
	EQUALS(sizeof(struct in_addr), 4);
}

CLAIM("2-172", "AF_INET6 is the IPv6 Internet domain")
{
	struct sockaddr_in6 at = { .sin6_family = AF_INET6,
				   .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	int fd = socket(AF_INET6, SOCK_STREAM, 0);

	EQUALS(sizeof at.sin6_addr, 16);
	if (fd == -1 || bind(fd, NAME(at)) == -1)
		SKIP("no IPv6 at ::1 here (%s); see "
		     "/proc/sys/net/ipv6/conf/lo/disable_ipv6",
		     errno_name(errno));
	HOLDS(listen(fd, 1) == 0);
}

CLAIM("2-173", "the type says how: seqpacket keeps borders, stream does not")
{
	char buf[16];
	int s[2];

	make_pair(s, SOCK_SEQPACKET);
	put(s[0], "abc");
	put(s[0], "de");
	EQUALS(recv(s[1], buf, sizeof buf, 0), 3);
	make_pair(s, SOCK_STREAM);
	put(s[0], "abc");
	put(s[0], "de");
	EQUALS(recv(s[1], buf, sizeof buf, 0), 5);
}

CLAIM("2-174", "a stream needs a connection: ENOTCONN, over TCP EPIPE")
{
	char c;
	int un = make(AF_UNIX, SOCK_STREAM), in = make(AF_INET, SOCK_STREAM);

	FAILS(send(un, "x", 1, MSG_NOSIGNAL), ENOTCONN);
	FAILS(send(in, "x", 1, MSG_NOSIGNAL), EPIPE);
	FAILS(recv(in, &c, 1, 0), ENOTCONN);
	FAILS(recv(un, &c, 1, 0), EINVAL);
}

/* ------------------------------------------------------------ framing */

CLAIM("2-009 2-176 4-007", "a byte stream: two sends of 3, one recv of 6")
{
	char buf[16];
	int s[2];

	make_pair(s, SOCK_STREAM);
	put(s[0], "abc");
	put(s[0], "def");
	EQUALS(recv(s[1], buf, sizeof buf, 0), 6);
	HOLDS(memcmp(buf, "abcdef", 6) == 0);
}

CLAIM("2-009 2-176", "over TCP too, when both sends are in: here they are")
{
	char buf[16];
	int s[2];

	make_tcp(s);
	put(s[0], "abc");
	put(s[0], "def");
	while (ready(s[1]) < 6)
		sched_yield();
	EQUALS(recv(s[1], buf, sizeof buf, 0), 6);
}

CLAIM("L19-02", "one send, three recv(): a stream is also cut anywhere")
{
	int s[2];

	make_pair(s, SOCK_STREAM);
	put(s[0], "abcdef");
	get(s[1], "a");
	get(s[1], "bcd");
	get(s[1], "ef");
}

/* Ask for no more than is missing, until it is all there. */
static size_t get_all(int fd, char *buf, size_t len)
{
	size_t have = 0;

	while (have < len) {
		ssize_t n = recv(fd, buf + have, len - have, 0);

		if (n <= 0)
			break;		/* 0: the other side has closed */
		have += (size_t)n;
	}
	return have;
}

CLAIM("L19-03", "a length and a loop: records stay whole, in any pieces")
{
	char text[8] = "", len;
	pid_t reader;
	int s[2];

	make_pair(s, SOCK_STREAM);
	reader = fork();
	if (reader == 0) {
		HOLDS(get_all(s[1], &len, 1) == 1 && len == 5);
		HOLDS(get_all(s[1], text, 5) == 5);
		HOLDS(strcmp(text, "three") == 0);
		HOLDS(get_all(s[1], &len, 1) == 1 && len == 2);
		_exit(0);
	}
	put(s[0], "\5th");
	HOLDS(blocks(reader));			/* it has "th", no more */
	put(s[0], "ree\2");
	EQUALS(ends(reader), 0);
}

CLAIM("L19-04", "MSG_WAITALL waits for all of it; the end cuts it short")
{
	char buf[8];
	pid_t reader;
	int s[2];

	make_pair(s, SOCK_STREAM);
	reader = fork();
	if (reader == 0) {
		HOLDS(close(s[0]) == 0);
		HOLDS(recv(s[1], buf, 4, MSG_WAITALL) == 4);
		_exit(recv(s[1], buf, 4, MSG_WAITALL) != 2);
	}
	put(s[0], "ab");
	HOLDS(blocks(reader));
	put(s[0], "cdef");
	HOLDS(close(s[0]) == 0);
	EQUALS(ends(reader), 0);
}

/* A send that needs more room than there is: part of it goes in. */
CLAIM("L19-05", "send() may take less than all, when it may not wait")
{
	static char big[8 << 20];
	ssize_t n;
	int s[2];

	make_pair(s, SOCK_STREAM);
	n = send(s[0], big, sizeof big, MSG_DONTWAIT);
	HOLDS(n > 0 && n < (ssize_t)sizeof big);
	FAILS(send(s[0], big, sizeof big, MSG_DONTWAIT), EAGAIN);
}

CLAIM("L19-05", "a blocking send() to a full stream waits for the reader")
{
	static char big[8 << 20];
	pid_t writer;
	int s[2];

	make_pair(s, SOCK_STREAM);
	writer = fork();
	if (writer == 0)
		_exit(send(s[0], big, sizeof big, 0) != sizeof big);
	HOLDS(blocks(writer));
	EQUALS(get_all(s[1], big, sizeof big), sizeof big);
	EQUALS(ends(writer), 0);
}

/* -------------------------------------------------------- descriptors */

CLAIM("L19-06", "SCM_RIGHTS: another number, the same open file")
{
	int s[2], fd[2], flags = 0, got;
	char c;

	make_pair(s, SOCK_STREAM);
	HOLDS(pipe(fd) == 0);
	hand_over(s[0], fd[1]);
	HOLDS(close(fd[1]) == 0);	/* in flight: the pipe lives on */
	got = take(s[1], CMSG_SPACE(sizeof(int)), &flags);
	HOLDS(got != -1 && write(got, "x", 1) == 1);
	EQUALS(read(fd[0], &c, 1), 1);
}

CLAIM("L19-06", "the offset is shared: one open file description")
{
	int s[2], flags = 0, got, fd = open("file", O_RDWR | O_CREAT, 0600);

	make_pair(s, SOCK_STREAM);
	HOLDS(write(fd, "12345", 5) == 5);
	hand_over(s[0], fd);
	got = take(s[1], CMSG_SPACE(sizeof(int)), &flags);
	EQUALS(lseek(got, 0, SEEK_CUR), 5);
	EQUALS(lseek(got, 2, SEEK_SET), 2);
	EQUALS(lseek(fd, 0, SEEK_CUR), 2);
}

CLAIM("L19-07", "no room for the note: MSG_CTRUNC, the descriptor is gone")
{
	int s[2], fd[2], flags = 0;
	char c;

	make_pair(s, SOCK_STREAM);
	HOLDS(pipe(fd) == 0);
	hand_over(s[0], fd[1]);
	HOLDS(close(fd[1]) == 0);
	EQUALS(take(s[1], 0, &flags), -1);
	HOLDS(flags & MSG_CTRUNC);
	EQUALS(read(fd[0], &c, 1), 0);		/* no writer is left */
}

CLAIM("L19-07", "plain recv() takes the byte and drops the descriptor")
{
	int s[2], fd[2];
	char c;

	make_pair(s, SOCK_STREAM);
	HOLDS(pipe(fd) == 0);
	hand_over(s[0], fd[1]);
	HOLDS(close(fd[1]) == 0);
	get(s[1], "x");
	EQUALS(read(fd[0], &c, 1), 0);
}

CLAIM("L19-08", "recv() stops where a descriptor comes with the bytes")
{
	char buf[8];
	int s[2];

	make_pair(s, SOCK_STREAM);
	hand_over(s[0], 0);
	put(s[0], "abc");
	EQUALS(recv(s[1], buf, sizeof buf, 0), 1);
	EQUALS(recv(s[1], buf, sizeof buf, 0), 3);
}

CLAIM("L19-09", "MSG_CMSG_CLOEXEC closes what was handed over at exec")
{
	int s[2], flags = MSG_CMSG_CLOEXEC, got;

	make_pair(s, SOCK_STREAM);
	hand_over(s[0], 0);
	got = take(s[1], CMSG_SPACE(sizeof(int)), &flags);
	EQUALS(fcntl(got, F_GETFD), FD_CLOEXEC);
	flags = 0;
	hand_over(s[0], 0);
	got = take(s[1], CMSG_SPACE(sizeof(int)), &flags);
	EQUALS(fcntl(got, F_GETFD), 0);
}

CLAIM("L19-10", "TCP carries no descriptor")
{
	_Alignas(struct cmsghdr) char note[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec byte = { (char[]){ "x" }, 1 };
	struct msghdr msg = {
		.msg_iov = &byte, .msg_iovlen = 1,
		.msg_control = note, .msg_controllen = sizeof note,
	};
	struct cmsghdr *head = CMSG_FIRSTHDR(&msg);
	int s[2], flags = 0;

	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof(int));
	make_tcp(s);
	if (sendmsg(s[0], &msg, 0) == 1)
		EQUALS(take(s[1], CMSG_SPACE(sizeof(int)), &flags), -1);
}

/* ------------------------------------------------------- who calls? */

static struct ucred who(int fd)
{
	struct ucred c;
	socklen_t size = sizeof c;

	HOLDS(getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &c, &size) == 0);
	return c;
}

CLAIM("L19-11", "SO_PEERCRED: pid, uid and gid of who called connect()")
{
	int door = listen_at_path(), fd;
	pid_t client = fork();

	if (client == 0) {
		fd = make(AF_UNIX, SOCK_STREAM);
		HOLDS(connect(fd, NAME(path)) == 0);
		HOLDS(who(fd).pid == getppid());	/* who listens */
		_exit(0);
	}
	fd = accept(door, NULL, NULL);
	EQUALS(who(fd).pid, client);
	EQUALS(who(fd).uid, geteuid());
	EQUALS(who(fd).gid, getegid());
	EQUALS(ends(client), 0);
	EQUALS(who(fd).pid, client);		/* as it was at connect() */
}

CLAIM("L19-12", "the pair's ends were both made by one process: itself")
{
	int s[2];

	make_pair(s, SOCK_STREAM);
	if (fork() == 0)
		_exit(who(s[0]).pid != getppid());
	EQUALS(ends(-1), 0);
}

CLAIM("L19-13", "TCP does not know who calls: pid 0 and uid -1")
{
	int s[2];

	make_tcp(s);
	EQUALS(who(s[0]).pid, 0);
	EQUALS((int)who(s[0]).uid, -1);
}

/* ---------------------------------------------------------- names */

CLAIM("L19-14", "nobody at the path: ENOENT; a stale one: ECONNREFUSED")
{
	FAILS(connect(make(AF_UNIX, SOCK_STREAM), NAME(path)), ENOENT);
	HOLDS(close(listen_at_path()) == 0);
	FAILS(connect(make(AF_UNIX, SOCK_STREAM), NAME(path)), ECONNREFUSED);
	HOLDS(unlink("door") == 0);
	HOLDS(listen_at_path() != -1);
}

CLAIM("L19-15", "bound but not yet listening looks like a stale one")
{
	int fd = make(AF_UNIX, SOCK_STREAM);

	HOLDS(bind(fd, NAME(path)) == 0);
	FAILS(connect(make(AF_UNIX, SOCK_STREAM), NAME(path)), ECONNREFUSED);
	HOLDS(listen(fd, 1) == 0);
	HOLDS(connect(make(AF_UNIX, SOCK_STREAM), NAME(path)) == 0);
}

CLAIM("L19-16", "unlink() takes the name only; who is connected goes on")
{
	int door = listen_at_path(), fd = make(AF_UNIX, SOCK_STREAM);

	HOLDS(connect(fd, NAME(path)) == 0 && unlink("door") == 0);
	put(fd, "abc");
	get(accept(door, NULL, NULL), "abc");
	FAILS(connect(make(AF_UNIX, SOCK_STREAM), NAME(path)), ENOENT);
}

CLAIM("L19-17", "an abstract name begins with a zero byte, and makes no file")
{
	struct sockaddr_un at = { AF_UNIX, "" };
	socklen_t size = offsetof(struct sockaddr_un, sun_path) + 1 +
		(socklen_t)snprintf(at.sun_path + 1, sizeof at.sun_path - 1,
				    "ipc-lessons.%d", (int)getpid());
	struct sockaddr *name = (struct sockaddr *)&at;
	int door = make(AF_UNIX, SOCK_STREAM);
	struct stat st;

	HOLDS(bind(door, name, size) == 0 && listen(door, 1) == 0);
	HOLDS(connect(make(AF_UNIX, SOCK_STREAM), name, size) == 0);
	FAILS(stat(at.sun_path + 1, &st), ENOENT);
	HOLDS(close(door) == 0);		/* and goes with its socket */
	HOLDS(bind(make(AF_UNIX, SOCK_STREAM), name, size) == 0);
}

CLAIM("L19-18", "the length counts: with sizeof it is another abstract name")
{
	struct sockaddr_un at = { AF_UNIX, "" };
	struct sockaddr *name = (struct sockaddr *)&at;
	socklen_t size = offsetof(struct sockaddr_un, sun_path) + 1 +
		(socklen_t)snprintf(at.sun_path + 1, sizeof at.sun_path - 1,
				    "ipc-lessons.%d", (int)getpid());
	int door = make(AF_UNIX, SOCK_STREAM);

	HOLDS(bind(door, name, size) == 0 && listen(door, 1) == 0);
	FAILS(connect(make(AF_UNIX, SOCK_STREAM), NAME(at)), ECONNREFUSED);
}

CLAIM("L19-19", "sun_path has 108 bytes, and a longer address is EINVAL")
{
	EQUALS(sizeof path.sun_path, 108);
	FAILS(bind(make(AF_UNIX, SOCK_STREAM), (struct sockaddr *)&path,
		   sizeof path + 1), EINVAL);
}

CLAIM("L19-20", "to connect one must be allowed to write the file")
{
	int door = listen_at_path();
	pid_t caller;

	HOLDS(chmod("door", 0555) == 0 && chmod(".", 0755) == 0);
	caller = fork();
	if (caller == 0) {
		become_ordinary_user();		/* root may write all */
		FAILS(connect(make(AF_UNIX, SOCK_STREAM), NAME(path)), EACCES);
		_exit(0);
	}
	EQUALS(ends(caller), 0);
	HOLDS(chmod("door", 0777) == 0);
	HOLDS(connect(make(AF_UNIX, SOCK_STREAM), NAME(path)) == 0);
	HOLDS(close(door) == 0);
}

/* ---------------------------------------------------------- the end */

CLAIM("L19-21", "close() is the other side's end-of-file, then EPIPE")
{
	char c;
	int s[2];

	make_pair(s, SOCK_STREAM);
	put(s[0], "last");
	HOLDS(close(s[0]) == 0);
	get(s[1], "last");
	EQUALS(recv(s[1], &c, 1, 0), 0);
	FAILS(send(s[1], "x", 1, MSG_NOSIGNAL), EPIPE);
}

CLAIM("L19-21", "without MSG_NOSIGNAL that send() kills by SIGPIPE")
{
	int s[2];

	make_pair(s, SOCK_STREAM);
	HOLDS(close(s[0]) == 0);
	if (fork() == 0)
		_exit(send(s[1], "x", 1, 0) == 1);
	EQUALS(ends(-1), 128 + SIGPIPE);
}

CLAIM("L19-22", "shutdown(SHUT_WR) ends one way; the other still works")
{
	char c;
	int s[2];

	make_pair(s, SOCK_STREAM);
	HOLDS(shutdown(s[0], SHUT_WR) == 0);
	EQUALS(recv(s[1], &c, 1, 0), 0);
	put(s[1], "answer");
	get(s[0], "answer");
	FAILS(send(s[0], "x", 1, MSG_NOSIGNAL), EPIPE);
}

CLAIM("L19-23", "closing with bytes unread: the other side gets ECONNRESET")
{
	char c;
	int s[2];

	make_pair(s, SOCK_STREAM);
	put(s[0], "nobody reads this");
	HOLDS(close(s[1]) == 0);
	FAILS(recv(s[0], &c, 1, 0), ECONNRESET);
}

CLAIM("L19-24", "connect() and send() are done before accept() is called")
{
	int door = listen_at_path(), fd = make(AF_UNIX, SOCK_STREAM);

	HOLDS(connect(fd, NAME(path)) == 0);
	put(fd, "early");
	get(accept(door, NULL, NULL), "early");
}

CLAIM("L19-25", "more callers than listen() allows: a path makes them wait")
{
	int door = make(AF_UNIX, SOCK_STREAM), fd;
	pid_t third;

	HOLDS(bind(door, NAME(path)) == 0 && listen(door, 0) == 0);
	HOLDS(connect(make(AF_UNIX, SOCK_STREAM), NAME(path)) == 0);
	fd = make(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK);
	FAILS(connect(fd, NAME(path)), EAGAIN);
	third = fork();
	if (third == 0)
		_exit(connect(make(AF_UNIX, SOCK_STREAM), NAME(path)) == -1);
	HOLDS(blocks(third));
	HOLDS(accept(door, NULL, NULL) != -1);
	EQUALS(ends(third), 0);
}

CLAIM("L19-26", "nobody listens at 127.0.0.1: ECONNREFUSED at once")
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t size = sizeof at;
	int fd = make(AF_INET, SOCK_STREAM);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	HOLDS(bind(fd, NAME(at)) == 0);		/* bound, not listening */
	HOLDS(getsockname(fd, (struct sockaddr *)&at, &size) == 0);
	FAILS(connect(make(AF_INET, SOCK_STREAM), NAME(at)), ECONNREFUSED);
}

/* The side that closes first keeps the port for a minute: TIME_WAIT. */
CLAIM("L19-27", "a restart: EADDRINUSE, unless old and new set SO_REUSEADDR")
{
	struct sockaddr_in at;
	int door = listen_at_loopback(&at), again = make(AF_INET, SOCK_STREAM);
	int caller = make(AF_INET, SOCK_STREAM), called, on = 1;
	char c;

	HOLDS(setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0);
	HOLDS(connect(caller, NAME(at)) == 0);
	called = accept(door, NULL, NULL);
	HOLDS(close(called) == 0);		/* the server first */
	EQUALS(recv(caller, &c, 1, 0), 0);
	HOLDS(close(caller) == 0 && close(door) == 0);
	FAILS(bind(again, NAME(at)), EADDRINUSE);
	HOLDS(setsockopt(again, SOL_SOCKET, SO_REUSEADDR, &on,
			 sizeof on) == 0);
	HOLDS(bind(again, NAME(at)) == 0);
}

/* ------------------------------------------------------------- limits */

CLAIM("L19-28", "no descriptor is free: accept() is EMFILE, the caller stays")
{
	int door = listen_at_path(), caller = make(AF_UNIX, SOCK_STREAM);
	struct rlimit few = { (rlim_t)caller + 3, (rlim_t)caller + 3 };
	int fd, last = -1;

	HOLDS(connect(caller, NAME(path)) == 0);
	HOLDS(setrlimit(RLIMIT_NOFILE, &few) == 0);
	while ((fd = dup(caller)) != -1)
		last = fd;
	FAILS(accept(door, NULL, NULL), EMFILE);
	HOLDS(close(last) == 0);
	HOLDS(accept(door, NULL, NULL) != -1);
}

/* A note with N copies of descriptor 0: 0, or -1 and errno. */
static int hand_over_many(int conn, size_t n)
{
	_Alignas(struct cmsghdr) static char note[CMSG_SPACE(1200)];
	struct iovec byte = { (char[]){ "x" }, 1 };
	struct msghdr msg = {
		.msg_iov = &byte, .msg_iovlen = 1,
		.msg_control = note,
		.msg_controllen = CMSG_SPACE(n * sizeof(int)),
	};
	struct cmsghdr *head = CMSG_FIRSTHDR(&msg);

	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(n * sizeof(int));
	return sendmsg(conn, &msg, MSG_DONTWAIT) == -1 ? -1 : 0;
}

CLAIM("L19-29", "253 descriptors go with one message, 254 are EINVAL")
{
	int s[2];

	make_pair(s, SOCK_STREAM);
	EQUALS(hand_over_many(s[0], 253), 0);
	FAILS(hand_over_many(s[0], 254), EINVAL);
}

CLAIM("L19-30", "more in flight than RLIMIT_NOFILE: ETOOMANYREFS, unless root")
{
	struct rlimit few = { 50, 50 };
	int s[2];

	become_ordinary_user();
	make_pair(s, SOCK_STREAM);
	HOLDS(setrlimit(RLIMIT_NOFILE, &few) == 0);
	EQUALS(hand_over_many(s[0], 51), 0);	/* looked at beforehand */
	FAILS(hand_over_many(s[0], 1), ETOOMANYREFS);
}

CLAIM("L19-31", "net.core.somaxconn cuts what listen() asks for, unsaid")
{
	int door = make(AF_UNIX, SOCK_STREAM), fd;
	FILE *f;

	if (unshare(CLONE_NEWNET) == -1 ||
	    !(f = fopen("/proc/sys/net/core/somaxconn", "we")) ||
	    fputs("0", f) < 0 || fclose(f) == EOF)
		SKIP("no network namespace of its own here; run it as root");
	door = make(AF_UNIX, SOCK_STREAM);
	HOLDS(bind(door, NAME(path)) == 0 && listen(door, 100) == 0);
	HOLDS(connect(make(AF_UNIX, SOCK_STREAM), NAME(path)) == 0);
	fd = make(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK);
	FAILS(connect(fd, NAME(path)), EAGAIN);
}

/* ------------------------------------------------------ other refusals */

CLAIM("L19-32", "without waiting: EAGAIN, and EINPROGRESS for a TCP connect")
{
	struct sockaddr_in at;
	int door = listen_at_loopback(&at), s[2];
	char c;

	HOLDS(fcntl(door, F_SETFL, O_NONBLOCK) == 0);
	FAILS(accept(door, NULL, NULL), EAGAIN);
	FAILS(connect(make(AF_INET, SOCK_STREAM | SOCK_NONBLOCK), NAME(at)),
	      EINPROGRESS);
	make_pair(s, SOCK_STREAM);
	FAILS(recv(s[1], &c, 1, MSG_DONTWAIT), EAGAIN);
}

CLAIM("L19-33", "the wrong socket for the call: ENOTSOCK, EINVAL, EISCONN")
{
	struct sockaddr_in at;
	int door = listen_at_loopback(&at), s[2];

	HOLDS(door != -1);
	FAILS(send(open("/dev/null", O_RDWR), "x", 1, 0), ENOTSOCK);
	FAILS(accept(make(AF_INET, SOCK_STREAM), NULL, NULL), EINVAL);
	make_tcp(s);
	FAILS(connect(s[0], NAME(at)), EISCONN);
}

CLAIM("L19-34", "bind(): a foreign address EADDRNOTAVAIL, a low port EACCES")
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(1) };

	at.sin_addr.s_addr = htonl(0xc0000201);	/* 192.0.2.1: nobody's */
	FAILS(bind(make(AF_INET, SOCK_STREAM), NAME(at)), EADDRNOTAVAIL);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	become_ordinary_user();
	FAILS(bind(make(AF_INET, SOCK_STREAM), NAME(at)), EACCES);
}
