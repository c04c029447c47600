/*
 * claims - what the notes say about backpressure, executed
 *
 * Ids are rows of docs/claims.tsv; L24-.. are claims of this course. A proof
 * runs in a process of its own, with a deadline, so it may block or crash.
 * Limits are read from the system, or set by the proof itself.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/sock_diag.h>
#include <linux/sockios.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pty.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "../../common/proof/claim.h"

static char page[1 << 16];

static void set_flags(int fd, int flags)
{
	HOLDS(fcntl(fd, F_SETFL, flags) == 0);
}

/* Does poll() see room? */
static int has_room(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };

	HOLDS(poll(&p, 1, 0) != -1);
	return (p.revents & POLLOUT) != 0;
}

/* Write pieces of SIZE bytes until there is no room; how many bytes went in.
 * A stream may take a part of the last piece. */
static long fill(int fd, size_t size)
{
	long bytes = 0;
	ssize_t n;

	set_flags(fd, O_NONBLOCK);
	HOLDS(has_room(fd));
	while ((n = write(fd, page, size)) > 0)
		bytes += n;
	EQUALS(errno, EAGAIN);
	return bytes;
}

/* OUT is full: a writer that may wait sleeps. Then read IN until it has got
 * through. */
static void makes_wait(int out, int in, size_t size)
{
	pid_t writer;
	int status;

	set_flags(out, 0);
	writer = fork();
	if (writer == 0)
		_exit(write(out, page, size) != (ssize_t)size);
	HOLDS(blocks(writer));
	set_flags(in, O_NONBLOCK);
	while (waitpid(writer, &status, WNOHANG) == 0)
		if (read(in, page, sizeof page) == -1)
			EQUALS(errno, EAGAIN);
	EQUALS(status, 0);
}

static int option(int fd, int name)
{
	socklen_t size = sizeof(int);
	int value;

	HOLDS(getsockopt(fd, SOL_SOCKET, name, &value, &size) == 0);
	return value;
}

static void set_option(int fd, int name, int value)
{
	HOLDS(setsockopt(fd, SOL_SOCKET, name, &value, sizeof value) == 0);
}

/* ----------------------------------------------------------- byte streams */

CLAIM("L24-01", "pipe: F_GETPIPE_SZ bytes go in, then EAGAIN, or it waits")
{
	int fd[2];

	HOLDS(pipe(fd) == 0);
	EQUALS(fill(fd[1], PIPE_BUF), fcntl(fd[1], F_GETPIPE_SZ));
	HOLDS(!has_room(fd[1]));
	makes_wait(fd[1], fd[0], PIPE_BUF);
}

CLAIM("L24-01", "F_SETPIPE_SZ moves the limit, both ways")
{
	int fd[2], size;

	HOLDS(pipe(fd) == 0);
	size = fcntl(fd[1], F_SETPIPE_SZ, 1);
	EQUALS(size, sysconf(_SC_PAGESIZE));
	EQUALS(fill(fd[1], PIPE_BUF), size);
	if (fcntl(fd[1], F_SETPIPE_SZ, 2 * size) != 2 * size)
		SKIP("this user has too many pipes open for more; see "
		     "/proc/sys/fs/pipe-user-pages-soft");
	EQUALS(fill(fd[1], PIPE_BUF), size);
}

CLAIM("L24-01", "past /proc/sys/fs/pipe-max-size it is EPERM")
{
	int fd[2], most = (int)number_in("/proc/sys/fs/pipe-max-size");

	become_ordinary_user();	/* with CAP_SYS_RESOURCE more is allowed */
	HOLDS(pipe(fd) == 0);
	if (fcntl(fd[1], F_SETPIPE_SZ, most) == -1)
		SKIP("this user has too many pipes open for more; see "
		     "/proc/sys/fs/pipe-user-pages-soft");
	FAILS(fcntl(fd[1], F_SETPIPE_SZ, 2 * most), EPERM);
	EQUALS(fcntl(fd[1], F_GETPIPE_SZ), most);
}

CLAIM("L24-02", "FIFO: the same, from the moment somebody may read")
{
	int in, out;

	HOLDS(mkfifo("line", 0600) == 0);
	FAILS(open("line", O_WRONLY | O_NONBLOCK), ENXIO);
	in = open("line", O_RDONLY | O_NONBLOCK);
	out = open("line", O_WRONLY);
	HOLDS(in != -1 && out != -1);
	EQUALS(fill(out, PIPE_BUF), fcntl(out, F_GETPIPE_SZ));
	HOLDS(!has_room(out));
	makes_wait(out, in, PIPE_BUF);
}

CLAIM("L24-03", "AF_UNIX stream: full is EAGAIN, or it waits")
{
	int s[2];

	HOLDS(socketpair(AF_UNIX, SOCK_STREAM, 0, s) == 0);
	EQUALS(option(s[1], SO_TYPE), SOCK_STREAM);
	HOLDS(fill(s[1], 64) > 0);
	HOLDS(!has_room(s[1]));
	makes_wait(s[1], s[0], 64);
}

CLAIM("L24-03", "the sender's SO_SNDBUF is the limit, not SO_RCVBUF")
{
	int s[2], t[2], u[2], start;
	long usual;

	HOLDS(socketpair(AF_UNIX, SOCK_STREAM, 0, s) == 0);
	HOLDS(socketpair(AF_UNIX, SOCK_STREAM, 0, t) == 0);
	HOLDS(socketpair(AF_UNIX, SOCK_STREAM, 0, u) == 0);
	usual = fill(u[1], 64);
	set_option(s[1], SO_SNDBUF, 1);
	HOLDS(fill(s[1], 64) < usual);
	start = option(t[0], SO_RCVBUF);
	set_option(t[0], SO_RCVBUF, 1);
	HOLDS(option(t[0], SO_RCVBUF) < start);	/* it is set, and in vain */
	EQUALS(fill(t[1], 64), usual);
}

CLAIM("L24-03 L24-11", "where the buffers start: net.core.wmem_default for a "
      "sender, rmem_default for a receiver of UDP")
{
	int out = socket(AF_UNIX, SOCK_STREAM, 0);
	int in = socket(AF_INET, SOCK_DGRAM, 0);

	/* Both are the same number, unless somebody has set one of them. */
	EQUALS(option(in, SO_PROTOCOL), IPPROTO_UDP);
	EQUALS(option(out, SO_SNDBUF),
	       number_in("/proc/sys/net/core/wmem_default"));
	EQUALS(option(in, SO_RCVBUF),
	       number_in("/proc/sys/net/core/rmem_default"));
}

CLAIM("L24-04", "what a buffer counts is memory: of 1 byte it holds few")
{
	int s[2], t[2];

	HOLDS(socketpair(AF_UNIX, SOCK_STREAM, 0, s) == 0);
	HOLDS(socketpair(AF_UNIX, SOCK_STREAM, 0, t) == 0);
	HOLDS(fill(s[1], 1) * 100 < option(s[1], SO_SNDBUF));
	HOLDS(fill(t[1], PIPE_BUF) * 2 > option(t[1], SO_SNDBUF));
}

/* A TCP connection to ourselves: s[1] sends, s[0] has room for little. */
static void tcp_pair(int s[2], int rcvbuf, int sndbuf)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_addr = { htonl(INADDR_LOOPBACK) } };
	struct sockaddr *addr = (struct sockaddr *)&a;
	socklen_t size = sizeof a;
	int door = socket(AF_INET, SOCK_STREAM, 0);

	s[1] = socket(AF_INET, SOCK_STREAM, 0);
	set_option(door, SO_RCVBUF, rcvbuf);
	set_option(s[1], SO_SNDBUF, sndbuf);
	if (bind(door, addr, size) == -1 && errno == EADDRNOTAVAIL)
		SKIP("there is no 127.0.0.1 here; ip link set lo up");
	HOLDS(getsockname(door, addr, &size) == 0 && listen(door, 1) == 0);
	HOLDS(connect(s[1], addr, size) == 0);
	s[0] = accept(door, NULL, NULL);
	HOLDS(s[0] != -1 && close(door) == 0);
}

CLAIM("L24-05", "TCP: full is EAGAIN, or it waits; every byte arrives")
{
	long first, bytes = 0;
	int s[2], more = 100;
	pid_t writer;
	ssize_t n;

	tcp_pair(s, 1 << 16, 1 << 16);
	EQUALS(option(s[1], SO_PROTOCOL), IPPROTO_TCP);
	first = fill(s[1], sizeof page);
	set_flags(s[1], 0);
	writer = fork();
	for (; writer == 0 && more > 0; more--)
		if (write(s[1], page, sizeof page) != sizeof page)
			_exit(1);
	if (writer == 0)
		_exit(0);
	HOLDS(close(s[1]) == 0);
	HOLDS(blocks(writer));
	while ((n = read(s[0], page, sizeof page)) > 0)
		bytes += n;
	EQUALS(ends(writer), 0);
	HOLDS(n == 0);
	EQUALS(bytes, first + more * (long)sizeof page);
}

CLAIM("L24-05", "both buffers count: a larger one at either end takes more")
{
	int small[2], in[2], out[2];
	long least;

	tcp_pair(small, 1 << 14, 1 << 14);
	tcp_pair(in, 1 << 17, 1 << 14);
	tcp_pair(out, 1 << 14, 1 << 17);
	/* Each has one larger buffer, and the other one as it was. */
	HOLDS(option(in[0], SO_RCVBUF) > option(small[0], SO_RCVBUF));
	EQUALS(option(in[1], SO_SNDBUF), option(small[1], SO_SNDBUF));
	EQUALS(option(out[0], SO_RCVBUF), option(small[0], SO_RCVBUF));
	HOLDS(option(out[1], SO_SNDBUF) > option(small[1], SO_SNDBUF));
	least = fill(small[1], 64);
	HOLDS(fill(in[1], 64) > least);
	HOLDS(fill(out[1], 64) > least);
}

/* A terminal without a terminal's manners: bytes pass as they are. */
static void raw_terminal(int fd[2])
{
	struct termios t;

	if (openpty(&fd[1], &fd[0], NULL, NULL, NULL) == -1)
		SKIP("no pseudoterminal (%s); mount -t devpts none /dev/pts",
		     errno_name(errno));
	HOLDS(tcgetattr(fd[0], &t) == 0);
	cfmakeraw(&t);
	HOLDS(tcsetattr(fd[0], TCSANOW, &t) == 0);
}

CLAIM("L24-06", "pseudoterminal, raw: full is EAGAIN, or it waits")
{
	int fd[2];

	raw_terminal(fd);
	HOLDS(fill(fd[1], 64) > 0);
	HOLDS(!has_room(fd[1]) && has_room(fd[0]));	/* this way alone */
	makes_wait(fd[1], fd[0], sizeof page);
}

CLAIM("L24-06", "and the other way: nobody reads what the slave writes")
{
	int fd[2];

	raw_terminal(fd);
	HOLDS(fill(fd[0], 64) > 0);
	HOLDS(!has_room(fd[0]) && has_room(fd[1]));
	makes_wait(fd[0], fd[1], sizeof page);
}

CLAIM("L24-07", "in line mode a line over 4095 bytes loses the rest")
{
	static const int length[] = { 4094, 4095, 4096, 5000 };
	static const int arrive[] = { 4094, 4095, 4095, 4095 };
	char line[8192];
	int fd[2], lost = 0;

	if (openpty(&fd[1], &fd[0], NULL, NULL, NULL) == -1)
		SKIP("no pseudoterminal (%s); mount -t devpts none /dev/pts",
		     errno_name(errno));
	for (int i = 0; i < 4; i++) {
		memset(line, 'x', sizeof line);
		EQUALS(write(fd[1], line, (size_t)length[i]), length[i]);
		EQUALS(write(fd[1], "\n", 1), 1);
		EQUALS(read(fd[0], line, sizeof line), arrive[i] + 1);
		EQUALS(line[arrive[i]], '\n');
		lost += length[i] - arrive[i];
		EQUALS(tcflush(fd[1], TCIOFLUSH), 0);	/* the echo */
	}
	EQUALS(lost, 1 + 905);
}

/* ---------------------------------------------------------------- messages */

struct letter {
	long type;
	char text[64];
};

static int make_sysv(void)
{
	int q = msgget(IPC_PRIVATE, 0600);

	if (q == -1 && (errno == ENOSPC || errno == ENOSYS))
		SKIP("no System V queue to be had (%s); see ipcs -q",
		     errno_name(errno));
	HOLDS(q != -1);
	return q;
}

/* How many letters of SIZE bytes go in before EAGAIN. */
static long fill_sysv(int q, size_t size)
{
	struct letter a = { 1, "" };
	long n = 0;

	while (msgsnd(q, &a, size, IPC_NOWAIT) == 0)
		n++;
	EQUALS(errno, EAGAIN);
	return n;
}

static long room_of(int q)
{
	struct msqid_ds ds;

	HOLDS(msgctl(q, IPC_STAT, &ds) == 0);
	return (long)ds.msg_qbytes;
}

CLAIM("L24-08", "System V queue: msg_qbytes bytes, then EAGAIN, or it waits")
{
	struct letter a = { 1, "" };
	int q = make_sysv();
	pid_t sender;

	EQUALS(fill_sysv(q, sizeof a.text), room_of(q) / 64);
	sender = fork();
	if (sender == 0)
		_exit(msgsnd(q, &a, sizeof a.text, 0) == -1);
	HOLDS(blocks(sender));
	HOLDS(msgrcv(q, &a, sizeof a.text, 0, 0) == 64);
	EQUALS(ends(sender), 0);
}

CLAIM("L24-08", "empty ones count too: as many messages as msg_qbytes bytes")
{
	struct letter a;
	int q = make_sysv();

	EQUALS(fill_sysv(q, 0), room_of(q));
	EQUALS(msgrcv(q, &a, sizeof a.text, 0, 0), 0);	/* it is empty */
}

CLAIM("L24-08", "IPC_SET lowers the limit; kernel.msgmnb is where it starts")
{
	struct msqid_ds ds;
	int q = make_sysv();

	HOLDS(msgctl(q, IPC_STAT, &ds) == 0);
	EQUALS(ds.msg_qbytes, number_in("/proc/sys/kernel/msgmnb"));
	ds.msg_qbytes = 640;
	HOLDS(msgctl(q, IPC_SET, &ds) == 0);
	EQUALS(fill_sysv(q, 64), 10);
}

/* The time on CLOCK, in milliseconds. */
static int64_t ms_of(clockid_t clock)
{
	struct timespec now;

	HOLDS(clock_gettime(clock, &now) == 0);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t now_ms(void)
{
	return ms_of(CLOCK_MONOTONIC);
}

/* A queue without a name; the size of a message is that of page. */
static mqd_t make_mq(long many)
{
	struct mq_attr attr = { .mq_maxmsg = many, .mq_msgsize = 64 };
	char name[OWN_NAME];
	mqd_t q;

	own_name(name, "proof");
	q = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attr);
	if (q == (mqd_t)-1)
		SKIP("no POSIX queue to be had (%s); see ulimit -q, and "
		     "/proc/sys/fs/mqueue", errno_name(errno));
	HOLDS(mq_unlink(name) == 0);
	return q;
}

static long fill_mq(mqd_t q, size_t size)
{
	long n = 0;

	set_flags(q, O_NONBLOCK);
	while (mq_send(q, page, size, 0) == 0)
		n++;
	EQUALS(errno, EAGAIN);
	return n;
}

CLAIM("L24-09", "POSIX queue: mq_maxmsg messages, then EAGAIN, or it waits")
{
	mqd_t q = make_mq(4);
	pid_t sender;

	EQUALS(fill_mq(q, 64), 4);
	HOLDS(!has_room(q));
	set_flags(q, 0);
	sender = fork();
	if (sender == 0)
		_exit(mq_send(q, page, 64, 0) == -1);
	HOLDS(blocks(sender));
	EQUALS(mq_receive(q, page, 64, NULL), 64);
	EQUALS(ends(sender), 0);
}

CLAIM("L24-09", "it counts messages, not bytes: empty ones fill it as well")
{
	mqd_t q = make_mq(4);

	EQUALS(fill_mq(q, 0), 4);
	for (int n = 0; n < 4; n++)
		EQUALS(mq_receive(q, page, 64, NULL), 0);
	FAILS(mq_receive(q, page, 64, NULL), EAGAIN);
}

CLAIM("L24-09", "mq_timedsend() waits for so long: ETIMEDOUT")
{
	struct timespec limit;
	int64_t begin, until;
	mqd_t q = make_mq(4);

	fill_mq(q, 1);
	set_flags(q, 0);
	begin = now_ms();
	until = ms_of(CLOCK_REALTIME) + 200;
	limit.tv_sec = until / 1000;
	limit.tv_nsec = until % 1000 * 1000000;
	FAILS(mq_timedsend(q, "x", 1, 0, &limit), ETIMEDOUT);
	HOLDS(ms_of(CLOCK_REALTIME) >= until);
	HOLDS(now_ms() - begin >= 190);		/* two clocks, in whole ms */
	/* With room it does not wait, however early the limit was. */
	EQUALS(mq_receive(q, page, 64, NULL), 1);
	EQUALS(mq_timedsend(q, "x", 1, 0, &limit), 0);
}

CLAIM("L24-09", "mq_open() sets the limit, at most fs.mqueue.msg_max of it")
{
	struct mq_attr attr = {
		.mq_maxmsg = (long)number_in("/proc/sys/fs/mqueue/msg_max") + 1,
		.mq_msgsize = 1
	};
	struct mq_attr is;
	mqd_t q = make_mq(3);
	char name[OWN_NAME];

	HOLDS(mq_getattr(q, &is) == 0);
	EQUALS(is.mq_maxmsg, 3);
	own_name(name, "proof");
	become_ordinary_user();	/* with CAP_SYS_RESOURCE it is no limit */
	FAILS(mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attr), EINVAL);
	attr.mq_maxmsg--;
	q = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attr);
	if (q == (mqd_t)-1 && errno == EMFILE)
		SKIP("`ulimit -q' does not allow a queue of msg_max messages");
	HOLDS(q != (mqd_t)-1);
	HOLDS(mq_unlink(name) == 0);
}

CLAIM("L24-10", "AF_UNIX datagram: full is EAGAIN, or it waits")
{
	int s[2];

	HOLDS(socketpair(AF_UNIX, SOCK_DGRAM, 0, s) == 0);
	EQUALS(option(s[1], SO_TYPE), SOCK_DGRAM);
	HOLDS(fill(s[1], 64) > 0);
	HOLDS(!has_room(s[1]));
	makes_wait(s[1], s[0], 64);
}

CLAIM("L24-10", "a receiver with a name: max_dgram_qlen messages and one")
{
	long most = (long)number_in("/proc/sys/net/unix/max_dgram_qlen");
	struct sockaddr_un box = { .sun_family = AF_UNIX, .sun_path = "box" };
	int in = socket(AF_UNIX, SOCK_DGRAM, 0);
	int out = socket(AF_UNIX, SOCK_DGRAM, 0);

	if (most > 100)
		SKIP("max_dgram_qlen is %ld: set it to 10", most);
	HOLDS(bind(in, (struct sockaddr *)&box, sizeof box) == 0);
	HOLDS(connect(out, (struct sockaddr *)&box, sizeof box) == 0);
	EQUALS(fill(out, 1), most + 1);
	HOLDS(!has_room(out));
	makes_wait(out, in, 1);
}

static int udp_to_self(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_addr = { htonl(INADDR_LOOPBACK) } };
	struct sockaddr *addr = (struct sockaddr *)&a;
	socklen_t size = sizeof a;
	int s = socket(AF_INET, SOCK_DGRAM, 0);

	if (bind(s, addr, size) == -1 && errno == EADDRNOTAVAIL)
		SKIP("there is no 127.0.0.1 here; ip link set lo up");
	HOLDS(getsockname(s, addr, &size) == 0 && connect(s, addr, size) == 0);
	EQUALS(option(s, SO_PROTOCOL), IPPROTO_UDP);
	return s;
}

/* How many the kernel has thrown away at socket S. */
static unsigned drops_at(int s)
{
	unsigned mem[SK_MEMINFO_VARS] = { 0 };
	socklen_t size = sizeof mem;

	if (getsockopt(s, SOL_SOCKET, SO_MEMINFO, mem, &size) == -1)
		SKIP("this kernel has no SO_MEMINFO (Linux 4.12 and later)");
	return mem[SK_MEMINFO_DROPS];
}

CLAIM("L24-11", "UDP: every send succeeds; 1000 = received and dropped")
{
	int s = udp_to_self(), got = 0;

	set_option(s, SO_RCVBUF, 1);
	for (int i = 0; i < 1000; i++)
		EQUALS(send(s, page, 64, MSG_DONTWAIT), 64);
	HOLDS(has_room(s));
	while (drops_at(s) == 0)	/* the last ones are on the way */
		HOLDS(sched_yield() == 0);
	while (got + (int)drops_at(s) < 1000)
		got += recv(s, page, 64, MSG_DONTWAIT) == 64;
	HOLDS(got > 0 && drops_at(s) > 0);
	EQUALS(got + (int)drops_at(s), 1000);
	FAILS(recv(s, page, 64, MSG_DONTWAIT), EAGAIN);
}

CLAIM("L24-11", "SO_RXQ_OVFL: the next datagram tells the number of drops")
{
	char room[CMSG_SPACE(sizeof(unsigned))] = { 0 };
	struct iovec iov[] = { { page, 64 } };
	struct msghdr msg = { .msg_iov = iov,
			      .msg_iovlen = sizeof iov / sizeof *iov,
			      .msg_control = room,
			      .msg_controllen = sizeof room };
	int s = udp_to_self(), sent = 0, got = 0;
	unsigned told = 0;

	set_option(s, SO_RCVBUF, 1);
	set_option(s, SO_RXQ_OVFL, 1);
	for (; sent < 1000 || drops_at(s) == 0; sent++)
		EQUALS(send(s, page, 64, 0), 64);
	while (got + (int)drops_at(s) < sent)	/* some are on the way */
		got += recv(s, page, 64, MSG_DONTWAIT) == 64;
	EQUALS(send(s, page, 64, 0), 64);
	EQUALS(recvmsg(s, &msg, 0), 64);
	HOLDS(CMSG_FIRSTHDR(&msg) != NULL);
	EQUALS(CMSG_FIRSTHDR(&msg)->cmsg_type, SO_RXQ_OVFL);
	memcpy(&told, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof told);
	EQUALS(told, sent - got);
}

/* ---------------------------------------------------------------- counters */

CLAIM("L24-12", "eventfd: past 2^64 - 2 it is EAGAIN, or it waits")
{
	uint64_t most = UINT64_MAX - 1, one = 1, got;
	int fd = eventfd(0, EFD_NONBLOCK);
	pid_t adder;

	HOLDS(has_room(fd));
	EQUALS(write(fd, &most, 8), 8);
	HOLDS(!has_room(fd));
	FAILS(write(fd, &one, 8), EAGAIN);
	set_flags(fd, 0);
	adder = fork();
	if (adder == 0)
		_exit(write(fd, &one, 8) != 8);
	HOLDS(blocks(adder));
	EQUALS(read(fd, &got, 8), 8);
	HOLDS(got == most);
	EQUALS(ends(adder), 0);
	EQUALS(read(fd, &got, 8), 8);
	HOLDS(got == 1);
}

CLAIM("L24-12", "below that it adds up: 100000 writes, and one read")
{
	uint64_t one = 1, got;
	int fd = eventfd(0, EFD_NONBLOCK);

	for (int i = 0; i < 100000; i++)
		HOLDS(write(fd, &one, 8) == 8);
	EQUALS(read(fd, &got, 8), 8);
	EQUALS(got, 100000);
}

CLAIM("L24-13", "POSIX semaphore: sem_post() past SEM_VALUE_MAX: EOVERFLOW")
{
	long most = sysconf(_SC_SEM_VALUE_MAX);
	int value = -1;
	sem_t sem;

	HOLDS(sem_init(&sem, 0, (unsigned)most) == 0);
	FAILS(sem_post(&sem), EOVERFLOW);
	HOLDS(sem_getvalue(&sem, &value) == 0);
	EQUALS(value, most);
	FAILS(sem_init(&sem, 0, (unsigned)most + 1), EINVAL);
}

static int sem_op(int set, int n)
{
	struct sembuf op = { 0, (short)n, 0 };

	return semop(set, &op, 1);
}

CLAIM("L24-14", "System V semaphore: past semvmx it is ERANGE, no waiting")
{
	union { int val; struct seminfo *info; } arg;
	struct seminfo info;
	int set = semget(IPC_PRIVATE, 1, 0600);

	if (set == -1)
		SKIP("no semaphore set to be had (%s); see ipcs -s",
		     errno_name(errno));
	arg.info = &info;
	HOLDS(semctl(0, 0, IPC_INFO, arg) != -1);
	arg.val = info.semvmx;
	HOLDS(semctl(set, 0, SETVAL, arg) == 0);
	FAILS(sem_op(set, 1), ERANGE);
	EQUALS(semctl(set, 0, GETVAL), info.semvmx);
	arg.val = info.semvmx + 1;
	FAILS(semctl(set, 0, SETVAL, arg), ERANGE);
}

/* ----------------------------------------------------------------- signals */

/* Block every signal; then it stays pending. */
static void block_all_signals(void)
{
	sigset_t all;

	sigfillset(&all);
	HOLDS(sigprocmask(SIG_SETMASK, &all, NULL) == 0);
}

/* Take what is pending of SIG; how many there were. */
static int taken(int sig)
{
	const struct timespec now = { 0, 0 };
	sigset_t one;
	int n = 0;

	sigemptyset(&one);
	sigaddset(&one, sig);
	while (sigtimedwait(&one, NULL, &now) == sig)
		n++;
	EQUALS(errno, EAGAIN);
	return n;
}

CLAIM("L24-15", "a standard signal merges: 1000 are sent, 1 arrives")
{
	int sent = 0;

	block_all_signals();
	EQUALS(taken(SIGUSR1), 0);
	while (sent < 1000 && kill(getpid(), SIGUSR1) == 0)
		sent++;
	EQUALS(sent, 1000);
	EQUALS(taken(SIGUSR1), 1);
}

CLAIM("L24-15", "so does sigqueue() of one: 0, and its number is lost")
{
	sigset_t usr1;
	siginfo_t si;
	int n = 10;

	block_all_signals();
	while (n < 13 && sigqueue(getpid(), SIGUSR1, (union sigval){ n }) == 0)
		n++;
	EQUALS(n, 13);
	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	EQUALS(sigwaitinfo(&usr1, &si), SIGUSR1);
	EQUALS(si.si_code, SI_QUEUE);
	EQUALS(si.si_value.sival_int, 10);
	EQUALS(taken(SIGUSR1), 0);
}

/* How many signals of this user are pending, of how many. */
static long pending(void)
{
	char line[128];
	long n = -1;
	FILE *f = fopen("/proc/self/status", "re");

	while (f && n == -1 && fgets(line, sizeof line, f))
		if (sscanf(line, "SigQ: %ld/", &n) == 1)
			break;
	if (n == -1)
		SKIP("no SigQ in /proc/self/status; mount /proc");
	fclose(f);
	return n;
}

CLAIM("L24-16", "realtime signals: RLIMIT_SIGPENDING queue up, then EAGAIN")
{
	struct rlimit limit;
	rlim_t some = (rlim_t)pending() + 100;
	int n = 0;

	block_all_signals();
	/* It counts for all processes of the user, who may be busy. */
	HOLDS(getrlimit(RLIMIT_SIGPENDING, &limit) == 0);
	limit.rlim_cur = limit.rlim_max < some ? limit.rlim_max : some;
	HOLDS(setrlimit(RLIMIT_SIGPENDING, &limit) == 0);
	do {			/* again if others have taken one meanwhile */
		while (sigqueue(getpid(), SIGRTMIN, (union sigval){ n }) == 0)
			n++;
		EQUALS(errno, EAGAIN);
	} while (pending() < (long)limit.rlim_cur);
	HOLDS(n > 0 && n <= (int)limit.rlim_cur);
	EQUALS(taken(SIGRTMIN), n);
	EQUALS(sigqueue(getpid(), SIGRTMIN, (union sigval){ n }), 0);
}

/* ----------------------------------------------- shared memory, and files */

enum { SLOTS = 4 };

struct ring {
	sem_t room, full;
	unsigned in, out;
	int slot[SLOTS];
};

static struct ring *make_ring(void)
{
	struct ring *r = mmap(NULL, sizeof *r, PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	HOLDS(r != MAP_FAILED);
	HOLDS(sem_init(&r->room, 1, SLOTS) == 0);
	HOLDS(sem_init(&r->full, 1, 0) == 0);
	return r;
}

CLAIM("L24-17", "shared memory has no limit of its own: 10 into 4 places, "
      "no call fails, and 6 are overwritten")
{
	struct ring *r = make_ring();
	pid_t writer = fork();

	for (int n = 1; writer == 0 && n <= 10; n++)
		r->slot[r->in++ % SLOTS] = n;
	if (writer == 0)
		_exit(0);
	EQUALS(ends(writer), 0);
	EQUALS(r->in, 10);
	for (int n = 7; n <= 10; n++)
		EQUALS(r->slot[(n - 1) % SLOTS], n);
}

/* With a semaphore that counts the free places. */
static void put_in_ring(struct ring *r, int n)
{
	HOLDS(sem_wait(&r->room) == 0);
	r->slot[r->in++ % SLOTS] = n;
	HOLDS(sem_post(&r->full) == 0);
}

static int take_from_ring(struct ring *r)
{
	int n;

	HOLDS(sem_wait(&r->full) == 0);
	n = r->slot[r->out++ % SLOTS];
	HOLDS(sem_post(&r->room) == 0);
	return n;
}

CLAIM("L24-18", "build it: a semaphore counts the free places; the writer "
      "waits, or gets EAGAIN, and nothing is lost")
{
	struct ring *r = make_ring();
	pid_t writer = fork();

	for (int n = 1; writer == 0 && n <= 10; n++)
		put_in_ring(r, n);
	if (writer == 0)
		_exit(0);
	HOLDS(blocks(writer));
	EQUALS(r->in, SLOTS);
	FAILS(sem_trywait(&r->room), EAGAIN);
	for (int n = 1; n <= 10; n++)
		EQUALS(take_from_ring(r), n);
	EQUALS(ends(writer), 0);
}

static void limit_files(rlim_t bytes)
{
	struct rlimit limit = { bytes, bytes };

	HOLDS(setrlimit(RLIMIT_FSIZE, &limit) == 0);
	HOLDS(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
}

CLAIM("L24-19", "file: at RLIMIT_FSIZE EFBIG, after a part; it never waits")
{
	int fd = open("spill", O_WRONLY | O_CREAT | O_EXCL, 0600);
	const size_t each = 4096, limit = 6000;

	limit_files(limit);
	EQUALS(write(fd, page, each), each);
	EQUALS(write(fd, page, each), limit - each);	/* a part */
	HOLDS(limit - each < each);
	FAILS(write(fd, page, each), EFBIG);
	HOLDS(has_room(fd));			/* so poll() is no help */
}

CLAIM("L24-19", "and by default SIGXFSZ kills the process")
{
	int fd = open("spill", O_WRONLY | O_CREAT | O_EXCL, 0600);
	pid_t writer = fork();

	if (writer == 0) {
		limit_files(0);
		signal(SIGXFSZ, SIG_DFL);
		_exit(write(fd, "x", 1) == -1);
	}
	EQUALS(ends(writer), 128 + SIGXFSZ);
}

CLAIM("L24-19", "a memfd has the same limit, and so has ftruncate()")
{
	int fd = memfd_create("spill", 0);
	const int most = 4096;

	HOLDS(fcntl(fd, F_GET_SEALS) != -1);	/* it is no file on a disk */
	limit_files((rlim_t)most);
	EQUALS(ftruncate(fd, most), 0);
	FAILS(ftruncate(fd, most + 1), EFBIG);
	EQUALS(write(fd, page, (size_t)most), most);
	FAILS(write(fd, page, 1), EFBIG);
}

CLAIM("L24-20", "memfd: sealed against growing, EPERM is the limit")
{
	int fd = memfd_create("spill", MFD_ALLOW_SEALING);

	EQUALS(ftruncate(fd, 4096), 0);
	EQUALS(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW), 0);
	EQUALS(write(fd, page, 4096), 4096);
	FAILS(write(fd, page, 1), EPERM);
	EQUALS(pwrite(fd, page, 4096, 0), 4096);	/* writing is allowed */
}

/* Write TEXT into the file at PATH. */
static int write_to(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n = write(fd, text, strlen(text));

	close(fd);
	return n == (ssize_t)strlen(text) ? 0 : -1;
}

/* Mounts that nobody else sees; who is not root needs to be it, somewhere. */
static int own_mounts(void)
{
	char users[64], groups[64];

	snprintf(users, sizeof users, "0 %u 1", (unsigned)geteuid());
	snprintf(groups, sizeof groups, "0 %u 1", (unsigned)getegid());
	if (unshare(CLONE_NEWNS) == -1 &&
	    (unshare(CLONE_NEWUSER | CLONE_NEWNS) == -1 ||
	     write_to("/proc/self/setgroups", "deny") == -1 ||
	     write_to("/proc/self/uid_map", users) == -1 ||
	     write_to("/proc/self/gid_map", groups) == -1))
		return -1;
	return mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL);
}

CLAIM("L24-21", "a file system that is full: ENOSPC, after a part")
{
	const long each = 60000;
	long bytes = 0;
	ssize_t n;
	int fd;

	HOLDS(mkdir("small", 0700) == 0);
	if (own_mounts() == -1 ||
	    mount("none", "small", "tmpfs", 0, "size=65536") == -1)
		SKIP("no file system may be mounted here (%s); run it as root,"
		     " or allow user namespaces", errno_name(errno));
	fd = open("small/spill", O_WRONLY | O_CREAT, 0600);
	while ((n = write(fd, page, (size_t)each)) > 0)
		bytes += n;
	EQUALS(errno, ENOSPC);
	EQUALS(bytes, 65536);
	HOLDS(bytes % each != 0);		/* so a part was taken */
}

CLAIM("L24-21", "/dev/full is always full: to test how you take ENOSPC")
{
	int fd = open("/dev/full", O_WRONLY);

	if (fd == -1)
		SKIP("no /dev/full here; mknod -m 666 /dev/full c 1 7");
	FAILS(write(fd, "x", 1), ENOSPC);
}

/* -------------------------------------------------------- what it is about */

CLAIM("3-001 L24-22", "a bounded queue keeps the producer near: of 200 items "
      "it is 4 ahead, and never more")
{
	int *sent = mmap(NULL, sizeof *sent, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int lead, most = 0;
	mqd_t q = make_mq(4);
	pid_t producer;

	HOLDS(sent != MAP_FAILED);
	producer = fork();
	for (int n = 0; producer == 0 && n < 200; n++) {
		HOLDS(mq_send(q, page, 1, 0) == 0);
		__atomic_add_fetch(sent, 1, __ATOMIC_SEQ_CST);
	}
	if (producer == 0)
		_exit(0);
	for (int got = 0; got < 200; got++) {
		wait_until_asleep(producer);	/* or it has ended */
		lead = __atomic_load_n(sent, __ATOMIC_SEQ_CST) - got;
		HOLDS(lead <= 4);
		most = lead > most ? lead : most;
		EQUALS(mq_receive(q, page, 64, NULL), 1);
	}
	EQUALS(ends(producer), 0);
	EQUALS(most, 4);
}

CLAIM("3-001", "a lossy queue gives none: UDP, 200 sent before one is read")
{
	int s = udp_to_self(), got = 0;

	set_option(s, SO_RCVBUF, 1);
	for (int n = 0; n < 200; n++)
		EQUALS(send(s, page, 64, 0), 64);
	HOLDS(has_room(s));
	while (got + (int)drops_at(s) < 200)	/* some are on the way */
		got += recv(s, page, 64, MSG_DONTWAIT) == 64;
	HOLDS(got > 0 && got < 200);
	EQUALS(got + (int)drops_at(s), 200);
}

CLAIM("3-001", "nor does an unbounded one: a file takes 10000 items, and "
      "the producer ends before one is read")
{
	int fd = memfd_create("spill", 0);
	pid_t producer = fork();
	struct stat st;

	for (int n = 0; producer == 0 && n < 10000; n++)
		HOLDS(write(fd, page, 64) == 64);
	if (producer == 0)
		_exit(0);
	EQUALS(ends(producer), 0);
	HOLDS(fstat(fd, &st) == 0);
	EQUALS(st.st_size, 640000);
}

CLAIM("3-003", "queueing without a lock: 2 writers, 2 readers, 200 messages, "
      "each arrives exactly once")
{
	unsigned char *seen = mmap(NULL, 200, PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	mqd_t q = make_mq(4);
	int n;

	HOLDS(seen != MAP_FAILED);
	for (int who = 0; who < 4; who++) {
		if (fork() != 0)
			continue;
		for (int i = 0; i < 100; i++) {
			n = who * 100 + i;
			if (who < 2)
				HOLDS(mq_send(q, (char *)&n, sizeof n, 0) == 0);
			else
				EQUALS(mq_receive(q, page, 64, NULL), sizeof n);
			if (who >= 2)
				__atomic_add_fetch(&seen[*(int *)(void *)page],
						   1, __ATOMIC_SEQ_CST);
		}
		_exit(0);
	}
	for (int who = 0; who < 4; who++)
		EQUALS(ends(-1), 0);
	for (n = 0; n < 200; n++)
		EQUALS(seen[n], 1);
}

/* A stage of a pipeline: passes on what it gets. */
static pid_t stage(int in, int out)
{
	pid_t pid = fork();
	ssize_t n;

	if (pid != 0)
		return pid;
	while ((n = read(in, page, PIPE_BUF)) > 0)
		if (write(out, page, (size_t)n) != n)
			_exit(1);
	_exit(0);
}

CLAIM("L24-23", "backpressure travels: the last of a pipeline does not read, "
      "and the first one sleeps")
{
	long all = 100L * PIPE_BUF, got = 0;
	int a[2], b[2], waits = -1;
	pid_t first, middle;
	ssize_t n;

	HOLDS(pipe(a) == 0 && pipe(b) == 0);
	EQUALS(fcntl(a[1], F_SETPIPE_SZ, 1), fcntl(b[1], F_SETPIPE_SZ, 1));
	middle = stage(a[0], b[1]);
	first = fork();
	if (first == 0) {
		for (int i = 0; i < 100; i++)
			if (write(a[1], page, PIPE_BUF) != PIPE_BUF)
				_exit(1);
		_exit(0);
	}
	HOLDS(blocks(first));
	HOLDS(blocks(middle));
	HOLDS(ioctl(b[0], FIONREAD, &waits) == 0);
	EQUALS(waits, fcntl(b[0], F_GETPIPE_SZ));
	/* The last one reads: that lets both go on. */
	while (got < all && (n = read(b[0], page, sizeof page)) > 0)
		got += n;
	EQUALS(got, all);
	EQUALS(ends(first), 0);
	HOLDS(blocks(middle));			/* in read(): no more comes */
}

CLAIM("L24-23", "an unbounded link in the middle breaks it: the first ends, "
      "and all it wrote waits in the middle")
{
	int fd[2], spill = memfd_create("spill", 0);
	pid_t first, middle;
	struct stat st;

	HOLDS(pipe(fd) == 0);
	middle = stage(fd[0], spill);
	HOLDS(close(fd[0]) == 0);
	first = fork();
	for (int i = 0; first == 0 && i < 1000; i++)
		HOLDS(write(fd[1], page, PIPE_BUF) == PIPE_BUF);
	if (first == 0)
		_exit(0);
	EQUALS(ends(first), 0);
	HOLDS(kill(middle, SIGKILL) == 0 && ends(middle) != -1);
	HOLDS(fstat(spill, &st) == 0);
	/* All but what the pipe and one read() can hold. */
	HOLDS(st.st_size >= 999L * PIPE_BUF - fcntl(fd[1], F_GETPIPE_SZ));
}

/* Sends PIECES into OUT, and only then reads as many from IN. */
static pid_t side(int out, int in, int pieces)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	for (int i = 0; i < pieces; i++)
		EQUALS(write(out, page, PIPE_BUF), PIPE_BUF);
	for (int i = 0; i < pieces; i++)
		EQUALS(read(in, page, PIPE_BUF), PIPE_BUF);
	_exit(0);
}

CLAIM("L24-24", "two bounded queues and no care: each side sends before it "
      "reads, both are full, both sleep for ever")
{
	int a[2], b[2], waits = -1;
	pid_t one, two;
	long size;

	HOLDS(pipe(a) == 0 && pipe(b) == 0);
	size = fcntl(a[1], F_GETPIPE_SZ);
	EQUALS(fcntl(b[1], F_GETPIPE_SZ), size);
	one = side(a[1], b[0], (int)(size / PIPE_BUF));	/* it fits */
	two = side(b[1], a[0], (int)(size / PIPE_BUF));
	EQUALS(ends(one), 0);
	EQUALS(ends(two), 0);
	one = side(a[1], b[0], (int)(size / PIPE_BUF) + 1);
	two = side(b[1], a[0], (int)(size / PIPE_BUF) + 1);
	HOLDS(blocks(one) && blocks(two));
	HOLDS(ioctl(a[0], FIONREAD, &waits) == 0);
	EQUALS(waits, size);
	HOLDS(ioctl(b[0], FIONREAD, &waits) == 0);
	EQUALS(waits, size);
	HOLDS(is_blocked(one) == 1 && is_blocked(two) == 1);
}

CLAIM("L24-25", "the sleeping producer learns that its reader died: pipe: "
      "EPIPE; AF_UNIX stream: ECONNRESET, for there was unread data")
{
	int fd[2], s[2], t[2];

	HOLDS(pipe(fd) == 0);
	HOLDS(socketpair(AF_UNIX, SOCK_STREAM, 0, s) == 0);
	HOLDS(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
	fill(fd[1], PIPE_BUF);
	fill(s[1], 64);
	for (int i = 0; i < 2; i++) {
		int out = i ? s[1] : fd[1], in = i ? s[0] : fd[0];
		pid_t reader, writer;

		set_flags(out, 0);
		reader = fork();
		if (reader == 0)
			for (;;)
				pause();
		writer = fork();
		if (writer == 0) {
			close(in);
			_exit(write(out, page, 64) == -1 ? errno : 0);
		}
		HOLDS(close(in) == 0);	/* now the reader alone has it */
		HOLDS(blocks(reader));
		HOLDS(blocks(writer));
		HOLDS(kill(reader, SIGKILL) == 0);
		EQUALS(ends(reader), 128 + SIGKILL);
		EQUALS(ends(writer), i ? ECONNRESET : EPIPE);
	}
	/* The cause of ECONNRESET is what was unread, if only one byte. */
	for (int unread = 0; unread < 2; unread++) {
		HOLDS(socketpair(AF_UNIX, SOCK_STREAM, 0, t) == 0);
		if (unread)
			EQUALS(write(t[1], "x", 1), 1);
		HOLDS(close(t[0]) == 0);
		EQUALS(option(t[1], SO_ERROR), unread ? ECONNRESET : 0);
		HOLDS(close(t[1]) == 0);
	}
}

CLAIM("L24-25", "AF_UNIX datagram: ECONNRESET or ECONNREFUSED")
{
	int s[2], err;
	pid_t writer;

	HOLDS(socketpair(AF_UNIX, SOCK_DGRAM, 0, s) == 0);
	EQUALS(option(s[1], SO_TYPE), SOCK_DGRAM);
	fill(s[1], 64);
	set_flags(s[1], 0);
	writer = fork();
	if (writer == 0) {
		close(s[0]);
		_exit(write(s[1], page, 64) == -1 ? errno : 0);
	}
	HOLDS(blocks(writer));
	HOLDS(close(s[0]) == 0);
	err = ends(writer);
	HOLDS(err == ECONNRESET || err == ECONNREFUSED);
}

CLAIM("L24-26", "a queue tells nothing: the reader has died, and the sender "
      "sleeps on; a removed System V queue ends it with EIDRM")
{
	struct letter a = { 1, "" };
	int q = make_sysv();
	struct msqid_ds ds;
	pid_t reader, sender;

	fill_sysv(q, 64);
	reader = fork();
	if (reader == 0) {
		EQUALS(msgrcv(q, &a, 64, 0, 0), 64);
		pause();
		_exit(0);
	}
	HOLDS(blocks(reader));
	EQUALS(fill_sysv(q, 64), 1);	/* the room that the reader made */
	HOLDS(msgctl(q, IPC_STAT, &ds) == 0);
	EQUALS(ds.msg_lrpid, reader);
	sender = fork();
	if (sender == 0)
		_exit(msgsnd(q, &a, 64, 0) == -1 ? errno : 0);
	HOLDS(blocks(sender));
	HOLDS(kill(reader, SIGKILL) == 0 && ends(reader) == 128 + SIGKILL);
	HOLDS(blocks(sender));
	HOLDS(msgctl(q, IPC_RMID, NULL) == 0);
	EQUALS(ends(sender), EIDRM);
}

CLAIM("L24-26", "a POSIX queue neither: removing its name wakes nobody")
{
	struct mq_attr four = { .mq_maxmsg = 4, .mq_msgsize = 64 };
	char name[OWN_NAME];
	pid_t reader, sender;
	mqd_t q;

	own_name(name, "proof");
	q = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &four);
	if (q == (mqd_t)-1)
		SKIP("no POSIX queue to be had (%s); see ulimit -q, and "
		     "/proc/sys/fs/mqueue", errno_name(errno));
	fill_mq(q, 1);
	reader = fork();
	if (reader == 0) {
		EQUALS(mq_receive(q, page, 64, NULL), 1);
		pause();
		_exit(0);
	}
	HOLDS(blocks(reader));
	EQUALS(fill_mq(q, 1), 1);	/* the room that the reader made */
	set_flags(q, 0);
	sender = fork();
	if (sender == 0)
		_exit(mq_send(q, "x", 1, 0) == -1);
	HOLDS(blocks(sender));
	HOLDS(kill(reader, SIGKILL) == 0 && ends(reader) == 128 + SIGKILL);
	HOLDS(blocks(sender));
	HOLDS(mq_close(mq_open(name, O_RDWR)) == 0);	/* while it sleeps */
	HOLDS(mq_unlink(name) == 0);
	FAILS(mq_open(name, O_RDWR), ENOENT);	/* the name has gone */
	HOLDS(blocks(sender));
	EQUALS(mq_receive(q, page, 64, NULL), 1);
	EQUALS(ends(sender), 0);		/* room wakes it */
}

static int handled;		/* the write end of a pipe */

static void tell_handled(int sig)
{
	(void)sig;
	if (write(handled, "h", 1) != 1)
		_exit(99);
}

CLAIM("L24-27", "a signal ends the wait for room: EINTR, or goes on with "
      "SA_RESTART; msgsnd() never goes on")
{
	struct sigaction act = { .sa_handler = tell_handled };
	struct letter a = { 1, "" };
	pid_t sender, goes_on = -1;
	mqd_t mq = make_mq(4);
	int q = make_sysv(), fd[2];
	char c;

	HOLDS(pipe(fd) == 0);
	handled = fd[1];
	fill_mq(mq, 1);
	fill_sysv(q, 64);
	set_flags(mq, 0);
	for (int i = 0; i < 4; i++) {		/* 0 and 2: SA_RESTART */
		act.sa_flags = i % 2 ? 0 : SA_RESTART;
		HOLDS(sigaction(SIGUSR1, &act, NULL) == 0);
		EQUALS(has_restart(SIGUSR1), i == 0 || i == 2);
		sender = fork();
		if (sender == 0)
			_exit((i < 2 ? mq_send(mq, "x", 1, 0) :
			       msgsnd(q, &a, 64, 0)) == -1 ? errno : 0);
		HOLDS(blocks(sender));
		HOLDS(kill(sender, SIGUSR1) == 0);
		EQUALS(read(fd[0], &c, 1), 1);	/* the handler has run */
		if (i == 0)
			goes_on = sender;
		else
			EQUALS(ends(sender), EINTR);
	}
	HOLDS(blocks(goes_on));
	EQUALS(mq_receive(mq, page, 64, NULL), 1);
	EQUALS(ends(goes_on), 0);
}

CLAIM("L24-28", "how full is it? FIONREAD, msg_qnum, mq_curmsgs")
{
	struct msqid_ds ds;
	struct mq_attr attr;
	mqd_t mq = make_mq(4);
	int q = make_sysv(), fd[2], n = -1;
	long many = fill_sysv(q, 64);

	HOLDS(pipe(fd) == 0);
	EQUALS(write(fd[1], page, 5000), 5000);
	HOLDS(ioctl(fd[1], FIONREAD, &n) == 0);
	EQUALS(n, 5000);
	HOLDS(msgctl(q, IPC_STAT, &ds) == 0);
	EQUALS(ds.msg_qnum, many);
	HOLDS(mq_send(mq, "x", 1, 0) == 0 && mq_getattr(mq, &attr) == 0);
	EQUALS(attr.mq_curmsgs, 1);
}

CLAIM("L24-29", "poll() tells when there is room again, without a try")
{
	struct pollfd p = { .events = POLLOUT };
	mqd_t q = make_mq(4);
	pid_t waiter;

	fill_mq(q, 1);
	waiter = fork();
	if (waiter == 0) {
		p.fd = q;
		EQUALS(poll(&p, 1, -1), 1);
		EQUALS(p.revents, POLLOUT);
		_exit(mq_send(q, "x", 1, 0) == -1);
	}
	HOLDS(blocks(waiter));
	EQUALS(mq_receive(q, page, 64, NULL), 1);
	EQUALS(ends(waiter), 0);
}

CLAIM("L24-38", "SO_SNDTIMEO: a socket waits for so long, then EAGAIN")
{
	const struct timeval limit = { 0, 200000 };
	int64_t begin;
	int s[2];

	HOLDS(socketpair(AF_UNIX, SOCK_STREAM, 0, s) == 0);
	fill(s[1], 64);
	set_flags(s[1], 0);
	HOLDS(setsockopt(s[1], SOL_SOCKET, SO_SNDTIMEO, &limit,
			 sizeof limit) == 0);
	begin = now_ms();
	FAILS(write(s[1], page, 64), EAGAIN);
	HOLDS(now_ms() - begin >= 199);		/* in whole ms */
}

CLAIM("L24-48", "while there is room, poll() for POLLOUT returns at once, each "
      "time, so do not ask with nothing to send; it skips a descriptor of -1")
{
	struct pollfd p = { .events = POLLOUT };
	int fd[2], times = 0;

	HOLDS(pipe(fd) == 0);
	p.fd = fd[1];
	while (times < 1000 && poll(&p, 1, -1) == 1 && p.revents == POLLOUT)
		times++;
	EQUALS(times, 1000);
	p.events = POLLIN;			/* what is asked counts */
	EQUALS(poll(&p, 1, 0), 0);
	EQUALS(write(fd[1], "x", 1), 1);
	p.events = POLLIN | POLLOUT;		/* at either end there is one */
	EQUALS(poll(&p, 1, 0), 1);
	p.fd = fd[0];
	EQUALS(poll(&p, 1, 0), 1);
	p.fd = -1;				/* and -1 is not looked at */
	p.revents = POLLOUT;
	EQUALS(poll(&p, 1, 0), 0);
	EQUALS(p.revents, 0);
	p.events = POLLOUT;
	p.fd = fd[1];
	fill(fd[1], PIPE_BUF);
	EQUALS(poll(&p, 1, 0), 0);
}

CLAIM("L24-30", "POLLOUT is room for something: of a pipe one page, or it "
      "says no though a byte would fit")
{
	int fd[2];

	HOLDS(pipe(fd) == 0);
	fill(fd[1], PIPE_BUF);
	EQUALS(read(fd[0], page, 1), 1);
	HOLDS(!has_room(fd[1]));
	FAILS(write(fd[1], "x", 1), EAGAIN);
	EQUALS(read(fd[0], page, (size_t)sysconf(_SC_PAGESIZE) - 1),
	       sysconf(_SC_PAGESIZE) - 1);
	HOLDS(has_room(fd[1]));
}

CLAIM("L24-39", "O_NONBLOCK stands in the open file description: a child "
      "sets it, the parent has it, and so has a dup(); the other end has not")
{
	int fd[2], copy;
	pid_t child;

	HOLDS(pipe(fd) == 0);
	copy = dup(fd[1]);
	HOLDS(copy != -1);
	EQUALS(fcntl(fd[1], F_GETFL) & O_NONBLOCK, 0);
	child = fork();
	if (child == 0)
		_exit(fcntl(fd[1], F_SETFL, O_NONBLOCK) == -1);
	EQUALS(ends(child), 0);
	EQUALS(fcntl(fd[1], F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	EQUALS(fcntl(copy, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	EQUALS(fcntl(fd[0], F_GETFL) & O_NONBLOCK, 0);
	child = fork();
	if (child == 0)
		_exit(read(fd[0], page, 1) == -1);
	HOLDS(blocks(child));		/* the reader may wait */
	EQUALS(write(copy, "x", 1), 1);
	EQUALS(ends(child), 0);
}

CLAIM("L24-40", "poll() for POLLOUT ends when the last reader closes: POLLERR, "
      "and write() is EPIPE")
{
	struct pollfd p = { .events = POLLOUT };
	int fd[2];
	pid_t waiter;

	HOLDS(pipe(fd) == 0);
	HOLDS(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
	fill(fd[1], PIPE_BUF);
	p.fd = fd[1];
	waiter = fork();
	if (waiter == 0) {
		HOLDS(close(fd[0]) == 0);
		EQUALS(poll(&p, 1, -1), 1);
		HOLDS(p.revents & POLLERR);
		FAILS(write(fd[1], "x", 1), EPIPE);
		_exit(0);
	}
	HOLDS(blocks(waiter));
	HOLDS(close(fd[0]) == 0);
	EQUALS(ends(waiter), 0);
}

CLAIM("L24-41", "POLLOUT, and a write() of more than the room: without "
      "O_NONBLOCK it sleeps, with it it takes a part")
{
	long size = sysconf(_SC_PAGESIZE);
	int fd[2];
	pid_t writer;

	if (2 * size > (long)sizeof page)
		SKIP("two pages of this machine are more than 64 KiB");
	for (int wait = 0; wait < 2; wait++) {
		HOLDS(pipe(fd) == 0);
		fill(fd[1], (size_t)size);
		EQUALS(read(fd[0], page, (size_t)size), size);
		HOLDS(has_room(fd[1]));
		if (!wait) {
			EQUALS(write(fd[1], page, 2 * (size_t)size), size);
			continue;
		}
		set_flags(fd[1], 0);
		writer = fork();
		if (writer == 0)
			_exit(write(fd[1], page, 2 * (size_t)size) != 2 * size);
		HOLDS(blocks(writer));
		EQUALS(read(fd[0], page, (size_t)size), size);
		EQUALS(ends(writer), 0);
	}
}

/* A poll() of LIMIT ms without room is stopped, for LIMIT ms, and goes on. How
 * long does it still take? */
static int64_t left_after_stop(int limit)
{
	struct pollfd p = { .events = POLLOUT };
	int fd[2], status;
	pid_t waiter;
	int64_t begin;

	HOLDS(pipe(fd) == 0);
	fill(fd[1], PIPE_BUF);
	p.fd = fd[1];
	waiter = fork();
	if (waiter == 0)
		_exit(poll(&p, 1, limit) == 0 ? 0 : errno);
	HOLDS(blocks(waiter));
	HOLDS(kill(waiter, SIGSTOP) == 0);
	HOLDS(waitpid(waiter, &status, WUNTRACED) == waiter);
	HOLDS(WIFSTOPPED(status));
	EQUALS(poll(NULL, 0, limit), 0);
	begin = now_ms();
	HOLDS(kill(waiter, SIGCONT) == 0);
	EQUALS(ends(waiter), 0);
	HOLDS(close(fd[0]) == 0 && close(fd[1]) == 0);
	return now_ms() - begin;
}

CLAIM("L24-42", "a stop does not end poll(): no EINTR; but its time goes on, "
      "and is over when the process continues")
{
	int64_t left = INT64_MAX;

	/* If it waited anew, or its time had stood still, it would take about
	 * 300 ms each time. A busy machine may be late now and then. */
	for (int i = 0; i < 10 && left >= 150; i++)
		left = left_after_stop(300);
	HOLDS(left < 150);
}

CLAIM("L24-43", "a pipe with O_DIRECT has a place for each of its pages: a "
      "write() of one byte takes a whole one")
{
	int fd[2], n = 0, size = 4 * (int)sysconf(_SC_PAGESIZE);

	HOLDS(pipe2(fd, O_DIRECT | O_NONBLOCK) == 0);
	EQUALS(fcntl(fd[1], F_SETPIPE_SZ, size), size);
	while (write(fd[1], "x", 1) == 1)
		n++;
	EQUALS(errno, EAGAIN);
	EQUALS(n, 4);
	EQUALS(read(fd[0], page, sizeof page), 1);	/* one of the four */
	EQUALS(write(fd[1], "xyz", 3), 3);
	FAILS(write(fd[1], "x", 1), EAGAIN);
}

CLAIM("L24-44", "a reader that lives and does not read: poll() for POLLOUT "
      "shows no error, its time limit is the only sign")
{
	struct pollfd p = { .events = POLLOUT };
	int fd[2];
	pid_t reader;

	HOLDS(pipe(fd) == 0);
	reader = fork();
	if (reader == 0) {
		pause();
		_exit(0);
	}
	HOLDS(close(fd[0]) == 0);
	fill(fd[1], PIPE_BUF);
	p.fd = fd[1];
	EQUALS(poll(&p, 1, 10), 0);
	HOLDS(kill(reader, SIGKILL) == 0);
	EQUALS(poll(&p, 1, -1), 1);		/* but its death is one */
	HOLDS(p.revents & POLLERR);
}

CLAIM("L24-45", "credit: the reader allows 4, and one more for each that it "
      "has taken; never more than 4 wait in a pipe that could hold more")
{
	int data[2], credit[2], n = 0, status;
	pid_t producer;

	HOLDS(pipe(data) == 0 && pipe(credit) == 0);
	producer = fork();
	for (int i = 0; producer == 0 && i < 100; i++) {
		HOLDS(read(credit[0], page, 1) == 1);
		HOLDS(write(data[1], page, 64) == 64);
	}
	if (producer == 0)
		_exit(0);
	EQUALS(write(credit[1], "4444", 4), 4);
	for (int i = 0; i < 96; i++) {
		HOLDS(blocks(producer));
		HOLDS(ioctl(data[0], FIONREAD, &n) == 0);
		EQUALS(n, 4 * 64);
		EQUALS(read(data[0], page, 64), 64);
		EQUALS(write(credit[1], "1", 1), 1);
	}
	HOLDS(waitpid(producer, &status, 0) == producer && status == 0);
	HOLDS(fcntl(data[1], F_GETPIPE_SZ) > 4 * 64);
}

CLAIM("L24-46", "SIOCOUTQ: what was sent and not yet taken (AF_UNIX), or not "
      "yet acknowledged (TCP); with the receiver's FIONREAD it is all")
{
	int s[2], t[2], out = -1, in = -1;
	long sent;

	HOLDS(socketpair(AF_UNIX, SOCK_STREAM, 0, s) == 0);
	EQUALS(write(s[1], page, 100), 100);
	HOLDS(ioctl(s[1], SIOCOUTQ, &out) == 0 && out >= 100);
	EQUALS(read(s[0], page, 100), 100);
	HOLDS(ioctl(s[1], SIOCOUTQ, &out) == 0);
	EQUALS(out, 0);
	tcp_pair(t, 1 << 14, 1 << 14);
	sent = fill(t[1], 64);
	do {				/* the last ones are on the way */
		HOLDS(ioctl(t[1], SIOCOUTQ, &out) == 0);
		HOLDS(ioctl(t[0], FIONREAD, &in) == 0);
	} while (out + in != sent && sched_yield() == 0);
	HOLDS(in > 0 && out > 0);
}

CLAIM("L24-47", "TCP_NOTSENT_LOWAT: the sender is full earlier, so less waits "
      "on its side")
{
	int usual[2], early[2];
	int few = 4096, usual_out = -1, early_out = -1;
	long usual_bytes, early_bytes;

	tcp_pair(usual, 1 << 14, 1 << 20);
	tcp_pair(early, 1 << 14, 1 << 20);
	HOLDS(setsockopt(early[1], IPPROTO_TCP, TCP_NOTSENT_LOWAT, &few,
			 sizeof few) == 0);
	/* All else is the same. */
	EQUALS(option(early[1], SO_SNDBUF), option(usual[1], SO_SNDBUF));
	EQUALS(option(early[0], SO_RCVBUF), option(usual[0], SO_RCVBUF));
	early_bytes = fill(early[1], 64);
	usual_bytes = fill(usual[1], 64);
	HOLDS(early_bytes * 2 < usual_bytes);
	HOLDS(ioctl(early[1], SIOCOUTQ, &early_out) == 0);
	HOLDS(ioctl(usual[1], SIOCOUTQ, &usual_out) == 0);
	HOLDS(early_out * 2 < usual_out);
}

/* -------------------------------------------------------------- strategies */

static int offer(mqd_t q, const int *item, int n)
{
	int rc = mq_send(q, (const char *)item, (size_t)n * sizeof *item, 0);

	HOLDS(rc == 0 || errno == EAGAIN);
	return rc == 0;
}

/* Everything in Q must be the numbers FIRST to LAST, in N messages. */
static void holds_all(mqd_t q, int first, int last, int n)
{
	int item[16];
	ssize_t size;

	set_flags(q, O_NONBLOCK);
	for (; (size = mq_receive(q, (char *)item, 64, NULL)) > 0; n--)
		for (int i = 0; i < (int)(size / 4); i++)
			EQUALS(item[i], first++);
	EQUALS(n, 0);
	EQUALS(first, last + 1);
}

static mqd_t queue_of_four(void)
{
	mqd_t q = make_mq(4);

	set_flags(q, O_NONBLOCK);
	return q;
}

CLAIM("L24-31", "drop the newest: ignore EAGAIN; what is old survives")
{
	mqd_t q = queue_of_four();
	int lost = 0;

	for (int n = 1; n <= 10; n++)
		lost += !offer(q, &n, 1);
	EQUALS(lost, 6);
	holds_all(q, 1, 4, 4);
}

CLAIM("L24-32", "drop the oldest: take one out yourself; what is new survives")
{
	mqd_t q = queue_of_four();
	int lost = 0;

	for (int n = 1; n <= 10; n++)
		while (!offer(q, &n, 1))
			lost += mq_receive(q, page, 64, NULL) > 0;
	EQUALS(lost, 6);
	holds_all(q, 7, 10, 4);
}

CLAIM("L24-32", "WRONG with priorities: what is taken out is not the oldest, "
      "but the most urgent one")
{
	mqd_t q = queue_of_four();
	unsigned prio, high;
	int item;

	for (high = 0; high <= 9; high += 9) {	/* first without priorities */
		for (int n = 1; n <= 4; n++)
			HOLDS(mq_send(q, (char *)&n, sizeof n,
				      n == 3 ? high : 0) == 0);
		HOLDS(mq_receive(q, page, 64, &prio) > 0);
		memcpy(&item, page, sizeof item);
		EQUALS(item, high == 0 ? 1 : 3);
		EQUALS(prio, high);
		HOLDS(mq_receive(q, page, 64, &prio) > 0);
		memcpy(&item, page, sizeof item);
		EQUALS(item, high == 0 ? 2 : 1);	/* the oldest one */
		EQUALS(prio, 0);
		while (mq_receive(q, page, 64, NULL) > 0)
			;
		EQUALS(errno, EAGAIN);
	}
}

CLAIM("L24-33", "batch: a queue that counts messages takes 16 times as many "
      "items, and nothing is lost")
{
	mqd_t q = queue_of_four();
	int held[16], holds = 0, n = 0;

	while (n < 64) {
		held[holds++] = ++n;
		if (holds == 16 && offer(q, held, 16))
			holds = 0;
	}
	EQUALS(holds, 0);
	HOLDS(!has_room(q));			/* it took no more than 4 */
	holds_all(q, 1, 64, 4);
}

CLAIM("L24-33", "it has a limit as well: then it is full once more")
{
	mqd_t q = queue_of_four();
	int held[16] = { 0 };

	for (int n = 0; n < 4; n++)
		HOLDS(offer(q, held, 16));
	HOLDS(!offer(q, held, 16));
}

/* Ten items; what finds no room goes to a file, and is sent at the end. One
 * is read in the middle. With ALL, nothing goes past the file. */
static mqd_t spill_over(FILE *file, int all, int *order)
{
	mqd_t q = queue_of_four();
	int n, got = 0, spilled = 0;

	for (n = 1; n <= 10; n++) {
		if (n == 7)
			got += mq_receive(q, (char *)&order[got], 64, NULL) > 0;
		if ((all && spilled) || !offer(q, &n, 1))
			spilled += fwrite(&n, sizeof n, 1, file) == 1;
	}
	EQUALS(spilled, all ? 6 : 5);
	rewind(file);
	do {
		while (mq_receive(q, page, 64, NULL) > 0)
			memcpy(&order[got++], page, sizeof n);
	} while (fread(&n, sizeof n, 1, file) == 1 && offer(q, &n, 1));
	EQUALS(got, 10);
	return q;
}

CLAIM("L24-34", "spill to a file: all arrive, in order, if nothing goes past "
      "the file as long as something lies in it")
{
	FILE *file = fopen("spill", "w+");
	int order[32];

	HOLDS(file != NULL);
	spill_over(file, 1, order);
	for (int n = 1; n <= 10; n++)
		EQUALS(order[n - 1], n);
}

CLAIM("L24-34", "WRONG: without that rule a newer one overtakes")
{
	FILE *file = fopen("spill", "w+");
	int order[32];

	HOLDS(file != NULL);
	spill_over(file, 0, order);
	EQUALS(order[4], 7);			/* before 5 and 6 */
	EQUALS(order[5], 5);
}

/* WRONG: the queue without a limit. It only moves the end to malloc(). */
struct item {
	struct item *next;
	char text[4000];
};

static int keep_all(struct item **list, int most)
{
	/* volatile: a compiler that knows malloc() leaves it out, and thinks
	 * that it does not change errno. */
	static void *(*volatile get)(size_t) = malloc;
	struct item *new;
	int n;

	for (n = 0; n < most; n++) {
		new = get(sizeof *new);
		if (!new)
			break;
		new->next = *list;
		*list = new;
	}
	return n;
}

CLAIM("L24-35", "an unbounded queue has a limit as well: memory, ENOMEM")
{
	struct rlimit limit = { 32 << 20, 32 << 20 };
	struct item *list = NULL;
	int n;

	HOLDS(setrlimit(RLIMIT_AS, &limit) == 0);
	errno = 0;
	n = keep_all(&list, 1000000);
	HOLDS(n > 0 && n < (32 << 20) / 4000);
	EQUALS(errno, ENOMEM);
}

CLAIM("L24-36", "and when its process dies, all that waited in it is lost; "
      "what lies in the kernel's queue is not")
{
	mqd_t q = queue_of_four();
	struct item *list = NULL;
	pid_t producer = fork();

	if (producer == 0) {
		for (int n = 1; n <= 10; n++)
			if (!offer(q, &n, 1) && keep_all(&list, 1) != 1)
				_exit(1);
		set_flags(q, 0);
		mq_send(q, list->text, 1, 0);	/* waits for room */
		_exit(0);
	}
	HOLDS(blocks(producer));
	HOLDS(kill(producer, SIGKILL) == 0);
	EQUALS(ends(producer), 128 + SIGKILL);
	holds_all(q, 1, 4, 4);
}

CLAIM("L24-37", "a longer queue is no cure, only a later one: whatever its "
      "length, a reader that is slower finds it full")
{
	int before = 0, page_size = (int)sysconf(_SC_PAGESIZE);

	for (int pages = 1; pages <= 16; pages *= 2) {
		int fd[2], arrived = 0, read_ones = 0;
		int size = pages * page_size;

		HOLDS(pipe(fd) == 0);
		EQUALS(fcntl(fd[1], F_SETPIPE_SZ, size), size);
		set_flags(fd[1], O_NONBLOCK);
		/* Two come for each one that is read. */
		while (write(fd[1], page, 1024) == 1024)
			if (++arrived % 2 == 0)
				read_ones += read(fd[0], page, 1024) == 1024;
		EQUALS(errno, EAGAIN);
		HOLDS(arrived - read_ones <= size / 1024);
		HOLDS(arrived > before);	/* so it was later */
		before = arrived;
		HOLDS(close(fd[0]) == 0 && close(fd[1]) == 0);
	}
}
