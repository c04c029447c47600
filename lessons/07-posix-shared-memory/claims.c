/*
 * claims - what the notes say about POSIX shared memory, executed
 *
 * Ids are rows of docs/claims.tsv; L07-.. are claims of this course.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../common/proof/claim.h"

CLAIMS_NEED(needs_shm)

#define NAME "/lesson07"

enum { PAGE = 4096 };		/* bytes: some size that is not small */

/* In this unit the kernel gives memory. */
static size_t page(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

/* A fresh object of SIZE bytes; its descriptor. */
static int make_object(long size)
{
	int fd = shm_open(NAME, O_RDWR | O_CREAT | O_EXCL, 0600);

	HOLDS(fd != -1);
	EQUALS(ftruncate(fd, size), 0);
	return fd;
}

static char *map(int fd, size_t size)
{
	char *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	HOLDS(p != MAP_FAILED);
	return p;
}

static struct stat status_of(int fd)
{
	struct stat st;

	EQUALS(fstat(fd, &st), 0);
	return st;
}

/* What a child gets when it stores to AT: 0, or 128 + signal. */
static int store(char *at)
{
	pid_t pid = fork();

	if (pid == 0) {
		*(volatile char *)at = 'x';
		_exit(0);
	}
	return ends(pid);
}

CLAIM("0-003 0-034 2-019 4-015 4-039 4-056",
      "what one process stores, the other loads")
{
	pid_t *p = (void *)map(make_object(PAGE), PAGE), own = getpid();
	pid_t other = fork();

	if (other == 0) {			/* it maps it for itself */
		p = (void *)map(shm_open(NAME, O_RDWR, 0), PAGE);
		*p = getpid();
		own = getpid();
		_exit(own == getppid());
	}
	EQUALS(ends(other), 0);
	EQUALS(*p, other);			/* it was the other's store */
	EQUALS(own, getpid());			/* not any memory */
	EQUALS(shm_unlink(NAME), 0);
}

CLAIM("4-061", "all who map it see it, and reading takes nothing away")
{
	char *p = map(make_object(PAGE), PAGE);

	*p = 7;
	for (int i = 0; i < 3; i++)
		if (fork() == 0) {		/* each maps it for itself */
			EQUALS(munmap(p, PAGE), 0);
			_exit(*map(shm_open(NAME, O_RDWR, 0), PAGE));
		}
	for (int i = 0; i < 3; i++)
		EQUALS(ends(-1), 7);
	EQUALS(*p, 7);
	EQUALS(shm_unlink(NAME), 0);
}

CLAIM("0-035 0-037 1-415 1-419 1-420 1-421",
      "shm_open() opens; only with O_CREAT does it create")
{
	int fd;

	FAILS(shm_open(NAME, O_RDWR, 0), ENOENT);
	fd = shm_open(NAME, O_RDWR | O_CREAT | O_EXCL, 0600);
	HOLDS(fd >= 0);
	HOLDS(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	HOLDS(shm_open(NAME, O_RDWR, 0) >= 0);
	FAILS(shm_open(NAME, O_RDWR | O_CREAT | O_EXCL, 0600), EEXIST);
	EQUALS(shm_unlink(NAME), 0);
}

CLAIM("0-036 1-416", "the name: a slash further on is EINVAL; the C library "
      "adds a missing one at the front, and skips more of them")
{
	int fd, same;

	FAILS(shm_open("/a/b", O_RDWR | O_CREAT, 0600), EINVAL);
	FAILS(shm_open("/", O_RDWR | O_CREAT, 0600), EINVAL);
	fd = shm_open("lesson07", O_RDWR | O_CREAT | O_EXCL, 0600);
	HOLDS(fd >= 0);
	HOLDS(shm_open(NAME, O_RDWR, 0) >= 0);
	same = shm_open("//" "lesson07", O_RDWR, 0);
	HOLDS(same >= 0);
	EQUALS(status_of(same).st_ino, status_of(fd).st_ino);
	EQUALS(shm_unlink(NAME), 0);
}

CLAIM("0-038 1-417", "a descriptor for reading cannot be mapped for writing")
{
	int fd;

	close(make_object(PAGE));
	fd = shm_open(NAME, O_RDONLY, 0);
	HOLDS(fd >= 0);
	FAILS(mmap(NULL, PAGE, PROT_WRITE, MAP_SHARED, fd, 0), EACCES);
	HOLDS(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0) != MAP_FAILED);
	fd = shm_open(NAME, O_RDWR, 0);		/* one for both can */
	HOLDS(mmap(NULL, PAGE, PROT_WRITE, MAP_SHARED, fd, 0) != MAP_FAILED);
	EQUALS(shm_unlink(NAME), 0);
}

CLAIM("1-417", "O_WRONLY is useless: no mapping can do without reading")
{
	int fd;

	close(make_object(PAGE));
	fd = shm_open(NAME, O_WRONLY, 0);
	if (fd == -1 && errno == EINVAL)
		SKIP("this system refuses O_WRONLY, as POSIX lets it");
	EQUALS(pwrite(fd, "x", 1, 0), 1);	/* so it may write, but */
	FAILS(mmap(NULL, PAGE, PROT_WRITE, MAP_SHARED, fd, 0), EACCES);
	FAILS(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0), EACCES);
	FAILS(mmap(NULL, PAGE, PROT_NONE, MAP_SHARED, fd, 0), EACCES);
	FAILS(mmap(NULL, PAGE, PROT_WRITE, MAP_PRIVATE, fd, 0), EACCES);
	EQUALS(shm_unlink(NAME), 0);
}

CLAIM("0-039 1-418", "mode counts when it is created, less the umask")
{
	int fd;

	umask(025);
	fd = shm_open(NAME, O_RDWR | O_CREAT | O_EXCL, 0666);
	HOLDS(fd >= 0);
	EQUALS(status_of(fd).st_mode & 0777, 0642);
	fd = shm_open(NAME, O_RDWR | O_CREAT, 0600);	/* exists: ignored */
	EQUALS(status_of(fd).st_mode & 0777, 0642);
	EQUALS(shm_unlink(NAME), 0);
}

CLAIM("0-040 1-421 1-422", "a new object has 0 bytes: SIGBUS before ftruncate; "
      "then its last page can be used, which is more than the object")
{
	int fd = shm_open(NAME, O_RDWR | O_CREAT | O_EXCL, 0600);
	char *p, byte;

	HOLDS(fd >= 0);
	EQUALS(status_of(fd).st_size, 0);
	p = map(fd, 2 * page());
	EQUALS(store(p), 128 + SIGBUS);
	EQUALS(ftruncate(fd, 100), 0);
	EQUALS(store(p), 0);
	EQUALS(store(p + 200), 0);		/* in its page, not in it: */
	EQUALS(status_of(fd).st_size, 100);
	EQUALS(pread(fd, &byte, 1, 200), 0);
	EQUALS(store(p + page()), 128 + SIGBUS);	/* page 2: none yet */
	EQUALS(shm_unlink(NAME), 0);
}

CLAIM("L07-01", "ftruncate() fills with zeros, and may shrink under others")
{
	int fd = make_object(2 * (long)page());
	char *p = map(fd, 2 * page()), *second = p + page(), byte = 0;

	EQUALS(*second, 0);
	*second = 'x';
	EQUALS(pread(fd, &byte, 1, (off_t)page()), 1);
	EQUALS(byte, 'x');
	EQUALS(ftruncate(fd, (off_t)page()), 0);
	EQUALS(store(second), 128 + SIGBUS);
	EQUALS(ftruncate(fd, 2 * (off_t)page()), 0);
	EQUALS(*second, 0);			/* the old byte is lost */
	EQUALS(shm_unlink(NAME), 0);
}

CLAIM("0-041", "mapping and descriptor are two ways to the same bytes")
{
	int fd = make_object(PAGE);
	char *p = map(fd, PAGE), got = 0;

	EQUALS(write(fd, "WR", 2), 2);
	EQUALS(lseek(fd, 0, SEEK_CUR), 2);
	HOLDS(p[0] == 'W' && p[1] == 'R');
	p[0] = 'w';
	EQUALS(pread(fd, &got, 1, 0), 1);
	EQUALS(got, 'w');
	EQUALS(shm_unlink(NAME), 0);
}

CLAIM("1-423", "close() closes the descriptor; the mapping stays")
{
	int fd = make_object(PAGE);
	char *p = map(fd, PAGE);

	EQUALS(close(fd), 0);
	FAILS(pwrite(fd, "x", 1, 0), EBADF);
	strcpy(p, "after close");
	HOLDS(strcmp(p, "after close") == 0);
	fd = shm_open(NAME, O_RDWR, 0);
	HOLDS(strcmp(map(fd, PAGE), "after close") == 0);
	EQUALS(munmap(p, PAGE), 0);
	EQUALS(store(p), 128 + SIGSEGV);
	EQUALS(shm_unlink(NAME), 0);
}

CLAIM("0-042 1-425 1-426 1-427", "shm_unlink() removes the name: 0, then -1")
{
	close(make_object(PAGE));
	EQUALS(shm_unlink(NAME), 0);
	FAILS(shm_open(NAME, O_RDWR, 0), ENOENT);
	FAILS(shm_unlink(NAME), ENOENT);
}

CLAIM("0-044 1-428", "one shm_unlink() is enough; who has it mapped keeps it")
{
	char *p = map(make_object(PAGE), PAGE);
	pid_t other = fork();
	int fd;

	if (other == 0)
		_exit(shm_unlink(NAME) != 0);
	EQUALS(ends(other), 0);
	strcpy(p, "still here");
	FAILS(shm_unlink(NAME), ENOENT);

	fd = make_object(PAGE);			/* the same name, another one */
	EQUALS(*map(fd, PAGE), 0);
	HOLDS(strcmp(p, "still here") == 0);
	EQUALS(shm_unlink(NAME), 0);
}

/* In use on the file system of /dev/shm, in bytes. */
static long long used(void)
{
	struct statfs fs;

	EQUALS(statfs("/dev/shm", &fs), 0);
	return (long long)(fs.f_blocks - fs.f_bfree) * fs.f_bsize;
}

CLAIM("0-043 1-428", "the memory goes with the last mapping, not the name")
{
	const long size = 16 << 20;
	long long before = used();
	int fd;
	char *p;

	needs_file_size((unsigned long long)size);
	fd = make_object(size);
	p = map(fd, (size_t)size);
	memset(p, 1, (size_t)size);
	EQUALS(shm_unlink(NAME), 0);
	EQUALS(close(fd), 0);
	HOLDS(used() - before > size / 2);
	EQUALS(munmap(p, (size_t)size), 0);
	HOLDS(used() - before < size / 2);
}

CLAIM("1-429", "it is to an object what unlink() is to a file")
{
	const int flags = O_RDWR | O_CREAT | O_EXCL;
	int fd[2] = { open("file", flags, 0600), shm_open(NAME, flags, 0600) };
	char *p[2];

	for (int i = 0; i < 2; i++) {
		HOLDS(fd[i] >= 0);
		EQUALS(ftruncate(fd[i], PAGE), 0);
		p[i] = map(fd[i], PAGE);
		*p[i] = 'f';
		EQUALS(status_of(fd[i]).st_nlink, 1);
	}
	EQUALS(unlink("file"), 0);
	EQUALS(shm_unlink(NAME), 0);
	for (int i = 0; i < 2; i++) {
		EQUALS(status_of(fd[i]).st_nlink, 0);
		EQUALS(*p[i], 'f');
	}
	FAILS(unlink("file"), ENOENT);
	FAILS(shm_unlink(NAME), ENOENT);
}

CLAIM("1-412 1-414", "on Linux an object is a file in /dev/shm, a tmpfs")
{
	struct statfs fs;
	struct stat st;

	FAILS(stat("/dev/shm" NAME, &st), ENOENT);
	close(make_object(5000));
	EQUALS(stat("/dev/shm" NAME, &st), 0);
	EQUALS(st.st_size, 5000);
	EQUALS(statfs("/dev/shm", &fs), 0);
	EQUALS(fs.f_type, 0x01021994);		/* TMPFS_MAGIC */
	EQUALS(shm_unlink(NAME), 0);
	FAILS(stat("/dev/shm" NAME, &st), ENOENT);
}

CLAIM("1-413", "open() on that file gives the same object")
{
	int fd = make_object(PAGE);
	int file = open("/dev/shm" NAME, O_RDWR);

	HOLDS(file >= 0);
	EQUALS(status_of(fd).st_ino, status_of(file).st_ino);
	*map(fd, PAGE) = 'x';
	EQUALS(*map(file, PAGE), 'x');
	EQUALS(unlink("/dev/shm" NAME), 0);
	FAILS(shm_unlink(NAME), ENOENT);
}

CLAIM("1-411", "three headers and no library are needed")
{
	const char *const header[] = { "sys/mman.h", "sys/stat.h", "fcntl.h" };

	if (system("command -v cc >/dev/null 2>&1") != 0)
		SKIP("there is no cc here; apt-get install gcc libc6-dev");
	for (int without = 0; without <= 3; without++) {	/* 3: none */
		FILE *f = fopen("try.c", "w");

		HOLDS(f != NULL);
		for (int i = 0; i < 3; i++)
			if (i != without)
				fprintf(f, "#include <%s>\n", header[i]);
		fputs("int main(void)\n"
		      "{ return shm_open(\"/x\", O_RDWR, 0) != -1 ||\n"
		      "         fchmod(-1, 0600) != -1; }\n", f);
		EQUALS(fclose(f), 0);
		EQUALS(system("cc -Wall -Werror try.c -o try 2> /dev/null && "
			      "./try") == 0, without == 3);
	}
}

/* Both load before either stores; a pipe makes the order. */
CLAIM("4-059", "two increments without synchronization: one is lost")
{
	char *count = map(make_object(PAGE), PAGE);
	int loaded[2], go[2];
	pid_t other;
	char c;

	HOLDS(pipe(loaded) == 0 && pipe(go) == 0);
	other = fork();
	if (other == 0) {
		char mine = *count;

		HOLDS(write(loaded[1], "x", 1) == 1);
		HOLDS(read(go[0], &c, 1) == 1);
		*count = (char)(mine + 1);
		_exit(0);
	}
	HOLDS(read(loaded[0], &c, 1) == 1);
	*count = (char)(*count + 10);
	EQUALS(*count, 10);
	HOLDS(write(go[1], "x", 1) == 1);
	EQUALS(ends(other), 0);
	EQUALS(*count, 1);			/* the 10 are lost */

	*count = 0;				/* one after the other: */
	other = fork();
	if (other == 0) {
		*count = (char)(*count + 1);
		_exit(0);
	}
	EQUALS(ends(other), 0);
	*count = (char)(*count + 10);
	EQUALS(*count, 11);
	EQUALS(shm_unlink(NAME), 0);
}

/* How a process ends that stores at P and then makes CALLS system calls, where
 * none is allowed. */
static int store_without_calls(char *p, int calls)
{
	pid_t pid = fork();

	if (pid == 0) {
		forbid_system_calls();
		*(volatile char *)p = 'x';
		for (int i = 0; i < calls; i++)
			getppid();
		_exit(0);
	}
	return ends(pid);
}

CLAIM("4-058", "a store needs no system call, but the other must be told")
{
	char *p = map(make_object(PAGE), PAGE);
	int told[2];
	pid_t other;
	char c;

	HOLDS(pipe(told) == 0);
	other = fork();
	if (other == 0)
		_exit(read(told[0], &c, 1) != 1 || *p != 'x');
	HOLDS(blocks(other));
	EQUALS(store_without_calls(p, 0), 0);
	EQUALS(*p, 'x');
	HOLDS(blocks(other));			/* the store wakes nobody */
	EQUALS(store_without_calls(p, 1), 128 + SIGSYS);	/* it guards */
	HOLDS(write(told[1], "x", 1) == 1);
	EQUALS(ends(other), 0);
	EQUALS(shm_unlink(NAME), 0);
}

CLAIM("L07-02", "it persists: its creator has ended, the bytes are there")
{
	pid_t creator = fork();

	if (creator == 0) {
		*map(make_object(PAGE), PAGE) = 'x';
		_exit(0);
	}
	EQUALS(ends(creator), 0);
	EQUALS(*map(shm_open(NAME, O_RDWR, 0), PAGE), 'x');
	EQUALS(shm_unlink(NAME), 0);
}

CLAIM("L07-03", "exec() drops mapping and descriptor, fork() keeps both")
{
	int fd = make_object(PAGE);
	char *p = map(fd, PAGE), cmd[64];

	*p = 'x';
	if (fork() == 0)
		_exit(*p != 'x' || status_of(fd).st_size != PAGE);
	EQUALS(ends(-1), 0);
	EQUALS(store(p + 1), 0);
	EQUALS(*(p + 1), 'x');
	snprintf(cmd, sizeof cmd, "grep -q lesson07 /proc/%d/maps",
		 (int)getpid());
	EQUALS(system(cmd), 0);			/* we have it, grep not */
	EQUALS(system("! grep -q lesson07 /proc/self/maps"), 0);
	snprintf(cmd, sizeof cmd, "test ! -e /proc/self/fd/%d", fd);
	EQUALS(system(cmd), 0);
	EQUALS(fcntl(fd, F_SETFD, 0), 0);	/* no FD_CLOEXEC: it stays */
	HOLDS(system(cmd) != 0);
	EQUALS(shm_unlink(NAME), 0);
}

CLAIM("L07-04", "the descriptor cannot be waited on: poll() and select() say "
      "ready at once, epoll says EPERM")
{
	struct epoll_event e = { .events = EPOLLIN };
	int fd = make_object(PAGE);
	struct pollfd p = { .fd = fd, .events = POLLIN | POLLOUT };
	struct timeval no_time = { 0, 0 };
	int ep = epoll_create1(0), a_pipe[2];
	fd_set to_read, to_write;

	HOLDS(ep >= 0);
	FAILS(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e), EPERM);
	for (int i = 0; i < 2; i++) {		/* asking changes nothing */
		EQUALS(poll(&p, 1, 0), 1);
		EQUALS(p.revents, POLLIN | POLLOUT);
	}
	FD_ZERO(&to_read);
	FD_ZERO(&to_write);
	FD_SET(fd, &to_read);
	FD_SET(fd, &to_write);
	EQUALS(select(fd + 1, &to_read, &to_write, NULL, &no_time), 2);

	HOLDS(pipe(a_pipe) == 0);		/* a pipe one can wait for */
	EQUALS(epoll_ctl(ep, EPOLL_CTL_ADD, a_pipe[0], &e), 0);
	p.fd = a_pipe[0];
	EQUALS(poll(&p, 1, 0), 0);
	EQUALS(shm_unlink(NAME), 0);
}

CLAIM("L07-05", "O_TRUNC empties an object under those who have it mapped")
{
	int fd = make_object(PAGE);
	char *p = map(fd, PAGE);

	*p = 'x';
	EQUALS(*p, 'x');
	HOLDS(shm_open(NAME, O_RDWR | O_TRUNC, 0) >= 0);
	EQUALS(store(p), 128 + SIGBUS);
	EQUALS(ftruncate(fd, PAGE), 0);
	EQUALS(*p, 0);				/* and what it held is lost */
	EQUALS(shm_unlink(NAME), 0);
}

static int write_to(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n;

	if (fd == -1)
		return -1;
	n = write(fd, text, strlen(text));
	close(fd);
	return n == (ssize_t)strlen(text) ? 0 : -1;
}

/* Mounts that nobody else sees; who is not root needs to be it, somewhere. */
static int own_mounts(void)
{
	char users[64], groups[64];

	snprintf(users, sizeof users, "0 %u 1", (unsigned)geteuid());
	snprintf(groups, sizeof groups, "0 %u 1", (unsigned)getegid());
	if (unshare(CLONE_NEWNS) == -1 &&
	    (unshare(CLONE_NEWUSER | CLONE_NEWNS) == -1 ||
	     write_to("/proc/self/setgroups", "deny") == -1 ||
	     write_to("/proc/self/uid_map", users) == -1 ||
	     write_to("/proc/self/gid_map", groups) == -1))
		return -1;
	return mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL);
}

/* A /dev/shm of SIZE bytes that only this process and its children see. */
static void own_shm(const char *size)
{
	char option[32];

	snprintf(option, sizeof option, "size=%s", size);
	if (own_mounts() == -1 ||
	    mount("tmpfs", "/dev/shm", "tmpfs", 0, option) == -1)
		SKIP("no file system may be mounted here (%s); run it as root,"
		     " or allow user namespaces", errno_name(errno));
}

CLAIM("L07-06", "when /dev/shm is full, ftruncate() works and a store is "
      "SIGBUS; posix_fallocate() asks beforehand: ENOSPC")
{
	const long pages = 16;
	const long bytes = pages * (long)page();
	char size[32], *p;
	int fd;

	snprintf(size, sizeof size, "%ld", bytes);
	own_shm(size);
	fd = make_object(2 * bytes);	/* only a promise */
	p = map(fd, 2 * (size_t)pages * page());
	for (long i = 0; i < pages; i++)
		EQUALS(store(p + i * (long)page()), 0);
	EQUALS(store(p + pages * (long)page()), 128 + SIGBUS);
	EQUALS(posix_fallocate(fd, 0, 2 * pages * (long)page()), ENOSPC);
}

CLAIM("L07-14", "all objects share the size of /dev/shm: the next one gets "
      "ENOSPC, until another has gone; to make it larger takes CAP_SYS_ADMIN")
{
	const off_t size = 40 * (off_t)page();
	char limit[32], more[32];
	int first, second;

	snprintf(limit, sizeof limit, "%ld", 64 * (long)page());
	snprintf(more, sizeof more, "size=%ld", 128 * (long)page());
	own_shm(limit);
	first = make_object(0);
	EQUALS(posix_fallocate(first, 0, size), 0);
	second = shm_open("/another", O_RDWR | O_CREAT | O_EXCL, 0600);
	HOLDS(second >= 0);
	EQUALS(posix_fallocate(second, 0, size), ENOSPC);

	if (fork() == 0) {
		drop_capabilities();
		FAILS(mount("tmpfs", "/dev/shm", "tmpfs", MS_REMOUNT, more),
		      EPERM);
		_exit(0);
	}
	EQUALS(ends(-1), 0);
	EQUALS(posix_fallocate(second, 0, size), ENOSPC);

	EQUALS(shm_unlink(NAME), 0);
	EQUALS(close(first), 0);
	EQUALS(posix_fallocate(second, 0, size), 0);
	EQUALS(mount("tmpfs", "/dev/shm", "tmpfs", MS_REMOUNT, more), 0);
	EQUALS(posix_fallocate(second, 0, 2 * size), 0);
}

CLAIM("L07-13", "the name is found in another IPC namespace, and not where "
      "another file system is mounted on /dev/shm")
{
	const key_t key = own_key(1);

	HOLDS(semget(key, 1, IPC_CREAT | 0600) != -1);
	make_object(PAGE);
	if (fork() == 0) {
		if (unshare(CLONE_NEWIPC) == -1 &&
		    unshare(CLONE_NEWUSER | CLONE_NEWIPC) == -1)
			SKIP("no IPC namespace of its own for this user; run "
			     "it as root");
		FAILS(semget(key, 1, 0), ENOENT);	/* another one, but */
		HOLDS(shm_open(NAME, O_RDWR, 0) >= 0);
		_exit(0);
	}
	EQUALS(ends(-1), 0);
	if (fork() == 0) {
		own_shm("65536");
		FAILS(shm_open(NAME, O_RDWR, 0), ENOENT);
		EQUALS(umount("/dev/shm"), 0);
		HOLDS(shm_open(NAME, O_RDWR, 0) >= 0);
		_exit(0);
	}
	EQUALS(ends(-1), 0);
	EQUALS(shm_unlink(NAME), 0);
}

CLAIM("L07-07", "another user's object: EACCES to open it, and to remove it")
{
	int fd = make_object(PAGE);

	for (mode_t mode = 0600; mode <= 0666; mode += 066) {
		EQUALS(fchmod(fd, mode), 0);
		if (fork() == 0) {
			become_another_user();
			if (mode == 0600)
				FAILS(shm_open(NAME, O_RDONLY, 0), EACCES);
			else			/* its mode allows it */
				HOLDS(shm_open(NAME, O_RDONLY, 0) >= 0);
			FAILS(shm_unlink(NAME), EACCES);
			_exit(0);
		}
		EQUALS(ends(-1), 0);
	}
	EQUALS(shm_unlink(NAME), 0);
}

CLAIM("L07-08", "255 characters after the slash fit, 256 are ENAMETOOLONG; "
      "before glibc 2.34 254 fit, and more are EINVAL")
{
	int is_old = glibc_version() != 0 && glibc_version() < 234;
	size_t fit = is_old ? 254 : 255;
	char name[258] = "/";

	memset(name + 1, 'n', fit);
	HOLDS(shm_open(name, O_RDWR | O_CREAT, 0600) != -1);
	EQUALS(shm_unlink(name), 0);
	name[fit + 1] = 'n';
	if (is_old)
		FAILS(shm_open(name, O_RDWR | O_CREAT, 0600), EINVAL);
	else
		FAILS(shm_open(name, O_RDWR | O_CREAT, 0600), ENAMETOOLONG);
}

CLAIM("L07-09", "ftruncate(): EINVAL below 0, and when opened only to read")
{
	int fd = make_object(PAGE), r = shm_open(NAME, O_RDONLY, 0);

	FAILS(ftruncate(fd, -1), EINVAL);
	FAILS(ftruncate(r, PAGE), EINVAL);
	EQUALS(status_of(r).st_ino, status_of(fd).st_ino);
	EQUALS(ftruncate(fd, 0), 0);
	EQUALS(shm_unlink(NAME), 0);
}

/* A flag and its row, of which the flag is the last of a page and the row the
 * first of the next one. That page is closed, so the store of the row is a
 * SIGSEGV. The handler sees what the flag is at that moment, and opens the
 * page: the store is done, and the program goes on. */
struct plain_table {
	uint32_t ready;
	int32_t row;
};

struct atomic_table {
	_Atomic uint32_t ready;
	int32_t row;
};

static char *row_page;
static volatile uint32_t ready_at_store = 99;	/* the handler stores it */

static void at_store(int sig)
{
	(void)sig;
	ready_at_store = ((volatile uint32_t *)row_page)[-1];
	if (mprotect(row_page, page(), PROT_READ | PROT_WRITE) == -1)
		_exit(1);
}

static void __attribute__((noinline)) change_plain(struct plain_table *t)
{
	t->ready = 0;
	t->row = 215;
	t->ready = 1;
}

static void __attribute__((noinline)) change_atomic(struct atomic_table *t)
{
	atomic_store(&t->ready, 0);
	t->row = 215;
	atomic_store(&t->ready, 1);
}

static void close_page(void)
{
	ready_at_store = 99;
	EQUALS(mprotect(row_page, page(), PROT_NONE), 0);
}

CLAIM("L07-10", "optimized, a plain flag that is set to 0, and to 1 after the "
      "row, is 1 all the time: the first store is left out; an _Atomic is 0")
{
	struct sigaction act = { .sa_handler = at_store };
	char *start = map(make_object(2 * (long)page()), 2 * page());
	struct plain_table *plain;
	struct atomic_table *atomic;
	uint32_t plain_at_store;

	EQUALS(shm_unlink(NAME), 0);
	row_page = start + page();
	plain = (void *)(row_page - offsetof(struct plain_table, row));
	atomic = (void *)(row_page - offsetof(struct atomic_table, row));
	EQUALS(sigaction(SIGSEGV, &act, NULL), 0);

	plain->ready = 1;
	close_page();
	change_plain(plain);
	plain_at_store = ready_at_store;
	HOLDS(plain->ready == 1 && plain->row == 215);

	plain->row = 0;
	close_page();
	change_atomic(atomic);
	EQUALS(ready_at_store, 0);
	EQUALS(atomic_load(&atomic->ready), 1);
	EQUALS(atomic->row, 215);
#ifdef __OPTIMIZE__
	EQUALS(plain_at_store, 1);
#else
	EQUALS(plain_at_store, 0);
	SKIP("these proofs were compiled without optimization; make with "
	     "CFLAGS=-O1");
#endif
}

CLAIM("L07-11", "an _Atomic uint32_t has 4 bytes and never needs a lock; what "
      "one process stores in it, another one loads")
{
	_Atomic uint32_t *flag = (void *)map(make_object(PAGE), PAGE);
	pid_t other;

	EQUALS(shm_unlink(NAME), 0);
	EQUALS(sizeof *flag, 4);
	EQUALS(ATOMIC_INT_LOCK_FREE, 2);	/* 2: always */
	HOLDS(atomic_is_lock_free(flag));
	other = fork();
	if (other == 0) {
		atomic_store(flag, 215);
		_exit(0);
	}
	EQUALS(ends(other), 0);
	EQUALS(atomic_load(flag), 215);
}

/* The types as the compiler knows them without a header, since those of 32
 * bits may be missing. */
#define SIZES(i, l, s, p, ll, whole, at, filled)			\
	"typedef __UINT32_TYPE__ u32; typedef __UINT64_TYPE__ u64;"	\
	"struct gap { u32 a; u64 b; };"					\
	"struct filled { u32 a; u32 gap; u64 b; };"			\
	"_Static_assert(sizeof(int) == " #i ", \"\");"		\
	"_Static_assert(sizeof(u32) == 4, \"\");"			\
	"_Static_assert(sizeof(long) == " #l ", \"\");"		\
	"_Static_assert(sizeof(__SIZE_TYPE__) == " #s ", \"\");"	\
	"_Static_assert(sizeof(void *) == " #p ", \"\");"		\
	"_Static_assert(sizeof(u64) == " #ll ", \"\");"		\
	"_Static_assert(sizeof(struct gap) == " #whole ", \"\");"	\
	"_Static_assert(__builtin_offsetof(struct gap, b) == " #at	\
	", \"\");"							\
	"_Static_assert(__builtin_offsetof(struct filled, b) == " #filled \
	", \"\");\n"

CLAIM("L07-12", "on x86 long, pointers and the place of a uint64_t after a "
      "uint32_t differ between 32 and 64 bits; where the gap is a member they "
      "do not; sem_t and pthread_mutex_t have other sizes")
{
	const char *types = "#include <semaphore.h>\n#include <pthread.h>\n";
	char other[512];

#if !defined(__x86_64__)
	SKIP("this is not a 64 bit program for x86; see it on such a system");
#endif
	HOLDS(compiles("-m64", SIZES(4, 8, 8, 8, 8, 16, 8, 8)));
	if (!compiles("-m32", "int x;\n"))
		SKIP("this compiler makes no programs of 32 bits: -m32");
	HOLDS(compiles("-m32", SIZES(4, 4, 4, 4, 8, 12, 4, 8)));
	HOLDS(!compiles("-m32", SIZES(4, 4, 4, 4, 8, 16, 8, 8)));

	if (!compiles("-m32", types))
		SKIP("the headers for 32 bits are missing: apt-get install "
		     "gcc-multilib");
	snprintf(other, sizeof other, "%s_Static_assert(sizeof(sem_t) != %zu &&"
		 " sizeof(pthread_mutex_t) != %zu, \"\");\n", types,
		 sizeof(sem_t), sizeof(pthread_mutex_t));
	HOLDS(compiles("-m32", other));
	HOLDS(!compiles("-m64", other));
}

CLAIM("L07-15", "rename() gives the name to another complete object; who has "
      "the old one mapped keeps it, who opens the name gets the new one")
{
	int first = make_object(PAGE);
	char *old = map(first, PAGE), *next;
	int fd = shm_open("/lesson07.next", O_RDWR | O_CREAT | O_EXCL, 0600);

	HOLDS(fd >= 0);
	EQUALS(ftruncate(fd, PAGE), 0);
	next = map(fd, PAGE);
	strcpy(old, "old");
	strcpy(next, "new");
	EQUALS(munmap(next, PAGE), 0);		/* complete from here on */
	EQUALS(status_of(shm_open(NAME, O_RDWR, 0)).st_ino,
	       status_of(first).st_ino);
	EQUALS(rename("/dev/shm/lesson07.next", "/dev/shm" NAME), 0);
	EQUALS(status_of(first).st_nlink, 0);	/* the old one has no name */
	HOLDS(strcmp(old, "old") == 0);
	HOLDS(strcmp(map(shm_open(NAME, O_RDWR, 0), PAGE), "new") == 0);
	FAILS(shm_open("/lesson07.next", O_RDWR, 0), ENOENT);
	EQUALS(shm_unlink(NAME), 0);
}

CLAIM("L07-16", "posix_fallocate() returns the error and leaves errno alone; "
      "it takes the memory, makes the object longer, never shorter")
{
	int fd = make_object(0), r = shm_open(NAME, O_RDONLY, 0);

	errno = EXDEV;				/* nothing here sets it */
	EQUALS(posix_fallocate(r, 0, PAGE), EBADF);
	EQUALS(errno, EXDEV);
	EQUALS(ftruncate(fd, PAGE), 0);
	EQUALS(status_of(fd).st_size, PAGE);
	EQUALS(status_of(fd).st_blocks, 0);	/* a size, and no memory */
	EQUALS(posix_fallocate(fd, 0, PAGE + 1), 0);
	EQUALS(status_of(fd).st_size, PAGE + 1);
	HOLDS(status_of(fd).st_blocks > 0);
	EQUALS(posix_fallocate(fd, 0, 1), 0);
	EQUALS(status_of(fd).st_size, PAGE + 1);
	EQUALS(shm_unlink(NAME), 0);
}

CLAIM("L07-17", "a mapping may be longer than the object, and reaches the new "
      "part when it grows; a shorter one is made longer by mremap()")
{
	int fd = make_object((long)page());
	char *large = map(fd, 2 * page()), *small = map(fd, page()), *was;

	EQUALS(store(large + page()), 128 + SIGBUS);
	EQUALS(ftruncate(fd, 2 * (off_t)page()), 0);
	EQUALS(store(large + page()), 0);
	was = small;
	small = mremap(small, page(), 2 * page(), MREMAP_MAYMOVE);
	HOLDS(small != MAP_FAILED);
	EQUALS(small[page()], 'x');
	HOLDS(small == was || store(was) == 128 + SIGSEGV);	/* it moved */
	EQUALS(shm_unlink(NAME), 0);
}

CLAIM("L07-18", "with MAP_PRIVATE a store is for the process alone")
{
	int fd = make_object(PAGE);
	char *shared = map(fd, PAGE);
	char *own = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd,
			 0);

	HOLDS(own != MAP_FAILED);
	*shared = 's';
	EQUALS(*own, 's');			/* it is the same object */
	*own = 'x';
	EQUALS(*own, 'x');
	EQUALS(*shared, 's');
	EQUALS(shm_unlink(NAME), 0);
}

static void at_signal(int sig)
{
	(void)sig;
}

CLAIM("L07-19", "a stop and a continue (Ctrl-Z and fg) do not end pause()")
{
	pid_t child;
	int status;

	HOLDS(signal(SIGUSR1, at_signal) != SIG_ERR);
	child = fork();

	if (child == 0) {
		pause();
		_exit(1);
	}
	HOLDS(blocks(child));
	EQUALS(kill(child, SIGSTOP), 0);
	EQUALS(waitpid(child, &status, WUNTRACED), child);
	HOLDS(WIFSTOPPED(status));
	EQUALS(kill(child, SIGCONT), 0);
	EQUALS(waitpid(child, &status, WCONTINUED), child);
	HOLDS(WIFCONTINUED(status));
	HOLDS(blocks(child));
	EQUALS(kill(child, SIGUSR1), 0);	/* a handler does end it */
	EQUALS(ends(child), 1);
}

CLAIM("L07-20", "a store where it is mapped with PROT_READ only is SIGSEGV, "
      "and changes nothing")
{
	int fd = make_object(PAGE);
	char *p = map(fd, PAGE);
	char *view = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);

	HOLDS(view != MAP_FAILED);
	*p = 'o';
	EQUALS(store(view), 128 + SIGSEGV);
	EQUALS(*view, 'o');
	EQUALS(store(p), 0);			/* where it may be stored */
	EQUALS(*view, 'x');
	EQUALS(shm_unlink(NAME), 0);
}

/* ------------------------------------------------------- memory order */

/* What two processes share in the proofs below. */
struct shared {
	uint32_t plain;
	volatile uint32_t volatile_flag;
	_Atomic uint32_t atomic;
	int32_t row;			/* the data, plain */
	volatile int32_t volatile_row;
	/* Only for the proofs, which need to know how far the other one is.
	 * volatile: each round loads and stores them, and no more. */
	volatile uint32_t rounds;
	volatile uint32_t looked;
};

static struct shared *shared;

static void make_shared(void)
{
	int fd = make_object((long)sizeof *shared);

	shared = (void *)map(fd, sizeof *shared);
	EQUALS(shm_unlink(NAME), 0);
	EQUALS(close(fd), 0);
}

/* What only an optimizing compiler does: GOT is then OPTIMIZED. */
#ifdef __OPTIMIZE__
#define OPTIMIZED(got, optimized, plain) EQUALS(got, optimized)
#define NEEDS_OPTIMIZED() ((void)0)
#else
#define OPTIMIZED(got, optimized, plain) EQUALS(got, plain)
#define NEEDS_OPTIMIZED() SKIP("these proofs were compiled without " \
			       "optimization; make with CFLAGS=-O1")
#endif

/* The compiler must not know what is added. */
static volatile int32_t gauge = 6;

/* Add up 24 times. After 12 of them set a flag, by the statement FLAG. */
#define ADD_UP(flag)							\
	do {								\
		for (int i = 1; i <= 24; i++) {				\
			int32_t more = gauge;				\
									\
			shared->row += more;				\
			if (i == 12) {					\
				flag;					\
				while (shared->looked == 0)		\
					;				\
			}						\
		}							\
	} while (0)

static void add_plain(void)
{
	ADD_UP(shared->plain = 1);
}

static void add_release(void)
{
	ADD_UP(atomic_store_explicit(&shared->atomic, 1,
				     memory_order_release));
}

static void add_seq_cst(void)
{
	ADD_UP(atomic_store(&shared->atomic, 1));
}

static void add_with_call(void)
{
	ADD_UP(getppid(); shared->plain = 1);
}

/* The row that another process finds when it has seen the flag */
static int32_t row_at_flag(void (*add)(void))
{
	pid_t writer;
	int32_t row;

	memset(shared, 0, sizeof *shared);
	writer = fork();
	if (writer == 0) {
		add();
		_exit(0);
	}
	while (shared->plain == 0 && atomic_load(&shared->atomic) == 0)
		sched_yield();
	row = shared->row;
	shared->looked = 1;
	EQUALS(ends(writer), 0);
	EQUALS(shared->row, 24 * 6);
	return row;
}

/* That a relaxed store comes behind the sum as well is how gcc makes it; no
 * standard says so. */
CLAIM("L07-21", "optimized, a sum that a loop adds up is stored behind a plain "
      "flag that the loop has set; release and seq_cst come behind the sum")
{
	make_shared();
	EQUALS(row_at_flag(add_release), 12 * 6);
	EQUALS(row_at_flag(add_seq_cst), 12 * 6);
	OPTIMIZED(row_at_flag(add_plain), 0, 12 * 6);
	NEEDS_OPTIMIZED();
}

CLAIM("L07-30", "what stands above a call of a function that the compiler does "
      "not know is stored before it: a plain flag after the call comes later")
{
	make_shared();
	EQUALS(row_at_flag(add_with_call), 12 * 6);
	OPTIMIZED(row_at_flag(add_plain), 0, 12 * 6);
	NEEDS_OPTIMIZED();
}

/* Load the row, wait for a flag, load the row again: the difference. */
#define ROW_CHANGES(is_set)						\
	do {								\
		int32_t before = shared->row;				\
									\
		while (!(is_set))					\
			shared->rounds++;				\
		return shared->row - before;				\
	} while (0)

static int change_by_volatile(void)
{
	ROW_CHANGES(shared->volatile_flag);
}

static int change_by_acquire(void)
{
	ROW_CHANGES(atomic_load_explicit(&shared->atomic,
					 memory_order_acquire));
}

static int change_by_seq_cst(void)
{
	ROW_CHANGES(atomic_load(&shared->atomic));
}

static int change_of_volatile_row(void)
{
	int32_t before = shared->volatile_row;

	while (!shared->volatile_flag)
		shared->rounds++;
	return shared->volatile_row - before;
}

/* By how much the row of a reader changes that waits in its loop while the
 * row becomes 5 larger and the flag is set */
static int change_seen(int (*reader)(void))
{
	pid_t pid;

	memset(shared, 0, sizeof *shared);
	pid = fork();
	if (pid == 0)
		_exit(reader());
	while (shared->rounds == 0)
		sched_yield();
	shared->row = 5;
	shared->volatile_row = 5;
	atomic_store(&shared->atomic, 1);
	shared->volatile_flag = 1;
	return ends(pid);
}

CLAIM("L07-22", "optimized, a row that was loaded before a loop on a volatile "
      "flag is not loaded again behind it; behind an acquire load it is")
{
	make_shared();
	EQUALS(change_seen(change_by_acquire), 5);
	EQUALS(change_seen(change_by_seq_cst), 5);
	OPTIMIZED(change_seen(change_by_volatile), 0, 5);
	NEEDS_OPTIMIZED();
}

struct volatile_table {
	volatile uint32_t ready;
	volatile int32_t row;
};

static void __attribute__((noinline)) change_volatile(struct volatile_table *t)
{
	t->ready = 0;
	t->row = 215;
	t->ready = 1;
}

static void __attribute__((noinline)) change_row_first(struct volatile_table *t)
{
	t->row = 1;
	t->ready = 0;
	t->row = 215;
	t->ready = 1;
}

CLAIM("L07-23", "volatile: each load and each store is made, and those of one "
      "process in the order of its source")
{
	struct sigaction act = { .sa_handler = at_store };
	char *start = map(make_object(2 * (long)page()), 2 * page());
	struct volatile_table *t;

	EQUALS(shm_unlink(NAME), 0);
	row_page = start + page();
	t = (void *)(row_page - offsetof(struct volatile_table, row));
	EQUALS(sigaction(SIGSEGV, &act, NULL), 0);
	t->ready = 1;
	EQUALS(t->ready, 1);		/* so the first store can be seen */
	close_page();
	change_volatile(t);
	EQUALS(ready_at_store, 0);	/* the first store, then the row */
	HOLDS(t->ready == 1 && t->row == 215);
	close_page();
	change_row_first(t);
	EQUALS(ready_at_store, 1);	/* that of 1, before all others */
	HOLDS(t->ready == 1 && t->row == 215);

	make_shared();				/* the loop ends, and loads */
	EQUALS(change_seen(change_of_volatile_row), 5);
}

static void wait_plain(void)
{
	while (shared->plain == 0)
		shared->rounds++;
}

static void wait_volatile(void)
{
	while (shared->volatile_flag == 0)
		shared->rounds++;
}

static void wait_relaxed(void)
{
	while (atomic_load_explicit(&shared->atomic, memory_order_relaxed) == 0)
		shared->rounds++;
}

static void wait_with_call(void)
{
	while (shared->plain == 0) {
		shared->rounds++;
		getppid();
	}
}

/* Does the loop of a reader end when all flags are set in the midst of it? 0:
 * it has gone round a million times more. */
static int loop_sees(void (*wait_for_flag)(void))
{
	pid_t reader;
	uint32_t then;
	int status;

	memset(shared, 0, sizeof *shared);
	reader = fork();
	if (reader == 0) {
		wait_for_flag();
		_exit(0);
	}
	while (shared->rounds == 0)
		sched_yield();
	shared->plain = 1;
	shared->volatile_flag = 1;
	atomic_store(&shared->atomic, 1);
	then = shared->rounds;
	while (shared->rounds - then < 1000000) {
		if (waitpid(reader, &status, WNOHANG) == reader) {
			EQUALS(status, 0);
			return 1;
		}
		sched_yield();
	}
	EQUALS(kill(reader, SIGKILL), 0);
	EQUALS(ends(reader), 128 + SIGKILL);
	return 0;
}

CLAIM("L07-31", "optimized, a loop on a plain flag that another process sets "
      "goes on for a million rounds; with a call in it, or on a volatile or an "
      "atomic flag, also a relaxed one, it ends")
{
	make_shared();
	EQUALS(loop_sees(wait_volatile), 1);
	EQUALS(loop_sees(wait_relaxed), 1);
	EQUALS(loop_sees(wait_with_call), 1);
	OPTIMIZED(loop_sees(wait_plain), 0, 1);
	NEEDS_OPTIMIZED();
}

static volatile sig_atomic_t ticks;
static int plain_note;
static volatile sig_atomic_t note;

/* Every 20 ms of processor time: first note it, then give up. */
static void note_it(int sig)
{
	(void)sig;
	plain_note = 1;
	note = 1;
	ticks++;
	if (ticks == 4)
		_exit(plain_note ? 3 : 4);
}

/* 0: the loop has ended by the note of a handler; 3: it goes on */
static int note_ends(int is_volatile)
{
	struct itimerval tick = { { 0, 20000 }, { 0, 20000 } };
	pid_t pid = fork();

	if (pid == 0) {
		HOLDS(signal(SIGVTALRM, note_it) != SIG_ERR);
		EQUALS(setitimer(ITIMER_VIRTUAL, &tick, NULL), 0);
		if (is_volatile)
			while (!note)
				shared->rounds++;
		else
			while (!plain_note)
				shared->rounds++;
		_exit(!note);
	}
	return ends(pid);
}

CLAIM("L07-32", "optimized, a loop on a plain variable does not see what a "
      "signal handler of its own process stores; on a volatile sig_atomic_t it "
      "does")
{
	make_shared();
	EQUALS(note_ends(1), 0);
	OPTIMIZED(note_ends(0), 3, 0);
	NEEDS_OPTIMIZED();
}

/* The assembly that a compiler for CPU ("x86_64", "aarch64") makes of SOURCE,
 * in capital or small letters, as it comes. $CC if it is for this processor,
 * else one that can make programs for others. */
static const char *assembly(const char *cpu, const char *source)
{
	static const char *const how[] = {
		"%s-linux-gnu-gcc", "clang -target %s-linux-gnu",
	};
	static char text[65536];
	char cmd[256], cc[64] = "${CC:-cc}";
	FILE *f = fopen("source.c", "w");
	int is_own = 0;
	size_t n, next = 0;

#ifdef __x86_64__
	is_own = strcmp(cpu, "x86_64") == 0;
#elif defined __aarch64__
	is_own = strcmp(cpu, "aarch64") == 0;
#endif
	HOLDS(f != NULL);
	fprintf(f, "#include <stdatomic.h>\n%s\n", source);
	EQUALS(fclose(f), 0);
	for (;;) {
		if (!is_own) {
			if (next == sizeof how / sizeof how[0])
				SKIP("no compiler here makes programs for %s; "
				     "apt-get install clang", cpu);
			snprintf(cc, sizeof cc, how[next], cpu);
			next++;
		}
		is_own = 0;
		snprintf(cmd, sizeof cmd, "%s -O1 -ffreestanding -S -o source.s"
			 " source.c 2> /dev/null", cc);
		if (system(cmd) == 0)
			break;
	}
	f = fopen("source.s", "r");
	HOLDS(f != NULL);
	n = fread(text, 1, sizeof text - 1, f);
	HOLDS(n > 0 && n < sizeof text - 1);
	text[n] = '\0';
	EQUALS(fclose(f), 0);
	return text;
}

/* Is the instruction NAME in TEXT? Its operands follow a blank. */
static int has(const char *text, const char *name)
{
	char with_tab[32];

	snprintf(with_tab, sizeof with_tab, "\t%s\t", name);
	return strstr(text, with_tab) != NULL;
}

#define STORE_PLAIN "void f(unsigned *p) { *p = 1; }"
#define STORE_VOLATILE "void f(volatile unsigned *p) { *p = 1; }"
#define STORE(order) "void f(_Atomic unsigned *p)" \
	"{ atomic_store_explicit(p, 1, memory_order_" order "); }"
#define LOAD_PLAIN "unsigned f(unsigned *p) { return *p; }"
#define LOAD_VOLATILE "unsigned f(volatile unsigned *p) { return *p; }"
#define LOAD(order) "unsigned f(_Atomic unsigned *p)" \
	"{ return atomic_load_explicit(p, memory_order_" order "); }"

static int is_fenced(const char *text)
{
	return has(text, "xchgl") || has(text, "mfence") ||
	       strstr(text, "\tmfence\n") || strstr(text, "\tlock ");
}

CLAIM("L07-24", "for x86-64 a release store and an acquire load are plain "
      "instructions, a seq_cst store is xchg or has a fence behind it")
{
	const char *text = assembly("x86_64", STORE("release"));

	HOLDS(has(text, "movl") && !is_fenced(text));
	text = assembly("x86_64", LOAD("acquire"));
	HOLDS(has(text, "movl") && !is_fenced(text));
	text = assembly("x86_64", LOAD("seq_cst"));
	HOLDS(has(text, "movl") && !is_fenced(text));
	HOLDS(is_fenced(assembly("x86_64", STORE("seq_cst"))));
}

CLAIM("L07-25", "for arm64 a plain and a volatile store is str, a release "
      "store stlr; a plain and a volatile load is ldr, an acquire load ldar "
      "(or ldapr); of seq_cst they are stlr and ldar")
{
	const char *text = assembly("aarch64", STORE_PLAIN);

	HOLDS(has(text, "str") && !has(text, "stlr"));
	text = assembly("aarch64", STORE_VOLATILE);
	HOLDS(has(text, "str") && !has(text, "stlr"));
	text = assembly("aarch64", LOAD_VOLATILE);
	HOLDS(has(text, "ldr") && !has(text, "ldar") && !has(text, "ldapr"));
	text = assembly("aarch64", STORE("release"));
	HOLDS(has(text, "stlr") && !has(text, "str"));
	HOLDS(has(assembly("aarch64", STORE("seq_cst")), "stlr"));
	text = assembly("aarch64", LOAD_PLAIN);
	HOLDS(has(text, "ldr") && !has(text, "ldar") && !has(text, "ldapr"));
	text = assembly("aarch64", LOAD("acquire"));
	HOLDS(has(text, "ldar") || has(text, "ldapr"));
	HOLDS(!has(text, "ldr"));
	HOLDS(has(assembly("aarch64", LOAD("seq_cst")), "ldar"));
}

/* In one step: a locked instruction, a pair of exclusive ones, or a function
 * of the compiler that has them. */
static int adds_in_one_step(const char *text)
{
	return strstr(text, "lock") || strstr(text, "ldadd") ||
	       strstr(text, "xr\t");
}

/* Is there an addition at all? */
static int adds(const char *text)
{
	return strstr(text, "add") || strstr(text, "inc");
}

CLAIM("L07-26", "volatile makes no addition one step; _Atomic does")
{
	const char *const volatile_add =
		"void f(volatile unsigned *p) { ++*p; }";
	const char *const atomic_add =
		"void f(_Atomic unsigned *p) { ++*p; }";
	const char *text;
	int seen = 0;

#ifdef __x86_64__
	text = assembly("x86_64", volatile_add);
	HOLDS(adds(text) && !adds_in_one_step(text));
	HOLDS(adds_in_one_step(assembly("x86_64", atomic_add)));
	seen = 1;
#endif
#ifdef __aarch64__
	text = assembly("aarch64", volatile_add);
	HOLDS(adds(text) && !adds_in_one_step(text));
	HOLDS(adds_in_one_step(assembly("aarch64", atomic_add)));
	seen = 1;
#endif
	if (!seen)
		SKIP("this is neither x86-64 nor arm64; see it on one of them");
}

#define BIG "struct big { char bytes[32]; };"

CLAIM("L07-27", "atomic numbers of 1 to 8 bytes and pointers need no lock on "
      "x86-64 and arm64; a struct of 32 bytes does, and is left to a function")
{
	const char *const cpu[] = { "x86_64", "aarch64" };
	int own = -1;

#if defined __x86_64__
	own = 0;
#elif defined __aarch64__
	own = 1;
#endif
	if (own == -1)
		SKIP("this is neither x86-64 nor arm64; see it on one of them");
	EQUALS(ATOMIC_CHAR_LOCK_FREE, 2);	/* 2: always */
	EQUALS(ATOMIC_SHORT_LOCK_FREE, 2);
	EQUALS(ATOMIC_INT_LOCK_FREE, 2);
	EQUALS(ATOMIC_LONG_LOCK_FREE, 2);
	EQUALS(ATOMIC_LLONG_LOCK_FREE, 2);
	EQUALS(ATOMIC_POINTER_LOCK_FREE, 2);
	HOLDS(!__atomic_always_lock_free(32, NULL));
	HOLDS(compiles("", BIG "_Static_assert(sizeof(struct big) == 32, "
		       "\"\");\n"));
	HOLDS(strstr(assembly(cpu[own], BIG "void f(_Atomic struct big *to, "
			      "struct big *it) { atomic_store(to, *it); }"),
		     "__atomic_store"));
	HOLDS(!strstr(assembly(cpu[own], "void f(_Atomic long *to, long it)"
			       "{ atomic_store(to, it); }"),
		      "__atomic_store"));
}

CLAIM("L07-28", "an atomic number works at two addresses: an addition by "
      "another process in another mapping is noticed by compare-and-exchange")
{
	int fd = make_object(PAGE);
	_Atomic uint32_t *one = (void *)map(fd, PAGE);
	_Atomic uint32_t *other = (void *)map(fd, PAGE);
	uint32_t want = 5;
	pid_t pid;

	EQUALS(shm_unlink(NAME), 0);
	atomic_store(one, 5);
	pid = fork();
	if (pid == 0) {
		EQUALS(atomic_fetch_add(other, 1), 5);
		_exit(0);
	}
	EQUALS(ends(pid), 0);
	HOLDS(!atomic_compare_exchange_strong(one, &want, 100));
	EQUALS(want, 6);
	HOLDS(atomic_compare_exchange_strong(one, &want, 100));
	HOLDS(one != other);
	EQUALS(atomic_load(other), 100);
}

#define ALIGNED(plain_at, atomic_at)					\
	"struct plain { char c; unsigned long long n; };"		\
	"struct atomic { char c; _Atomic unsigned long long n; };"	\
	"_Static_assert(__builtin_offsetof(struct plain, n) == " #plain_at \
	", \"\");"							\
	"_Static_assert(__builtin_offsetof(struct atomic, n) == " #atomic_at \
	", \"\");\n"

CLAIM("L07-29", "an _Atomic number of 8 bytes lies at a multiple of 8 in a "
      "struct, on x86 in programs of 32 bits, too, where a plain one does not")
{
#if !defined(__x86_64__)
	SKIP("this is not a 64 bit program for x86; see it on such a system");
#endif
	HOLDS(compiles("-m64", ALIGNED(8, 8)));
	HOLDS(!compiles("-m64", ALIGNED(4, 8)));
	if (!compiles("-m32", "int x;\n"))
		SKIP("this compiler makes no programs of 32 bits: -m32");
	HOLDS(compiles("-m32", ALIGNED(4, 8)));
	HOLDS(!compiles("-m32", ALIGNED(4, 4)));
}

/* Calls by which one process waits for another. Each of them begins so that a
 * wait sleeps. */
static int ends_of_pipe[2], counter, set, told_signal, which;
static struct {
	sem_t sem;
	pthread_mutex_t mutex[2];	/* who gets one dies with it */
	pthread_barrier_t barrier;
} *sync_calls;
static pid_t waiter;

static void wait_sem(void)
{
	EQUALS(sem_wait(&sync_calls->sem), 0);
}

static void tell_sem(void)
{
	EQUALS(sem_post(&sync_calls->sem), 0);
}

static void wait_semop(void)
{
	struct sembuf take = { .sem_op = -1 };

	EQUALS(semop(set, &take, 1), 0);
}

static void tell_semop(void)
{
	struct sembuf give = { .sem_op = 1 };

	EQUALS(semop(set, &give, 1), 0);
}

static void wait_mutex(void)
{
	EQUALS(pthread_mutex_lock(&sync_calls->mutex[which]), 0);
}

static void tell_mutex(void)
{
	EQUALS(pthread_mutex_unlock(&sync_calls->mutex[which]), 0);
}

static void meet_at_barrier(void)
{
	int err = pthread_barrier_wait(&sync_calls->barrier);

	HOLDS(err == 0 || err == PTHREAD_BARRIER_SERIAL_THREAD);
}

static void wait_pipe(void)
{
	char c;

	EQUALS(read(ends_of_pipe[0], &c, 1), 1);
}

static void tell_pipe(void)
{
	EQUALS(write(ends_of_pipe[1], "x", 1), 1);
}

static void wait_eventfd(void)
{
	eventfd_t n;

	EQUALS(eventfd_read(counter, &n), 0);
}

static void tell_eventfd(void)
{
	EQUALS(eventfd_write(counter, 1), 0);
}

static void wait_signal(void)
{
	sigset_t usr1;

	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	EQUALS(sigwait(&usr1, &told_signal), 0);
}

static void tell_signal(void)
{
	EQUALS(kill(waiter, SIGUSR1), 0);
}

static void make_sync_calls(void)
{
	pthread_mutexattr_t mutex;
	pthread_barrierattr_t barrier;
	sigset_t usr1;

	sync_calls = mmap(NULL, sizeof *sync_calls, PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	HOLDS(sync_calls != MAP_FAILED);
	EQUALS(sem_init(&sync_calls->sem, 1, 0), 0);
	EQUALS(pthread_mutexattr_init(&mutex), 0);
	EQUALS(pthread_mutexattr_setpshared(&mutex, PTHREAD_PROCESS_SHARED), 0);
	for (int i = 0; i < 2; i++)
		EQUALS(pthread_mutex_init(&sync_calls->mutex[i], &mutex), 0);
	EQUALS(pthread_barrierattr_init(&barrier), 0);
	EQUALS(pthread_barrierattr_setpshared(&barrier,
					      PTHREAD_PROCESS_SHARED), 0);
	EQUALS(pthread_barrier_init(&sync_calls->barrier, &barrier, 2), 0);
	EQUALS(pipe(ends_of_pipe), 0);
	counter = eventfd(0, 0);
	HOLDS(counter != -1);
	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	EQUALS(sigprocmask(SIG_BLOCK, &usr1, NULL), 0);
}

/* What a process finds in the row when its wait has returned: 0 if it was told
 * before the row was stored, 215 if after that. Both are plain. */
static int32_t row_found(void (*wait_for_it)(void), void (*tell)(void),
			 int is_stored_first)
{
	int32_t found;

	memset(shared, 0, sizeof *shared);
	waiter = fork();
	if (waiter == 0) {
		wait_for_it();
		shared->volatile_row = shared->row;
		_exit(0);
	}
	HOLDS(blocks(waiter));
	if (is_stored_first)
		shared->row = 215;
	tell();
	EQUALS(ends(waiter), 0);
	found = shared->volatile_row;
	shared->row = 215;
	return found;
}

#define ORDERED(wait_for_it, tell)					\
	do {								\
		EQUALS(row_found(wait_for_it, tell, 1), 215);		\
		EQUALS(row_found(wait_for_it, tell, 0), 0);		\
	} while (0)

CLAIM("L07-33", "a plain row that is stored before the call is found behind "
      "the wait that the call ends: sem_post(), semop(), a mutex, a barrier")
{
	make_shared();
	make_sync_calls();
	ORDERED(wait_sem, tell_sem);
	set = semget(IPC_PRIVATE, 1, 0600);
	HOLDS(set != -1);
	EQUALS(semctl(set, 0, SETVAL, 0), 0);
	ORDERED(wait_semop, tell_semop);
	EQUALS(semctl(set, 0, IPC_RMID), 0);
	ORDERED(meet_at_barrier, meet_at_barrier);

	for (which = 0; which < 2; which++) {
		int is_stored_first = which == 0;

		EQUALS(pthread_mutex_lock(&sync_calls->mutex[which]), 0);
		EQUALS(row_found(wait_mutex, tell_mutex, is_stored_first),
		       is_stored_first ? 215 : 0);
	}
}

CLAIM("L07-34", "the same holds for a byte in a pipe, for an eventfd, and for "
      "a signal and sigwait()")
{
	make_shared();
	make_sync_calls();
	ORDERED(wait_pipe, tell_pipe);
	ORDERED(wait_eventfd, tell_eventfd);
	ORDERED(wait_signal, tell_signal);
}

static int32_t own_row;			/* of each process */

CLAIM("L07-35", "a child finds what was stored before fork(), in its own "
      "memory and in shared memory; behind waitpid() its parent finds what the "
      "child has stored in shared memory, and only there")
{
	int go[2];
	char c;

	make_shared();
	EQUALS(pipe(go), 0);
	for (int32_t i = 1; i <= 100; i++) {
		pid_t child;

		own_row = i;
		shared->row = i;
		child = fork();
		if (child == 0) {
			HOLDS(own_row == i && shared->row == i);
			HOLDS(read(go[0], &c, 1) == 1);
			own_row = -i;
			shared->row = -i;
			_exit(own_row != -i);
		}
		EQUALS(shared->row, i);		/* it waits for us */
		EQUALS(write(go[1], "x", 1), 1);
		EQUALS(ends(child), 0);
		EQUALS(own_row, i);
		EQUALS(shared->row, -i);
	}
}

CLAIM("L07-36", "fstat() and close() of a number that is no open descriptor: "
      "EBADF")
{
	struct stat about;
	int fd = open("file", O_CREAT | O_RDWR, 0600);

	HOLDS(fd != -1);
	EQUALS(fstat(fd, &about), 0);
	EQUALS(close(fd), 0);
	FAILS(fstat(fd, &about), EBADF);
	FAILS(close(fd), EBADF);
}
