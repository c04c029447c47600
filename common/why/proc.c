/*
 * proc.c - what /proc says about processes; see proc(5)
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../experiment.h"
#include "proc.h"

ssize_t proc_read(pid_t pid, const char *name, char *buf, size_t size)
{
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return -1;
	n = read(fd, buf, size - 1);
	close(fd);
	if (n >= 0)
		buf[n] = '\0';
	return n;
}

/* Of a thread that has ended its process's files are not shown. */
pid_t proc_alive(pid_t pid)
{
	pid_t *task;
	size_t n;
	pid_t alive = 0;

	if (!proc_has_ended(pid, pid))
		return pid;
	n = proc_tasks(pid, &task);
	for (size_t i = 0; i < n && alive == 0; i++)
		if (!proc_has_ended(pid, task[i]))
			alive = task[i];
	free(task);
	return alive > 0 ? alive : pid;
}

int proc_link(pid_t pid, int fd, char *buf, size_t size)
{
	char path[64];
	ssize_t n;

	snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)pid, fd);
	n = readlink(path, buf, size - 1);
	if (n < 0 && errno == ENOENT) {
		pid_t alive = proc_alive(pid);

		snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)alive, fd);
		n = readlink(path, buf, size - 1);
	}
	if (n < 0)
		return -1;
	buf[n] = '\0';
	return 0;
}

long long proc_status(pid_t pid, const char *label, int base)
{
	char text[4096];
	const char *at;

	if (proc_read(pid, "status", text, sizeof text) <= 0)
		return -1;
	at = strstr(text, label);
	if (!at)
		return -1;
	return (long long)strtoull(at + strlen(label), NULL, base);
}

/* "12 (a name) S 1 ...": the name may hold spaces and parentheses, so the
 * last ')' ends it. */
int proc_get(pid_t pid, struct proc *p)
{
	char line[512];
	char *open_par, *close_par;
	int ppid;

	if (proc_read(pid, "stat", line, sizeof line) <= 0)
		return -1;
	open_par = strchr(line, '(');
	close_par = strrchr(line, ')');
	if (!open_par || !close_par)
		return -1;
	*close_par = '\0';
	if (sscanf(close_par + 2, "%c %d", &p->state, &ppid) != 2)
		return -1;
	/* Its first thread has ended, and others go on. */
	if (p->state == 'Z' && proc_status(pid, "\nThreads:", 10) > 1)
		p->state = 'S';
	p->pid = pid;
	p->ppid = ppid;
	snprintf(p->comm, sizeof p->comm, "%s", open_par + 1);
	return 0;
}

/* The last number of that line is what a stopped process was stopped by: a
 * signal, or what a tracer asked for. Where that may not be seen it is 0. */
int proc_stop_signal(pid_t pid)
{
	static const int stops[] = { SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU };
	char line[512];
	const char *last;
	long code;

	if (proc_read(pid, "stat", line, sizeof line) <= 0)
		return 0;
	last = strrchr(line, ' ');
	code = last ? strtol(last + 1, NULL, 10) : 0;
	for (size_t i = 0; i < sizeof stops / sizeof *stops; i++)
		if (code == stops[i] ||
		    code == (PTRACE_EVENT_STOP << 8 | stops[i]))
			return stops[i];
	return 0;
}

/* The sixth number behind the state is the kernel's flags of it (PF_KTHREAD in
 * its linux/sched.h). */
int proc_is_kernel(pid_t pid)
{
	char line[512];
	unsigned flags = 0;
	const char *end;

	if (proc_read(pid, "stat", line, sizeof line) <= 0)
		return 0;
	end = strrchr(line, ')');
	if (!end)
		return 0;
	if (sscanf(end + 1, " %*c %*s %*s %*s %*s %*s %u", &flags) != 1)
		return 0;
	return (flags & 0x00200000) != 0;
}

/* Behind the name stand state, ten numbers, and the time that it used in its
 * own code and in the kernel. */
unsigned long long proc_time(pid_t pid)
{
	char line[512];
	unsigned long long user = 0;
	unsigned long long kernel = 0;
	const char *end;

	if (proc_read(pid, "stat", line, sizeof line) <= 0)
		return 0;
	end = strrchr(line, ')');
	if (!end)
		return 0;
	if (sscanf(end + 1, " %*c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s "
		   "%llu %llu", &user, &kernel) != 2)
		return 0;
	return user + kernel;
}

pid_t proc_tracer(pid_t pid)
{
	char text[2048];
	const char *s;

	if (proc_read(pid, "status", text, sizeof text) <= 0)
		return 0;
	s = strstr(text, "\nTracerPid:");
	return s ? (pid_t)strtol(s + 11, NULL, 10) : 0;
}

int proc_has_ended(pid_t pid, pid_t task)
{
	char name[32], line[512], *end;

	snprintf(name, sizeof name, "task/%d/stat", (int)task);
	if (proc_read(pid, name, line, sizeof line) <= 0)
		return 1;
	end = strrchr(line, ')');
	return !end || end[2] == 'Z' || end[2] == 'X';
}

static size_t proc_all(struct proc **out)
{
	int *pid = NULL;
	size_t kept = 0;
	size_t n = 0;

	/* The numbers of another namespace would lead us to strangers. */
	if (!proc_trouble())
		n = proc_numbers(0, "", &pid);
	*out = calloc(n + 1, sizeof **out);
	for (size_t i = 0; *out && i < n; i++)
		if (proc_get(pid[i], &(*out)[kept]) == 0)
			kept++;
	free(pid);
	return kept;
}

static int by_pid(const void *a, const void *b)
{
	pid_t x = ((const struct proc *)a)->pid;
	pid_t y = ((const struct proc *)b)->pid;

	return (x > y) - (x < y);
}

/* Is V[I] below ROOT? V is sorted by pid: against a fork bomb this has to be
 * quick. Walk up; N steps at most, since the tree may change under us. */
static int is_below(const struct proc *v, size_t n, size_t i, pid_t root)
{
	struct proc up = { .pid = v[i].ppid };

	for (size_t step = 0; step < n && up.pid > 1 && up.pid != root;
	     step++) {
		const struct proc *p = bsearch(&up, v, n, sizeof *v, by_pid);

		if (!p)
			return 0;
		up.pid = p->ppid;
	}
	return up.pid == root;
}

size_t proc_below(pid_t root, struct proc **out)
{
	struct proc *all;
	size_t n = proc_all(&all);
	char *below = calloc(n + 1, 1);
	size_t kept = 0;

	if (n > 0)
		qsort(all, n, sizeof *all, by_pid);
	for (size_t i = 0; below && i < n; i++)
		below[i] = (char)is_below(all, n, i, root);
	for (size_t i = 0; below && i < n; i++)
		if (below[i])
			all[kept++] = all[i];
	free(below);
	*out = all;
	return kept;
}

size_t proc_living(pid_t root, pid_t **out)
{
	struct proc *v;
	size_t n = proc_below(root, &v);
	size_t m = 0;

	*out = calloc(n + 1, sizeof **out);
	for (size_t i = 0; *out && i < n; i++)
		if (v[i].state != 'Z')
			(*out)[m++] = v[i].pid;
	free(v);
	return m;
}

long proc_sleeps(pid_t pid)
{
	return (long)proc_status(pid, "\nvoluntary_ctxt_switches:", 10);
}

pid_t proc_group(pid_t task)
{
	long long pid = proc_status(task, "\nTgid:", 10);

	return pid > 0 ? (pid_t)pid : task;
}

static int ascending(const void *a, const void *b)
{
	int x = *(const int *)a;
	int y = *(const int *)b;

	return (x > y) - (x < y);
}

static int add_number(int **v, size_t *n, size_t *size, int number)
{
	if (*n == *size) {
		size_t larger = *size ? 2 * *size : 64;
		int *more = realloc(*v, larger * sizeof **v);

		if (!more)
			return -1;
		*v = more;
		*size = larger;
	}
	(*v)[(*n)++] = number;
	return 0;
}

size_t proc_numbers(pid_t pid, const char *name, int **out)
{
	char path[64];
	size_t n = 0;
	size_t size = 0;
	struct dirent *e;
	DIR *d;

	*out = NULL;
	snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
	d = opendir(pid > 0 ? path : "/proc");
	if (!d)
		return 0;
	while ((e = readdir(d)) != NULL) {
		if (!isdigit((unsigned char)e->d_name[0]))
			continue;
		if (add_number(out, &n, &size, atoi(e->d_name)) == -1)
			break;
	}
	closedir(d);
	if (n > 0)
		qsort(*out, n, sizeof **out, ascending);
	return n;
}

size_t proc_tasks(pid_t pid, pid_t **out)
{
	return proc_numbers(pid, "task", out);	/* pid_t is int: types.h */
}

static int has_timerfd(pid_t pid)
{
	char link[64];
	int *fd;
	size_t n = proc_numbers(pid, "fd", &fd);
	int found = 0;

	for (size_t i = 0; i < n && !found; i++)
		if (proc_link(pid, fd[i], link, sizeof link) == 0)
			found = strcmp(link, "anon_inode:[timerfd]") == 0;
	free(fd);
	return found;
}

int proc_timed(pid_t pid)
{
	long long caught = proc_status(pid, "\nSigCgt:", 16);
	char text[64];

	if (caught != -1 && caught >> (SIGALRM - 1) & 1)
		return 1;
	if (proc_read(pid, "timers", text, sizeof text) > 0)
		return 1;
	return has_timerfd(pid);
}

int proc_users(uid_t uid)
{
	int *pid;
	size_t n = proc_numbers(0, "", &pid);
	int users = 0;

	for (size_t i = 0; i < n; i++) {
		char path[32];
		struct stat st;

		snprintf(path, sizeof path, "/proc/%d", pid[i]);
		if (stat(path, &st) == 0)
			users += st.st_uid == uid ? 1 : 0;
	}
	free(pid);
	return users;
}
