/*
 * claims - what the notes say about file locks, executed
 *
 * Ids are rows of docs/claims.tsv; L21-.. are claims of this course. A proof
 * runs in a process of its own, with a deadline, so it may block or crash.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../common/proof/claim.h"

enum { FCNTL, OFD, FLOCK, NO_LOCK };

static int file(const char *name)
{
	int fd = open(name, O_RDWR | O_CREAT, 0600);

	HOLDS(fd != -1);
	return fd;
}

/* One fcntl() call on LEN bytes from START; LEN 0 is "to the end". */
static int range(int fd, int cmd, int type, off_t start, off_t len)
{
	struct flock fl = { .l_type = (short)type, .l_whence = SEEK_SET,
			    .l_start = start, .l_len = len };

	return fcntl(fd, cmd, &fl);
}

/* The whole file, by any of the three: F_RDLCK, F_WRLCK or F_UNLCK. */
static int whole(int kind, int fd, int type, int wait)
{
	int op = type == F_RDLCK ? LOCK_SH :
		 type == F_WRLCK ? LOCK_EX : LOCK_UN;

	if (kind == FLOCK)
		return flock(fd, op | (wait ? 0 : LOCK_NB));
	if (kind == OFD)
		return range(fd, wait ? F_OFD_SETLKW : F_OFD_SETLK, type, 0, 0);
	return range(fd, wait ? F_SETLKW : F_SETLK, type, 0, 0);
}

static int try_lock(int kind, int fd)
{
	return whole(kind, fd, F_WRLCK, 0);
}

/* Another process with its own open file tries: 0, or errno. */
static int other(int kind, int type)
{
	pid_t pid = fork();

	HOLDS(pid != -1);
	if (pid == 0)
		_exit(whole(kind, file("f"), type, 0) == 0 ? 0 : errno);
	return ends(pid);
}

static int other_range(int type, off_t start, off_t len)
{
	pid_t pid = fork();

	HOLDS(pid != -1);
	if (pid == 0)
		_exit(range(file("f"), F_SETLK, type, start, len) == 0 ? 0 :
		      errno);
	return ends(pid);
}

/* Another process that waits for the lock, and ends with 0 or errno. */
static pid_t waiter(int kind, int type)
{
	pid_t pid = fork();

	HOLDS(pid != -1);
	if (pid == 0)
		_exit(whole(kind, file("f"), type, 1) == 0 ? 0 : errno);
	HOLDS(blocks(pid));
	return pid;
}

/* Another process that holds the lock until it is killed. */
static pid_t holder(int kind, int type)
{
	int ready[2];
	pid_t pid;
	char c;

	HOLDS(pipe(ready) == 0);
	pid = fork();
	if (pid == 0) {
		HOLDS(whole(kind, file("f"), type, 0) == 0);
		HOLDS(write(ready[1], "x", 1) == 1);
		for (;;)
			pause();
	}
	HOLDS(close(ready[1]) == 0);
	EQUALS(read(ready[0], &c, 1), 1);
	HOLDS(close(ready[0]) == 0);
	return pid;
}

static void end(pid_t pid)
{
	HOLDS(kill(pid, SIGKILL) == 0);
	EQUALS(ends(pid), 128 + SIGKILL);
}

static void *shared(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	HOLDS(p != MAP_FAILED);
	return p;
}

/* ------------------------------------------------------- the facility */

CLAIM("2-023 4-024 4-026", "flock() locks a whole file against other processes")
{
	int fd = file("f");

	EQUALS(flock(fd, LOCK_EX), 0);
	EQUALS(other(FLOCK, F_WRLCK), EWOULDBLOCK);
	EQUALS(other(FLOCK, F_RDLCK), EWOULDBLOCK);
	EQUALS(flock(fd, LOCK_UN), 0);
	EQUALS(other(FLOCK, F_WRLCK), 0);
	EQUALS(EWOULDBLOCK, EAGAIN);
}

CLAIM("2-024 4-025 4-076", "fcntl() locks a range of bytes, no others")
{
	int fd = file("f");

	EQUALS(range(fd, F_SETLK, F_WRLCK, 0, 5), 0);
	EQUALS(other_range(F_WRLCK, 0, 5), EAGAIN);
	EQUALS(other_range(F_WRLCK, 4, 1), EAGAIN);
	EQUALS(other_range(F_WRLCK, 5, 5), 0);
}

CLAIM("4-071", "a process that waits for a lock sleeps until the unlock")
{
	for (int kind = FCNTL; kind <= FLOCK; kind++) {
		int fd = file("f");
		pid_t pid;

		EQUALS(try_lock(kind, fd), 0);
		pid = waiter(kind, F_WRLCK);
		EQUALS(whole(kind, fd, F_UNLCK, 0), 0);
		EQUALS(ends(pid), 0);
	}
}

CLAIM("4-073 4-074", "fifty share a read lock; a write lock is EAGAIN then")
{
	pid_t reader[50];

	for (int i = 0; i < 50; i++)
		reader[i] = holder(FCNTL, F_RDLCK);
	EQUALS(other(FCNTL, F_RDLCK), 0);
	for (int i = 0; i < 50; i++) {		/* as long as one is left */
		EQUALS(other(FCNTL, F_WRLCK), EAGAIN);
		end(reader[i]);
	}
	EQUALS(other(FCNTL, F_WRLCK), 0);
}

CLAIM("4-073", "flock() and OFD locks are shared or exclusive, too")
{
	for (int kind = OFD; kind <= FLOCK; kind++) {
		pid_t pid = holder(kind, F_RDLCK);

		EQUALS(other(kind, F_RDLCK), 0);
		EQUALS(other(kind, F_WRLCK), EAGAIN);
		end(pid);
	}
}

CLAIM("4-075", "a lock is advisory: without asking you can read and write")
{
	for (int kind = FCNTL; kind <= FLOCK; kind++) {
		pid_t pid = holder(kind, F_WRLCK);
		int fd = file("f");
		char buf[4] = "";

		EQUALS(other(kind, F_RDLCK), EAGAIN);	/* it is held */
		EQUALS(pwrite(fd, "abc", 3, 0), 3);
		EQUALS(pread(fd, buf, 3, 0), 3);
		HOLDS(memcmp(buf, "abc", 3) == 0);
		end(pid);
	}
}

/* Before Linux 5.15 the same file and mount did make the lock mandatory: a
 * write to it had to wait, or was EAGAIN with O_NONBLOCK. */
CLAIM("4-075", "from Linux 5.15 on no lock is mandatory, also where a file "
      "system is mounted so, and the file is set-group-id")
{
	struct statvfs mounted;
	struct stat st;
	pid_t pid;
	int fd;

	if (kernel_version() < 515)
		SKIP("this Linux is older than 5.15");
	HOLDS(mkdir("mand", 0700) == 0);
	if (unshare(CLONE_NEWNS) == -1 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1 ||
	    mount("none", "mand", "tmpfs", MS_MANDLOCK, "size=64k") == -1)
		SKIP("this process may not mount: %s; run it as root",
		     errno_name(errno));
	HOLDS(chdir("mand") == 0);
	HOLDS(statvfs(".", &mounted) == 0 && mounted.f_flag & ST_MANDLOCK);
	fd = open("f", O_RDWR | O_CREAT | O_NONBLOCK, 0600);
	HOLDS(fd != -1 && fchmod(fd, 02660) == 0);
	HOLDS(fstat(fd, &st) == 0);
	EQUALS(st.st_mode & 07777, 02660);
	pid = holder(FCNTL, F_WRLCK);
	EQUALS(other(FCNTL, F_RDLCK), EAGAIN);		/* it is held */
	EQUALS(pwrite(fd, "abc", 3, 0), 3);
	end(pid);
	HOLDS(close(fd) == 0 && chdir("..") == 0);
	umount2("mand", MNT_DETACH);
}

/* --------------------------------------------- who owns it: the table */

/* A child unlocks what its parent has locked, and locks it: 0, or errno. */
static int child_locks_anew(int kind)
{
	int fd = file("f");
	pid_t pid;

	EQUALS(try_lock(kind, fd), 0);
	pid = fork();
	if (pid == 0) {
		HOLDS(whole(kind, fd, F_UNLCK, 0) == 0);
		_exit(try_lock(kind, fd) == 0 ? 0 : errno);
	}
	return ends(pid);
}

CLAIM("L21-01", "fork: the child of an fcntl holder owns nothing")
{
	EQUALS(child_locks_anew(OFD), 0);	/* this one is its, too */
	HOLDS(unlink("f") == 0);
	EQUALS(child_locks_anew(FCNTL), EAGAIN);
}

CLAIM("L21-02 4-026", "fork: OFD and flock are shared; the child may unlock")
{
	for (int kind = OFD; kind <= FLOCK; kind++) {
		int fd = file("f");
		pid_t pid;

		EQUALS(try_lock(kind, fd), 0);
		EQUALS(other(kind, F_WRLCK), EAGAIN);
		pid = fork();
		if (pid == 0) {
			HOLDS(try_lock(kind, fd) == 0);
			HOLDS(other(kind, F_WRLCK) == EAGAIN);
			_exit(whole(kind, fd, F_UNLCK, 0) != 0);
		}
		EQUALS(ends(pid), 0);
		EQUALS(other(kind, F_WRLCK), 0);
	}
}

CLAIM("L21-03", "fork: OFD and flock stay until the last copy is closed")
{
	for (int kind = OFD; kind <= FLOCK; kind++) {
		int fd = file("f");
		pid_t pid;

		EQUALS(try_lock(kind, fd), 0);
		pid = fork();
		if (pid == 0)
			for (;;)
				pause();
		HOLDS(close(fd) == 0);
		EQUALS(other(kind, F_WRLCK), EAGAIN);
		end(pid);
		EQUALS(other(kind, F_WRLCK), 0);
	}
}

CLAIM("L21-04 4-025", "close: any descriptor of the file drops fcntl locks")
{
	int fd = file("f");

	EQUALS(try_lock(FCNTL, fd), 0);
	EQUALS(other(FCNTL, F_WRLCK), EAGAIN);
	HOLDS(close(open("f", O_RDONLY)) == 0);
	EQUALS(other(FCNTL, F_WRLCK), 0);
}

CLAIM("L21-05 4-026", "close: another open file leaves OFD and flock alone")
{
	for (int kind = FCNTL; kind <= FLOCK; kind++) {
		int fd = file("f");

		EQUALS(try_lock(kind, fd), 0);
		HOLDS(close(open("f", O_RDONLY)) == 0);
		EQUALS(other(kind, F_WRLCK), kind == FCNTL ? 0 : EAGAIN);
		HOLDS(close(fd) == 0);
		EQUALS(other(kind, F_WRLCK), 0);
	}
}

CLAIM("L21-06", "dup: closing the copy drops fcntl, keeps OFD and flock")
{
	for (int kind = FCNTL; kind <= FLOCK; kind++) {
		int fd = file("f"), copy = dup(fd);

		EQUALS(try_lock(kind, fd), 0);
		HOLDS(close(copy) == 0);
		EQUALS(other(kind, F_WRLCK), kind == FCNTL ? 0 : EAGAIN);
		HOLDS(close(fd) == 0);
	}
}

CLAIM("L21-07", "dup: the copy is the same lock, of all three, and unlocks it")
{
	for (int kind = FCNTL; kind <= FLOCK; kind++) {
		int fd = file("f"), copy = dup(fd);

		EQUALS(try_lock(kind, fd), 0);
		EQUALS(other(kind, F_WRLCK), EAGAIN);
		EQUALS(try_lock(kind, copy), 0);
		EQUALS(whole(kind, copy, F_UNLCK, 0), 0);
		EQUALS(other(kind, F_WRLCK), 0);
		HOLDS(close(fd) == 0 && close(copy) == 0);
	}
}

CLAIM("L21-08", "a second open() in the process: fcntl granted, others not")
{
	for (int kind = FCNTL; kind <= FLOCK; kind++) {
		int fd = file("f"), second = file("f");

		EQUALS(try_lock(kind, fd), 0);
		if (kind == FCNTL)
			EQUALS(try_lock(kind, second), 0);
		else
			FAILS(try_lock(kind, second), EAGAIN);
		HOLDS(close(fd) == 0 && close(second) == 0);
	}
}

/* The second pipe end is closed by exec: then the new program runs. */
CLAIM("L21-09", "exec: all three stay, unless the descriptor is O_CLOEXEC")
{
	for (int i = 0; i < 6; i++) {
		int kind = i % 3;
		int in[2], started[2];
		pid_t pid;
		char c;

		HOLDS(pipe2(in, O_CLOEXEC) == 0);
		HOLDS(pipe2(started, O_CLOEXEC) == 0);
		pid = fork();
		if (pid == 0) {
			int fd = file("f");

			HOLDS(try_lock(kind, fd) == 0);
			HOLDS(fcntl(fd, F_SETFD, i < 3 ? 0 : FD_CLOEXEC) == 0);
			HOLDS(dup2(in[0], 0) == 0);
			execlp("cat", "cat", (char *)NULL);
			_exit(1);
		}
		HOLDS(close(started[1]) == 0);
		EQUALS(read(started[0], &c, 1), 0);
		HOLDS(blocks(pid));
		EQUALS(other(kind, F_WRLCK), i < 3 ? EAGAIN : 0);
		HOLDS(close(in[1]) == 0);
		EQUALS(ends(pid), 0);
	}
}

static void *lock_in_thread(void *kind)
{
	HOLDS(syscall(SYS_gettid) != getpid());	/* not the first thread */
	return (void *)(intptr_t)try_lock(*(int *)kind, file("f"));
}

CLAIM("L21-10", "fcntl does not keep threads of one process apart, OFD does")
{
	for (int kind = FCNTL; kind <= FLOCK; kind++) {
		int k = kind;
		int fd = file("f");
		pthread_t thread;
		void *rc;

		EQUALS(try_lock(k, fd), 0);
		EQUALS(other(k, F_WRLCK), EAGAIN);	/* not of another */
		HOLDS(pthread_create(&thread, NULL, lock_in_thread, &k) == 0);
		HOLDS(pthread_join(thread, &rc) == 0);
		EQUALS((intptr_t)rc, kind == FCNTL ? 0 : -1);
		HOLDS(close(fd) == 0);
	}
}

CLAIM("L21-11", "all three are gone after SIGKILL, and the next one gets it")
{
	for (int kind = FCNTL; kind <= FLOCK; kind++) {
		pid_t held = holder(kind, F_WRLCK);
		pid_t waits = waiter(kind, F_WRLCK);

		HOLDS(kill(held, SIGKILL) == 0);
		EQUALS(ends(held), 128 + SIGKILL);
		EQUALS(ends(waits), 0);
	}
}

CLAIM("L21-12 4-026", "flock and fcntl locks do not see each other")
{
	for (int held = FCNTL; held <= FLOCK; held++) {
		pid_t pid = holder(held, F_WRLCK);

		for (int kind = FCNTL; kind <= FLOCK; kind++)
			EQUALS(other(kind, F_WRLCK),
			       (held == FLOCK) == (kind == FLOCK) ? EAGAIN : 0);
		end(pid);
	}
}

CLAIM("L21-13", "OFD and fcntl locks do, even inside one process")
{
	int held[] = { OFD, FCNTL }, tried[] = { FCNTL, OFD };
	int fd = file("f");

	for (int i = 0; i < 2; i++) {
		EQUALS(try_lock(held[i], fd), 0);
		FAILS(try_lock(tried[i], fd), EAGAIN);
		EQUALS(other(tried[i], F_WRLCK), EAGAIN);
		EQUALS(whole(held[i], fd, F_UNLCK, 0), 0);
		EQUALS(try_lock(tried[i], fd), 0);	/* it was that one */
		EQUALS(whole(tried[i], fd, F_UNLCK, 0), 0);
	}
}

/* ------------------------------------------------------- deadlock */

/* Two that lock the files a and b in opposite order. Returns what the second
 * wait came to: errno; or 0 if both sleep for good. */
static int opposite_order(int kind)
{
	int ready[2], go[2], rc;
	pid_t first, second;
	char c;

	HOLDS(pipe(ready) == 0 && pipe(go) == 0);
	second = fork();
	if (second == 0) {
		HOLDS(try_lock(kind, file("b")) == 0);
		HOLDS(write(ready[1], "x", 1) == 1);
		HOLDS(read(go[0], &c, 1) == 1);
		_exit(whole(kind, file("a"), F_WRLCK, 1) == 0 ? 0 : errno);
	}
	EQUALS(read(ready[0], &c, 1), 1);
	first = fork();
	if (first == 0) {
		HOLDS(try_lock(kind, file("a")) == 0);
		_exit(whole(kind, file("b"), F_WRLCK, 1) == 0 ? 0 : errno);
	}
	HOLDS(blocks(first));
	EQUALS(write(go[1], "x", 1), 1);
	if (blocks(second)) {
		HOLDS(blocks(first));
		end(second);
		rc = 0;
	} else {
		rc = ends(second);
	}
	EQUALS(ends(first), 0);		/* the other has gone, and its locks */
	return rc;
}

CLAIM("L21-14", "fcntl: the second of two in opposite order gets EDEADLK")
{
	EQUALS(opposite_order(FCNTL), EDEADLK);
}

CLAIM("L21-15", "OFD and flock: no EDEADLK, both sleep for good")
{
	for (int kind = OFD; kind <= FLOCK; kind++)
		EQUALS(opposite_order(kind), 0);
}

CLAIM("L21-16", "one process with two open files deadlocks with itself")
{
	for (int kind = OFD; kind <= FLOCK; kind++) {
		pid_t pid = fork();

		if (pid == 0) {
			HOLDS(try_lock(kind, file("f")) == 0);
			_exit(whole(kind, file("f"), F_WRLCK, 1));
		}
		HOLDS(blocks(pid));
		end(pid);
	}
}

/* The thread that waits: its number, when it has begun. */
static volatile pid_t waiting_thread;

static void *wait_for_first_byte(void *fd)
{
	waiting_thread = (pid_t)syscall(SYS_gettid);
	HOLDS(range(*(int *)fd, F_SETLKW, F_WRLCK, 0, 1) == 0);
	return NULL;
}

CLAIM("L21-45", "EDEADLK is about processes: one is said to be in the circle "
      "although another thread of it could unlock")
{
	int fd = file("f"), ready[2], go[2];
	pthread_t thread;
	pid_t pid;
	char c;

	HOLDS(pipe(ready) == 0 && pipe(go) == 0);
	pid = fork();
	if (pid == 0) {
		HOLDS(range(fd, F_SETLK, F_WRLCK, 0, 1) == 0);
		HOLDS(write(ready[1], "x", 1) == 1);
		HOLDS(read(go[0], &c, 1) == 1);
		_exit(range(fd, F_SETLKW, F_WRLCK, 1, 1) == 0 ? 0 : errno);
	}
	EQUALS(read(ready[0], &c, 1), 1);
	EQUALS(range(fd, F_SETLK, F_WRLCK, 1, 1), 0);
	HOLDS(pthread_create(&thread, NULL, wait_for_first_byte, &fd) == 0);
	while (!waiting_thread)
		sched_yield();
	HOLDS(wait_until_asleep(waiting_thread));
	EQUALS(write(go[1], "x", 1), 1);
	/* This thread runs, and could unlock byte 1 at any time. */
	EQUALS(ends(pid), EDEADLK);
	HOLDS(pthread_join(thread, NULL) == 0);
}

/* ------------------------------------------- upgrade and downgrade */

/* Who has kept the lock then, as F_OFD_GETLK says: 0 nobody, -1 nobody who is
 * a process (OFD), or a process id. */
static pid_t kept_by;

/* Of two readers one fails to upgrade, with ERR, then the other ends. Is the
 * first one's lock still there? What a writer gets: 0, or errno. */
static int writer_after_failed_upgrade(int kind, int err)
{
	struct flock fl = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd = file("f"), writer;
	pid_t reader = holder(kind, F_RDLCK);

	EQUALS(whole(kind, fd, F_RDLCK, 0), 0);
	FAILS(try_lock(kind, fd), err);
	end(reader);
	EQUALS(fcntl(file("f"), F_OFD_GETLK, &fl), 0);
	HOLDS(fl.l_type == F_RDLCK || fl.l_type == F_UNLCK);
	kept_by = fl.l_pid;
	writer = other(kind, F_WRLCK);
	HOLDS(close(fd) == 0);
	return writer;
}

CLAIM("L21-17", "flock: an upgrade that fails has lost the shared lock")
{
	EQUALS(writer_after_failed_upgrade(FLOCK, EWOULDBLOCK), 0);
	/* OFD keeps it */
	EQUALS(writer_after_failed_upgrade(OFD, EAGAIN), EAGAIN);
}

CLAIM("L21-18", "fcntl and OFD: an upgrade that fails keeps the read lock")
{
	EQUALS(writer_after_failed_upgrade(FCNTL, EAGAIN), EAGAIN);
	EQUALS(kept_by, getpid());
	EQUALS(writer_after_failed_upgrade(OFD, EAGAIN), EAGAIN);
	EQUALS(kept_by, -1);
	/* flock has lost it */
	EQUALS(writer_after_failed_upgrade(FLOCK, EWOULDBLOCK), 0);
}

CLAIM("L21-19", "fcntl: two readers that both upgrade: one gets EDEADLK")
{
	int fd = file("f");
	pid_t pid;
	int ready[2];
	char c;

	HOLDS(pipe(ready) == 0);
	EQUALS(whole(FCNTL, fd, F_RDLCK, 0), 0);
	pid = fork();
	if (pid == 0) {
		HOLDS(whole(FCNTL, fd, F_RDLCK, 0) == 0);
		HOLDS(write(ready[1], "x", 1) == 1);
		_exit(whole(FCNTL, fd, F_WRLCK, 1) == 0 ? 0 : errno);
	}
	EQUALS(read(ready[0], &c, 1), 1);
	HOLDS(blocks(pid));
	FAILS(whole(FCNTL, fd, F_WRLCK, 1), EDEADLK);
	EQUALS(whole(FCNTL, fd, F_UNLCK, 0), 0);
	EQUALS(ends(pid), 0);
}

/* The lock goes to one when the other is ended, whichever that is. */
static void ends_one_of_two(int which)
{
	int ready[2], go[2];
	pid_t pid[2];
	char c;

	HOLDS(pipe(ready) == 0 && pipe(go) == 0);
	for (int i = 0; i < 2; i++) {
		pid[i] = fork();
		if (pid[i] == 0) {
			int fd = file("f");

			HOLDS(whole(OFD, fd, F_RDLCK, 0) == 0);
			HOLDS(write(ready[1], "x", 1) == 1);
			HOLDS(read(go[0], &c, 1) == 1);
			_exit(whole(OFD, fd, F_WRLCK, 1) == 0 ? 0 : errno);
		}
	}
	for (int i = 0; i < 2; i++)
		EQUALS(read(ready[0], &c, 1), 1);
	EQUALS(write(go[1], "xx", 2), 2);
	/* Each has taken its byte when it sleeps and the pipe is empty. */
	for (int left = 1; left > 0; )
		HOLDS(ioctl(go[0], FIONREAD, &left) == 0);
	HOLDS(blocks(pid[0]) && blocks(pid[1]));
	end(pid[which]);
	EQUALS(ends(pid[!which]), 0);	/* the other has gone, and its lock */
}

CLAIM("L21-47", "OFD: two readers that both upgrade sleep for good")
{
	for (int which = 0; which < 2; which++)
		ends_one_of_two(which);
}

CLAIM("L21-20", "a downgrade lets waiting readers in at once")
{
	for (int kind = FCNTL; kind <= FLOCK; kind++) {
		int fd = file("f");
		pid_t pid;

		EQUALS(try_lock(kind, fd), 0);
		pid = waiter(kind, F_RDLCK);
		EQUALS(whole(kind, fd, F_RDLCK, 0), 0);
		EQUALS(ends(pid), 0);
		EQUALS(other(kind, F_WRLCK), EAGAIN);
		HOLDS(close(fd) == 0);
	}
}

CLAIM("L21-41", "a reader that comes after a waiting writer goes first")
{
	for (int kind = FCNTL; kind <= FLOCK; kind++) {
		pid_t reader = holder(kind, F_RDLCK);
		pid_t writer = waiter(kind, F_WRLCK);

		EQUALS(other(kind, F_RDLCK), 0);
		HOLDS(blocks(writer));		/* it still waits */
		end(reader);
		EQUALS(ends(writer), 0);
	}
}

/* ------------------------------------------------------- ranges */

CLAIM("L21-21", "l_len 0 means to the end, however long the file becomes")
{
	int fd = file("f");

	EQUALS(range(fd, F_SETLK, F_WRLCK, 10, 0), 0);
	EQUALS(other_range(F_WRLCK, 9, 1), 0);
	EQUALS(other_range(F_WRLCK, 99, 1), EAGAIN);
	HOLDS(ftruncate(fd, 100) == 0);
	EQUALS(lseek(fd, 0, SEEK_END), 100);
	EQUALS(other_range(F_WRLCK, 99, 1), EAGAIN);
	/* No file can have a byte after this one. */
	EQUALS(other_range(F_WRLCK, INT64_MAX, 1), EAGAIN);
}

CLAIM("L21-22", "a lock may lie past the end of the file, not before byte 0")
{
	int fd = file("f");

	EQUALS(range(fd, F_SETLK, F_WRLCK, 100, 1), 0);
	EQUALS(lseek(fd, 0, SEEK_END), 0);
	EQUALS(other_range(F_WRLCK, 100, 1), EAGAIN);
	EQUALS(other_range(F_WRLCK, 99, 1), 0);
	EQUALS(range(fd, F_SETLK, F_WRLCK, 0, 1), 0);
	FAILS(range(fd, F_SETLK, F_WRLCK, -1, 1), EINVAL);
	EQUALS(range(fd, F_SETLK, F_WRLCK, 5, -5), 0);
	FAILS(range(fd, F_SETLK, F_WRLCK, 5, -6), EINVAL);
}

CLAIM("L21-23", "SEEK_CUR and SEEK_END count from the offset and the end, now")
{
	struct flock cur = { .l_type = F_WRLCK, .l_whence = SEEK_CUR,
			     .l_start = 1, .l_len = 1 };
	struct flock last = { .l_type = F_WRLCK, .l_whence = SEEK_END,
			      .l_start = -1, .l_len = 1 };
	int fd = file("f");

	HOLDS(ftruncate(fd, 20) == 0 && lseek(fd, 5, SEEK_SET) == 5);
	EQUALS(fcntl(fd, F_SETLK, &cur), 0);
	EQUALS(fcntl(fd, F_SETLK, &last), 0);
	HOLDS(lseek(fd, 9, SEEK_SET) == 9 && ftruncate(fd, 30) == 0);
	EQUALS(lseek(fd, 0, SEEK_CUR), 9);	/* both have moved on */
	EQUALS(lseek(fd, 0, SEEK_END), 30);
	EQUALS(other_range(F_WRLCK, 6, 1), EAGAIN);
	EQUALS(other_range(F_WRLCK, 19, 1), EAGAIN);
	EQUALS(other_range(F_WRLCK, 7, 12), 0);
	EQUALS(other_range(F_WRLCK, 20, 0), 0);
}

CLAIM("L21-24", "a negative l_len locks the bytes before l_start")
{
	int fd = file("f");

	EQUALS(range(fd, F_SETLK, F_WRLCK, 10, -3), 0);
	EQUALS(other_range(F_WRLCK, 7, 1), EAGAIN);
	EQUALS(other_range(F_WRLCK, 9, 1), EAGAIN);
	EQUALS(other_range(F_WRLCK, 10, 1), 0);
	EQUALS(other_range(F_WRLCK, 6, 1), 0);
}

CLAIM("L21-25", "unlocking the middle leaves two locks")
{
	int fd = file("f");

	EQUALS(range(fd, F_SETLK, F_WRLCK, 0, 30), 0);
	EQUALS(range(fd, F_SETLK, F_UNLCK, 10, 10), 0);
	EQUALS(other_range(F_WRLCK, 10, 10), 0);
	EQUALS(other_range(F_WRLCK, 9, 1), EAGAIN);
	EQUALS(other_range(F_WRLCK, 20, 1), EAGAIN);
}

/* ------------------------------------------------------- who holds it */

CLAIM("L21-26", "F_GETLK tells the holder's pid, its range and its type")
{
	struct flock fl = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd = file("f");
	pid_t pid = fork();

	if (pid == 0) {
		HOLDS(range(fd, F_SETLK, F_RDLCK, 3, 4) == 0);
		for (;;)
			pause();
	}
	HOLDS(blocks(pid));
	EQUALS(fcntl(fd, F_GETLK, &fl), 0);	/* asks for the whole file */
	EQUALS(fl.l_pid, pid);
	EQUALS(fl.l_type, F_RDLCK);
	HOLDS(fl.l_whence == SEEK_SET && fl.l_start == 3 && fl.l_len == 4);
	end(pid);
}

CLAIM("L21-27", "F_GETLK: F_UNLCK if it were granted, the rest as it was")
{
	struct flock fl = { .l_type = F_WRLCK, .l_whence = SEEK_SET,
			    .l_start = 3, .l_len = 4, .l_pid = 77 };

	EQUALS(fcntl(file("f"), F_GETLK, &fl), 0);
	EQUALS(fl.l_type, F_UNLCK);
	HOLDS(fl.l_start == 3 && fl.l_len == 4 && fl.l_pid == 77);
}

CLAIM("L21-28", "F_GETLK: your own lock is no obstacle, so it is not told")
{
	struct flock fl = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd = file("f");

	EQUALS(try_lock(FCNTL, fd), 0);
	EQUALS(other(FCNTL, F_WRLCK), EAGAIN);	/* but one for others */
	EQUALS(fcntl(fd, F_GETLK, &fl), 0);
	EQUALS(fl.l_type, F_UNLCK);
}

CLAIM("L21-29", "an OFD lock has no process: F_GETLK says -1")
{
	struct flock fl = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	pid_t pid = holder(OFD, F_WRLCK);

	EQUALS(fcntl(file("f"), F_GETLK, &fl), 0);
	EQUALS(fl.l_type, F_WRLCK);
	EQUALS(fl.l_pid, -1);
	end(pid);
}

/* Ask F_GETLK of the file f in a pid namespace of its own. */
static pid_t holder_seen_from_elsewhere(void)
{
	struct flock fl = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	volatile pid_t *seen = shared(sizeof *seen);
	pid_t pid;

	*seen = -7;
	if (unshare(CLONE_NEWPID) == -1 &&
	    unshare(CLONE_NEWUSER | CLONE_NEWPID) == -1)
		SKIP("this process may not make a pid namespace: %s; run it "
		     "as root", errno_name(errno));
	pid = fork();
	if (pid == 0) {
		HOLDS(fcntl(file("f"), F_GETLK, &fl) == 0);
		HOLDS(fl.l_type == F_WRLCK);
		*seen = fl.l_pid;
		_exit(0);
	}
	EQUALS(ends(pid), 0);
	return *seen;
}

CLAIM("L21-40", "a holder in a pid namespace that the asker does not see: 0")
{
	struct flock fl = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	pid_t pid = holder(FCNTL, F_WRLCK);

	EQUALS(fcntl(file("f"), F_GETLK, &fl), 0);
	EQUALS(fl.l_pid, pid);		/* seen from here it has a number */
	EQUALS(holder_seen_from_elsewhere(), 0);
	end(pid);
}

CLAIM("L21-30", "an OFD command needs l_pid 0, else EINVAL")
{
	struct flock fl = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd = file("f"), rc;

	for (fl.l_pid = 1; fl.l_pid >= 0; fl.l_pid--) {
		rc = fcntl(fd, F_OFD_SETLK, &fl);
		EQUALS(rc == -1 ? errno : 0, fl.l_pid == 0 ? 0 : EINVAL);
	}
	EQUALS(whole(OFD, fd, F_UNLCK, 0), 0);
	fl.l_pid = 1;
	EQUALS(fcntl(fd, F_SETLK, &fl), 0);	/* this one does not mind */
}

/* Lines of /proc/locks with this file and all of these words. An inode alone
 * is no file: another file system may have one of that number. */
static int lines_in_proc(int fd, const char *a, const char *b)
{
	char line[256], inode[48];
	struct stat st;
	int n = 0;
	FILE *f = fopen("/proc/locks", "re");

	if (!f)
		SKIP("no /proc/locks here; mount /proc");
	HOLDS(fstat(fd, &st) == 0);
	snprintf(inode, sizeof inode, " %02x:%02x:%lu ", major(st.st_dev),
		 minor(st.st_dev), (unsigned long)st.st_ino);
	while (fgets(line, sizeof line, f))
		n += strstr(line, inode) && strstr(line, a) &&
		     strstr(line, b);
	fclose(f);
	return n;
}

CLAIM("L21-31", "/proc/locks shows holder and waiter, by inode")
{
	static const char *word[] = { "POSIX", "OFDLCK", "FLOCK" };

	for (int kind = FCNTL; kind <= FLOCK; kind++) {
		/* A memfd, since /proc/locks and stat() agree on the number of
		 * its file system. On that of some others they do not. */
		int fd = memfd_create(word[kind], 0);
		char path[32];
		pid_t pid;

		HOLDS(fd != -1);
		snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
		EQUALS(lines_in_proc(fd, word[kind], ""), 0);
		EQUALS(try_lock(kind, fd), 0);
		EQUALS(lines_in_proc(fd, word[kind], "WRITE"), 1);
		pid = fork();
		if (pid == 0)
			_exit(whole(kind, file(path), F_WRLCK, 1));
		HOLDS(blocks(pid));
		EQUALS(lines_in_proc(fd, word[kind], "WRITE"), 2);
		EQUALS(lines_in_proc(fd, word[kind], "-> "), 1);
		end(pid);
	}
}

/* Does /proc/PID/fdinfo/FD have a line "lock:" with KIND? */
static int fdinfo_shows_lock(pid_t pid, int fd, const char *kind)
{
	char path[64], line[256];
	int found = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/fdinfo/%d", (int)pid, fd);
	f = fopen(path, "re");
	if (!f)
		SKIP("no %s here; mount /proc", path);
	while (fgets(line, sizeof line, f))
		found |= strncmp(line, "lock:", 5) == 0 && strstr(line, kind);
	fclose(f);
	return found;
}

CLAIM("L21-48", "/proc/PID/fdinfo/FD shows the lock of an open file, of all "
      "three kinds, so it leads to the holder of an OFD lock")
{
	static const char *word[] = { "POSIX", "OFDLCK", "FLOCK" };

	for (int kind = FCNTL; kind <= FLOCK; kind++) {
		int fd = file(word[kind]), bystander = file(word[kind]);

		EQUALS(fdinfo_shows_lock(getpid(), fd, word[kind]), 0);
		EQUALS(try_lock(kind, fd), 0);
		EQUALS(fdinfo_shows_lock(getpid(), fd, word[kind]), 1);
		if (kind != FCNTL)	/* which is of the process */
			EQUALS(fdinfo_shows_lock(getpid(), bystander,
						 word[kind]), 0);
		HOLDS(close(fd) == 0 && close(bystander) == 0);
	}
}

/* ------------------------------------------------------- errors */

CLAIM("L21-32", "EBADF: fcntl wants a descriptor open for what it locks")
{
	int r, w;

	HOLDS(close(file("f")) == 0);
	r = open("f", O_RDONLY);
	w = open("f", O_WRONLY);
	HOLDS(r != -1 && w != -1);
	for (int kind = FCNTL; kind <= OFD; kind++) {
		FAILS(whole(kind, r, F_WRLCK, 0), EBADF);
		EQUALS(whole(kind, r, F_RDLCK, 0), 0);
		EQUALS(whole(kind, r, F_UNLCK, 0), 0);
		FAILS(whole(kind, w, F_RDLCK, 0), EBADF);
		EQUALS(whole(kind, w, F_WRLCK, 0), 0);
		EQUALS(whole(kind, w, F_UNLCK, 0), 0);
	}
	EQUALS(whole(FLOCK, r, F_WRLCK, 0), 0);	/* flock does not care */
	FAILS(flock(-1, LOCK_EX), EBADF);
	FAILS(flock(r, 0), EINVAL);
}

static int rang[2];

static void ring(int sig)
{
	(void)sig;
	HOLDS(write(rang[1], "x", 1) == 1);
}

static pid_t waiter_with_handler(int kind, int flags)
{
	struct sigaction act = { .sa_handler = ring, .sa_flags = flags };

	HOLDS(pipe(rang) == 0);
	HOLDS(sigaction(SIGUSR1, &act, NULL) == 0);
	return waiter(kind, F_WRLCK);
}

CLAIM("L21-33", "EINTR: a handler without SA_RESTART ends the wait")
{
	for (int kind = FCNTL; kind <= FLOCK; kind++) {
		int fd = file("f");
		pid_t pid;

		EQUALS(try_lock(kind, fd), 0);
		pid = waiter_with_handler(kind, 0);
		HOLDS(kill(pid, SIGUSR1) == 0);
		EQUALS(ends(pid), EINTR);
		HOLDS(close(fd) == 0);
	}
}

CLAIM("L21-34", "with SA_RESTART the wait goes on after the handler")
{
	for (int kind = FCNTL; kind <= FLOCK; kind++) {
		int fd = file("f");
		pid_t pid;
		char c;

		EQUALS(try_lock(kind, fd), 0);
		pid = waiter_with_handler(kind, SA_RESTART);
		HOLDS(kill(pid, SIGUSR1) == 0);
		EQUALS(read(rang[0], &c, 1), 1);
		HOLDS(blocks(pid));
		EQUALS(whole(kind, fd, F_UNLCK, 0), 0);
		EQUALS(ends(pid), 0);
	}
}

CLAIM("L21-39", "a stop and a continue do not end the wait")
{
	for (int kind = FCNTL; kind <= FLOCK; kind++) {
		int fd = file("f"), status;
		pid_t pid;

		EQUALS(try_lock(kind, fd), 0);
		pid = waiter(kind, F_WRLCK);
		HOLDS(kill(pid, SIGSTOP) == 0);
		HOLDS(waitpid(pid, &status, WUNTRACED) == pid);
		HOLDS(WIFSTOPPED(status));
		HOLDS(kill(pid, SIGCONT) == 0);
		HOLDS(waitpid(pid, &status, WCONTINUED) == pid);
		HOLDS(WIFCONTINUED(status));
		HOLDS(blocks(pid));
		EQUALS(whole(kind, fd, F_UNLCK, 0), 0);
		EQUALS(ends(pid), 0);
		HOLDS(close(fd) == 0);
	}
}

CLAIM("L21-46", "a stopped process keeps its lock, and others wait for it")
{
	for (int kind = FCNTL; kind <= FLOCK; kind++) {
		pid_t held = holder(kind, F_WRLCK);
		pid_t waits;
		int status;

		HOLDS(kill(held, SIGSTOP) == 0);
		HOLDS(waitpid(held, &status, WUNTRACED) == held);
		HOLDS(WIFSTOPPED(status));
		waits = waiter(kind, F_WRLCK);
		end(held);
		EQUALS(ends(waits), 0);
	}
}

/* ------------------------------------------------------- lockf, others */

CLAIM("L21-35", "lockf() is an fcntl write lock from the offset on")
{
	pid_t pid = holder(FCNTL, F_WRLCK);
	int fd = file("f"), r = open("f", O_RDONLY);

	FAILS(lockf(fd, F_TLOCK, 0), EAGAIN);
	FAILS(lockf(fd, F_TEST, 0), EACCES);	/* asks only; glibc's errno */
	end(pid);
	EQUALS(lseek(fd, 4, SEEK_SET), 4);
	EQUALS(lockf(fd, F_LOCK, 2), 0);
	EQUALS(other_range(F_RDLCK, 4, 2), EAGAIN);
	EQUALS(other_range(F_RDLCK, 0, 4), 0);
	EQUALS(other_range(F_RDLCK, 6, 0), 0);
	EQUALS(lockf(fd, F_ULOCK, 2), 0);
	EQUALS(other_range(F_RDLCK, 4, 2), 0);
	EQUALS(whole(FCNTL, r, F_RDLCK, 0), 0);	/* r is good for that */
	FAILS(lockf(r, F_TLOCK, 0), EBADF);
}

CLAIM("L21-36", "a file made with O_EXCL is a lock that outlives its holder")
{
	int flags = O_CREAT | O_EXCL | O_WRONLY;
	pid_t pid = fork();

	if (pid == 0) {
		HOLDS(open("pidfile", flags, 0600) != -1);
		raise(SIGKILL);
	}
	EQUALS(ends(pid), 128 + SIGKILL);
	FAILS(open("pidfile", flags, 0600), EEXIST);
}

CLAIM("L21-37", "a lock file that is removed: two hold 'the' lock")
{
	struct stat st;
	int fd = file("f");

	EQUALS(try_lock(FLOCK, fd), 0);
	EQUALS(other(FLOCK, F_WRLCK), EAGAIN);
	HOLDS(unlink("f") == 0);
	EQUALS(other(FLOCK, F_WRLCK), 0);	/* a new file, a new lock */
	HOLDS(fstat(fd, &st) == 0);
	EQUALS(st.st_nlink, 0);			/* that is how to notice */
}

CLAIM("L21-43", "rename() over a locked file: the lock stays with the old one")
{
	for (int kind = FCNTL; kind <= FLOCK; kind++) {
		struct stat st, new;
		int fd = file("f");

		EQUALS(try_lock(kind, fd), 0);
		EQUALS(other(kind, F_WRLCK), EAGAIN);
		HOLDS(close(file("new")) == 0 && stat("new", &new) == 0);
		HOLDS(rename("new", "f") == 0);
		HOLDS(stat("f", &st) == 0);
		EQUALS(st.st_ino, new.st_ino);
		EQUALS(other(kind, F_WRLCK), 0);
		HOLDS(fstat(fd, &st) == 0);
		EQUALS(st.st_nlink, 0);
		HOLDS(close(fd) == 0);
	}
}

/* A reader locks after the writer's unlock. How many bytes does it find? When
 * the writer closes its file, all are there, though the reader has the lock. */
static long long bytes_after_unlock(int flush)
{
	int fd = file("f"), reader = file("f");
	struct stat st, later;
	FILE *f = fdopen(fd, "w");

	HOLDS(f && ftruncate(fd, 0) == 0);
	HOLDS(try_lock(OFD, fd) == 0);
	HOLDS(fprintf(f, "a line\n") == 7);
	HOLDS(!flush || fflush(f) == 0);
	HOLDS(whole(OFD, fd, F_UNLCK, 0) == 0);
	HOLDS(try_lock(OFD, reader) == 0);
	HOLDS(fstat(reader, &st) == 0);
	HOLDS(fclose(f) == 0 && fstat(reader, &later) == 0);
	EQUALS(later.st_size, 7);
	EQUALS(other(OFD, F_WRLCK), EAGAIN);	/* the reader's */
	HOLDS(close(reader) == 0);
	return st.st_size;
}

CLAIM("L21-42", "what stdio keeps back is written after the unlock, without a "
      "lock; fflush() before the unlock writes it in time")
{
	EQUALS(bytes_after_unlock(0), 0);
	EQUALS(bytes_after_unlock(1), 7);
}

/* One adds 1 to the number in the file f while the other is between its read
 * and its write, if the lock lets it. Returns the number then. */
static int two_updates(int lock_before_read)
{
	int ann = file("f"), number = 0, ready[2];
	pid_t bob;
	char c;

	HOLDS(pipe(ready) == 0);
	EQUALS(pwrite(ann, &number, sizeof number, 0), sizeof number);
	if (lock_before_read)
		HOLDS(whole(OFD, ann, F_WRLCK, 1) == 0);
	EQUALS(pread(ann, &number, sizeof number, 0), sizeof number);
	bob = fork();
	if (bob == 0) {
		int fd = file("f");

		HOLDS(write(ready[1], "x", 1) == 1);
		HOLDS(whole(OFD, fd, F_WRLCK, 1) == 0);
		HOLDS(pread(fd, &number, sizeof number, 0) == sizeof number);
		number++;
		HOLDS(pwrite(fd, &number, sizeof number, 0) == sizeof number);
		_exit(0);
	}
	EQUALS(read(ready[0], &c, 1), 1);
	if (lock_before_read) {
		HOLDS(blocks(bob));
	} else {
		EQUALS(ends(bob), 0);
		HOLDS(whole(OFD, ann, F_WRLCK, 1) == 0);
	}
	number++;
	EQUALS(pwrite(ann, &number, sizeof number, 0), sizeof number);
	EQUALS(whole(OFD, ann, F_UNLCK, 0), 0);
	HOLDS(!lock_before_read || ends(bob) == 0);
	EQUALS(pread(ann, &number, sizeof number, 0), sizeof number);
	return number;
}

CLAIM("L21-44", "an update is lost if the lock comes after the read, and none "
      "is lost if it comes before")
{
	EQUALS(two_updates(0), 1);
	EQUALS(two_updates(1), 2);
}

/* The exit status of flock(1) at the file f; it waits for nobody. */
static int flock_of_the_shell(void)
{
	return WEXITSTATUS(system("flock -n f true"));
}

CLAIM("L21-38", "flock(1) of the shell is a peer: refused by flock() only")
{
	int fd = file("f");

	if (system("flock -V > out 2>&1") != 0)
		SKIP("no flock(1) here; apt-get install util-linux");
	EQUALS(try_lock(FCNTL, fd), 0);
	EQUALS(other(FCNTL, F_WRLCK), EAGAIN);
	EQUALS(flock_of_the_shell(), 0);
	EQUALS(try_lock(FLOCK, fd), 0);
	EQUALS(flock_of_the_shell(), 1);
}

/* ------------------------------------------- locks on shared memory */

/* The child has read; the parent adds 1; the child writes what it knows. */
static int two_increments(int kind)
{
	volatile int *n = shared(sizeof *n);
	int with_lock = kind != NO_LOCK, has_read[2], go[2], old;
	pid_t pid, adder;
	char c;

	HOLDS(pipe(has_read) == 0 && pipe(go) == 0);
	pid = fork();
	if (pid == 0) {
		HOLDS(!with_lock || whole(kind, file("f"), F_WRLCK, 1) == 0);
		old = *n;
		HOLDS(write(has_read[1], "x", 1) == 1);
		HOLDS(read(go[0], &c, 1) == 1);
		*n = old + 1;
		_exit(0);
	}
	EQUALS(read(has_read[0], &c, 1), 1);
	adder = fork();
	if (adder == 0) {
		HOLDS(!with_lock || whole(kind, file("f"), F_WRLCK, 1) == 0);
		*n = *n + 1;
		_exit(0);
	}
	if (with_lock)
		HOLDS(blocks(adder));
	else
		EQUALS(ends(adder), 0);
	EQUALS(write(go[1], "x", 1), 1);
	EQUALS(ends(pid), 0);
	HOLDS(!with_lock || ends(adder) == 0);
	return *n;
}

CLAIM("1-011 1-129", "without a lock an update of shared memory is lost")
{
	EQUALS(two_increments(NO_LOCK), 1);
}

CLAIM("4-072 1-011", "a lock file guards something else: no update is lost")
{
	for (int kind = FCNTL; kind <= FLOCK; kind++)
		EQUALS(two_increments(kind), 2);
}

/* What passes between the proof and its second reader. */
struct reading {
	pthread_rwlock_t lock;
	sem_t in, out;
};

static void *second_reader(void *arg)
{
	struct reading *r = arg;
	int rc = pthread_rwlock_tryrdlock(&r->lock);

	HOLDS(sem_post(&r->in) == 0);
	HOLDS(sem_wait(&r->out) == 0);
	if (rc == 0)
		EQUALS(pthread_rwlock_unlock(&r->lock), 0);
	return (void *)(intptr_t)rc;
}

static void *try_to_read(void *lock)
{
	return (void *)(intptr_t)pthread_rwlock_tryrdlock(lock);
}

static void *try_to_write(void *lock)
{
	return (void *)(intptr_t)pthread_rwlock_trywrlock(lock);
}

/* What FN(ARG) returns in another thread. */
static int by_thread(void *(*fn)(void *), void *arg)
{
	pthread_t thread;
	void *rc;

	EQUALS(pthread_create(&thread, NULL, fn, arg), 0);
	EQUALS(pthread_join(thread, &rc), 0);
	return (int)(intptr_t)rc;
}

CLAIM("1-130 1-144", "a reader/writer lock: two readers, then no writer")
{
	struct reading r = { .lock = PTHREAD_RWLOCK_INITIALIZER };
	pthread_t second;
	void *rc;
	int more;

	HOLDS(sem_init(&r.in, 0, 0) == 0 && sem_init(&r.out, 0, 0) == 0);
	EQUALS(pthread_rwlock_tryrdlock(&r.lock), 0);
	EQUALS(pthread_create(&second, NULL, second_reader, &r), 0);
	HOLDS(sem_wait(&r.in) == 0);
	EQUALS(by_thread(try_to_write, &r.lock), EBUSY);
	EQUALS(pthread_rwlock_unlock(&r.lock), 0);
	EQUALS(by_thread(try_to_write, &r.lock), EBUSY);	/* one left */
	HOLDS(sem_post(&r.out) == 0);
	EQUALS(pthread_join(second, &rc), 0);
	EQUALS((intptr_t)rc, 0);
	HOLDS(sem_getvalue(&r.in, &more) == 0);
	EQUALS(more, 0);		/* its lock has been waited for */
	EQUALS(pthread_rwlock_trywrlock(&r.lock), 0);
	EQUALS(by_thread(try_to_read, &r.lock), EBUSY);
	EQUALS(by_thread(try_to_write, &r.lock), EBUSY);
}

CLAIM("1-130", "a semaphore of 2 admits two, not one")
{
	sem_t sem;

	EQUALS(sem_init(&sem, 0, 2), 0);
	EQUALS(sem_trywait(&sem), 0);
	EQUALS(sem_trywait(&sem), 0);
	FAILS(sem_trywait(&sem), EAGAIN);
	EQUALS(sem_post(&sem), 0);
	EQUALS(sem_trywait(&sem), 0);		/* one has left */
}

/* Clock ticks of CPU time that PID has spent in its own code. */
static long user_ticks(pid_t pid)
{
	char path[32], line[512], *at;
	long ticks = -1;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	f = fopen(path, "re");
	HOLDS(f && fgets(line, sizeof line, f));
	fclose(f);
	at = strrchr(line, ')');
	HOLDS(at && sscanf(at + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u "
			   "%*u %ld", &ticks) == 1);
	return ticks;
}

CLAIM("1-143", "a wait for a spinlock is no sleep, it burns CPU time")
{
	struct { pthread_spinlock_t lock; volatile int starts; } *s =
		shared(sizeof *s);
	pid_t pid;

	HOLDS(pthread_spin_init(&s->lock, PTHREAD_PROCESS_SHARED) == 0);
	HOLDS(pthread_spin_lock(&s->lock) == 0);
	pid = fork();
	if (pid == 0) {
		s->starts = 1;
		_exit(pthread_spin_lock(&s->lock));
	}
	while (!s->starts)
		sched_yield();
	while (user_ticks(pid) < 3)
		HOLDS(is_asleep(pid) == 0);
	HOLDS(pthread_spin_unlock(&s->lock) == 0);
	EQUALS(ends(pid), 0);
}
