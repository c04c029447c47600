/*
 * claims - what the notes say about stream sockets, executed
 *
 * Ids are rows of docs/claims.tsv; L19-.. are claims of this course. A proof
 * runs in a process of its own, in an empty folder, with a deadline.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/capability.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
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

static int number_of(int fd, int level, int option)
{
	socklen_t size = sizeof(int);
	int n = -1;

	HOLDS(getsockopt(fd, level, option, &n, &size) == 0);
	return n;
}

/* How many bytes lie ready in FD. */
static int ready(int fd)
{
	int n = -1;

	HOLDS(ioctl(fd, FIONREAD, &n) == 0);
	return n;
}

/* Two sends of 3 bytes. */
static void send_twice(int fd)
{
	put(fd, "abc");
	put(fd, "def");
}

/* How many bytes the name of FD has, and the name in AT. */
static socklen_t name_of(int fd, struct sockaddr_un *at)
{
	socklen_t size = sizeof *at;

	memset(at, 0xff, sizeof *at);
	HOLDS(getsockname(fd, (struct sockaddr *)at, &size) == 0);
	return size;
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
	pid_t reader;
	int s[2];

	make_pair(s, SOCK_STREAM);
	reader = fork();
	if (reader == 0) {
		HOLDS(read(s[1], buf, sizeof buf) == 3);
		_exit(strcmp(buf, "abc") != 0);
	}
	HOLDS(blocks(reader));		/* nobody has written yet */
	EQUALS(write(s[0], "abc", 3), 3);
	EQUALS(ends(reader), 0);
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

	make_pair(s, SOCK_STREAM);
	make(AF_INET, SOCK_STREAM);	/* for socket() it is a family */
	FAILS(socketpair(AF_INET, SOCK_STREAM, 0, s), EOPNOTSUPP);
}

CLAIM("2-162", "the ends of a pair have no name: only a family, 2 bytes")
{
	struct sockaddr_un at;
	int s[2];

	make_pair(s, SOCK_STREAM);
	for (int i = 0; i < 2; i++) {
		EQUALS(name_of(s[i], &at), sizeof(sa_family_t));
		EQUALS(at.sun_family, AF_UNIX);
	}
	put(s[0], "abc");
	get(s[1], "abc");
	HOLDS(bind(s[0], NAME(path)) == 0);	/* one that has a name */
	HOLDS(name_of(s[0], &at) > sizeof(sa_family_t));
	HOLDS(strcmp(at.sun_path, "door") == 0);
}

CLAIM("2-162", "a client at a path needs no name: accept() reports none")
{
	struct sockaddr_un at, own = { AF_UNIX, "client" };
	socklen_t size = sizeof at;
	int door = listen_at_path(), client = make(AF_UNIX, SOCK_STREAM);
	int named = make(AF_UNIX, SOCK_STREAM);

	HOLDS(connect(client, NAME(path)) == 0);
	HOLDS(accept(door, (struct sockaddr *)&at, &size) != -1);
	EQUALS(size, sizeof(sa_family_t));

	HOLDS(bind(named, NAME(own)) == 0);	/* of one that has it */
	HOLDS(connect(named, NAME(path)) == 0);
	size = sizeof at;
	HOLDS(accept(door, (struct sockaddr *)&at, &size) != -1);
	HOLDS(strcmp(at.sun_path, "client") == 0);
}

CLAIM("2-162", "an Internet client gets a port of its own by connect()")
{
	struct sockaddr_in at, mine, peer;
	socklen_t size = sizeof mine;
	int door = listen_at_loopback(&at), fd = make(AF_INET, SOCK_STREAM);

	HOLDS(getsockname(fd, (struct sockaddr *)&mine, &size) == 0);
	EQUALS(mine.sin_port, 0);
	HOLDS(connect(fd, NAME(at)) == 0);
	HOLDS(getsockname(fd, (struct sockaddr *)&mine, &size) == 0);
	HOLDS(mine.sin_port != 0 && mine.sin_port != at.sin_port);
	HOLDS(accept(door, (struct sockaddr *)&peer, &size) != -1);
	EQUALS(peer.sin_port, mine.sin_port);
}

CLAIM("2-163 2-164", "the API: socket bind listen connect accept send recv")
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t size = sizeof at;
	int door = socket(AF_INET, SOCK_STREAM, 0), called;
	int early = socket(AF_INET, SOCK_STREAM, 0);
	int caller = socket(AF_INET, SOCK_STREAM, 0);
	char buf[4] = "";

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	HOLDS(bind(door, NAME(at)) == 0);
	HOLDS(getsockname(door, (struct sockaddr *)&at, &size) == 0);
	HOLDS(at.sin_port != 0);
	FAILS(connect(early, NAME(at)), ECONNREFUSED);	/* nobody listens */
	HOLDS(listen(door, 1) == 0);
	FAILS(send(caller, "abc", 3, MSG_NOSIGNAL), EPIPE);
	HOLDS(connect(caller, NAME(at)) == 0);
	called = accept(door, NULL, NULL);
	HOLDS(called != -1);
	EQUALS(send(caller, "abc", 3, 0), 3);
	EQUALS(recv(called, buf, 3, MSG_WAITALL), 3);
	HOLDS(strcmp(buf, "abc") == 0);
}

CLAIM("2-164", "an Internet stream socket is the kernel's TCP")
{
	socklen_t size = sizeof(int);
	int s[2], protocol = 0;

	make_tcp(s);
	HOLDS(getsockopt(s[0], SOL_SOCKET, SO_PROTOCOL, &protocol, &size) == 0);
	EQUALS(protocol, IPPROTO_TCP);
}

/* The same client and server; only the name differs. In which domain? */
static int echo_once(int door, const struct sockaddr *at, socklen_t size)
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
	return number_of(fd, SOL_SOCKET, SO_DOMAIN);
}

CLAIM("2-165", "for IPC: an AF_UNIX path, or 127.0.0.1; the calls are the same")
{
	struct sockaddr_in at;
	int door = listen_at_loopback(&at);

	EQUALS(ntohl(at.sin_addr.s_addr), 0x7f000001);
	EQUALS(echo_once(door, NAME(at)), AF_INET);
	EQUALS(echo_once(listen_at_path(), NAME(path)), AF_UNIX);
}

CLAIM("2-166", "both ways: each end sends and receives, unlike a pipe")
{
	int s[2], fd[2];
	char c;

	make_pair(s, SOCK_STREAM);
	put(s[0], "abc");
	put(s[1], "back");
	get(s[1], "abc");
	get(s[0], "back");
	HOLDS(pipe(fd) == 0);
	FAILS(write(fd[0], "x", 1), EBADF);
	FAILS(read(fd[1], &c, 1), EBADF);
}

CLAIM("2-167", "domain and type must be known, and go together")
{
	const int type = SOCK_SEQPACKET, protocol = IPPROTO_TCP;

	FAILS(socket(12345, SOCK_STREAM, 0), EAFNOSUPPORT);
	FAILS(socket(AF_UNIX, 12, 0), EINVAL);
	HOLDS(socket(AF_UNIX, type, 0) != -1);
	FAILS(socket(AF_INET, type, 0), ESOCKTNOSUPPORT);
	HOLDS(socket(AF_INET, SOCK_STREAM, protocol) != -1);
	FAILS(socket(AF_UNIX, SOCK_STREAM, protocol), EPROTONOSUPPORT);
}

CLAIM("2-168", "the domain says what a name is: a path, or address and port")
{
	struct sockaddr_in at, in = { .sin_family = AF_UNSPEC };
	struct sockaddr_un un;
	socklen_t size = sizeof in;
	int door = listen_at_loopback(&at);

	HOLDS(name_of(listen_at_path(), &un) > sizeof(sa_family_t));
	HOLDS(un.sun_family == AF_UNIX && strcmp(un.sun_path, "door") == 0);
	HOLDS(getsockname(door, (struct sockaddr *)&in, &size) == 0);
	HOLDS(in.sin_family == AF_INET && in.sin_port != 0);
	EQUALS(ntohl(in.sin_addr.s_addr), 0x7f000001);
}

CLAIM("2-168", "the name of one domain is refused by the other")
{
	struct sockaddr_in at = { .sin_family = AF_INET };

	FAILS(bind(make(AF_UNIX, SOCK_STREAM), NAME(at)), EINVAL);
	FAILS(bind(make(AF_INET, SOCK_STREAM), NAME(path)), EAFNOSUPPORT);
	HOLDS(bind(make(AF_INET, SOCK_STREAM), NAME(at)) == 0);
	HOLDS(bind(make(AF_UNIX, SOCK_STREAM), NAME(path)) == 0);
}

CLAIM("2-169 L19-01", "bind() makes a file, and close() leaves it: EADDRINUSE")
{
	int door = make(AF_UNIX, SOCK_STREAM);
	int next = make(AF_UNIX, SOCK_STREAM);
	struct stat st;

	FAILS(lstat("door", &st), ENOENT);
	HOLDS(bind(door, NAME(path)) == 0);
	HOLDS(lstat("door", &st) == 0 && S_ISSOCK(st.st_mode));
	HOLDS(listen(door, 5) == 0);
	HOLDS(connect(make(AF_UNIX, SOCK_STREAM), NAME(path)) == 0);
	HOLDS(close(door) == 0);
	HOLDS(lstat("door", &st) == 0 && S_ISSOCK(st.st_mode));
	FAILS(connect(make(AF_UNIX, SOCK_STREAM), NAME(path)), ECONNREFUSED);
	FAILS(bind(next, NAME(path)), EADDRINUSE);
	HOLDS(unlink("door") == 0 && bind(next, NAME(path)) == 0);
}

CLAIM("2-169", "port 0: the kernel chooses one; taken is EADDRINUSE")
{
	struct sockaddr_in at = { 0 }, other = { 0 };
	int next = make(AF_INET, SOCK_STREAM);

	listen_at_loopback(&at);
	listen_at_loopback(&other);		/* each gets its own */
	HOLDS(at.sin_port != 0 && other.sin_port != 0);
	HOLDS(at.sin_port != other.sin_port);
	FAILS(bind(next, NAME(at)), EADDRINUSE);
	at.sin_port = 0;
	HOLDS(bind(next, NAME(at)) == 0);
}

CLAIM("2-170", "AF_UNIX is the UNIX domain, AF_LOCAL the same number")
{
	int fd = socket(AF_LOCAL, SOCK_STREAM, 0);
	struct sockaddr_un at;
	struct stat st;

	EQUALS(AF_LOCAL, AF_UNIX);
	HOLDS(bind(fd, NAME(path)) == 0);	/* its names are paths */
	HOLDS(name_of(fd, &at) > sizeof(sa_family_t));
	EQUALS(at.sun_family, AF_UNIX);
	HOLDS(lstat("door", &st) == 0 && S_ISSOCK(st.st_mode));
}

CLAIM("2-171", "AF_INET is the IPv4 Internet domain")
{
	struct sockaddr_in at = { .sin_family = AF_INET }, is = { 0 };
	socklen_t size = sizeof is;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	EQUALS(sizeof at.sin_addr, 4);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	HOLDS(bind(fd, NAME(at)) == 0);		/* its names are these */
	HOLDS(getsockname(fd, (struct sockaddr *)&is, &size) == 0);
	EQUALS(size, sizeof is);
	EQUALS(is.sin_family, AF_INET);
	EQUALS(ntohl(is.sin_addr.s_addr), 0x7f000001);
}

CLAIM("2-172", "AF_INET6 is the IPv6 Internet domain")
{
	struct sockaddr_in6 at = { .sin6_family = AF_INET6,
				   .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	int fd = socket(AF_INET6, SOCK_STREAM, 0);
	int has = fd != -1 && bind(fd, NAME(at)) == 0;

	EQUALS(sizeof at.sin6_addr, 16);
	if (!has && errno == (fd == -1 ? EAFNOSUPPORT : EADDRNOTAVAIL))
		SKIP("no IPv6 at ::1 here (%s); see "
		     "/proc/sys/net/ipv6/conf/lo/disable_ipv6",
		     errno_name(errno));
	HOLDS(has);
	HOLDS(listen(fd, 1) == 0);
	FAILS(bind(make(AF_INET, SOCK_STREAM), NAME(at)), EAFNOSUPPORT);
}

CLAIM("2-173", "the type says how: seqpacket keeps borders, stream does not")
{
	char buf[16];
	int s[2];

	make_pair(s, SOCK_SEQPACKET);
	EQUALS(number_of(s[1], SOL_SOCKET, SO_TYPE), SOCK_SEQPACKET);
	send_twice(s[0]);
	EQUALS(recv(s[1], buf, sizeof buf, 0), 3);
	make_pair(s, SOCK_STREAM);
	send_twice(s[0]);
	EQUALS(recv(s[1], buf, sizeof buf, 0), 6);
}

CLAIM("2-174", "a stream needs a connection: ENOTCONN, over TCP EPIPE")
{
	struct sockaddr_in at;
	int un = make(AF_UNIX, SOCK_STREAM), in = make(AF_INET, SOCK_STREAM);
	char c;

	FAILS(send(un, "x", 1, MSG_NOSIGNAL), ENOTCONN);
	FAILS(send(in, "x", 1, MSG_NOSIGNAL), EPIPE);
	FAILS(recv(in, &c, 1, 0), ENOTCONN);
	FAILS(recv(un, &c, 1, 0), EINVAL);
	HOLDS(listen_at_path() != -1 && listen_at_loopback(&at) != -1);
	HOLDS(connect(un, NAME(path)) == 0 && connect(in, NAME(at)) == 0);
	put(un, "x");				/* now it is there */
	put(in, "x");
}

/* ------------------------------------------------------------ framing */

CLAIM("2-009 2-176 4-007", "a byte stream: two sends of 3, one recv of 6")
{
	const int types[] = { SOCK_STREAM, SOCK_SEQPACKET };
	char buf[16];
	int s[2];

	for (int i = 0; i < 2; i++) {
		make_pair(s, types[i]);
		send_twice(s[0]);
		/* The second one is of messages: 3. */
		EQUALS(recv(s[1], buf, sizeof buf, 0), i == 0 ? 6 : 3);
		HOLDS(memcmp(buf, "abcdef", i == 0 ? 6 : 3) == 0);
	}
}

CLAIM("2-009 2-176", "over TCP too, when both sends are in: here they are")
{
	char buf[16];
	int s[2];

	make_tcp(s);
	EQUALS(number_of(s[1], SOL_SOCKET, SO_PROTOCOL), IPPROTO_TCP);
	put(s[0], "abc");
	EQUALS(recv(s[1], buf, sizeof buf, 0), 3);	/* one is in */
	send_twice(s[0]);
	while (ready(s[1]) < 6)
		sched_yield();
	EQUALS(recv(s[1], buf, sizeof buf, 0), 6);
	HOLDS(memcmp(buf, "abcdef", 6) == 0);
}

CLAIM("L19-02", "one send, three recv(): a stream is also cut anywhere")
{
	char c;
	int s[2];

	for (int stream = 1; stream >= 0; stream--) {
		make_pair(s, stream ? SOCK_STREAM : SOCK_SEQPACKET);
		put(s[0], "abcdef");
		get(s[1], "a");
		if (!stream)		/* the rest of the message is lost */
			FAILS(recv(s[1], &c, 1, MSG_DONTWAIT), EAGAIN);
		else
			get(s[1], "bcd");
		if (stream)
			get(s[1], "ef");
	}
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
	static const char both[] = "\5three\2no";
	const size_t size = sizeof both - 1;
	char text[8] = "", len;
	pid_t reader;
	int s[2];

	for (size_t cut = 1; cut < size; cut++) {
		make_pair(s, SOCK_STREAM);
		reader = fork();
		if (reader == 0) {
			HOLDS(get_all(s[1], &len, 1) == 1 && len == 5);
			HOLDS(get_all(s[1], text, 5) == 5);
			HOLDS(strcmp(text, "three") == 0);
			HOLDS(get_all(s[1], &len, 1) == 1 && len == 2);
			HOLDS(get_all(s[1], text, 2) == 2);
			_exit(strcmp(text, "noree") != 0);
		}
		EQUALS(send(s[0], both, cut, 0), cut);
		HOLDS(blocks(reader));		/* it has that, no more */
		EQUALS(send(s[0], both + cut, size - cut, 0), size - cut);
		EQUALS(ends(reader), 0);
	}
}

CLAIM("L19-04", "MSG_WAITALL waits for all of it; the end cuts it short")
{
	const ssize_t all = 4;
	char buf[8];
	pid_t reader;
	int s[2];

	make_pair(s, SOCK_STREAM);
	reader = fork();
	if (reader == 0) {
		HOLDS(close(s[0]) == 0);
		EQUALS(recv(s[1], buf, (size_t)all, MSG_WAITALL), all);
		EQUALS(recv(s[1], buf, (size_t)all, MSG_WAITALL), all - 2);
		_exit(0);
	}
	put(s[0], "ab");
	HOLDS(blocks(reader));
	put(s[0], "cdef");
	HOLDS(blocks(reader));		/* it has four and two */
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
	/* Its number is another file's now. In flight, the pipe lives on. */
	EQUALS(dup2(fd[0], fd[1]), fd[1]);
	got = take(s[1], CMSG_SPACE(sizeof(int)), &flags);
	HOLDS(got != -1 && got != fd[1]);
	FAILS(write(fd[1], "x", 1), EBADF);
	EQUALS(write(got, "x", 1), 1);
	EQUALS(read(fd[0], &c, 1), 1);
}

CLAIM("L19-06", "the offset is shared: one open file description")
{
	int s[2], flags = 0, got, fd = open("file", O_RDWR | O_CREAT, 0600);

	make_pair(s, SOCK_STREAM);
	HOLDS(write(fd, "12345", 5) == 5);
	hand_over(s[0], fd);
	got = take(s[1], CMSG_SPACE(sizeof(int)), &flags);
	HOLDS(got != -1 && got != fd);
	EQUALS(lseek(got, 0, SEEK_CUR), 5);
	EQUALS(lseek(got, 2, SEEK_SET), 2);
	EQUALS(lseek(fd, 0, SEEK_CUR), 2);
}

CLAIM("L19-61", "an AF_UNIX datagram socket hands it over, too; who gets it"
      " reads a file that it may not open by its path: EACCES")
{
	int fd = open("secret", O_RDWR | O_CREAT | O_EXCL, 0600), s[2];
	int other = open("public", O_RDWR | O_CREAT | O_EXCL, 0600);
	int flags = 0, got;
	char c;

	make_pair(s, SOCK_DGRAM);
	EQUALS(number_of(s[1], SOL_SOCKET, SO_TYPE), SOCK_DGRAM);
	HOLDS(write(fd, "x", 1) == 1 && lseek(fd, 0, SEEK_SET) == 0);
	HOLDS(fchmod(fd, 0) == 0 && fchmod(other, 0444) == 0);
	HOLDS(chmod(".", 0755) == 0);
	if (fork() == 0) {
		HOLDS(close(fd) == 0);
		become_ordinary_user();		/* root may open all */
		HOLDS(open("public", O_RDONLY) != -1);
		FAILS(open("secret", O_RDONLY), EACCES);
		got = take(s[1], CMSG_SPACE(sizeof(int)), &flags);
		HOLDS(got != -1 && read(got, &c, 1) == 1);
		_exit(c != 'x');
	}
	hand_over(s[0], fd);
	EQUALS(ends(-1), 0);
}

CLAIM("L19-07", "no room for the note: MSG_CTRUNC, the descriptor is gone")
{
	int s[2], fd[2], flags = 0;
	char c;

	make_pair(s, SOCK_STREAM);
	HOLDS(pipe2(fd, O_NONBLOCK) == 0);
	hand_over(s[0], fd[1]);
	HOLDS(close(fd[1]) == 0);
	FAILS(read(fd[0], &c, 1), EAGAIN);	/* a writer is in flight */
	EQUALS(take(s[1], 0, &flags), -1);
	HOLDS(flags & MSG_CTRUNC);
	EQUALS(read(fd[0], &c, 1), 0);		/* no writer is left */
}

CLAIM("L19-07", "plain recv() takes the byte and drops the descriptor")
{
	int s[2], fd[2];
	char c;

	make_pair(s, SOCK_STREAM);
	HOLDS(pipe2(fd, O_NONBLOCK) == 0);
	hand_over(s[0], fd[1]);
	HOLDS(close(fd[1]) == 0);
	FAILS(read(fd[0], &c, 1), EAGAIN);	/* a writer is in flight */
	get(s[1], "x");
	EQUALS(read(fd[0], &c, 1), 0);		/* and none is left */
}

CLAIM("L19-08", "recv() stops where a descriptor comes with the bytes")
{
	char buf[8];
	int s[2];

	make_pair(s, SOCK_STREAM);
	put(s[0], "x");
	put(s[0], "abc");
	EQUALS(recv(s[1], buf, sizeof buf, 0), 4);	/* without one */
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

CLAIM("L19-10", "TCP carries no descriptor: the byte comes without it")
{
	for (int tcp = 0; tcp <= 1; tcp++) {
		int s[2], flags = 0, got;

		if (tcp)
			make_tcp(s);
		else
			make_pair(s, SOCK_STREAM);
		hand_over(s[0], 0);
		got = take(s[1], CMSG_SPACE(sizeof(int)), &flags);
		HOLDS(tcp ? got == -1 : got != -1);
	}
}

/* Two copies of descriptor FD in one note. */
static void hand_over_two(int conn, int fd)
{
	_Alignas(struct cmsghdr) char note[CMSG_SPACE(2 * sizeof fd)] = { 0 };
	int two[2] = { fd, fd };
	struct iovec byte = { (char[]){ "x" }, 1 };
	struct msghdr msg = {
		.msg_iov = &byte, .msg_iovlen = 1,
		.msg_control = note, .msg_controllen = sizeof note,
	};
	struct cmsghdr *head = CMSG_FIRSTHDR(&msg);

	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof two);
	memcpy(CMSG_DATA(head), two, sizeof two);
	EQUALS(sendmsg(conn, &msg, 0), 1);
}

/* How many descriptors this process has open. */
static int count_open(void)
{
	int n = 0;

	for (int fd = 0; fd < 1000; fd++)
		n += fcntl(fd, F_GETFD) != -1;
	return n;
}

CLAIM("L19-39", "CMSG_LEN() is room for one descriptor; CMSG_SPACE() rounds up")
{
	int s[2], flags = 0, before;
	size_t fit = (CMSG_SPACE(sizeof(int)) - CMSG_LEN(0)) / sizeof(int);

	make_pair(s, SOCK_STREAM);
	before = count_open();
	hand_over_two(s[0], 0);
	HOLDS(take(s[1], CMSG_LEN(sizeof(int)), &flags) != -1);
	EQUALS(count_open(), before + 1);
	HOLDS(flags & MSG_CTRUNC);

	/* On 64 bit two fit, and the caller sees only the first. */
	flags = 0;
	hand_over_two(s[0], 0);
	HOLDS(take(s[1], CMSG_SPACE(sizeof(int)), &flags) != -1);
	EQUALS(count_open(), before + 1 + (int)fit);
	EQUALS(fit, sizeof(long) == 8 ? 2 : 1);
}

CLAIM("L19-38", "the receiver has no free descriptor: MSG_CTRUNC, no error")
{
	int s[2], flags = 0;
	struct rlimit few;

	make_pair(s, SOCK_STREAM);
	hand_over(s[0], 0);
	few.rlim_cur = few.rlim_max = (rlim_t)s[1] + 1;
	HOLDS(setrlimit(RLIMIT_NOFILE, &few) == 0);
	for (int fd = 0; fd <= s[1]; fd++)	/* leave no hole */
		if (fcntl(fd, F_GETFD) == -1)
			HOLDS(dup(s[0]) != -1);
	EQUALS(take(s[1], CMSG_SPACE(sizeof(int)), &flags), -1);
	HOLDS(flags & MSG_CTRUNC);
}

CLAIM("L19-40", "a note without a byte does not travel: the receiver waits")
{
	_Alignas(struct cmsghdr) char note[CMSG_SPACE(sizeof(int))] = { 0 };
	struct msghdr msg = {
		.msg_control = note, .msg_controllen = sizeof note,
	};
	struct cmsghdr *head = CMSG_FIRSTHDR(&msg);
	int s[2], flags = MSG_DONTWAIT;
	struct iovec byte = { (char[]){ "x" }, 1 };
	char c;

	make_pair(s, SOCK_STREAM);
	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof(int));
	EQUALS(sendmsg(s[0], &msg, 0), 0);
	FAILS(recv(s[1], &c, 1, MSG_DONTWAIT), EAGAIN);
	msg.msg_iov = &byte;			/* with a byte it comes */
	msg.msg_iovlen = 1;
	EQUALS(sendmsg(s[0], &msg, 0), 1);
	HOLDS(take(s[1], CMSG_SPACE(sizeof(int)), &flags) != -1);
}

/* ------------------------------------------------------- who calls? */

static struct ucred who(int fd)
{
	struct ucred c;
	socklen_t size = sizeof c;

	HOLDS(getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &c, &size) == 0);
	return c;
}

CLAIM("L19-11", "SO_PEERCRED: pid, uid, gid of the process that connected")
{
	int door = listen_at_path(), fd;
	struct ucred said;		/* what the client says of itself */
	pid_t client;

	HOLDS(chmod("door", 0777) == 0 && chmod(".", 0755) == 0);
	client = fork();
	if (client == 0) {
		become_ordinary_user();		/* root is another one */
		said = (struct ucred){ getpid(), geteuid(), getegid() };
		fd = make(AF_UNIX, SOCK_STREAM);
		HOLDS(connect(fd, NAME(path)) == 0);
		HOLDS(who(fd).pid == getppid());	/* the listener */
		HOLDS(send(fd, &said, sizeof said, 0) == sizeof said);
		_exit(0);
	}
	EQUALS(ends(client), 0);
	fd = accept(door, NULL, NULL);
	EQUALS(recv(fd, &said, sizeof said, MSG_WAITALL), sizeof said);
	HOLDS(said.pid == client && said.uid != 0);
	EQUALS(who(fd).pid, said.pid);		/* as it was at connect() */
	EQUALS(who(fd).uid, said.uid);
	EQUALS(who(fd).gid, said.gid);
}

CLAIM("L19-12", "the pair's ends were both made by one process: itself")
{
	int s[2];

	make_pair(s, SOCK_STREAM);
	if (fork() == 0)
		_exit(who(s[0]).pid != getppid() ||
		      who(s[1]).pid != getppid());
	EQUALS(ends(-1), 0);
}

CLAIM("L19-13", "TCP does not know the caller: pid 0 and uid -1")
{
	int s[2];

	make_tcp(s);
	EQUALS(who(s[0]).pid, 0);
	EQUALS((int)who(s[0]).uid, -1);
}

CLAIM("L19-48", "SO_PEERCRED: the process that connected, not a later user")
{
	int door = listen_at_path(), fd;
	pid_t client = fork(), user = -1;

	if (client == 0) {
		fd = make(AF_UNIX, SOCK_STREAM);
		HOLDS(connect(fd, NAME(path)) == 0);
		if (fork() == 0) {
			user = getpid();
			EQUALS(send(fd, &user, sizeof user, 0), sizeof user);
			_exit(0);
		}
		EQUALS(ends(-1), 0);
		_exit(0);
	}
	fd = accept(door, NULL, NULL);
	EQUALS(recv(fd, &user, sizeof user, MSG_WAITALL), sizeof user);
	HOLDS(user > 0 && user != client);	/* who has sent it */
	EQUALS(who(fd).pid, client);
	EQUALS(ends(client), 0);
}

/* A process of another pid namespace has no number here. */
CLAIM("L19-49", "SO_PEERCRED: pid 0 for a client that we have no number for")
{
	int door = listen_at_path(), fd;
	int flags = CLONE_NEWPID;
	pid_t client = fork();

	if (client == 0) {
		for (int i = 0; i < 2; i++)
			HOLDS(connect(make(AF_UNIX, SOCK_STREAM),
				      NAME(path)) == 0);
		_exit(0);
	}
	EQUALS(ends(client), 0);
	fd = accept(door, NULL, NULL);
	EQUALS(who(fd).pid, client);		/* here it has a number */
	if (unshare(flags) == -1 && unshare(flags | CLONE_NEWUSER) == -1)
		SKIP("no pid namespace of its own here (%s); run it as root",
		     errno_name(errno));
	if (fork() == 0) {		/* number 1 in there */
		EQUALS(getpid(), 1);
		fd = accept(door, NULL, NULL);
		EQUALS(who(fd).pid, 0);		/* it is outside */
		HOLDS((int)who(fd).uid != -1);	/* and has a user */
		_exit(0);
	}
	EQUALS(ends(-1), 0);
}

#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77
#endif

CLAIM("L19-50", "from Linux 6.5 on SO_PEERPIDFD gives a pidfd of the client")
{
	int door = listen_at_path(), fd, pidfd = -1;
	socklen_t size = sizeof pidfd;
	struct pollfd ended;
	pid_t client = fork();
	char c;

	if (client == 0) {
		fd = make(AF_UNIX, SOCK_STREAM);
		HOLDS(connect(fd, NAME(path)) == 0);
		_exit(recv(fd, &c, 1, 0) != 1);
	}
	fd = accept(door, NULL, NULL);
	if (getsockopt(fd, SOL_SOCKET, SO_PEERPIDFD, &pidfd, &size) == -1) {
		HOLDS(errno == ENOPROTOOPT && kernel_version() < 605);
		put(fd, "x");
		EQUALS(ends(client), 0);
		SKIP("it came with Linux 6.5, and this is an older one");
	}
	ended = (struct pollfd){ .fd = pidfd, .events = POLLIN };
	EQUALS(poll(&ended, 1, 0), 0);		/* the client lives */
	put(fd, "x");
	EQUALS(poll(&ended, 1, -1), 1);		/* now it has ended */
	EQUALS(ends(client), 0);
}

/* ---------------------------------------------------------- names */

CLAIM("L19-14", "nobody at the path: ENOENT; a stale one: ECONNREFUSED")
{
	int door;

	FAILS(connect(make(AF_UNIX, SOCK_STREAM), NAME(path)), ENOENT);
	door = listen_at_path();
	HOLDS(connect(make(AF_UNIX, SOCK_STREAM), NAME(path)) == 0);
	HOLDS(close(door) == 0);
	FAILS(connect(make(AF_UNIX, SOCK_STREAM), NAME(path)), ECONNREFUSED);
	HOLDS(unlink("door") == 0 && listen_at_path() != -1);
	HOLDS(connect(make(AF_UNIX, SOCK_STREAM), NAME(path)) == 0);
}

CLAIM("L19-15", "bound but not yet listening looks like a stale one")
{
	int fd = make(AF_UNIX, SOCK_STREAM);

	HOLDS(bind(fd, NAME(path)) == 0);
	FAILS(connect(make(AF_UNIX, SOCK_STREAM), NAME(path)), ECONNREFUSED);
	HOLDS(listen(fd, 1) == 0);
	HOLDS(connect(make(AF_UNIX, SOCK_STREAM), NAME(path)) == 0);
}

CLAIM("L19-16", "unlink() takes the name only; connected clients go on")
{
	int door = listen_at_path(), fd = make(AF_UNIX, SOCK_STREAM);
	struct sockaddr_un other = { AF_UNIX, "other" };
	struct stat st;

	HOLDS(link("door", "other") == 0);
	HOLDS(connect(fd, NAME(path)) == 0 && unlink("door") == 0);
	put(fd, "abc");
	get(accept(door, NULL, NULL), "abc");
	FAILS(connect(make(AF_UNIX, SOCK_STREAM), NAME(path)), ENOENT);
	HOLDS(stat("other", &st) == 0 && st.st_nlink == 1);
	HOLDS(connect(make(AF_UNIX, SOCK_STREAM), NAME(other)) == 0);
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
	HOLDS(connect(make(AF_UNIX, SOCK_STREAM), name, size) == 0);
	HOLDS(bind(make(AF_UNIX, SOCK_STREAM), NAME(at)) == 0);	/* free */
}

CLAIM("L19-19", "sun_path has 108 bytes, and a longer address is EINVAL")
{
	static struct { struct sockaddr_un at; char more; } full;
	struct sockaddr *name = (struct sockaddr *)&full.at;

	EQUALS(sizeof path.sun_path, 108);
	full.at.sun_family = AF_UNIX;
	memset(full.at.sun_path, 'a', 108);
	FAILS(bind(make(AF_UNIX, SOCK_STREAM), name, sizeof full.at + 1),
	      EINVAL);
	HOLDS(bind(make(AF_UNIX, SOCK_STREAM), name, sizeof full.at) == 0);
}

/* The path gets MODE, and an ordinary user connects: 0, or the error. */
static int ordinary_connects(mode_t mode)
{
	HOLDS(chmod("door", mode) == 0);
	if (fork() == 0) {
		int fd = make(AF_UNIX, SOCK_STREAM);

		become_ordinary_user();		/* root may write all */
		_exit(connect(fd, NAME(path)) == -1 ? errno : 0);
	}
	return ends(-1);
}

CLAIM("L19-20", "to connect one must be allowed to write the file")
{
	int door = listen_at_path();

	HOLDS(chmod(".", 0755) == 0);
	EQUALS(ordinary_connects(0555), EACCES);
	EQUALS(ordinary_connects(0222), 0);	/* to write it is enough */
	HOLDS(close(door) == 0);
}

CLAIM("L19-62", "bind() in a folder that one may not write: EACCES")
{
	HOLDS(mkdir("closed", 0555) == 0 && mkdir("open", 0777) == 0);
	HOLDS(chmod("open", 0777) == 0 && chmod(".", 0755) == 0);
	if (fork() == 0) {
		struct sockaddr_un in = { AF_UNIX, "closed/door" };

		become_ordinary_user();		/* root may write all */
		FAILS(bind(make(AF_UNIX, SOCK_STREAM), NAME(in)), EACCES);
		strcpy(in.sun_path, "open/door");
		HOLDS(bind(make(AF_UNIX, SOCK_STREAM), NAME(in)) == 0);
		_exit(0);
	}
	EQUALS(ends(-1), 0);
}

static int take_over(void)
{
	HOLDS(unlink("door") == 0);
	return listen_at_path();
}

CLAIM("L19-41", "both ask, both take over: the first one is never reached")
{
	int a, b;

	HOLDS(close(listen_at_path()) == 0);	/* a stale path */
	FAILS(connect(make(AF_UNIX, SOCK_STREAM), NAME(path)), ECONNREFUSED);
	FAILS(connect(make(AF_UNIX, SOCK_STREAM), NAME(path)), ECONNREFUSED);
	a = take_over();
	b = take_over();
	HOLDS(connect(make(AF_UNIX, SOCK_STREAM), NAME(path)) == 0);
	HOLDS(fcntl(a, F_SETFL, O_NONBLOCK) == 0);
	FAILS(accept(a, NULL, NULL), EAGAIN);
	HOLDS(accept(b, NULL, NULL) != -1);
}

CLAIM("L19-42", "a lock file is held by one, and free when that one is killed")
{
	int s[2], mine = open("lock", O_RDWR | O_CREAT, 0600);
	pid_t holder;

	make_pair(s, SOCK_STREAM);
	holder = fork();
	if (holder == 0) {
		int own = open("lock", O_RDWR);

		HOLDS(flock(own, LOCK_EX | LOCK_NB) == 0);
		put(s[1], "x");
		pause();
		_exit(1);
	}
	get(s[0], "x");
	FAILS(flock(mine, LOCK_EX | LOCK_NB), EWOULDBLOCK);
	FAILS(flock(mine, LOCK_SH | LOCK_NB), EWOULDBLOCK);
	HOLDS(kill(holder, SIGKILL) == 0);
	EQUALS(ends(holder), 128 + SIGKILL);
	HOLDS(flock(mine, LOCK_EX | LOCK_NB) == 0);
}

CLAIM("L19-42", "a lock file that is removed can be held by two")
{
	int old = open("lock", O_RDWR | O_CREAT, 0600), rival, new;

	HOLDS(flock(old, LOCK_EX | LOCK_NB) == 0);
	rival = open("lock", O_RDWR);
	FAILS(flock(rival, LOCK_EX | LOCK_NB), EWOULDBLOCK);
	HOLDS(unlink("lock") == 0);
	new = open("lock", O_RDWR | O_CREAT, 0600);
	HOLDS(flock(new, LOCK_EX | LOCK_NB) == 0);
	FAILS(flock(open("lock", O_RDWR), LOCK_EX | LOCK_NB), EWOULDBLOCK);
	/* The old file has been locked all the time, and by no other. */
	HOLDS(flock(new, LOCK_UN) == 0);
	FAILS(flock(rival, LOCK_EX | LOCK_NB), EWOULDBLOCK);
}

CLAIM("L19-59", "an abstract name has no permissions: any user may connect")
{
	struct sockaddr_un at = { AF_UNIX, "" };
	socklen_t size = sizeof at;
	struct sockaddr *name = (struct sockaddr *)&at;
	int door = make(AF_UNIX, SOCK_STREAM);

	umask(0777);
	HOLDS(bind(door, name, sizeof(sa_family_t)) == 0);	/* any name */
	HOLDS(getsockname(door, name, &size) == 0 && listen(door, 5) == 0);
	HOLDS(listen_at_path() != -1 && chmod(".", 0755) == 0);
	if (fork() == 0) {
		become_another_user();
		/* A path that is made under the same umask has some. */
		FAILS(connect(make(AF_UNIX, SOCK_STREAM), NAME(path)), EACCES);
		HOLDS(connect(make(AF_UNIX, SOCK_STREAM), name, size) == 0);
		_exit(0);
	}
	EQUALS(ends(-1), 0);
}

CLAIM("L19-58", "the file that bind() makes: mode 0777, less the umask")
{
	struct stat st;

	umask(027);
	HOLDS(listen_at_path() != -1 && stat("door", &st) == 0);
	EQUALS(st.st_mode & 07777, 0750);
	HOLDS(unlink("door") == 0);
	umask(0);
	HOLDS(listen_at_path() != -1 && stat("door", &st) == 0);
	EQUALS(st.st_mode & 07777, 0777);
}

/* ----------------------------------------- another network namespace */

/* This process is in a new network from now on, as in a new container. */
static void enter_network(void)
{
	if (unshare(CLONE_NEWNET) == -1 &&
	    unshare(CLONE_NEWUSER | CLONE_NEWNET) == -1)
		SKIP("no network namespace of its own here (%s); run it as "
		     "root", errno_name(errno));
}

CLAIM("L19-43", "an abstract name is unknown in another network: ECONNREFUSED")
{
	struct sockaddr_un at = { AF_UNIX, "" };
	socklen_t size = sizeof at;
	struct sockaddr *name = (struct sockaddr *)&at;
	int door = make(AF_UNIX, SOCK_STREAM);

	HOLDS(bind(door, name, sizeof(sa_family_t)) == 0);	/* any name */
	HOLDS(getsockname(door, name, &size) == 0);
	HOLDS(listen(door, 5) == 0 && at.sun_path[0] == '\0');
	HOLDS(connect(make(AF_UNIX, SOCK_STREAM), name, size) == 0);
	if (fork() == 0) {
		enter_network();
		FAILS(connect(make(AF_UNIX, SOCK_STREAM), name, size),
		      ECONNREFUSED);
		/* and there it is free for somebody else */
		HOLDS(bind(make(AF_UNIX, SOCK_STREAM), name, size) == 0);
		_exit(0);
	}
	EQUALS(ends(-1), 0);
}

CLAIM("L19-44", "a path is reached from another network, if it can be seen")
{
	struct sockaddr_in at;
	int door = listen_at_path();

	HOLDS(listen_at_loopback(&at) != -1);
	if (fork() == 0) {
		enter_network();
		FAILS(connect(make(AF_INET, SOCK_STREAM), NAME(at)),
		      ENETUNREACH);		/* it is another one */
		HOLDS(connect(make(AF_UNIX, SOCK_STREAM), NAME(path)) == 0);
		/* and not from where it cannot be seen */
		HOLDS(mkdir("apart", 0700) == 0 && chroot("apart") == 0);
		HOLDS(chdir("/") == 0);
		FAILS(connect(make(AF_UNIX, SOCK_STREAM), NAME(path)), ENOENT);
		_exit(0);
	}
	EQUALS(ends(-1), 0);
	HOLDS(fcntl(door, F_SETFL, O_NONBLOCK) == 0);
	HOLDS(accept(door, NULL, NULL) != -1);
}

/* Switch the loopback interface of this network on: ip link set lo up. */
static void loopback_up(void)
{
	struct ifreq lo = { .ifr_name = "lo" };
	int fd = make(AF_INET, SOCK_DGRAM);

	HOLDS(ioctl(fd, SIOCGIFFLAGS, &lo) == 0);
	lo.ifr_flags |= IFF_UP;
	HOLDS(ioctl(fd, SIOCSIFFLAGS, &lo) == 0 && close(fd) == 0);
}

CLAIM("L19-45", "in a new network 127.0.0.1 is down: ENETUNREACH")
{
	struct sockaddr_in at;
	int door = listen_at_loopback(&at);

	HOLDS(connect(make(AF_INET, SOCK_STREAM), NAME(at)) == 0);
	HOLDS(door != -1);
	if (fork() == 0) {
		enter_network();
		FAILS(connect(make(AF_INET, SOCK_STREAM), NAME(at)),
		      ENETUNREACH);
		loopback_up();			/* that was the cause */
		FAILS(connect(make(AF_INET, SOCK_STREAM), NAME(at)),
		      ECONNREFUSED);
		_exit(0);
	}
	EQUALS(ends(-1), 0);
}

CLAIM("L19-46", "each network has ports of its own: one is bound in both")
{
	struct sockaddr_in at;
	int door = listen_at_loopback(&at);

	HOLDS(door != -1);
	FAILS(bind(make(AF_INET, SOCK_STREAM), NAME(at)), EADDRINUSE);
	if (fork() == 0) {
		enter_network();
		loopback_up();
		FAILS(connect(make(AF_INET, SOCK_STREAM), NAME(at)),
		      ECONNREFUSED);
		HOLDS(bind(make(AF_INET, SOCK_STREAM), NAME(at)) == 0);
		_exit(0);
	}
	EQUALS(ends(-1), 0);
}

CLAIM("L19-47", "a socket stays in the network where it was made")
{
	struct sockaddr_in at;
	int door = listen_at_loopback(&at), early = make(AF_INET, SOCK_STREAM);

	HOLDS(door != -1);
	if (fork() == 0) {
		enter_network();
		FAILS(connect(make(AF_INET, SOCK_STREAM), NAME(at)),
		      ENETUNREACH);
		HOLDS(connect(early, NAME(at)) == 0);
		_exit(0);
	}
	EQUALS(ends(-1), 0);
}

CLAIM("L19-47", "so does a socket that is handed over to another network")
{
	struct sockaddr_in at;
	int door = listen_at_loopback(&at), s[2], flags = 0, got;

	HOLDS(door != -1);
	make_pair(s, SOCK_STREAM);
	if (fork() == 0) {
		enter_network();
		FAILS(connect(make(AF_INET, SOCK_STREAM), NAME(at)),
		      ENETUNREACH);		/* one made here */
		got = take(s[1], CMSG_SPACE(sizeof(int)), &flags);
		HOLDS(connect(got, NAME(at)) == 0);
		_exit(0);
	}
	hand_over(s[0], make(AF_INET, SOCK_STREAM));
	EQUALS(ends(-1), 0);
}

/* ---------------------------------------------------------- the end */

CLAIM("L19-21", "close() is the other side's end-of-file, then EPIPE")
{
	char c;
	int s[2];

	make_pair(s, SOCK_STREAM);
	FAILS(recv(s[1], &c, 1, MSG_DONTWAIT), EAGAIN);	/* it is open */
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
	struct sockaddr_in in;
	int doors[2] = { listen_at_path(), listen_at_loopback(&in) };

	for (int i = 0; i < 2; i++) {
		int fd = make(i ? AF_INET : AF_UNIX, SOCK_STREAM);
		struct pollfd door = { .fd = doors[i], .events = POLLIN };

		HOLDS((i ? connect(fd, NAME(in)) :
		       connect(fd, NAME(path))) == 0);
		put(fd, "early");
		EQUALS(poll(&door, 1, -1), 1);	/* it is not accepted yet */
		get(accept(doors[i], NULL, NULL), "early");
		EQUALS(poll(&door, 1, 0), 0);	/* now it is */
	}
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

/* How many callers a path with listen(BACKLOG) takes, and nobody accepts. */
static int callers_that_fit(int backlog)
{
	int door = make(AF_UNIX, SOCK_STREAM), n = 0;

	HOLDS(bind(door, NAME(path)) == 0 && listen(door, backlog) == 0);
	while (connect(make(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK),
		       NAME(path)) == 0)
		n++;
	EQUALS(errno, EAGAIN);
	HOLDS(unlink("door") == 0 && close(door) == 0);
	return n;
}

CLAIM("L19-35", "on Linux one more than the backlog of listen() may wait")
{
	EQUALS(callers_that_fit(0), 1);
	EQUALS(callers_that_fit(1), 2);
	EQUALS(callers_that_fit(3), 4);
}

static struct timeval tenth = { .tv_usec = 100 * 1000 };	/* a tenth */

static void set_limit(int fd, int option)
{
	HOLDS(setsockopt(fd, SOL_SOCKET, option, &tenth, sizeof tenth) == 0);
}

static long long now_ns(void)
{
	struct timespec t;

	HOLDS(clock_gettime(CLOCK_MONOTONIC, &t) == 0);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

CLAIM("L19-37", "SO_RCVTIMEO: recv() is EAGAIN when the time is over")
{
	long long begin;
	int s[2];
	char c;

	make_pair(s, SOCK_STREAM);
	set_limit(s[0], SO_RCVTIMEO);
	begin = now_ns();
	FAILS(recv(s[0], &c, 1, 0), EAGAIN);
	HOLDS(now_ns() - begin >= 90 * 1000 * 1000);	/* it has waited */
	put(s[1], "x");
	get(s[0], "x");
}

CLAIM("L19-37", "SO_SNDTIMEO: send() without room, and connect(): EAGAIN")
{
	static char big[8 << 20];
	long long begin;
	int door = make(AF_UNIX, SOCK_STREAM), fd, s[2];

	make_pair(s, SOCK_STREAM);
	HOLDS(send(s[0], big, sizeof big, MSG_DONTWAIT) > 0);
	set_limit(s[0], SO_SNDTIMEO);
	begin = now_ns();
	FAILS(send(s[0], big, sizeof big, 0), EAGAIN);
	HOLDS(now_ns() - begin >= 90 * 1000 * 1000);

	HOLDS(bind(door, NAME(path)) == 0 && listen(door, 0) == 0);
	HOLDS(connect(make(AF_UNIX, SOCK_STREAM), NAME(path)) == 0);
	fd = make(AF_UNIX, SOCK_STREAM);
	set_limit(fd, SO_SNDTIMEO);
	begin = now_ns();
	FAILS(connect(fd, NAME(path)), EAGAIN);
	HOLDS(now_ns() - begin >= 90 * 1000 * 1000);
}

static void caught(int sig)
{
	(void)sig;
}

CLAIM("L19-36", "a signal ends a connect() to a path: EINTR, and again works")
{
	struct sigaction act = { .sa_handler = caught };
	int door = make(AF_UNIX, SOCK_STREAM);
	pid_t caller;

	HOLDS(bind(door, NAME(path)) == 0 && listen(door, 0) == 0);
	HOLDS(access(path.sun_path, F_OK) == 0);	/* there is a path */
	HOLDS(connect(make(AF_UNIX, SOCK_STREAM), NAME(path)) == 0);
	caller = fork();
	if (caller == 0) {
		int fd = make(AF_UNIX, SOCK_STREAM);

		HOLDS(sigaction(SIGUSR1, &act, NULL) == 0);
		FAILS(connect(fd, NAME(path)), EINTR);
		HOLDS(connect(fd, NAME(path)) == 0);	/* once more */
		put(fd, "abc");
		_exit(0);
	}
	HOLDS(blocks(caller) && kill(caller, SIGUSR1) == 0);
	HOLDS(blocks(caller));			/* in the second call */
	HOLDS(accept(door, NULL, NULL) != -1);
	get(accept(door, NULL, NULL), "abc");
	EQUALS(ends(caller), 0);
}

CLAIM("L19-36", "with SO_SNDTIMEO a stop and a continue end it, too: EINTR")
{
	struct timeval long_time = { .tv_sec = 1000 };
	int door = make(AF_UNIX, SOCK_STREAM), how;
	pid_t caller;

	HOLDS(bind(door, NAME(path)) == 0 && listen(door, 0) == 0);
	HOLDS(connect(make(AF_UNIX, SOCK_STREAM), NAME(path)) == 0);
	for (int limited = 1; limited >= 0; limited--) {
		caller = fork();
		if (caller == 0) {
			int fd = make(AF_UNIX, SOCK_STREAM);

			if (limited)
				HOLDS(setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO,
						 &long_time,
						 sizeof long_time) == 0);
			if (limited)
				FAILS(connect(fd, NAME(path)), EINTR);
			else
				HOLDS(connect(fd, NAME(path)) == 0);
			_exit(0);
		}
		HOLDS(blocks(caller) && kill(caller, SIGSTOP) == 0);
		EQUALS(waitpid(caller, &how, WUNTRACED), caller);
		HOLDS(WIFSTOPPED(how));
		HOLDS(kill(caller, SIGCONT) == 0);
		if (!limited) {
			HOLDS(blocks(caller));		/* still */
			HOLDS(accept(door, NULL, NULL) != -1);
		}
		EQUALS(ends(caller), 0);
	}
}

CLAIM("L19-56", "not accepted yet when the server ends: ECONNRESET")
{
	for (int accepted = 0; accepted <= 1; accepted++) {
		int door = listen_at_path(), fd = make(AF_UNIX, SOCK_STREAM);
		char c;

		HOLDS(connect(fd, NAME(path)) == 0);
		if (accepted)
			HOLDS(close(accept(door, NULL, NULL)) == 0);
		HOLDS(close(door) == 0 && unlink("door") == 0);
		if (accepted)
			EQUALS(recv(fd, &c, 1, 0), 0);
		else
			FAILS(recv(fd, &c, 1, 0), ECONNRESET);
	}
}

CLAIM("L19-26", "nobody listens at 127.0.0.1: ECONNREFUSED at once")
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t size = sizeof at;
	int fd = make(AF_INET, SOCK_STREAM);
	int client = make(AF_INET, SOCK_STREAM);
	/* An attempt that nobody answers is repeated after a second. */
	struct timeval less = { .tv_usec = 900 * 1000 };

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	HOLDS(bind(fd, NAME(at)) == 0);		/* bound, not listening */
	HOLDS(getsockname(fd, (struct sockaddr *)&at, &size) == 0);
	EQUALS(ntohl(at.sin_addr.s_addr), 0x7f000001);
	HOLDS(at.sin_port != 0);
	HOLDS(setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &less,
			 sizeof less) == 0);
	FAILS(connect(client, NAME(at)), ECONNREFUSED);
	HOLDS(listen(fd, 1) == 0);		/* now somebody does */
	HOLDS(connect(make(AF_INET, SOCK_STREAM), NAME(at)) == 0);
}

/* The side that closes first keeps the port for a minute: TIME_WAIT. */
CLAIM("L19-27", "a restart: EADDRINUSE, unless old and new set SO_REUSEADDR")
{
	for (int old = 0; old <= 1; old++) {
		struct sockaddr_in at;
		int door = listen_at_loopback(&at), called, on = 1;
		int caller = make(AF_INET, SOCK_STREAM);
		int again = make(AF_INET, SOCK_STREAM);
		char c;

		HOLDS(setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &old,
				 sizeof old) == 0);
		HOLDS(connect(caller, NAME(at)) == 0);
		called = accept(door, NULL, NULL);
		HOLDS(close(called) == 0);	/* the server first */
		EQUALS(recv(caller, &c, 1, 0), 0);
		HOLDS(close(caller) == 0 && close(door) == 0);
		FAILS(bind(again, NAME(at)), EADDRINUSE);
		HOLDS(setsockopt(again, SOL_SOCKET, SO_REUSEADDR, &on,
				 sizeof on) == 0);
		if (old)
			HOLDS(bind(again, NAME(at)) == 0);
		else
			FAILS(bind(again, NAME(at)), EADDRINUSE);
	}
}

/* ------------------------------------------------------------- limits */

CLAIM("L19-28", "no descriptor is free: accept() is EMFILE, the caller stays")
{
	int door = listen_at_path(), caller = make(AF_UNIX, SOCK_STREAM);
	struct rlimit few = { (rlim_t)caller + 3, (rlim_t)caller + 3 };
	struct pollfd caller_is_here = { .fd = door, .events = POLLIN };
	int fd, last = -1;

	HOLDS(connect(caller, NAME(path)) == 0);
	HOLDS(setrlimit(RLIMIT_NOFILE, &few) == 0);
	while ((fd = dup(caller)) != -1)
		last = fd;
	FAILS(accept(door, NULL, NULL), EMFILE);
	EQUALS(poll(&caller_is_here, 1, 0), 1);		/* it is told again */
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
	const size_t most = 253;
	int s[2];

	make_pair(s, SOCK_STREAM);
	EQUALS(hand_over_many(s[0], most), 0);
	FAILS(hand_over_many(s[0], most + 1), EINVAL);
}

/* 51 are in flight, and the limit is 50. One more? */
static int one_more_in_flight(int s[2])
{
	struct rlimit few = { 50, 50 };

	make_pair(s, SOCK_STREAM);
	HOLDS(setrlimit(RLIMIT_NOFILE, &few) == 0);
	EQUALS(hand_over_many(s[0], 51), 0);	/* looked at beforehand */
	return hand_over_many(s[0], 1);
}

CLAIM("L19-30", "more in flight than RLIMIT_NOFILE: ETOOMANYREFS, unless root")
{
	int s[2];

	/* In some containers root lacks it, and is bound as others are. */
	if (geteuid() == 0 && prctl(PR_CAPBSET_READ, CAP_SYS_ADMIN) == 1) {
		if (fork() == 0)
			_exit(one_more_in_flight(s) == 0 ? 7 : 8);
		EQUALS(ends(-1), 7);
	}
	become_ordinary_user();
	FAILS(one_more_in_flight(s), ETOOMANYREFS);
	get(s[1], "x");				/* that drops the 51 */
	EQUALS(hand_over_many(s[0], 1), 0);
}

CLAIM("L19-31", "net.core.somaxconn cuts what listen() asks for, unsaid")
{
	FILE *f;

	enter_network();
	f = fopen("/proc/sys/net/core/somaxconn", "we");
	if (!f || fputs("2", f) < 0 || fclose(f) == EOF)
		SKIP("somaxconn may not be set here (%s); run it as root",
		     errno_name(errno));
	EQUALS(callers_that_fit(100), 3);	/* and one: L19-35 */
	EQUALS(callers_that_fit(1), 2);		/* this is less anyway */
}

CLAIM("L19-51", "poll(): more entries than RLIMIT_NOFILE are EINVAL")
{
	static struct pollfd none[20];
	struct rlimit few = { 10, 10 };

	for (int i = 0; i < 20; i++)
		none[i].fd = -1;
	EQUALS(poll(none, few.rlim_cur + 1, 0), 0);
	HOLDS(setrlimit(RLIMIT_NOFILE, &few) == 0);
	EQUALS(poll(none, few.rlim_cur, 0), 0);
	FAILS(poll(none, few.rlim_cur + 1, 0), EINVAL);
}

/* ------------------------------------------------------- several at once */

/* What poll() tells of FD now. */
static int told(int fd)
{
	struct pollfd end = { .fd = fd, .events = POLLIN };

	HOLDS(poll(&end, 1, 0) != -1);
	return end.revents;
}

CLAIM("L19-52", "poll() tells which client has sent, also half a message")
{
	int slow[2], quick[2];
	pid_t server;

	make_pair(slow, SOCK_STREAM);
	make_pair(quick, SOCK_STREAM);
	EQUALS(told(slow[1]), 0);
	put(quick[0], "milk");
	EQUALS(told(slow[1]), 0);
	EQUALS(told(quick[1]), POLLIN);
	put(slow[0], "te");
	EQUALS(told(slow[1]), POLLIN);

	server = fork();		/* that finishes with Slow first */
	if (server == 0) {
		char buf[4];

		HOLDS(recv(slow[1], buf, 4, MSG_WAITALL) == 4);
		_exit(0);
	}
	HOLDS(blocks(server));
	EQUALS(told(quick[1]), POLLIN);		/* and Quick waits */
	put(slow[0], "a!");
	EQUALS(ends(server), 0);
	get(quick[1], "milk");
	EQUALS(told(quick[1]), 0);
}

CLAIM("L19-53", "poll() tells of the end as of bytes: POLLIN, and recv() is 0")
{
	int s[2];
	char c;

	make_pair(s, SOCK_STREAM);
	EQUALS(told(s[1]), 0);
	HOLDS(shutdown(s[0], SHUT_WR) == 0);
	EQUALS(told(s[1]), POLLIN);
	EQUALS(recv(s[1], &c, 1, 0), 0);
	HOLDS(close(s[0]) == 0);
	EQUALS(told(s[1]), POLLIN | POLLHUP);
}

CLAIM("L19-54", "poll() leaves out an entry whose fd is negative: revents 0")
{
	/* A socket that is open can be written to: poll() would tell it. */
	struct pollfd ends[3] = {
		{ .fd = -1, .events = POLLIN | POLLOUT, .revents = POLLIN },
		{ .events = POLLIN },
		{ .events = POLLIN | POLLOUT, .revents = POLLIN },
	};
	const nfds_t all = sizeof ends / sizeof *ends;
	int s[2];

	make_pair(s, SOCK_STREAM);
	put(s[0], "x");
	ends[1].fd = s[1];
	ends[2].fd = ~s[1];		/* this one is negative, too */
	EQUALS(poll(ends, all, 0), 1);
	EQUALS(ends[0].revents, 0);
	EQUALS(ends[1].revents, POLLIN);
	EQUALS(ends[2].revents, 0);
	ends[2].fd = s[1];		/* the same entry, put back */
	EQUALS(poll(ends, all, 0), 2);
}

CLAIM("L19-55", "network byte order: the highest byte comes first")
{
	uint32_t length = htonl(0x01020304);

	HOLDS(memcmp(&length, "\1\2\3\4", 4) == 0);
	EQUALS(ntohl(length), 0x01020304);
}

/* -------------------------------------------------------- TCP is cautious */

/* For how many milliseconds the other side of FD has acknowledged nothing. */
static long long silence(int fd)
{
	struct tcp_info info = { .tcpi_last_ack_recv = 0 };
	socklen_t size = sizeof info;

	HOLDS(getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0);
	return info.tcpi_last_ack_recv;
}

CLAIM("L19-57", "TCP asks a silent peer only with SO_KEEPALIVE, after "
      "net.ipv4.tcp_keepalive_time seconds")
{
	int asks[2], silent[2], on = 1;
	long long begin;

	make_tcp(asks);
	make_tcp(silent);
	EQUALS(number_of(asks[0], SOL_SOCKET, SO_KEEPALIVE), 0);
	EQUALS(number_of(asks[0], IPPROTO_TCP, TCP_KEEPIDLE),
	       (int)number_in("/proc/sys/net/ipv4/tcp_keepalive_time"));
	/* Of one second: that is what the number counts. */
	HOLDS(setsockopt(silent[0], IPPROTO_TCP, TCP_KEEPIDLE, &on,
			 sizeof on) == 0);
	HOLDS(setsockopt(asks[0], IPPROTO_TCP, TCP_KEEPIDLE, &on,
			 sizeof on) == 0);
	EQUALS(number_of(silent[0], IPPROTO_TCP, TCP_KEEPIDLE), 1);
	begin = now_ns();
	HOLDS(setsockopt(asks[0], SOL_SOCKET, SO_KEEPALIVE, &on,
			 sizeof on) == 0);
	while (silence(asks[0]) + 500 > silence(silent[0]))
		poll(NULL, 0, 50);
	HOLDS(now_ns() - begin >= 900 * 1000 * 1000);
	HOLDS(silence(silent[0]) >= 900);
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

CLAIM("L19-60", "accept() at a door that does not wait: the new socket waits")
{
	int door = make(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK);
	int fd = make(AF_UNIX, SOCK_STREAM), got;
	pid_t reader;
	char c;

	HOLDS(bind(door, NAME(path)) == 0 && listen(door, 5) == 0);
	HOLDS(connect(fd, NAME(path)) == 0);
	got = accept(door, NULL, NULL);
	HOLDS(got != -1);
	HOLDS(fcntl(door, F_GETFL) & O_NONBLOCK);
	HOLDS((fcntl(got, F_GETFL) & O_NONBLOCK) == 0);
	reader = fork();
	if (reader == 0)
		_exit(read(got, &c, 1) != 1);
	HOLDS(blocks(reader));
	put(fd, "x");
	EQUALS(ends(reader), 0);
}

CLAIM("L19-33", "the wrong socket for the call: ENOTSOCK, EINVAL, EISCONN")
{
	struct sockaddr_in at;
	int door = listen_at_loopback(&at), early = make(AF_INET, SOCK_STREAM);
	int caller = make(AF_INET, SOCK_STREAM), file[2];

	HOLDS(pipe(file) == 0);
	FAILS(send(file[1], "x", 1, 0), ENOTSOCK);
	EQUALS(write(file[1], "x", 1), 1);	/* it is open, no socket */
	FAILS(accept(early, NULL, NULL), EINVAL);
	HOLDS(listen(early, 1) == 0 && fcntl(early, F_SETFL, O_NONBLOCK) == 0);
	FAILS(accept(early, NULL, NULL), EAGAIN);	/* now it is right */
	HOLDS(connect(caller, NAME(at)) == 0);
	FAILS(connect(caller, NAME(at)), EISCONN);
	put(caller, "x");
	get(accept(door, NULL, NULL), "x");
}

CLAIM("L19-34", "bind(): a foreign address EADDRNOTAVAIL, a low port EACCES")
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	int free = (int)number_in("/proc/sys/net/ipv4/"
				  "ip_unprivileged_port_start");

	at.sin_addr.s_addr = htonl(0xc0000201);	/* 192.0.2.1: nobody's */
	FAILS(bind(make(AF_INET, SOCK_STREAM), NAME(at)), EADDRNOTAVAIL);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	HOLDS(bind(make(AF_INET, SOCK_STREAM), NAME(at)) == 0);
	if (free == 0)
		SKIP("ip_unprivileged_port_start is 0: no port is low here");
	become_ordinary_user();
	at.sin_port = htons((uint16_t)(free - 1));
	FAILS(bind(make(AF_INET, SOCK_STREAM), NAME(at)), EACCES);
	at.sin_port = htons((uint16_t)free);
	HOLDS(bind(make(AF_INET, SOCK_STREAM), NAME(at)) == 0 ||
	      errno == EADDRINUSE);		/* no question of rights */
}

CLAIM("L19-63", "an option that SOL_SOCKET does not have is ENOPROTOOPT; too "
      "few bytes for its value are EINVAL")
{
	int fd = make(AF_INET, SOCK_STREAM), on = 1;
	socklen_t length = sizeof on;

	FAILS(getsockopt(fd, SOL_SOCKET, 9999, &on, &length), ENOPROTOOPT);
	FAILS(setsockopt(fd, SOL_SOCKET, 9999, &on, sizeof on), ENOPROTOOPT);
	FAILS(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on - 1),
	      EINVAL);
	EQUALS(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), 0);
	EQUALS(getsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, &length), 0);
	EQUALS(on, 1);
}
