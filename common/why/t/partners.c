/*
 * partners.c - programs that wait for a partner over a lock, a socket, a
 * terminal or the like; see act.h
 *
 * They run in an empty folder of the test.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>

#include "act.h"

/* ---------------------------------------------------------------- locks */

static int open_file(const char *name)
{
	int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd == -1)
		die("open");
	return fd;
}

/* With an open() of its own, as all of these */
static void lock_file(const char *name)
{
	int fd = open_file(name);

	if (flock(fd, LOCK_EX) == -1)
		die("flock");
}

/* Bytes FIRST to FIRST + N - 1; N 0 means up to the end. */
static void lock_bytes(int fd, int cmd, short type, off_t first, off_t n)
{
	struct flock l = { .l_type = type, .l_start = first, .l_len = n };

	if (fcntl(fd, cmd, &l) == -1)
		die("fcntl");
}

static int there[2];
static int back[2];

static void write_byte(int fd)
{
	char c = 'x';

	if (write(fd, &c, 1) == -1)
		die("write");
}

static void read_byte(int fd)
{
	char c;

	if (read(fd, &c, 1) == -1)
		die("read");
}

/* What comes from a file without a name has a size of its own. */
static void read_event(int fd)
{
	char event[4096];

	if (read(fd, event, sizeof event) == -1)
		die("read");
}

/* Whoever took it has ended, and its child has what it had opened. The child
 * ends when we do: nobody else has THERE[1] then. */
static void act_flock(void)
{
	make_pipe(there);
	if (fork_child() == 0) {
		lock_file("locked");
		if (fork() == 0) {
			prctl(PR_SET_NAME, "daemon");
			close(there[1]);
			read_byte(there[0]);
		}
		_exit(0);
	}
	wait(NULL);
	lock_file("locked");
}

static void lock_first(void)
{
	int fd = open_file("bytes");

	lock_bytes(fd, F_SETLKW, F_WRLCK, 0, 10);
}

static void lock_hundred(void)
{
	int fd = open_file("bytes");

	lock_bytes(fd, F_SETLKW, F_WRLCK, 100, 10);
	lock_bytes(fd, F_SETLKW, F_RDLCK, 150, 10);
}

/* Bytes 100 and 150 are not free; 0 is not asked for. */
static void act_range(void)
{
	int fd = open_file("bytes");

	child_that(lock_first, "first");
	child_that(lock_hundred, "hundred");
	lock_bytes(fd, F_SETLKW, F_WRLCK, 105, 0);
}

/* Who only reads waits for nobody who reads. */
static void act_shared(void)
{
	int fd = open_file("bytes");

	child_that(lock_first, "first");
	child_that(lock_hundred, "hundred");
	lock_bytes(fd, F_SETLKW, F_RDLCK, 105, 100);
}

/* The range is counted from where it is in the file. */
static void act_current(void)
{
	struct flock l = { .l_type = F_WRLCK, .l_whence = SEEK_CUR,
			   .l_start = -10, .l_len = 4 };
	int fd;

	child_that(lock_first, "first");
	child_that(lock_hundred, "hundred");
	fd = open_file("bytes");
	if (lseek(fd, 115, SEEK_SET) == -1)
		die("lseek");
	fcntl(fd, F_SETLKW, &l);
}

static int file;

static void lock_own(void)
{
	file = open_file("own");
	lock_bytes(file, F_OFD_SETLK, F_WRLCK, 0, 0);
	child_that_pauses("heir");
}

static void act_ofd(void)
{
	child_that(lock_own, "opener");
	file = open_file("own");
	lock_bytes(file, F_OFD_SETLKW, F_WRLCK, 0, 0);
}

/* What it holds itself, by the same open(), is not in its way. */
static void read_own(void)
{
	int fd = open_file("upgraded");

	lock_bytes(fd, F_OFD_SETLK, F_RDLCK, 0, 0);
}

static void act_upgrade(void)
{
	child_that(read_own, "reader");
	file = open_file("upgraded");
	lock_bytes(file, F_OFD_SETLK, F_RDLCK, 0, 0);
	lock_bytes(file, F_OFD_SETLKW, F_WRLCK, 0, 0);
}

/* By another open() it is, also for itself. */
static void act_twice(void)
{
	lock_file("twice");
	lock_file("twice");
}

/* Two files, in the other order. */
static void act_crossed(void)
{
	make_pipe(there);
	make_pipe(back);
	if (fork_child() == 0) {
		prctl(PR_SET_NAME, "other");
		lock_file("two");
		write_byte(back[1]);
		read_byte(there[0]);
		lock_file("one");
	}
	lock_file("one");
	write_byte(there[1]);
	read_byte(back[0]);
	lock_file("two");
}

/* Three want what a fourth holds. */
static void hold_it(void)
{
	lock_file("queue");
}

static void act_queue(void)
{
	child_that(hold_it, "holder");
	for (int i = 0; i < 2; i++) {
		if (fork_child() > 0)
			continue;
		prctl(PR_SET_NAME, "next");
		lock_file("queue");
		forever();
	}
	lock_file("queue");
}

/* -------------------------------------------------------------- sockets */

static int pair[2];

static void make_pair(int type)
{
	if (socketpair(AF_UNIX, type, 0, pair) == -1)
		die("socketpair");
}

/* As fill(), and then it waits: what was sent may move on meanwhile. */
static void write_on(int fd)
{
	static char page[4096];

	fill(fd);
	while (write(fd, page, sizeof page) > 0)
		;
}

/* A child with the other end, and without ours. */
static void give_away(const char *name)
{
	if (fork_child() == 0) {
		prctl(PR_SET_NAME, name);
		close(pair[0]);
		forever();
	}
	close(pair[1]);
}

static void act_stream_read(void)
{
	make_pair(SOCK_STREAM);
	give_away("silent");
	read_byte(pair[0]);
}

static void act_stream_write(void)
{
	make_pair(SOCK_STREAM);
	give_away("deaf");
	write_on(pair[0]);
}

static void act_both_write(void)
{
	make_pair(SOCK_STREAM);
	if (fork_child() == 0) {
		prctl(PR_SET_NAME, "other");
		close(pair[0]);
		write_on(pair[1]);
	}
	close(pair[1]);
	write_on(pair[0]);
}

static void act_time_limit(void)
{
	const struct timeval t = { .tv_sec = 5000 };

	make_pair(SOCK_SEQPACKET);
	if (setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t) == -1)
		die("setsockopt");
	read_byte(pair[0]);
}

static void act_poll_pair(void)
{
	struct pollfd p = { .events = POLLIN };

	make_pair(SOCK_STREAM);
	give_away("silent");
	p.fd = pair[0];
	poll(&p, 1, -1);
}

/* Nobody has the other end meanwhile. */
static void act_in_message(void)
{
	make_pair(SOCK_STREAM);
	send_away(pair[1]);
	close(pair[1]);
	read_byte(pair[0]);
}

static int unix_socket(int type)
{
	int fd = socket(AF_UNIX, type, 0);

	if (fd == -1)
		die("socket");
	return fd;
}

/* The address with that name; "@" begins one that has no file. */
static socklen_t name_of(struct sockaddr_un *a, const char *name)
{
	memset(a, 0, sizeof *a);
	a->sun_family = AF_UNIX;
	snprintf(a->sun_path, sizeof a->sun_path, "%s", name);
	if (name[0] == '@')
		a->sun_path[0] = '\0';
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
			   strlen(name));
}

static int serve(int type, const char *name, int backlog)
{
	struct sockaddr_un a;
	socklen_t size = name_of(&a, name);
	int fd = unix_socket(type);

	unlink(name);
	if (bind(fd, (struct sockaddr *)&a, size) == -1)
		die("bind");
	if (backlog < 0)
		return fd;
	if (listen(fd, backlog) == -1)
		die("listen");
	return fd;
}

static int reach(int type, const char *name)
{
	struct sockaddr_un a;
	socklen_t size = name_of(&a, name);
	int fd = unix_socket(type);

	if (connect(fd, (struct sockaddr *)&a, size) == -1)
		die("connect");
	return fd;
}

static void act_accept(void)
{
	int fd = serve(SOCK_STREAM, "door", 5);

	accept(fd, NULL, NULL);
}

static void listens(void)
{
	serve(SOCK_STREAM, "busy", 1);
}

/* The queue has room for two. */
static void act_backlog(void)
{
	child_that(listens, "server");
	reach(SOCK_STREAM, "busy");
	reach(SOCK_STREAM, "busy");
	reach(SOCK_STREAM, "busy");
}

static void listens_too(void)
{
	serve(SOCK_STREAM, "idle", 5);
}

static void act_queued(void)
{
	int fd;

	child_that(listens_too, "server");
	fd = reach(SOCK_STREAM, "idle");
	read_byte(fd);
}

static void accepts(void)
{
	int fd = serve(SOCK_STREAM, "served", 5);

	if (fork_child() == 0) {
		prctl(PR_SET_NAME, "agent");
		close(fd);
		forever();
	}
	if (fork_child() == 0) {
		prctl(PR_SET_NAME, "worker");
		accept(fd, NULL, NULL);
		close(fd);
		forever();
	}
	close(fd);
}

static void act_served(void)
{
	int fd;

	child_that(accepts, "server");
	fd = reach(SOCK_STREAM, "served");
	read_byte(fd);
}

static void is_logged_to(void)
{
	serve(SOCK_DGRAM, "log", -1);
}

/* As syslog() does, or without a connection */
static void send_on(int fd, const struct sockaddr_un *a, socklen_t size)
{
	for (;;)
		if (sendto(fd, "line", 4, 0, (const struct sockaddr *)a, size)
		    == -1)
			die("sendto");
}

static void act_log(void)
{
	int fd;

	child_that(is_logged_to, "logger");
	fd = reach(SOCK_DGRAM, "log");
	send_on(fd, NULL, 0);
}

/* A name without a file is one for the whole system, so it is our own. */
static char box[32];

static void make_name(void)
{
	snprintf(box, sizeof box, "@why-%d", (int)getpid());
}

static void is_sent_to(void)
{
	serve(SOCK_DGRAM, box, -1);
}

static void act_send_to(void)
{
	struct sockaddr_un a;
	socklen_t size;
	int fd = unix_socket(SOCK_DGRAM);

	make_name();
	size = name_of(&a, box);
	child_that(is_sent_to, "logger");
	send_on(fd, &a, size);
}

static void act_nameless(void)
{
	int fd = unix_socket(SOCK_DGRAM);

	read_byte(fd);
}

static void act_receiver(void)
{
	int fd;

	make_name();
	fd = serve(SOCK_DGRAM, box, -1);
	read_byte(fd);
}

/* ---------------------------------------------------------- TCP and UDP */

static struct sockaddr_storage where;
static socklen_t where_size;

/* A socket of ours, on the loopback device, at a port of the kernel's choice:
 * WHERE. */
static int inet_serve(int family, int type)
{
	struct sockaddr_in *four = (struct sockaddr_in *)&where;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)&where;
	int fd = socket(family, type, 0);

	if (fd == -1)
		die("socket");
	memset(&where, 0, sizeof where);
	where.ss_family = (sa_family_t)family;
	if (family == AF_INET)
		four->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	else
		six->sin6_addr = in6addr_any;
	where_size = family == AF_INET ? sizeof *four : sizeof *six;
	if (bind(fd, (struct sockaddr *)&where, where_size) == -1)
		die("bind");
	if (getsockname(fd, (struct sockaddr *)&where, &where_size) == -1)
		die("getsockname");
	return fd;
}

static int inet_reach(int type)
{
	int fd = socket(where.ss_family, type, 0);

	if (fd == -1)
		die("socket");
	if (connect(fd, (struct sockaddr *)&where, where_size) == -1)
		die("connect");
	return fd;
}

/* PAIR is a connection: at [0] the client, at [1] what was accepted. */
static void make_connection(int family)
{
	int door = inet_serve(family, SOCK_STREAM);

	if (listen(door, 5) == -1)
		die("listen");
	if (family == AF_INET6) {	/* a client of IPv4 comes to it, too */
		struct sockaddr_in *four = (struct sockaddr_in *)&where;
		in_port_t port = ((struct sockaddr_in6 *)&where)->sin6_port;

		memset(&where, 0, sizeof where);
		four->sin_family = AF_INET;
		four->sin_port = port;
		four->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		where_size = sizeof *four;
	}
	pair[0] = inet_reach(SOCK_STREAM);
	pair[1] = accept(door, NULL, NULL);
	if (pair[1] == -1)
		die("accept");
	close(door);
}

static void act_tcp_read(void)
{
	make_connection(AF_INET);
	give_away("silent");
	read_byte(pair[0]);
}

static void act_tcp_mapped(void)
{
	make_connection(AF_INET6);
	give_away("silent");
	read_byte(pair[0]);
}

static void act_tcp_write(void)
{
	make_connection(AF_INET);
	give_away("deaf");
	write_on(pair[0]);
}

/* Both sides write; after MS milliseconds without progress TCP gives up. */
static void tcp_both(unsigned ms)
{
	make_connection(AF_INET);
	for (int i = 0; i < 2; i++)
		if (setsockopt(pair[i], IPPROTO_TCP, TCP_USER_TIMEOUT, &ms,
			       sizeof ms) == -1)
			die("setsockopt");
	if (fork_child() == 0) {
		prctl(PR_SET_NAME, "other");
		close(pair[0]);
		write_on(pair[1]);
	}
	close(pair[1]);
	write_on(pair[0]);
}

static void act_tcp_both(void)
{
	tcp_both(0);
}

static void act_tcp_gives_up(void)
{
	tcp_both(5000 * 1000);
}

static void act_tcp_accept(void)
{
	int fd = inet_serve(AF_INET, SOCK_STREAM);

	if (listen(fd, 5) == -1)
		die("listen");
	accept(fd, NULL, NULL);
}

/* The listener stays in a child that does not accept. */
static void leave_door(int backlog)
{
	int door = inet_serve(AF_INET, SOCK_STREAM);

	if (listen(door, backlog) == -1)
		die("listen");
	child_that_pauses("server");
	close(door);
}

static void act_tcp_queued(void)
{
	int fd;

	leave_door(5);
	fd = inet_reach(SOCK_STREAM);
	read_byte(fd);
}

static void act_tcp_backlog(void)
{
	leave_door(0);
	inet_reach(SOCK_STREAM);
	inet_reach(SOCK_STREAM);
}

static void act_udp(void)
{
	int fd = inet_serve(AF_INET, SOCK_DGRAM);

	read_byte(fd);
}

static void act_udp_peer(void)
{
	int fd;

	inet_serve(AF_INET, SOCK_DGRAM);
	fd = inet_reach(SOCK_DGRAM);
	read_byte(fd);
}

static void act_netlink(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW, 0);

	read_byte(fd);
}

/* The same in a network namespace of its own */
static void act_elsewhere(void)
{
	if (unshare(CLONE_NEWNET) == -1)
		die("unshare");
	act_backlog();
}

/* ------------------------------------------------------------ terminals */

/* PAIR is a terminal: at [0] the master. With LINES a reader gets lines, with
 * an echo. */
static void make_terminal(int lines)
{
	struct termios t;
	const char *name;

	pair[0] = posix_openpt(O_RDWR | O_NOCTTY);
	if (pair[0] == -1)
		die("posix_openpt");
	if (grantpt(pair[0]) == -1)
		die("grantpt");
	if (unlockpt(pair[0]) == -1)
		die("unlockpt");
	name = ptsname(pair[0]);
	if (!name)
		die("ptsname");
	pair[1] = open(name, O_RDWR | O_NOCTTY);
	if (pair[1] == -1)
		die("open");
	if (lines)
		return;
	if (tcgetattr(pair[1], &t) == -1)
		die("tcgetattr");
	cfmakeraw(&t);
	if (tcsetattr(pair[1], TCSANOW, &t) == -1)
		die("tcsetattr");
}

/* A child has the master, we have the other side. */
static void act_screen(void)
{
	make_terminal(1);
	if (fork_child() == 0) {
		prctl(PR_SET_NAME, "screen");
		close(pair[1]);
		forever();
	}
	close(pair[0]);
	read_byte(pair[1]);
}

static void act_key(void)
{
	make_terminal(0);
	read_byte(pair[1]);
}

/* Both sides write, and nobody reads. */
static void act_paste(void)
{
	make_terminal(0);
	if (fork_child() == 0) {
		prctl(PR_SET_NAME, "program");
		close(pair[0]);
		write_on(pair[1]);
	}
	close(pair[1]);
	write_on(pair[0]);
}

static void act_typing(void)
{
	make_terminal(1);
	if (fork_child() == 0) {
		prctl(PR_SET_NAME, "program");
		close(pair[0]);
		forever();
	}
	close(pair[1]);
	read_byte(pair[0]);
}

/* As after Ctrl-S, at once */
static void act_stopped(void)
{
	make_terminal(1);
	if (tcflow(pair[1], TCOOFF) == -1)
		die("tcflow");
	write_on(pair[1]);
}

/* Its own terminal, by the name that it has for all. */
static void act_own(void)
{
	int fd;

	make_terminal(1);
	if (setsid() == -1)
		die("setsid");
	if (ioctl(pair[1], TIOCSCTTY, 0) == -1)
		die("TIOCSCTTY");
	fd = open("/dev/tty", O_RDWR);
	if (fd == -1)
		die("open");
	read_byte(fd);
}

/* A program of a job that does not have the terminal reads it. */
static void act_background(void)
{
	make_terminal(1);
	if (setsid() == -1)
		die("setsid");
	if (ioctl(pair[1], TIOCSCTTY, 0) == -1)
		die("TIOCSCTTY");
	if (fork_child() == 0) {
		prctl(PR_SET_NAME, "job");
		if (setpgid(0, 0) == -1)
			die("setpgid");
		read_byte(pair[1]);
	}
	forever();
}

/* ------------------------------------------------ files without a name */

/* Each has one that is its own, and one that they share. */
static void act_shared_eventfd(void)
{
	eventfd_t value;
	int fd = eventfd(0, 0);

	child_that_pauses("sharer");
	if (fork_child() == 0) {
		prctl(PR_SET_NAME, "stranger");
		close(fd);
		eventfd(0, 0);
		forever();
	}
	eventfd_read(fd, &value);
}

static int timer(long seconds)
{
	const struct itimerspec t = { .it_value.tv_sec = seconds };
	int fd = timerfd_create(CLOCK_MONOTONIC, 0);

	if (fd == -1)
		die("timerfd_create");
	if (timerfd_settime(fd, 0, &t, NULL) == -1)
		die("timerfd_settime");
	return fd;
}

static void act_timer(void)
{
	int fd = timer(5000);

	read_event(fd);
}

static void act_unset_timer(void)
{
	struct pollfd p = { .events = POLLIN };
	int fd = timer(0);

	child_that_pauses("setter");
	p.fd = fd;
	poll(&p, 1, -1);
}

static void act_signalfd(void)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, 0);
	read_event(fd);
}

static void act_inotify(void)
{
	int fd = inotify_init1(0);

	if (inotify_add_watch(fd, ".", IN_CREATE) == -1)
		die("inotify_add_watch");
	read_event(fd);
}

static void act_pidfd(void)
{
	pid_t child = fork_child();
	struct pollfd p = { .events = POLLIN };

	if (child == 0) {
		prctl(PR_SET_NAME, "job");
		forever();
	}
	p.fd = (int)syscall(SYS_pidfd_open, child, 0);
	if (p.fd == -1)
		die("pidfd_open");
	poll(&p, 1, -1);
}

/* A set of a set */
static void act_epoll(void)
{
	struct pollfd p = { .events = POLLIN };

	p.fd = epoll_create1(0);
	poll(&p, 1, -1);
}

/* Who holds a lease is told of the open() by SIGIO, and here does not listen. */
static void leases(void)
{
	int fd = open_file("leased");

	signal(SIGIO, SIG_IGN);
	if (fcntl(fd, F_SETLEASE, F_WRLCK) == -1)
		die("F_SETLEASE");
}

static void act_lease(void)
{
	child_that(leases, "leaser");
	open_file("leased");
}

static const struct act acts[] = {
	{ "lease", act_lease },
	{ "screen", act_screen }, { "key", act_key }, { "paste", act_paste },
	{ "typing", act_typing }, { "stopped", act_stopped },
	{ "background", act_background }, { "own", act_own },
	{ "shared-eventfd", act_shared_eventfd }, { "timer", act_timer },
	{ "unset-timer", act_unset_timer }, { "signalfd", act_signalfd },
	{ "inotify", act_inotify }, { "pidfd", act_pidfd },
	{ "epoll", act_epoll },
	{ "flock", act_flock }, { "range", act_range },
	{ "shared", act_shared }, { "current", act_current },
	{ "ofd", act_ofd }, { "upgrade", act_upgrade },
	{ "twice", act_twice }, { "crossed", act_crossed },
	{ "queue", act_queue }, { "stream-read", act_stream_read },
	{ "stream-write", act_stream_write }, { "both-write", act_both_write },
	{ "time-limit", act_time_limit }, { "poll-pair", act_poll_pair },
	{ "in-message", act_in_message },
	{ "accept", act_accept }, { "backlog", act_backlog },
	{ "queued", act_queued }, { "served", act_served },
	{ "log", act_log }, { "send-to", act_send_to },
	{ "nameless", act_nameless }, { "receiver", act_receiver },
	{ "tcp-read", act_tcp_read }, { "tcp-mapped", act_tcp_mapped },
	{ "tcp-write", act_tcp_write }, { "tcp-accept", act_tcp_accept },
	{ "tcp-both", act_tcp_both }, { "tcp-gives-up", act_tcp_gives_up },
	{ "tcp-queued", act_tcp_queued }, { "tcp-backlog", act_tcp_backlog },
	{ "udp", act_udp }, { "udp-peer", act_udp_peer },
	{ "netlink", act_netlink }, { "elsewhere", act_elsewhere },
};

int main(int argc, char **argv)
{
	return play(argc, argv, acts, sizeof acts / sizeof *acts);
}
