/*
 * claims - what the notes say about datagram sockets, executed
 *
 * Ids are rows of docs/claims.tsv; L20-.. are claims of this course. A proof
 * runs in a process of its own, in an empty folder, with a deadline.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../common/proof/claim.h"

static struct sockaddr_un path = { AF_UNIX, "box" };
#define NAME(at) (struct sockaddr *)&(at), sizeof(at)

static void make_pair(int s[2], int type)
{
	HOLDS(socketpair(AF_UNIX, type, 0, s) == 0);
}

static int make(int family)
{
	int fd = socket(family, SOCK_DGRAM, 0);

	HOLDS(fd != -1);
	return fd;
}

static int make_box(void)
{
	int fd = make(AF_UNIX);

	HOLDS(bind(fd, NAME(path)) == 0);
	return fd;
}

/* A UDP socket at 127.0.0.1; the kernel chooses the port, AT tells it. */
static int make_udp(struct sockaddr_in *at)
{
	socklen_t size = sizeof *at;
	int fd = make(AF_INET), protocol;

	*at = (struct sockaddr_in){ .sin_family = AF_INET };
	at->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	HOLDS(bind(fd, NAME(*at)) == 0);
	HOLDS(getsockname(fd, (struct sockaddr *)at, &size) == 0);
	size = sizeof protocol;
	HOLDS(getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &size) == 0);
	EQUALS(protocol, IPPROTO_UDP);
	return fd;
}

static void put(int fd, const char *text)
{
	EQUALS(send(fd, text, strlen(text), 0), strlen(text));
}

/* One datagram must be exactly TEXT. */
static void get(int fd, const char *text)
{
	char buf[64] = "";

	EQUALS(recv(fd, buf, sizeof buf - 1, 0), strlen(text));
	HOLDS(strcmp(buf, text) == 0);
}

/* Two datagrams, FIRST and SECOND, taken by one call: so both had been sent
 * before the first of them was read. */
static void get_both(int fd, const char *first, const char *second)
{
	char buf[2][64] = { "", "" };
	struct iovec iov[2] = {
		{ .iov_base = buf[0], .iov_len = sizeof buf[0] - 1 },
		{ .iov_base = buf[1], .iov_len = sizeof buf[1] - 1 },
	};
	struct mmsghdr msg[2] = {
		{ .msg_hdr = { .msg_iov = &iov[0], .msg_iovlen = 1 } },
		{ .msg_hdr = { .msg_iov = &iov[1], .msg_iovlen = 1 } },
	};

	EQUALS(recvmmsg(fd, msg, 2, 0, NULL), 2);
	EQUALS(msg[0].msg_len, strlen(first));
	EQUALS(msg[1].msg_len, strlen(second));
	HOLDS(strcmp(buf[0], first) == 0);
	HOLDS(strcmp(buf[1], second) == 0);
}

/* ------------------------------------------------------------ borders */

CLAIM("2-013 4-012", "each send is one message: 3 and 5 come as 3 and 5")
{
	int s[2];

	make_pair(s, SOCK_DGRAM);
	put(s[0], "one");
	put(s[0], "three");
	get_both(s[1], "one", "three");
}

CLAIM("2-013 4-012", "over UDP too")
{
	struct sockaddr_in at;
	int to = make_udp(&at), from = make(AF_INET);

	HOLDS(connect(from, NAME(at)) == 0);
	put(from, "one");
	put(from, "three");
	get_both(to, "one", "three");
}

CLAIM("L20-01", "what does not fit the buffer is thrown away")
{
	char buf[8];
	int s[2];

	make_pair(s, SOCK_DGRAM);
	put(s[0], "three");
	put(s[0], "next");
	EQUALS(recv(s[1], buf, 2, 0), 2);
	get(s[1], "next");
}

CLAIM("L20-02", "recv(MSG_TRUNC) returns the full length, not what fitted")
{
	char buf[8] = "";
	struct sockaddr_in at;
	int s[2], to = make_udp(&at), from = make(AF_INET);

	make_pair(s, SOCK_DGRAM);
	put(s[0], "three");
	EQUALS(recv(s[1], buf, 2, MSG_TRUNC), 5);
	HOLDS(strcmp(buf, "th") == 0);
	HOLDS(sendto(from, "three", 5, 0, NAME(at)) == 5);
	EQUALS(recv(to, buf, 2, MSG_TRUNC), 5);
}

CLAIM("L20-02", "recvmsg() says it in msg_flags: MSG_TRUNC")
{
	char buf[8];
	struct iovec two[] = { { buf, 2 } };
	struct msghdr msg = { .msg_iov = two,
			      .msg_iovlen = sizeof two / sizeof *two };
	int s[2];

	make_pair(s, SOCK_DGRAM);
	put(s[0], "three");
	EQUALS(recvmsg(s[1], &msg, 0), 2);
	HOLDS(msg.msg_flags & MSG_TRUNC);
	put(s[0], "2x");
	EQUALS(recvmsg(s[1], &msg, 0), 2);
	HOLDS(!(msg.msg_flags & MSG_TRUNC));
}

CLAIM("L20-03", "a datagram may be empty: recv() returns 0, and it is no end")
{
	char c;
	struct sockaddr_in at;
	int s[2], to = make_udp(&at), from = make(AF_INET);

	make_pair(s, SOCK_DGRAM);
	EQUALS(send(s[0], "", 0, 0), 0);
	put(s[0], "more");
	EQUALS(recv(s[1], &c, 1, 0), 0);
	get(s[1], "more");
	EQUALS(sendto(from, "", 0, 0, NAME(at)), 0);
	EQUALS(recv(to, &c, 1, 0), 0);
}

CLAIM("L20-04", "there is no end-of-file: the peer has gone, recv() waits")
{
	char c;
	pid_t reader;
	int s[2];

	make_pair(s, SOCK_DGRAM);
	HOLDS(close(s[0]) == 0);
	reader = fork();
	if (reader == 0)
		_exit(recv(s[1], &c, 1, 0) == 0);
	HOLDS(blocks(reader));
	FAILS(send(s[1], "x", 1, 0), ECONNREFUSED);	/* it has gone */
	HOLDS(is_blocked(reader) == 1);
	HOLDS(shutdown(s[1], SHUT_RD) == 0);	/* ends that recv(): */
	EQUALS(ends(reader), 1);
}

CLAIM("4-050", "MSG_PEEK reads and leaves it there")
{
	char buf[8] = "";
	int s[2];

	make_pair(s, SOCK_DGRAM);
	put(s[0], "peekme");
	EQUALS(recv(s[1], buf, sizeof buf, MSG_PEEK), 6);
	HOLDS(strcmp(buf, "peekme") == 0);
	get(s[1], "peekme");
	FAILS(recv(s[1], buf, 1, MSG_DONTWAIT), EAGAIN);
}

CLAIM("4-050", "over UDP too")
{
	char buf[8];
	struct sockaddr_in at;
	int to = make_udp(&at), from = make(AF_INET);

	HOLDS(sendto(from, "peekme", 6, 0, NAME(at)) == 6);
	EQUALS(recv(to, buf, sizeof buf, MSG_PEEK), 6);
	get(to, "peekme");
	FAILS(recv(to, buf, 1, MSG_DONTWAIT), EAGAIN);
}

CLAIM("L20-05", "MSG_PEEK with MSG_TRUNC tells the length of the next one")
{
	int s[2];

	make_pair(s, SOCK_DGRAM);
	put(s[0], "three");
	put(s[0], "next but one");
	EQUALS(recv(s[1], NULL, 0, MSG_PEEK | MSG_TRUNC), 5);
	get(s[1], "three");
	get(s[1], "next but one");
}

CLAIM("L20-06", "over 65507 bytes of UDP, or the send buffer: EMSGSIZE")
{
	static char big[1 << 16];
	struct sockaddr_in at;
	int s[2], to = make_udp(&at), from = make(AF_INET), room = 10000;

	FAILS(sendto(from, big, 65508, 0, NAME(at)), EMSGSIZE);
	EQUALS(sendto(from, big, 65507, 0, NAME(at)), 65507);
	EQUALS(recv(to, big, sizeof big, 0), 65507);
	make_pair(s, SOCK_DGRAM);
	EQUALS(send(s[0], big, 20000, 0), 20000);
	HOLDS(setsockopt(s[0], SOL_SOCKET, SO_SNDBUF, &room,
			 sizeof room) == 0);		/* it doubles: L20-13 */
	EQUALS(recv(s[1], big, sizeof big, 0), 20000);
	FAILS(send(s[0], big, 20000, 0), EMSGSIZE);
	EQUALS(send(s[0], big, 19000, 0), 19000);
}

/* --------------------------------------------------------- connection */

/* Socket FD is not connected. */
static void has_no_peer(int fd)
{
	struct sockaddr_storage peer;
	socklen_t size = sizeof peer;

	FAILS(getpeername(fd, (struct sockaddr *)&peer, &size), ENOTCONN);
}

CLAIM("2-161 2-177", "sendto() needs no connection")
{
	struct sockaddr_in at;
	int box = make_box(), to = make_udp(&at);
	int near = make(AF_UNIX), far = make(AF_INET);

	EQUALS(sendto(near, "no connect", 10, 0, NAME(path)), 10);
	get(box, "no connect");
	EQUALS(sendto(far, "no connect", 10, 0, NAME(at)), 10);
	get(to, "no connect");
	has_no_peer(near);
	has_no_peer(far);
}

CLAIM("2-161", "a stream does: ENOTCONN; so does send() without address")
{
	struct sockaddr_un door = { AF_UNIX, "door" };
	int stream = socket(AF_UNIX, SOCK_STREAM, 0);
	int listener = socket(AF_UNIX, SOCK_STREAM, 0);

	HOLDS(bind(listener, NAME(door)) == 0 && listen(listener, 1) == 0);
	FAILS(send(stream, "x", 1, MSG_NOSIGNAL), ENOTCONN);
	FAILS(sendto(stream, "x", 1, MSG_NOSIGNAL, NAME(door)), EOPNOTSUPP);
	HOLDS(connect(stream, NAME(door)) == 0);
	EQUALS(send(stream, "x", 1, MSG_NOSIGNAL), 1);
	FAILS(send(make(AF_UNIX), "x", 1, 0), ENOTCONN);
	FAILS(send(make(AF_INET), "x", 1, 0), EDESTADDRREQ);
}

CLAIM("2-177 L20-07", "connect() only sets the address; it may change")
{
	struct sockaddr_un second = { AF_UNIX, "second" };
	int one = make_box(), two = make(AF_UNIX), from = make(AF_UNIX);
	char c;

	HOLDS(bind(two, NAME(second)) == 0);
	HOLDS(connect(from, NAME(path)) == 0);
	FAILS(recv(one, &c, 1, MSG_DONTWAIT), EAGAIN);	/* nothing is sent */
	put(from, "to one");
	HOLDS(connect(from, NAME(second)) == 0);
	put(from, "to two");
	get(one, "to one");
	get(two, "to two");
	HOLDS(connect(from, &(struct sockaddr){ .sa_family = AF_UNSPEC },
		      sizeof(struct sockaddr)) == 0);
	FAILS(send(from, "x", 1, 0), ENOTCONN);
}

CLAIM("L20-08", "a connected UDP socket takes only what its peer sends")
{
	char c;
	struct sockaddr_in at, peer_at;
	int to = make_udp(&at), peer = make_udp(&peer_at);
	int stranger = make(AF_INET);
	struct pollfd p = { .fd = stranger };

	HOLDS(connect(stranger, NAME(at)) == 0);
	put(stranger, "before");
	get(to, "before");
	HOLDS(connect(to, NAME(peer_at)) == 0);
	put(stranger, "x");
	EQUALS(poll(&p, 1, -1), 1);		/* it was sent, and refused */
	FAILS(send(stranger, "x", 1, 0), ECONNREFUSED);
	EQUALS(sendto(peer, "y", 1, 0, NAME(at)), 1);
	get(to, "y");
	FAILS(recv(to, &c, 1, MSG_DONTWAIT), EAGAIN);
}

CLAIM("L20-20", "a connected AF_UNIX one too; a stranger is told: EPERM")
{
	char c;
	struct sockaddr_un desk = { AF_UNIX, "desk" };
	int client = make_box(), server = make(AF_UNIX);
	int stranger = make(AF_UNIX);

	HOLDS(bind(server, NAME(desk)) == 0);
	EQUALS(sendto(stranger, "before", 6, 0, NAME(path)), 6);
	get(client, "before");
	HOLDS(connect(client, NAME(desk)) == 0);
	FAILS(sendto(stranger, "x", 1, 0, NAME(path)), EPERM);
	FAILS(connect(stranger, NAME(path)), EPERM);
	EQUALS(sendto(server, "answer", 6, 0, NAME(path)), 6);
	get(client, "answer");
	FAILS(recv(client, &c, 1, MSG_DONTWAIT), EAGAIN);
}

/* DEAF is connected elsewhere, so nobody takes what comes to its port. */
CLAIM("L20-09", "UDP to nobody: this send succeeds, the next: ECONNREFUSED")
{
	struct sockaddr_in at, other;
	int deaf = make_udp(&at), from = make(AF_INET), fd = make_udp(&other);
	struct pollfd p = { .fd = from };

	HOLDS(connect(deaf, NAME(other)) == 0 && fd != -1);
	HOLDS(connect(from, NAME(at)) == 0);
	put(from, "x");
	EQUALS(poll(&p, 1, -1), 1);		/* the refusal has come */
	HOLDS(p.revents & POLLERR);
	FAILS(send(from, "x", 1, 0), ECONNREFUSED);
}

/* That the port refuses, a connected socket sees: before and after. */
/* How many datagrams of this network came to a port that nobody reads. */
static long refused(void)
{
	FILE *f = fopen("/proc/net/snmp", "r");
	char line[512];
	long n = -1;

	HOLDS(f != NULL);
	while (n == -1 && fgets(line, sizeof line, f))
		sscanf(line, "Udp: %*u %ld", &n);
	fclose(f);
	HOLDS(n != -1);
	return n;
}

CLAIM("L20-09", "an unconnected UDP socket is never told")
{
	struct sockaddr_in at, other;
	int deaf = make_udp(&at), from = make(AF_INET), fd = make_udp(&other);
	int told = make(AF_INET), error = -1;
	struct pollfd p = { .fd = told };
	socklen_t size = sizeof error;

	HOLDS(connect(deaf, NAME(other)) == 0 && fd != -1);
	HOLDS(connect(told, NAME(at)) == 0);
	for (int i = 0; i < 10; i++) {
		long before = refused();

		EQUALS(sendto(from, "x", 1, 0, NAME(at)), 1);
		HOLDS(refused() > before);
		put(told, "x");
		EQUALS(poll(&p, 1, 5000), 1);
		FAILS(send(told, "x", 1, 0), ECONNREFUSED);
	}
	p = (struct pollfd){ .fd = from };
	EQUALS(poll(&p, 1, 0), 0);
	HOLDS(getsockopt(from, SOL_SOCKET, SO_ERROR, &error, &size) == 0);
	EQUALS(error, 0);
}

CLAIM("L20-10", "AF_UNIX says it at once: ENOENT, stale: ECONNREFUSED")
{
	int box, from = make(AF_UNIX);
	struct stat st;

	FAILS(sendto(from, "x", 1, 0, NAME(path)), ENOENT);
	FAILS(connect(from, NAME(path)), ENOENT);
	box = make_box();
	EQUALS(sendto(from, "there", 5, 0, NAME(path)), 5);
	HOLDS(connect(from, NAME(path)) == 0 && close(box) == 0);
	FAILS(send(from, "x", 1, 0), ECONNREFUSED);
	FAILS(connect(make(AF_UNIX), NAME(path)), ECONNREFUSED);
	FAILS(sendto(make(AF_UNIX), "x", 1, 0, NAME(path)), ECONNREFUSED);
	/* A plain file would refuse, too: this one is a socket still. */
	HOLDS(lstat(path.sun_path, &st) == 0 && S_ISSOCK(st.st_mode));
}

CLAIM("L20-11", "an AF_UNIX sender without a name gets no answer")
{
	char c;
	struct sockaddr_un who;
	socklen_t size = sizeof who;
	int box = make_box(), from = make(AF_UNIX);

	EQUALS(sendto(from, "x", 1, 0, NAME(path)), 1);
	EQUALS(recvfrom(box, &c, 1, 0, (struct sockaddr *)&who, &size), 1);
	EQUALS(size, 0);
}

CLAIM("L20-11", "bind() with a family and no path gives it an abstract one")
{
	char c;
	struct sockaddr_un who = { .sun_family = AF_UNIX };
	socklen_t size = sizeof who;
	int box = make_box(), from = make(AF_UNIX);

	HOLDS(bind(from, (struct sockaddr *)&who, sizeof(sa_family_t)) == 0);
	EQUALS(sendto(from, "x", 1, 0, NAME(path)), 1);
	EQUALS(recvfrom(box, &c, 1, 0, (struct sockaddr *)&who, &size), 1);
	HOLDS(size > sizeof(sa_family_t) && who.sun_path[0] == '\0');
	EQUALS(sendto(box, "back", 4, 0, (struct sockaddr *)&who, size), 4);
	get(from, "back");
}

CLAIM("L20-11", "a UDP sender gets a port by sending, so it can be answered")
{
	char c;
	struct sockaddr_in at, who;
	socklen_t size = sizeof who;
	int to = make_udp(&at), from = make(AF_INET);

	HOLDS(getsockname(from, (struct sockaddr *)&who, &size) == 0);
	EQUALS(who.sin_port, 0);		/* none so far */
	EQUALS(sendto(from, "x", 1, 0, NAME(at)), 1);
	EQUALS(recvfrom(to, &c, 1, 0, (struct sockaddr *)&who, &size), 1);
	HOLDS(who.sin_port != 0);
	EQUALS(sendto(to, "back", 4, 0, NAME(who)), 4);
	get(from, "back");
}

CLAIM("L20-35", "two questions in one queue: each gets its own answer")
{
	char c;
	struct sockaddr_un a = { AF_UNIX, "a" }, b = { AF_UNIX, "b-longer" };
	struct sockaddr_un who[2];
	socklen_t size[2] = { sizeof who[0], sizeof who[1] };
	int box = make_box(), ann = make(AF_UNIX), bob = make(AF_UNIX);

	HOLDS(bind(ann, NAME(a)) == 0 && bind(bob, NAME(b)) == 0);
	EQUALS(sendto(ann, "a", 1, 0, NAME(path)), 1);
	EQUALS(sendto(bob, "b", 1, 0, NAME(path)), 1);
	for (int i = 0; i < 2; i++) {
		EQUALS(recvfrom(box, &c, 1, 0, (struct sockaddr *)&who[i],
				&size[i]), 1);
		EQUALS(c, "ab"[i]);
	}
	for (int i = 1; i >= 0; i--)
		EQUALS(sendto(box, i ? "to b" : "to a", 4, 0,
			      (struct sockaddr *)&who[i], size[i]), 4);
	get(ann, "to a");
	get(bob, "to b");
	FAILS(recv(ann, &c, 1, MSG_DONTWAIT), EAGAIN);
	FAILS(recv(bob, &c, 1, MSG_DONTWAIT), EAGAIN);
}

CLAIM("L20-23", "sendto() to a name of length 0: ENOTCONN")
{
	char c;
	struct sockaddr_un who;
	socklen_t size = sizeof who;
	int box = make_box(), from = make(AF_UNIX);

	EQUALS(sendto(from, "x", 1, 0, NAME(path)), 1);
	EQUALS(recvfrom(box, &c, 1, 0, (struct sockaddr *)&who, &size), 1);
	FAILS(sendto(box, "back", 4, 0, (struct sockaddr *)&who, size),
	      ENOTCONN);
}

CLAIM("L20-25", "an abstract name is no file, and goes with its socket")
{
	char c;
	struct sockaddr_un who = { .sun_family = AF_UNIX };
	socklen_t size = sizeof who;
	int box = make_box(), from = make(AF_UNIX);
	DIR *here;

	HOLDS(bind(from, (struct sockaddr *)&who, sizeof(sa_family_t)) == 0);
	EQUALS(sendto(from, "x", 1, 0, NAME(path)), 1);
	EQUALS(recvfrom(box, &c, 1, 0, (struct sockaddr *)&who, &size), 1);
	here = opendir(".");
	HOLDS(here);
	for (struct dirent *d = readdir(here); d; d = readdir(here))
		HOLDS(d->d_name[0] == '.' || strcmp(d->d_name, "box") == 0);
	EQUALS(sendto(box, "back", 4, 0, (struct sockaddr *)&who, size), 4);
	get(from, "back");
	HOLDS(close(from) == 0);
	FAILS(sendto(box, "back", 4, 0, (struct sockaddr *)&who, size),
	      ECONNREFUSED);
}

CLAIM("L20-25", "bind() before connect(): a stranger's datagram stays queued")
{
	struct sockaddr_un me = { .sun_family = AF_UNIX };
	socklen_t size = sizeof me;
	int box = make_box(), from = make(AF_UNIX), stranger = make(AF_UNIX);

	HOLDS(bind(from, (struct sockaddr *)&me, sizeof(sa_family_t)) == 0);
	HOLDS(getsockname(from, (struct sockaddr *)&me, &size) == 0);
	EQUALS(sendto(stranger, "false", 5, 0, (struct sockaddr *)&me, size),
	       5);
	HOLDS(connect(from, NAME(path)) == 0);
	FAILS(sendto(stranger, "x", 1, 0, (struct sockaddr *)&me, size),
	      EPERM);
	get(from, "false");
	HOLDS(box != -1);
}

CLAIM("L20-25", "connect() before bind(): a stranger never gets in")
{
	char c;
	struct sockaddr_un me = { .sun_family = AF_UNIX };
	socklen_t size = sizeof me;
	int box = make_box(), from = make(AF_UNIX), stranger = make(AF_UNIX);

	HOLDS(connect(from, NAME(path)) == 0);
	HOLDS(getsockname(from, (struct sockaddr *)&me, &size) == 0);
	EQUALS(size, sizeof(sa_family_t));	/* no name to send to so far */
	size = sizeof me;
	HOLDS(bind(from, (struct sockaddr *)&me, sizeof(sa_family_t)) == 0);
	HOLDS(getsockname(from, (struct sockaddr *)&me, &size) == 0);
	FAILS(sendto(stranger, "x", 1, 0, (struct sockaddr *)&me, size),
	      EPERM);
	FAILS(recv(from, &c, 1, MSG_DONTWAIT), EAGAIN);
	EQUALS(sendto(box, "answer", 6, 0, (struct sockaddr *)&me, size), 6);
	get(from, "answer");
}

CLAIM("L20-26", "the path stays when its socket has gone: EADDRINUSE in bind()")
{
	int box = make_box();

	FAILS(bind(make(AF_UNIX), NAME(path)), EADDRINUSE);
	HOLDS(close(box) == 0);
	FAILS(connect(make(AF_UNIX), NAME(path)), ECONNREFUSED);
	HOLDS(access(path.sun_path, F_OK) == 0);
	FAILS(bind(make(AF_UNIX), NAME(path)), EADDRINUSE);
	HOLDS(unlink(path.sun_path) == 0);
	HOLDS(bind(make(AF_UNIX), NAME(path)) == 0);
}

CLAIM("L20-27", "whoever may not write to the path may not send: EACCES")
{
	struct stat st;
	int box;
	pid_t other;

	umask(0077);
	box = make_box();
	HOLDS(stat(path.sun_path, &st) == 0);
	EQUALS(st.st_mode & 0777, 0700);
	HOLDS(chmod(".", 0777) == 0);	/* the folder is in nobody's way */
	for (int may = 0; may <= 1; may++) {
		HOLDS(chmod(path.sun_path, may ? 0702 : 0755) == 0);
		other = fork();
		if (other == 0) {
			int from = make(AF_UNIX);

			become_another_user();
			if (may) {
				EQUALS(sendto(from, "in", 2, 0, NAME(path)), 2);
			} else {
				FAILS(sendto(from, "x", 1, 0, NAME(path)),
				      EACCES);
				FAILS(connect(from, NAME(path)), EACCES);
			}
			_exit(0);
		}
		EQUALS(ends(other), 0);
	}
	get(box, "in");
}

CLAIM("L20-29", "an abstract name is of a network namespace; a path is not")
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	socklen_t size = sizeof at;
	int box = make_box(), abstract = make(AF_UNIX);
	pid_t away;

	HOLDS(bind(abstract, (struct sockaddr *)&at, sizeof(sa_family_t)) == 0);
	HOLDS(getsockname(abstract, (struct sockaddr *)&at, &size) == 0);
	EQUALS(sendto(make(AF_UNIX), "near", 4, 0, (struct sockaddr *)&at,
		      size), 4);
	get(abstract, "near");
	away = fork();
	if (away == 0) {
		if (unshare(CLONE_NEWNET) == -1)
			SKIP("no new network namespace (%s): run as root",
			     errno_name(errno));
		FAILS(sendto(make(AF_UNIX), "x", 1, 0, (struct sockaddr *)&at,
			     size), ECONNREFUSED);
		EQUALS(sendto(make(AF_UNIX), "path", 4, 0, NAME(path)), 4);
		_exit(0);
	}
	EQUALS(ends(away), 0);
	get(box, "path");
}

CLAIM("L20-34", "*addrlen must be set each time: else a longer name is cut")
{
	char c;
	struct sockaddr_un from = { 0 }, longer = { AF_UNIX, "a-longer-name" };
	struct sockaddr_un brief = { AF_UNIX, "b" };
	socklen_t len = sizeof from, whole = sizeof from;
	int box = make_box(), a = make(AF_UNIX), b = make(AF_UNIX);

	HOLDS(bind(b, NAME(brief)) == 0 && bind(a, NAME(longer)) == 0);
	EQUALS(sendto(b, "x", 1, 0, NAME(path)), 1);
	for (int i = 0; i < 2; i++)
		EQUALS(sendto(a, "x", 1, 0, NAME(path)), 1);
	EQUALS(recvfrom(box, &c, 1, 0, (struct sockaddr *)&from, &len), 1);
	EQUALS(len, sizeof from.sun_family + 2);	/* "b" and its '\0' */

	EQUALS(recvfrom(box, &c, 1, 0, (struct sockaddr *)&from, &len), 1);
	HOLDS(strcmp(from.sun_path, "a-") == 0);
	EQUALS(len, sizeof from.sun_family + 14);	/* what it would be */
	EQUALS(recvfrom(box, &c, 1, 0, (struct sockaddr *)&from, &whole), 1);
	HOLDS(strcmp(from.sun_path, "a-longer-name") == 0);
}

/* --------------------------------------------------------- how a wait ends */

static void caught(int sig)
{
	(void)sig;
}

/* A child waits in recv() at FD. Stop it, continue it, and send a datagram by
 * TO: with how many EINTR does it get that? */
static int interrupted(int fd, int to)
{
	int times, stopped;
	pid_t reader = fork();

	if (reader == 0) {
		char c;
		int n = 0;

		while (recv(fd, &c, 1, 0) == -1) {
			HOLDS(errno == EINTR);
			n++;
		}
		_exit(n);
	}
	HOLDS(blocks(reader));
	HOLDS(kill(reader, SIGSTOP) == 0);
	EQUALS(waitpid(reader, &stopped, WUNTRACED), reader);
	HOLDS(WIFSTOPPED(stopped));
	HOLDS(kill(reader, SIGCONT) == 0);
	HOLDS(blocks(reader));
	put(to, "x");
	times = ends(reader);
	return times;
}

CLAIM("L20-24", "a stop and a continue end recv() if it has a time limit")
{
	struct timeval limit = { .tv_sec = 60 };
	socklen_t size = sizeof limit;
	int s[2];

	make_pair(s, SOCK_DGRAM);
	EQUALS(interrupted(s[1], s[0]), 0);
	HOLDS(setsockopt(s[1], SOL_SOCKET, SO_RCVTIMEO, &limit,
			 sizeof limit) == 0);
	EQUALS(interrupted(s[1], s[0]), 1);
	limit.tv_sec = 0;
	HOLDS(getsockopt(s[1], SOL_SOCKET, SO_RCVTIMEO, &limit, &size) == 0);
	EQUALS(limit.tv_sec, 60);	/* for the next call: all of it */
}

CLAIM("L20-24", "a caught signal too, also with SA_RESTART; else that goes on")
{
	struct sigaction act = { .sa_handler = caught, .sa_flags = SA_RESTART };
	struct timeval limit = { .tv_sec = 60 };
	int s[2];
	pid_t reader;

	make_pair(s, SOCK_DGRAM);
	HOLDS(sigaction(SIGUSR1, &act, NULL) == 0);
	for (int limited = 0; limited <= 1; limited++) {
		if (limited)
			HOLDS(setsockopt(s[1], SOL_SOCKET, SO_RCVTIMEO, &limit,
					 sizeof limit) == 0);
		reader = fork();
		if (reader == 0) {
			char c;

			if (recv(s[1], &c, 1, 0) == 1)
				_exit(10);
			_exit(errno == EINTR ? 20 : 30);
		}
		HOLDS(blocks(reader));
		HOLDS(kill(reader, SIGUSR1) == 0);
		if (!limited) {
			HOLDS(blocks(reader));
			put(s[0], "x");
		}
		EQUALS(ends(reader), limited ? 20 : 10);
	}
}

static int64_t now_ms(void)
{
	struct timespec now;

	HOLDS(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

CLAIM("L20-28", "SO_RCVTIMEO, SO_SNDTIMEO: EAGAIN when the limit is over")
{
	char c;
	struct timeval limit = { .tv_usec = 100000 };
	int64_t begin;
	int s[2];

	make_pair(s, SOCK_DGRAM);
	HOLDS(setsockopt(s[0], SOL_SOCKET, SO_RCVTIMEO, &limit,
			 sizeof limit) == 0);
	HOLDS(setsockopt(s[0], SOL_SOCKET, SO_SNDTIMEO, &limit,
			 sizeof limit) == 0);
	begin = now_ms();
	FAILS(recv(s[0], &c, 1, 0), EAGAIN);
	HOLDS(now_ms() - begin >= 99);		/* in whole ms */
	while (send(s[0], "x", 1, MSG_DONTWAIT) == 1)
		;
	EQUALS(errno, EAGAIN);
	begin = now_ms();
	FAILS(send(s[0], "x", 1, 0), EAGAIN);
	HOLDS(now_ms() - begin >= 99);
}

CLAIM("L20-28", "the tower's end wakes one that sends, not one that receives")
{
	int box = make_box(), from = make(AF_UNIX);
	pid_t waits[2];

	HOLDS(connect(from, NAME(path)) == 0);
	while (send(from, "x", 1, MSG_DONTWAIT) == 1)
		;
	EQUALS(errno, EAGAIN);
	for (int i = 0; i < 2; i++) {
		waits[i] = fork();
		if (waits[i] == 0) {
			char c;

			HOLDS(close(box) == 0);
			if (i == 0)
				FAILS(send(from, "x", 1, 0), ECONNREFUSED);
			else
				recv(from, &c, 1, 0);
			_exit(0);
		}
		HOLDS(blocks(waits[i]));
	}
	HOLDS(close(box) == 0);
	EQUALS(ends(waits[0]), 0);
	HOLDS(blocks(waits[1]));
}

CLAIM("L20-30", "to one that has shut down its reading: EPIPE, no SIGPIPE")
{
	int box = make_box(), from = make(AF_UNIX);

	HOLDS(signal(SIGPIPE, SIG_DFL) != SIG_ERR);
	HOLDS(shutdown(box, SHUT_RD) == 0);
	FAILS(sendto(from, "x", 1, 0, NAME(path)), EPIPE);
}

CLAIM("L20-33", "recvmmsg() takes several datagrams in one call")
{
	char one[8] = "", two[8] = "";
	struct iovec room[2] = { { one, 7 }, { two, 7 } };
	struct mmsghdr msg[2] = {
		{ .msg_hdr = { .msg_iov = &room[0], .msg_iovlen = 1 } },
		{ .msg_hdr = { .msg_iov = &room[1], .msg_iovlen = 1 } },
	};
	int s[2];

	make_pair(s, SOCK_DGRAM);
	put(s[0], "one");
	put(s[0], "three");
	put(s[0], "more");
	EQUALS(recvmmsg(s[1], msg, 2, 0, NULL), 2);
	HOLDS(msg[0].msg_len == 3 && strcmp(one, "one") == 0);
	HOLDS(msg[1].msg_len == 5 && strcmp(two, "three") == 0);
	get(s[1], "more");
}

/* ---------------------------------------------------- lost, or not */

/* Numbers from 0 that lie in FD; each must be the one that is due. */
static int count(int fd)
{
	int n = 0, number;

	while (recv(fd, &number, sizeof number, MSG_DONTWAIT) > 0)
		EQUALS(number, n++);
	EQUALS(errno, EAGAIN);
	return n;
}

CLAIM("2-178", "AF_UNIX: full is EAGAIN, and all that went in comes out")
{
	int s[2], sent = 0;

	make_pair(s, SOCK_DGRAM);
	while (sent < 100000 && send(s[0], &sent, sizeof sent,
				     MSG_DONTWAIT) == sizeof sent)
		sent++;
	EQUALS(errno, EAGAIN);
	HOLDS(sent > 1);
	EQUALS(count(s[1]), sent);
}

CLAIM("2-178", "AF_UNIX: a sender that may wait waits; 1000 of 1000 arrive")
{
	int s[2], number;
	pid_t sender;

	make_pair(s, SOCK_DGRAM);
	sender = fork();
	if (sender == 0) {
		for (int i = 0; i < 1000; i++)
			HOLDS(send(s[0], &i, sizeof i, 0) == sizeof i);
		_exit(0);
	}
	HOLDS(blocks(sender));
	for (int i = 0; i < 1000; i++) {
		EQUALS(recv(s[1], &number, sizeof number, 0), sizeof number);
		EQUALS(number, i);
	}
	EQUALS(ends(sender), 0);
}

CLAIM("2-178", "UDP on loopback: 1000 sends succeed, and some are lost")
{
	struct sockaddr_in at;
	int to = make_udp(&at), from = make(AF_INET), room = 1, n;

	HOLDS(setsockopt(to, SOL_SOCKET, SO_RCVBUF, &room, sizeof room) == 0);
	for (int i = 0; i < 1000; i++)
		EQUALS(sendto(from, &i, sizeof i, 0, NAME(at)), sizeof i);
	HOLDS(poll(&(struct pollfd){ .fd = to, .events = POLLIN }, 1, -1) == 1);
	n = count(to);
	HOLDS(n > 0 && n < 1000);
}

/* max_dgram_qlen; a network namespace of one's own has that of the kernel. */
static int queue_length(void)
{
	static const char *file = "/proc/sys/net/unix/max_dgram_qlen";
	int length = (int)number_in(file);

	if (length > 100 && unshare(CLONE_NEWNET) == 0)
		length = (int)number_in(file);
	return length;
}

/* A new sender after each 50, so that no sender's own buffer is full. */
CLAIM("L20-12", "how many may lie there: max_dgram_qlen, and one")
{
	int limit = queue_length();
	int box = make_box(), from = -1, sent = 0;

	if (limit > 2000)
		SKIP("max_dgram_qlen is %d: set it to 10", limit);
	needs_descriptors(60);
	for (;;) {
		if (sent % 50 == 0)
			from = make(AF_UNIX);
		if (sendto(from, "x", 1, MSG_DONTWAIT, NAME(path)) == -1)
			break;
		sent++;
	}
	EQUALS(errno, EAGAIN);
	EQUALS(sent, limit + 1);
	get(box, "x");
	EQUALS(sendto(from, "x", 1, MSG_DONTWAIT, NAME(path)), 1);
	FAILS(sendto(from, "x", 1, MSG_DONTWAIT, NAME(path)), EAGAIN);
}

CLAIM("L20-12", "but a receiver connected to its sender is not bound by it")
{
	int limit = queue_length();
	int s[2], sent = 0;

	if (limit > 100)
		SKIP("max_dgram_qlen is %d: set it to 10", limit);
	make_pair(s, SOCK_DGRAM);
	while (sent < 100000 && send(s[0], "x", 1, MSG_DONTWAIT) == 1)
		sent++;
	EQUALS(errno, EAGAIN);
	HOLDS(sent > limit + 1);
}

static int fill(int from, const struct sockaddr_un *at)
{
	int sent = 0;

	while (sent < 1000 && sendto(from, "x", 1, MSG_DONTWAIT,
				     (const void *)at, sizeof *at) == 1)
		sent++;
	EQUALS(errno, EAGAIN);
	return sent;
}

CLAIM("L20-21", "max_dgram_qlen counts for sockets made later, not for others")
{
	static const char *file = "/proc/sys/net/unix/max_dgram_qlen";
	struct sockaddr_un second = { AF_UNIX, "second" };
	int box = make_box(), later, from = make(AF_UNIX);
	int before;
	FILE *f;

	/* The file is of this network namespace: change it in one's own. */
	if (unshare(CLONE_NEWNET) == -1)
		SKIP("no new network namespace (%s): run as root",
		     errno_name(errno));
	HOLDS(close(box) == 0 && unlink(path.sun_path) == 0);
	box = make_box();
	before = (int)number_in(file);
	f = fopen(file, "w");
	if (!f)
		SKIP("%s cannot be written (%s)", file, errno_name(errno));
	HOLDS(fprintf(f, "%d", before + 20) > 0 && fclose(f) == 0);
	later = make(AF_UNIX);
	HOLDS(bind(later, NAME(second)) == 0);
	EQUALS(fill(from, &path), before + 1);
	EQUALS(fill(from, &second), before + 21);
	HOLDS(box != -1);
}

/* Each client gets one datagram, so its own queue has room. */
CLAIM("L20-22", "what is sent and not read counts in the sender's SO_SNDBUF")
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int server = make(AF_UNIX), client[100], last = -1, n, room = 1;
	char c;

	needs_descriptors(120);
	HOLDS(setsockopt(server, SOL_SOCKET, SO_SNDBUF, &room,
			 sizeof room) == 0);
	for (n = 0; n < 100; n++) {
		snprintf(at.sun_path, sizeof at.sun_path, "client%d", n);
		last = client[n] = make(AF_UNIX);
		HOLDS(bind(last, NAME(at)) == 0);
		if (sendto(server, "x", 1, MSG_DONTWAIT, NAME(at)) == -1)
			break;
	}
	HOLDS(n > 0 && n < 100);
	EQUALS(errno, EAGAIN);
	FAILS(recv(last, &c, 1, MSG_DONTWAIT), EAGAIN);
	get(client[0], "x");
	for (int i = 1; i < n; i++)
		get(client[i], "x");
	EQUALS(sendto(server, "x", 1, MSG_DONTWAIT, NAME(at)), 1);
	get(last, "x");
}

CLAIM("L20-22", "one client that never reads keeps it full until it ends")
{
	struct sockaddr_un bad = { AF_UNIX, "bad" }, good = { AF_UNIX, "good" };
	int server = make_box(), sent = 0;
	int reads_not = make(AF_UNIX), reads = make(AF_UNIX);

	HOLDS(connect(reads_not, NAME(path)) == 0);
	HOLDS(bind(reads_not, NAME(bad)) == 0);
	HOLDS(connect(reads, NAME(path)) == 0);
	HOLDS(bind(reads, NAME(good)) == 0);
	EQUALS(sendto(server, "x", 1, MSG_DONTWAIT, NAME(good)), 1);
	get(reads, "x");
	while (sent < 100000 &&
	       sendto(server, "x", 1, MSG_DONTWAIT, NAME(bad)) == 1)
		sent++;
	EQUALS(errno, EAGAIN);
	FAILS(sendto(server, "x", 1, MSG_DONTWAIT, NAME(good)), EAGAIN);
	HOLDS(close(reads_not) == 0);
	EQUALS(sendto(server, "x", 1, MSG_DONTWAIT, NAME(good)), 1);
	get(reads, "x");
}

CLAIM("L20-13", "SO_RCVBUF of 1 gives the kernel's minimum; a size doubles")
{
	struct sockaddr_in at;
	socklen_t size = sizeof(int);
	int to = make_udp(&at), room = 1, least = 0, got = 0;

	HOLDS(setsockopt(to, SOL_SOCKET, SO_RCVBUF, &room, sizeof room) == 0);
	HOLDS(getsockopt(to, SOL_SOCKET, SO_RCVBUF, &least, &size) == 0);
	HOLDS(least > 1000 && least < 100000);
	room = 50000;
	HOLDS(setsockopt(to, SOL_SOCKET, SO_RCVBUF, &room, sizeof room) == 0);
	HOLDS(getsockopt(to, SOL_SOCKET, SO_RCVBUF, &got, &size) == 0);
	EQUALS(got, 100000);
	room = 100;			/* twice that is less as well */
	HOLDS(setsockopt(to, SOL_SOCKET, SO_RCVBUF, &room, sizeof room) == 0);
	HOLDS(getsockopt(to, SOL_SOCKET, SO_RCVBUF, &got, &size) == 0);
	EQUALS(got, least);
}

/* ---------------------------------------------------------- multicast */

static struct sockaddr_in group = { .sin_family = AF_INET };

static int join(void)
{
	struct ip_mreq on_lo = { { htonl(0xef000000 | own_id()) },
				 { htonl(INADDR_LOOPBACK) } };
	socklen_t size = sizeof group;
	int fd = make(AF_INET), yes = 1;

	group.sin_addr = on_lo.imr_multiaddr;
	HOLDS(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0);
	HOLDS(bind(fd, NAME(group)) == 0);
	HOLDS(getsockname(fd, (struct sockaddr *)&group, &size) == 0);
	if (setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &on_lo,
		       sizeof on_lo) == -1)
		SKIP("no multicast on lo (%s): ip link set lo up",
		     errno_name(errno));
	return fd;
}

static int to_group(void)
{
	struct in_addr lo = { htonl(INADDR_LOOPBACK) };
	int fd = make(AF_INET);

	HOLDS(setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &lo,
			 sizeof lo) == 0);
	return fd;
}

CLAIM("4-051", "one sendto() to a group reaches two receivers")
{
	int one = join(), two = join();

	EQUALS(sendto(to_group(), "to all", 6, 0, NAME(group)), 6);
	get(one, "to all");
	get(two, "to all");
}

CLAIM("4-051", "each has its own copy: reading one leaves the other's")
{
	char c;
	int one = join(), two = join();

	EQUALS(sendto(to_group(), "x", 1, 0, NAME(group)), 1);
	get(one, "x");
	FAILS(recv(one, &c, 1, MSG_DONTWAIT), EAGAIN);
	get(two, "x");
}

CLAIM("L20-14", "two sockets at one port: EADDRINUSE without SO_REUSEADDR")
{
	int one = join(), two = make(AF_INET), yes = 1, no = 0;

	FAILS(bind(make(AF_INET), NAME(group)), EADDRINUSE);
	HOLDS(setsockopt(two, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0);
	HOLDS(setsockopt(one, SOL_SOCKET, SO_REUSEADDR, &no, sizeof no) == 0);
	FAILS(bind(two, NAME(group)), EADDRINUSE);	/* both must */
	HOLDS(setsockopt(one, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0);
	HOLDS(bind(two, NAME(group)) == 0);
}

CLAIM("L20-36", "IP_DROP_MEMBERSHIP leaves the group; the first TTL is 1")
{
	char c;
	int one = join(), two = join(), from = to_group(), ttl = -1, no = 0;
	socklen_t size = sizeof ttl;
	struct ip_mreq on_lo = { group.sin_addr, { htonl(INADDR_LOOPBACK) } };

	HOLDS(getsockopt(from, IPPROTO_IP, IP_MULTICAST_TTL, &ttl,
			 &size) == 0);
	EQUALS(ttl, 1);
	/* Else the socket hears what the other one has joined: L20-32. */
	HOLDS(setsockopt(two, IPPROTO_IP, IP_MULTICAST_ALL, &no,
			 sizeof no) == 0);
	EQUALS(sendto(from, "x", 1, 0, NAME(group)), 1);
	get(one, "x");
	get(two, "x");
	HOLDS(setsockopt(two, IPPROTO_IP, IP_DROP_MEMBERSHIP, &on_lo,
			 sizeof on_lo) == 0);
	EQUALS(sendto(from, "y", 1, 0, NAME(group)), 1);
	get(one, "y");
	FAILS(recv(two, &c, 1, MSG_DONTWAIT), EAGAIN);
}

CLAIM("L20-15", "on lo the group hears it even with IP_MULTICAST_LOOP off")
{
	int one = join(), from = to_group(), on = -1, off = 0;
	socklen_t size = sizeof on;

	HOLDS(getsockopt(from, IPPROTO_IP, IP_MULTICAST_LOOP, &on, &size) == 0);
	EQUALS(on, 1);
	HOLDS(setsockopt(from, IPPROTO_IP, IP_MULTICAST_LOOP, &off,
			 sizeof off) == 0);
	HOLDS(getsockopt(from, IPPROTO_IP, IP_MULTICAST_LOOP, &on, &size) == 0);
	EQUALS(on, 0);
	EQUALS(sendto(from, "x", 1, 0, NAME(group)), 1);
	get(one, "x");
}

CLAIM("L20-31", "both set SO_REUSEADDR: the later one gets all, not the first")
{
	char c;
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t size = sizeof at;
	int one = make(AF_INET), two = make(AF_INET), from = make(AF_INET);
	int yes = 1;

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	HOLDS(setsockopt(one, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0);
	HOLDS(bind(one, NAME(at)) == 0);
	HOLDS(getsockname(one, (struct sockaddr *)&at, &size) == 0);
	EQUALS(sendto(from, "first", 5, 0, NAME(at)), 5);
	get(one, "first");
	FAILS(bind(two, NAME(at)), EADDRINUSE);
	HOLDS(setsockopt(two, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0);
	HOLDS(bind(two, NAME(at)) == 0);
	for (int i = 0; i < 10; i++) {
		EQUALS(sendto(from, "later", 5, 0, NAME(at)), 5);
		FAILS(recv(one, &c, 1, MSG_DONTWAIT), EAGAIN);
		get(two, "later");
	}
}

CLAIM("L20-32", "a socket bound to no address hears groups that others joined")
{
	char c;
	struct sockaddr_in any = { .sin_family = AF_INET };
	socklen_t size = sizeof any;
	int member = join(), other = make(AF_INET), yes = 1, no = 0;
	int from = to_group();

	any.sin_port = group.sin_port;
	HOLDS(setsockopt(other, SOL_SOCKET, SO_REUSEADDR, &yes,
			 sizeof yes) == 0);
	HOLDS(bind(other, NAME(any)) == 0);
	HOLDS(getsockname(other, (struct sockaddr *)&any, &size) == 0);
	EQUALS(any.sin_addr.s_addr, htonl(INADDR_ANY));
	EQUALS(sendto(from, "x", 1, 0, NAME(group)), 1);
	get(member, "x");
	get(other, "x");
	HOLDS(setsockopt(other, IPPROTO_IP, IP_MULTICAST_ALL, &no,
			 sizeof no) == 0);
	EQUALS(sendto(from, "y", 1, 0, NAME(group)), 1);
	get(member, "y");
	FAILS(recv(other, &c, 1, MSG_DONTWAIT), EAGAIN);
}

/* ---------------------------------------------------------- seqpacket */

CLAIM("L20-16", "SOCK_SEQPACKET: borders, a connection, and an end-of-file")
{
	char c;
	int s[2];

	make_pair(s, SOCK_SEQPACKET);
	put(s[0], "one");
	put(s[0], "three");
	HOLDS(close(s[0]) == 0);
	get(s[1], "one");
	get(s[1], "three");
	EQUALS(recv(s[1], &c, 1, 0), 0);
	FAILS(send(s[1], "x", 1, MSG_NOSIGNAL), EPIPE);
	s[0] = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	HOLDS(s[0] != -1);
	HOLDS(bind(s[0], NAME(path)) == 0 && listen(s[0], 1) == 0);
	s[1] = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	FAILS(send(s[1], "x", 1, MSG_NOSIGNAL), ENOTCONN);
	HOLDS(connect(s[1], NAME(path)) == 0);
	EQUALS(send(s[1], "x", 1, MSG_NOSIGNAL), 1);
}

CLAIM("L20-16", "and an empty one cannot be told from that end")
{
	char c;
	int s[2];

	make_pair(s, SOCK_SEQPACKET);
	EQUALS(send(s[0], "", 0, 0), 0);
	put(s[0], "more");
	EQUALS(recv(s[1], &c, 1, 0), 0);
	get(s[1], "more");
}

/* ------------------------------------------------------------- limits */

static int option(int fd, int name)
{
	socklen_t size = sizeof(int);
	int value = -1;

	HOLDS(getsockopt(fd, SOL_SOCKET, name, &value, &size) == 0);
	return value;
}

CLAIM("L20-17", "wmem_max and rmem_max cut SO_SNDBUF and SO_RCVBUF, unsaid")
{
	const int names[] = { SO_SNDBUF, SO_RCVBUF };
	const int most[] = {
		(int)number_in("/proc/sys/net/core/wmem_max"),
		(int)number_in("/proc/sys/net/core/rmem_max"),
	};
	int fd = make(AF_UNIX), much = 1 << 30;

	for (int i = 0; i < 2; i++)
		for (int more = -1; more <= 1; more++) {
			int size = most[i] + more;

			HOLDS(setsockopt(fd, SOL_SOCKET, names[i], &size,
					 sizeof size) == 0);
			EQUALS(option(fd, names[i]),
			       2 * (more > 0 ? most[i] : size));
		}
	become_ordinary_user();
	FAILS(setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &much, sizeof much),
	      EPERM);
}

CLAIM("L20-18", "to all needs SO_BROADCAST, else EACCES; to join, a group")
{
	struct sockaddr_in all = { .sin_family = AF_INET, .sin_port = 9 };
	struct ip_mreq none = { .imr_multiaddr.s_addr = htonl(0x7f000001),
				.imr_interface.s_addr = htonl(0x7f000001) };
	int fd = make(AF_INET), yes = 1;

	all.sin_addr.s_addr = htonl(0x7fffffff);	/* 127.255.255.255 */
	FAILS(sendto(fd, "x", 1, 0, NAME(all)), EACCES);
	HOLDS(setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &yes, sizeof yes) == 0);
	EQUALS(sendto(fd, "x", 1, 0, NAME(all)), 1);
	FAILS(setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &none,
			 sizeof none), EINVAL);
	none.imr_multiaddr.s_addr = htonl(0xefff0001);	/* a group */
	HOLDS(setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &none,
			 sizeof none) == 0);
}

CLAIM("L20-19", "one socket joins igmp_max_memberships groups: then ENOBUFS")
{
	const char *file = "/proc/sys/net/ipv4/igmp_max_memberships";
	struct ip_mreq join = { .imr_interface.s_addr = htonl(0x7f000001) };
	int fd = make(AF_INET), most = (int)number_in(file);

	if (most > 1000)
		SKIP("igmp_max_memberships is %d: that many takes long", most);
	for (int i = 1; i <= most; i++) {
		join.imr_multiaddr.s_addr = htonl(0xefff0000u + (unsigned)i);
		HOLDS(setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &join,
				 sizeof join) == 0);
	}
	join.imr_multiaddr.s_addr = htonl(0xefff7fff);
	FAILS(setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &join,
			 sizeof join), ENOBUFS);
}
