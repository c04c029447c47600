/*
 * claims - what the notes say about POSIX named semaphores, executed
 *
 * Ids are rows of docs/claims.tsv; L10-.. are claims of this course. A proof
 * runs in a process of its own, with a deadline, so it may block or crash.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <pthread.h>
#include <semaphore.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../common/proof/claim.h"

CLAIMS_NEED(needs_shm)

#define NAME "/claims10"
#ifdef __GLIBC__
#define FILES "/dev/shm/sem."		/* of named semaphores */
#else
#define FILES "/dev/shm/"		/* musl adds nothing to the name */
#endif
#define IN_SHM FILES "claims10"

static sem_t *create(unsigned value)
{
	sem_t *sem = sem_open(NAME, O_CREAT | O_EXCL, 0600, value);

	HOLDS(sem != SEM_FAILED);
	return sem;
}

static sem_t *find(void)
{
	sem_t *sem = sem_open(NAME, 0);

	HOLDS(sem != SEM_FAILED);
	return sem;
}

static int value(sem_t *sem)
{
	int n = -7;

	HOLDS(sem_getvalue(sem, &n) == 0);
	return n;
}

/* sem_open() as a call that FAILS() can look at: 0, or -1. */
static int open_with(const char *name, int oflag, mode_t mode, unsigned n)
{
	sem_t *sem = sem_open(name, oflag, mode, n);

	return sem == SEM_FAILED ? -1 : sem_close(sem);
}

/* The same of one that is there already. */
static int opens(const char *name)
{
	return open_with(name, 0, 0, 0);
}

/* A child that waits, and exits with 0 or with the errno of its wait. */
static pid_t waiter(sem_t *sem)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(sem_wait(sem) == 0 ? 0 : errno);
	return pid;
}

static struct timespec soon(clockid_t clock, int ms)
{
	struct timespec t;

	HOLDS(clock_gettime(clock, &t) == 0);
	t.tv_sec += ms / 1000;
	t.tv_nsec += ms % 1000 * 1000000L;
	if (t.tv_nsec >= 1000000000L) {
		t.tv_nsec -= 1000000000L;
		t.tv_sec++;
	}
	return t;
}

static int is_before(struct timespec a, struct timespec b)
{
	return a.tv_sec < b.tv_sec ||
	       (a.tv_sec == b.tv_sec && a.tv_nsec < b.tv_nsec);
}

static ino_t inode(void)
{
	struct stat st;

	HOLDS(stat(IN_SHM, &st) == 0);
	return st.st_ino;
}

static mode_t mode_of_file(void)
{
	struct stat st;

	HOLDS(stat(IN_SHM, &st) == 0);
	return st.st_mode & 0777;
}

/* Does process PID have the file with that inode in its memory? By number,
 * for in its maker a semaphore stands under another, temporary name. */
static int is_mapped_in(pid_t pid, ino_t ino)
{
	char path[32];
	FILE *f;
	unsigned long seen;
	char line[512];
	int found = 0;

	snprintf(path, sizeof path, "/proc/%d/maps", (int)pid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof line, f))
		found |= strstr(line, FILES) &&
			 sscanf(line, "%*s %*s %*s %*s %lu", &seen) == 1 &&
			 seen == ino;
	HOLDS(f && fclose(f) == 0);
	return found;
}

static int is_mapped(ino_t ino)
{
	return is_mapped_in(getpid(), ino);
}

/* ------------------------------------------------------------ sem_open */

CLAIM("0-087 0-088 0-092 1-441 1-456 1-461",
      "sem_open(name, 0) opens; with O_CREAT, mode and value, it creates")
{
	sem_t *(*call)(const char *, int, ...) = sem_open;
	sem_t *sem;

	FAILS(opens(NAME), ENOENT);
	umask(0);
	sem = call(NAME, O_CREAT | O_EXCL, 0660, 3u);
	HOLDS(sem != SEM_FAILED);
	EQUALS(value(sem), 3);
	EQUALS(mode_of_file(), 0660);
	EQUALS(sem_close(sem), 0);
	sem = call(NAME, 0);
	HOLDS(sem != SEM_FAILED);
	EQUALS(value(sem), 3);
}

CLAIM("0-093 1-441", "O_CREAT on an existing name ignores mode and value")
{
	sem_t *sem;

	umask(0);
	create(1);
	for (int exists = 1; exists >= 0; exists--) {
		sem = sem_open(NAME, O_CREAT, 0666, 55);
		HOLDS(sem != SEM_FAILED);
		EQUALS(value(sem), exists ? 1 : 55);
		EQUALS(mode_of_file(), exists ? 0600 : 0666);
		HOLDS(sem_unlink(NAME) == 0);
	}
}

CLAIM("1-460", "sem_open() fails with SEM_FAILED, and errno says why")
{
	create(1);
	errno = 0;
	HOLDS(sem_open(NAME, O_CREAT | O_EXCL, 0600, 1) == SEM_FAILED);
	FAILS(open_with(NAME, O_CREAT | O_EXCL, 0600, 1), EEXIST);
	FAILS(opens("/claims10.none"), ENOENT);
}

CLAIM("L10-24", "SEM_FAILED is not -1: a test for that notices no error")
{
	sem_t *sem = sem_open("/claims10.none", 0);

	HOLDS(sem == SEM_FAILED && errno == ENOENT);
	HOLDS(sem != (sem_t *)-1);
}

CLAIM("1-459", "sem_open() returns an address, the same one when repeated")
{
	sem_t *sem = create(1), *other;

	HOLDS(find() == sem);
	HOLDS(sem_open(NAME, O_CREAT, 0600, 1) == sem);
	other = sem_open(NAME ".other", O_CREAT | O_EXCL, 0600, 1);
	HOLDS(other != SEM_FAILED && other != sem);
	HOLDS(sem_unlink(NAME ".other") == 0);
	for (int opened = 3; opened > 0; opened--) {
		HOLDS(is_mapped(inode()));	/* since the first of three */
		EQUALS(sem_close(sem), 0);
	}
	HOLDS(!is_mapped(inode()));
}

CLAIM("L10-01", "each sem_open() wants a sem_close(): the last one unmaps")
{
	sem_t *sem = create(1);

	HOLDS(find() == sem);
	EQUALS(sem_close(sem), 0);
	HOLDS(is_mapped(inode()));
	EQUALS(value(sem), 1);
	EQUALS(sem_close(sem), 0);
	HOLDS(!is_mapped(inode()));
}

CLAIM("0-089 1-457", "glibc takes a name without a slash: it is the same one")
{
	sem_t *sem = sem_open("claims10", O_CREAT | O_EXCL, 0600, 3);

	HOLDS(sem != SEM_FAILED);
	HOLDS(access(IN_SHM, F_OK) == 0);
	EQUALS(value(find()), 3);
}

CLAIM("0-089", "with O_CREAT it creates, or opens what is there")
{
	for (int is_there = 0; is_there <= 1; is_there++) {
		EQUALS(opens(NAME), is_there ? 0 : -1);
		EQUALS(open_with(NAME, O_CREAT, 0600, is_there ? 5 : 1), 0);
		EQUALS(value(find()), 1);	/* the second is the first */
	}
}

CLAIM("1-457", "a slash inside the name, or nothing but one, is EINVAL")
{
	FAILS(open_with("/a/b", O_CREAT, 0600, 1), EINVAL);
	FAILS(open_with("/a/", O_CREAT, 0600, 1), EINVAL);
	FAILS(open_with("/", O_CREAT, 0600, 1), EINVAL);
	FAILS(open_with("", O_CREAT, 0600, 1), EINVAL);
	FAILS(sem_unlink("/a/b"), ENOENT);
	HOLDS(open_with(NAME, O_CREAT, 0600, 1) == 0);	/* the rest is fine */
	EQUALS(value(find()), 1);
}

CLAIM("1-457", "251 characters after the slash fit, 252 are ENAMETOOLONG; "
      "sem_unlink() says ENOENT for them from glibc 2.43 on")
{
	char name[300] = "/";
	int version = glibc_version();

	memset(name + 1, 'x', 252);
	FAILS(open_with(name, O_CREAT, 0600, 1), ENAMETOOLONG);
	if (version == 242)		/* not seen: one of the two */
		HOLDS(sem_unlink(name) == -1);
	else if (version > 242)
		FAILS(sem_unlink(name), ENOENT);
	else
		FAILS(sem_unlink(name), ENAMETOOLONG);
	name[252] = '\0';
	EQUALS(strlen(name + 1), NAME_MAX - strlen("sem."));
	HOLDS(open_with(name, O_CREAT, 0600, 1) == 0);
	HOLDS(sem_unlink(name) == 0);
}

CLAIM("0-090 1-458 1-462", "oflag's access mode means nothing: O_RDONLY posts")
{
	const int mode[] = { O_RDONLY, O_WRONLY, O_RDWR };
	sem_t *sem;

	HOLDS(sem_close(create(1)) == 0);
	for (int i = 0; i < 3; i++) {
		sem = sem_open(NAME, mode[i]);
		HOLDS(sem != SEM_FAILED);
		EQUALS(value(sem), i + 1);
		EQUALS(sem_post(sem), 0);
		EQUALS(value(sem), i + 2);
		EQUALS(sem_close(sem), 0);	/* the next one maps anew */
	}
}

enum { CANNOT = 77 };		/* a child that may not do what it should */

static int opened_without_privilege;	/* how often that was tried */

/* 0, or the errno of a child's sem_open(). */
static int open_without_privilege(int oflag)
{
	opened_without_privilege++;
	if (fork() == 0) {
		become_ordinary_user();
		_exit(open_with(NAME, oflag, 0, 0) == 0 ? 0 : errno);
	}
	return ends(-1);
}

CLAIM("0-090 0-091 1-435", "who may only read cannot open it, even O_RDONLY")
{
	struct stat st;

	umask(0222);
	HOLDS(open_with(NAME, O_CREAT, 0666, 1) == 0);
	HOLDS(stat(IN_SHM, &st) == 0);
	EQUALS(st.st_mode & 0777, 0444);
	EQUALS(open_without_privilege(O_RDONLY), EACCES);
	HOLDS(chmod(IN_SHM, 0666) == 0);	/* who may do both, can */
	EQUALS(open_without_privilege(O_RDONLY), 0);
	EQUALS(opened_without_privilege, 2);
}

CLAIM("0-091 1-435", "of the mode the umask is taken away: 0666 becomes 0644")
{
	struct stat st;

	umask(0);
	HOLDS(open_with(NAME, O_CREAT, 0666, 1) == 0);
	HOLDS(stat(IN_SHM, &st) == 0);
	EQUALS(st.st_mode & 0777, 0666);
	HOLDS(sem_unlink(NAME) == 0);

	umask(022);
	HOLDS(open_with(NAME, O_CREAT, 0666, 1) == 0);
	HOLDS(stat(IN_SHM, &st) == 0);
	EQUALS(st.st_mode & 0777, 0644);
}

CLAIM("0-014", "chmod() on the file changes who may open the semaphore")
{
	umask(0);
	HOLDS(open_with(NAME, O_CREAT, 0666, 1) == 0);
	EQUALS(open_without_privilege(0), 0);
	HOLDS(chmod(IN_SHM, 0) == 0);
	EQUALS(open_without_privilege(0), EACCES);
	HOLDS(chmod(IN_SHM, 0666) == 0);
	EQUALS(open_without_privilege(0), 0);
	EQUALS(opened_without_privilege, 3);
}

/* A child that waits until all are ready, makes or opens it, and takes one. */
static pid_t one_of_many(const int ready[2], unsigned many)
{
	pid_t pid = fork();
	sem_t *sem;
	char c;

	if (pid == 0) {
		HOLDS(close(ready[1]) == 0);
		HOLDS(read(ready[0], &c, 1) == 0);	/* end-of-file: go */
		sem = sem_open(NAME, O_CREAT, 0600, many);
		HOLDS(sem != SEM_FAILED);
		_exit(sem_trywait(sem) == 0 ? 0 : errno);
	}
	return pid;
}

CLAIM("L10-21", "several call sem_open(O_CREAT) at once: one semaphore, and "
      "its first value is set once")
{
	enum { MANY = 8, ROUNDS = 20 };
	int ready[2];

	for (int round = 0; round < ROUNDS; round++) {
		HOLDS(pipe2(ready, O_CLOEXEC) == 0);
		for (int i = 0; i < MANY; i++)
			HOLDS(blocks(one_of_many(ready, MANY)));
		FAILS(opens(NAME), ENOENT);
		HOLDS(close(ready[0]) == 0 && close(ready[1]) == 0);
		for (int i = 0; i < MANY; i++)
			EQUALS(ends(-1), 0);
		EQUALS(value(find()), 0);	/* each of them took one */
		HOLDS(sem_unlink(NAME) == 0);
	}
}

/* A child that makes the semaphore, and stops at each of its system calls. */
static pid_t traced_maker(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == -1)
			_exit(CANNOT);
		raise(SIGSTOP);
		_exit(open_with(NAME, O_CREAT | O_EXCL, 0600, 7) != 0);
	}
	return pid;
}

/* Let it go on to its next stop: 1, or 0 when it has ended with *STATUS. */
static int next_stop(pid_t pid, int *status)
{
	HOLDS(waitpid(pid, status, 0) == pid);
	if (WIFSTOPPED(*status))
		return 1;
	if (WIFEXITED(*status) && WEXITSTATUS(*status) == CANNOT)
		SKIP("ptrace() is forbidden; see "
		     "/proc/sys/kernel/yama/ptrace_scope");
	return 0;
}

CLAIM("0-016", "at no system call of its maker is there a name without a value")
{
	int status, before = 0, after = 0;
	pid_t maker = traced_maker();
	sem_t *sem;

	while (next_stop(maker, &status)) {
		sem = sem_open(NAME, 0);
		if (sem == SEM_FAILED) {
			before++;
		} else {
			EQUALS(value(sem), 7);
			after++;
			HOLDS(sem_close(sem) == 0);
		}
		HOLDS(ptrace(PTRACE_SYSCALL, maker, NULL, NULL) == 0);
	}
	EQUALS(status, 0);
	HOLDS(before > 2 && after > 0);
}

/* The file in /dev/shm that PID has open as descriptor FD. */
static int has_open(pid_t pid, int fd, char *path, size_t size)
{
	char link[64];
	ssize_t n;

	snprintf(link, sizeof link, "/proc/%d/fd/%d", (int)pid, fd);
	n = readlink(link, path, size - 1);
	if (n == -1)
		return 0;
	path[n] = '\0';
	return strncmp(path, FILES, strlen(FILES)) == 0 &&
	       access(path, F_OK) == 0;
}

CLAIM("L10-16", "a maker killed inside sem_open() leaves a file, another name")
{
	pid_t maker = traced_maker();
	char path[256] = "";
	int status, hit = 0;

	while (next_stop(maker, &status)) {
		for (int fd = 3; fd < 64 && !hit; fd++)
			hit = has_open(maker, fd, path, sizeof path);
		HOLDS(ptrace(hit ? PTRACE_KILL : PTRACE_SYSCALL, maker, NULL,
			     NULL) == 0);
	}
	if (!hit)
		SKIP("this C library makes no such file");
	EQUALS(WTERMSIG(status), SIGKILL);
	FAILS(opens(NAME), ENOENT);
	HOLDS(strcmp(path, IN_SHM) != 0);
	HOLDS(unlink(path) == 0);
}

CLAIM("0-024", "a name is one semaphore: a file that is one sem_t long")
{
	struct stat st;
	ino_t ino;

	create(1);
	HOLDS(stat(IN_SHM, &st) == 0);
	EQUALS(st.st_size, sizeof(sem_t));
	HOLDS(open_with(NAME ".other", O_CREAT | O_EXCL, 0600, 1) == 0);
	ino = st.st_ino;
	HOLDS(stat(IN_SHM ".other", &st) == 0 && st.st_ino != ino);
	HOLDS(sem_unlink(NAME ".other") == 0);
}

CLAIM("1-434", "the name stands in the file system: /dev/shm/sem.NAME; in musl "
      "without the sem.")
{
	struct stat st;

	FAILS(stat(IN_SHM, &st), ENOENT);
	create(1);
	HOLDS(stat(IN_SHM, &st) == 0 && S_ISREG(st.st_mode));
	HOLDS(sem_unlink(NAME) == 0);
	FAILS(stat(IN_SHM, &st), ENOENT);
}

/* The restart itself cannot be run here. */
CLAIM("L10-17", "/dev/shm is a tmpfs, memory: nothing there outlives a reboot")
{
	struct statfs fs;

	create(1);
	HOLDS(statfs(IN_SHM, &fs) == 0);
	if (fs.f_type != TMPFS_MAGIC)
		SKIP("/dev/shm is no tmpfs here; mount -t tmpfs none /dev/shm");
}

CLAIM("L10-02", "the file is the semaphore: a copy is a second one")
{
	sem_t *sem = create(4), *copy;

	EQUALS(system("cp " IN_SHM " " IN_SHM ".copy"), 0);
	copy = sem_open(NAME ".copy", 0);
	HOLDS(copy != SEM_FAILED);
	EQUALS(sem_post(copy), 0);
	HOLDS(value(copy) == 5 && value(sem) == 4);
	HOLDS(sem_unlink(NAME ".copy") == 0);
	HOLDS(link(IN_SHM, IN_SHM ".link") == 0);
	copy = sem_open(NAME ".link", 0);	/* the same file */
	HOLDS(copy != SEM_FAILED);
	EQUALS(sem_post(copy), 0);
	HOLDS(value(copy) == 5 && value(sem) == 5);
	HOLDS(sem_unlink(NAME ".link") == 0);
}

CLAIM("L10-03", "an initial value above SEM_VALUE_MAX is EINVAL")
{
	FAILS(open_with(NAME, O_CREAT, 0600, SEM_VALUE_MAX + 1u), EINVAL);
	EQUALS(value(create(SEM_VALUE_MAX)), INT_MAX);
}

CLAIM("L10-04", "a descriptor is needed to open one, none to keep it open")
{
	sem_t *sem = create(0);
	int next = dup(0);
	struct rlimit few;

	HOLDS(getrlimit(RLIMIT_NOFILE, &few) == 0);
	HOLDS(next != -1 && close(next) == 0);
	HOLDS(sem_open(NAME, 0) == sem);
	EQUALS(dup(0), next);			/* so it has kept none */
	few.rlim_cur = (rlim_t)next + 1;
	HOLDS(setrlimit(RLIMIT_NOFILE, &few) == 0);
	FAILS(opens(NAME), EMFILE);
	EQUALS(sem_post(sem), 0);
	EQUALS(value(sem), 1);
	HOLDS(close(next) == 0);		/* now one is free */
	HOLDS(sem_open(NAME, 0) == sem);
}

/* ------------------------------------------- who shares it, how long */

/* A child that is told by a byte when to call FN, and exits with its result. */
static pid_t told(int (*fn)(void), int *tell)
{
	int go[2];
	pid_t pid;
	char c;

	HOLDS(pipe(go) == 0);
	pid = fork();
	if (pid == 0) {
		HOLDS(read(go[0], &c, 1) == 1);
		_exit(fn());
	}
	*tell = go[1];
	return pid;
}

static int takes(void)
{
	return sem_wait(find());
}

static int looks(void)
{
	return value(find());
}

CLAIM("0-027 1-435 4-021", "every process that knows the name shares it")
{
	int tell_a, tell_b;
	pid_t a = told(takes, &tell_a);		/* both exist before it does: */
	pid_t b = told(looks, &tell_b);		/* they inherit nothing */

	HOLDS(sem_close(create(3)) == 0);
	HOLDS(write(tell_a, "", 1) == 1);
	EQUALS(ends(a), 0);
	HOLDS(write(tell_b, "", 1) == 1);
	EQUALS(ends(b), 2);
}

CLAIM("0-101 1-442", "sem_close() ends this use of it; name and value stay")
{
	sem_t *sem = create(7);

	HOLDS(is_mapped(inode()));
	EQUALS(sem_close(sem), 0);
	HOLDS(!is_mapped(inode()));
	EQUALS(value(find()), 7);
}

CLAIM("0-028", "exit without sem_close() closes, and neither removes nor gives")
{
	if (fork() == 0) {
		HOLDS(sem_wait(create(3)) == 0);
		exit(0);
	}
	EQUALS(ends(-1), 0);
	EQUALS(value(find()), 2);
}

/* A process that has ended can be looked at until somebody waits for it. */
CLAIM("0-028", "exit without sem_close() closes: the mapping has gone")
{
	sem_t *sem = create(1);
	ino_t ino = inode();
	siginfo_t info;
	pid_t pid;

	HOLDS(sem_wait(sem) == 0);
	pid = waiter(sem);
	HOLDS(blocks(pid));
	HOLDS(is_mapped_in(pid, ino));
	HOLDS(sem_post(sem) == 0);
	HOLDS(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) == 0);
	HOLDS(!is_mapped_in(pid, ino));
	EQUALS(ends(pid), 0);
	HOLDS(is_mapped(ino));
}

CLAIM("0-028 1-154", "a holder that is killed gives nothing back")
{
	sem_t *sem = create(1);

	if (fork() == 0) {
		HOLDS(sem_wait(sem) == 0);
		raise(SIGKILL);
	}
	EQUALS(ends(-1), 128 + SIGKILL);
	EQUALS(value(sem), 0);
	FAILS(sem_trywait(sem), EAGAIN);
}

CLAIM("0-028", "a System V semaphore taken with SEM_UNDO does come back")
{
	struct sembuf up = { 0, 1, 0 }, down = { 0, -1, SEM_UNDO };
	int id = semget(IPC_PRIVATE, 1, 0600);

	HOLDS(id != -1 && semop(id, &up, 1) == 0);
	if (fork() == 0) {
		HOLDS(semop(id, &down, 1) == 0 &&
		      semctl(id, 0, GETVAL) == 0);
		raise(SIGKILL);
	}
	EQUALS(ends(-1), 128 + SIGKILL);
	EQUALS(semctl(id, 0, GETVAL), 1);
	HOLDS(semctl(id, 0, IPC_RMID) == 0);
}

CLAIM("L10-05", "fork() hands it down; what the child closes stays open here")
{
	sem_t *sem = create(0);

	if (fork() == 0) {
		HOLDS(is_mapped(inode()));	/* without a sem_open() */
		EQUALS(sem_post(sem), 0);
		EQUALS(sem_close(sem), 0);
		HOLDS(!is_mapped(inode()));
		_exit(0);
	}
	EQUALS(ends(-1), 0);
	HOLDS(is_mapped(inode()));
	EQUALS(value(sem), 1);
}

CLAIM("L10-06", "exec drops it: the new program has nothing mapped")
{
	int in[2], out[2];
	pid_t child;
	char c;

	create(0);
	HOLDS(pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0);
	child = fork();
	if (child == 0) {
		HOLDS(dup2(in[0], STDIN_FILENO) != -1);
		HOLDS(dup2(out[1], STDOUT_FILENO) != -1);
		HOLDS(read(STDIN_FILENO, &c, 1) == 1);	/* the x */
		execlp("cat", "cat", (char *)NULL);
		_exit(127);
	}
	HOLDS(close(out[1]) == 0);
	for (int is_cat = 0; is_cat <= 1; is_cat++) {
		EQUALS(is_mapped_in(child, inode()), !is_cat);
		HOLDS(write(in[1], "xy", 2) == 2);
		HOLDS(read(out[0], &c, 1) == 1);	/* cat says it */
	}
	HOLDS(close(in[1]) == 0);
	EQUALS(ends(child), 0);
}

CLAIM("0-102 1-477 1-478", "sem_unlink() removes: 0, and then -1 with ENOENT")
{
	create(1);
	EQUALS(sem_unlink(NAME), 0);
	FAILS(opens(NAME), ENOENT);
	FAILS(sem_unlink(NAME), ENOENT);
}

CLAIM("0-103 1-443", "the name goes at once, the semaphore with its last user")
{
	sem_t *old = create(1);
	ino_t ino = inode();

	EQUALS(sem_unlink(NAME), 0);
	FAILS(opens(NAME), ENOENT);
	EQUALS(sem_post(old), 0);
	EQUALS(value(old), 2);
	HOLDS(is_mapped(ino));
	EQUALS(sem_close(old), 0);
	HOLDS(!is_mapped(ino));
}

CLAIM("0-103", "unlinked and made again: two semaphores had the same name")
{
	sem_t *old = create(1), *fresh;

	EQUALS(sem_unlink(NAME), 0);
	fresh = create(9);
	HOLDS(fresh != old && value(fresh) == 9 && value(old) == 1);
	EQUALS(sem_post(old), 0);
	HOLDS(value(fresh) == 9 && value(old) == 2);
}

CLAIM("L10-07", "sem_unlink() wakes nobody, and the new one does not either")
{
	sem_t *old = create(0), *fresh;
	pid_t pid = waiter(old);

	HOLDS(blocks(pid));
	EQUALS(sem_unlink(NAME), 0);
	FAILS(opens(NAME), ENOENT);
	HOLDS(blocks(pid));
	fresh = create(0);
	EQUALS(sem_post(fresh), 0);
	EQUALS(value(fresh), 1);
	HOLDS(blocks(pid));
	EQUALS(sem_post(old), 0);
	EQUALS(ends(pid), 0);
}

CLAIM("L10-08", "only the owner may sem_unlink(): /dev/shm is sticky")
{
	struct stat st;

	HOLDS(stat("/dev/shm", &st) == 0);
	EQUALS(st.st_mode & 01002, 01002);	/* all may make files */
	umask(0);
	HOLDS(open_with(NAME, O_CREAT, 0666, 1) == 0);
	if (fork() == 0) {
		become_another_user();
		EQUALS(value(find()), 1);	/* it may use it */
		FAILS(sem_unlink(NAME), EACCES);
		HOLDS(open_with(NAME ".own", O_CREAT, 0666, 1) == 0);
		_exit(sem_unlink(NAME ".own") != 0);	/* as its owner */
	}
	EQUALS(ends(-1), 0);
	FAILS(opens(NAME ".own"), ENOENT);
	HOLDS(sem_unlink(NAME) == 0);
}

/* --------------------------------------------------------- down and up */

CLAIM("0-094 0-097 1-468", "sem_wait() and sem_post() take a sem_t *: 0, or -1")
{
	int (*down)(sem_t *) = sem_wait;
	int (*up)(sem_t *) = sem_post;
	sem_t *sem = create(0);

	EQUALS(up(sem), 0);
	EQUALS(down(sem), 0);
	FAILS(sem_trywait(sem), EAGAIN);
}

CLAIM("1-431 1-447 1-466", "sem_post() adds one, never more")
{
	sem_t *sem = create(0);

	EQUALS(sem_post(sem), 0);
	EQUALS(value(sem), 1);
	EQUALS(sem_post(sem), 0);
	EQUALS(value(sem), 2);
}

CLAIM("0-098 1-431 1-444", "above 0 sem_wait() takes one and goes on")
{
	sem_t *sem = create(2);

	EQUALS(sem_wait(sem), 0);
	EQUALS(value(sem), 1);
}

CLAIM("0-072 0-099 1-444 1-463 2-021", "at 0 sem_wait() sleeps until a post")
{
	sem_t *sem = create(0);
	pid_t pid = waiter(sem);

	HOLDS(blocks(pid));
	EQUALS(sem_post(sem), 0);
	EQUALS(ends(pid), 0);
	EQUALS(value(sem), 0);
}

CLAIM("0-096", "a post wakes one of the waiters; the others sleep on")
{
	sem_t *sem = create(0);
	pid_t a = waiter(sem), b = waiter(sem), left;
	int status;

	HOLDS(blocks(a) && blocks(b));
	EQUALS(sem_post(sem), 0);
	left = wait(&status);
	HOLDS((left == a || left == b) && status == 0);
	HOLDS(blocks(left == a ? b : a));
	EQUALS(sem_post(sem), 0);
	EQUALS(ends(-1), 0);
}

/* The child's wait is over, and we hold it at the last step of its system call.
 * So it is we who come first. */
CLAIM("L10-19", "a post wakes a sleeper, but does not hand it the unit: a "
      "process that comes now may take it, and the sleeper sleeps again")
{
	sem_t *sem = create(0);
	pid_t pid = fork(), stopped = 0;
	int status;

	if (pid == 0) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == -1)
			_exit(CANNOT);
		raise(SIGSTOP);
		_exit(sem_wait(sem) == 0 ? 0 : errno);
	}
	HOLDS(next_stop(pid, &status));
	do {				/* until it sleeps in futex() */
		HOLDS(ptrace(PTRACE_SYSCALL, pid, NULL, NULL) == 0);
		do {
			stopped = waitpid(pid, &status, WNOHANG);
		} while (stopped == 0 && is_blocked(pid) != 1);
		HOLDS(stopped != pid || WIFSTOPPED(status));
	} while (stopped == pid);

	EQUALS(sem_post(sem), 0);
	HOLDS(next_stop(pid, &status));	/* it was woken */
	EQUALS(sem_trywait(sem), 0);
	HOLDS(ptrace(PTRACE_DETACH, pid, NULL, NULL) == 0);
	HOLDS(blocks(pid));
	EQUALS(sem_post(sem), 0);
	EQUALS(ends(pid), 0);
}

/* Two processes take turns. Each one sees all that the other one has stored,
 * though the memory itself is plain. */
CLAIM("L10-20", "what is stored before sem_post() is seen after the sem_wait()")
{
	enum { ROUNDS = 20000, WORDS = 64 };
	sem_t *filled = create(0), *emptied;
	int *word = mmap(NULL, WORDS * sizeof *word, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	HOLDS(word != MAP_FAILED);
	emptied = sem_open(NAME ".emptied", O_CREAT | O_EXCL, 0600, 1);
	HOLDS(emptied != SEM_FAILED && sem_unlink(NAME ".emptied") == 0);
	if (fork() == 0) {
		for (int round = 1; round <= ROUNDS; round++) {
			HOLDS(sem_wait(emptied) == 0);
			for (int i = 0; i < WORDS; i++)
				word[i] = round;
			HOLDS(sem_post(filled) == 0);
		}
		_exit(0);
	}
	for (int round = 1; round <= ROUNDS; round++) {
		HOLDS(sem_wait(filled) == 0);
		for (int i = 0; i < WORDS; i++)
			EQUALS(word[i], round);
		HOLDS(sem_post(emptied) == 0);
	}
	EQUALS(ends(-1), 0);
	EQUALS(word[WORDS - 1], 20000);
}

static void *post(void *sem)
{
	HOLDS(syscall(SYS_gettid) != getpid());	/* not the first thread */
	return sem_post(sem) == 0 ? sem : NULL;
}

CLAIM("0-071", "it synchronises threads, and processes just the same")
{
	sem_t *sem = create(0);
	pthread_t thread;
	void *result;
	pid_t pid;

	EQUALS(pthread_create(&thread, NULL, post, sem), 0);
	EQUALS(sem_wait(sem), 0);
	EQUALS(pthread_join(thread, &result), 0);
	HOLDS(result == sem);
	EQUALS(value(sem), 0);
	pid = waiter(sem);
	HOLDS(blocks(pid));			/* until we post */
	EQUALS(sem_post(sem), 0);
	EQUALS(ends(pid), 0);
	EQUALS(value(sem), 0);
}

CLAIM("1-445 1-464", "sem_trywait() never waits: one less, or EAGAIN")
{
	sem_t *sem = create(1);
	pid_t pid;

	EQUALS(sem_trywait(sem), 0);
	pid = waiter(sem);
	HOLDS(blocks(pid));			/* sem_wait() waits now, and */
	FAILS(sem_trywait(sem), EAGAIN);
	EQUALS(value(sem), 0);
	EQUALS(sem_post(sem), 0);
	EQUALS(ends(pid), 0);
}

CLAIM("1-448", "sem_getvalue() reads the value: 0, not -1, while one waits")
{
	sem_t *sem = create(0);
	pid_t pid = waiter(sem);

	HOLDS(blocks(pid));
	EQUALS(value(sem), 0);
	EQUALS(sem_post(sem), 0);
	EQUALS(ends(pid), 0);
	for (int i = 0; i < 3; i++)
		EQUALS(sem_post(sem), 0);
	EQUALS(value(sem), 3);
}

CLAIM("L10-23", "what sem_getvalue() told may be old: 1 before, none is left")
{
	sem_t *sem = create(1);
	int seen = value(sem);

	if (fork() == 0)
		_exit(sem_wait(sem) != 0);
	EQUALS(ends(-1), 0);
	EQUALS(seen, 1);
	FAILS(sem_trywait(sem), EAGAIN);
}

CLAIM("L10-09", "nobody owns it: who never took may post, past the start")
{
	sem_t *sem = create(1);

	if (fork() == 0)
		_exit(sem_post(sem) != 0);
	EQUALS(ends(-1), 0);
	EQUALS(value(sem), 2);
}

CLAIM("1-471 L10-10",
      "a post at SEM_VALUE_MAX is EOVERFLOW and changes nothing")
{
	sem_t *sem = create(SEM_VALUE_MAX);

	EQUALS(sysconf(_SC_SEM_VALUE_MAX), SEM_VALUE_MAX);
	EQUALS(sem_wait(sem), 0);
	EQUALS(sem_post(sem), 0);		/* one below it, it adds */
	EQUALS(value(sem), SEM_VALUE_MAX);
	FAILS(sem_post(sem), EOVERFLOW);
	EQUALS(value(sem), SEM_VALUE_MAX);
}

/* ------------------------------------------------------------ with time */

/* A child in sem_timedwait() until that date. */
static pid_t waiter_until(sem_t *sem, struct timespec limit)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(sem_timedwait(sem, &limit) == 0 ? 0 : errno);
	return pid;
}

static int waits_seen;

/* A date that no run of a proof lives to see: it waits, until we post. */
static void waits_for_post(sem_t *sem, struct timespec limit)
{
	pid_t pid = waiter_until(sem, limit);

	HOLDS(blocks(pid));
	EQUALS(sem_post(sem), 0);
	EQUALS(ends(pid), 0);
	waits_seen++;
}

CLAIM("1-157 1-446", "sem_timedwait() gives up at its time: ETIMEDOUT")
{
	struct timespec begun, limit;
	sem_t *sem = create(0);

	waits_for_post(sem, soon(CLOCK_REALTIME, 1000000));
	for (int ms = 20; ms <= 40; ms += 20) {
		begun = soon(CLOCK_MONOTONIC, ms);
		limit = soon(CLOCK_REALTIME, ms);
		FAILS(sem_timedwait(sem, &limit), ETIMEDOUT);
		HOLDS(!is_before(soon(CLOCK_REALTIME, 0), limit));
		HOLDS(!is_before(soon(CLOCK_MONOTONIC, 0), begun));
	}
	EQUALS(waits_seen, 1);
}

/* Taken for ten seconds from now, this proof would pass its deadline. */
CLAIM("1-465 1-472", "the time is a date: ten seconds are 1970, long past")
{
	struct timespec ten = { 10, 0 };
	sem_t *sem = create(0);

	EQUALS(gmtime(&ten.tv_sec)->tm_year + 1900, 1970);
	waits_for_post(sem, soon(CLOCK_REALTIME, 1000000));
	FAILS(sem_timedwait(sem, &ten), ETIMEDOUT);
	EQUALS(sem_post(sem), 0);
	EQUALS(sem_timedwait(sem, &ten), 0);	/* free: nothing to wait for */
	EQUALS(waits_seen, 1);
}

CLAIM("1-473", "time(NULL) + 10 cuts off the fraction: less than 10 seconds")
{
	struct timespec begun = { 0, 0 }, whole;

	do {		/* again, if a second has just ended */
		begun.tv_sec = time(NULL) + 10;
		whole = soon(CLOCK_REALTIME, 10000);
	} while (begun.tv_sec != whole.tv_sec || whole.tv_nsec == 0);
	HOLDS(is_before(begun, whole));
	begun.tv_sec -= 10;		/* "now" by time(): already past */
	FAILS(sem_timedwait(create(0), &begun), ETIMEDOUT);
}

CLAIM("1-467 1-473", "timespec: seconds and nanoseconds below 1000000000")
{
	struct timespec limit = { .tv_sec = 10, .tv_nsec = 999999999 };
	sem_t *sem = create(0);

	FAILS(sem_timedwait(sem, &limit), ETIMEDOUT);
	limit.tv_nsec = 1000000000;
	FAILS(sem_timedwait(sem, &limit), EINVAL);
	limit.tv_nsec = -1;
	FAILS(sem_timedwait(sem, &limit), EINVAL);
}

CLAIM("1-467", "glibc looks at the nanoseconds even if the semaphore is free")
{
	struct timespec limit = { 10, 1000000000 };
	sem_t *sem = create(1);

#ifndef __GLIBC__
	SKIP("this C library is not glibc");
#endif
	EQUALS(value(sem), 1);			/* free before and after */
	FAILS(sem_timedwait(sem, &limit), EINVAL);
	EQUALS(value(sem), 1);
	limit.tv_nsec--;
	EQUALS(sem_timedwait(sem, &limit), 0);	/* it is free, after all */
}

CLAIM("L10-11", "sem_timedwait() goes by CLOCK_REALTIME, no other clock")
{
	const clockid_t other[] = { CLOCK_MONOTONIC, CLOCK_BOOTTIME,
				    CLOCK_PROCESS_CPUTIME_ID };
	struct timespec limit;
	sem_t *sem = create(0);

	for (int i = 0; i < 3; i++) {	/* by that clock it is days away */
		limit = soon(other[i], 1000000000);
		FAILS(sem_timedwait(sem, &limit), ETIMEDOUT);
	}
	waits_for_post(sem, soon(CLOCK_REALTIME, 1000000000));
	EQUALS(waits_seen, 1);
}

#ifdef __GLIBC_PREREQ			/* musl has neither */
#if __GLIBC_PREREQ(2, 30)
#define HAS_CLOCKWAIT
#endif
#endif

CLAIM("L10-12", "sem_clockwait() takes CLOCK_MONOTONIC, which nobody sets")
{
#ifdef HAS_CLOCKWAIT
	struct timespec limit = soon(CLOCK_MONOTONIC, 20);
	sem_t *sem = create(0);
	pid_t pid;

	FAILS(sem_clockwait(sem, CLOCK_MONOTONIC, &limit), ETIMEDOUT);
	HOLDS(!is_before(soon(CLOCK_MONOTONIC, 0), limit));
	FAILS(sem_clockwait(sem, CLOCK_BOOTTIME, &limit), EINVAL);

	limit = soon(CLOCK_REALTIME, 0);	/* by that clock, years away */
	HOLDS(clock_settime(CLOCK_MONOTONIC, &limit) == -1);
	HOLDS(errno == EINVAL || errno == EPERM);	/* root: EINVAL */
	pid = fork();
	if (pid == 0)
		_exit(sem_clockwait(sem, CLOCK_MONOTONIC, &limit) != 0);
	HOLDS(blocks(pid));
	EQUALS(sem_post(sem), 0);
	EQUALS(ends(pid), 0);
#else
	SKIP("sem_clockwait() needs glibc 2.30 or later");
#endif
}

/* -------------------------------------------------------- with signals */

static int handled[2];			/* a byte for each handler call */
static sem_t *post_in_handler;

static void handler(int sig)
{
	int err = errno;

	(void)sig;
	if (post_in_handler)
		sem_post(post_in_handler);
	if (write(handled[1], "", 1) != 1)
		_exit(99);
	errno = err;
}

enum how { BY_WAIT, BY_TIMEDWAIT, BY_SEMOP };

/* A child that waits HOW, with SIGUSR1 handled under FLAGS. Returns when it
 * sleeps, has got the signal, and its handler has run. */
static pid_t interrupted(enum how how, sem_t *sem, int id, int flags)
{
	struct sigaction act = { .sa_handler = handler, .sa_flags = flags };
	struct timespec limit = soon(CLOCK_REALTIME, 9000);
	struct sembuf down = { 0, -1, 0 };
	int ret = -1;
	pid_t pid;
	char c;

	HOLDS(pipe(handled) == 0);
	HOLDS(sigaction(SIGUSR1, &act, NULL) == 0);
	pid = fork();
	if (pid == 0) {
		switch (how) {
		case BY_WAIT: ret = sem_wait(sem); break;
		case BY_TIMEDWAIT: ret = sem_timedwait(sem, &limit); break;
		case BY_SEMOP: ret = semop(id, &down, 1); break;
		}
		_exit(ret == 0 ? 0 : errno);
	}
	HOLDS(blocks(pid));
	HOLDS(kill(pid, SIGUSR1) == 0);
	EQUALS(read(handled[0], &c, 1), 1);
	return pid;
}

CLAIM("0-100", "a handler without SA_RESTART ends sem_wait(): EINTR")
{
	sem_t *sem = create(0);

	EQUALS(ends(interrupted(BY_WAIT, sem, 0, 0)), EINTR);
	EQUALS(value(sem), 0);
}

CLAIM("0-100", "with SA_RESTART sem_wait() goes on waiting for its post")
{
	sem_t *sem = create(0);
	pid_t pid = interrupted(BY_WAIT, sem, 0, (int)SA_RESTART);

	HOLDS(blocks(pid));
	EQUALS(sem_post(sem), 0);
	EQUALS(ends(pid), 0);
}

CLAIM("0-100", "an ignored signal does not end sem_wait()")
{
	sem_t *sem = create(0);
	pid_t pid;

	for (int ignored = 1; ignored >= 0; ignored--) {
		HOLDS(signal(SIGUSR1, ignored ? SIG_IGN : SIG_DFL) != SIG_ERR);
		pid = waiter(sem);
		HOLDS(blocks(pid));
		HOLDS(kill(pid, SIGUSR1) == 0);
		if (ignored) {
			HOLDS(blocks(pid));
			EQUALS(sem_post(sem), 0);
		}
		EQUALS(ends(pid), ignored ? 0 : 128 + SIGUSR1);
	}
}

CLAIM("0-100", "System V differs: semop() is EINTR even with SA_RESTART")
{
	int id = semget(IPC_PRIVATE, 1, 0600);

	HOLDS(id != -1);
	EQUALS(ends(interrupted(BY_SEMOP, NULL, id, 0)), EINTR);
	EQUALS(ends(interrupted(BY_SEMOP, NULL, id, (int)SA_RESTART)), EINTR);
	HOLDS(has_restart(SIGUSR1));
	HOLDS(semctl(id, 0, IPC_RMID) == 0);
}

CLAIM("L10-13", "sem_timedwait() is EINTR even with SA_RESTART, with glibc; "
      "with musl it goes on where every handler has that flag; nothing is "
      "taken")
{
	sem_t *sem = create(0);
	pid_t pid;

	pid = interrupted(BY_TIMEDWAIT, sem, 0, (int)SA_RESTART);
	HOLDS(has_restart(SIGUSR1));
	if (glibc_version()) {
		EQUALS(ends(pid), EINTR);
	} else {
		HOLDS(blocks(pid));
		EQUALS(sem_post(sem), 0);
		EQUALS(ends(pid), 0);
	}
	EQUALS(ends(interrupted(BY_TIMEDWAIT, sem, 0, 0)), EINTR);
	EQUALS(value(sem), 0);
	EQUALS(sem_post(sem), 0);
	EQUALS(value(sem), 1);
}

static void stop_and_continue(pid_t pid)
{
	int status;

	HOLDS(kill(pid, SIGSTOP) == 0);
	EQUALS(waitpid(pid, &status, WUNTRACED), pid);
	HOLDS(WIFSTOPPED(status));
	HOLDS(kill(pid, SIGCONT) == 0);
}

CLAIM("L10-18", "a stop and a continue end neither sem_wait() nor "
      "sem_timedwait()")
{
	sem_t *sem = create(0);
	pid_t pid = waiter(sem);
	int status;

	HOLDS(blocks(pid));
	stop_and_continue(pid);
	EQUALS(waitpid(pid, &status, WCONTINUED), pid);
	HOLDS(WIFCONTINUED(status) && blocks(pid));
	EQUALS(sem_post(sem), 0);
	EQUALS(ends(pid), 0);

	pid = waiter_until(sem, soon(CLOCK_REALTIME, 60000));
	HOLDS(blocks(pid));
	stop_and_continue(pid);
	EQUALS(waitpid(pid, &status, WCONTINUED), pid);
	HOLDS(WIFCONTINUED(status) && blocks(pid));
	EQUALS(sem_post(sem), 0);
	EQUALS(ends(pid), 0);
}

/* The letter that /proc has for what PID does: T is stopped (proc(5)). */
static char state_of(pid_t pid)
{
	char path[40], line[256], *end;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	f = fopen(path, "re");
	HOLDS(f != NULL && fgets(line, sizeof line, f) != NULL);
	HOLDS(fclose(f) == 0);
	end = strrchr(line, ')');		/* the name may have any */
	HOLDS(end != NULL);
	return end[2];
}

/* On a busy machine the date may come before the stop: then a later one. */
CLAIM("L10-18", "the limit of sem_timedwait() comes for a stopped process, too")
{
	sem_t *sem = create(0);
	struct timespec limit;
	int status, ms = 50;
	pid_t pid;

	do {
		ms *= 2;
		limit = soon(CLOCK_REALTIME, ms);
		pid = waiter_until(sem, limit);
		blocks(pid);
		HOLDS(kill(pid, SIGSTOP) == 0);
		EQUALS(waitpid(pid, &status, WUNTRACED), pid);
	} while (!WIFSTOPPED(status));
	FAILS(sem_timedwait(sem, &limit), ETIMEDOUT);	/* we wait as long */
	EQUALS(state_of(pid), 'T');		/* stopped all the time */
	HOLDS(kill(pid, SIGCONT) == 0);
	EQUALS(blocks(pid), 0);			/* it ends at once */
	EQUALS(ends(pid), ETIMEDOUT);
}

CLAIM("L10-14", "a signal handler may sem_post(): here it wakes its own wait")
{
	post_in_handler = create(0);
	EQUALS(ends(interrupted(BY_WAIT, post_in_handler, 0,
				(int)SA_RESTART)), 0);
}

static sem_t *held;

static void give_back(int sig)
{
	sem_post(held);
	signal(sig, SIG_DFL);
	raise(sig);
}

CLAIM("L10-22", "a handler can give back before the process dies of its "
      "signal; of SIGKILL it dies without")
{
	held = create(1);
	for (int kills = 0; kills <= 1; kills++) {
		pid_t pid = fork();
		int sig = kills ? SIGKILL : SIGTERM;

		if (pid == 0) {
			HOLDS(signal(SIGTERM, give_back) != SIG_ERR);
			HOLDS(sem_wait(held) == 0);
			for (;;)
				pause();
		}
		HOLDS(blocks(pid));
		EQUALS(value(held), 0);
		HOLDS(kill(pid, sig) == 0);
		EQUALS(ends(pid), 128 + sig);
		EQUALS(value(held), kills ? 0 : 1);
	}
}

/* ------------------------------------------------- what it is made of */

static void need_64_bits(void)
{
	if (sizeof(sem_t) != 32)
		SKIP("where the value stands is known for 64 bits and glibc");
}

CLAIM("4-064", "the value is a word in memory: who may write the file sets it")
{
	sem_t *sem = create(5);
	int fd = open(IN_SHM, O_RDWR | O_CLOEXEC);
	uint64_t word;

	need_64_bits();
	memcpy(&word, sem, sizeof word);
	EQUALS(word, 5);
	HOLDS(fd != -1);
	EQUALS(pread(fd, &word, sizeof word, 0), sizeof word);
	EQUALS(word, 5);
	word = 9;
	EQUALS(pwrite(fd, &word, sizeof word, 0), sizeof word);
	EQUALS(value(sem), 9);
}

CLAIM("4-064", "the kernel is asked only to sleep: free, no futex() is called")
{
	sem_t *sem = create(1000);

	if (fork() == 0) {
		forbid_system_calls();
		while (!sem_wait(sem) && !sem_post(sem) && !sem_wait(sem))
			continue;	/* in the last round it would sleep, */
		_exit(1);
	}
	EQUALS(ends(-1), 128 + SIGSYS);		/* and dies of that call */
	EQUALS(value(sem), 0);			/* all of them are taken */
}

extern int sem_unlock(const char *) __attribute__((weak));

CLAIM("1-476", "the call is sem_unlink(); there is no sem_unlock()")
{
	HOLDS(!sem_unlock);
	create(1);
	EQUALS(sem_unlink(NAME), 0);
}

/* Its module _multiprocessing calls sem_open() with the name as it is. */
#define PYTHON								\
	"import struct, sys\n"						\
	"if struct.calcsize('P') != int(sys.argv[1]):\n"		\
	"    sys.exit(78)\n"						\
	"try:\n"							\
	"    from _multiprocessing import SemLock\n"			\
	"except ImportError:\n"						\
	"    sys.exit(77)\n"						\
	"ping, pong = (SemLock._rebuild(0, 1, 9, '" NAME "' + s)\n"	\
	"              for s in ('ping', 'pong'))\n"			\
	"ping.release()\n"						\
	"pong.acquire()\n"

CLAIM("L10-15", "a Python program and a C program share a named semaphore, if "
      "both have the same word size: it gives a sem_t its form")
{
	sem_t *ping = sem_open(NAME "ping", O_CREAT | O_EXCL, 0600, 0);
	sem_t *pong = sem_open(NAME "pong", O_CREAT | O_EXCL, 0600, 1);
	pid_t pid = fork();
	char word_size[8];
	int status;

	if (pid == 0) {
		snprintf(word_size, sizeof word_size, "%zu", sizeof(void *));
		execlp("python3", "python3", "-c", PYTHON, word_size,
		       (char *)NULL);
		_exit(CANNOT);
	}
	status = ends(pid);
	if (status == CANNOT)
		SKIP("no python3 with multiprocessing; apt-get install "
		     "python3");
	if (status == 78)
		SKIP("python3 here has another word size than this program; "
		     "compile without -m32");
	EQUALS(status, 0);
	HOLDS(value(ping) == 1 && value(pong) == 0);
	HOLDS(sem_unlink(NAME "ping") == 0 && sem_unlink(NAME "pong") == 0);
}
