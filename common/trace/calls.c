/*
 * calls.c - the system calls that are drawn, and what trace knows of each
 *
 * A call that is not here is not traced. IN is how many arguments strace knows
 * when the call begins; the others are what it brings.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace.h"

/* In the order of the alphabet: they are searched for by halves. */
static const struct call calls[] = {
	{ "accept", ACCEPT, 1, 1 }, { "accept4", ACCEPT, 1, 1 },
	{ "alarm", OTHER, 9, 0 }, { "arch_prctl", START, 9, 0 },
	{ "bind", BIND, 9, 0 }, { "clock_nanosleep", SLEEP, 3, 1 },
	{ "clone", FORK, 9, 1 }, { "clone3", FORK, 9, 1 },
	{ "close", CLOSE, 9, 0 }, { "close_range", CLOSE_RANGE, 9, 0 },
	{ "connect", CONNECT, 9, 1 }, { "copy_file_range", COPY, 9, 1 },
	{ "dup", DUP, 9, 0 }, { "dup2", DUP, 9, 0 }, { "dup3", DUP, 9, 0 },
	{ "epoll_create", MAKE, 9, 0 }, { "epoll_create1", MAKE, 9, 0 },
	{ "epoll_ctl", EPOLL_CTL, 9, 0 }, { "epoll_pwait", EPOLL, 1, 1 },
	{ "epoll_pwait2", EPOLL, 1, 1 }, { "epoll_wait", EPOLL, 1, 1 },
	{ "eventfd", MAKE, 9, 0 }, { "eventfd2", MAKE, 9, 0 },
	{ "execve", EXEC, 9, 0 }, { "execveat", EXEC, 9, 0 },
	{ "exit", THREAD_EXIT, 9, 0 }, { "exit_group", EXIT, 9, 0 },
	{ "fcntl", FCNTL, 9, 1 }, { "fcntl64", FCNTL, 9, 1 },
	{ "flock", FLOCK, 9, 1 }, { "fork", FORK, 9, 1 },
	{ "ftruncate", OTHER, 9, 0 }, { "futex", FUTEX, 9, 1 },
	{ "getsockopt", OTHER, 9, 0 }, { "ioctl", IOCTL, 2, 0 },
	{ "kill", KILL, 9, 0 }, { "link", OTHER, 9, 0 },
	{ "linkat", OTHER, 9, 0 }, { "listen", OTHER, 9, 0 },
	{ "madvise", MEMORY, 9, 0 }, { "memfd_create", MAKE, 9, 0 },
	{ "mknod", MKNOD, 9, 0 }, { "mknodat", MKNOD, 9, 0 },
	{ "mmap", MMAP, 9, 0 }, { "mmap2", MMAP, 9, 0 },
	{ "mprotect", MEMORY, 9, 0 }, { "mq_getsetattr", OTHER, 9, 0 },
	{ "mq_notify", OTHER, 9, 0 }, { "mq_open", MQ_OPEN, 9, 0 },
	{ "mq_timedreceive", MQ_RECEIVE, 1, 1 },
	{ "mq_timedsend", MQ_SEND, 9, 1 }, { "mq_unlink", OTHER, 9, 0 },
	{ "mremap", MREMAP, 9, 0 }, { "msgctl", MSGCTL, 9, 0 },
	{ "msgget", OTHER, 9, 0 }, { "msgrcv", MSGRCV, 1, 1 },
	{ "msgsnd", MSGSND, 9, 1 }, { "msync", OTHER, 9, 1 },
	{ "munmap", MUNMAP, 9, 0 }, { "nanosleep", SLEEP, 1, 1 },
	{ "open", OPEN, 9, 1 }, { "openat", OPEN, 9, 1 },
	{ "openat2", OPEN, 9, 1 }, { "pause", PAUSE, 9, 1 },
	{ "pidfd_open", PIDFD, 9, 0 }, { "pidfd_send_signal", OTHER, 9, 0 },
	{ "pipe", PIPE, 0, 0 }, { "pipe2", PIPE, 0, 0 },
	{ "poll", POLL, 9, 1 }, { "ppoll", POLL, 9, 1 },
	{ "prlimit64", START, 9, 0 },
	{ "process_vm_readv", OTHER, 9, 0 },
	{ "process_vm_writev", OTHER, 9, 0 },
	{ "pselect6", SELECT, 9, 1 }, { "read", READ, 1, 1 },
	{ "readv", READ, 1, 1 }, { "recvfrom", READ, 1, 1 },
	{ "recvmmsg", READ, 1, 1 }, { "recvmsg", READ, 1, 1 },
	{ "rseq", START, 9, 0 }, { "rt_sigprocmask", SIGMASK, 2, 0 },
	{ "rt_sigqueueinfo", KILL, 9, 0 }, { "rt_sigsuspend", PAUSE, 9, 1 },
	{ "rt_sigtimedwait", SIGWAIT, 1, 1 },
	{ "rt_tgsigqueueinfo", KILL, 9, 0 },
	{ "select", SELECT, 9, 1 }, { "semctl", SEMCTL, 9, 0 },
	{ "semget", OTHER, 9, 0 }, { "semop", SEMOP, 9, 1 },
	{ "semtimedop", SEMOP, 9, 1 }, { "sendfile", COPY, 9, 1 },
	{ "sendfile64", COPY, 9, 1 }, { "sendmmsg", WRITE, 9, 1 },
	{ "sendmsg", WRITE, 9, 1 }, { "sendto", WRITE, 9, 1 },
	{ "set_robust_list", START, 9, 0 }, { "set_tid_address", START, 9, 0 },
	{ "setitimer", OTHER, 9, 0 }, { "setpgid", GROUP, 9, 0 },
	{ "setsid", GROUP, 9, 0 }, { "shmat", SHMAT, 9, 0 },
	{ "shmctl", OTHER, 9, 0 }, { "shmdt", MUNMAP, 9, 0 },
	{ "shmget", OTHER, 9, 0 }, { "shutdown", SHUTDOWN, 9, 0 },
	{ "signalfd", MAKE, 9, 0 }, { "signalfd4", MAKE, 9, 0 },
	{ "socket", MAKE, 9, 0 }, { "socketpair", PAIR, 9, 0 },
	{ "splice", COPY, 9, 1 }, { "tee", COPY, 9, 1 },
	{ "tgkill", KILL, 9, 0 }, { "timer_create", OTHER, 9, 0 },
	{ "timer_settime", OTHER, 9, 0 }, { "timerfd_create", MAKE, 9, 0 },
	{ "timerfd_settime", TIMERFD, 9, 0 }, { "tkill", KILL, 9, 0 },
	{ "unlink", OTHER, 9, 0 }, { "unlinkat", OTHER, 9, 0 },
	{ "vfork", FORK, 9, 1 }, { "vmsplice", WRITE, 9, 1 },
	{ "wait4", WAIT, 1, 1 }, { "waitid", WAIT, 2, 1 },
	{ "waitpid", WAIT, 1, 1 }, { "write", WRITE, 9, 1 },
	{ "writev", WRITE, 9, 1 },
};

enum { CALLS = sizeof calls / sizeof *calls };

/* What is drawn of a call that strace names and this table does not. */
static const struct call unknown = { "?", OTHER, 9, 0 };

static int by_name(const void *key, const void *entry)
{
	const struct piece *name = key;
	const struct call *c = entry;
	int order = strncmp(name->s, c->name, name->len);

	return order ? order : c->name[name->len] ? -1 : 0;
}

const struct call *call_of(struct piece name)
{
	const struct call *c = bsearch(&name, calls, CALLS, sizeof *calls,
				       by_name);

	return c ? c : &unknown;
}

/* "?" before each name: not every system has every call. */
void call_list(char *buf, size_t size)
{
	size_t len = (size_t)snprintf(buf, size, "trace=");

	for (size_t i = 0; i < CALLS && len < size; i++)
		len += (size_t)snprintf(buf + len, size - len, "%s?%s",
					i ? "," : "", calls[i].name);
}
