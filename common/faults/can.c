/*
 * can.c - can this call return this error, as it is made here?
 *
 * A sweep that injects what cannot be finds no bugs: a program need not be
 * ready for EINTR from a call that never sleeps. What decides:
 *
 * EINTR: the call sleeps, and it is not made again by the kernel. After a stop
 *	and a continue only those of stops[] return it. After a handler without
 *	SA_RESTART all do, after one with it those of signal(7), here waits[]. A
 *	handler that ends the program, as that of lesson.h does, leaves no call
 *	that could return. It is known by its mask. A blocked signal interrupts
 *	nothing.
 *	A set of semaphores without a key is an experiment's, which forces its
 *	order: there the values say whether the call sleeps.
 * EAGAIN: the call was asked not to wait, or not for ever.
 * EEXIST, ENOENT, ENOSPC: it was asked to make the object, or was not.
 * ESRCH, EPERM: kill() of a child that nobody has waited for never fails.
 *
 * Sources: signal(7), semop(2), msgop(2), futex(2), fcntl(2), the kernel's
 * shmem_fallocate(), which ends at each signal.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <linux/magic.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "can.h"

enum {
	SOPS_MOST = 64,			/* operations of one semop() */
	VALUES_MOST = 256,		/* semaphores of a set */
	NAME_ROOM = 256,
	PATH_ROOM = 512,
};

#define BIT(signal) (1ull << ((signal) - 1))

/* What the kernel calls a struct sigaction, where it has a restorer. */
struct kernel_action {
	unsigned long handler, flags, restorer;
	unsigned long long mask;
};

/* 1: SIZE bytes at ADDRESS of the process are in TO now. */
static int fetch(const struct seccomp_notif *n, unsigned long long address,
		 void *to, size_t size)
{
	struct iovec here = { to, size };
	struct iovec there = { (void *)(uintptr_t)address, size };

	return process_vm_readv((pid_t)n->pid, &here, 1, &there, 1, 0) ==
	       (ssize_t)size;
}

void can_learn(struct handlers *h, const struct seccomp_notif *n)
{
	const unsigned long long ends =
		BIT(SIGINT) | BIT(SIGTERM) | BIT(SIGHUP) | BIT(SIGPIPE);
	struct kernel_action a;
	int sig = (int)n->data.args[0];

	if (sig < 1 || sig > 64 || !n->data.args[1] ||
	    !fetch(n, n->data.args[1], &a, sizeof a))
		return;
	if (a.handler == (unsigned long)SIG_DFL ||
	    a.handler == (unsigned long)SIG_IGN || a.mask == ends)
		return;
	h->all |= BIT(sig);
	if (!(a.flags & SA_RESTART))
		h->breaks |= BIT(sig);
}

/* ---------------------------------------------------- who makes the call */

/* The signals of the line LABEL of its status */
static unsigned long long signals(pid_t tid, const char *label)
{
	char path[PATH_ROOM], line[256];
	unsigned long long set = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/status", (int)tid);
	f = fopen(path, "re");
	if (!f)
		return 0;
	while (fgets(line, sizeof line, f))
		if (strncmp(line, label, strlen(label)) == 0)
			sscanf(line + strlen(label), "%llx", &set);
	fclose(f);
	return set;
}

static int is_handled(pid_t tid, unsigned long long handlers)
{
	handlers &= signals(tid, "SigCgt:");
	return (handlers & ~signals(tid, "SigBlk:")) != 0;
}

int can_end_by(const struct seccomp_notif *n, int signal)
{
	pid_t tid = (pid_t)n->pid;

	return !((signals(tid, "SigIgn:") | signals(tid, "SigBlk:")) &
		 BIT(signal));
}

/* -------------------------------------------------- does the call wait? */

static int flags_of(pid_t tid, int fd)
{
	char path[PATH_ROOM], line[128];
	unsigned flags = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/fdinfo/%d", (int)tid, fd);
	f = fopen(path, "re");
	if (!f)
		return 0;
	while (fgets(line, sizeof line, f))
		if (sscanf(line, "flags: %o", &flags) == 1)
			break;
	fclose(f);
	return (int)flags;
}

/* S_IFREG, S_IFIFO, ...; 0: not known. */
static mode_t kind_of(pid_t tid, int fd)
{
	char path[PATH_ROOM];
	struct stat st;

	snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)tid, fd);
	return stat(path, &st) == 0 ? st.st_mode & S_IFMT : 0;
}

/* Is it a file of the kernel's, in /proc or /sys? */
static int is_in_proc(pid_t tid, int fd)
{
	char path[PATH_ROOM];
	struct statfs fs;

	snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)tid, fd);
	return statfs(path, &fs) == 0 &&
	       (fs.f_type == PROC_SUPER_MAGIC || fs.f_type == SYSFS_MAGIC);
}

static void fetch_name(const struct seccomp_notif *n, int where, char *name)
{
	memset(name, 0, NAME_ROOM);
	for (size_t i = 0; i + 1 < NAME_ROOM; i++)
		if (!fetch(n, n->data.args[where] + i, name + i, 1) || !name[i])
			break;
}

/* Only the opening of a FIFO waits for a partner. */
static int opens_fifo(const struct seccomp_notif *n, int where)
{
	char name[NAME_ROOM], path[PATH_ROOM];
	struct stat st;

	fetch_name(n, where, name);
	snprintf(path, sizeof path, "/proc/%d/%s/%s", (int)n->pid,
		 name[0] == '/' ? "root" : "cwd", name);
	return stat(path, &st) == 0 && S_ISFIFO(st.st_mode);
}

static int is_zero_time(const struct seccomp_notif *n, int which)
{
	struct timespec t;

	if (!n->data.args[which] ||
	    !fetch(n, n->data.args[which], &t, sizeof t))
		return 0;
	return t.tv_sec == 0 && t.tv_nsec == 0;
}

/* In the IPC namespace of the caller: 1 if nobody else can know the set ID, and
 * the MANY operations would go through now. */
static int is_settled(int id, const struct sembuf *sop, size_t many)
{
	struct semid_ds about;
	union {
		struct semid_ds *about;
		unsigned short *values;
	} arg = { .about = &about };
	static unsigned short value[VALUES_MOST];

	if (semctl(id, 0, IPC_STAT, arg) == -1 ||
	    about.sem_perm.__key != IPC_PRIVATE ||
	    about.sem_nsems > VALUES_MOST)
		return 0;
	arg.values = value;
	if (semctl(id, 0, GETALL, arg) == -1)
		return 0;
	for (size_t i = 0; i < many; i++) {
		int now = value[sop[i].sem_num % VALUES_MOST];

		if (sop[i].sem_op == 0 ? now != 0 : now + sop[i].sem_op < 0)
			return 0;
		value[sop[i].sem_num % VALUES_MOST] =
			(unsigned short)(now + sop[i].sem_op);
	}
	return 1;
}

/* The same, from here. A helper goes there. */
static int is_settled_there(const struct seccomp_notif *n,
			    const struct sembuf *sop, size_t many)
{
	char path[PATH_ROOM];
	int fd, status;
	pid_t helper = fork();

	if (helper == -1)
		return 0;
	if (helper == 0) {
		snprintf(path, sizeof path, "/proc/%d/ns/ipc", (int)n->pid);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd == -1 || setns(fd, CLONE_NEWIPC) == -1)
			_exit(0);
		_exit(is_settled((int)n->data.args[0], sop, many));
	}
	while (waitpid(helper, &status, 0) == -1)
		if (errno != EINTR)
			return 0;
	return WIFEXITED(status) && WEXITSTATUS(status) == 1;
}

/* Of the operations of a semop(): one can sleep, one must not. */
static void look_at_sops(const struct seccomp_notif *n, int *sleeps,
			 int *nowait)
{
	struct sembuf sop[SOPS_MOST];
	size_t many = (size_t)n->data.args[2];

	*sleeps = *nowait = 0;
	if (many == 0 || many > SOPS_MOST ||
	    !fetch(n, n->data.args[1], sop, many * sizeof *sop))
		return;
	for (size_t i = 0; i < many; i++) {
		if (sop[i].sem_flg & IPC_NOWAIT)
			*nowait = 1;
		else if (sop[i].sem_op <= 0)
			*sleeps = 1;
	}
	if (*sleeps && is_settled_there(n, sop, many))
		*sleeps = 0;
}

static int sleeps_on_fd(const struct seccomp_notif *n, int flags)
{
	int fd = (int)n->data.args[0];

	return !(flags_of((pid_t)n->pid, fd) & O_NONBLOCK) &&
	       !(flags & MSG_DONTWAIT) && kind_of((pid_t)n->pid, fd) != S_IFREG;
}

static int futex_sleeps(unsigned op)
{
	switch (op & (unsigned)FUTEX_CMD_MASK) {
	case FUTEX_WAIT:
	case FUTEX_WAIT_BITSET:
	case FUTEX_LOCK_PI:
	case FUTEX_WAIT_REQUEUE_PI:
		return 1;
	default:
		return 0;
	}
}

static int is_lock_that_waits(int command)
{
	return command == F_SETLKW || command == F_OFD_SETLKW;
}

static int is_lock_that_looks(int command)
{
	return command == F_SETLK || command == F_OFD_SETLK;
}

static int can_sleep(const struct seccomp_notif *n)
{
	const __u64 *arg = n->data.args;
	int sleeps, nowait;

	switch (n->data.nr) {
	case SYS_read:
	case SYS_write:
	case SYS_readv:
	case SYS_writev:
	case SYS_accept:
	case SYS_accept4:
	case SYS_connect:
	case SYS_splice:
	case SYS_mq_timedsend:
	case SYS_mq_timedreceive:
		return sleeps_on_fd(n, 0);
	case SYS_recvfrom:
	case SYS_sendto:
		return sleeps_on_fd(n, (int)arg[3]);
	case SYS_recvmsg:
	case SYS_sendmsg:
		return sleeps_on_fd(n, (int)arg[2]);
#ifdef SYS_open
	case SYS_open:
		return !((int)arg[1] & O_NONBLOCK) && opens_fifo(n, 0);
#endif
	case SYS_openat:
		return !((int)arg[2] & O_NONBLOCK) && opens_fifo(n, 1);
	case SYS_semop:
	case SYS_semtimedop:
		look_at_sops(n, &sleeps, &nowait);
		return sleeps;
	case SYS_msgsnd:
		return !((int)arg[3] & IPC_NOWAIT);
	case SYS_msgrcv:
		return !((int)arg[4] & IPC_NOWAIT);
	case SYS_futex:
		return futex_sleeps((unsigned)arg[1]);
	case SYS_wait4:
		return !((int)arg[2] & WNOHANG);
	case SYS_waitid:
		return !((int)arg[3] & WNOHANG);
#ifdef SYS_poll
	case SYS_poll:
		return (int)arg[2] != 0;
#endif
	case SYS_ppoll:
	case SYS_rt_sigtimedwait:
		return !is_zero_time(n, 2);
	case SYS_pselect6:
		return !is_zero_time(n, 4);
#ifdef SYS_epoll_wait
	case SYS_epoll_wait:
#endif
	case SYS_epoll_pwait:
		return (int)arg[3] != 0;
	case SYS_fcntl:
		return is_lock_that_waits((int)arg[1]);
	case SYS_flock:
		return !((int)arg[1] & LOCK_NB);
	case SYS_rt_sigsuspend:
#ifdef SYS_pause
	case SYS_pause:
#endif
	case SYS_nanosleep:
	case SYS_clock_nanosleep:
	case SYS_fallocate:
		return 1;
	default:
		return 0;
	}
}

static int is_one_of(const int *list, int call)
{
	for (; *list != -1; list++)
		if (*list == call)
			return 1;
	return 0;
}

static int can_be_interrupted(const struct handlers *h,
			      const struct seccomp_notif *n)
{
	static const int stops[] = {
		SYS_semop, SYS_semtimedop, SYS_epoll_pwait, SYS_rt_sigtimedwait,
		SYS_rt_sigsuspend, SYS_fallocate,
#ifdef SYS_epoll_wait
		SYS_epoll_wait,
#endif
#ifdef SYS_pause
		SYS_pause,
#endif
		-1,
	};
	static const int waits[] = {
		SYS_msgsnd, SYS_msgrcv, SYS_ppoll, SYS_pselect6, SYS_nanosleep,
		SYS_clock_nanosleep,
#ifdef SYS_poll
		SYS_poll,
#endif
		-1,
	};
	int call = n->data.nr;
	pid_t tid = (pid_t)n->pid;

	if (!can_sleep(n))
		return 0;
	if (is_one_of(stops, call))
		return 1;
	return is_handled(tid, is_one_of(waits, call) ? h->all : h->breaks);
}

/* Was the call asked not to wait, or not for ever? */
static int can_be_again(const struct seccomp_notif *n)
{
	const __u64 *arg = n->data.args;
	int is_nonblock, sleeps, nowait;

	switch (n->data.nr) {
	case SYS_read:
	case SYS_write:
	case SYS_readv:
	case SYS_writev:
	case SYS_accept:
	case SYS_accept4:
	case SYS_connect:
	case SYS_splice:
	case SYS_recvfrom:
	case SYS_sendto:
	case SYS_recvmsg:
	case SYS_sendmsg:
	case SYS_mq_timedsend:
	case SYS_mq_timedreceive:
		/* A pipe has something or not, and so has a queue, for
		 * its one reader. */
		if (kind_of((pid_t)n->pid, (int)arg[0]) == S_IFIFO ||
		    n->data.nr == SYS_mq_timedreceive)
			return 0;
		is_nonblock = flags_of((pid_t)n->pid, (int)arg[0]) & O_NONBLOCK;
		if (n->data.nr == SYS_recvfrom || n->data.nr == SYS_sendto)
			is_nonblock |= (int)arg[3] & MSG_DONTWAIT;
		if (n->data.nr == SYS_recvmsg || n->data.nr == SYS_sendmsg)
			is_nonblock |= (int)arg[2] & MSG_DONTWAIT;
		return is_nonblock;
	case SYS_semop:
		look_at_sops(n, &sleeps, &nowait);
		return nowait;
	case SYS_semtimedop:
		look_at_sops(n, &sleeps, &nowait);
		return nowait || arg[3];
	case SYS_msgsnd:
		return ((int)arg[3] & IPC_NOWAIT) != 0;
	case SYS_rt_sigtimedwait:
		/* Without a wait it is known whether a signal is there. */
		return arg[2] && !is_zero_time(n, 2);
	case SYS_fcntl:
		return is_lock_that_looks((int)arg[1]);
	case SYS_flock:
		return ((int)arg[1] & LOCK_NB) != 0;
	default:
		return 1;
	}
}

/* ------------------------------------------------------- whom it is about */

/* The last number of the line LABEL of a file like /proc/PID/status: what it
 * is for the process itself. 0: there is none. */
static int last_number(const char *path, const char *label)
{
	char line[256], *word, *rest;
	int number = 0;
	FILE *f = fopen(path, "re");

	if (!f)
		return 0;
	while (number == 0 && fgets(line, sizeof line, f)) {
		if (strncmp(line, label, strlen(label)) != 0)
			continue;
		rest = line + strlen(label);
		while ((word = strsep(&rest, " \t\n")))
			if (*word)
				number = atoi(word);
	}
	fclose(f);
	return number;
}

/* Is whom kill() names a child of who calls it? All numbers are those that both
 * know, and so is the /proc. */
static int is_own_child(const struct seccomp_notif *n)
{
	char path[PATH_ROOM];
	int self, parent;

	if ((int)n->data.args[0] <= 0)
		return 0;
	snprintf(path, sizeof path, "/proc/%d/status", (int)n->pid);
	self = last_number(path, "NStgid:");
	snprintf(path, sizeof path, "/proc/%d/root/proc/%d/status", (int)n->pid,
		 (int)n->data.args[0]);
	parent = last_number(path, "PPid:");
	return self > 0 && self == parent;
}

/* May only a part of what FD of the caller carries be taken? COPY is FD, as the
 * tool has it. A message is never cut so. Of a file of the disk all is read
 * that is there; a write ends early when the disk is full. What is written to a
 * pipe at once, up to PIPE_BUF bytes, comes at once. A write that waits ends
 * early when a handler has interrupted it. */
int can_be_short(const struct handlers *h, const struct seccomp_notif *n,
		 int copy)
{
	socklen_t size = sizeof(int);
	int type = 0, there = 0, is_read = n->data.nr == SYS_read;
	int flags = flags_of((pid_t)n->pid, (int)n->data.args[0]);
	int is_cut = flags & O_NONBLOCK || is_handled((pid_t)n->pid, h->all);
	struct stat st;

	if (fstat(copy, &st) == -1)
		return 0;
	if (S_ISREG(st.st_mode))
		return !is_read;
	if (S_ISCHR(st.st_mode))
		return is_read;
	if (S_ISSOCK(st.st_mode))
		return getsockopt(copy, SOL_SOCKET, SO_TYPE, &type, &size) ==
			       0 && type == SOCK_STREAM && (is_read || is_cut);
	if (!S_ISFIFO(st.st_mode))
		return 0;
	if (is_read)
		return ioctl(copy, FIONREAD, &there) == 0 && there > PIPE_BUF;
	return is_cut && n->data.args[2] > PIPE_BUF;
}

/* What the files of /proc and /sys never say: they are no files of a disk, and
 * they stay. */
static int kernels_file_can(int error)
{
	switch (error) {
	case ENOENT:
	case ENOSPC:
	case EROFS:
	case ENXIO:
	case EIO:
		return 0;
	default:
		return 1;
	}
}

static int is_kernels_path(const struct seccomp_notif *n, int where)
{
	char name[NAME_ROOM];

	fetch_name(n, where, name);
	return strncmp(name, "/proc/", 6) == 0 ||
	       strncmp(name, "/sys/", 5) == 0;
}

/* Of a call that makes or finds an object: with IPC_CREAT, with O_CREAT? */
static int makes(const struct seccomp_notif *n, int *only_new, int *is_private)
{
	const __u64 *arg = n->data.args;
	int flags;

	*is_private = 0;
	switch (n->data.nr) {
	case SYS_mq_open:
		flags = (int)arg[1];
		*only_new = (flags & O_CREAT) && (flags & O_EXCL);
		return (flags & O_CREAT) != 0;
	case SYS_openat:
		flags = (int)arg[2];
		*only_new = (flags & O_CREAT) && (flags & O_EXCL);
		return (flags & O_CREAT) != 0;
	case SYS_msgget:
		flags = (int)arg[1];
		break;
	default:			/* shmget, semget */
		flags = (int)arg[2];
		break;
	}
	*is_private = (key_t)arg[0] == IPC_PRIVATE;
	*only_new = !*is_private && (flags & IPC_CREAT) && (flags & IPC_EXCL);
	return *is_private || (flags & IPC_CREAT);
}

static int can_find(const struct seccomp_notif *n, int error)
{
	int is_made, only_new, is_private;

	is_made = makes(n, &only_new, &is_private);
	switch (error) {
	case EEXIST: return only_new;
	case ENOENT: return !is_made;
	case ENOSPC: return is_made;
	case EACCES: return !is_private;
	default: return 1;
	}
}

/* A disk fails or is full, a pipe does not. The standard output may be either,
 * where somebody else runs the program. */
static int transfer_can(const struct seccomp_notif *n, int error)
{
	int fd = (int)n->data.args[0];
	mode_t kind = kind_of((pid_t)n->pid, fd);

	if (error != EIO && error != ENOSPC)
		return 1;
	if (fd <= STDERR_FILENO)
		return 1;
	return kind != S_IFIFO && kind != S_IFSOCK &&
	       !is_in_proc((pid_t)n->pid, fd);
}

static int fcntl_can(int command, int error)
{
	switch (error) {
	case EDEADLK:
		return command == F_SETLKW;
	case ENOLCK:
		return is_lock_that_waits(command) ||
		       is_lock_that_looks(command);
	case EMFILE:
		return command == F_DUPFD || command == F_DUPFD_CLOEXEC;
	case EPERM:
		return command == F_ADD_SEALS;
	default:
		return 1;
	}
}

const int can_be_asked[] = {
	EINTR, EAGAIN, ETIMEDOUT, EDEADLK, ENOLCK, EMFILE, EPERM, EEXIST,
	ENOENT, ENOSPC, EACCES, ESRCH, EIO, EROFS, ENXIO, 0,
};

int can_fail(const struct handlers *h, const struct seccomp_notif *n,
	     int error)
{
	int call = n->data.nr;

	if (error == EINTR)
		return can_be_interrupted(h, n);
	if (error == EAGAIN)
		return can_be_again(n);
	switch (call) {
	case SYS_fcntl:
		return fcntl_can((int)n->data.args[1], error);
	case SYS_mq_timedsend:
	case SYS_mq_timedreceive:
		return error != ETIMEDOUT || n->data.args[4];
	case SYS_mq_open:
	case SYS_msgget:
	case SYS_semget:
	case SYS_shmget:
		return can_find(n, error);
	case SYS_openat:
		if (is_kernels_path(n, 1) && !kernels_file_can(error))
			return 0;
		/* with O_CREAT a folder of its path may be missing */
		return error == ENOENT || can_find(n, error);
	case SYS_read:
	case SYS_write:
		return transfer_can(n, error);
	case SYS_kill:
		return (error != ESRCH && error != EPERM) || !is_own_child(n);
	default:
		return 1;
	}
}
