/*
 * claims - what the notes say about two processes, executed, and what the map
 * says about the kinds of IPC
 *
 * Ids are rows of docs/claims.tsv; L00-.. are claims of this course. A proof
 * runs in a process of its own, in an empty folder, with a deadline. What is
 * special to one facility is proven in its own lesson; here stands what a
 * whole kind has in common.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <mqueue.h>
#include <net/if.h>
#include <netinet/in.h>
#include <pthread.h>
#include <pty.h>
#include <semaphore.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../common/proof/claim.h"

struct letter {				/* a System V message */
	long type;
	char text[16];
};

/* ------------------------------------------------- one of each facility */

static void make_pair(int s[2], int type)
{
	HOLDS(socketpair(AF_UNIX, type, 0, s) == 0);
}

static int make_letters(void)
{
	int q = msgget(IPC_PRIVATE, 0600);

	HOLDS(q != -1);
	return q;
}

/* Four messages of up to 16 bytes. Unlinked at once: it goes with us. */
static mqd_t make_queue(void)
{
	struct mq_attr attr = { .mq_maxmsg = 4, .mq_msgsize = 16 };
	char name[OWN_NAME];
	mqd_t q;

	own_name(name, "map");
	q = mq_open(name, O_CREAT | O_EXCL | O_RDWR, 0600, &attr);
	if (q == -1 && (errno == ENOSYS || errno == EMFILE))
		SKIP("no POSIX queue to be had: %s; see ulimit -q",
		     errno_name(errno));
	HOLDS(q != -1 && mq_unlink(name) == 0);
	return q;
}

/* A page that this process and its children see alike, all zeros. */
static void *make_page(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	HOLDS(p != MAP_FAILED);
	return p;
}

static sem_t *make_semaphore(void)
{
	sem_t *s = make_page();

	HOLDS(sem_init(s, 1, 0) == 0);
	return s;
}

static int make_file(void)
{
	int fd = open("file", O_CREAT | O_RDWR | O_TRUNC, 0600);

	HOLDS(fd != -1);
	return fd;
}

/* --------- each carries a number from child to parent: the child's id, so
 * what arrives can have come from nobody else */

enum { ID = sizeof(pid_t) };			/* bytes of it */

/* How many ways have been shown to work in this proof: each by_...() and
 * two_...() counts itself when it has. A sentence that names eight needs 8. */
static int shown;

static void by_pipe(void)
{
	pid_t child, me, got = 0;
	int fd[2];

	HOLDS(pipe(fd) == 0);
	child = fork();
	if (child == 0) {
		me = getpid();
		_exit(write(fd[1], &me, ID) != ID);
	}
	HOLDS(read(fd[0], &got, ID) == ID && got == child);
	EQUALS(ends(child), 0);
	shown++;
}

static void by_socket(void)
{
	pid_t child, me, got = 0;
	int s[2];

	make_pair(s, SOCK_STREAM);
	child = fork();
	if (child == 0) {
		me = getpid();
		_exit(send(s[1], &me, ID, 0) != ID);
	}
	HOLDS(recv(s[0], &got, ID, 0) == ID && got == child);
	EQUALS(ends(child), 0);
	shown++;
}

static void by_queue(void)
{
	struct { long type; pid_t id; } letter = { .type = 1 };
	int q = make_letters();
	pid_t child = fork();

	if (child == 0) {
		letter.id = getpid();
		_exit(msgsnd(q, &letter, ID, 0) != 0);
	}
	EQUALS(msgrcv(q, &letter, ID, 0, 0), ID);
	EQUALS(letter.id, child);
	EQUALS(ends(child), 0);
	shown++;
}

static void by_file(void)
{
	pid_t child, me, got = 0;
	int fd = make_file();

	child = fork();
	if (child == 0) {
		me = getpid();
		_exit(pwrite(fd, &me, ID, 0) != ID);
	}
	EQUALS(ends(child), 0);			/* a file does not wait */
	HOLDS(pread(fd, &got, ID, 0) == ID && got == child);
	shown++;
}

/* A child stores its id through P, a mapping that it shares with us. */
static pid_t store_and_load(volatile pid_t *p)
{
	pid_t child;

	HOLDS(p != MAP_FAILED);
	EQUALS(*p, 0);
	child = fork();
	if (child == 0) {
		*p = getpid();
		_exit(0);
	}
	EQUALS(ends(child), 0);
	EQUALS(*p, child);
	shown++;
	return child;
}

static void *map(int fd)
{
	HOLDS(fd != -1 && ftruncate(fd, 4096) == 0);
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
}

static void by_mmap(void)
{
	int fd = make_file();
	pid_t child = store_and_load(map(fd)), got = 0;

	HOLDS(pread(fd, &got, ID, 0) == ID && got == child);
}

static void by_shared_memory(void)
{
	int id = shmget(IPC_PRIVATE, ID, 0600);
	void *p = shmat(id, NULL, 0);

	HOLDS(id != -1 && p != (void *)-1);
	HOLDS(shmctl(id, IPC_RMID, NULL) == 0);
	store_and_load(p);
}

/* CHILD must sleep until the parent has let go, and then end well. */
#define LETS_GO(child, call)		\
	do {				\
		HOLDS(blocks(child));	\
		HOLDS(call);		\
		EQUALS(ends(child), 0);	\
	} while (0)

static void by_semaphore(void)			/* no number, only "now" */
{
	sem_t *s = make_semaphore();
	pid_t child = fork();

	if (child == 0)
		_exit(sem_wait(s) != 0);
	LETS_GO(child, sem_post(s) == 0);
	shown++;
}

/* A signal with a value: the parent finds 'x' beside its number. */
static void by_signal(void)
{
	siginfo_t info;
	sigset_t set;
	pid_t child;

	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN);
	HOLDS(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
	child = fork();
	if (child == 0)
		_exit(sigqueue(getppid(), SIGRTMIN,
			       (union sigval){ .sival_int = 'x' }) != 0);
	EQUALS(sigwaitinfo(&set, &info), SIGRTMIN);
	EQUALS(info.si_value.sival_int, 'x');
	EQUALS(info.si_pid, child);
	EQUALS(ends(child), 0);
	shown++;
}

CLAIM("1-004 1-005 2-001",
      "files, mmap, semaphores, shared memory, queues, pipes, sockets, signals")
{
	by_file();
	by_mmap();
	by_semaphore();
	by_shared_memory();
	by_queue();
	by_pipe();
	by_socket();
	by_signal();
	EQUALS(shown, 8);
}

/* ------------------------------------------- what the short lists omit */

static void by_file_lock(void)
{
	int fd = make_file();
	pid_t child;

	HOLDS(flock(fd, LOCK_EX) == 0);
	child = fork();
	if (child == 0)				/* its own open: its own lock */
		_exit(flock(open("file", O_RDWR), LOCK_EX) != 0);
	LETS_GO(child, flock(fd, LOCK_UN) == 0);
	shown++;
}

static void by_mutex(void)
{
	pthread_mutex_t *m = make_page();
	pthread_mutexattr_t attr;
	pid_t child;

	HOLDS(pthread_mutexattr_init(&attr) == 0);
	HOLDS(pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED) == 0);
	HOLDS(pthread_mutex_init(m, &attr) == 0);
	HOLDS(pthread_mutex_lock(m) == 0);
	child = fork();
	if (child == 0)
		_exit(pthread_mutex_lock(m) != 0);
	LETS_GO(child, pthread_mutex_unlock(m) == 0);
	shown++;
}

struct meeting {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int begun;
};

static void by_condition_variable(void)
{
	struct meeting *m = make_page();
	pthread_mutexattr_t lock;
	pthread_condattr_t cond;
	pid_t child;

	HOLDS(pthread_mutexattr_init(&lock) == 0);
	HOLDS(pthread_mutexattr_setpshared(&lock, PTHREAD_PROCESS_SHARED) == 0);
	HOLDS(pthread_mutex_init(&m->lock, &lock) == 0);
	HOLDS(pthread_condattr_init(&cond) == 0);
	HOLDS(pthread_condattr_setpshared(&cond, PTHREAD_PROCESS_SHARED) == 0);
	HOLDS(pthread_cond_init(&m->changed, &cond) == 0);
	child = fork();
	if (child == 0) {
		pthread_mutex_lock(&m->lock);
		while (!m->begun)
			pthread_cond_wait(&m->changed, &m->lock);
		_exit(0);
	}
	HOLDS(blocks(child));
	HOLDS(pthread_mutex_lock(&m->lock) == 0);
	m->begun = 1;
	HOLDS(pthread_cond_signal(&m->changed) == 0);
	HOLDS(pthread_mutex_unlock(&m->lock) == 0);
	EQUALS(ends(child), 0);
	shown++;
}

static void by_eventfd(void)
{
	uint64_t one = 1, got = 0;
	int fd = eventfd(0, 0);
	pid_t child;

	HOLDS(fd != -1);
	child = fork();
	if (child == 0)
		_exit(read(fd, &got, 8) != 8 || got != 1);
	LETS_GO(child, write(fd, &one, 8) == 8);
	shown++;
}

static void by_pseudoterminal(void)
{
	int master, slave;
	char digits[16] = "";
	pid_t child;

	HOLDS(openpty(&master, &slave, NULL, NULL, NULL) == 0);
	child = fork();
	if (child == 0)
		_exit(dprintf(slave, "%d", (int)getpid()) <= 0);
	HOLDS(read(master, digits, sizeof digits - 1) > 0);
	EQUALS(atoi(digits), child);
	EQUALS(ends(child), 0);
	shown++;
}

static void by_plain_signal(void)
{
	siginfo_t info;
	sigset_t set;
	pid_t child;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	HOLDS(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
	child = fork();
	if (child == 0)
		_exit(kill(getppid(), SIGUSR1) != 0);
	EQUALS(sigwaitinfo(&set, &info), SIGUSR1);
	EQUALS(info.si_pid, child);
	EQUALS(ends(child), 0);
	shown++;
}

CLAIM("0-001 2-004",
      "and locks, mutexes, condition variables, eventfd, pseudoterminals")
{
	by_file_lock();
	by_mutex();
	by_condition_variable();
	by_eventfd();
	by_pseudoterminal();
	by_plain_signal();
	EQUALS(shown, 6);
}

CLAIM("4-001", "to communicate, to synchronize, and a signal for either")
{
	by_pipe();
	by_semaphore();
	by_plain_signal();
	by_signal();
	EQUALS(shown, 4);
}

/* -------------------------------------------------------------- a file */

CLAIM("0-009", "a file is IPC without waiting: early is 0 bytes; no epoll")
{
	struct epoll_event ready = { .events = EPOLLIN };
	int early = make_file(), late = open("file", O_RDONLY);
	int watch = epoll_create1(0), fd[2];
	pid_t child, me, got = 0;

	EQUALS(read(early, &got, ID), 0);
	child = fork();
	if (child == 0) {
		me = getpid();
		_exit(write(open("file", O_WRONLY), &me, ID) != ID);
	}
	EQUALS(ends(child), 0);
	HOLDS(read(early, &got, ID) == ID && got == child);
	got = 0;				/* not consumed: once more */
	HOLDS(read(late, &got, ID) == ID && got == child);
	FAILS(epoll_ctl(watch, EPOLL_CTL_ADD, late, &ready), EPERM);

	/* A pipe is watched by the same epoll, and early is not 0 bytes. */
	HOLDS(pipe2(fd, O_NONBLOCK) == 0);
	EQUALS(epoll_ctl(watch, EPOLL_CTL_ADD, fd[0], &ready), 0);
	FAILS(read(fd[0], &got, ID), EAGAIN);
}

CLAIM("1-408 1-409", "POSIX objects are files of their own file systems")
{
	enum { TMPFS = 0x01021994, MQUEUE = 0x19800202 };
	char name[OWN_NAME], path[OWN_NAME + 16];
	struct statfs fs;
	sem_t *s;
	int fd;

	own_name(name, "map");
	fd = shm_open(name, O_CREAT | O_EXCL | O_RDWR, 0600);
	HOLDS(fd != -1 && fstatfs(fd, &fs) == 0 && fs.f_type == TMPFS);
	HOLDS(shm_unlink(name) == 0);
	FAILS(shm_open(name, O_RDWR, 0), ENOENT);
	HOLDS(fstatfs(make_file(), &fs) == 0);
	HOLDS(fs.f_type != MQUEUE);		/* not where we work */

	snprintf(path, sizeof path, "/dev/shm/%s%s",
		 glibc_version() ? "sem." : "", name + 1);
	FAILS(access(path, F_OK), ENOENT);
	s = sem_open(name, O_CREAT | O_EXCL, 0600, 1);
	HOLDS(s != SEM_FAILED);			/* a pointer, no descriptor */
	HOLDS(statfs(path, &fs) == 0 && fs.f_type == TMPFS);
	HOLDS(sem_unlink(name) == 0);
	FAILS(access(path, F_OK), ENOENT);

	HOLDS(fstatfs(make_queue(), &fs) == 0 && fs.f_type == MQUEUE);
}

/* ------------------------------------------------------ data transfer */

CLAIM("2-005 4-003 4-036", "data transfer: one writes, another reads")
{
	by_pipe();
	by_queue();
	by_socket();
	EQUALS(shown, 3);
}

CLAIM("4-002", "a pipe, a queue and shared memory each carry data")
{
	by_pipe();
	by_queue();
	by_shared_memory();
	EQUALS(shown, 3);
}

/* "abc" and "defgh" go in at TO, by a write() each. How many bytes does one
 * read() at FROM get? */
static ssize_t read_after_two_writes(int from, int to)
{
	char buf[16];

	HOLDS(write(to, "abc", 3) == 3);
	HOLDS(write(to, "defgh", 5) == 5);
	return read(from, buf, sizeof buf);
}

CLAIM("2-006 4-004 4-042", "a byte stream: any part may be read; no borders")
{
	char buf[8];
	int fd[2], s[2];

	HOLDS(pipe(fd) == 0 && write(fd[1], "abc", 3) == 3);
	EQUALS(read(fd[0], buf, 2), 2);
	EQUALS(read(fd[0], buf, 2), 1);
	EQUALS(read_after_two_writes(fd[0], fd[1]), 8);
	FAILS(lseek(fd[0], 0, SEEK_SET), ESPIPE);	/* no file after all */
	make_pair(s, SOCK_DGRAM);			/* it has borders */
	EQUALS(read_after_two_writes(s[1], s[0]), 3);
}

/* Send "abc" and "defgh" and take them: 3 and 5 bytes come. */
static void two_letters(void)
{
	struct letter in = { 1, "abc" }, out;
	int q = make_letters();

	HOLDS(msgsnd(q, &in, 3, 0) == 0);
	strcpy(in.text, "defgh");
	HOLDS(msgsnd(q, &in, 5, 0) == 0);
	EQUALS(msgrcv(q, &out, sizeof out.text, 0, 0), 3);
	EQUALS(msgrcv(q, &out, sizeof out.text, 0, 0), 5);
	shown++;
}

static void two_queued(void)
{
	mqd_t q = make_queue();
	char buf[16];

	HOLDS(mq_send(q, "abc", 3, 0) == 0 && mq_send(q, "defgh", 5, 0) == 0);
	EQUALS(mq_receive(q, buf, sizeof buf, NULL), 3);
	EQUALS(mq_receive(q, buf, sizeof buf, NULL), 5);
	shown++;
}

static void two_datagrams(void)
{
	char buf[16];
	int s[2];

	make_pair(s, SOCK_DGRAM);
	HOLDS(send(s[0], "abc", 3, 0) == 3 && send(s[0], "defgh", 5, 0) == 5);
	EQUALS(recv(s[1], buf, sizeof buf, 0), 3);
	EQUALS(recv(s[1], buf, sizeof buf, 0), 5);
	shown++;
}

CLAIM("2-010 4-009 4-043",
      "messages, by both queues and by datagrams: sent apart, received apart")
{
	two_letters();
	two_queued();
	two_datagrams();
	EQUALS(shown, 3);
}

CLAIM("4-032", "facilities are alike: two queues, one exchange, one result")
{
	two_letters();
	two_queued();
	EQUALS(shown, 2);
}

CLAIM("4-041", "the stream socket is a byte stream; the datagram socket not")
{
	int s[2];

	make_pair(s, SOCK_STREAM);
	EQUALS(read_after_two_writes(s[1], s[0]), 8);
	make_pair(s, SOCK_DGRAM);
	EQUALS(read_after_two_writes(s[1], s[0]), 3);
	two_datagrams();
	EQUALS(shown, 1);
}

CLAIM("4-037 4-049", "any number write and read; each message has one taker")
{
	enum { EACH = 100, LAST = 255 };
	unsigned char *taken = make_page(), n;
	mqd_t q = make_queue();
	int mine = 0;
	char buf[16];
	pid_t reader;

	/* Both wait before anything is written, so each one gets some. */
	for (int i = 0; i < 2; i++) {
		reader = fork();
		if (reader == 0) {
			while (mq_receive(q, buf, sizeof buf, NULL) == 1 &&
			       (n = (unsigned char)buf[0]) != LAST) {
				taken[n]++;
				mine++;
			}
			_exit(mine == 0);
		}
		HOLDS(blocks(reader));
	}
	for (int writer = 0; writer < 2; writer++)
		if (fork() == 0) {
			for (int i = 0; i < EACH; i++) {
				buf[0] = (char)(writer * EACH + i);
				if (mq_send(q, buf, 1, 1) == -1)
					_exit(1);
			}
			/* of lower priority: all others go first */
			buf[0] = (char)LAST;
			_exit(mq_send(q, buf, 1, 0) != 0);
		}
	for (int i = 0; i < 4; i++)
		EQUALS(ends(-1), 0);
	for (int i = 0; i < 2 * EACH; i++)
		EQUALS(taken[i], 1);
}

CLAIM("4-049", "what one has read, another cannot read any more")
{
	int fd[2], pid;
	char buf[8];

	HOLDS(pipe(fd) == 0 && write(fd[1], "abcdef", 6) == 6);
	pid = fork();
	if (pid == 0)
		_exit(read(fd[0], buf, 3) != 3 || memcmp(buf, "abc", 3) != 0);
	EQUALS(ends(pid), 0);
	EQUALS(read(fd[0], buf, sizeof buf), 3);
	HOLDS(memcmp(buf, "def", 3) == 0);
	FAILS(lseek(fd[0], 0, SEEK_SET), ESPIPE);	/* no way back */
}

/* Put "before" into a pipe, by write() or by vmsplice(), and only then change
 * the page that it is in. What comes out? */
static const char *what_comes_out(int by_vmsplice)
{
	static char got[8];
	char *page = make_page();
	struct iovec iov = { page, 6 };
	int fd[2];

	HOLDS(pipe(fd) == 0);
	memcpy(page, "before", 6);
	if (by_vmsplice)
		HOLDS(vmsplice(fd[1], &iov, 1, 0) == 6);
	else
		HOLDS(write(fd[1], page, 6) == 6);
	memcpy(page, "after!", 6);
	HOLDS(read(fd[0], got, 6) == 6);
	return got;
}

CLAIM("4-038", "write() copies; vmsplice() does not, it maps the page")
{
	HOLDS(strcmp(what_comes_out(0), "before") == 0);
	HOLDS(strcmp(what_comes_out(1), "after!") == 0);
}

CLAIM("4-038", "process_vm_readv() copies once, past any facility")
{
	char ours[8] = "", theirs[8] = "ours";
	struct iovec to = { ours, sizeof ours };
	struct iovec from = { theirs, sizeof theirs };
	int fd[2], pid;
	ssize_t n;

	HOLDS(pipe(fd) == 0);
	pid = fork();
	if (pid == 0) {
		strcpy(theirs, "theirs");	/* its own copy of the stack */
		HOLDS(write(fd[1], "", 1) == 1);
		pause();
	}
	HOLDS(read(fd[0], ours, 1) == 1);
	n = process_vm_readv(pid, &to, 1, &from, 1, 0);
	if (n == -1 && (errno == EPERM || errno == ENOSYS))
		SKIP("no look into another process here: %s; a container must "
		     "allow ptrace", errno_name(errno));
	EQUALS(n, sizeof theirs);
	HOLDS(strcmp(ours, "theirs") == 0);
	HOLDS(kill(pid, SIGKILL) == 0 && ends(pid) == 128 + SIGKILL);
}

CLAIM("4-044", "a message that does not fit: cut, refused, or cut if you ask")
{
	struct letter in = { 1, "hello" }, out;
	mqd_t mq = make_queue();
	int s[2], q = make_letters();
	char buf[2], enough[16];

	make_pair(s, SOCK_DGRAM);
	HOLDS(send(s[0], "hello", 5, 0) == 5 && send(s[0], "hello", 5, 0) == 5);
	EQUALS(recv(s[1], buf, 2, 0), 2);
	EQUALS(recv(s[1], buf, 2, MSG_TRUNC), 5);	/* the true length */
	FAILS(recv(s[1], buf, 2, MSG_DONTWAIT), EAGAIN);  /* rest is gone */

	HOLDS(msgsnd(q, &in, 5, 0) == 0);
	FAILS(msgrcv(q, &out, 4, 0, 0), E2BIG);		/* one byte short */
	EQUALS(msgrcv(q, &out, 2, 0, MSG_NOERROR), 2);
	FAILS(msgrcv(q, &out, 2, 0, IPC_NOWAIT), ENOMSG);	/* so here */

	HOLDS(mq_send(mq, "hello", 5, 0) == 0);
	FAILS(mq_receive(mq, enough, 15, NULL), EMSGSIZE);	/* of 16 */
	EQUALS(mq_receive(mq, enough, sizeof enough, NULL), 5);
}

CLAIM("4-045", "recvmmsg() takes several messages in one call")
{
	struct iovec iov[8];
	struct mmsghdr msg[8] = { 0 };
	char buf[8][8] = { { 0 } };
	int s[2];

	make_pair(s, SOCK_DGRAM);
	for (int i = 0; i < 8; i++) {
		iov[i] = (struct iovec){ buf[i], sizeof buf[i] };
		msg[i].msg_hdr.msg_iov = &iov[i];
		msg[i].msg_hdr.msg_iovlen = 1;
	}
	for (size_t i = 1; i <= 4; i++)
		HOLDS(send(s[0], "abcd", i, 0) == (ssize_t)i);
	EQUALS(recvmmsg(s[1], msg, 8, MSG_DONTWAIT, NULL), 4);
	for (unsigned i = 0; i < 4; i++)
		EQUALS(msg[i].msg_len, i + 1);		/* borders kept */
}

CLAIM("4-048", "MSG_PEEK and tee() read and leave what they read")
{
	int s[2], from[2], to[2];
	char buf[8];

	make_pair(s, SOCK_STREAM);
	HOLDS(send(s[0], "abc", 3, 0) == 3);
	EQUALS(recv(s[1], buf, sizeof buf, MSG_PEEK), 3);
	EQUALS(recv(s[1], buf, sizeof buf, 0), 3);
	FAILS(recv(s[1], buf, sizeof buf, MSG_DONTWAIT), EAGAIN);

	HOLDS(pipe(from) == 0 && pipe(to) == 0);
	HOLDS(write(from[1], "abcdef", 6) == 6);
	EQUALS(tee(from[0], to[1], 8, 0), 6);
	EQUALS(read(to[0], buf, sizeof buf), 6);
	EQUALS(read(from[0], buf, sizeof buf), 6);
}

CLAIM("4-048", "and so does MSG_COPY")
{
	struct letter in = { 1, "abc" }, out = { 0 };
	int q = make_letters();
	ssize_t n;

	HOLDS(msgsnd(q, &in, 3, 0) == 0);
	n = msgrcv(q, &out, 8, 0, MSG_COPY | IPC_NOWAIT);
	if (n == -1 && errno == ENOSYS)
		SKIP("this kernel has no MSG_COPY; build one with "
		     "CONFIG_CHECKPOINT_RESTORE");
	EQUALS(n, 3);
	EQUALS(msgrcv(q, &out, 8, 0, IPC_NOWAIT), 3);
	FAILS(msgrcv(q, &out, 8, 0, IPC_NOWAIT), ENOMSG);
}

CLAIM("4-052", "who reads waits for who writes, and nobody has to say so")
{
	int fd[2], child;
	char c;

	HOLDS(pipe(fd) == 0);
	child = fork();
	if (child == 0)
		_exit(read(fd[0], &c, 1) != 1);
	LETS_GO(child, write(fd[1], "x", 1) == 1);
}

/* Of 1000 datagrams, how many does a reader with little room get: if it reads
 * after EACH one, or only when all are sent? */
static int how_many_arrive(int each)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t size = sizeof at;
	int to = socket(AF_INET, SOCK_DGRAM, 0), room = 1, got = 0;
	int from = socket(AF_INET, SOCK_DGRAM, 0);
	char buf[512] = { 0 };

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	HOLDS(bind(to, (struct sockaddr *)&at, size) == 0);
	HOLDS(getsockname(to, (struct sockaddr *)&at, &size) == 0);
	HOLDS(connect(from, (struct sockaddr *)&at, size) == 0);
	HOLDS(setsockopt(to, SOL_SOCKET, SO_RCVBUF, &room, sizeof room) == 0);
	for (int i = 0; i < 1000; i++) {
		EQUALS(send(from, buf, sizeof buf, 0), sizeof buf);
		if (each && recv(to, buf, sizeof buf, 0) != -1)
			got++;
	}
	while (recv(to, buf, sizeof buf, MSG_DONTWAIT) != -1)
		got++;
	return got;
}

CLAIM("4-052", "but no reader holds back who sends by UDP: the rest is dropped")
{
	int late = how_many_arrive(0);

	HOLDS(late > 0 && late < 1000);
	EQUALS(how_many_arrive(1), 1000);
}

/* In a network of our own, with the address 10.9.9.1: a bridge that leads
 * nowhere. Who sends to another address of this network asks first who that is,
 * and nobody answers: what was sent is kept back for some seconds. */
static void make_network(void)
{
	struct ifreq r = { .ifr_name = "br0" };
	struct sockaddr_in at = { .sin_family = AF_INET };
	int s;

	if (unshare(CLONE_NEWNET) == -1 &&
	    unshare(CLONE_NEWUSER | CLONE_NEWNET) == -1)
		SKIP("no network of its own for a process here: %s; run it as "
		     "root", errno_name(errno));
	s = socket(AF_INET, SOCK_DGRAM, 0);
	HOLDS(s != -1);
	if (ioctl(s, SIOCBRADDBR, "br0") == -1)
		SKIP("this kernel has no bridge: %s; as root: modprobe bridge",
		     errno_name(errno));
	at.sin_addr.s_addr = inet_addr("10.9.9.1");
	memcpy(&r.ifr_addr, &at, sizeof at);
	HOLDS(ioctl(s, SIOCSIFADDR, &r) == 0);
	at.sin_addr.s_addr = inet_addr("255.255.255.0");
	memcpy(&r.ifr_netmask, &at, sizeof at);
	HOLDS(ioctl(s, SIOCSIFNETMASK, &r) == 0);
	r.ifr_flags = IFF_UP;
	HOLDS(ioctl(s, SIOCSIFFLAGS, &r) == 0);
	HOLDS(close(s) == 0);
}

CLAIM("L00-22", "a UDP sender waits for room in its own send buffer, or is "
      "EAGAIN, while what it has sent is still on this machine")
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9) };
	int s, small = 1, waiting = 0;
	char buf[512] = { 0 };
	pid_t child;

	make_network();
	s = socket(AF_INET, SOCK_DGRAM, 0);
	HOLDS(setsockopt(s, SOL_SOCKET, SO_SNDBUF, &small, sizeof small) == 0);
	to.sin_addr.s_addr = inet_addr("10.9.9.2");
	HOLDS(connect(s, (struct sockaddr *)&to, sizeof to) == 0);
	/* There is room at first, and what is sent stays here. */
	EQUALS(send(s, buf, sizeof buf, MSG_DONTWAIT), sizeof buf);
	HOLDS(ioctl(s, SIOCOUTQ, &waiting) == 0 && waiting > 0);
	child = fork();
	if (child == 0) {
		for (int i = 0; i < 1000; i++)
			EQUALS(send(s, buf, sizeof buf, 0), sizeof buf);
		_exit(0);
	}
	HOLDS(blocks(child));
	FAILS(send(s, buf, sizeof buf, MSG_DONTWAIT), EAGAIN);
	HOLDS(kill(child, SIGKILL) == 0 && ends(child) == 128 + SIGKILL);
}

/* A child that makes CALL sleeps in it. */
#define WAITS(call)							\
	do {								\
		pid_t waiter_ = fork();					\
									\
		if (waiter_ == 0)					\
			_exit((call) == -1);				\
		HOLDS(blocks(waiter_));					\
		HOLDS(kill(waiter_, SIGKILL) == 0);			\
		EQUALS(ends(waiter_), 128 + SIGKILL);			\
	} while (0)

CLAIM("4-053", "to wait is the default: each has a way not to")
{
	struct letter letter;
	int fd[2], s[2], q = make_letters();
	char c;

	HOLDS(pipe(fd) == 0);
	WAITS(read(fd[0], &c, 1));
	HOLDS(fcntl(fd[0], F_SETFL, O_NONBLOCK) == 0);
	FAILS(read(fd[0], &c, 1), EAGAIN);
	make_pair(s, SOCK_STREAM);
	WAITS(recv(s[1], &c, 1, 0));
	FAILS(recv(s[1], &c, 1, MSG_DONTWAIT), EAGAIN);
	WAITS(msgrcv(q, &letter, 1, 0, 0));
	FAILS(msgrcv(q, &letter, 1, 0, IPC_NOWAIT), ENOMSG);
}

CLAIM("4-053", "and a wait ends when the other side, or the queue, has gone")
{
	int fd[2], q = make_letters(), child;
	struct letter letter;
	static char c[1024 * 1024];		/* more than a pipe holds */

	HOLDS(pipe(fd) == 0);
	child = fork();
	if (child == 0)
		_exit(close(fd[1]) != 0 || read(fd[0], c, 1) != 0);
	LETS_GO(child, close(fd[1]) == 0);

	HOLDS(pipe(fd) == 0);
	HOLDS(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
	child = fork();
	if (child == 0) {
		HOLDS(close(fd[0]) == 0 && write(fd[1], c, sizeof c) > 0);
		FAILS(write(fd[1], c, 1), EPIPE);
		_exit(0);
	}
	LETS_GO(child, close(fd[0]) == 0);

	child = fork();
	if (child == 0) {
		FAILS(msgrcv(q, &letter, 1, 0, 0), EIDRM);
		_exit(0);
	}
	LETS_GO(child, msgctl(q, IPC_RMID, NULL) == 0);
}

/* ------------------------------------------------------ shared memory */

CLAIM("2-014 4-013", "shared memory: three read one value, and it stays")
{
	char *shared = make_page();

	if (fork() == 0) {
		*shared = 'x';
		_exit(0);
	}
	EQUALS(ends(-1), 0);
	for (int i = 0; i < 3; i++) {
		if (fork() == 0) {
			shared[1]++;		/* one more has read */
			_exit(*shared != 'x');
		}
		EQUALS(ends(-1), 0);
	}
	EQUALS(shared[1], 3);
	HOLDS(*shared == 'x');
}

CLAIM("4-054", "three flavors: System V, POSIX, mappings; and Linux's memfd")
{
	char name[OWN_NAME];
	int fd;

	by_shared_memory();
	own_name(name, "map");
	fd = shm_open(name, O_CREAT | O_EXCL | O_RDWR, 0600);
	HOLDS(fd != -1 && shm_unlink(name) == 0);
	store_and_load(map(fd));
	store_and_load(map(make_file()));
	store_and_load(make_page());
	store_and_load(map(memfd_create("map", 0)));
	EQUALS(shown, 5);
}

CLAIM("L00-01", "memory needs no system call; a queue and a socket need one")
{
	volatile char *shared = make_page();
	struct letter letter = { 1, "x" };
	int q = make_letters(), s[2];

	make_pair(s, SOCK_DGRAM);
	for (int way = 0; way < 3; way++) {
		if (fork() == 0) {
			forbid_system_calls();
			if (way == 0)
				*shared = 'x';
			else if (way == 1)
				msgsnd(q, &letter, 1, 0);
			else
				send(s[0], "x", 1, 0);
			_exit(0);
		}
		EQUALS(ends(-1), way == 0 ? 0 : 128 + SIGSYS);
	}
	EQUALS(*shared, 'x');
}

/* ---------------------------------------------------- synchronization */

CLAIM("2-002 2-003 2-020 4-019",
      "synchronization moves no data, yet makes an order")
{
	char before[4096];			/* all that the two share */
	sem_t *s = make_semaphore();
	pid_t second;

	memcpy(before, s, sizeof before);
	second = fork();
	if (second == 0)
		_exit(sem_wait(s) != 0);
	HOLDS(blocks(second));			/* before anything is posted */
	HOLDS(sem_post(s) == 0);
	EQUALS(ends(second), 0);		/* and only now */
	HOLDS(memcmp(before, s, sizeof before) == 0);
}

/* -------------------------------------------------------- fork and exec */

/* Run SCRIPT with sh, in place of this process. */
_Noreturn static void run_sh(const char *script)
{
	execl("/bin/sh", "sh", "-c", script, (char *)NULL);
	_exit(99);
}

/* Wait until child PID has ended, and leave it a zombie. */
static void see_it_end(pid_t pid)
{
	siginfo_t info;

	HOLDS(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) == 0);
}

/* The letter of the state of PID, from /proc. */
static char state_of(pid_t pid)
{
	char path[32], line[256];
	char state = 0;
	FILE *f;

	if (proc_trouble())
		SKIP("%s", proc_trouble());
	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	f = fopen(path, "r");
	HOLDS(f != NULL);
	while (!state && fgets(line, sizeof line, f))
		sscanf(line, "State: %c", &state);
	HOLDS(fclose(f) == 0);
	return state;
}

/* Is FD open in this process? */
static int is_open(int fd)
{
	return fcntl(fd, F_GETFD) != -1;
}

CLAIM("L00-02", "fork() copies memory: neither sees what the other stores")
{
	enum { BYTES = sizeof(int) };
	static int number = 1;
	int to_child[2], to_parent[2], theirs = 0;
	pid_t child;

	HOLDS(pipe(to_child) == 0 && pipe(to_parent) == 0);
	child = fork();
	if (child == 0) {
		HOLDS(read(to_child[0], &theirs, BYTES) == BYTES);
		EQUALS(theirs, 2);		/* so it is in the parent */
		EQUALS(number, 1);		/* here as it was at fork() */
		number = 42;
		HOLDS(write(to_parent[1], &number, BYTES) == BYTES);
		_exit(0);
	}
	number = 2;
	HOLDS(write(to_child[1], &number, BYTES) == BYTES);
	EQUALS(ends(child), 0);
	HOLDS(read(to_parent[0], &theirs, BYTES) == BYTES);
	EQUALS(theirs, 42);			/* so it was in the child */
	EQUALS(number, 2);
}

CLAIM("L00-03", "an open file is shared with the child, and its place to read "
      "from; what the child opens itself has a place of its own")
{
	int fd = make_file(), child;
	char word[4] = "";

	HOLDS(write(fd, "onetwosix", 9) == 9 && lseek(fd, 0, SEEK_SET) == 0);
	child = fork();
	if (child == 0)
		_exit(read(fd, word, 3) != 3 || strcmp(word, "one") != 0);
	EQUALS(ends(child), 0);
	EQUALS(read(fd, word, 3), 3);
	HOLDS(strcmp(word, "two") == 0);

	HOLDS(lseek(fd, 0, SEEK_SET) == 0);
	child = fork();
	if (child == 0) {
		int own = open("file", O_RDONLY);

		_exit(read(own, word, 3) != 3 || strcmp(word, "one") != 0);
	}
	EQUALS(ends(child), 0);
	EQUALS(read(fd, word, 3), 3);
	HOLDS(strcmp(word, "one") == 0);
}

CLAIM("L00-04", "fork() returns 0 in the child, and its id in the parent")
{
	volatile pid_t *id = make_page();
	pid_t me = getpid(), child = fork();

	if (child == 0) {
		*id = getpid();
		_exit(getppid() != me || *id == me);
	}
	HOLDS(child > 0 && child != me);
	EQUALS(ends(child), 0);
	EQUALS(*id, child);
	EQUALS(getpid(), me);
}

CLAIM("L00-19", "the child has a copy of each descriptor, under its number; "
      "close() in one of the two leaves the other's open")
{
	int ours = make_file(), theirs = open("file", O_RDONLY), child;
	int go[2];
	char c;

	HOLDS(theirs != -1 && pipe(go) == 0);
	child = fork();
	if (child == 0) {
		HOLDS(close(theirs) == 0 && !is_open(theirs));
		HOLDS(read(go[0], &c, 1) == 1);	/* the parent has closed */
		HOLDS(write(ours, "x", 1) == 1);
		_exit(0);
	}
	HOLDS(close(ours) == 0 && !is_open(ours));
	HOLDS(write(go[1], "x", 1) == 1);
	EQUALS(ends(child), 0);
	EQUALS(read(theirs, &c, 1), 1);		/* what the child has written */
}

CLAIM("L00-05", "exec() keeps id, parent and descriptors; memory is new")
{
	/* Memory with a name that /proc/PID/maps shows; fork() copies it. */
	void *old = map(memfd_create("old-memory", 0));
	int out[2], child;
	char script[160], line[64] = "";

	if (proc_trouble())
		SKIP("%s", proc_trouble());
	HOLDS(old != MAP_FAILED && pipe(out) == 0);
	snprintf(script, sizeof script, "echo $$ $PPID "
		 "$(grep -c old-memory /proc/$PPID/maps) "
		 "$(grep -c old-memory /proc/$$/maps) >&%d", out[1]);
	child = fork();
	if (child == 0)
		run_sh(script);
	HOLDS(read(out[0], line, sizeof line - 1) > 0);
	snprintf(script, sizeof script, "%d %d 1 0\n", child, (int)getpid());
	HOLDS(strcmp(line, script) == 0);
	EQUALS(ends(child), 0);
}

CLAIM("L00-06", "exec() closes descriptors with O_CLOEXEC, and only if it "
      "succeeds; a copy by dup() or dup2() has no O_CLOEXEC")
{
	char script[160];
	int plain = make_file(), child;
	int cloexec = open("file", O_RDONLY | O_CLOEXEC);
	int copy = dup(cloexec);

	HOLDS(cloexec != -1 && copy != -1 && dup2(cloexec, 9) == 9);
	FAILS(execl("./nothing", "nothing", (char *)NULL), ENOENT);
	HOLDS(is_open(cloexec));
	HOLDS(plain < 9 && cloexec < 9 && copy < 9);
	snprintf(script, sizeof script, "for fd in %d %d 9; do "
		 "eval \": <&$fd\" || exit 1; done; "
		 "(eval \": <&%d\") 2> /dev/null && exit 2; exit 0",
		 plain, copy, cloexec);
	child = fork();
	if (child == 0)
		run_sh(script);
	EQUALS(ends(child), 0);
	/* Without the flag it would have been there. */
	HOLDS(fcntl(cloexec, F_SETFD, 0) == 0);
	child = fork();
	if (child == 0)
		run_sh(script);
	EQUALS(ends(child), 2);
}

CLAIM("L00-07", "dup2() closes newfd, and makes it a copy that shares the "
      "place to read from; onto itself it does nothing")
{
	int file = make_file(), fd[2];
	char c[4] = "";

	HOLDS(write(file, "abc", 3) == 3 && lseek(file, 0, SEEK_SET) == 0);
	HOLDS(pipe(fd) == 0);
	EQUALS(dup2(file, fd[1]), fd[1]);
	EQUALS(read(fd[0], c, 1), 0);		/* end-of-file: it was closed */
	HOLDS(read(fd[1], c, 1) == 1 && c[0] == 'a');
	HOLDS(read(file, c, 1) == 1 && c[0] == 'b');

	HOLDS(fcntl(file, F_SETFD, FD_CLOEXEC) == 0);
	EQUALS(dup2(file, file), file);
	EQUALS(fcntl(file, F_GETFD), FD_CLOEXEC);
	HOLDS(read(file, c, 1) == 1 && c[0] == 'c');

	HOLDS(close(STDIN_FILENO) == 0);	/* and the lowest number is */
	EQUALS(open("file", O_RDONLY), STDIN_FILENO);	/* taken first */
}

CLAIM("L00-20", "dup2() is EBADF if oldfd is not open, or newfd is too large; "
      "with no number free, open() and dup() are EMFILE")
{
	struct rlimit few = { 8, 8 };

	FAILS(dup2(7, 1), EBADF);
	HOLDS(setrlimit(RLIMIT_NOFILE, &few) == 0);
	EQUALS(dup2(1, 7), 7);
	FAILS(dup2(1, 8), EBADF);
	while (dup(1) != -1)
		;
	EQUALS(errno, EMFILE);
	FAILS(dup(1), EMFILE);
	FAILS(open(".", O_RDONLY), EMFILE);
}

CLAIM("L00-15", "exec() that fails returns, with ENOENT or EACCES, and the "
      "process goes on in the same program")
{
	int script;
	pid_t me;

	HOLDS(close(make_file()) == 0);
	script = open("script", O_WRONLY | O_CREAT, 0700);
	HOLDS(dprintf(script, "#!./nothing\n") > 0 && close(script) == 0);
	if (fork() == 0) {		/* a program that runs has not 7 */
		me = getpid();
		FAILS(execl("./nothing", "nothing", (char *)NULL), ENOENT);
		FAILS(execl("./script", "script", (char *)NULL), ENOENT);
		FAILS(execl("./file", "file", (char *)NULL), EACCES);
		FAILS(execl(".", "a-folder", (char *)NULL), EACCES);
		_exit(getpid() == me ? 7 : 1);
	}
	EQUALS(ends(-1), 7);
}

CLAIM("L00-23", "a system call that the kernel does not have is ENOSYS")
{
	FAILS(syscall(1000000), ENOSYS);
	EQUALS(syscall(SYS_getpid), getpid());
}

CLAIM("L00-16", "fork() is EAGAIN, and there is no child, if this user may "
      "have no more processes")
{
	struct rlimit none = { 0, 0 };
	pid_t child = fork();

	if (child == 0) {
		become_ordinary_user();
		HOLDS(setrlimit(RLIMIT_NPROC, &none) == 0);
		FAILS(fork(), EAGAIN);
		FAILS(wait(NULL), ECHILD);
		_exit(0);
	}
	EQUALS(ends(child), 0);
}

static rlim_t soft_limit(void)
{
	struct rlimit lim;

	HOLDS(getrlimit(RLIMIT_NOFILE, &lim) == 0);
	return lim.rlim_cur;
}

CLAIM("L00-24", "setrlimit(): everybody may set a limit up to the hard one, and"
      " lower that; above it is EPERM; a child inherits both")
{
	struct rlimit lim, up, inherited = { 0, 0 };

	become_ordinary_user();
	HOLDS(geteuid() != 0);
	lim.rlim_cur = lim.rlim_max = 20;
	HOLDS(setrlimit(RLIMIT_NOFILE, &lim) == 0);
	EQUALS(soft_limit(), 20);
	lim.rlim_cur = 10;
	HOLDS(setrlimit(RLIMIT_NOFILE, &lim) == 0);
	EQUALS(soft_limit(), 10);
	lim.rlim_cur = 20;
	HOLDS(setrlimit(RLIMIT_NOFILE, &lim) == 0);
	EQUALS(soft_limit(), 20);
	up = lim;
	up.rlim_max++;
	FAILS(setrlimit(RLIMIT_NOFILE, &up), EPERM);
	lim.rlim_cur = 15;
	HOLDS(setrlimit(RLIMIT_NOFILE, &lim) == 0);
	if (fork() == 0) {
		HOLDS(getrlimit(RLIMIT_NOFILE, &inherited) == 0);
		EQUALS(inherited.rlim_cur, 15);
		EQUALS(inherited.rlim_max, 20);
		_exit(0);
	}
	EQUALS(ends(-1), 0);
}

CLAIM("L00-25", "a limit of the system, a file of /proc/sys, can be read by"
      " everybody and written by root: else EACCES")
{
	const char *limit = "/proc/sys/fs/pipe-max-size";
	int fd = open(limit, O_WRONLY);
	unsigned long long is = number_in(limit);

	if (fd == -1 && errno == EROFS)
		SKIP("/proc/sys is mounted to be read only, as in most "
		     "containers: set limits outside");
	if (geteuid() == 0)
		HOLDS(dprintf(fd, "%llu", is) > 0);	/* as it was */
	become_ordinary_user();
	HOLDS(is > 0 && number_in(limit) == is);
	FAILS(open(limit, O_WRONLY), EACCES);
}

CLAIM("L00-21", "a child is in its parent's process group, also after exec(): "
      "a signal to the group, as Ctrl-C sends it, comes to both")
{
	pid_t child;

	/* A group of its own, so that only these two are meant. */
	child = fork();
	if (child == 0) {
		sigset_t set;
		pid_t second;
		int status;

		HOLDS(setpgid(0, 0) == 0);
		second = fork();
		if (second == 0)
			run_sh("kill -STOP $$; exit 1");
		/* It stops itself, so it is another program by now. */
		HOLDS(waitpid(second, &status, WUNTRACED) == second);
		HOLDS(WIFSTOPPED(status));
		HOLDS(getpgid(second) == getpgrp());
		/* Blocked, it stays to be seen that it has come here, too. */
		sigemptyset(&set);
		sigaddset(&set, SIGINT);
		HOLDS(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
		HOLDS(kill(0, SIGINT) == 0 && kill(0, SIGCONT) == 0);
		EQUALS(ends(second), 128 + SIGINT);
		HOLDS(sigpending(&set) == 0);
		_exit(!sigismember(&set, SIGINT));
	}
	EQUALS(ends(child), 0);
}

/* ------------------------------------------------------- wait and status */

CLAIM("L00-17", "waitpid() returns when the child has ended; with WNOHANG it "
      "returns 0 while the child runs")
{
	int go[2], status = -1;
	pid_t waiter, child;
	char c;

	HOLDS(pipe(go) == 0);
	waiter = fork();
	if (waiter == 0) {
		child = fork();
		if (child == 0)
			_exit(read(go[0], &c, 1) != 1);
		EQUALS(waitpid(child, &status, WNOHANG), 0);
		EQUALS(status, -1);
		EQUALS(waitpid(child, &status, 0), child);
		_exit(status != 0);
	}
	LETS_GO(waiter, write(go[1], "x", 1) == 1);
}

CLAIM("L00-08", "of an exit status 8 bits arrive: 256 is 0, -1 is 255; and the "
      "status as a whole is not that number")
{
	const int given[] = { 0, 2, 255, 256, -1, 512 };
	const int arrive[] = { 0, 2, 255, 0, 255, 0 };
	int status;

	for (size_t i = 0; i < sizeof given / sizeof given[0]; i++) {
		pid_t child = fork();

		if (child == 0)
			_exit(given[i]);
		HOLDS(waitpid(child, &status, 0) == child);
		HOLDS(WIFEXITED(status) && !WIFSIGNALED(status));
		EQUALS(WEXITSTATUS(status), arrive[i]);
		HOLDS((status == arrive[i]) == (arrive[i] == 0));
	}
}

CLAIM("L00-09", "of a killed child WIFSIGNALED() is true, WTERMSIG() its "
      "signal, and WEXITSTATUS() 0; a shell says 128 and the signal")
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		raise(SIGKILL);
		_exit(1);
	}
	HOLDS(waitpid(child, &status, 0) == child);
	HOLDS(WIFSIGNALED(status) && !WIFEXITED(status) && status != 0);
	EQUALS(WTERMSIG(status), SIGKILL);
	EQUALS(WEXITSTATUS(status), 0);

	HOLDS(close(make_file()) == 0);
	child = fork();
	if (child == 0)
		run_sh("exec 2> /dev/null; sh -c 'kill -9 $$'; "
		       "test $? = 137 || exit 1; "
		       "./nothing; test $? = 127 || exit 2; "
		       "./file; test $? = 126 || exit 3");
	EQUALS(ends(child), 0);
}

CLAIM("L00-10", "a child that has ended is a zombie, state Z, which no signal "
      "ends, until its parent waits: then waitpid() is ECHILD, kill() ESRCH")
{
	pid_t living = fork(), child;
	int status;

	if (living == 0)
		for (;;)
			pause();
	/* Both are of one process group, so that one kill() is for both. */
	HOLDS(living > 0 && setpgid(living, living) == 0);
	child = fork();
	if (child == 0)
		_exit(setpgid(0, living) == 0 ? 7 : 1);
	see_it_end(child);
	EQUALS(state_of(child), 'Z');
	EQUALS(kill(child, 0), 0);
	EQUALS(kill(-living, SIGKILL), 0);
	EQUALS(ends(living), 128 + SIGKILL);	/* one that lives it ends */
	EQUALS(state_of(child), 'Z');
	EQUALS(kill(-living, SIGKILL), 0);	/* for the zombie alone */
	EQUALS(state_of(child), 'Z');
	EQUALS(waitpid(child, &status, 0), child);
	HOLDS(WIFEXITED(status) && WEXITSTATUS(status) == 7);
	FAILS(waitpid(child, &status, 0), ECHILD);
	FAILS(kill(child, 0), ESRCH);
}

CLAIM("L00-11", "if SIGCHLD is ignored, also by the program before exec(), "
      "nothing is kept: waitpid() waits for the end, and is ECHILD")
{
	int go[2], child, waiter;
	char c;

	HOLDS(pipe(go) == 0);
	waiter = fork();
	if (waiter == 0) {
		HOLDS(signal(SIGCHLD, SIG_IGN) != SIG_ERR);
		child = fork();
		if (child == 0)
			_exit(read(go[0], &c, 1) != 1);
		FAILS(waitpid(child, NULL, 0), ECHILD);
		FAILS(kill(child, 0), ESRCH);
		_exit(0);
	}
	LETS_GO(waiter, write(go[1], "x", 1) == 1);

	/* exec() leaves it ignored: bit 16 of SigIgn, 1 << (SIGCHLD - 1) */
	if (proc_trouble())
		SKIP("%s", proc_trouble());
	waiter = fork();
	if (waiter == 0) {
		HOLDS(signal(SIGCHLD, SIG_IGN) != SIG_ERR);
		execlp("grep", "grep", "-q", "^SigIgn:.*[13579bdf]....$",
		       "/proc/self/status", (char *)NULL);
		_exit(99);
	}
	EQUALS(ends(waiter), 0);
}

static int handled[2];		/* a byte for each time the handler has run */

static void caught(int sig)
{
	(void)sig;
	HOLDS(write(handled[1], "!", 1) == 1);
}

/* A child that waits for a child of its own, with a handler for SIGUSR1 that
 * was set with FLAGS; it ends with the errno of waitpid(), or 0. */
static pid_t waits_for_child(int go, int flags)
{
	struct sigaction act = { .sa_handler = caught, .sa_flags = flags };
	pid_t waiter = fork(), child;
	char c;

	if (waiter != 0)
		return waiter;
	HOLDS(sigaction(SIGUSR1, &act, NULL) == 0);
	child = fork();
	if (child == 0)
		_exit(read(go, &c, 1) != 1);
	if (waitpid(child, NULL, 0) == child)
		_exit(0);
	_exit(errno);
}

CLAIM("L00-12", "a handler without SA_RESTART ends waitpid() with EINTR, one "
      "with it does not; nor does a stop and a continue")
{
	int go[2], status;
	pid_t waiter;
	char c;

	HOLDS(pipe(handled) == 0 && pipe(go) == 0);
	waiter = waits_for_child(go[0], 0);
	HOLDS(blocks(waiter) && kill(waiter, SIGUSR1) == 0);
	EQUALS(ends(waiter), EINTR);
	HOLDS(read(handled[0], &c, 1) == 1);
	HOLDS(write(go[1], "x", 1) == 1);

	HOLDS(pipe(go) == 0);
	waiter = waits_for_child(go[0], SA_RESTART);
	HOLDS(blocks(waiter) && kill(waiter, SIGUSR1) == 0);
	HOLDS(read(handled[0], &c, 1) == 1);	/* it has run */
	LETS_GO(waiter, write(go[1], "x", 1) == 1);

	waiter = waits_for_child(go[0], 0);
	HOLDS(blocks(waiter) && kill(waiter, SIGSTOP) == 0);
	HOLDS(waitpid(waiter, &status, WUNTRACED) == waiter);
	HOLDS(WIFSTOPPED(status) && kill(waiter, SIGCONT) == 0);
	LETS_GO(waiter, write(go[1], "x", 1) == 1);
}

CLAIM("L00-18", "only its own children may a process wait for: a child's child "
      "is ECHILD")
{
	int go[2], id[2];
	pid_t child, second;
	char c;

	HOLDS(pipe(go) == 0 && pipe(id) == 0);
	child = fork();
	if (child == 0) {
		second = fork();
		if (second == 0)
			_exit(read(go[0], &c, 1) != 1);
		HOLDS(write(id[1], &second, sizeof second) == sizeof second);
		_exit(ends(second));
	}
	EQUALS(read(id[0], &second, sizeof second), sizeof second);
	EQUALS(kill(second, 0), 0);		/* it is there, but not ours */
	FAILS(waitpid(second, NULL, 0), ECHILD);
	EQUALS(waitpid(child, NULL, WNOHANG), 0);
	HOLDS(write(go[1], "x", 1) == 1);
	EQUALS(ends(child), 0);
}

/* -------------------------------------------------------------- orphans */

CLAIM("L00-13", "a child whose parent has ended runs on and gets another "
      "parent; so does a zombie")
{
	pid_t *id = make_page(), me = getpid(), parent, runs_on, zombie;
	int go[2];
	char c;

	HOLDS(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0 && pipe(go) == 0);
	parent = fork();
	if (parent == 0) {
		runs_on = fork();
		if (runs_on == 0) {
			HOLDS(read(go[0], &c, 1) == 1);
			_exit(getppid() != me);
		}
		zombie = fork();
		if (zombie == 0)
			_exit(7);
		see_it_end(zombie);
		id[0] = runs_on;
		id[1] = zombie;
		_exit(state_of(zombie) != 'Z' || !blocks(runs_on));
	}
	EQUALS(ends(parent), 0);
	HOLDS(id[0] > 0 && id[1] > 0);
	EQUALS(ends(id[1]), 7);
	LETS_GO(id[0], write(go[1], "x", 1) == 1);
}

/* A parent that ends when its child waits; the child has called
 * end_with_parent(), or has not. Return the child's id. */
static pid_t orphan(int asks, int execs)
{
	pid_t *id = make_page(), parent;
	int go[2];

	HOLDS(pipe(go) == 0);			/* nobody writes: it waits */
	parent = fork();
	if (parent == 0) {
		pid_t me = getpid(), child = fork();

		if (child == 0) {
			if (asks)
				HOLDS(end_with_parent(me));
			if (execs && dup2(go[0], STDIN_FILENO) == 0)
				run_sh("kill -STOP $$; read line");
			pause();
			_exit(1);
		}
		if (execs) {
			int status;

			/* it has stopped itself, so it is another program */
			HOLDS(waitpid(child, &status, WUNTRACED) == child);
			HOLDS(WIFSTOPPED(status));
			HOLDS(kill(child, SIGCONT) == 0);
		}
		*id = child;
		_exit(!blocks(child));
	}
	EQUALS(ends(parent), 0);
	return *id;
}

CLAIM("L00-14", "end_with_parent(): SIGTERM when the parent ends, also after "
      "exec(), and at once if it has ended before")
{
	pid_t child;

	HOLDS(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0);
	EQUALS(ends(orphan(1, 0)), 128 + SIGTERM);
	EQUALS(ends(orphan(1, 1)), 128 + SIGTERM);
	child = orphan(0, 0);			/* without it: runs on */
	HOLDS(blocks(child) && kill(child, SIGKILL) == 0);
	EQUALS(ends(child), 128 + SIGKILL);
	child = fork();
	if (child == 0) {			/* no parent of that id */
		end_with_parent(getpid());
		_exit(0);
	}
	EQUALS(ends(child), 128 + SIGTERM);
}
