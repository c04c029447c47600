/*
 * look.c - what does a process wait for, and who could end its wait?
 *
 * /proc/PID/syscall names the system call and its arguments; the descriptor,
 * the semaphore set, the queue or the lock behind them is then looked up.
 * See proc(5). Reading another process needs the right to trace it; without
 * that right the sentence says so.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <unistd.h>

#include "inside.h"

struct call {
	pid_t pid;
	long nr;
	unsigned long long arg[6];
	const pid_t *run;	/* where partners are looked for; */
	size_t n;		/* 0: everywhere */
	struct words *w;
	int forever;		/* nothing but a partner ends this wait */
	int signal;		/* only a signal ends it */
};

/* What a descriptor call does to its descriptor. */
enum way { READS, WRITES, OTHER };

static ssize_t peek(const struct call *c, unsigned long long at, void *to,
		    size_t size)
{
	struct iovec mine = { to, size };
	struct iovec its = { (void *)(uintptr_t)at, size };

	return process_vm_readv(c->pid, &mine, 1, &its, 1, 0);
}

static const char *name_of(pid_t pid)
{
	static char name[64];
	struct proc p;

	if (proc_get(pid, &p) == -1)
		snprintf(name, sizeof name, "process %d, which has ended",
			 (int)pid);
	else
		snprintf(name, sizeof name, "%s (process %d)", p.comm,
			 (int)pid);
	return name;
}

/* ------------------------------------------------- pipes and FIFOs */

/* Does descriptor FD of PID allow what WAY's partner would do? */
static int is_open_for(pid_t pid, int fd, enum way way)
{
	char name[64], text[512], *flags;
	int mode;

	snprintf(name, sizeof name, "fdinfo/%d", fd);
	if (proc_read(pid, name, text, sizeof text) <= 0 ||
	    !(flags = strstr(text, "flags:")))
		return 0;
	mode = (int)strtol(flags + 6, NULL, 8) & O_ACCMODE;
	return mode == O_RDWR || mode == (way == READS ? O_WRONLY : O_RDONLY);
}

/* Name the partners in PID; returns how many it found. */
static int partners_in(struct call *c, pid_t pid, const char *link,
		       enum way way, int found)
{
	char path[64];
	struct dirent *e;
	DIR *d;

	snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
	d = opendir(path);
	while (d && (e = readdir(d))) {
		char other[PATH_MAX];
		int fd = atoi(e->d_name);

		if (!isdigit((unsigned char)e->d_name[0]) ||
		    proc_link(pid, fd, other, sizeof other) == -1 ||
		    strcmp(link, other) != 0 || !is_open_for(pid, fd, way))
			continue;
		if (found++ == 0)
			words_add(c->w, "; its %s end is still open in ",
				  way == READS ? "write" : "read");
		else
			words_add(c->w, " and in ");
		if (pid == c->pid)
			words_add(c->w, "the same process, fd %d", fd);
		else
			words_add(c->w, "%s, fd %d", name_of(pid), fd);
	}
	if (d)
		closedir(d);
	return found;
}

static int each_process(struct call *c, const char *link, enum way way)
{
	struct dirent *e;
	DIR *d;
	int found = 0;

	for (size_t i = 0; i < c->n; i++)
		found = partners_in(c, c->run[i], link, way, found);
	if (c->n > 0)
		return found;
	d = opendir("/proc");
	while (d && (e = readdir(d)))
		if (isdigit((unsigned char)e->d_name[0]))
			found = partners_in(c, (pid_t)atoi(e->d_name), link,
					    way, found);
	if (d)
		closedir(d);
	return found;
}

/* --------------------------------------------- calls on a descriptor */

/* "QSIZE:129  NOTIFY:0 ..." is what an open queue reads as. */
static void describe_mq(struct call *c, int fd, const char *link)
{
	char name[64], text[256];
	long bytes = -1;

	snprintf(name, sizeof name, "fd/%d", fd);
	if (proc_read(c->pid, name, text, sizeof text) > 0)
		sscanf(text, "QSIZE:%ld", &bytes);
	words_add(c->w, "fd %d, the POSIX queue %s", fd, link);
	if (bytes >= 0)
		words_add(c->w, ", which holds %ld bytes", bytes);
}

static void describe_fd(struct call *c, int fd, enum way way)
{
	char link[PATH_MAX] = "", path[64];
	struct stat st;

	if (proc_link(c->pid, fd, link, sizeof link) == -1) {
		words_add(c->w, "fd %d", fd);
		return;
	}
	snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)c->pid, fd);
	if (c->nr == SYS_mq_timedreceive || c->nr == SYS_mq_timedsend) {
		describe_mq(c, fd, link);
	} else if (stat(path, &st) == 0 && S_ISFIFO(st.st_mode)) {
		int pipe = strncmp(link, "pipe:", 5) == 0;

		words_add(c->w, "fd %d, %s%s", fd, pipe ? "a pipe" :
			  "the FIFO ", pipe ? "" : link);
		if (way == WRITES)
			words_add(c->w, " that is full");
		if (each_process(c, link, way) == 0)
			words_add(c->w, "; nobody else has it open");
	} else if (strncmp(link, "socket:", 7) == 0) {
		words_add(c->w, "fd %d, a socket", fd);
	} else if (strncmp(link, "anon_inode:", 11) == 0) {
		words_add(c->w, "fd %d, %s", fd, link + 11);
		if (strstr(link, "[timerfd]"))
			c->forever = 0;
	} else {
		words_add(c->w, "fd %d, %s", fd, link);
	}
}

static void on_fd(struct call *c, const char *name, enum way way)
{
	words_add(c->w, "is blocked in %s() on ", name);
	describe_fd(c, (int)c->arg[0], way);
}

/* open() of a FIFO waits for the other side. */
static void on_open(struct call *c, unsigned long long at,
		    unsigned long long flags)
{
	char path[PATH_MAX] = "";
	int writes = (flags & O_ACCMODE) == O_WRONLY;

	for (size_t size = sizeof path - 1; size > 0 &&
	     peek(c, at, path, size) <= 0; size /= 2)
		;		/* the string may end right before a hole */
	path[sizeof path - 1] = '\0';
	words_add(c->w, "is blocked in open() of %.200s for %s: nobody has "
		  "it open for %s", path, writes ? "writing" : "reading",
		  writes ? "reading" : "writing");
}

/* ------------------------------------------------------- System V */

static void on_semop(struct call *c)
{
	struct sembuf op[8];
	int id = (int)c->arg[0];
	size_t n = c->arg[2] < 8 ? (size_t)c->arg[2] : 8;

	words_add(c->w, "is blocked in semop() on semaphore set %d", id);
	if (peek(c, c->arg[1], op, n * sizeof *op) <= 0)
		return;
	for (size_t i = 0; i < n; i++) {
		int value = semctl(id, op[i].sem_num, GETVAL);
		int last = semctl(id, op[i].sem_num, GETPID);

		words_add(c->w, i ? "; and " : ": ");
		if (op[i].sem_op == 0)
			words_add(c->w, "it waits for semaphore %d to become "
				  "zero", op[i].sem_num);
		else
			words_add(c->w, "it wants %+d on semaphore %d",
				  op[i].sem_op, op[i].sem_num);
		if (value >= 0)
			words_add(c->w, ", whose value is %d", value);
		if (last > 0)
			words_add(c->w, " (last changed by %s)",
				  name_of(last));
	}
}

static void on_queue(struct call *c, int receives)
{
	struct msqid_ds q;
	int id = (int)c->arg[0];
	long type = (long)c->arg[3];

	words_add(c->w, "is blocked in %s() on message queue %d",
		  receives ? "msgrcv" : "msgsnd", id);
	if (msgctl(id, IPC_STAT, &q) == -1)
		return;
	words_add(c->w, ", which holds %lu messages (%lu of %lu bytes)",
		  (unsigned long)q.msg_qnum, (unsigned long)q.__msg_cbytes,
		  (unsigned long)q.msg_qbytes);
	if (receives && type != 0)
		words_add(c->w, ", none of type %ld%s", type < 0 ? -type :
			  type, type < 0 ? " or lower" : "");
}

/* ---------------------------------------------------------- futexes */

struct mapping {
	char path[PATH_MAX];	/* "" if it has none */
	unsigned long ino;
	int is_shared;
};

/* The mapping of PID that holds address AT: 1 if there is one. */
static int find_mapping(pid_t pid, unsigned long long at, struct mapping *m)
{
	char name[64], line[PATH_MAX + 128];
	FILE *f;
	int found = 0;

	snprintf(name, sizeof name, "/proc/%d/maps", (int)pid);
	f = fopen(name, "re");
	while (f && !found && fgets(line, sizeof line, f)) {
		unsigned long long from, to;
		char perms[8];
		int where = 0;

		if (sscanf(line, "%llx-%llx %7s %*s %*s %lu %n", &from, &to,
			   perms, &m->ino, &where) < 4 || at < from ||
		    at >= to)
			continue;
		found = 1;
		line[strcspn(line, "\n")] = '\0';
		snprintf(m->path, sizeof m->path, "%s",
			 where ? line + where : "");
		m->is_shared = perms[3] == 's';
	}
	if (f)
		fclose(f);
	return found;
}

/* The name of the semaphore in mapping M, if it is one. sem_open() makes it
 * under another name, which it then removes, and whoever made it has that
 * other name in its maps: so go by the inode. */
static int is_named(const struct mapping *m, char *name, size_t size)
{
	struct dirent *e;
	DIR *d;
	int found = 0;

	if (strncmp(m->path, "/dev/shm/sem.", 13) != 0)
		return 0;
	snprintf(name, size, "/%.200s", m->path + 13);
	d = opendir("/dev/shm");
	while (d && !found && (e = readdir(d)))
		if (e->d_ino == m->ino && strncmp(e->d_name, "sem.", 4) == 0) {
			snprintf(name, size, "/%.200s", e->d_name + 4);
			found = 1;
		}
	if (d)
		closedir(d);
	return 1;
}

/* What kind of thing is the futex? glibc's semaphores hold their value in
 * the first word; a mutex its state there and its owner in the third. */
static void describe_futex(struct call *c, const int *word)
{
	unsigned owner = word[0] & FUTEX_TID_MASK;

	if (word[0] == 0)
		words_add(c->w, "is blocked on a futex whose value is 0 (a "
			  "semaphore without a unit left, or a condition "
			  "nobody has signaled)");
	else if (word[0] == 2 && word[2] > 0)
		words_add(c->w, "is blocked on a mutex that %s holds",
			  name_of((pid_t)word[2]));
	else if ((word[0] & (int)FUTEX_WAITERS) && owner > 2)
		words_add(c->w, "is blocked on a mutex that %s holds",
			  name_of((pid_t)owner));
	else
		words_add(c->w, "is blocked on a futex whose value is %d",
			  word[0]);
}

static void on_futex(struct call *c)
{
	struct mapping m;
	char name[256];
	int word[3] = { 0 };

	if (!find_mapping(c->pid, c->arg[0], &m)) {
		words_add(c->w, "is blocked on a futex");
		return;
	}
	peek(c, c->arg[0], word, sizeof word);
	if (is_named(&m, name, sizeof name)) {
		words_add(c->w, "is blocked in sem_wait() on the named "
			  "semaphore %s, whose value is %d", name, word[0]);
		return;
	}
	describe_futex(c, word);
	if (strncmp(m.path, "/dev/shm/", 9) == 0)
		words_add(c->w, ", in shared memory /%s", m.path + 9);
	else if (m.is_shared)
		words_add(c->w, ", in shared memory");
	else
		words_add(c->w, ", in its own memory: no other process can "
			  "reach it");
}

/* ------------------------------------------------------------ locks */

/* "1: POSIX  ADVISORY  WRITE 41 fe:00:1234 0 EOF"; an arrow marks a waiter. */
static void on_lock(struct call *c, const char *name)
{
	char line[256], path[64];
	struct stat st;
	int fd = (int)c->arg[0], found = 0;
	FILE *f;

	words_add(c->w, "is blocked in %s() on ", name);
	describe_fd(c, fd, OTHER);
	snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)c->pid, fd);
	if (stat(path, &st) == -1 || !(f = fopen("/proc/locks", "re")))
		return;
	while (fgets(line, sizeof line, f)) {
		char kind[16], mode[16];
		unsigned int maj, min;
		unsigned long ino;
		int pid;

		if (strstr(line, "->") ||
		    sscanf(line, "%*s %15s %*s %15s %d %x:%x:%lu", kind, mode,
			   &pid, &maj, &min, &ino) != 6 ||
		    ino != st.st_ino || makedev(maj, min) != st.st_dev)
			continue;
		words_add(c->w, "%s a %s %s lock", found++ ? " and" : ":",
			  mode, kind);
		if (pid > 0)
			words_add(c->w, " is held by %s", name_of(pid));
		else
			words_add(c->w, " is held");
	}
	fclose(f);
}

/* ------------------------------------------------------------ others */

static void on_wait(struct call *c, pid_t child)
{
	words_add(c->w, "is blocked in wait() for ");
	if (child > 0)
		words_add(c->w, "%s to end", name_of(child));
	else
		words_add(c->w, "a child to end");
}

static void on_time(struct call *c)
{
	words_add(c->w, "sleeps until a time has passed");
	c->forever = 0;
}

/* The descriptors that poll() watches, which passes over negative ones; four
 * are enough for a sentence. */
static void on_pollfds(struct call *c)
{
	struct pollfd p[4];
	const char *before = " on ";
	size_t n = c->arg[1] < 4 ? (size_t)c->arg[1] : 4;

	if (n == 0 || peek(c, c->arg[0], p, n * sizeof *p) <= 0)
		return;
	for (size_t i = 0; i < n; i++) {
		if (p[i].fd < 0)
			continue;
		words_add(c->w, "%s", before);
		describe_fd(c, p[i].fd,
			    p[i].events & POLLIN ? READS : WRITES);
		before = " and ";
	}
}

/* poll() and its relatives: arg[AT] < 0 is a wait without time limit; for
 * those that take a pointer, NULL is. */
static void on_poll(struct call *c, const char *name, int at, int pointer)
{
	words_add(c->w, "is blocked in %s()", name);
	if (strcmp(name, "poll") == 0)
		on_pollfds(c);
	c->forever = pointer ? c->arg[at] == 0 : (int)c->arg[at] < 0;
}

static void on_signal_wait(struct call *c, const char *name, int timed)
{
	words_add(c->w, "is blocked in %s(): it waits for a signal", name);
	c->forever = 0;		/* anybody may send it, a timer as well */
	c->signal = !timed;
}

static void describe(struct call *c)
{
	switch (c->nr) {
	case SYS_read:		on_fd(c, "read", READS); break;
	case SYS_readv:		on_fd(c, "readv", READS); break;
	case SYS_write:		on_fd(c, "write", WRITES); break;
	case SYS_writev:	on_fd(c, "writev", WRITES); break;
	case SYS_mq_timedreceive: on_fd(c, "mq_receive", READS);
				c->forever = c->arg[4] == 0; break;
	case SYS_mq_timedsend:	on_fd(c, "mq_send", WRITES);
				c->forever = c->arg[4] == 0; break;
	case SYS_recvfrom:	on_fd(c, "recv", READS); break;
	case SYS_recvmsg:	on_fd(c, "recvmsg", READS); break;
	case SYS_sendto:	on_fd(c, "send", WRITES); break;
	case SYS_sendmsg:	on_fd(c, "sendmsg", WRITES); break;
	case SYS_connect:	on_fd(c, "connect", OTHER); break;
	case SYS_accept:
	case SYS_accept4:	on_fd(c, "accept", OTHER); break;
#ifdef SYS_open
	case SYS_open:		on_open(c, c->arg[0], c->arg[1]); break;
#endif
	case SYS_openat:	on_open(c, c->arg[1], c->arg[2]); break;
#ifdef SYS_semop
	case SYS_semop:		on_semop(c); break;
#endif
	case SYS_semtimedop:	on_semop(c);
				c->forever = c->arg[3] == 0; break;
	case SYS_msgrcv:	on_queue(c, 1); break;
	case SYS_msgsnd:	on_queue(c, 0); break;
	case SYS_futex:		on_futex(c);
				c->forever = c->arg[3] == 0; break;
	case SYS_flock:		on_lock(c, "flock"); break;
	case SYS_fcntl:		on_lock(c, "fcntl"); break;
	case SYS_wait4:		on_wait(c, (pid_t)c->arg[0]); break;
	case SYS_waitid:	on_wait(c, c->arg[0] == 1 ?
					(pid_t)c->arg[1] : -1); break;
#ifdef SYS_pause
	case SYS_pause:		on_signal_wait(c, "pause", 0); break;
#endif
	case SYS_rt_sigsuspend:	on_signal_wait(c, "sigsuspend", 0); break;
	case SYS_rt_sigtimedwait: on_signal_wait(c, "sigwait",
						 c->arg[2] != 0); break;
	case SYS_nanosleep:
	case SYS_clock_nanosleep: on_time(c); break;
#ifdef SYS_poll
	case SYS_poll:		on_poll(c, "poll", 2, 0); break;
#endif
	case SYS_ppoll:		on_poll(c, "poll", 2, 1); break;
#ifdef SYS_select
	case SYS_select:	on_poll(c, "select", 4, 1); break;
#endif
	case SYS_pselect6:	on_poll(c, "select", 4, 1); break;
#ifdef SYS_epoll_wait
	case SYS_epoll_wait:	on_poll(c, "epoll_wait", 3, 0); break;
#endif
	case SYS_epoll_pwait:	on_poll(c, "epoll_wait", 3, 0); break;
	default:
		words_add(c->w, "is blocked in system call %ld", c->nr);
	}
}

static int get_call(struct call *c)
{
	char text[256];

	return proc_read(c->pid, "syscall", text, sizeof text) > 0 &&
	       sscanf(text, "%ld %llx %llx %llx %llx %llx %llx", &c->nr,
		      &c->arg[0], &c->arg[1], &c->arg[2], &c->arg[3],
		      &c->arg[4], &c->arg[5]) == 7;
}

enum waits look_at(pid_t pid, const pid_t *run, size_t n, char *buf,
		   size_t size)
{
	struct words w = { buf, 0, size };
	struct call c = { .pid = pid, .run = run, .n = n, .w = &w,
			  .forever = 1 };
	struct proc p;

	if (proc_get(pid, &p) == -1)
		return IS_GONE;
	words_add(&w, "%s (process %d) ", p.comm, (int)pid);
	switch (p.state) {
	case 'Z':
		words_add(&w, "has ended; its parent, %s, has not waited for "
			  "it", name_of(p.ppid));
		c.forever = 0;
		break;
	case 'T':
	case 't':
		words_add(&w, "is stopped; kill -CONT %d lets it go on",
			  (int)pid);
		c.forever = 0;
		break;
	case 'D':
		words_add(&w, "is blocked (state D): it waits for a disk, a "
			  "device or its vfork() child");
		c.forever = 0;
		break;
	case 'R':
		words_add(&w, "is running: it uses the CPU and waits for "
			  "nothing");
		c.forever = 0;
		break;
	default:
		if (get_call(&c)) {
			describe(&c);
			break;
		}
		words_add(&w, "is blocked (state %c); its system call may "
			  "not be read here", p.state);
	}
	words_add(&w, ".\n");
	return c.signal ? FOR_A_SIGNAL : c.forever ? FOR_EVER : NOT_FOR_EVER;
}

int stage_why(pid_t pid, const pid_t *run, size_t n, char *buf, size_t size)
{
	enum waits waits = look_at(pid, run, n, buf, size);

	if (waits == IS_GONE)
		errno = ESRCH;
	return waits == IS_GONE ? -1 : waits == FOR_EVER;
}
