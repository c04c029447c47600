/*
 * look.c - what does a process wait for, and who could end its wait?
 *
 * /proc/PID/syscall names the system call and its arguments; the descriptor,
 * the semaphore set, the queue or the lock behind them is then looked up.
 * See proc(5). Reading another process needs the right to trace it; without
 * that right the sentence says what forbids it.
 *
 * Processors and C libraries differ in which call they make: pause() may be
 * ppoll(), msgrcv() may be ipc(). So a call is known by its name, and the
 * sentence says what the program has called.
 */
#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64	/* an address is an offset into memory */
#include <ctype.h>
#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
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
	int signal;		/* a signal may end it, from anybody */
};

/* What a descriptor call does to its descriptor: of WRITES it is known that
 * there was no room, PUTS may have had some. */
enum way { READS, WRITES, PUTS, OTHER };

/* How a call is told that it may wait for a time only: by an argument that
 * points to that time, or is one in milliseconds. */
enum limit { UNLIMITED, POINTER, MILLISECONDS };

/* A system call, by its name in the kernel's headers, and as it is called in
 * the programs. */
struct known {
	const char *name;
	const char *say;
	void (*tell)(struct call *c, const struct known *k);
	enum way way;
	enum limit limit;
	int at;			/* which argument the limit is */
};

static int has_limit(const struct call *c, const struct known *k)
{
	switch (k->limit) {
	case POINTER:		return c->arg[k->at] != 0;
	case MILLISECONDS:	return (int)c->arg[k->at] >= 0;
	default:		return 0;
	}
}

/* Read SIZE bytes of its memory, from address AT: how many there were. Not by
 * process_vm_readv(), which a container may forbid while this works. */
static ssize_t peek(const struct call *c, unsigned long long at, void *to,
		    size_t size)
{
	char path[32];
	ssize_t n;
	int fd;

	snprintf(path, sizeof path, "/proc/%d/mem", (int)c->pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return -1;
	n = pread(fd, to, size, (off_t)at);
	close(fd);
	return n;
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

/* "eventfd-count:      fffffffffffffffe" is the value, in hexadecimal. Whoever
 * writes waits since the sum would be too large. */
static void describe_eventfd(struct call *c, int fd, enum way way)
{
	char name[64], text[512];
	const char *at = NULL;
	unsigned long long value;

	words_add(c->w, "fd %d, an eventfd", fd);
	snprintf(name, sizeof name, "fdinfo/%d", fd);
	if (proc_read(c->pid, name, text, sizeof text) > 0)
		at = strstr(text, "eventfd-count:");
	if (at && sscanf(at, "eventfd-count: %llx", &value) == 1)
		words_add(c->w, " whose value is %llu", value);
	if (way == WRITES)
		words_add(c->w, ": what it adds must wait for a read()");
}

/* Files without a name: some of them end a wait by themselves. */
static void describe_anonymous(struct call *c, int fd, const char *kind,
			       enum way way)
{
	if (strcmp(kind, "[eventfd]") == 0) {
		describe_eventfd(c, fd, way);
		return;
	}
	words_add(c->w, "fd %d, %s", fd, kind);
	if (strcmp(kind, "[timerfd]") == 0 || strcmp(kind, "inotify") == 0)
		c->forever = 0;
	if (strcmp(kind, "[signalfd]") == 0) {
		words_add(c->w, ": it waits for a signal");
		c->signal = 1;
	}
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
	if (stat(path, &st) == 0 && S_ISFIFO(st.st_mode)) {
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
		describe_anonymous(c, fd, link + 11, way);
	} else {
		words_add(c->w, "fd %d, %s", fd, link);
	}
}

static void on_fd(struct call *c, const struct known *k)
{
	words_add(c->w, "is blocked in %s() on ", k->say);
	describe_fd(c, (int)c->arg[0], k->way);
}

/* A disk ends this wait, not a partner. */
static void on_disk(struct call *c, const struct known *k)
{
	on_fd(c, k);
	c->forever = 0;
}

static void on_mq(struct call *c, const struct known *k)
{
	char link[PATH_MAX] = "its queue";
	int fd = (int)c->arg[0];

	proc_link(c->pid, fd, link, sizeof link);
	words_add(c->w, "is blocked in %s() on ", k->say);
	describe_mq(c, fd, link);
}

/* From one descriptor to another: which of the two it waits for cannot be
 * seen from here. */
static void between(struct call *c, const struct known *k, int from, int to)
{
	words_add(c->w, "is blocked in %s(), which takes from ", k->say);
	describe_fd(c, from, READS);
	words_add(c->w, ", and gives to ");
	describe_fd(c, to, PUTS);
}

static void on_splice(struct call *c, const struct known *k)
{
	between(c, k, (int)c->arg[0], (int)c->arg[2]);
}

static void on_tee(struct call *c, const struct known *k)
{
	between(c, k, (int)c->arg[0], (int)c->arg[1]);
}

static void on_sendfile(struct call *c, const struct known *k)
{
	between(c, k, (int)c->arg[1], (int)c->arg[0]);
}

/* A string of its memory. The string may end right before a hole. */
static void peek_string(const struct call *c, unsigned long long at, char *to,
			size_t size)
{
	ssize_t n = peek(c, at, to, size - 1);

	to[n > 0 ? n : 0] = '\0';
}

/* Is what it calls PATH a FIFO? A relative path begins in the folder that is
 * open as descriptor DIR. */
static int is_fifo(const struct call *c, int dir, const char *path)
{
	char from[64], whole[PATH_MAX + 128];
	struct stat st;

	if (*path == '/')
		snprintf(from, sizeof from, "root");
	else if (dir == AT_FDCWD)
		snprintf(from, sizeof from, "cwd");
	else
		snprintf(from, sizeof from, "fd/%d", dir);
	snprintf(whole, sizeof whole, "/proc/%d/%s/%s", (int)c->pid, from,
		 path);
	return stat(whole, &st) == 0 && S_ISFIFO(st.st_mode);
}

/* open() of a FIFO waits for the other side; of another file, for a disk or a
 * device. */
static void tell_open(struct call *c, int dir, unsigned long long at,
		      unsigned long long flags)
{
	char path[PATH_MAX];
	int writes = (flags & O_ACCMODE) == O_WRONLY;

	peek_string(c, at, path, sizeof path);
	words_add(c->w, "is blocked in open() of %.200s", path);
	if (is_fifo(c, dir, path))
		words_add(c->w, " for %s: nobody has it open for %s",
			  writes ? "writing" : "reading",
			  writes ? "reading" : "writing");
	else
		c->forever = 0;
}

static void on_open(struct call *c, const struct known *k)
{
	(void)k;
	tell_open(c, AT_FDCWD, c->arg[0], c->arg[1]);
}

static void on_creat(struct call *c, const struct known *k)
{
	(void)k;
	tell_open(c, AT_FDCWD, c->arg[0], O_WRONLY);
}

static void on_openat(struct call *c, const struct known *k)
{
	(void)k;
	tell_open(c, (int)c->arg[0], c->arg[1], c->arg[2]);
}

/* The flags are the first member of struct open_how. */
static void on_openat2(struct call *c, const struct known *k)
{
	uint64_t flags = 0;

	(void)k;
	peek(c, c->arg[2], &flags, sizeof flags);
	tell_open(c, (int)c->arg[0], c->arg[1], flags);
}

/* ------------------------------------------------------- System V */

static void on_semop(struct call *c, const struct known *k)
{
	struct sembuf op[8];
	int id = (int)c->arg[0];
	size_t n = c->arg[2] < 8 ? (size_t)c->arg[2] : 8;

	(void)k;
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

static void on_queue(struct call *c, const struct known *k)
{
	struct msqid_ds q;
	int id = (int)c->arg[0];
	long type = (long)c->arg[3];

	words_add(c->w, "is blocked in %s() on message queue %d", k->say, id);
	if (msgctl(id, IPC_STAT, &q) == -1)
		return;
	words_add(c->w, ", which holds %lu messages (%lu of %lu bytes)",
		  (unsigned long)q.msg_qnum, (unsigned long)q.__msg_cbytes,
		  (unsigned long)q.msg_qbytes);
	if (k->way == READS && type != 0)
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

/* glibc for 32 bits keeps a semaphore's value beside a bit that says whether
 * somebody waits; everywhere else the word is the value. See its
 * sysdeps/nptl/internaltypes.h, struct new_sem. */
static int semaphore_value(int word)
{
#if defined __GLIBC__ && __SIZEOF_POINTER__ == 4 && !defined __x86_64__
	return word >> 1;
#else
	return word;
#endif
}

/* 0 is also what a condition variable holds. For 32 bits a semaphore without a
 * unit is 1 while somebody waits, which a mutex that is waited for never is. */
static int may_be_semaphore(int word)
{
	return word == 0 || (word == 1 && semaphore_value(word) == 0);
}

/* What kind of thing is the futex? glibc's semaphores hold their value in
 * the first word; a mutex its state there and its owner in the third. */
static void describe_futex(struct call *c, const int *word)
{
	unsigned owner = word[0] & FUTEX_TID_MASK;

	if (may_be_semaphore(word[0]))
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

static void tell_futex(struct call *c, unsigned long long at)
{
	struct mapping m;
	char name[256];
	int word[3] = { 0 };

	if (!find_mapping(c->pid, at, &m)) {
		words_add(c->w, "is blocked on a futex");
		return;
	}
	peek(c, at, word, sizeof word);
	if (is_named(&m, name, sizeof name)) {
		words_add(c->w, "is blocked in sem_wait() on the named "
			  "semaphore %s, whose value is %d", name,
			  semaphore_value(word[0]));
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

static void on_futex(struct call *c, const struct known *k)
{
	(void)k;
	tell_futex(c, c->arg[0]);
}

/* futex_waitv() waits on several; the sentence is about the first. Its address
 * is the second member of struct futex_waitv. */
static void on_futexes(struct call *c, const struct known *k)
{
	uint64_t first[2] = { 0 };

	(void)k;
	peek(c, c->arg[0], first, sizeof first);
	tell_futex(c, first[1]);
	if (c->arg[1] > 1)
		words_add(c->w, "; and on %llu more", c->arg[1] - 1);
}

/* ------------------------------------------------------------ locks */

/* "1: POSIX  ADVISORY  WRITE 41 fe:00:1234 0 EOF"; an arrow marks a waiter. */
static void on_lock(struct call *c, const struct known *k)
{
	char line[256], path[64];
	struct stat st;
	int fd = (int)c->arg[0], found = 0;
	FILE *f;

	on_fd(c, k);
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

static void tell_wait(struct call *c, pid_t child)
{
	words_add(c->w, "is blocked in wait() for ");
	if (child > 0)
		words_add(c->w, "%s to end", name_of(child));
	else
		words_add(c->w, "a child to end");
}

static void on_wait(struct call *c, const struct known *k)
{
	(void)k;
	tell_wait(c, (pid_t)c->arg[0]);
}

static void on_waitid(struct call *c, const struct known *k)
{
	(void)k;
	tell_wait(c, c->arg[0] == P_PID ? (pid_t)c->arg[1] : -1);
}

static void on_time(struct call *c, const struct known *k)
{
	(void)k;
	words_add(c->w, "sleeps until a time has passed");
	c->forever = 0;
}

static void on_signal(struct call *c, const struct known *k)
{
	words_add(c->w, "is blocked in %s(): it waits for a signal", k->say);
	c->signal = 1;
}

/* A stop and a continue end some calls, and the kernel goes on with them by
 * this one: whatever they waited for. */
static void on_restart(struct call *c, const struct known *k)
{
	(void)k;
	words_add(c->w, "goes on with a wait that a stop had broken off; for "
		  "what it waits cannot be seen any more");
	c->forever = 0;
}

/* Its operations are in memory that the process and the kernel share. */
static void on_ring(struct call *c, const struct known *k)
{
	on_fd(c, k);
	words_add(c->w, ": it waits for %llu of its operations to end; "
		  "which ones cannot be seen from here", c->arg[2]);
	c->forever = 0;
}

/* --------------------------------------- waits for several descriptors */

enum { WATCHED = 4 };	/* so many of them are enough for a sentence */

static void watch(struct call *c, int fd, enum way way, size_t *n)
{
	if ((*n)++ >= WATCHED)
		return;
	words_add(c->w, *n == 1 ? " on " : " and ");
	describe_fd(c, fd, way);
}

/* It watches nothing, so nothing but its time limit or a signal ends it. Some
 * processors have no call for pause(): their C library makes this one. */
static void watches_nothing(struct call *c, const struct known *k)
{
	if (!c->forever)
		words_add(c->w, " without a descriptor: it sleeps until a "
			  "time has passed");
	else
		words_add(c->w, " without a descriptor: it waits for a signal");
	c->signal = 1;
	(void)k;
}

/* poll() passes over negative descriptors. */
static void on_poll(struct call *c, const struct known *k)
{
	unsigned long long at = c->arg[0];
	size_t n = 0;

#ifndef SYS_pause
	if (at == 0 && c->arg[1] == 0 && c->forever) {
		on_signal(c, &(struct known){ .say = "pause" });
		return;
	}
#endif
	words_add(c->w, "is blocked in %s()", k->say);
	for (unsigned long long i = 0; i < c->arg[1] && n < WATCHED; i++) {
		struct pollfd p;

		if (peek(c, at + i * sizeof p, &p, sizeof p) != sizeof p)
			return;
		if (p.fd >= 0)
			watch(c, p.fd, p.events & POLLIN ? READS : WRITES, &n);
	}
	if (n == 0)
		watches_nothing(c, k);
}

/* A set of select(), which ends after descriptor C->arg[0]. */
static void watch_set(struct call *c, unsigned long long at, enum way way,
		      size_t *n)
{
	int end = (int)c->arg[0] < FD_SETSIZE ? (int)c->arg[0] : FD_SETSIZE;
	fd_set set;

	FD_ZERO(&set);
	if (at == 0 || end <= 0 ||
	    peek(c, at, &set, ((size_t)end + 7) / 8) <= 0)
		return;
	for (int fd = 0; fd < end; fd++)
		if (FD_ISSET(fd, &set))
			watch(c, fd, way, n);
}

static void on_select(struct call *c, const struct known *k)
{
	size_t n = 0;

	words_add(c->w, "is blocked in %s()", k->say);
	watch_set(c, c->arg[1], READS, &n);
	watch_set(c, c->arg[2], WRITES, &n);
	watch_set(c, c->arg[3], OTHER, &n);
	if (n == 0)
		watches_nothing(c, k);
}

/* "tfd:        5 events:       19 ..." is a descriptor that it watches. */
static void on_epoll(struct call *c, const struct known *k)
{
	char name[64], text[4096];
	const char *at = text;
	size_t n = 0;

	words_add(c->w, "is blocked in %s()", k->say);
	snprintf(name, sizeof name, "fdinfo/%d", (int)c->arg[0]);
	if (proc_read(c->pid, name, text, sizeof text) <= 0)
		return;
	while ((at = strstr(at, "tfd:")) != NULL) {
		unsigned events = 0;
		int fd = -1;

		if (sscanf(at, "tfd: %d events: %x", &fd, &events) == 2)
			watch(c, fd, events & POLLIN ? READS : WRITES, &n);
		at += 4;
	}
	if (n == 0)
		watches_nothing(c, k);
}

/* --------------------------------------------------------- the calls */

static void tell_call(struct call *c, const char *name);

/* socketcall() carries all calls of sockets on some processors of 32 bits: the
 * first argument says which, the second points to its arguments. */
static void on_socketcall(struct call *c, const struct known *k)
{
	static const char *const names[] = {
		[3] = "connect", [5] = "accept", [9] = "send", [10] = "recv",
		[11] = "sendto", [12] = "recvfrom", [16] = "sendmsg",
		[17] = "recvmsg", [18] = "accept4", [19] = "recvmmsg",
		[20] = "sendmmsg",
	};
	unsigned long arg[6] = { 0 };
	unsigned long long which = c->arg[0];

	(void)k;
	if (which >= LENGTH(names) || !names[which]) {
		words_add(c->w, "is blocked in a call of sockets, socketcall()"
			  " number %llu", which);
		c->forever = 0;
		return;
	}
	peek(c, c->arg[1], arg, sizeof arg);
	for (size_t i = 0; i < LENGTH(arg); i++)
		c->arg[i] = arg[i];
	tell_call(c, names[which]);
}

/* ipc() carries those of System V in the same way. */
static void on_ipc(struct call *c, const struct known *k)
{
	unsigned long long which = c->arg[0] & 0xffff, at = c->arg[4];
	unsigned long kludge[2] = { 0 };	/* as the kernel calls it */
	const char *name = NULL;

	(void)k;
	c->arg[0] = c->arg[1];
	switch (which) {
	case 1:		/* SEMOP: set, number of operations, -, operations */
	case 4:		/* SEMTIMEDOP: the same, and a time limit */
		name = which == 1 ? "semop" : "semtimedop";
		c->arg[1] = at;
		c->arg[3] = c->arg[5];
		break;
	case 11:	/* MSGSND */
		name = "msgsnd";
		break;
	case 12:	/* MSGRCV: the type is beside the buffer's address */
		name = "msgrcv";
		peek(c, at, kludge, sizeof kludge);
		c->arg[3] = kludge[1];
		break;
	default:
		words_add(c->w, "is blocked in a call of System V, ipc() "
			  "number %llu", which);
		c->forever = 0;
		return;
	}
	tell_call(c, name);
}

static const struct known known[] = {
	{ "read", "read", on_fd, READS, 0, 0 },
	{ "readv", "readv", on_fd, READS, 0, 0 },
	{ "pread64", "pread", on_fd, READS, 0, 0 },
	{ "preadv", "preadv", on_fd, READS, 0, 0 },
	{ "preadv2", "preadv2", on_fd, READS, 0, 0 },
	{ "write", "write", on_fd, WRITES, 0, 0 },
	{ "writev", "writev", on_fd, WRITES, 0, 0 },
	{ "pwrite64", "pwrite", on_fd, WRITES, 0, 0 },
	{ "pwritev", "pwritev", on_fd, WRITES, 0, 0 },
	{ "pwritev2", "pwritev2", on_fd, WRITES, 0, 0 },
	{ "vmsplice", "vmsplice", on_fd, WRITES, 0, 0 },
	{ "splice", "splice", on_splice, OTHER, 0, 0 },
	{ "tee", "tee", on_tee, OTHER, 0, 0 },
	{ "sendfile", "sendfile", on_sendfile, OTHER, 0, 0 },
	{ "sendfile64", "sendfile", on_sendfile, OTHER, 0, 0 },
	{ "copy_file_range", "copy_file_range", on_splice, OTHER, 0, 0 },
	{ "fsync", "fsync", on_disk, OTHER, 0, 0 },
	{ "fdatasync", "fdatasync", on_disk, OTHER, 0, 0 },
	{ "syncfs", "syncfs", on_disk, OTHER, 0, 0 },
	{ "ioctl", "ioctl", on_disk, OTHER, 0, 0 },
	{ "io_uring_enter", "io_uring_enter", on_ring, OTHER, 0, 0 },

	{ "recv", "recv", on_fd, READS, 0, 0 },
	{ "recvfrom", "recv", on_fd, READS, 0, 0 },
	{ "recvmsg", "recvmsg", on_fd, READS, 0, 0 },
	{ "recvmmsg", "recvmmsg", on_fd, READS, POINTER, 4 },
	{ "recvmmsg_time64", "recvmmsg", on_fd, READS, POINTER, 4 },
	{ "send", "send", on_fd, WRITES, 0, 0 },
	{ "sendto", "send", on_fd, WRITES, 0, 0 },
	{ "sendmsg", "sendmsg", on_fd, WRITES, 0, 0 },
	{ "sendmmsg", "sendmmsg", on_fd, WRITES, 0, 0 },
	{ "connect", "connect", on_fd, OTHER, 0, 0 },
	{ "accept", "accept", on_fd, OTHER, 0, 0 },
	{ "accept4", "accept", on_fd, OTHER, 0, 0 },
	{ "socketcall", "socketcall", on_socketcall, OTHER, 0, 0 },

	{ "open", "open", on_open, OTHER, 0, 0 },
	{ "creat", "creat", on_creat, OTHER, 0, 0 },
	{ "openat", "open", on_openat, OTHER, 0, 0 },
	{ "openat2", "open", on_openat2, OTHER, 0, 0 },

	{ "mq_timedreceive", "mq_receive", on_mq, READS, POINTER, 4 },
	{ "mq_timedreceive_time64", "mq_receive", on_mq, READS, POINTER, 4 },
	{ "mq_timedsend", "mq_send", on_mq, WRITES, POINTER, 4 },
	{ "mq_timedsend_time64", "mq_send", on_mq, WRITES, POINTER, 4 },

	{ "semop", "semop", on_semop, OTHER, 0, 0 },
	{ "semtimedop", "semop", on_semop, OTHER, POINTER, 3 },
	{ "semtimedop_time64", "semop", on_semop, OTHER, POINTER, 3 },
	{ "msgrcv", "msgrcv", on_queue, READS, 0, 0 },
	{ "msgsnd", "msgsnd", on_queue, WRITES, 0, 0 },
	{ "ipc", "ipc", on_ipc, OTHER, 0, 0 },

	{ "futex", "futex", on_futex, OTHER, POINTER, 3 },
	{ "futex_time64", "futex", on_futex, OTHER, POINTER, 3 },
	{ "futex_wait", "futex", on_futex, OTHER, POINTER, 4 },
	{ "futex_waitv", "futex", on_futexes, OTHER, POINTER, 3 },

	{ "flock", "flock", on_lock, OTHER, 0, 0 },
	{ "fcntl", "fcntl", on_lock, OTHER, 0, 0 },
	{ "fcntl64", "fcntl", on_lock, OTHER, 0, 0 },

	{ "wait4", "wait", on_wait, OTHER, 0, 0 },
	{ "waitpid", "wait", on_wait, OTHER, 0, 0 },
	{ "waitid", "wait", on_waitid, OTHER, 0, 0 },

	{ "pause", "pause", on_signal, OTHER, 0, 0 },
	{ "sigsuspend", "sigsuspend", on_signal, OTHER, 0, 0 },
	{ "rt_sigsuspend", "sigsuspend", on_signal, OTHER, 0, 0 },
	{ "rt_sigtimedwait", "sigwait", on_signal, OTHER, POINTER, 2 },
	{ "rt_sigtimedwait_time64", "sigwait", on_signal, OTHER, POINTER, 2 },
	{ "nanosleep", "nanosleep", on_time, OTHER, 0, 0 },
	{ "clock_nanosleep", "nanosleep", on_time, OTHER, 0, 0 },
	{ "clock_nanosleep_time64", "nanosleep", on_time, OTHER, 0, 0 },
	{ "restart_syscall", "", on_restart, OTHER, 0, 0 },

	{ "poll", "poll", on_poll, OTHER, MILLISECONDS, 2 },
	{ "ppoll", "poll", on_poll, OTHER, POINTER, 2 },
	{ "ppoll_time64", "poll", on_poll, OTHER, POINTER, 2 },
	{ "select", "select", on_select, OTHER, POINTER, 4 },
	{ "_newselect", "select", on_select, OTHER, POINTER, 4 },
	{ "pselect6", "select", on_select, OTHER, POINTER, 4 },
	{ "pselect6_time64", "select", on_select, OTHER, POINTER, 4 },
	{ "epoll_wait", "epoll_wait", on_epoll, OTHER, MILLISECONDS, 3 },
	{ "epoll_pwait", "epoll_wait", on_epoll, OTHER, MILLISECONDS, 3 },
	{ "epoll_pwait2", "epoll_wait", on_epoll, OTHER, POINTER, 3 },
};

/* Of a call that is not known here it is not known either who ends it. */
static void tell_call(struct call *c, const char *name)
{
	for (size_t i = 0; i < LENGTH(known); i++) {
		if (strcmp(name, known[i].name) != 0)
			continue;
		c->forever = !has_limit(c, &known[i]);
		known[i].tell(c, &known[i]);
		return;
	}
	words_add(c->w, "is blocked in %s()", name);
}

/* "ELF", 32 or 64 bits, and the processor: the bytes that programs of another
 * kind have others of. */
static void kind_of_program(pid_t pid, unsigned char kind[20])
{
	char path[32];
	int fd;

	memset(kind, 0, 20);
	snprintf(path, sizeof path, "/proc/%d/exe", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return;
	if (read(fd, kind, 20) != 20)
		memset(kind, 0, 20);
	close(fd);
}
/* Programs for 32 and for 64 bits have other numbers for their calls. */
static int is_of_our_kind(pid_t pid)
{
	unsigned char ours[20], its[20];

	kind_of_program(getpid(), ours);
	kind_of_program(pid, its);
	return its[EI_CLASS] == 0 ||
	       (its[EI_CLASS] == ours[EI_CLASS] &&
		memcmp(its + 18, ours + 18, 2) == 0);	/* e_machine */
}

static const char *call_name(long nr)
{
	const struct call_name *call = call_names;

	while (call->name && call->nr != nr)
		call++;
	return call->name;
}

static void tell_waiting(struct call *c)
{
	const char *name = call_name(c->nr);

	if (c->nr == -1)
		words_add(c->w, "is blocked, but in no system call: it "
			  "touched memory that the kernel must first get");
	else if (!is_of_our_kind(c->pid))
		words_add(c->w, "is blocked in system call %ld; it was built "
			  "for another processor than stage (32 or 64 bits?), "
			  "so its calls cannot be explained", c->nr);
	else if (name)
		tell_call(c, name);
	else
		words_add(c->w, "is blocked in system call %ld, which is newer "
			  "than the headers that stage was built with", c->nr);
}

static void tell_running(struct call *c)
{
	words_add(c->w, "is running: it uses the CPU and waits for nothing");
}

/* "202 0x7f12 0x80 ...": number, arguments. "-1 ..." is a wait outside of any
 * call, and "running" says that it has not come to its sleep yet. */
static void look_into(struct call *c)
{
	char text[256];

	if (proc_read(c->pid, "syscall", text, sizeof text) <= 0) {
		words_add(c->w, "waits, and in which system call may not be "
			  "seen: ");
		why_refused(c->pid, c->w);
		return;
	}
	if (sscanf(text, "%ld %llx %llx %llx %llx %llx %llx", &c->nr,
		   &c->arg[0], &c->arg[1], &c->arg[2], &c->arg[3], &c->arg[4],
		   &c->arg[5]) < 1)
		tell_running(c);
	else
		tell_waiting(c);
}

static void tell_stopped(struct call *c)
{
	words_add(c->w, "is stopped; kill -CONT %d lets it go on",
		  (int)c->pid);
}

static void tell_traced(struct call *c)
{
	pid_t tracer = proc_tracer(c->pid);

	if (tracer > 0)
		words_add(c->w, "is held by %s, which traces it",
			  name_of(tracer));
	else
		words_add(c->w, "is held by a program that traces it");
}

/* Under strace a process is held for a moment at each of its calls. That is not
 * what it waits for, so look again until it goes on. A debugger holds it for
 * longer, and one that a signal has stopped stays so. */
static int get_going(pid_t pid, struct proc *p)
{
	for (int looks = 0; looks < 200; looks++) {
		if (proc_get(pid, p) == -1)
			return -1;
		if (p->state != 't' || proc_stop_signal(pid))
			return 0;
		sched_yield();
	}
	return 0;
}

/* Whoever takes from a pipe that somebody else fills by splice() waits in
 * state D, as for a disk: but a pipe or a socket waits for a partner. */
static int waits_for_partner(pid_t pid)
{
	char text[256], link[64];
	unsigned long long fd;
	long nr;

	return proc_read(pid, "syscall", text, sizeof text) > 0 &&
	       sscanf(text, "%ld %llx", &nr, &fd) == 2 && nr >= 0 &&
	       proc_link(pid, (int)fd, link, sizeof link) == 0 &&
	       (strncmp(link, "pipe:", 5) == 0 ||
		strncmp(link, "socket:", 7) == 0);
}

/* A state in which nobody but a partner ends its wait is only found by
 * look_into(). */
static void tell_state(struct call *c, const struct proc *p)
{
	switch (p->state) {
	case 'Z':
		words_add(c->w, "has ended; its parent, %s, has not waited "
			  "for it", name_of(p->ppid));
		break;
	case 'T':
		tell_stopped(c);
		break;
	case 't':
		if (proc_stop_signal(c->pid))
			tell_stopped(c);
		else
			tell_traced(c);
		break;
	case 'D':
		if (waits_for_partner(c->pid)) {
			look_into(c);
			break;
		}
		words_add(c->w, "is blocked (state D): it waits for a disk, a "
			  "device or its vfork() child");
		break;
	case 'R':
		tell_running(c);
		break;
	default:
		look_into(c);
	}
}

enum waits look_at(pid_t pid, const pid_t *run, size_t n, char *buf,
		   size_t size)
{
	struct words w = { buf, 0, size };
	struct call c = { .pid = pid, .run = run, .n = n, .w = &w };
	struct proc p;

	if (get_going(pid, &p) == -1) {
		why_not_seen(pid, &w);
		return IS_GONE;
	}
	if (proc_group(pid) == pid)
		words_add(&w, "%s (process %d) ", p.comm, (int)pid);
	else
		words_add(&w, "%s (thread %d of process %d) ", p.comm,
			  (int)pid, (int)proc_group(pid));
	tell_state(&c, &p);
	words_add(&w, ".\n");
	if (!c.forever)
		return NOT_FOR_EVER;
	return c.signal ? FOR_A_SIGNAL : FOR_EVER;
}

int stage_why(pid_t pid, const pid_t *run, size_t n, char *buf, size_t size)
{
	enum waits waits = look_at(pid, run, n, buf, size);

	if (waits == IS_GONE)
		errno = ESRCH;
	return waits == IS_GONE ? -1 : waits != NOT_FOR_EVER;
}
