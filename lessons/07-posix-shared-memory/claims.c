/*
 * claims - what the notes say about POSIX shared memory, executed
 *
 * Ids are rows of docs/claims.tsv; L07-.. are claims of this course.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../common/proof/claim.h"

CLAIMS_NEED(needs_shm)

#define NAME "/lesson07"

enum { PAGE = 4096 };

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
	char *p = map(make_object(PAGE), PAGE);

	EQUALS(store(p), 0);
	EQUALS(*p, 'x');
	EQUALS(shm_unlink(NAME), 0);
}

CLAIM("4-061", "all who map it see it, and reading takes nothing away")
{
	char *p = map(make_object(PAGE), PAGE);

	*p = 7;
	for (int i = 0; i < 3; i++)
		if (fork() == 0)
			_exit(*p);
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

CLAIM("0-036 1-416", "the name: one leading slash; glibc adds a missing one")
{
	FAILS(shm_open("/a/b", O_RDWR | O_CREAT, 0600), EINVAL);
	FAILS(shm_open("/", O_RDWR | O_CREAT, 0600), EINVAL);
	HOLDS(shm_open("lesson07", O_RDWR | O_CREAT | O_EXCL, 0600) >= 0);
	HOLDS(shm_open(NAME, O_RDWR, 0) >= 0);
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
	EQUALS(shm_unlink(NAME), 0);
}

CLAIM("1-417", "O_WRONLY is useless: no mapping can do without reading")
{
	int fd;

	close(make_object(PAGE));
	fd = shm_open(NAME, O_WRONLY, 0);
	if (fd == -1)
		SKIP("this system refuses O_WRONLY, as POSIX lets it");
	FAILS(mmap(NULL, PAGE, PROT_WRITE, MAP_SHARED, fd, 0), EACCES);
	EQUALS(shm_unlink(NAME), 0);
}

CLAIM("0-039 1-418", "mode counts when it is created, less the umask")
{
	int fd;

	umask(022);
	fd = shm_open(NAME, O_RDWR | O_CREAT | O_EXCL, 0666);
	HOLDS(fd >= 0);
	EQUALS(status_of(fd).st_mode & 0777, 0644);
	fd = shm_open(NAME, O_RDWR | O_CREAT, 0600);	/* exists: ignored */
	EQUALS(status_of(fd).st_mode & 0777, 0644);
	EQUALS(shm_unlink(NAME), 0);
}

CLAIM("0-040 1-421 1-422", "a new object has 0 bytes: SIGBUS before ftruncate")
{
	int fd = shm_open(NAME, O_RDWR | O_CREAT | O_EXCL, 0600);
	char *p;

	HOLDS(fd >= 0);
	EQUALS(status_of(fd).st_size, 0);
	p = map(fd, 2 * PAGE);
	EQUALS(store(p), 128 + SIGBUS);
	EQUALS(ftruncate(fd, 100), 0);
	EQUALS(store(p), 0);
	EQUALS(store(p + PAGE), 128 + SIGBUS);		/* page 2: none yet */
	EQUALS(shm_unlink(NAME), 0);
}

CLAIM("L07-01", "ftruncate() fills with zeros, and may shrink under others")
{
	int fd = make_object(2 * PAGE);
	char *p = map(fd, 2 * PAGE);

	EQUALS(p[PAGE], 0);
	p[PAGE] = 'x';
	EQUALS(ftruncate(fd, PAGE), 0);
	EQUALS(store(p + PAGE), 128 + SIGBUS);
	EQUALS(ftruncate(fd, 2 * PAGE), 0);
	EQUALS(p[PAGE], 0);			/* the old byte is lost */
	EQUALS(shm_unlink(NAME), 0);
}

CLAIM("0-041", "mapping and descriptor are two ways to the same bytes")
{
	int fd = make_object(PAGE);
	char *p = map(fd, PAGE);

	EQUALS(write(fd, "WR", 2), 2);
	HOLDS(p[0] == 'W' && p[1] == 'R');
	EQUALS(shm_unlink(NAME), 0);
}

CLAIM("1-423", "close() closes the descriptor; the mapping stays")
{
	int fd = make_object(PAGE);
	char *p = map(fd, PAGE);

	EQUALS(close(fd), 0);
	strcpy(p, "after close");
	HOLDS(strcmp(p, "after close") == 0);
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
	int fd = open("file", O_RDWR | O_CREAT | O_EXCL, 0600);
	char *p;

	HOLDS(fd >= 0);
	EQUALS(ftruncate(fd, PAGE), 0);
	p = map(fd, PAGE);
	*p = 'f';
	EQUALS(unlink("file"), 0);
	EQUALS(*p, 'f');
	FAILS(unlink("file"), ENOENT);
}

CLAIM("1-412 1-414", "on Linux an object is a file in /dev/shm, a tmpfs")
{
	struct statfs fs;
	struct stat st;

	close(make_object(5000));
	EQUALS(stat("/dev/shm" NAME, &st), 0);
	EQUALS(st.st_size, 5000);
	EQUALS(statfs("/dev/shm", &fs), 0);
	EQUALS(fs.f_type, 0x01021994);		/* TMPFS_MAGIC */
	EQUALS(shm_unlink(NAME), 0);
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
	FILE *f = fopen("try.c", "w");

	HOLDS(f != NULL);
	fputs("#include <sys/mman.h>\n#include <sys/stat.h>\n"
	      "#include <fcntl.h>\n"
	      "int main(void)\n"
	      "{ return shm_open(\"/x\", O_RDWR, 0) != -1; }\n", f);
	fclose(f);
	if (system("command -v cc >/dev/null 2>&1") != 0)
		SKIP("there is no cc here; apt-get install gcc libc6-dev");
	EQUALS(system("cc -Wall -Werror try.c -o try && ./try"), 0);
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
	*count = (char)(*count + 1);
	HOLDS(write(go[1], "x", 1) == 1);
	EQUALS(ends(other), 0);
	EQUALS(*count, 1);
	EQUALS(shm_unlink(NAME), 0);
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
	*p = 'x';
	HOLDS(blocks(other));			/* the store wakes nobody */
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
	EQUALS(store(p + 1), 0);
	snprintf(cmd, sizeof cmd, "test ! -e /proc/self/fd/%d", fd);
	EQUALS(system(cmd), 0);
	EQUALS(system("! grep -q lesson07 /proc/self/maps"), 0);
	EQUALS(shm_unlink(NAME), 0);
}

CLAIM("L07-04", "the descriptor cannot be waited on: epoll says EPERM")
{
	struct epoll_event e = { .events = EPOLLIN };
	int fd = make_object(PAGE);
	int ep = epoll_create1(0);

	HOLDS(ep >= 0);
	FAILS(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e), EPERM);
	EQUALS(shm_unlink(NAME), 0);
}

CLAIM("L07-05", "O_TRUNC empties an object under those who have it mapped")
{
	char *p = map(make_object(PAGE), PAGE);

	*p = 'x';
	HOLDS(shm_open(NAME, O_RDWR | O_TRUNC, 0) >= 0);
	EQUALS(store(p), 128 + SIGBUS);
	EQUALS(shm_unlink(NAME), 0);
}

/* A tmpfs of 64 KiB stands for a /dev/shm that is full. */
CLAIM("L07-06", "when the memory is full a store is SIGBUS; ask beforehand")
{
	char *p;
	int fd;

	if (unshare(CLONE_NEWNS) == -1)
		SKIP("a small file system must be mounted; root may");
	HOLDS(mkdir("small", 0700) == 0);
	if (mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) == -1 ||
	    mount("tmpfs", "small", "tmpfs", 0, "size=64k") == -1)
		SKIP("mount: %s; root may", errno_name(errno));
	fd = open("small/object", O_RDWR | O_CREAT | O_EXCL, 0600);
	HOLDS(fd >= 0);
	EQUALS(ftruncate(fd, 1 << 20), 0);	/* a size is a promise only */
	p = map(fd, 1 << 20);
	for (int i = 0; i < 16; i++)
		p[i * PAGE] = 'x';
	EQUALS(store(p + 16 * PAGE), 128 + SIGBUS);
	EQUALS(posix_fallocate(fd, 0, 1 << 20), ENOSPC);
}

CLAIM("L07-07", "another user's object: EACCES to open it, and to remove it")
{
	umask(0);
	make_object(PAGE);
	if (fork() == 0) {
		become_another_user();
		FAILS(shm_open(NAME, O_RDONLY, 0), EACCES);
		FAILS(shm_unlink(NAME), EACCES);
		_exit(0);
	}
	EQUALS(ends(-1), 0);
	EQUALS(shm_unlink(NAME), 0);
}

CLAIM("L07-08", "254 characters after the slash fit, 256 do not")
{
	char name[258] = "/";

	memset(name + 1, 'n', 254);
	HOLDS(shm_open(name, O_RDWR | O_CREAT, 0600) != -1);
	EQUALS(shm_unlink(name), 0);
	memset(name + 1, 'n', 256);
	EQUALS(shm_open(name, O_RDWR | O_CREAT, 0600), -1);
	HOLDS(errno == ENAMETOOLONG ||
	      errno == EINVAL);			/* glibc before 2.34 */
}

CLAIM("L07-09", "ftruncate(): EINVAL below 0, and when opened only to read")
{
	int fd = make_object(PAGE), r = shm_open(NAME, O_RDONLY, 0);

	FAILS(ftruncate(fd, -1), EINVAL);
	FAILS(ftruncate(r, PAGE), EINVAL);
	EQUALS(shm_unlink(NAME), 0);
}
