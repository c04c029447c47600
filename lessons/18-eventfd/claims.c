/*
 * claims - what the notes say about eventfd, executed
 *
 * Ids are rows of docs/claims.tsv; L18-.. are claims of this course. No
 * proof waits for time: a timer is set for a time that has passed.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../common/proof/claim.h"

static int make(unsigned value, int flags)
{
	int fd = eventfd(value, flags);

	HOLDS(fd != -1);
	return fd;
}

static void put(int fd, uint64_t n)
{
	EQUALS(write(fd, &n, sizeof n), 8);
}

static uint64_t take(int fd)
{
	uint64_t n = 0;

	EQUALS(read(fd, &n, sizeof n), 8);
	return n;
}

static void is_empty(int fd)
{
	uint64_t n;

	FAILS(read(fd, &n, sizeof n), EAGAIN);
}

static int events(int fd)
{
	struct pollfd p = { fd, POLLIN | POLLOUT, 0 };

	HOLDS(poll(&p, 1, 0) != -1);
	return p.revents;
}

static int make_loop(int fd, uint32_t how)
{
	struct epoll_event e = { .events = how, .data.fd = fd };
	int loop = epoll_create1(0);

	HOLDS(loop != -1);
	EQUALS(epoll_ctl(loop, EPOLL_CTL_ADD, fd, &e), 0);
	return loop;
}

/* How many descriptors of LOOP are ready now? */
static int ready(int loop)
{
	struct epoll_event e[8];

	return epoll_wait(loop, e, 8, 0);
}

/* Does the text of /proc/self/PATH hold LINE? */
static int file_has(const char *path, const char *line)
{
	char text[1024] = "";
	FILE *f = fopen(path, "r");

	HOLDS(f != NULL);
	HOLDS(fread(text, 1, sizeof text - 1, f) > 0);
	fclose(f);
	return strstr(text, line) != NULL;
}

/* A child that does one blocking read, and ends with what it got. */
static pid_t fork_reader(int fd)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit((int)take(fd));
	return pid;
}

CLAIM("4-079", "eventfd() returns a descriptor; unknown flags are EINVAL")
{
	const unsigned known = EFD_SEMAPHORE | EFD_CLOEXEC | EFD_NONBLOCK;

	EQUALS(take(eventfd(5, 0)), 5);
	for (int bit = 0; bit < 32; bit++) {
		int flag = (int)(1u << bit);

		if (known & 1u << bit)
			HOLDS(eventfd(5, flag) != -1);
		else
			FAILS(eventfd(5, flag), EINVAL);
	}
}

CLAIM("4-081", "it has an 8-byte counter in the kernel; fdinfo shows it")
{
	char path[64], link[64] = "";
	int fd = make(5, 0);

	snprintf(path, sizeof path, "/proc/self/fdinfo/%d", fd);
	HOLDS(file_has(path, "eventfd-count:                5\n"));
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	HOLDS(readlink(path, link, sizeof link - 1) > 0);
	HOLDS(strcmp(link, "anon_inode:[eventfd]") == 0);
	put(fd, 1ull << 40);			/* more than an int holds */
	HOLDS(take(fd) == (1ull << 40) + 5);
}

CLAIM("4-082", "its descriptor goes through fork(): the child adds to it")
{
	int fd = make(0, 0);
	pid_t child = fork();

	if (child == 0) {
		put(fd, (uint64_t)getpid());	/* what only it would add */
		put(fd, 1);
		EQUALS(close(fd), 0);		/* each has its own */
		_exit(0);
	}
	EQUALS(ends(child), 0);
	EQUALS(take(fd), child + 1);
}

CLAIM("4-083", "write() adds 8 bytes to it: 5, then 7, reads 12")
{
	int fd = make(5, 0);

	put(fd, 7);
	EQUALS(take(fd), 12);
}

CLAIM("4-083", "an int, 4 bytes, is EINVAL, and adds nothing")
{
	int fd = make(0, EFD_NONBLOCK), i[2] = { 7, 7 };

	for (size_t n = 0; n < 8; n++)		/* 4 is one of them */
		FAILS(write(fd, i, n), EINVAL);
	is_empty(fd);
	EQUALS(write(fd, i, sizeof i), 8);	/* two of them are 8 */
	HOLDS(take(fd) > 7);
}

CLAIM("4-083", "2^64-1 is EINVAL; a sum above 2^64-2 is EAGAIN")
{
	uint64_t all = UINT64_MAX, one = 1;
	int fd = make(0, EFD_NONBLOCK);

	FAILS(write(fd, &all, 8), EINVAL);
	put(fd, UINT64_MAX - 2);
	put(fd, one);				/* just as much as fits */
	FAILS(write(fd, &one, 8), EAGAIN);
	HOLDS(take(fd) == UINT64_MAX - 1);
}

CLAIM("4-083", "without EFD_NONBLOCK a full one makes write() wait")
{
	int fd = make(0, 0);
	pid_t writer;

	put(fd, UINT64_MAX - 1);
	writer = fork();
	if (writer == 0) {
		put(fd, 4);
		_exit(0);
	}
	HOLDS(blocks(writer));
	HOLDS(take(fd) == UINT64_MAX - 1);
	EQUALS(ends(writer), 0);
	EQUALS(take(fd), 4);
}

CLAIM("4-084", "read() waits at 0, until somebody writes")
{
	int fd = make(0, 0);
	pid_t reader = fork_reader(fd);

	HOLDS(blocks(reader));
	put(fd, 11);
	EQUALS(ends(reader), 11);
}

CLAIM("4-084", "read() takes the sum, and leaves 0: EAGAIN if nonblocking")
{
	int fd = make(0, EFD_NONBLOCK);

	is_empty(fd);
	put(fd, 2);
	put(fd, 3);
	EQUALS(take(fd), 5);
	is_empty(fd);
}

CLAIM("4-084", "with EFD_SEMAPHORE 3 is read as 1 1 1, then EAGAIN")
{
	int fd = make(3, EFD_SEMAPHORE | EFD_NONBLOCK);

	for (int i = 0; i < 3; i++)
		EQUALS(take(fd), 1);
	is_empty(fd);
	put(fd, 2);
	EQUALS(take(fd), 1);
	EQUALS(take(fd), 1);
	is_empty(fd);
}

CLAIM("4-085", "poll(): POLLIN when it is not 0, POLLOUT unless full")
{
	int fd = make(0, 0);

	EQUALS(events(fd), POLLOUT);
	put(fd, 3);
	EQUALS(events(fd), POLLIN | POLLOUT);
	put(fd, UINT64_MAX - 1 - 3);
	EQUALS(events(fd), POLLIN);
}

CLAIM("4-086", "select() tells whether it is not 0")
{
	struct timeval now = { 0, 0 };
	int fd = make(0, 0);
	fd_set set;

	FD_ZERO(&set);
	FD_SET(fd, &set);
	EQUALS(select(fd + 1, &set, NULL, NULL, &now), 0);
	put(fd, 3);
	FD_SET(fd, &set);
	EQUALS(select(fd + 1, &set, NULL, NULL, &now), 1);
	HOLDS(FD_ISSET(fd, &set));
}

CLAIM("4-087", "epoll tells whether it is not 0, until it is read")
{
	int fd = make(0, 0), loop = make_loop(fd, EPOLLIN);

	EQUALS(ready(loop), 0);
	put(fd, 3);
	EQUALS(ready(loop), 1);
	EQUALS(ready(loop), 1);
	EQUALS(take(fd), 3);
	EQUALS(ready(loop), 0);
}

CLAIM("L18-01", "edge-triggered epoll tells once, however many write()s there "
      "were since the last look, read or not")
{
	int fd = make(0, 0), loop = make_loop(fd, EPOLLIN | EPOLLET);

	for (int i = 0; i < 3; i++)
		put(fd, 1);
	EQUALS(ready(loop), 1);
	EQUALS(ready(loop), 0);			/* not read, not told again */
	put(fd, 1);
	EQUALS(ready(loop), 1);			/* told: it was written to */
	EQUALS(take(fd), 4);
	put(fd, 1);
	put(fd, 1);
	EQUALS(ready(loop), 1);			/* the same after a read() */
	EQUALS(ready(loop), 0);
	EQUALS(take(fd), 2);
}

CLAIM("L18-18", "with EPOLLET, one read() of a semaphore for each event leaves "
      "the rest; who reads until EAGAIN has all")
{
	int fd = make(3, EFD_SEMAPHORE | EFD_NONBLOCK);
	int loop = make_loop(fd, EPOLLIN | EPOLLET);

	EQUALS(ready(loop), 1);
	EQUALS(take(fd), 1);
	EQUALS(ready(loop), 0);			/* 2 are there */
	EQUALS(events(fd) & POLLIN, POLLIN);
	put(fd, 1);
	EQUALS(ready(loop), 1);
	for (int i = 0; i < 3; i++)
		EQUALS(take(fd), 1);
	is_empty(fd);
	EQUALS(ready(loop), 0);
	put(fd, 1);
	EQUALS(ready(loop), 1);			/* a new one is told */
}

CLAIM("L18-02", "read() with fewer than 8 bytes is EINVAL, more gives 8")
{
	uint64_t two[2];
	int fd = make(3, 0);

	for (size_t n = 0; n < 8; n++)
		FAILS(read(fd, two, n), EINVAL);
	EQUALS(read(fd, two, sizeof two), 8);
	EQUALS(two[0], 3);
}

CLAIM("L18-15", "write() with 16 bytes is EINVAL from Linux 6.9 on; older ones "
      "add the first 8")
{
	uint64_t two[2] = { 4, 5 };
	int fd = make(0, EFD_NONBLOCK);
	ssize_t n;

	EQUALS(write(fd, two, sizeof two[0]), 8);	/* each alone is fine */
	EQUALS(write(fd, two + 1, sizeof two[1]), 8);
	EQUALS(take(fd), 9);
	n = write(fd, two, sizeof two);
	/* Distributions carry the newer rule back to older kernels, too. */
	if (kernel_version() >= 609 || n == -1) {
		EQUALS(n, -1);
		EQUALS(errno, EINVAL);
		is_empty(fd);
	} else {
		EQUALS(n, 8);
		EQUALS(take(fd), 4);
	}
}

/* How often process PID has gone to sleep by itself. */
static long sleeps(pid_t pid)
{
	char path[64], line[256];
	long n = -1;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	f = fopen(path, "r");
	HOLDS(f != NULL);
	while (n == -1 && fgets(line, sizeof line, f))
		sscanf(line, "voluntary_ctxt_switches: %ld", &n);
	fclose(f);
	HOLDS(n != -1);
	return n;
}

/* Two wait in read(), and one is served by one write(): what does it get? The
 * other one has been woken as well, and sleeps again: once more than before. Of
 * 8 that are written then it gets THEN. */
static int one_of_two_gets(int flags, uint64_t amount, int then)
{
	int fd = make(0, flags), status;
	pid_t a = fork_reader(fd), b = fork_reader(fd), first, other;
	long of_a, of_b, before;

	HOLDS(blocks(a) && blocks(b));
	of_a = sleeps(a);
	of_b = sleeps(b);
	put(fd, amount);
	first = wait(&status);
	HOLDS(WIFEXITED(status));
	other = first == a ? b : a;
	before = first == a ? of_b : of_a;
	while (sleeps(other) == before)		/* the deadline ends it */
		sched_yield();
	HOLDS(blocks(other));
	put(fd, 8);
	EQUALS(ends(-1), then);
	return WEXITSTATUS(status);
}

CLAIM("L18-03", "two readers, one write: both are woken, one of them gets it "
      "all, and the other one sleeps again")
{
	EQUALS(one_of_two_gets(0, 7, 8), 7);
}

CLAIM("L18-03", "so it is with a semaphore, when there is 1 for two")
{
	EQUALS(one_of_two_gets(EFD_SEMAPHORE, 1, 1), 1);
}

CLAIM("L18-04", "EFD_SEMAPHORE: one write(2) lets two readers go")
{
	int fd = make(0, EFD_SEMAPHORE);
	pid_t a = fork_reader(fd), b = fork_reader(fd);

	HOLDS(blocks(a) && blocks(b));
	put(fd, 2);
	EQUALS(ends(a), 1);
	EQUALS(ends(b), 1);
	EQUALS(events(fd), POLLOUT);		/* nothing is left */
}

/* exec a shell that writes 8 bytes to descriptor FD, if it is open there: the
 * shell's status. */
static int exec_writer(int fd)
{
	char command[80];
	pid_t child = fork();

	HOLDS(fd < 10);				/* a digit for the shell */
	snprintf(command, sizeof command,
		 "printf '\\1\\1\\1\\1\\1\\1\\1\\1' 2>/dev/null >&%d", fd);
	if (child == 0) {
		close(STDERR_FILENO);	/* the shell may complain */
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	}
	return ends(child);
}

CLAIM("L18-05", "exec() keeps it, unless EFD_CLOEXEC was given")
{
	int stays = make(0, EFD_NONBLOCK);
	int goes = make(0, EFD_NONBLOCK | EFD_CLOEXEC), failed;

	EQUALS(fcntl(stays, F_GETFD), 0);
	EQUALS(fcntl(goes, F_GETFD), FD_CLOEXEC);
	EQUALS(exec_writer(stays), 0);
	HOLDS(take(stays) == 0x0101010101010101);
	failed = exec_writer(goes);
	HOLDS(failed == 1 || failed == 2);	/* as the shells say it */
	is_empty(goes);
}

/* Fork first, make the eventfd afterwards: nothing is inherited. */

/* How many descriptors of this process are eventfds? */
static int my_eventfds(void)
{
	char path[64], link[64];
	int count = 0;

	for (int fd = 0; fd < 256; fd++) {
		ssize_t n;

		snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
		n = readlink(path, link, sizeof link - 1);
		if (n == -1)
			continue;
		link[n] = '\0';
		if (strcmp(link, "anon_inode:[eventfd]") == 0)
			count++;
	}
	return count;
}

CLAIM("L18-06", "a process that did not inherit it gets it over a socket")
{
	char control[CMSG_SPACE(sizeof(int))] = { 0 };
	char byte = 'x';
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1,
			      .msg_control = control,
			      .msg_controllen = sizeof control };
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
	int pair[2], fd, got;

	HOLDS(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	if (fork() == 0) {
		EQUALS(my_eventfds(), 0);	/* it inherited none */
		HOLDS(recvmsg(pair[1], &msg, 0) == 1);
		EQUALS(my_eventfds(), 1);
		memcpy(&got, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof got);
		put(got, 6);
		_exit(0);
	}
	fd = make(0, 0);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof fd);
	HOLDS(sendmsg(pair[0], &msg, 0) == 1);
	EQUALS(take(fd), 6);
	EQUALS(ends(-1), 0);
}

CLAIM("L18-07", "it has no position, and /proc/PID/fd opens no second one")
{
	char path[64];
	int fd = make(3, 0);
	off_t at = lseek(fd, 5, SEEK_SET);

	/* older and newer kernels differ, but none moves to 5 */
	HOLDS(at == 0 || (at == -1 && errno == ESPIPE));
	EQUALS(take(fd), 3);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	/* EACCES: newer kernels, for who is not root */
	HOLDS(open(path, O_RDWR) == -1);
	HOLDS(errno == ENXIO || errno == EACCES);
}

CLAIM("L18-08", "no end-of-file: when the last writer died, read() waits on")
{
	int fd = make(0, 0), line[2];
	pid_t writer, reader;

	HOLDS(pipe(line) == 0);
	writer = fork();
	if (writer == 0) {
		pause();
		_exit(0);
	}
	HOLDS(close(line[1]) == 0);
	reader = fork_reader(fd);
	HOLDS(close(fd) == 0);
	HOLDS(kill(writer, SIGKILL) == 0);
	EQUALS(ends(writer), 128 + SIGKILL);
	EQUALS(read(line[0], &(char){ 0 }, 1), 0);	/* so a pipe ends */
	EQUALS(my_eventfds(), 0);		/* nobody else has it */
	HOLDS(blocks(reader));
}

CLAIM("L18-09", "one descriptor where a pipe takes two: EMFILE comes later")
{
	int fd = make(0, 0), pair[2];
	struct rlimit one_more = { (rlim_t)fd + 2, (rlim_t)fd + 2 };

	HOLDS(setrlimit(RLIMIT_NOFILE, &one_more) == 0);
	FAILS(pipe(pair), EMFILE);
	HOLDS(eventfd(0, 0) == fd + 1);
	FAILS(eventfd(0, 0), EMFILE);
}

CLAIM("L18-10", "O_NONBLOCK is shared: the child sets it, the parent has it")
{
	uint64_t n;
	int fd = make(0, 0);
	pid_t child;

	HOLDS((fcntl(fd, F_GETFL) & O_NONBLOCK) == 0);
	child = fork();
	if (child == 0)
		_exit(fcntl(fd, F_SETFL, O_NONBLOCK) == -1);
	EQUALS(ends(child), 0);
	FAILS(read(fd, &n, sizeof n), EAGAIN);
}

/* An hourly timer that began 2 1/2 hours ago. */
static int make_timer(int flags)
{
	struct itimerspec hourly = { .it_interval.tv_sec = 3600 };
	int fd = timerfd_create(CLOCK_REALTIME, flags);

	HOLDS(fd != -1);
	hourly.it_value.tv_sec = time(NULL) - 9000;
	EQUALS(timerfd_settime(fd, TFD_TIMER_ABSTIME, &hourly, NULL), 0);
	return fd;
}

CLAIM("L18-11", "timerfd: read() gives the number of expirations, then none")
{
	int fd = make_timer(0);

	EQUALS(take(fd), 3);
	HOLDS(fcntl(fd, F_SETFL, O_NONBLOCK) == 0);
	is_empty(fd);
}

CLAIM("L18-11", "timerfd: it_value 0 disarms, and forgets expirations")
{
	struct itimerspec off = { { 0, 0 }, { 0, 0 } }, now;
	int fd = make_timer(TFD_NONBLOCK);
	struct pollfd p = { fd, POLLIN, 0 };

	EQUALS(poll(&p, 1, -1), 1);
	EQUALS(timerfd_settime(fd, 0, &off, NULL), 0);
	EQUALS(poll(&p, 1, 0), 0);
	is_empty(fd);
	EQUALS(timerfd_gettime(fd, &now), 0);
	HOLDS(now.it_value.tv_sec == 0 && now.it_value.tv_nsec == 0);
}

CLAIM("L18-11", "timerfd: without an interval it expires just once")
{
	struct itimerspec once = { .it_value.tv_sec = 1 };	/* 1970 */
	struct itimerspec now = { .it_value.tv_sec = 1 };
	int fd = timerfd_create(CLOCK_REALTIME, 0);
	uint64_t n = 1;

	EQUALS(timerfd_settime(fd, TFD_TIMER_ABSTIME, &once, NULL), 0);
	EQUALS(take(fd), 1);
	EQUALS(timerfd_gettime(fd, &now), 0);
	HOLDS(now.it_value.tv_sec == 0 && now.it_value.tv_nsec == 0);
	FAILS(write(fd, &n, sizeof n), EINVAL);	/* only time adds to it */
}

static int make_signalfd(sigset_t *set)
{
	int fd;

	sigemptyset(set);
	sigaddset(set, SIGTERM);
	HOLDS(sigprocmask(SIG_BLOCK, set, NULL) == 0);
	fd = signalfd(-1, set, SFD_NONBLOCK);
	HOLDS(fd != -1);
	return fd;
}

CLAIM("L18-12", "signalfd: read() gives a blocked signal, and its sender")
{
	struct signalfd_siginfo si;
	sigset_t set;
	int fd = make_signalfd(&set);
	pid_t sender;

	FAILS(read(fd, &si, sizeof si), EAGAIN);
	sender = fork();
	if (sender == 0)
		_exit(kill(getppid(), SIGTERM) == -1);
	EQUALS(ends(sender), 0);
	EQUALS(read(fd, &si, sizeof si), sizeof si);
	EQUALS(si.ssi_signo, SIGTERM);
	EQUALS(si.ssi_pid, sender);
	EQUALS(si.ssi_uid, getuid());
	FAILS(read(fd, &si, sizeof si), EAGAIN);	/* taken */
}

CLAIM("L18-13", "one epoll_wait() tells of all four kinds at once")
{
	struct epoll_event e = { .events = EPOLLIN };
	int bell = make(0, 0), timer = make_timer(0), line[2];
	sigset_t set;
	int signals = make_signalfd(&set), loop = make_loop(bell, EPOLLIN);
	struct pollfd p = { timer, POLLIN, 0 };

	HOLDS(pipe(line) == 0);
	EQUALS(epoll_ctl(loop, EPOLL_CTL_ADD, timer, &e), 0);
	EQUALS(epoll_ctl(loop, EPOLL_CTL_ADD, signals, &e), 0);
	EQUALS(epoll_ctl(loop, EPOLL_CTL_ADD, line[0], &e), 0);
	EQUALS(poll(&p, 1, -1), 1);		/* it has expired */
	EQUALS(ready(loop), 1);
	put(bell, 1);
	EQUALS(ready(loop), 2);			/* each deed tells of one */
	HOLDS(write(line[1], "x", 1) == 1);
	EQUALS(ready(loop), 3);
	HOLDS(kill(getpid(), SIGTERM) == 0);
	EQUALS(ready(loop), 4);
}

CLAIM("L18-14", "epoll_wait() ends with EINTR after SIGSTOP and SIGCONT")
{
	int loop = make_loop(make(0, 0), EPOLLIN), status;
	pid_t waiter = fork();

	if (waiter == 0) {
		struct epoll_event e;

		FAILS(epoll_wait(loop, &e, 1, -1), EINTR);
		/* No handler has done it. */
		HOLDS(signal(SIGCONT, SIG_DFL) == SIG_DFL);
		_exit(0);
	}
	HOLDS(blocks(waiter));
	HOLDS(kill(waiter, SIGSTOP) == 0);
	HOLDS(waitpid(waiter, &status, WUNTRACED) == waiter);
	HOLDS(WIFSTOPPED(status) && kill(waiter, SIGCONT) == 0);
	EQUALS(ends(waiter), 0);
}

CLAIM("L18-16", "EFD_NONBLOCK: read() of a 0 is EAGAIN")
{
	uint64_t n;
	int fd = make(0, EFD_NONBLOCK);

	FAILS(read(fd, &n, sizeof n), EAGAIN);
}

CLAIM("L18-17", "epoll_ctl(): EEXIST, ENOENT, and EPERM for a file")
{
	struct epoll_event e = { .events = EPOLLIN };
	int fd = make(0, 0), loop = make_loop(fd, EPOLLIN);
	int file = open("f", O_RDWR | O_CREAT, 0600);
	struct stat st;

	HOLDS(fstat(file, &st) == 0 && S_ISREG(st.st_mode));
	FAILS(epoll_ctl(loop, EPOLL_CTL_ADD, fd, &e), EEXIST);
	FAILS(epoll_ctl(loop, EPOLL_CTL_MOD, loop, &e), EINVAL);
	EQUALS(epoll_ctl(loop, EPOLL_CTL_DEL, fd, NULL), 0);
	FAILS(epoll_ctl(loop, EPOLL_CTL_DEL, fd, NULL), ENOENT);
	FAILS(epoll_ctl(loop, EPOLL_CTL_ADD, file, &e), EPERM);
}

CLAIM("L18-19", "epoll waits for the eventfd, not for the descriptor: after "
      "close() it tells on while there is a copy, and DEL is EBADF")
{
	struct epoll_event e;
	int fd = make(1, 0), copy = dup(fd), loop;

	loop = make_loop(fd, EPOLLIN);
	HOLDS(copy != -1);
	EQUALS(close(fd), 0);
	EQUALS(epoll_wait(loop, &e, 1, 0), 1);
	EQUALS(e.data.fd, fd);			/* a number that is closed */
	FAILS(epoll_ctl(loop, EPOLL_CTL_DEL, fd, NULL), EBADF);
	EQUALS(ready(loop), 1);
	EQUALS(close(copy), 0);			/* the last one */
	EQUALS(ready(loop), 0);
}

CLAIM("L18-19", "after EPOLL_CTL_DEL, and then close(), nothing is told")
{
	int fd = make(1, 0), copy = dup(fd), loop = make_loop(fd, EPOLLIN);

	HOLDS(copy != -1);
	EQUALS(ready(loop), 1);
	EQUALS(epoll_ctl(loop, EPOLL_CTL_DEL, fd, NULL), 0);
	EQUALS(close(fd), 0);
	FAILS(fcntl(fd, F_GETFD), EBADF);
	EQUALS(ready(loop), 0);
	EQUALS(take(copy), 1);			/* it is all there */
}

CLAIM("L18-20", "epoll_wait() with room for one event tells of all that are "
      "ready, by turns")
{
	int fd[3], loop = epoll_create1(0), seen[3] = { 0 };

	for (int i = 0; i < 3; i++) {
		struct epoll_event e = { .events = EPOLLIN, .data.u32 = 0 };

		fd[i] = make(1, 0);
		e.data.fd = i;
		EQUALS(epoll_ctl(loop, EPOLL_CTL_ADD, fd[i], &e), 0);
	}
	EQUALS(ready(loop), 3);
	for (int n = 0; n < 30; n++) {		/* and none is read */
		struct epoll_event e;

		EQUALS(epoll_wait(loop, &e, 1, 0), 1);
		seen[e.data.fd]++;
		HOLDS(seen[e.data.fd] == n / 3 + 1);	/* in its turn */
	}
	for (int i = 0; i < 3; i++)
		EQUALS(seen[i], 10);
}

CLAIM("L18-21", "a signalfd brings SIGCHLD also for a child that was only "
      "stopped or continued: waitpid() with WNOHANG returns 0 then")
{
	struct signalfd_siginfo si;
	sigset_t set;
	pid_t child;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	HOLDS(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
	fd = signalfd(-1, &set, 0);
	HOLDS(fd != -1);
	child = fork();
	if (child == 0)
		for (;;)
			pause();
	HOLDS(kill(child, SIGSTOP) == 0);
	EQUALS(read(fd, &si, sizeof si), sizeof si);
	EQUALS(si.ssi_signo, SIGCHLD);
	EQUALS(si.ssi_code, CLD_STOPPED);
	EQUALS(si.ssi_pid, child);
	EQUALS(waitpid(child, NULL, WNOHANG), 0);
	HOLDS(kill(child, SIGCONT) == 0);
	EQUALS(read(fd, &si, sizeof si), sizeof si);
	EQUALS(si.ssi_code, CLD_CONTINUED);
	EQUALS(si.ssi_pid, child);
	EQUALS(waitpid(child, NULL, WNOHANG), 0);
	HOLDS(kill(child, SIGKILL) == 0);
	EQUALS(read(fd, &si, sizeof si), sizeof si);
	EQUALS(si.ssi_code, CLD_KILLED);
	EQUALS(si.ssi_pid, child);
	EQUALS(waitpid(child, NULL, WNOHANG), child);
}

static void caught(int sig)
{
	(void)sig;
}

/* A child reads a 0, and is hit by a signal that it catches with these flags of
 * sigaction(): its errno, or 0 if it goes on until somebody writes. */
static int hit_reader(int flags)
{
	struct sigaction act = { .sa_handler = caught, .sa_flags = flags };
	int fd = make(0, 0);
	pid_t reader;
	long before;

	put(fd, 2);
	put(fd, 3);
	EQUALS(take(fd), 5);			/* it counts: an eventfd */
	HOLDS(sigaction(SIGUSR1, &act, NULL) == 0);
	reader = fork();
	if (reader == 0) {
		uint64_t n;

		_exit(read(fd, &n, sizeof n) == -1 ? errno : 0);
	}
	HOLDS(blocks(reader));
	before = sleeps(reader);
	HOLDS(kill(reader, SIGUSR1) == 0);
	if (flags & SA_RESTART) {
		while (sleeps(reader) == before)	/* the handler runs */
			sched_yield();
		HOLDS(blocks(reader));
		put(fd, 1);
	}
	return ends(reader);
}

CLAIM("L18-22", "read() of an eventfd: a handler ends the wait with EINTR, not "
      "with SA_RESTART")
{
	EQUALS(hit_reader(0), EINTR);
	EQUALS(hit_reader(SA_RESTART), 0);
}

CLAIM("L18-22", "a stop and a continue do not end read() of an eventfd")
{
	int fd = make(0, 0), status;
	pid_t reader = fork_reader(fd);		/* EINTR would be red */

	HOLDS(blocks(reader));
	HOLDS(kill(reader, SIGSTOP) == 0);
	HOLDS(waitpid(reader, &status, WUNTRACED) == reader);
	HOLDS(WIFSTOPPED(status) && kill(reader, SIGCONT) == 0);
	HOLDS(waitpid(reader, &status, WCONTINUED) == reader);
	HOLDS(blocks(reader));
	put(fd, 5);
	EQUALS(ends(reader), 5);
}

CLAIM("L18-23", "a pipe that the writer has open tells its end beside an "
      "eventfd: POLLHUP, and nothing from the eventfd")
{
	int fd = make(0, 0), line[2];
	struct pollfd p[2];
	pid_t writer;

	HOLDS(pipe(line) == 0);
	writer = fork();
	if (writer == 0) {
		put(fd, 7);			/* it has both */
		pause();
		_exit(0);
	}
	HOLDS(close(line[1]) == 0);
	p[0] = (struct pollfd){ .fd = fd, .events = POLLIN };
	p[1] = (struct pollfd){ .fd = line[0], .events = POLLIN };
	EQUALS(poll(p, 2, -1), 1);
	EQUALS(p[0].revents, POLLIN);
	EQUALS(take(fd), 7);
	EQUALS(poll(p, 2, 0), 0);
	HOLDS(kill(writer, SIGKILL) == 0);
	EQUALS(poll(p, 2, -1), 1);
	EQUALS(p[0].revents, 0);
	EQUALS(p[1].revents, POLLHUP);
	EQUALS(ends(writer), 128 + SIGKILL);
}

/* A child that waits in an epoll of its own, and ends when it is told. */
static pid_t fork_loop(int fd, uint32_t how)
{
	pid_t pid = fork();

	if (pid == 0) {
		struct epoll_event e;
		int loop = make_loop(fd, how);

		_exit(epoll_wait(loop, &e, 1, -1) != 1);
	}
	HOLDS(blocks(pid));
	return pid;
}

CLAIM("L18-24", "two epolls wait for one eventfd: a write() wakes both")
{
	int fd = make(0, 0);
	/* One epoll for both would tell only one of them: edge-triggered, it
	 * tells each write once. */
	pid_t a = fork_loop(fd, EPOLLIN | EPOLLET);
	pid_t b = fork_loop(fd, EPOLLIN | EPOLLET);

	put(fd, 1);
	EQUALS(ends(a), 0);
	EQUALS(ends(b), 0);
	EQUALS(take(fd), 1);			/* it was one write */
}

CLAIM("L18-24", "with EPOLLEXCLUSIVE it does not wake both")
{
	int fd = make(0, 0), status;
	pid_t a = fork_loop(fd, EPOLLIN | EPOLLEXCLUSIVE);
	pid_t b = fork_loop(fd, EPOLLIN | EPOLLEXCLUSIVE), first;

	put(fd, 1);
	first = wait(&status);
	EQUALS(status, 0);
	HOLDS(blocks(first == a ? b : a));
	put(fd, 1);				/* the next one is for it */
	EQUALS(ends(-1), 0);
}

CLAIM("L18-25", "with EPOLLONESHOT it is told once, and again only after "
      "EPOLL_CTL_MOD")
{
	struct epoll_event e = { .events = EPOLLIN | EPOLLONESHOT };
	int fd = make(1, 0), loop = make_loop(fd, EPOLLIN | EPOLLONESHOT);

	EQUALS(ready(loop), 1);
	EQUALS(ready(loop), 0);
	put(fd, 1);				/* unlike EPOLLET */
	EQUALS(ready(loop), 0);
	EQUALS(epoll_ctl(loop, EPOLL_CTL_MOD, fd, &e), 0);
	EQUALS(ready(loop), 1);
	EQUALS(ready(loop), 0);
	EQUALS(take(fd), 2);			/* though both are there */
}

CLAIM("L18-26", "from Linux 5.3 on a pidfd fits into the loop: it is ready "
      "when its process has ended, and not when that is stopped")
{
	pid_t child = fork();
	int fd, loop, status;

	if (child == 0)
		for (;;)
			pause();
	fd = (int)syscall(SYS_pidfd_open, child, 0);
	if (fd == -1 && kernel_version() < 503)
		claim_skip("pidfd_open() needs Linux 5.3");
	HOLDS(fd != -1);
	loop = make_loop(fd, EPOLLIN);
	HOLDS(kill(child, SIGSTOP) == 0);
	HOLDS(waitpid(child, &status, WUNTRACED) == child);
	EQUALS(ready(loop), 0);
	HOLDS(kill(child, SIGKILL) == 0);
	HOLDS(waitid(P_PID, (id_t)child, &(siginfo_t){ 0 },
		     WEXITED | WNOWAIT) == 0);
	EQUALS(ready(loop), 1);
}

CLAIM("L18-27", "where SIGCHLD is ignored, a child's end sends none to a "
      "signalfd, and waitpid() is ECHILD")
{
	struct signalfd_siginfo si;
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	HOLDS(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
	fd = signalfd(-1, &set, SFD_NONBLOCK);
	HOLDS(fd != -1);
	for (int ignored = 0; ignored < 2; ignored++) {
		pid_t child;

		HOLDS(signal(SIGCHLD, ignored ? SIG_IGN : SIG_DFL) != SIG_ERR);
		child = fork();
		if (child == 0)
			_exit(0);
		if (ignored) {
			FAILS(waitpid(child, NULL, 0), ECHILD);
			FAILS(read(fd, &si, sizeof si), EAGAIN);
		} else {
			EQUALS(waitpid(child, NULL, 0), child);
			EQUALS(read(fd, &si, sizeof si), sizeof si);
		}
	}
}

CLAIM("L18-28", "a timerfd that has expired is told until it is read")
{
	int fd = make_timer(0), loop = make_loop(fd, EPOLLIN);
	struct pollfd p = { fd, POLLIN, 0 };

	EQUALS(poll(&p, 1, -1), 1);
	EQUALS(ready(loop), 1);
	EQUALS(ready(loop), 1);
	EQUALS(take(fd), 3);
	EQUALS(ready(loop), 0);
}

static void *ring_in_thread(void *fd)
{
	HOLDS(blocks(getpid()));		/* the first thread waits */
	put(*(int *)fd, 6);
	return NULL;
}

CLAIM("L18-29", "threads of one process share it, too: one waits, another one "
      "writes")
{
	struct epoll_event e;
	pthread_t thread;
	int fd = make(0, 0), loop = make_loop(fd, EPOLLIN);

	EQUALS(ready(loop), 0);
	EQUALS(pthread_create(&thread, NULL, ring_in_thread, &fd), 0);
	EQUALS(epoll_wait(loop, &e, 1, -1), 1);
	EQUALS(take(fd), 6);
	EQUALS(pthread_join(thread, NULL), 0);
}

CLAIM("L18-30", "a program that is executed begins with the mask: SIGTERM that "
      "was blocked for a signalfd does not end it")
{
	sigset_t set;
	pid_t child;
	int line[2], before = make_signalfd(&set);
	char byte;

	HOLDS(before != -1);
	for (int unblocked = 0; unblocked < 2; unblocked++) {
		HOLDS(pipe(line) == 0);
		child = fork();
		if (child == 0) {
			if (unblocked)
				sigprocmask(SIG_UNBLOCK, &set, NULL);
			dup2(line[1], STDOUT_FILENO);
			execl("/bin/sh", "sh", "-c",
			      "echo x; kill -TERM $$; exit 7", (char *)NULL);
			_exit(99);
		}
		HOLDS(read(line[0], &byte, 1) == 1);	/* it runs */
		EQUALS(ends(child), unblocked ? 128 + SIGTERM : 7);
	}
}

CLAIM("L18-31", "nobody can set CLOCK_MONOTONIC, not even root: EINVAL")
{
	const clockid_t clock = CLOCK_MONOTONIC;
	struct timespec now;

	EQUALS(clock_gettime(clock, &now), 0);
	now.tv_sec += 3600;
	EQUALS(clock_settime(clock, &now), -1);
	if (errno == EPERM)	/* a filter: the kernel says EINVAL first */
		claim_skip("a filter forbids clock_settime() here");
	EQUALS(errno, EINVAL);
}

CLAIM("L18-32", "timerfd_create(): EINVAL if there is no such clock or flag; "
      "timerfd_settime(): if the nanoseconds are below 0 or above 999999999")
{
	struct itimerspec when = { { 0, 0 }, { 1000, 0 } };
	int fd = timerfd_create(CLOCK_MONOTONIC, 0);

	HOLDS(fd != -1);
	FAILS(timerfd_create(9999, 0), EINVAL);
	FAILS(timerfd_create(CLOCK_MONOTONIC, 1 << 30), EINVAL);
	when.it_value.tv_nsec = -1;
	FAILS(timerfd_settime(fd, 0, &when, NULL), EINVAL);
	when.it_value.tv_nsec = 1000000000;
	FAILS(timerfd_settime(fd, 0, &when, NULL), EINVAL);
	when.it_value.tv_nsec = 999999999;
	EQUALS(timerfd_settime(fd, 0, &when, NULL), 0);
	FAILS(timerfd_settime(fd, 1 << 30, &when, NULL), EINVAL);
}
