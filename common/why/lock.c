/*
 * lock.c - locks on files: who holds one that is in the way?
 *
 * /proc/locks has all locks, with the process that took each one. That process
 * may have ended: a lock of flock() and an OFD lock belong to what open() made,
 * so whoever has a descriptor of that holds them. The file fdinfo of each such
 * descriptor has a line for the lock (proc(5)).
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "inside.h"

#define TO_THE_END ULLONG_MAX

/* Which file it is, as the kernel has it. That may be another device than
 * stat(2) tells, as on Btrfs. */
struct file {
	unsigned major, minor;
	unsigned long long ino;
};

struct lock {
	char kind[16];		/* FLOCK, POSIX, OFDLCK, LEASE */
	char mode[16];		/* READ, WRITE */
	int waits;		/* somebody wants it */
	int pid;		/* who took it; -1: of no process; 0: of one
				   that has no number here */
	struct file file;
	unsigned long long from, to;	/* the first and the last byte */
};

/* "1: POSIX  ADVISORY  WRITE 41 fe:00:1234 0 EOF"; an arrow marks a waiter: 1
 * if TEXT is one. */
static int read_lock(const char *text, struct lock *l)
{
	char end[32];
	const char *at = strchr(text, ':');
	int n;

	if (!at)
		return 0;
	at++;
	at += strspn(at, " ");
	l->waits = strncmp(at, "->", 2) == 0;
	if (l->waits)
		at += 2;
	n = sscanf(at, "%15s %*s %15s %d %x:%x:%llu %llu %31s", l->kind,
		   l->mode, &l->pid, &l->file.major, &l->file.minor,
		   &l->file.ino, &l->from, end);
	if (n != 8)
		return 0;
	l->to = TO_THE_END;
	if (strcmp(end, "EOF") != 0)
		l->to = strtoull(end, NULL, 10);
	return 1;
}

static int is_file(const struct file *a, const struct file *b)
{
	return a->ino == b->ino && a->major == b->major &&
	       a->minor == b->minor;
}

/* The device of the file system that is mounted as number ID: 1 if it is in the
 * list of thread TID. */
static int find_mount(pid_t tid, unsigned long long id, struct file *f)
{
	char line[PATH_MAX + 512];
	char path[64];
	unsigned long long number;
	int found = 0;
	FILE *mounts;

	snprintf(path, sizeof path, "/proc/%d/mountinfo", (int)tid);
	mounts = fopen(path, "re");
	if (!mounts)
		return 0;
	while (!found && fgets(line, sizeof line, mounts) != NULL) {
		if (sscanf(line, "%llu %*u %u:%u", &number, &f->major,
			   &f->minor) == 3)
			found = number == id;
	}
	fclose(mounts);
	return found;
}

/* The file of descriptor FD: 0, or -1 if that cannot be told. */
static int find_file(pid_t tid, int fd, struct file *f)
{
	char path[64];
	unsigned long long mount;
	struct stat st;

	if (fd_info(tid, fd, "ino:", 10, &f->ino))	/* Linux 5.14 */
		if (fd_info(tid, fd, "mnt_id:", 10, &mount))
			if (find_mount(tid, mount, f))
				return 0;
	snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)tid, fd);
	if (stat(path, &st) == -1)
		return -1;
	f->ino = st.st_ino;
	f->major = major(st.st_dev);
	f->minor = minor(st.st_dev);
	return 0;
}

/* ------------------------------------------------------ what is wanted */

/* Does fcntl() wait for a lock by command CMD? Those of 64 bits have numbers of
 * their own where pointers are narrow. */
enum { SETLKW64 = 14, OFD_SETLKW = 38 };

static int is_wait_for_lock(int cmd)
{
	return cmd == F_SETLKW || cmd == SETLKW64 || cmd == OFD_SETLKW;
}

/* A number of SIZE bytes, with its sign. */
static int64_t number(const unsigned char *at, size_t size)
{
	int64_t wide;
	int32_t narrow;
	int16_t small;

	if (size == sizeof wide) {
		memcpy(&wide, at, sizeof wide);
		return wide;
	}
	if (size == sizeof narrow) {
		memcpy(&narrow, at, sizeof narrow);
		return narrow;
	}
	memcpy(&small, at, sizeof small);
	return small;
}

/* Where are the offsets of struct flock, and how large is each? */
static size_t offsets_at(const struct task *t, size_t *size)
{
	int cmd = (int)t->arg[1];

	*size = 8;
	if (t->bits == 32 && cmd == F_SETLKW) {
		*size = 4;
		return 4;
	}
#if defined __x86_64__ || defined __i386__
	if (t->bits == 32)
		return 4;
#endif
	return 8;
}

/* Bytes are counted from the beginning of the file, from where the process is
 * in it, or from its end. */
static int64_t base_of(const struct task *t, int whence)
{
	unsigned long long pos = 0;
	char path[64];
	struct stat st;

	if (whence == SEEK_CUR)
		fd_info(t->tid, (int)t->arg[0], "pos:", 10, &pos);
	if (whence == SEEK_END) {
		snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)t->tid,
			 (int)t->arg[0]);
		if (stat(path, &st) == 0)
			pos = (unsigned long long)st.st_size;
	}
	return (int64_t)pos;
}

/* A length of 0 means up to the end; a negative one, the bytes before. */
static void set_range(struct lock *l, int64_t start, int64_t len)
{
	l->from = (unsigned long long)(len < 0 ? start + len : start);
	l->to = TO_THE_END;
	if (len > 0)
		l->to = (unsigned long long)(start + len - 1);
	if (len < 0)
		l->to = (unsigned long long)(start - 1);
}

/* What fcntl() has been given: 0, or -1 if that may not be read. */
static int read_flock(const struct task *t, struct lock *want)
{
	unsigned char bytes[24] = { 0 };
	size_t size;
	size_t at = offsets_at(t, &size);
	ssize_t whole = (ssize_t)(at + 2 * size);
	ssize_t got = task_peek(t, t->arg[2], bytes, (size_t)whole);
	int64_t start;
	int64_t offset;
	int64_t len;
	int whence;

	if (got != whole)
		return -1;
	snprintf(want->kind, sizeof want->kind, "POSIX");
	if ((int)t->arg[1] == OFD_SETLKW)
		snprintf(want->kind, sizeof want->kind, "OFDLCK");
	snprintf(want->mode, sizeof want->mode, "WRITE");
	if (number(bytes, 2) == F_RDLCK)
		snprintf(want->mode, sizeof want->mode, "READ");
	whence = (int)number(bytes + 2, 2);
	start = base_of(t, whence);
	offset = number(bytes + at, size);
	len = number(bytes + at + size, size);
	set_range(want, start + offset, len);
	return 0;
}

static void read_operation(const struct task *t, struct lock *want)
{
	snprintf(want->kind, sizeof want->kind, "FLOCK");
	snprintf(want->mode, sizeof want->mode, "%s",
		 t->arg[1] & LOCK_SH ? "READ" : "WRITE");
	want->from = 0;
	want->to = TO_THE_END;
}

/* The lock that W waits for: 0, or -1 if it waits for none. */
static int find_wanted(const struct wait *w, struct lock *want)
{
	const struct task *t = &w->task;

	memset(want, 0, sizeof *want);
	if (strcmp(w->is->call, "flock") == 0)
		read_operation(t, want);
	else if (!is_wait_for_lock((int)t->arg[1]))
		return -1;
	else if (read_flock(t, want) == -1)
		return -1;
	return find_file(t->tid, (int)t->arg[0], &want->file);
}

/* ------------------------------------------------------ what is in the way */

/* Those of fcntl() and those of flock() do not know each other, and neither
 * knows a lease. */
static int know_each_other(const struct lock *l, const struct lock *want)
{
	if (strcmp(want->kind, "FLOCK") == 0)
		return strcmp(l->kind, "FLOCK") == 0;
	if (strcmp(l->kind, "POSIX") == 0)
		return 1;
	return strcmp(l->kind, "OFDLCK") == 0;
}

static int is_write(const struct lock *l)
{
	return strcmp(l->mode, "WRITE") == 0;
}

static int is_in_the_way(const struct lock *l, const struct lock *want)
{
	if (!is_file(&l->file, &want->file))
		return 0;
	if (!know_each_other(l, want))
		return 0;
	if (l->from > want->to || l->to < want->from)
		return 0;
	if (is_write(l))
		return 1;
	return is_write(want);
}

/* The same of a line, which L gets. */
static int read_in_the_way(const char *line, const struct lock *want,
			   struct lock *l)
{
	if (!read_lock(line, l))
		return 0;
	return is_in_the_way(l, want);
}

static int is_lock(const struct lock *a, const struct lock *b)
{
	return strcmp(a->kind, b->kind) == 0 &&
	       strcmp(a->mode, b->mode) == 0 && a->pid == b->pid &&
	       a->from == b->from && a->to == b->to;
}

/* A lock that is in the way, and those who hold it. */
struct held_by {
	struct lock lock;
	struct holder *holder;
	size_t n;
};

struct in_the_way {
	struct held_by *v;
	size_t n;
	int is_whole;		/* there was memory for all of them */
};

static struct held_by *find_held(struct in_the_way *all, const struct lock *l)
{
	struct held_by *more;

	for (size_t i = 0; i < all->n; i++)
		if (is_lock(&all->v[i].lock, l))
			return &all->v[i];
	more = realloc(all->v, (all->n + 1) * sizeof *more);
	if (!more)
		return NULL;
	all->v = more;
	all->v[all->n] = (struct held_by){ *l, NULL, 0 };
	return &all->v[all->n++];
}

static void add_lock(struct in_the_way *all, const struct lock *l)
{
	if (!find_held(all, l))
		all->is_whole = 0;
}

static void add_holder(struct in_the_way *all, const struct lock *l,
		       const struct holder *by)
{
	struct held_by *held = find_held(all, l);
	struct holder *more = NULL;

	if (held)
		more = realloc(held->holder, (held->n + 1) * sizeof *more);
	if (!more) {
		all->is_whole = 0;
		return;
	}
	held->holder = more;
	held->holder[held->n++] = *by;
}

/* Nobody is in his own way: a process with its POSIX locks, and what open() has
 * made with its others. */
static int is_own(const struct wait *w, const struct lock *want,
		  const struct lock *l, const struct holder *by)
{
	if (strcmp(want->kind, l->kind) != 0)
		return 0;
	if (strcmp(want->kind, "POSIX") == 0)
		return by->pid == w->task.pid;
	return fd_same(w->task.tid, (int)w->task.arg[0], by->pid, by->fd) == 1;
}

/* Locks of which a descriptor tells. OWN are those of the waiter itself. */
static void find_by_descriptors(struct wait *w, const struct lock *want,
				struct in_the_way *all,
				struct in_the_way *own)
{
	size_t n;
	const struct held *h = seen_locks(w->seen, &n);
	struct lock l;

	for (size_t i = 0; i < n; i++) {
		if (!read_in_the_way(h[i].line, want, &l))
			continue;
		if (is_own(w, want, &l, h[i].by))
			add_lock(own, &l);
		else
			add_holder(all, &l, h[i].by);
	}
}

static int is_among(const struct in_the_way *all, const struct lock *l)
{
	for (size_t i = 0; i < all->n; i++)
		if (is_lock(&all->v[i].lock, l))
			return 1;
	return 0;
}

/* The others, of /proc/locks. What waits is counted: *WAITERS. */
static void find_by_list(const struct wait *w, const struct lock *want,
			 struct in_the_way *all, const struct in_the_way *own,
			 size_t *waiters)
{
	FILE *f = fopen("/proc/locks", "re");
	char line[256];
	struct lock l;

	*waiters = 0;
	if (!f)
		return;
	while (fgets(line, sizeof line, f) != NULL) {
		if (!read_in_the_way(line, want, &l))
			continue;
		if (l.waits)
			(*waiters)++;
		else if (is_among(own, &l))
			continue;
		else if (strcmp(l.kind, "POSIX") != 0 ||
			 strcmp(want->kind, "POSIX") != 0 ||
			 l.pid != w->task.pid)
			add_lock(all, &l);
	}
	fclose(f);
}

/* ---------------------------------------------------------------- words */

static void say_lock(struct wait *w, const struct lock *l, int is_first)
{
	words_add(&w->words, "%s a %s %s lock", is_first ? ":" : "; and",
		  l->mode, l->kind);
	if (l->to != TO_THE_END)
		words_add(&w->words, " of bytes %llu to %llu", l->from, l->to);
	else if (l->from > 0)
		words_add(&w->words, " of all bytes from %llu on", l->from);
	words_add(&w->words, " is held by ");
}

/* No descriptor that may be seen has it. Returns whether it is told all the
 * same who could end it. */
static int tell_taker(struct wait *w, const struct lock *l)
{
	struct proc p;
	char buf[WHO];

	if (l->pid <= 0) {
		words_add(&w->words, "somebody who cannot be seen");
		return 0;
	}
	who(l->pid, buf);
	if (proc_get(l->pid, &p) == 0) {
		words_add(&w->words, "%s", buf);
		wait_ender(w, l->pid, 0, -1, "unlock the file");
		return strcmp(l->kind, "POSIX") == 0;
	}
	words_add(&w->words, "somebody who cannot be seen; it was taken by "
		  "%s", buf);
	return 0;
}

static void tell_holders(struct wait *w, const struct held_by *held)
{
	int is_record = strcmp(held->lock.kind, "POSIX") == 0;

	for (size_t i = 0; i < held->n; i++)
		holder_tell(w, &held->holder[i], i + 1, "", " and by ",
			    is_record ? "unlock the file or close it" :
					"unlock the file");
	holders_more(w, held->n);
}

/* All that is in the way has to go. Returns whether everybody who could end
 * that is known. */
static int tell_all(struct wait *w, const struct in_the_way *all)
{
	int is_known = all->is_whole && all->n > 0;

	for (size_t i = 0; i < all->n; i++) {
		say_lock(w, &all->v[i].lock, i == 0);
		if (all->v[i].n > 0)
			tell_holders(w, &all->v[i]);
		else if (!tell_taker(w, &all->v[i].lock))
			is_known = 0;
	}
	return is_known;
}

static void tell_waiters(struct wait *w, size_t n)
{
	if (n < 2)
		return;
	words_add(&w->words, "; %zu more %s for it", n - 1, n == 2 ? "waits" :
		  "wait");
}

static void free_all(struct in_the_way *all)
{
	for (size_t i = 0; i < all->n; i++)
		free(all->v[i].holder);
	free(all->v);
}

static void tell_lock(struct wait *w, const struct lock *want)
{
	struct in_the_way all = { NULL, 0, 1 };
	struct in_the_way own = { NULL, 0, 1 };
	size_t hidden = seen_hidden(w->seen);
	size_t waiters;

	find_by_descriptors(w, want, &all, &own);
	find_by_list(w, want, &all, &own, &waiters);
	if (tell_all(w, &all))
		wait_closed(w, hidden);
	if (all.n == 0)
		words_add(&w->words, ": who holds a lock that is in the way "
			  "cannot be seen");
	tell_waiters(w, waiters);
	free_all(&all);
	free_all(&own);
}

/* ---------------------------------------------------------------- leases */

static int is_lease_of(const char *line, const struct file *f)
{
	struct lock l;

	if (!read_lock(line, &l))
		return 0;
	if (strcmp(l.kind, "LEASE") != 0)
		return 0;
	return is_file(&l.file, f);
}

/* The kernel breaks a lease after a time of the system's, so it ends anyway. */
void lease_tell(struct wait *w, const struct stat *st)
{
	const struct file f = { major(st->st_dev), minor(st->st_dev),
				st->st_ino };
	size_t n;
	const struct held *h = seen_locks(w->seen, &n);
	size_t found = 0;

	for (size_t i = 0; i < n; i++) {
		if (!is_lease_of(h[i].line, &f))
			continue;
		found++;
		holder_tell(w, h[i].by, found, "; a lease on it is held by ",
			    " and by ", "give the lease back");
	}
	holders_more(w, found);
}

void on_lock(struct wait *w, const struct known *k)
{
	char link[PATH_MAX] = "a file";
	int fd = (int)w->task.arg[0];
	struct lock want;

	if (find_wanted(w, &want) == -1) {
		on_fd(w, k);
		return;
	}
	proc_link(w->task.tid, fd, link, sizeof link);
	words_add(&w->words, "is blocked in %s() on fd %d, %s", k->say, fd,
		  link);
	wait_object(w, "file lock", fd, link);
	tell_lock(w, &want);
}
