/*
 * seen.c - who has what open: each descriptor of each process, read once
 *
 * One look asks for many objects. To go through /proc for each of them would
 * take long on a busy machine, so all is read at the first question and put
 * in the order of what the descriptors lead to.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "inside.h"

struct seen {
	const pid_t *run;	/* the processes to look at, */
	size_t n_run;		/* or none: all */
	int is_read;
	size_t hidden;
	pid_t *pid;
	size_t n_pid;
	struct holder *v;
	size_t n, size;
	int are_files_read;
	struct file *file;	/* those of them that have a name */
	size_t n_file;
	struct holder *same;	/* the last answer of seen_same() */
	struct proc *table;	/* all processes, with their parents */
	size_t n_table;
	int has_locks;
	struct held *lock;
	size_t n_locks;
	struct space *space;
	size_t n_spaces;
};

/* A descriptor of a file with a name: the same name may be another file where
 * another process lives, and one file may have several. */
struct file {
	struct holder holder;
	dev_t dev;
	ino_t ino;
};

/* The sockets of one network namespace, which DEV and INO name */
struct space {
	dev_t dev;
	ino_t ino;
	enum socks_kind kind;
	struct socks socks;
};

struct seen *seen_begin(const pid_t *run, size_t n)
{
	struct seen *s = calloc(1, sizeof *s);

	if (s) {
		s->run = run;
		s->n_run = n;
	}
	return s;
}

void seen_end(struct seen *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->n; i++)
		free((char *)(uintptr_t)s->v[i].link);
	for (size_t i = 0; i < s->n_locks; i++)
		free(s->lock[i].line);
	free(s->lock);
	for (size_t i = 0; i < s->n_spaces; i++)
		free(s->space[i].socks.v);
	free(s->space);
	free(s->v);
	free(s->file);
	free(s->same);
	free(s->table);
	free(s->pid);
	free(s);
}

/* Without memory for all, what is missing counts as hidden. */
static void note(struct seen *s, pid_t pid, int fd, const char *link)
{
	char *copy = strdup(link);

	if (copy && s->n == s->size) {
		size_t larger = s->size ? 2 * s->size : 1024;
		struct holder *more = realloc(s->v, larger * sizeof *more);

		if (more) {
			s->v = more;
			s->size = larger;
		}
	}
	if (!copy || s->n == s->size) {
		free(copy);
		s->hidden++;
		return;
	}
	s->v[s->n++] = (struct holder){ pid, fd, copy };
}

/* A thread of the kernel has no program, and no descriptors. */
static int has_program(pid_t pid)
{
	char text[64];

	return proc_read(pid, "cmdline", text, sizeof text) > 0;
}

static void read_process(struct seen *s, pid_t pid)
{
	char link[PATH_MAX];
	int *fd;
	size_t n;

	errno = 0;
	n = proc_numbers(pid, "fd", &fd);
	if (n == 0) {
		pid_t alive = proc_alive(pid);

		free(fd);
		n = proc_numbers(alive, "fd", &fd);
	}
	if (n == 0 && errno == EACCES) {
		if (has_program(pid))
			s->hidden++;
	}
	for (size_t i = 0; i < n; i++)
		if (proc_link(pid, fd[i], link, sizeof link) == 0)
			note(s, pid, fd[i], link);
	free(fd);
}

static int by_link(const void *a, const void *b)
{
	const struct holder *x = a;
	const struct holder *y = b;
	int order = strcmp(x->link, y->link);

	if (order == 0)
		order = (x->pid > y->pid) - (x->pid < y->pid);
	if (order == 0)
		order = (x->fd > y->fd) - (x->fd < y->fd);
	return order;
}

/* Who looks on has what it was started with, too, and ends no wait. */
static void list_processes(struct seen *s)
{
	if (s->n_run == 0) {
		size_t n = proc_numbers(0, "", &s->pid);

		for (size_t i = 0; i < n; i++)
			if (s->pid[i] != getpid())
				s->pid[s->n_pid++] = s->pid[i];
		return;
	}
	s->pid = calloc(s->n_run, sizeof *s->pid);
	for (size_t i = 0; s->pid && i < s->n_run; i++)
		s->pid[s->n_pid++] = s->run[i];
}

static void read_all(struct seen *s)
{
	if (s->is_read)
		return;
	s->is_read = 1;
	list_processes(s);
	for (size_t i = 0; i < s->n_pid; i++)
		read_process(s, s->pid[i]);
	if (s->n > 0)
		qsort(s->v, s->n, sizeof *s->v, by_link);
}

const struct holder *seen_holders(struct seen *s, const char *link, size_t *n)
{
	size_t low = 0;
	size_t high;

	read_all(s);
	high = s->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(s->v[middle].link, link) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*n = 0;
	while (low + *n < s->n && strcmp(s->v[low + *n].link, link) == 0)
		(*n)++;
	return s->v + low;
}

/* ---------------------------------------------------- files with a name */

static int by_file(const void *a, const void *b)
{
	const struct file *x = a;
	const struct file *y = b;
	int order = (x->dev > y->dev) - (x->dev < y->dev);

	if (order == 0)
		order = (x->ino > y->ino) - (x->ino < y->ino);
	if (order == 0)
		order = (x->holder.pid > y->holder.pid) -
			(x->holder.pid < y->holder.pid);
	if (order == 0)
		order = (x->holder.fd > y->holder.fd) -
			(x->holder.fd < y->holder.fd);
	return order;
}

static void read_files(struct seen *s)
{
	if (s->are_files_read)
		return;
	s->are_files_read = 1;
	s->file = calloc(s->n + 1, sizeof *s->file);
	if (!s->file) {
		s->hidden++;
		return;
	}
	for (size_t i = 0; i < s->n; i++) {
		const struct holder *h = &s->v[i];
		struct stat st;

		if (h->link[0] != '/')
			continue;
		if (fd_stat(h->pid, h->fd, &st) == -1)
			continue;
		s->file[s->n_file++] = (struct file){ *h, st.st_dev,
						      st.st_ino };
	}
	qsort(s->file, s->n_file, sizeof *s->file, by_file);
}

/* They are side by side. The answer is a copy, which stays until the next
 * one. */
const struct holder *seen_same(struct seen *s, pid_t pid, int fd, size_t *n)
{
	struct stat st;
	size_t first = 0;

	*n = 0;
	read_all(s);
	read_files(s);
	if (fd_stat(pid, fd, &st) == -1)
		return NULL;
	while (first < s->n_file && (s->file[first].dev != st.st_dev ||
				     s->file[first].ino != st.st_ino))
		first++;
	free(s->same);
	s->same = calloc(s->n_file + 1, sizeof *s->same);
	for (size_t i = first; s->same && i < s->n_file; i++) {
		if (s->file[i].dev != st.st_dev || s->file[i].ino != st.st_ino)
			break;
		s->same[(*n)++] = s->file[i].holder;
	}
	return s->same;
}

const struct proc *seen_table(struct seen *s, size_t *n)
{
	if (!s->table) {
		int *pid;
		size_t all = proc_numbers(0, "", &pid);

		s->table = calloc(all + 1, sizeof *s->table);
		for (size_t i = 0; s->table && i < all; i++)
			if (proc_get(pid[i], &s->table[s->n_table]) == 0)
				s->n_table++;
		free(pid);
	}
	*n = s->n_table;
	return s->table;
}

const pid_t *seen_processes(struct seen *s, size_t *n)
{
	read_all(s);
	*n = s->n_pid;
	return s->pid;
}

size_t seen_hidden(struct seen *s)
{
	read_all(s);
	return s->hidden;
}

/* Without memory for all, what is missing counts as hidden. */
static void note_lock(struct seen *s, const struct holder *by,
		      const char *line)
{
	struct held *more = realloc(s->lock, (s->n_locks + 1) * sizeof *more);
	char *copy = strdup(line);

	if (more)
		s->lock = more;
	if (!more || !copy) {
		free(copy);
		s->hidden++;
		return;
	}
	s->lock[s->n_locks++] = (struct held){ by, copy };
}

/* "lock:	1: FLOCK  ADVISORY  WRITE 41 fe:00:1234 0 EOF" */
static void read_locks(struct seen *s, const struct holder *by)
{
	char path[64];
	char line[256];
	pid_t alive = proc_alive(by->pid);
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/fdinfo/%d", (int)alive, by->fd);
	f = fopen(path, "re");
	if (!f)
		return;
	while (fgets(line, sizeof line, f) != NULL)
		if (strncmp(line, "lock:", 5) == 0)
			note_lock(s, by, line + 5);
	fclose(f);
}

/* Locks of what is no file (flock() takes one of a pipe, too) are not looked
 * for here. */
const struct held *seen_locks(struct seen *s, size_t *n)
{
	read_all(s);
	for (size_t i = 0; i < s->n && !s->has_locks; i++)
		if (s->v[i].link[0] == '/')
			read_locks(s, &s->v[i]);
	s->has_locks = 1;
	*n = s->n_locks;
	return s->lock;
}

/* A process that does not show its namespace is taken for one of another one.
 * Without memory there are no sockets. */
const struct socks *seen_socks(struct seen *s, pid_t pid,
			       enum socks_kind kind)
{
	static const struct socks none;
	struct space *more;
	struct stat st = { .st_ino = 0 };
	char path[64];

	snprintf(path, sizeof path, "/proc/%d/ns/net", (int)pid);
	if (stat(path, &st) == -1)
		st.st_ino = 0;
	for (size_t i = 0; st.st_ino != 0 && i < s->n_spaces; i++) {
		const struct space *one = &s->space[i];

		if (one->dev == st.st_dev && one->ino == st.st_ino &&
		    one->kind == kind)
			return &one->socks;
	}
	more = realloc(s->space, (s->n_spaces + 1) * sizeof *more);
	if (!more)
		return &none;
	s->space = more;
	more += s->n_spaces++;
	more->dev = st.st_dev;
	more->ino = st.st_ino;
	more->kind = kind;
	socks_read(&more->socks, pid, kind);
	return &more->socks;
}

/* ------------------------------------------------------- one descriptor */

int fd_info(pid_t pid, int fd, const char *label, int base,
	    unsigned long long *to)
{
	char name[64];
	char text[1024];
	const char *at;

	snprintf(name, sizeof name, "fdinfo/%d", fd);
	if (proc_read(pid, name, text, sizeof text) <= 0) {
		pid_t alive = proc_alive(pid);

		if (alive == pid)
			return 0;
		if (proc_read(alive, name, text, sizeof text) <= 0)
			return 0;
	}
	at = strstr(text, label);
	if (!at)
		return 0;
	*to = strtoull(at + strlen(label), NULL, base);
	return 1;
}

static int ask_file(pid_t pid, int fd, struct statx *x)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)pid, fd);
	return statx(AT_FDCWD, path, AT_STATX_DONT_SYNC, STATX_BASIC_STATS, x);
}

/* Not by stat(), which asks a server where the file is of another machine, or
 * of a program (FUSE): that one may be the cause of the hang. */
int fd_stat(pid_t pid, int fd, struct stat *st)
{
	struct statx x;
	int status = ask_file(pid, fd, &x);

	if (status == -1) {
		pid_t alive = proc_alive(pid);

		status = ask_file(alive, fd, &x);
	}
	if (status == -1)
		return -1;
	memset(st, 0, sizeof *st);
	st->st_dev = makedev(x.stx_dev_major, x.stx_dev_minor);
	st->st_rdev = makedev(x.stx_rdev_major, x.stx_rdev_minor);
	st->st_ino = x.stx_ino;
	st->st_mode = x.stx_mode;
	st->st_size = (off_t)x.stx_size;
	return 0;
}

int fd_mode(pid_t pid, int fd)
{
	unsigned long long flags;

	if (!fd_info(pid, fd, "flags:", 8, &flags))
		return -1;
	return (int)(flags & O_ACCMODE);
}

/* "scm_fds: 1" in the fdinfo of a socket of AF_UNIX (Linux 5.6 and later). */
int seen_in_flight(struct seen *s)
{
	read_all(s);
	for (size_t i = 0; i < s->n; i++) {
		unsigned long long n = 0;

		if (strncmp(s->v[i].link, "socket:", 7) != 0)
			continue;
		if (!fd_info(s->v[i].pid, s->v[i].fd, "scm_fds:", 10, &n))
			continue;
		if (n > 0)
			return 1;
	}
	return 0;
}
