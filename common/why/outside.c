/*
 * outside.c - what can be told of a thread whose system call may not be read
 *
 * /proc/PID/syscall asks for the right to trace; less right is enough for
 * wchan, fd and fdinfo, and none at all for stat, children and /proc/locks
 * (proc(5); ptrace(2), PTRACE_MODE_READ and PTRACE_MODE_ATTACH). wchan names
 * the function of the kernel in which it sleeps. Those names differ between
 * versions of Linux; one that is not in the table is said as it is.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inside.h"

/* The kind of object that such a sleep is for. */
enum object { NONE, TO_READ, TO_WRITE, SOCKET, EPOLL, EVENT, SIGNALS, TERMINAL,
	      CHILD, TIME, FUSE, SERVER };

struct sleep {
	const char *function;	/* its name, or what it begins with if that
				   ends in _ */
	enum object object;
	const char *words;	/* "waits ..." */
};

static const struct sleep sleeps[] = {
	{ "anon_pipe_read", TO_READ, "to read from a pipe" },
	{ "anon_pipe_write", TO_WRITE, "to write to a pipe that is full" },
	{ "pipe_read", TO_READ, "to read from a pipe" },
	{ "pipe_wait_readable", TO_READ, "to read from a pipe" },
	{ "pipe_write", TO_WRITE, "to write to a pipe that is full" },
	{ "pipe_wait_writable", TO_WRITE, "to write to a pipe that is full" },
	{ "wait_for_partner", NONE, "in open() for the other side of a FIFO" },
	{ "fifo_open", NONE, "in open() for the other side of a FIFO" },
	{ "do_wait", CHILD, "for a child to end" },
	{ "kernel_wait4", CHILD, "for a child to end" },
	{ "futex_", NONE, "on a futex (a mutex, a condition, a semaphore, or "
			  "a thread's end)" },
	{ "__futex_", NONE, "on a futex (a mutex, a condition, a semaphore, "
			    "or a thread's end)" },
	{ "ep_poll", EPOLL, "in epoll_wait()" },
	{ "do_epoll_wait", EPOLL, "in epoll_wait()" },
	{ "poll_schedule_timeout", NONE, "in poll() or select()" },
	{ "do_poll", NONE, "in poll()" },
	{ "do_sys_poll", NONE, "in poll()" },
	{ "do_select", NONE, "in select()" },
	{ "hrtimer_nanosleep", TIME, "until a time has passed" },
	{ "do_nanosleep", TIME, "until a time has passed" },
	{ "unix_stream_read_generic", SOCKET, "to receive from a socket" },
	{ "unix_stream_data_wait", SOCKET, "to receive from a socket" },
	{ "unix_wait_for_peer", SOCKET, "for room at a socket's peer" },
	{ "sock_alloc_send_pskb", SOCKET, "for room in a socket" },
	{ "sock_wait_for_wmem", SOCKET, "for room in a socket" },
	{ "sk_stream_wait_memory", SOCKET, "for room in a socket" },
	{ "sk_wait_data", SOCKET, "to receive from a socket" },
	{ "skb_wait_for_more_packets", SOCKET, "to receive or to accept from "
					       "a socket" },
	{ "__skb_wait_for_more_packets", SOCKET, "to receive or to accept "
						 "from a socket" },
	{ "inet_csk_accept", SOCKET, "in accept()" },
	{ "inet_csk_wait_for_connect", SOCKET, "in accept()" },
	{ "wait_woken", NONE, "for a socket or a terminal" },
	{ "do_msgrcv", NONE, "in msgrcv() for a message" },
	{ "do_msgsnd", NONE, "in msgsnd() for room in its queue" },
	{ "do_semtimedop", NONE, "in semop() for semaphores" },
	{ "__do_semtimedop", NONE, "in semop() for semaphores" },
	{ "wq_sleep", NONE, "for a POSIX queue" },
	{ "locks_lock_inode_wait", NONE, "for a file lock" },
	{ "flock_lock_inode_wait", NONE, "for a file lock" },
	{ "posix_lock_inode_wait", NONE, "for a file lock" },
	{ "do_lock_file_wait", NONE, "for a file lock" },
	{ "fcntl_setlk", NONE, "for a file lock" },
	{ "n_tty_read", TERMINAL, "to read from a terminal" },
	{ "n_tty_write", TERMINAL, "to write to a terminal" },
	{ "eventfd_read", EVENT, "to read from an eventfd" },
	{ "eventfd_write", EVENT, "to write to an eventfd" },
	{ "signalfd_", SIGNALS, "to read from a signalfd" },
	{ "do_sigtimedwait", NONE, "for a signal" },
	{ "sigsuspend", NONE, "for a signal" },
	{ "__x64_sys_pause", NONE, "for a signal" },
	{ "__do_sys_pause", NONE, "for a signal" },
	{ "sys_pause", NONE, "for a signal" },
	{ "request_wait_answer", FUSE, "for the program that serves this "
				       "file system (FUSE)" },
	{ "rpc_wait_bit_killable", SERVER, "for a file server (NFS)" },
};

/* Where it sleeps in the kernel: 0 if that may not be read. */
static int read_function(const struct task *t, char *to, size_t size)
{
	char name[32];

	snprintf(name, sizeof name, "task/%d/wchan", (int)t->tid);
	if (proc_read(t->pid, name, to, size) <= 0)
		return 0;
	return strcmp(to, "0") != 0;
}

/* Compilers add to a name what begins with a dot: "do_poll.constprop.0". */
static const struct sleep *find_sleep(const char *function)
{
	for (size_t i = 0; i < LENGTH(sleeps); i++) {
		const char *name = sleeps[i].function;
		size_t len = strlen(name);

		if (strncmp(function, name, len) != 0)
			continue;
		if (name[len - 1] == '_' || function[len] == '\0' ||
		    function[len] == '.')
			return &sleeps[i];
	}
	return NULL;
}

/* ------------------------------------------------- on which descriptor? */

static int is_kind(pid_t pid, int fd, const char *link, enum object object)
{
	int mode = fd_mode(pid, fd);
	struct stat st = { .st_mode = 0 };

	switch (object) {
	case TO_READ:
	case TO_WRITE:
		fd_stat(pid, fd, &st);
		if (!S_ISFIFO(st.st_mode))
			return 0;
		return mode == O_RDWR ||
		       mode == (object == TO_READ ? O_RDONLY : O_WRONLY);
	case SOCKET:
		return strncmp(link, "socket:", 7) == 0;
	case EPOLL:
		return strcmp(link, "anon_inode:[eventpoll]") == 0;
	case EVENT:
		return strcmp(link, "anon_inode:[eventfd]") == 0;
	case SIGNALS:
		return strcmp(link, "anon_inode:[signalfd]") == 0;
	case TERMINAL:
		fd_stat(pid, fd, &st);
		return S_ISCHR(st.st_mode) && strcmp(link, "/dev/null") != 0;
	default:
		return 0;
	}
}

enum { NAMED = 4 };

/* The descriptors that it may be. One alone is told of as always. */
static void tell_descriptors(struct wait *w, const struct sleep *s)
{
	char link[4096];
	int *fd;
	size_t n = proc_numbers(w->task.tid, "fd", &fd);
	size_t found = 0;

	for (size_t i = 0; i < n; i++) {
		if (proc_link(w->task.tid, fd[i], link, sizeof link) == -1)
			continue;
		if (is_kind(w->task.tid, fd[i], link, s->object))
			fd[found++] = fd[i];
	}
	if (found == 1 && s->object == EPOLL) {
		watched_by(w, fd[0]);
	} else if (found == 1) {
		words_add(&w->words, ": ");
		fd_tell(w, fd[0], s->object == TO_WRITE ? WRITES : READS);
	}
	for (size_t i = 0; found > 1 && i < found && i < NAMED; i++)
		words_add(&w->words, "%s%d", i == 0 ? ": one of fd " : ", ",
			  fd[i]);
	if (found > NAMED)
		words_add(&w->words, " and %zu more", found - NAMED);
	free(fd);
}

/* ----------------------------------------------------- what all may read */

static void tell_children(struct wait *w, const struct sleep *s)
{
	int is_wait = s && s->object == CHILD;
	const char *before = is_wait ? ": " : "; it has the children ";
	struct proc *child;
	size_t n = children_seen(w, &child);
	size_t found = 0;
	char buf[WHO];

	for (size_t i = 0; i < n; i++) {
		if (child[i].state == 'Z')
			continue;
		found++;
		if (is_wait)
			wait_ender(w, child[i].pid, 0, -1, "end");
		who(child[i].pid, buf);
		if (found <= NAMED)
			words_add(&w->words, "%s%s", found == 1 ? before :
				  ", ", buf);
	}
	free(child);
	if (found > NAMED)
		words_add(&w->words, " and %zu more", found - NAMED);
	children_ended_say(w);
}

/* "7: -> FLOCK  ADVISORY  WRITE 12 ..." waits for the lock of number 7 that
 * stands above it (proc(5), /proc/locks). */
static void tell_lock(struct wait *w)
{
	FILE *f = fopen("/proc/locks", "re");
	char line[256];
	char buf[WHO];
	char kind[16] = "";
	char mode[16] = "";
	int holder = -1;

	if (!f)
		return;
	while (fgets(line, sizeof line, f) != NULL) {
		char *arrow = strstr(line, "->");
		int waiter;

		if (!arrow) {
			holder = -1;
			sscanf(line, "%*s %15s %*s %15s %d", kind, mode,
			       &holder);
			continue;
		}
		if (sscanf(arrow + 2, "%*s %*s %*s %d", &waiter) != 1)
			continue;
		if (waiter != w->task.pid)
			continue;
		words_add(&w->words, "; it waits for a lock: a %s %s lock is "
			  "held", mode, kind);
		if (holder <= 0)
			break;
		who(holder, buf);
		words_add(&w->words, " by %s", buf);
		break;
	}
	fclose(f);
}

/* Whoever has /dev/fuse open serves a file system, this one or another. */
static void tell_servers(struct wait *w)
{
	size_t n;
	const struct holder *h = seen_holders(w->seen, "/dev/fuse", &n);
	char buf[WHO];

	for (size_t i = 0; i < n; i++) {
		wait_ender(w, h[i].pid, 0, h[i].fd, "answer");
		who(h[i].pid, buf);
		if (i < NAMED)
			words_add(&w->words, "%s%s", i == 0 ? ", " : " or ",
				  buf);
	}
	if (n > NAMED)
		words_add(&w->words, " or %zu more", n - NAMED);
}

int server_tell(struct wait *w)
{
	char function[64];
	const struct sleep *s;

	if (!read_function(&w->task, function, sizeof function))
		return 0;
	s = find_sleep(function);
	if (!s || (s->object != FUSE && s->object != SERVER))
		return 0;
	words_add(&w->words, ": it waits %s", s->words);
	if (s->object == FUSE)
		tell_servers(w);
	wait_ends(w);
	return 1;
}

void outside_tell(struct wait *w)
{
	char function[64] = "";
	const struct sleep *s = NULL;
	int is_known = read_function(&w->task, function, sizeof function);

	words_add(&w->words, "waits");
	if (is_known)
		s = find_sleep(function);
	if (s)
		words_add(&w->words, " %s", s->words);
	if (is_known)
		words_add(&w->words, " (in the kernel: %s)", function);
	if (s && s->object == TIME)
		wait_ends(w);
	if (s)
		tell_descriptors(w, s);
	tell_children(w, s);
	tell_lock(w);
	words_add(&w->words, "%s may not be seen: ", s ? "; more" :
		  ", and in which system call");
	why_refused(w->task.pid, &w->words);
}
