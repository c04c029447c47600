/*
 * calls.c - the system calls that are known here
 *
 * Processors and C libraries differ in which call they make: pause() may be
 * ppoll(), msgrcv() may be ipc(). So a call is known by its name, and the
 * sentence says what the program has called.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>

#include "inside.h"

static int tell(struct wait *w, const char *name);

/* socketcall() carries all calls of sockets on some processors of 32 bits: the
 * first argument says which, the second points to its arguments. */
static void on_socketcall(struct wait *w, const struct known *k)
{
	static const char *const names[] = {
		[3] = "connect", [5] = "accept", [9] = "send", [10] = "recv",
		[11] = "sendto", [12] = "recvfrom", [16] = "sendmsg",
		[17] = "recvmsg", [18] = "accept4", [19] = "recvmmsg",
		[20] = "sendmmsg",
	};
	unsigned long long which = w->task.arg[0];
	unsigned long long at = w->task.arg[1];

	(void)k;
	if (which >= LENGTH(names) || !names[which]) {
		words_add(&w->words, "is blocked in a call of sockets, "
			  "socketcall() number %llu", which);
		wait_ends(w);
		return;
	}
	memset(w->task.arg, 0, sizeof w->task.arg);
	task_words(&w->task, at, w->task.arg, LENGTH(w->task.arg));
	tell(w, names[which]);
}

/* ipc() carries those of System V in the same way. */
static void on_ipc(struct wait *w, const struct known *k)
{
	unsigned long long *arg = w->task.arg;
	unsigned long long which = arg[0] & 0xffff;
	unsigned long long at = arg[4];
	unsigned long long kludge[2] = { 0 };	/* as the kernel calls it */

	(void)k;
	arg[0] = arg[1];
	switch (which) {
	case 1:		/* SEMOP: set, number of operations, -, operations */
		arg[1] = at;
		tell(w, "semop");
		break;
	case 4:		/* SEMTIMEDOP: the same, and a time limit */
		arg[1] = at;
		arg[3] = arg[5];
		tell(w, "semtimedop");
		break;
	case 11:	/* MSGSND */
		tell(w, "msgsnd");
		break;
	case 12:	/* MSGRCV: the type is beside the buffer's address */
		task_words(&w->task, at, kludge, 2);
		arg[3] = kludge[1];
		tell(w, "msgrcv");
		break;
	default:
		words_add(&w->words, "is blocked in a call of System V, "
			  "ipc() number %llu", which);
		wait_ends(w);
	}
}

static const struct known known[] = {
	{ "read", "read", on_fd, READS, UNLIMITED, 0 },
	{ "readv", "readv", on_fd, READS, UNLIMITED, 0 },
	{ "pread64", "pread", on_fd, READS, UNLIMITED, 0 },
	{ "preadv", "preadv", on_fd, READS, UNLIMITED, 0 },
	{ "preadv2", "preadv2", on_fd, READS, UNLIMITED, 0 },
	{ "write", "write", on_fd, WRITES, UNLIMITED, 0 },
	{ "writev", "writev", on_fd, WRITES, UNLIMITED, 0 },
	{ "pwrite64", "pwrite", on_fd, WRITES, UNLIMITED, 0 },
	{ "pwritev", "pwritev", on_fd, WRITES, UNLIMITED, 0 },
	{ "pwritev2", "pwritev2", on_fd, WRITES, UNLIMITED, 0 },
	{ "vmsplice", "vmsplice", on_fd, WRITES, UNLIMITED, 0 },
	{ "splice", "splice", on_splice, OTHER, UNLIMITED, 0 },
	{ "tee", "tee", on_tee, OTHER, UNLIMITED, 0 },
	{ "sendfile", "sendfile", on_sendfile, OTHER, UNLIMITED, 0 },
	{ "sendfile64", "sendfile", on_sendfile, OTHER, UNLIMITED, 0 },
	{ "copy_file_range", "copy_file_range", on_splice, OTHER,
	  UNLIMITED, 0 },
	{ "fsync", "fsync", on_disk, OTHER, UNLIMITED, 0 },
	{ "fdatasync", "fdatasync", on_disk, OTHER, UNLIMITED, 0 },
	{ "syncfs", "syncfs", on_disk, OTHER, UNLIMITED, 0 },
	{ "ioctl", "ioctl", on_disk, OTHER, UNLIMITED, 0 },
	{ "io_uring_enter", "io_uring_enter", on_ring, OTHER, UNLIMITED, 0 },

	{ "recv", "recv", on_fd, READS, UNLIMITED, 0 },
	{ "recvfrom", "recv", on_fd, READS, UNLIMITED, 0 },
	{ "recvmsg", "recvmsg", on_fd, READS, UNLIMITED, 0 },
	{ "recvmmsg", "recvmmsg", on_fd, READS, RELATIVE, 4 },
	{ "recvmmsg_time64", "recvmmsg", on_fd, READS, RELATIVE, 4 },
	{ "send", "send", on_fd, WRITES, UNLIMITED, 0 },
	{ "sendto", "send", on_fd, WRITES, UNLIMITED, 0 },
	{ "sendmsg", "sendmsg", on_fd, WRITES, UNLIMITED, 0 },
	{ "sendmmsg", "sendmmsg", on_fd, WRITES, UNLIMITED, 0 },
	{ "connect", "connect", on_fd, OTHER, UNLIMITED, 0 },
	{ "accept", "accept", on_fd, OTHER, UNLIMITED, 0 },
	{ "accept4", "accept", on_fd, OTHER, UNLIMITED, 0 },
	{ "socketcall", "socketcall", on_socketcall, OTHER, UNLIMITED, 0 },

	{ "open", "open", on_open, OTHER, UNLIMITED, 0 },
	{ "creat", "creat", on_creat, OTHER, UNLIMITED, 0 },
	{ "openat", "open", on_openat, OTHER, UNLIMITED, 0 },
	{ "openat2", "open", on_openat2, OTHER, UNLIMITED, 0 },

	{ "mq_timedreceive", "mq_receive", on_mq, READS, REALTIME, 4 },
	{ "mq_timedreceive_time64", "mq_receive", on_mq, READS, REALTIME, 4 },
	{ "mq_timedsend", "mq_send", on_mq, WRITES, REALTIME, 4 },
	{ "mq_timedsend_time64", "mq_send", on_mq, WRITES, REALTIME, 4 },

	{ "semop", "semop", on_semop, OTHER, UNLIMITED, 0 },
	{ "semtimedop", "semop", on_semop, OTHER, RELATIVE, 3 },
	{ "semtimedop_time64", "semop", on_semop, OTHER, RELATIVE, 3 },
	{ "msgrcv", "msgrcv", on_queue, READS, UNLIMITED, 0 },
	{ "msgsnd", "msgsnd", on_queue, WRITES, UNLIMITED, 0 },
	{ "ipc", "ipc", on_ipc, OTHER, UNLIMITED, 0 },

	{ "futex", "futex", on_futex, OTHER, FUTEX, 3 },
	{ "futex_time64", "futex", on_futex, OTHER, FUTEX, 3 },
	{ "futex_wait", "futex", on_futex, OTHER, FUTEX, 4 },
	{ "futex_waitv", "futex", on_futexes, OTHER, FUTEX, 3 },

	{ "flock", "flock", on_lock, OTHER, UNLIMITED, 0 },
	{ "fcntl", "fcntl", on_lock, OTHER, UNLIMITED, 0 },
	{ "fcntl64", "fcntl", on_lock, OTHER, UNLIMITED, 0 },

	{ "wait4", "wait", on_wait, OTHER, UNLIMITED, 0 },
	{ "waitpid", "wait", on_wait, OTHER, UNLIMITED, 0 },
	{ "waitid", "wait", on_waitid, OTHER, UNLIMITED, 0 },

	{ "vfork", "vfork", on_vfork, OTHER, UNLIMITED, 0 },
	{ "clone", "vfork", on_vfork, OTHER, UNLIMITED, 0 },
	{ "clone3", "vfork", on_vfork, OTHER, UNLIMITED, 0 },

	{ "pause", "pause", on_signal, OTHER, UNLIMITED, 0 },
	{ "sigsuspend", "sigsuspend", on_signal, OTHER, UNLIMITED, 0 },
	{ "rt_sigsuspend", "sigsuspend", on_signal, OTHER, UNLIMITED, 0 },
	{ "rt_sigtimedwait", "sigwait", on_sigwait, OTHER, RELATIVE, 2 },
	{ "rt_sigtimedwait_time64", "sigwait", on_sigwait, OTHER,
	  RELATIVE, 2 },
	{ "nanosleep", "nanosleep", on_sleep, OTHER, UNLIMITED, 0 },
	{ "clock_nanosleep", "nanosleep", on_sleep, OTHER, UNLIMITED, 2 },
	{ "clock_nanosleep_time64", "nanosleep", on_sleep, OTHER,
	  UNLIMITED, 2 },
	{ "restart_syscall", "", on_restart, OTHER, UNLIMITED, 0 },

	{ "poll", "poll", on_poll, OTHER, MILLISECONDS, 2 },
	{ "ppoll", "poll", on_poll, OTHER, RELATIVE, 2 },
	{ "ppoll_time64", "poll", on_poll, OTHER, RELATIVE, 2 },
	{ "select", "select", on_select, OTHER, RELATIVE, 4 },
	{ "_newselect", "select", on_select, OTHER, RELATIVE, 4 },
	{ "pselect6", "select", on_select, OTHER, RELATIVE, 4 },
	{ "pselect6_time64", "select", on_select, OTHER, RELATIVE, 4 },
	{ "epoll_wait", "epoll_wait", on_epoll, OTHER, MILLISECONDS, 3 },
	{ "epoll_pwait", "epoll_wait", on_epoll, OTHER, MILLISECONDS, 3 },
	{ "epoll_pwait2", "epoll_wait", on_epoll, OTHER, RELATIVE, 3 },
};

/* Tell of the call NAME: 0 if it is not known. */
static int tell(struct wait *w, const char *name)
{
	for (size_t i = 0; i < LENGTH(known); i++) {
		if (strcmp(name, known[i].name) != 0)
			continue;
		w->is_known = 1;
		snprintf(w->is->call, sizeof w->is->call, "%s", known[i].say);
		if (limit_read(w, &known[i]))
			wait_ends(w);
		known[i].tell(w, &known[i]);
		if (known[i].limit != UNLIMITED)
			limit_say(w);
		return 1;
	}
	return 0;
}

/* Of a call that is not known here it is not known either who ends it. */
void call_tell(struct wait *w)
{
	const char *name = w->task.name;

	if (!name) {
		words_add(&w->words, "is blocked in system call %ld, which is "
			  "newer than the headers that why was built with",
			  w->task.nr);
		return;
	}
	snprintf(w->is->call, sizeof w->is->call, "%s", name);
	if (!tell(w, name))
		words_add(&w->words, "is blocked in %s()", name);
}
