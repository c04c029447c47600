/*
 * claims - what the notes say about POSIX message queues, executed
 *
 * Ids are rows of docs/claims.tsv; L04-.. are claims of this course. A proof
 * runs in a process of its own, with a deadline, so it may block or crash.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <mqueue.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../common/proof/claim.h"

CLAIMS_NEED(needs_queues)

/* The name of this proof's queue: nobody else's, in the shared tier too. */
static char name[OWN_NAME];

/* A queue that keeps its name; the proof unlinks it. */
static mqd_t named(int oflag, long maxmsg, long msgsize)
{
	struct mq_attr attr = { .mq_maxmsg = maxmsg, .mq_msgsize = msgsize };
	mqd_t q;

	snprintf(name, sizeof name, "/claim.%d", (int)getpid());
	mq_unlink(name);		/* left by a killed one, long ago */
	q = mq_open(name, oflag | O_CREAT | O_EXCL, 0600, &attr);
	HOLDS(q != (mqd_t)-1);
	return q;
}

/* A queue for who has its descriptor: nothing of it can be left. */
static mqd_t queue(int oflag, long maxmsg, long msgsize)
{
	mqd_t q = named(oflag, maxmsg, msgsize);

	HOLDS(mq_unlink(name) == 0);
	return q;
}

static void put(mqd_t q, const char *text, unsigned prio)
{
	HOLDS(mq_send(q, text, strlen(text), prio) == 0);
}

/* Is the next message TEXT with priority PRIO? For queues of up to 64 bytes */
static int next_is(mqd_t q, const char *text, unsigned prio)
{
	char buf[64];
	unsigned p = 99999;
	ssize_t n = mq_receive(q, buf, sizeof buf, &p);

	return n == (ssize_t)strlen(text) && p == prio &&
	       memcmp(buf, text, strlen(text)) == 0;
}

static long waiting(mqd_t q)
{
	struct mq_attr attr;

	return mq_getattr(q, &attr) == 0 ? attr.mq_curmsgs : -1;
}

static struct timespec in_ms(long ms)
{
	struct timespec t;

	HOLDS(clock_gettime(CLOCK_REALTIME, &t) == 0);
	t.tv_sec += ms / 1000;			/* all of it in nanoseconds */
	t.tv_nsec += ms % 1000 * 1000000;	/* needs more than 32 bits */
	t.tv_sec += t.tv_nsec / 1000000000;
	t.tv_nsec %= 1000000000;
	return t;
}

static long limit(const char *which)
{
	char path[64];
	long n = -1;
	FILE *f;

	snprintf(path, sizeof path, "/proc/sys/fs/mqueue/%s", which);
	f = fopen(path, "re");
	if (!f)
		SKIP("cannot read %s; mount /proc", path);
	HOLDS(fscanf(f, "%ld", &n) == 1);
	fclose(f);
	return n;
}

static int is_here(const char *program)
{
	char command[80];

	snprintf(command, sizeof command, "command -v %s >/dev/null 2>&1",
		 program);
	return system(command) == 0;
}

/* Run COMMAND; its exit status, and the start of its output in OUT. */
static int run(const char *command, char *out, size_t size)
{
	FILE *f = popen(command, "re");
	size_t n;
	int status;

	HOLDS(f != NULL);
	n = fread(out, 1, size - 1, f);
	out[n] = '\0';
	status = pclose(f);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* ------------------------------------------------- what it is */

CLAIM("0-049 2-105", "each of the calls, once; one queue for both directions")
{
	struct timespec end = in_ms(60000);
	struct mq_attr attr;
	char buf[16];
	mqd_t q = named(O_RDWR, 3, 16);
	pid_t child;

	EQUALS(mq_send(q, "question", 8, 0), 0);
	child = fork();
	if (child == 0) {			/* it answers the same way */
		EQUALS(mq_receive(q, buf, sizeof buf, NULL), 8);
		EQUALS(mq_timedsend(q, (char *)&(pid_t){ getpid() },
				    sizeof(pid_t), 0, &end), 0);
		_exit(0);
	}
	EQUALS(ends(child), 0);
	EQUALS(mq_timedreceive(q, buf, sizeof buf, NULL, &end), sizeof child);
	HOLDS(memcmp(buf, &child, sizeof child) == 0);
	EQUALS(mq_getattr(q, &attr), 0);
	EQUALS(mq_setattr(q, &attr, NULL), 0);
	EQUALS(mq_notify(q, NULL), 0);
	EQUALS(mq_close(q), 0);
	EQUALS(mq_unlink(name), 0);
}

CLAIM("0-059 0-065 1-521 1-522 2-128 2-134",
      "the prototypes are those that the notes give")
{
	int (*send)(mqd_t, const char *, size_t, unsigned) = mq_send;
	ssize_t (*receive)(mqd_t, char *, size_t, unsigned *) = mq_receive;
	int (*timed_send)(mqd_t, const char *, size_t, unsigned,
			  const struct timespec *) = mq_timedsend;
	ssize_t (*timed_receive)(mqd_t, char *, size_t, unsigned *,
				 const struct timespec *) = mq_timedreceive;
	struct timespec end = in_ms(1000);
	unsigned prio = 0;
	char buf[16];
	mqd_t q = queue(O_RDWR, 3, 16);

	EQUALS(send(q, "high", 5, 9), 0);
	EQUALS(receive(q, buf, sizeof buf, &prio), 5);
	EQUALS(prio, 9);
	EQUALS(timed_send(q, "low", 4, 2, &end), 0);
	EQUALS(timed_receive(q, buf, sizeof buf, &prio, &end), 4);
	EQUALS(prio, 2);
}

#define HEADERS "#include <fcntl.h>\n#include <sys/stat.h>\n"	\
		"#include <mqueue.h>\n"

CLAIM("0-050 1-479 2-112", "three headers are enough, and no -lrt is needed")
{
	FILE *f = fopen("x.c", "we");

	if (!is_here("cc"))
		SKIP("no cc to compile with; apt-get install gcc libc6-dev");
	HOLDS(f && fputs(HEADERS "int main(void)\n{\n"
			 "return mq_open(\"/\", O_RDONLY) != (mqd_t)-1;\n}\n",
			 f) >= 0);
	HOLDS(fclose(f) == 0);
	EQUALS(system("cc -Wall -Wextra -Werror x.c -o x && ./x"), 0);
}

/* Does a call of FUNCTION compile that passes attr by value? */
static int takes_attr_by_value(const char *function)
{
	char source[512];

	snprintf(source, sizeof source, HEADERS
		 "int with_prototype(const char *, int, mode_t,\n"
		 "struct mq_attr *);\n"
		 "int f(void) { struct mq_attr a = { .mq_maxmsg = 3 };\n"
		 "return %s(\"/x\", O_CREAT, 0600, a); }\n", function);
	return compiles("-Wall -Wextra -Werror", source);
}

CLAIM("1-501", "attr is a pointer; by value compiles without a warning")
{
	struct mq_attr attr;

	EQUALS(takes_attr_by_value("mq_open"), 1);
	EQUALS(takes_attr_by_value("with_prototype"), 0);
	EQUALS(mq_getattr(queue(O_RDWR, 3, 16), &attr), 0);
	HOLDS(attr.mq_maxmsg == 3 && attr.mq_msgsize == 16);
}

CLAIM("0-066 2-011 2-102 2-104 4-011",
      "messages: what one call sent one call receives, never two at once")
{
	mqd_t q = queue(O_RDWR, 3, 64);

	put(q, "ab", 0);
	put(q, "cd", 0);
	HOLDS(next_is(q, "ab", 0));
	HOLDS(next_is(q, "cd", 0));
}

CLAIM("1-493 1-495 1-524 1-531 2-130 2-136",
      "the bytes sent arrive, without a type in front; sending returns 0")
{
	char buf[16];
	mqd_t q = queue(O_RDWR, 3, sizeof buf);

	EQUALS(mq_send(q, "abc", 3, 0), 0);
	EQUALS(waiting(q), 1);
	EQUALS(mq_receive(q, buf, sizeof buf, NULL), 3);
	HOLDS(memcmp(buf, "abc", 3) == 0);
	EQUALS(waiting(q), 0);
}

CLAIM("L04-01", "a message is received once: it is gone even if who got it "
      "dies")
{
	mqd_t q = queue(O_RDWR, 3, 64);

	put(q, "once", 0);
	if (fork() == 0) {
		HOLDS(next_is(q, "once", 0));
		abort();
	}
	EQUALS(ends(-1), 128 + SIGABRT);
	EQUALS(waiting(q), 0);
}

CLAIM("1-170", "a queue is small: msg_default messages, however short")
{
	struct msqid_ds ds;
	struct mq_attr attr;
	long msgmnb = 0, n = limit("msg_default"), most = limit("msg_max");
	int id = msgget(IPC_PRIVATE, 0600);
	FILE *f = fopen("/proc/sys/kernel/msgmnb", "re");
	mqd_t q;

	HOLDS(f && fscanf(f, "%ld", &msgmnb) == 1);
	HOLDS(id != -1 && msgctl(id, IPC_STAT, &ds) == 0);
	HOLDS(msgctl(id, IPC_RMID, NULL) == 0);
	EQUALS(ds.msg_qbytes, msgmnb);

	snprintf(name, sizeof name, "/claim.%d", (int)getpid());
	q = mq_open(name, O_CREAT | O_RDWR | O_NONBLOCK, 0600, NULL);
	HOLDS(q != (mqd_t)-1 && mq_unlink(name) == 0);
	HOLDS(mq_getattr(q, &attr) == 0);
	EQUALS(attr.mq_maxmsg, n < most ? n : most);
	for (long i = 0; i < attr.mq_maxmsg; i++)
		EQUALS(mq_send(q, "", 0, 0), 0);
	FAILS(mq_send(q, "", 0, 0), EAGAIN);
}

CLAIM("1-508 1-509", "mq_open makes a queue, no shared memory: mmap is ENODEV")
{
	struct mq_attr attr;
	mqd_t q = named(O_RDWR, 3, 16);
	int memory;

	needs_shm();
	EQUALS(mq_getattr(q, &attr), 0);
	EQUALS(attr.mq_maxmsg, 3);
	FAILS(shm_open(name, O_RDWR, 0), ENOENT);
	/* Shared memory can have the same name; it is what can be mapped. */
	memory = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
	HOLDS(memory != -1 && shm_unlink(name) == 0);
	HOLDS(ftruncate(memory, 16) == 0);
	for (int is_queue = 0; is_queue <= 1; is_queue++) {
		int fd = is_queue ? q : memory;
		void *at = mmap(NULL, 16, PROT_READ, MAP_SHARED, fd, 0);

		EQUALS(at == MAP_FAILED, is_queue);
		HOLDS(!is_queue || errno == ENODEV);
	}
	FAILS(mq_getattr(memory, &attr), EBADF);
	EQUALS(mq_unlink(name), 0);
}

/* ------------------------------------------------- the descriptor */

CLAIM("0-054 1-484 1-506", "on Linux mqd_t is a file descriptor")
{
	char path[32], link[64] = "";
	mqd_t q = named(O_RDWR, 3, 16);

	EQUALS(sizeof q, sizeof(int));
	snprintf(path, sizeof path, "/proc/self/fd/%d", q);
	HOLDS(readlink(path, link, sizeof link - 1) > 0);
	HOLDS(strcmp(link, name) == 0);
	EQUALS(mq_unlink(name), 0);
	EQUALS(mq_close(q), 0);
	EQUALS(open("/dev/null", O_RDONLY), q);	/* the number is free again */
}

CLAIM("1-485 1-486", "read() of it gives a status line, write() is EINVAL")
{
	char text[80] = "";
	mqd_t q = queue(O_RDWR, 3, 16);

	put(q, "abc", 0);
	HOLDS(read(q, text, sizeof text - 1) > 0);
	HOLDS(strncmp(text, "QSIZE:3 ", 8) == 0);
	EQUALS(waiting(q), 1);			/* it took nothing out */
	FAILS(write(q, "x", 1), EINVAL);
	FAILS(mmap(NULL, 16, PROT_READ, MAP_SHARED, q, 0), ENODEV);
	EQUALS(close(q), 0);
	FAILS(mq_send(q, "x", 1, 0), EBADF);
}

CLAIM("0-054 1-504 2-117", "close-on-exec is set without O_CLOEXEC")
{
	const int flags[] = { O_RDWR, O_RDWR | O_CLOEXEC };

	for (int i = 0; i < 2; i++) {
		mqd_t q = queue(flags[i], 3, 16);
		int file = open("/dev/null", flags[i]);

		EQUALS(fcntl(q, F_GETFD), FD_CLOEXEC);
		EQUALS(fcntl(file, F_GETFD), i == 0 ? 0 : FD_CLOEXEC);
	}
}

CLAIM("L04-02", "fork() inherits a queue, exec() closes it unless told not to")
{
	char command[64], out[80], text[16];
	mqd_t q = queue(O_RDWR, 3, 64);
	pid_t child = fork();

	if (child == 0) {
		snprintf(text, sizeof text, "I am %d", (int)getpid());
		put(q, text, 0);
		_exit(mq_close(q) != 0);	/* its own descriptor only */
	}
	EQUALS(ends(child), 0);
	snprintf(text, sizeof text, "I am %d", (int)child);
	HOLDS(next_is(q, text, 0));

	snprintf(command, sizeof command, "cat /proc/self/fd/%d 2>/dev/null",
		 q);
	HOLDS(run(command, out, sizeof out) != 0);
	HOLDS(fcntl(q, F_SETFD, 0) == 0);
	EQUALS(run(command, out, sizeof out), 0);
	HOLDS(strncmp(out, "QSIZE:0 ", 8) == 0);
}

/* Is there a message in Q? All three are asked, and must say the same. */
static int all_tell(mqd_t q, int ep)
{
	struct pollfd p = { .fd = q, .events = POLLIN };
	struct timeval none = { 0, 0 };
	struct epoll_event event;
	int polled = poll(&p, 1, 0);
	fd_set set;

	HOLDS(p.revents == (polled ? POLLIN : 0));
	FD_ZERO(&set);
	FD_SET(q, &set);
	EQUALS(select(q + 1, &set, NULL, NULL, &none), polled);
	EQUALS(epoll_wait(ep, &event, 1, 0), polled);
	HOLDS(!polled || event.events == EPOLLIN);
	return polled;
}

CLAIM("2-109 1-482", "poll, select and epoll tell when there is a message")
{
	struct epoll_event event = { .events = EPOLLIN };
	mqd_t q = queue(O_RDWR, 1, 64);
	int ep = epoll_create1(0);

	HOLDS(ep != -1 && epoll_ctl(ep, EPOLL_CTL_ADD, q, &event) == 0);
	EQUALS(all_tell(q, ep), 0);
	put(q, "x", 0);
	EQUALS(all_tell(q, ep), 1);
	HOLDS(next_is(q, "x", 0));
	EQUALS(all_tell(q, ep), 0);
}

CLAIM("L04-03", "POLLOUT means room; a process asleep in poll() is woken")
{
	mqd_t q = queue(O_RDWR, 1, 64);
	struct pollfd p = { .fd = q, .events = POLLOUT };
	pid_t sender;

	EQUALS(poll(&p, 1, 0), 1);
	put(q, "x", 0);
	EQUALS(poll(&p, 1, 0), 0);		/* full */
	sender = fork();
	if (sender == 0)
		_exit(poll(&p, 1, -1) != 1 || p.revents != POLLOUT);
	HOLDS(blocks(sender));
	HOLDS(next_is(q, "x", 0));
	EQUALS(ends(sender), 0);
}

CLAIM("L04-23", "what poll() has seen may be so no more: then mq_send() waits, "
      "or is EAGAIN with O_NONBLOCK")
{
	mqd_t q = named(O_RDWR, 1, 64), never_waits;
	struct pollfd p = { .fd = q, .events = POLLOUT };
	pid_t sender;

	never_waits = mq_open(name, O_WRONLY | O_NONBLOCK);
	HOLDS(never_waits != (mqd_t)-1 && mq_unlink(name) == 0);
	EQUALS(poll(&p, 1, 0), 1);
	put(q, "another's", 0);
	FAILS(mq_send(never_waits, "ours", 4, 0), EAGAIN);
	sender = fork();
	if (sender == 0)
		_exit(mq_send(q, "ours", 4, 0) != 0);
	HOLDS(blocks(sender));
	HOLDS(next_is(q, "another's", 0));
	EQUALS(ends(sender), 0);
	EQUALS(poll(&p, 1, 0), 0);
	HOLDS(next_is(q, "ours", 0));
	EQUALS(mq_send(never_waits, "ours", 4, 0), 0);
}

/* Every call with Q. If it is no queue, none may work. */
static void try_every_call(mqd_t q, int is_queue)
{
	struct timespec end = in_ms(60000);
	const int ok = is_queue ? 0 : -1, bad = is_queue ? 0 : EBADF;
	const ssize_t one = is_queue ? 1 : -1;
	struct mq_attr attr = { .mq_flags = 0 };
	char buf[16];

	errno = 0;
	EQUALS(mq_send(q, "x", 1, 0), ok);
	EQUALS(errno, bad);
	errno = 0;
	EQUALS(mq_receive(q, buf, sizeof buf, NULL), one);
	EQUALS(errno, bad);
	errno = 0;
	EQUALS(mq_timedsend(q, "x", 1, 0, &end), ok);
	EQUALS(errno, bad);
	errno = 0;
	EQUALS(mq_timedreceive(q, buf, sizeof buf, NULL, &end), one);
	EQUALS(errno, bad);
	errno = 0;
	EQUALS(mq_setattr(q, &attr, NULL), ok);
	EQUALS(errno, bad);
	errno = 0;
	EQUALS(mq_getattr(q, &attr), ok);
	EQUALS(errno, bad);
	errno = 0;
	EQUALS(mq_notify(q, NULL), ok);
	EQUALS(errno, bad);
}

CLAIM("1-523 2-123 2-147", "a descriptor of no queue is EBADF for every call, "
      "but mq_close() closes a file's, too")
{
	mqd_t q = queue(O_RDWR, 3, 16);
	int file = open("/dev/null", O_RDWR);

	try_every_call(q, 1);
	try_every_call(file, 0);
	EQUALS(write(file, "x", 1), 1);		/* it is open, for a file */
	EQUALS(mq_close(file), 0);
	FAILS(write(file, "x", 1), EBADF);
	try_every_call(-1, 0);
	FAILS(mq_close(-1), EBADF);
	EQUALS(mq_close(q), 0);
	try_every_call(q, 0);			/* it is one no more */
	FAILS(mq_close(q), EBADF);
}

/* ------------------------------------------------- open, close, unlink */

CLAIM("0-051 1-502 2-114 2-121",
      "mq_open(name, oflag) opens what exists, or is ENOENT")
{
	struct mq_attr attr = { .mq_maxmsg = 3, .mq_msgsize = 16 };
	mqd_t q;

	snprintf(name, sizeof name, "/claim.%d", (int)getpid());
	for (int exists = 0; exists <= 1; exists++) {
		mqd_t again = mq_open(name, O_RDONLY);

		EQUALS(again != (mqd_t)-1, exists);
		HOLDS(exists || errno == ENOENT);
		if (!exists) {
			q = mq_open(name, O_CREAT | O_RDWR, 0600, &attr);
			HOLDS(q != (mqd_t)-1);
			put(q, "in it", 0);
		} else {
			EQUALS(waiting(again), 1);	/* the same queue */
		}
	}
	EQUALS(mq_unlink(name), 0);
}

CLAIM("0-052 1-490 1-507 2-115",
      "with O_CREAT it makes what is missing; O_EXCL insists: EEXIST")
{
	mqd_t q = named(O_RDWR, 3, 64), again;

	again = mq_open(name, O_CREAT | O_RDWR, 0600, NULL);
	HOLDS(again != (mqd_t)-1 && again != q);
	put(q, "same queue", 0);
	HOLDS(next_is(again, "same queue", 0));
	FAILS(mq_open(name, O_CREAT | O_EXCL | O_RDWR, 0600, NULL), EEXIST);
	EQUALS(mq_unlink(name), 0);
}

CLAIM("L04-04", "an existing queue keeps its attributes; attr is ignored")
{
	struct mq_attr other = { .mq_maxmsg = 1, .mq_msgsize = 1 }, attr;
	mqd_t q;

	named(O_RDWR, 3, 16);
	for (int exists = 1; exists >= 0; exists--) {
		q = mq_open(name, O_CREAT | O_RDWR, 0600, &other);
		HOLDS(q != (mqd_t)-1 && mq_getattr(q, &attr) == 0);
		EQUALS(attr.mq_maxmsg, exists ? 3 : 1);
		EQUALS(attr.mq_msgsize, exists ? 16 : 1);
		EQUALS(mq_unlink(name), 0);
	}
}

CLAIM("0-057", "attr may be NULL: the defaults of /proc/sys/fs/mqueue")
{
	long most = limit("msg_max"), longest = limit("msgsize_max");
	long n = limit("msg_default"), size = limit("msgsize_default");
	struct mq_attr attr;
	mqd_t q;

	snprintf(name, sizeof name, "/claim.%d", (int)getpid());
	q = mq_open(name, O_CREAT | O_RDWR, 0600, NULL);
	HOLDS(q != (mqd_t)-1 && mq_unlink(name) == 0);
	HOLDS(mq_getattr(q, &attr) == 0);
	EQUALS(attr.mq_maxmsg, n < most ? n : most);
	EQUALS(attr.mq_msgsize, size < longest ? size : longest);
}

CLAIM("0-053 1-503 2-116", "a name: '/' and 1 to 255 characters without '/'; "
      "glibc insists on the first one, musl adds it")
{
	char long_name[1 + NAME_MAX + 2] = "/";
	int make = O_CREAT | O_RDWR;

	snprintf(name, sizeof name, "/claim.%d", (int)getpid());
	if (glibc_version() != 0) {
		FAILS(mq_open(name + 1, make, 0600, NULL), EINVAL);
		FAILS(mq_open("", make, 0600, NULL), EINVAL);
	} else {
		HOLDS(mq_open(name + 1, make, 0600, NULL) != (mqd_t)-1);
		EQUALS(mq_unlink(name), 0);
		FAILS(mq_open("", make, 0600, NULL), ENOENT);
	}
	FAILS(mq_open("/", make, 0600, NULL), ENOENT);
	FAILS(mq_open("/a/b", make, 0600, NULL), EACCES);
	FAILS(mq_open("//a", make, 0600, NULL), EACCES);

	snprintf(name, sizeof name, "%d.", (int)getpid());
	memset(long_name + 1, 'x', NAME_MAX + 1);
	memcpy(long_name + 1, name, strlen(name));
	FAILS(mq_open(long_name, make, 0600, NULL), ENAMETOOLONG);
	long_name[1 + NAME_MAX] = '\0';
	HOLDS(mq_open(long_name, make, 0600, NULL) != (mqd_t)-1);
	EQUALS(mq_unlink(long_name), 0);
}

CLAIM("0-055 1-504 2-117 2-129 2-135",
      "the access mode is one of three values: the wrong way is EBADF")
{
	char buf[16];
	mqd_t q = named(O_RDWR, 3, sizeof buf), in, out;

	in = mq_open(name, O_RDONLY);
	out = mq_open(name, O_WRONLY);
	FAILS(mq_send(in, "x", 1, 0), EBADF);
	FAILS(mq_receive(out, buf, sizeof buf, NULL), EBADF);
	EQUALS(mq_send(out, "x", 1, 0), 0);
	EQUALS(mq_receive(in, buf, sizeof buf, NULL), 1);
	EQUALS(O_RDONLY, 0);			/* no bits: values */
	FAILS(mq_open(name, O_WRONLY | O_RDWR), EINVAL);
	EQUALS(mq_unlink(name), 0);
	EQUALS(mq_close(q), 0);
}

CLAIM("0-056 1-505 2-119", "mode counts at creation, and after the umask")
{
	const mode_t want[] = { 0644, 0640, 0604, 0666 };
	const mode_t mask[] = { 0022, 0026, 0062, 0000 };
	struct stat st;
	mqd_t q;

	snprintf(name, sizeof name, "/claim.%d", (int)getpid());
	for (int i = 0; i < 4; i++) {
		umask(mask[i]);
		for (int is_new = 1; is_new >= 0; is_new--) {
			q = mq_open(name, O_CREAT | O_RDWR,
				    is_new ? 0666 : 0600, NULL);
			HOLDS(q != (mqd_t)-1 && fstat(q, &st) == 0);
			EQUALS(st.st_mode & 0777, want[i]);
			EQUALS(mq_close(q), 0);
		}
		EQUALS(mq_unlink(name), 0);
	}
	q = mq_open(name, O_CREAT | O_RDWR, 0600, NULL);	/* now new */
	HOLDS(q != (mqd_t)-1 && fstat(q, &st) == 0);
	EQUALS(st.st_mode & 0777, 0600);
	EQUALS(mq_unlink(name), 0);
}

CLAIM("L04-05", "what the mode forbids is EACCES, even to the owner")
{
	struct mq_attr attr = { .mq_maxmsg = 3, .mq_msgsize = 16 };
	mqd_t q;

	become_ordinary_user();
	snprintf(name, sizeof name, "/claim.%d", (int)getpid());
	q = mq_open(name, O_CREAT | O_RDWR, 0400, &attr);
	HOLDS(q != (mqd_t)-1);		/* who makes it gets what he asks */
	FAILS(mq_open(name, O_RDWR), EACCES);
	FAILS(mq_open(name, O_WRONLY), EACCES);
	HOLDS(mq_open(name, O_RDONLY) != (mqd_t)-1);
	EQUALS(mq_unlink(name), 0);
}

CLAIM("2-127", "another user may not unlink it, whatever the mode: EACCES")
{
	mqd_t q = named(O_RDWR, 3, 16);

	for (int all_may = 0; all_may <= 1; all_may++) {
		HOLDS(fchmod(q, all_may ? 0777 : 0600) == 0);
		if (fork() == 0) {
			become_another_user();
			EQUALS(mq_open(name, O_RDWR) != (mqd_t)-1, all_may);
			FAILS(mq_unlink(name), EACCES);
			_exit(0);
		}
		EQUALS(ends(-1), 0);
	}
	EQUALS(mq_unlink(name), 0);
}

CLAIM("1-491 1-519 2-122", "mq_close closes the descriptor and deletes nothing")
{
	mqd_t q = named(O_RDWR, 3, 64);

	put(q, "still here", 0);
	EQUALS(mq_close(q), 0);
	FAILS(mq_send(q, "x", 1, 0), EBADF);
	q = mq_open(name, O_RDWR);
	EQUALS(waiting(q), 1);
	HOLDS(next_is(q, "still here", 0));
	EQUALS(mq_unlink(name), 0);
}

CLAIM("1-510", "mq_close twice is EBADF; there is no mapping to close")
{
	mqd_t q = queue(O_RDWR, 3, 16);

	EQUALS(mq_close(q), 0);
	FAILS(mq_close(q), EBADF);
}

CLAIM("1-492 2-125", "mq_unlink removes the name; who has it open keeps it")
{
	mqd_t q = named(O_RDWR, 3, 64);

	put(q, "before", 0);
	EQUALS(mq_unlink(name), 0);
	FAILS(mq_open(name, O_RDWR), ENOENT);
	put(q, "after", 0);
	HOLDS(next_is(q, "before", 0));
	HOLDS(next_is(q, "after", 0));
}

CLAIM("1-520 2-127", "mq_unlink returns 0; again, it is -1 with ENOENT")
{
	named(O_RDWR, 3, 16);
	EQUALS(mq_unlink(name), 0);
	FAILS(mq_unlink(name), ENOENT);
}

CLAIM("L04-06", "a new queue of the old name is another queue")
{
	mqd_t old = named(O_RDWR, 3, 16), q;

	EQUALS(mq_unlink(name), 0);
	q = named(O_RDWR, 3, 16);
	put(old, "x", 0);
	EQUALS(waiting(old), 1);
	EQUALS(waiting(q), 0);
	EQUALS(mq_unlink(name), 0);
}

CLAIM("L04-26", "no process has it open, and it stays, with its messages")
{
	mqd_t q = named(O_RDWR, 3, 64);

	put(q, "letter", 0);
	EQUALS(mq_close(q), 0);
	for (int fd = 3; fd < 20; fd++)		/* it was the only one */
		HOLDS(fcntl(fd, F_GETFL) == -1 || mq_getattr(fd,
		      &(struct mq_attr){ .mq_flags = 0 }) == -1);
	FAILS(waitpid(-1, NULL, WNOHANG), ECHILD);	/* nor has a child */
	q = mq_open(name, O_RDONLY);
	HOLDS(q != (mqd_t)-1 && next_is(q, "letter", 0));
	EQUALS(mq_unlink(name), 0);
}

CLAIM("L04-07", "queue and messages outlive the process that made them")
{
	mqd_t q;
	pid_t maker = fork();

	if (maker == 0) {
		q = named(O_RDWR, 3, 64);
		put(q, "left by a dead process", 0);
		_exit(0);
	}
	EQUALS(ends(maker), 0);
	snprintf(name, sizeof name, "/claim.%d", (int)maker);
	q = mq_open(name, O_RDONLY);
	HOLDS(q != (mqd_t)-1 && next_is(q, "left by a dead process", 0));
	EQUALS(mq_unlink(name), 0);
}

/* ------------------------------------------------- attributes */

CLAIM("1-511", "struct mq_attr has four members of type long")
{
	struct mq_attr attr;
	long *member[4] = { &attr.mq_flags, &attr.mq_maxmsg,
			    &attr.mq_msgsize, &attr.mq_curmsgs };

	EQUALS(mq_getattr(queue(O_RDWR, 3, 16), &attr), 0);
	HOLDS(*member[0] == 0 && *member[1] == 3);
	HOLDS(*member[2] == 16 && *member[3] == 0);
}

CLAIM("0-058 1-498 2-141 2-148", "mq_getattr reads the four; 0, or -1")
{
	struct mq_attr attr;
	mqd_t q = queue(O_RDWR, 3, 16);

	put(q, "x", 0);
	EQUALS(mq_getattr(q, &attr), 0);
	EQUALS(attr.mq_flags, 0);
	EQUALS(attr.mq_maxmsg, 3);
	EQUALS(attr.mq_msgsize, 16);
	EQUALS(attr.mq_curmsgs, 1);
	EQUALS(mq_close(q), 0);
	FAILS(mq_getattr(q, &attr), EBADF);
}

CLAIM("1-512 2-143", "mq_flags is 0 or O_NONBLOCK; mq_open looks at oflag only")
{
	const int flag[] = { 0, O_NONBLOCK };
	mqd_t q;

	snprintf(name, sizeof name, "/claim.%d", (int)getpid());
	for (int i = 0; i < 4; i++) {
		const int in_attr = flag[i % 2], in_oflag = flag[i / 2];
		struct mq_attr attr = { .mq_flags = in_attr, .mq_maxmsg = 3,
					.mq_msgsize = 16 }, now;

		q = mq_open(name, O_CREAT | O_RDWR | in_oflag, 0600, &attr);
		HOLDS(mq_getattr(q, &now) == 0 && mq_unlink(name) == 0);
		EQUALS(now.mq_maxmsg, 3);
		EQUALS(now.mq_flags, in_oflag);
		EQUALS(mq_setattr(q, &attr, NULL), 0);	/* it looks there */
		EQUALS(mq_getattr(q, &now), 0);
		EQUALS(now.mq_flags, in_attr);
	}
}

CLAIM("1-497 1-516 1-517 2-142",
      "mq_setattr changes O_NONBLOCK; it ignores the rest without a word")
{
	mqd_t q = queue(O_RDWR, 1, 16);

	for (int turns_on = 1; turns_on >= 0; turns_on--) {
		struct mq_attr attr = { .mq_flags = turns_on ? O_NONBLOCK : 0,
					.mq_maxmsg = 99, .mq_msgsize = 1 };
		struct mq_attr old, now;

		EQUALS(mq_setattr(q, &attr, &old), 0);
		EQUALS(old.mq_flags, turns_on ? 0 : O_NONBLOCK);
		HOLDS(attr.mq_maxmsg != old.mq_maxmsg);	/* both would change */
		HOLDS(attr.mq_msgsize != old.mq_msgsize);
		EQUALS(mq_getattr(q, &now), 0);
		EQUALS(now.mq_flags, turns_on ? O_NONBLOCK : 0);
		HOLDS(now.mq_maxmsg == 1 && now.mq_msgsize == 16);
		if (turns_on) {
			put(q, "x", 0);
			FAILS(mq_send(q, "x", 1, 0), EAGAIN);
		}
		attr.mq_flags = O_APPEND;	/* any other flag */
		FAILS(mq_setattr(q, &attr, NULL), EINVAL);
	}
}

CLAIM("L04-08", "O_NONBLOCK is shared after fork(), not with another mq_open")
{
	struct mq_attr attr = { .mq_flags = O_NONBLOCK }, now;
	mqd_t q = named(O_RDWR, 3, 16), other = mq_open(name, O_RDWR);

	EQUALS(mq_unlink(name), 0);
	if (fork() == 0) {
		HOLDS(next_is(other, "go", 0));
		EQUALS(mq_setattr(q, &attr, &now), 0);
		EQUALS(now.mq_flags, 0);
		_exit(0);
	}
	EQUALS(mq_getattr(q, &now), 0);
	EQUALS(now.mq_flags, 0);		/* it is off until then */
	put(q, "go", 0);
	EQUALS(ends(-1), 0);
	EQUALS(mq_getattr(q, &now), 0);
	EQUALS(now.mq_flags, O_NONBLOCK);
	EQUALS(mq_getattr(other, &now), 0);
	EQUALS(now.mq_flags, 0);
}

CLAIM("1-513 2-144", "mq_maxmsg is the number of messages that it holds")
{
	mqd_t q = queue(O_RDWR | O_NONBLOCK, 3, 16);

	for (int i = 0; i < 3; i++)
		put(q, "x", 0);
	FAILS(mq_send(q, "x", 1, 0), EAGAIN);
}

CLAIM("0-067 1-514 2-131 2-145", "a message has 0 to mq_msgsize bytes")
{
	char bytes[17] = { 0 };
	mqd_t q = queue(O_RDWR, 3, 16);

	EQUALS(mq_send(q, bytes, 0, 0), 0);
	EQUALS(mq_receive(q, bytes, sizeof bytes, NULL), 0);
	EQUALS(mq_send(q, bytes, 16, 0), 0);
	EQUALS(mq_receive(q, bytes, sizeof bytes, NULL), 16);
	FAILS(mq_send(q, bytes, 17, 0), EMSGSIZE);
}

CLAIM("1-515 2-146", "mq_curmsgs is the number of messages in it now")
{
	mqd_t q = queue(O_RDWR, 3, 64);

	for (int i = 0; i < 3; i++) {
		EQUALS(waiting(q), i);
		put(q, "x", 0);
	}
	HOLDS(next_is(q, "x", 0));
	EQUALS(waiting(q), 2);
}

/* ------------------------------------------------- limits */

static mqd_t try_open(long maxmsg, long msgsize)
{
	struct mq_attr attr = { .mq_maxmsg = maxmsg, .mq_msgsize = msgsize };
	mqd_t q;

	snprintf(name, sizeof name, "/claim.%d", (int)getpid());
	errno = 0;
	q = mq_open(name, O_CREAT | O_EXCL | O_RDWR, 0600, &attr);
	if (q != (mqd_t)-1)
		mq_unlink(name);
	return q;
}

CLAIM("1-489", "fs.mqueue has the limits and the defaults")
{
	HOLDS(limit("msg_max") > 0 && limit("msgsize_max") > 0);
	HOLDS(limit("msg_default") > 0 && limit("msgsize_default") > 0);
	HOLDS(limit("queues_max") >= 0);
}

CLAIM("0-045 1-487", "the manual has a page mq_overview in section 7")
{
	if (system("man -w 7 mq_overview > page 2> /dev/null") != 0)
		SKIP("no such page here; on Debian: apt-get install man-db "
		     "manpages");
	EQUALS(system("grep -q mq_overview.7 page"), 0);
}

CLAIM("1-488 1-518 2-120", "above msg_max or msgsize_max, or below 1: EINVAL")
{
	long most = limit("msg_max"), longest = limit("msgsize_max");

	become_ordinary_user();
	HOLDS(try_open(most, 1) != (mqd_t)-1);
	HOLDS(try_open(1, longest) != (mqd_t)-1);
	FAILS(try_open(most + 1, 1), EINVAL);
	FAILS(try_open(1, longest + 1), EINVAL);
	FAILS(try_open(0, 16), EINVAL);
	FAILS(try_open(3, 0), EINVAL);
	FAILS(try_open(-1, 16), EINVAL);
}

CLAIM("1-488", "CAP_SYS_RESOURCE passes msg_max and msgsize_max")
{
	if (try_open(limit("msg_max") + 1, 1) == (mqd_t)-1)
		SKIP("to pass msg_max takes CAP_SYS_RESOURCE, which this "
		     "process lacks; run as a root that has it");
	HOLDS(try_open(1, limit("msgsize_max") + 1) != (mqd_t)-1);
	drop_capabilities();			/* the same, without it */
	FAILS(try_open(limit("msg_max") + 1, 1), EINVAL);
	FAILS(try_open(1, limit("msgsize_max") + 1), EINVAL);
}

CLAIM("1-488 2-120", "RLIMIT_MSGQUEUE bounds a user's queues together: EMFILE")
{
	long size = limit("msgsize_max");
	struct rlimit lim;
	mqd_t q[10];
	int n;

	HOLDS(getrlimit(RLIMIT_MSGQUEUE, &lim) == 0);
	lim.rlim_cur = 10 * (rlim_t)size;	/* ten of one message, or? */
	if (lim.rlim_max < lim.rlim_cur)
		SKIP("RLIMIT_MSGQUEUE is too low to fill; raise it, say: "
		     "ulimit -q 819200");
	HOLDS(setrlimit(RLIMIT_MSGQUEUE, &lim) == 0);
	/* Nine, or fewer if this user has others: it counts bookkeeping for
	 * each message beside the bytes. */
	for (n = 0; n < 10; n++) {
		q[n] = try_open(1, size);
		if (q[n] == (mqd_t)-1)
			break;
	}
	if (n < 2 && errno == EMFILE)
		SKIP("this user has many queues; remove them, or run it alone");
	HOLDS(n < 10);
	FAILS(try_open(1, size), EMFILE);
	EQUALS(mq_close(q[0]), 0);		/* one less of them */
	HOLDS(try_open(1, size) != (mqd_t)-1);
	FAILS(try_open(1, size), EMFILE);
	lim.rlim_cur = lim.rlim_max;
	HOLDS(setrlimit(RLIMIT_MSGQUEUE, &lim) == 0);
	HOLDS(try_open(1, size) != (mqd_t)-1);
}

CLAIM("L04-09", "EMFILE is also what a full table of descriptors says")
{
	rlim_t next = (rlim_t)dup(0);		/* the lowest free number */

	HOLDS(close((int)next) == 0);
	for (rlim_t room = 0; room <= 1; room++) {
		struct rlimit lim = { next + room, next + 1 };

		HOLDS(setrlimit(RLIMIT_NOFILE, &lim) == 0);
		EQUALS(try_open(1, 1), room ? (mqd_t)next : (mqd_t)-1);
		HOLDS(room || errno == EMFILE);
	}
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd == -1)
		SKIP("may not write %s; run as root, outside a container",
		     path);
	HOLDS(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
}

/* Queues and limits of one's own: what happens here harms nobody. */
static void own_namespace(void)
{
	unsigned uid = geteuid(), gid = getegid();
	char map[64];

	if (unshare(CLONE_NEWIPC) == 0)
		return;
	if (unshare(CLONE_NEWUSER | CLONE_NEWIPC) == -1)
		SKIP("no IPC namespace to be had here; run as root, or allow "
		     "user namespaces: sysctl -w user.max_user_namespaces=100");
	snprintf(map, sizeof map, "%u %u 1", uid, uid);
	write_file("/proc/self/uid_map", map);
	write_file("/proc/self/setgroups", "deny");
	snprintf(map, sizeof map, "%u %u 1", gid, gid);
	write_file("/proc/self/gid_map", map);
}

/* EMFILE says that the sizes are good, and too many bytes for ulimit -q. */
static void expect_good_sizes(long maxmsg, long msgsize)
{
	HOLDS(try_open(maxmsg, msgsize) != (mqd_t)-1 || errno == EMFILE);
}

/* A root raises the two limits as far as they go. Nobody else can show what
 * just fits, for the limits are lower. */
CLAIM("1-488", "65536 messages are the end, 16 MiB each, for anybody")
{
	const char *most = "/proc/sys/fs/mqueue/msg_max";
	const char *longest = "/proc/sys/fs/mqueue/msgsize_max";
	const long size = 16 * 1024 * 1024;

	FAILS(try_open(65537, 1), EINVAL);
	FAILS(try_open(1, size + 1), EINVAL);
	if (geteuid() != 0 || access(most, W_OK) != 0)
		return;
	own_namespace();
	write_file(most, "65536");
	write_file(longest, "16777216");
	expect_good_sizes(65536, 1);
	expect_good_sizes(1, size);
	FAILS(try_open(65537, 1), EINVAL);
	FAILS(try_open(1, size + 1), EINVAL);
}

CLAIM("L04-10", "queues_max bounds the queues of the system: ENOSPC")
{
	struct mq_attr attr = { .mq_maxmsg = 1, .mq_msgsize = 1 };
	long most;
	mqd_t q;

	own_namespace();
	most = limit("queues_max");
	if (most > 2000)
		SKIP("queues_max is %ld; lower it: "
		     "sysctl -w fs.mqueue.queues_max=256", most);
	become_ordinary_user();
	for (long i = 0; i < most; i++) {
		snprintf(name, sizeof name, "/claim.%ld", i);
		q = mq_open(name, O_CREAT | O_RDWR, 0600, &attr);
		HOLDS(q != (mqd_t)-1 && mq_close(q) == 0);
	}
	FAILS(mq_open("/one-more", O_CREAT | O_RDWR, 0600, &attr), ENOSPC);
	HOLDS(mq_unlink("/claim.0") == 0);	/* one less: there is room */
	HOLDS(mq_open("/one-more", O_CREAT | O_RDWR, 0600, &attr) !=
	      (mqd_t)-1);
}

CLAIM("L04-11", "root may raise msg_max, for one IPC namespace")
{
	long here = limit("msg_max");
	char text[32];

	if (geteuid() != 0)
		SKIP("only root may raise the limits; run as root");
	if (fork() == 0) {
		long most;

		own_namespace();
		most = limit("msg_max");
		snprintf(text, sizeof text, "%ld", most + here + 1);
		write_file("/proc/sys/fs/mqueue/msg_max", text);
		become_ordinary_user();
		HOLDS(try_open(most + here + 1, 1) != (mqd_t)-1);
		FAILS(try_open(most + here + 2, 1), EINVAL);
		_exit(0);
	}
	EQUALS(ends(-1), 0);
	EQUALS(limit("msg_max"), here);		/* it was not ours */
}

CLAIM("L04-29", "where /proc/sys is mounted to be read only, as in most "
      "containers, nobody can raise msg_max: EROFS")
{
	const char *path = "/proc/sys/fs/mqueue/msg_max";

	if (geteuid() != 0)
		SKIP("only root may raise the limits; run as root");
	own_namespace();
	write_file(path, "12");
	if (unshare(CLONE_NEWNS) == -1 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1 ||
	    mount("/proc/sys", "/proc/sys", NULL, MS_BIND, NULL) == -1 ||
	    mount(NULL, "/proc/sys", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY,
		  NULL) == -1)
		SKIP("nothing may be mounted here (%s); run it as root, "
		     "outside a container", errno_name(errno));
	FAILS(open(path, O_WRONLY), EROFS);
	EQUALS(limit("msg_max"), 12);
}

/* ------------------------------------------------- send and receive */

CLAIM("0-046 0-060 0-068 1-526 2-110",
      "the highest priority first, and the oldest first among equals")
{
	mqd_t q = queue(O_RDWR, 5, 64);

	put(q, "lo1", 1);
	put(q, "hi1", 32767);
	put(q, "lo2", 1);
	put(q, "zero", 0);
	put(q, "hi2", 32767);
	HOLDS(next_is(q, "hi1", 32767));
	HOLDS(next_is(q, "hi2", 32767));
	HOLDS(next_is(q, "lo1", 1));
	HOLDS(next_is(q, "lo2", 1));
	HOLDS(next_is(q, "zero", 0));
}

CLAIM("2-132 2-139", "priorities are 0 to 32767; POSIX promises 0 to 31")
{
	mqd_t q = queue(O_RDWR, 3, 64);

	EQUALS(sysconf(_SC_MQ_PRIO_MAX), 32768);
	EQUALS(_POSIX_MQ_PRIO_MAX, 32);
	EQUALS(mq_send(q, "x", 1, 32767), 0);
	FAILS(mq_send(q, "x", 1, 32768), EINVAL);
	HOLDS(next_is(q, "x", 32767));
}

CLAIM("0-062 2-139", "msg_prio is filled in, unless it is NULL")
{
	unsigned prio = 99999;
	char buf[16];
	mqd_t q = queue(O_RDWR, 3, sizeof buf);

	put(q, "x", 32767);
	put(q, "y", 3);
	EQUALS(mq_receive(q, buf, sizeof buf, &prio), 1);
	EQUALS(prio, 32767);
	EQUALS(mq_receive(q, buf, sizeof buf, NULL), 1);
	EQUALS(prio, 32767);			/* nothing came into it */
	HOLDS(buf[0] == 'y');
}

CLAIM("0-061 1-525 2-103 2-137 2-138",
      "the buffer must have mq_msgsize bytes at least: one less is EMSGSIZE")
{
	char buf[17];
	mqd_t q = queue(O_RDWR, 3, 16);

	put(q, "abc", 0);
	FAILS(mq_receive(q, buf, 3, NULL), EMSGSIZE);	/* long enough, but */
	FAILS(mq_receive(q, buf, 15, NULL), EMSGSIZE);
	EQUALS(waiting(q), 1);				/* nothing is lost */
	EQUALS(mq_receive(q, buf, 16, NULL), 3);	/* equal is enough */
	put(q, "abc", 0);
	EQUALS(mq_receive(q, buf, 17, NULL), 3);
}

CLAIM("L04-21", "a buffer too short is EMSGSIZE at once, also if the queue is "
      "empty: it does not wait")
{
	char buf[16];
	mqd_t q = queue(O_RDWR, 3, 16);
	pid_t right = fork();

	if (right == 0)
		_exit(mq_receive(q, buf, 16, NULL) != 1);
	HOLDS(blocks(right));			/* the right size waits */
	FAILS(mq_receive(q, buf, 15, NULL), EMSGSIZE);
	put(q, "x", 0);
	EQUALS(ends(right), 0);
}

CLAIM("L04-22", "a message waits as long as there is one of a higher priority")
{
	mqd_t q = queue(O_RDWR, 3, 64);
	int passed = 0;

	put(q, "cake", 1);
	while (passed < 1000) {
		put(q, "fries", 2);
		HOLDS(next_is(q, "fries", 2));
		passed++;
	}
	EQUALS(passed, 1000);
	put(q, "fries", 1);			/* a higher one, no equal */
	HOLDS(next_is(q, "cake", 1));
}

CLAIM("0-063 1-530 2-140", "mq_receive returns the length; 0 is a length")
{
	char buf[16];
	mqd_t q = queue(O_RDWR, 3, sizeof buf);

	put(q, "abc", 0);
	put(q, "", 0);
	EQUALS(mq_receive(q, buf, sizeof buf, NULL), 3);
	EQUALS(mq_receive(q, buf, sizeof buf, NULL), 0);
}

CLAIM("0-064", "mq_receive waits while the queue is empty")
{
	mqd_t q = queue(O_RDWR, 3, 64);
	pid_t receiver = fork();

	if (receiver == 0)
		_exit(!next_is(q, "at last", 0));
	HOLDS(blocks(receiver));
	put(q, "at last", 0);
	EQUALS(ends(receiver), 0);
}

CLAIM("0-069", "mq_send waits while the queue is full")
{
	mqd_t q = queue(O_RDWR, 1, 64);
	pid_t sender;

	put(q, "first", 0);
	sender = fork();
	if (sender == 0)
		_exit(mq_send(q, "second", 6, 0) != 0);
	HOLDS(blocks(sender));
	HOLDS(next_is(q, "first", 0));
	EQUALS(ends(sender), 0);
	HOLDS(next_is(q, "second", 0));
}

CLAIM("L04-28", "while its sender waits for room, an urgent message is in no "
      "queue: a less urgent one comes out before it")
{
	mqd_t q = queue(O_RDWR, 2, 64);
	pid_t sender;

	put(q, "soup", 1);
	put(q, "steak", 1);
	sender = fork();
	if (sender == 0)
		_exit(mq_send(q, "ice", 3, 20) != 0);
	HOLDS(blocks(sender));
	HOLDS(next_is(q, "soup", 1));
	EQUALS(ends(sender), 0);
	HOLDS(next_is(q, "ice", 20));		/* now it overtakes */
	HOLDS(next_is(q, "steak", 1));
}

CLAIM("0-064 0-069 1-532 2-133", "with O_NONBLOCK both are -1 with EAGAIN")
{
	char buf[16];
	mqd_t q = queue(O_RDWR | O_NONBLOCK, 1, sizeof buf);

	FAILS(mq_receive(q, buf, sizeof buf, NULL), EAGAIN);
	EQUALS(mq_send(q, "x", 1, 0), 0);
	FAILS(mq_send(q, "x", 1, 0), EAGAIN);
}

/* A child waits until a partner comes. The one that it had has gone, and it
 * has the only descriptor. */
static void waits_for_ever(int sends)
{
	mqd_t q = named(sends ? O_WRONLY : O_RDONLY, 1, 16);
	mqd_t partners = mq_open(name, sends ? O_RDONLY : O_WRONLY);
	char buf[16] = "";
	pid_t pid, partner;

	if (sends)
		EQUALS(mq_send(q, buf, sizeof buf, 0), 0);	/* full */
	partner = fork();
	if (partner == 0) {
		HOLDS(mq_close(q) == 0);
		pause();
	}
	HOLDS(mq_close(partners) == 0);
	pid = fork();
	if (pid == 0)
		_exit(sends ? mq_send(q, buf, sizeof buf, 0) != 0 :
		      mq_receive(q, buf, sizeof buf, NULL) == -1);
	HOLDS(mq_close(q) == 0);
	FAILS(mq_getattr(q, &(struct mq_attr){ .mq_flags = 0 }), EBADF);
	FAILS(mq_getattr(partners, &(struct mq_attr){ .mq_flags = 0 }), EBADF);
	HOLDS(blocks(partner) && blocks(pid));
	HOLDS(kill(partner, SIGKILL) == 0);
	EQUALS(ends(partner), 128 + SIGKILL);
	HOLDS(blocks(pid));

	/* It is this queue that it waits at: a new partner frees it. */
	q = mq_open(name, O_RDWR);
	if (sends)
		EQUALS(mq_receive(q, buf, sizeof buf, NULL), sizeof buf);
	else
		EQUALS(mq_send(q, buf, sizeof buf, 0), 0);
	EQUALS(ends(pid), 0);
	EQUALS(mq_unlink(name), 0);
}

CLAIM("L04-12", "nobody is told that the partner has gone: both wait on")
{
	waits_for_ever(1);
	waits_for_ever(0);
}

/* Two children wait, each for a message of its own text, or for room. The early
 * one has NICE more than the late one. Who is served first: 'e' or 'l'? */
static int first_served(int sends, int niceness)
{
	mqd_t q = queue(O_RDWR, 1, 64);
	pid_t child[2];
	char buf[64];
	int status = -1;

	if (sends)
		put(q, "full", 0);
	for (int i = 0; i < 2; i++) {
		child[i] = fork();
		if (child[i] == 0) {
			errno = 0;
			if (i == 0 && niceness != 0 && nice(niceness) == -1)
				_exit(errno != 0);
			if (sends)
				_exit(mq_send(q, &"el"[i], 1, 0) != 0);
			_exit(mq_receive(q, buf, sizeof buf, NULL) != 1);
		}
		HOLDS(blocks(child[i]));
	}
	if (sends) {				/* room for one of the two */
		HOLDS(next_is(q, "full", 0));
		EQUALS(mq_receive(q, buf, sizeof buf, NULL), 1);
		for (int i = 0; i < 2; i++)
			EQUALS(ends(child[i]), 0);
		return buf[0];
	}
	put(q, "x", 0);				/* a message for one of them */
	do {
		for (int i = 0; i < 2 && status == -1; i++)
			if (is_blocked(child[i]) == -1)
				status = i;
	} while (status == -1);
	EQUALS(ends(child[status]), 0);
	HOLDS(blocks(child[1 - status]));	/* one message, one receiver */
	put(q, "y", 0);
	EQUALS(ends(child[1 - status]), 0);
	return status == 0 ? 'e' : 'l';
}

CLAIM("L04-13", "of two equals that wait, who came first is served, in "
      "mq_receive() and in mq_send()")
{
	EQUALS(first_served(0, 0), 'e');
	EQUALS(first_served(1, 0), 'e');
}

CLAIM("L04-20", "the nice value counts first: who came first with nice 10 is "
      "served after who came with 0")
{
	EQUALS(first_served(0, 10), 'l');
	EQUALS(first_served(1, 10), 'l');
}

/* Each of 200 numbers is sent once and must be received once. */
CLAIM("2-106", "several senders and receivers: each message exactly once")
{
	mqd_t q = queue(O_RDWR, 3, sizeof(int));
	int *times = mmap(NULL, (200 + 4) * sizeof *times,
			  PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			  -1, 0);
	int *share = times + 200;	/* of each process: its messages */

	HOLDS(times != MAP_FAILED);
	for (int w = 0; w < 4; w++)
		if (fork() == 0) {
			for (int i = 0; i < 100; i++) {
				int n = 100 * w + i;

				if (w < 2)
					HOLDS(mq_send(q, (char *)&n, sizeof n,
						      0) == 0);
				else if (mq_receive(q, (char *)&n, sizeof n,
						    NULL) == sizeof n)
					__atomic_fetch_add(&times[n], 1,
							   __ATOMIC_RELAXED);
				share[w]++;
			}
			_exit(0);
		}
	for (int i = 0; i < 4; i++)
		EQUALS(ends(-1), 0);
	for (int w = 0; w < 4; w++)
		EQUALS(share[w], 100);		/* two sent, two received */
	for (int i = 0; i < 200; i++)
		EQUALS(times[i], 1);
}

enum { THREADS = 4, EACH = 500 };

struct work { mqd_t q; int first; };	/* sends FIRST to FIRST + EACH - 1 */

static int came[THREADS * EACH];	/* how often each number came out */

static void *thread_sends(void *arg)
{
	const struct work *work = arg;

	for (int i = 0; i < EACH; i++) {
		int n = work->first + i;

		HOLDS(mq_send(work->q, (char *)&n, sizeof n, 0) == 0);
	}
	return NULL;
}

static void *thread_counts(void *arg)
{
	const struct work *work = arg;

	for (int n, i = 0; i < EACH; i++) {
		EQUALS(mq_receive(work->q, (char *)&n, sizeof n, NULL),
		       sizeof n);
		HOLDS(n >= 0 && n < THREADS * EACH);
		__atomic_fetch_add(&came[n], 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

CLAIM("1-166", "threads may share one descriptor: nothing is lost or doubled")
{
	pthread_t out[THREADS], in[THREADS];
	struct work work[THREADS];
	mqd_t q = queue(O_RDWR, 3, sizeof(int));

	for (int i = 0; i < THREADS; i++) {
		work[i] = (struct work){ .q = q, .first = i * EACH };
		EQUALS(pthread_create(&out[i], NULL, thread_sends, &work[i]),
		       0);
		EQUALS(pthread_create(&in[i], NULL, thread_counts, &work[i]),
		       0);
	}
	for (int i = 0; i < THREADS; i++) {
		EQUALS(pthread_join(out[i], NULL), 0);
		EQUALS(pthread_join(in[i], NULL), 0);
	}
	EQUALS(sizeof came / sizeof came[0], 2000);
	for (int i = 0; i < 2000; i++)
		EQUALS(came[i], 1);
	EQUALS(waiting(q), 0);
}

/* ------------------------------------------------- time-outs and signals */

static long long now_ns(void)
{
	struct timespec now;

	HOLDS(clock_gettime(CLOCK_REALTIME, &now) == 0);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

CLAIM("1-494 1-496 1-522", "the timed calls wait until the time: ETIMEDOUT")
{
	char buf[16];
	mqd_t q = queue(O_RDWR, 1, sizeof buf);

	for (int sends = 0; sends <= 1; sends++) {
		long long before = now_ns();
		struct timespec end = in_ms(20);

		if (sends)
			FAILS(mq_timedsend(q, "x", 1, 0, &end), ETIMEDOUT);
		else
			FAILS(mq_timedreceive(q, buf, sizeof buf, NULL, &end),
			      ETIMEDOUT);
		HOLDS(now_ns() - before >= 20 * 1000000LL);
		if (!sends)
			put(q, "x", 0);		/* full, for the other one */
	}
}

/* As a length of time it would be an hour; as a point it is in 1970. */
CLAIM("1-527 1-528", "the time is a point, not a length: { 3600, 0 } is past")
{
	struct timespec hour = { 3600, 0 }, later = in_ms(0);
	char buf[16];
	mqd_t q = queue(O_RDWR, 1, sizeof buf);
	pid_t pid;

	FAILS(mq_timedreceive(q, buf, sizeof buf, NULL, &hour), ETIMEDOUT);
	later.tv_sec += hour.tv_sec;		/* this is in an hour */
	HOLDS(hour.tv_sec >= 3600);
	pid = fork();
	if (pid == 0)
		_exit(mq_timedreceive(q, buf, 16, NULL, &later) != 1);
	HOLDS(blocks(pid));
	put(q, "x", 0);
	EQUALS(ends(pid), 0);
	put(q, "x", 0);
	FAILS(mq_timedsend(q, "x", 1, 0, &hour), ETIMEDOUT);
}

CLAIM("1-527", "a time that has passed does not matter to who need not wait")
{
	struct timespec past = { 1, 0 };
	char buf[16];
	mqd_t q = queue(O_RDWR, 1, sizeof buf);

	EQUALS(mq_timedsend(q, "x", 1, 0, &past), 0);
	FAILS(mq_timedsend(q, "x", 1, 0, &past), ETIMEDOUT);	/* it must */
	EQUALS(mq_timedreceive(q, buf, sizeof buf, NULL, &past), 1);
	FAILS(mq_timedreceive(q, buf, sizeof buf, NULL, &past), ETIMEDOUT);
}

CLAIM("1-529", "time(NULL) has passed already, so time(NULL) + 1 is less "
      "than a second")
{
	struct timespec end = { 0, 0 }, before = in_ms(0), now;
	char buf[16];
	mqd_t q = queue(O_RDWR, 1, sizeof buf);

	end.tv_sec = time(NULL);
	HOLDS(clock_gettime(CLOCK_REALTIME, &now) == 0);
	/* It is this second, or one before: its clock is a little behind. */
	HOLDS(end.tv_sec >= before.tv_sec - 1);
	HOLDS(now.tv_sec > end.tv_sec || now.tv_nsec >= end.tv_nsec);
	FAILS(mq_timedreceive(q, buf, sizeof buf, NULL, &end), ETIMEDOUT);
}

/* CLOCK_MONOTONIC counts from the start of the machine, not from 1970. */
CLAIM("L04-24", "the time is read on CLOCK_REALTIME: an hour from now on "
      "CLOCK_MONOTONIC has passed")
{
	struct timespec end, mono, now;
	char buf[16];
	mqd_t q = queue(O_RDWR, 1, sizeof buf);
	pid_t pid;

	HOLDS(clock_gettime(CLOCK_REALTIME, &now) == 0);
	HOLDS(clock_gettime(CLOCK_MONOTONIC, &end) == 0);
	end.tv_sec += 3600;
	if (end.tv_sec >= now.tv_sec)
		SKIP("the clock of this machine says 1970; set it: date -s");
	FAILS(mq_timedreceive(q, buf, sizeof buf, NULL, &end), ETIMEDOUT);
	HOLDS(clock_gettime(CLOCK_MONOTONIC, &mono) == 0);
	HOLDS(end.tv_sec > mono.tv_sec);	/* there it is not over */
	now.tv_sec += 3600;			/* the right clock: it waits */
	pid = fork();
	if (pid == 0)
		_exit(mq_timedreceive(q, buf, 16, NULL, &now) != 1);
	HOLDS(blocks(pid));
	put(q, "x", 0);
	EQUALS(ends(pid), 0);
	put(q, "y", 0);
	FAILS(mq_timedsend(q, "x", 1, 0, &end), ETIMEDOUT);
}

CLAIM("L04-14", "tv_nsec is 0 to 999999999, else EINVAL, wait or not")
{
	char buf[16];
	mqd_t q = queue(O_RDWR, 1, 16);

	for (int full = 0; full <= 1; full++) {
		/* 1970: who must wait with a good time is ETIMEDOUT */
		struct timespec first = { 1, 0 }, last = { 1, 999999999 };
		struct timespec below = { 1, -1 }, above = { 1, 1000000000 };
		struct timespec before_1970 = { -1, 0 };

		if (full)
			put(q, "x", 0);
		FAILS(mq_timedsend(q, "x", 1, 0, &below), EINVAL);
		FAILS(mq_timedsend(q, "x", 1, 0, &above), EINVAL);
		FAILS(mq_timedsend(q, "x", 1, 0, &before_1970), EINVAL);
		EQUALS(waiting(q), full);
		errno = 0;
		EQUALS(mq_timedsend(q, "x", 1, 0, &first), full ? -1 : 0);
		EQUALS(errno, full ? ETIMEDOUT : 0);
		EQUALS(mq_receive(q, buf, sizeof buf, NULL), 1);
		EQUALS(mq_timedsend(q, "x", 1, 0, &last), 0);
		EQUALS(mq_receive(q, buf, sizeof buf, NULL), 1);
	}
}

static int handled[2];				/* a pipe: one byte a signal */

static void on_signal(int sig)
{
	HOLDS(sig == SIGUSR1 && write(handled[1], "!", 1) == 1);
}

/* A child that waits in mq_receive, timed or not, when its signal comes. */
static pid_t interrupted(mqd_t q, int flags, int timed)
{
	struct sigaction act = { .sa_handler = on_signal, .sa_flags = flags };
	struct timespec end = in_ms(60000);
	char buf[64], c;
	pid_t pid;
	ssize_t n;

	HOLDS(pipe(handled) == 0 && sigaction(SIGUSR1, &act, NULL) == 0);
	pid = fork();
	if (pid == 0) {
		errno = 0;
		n = timed ? mq_timedreceive(q, buf, sizeof buf, NULL, &end) :
			    mq_receive(q, buf, sizeof buf, NULL);
		_exit(n == -1 && errno == EINTR ? 42 : n != 4);
	}
	HOLDS(blocks(pid));
	HOLDS(kill(pid, SIGUSR1) == 0);
	HOLDS(read(handled[0], &c, 1) == 1);
	return pid;
}

CLAIM("1-532", "a handled signal ends the wait: -1 with EINTR")
{
	mqd_t q = queue(O_RDWR, 1, 64);

	EQUALS(ends(interrupted(q, 0, 0)), 42);
	EQUALS(ends(interrupted(q, 0, 1)), 42);
}

CLAIM("1-532 L04-15", "with SA_RESTART it goes on waiting, timed or not")
{
	mqd_t q = queue(O_RDWR, 1, 64);

	for (int timed = 0; timed <= 1; timed++) {
		pid_t pid = interrupted(q, SA_RESTART, timed);

		HOLDS(blocks(pid));
		put(q, "more", 0);
		EQUALS(ends(pid), 0);
	}
}

/* A child that waits for a message, or for room, timed or not. It ends with
 * 0 when it has come, with 1 when the wait ends otherwise. */
static pid_t in_the_wait(mqd_t q, int sends, int timed)
{
	struct timespec end = in_ms(60000);
	char buf[64];
	pid_t pid = fork();

	if (pid == 0 && sends)
		_exit((timed ? mq_timedsend(q, "x", 1, 0, &end) :
			       mq_send(q, "x", 1, 0)) != 0);
	if (pid == 0)
		_exit((timed ? mq_timedreceive(q, buf, 64, NULL, &end) :
			       mq_receive(q, buf, 64, NULL)) != 1);
	HOLDS(blocks(pid));
	return pid;
}

CLAIM("L04-25", "a stop and a continue (Ctrl-Z and fg) do not end the wait")
{
	struct sigaction act = { .sa_handler = on_signal };
	mqd_t full = queue(O_RDWR, 1, 64), empty = queue(O_RDWR, 1, 64);
	int status;

	HOLDS(pipe(handled) == 0 && sigaction(SIGUSR1, &act, NULL) == 0);
	put(full, "x", 0);
	for (int i = 0; i < 4; i++) {
		int sends = i & 1, timed = i & 2;
		pid_t pid = in_the_wait(sends ? full : empty, sends, timed);

		HOLDS(kill(pid, SIGUSR1) == 0);	/* a handled signal does */
		EQUALS(ends(pid), 1);
		pid = in_the_wait(sends ? full : empty, sends, timed);
		HOLDS(kill(pid, SIGSTOP) == 0);
		EQUALS(waitpid(pid, &status, WUNTRACED), pid);
		HOLDS(WIFSTOPPED(status));
		HOLDS(kill(pid, SIGCONT) == 0);
		EQUALS(waitpid(pid, &status, WCONTINUED), pid);
		HOLDS(WIFCONTINUED(status) && blocks(pid));
		if (sends)
			HOLDS(next_is(full, "x", 0));
		else
			put(empty, "y", 0);
		EQUALS(ends(pid), 0);
	}
}

CLAIM("L04-27", "a limit that passes while the process is stopped has passed: "
      "after fg it is ETIMEDOUT, unless a message has come")
{
	char buf[64];
	int status;

	for (int comes = 0; comes <= 1; comes++) {
		mqd_t q = queue(O_RDWR, 1, 64);
		struct timespec end = in_ms(300), now;
		pid_t pid = fork();

		if (pid == 0) {
			errno = 0;
			if (mq_timedreceive(q, buf, 64, NULL, &end) == 1)
				_exit(1);
			_exit(errno == ETIMEDOUT ? 42 : 2);
		}
		if (!blocks(pid))
			SKIP("300 ms are too short for this machine now; "
			     "run it again");
		HOLDS(kill(pid, SIGSTOP) == 0);
		EQUALS(waitpid(pid, &status, WUNTRACED), pid);
		if (!WIFSTOPPED(status))
			SKIP("300 ms are too short for this machine now; "
			     "run it again");
		if (comes)
			put(q, "x", 0);
		do {
			HOLDS(clock_gettime(CLOCK_REALTIME, &now) == 0);
			now.tv_sec -= end.tv_sec;
			now.tv_nsec -= end.tv_nsec;
		} while (now.tv_sec * 1000000000LL + now.tv_nsec <= 0);
		HOLDS(kill(pid, SIGCONT) == 0);
		EQUALS(ends(pid), comes ? 1 : 42);
	}
}

/* ------------------------------------------------- notification */

CLAIM("1-481", "mq_notify: a signal, if an empty queue gets a message")
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL,
				  .sigev_signo = SIGUSR1 };
	mqd_t q = queue(O_RDWR, 3, 64);
	siginfo_t info;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	HOLDS(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
	EQUALS(mq_notify(q, &event), 0);
	put(q, "x", 0);
	EQUALS(sigwaitinfo(&set, &info), SIGUSR1);
	EQUALS(info.si_code, SI_MESGQ);

	EQUALS(mq_notify(q, &event), 0);	/* it serves once */
	put(q, "y", 0);				/* not empty: no signal */
	FAILS(sigtimedwait(&set, NULL, &(struct timespec){ 0, 0 }), EAGAIN);
	HOLDS(next_is(q, "x", 0) && next_is(q, "y", 0));
	put(q, "z", 0);				/* empty it was: the signal */
	EQUALS(sigwaitinfo(&set, &info), SIGUSR1);
}

static int called[2];

static void callback(union sigval value)
{
	pthread_t self = pthread_self();

	HOLDS(value.sival_int == 42);
	HOLDS(write(called[1], &self, sizeof self) == sizeof self);
}

CLAIM("1-481", "mq_notify: or a function, in a thread of its own")
{
	struct sigevent event = { .sigev_notify = SIGEV_THREAD,
				  .sigev_notify_function = callback,
				  .sigev_value.sival_int = 42 };
	mqd_t q = queue(O_RDWR, 3, 64);
	pthread_t who;

	HOLDS(pipe(called) == 0);
	EQUALS(mq_notify(q, &event), 0);
	put(q, "x", 0);
	HOLDS(read(called[0], &who, sizeof who) == sizeof who);
	HOLDS(!pthread_equal(who, pthread_self()));
}

CLAIM("1-481", "mq_notify is silent while somebody waits in mq_receive")
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL,
				  .sigev_signo = SIGUSR1 };
	mqd_t q = queue(O_RDWR, 3, 64);
	pid_t receiver;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	HOLDS(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
	EQUALS(mq_notify(q, &event), 0);
	receiver = fork();
	if (receiver == 0)
		_exit(!next_is(q, "x", 0));
	HOLDS(blocks(receiver));
	put(q, "x", 0);
	EQUALS(ends(receiver), 0);
	FAILS(sigtimedwait(&set, NULL, &(struct timespec){ 0, 0 }), EAGAIN);
	put(q, "y", 0);				/* it is still registered */
	EQUALS(sigwaitinfo(&set, NULL), SIGUSR1);
}

/* ------------------------------------------------- peers that are not ours */

CLAIM("L04-16", "cat shows the status of a queue through /proc/PID/fd")
{
	char command[64], out[80];
	mqd_t q = queue(O_RDWR, 3, 64);

	put(q, "12345", 0);
	put(q, "678", 0);
	snprintf(command, sizeof command, "cat /proc/%d/fd/%d", (int)getpid(),
		 q);
	EQUALS(run(command, out, sizeof out), 0);
	HOLDS(strncmp(out, "QSIZE:8 ", 8) == 0);
	HOLDS(strstr(out, " NOTIFY:0 ") && strstr(out, " SIGNO:0 "));
	HOLDS(strstr(out, " NOTIFY_PID:0 "));
}

/* Where queue NAME is a file: /dev/mqueue, or wherever it is mounted. */
static void find_file(char *path, size_t size)
{
	char line[1024], dir[512], type[64];
	FILE *f = fopen("/proc/self/mounts", "re");

	while (f && fgets(line, sizeof line, f))
		if (sscanf(line, "%*s %511s %63s", dir, type) == 2 &&
		    strcmp(type, "mqueue") == 0) {
			snprintf(path, size, "%s%s", dir, name);
			if (access(path, F_OK) == 0) {
				fclose(f);
				return;
			}
		}
	mq_unlink(name);
	SKIP("the mqueue file system is not mounted; as root: mkdir "
	     "/dev/mqueue; mount -t mqueue none /dev/mqueue");
}

CLAIM("L04-17", "where the queues are mounted, ls, cat and rm work on them")
{
	char path[700], command[800], out[80];
	mqd_t q = named(O_RDWR, 3, 64);

	put(q, "abc", 0);
	find_file(path, sizeof path);
	snprintf(command, sizeof command, "ls %s", path);
	EQUALS(run(command, out, sizeof out), 0);
	snprintf(command, sizeof command, "cat %s", path);
	EQUALS(run(command, out, sizeof out), 0);
	HOLDS(strncmp(out, "QSIZE:3 ", 8) == 0);
	snprintf(command, sizeof command, "rm %s", path);
	EQUALS(run(command, out, sizeof out), 0);
	FAILS(mq_open(name, O_RDWR), ENOENT);
	HOLDS(next_is(q, "abc", 0));		/* as after mq_unlink */
}

/* perl calls the kernel, past the C library: there names have no slash. */
CLAIM("2-116 L04-18", "perl answers over the queue; the slash is the library's")
{
	char command[512], out[80];
	mqd_t q;

	if (!is_here("perl"))
		SKIP("no perl here; apt-get install perl");
	snprintf(command, sizeof command,
		 "perl -MConfig -e 'exit($Config{ptrsize} != %zu)'",
		 sizeof(void *));
	if (run(command, out, sizeof out) != 0)
		SKIP("perl here has another word size than this program, and "
		     "other numbers of calls; compile without -m32");
	q = named(O_RDWR, 3, 64);
	put(q, "from C", 7);
	snprintf(command, sizeof command, "perl -e '"
		 "$name = \"%s\"; $q = syscall(%d, $name, 2, 0, 0);"
		 "$buf = \"-\" x 64; $prio = pack(\"I\", 0);"
		 "$n = syscall(%d, $q, $buf, 64, $prio, 0);"
		 "print substr($buf, 0, $n), unpack(\"I\", $prio);"
		 "$answer = \"from perl\";"
		 "exit syscall(%d, $q, $answer, length $answer, 8, 0)'",
		 name + 1, (int)SYS_mq_open, (int)SYS_mq_timedreceive,
		 (int)SYS_mq_timedsend);
	EQUALS(run(command, out, sizeof out), 0);
	HOLDS(strcmp(out, "from C7") == 0);
	HOLDS(next_is(q, "from perl", 8));
	EQUALS(waiting(q), 0);			/* it took the other one */
	EQUALS(mq_unlink(name), 0);
}

CLAIM("L04-19", "python3 answers over the queue, by the C library's calls")
{
	char command[640], out[80];
	mqd_t q;

	if (system("python3 -c 'import ctypes' 2>/dev/null") != 0)
		SKIP("no python3 here; apt-get install python3");
	q = named(O_RDWR, 3, 64);
	put(q, "from C", 7);
	snprintf(command, sizeof command, "python3 -c '"
		 "import ctypes; c = ctypes.CDLL(None);"
		 "q = c.mq_open(b\"%s\", 2);"
		 "buf = ctypes.create_string_buffer(64);"
		 "prio = ctypes.c_uint();"
		 "n = c.mq_receive(q, buf, 64, ctypes.byref(prio));"
		 "print(buf.raw[:n].decode(), prio.value, end=\"\");"
		 "exit(c.mq_send(q, b\"from python\", 11, 8))'", name);
	EQUALS(run(command, out, sizeof out), 0);
	HOLDS(strcmp(out, "from C 7") == 0);
	HOLDS(next_is(q, "from python", 8));
	EQUALS(waiting(q), 0);			/* it took the other one */
	EQUALS(mq_unlink(name), 0);
}
