/*
 * claims - what the notes say about FIFOs, executed
 *
 * Ids are rows of docs/claims.tsv; L02-.. are claims of this course. A proof
 * runs in a process of its own, in an empty folder, with a deadline, so it
 * may use plain names, block or crash.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../common/proof/claim.h"

#define FIFO "my_fifo"

static void make_fifo(const char *path)
{
	HOLDS(mkfifo(path, 0600) == 0);
}

/* Open FIFO; FLAGS must be such that this does not wait. */
static int open_fifo(int flags)
{
	int fd = open(FIFO, flags);

	HOLDS(fd != -1);
	return fd;
}

/* Both ends in one process: the reader first, for it need not wait. */
static void open_both(int *reader, int *writer)
{
	make_fifo(FIFO);
	*reader = open_fifo(O_RDONLY | O_NONBLOCK);
	*writer = open_fifo(O_WRONLY | O_NONBLOCK);
}

/* A child that opens FIFO, does nothing with it, and ends. */
static pid_t fork_opener(int flags)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(open(FIFO, flags) == -1);
	return pid;
}

static void put(int fd, const char *text)
{
	EQUALS(write(fd, text, strlen(text)), strlen(text));
}

/* One read() must give exactly TEXT. */
static void get(int fd, const char *text)
{
	char buf[64] = "";

	EQUALS(read(fd, buf, sizeof buf - 1), strlen(text));
	HOLDS(strcmp(buf, text) == 0);
}

static long fill(int fd)
{
	char page[PIPE_BUF] = { 0 };
	long total = 0;

	while (write(fd, page, sizeof page) == sizeof page)
		total += PIPE_BUF;
	FAILS(write(fd, page, sizeof page), EAGAIN);
	return total;
}

static int events(int fd, short wanted)
{
	struct pollfd p = { .fd = fd, .events = wanted };

	HOLDS(poll(&p, 1, 0) != -1);
	return p.revents;
}

/* ------------------------------------------------ the name and the type */

CLAIM("2-050 3-011", "mkfifo() makes a file of type FIFO")
{
	struct stat st;

	FAILS(lstat(FIFO, &st), ENOENT);
	EQUALS(mkfifo(FIFO, 0600), 0);
	HOLDS(lstat(FIFO, &st) == 0 && S_ISFIFO(st.st_mode));
}

CLAIM("2-053", "mkfifo() returns 0, or -1: EEXIST, ENOENT, ENOTDIR")
{
	const char *path[] = { FIFO, FIFO, "nowhere/" FIFO, FIFO "/x" };
	const int error[] = { 0, EEXIST, ENOENT, ENOTDIR };

	for (int i = 0; i < 4; i++) {
		errno = 0;
		EQUALS(mkfifo(path[i], 0600), i == 0 ? 0 : -1);
		EQUALS(errno, error[i]);
	}
}

CLAIM("2-053", "any name that is taken is EEXIST, a dangling link too")
{
	HOLDS(symlink("nowhere", "link") == 0);
	HOLDS(mkdir("folder", 0700) == 0);
	HOLDS(close(open("file", O_WRONLY | O_CREAT, 0600)) == 0);
	make_fifo(FIFO);
	FAILS(mkfifo("link", 0600), EEXIST);
	FAILS(mkfifo("folder", 0600), EEXIST);
	FAILS(mkfifo("file", 0600), EEXIST);
	FAILS(mkfifo(FIFO, 0600), EEXIST);

	FAILS(open("link", O_RDONLY), ENOENT);	/* it leads nowhere */
	HOLDS(unlink("link") == 0);
	EQUALS(mkfifo("link", 0600), 0);	/* now the name is free */
}

CLAIM("2-053", "a name longer than 255 bytes is ENAMETOOLONG")
{
	char name[] = "x";
	char longest[255 + 2] = "";

	memset(longest, name[0], 255);
	EQUALS(mkfifo(longest, 0600), 0);
	longest[255] = name[0];
	FAILS(mkfifo(longest, 0600), ENAMETOOLONG);
}

CLAIM("2-052", "the permissions are mode & ~umask: 0666 gives 0644")
{
	const mode_t mask[] = { 022, 025, 027, 0 };
	const mode_t want[] = { 0644, 0642, 0640, 0666 };
	struct stat st;

	for (int i = 0; i < 4; i++) {
		umask(mask[i]);
		HOLDS(mkfifo(FIFO, 0666) == 0 && stat(FIFO, &st) == 0);
		EQUALS(st.st_mode & 07777, want[i]);
		HOLDS(unlink(FIFO) == 0);
	}
	HOLDS(mkfifo(FIFO, 0604) == 0 && stat(FIFO, &st) == 0);
	EQUALS(st.st_mode & 07777, 0604);	/* the mode counts, too */
}

CLAIM("2-052", "chmod() afterwards is not masked")
{
	struct stat st;

	umask(077);
	HOLDS(mkfifo(FIFO, 0666) == 0 && stat(FIFO, &st) == 0);
	EQUALS(st.st_mode & 07777, 0600);	/* the mask is on */
	HOLDS(chmod(FIFO, 0622) == 0);
	HOLDS(stat(FIFO, &st) == 0);
	EQUALS(st.st_mode & 07777, 0622);
	EQUALS(umask(0), 077);			/* and it still was */
}

CLAIM("2-045", "mkfifo() opens nothing: open() is a second step")
{
	int before = dup(0), after;

	HOLDS(before != -1 && close(before) == 0);
	make_fifo(FIFO);
	after = dup(0);			/* the lowest free number is the same */
	EQUALS(after, before);
	HOLDS(close(after) == 0);
	FAILS(open(FIFO, O_WRONLY | O_NONBLOCK), ENXIO);	/* no reader */
	EQUALS(open_fifo(O_RDONLY | O_NONBLOCK), before);	/* taken */
	EQUALS(dup(0), before + 1);
}

CLAIM("L02-01", "mknod() with S_IFIFO makes one as well, without privilege")
{
	struct stat st;

	umask(0);
	HOLDS(chmod(".", 0777) == 0);
	if (fork() == 0) {
		become_ordinary_user();
		/* The same call for a device needs the privilege. */
		FAILS(mknod(FIFO, S_IFCHR | 0662, makedev(1, 3)), EPERM);
		EQUALS(mknod(FIFO, S_IFIFO | 0662, makedev(1, 3)), 0);
		_exit(0);
	}
	EQUALS(ends(-1), 0);
	HOLDS(stat(FIFO, &st) == 0);
	EQUALS(st.st_mode, S_IFIFO | 0662);
	FAILS(mknod(FIFO, S_IFIFO | 0640, 0), EEXIST);
}

CLAIM("2-043 3-008", "the path is its identifier: two open()s, one FIFO")
{
	struct stat name, end[2];
	int r, w, other;

	open_both(&r, &w);
	make_fifo("other");			/* another path, another FIFO */
	other = open("other", O_RDWR | O_NONBLOCK);
	HOLDS(stat(FIFO, &name) == 0 && S_ISFIFO(name.st_mode));
	HOLDS(fstat(r, &end[0]) == 0 && fstat(w, &end[1]) == 0);
	HOLDS(end[0].st_ino == name.st_ino && end[1].st_ino == name.st_ino);
	put(w, "hello");
	FAILS(read(other, &name, 1), EAGAIN);
	get(r, "hello");
}

CLAIM("L02-02", "not the name but the file counts: rename() keeps the FIFO")
{
	int r, w;

	make_fifo(FIFO);
	r = open_fifo(O_RDONLY | O_NONBLOCK);
	HOLDS(rename(FIFO, "other") == 0);
	FAILS(open(FIFO, O_WRONLY | O_NONBLOCK), ENOENT);
	make_fifo(FIFO);			/* a new one has nobody */
	FAILS(open(FIFO, O_WRONLY | O_NONBLOCK), ENXIO);
	w = open("other", O_WRONLY | O_NONBLOCK);
	HOLDS(w != -1);
	put(w, "hello");
	get(r, "hello");
}

/* Does FD lead to a pipe that has no path? (proc(5)) */
static int has_no_path(int fd)
{
	char path[32], link[64] = "";

	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	HOLDS(readlink(path, link, sizeof link - 1) > 0);
	return strncmp(link, "pipe:[", 6) == 0;
}

CLAIM("0-006", "pipe and FIFO are one facility: same type, same capacity")
{
	struct stat st;
	int fd[2], r, w;

	open_both(&r, &w);
	HOLDS(pipe2(fd, O_NONBLOCK) == 0);
	HOLDS(has_no_path(fd[0]) && !has_no_path(r));
	HOLDS(fstat(fd[0], &st) == 0 && S_ISFIFO(st.st_mode));
	HOLDS(fstat(r, &st) == 0 && S_ISFIFO(st.st_mode));
	EQUALS(fcntl(r, F_GETPIPE_SZ), fcntl(fd[0], F_GETPIPE_SZ));
	EQUALS(fill(w), fill(fd[1]));
	EQUALS(fpathconf(w, _PC_PIPE_BUF), fpathconf(fd[1], _PC_PIPE_BUF));
}

CLAIM("L02-03", "a FIFO holds F_GETPIPE_SZ bytes, and F_SETPIPE_SZ sets it")
{
	int r, w;

	open_both(&r, &w);
	EQUALS(fill(w), fcntl(w, F_GETPIPE_SZ));
	HOLDS(close(r) == 0 && close(w) == 0 && unlink(FIFO) == 0);

	open_both(&r, &w);
	EQUALS(fcntl(r, F_SETPIPE_SZ, 2 * PIPE_BUF), 2 * PIPE_BUF);
	EQUALS(fill(w), 2 * PIPE_BUF);
}

/* ---------------------------------------------- two processes, one path */

/* cat is a program that was never told of us: it gets the path, no more. */
CLAIM("2-044 3-009 2-049", "a program that knows only the path reads it")
{
	char got[16] = "", name[16] = "", path[32];
	int w, copy, comm;
	pid_t cat;

	make_fifo(FIFO);
	FAILS(open(FIFO, O_WRONLY | O_NONBLOCK), ENXIO);	/* nobody */
	cat = fork();
	if (cat == 0) {
		copy = open("copy", O_WRONLY | O_CREAT, 0600);
		HOLDS(copy != -1 && dup2(copy, STDOUT_FILENO) != -1);
		execlp("cat", "cat", FIFO, (char *)NULL);
		_exit(127);
	}
	HOLDS(blocks(cat));		/* in its open(); and it is cat: */
	snprintf(path, sizeof path, "/proc/%d/comm", (int)cat);
	comm = open(path, O_RDONLY);
	HOLDS(comm != -1 && read(comm, name, sizeof name - 1) > 0);
	HOLDS(strcmp(name, "cat\n") == 0);
	w = open_fifo(O_WRONLY);
	put(w, "hello");
	HOLDS(close(w) == 0);
	EQUALS(ends(cat), 0);
	copy = open("copy", O_RDONLY);
	EQUALS(read(copy, got, sizeof got), 5);
	HOLDS(strcmp(got, "hello") == 0);
}

CLAIM("2-044", "the permissions decide who may open it: EACCES")
{
	const mode_t mode[] = { 0000, 0444, 0222, 0666 };

	HOLDS(chmod(".", 0755) == 0);
	make_fifo(FIFO);
	for (int i = 0; i < 4; i++) {
		/* It binds the owner, and whoever is no owner, alike. */
		HOLDS(chmod(FIFO, mode[i]) == 0);
		if (fork() == 0) {
			int r, w;

			become_ordinary_user();
			r = open(FIFO, O_RDONLY | O_NONBLOCK);
			HOLDS(mode[i] & 0444 ? r != -1 : errno == EACCES);
			w = open(FIFO, O_WRONLY | O_NONBLOCK);
			if ((mode[i] & 0222) == 0)
				HOLDS(w == -1 && errno == EACCES);
			else if (r == -1)
				HOLDS(w == -1 && errno == ENXIO);
			else
				HOLDS(w != -1);
			_exit(0);
		}
		EQUALS(ends(-1), 0);
	}
}

CLAIM("2-053", "mkfifo() in a folder where one may not write is EACCES")
{
	for (int may_write = 0; may_write <= 1; may_write++) {
		HOLDS(chmod(".", may_write ? 0777 : 0555) == 0);
		if (fork() == 0) {
			become_ordinary_user();
			HOLDS(access(".", X_OK) == 0);
			errno = 0;
			EQUALS(mkfifo(FIFO, 0600), may_write ? 0 : -1);
			EQUALS(errno, may_write ? 0 : EACCES);
			_exit(0);
		}
		EQUALS(ends(-1), 0);
	}
}

/* Two writes of 3 bytes into IN: how many bytes does one read at OUT give? */
static ssize_t bytes_of_two(int in, int out)
{
	char buf[16] = "";
	ssize_t n;

	put(in, "abc");
	put(in, "def");
	n = read(out, buf, sizeof buf);
	HOLDS(n >= 3 && strncmp(buf, "abcdef", (size_t)n) == 0);
	return n;
}

CLAIM("2-008 4-006", "a FIFO is a byte stream: two writes, one read")
{
	struct stat st;
	int r, w, packets[2];

	open_both(&r, &w);
	HOLDS(fstat(r, &st) == 0 && S_ISFIFO(st.st_mode));
	EQUALS(bytes_of_two(w, r), 6);
	FAILS(lseek(r, 0, SEEK_SET), ESPIPE);
	/* Where each write is a packet, it is otherwise. */
	HOLDS(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, packets) == 0);
	EQUALS(bytes_of_two(packets[1], packets[0]), 3);
}

CLAIM("2-042", "each open() has one direction: the other one is EBADF")
{
	int r, w;
	char c;

	open_both(&r, &w);
	for (int writes = 1; writes >= 0; writes--) {
		int fd = writes ? w : r;

		errno = 0;
		EQUALS(write(fd, "x", 1), writes ? 1 : -1);
		EQUALS(errno, writes ? 0 : EBADF);
		errno = 0;
		EQUALS(read(fd, &c, 1), writes ? -1 : 1);
		EQUALS(errno, writes ? EBADF : 0);
	}
}

/* What FD wrote: does FD read it? What has two directions gives it to the
 * other end. */
static int reads_its_own(int fd)
{
	char buf[8] = "";
	ssize_t n;

	put(fd, "echo");
	n = read(fd, buf, sizeof buf);
	HOLDS(n == 4 ? strcmp(buf, "echo") == 0 : errno == EAGAIN);
	return n == 4;
}

CLAIM("2-042", "the stream has one direction: O_RDWR reads what it wrote")
{
	int both[2];

	make_fifo(FIFO);
	EQUALS(reads_its_own(open_fifo(O_RDWR | O_NONBLOCK)), 1);
	HOLDS(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, both) == 0);
	EQUALS(reads_its_own(both[0]), 0);
	get(both[1], "echo");
}

CLAIM("2-049", "what is written goes in at one end and out at the other")
{
	pid_t writer;
	int r;

	make_fifo(FIFO);
	writer = fork();
	if (writer == 0) {
		int w = open(FIFO, O_WRONLY);

		_exit(w == -1 || write(w, "one", 3) != 3 ||
		      write(w, "two", 3) != 3);
	}
	r = open_fifo(O_RDONLY);
	EQUALS(ends(writer), 0);
	get(r, "onetwo");
	get(r, "");
}

/* Three bytes are written to FD: how many does the file PATH store then? */
static off_t stores(const char *path, int fd)
{
	struct stat st;

	put(fd, "abc");
	HOLDS(stat(path, &st) == 0);
	HOLDS(st.st_size > 0 || st.st_blocks == 0);
	return st.st_size;
}

CLAIM("2-043 2-049", "the file stores nothing: st_size is 0 with 3 bytes in")
{
	int r, w, inside;

	open_both(&r, &w);
	EQUALS(stores(FIFO, w), 0);
	HOLDS(ioctl(r, FIONREAD, &inside) == 0);
	EQUALS(inside, 3);
	get(r, "abc");
	w = open("file", O_WRONLY | O_CREAT, 0600);
	EQUALS(stores("file", w), 3);		/* an ordinary file does */
}

CLAIM("2-049 L02-04", "at the last close() what nobody has read is gone")
{
	struct stat st, before;
	int r, w, bytes = 0;

	for (int is_last = 0; is_last <= 1; is_last++) {
		int third;

		open_both(&r, &w);
		third = open_fifo(O_RDWR);
		put(w, "abc");
		if (is_last)
			HOLDS(close(third) == 0);
		HOLDS(ioctl(r, FIONREAD, &bytes) == 0 && bytes == 3);
		HOLDS(fstat(r, &before) == 0);
		HOLDS(close(r) == 0 && close(w) == 0);
		HOLDS(stat(FIFO, &st) == 0);	/* the name stays */
		EQUALS(st.st_ino, before.st_ino);	/* on the same FIFO */
		r = open_fifo(O_RDONLY | O_NONBLOCK);
		w = open_fifo(O_WRONLY | O_NONBLOCK);
		if (is_last)
			FAILS(read(r, &st, 1), EAGAIN);	/* and is empty */
		else
			get(r, "abc");
		HOLDS(unlink(FIFO) == 0);
	}
}

CLAIM("L02-04", "one descriptor, of either end, is enough to keep them")
{
	int r, w;

	open_both(&r, &w);
	put(w, "abc");
	HOLDS(close(w) == 0);			/* now the read end alone */
	EQUALS(events(r, POLLIN), POLLIN | POLLHUP);
	w = open_fifo(O_WRONLY);
	HOLDS(close(r) == 0);			/* now the write end alone */
	EQUALS(events(w, 0), POLLERR);
	r = open_fifo(O_RDONLY | O_NONBLOCK);
	get(r, "abc");
	HOLDS(close(w) == 0);
	get(r, "");				/* it was the only one */
}

/* ------------------------------------------------------ open() meets open() */

CLAIM("2-046 3-010", "a reader's open() waits until a writer opens")
{
	pid_t reader;

	make_fifo(FIFO);
	reader = fork_opener(O_RDONLY);
	HOLDS(blocks(reader));
	HOLDS(open_fifo(O_WRONLY) != -1);
	EQUALS(ends(reader), 0);
}

CLAIM("2-046 3-010", "a writer's open() waits until a reader opens")
{
	pid_t writer;

	make_fifo(FIFO);
	writer = fork_opener(O_WRONLY);
	HOLDS(blocks(writer));
	HOLDS(open_fifo(O_RDONLY) != -1);
	EQUALS(ends(writer), 0);
}

CLAIM("2-047", "two readers do not release each other, one writer both")
{
	pid_t a, b;

	make_fifo(FIFO);
	a = fork_opener(O_RDONLY);
	b = fork_opener(O_RDONLY);
	HOLDS(blocks(a) && blocks(b));
	HOLDS(open_fifo(O_WRONLY) != -1);
	EQUALS(ends(a) + ends(b), 0);
}

CLAIM("2-047 2-048 3-010", "O_RDONLY|O_NONBLOCK succeeds alone")
{
	pid_t waits;
	int r;

	make_fifo(FIFO);
	r = open(FIFO, O_RDONLY | O_NONBLOCK);
	HOLDS(r != -1);
	get(r, "");		/* alone: with a writer it would be EAGAIN */
	HOLDS(close(r) == 0);
	waits = fork_opener(O_RDONLY);
	HOLDS(blocks(waits));			/* without the flag */
}

CLAIM("2-047 2-048 3-010", "O_WRONLY|O_NONBLOCK without a reader is ENXIO")
{
	int r;

	make_fifo(FIFO);
	FAILS(open(FIFO, O_WRONLY | O_NONBLOCK), ENXIO);
	r = open_fifo(O_RDONLY | O_NONBLOCK);
	HOLDS(open(FIFO, O_WRONLY | O_NONBLOCK) != -1);
	HOLDS(close(r) == 0);
	FAILS(open(FIFO, O_WRONLY | O_NONBLOCK), ENXIO);	/* again */
}

CLAIM("2-047 3-010 L02-05", "O_RDWR opens alone on Linux, and never waits")
{
	pid_t reader, writer;
	int fd;
	char c;

	make_fifo(FIFO);
	reader = fork_opener(O_RDONLY);		/* these two wait, alone */
	HOLDS(blocks(reader));
	HOLDS(kill(reader, SIGKILL) == 0 && ends(reader) == 128 + SIGKILL);
	writer = fork_opener(O_WRONLY);
	HOLDS(blocks(writer));
	HOLDS(kill(writer, SIGKILL) == 0 && ends(writer) == 128 + SIGKILL);
	FAILS(open(FIFO, O_WRONLY | O_NONBLOCK), ENXIO);

	fd = open(FIFO, O_RDWR);
	HOLDS(fd != -1);
	EQUALS(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);	/* it could wait */
	HOLDS(close(open_fifo(O_WRONLY | O_NONBLOCK)) == 0);	/* a reader */
	put(fd, "x");				/* and a writer */
	get(fd, "x");
	HOLDS(close(fd) == 0);
	FAILS(open(FIFO, O_WRONLY | O_NONBLOCK), ENXIO);	/* alone: */
	fd = open_fifo(O_RDONLY | O_NONBLOCK);
	EQUALS(read(fd, &c, 1), 0);		/* no writer is left either */
}

CLAIM("L02-05", "who opened O_RDWR is a writer too: it gets no end-of-file")
{
	const int how[] = { O_RDONLY, O_RDWR };
	int fd, w;
	char c;

	make_fifo(FIFO);
	for (int i = 0; i < 2; i++) {
		fd = open_fifo(how[i] | O_NONBLOCK);
		w = open_fifo(O_WRONLY);
		put(w, "x");
		HOLDS(close(w) == 0);		/* the only other writer */
		get(fd, "x");
		if (how[i] == O_RDONLY)
			get(fd, "");		/* end-of-file */
		else
			FAILS(read(fd, &c, 1), EAGAIN);
		HOLDS(close(fd) == 0);
	}
}

CLAIM("L02-06", "a reader that still waits in open() counts: no ENXIO")
{
	pid_t reader;

	make_fifo(FIFO);
	reader = fork_opener(O_RDONLY);		/* one that does not live */
	HOLDS(blocks(reader));
	HOLDS(kill(reader, SIGKILL) == 0 && ends(reader) == 128 + SIGKILL);
	FAILS(open(FIFO, O_WRONLY | O_NONBLOCK), ENXIO);

	reader = fork_opener(O_RDONLY);
	HOLDS(blocks(reader));
	HOLDS(open(FIFO, O_WRONLY | O_NONBLOCK) != -1);
	EQUALS(ends(reader), 0);
}

/* A stop takes it out of the call; SIGCONT starts the call once more. */
CLAIM("L02-06", "but one that is stopped there does not: ENXIO")
{
	pid_t reader;
	int status;

	make_fifo(FIFO);
	reader = fork_opener(O_RDONLY);
	HOLDS(blocks(reader));
	HOLDS(kill(reader, SIGSTOP) == 0);
	HOLDS(waitpid(reader, &status, WUNTRACED) == reader);
	HOLDS(WIFSTOPPED(status));
	FAILS(open(FIFO, O_WRONLY | O_NONBLOCK), ENXIO);
	HOLDS(kill(reader, SIGCONT) == 0);
	HOLDS(open_fifo(O_WRONLY) != -1);
	EQUALS(ends(reader), 0);
}

CLAIM("L02-06", "a reader that has it open counts, also while it is stopped")
{
	pid_t reader;
	int status, w;

	make_fifo(FIFO);
	reader = fork();
	if (reader == 0) {
		HOLDS(open(FIFO, O_RDONLY) != -1);
		pause();
	}
	w = open_fifo(O_WRONLY);		/* now it has it open */
	HOLDS(kill(reader, SIGSTOP) == 0);
	HOLDS(waitpid(reader, &status, WUNTRACED) == reader);
	HOLDS(WIFSTOPPED(status) && close(w) == 0);
	w = open_fifo(O_WRONLY | O_NONBLOCK);
	EQUALS(events(w, 0), 0);
	HOLDS(kill(reader, SIGKILL) == 0 && ends(reader) == 128 + SIGKILL);
	EQUALS(events(w, 0), POLLERR);
}

CLAIM("L02-07", "who comes, writes and leaves at once is not missed")
{
	int w, met = 0;
	pid_t reader;

	make_fifo(FIFO);
	while (met < 20) {
		FAILS(open(FIFO, O_WRONLY | O_NONBLOCK), ENXIO);
		reader = fork();
		if (reader == 0) {
			int r = open(FIFO, O_RDONLY);

			get(r, "hello");
			get(r, "");
			_exit(0);
		}
		HOLDS(blocks(reader));		/* in its open() */
		w = open_fifo(O_WRONLY | O_NONBLOCK);
		put(w, "hello");
		HOLDS(close(w) == 0);
		EQUALS(ends(reader), 0);
		met++;
	}
	EQUALS(met, 20);
}

CLAIM("2-048 L02-08", "before the first writer came, read() returns 0")
{
	int r;
	char c;

	make_fifo(FIFO);
	r = open_fifo(O_RDONLY | O_NONBLOCK);
	EQUALS(read(r, &c, 1), 0);
	HOLDS(fcntl(r, F_SETFL, 0) == 0);
	HOLDS((fcntl(r, F_GETFL) & O_NONBLOCK) == 0);
	EQUALS(read(r, &c, 1), 0);		/* it does not wait either */
	EQUALS(events(r, POLLIN), 0);		/* none has come and left: */
	HOLDS(close(open_fifo(O_WRONLY)) == 0);
	EQUALS(events(r, POLLIN), POLLHUP);	/* that looks so */
}

CLAIM("L02-08", "while a writer is there and silent, it is EAGAIN")
{
	int r, w;
	char c;

	open_both(&r, &w);
	FAILS(read(r, &c, 1), EAGAIN);
	HOLDS(close(w) == 0);
	EQUALS(read(r, &c, 1), 0);
}

CLAIM("2-048", "fcntl(F_SETFL) takes O_NONBLOCK off: read() waits then")
{
	pid_t reader;
	int r, w, same;
	char c;

	open_both(&r, &w);
	same = dup(r);				/* it shares the flag with r */
	FAILS(read(same, &c, 1), EAGAIN);
	HOLDS(fcntl(r, F_SETFL, 0) == 0);
	reader = fork();
	if (reader == 0)
		_exit(read(same, &c, 1) != 1);
	HOLDS(blocks(reader));
	put(w, "x");
	EQUALS(ends(reader), 0);
}

static volatile sig_atomic_t caught;

static void catch(int sig)
{
	caught = sig;
}

static pid_t fork_interrupted(int flags)
{
	struct sigaction act = { .sa_handler = catch, .sa_flags = flags };
	pid_t pid = fork();

	if (pid == 0) {
		int w;

		HOLDS(sigaction(SIGUSR1, &act, NULL) == 0);
		w = open(FIFO, O_WRONLY);
		if (flags & SA_RESTART)
			HOLDS(w != -1);
		else
			HOLDS(w == -1 && errno == EINTR);
		_exit(caught != SIGUSR1);
	}
	HOLDS(blocks(pid));
	HOLDS(kill(pid, SIGUSR1) == 0);
	return pid;
}

CLAIM("L02-09", "a handled signal ends a waiting open(): EINTR")
{
	make_fifo(FIFO);
	EQUALS(ends(fork_interrupted(0)), 0);
}

CLAIM("L02-09", "with SA_RESTART the same open() waits on")
{
	pid_t writer;

	make_fifo(FIFO);
	writer = fork_interrupted(SA_RESTART);
	HOLDS(blocks(writer));
	HOLDS(open_fifo(O_RDONLY) != -1);
	EQUALS(ends(writer), 0);
}

CLAIM("L02-10", "one process that opens to read, then to write, waits alone")
{
	pid_t alone;

	make_fifo(FIFO);
	alone = fork();
	if (alone == 0)
		_exit(open(FIFO, O_RDONLY) == -1 ||
		      open(FIFO, O_WRONLY) == -1);
	HOLDS(blocks(alone));
	HOLDS(close(open_fifo(O_WRONLY | O_NONBLOCK)) == 0);	/* wakes it */
	EQUALS(ends(alone), 0);

	HOLDS(open_fifo(O_RDONLY | O_NONBLOCK) != -1);	/* the cure */
	HOLDS(open_fifo(O_WRONLY) != -1);
}

static pid_t fork_pair_opener(const char *one, int how, const char *two,
			      int how_two)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(open(one, how) == -1 || open(two, how_two) == -1);
	return pid;
}

CLAIM("L02-11", "two FIFOs, each side opens the one it reads: a deadlock")
{
	pid_t a, b;

	make_fifo("there");
	make_fifo("back");
	a = fork_pair_opener("there", O_RDONLY, "back", O_WRONLY);
	b = fork_pair_opener("back", O_RDONLY, "there", O_WRONLY);
	HOLDS(blocks(a) && blocks(b));
	HOLDS(open("there", O_RDWR) != -1);	/* frees a, and a frees b */
	EQUALS(ends(a) + ends(b), 0);
}

CLAIM("L02-11", "both sides in the same order: no deadlock")
{
	pid_t a, b;

	make_fifo("there");
	make_fifo("back");
	a = fork_pair_opener("there", O_RDONLY, "back", O_WRONLY);
	b = fork_pair_opener("there", O_WRONLY, "back", O_RDONLY);
	EQUALS(ends(a) + ends(b), 0);
}

CLAIM("L02-12", "O_CREAT without a FIFO makes an ordinary file, no waiting")
{
	struct stat st;
	pid_t writer;

	for (int is_there = 1; is_there >= 0; is_there--) {
		if (is_there)
			make_fifo(FIFO);
		else
			FAILS(stat(FIFO, &st), ENOENT);
		writer = fork();
		if (writer == 0)
			_exit(open(FIFO, O_WRONLY | O_CREAT, 0200) == -1);
		if (is_there) {			/* then it waits for a reader */
			HOLDS(blocks(writer));
			HOLDS(close(open_fifo(O_RDONLY | O_NONBLOCK)) == 0);
		}
		EQUALS(ends(writer), 0);
		HOLDS(stat(FIFO, &st) == 0);
		EQUALS(S_ISFIFO(st.st_mode), is_there);
		EQUALS(S_ISREG(st.st_mode), !is_there);
		EQUALS(st.st_mode & 0777, is_there ? 0600 : 0200);
		HOLDS(unlink(FIFO) == 0);
	}
}

/* Open PATH with O_TRUNC: by a shell's '>', or by open(). */
static void truncate_by_open(const char *path, int by_shell)
{
	char line[32];

	snprintf(line, sizeof line, ": > %s", path);
	if (by_shell)
		EQUALS(system(line), 0);
	else
		HOLDS(open(path, O_WRONLY | O_TRUNC) != -1);
}

CLAIM("L02-13", "O_TRUNC, which '>' sends along, takes no byte away")
{
	const char *path[] = { "file", FIFO };
	int r, w, fd, bytes;

	open_both(&r, &w);
	for (int i = 0; i < 4; i++) {
		const int is_fifo = i % 2, by_shell = i / 2;

		fd = open("file", O_WRONLY | O_CREAT, 0600);
		put(fd, "text");
		put(w, "text");
		truncate_by_open(path[is_fifo], by_shell);
		/* Of a file it takes all. */
		EQUALS(lseek(fd, 0, SEEK_END), is_fifo ? 4 : 0);
		HOLDS(ioctl(r, FIONREAD, &bytes) == 0);
		EQUALS(bytes, 4);
		get(r, "text");
		HOLDS(close(fd) == 0 && unlink("file") == 0);
	}
}

/* -------------------------------------------------- clients come and go */

CLAIM("L02-14", "end-of-file comes when the last of the writers leaves")
{
	int r, one, two;
	char c;

	open_both(&r, &one);
	two = open_fifo(O_WRONLY);
	HOLDS(close(one) == 0);
	FAILS(read(r, &c, 1), EAGAIN);
	HOLDS(close(two) == 0);
	EQUALS(read(r, &c, 1), 0);
	EQUALS(read(r, &c, 1), 0);		/* it stays so */
}

CLAIM("L02-14", "a new writer ends the end-of-file, on the same descriptor")
{
	int r, w;
	char c;

	open_both(&r, &w);
	HOLDS(close(w) == 0);
	get(r, "");
	w = open_fifo(O_WRONLY);
	FAILS(read(r, &c, 1), EAGAIN);
	put(w, "back");
	get(r, "back");
}

CLAIM("L02-15", "a server with a write end of its own sees no end-of-file")
{
	pid_t server;
	int w;

	make_fifo(FIFO);
	for (int has_own = 0; has_own <= 1; has_own++) {
		server = fork();
		if (server == 0) {
			int r = open(FIFO, O_RDONLY);

			if (has_own)
				HOLDS(open(FIFO, O_WRONLY) != -1);
			get(r, "Ann");
			get(r, has_own ? "Bob" : "");
			_exit(0);
		}
		w = open_fifo(O_WRONLY);
		put(w, "Ann");
		HOLDS(close(w) == 0);		/* no client is left */
		if (!has_own)
			EQUALS(ends(server), 0);
	}
	HOLDS(blocks(server));
	w = open_fifo(O_WRONLY | O_NONBLOCK);
	put(w, "Bob");
	EQUALS(ends(server), 0);
}

CLAIM("L02-15", "once it closes that end, it reads the rest, then end-of-file")
{
	int r, own, client;

	open_both(&r, &own);
	client = open_fifo(O_WRONLY);
	put(client, "last order");
	HOLDS(close(own) == 0);
	get(r, "last order");
	FAILS(read(r, &own, 1), EAGAIN);	/* the client may write on */
	HOLDS(close(client) == 0);
	get(r, "");
}

/* What the ferry of this lesson does not do: close, then open again. */
CLAIM("L02-15", "between its close() and open() a client has no reader")
{
	int r, w;

	HOLDS(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
	open_both(&r, &w);
	HOLDS(close(r) == 0);
	FAILS(write(w, "x", 1), EPIPE);			/* who is in */
	FAILS(open(FIFO, O_WRONLY | O_NONBLOCK), ENXIO);	/* who comes */
	r = open_fifo(O_RDONLY);
	put(w, "x");
	get(r, "x");
}

CLAIM("L02-16", "the reader leaves: SIGPIPE; if that is ignored, EPIPE")
{
	pid_t writer;
	int r, w;

	open_both(&r, &w);
	for (int has_left = 0; has_left <= 1; has_left++) {
		if (has_left)
			HOLDS(close(r) == 0);
		writer = fork();
		if (writer == 0)
			_exit(write(w, "x", 1) != 1);
		EQUALS(ends(writer), has_left ? 128 + SIGPIPE : 0);
	}
	HOLDS(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
	FAILS(write(w, "x", 1), EPIPE);
	r = open_fifo(O_RDONLY | O_NONBLOCK);
	get(r, "x");				/* from the child */
	EQUALS(write(w, "y", 1), 1);		/* a new reader: it works on */
	get(r, "y");
}

CLAIM("L02-17", "poll(): before the first writer there is no POLLHUP")
{
	int r;

	make_fifo(FIFO);
	r = open_fifo(O_RDONLY | O_NONBLOCK);
	EQUALS(events(r, POLLIN), 0);
	get(r, "");			/* no writer: that would be EAGAIN */
	HOLDS(close(open_fifo(O_WRONLY)) == 0);
	EQUALS(events(r, POLLIN), POLLHUP);	/* after the first there is */
}

CLAIM("L02-17", "poll(): when the last writer has left, POLLHUP, and it stays")
{
	int r, w;

	open_both(&r, &w);
	EQUALS(events(r, POLLIN), 0);
	put(w, "x");
	HOLDS(close(w) == 0);
	EQUALS(events(r, POLLIN), POLLIN | POLLHUP);
	get(r, "x");
	EQUALS(events(r, POLLIN), POLLHUP);
	EQUALS(events(r, POLLIN), POLLHUP);	/* a loop would spin here */
	w = open_fifo(O_WRONLY);
	EQUALS(events(r, POLLIN), 0);		/* until one comes again */
}

CLAIM("L02-17", "poll(): the writer sees POLLERR when the last reader left")
{
	int r, w;

	open_both(&r, &w);
	EQUALS(events(w, POLLOUT), POLLOUT);
	HOLDS(close(r) == 0);
	HOLDS(events(w, POLLOUT) & POLLERR);
	HOLDS(open_fifo(O_RDONLY | O_NONBLOCK) != -1);
	EQUALS(events(w, POLLOUT), POLLOUT);
}

/* Two open()s have a flag each; two copies of a descriptor share it. */
static void expect_two_opens(int one, int two)
{
	const int flags = fcntl(one, F_GETFL);

	HOLDS(fcntl(two, F_SETFL, O_NONBLOCK) == 0);
	HOLDS(fcntl(one, F_SETFL, 0) == 0);
	EQUALS(fcntl(two, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	HOLDS(fcntl(one, F_SETFL, flags) == 0);
}

CLAIM("L02-18", "two readers share the bytes: each goes to one of them")
{
	int r, w, second;
	char buf[4] = "";

	open_both(&r, &w);
	second = open_fifo(O_RDONLY | O_NONBLOCK);
	expect_two_opens(r, second);
	put(w, "abcdef");
	EQUALS(read(r, buf, 3), 3);
	HOLDS(strcmp(buf, "abc") == 0);
	get(second, "def");
	FAILS(read(r, buf, 1), EAGAIN);
}

CLAIM("L02-19", "a record of up to PIPE_BUF bytes goes in whole or not at all")
{
	char record[PIPE_BUF + 1] = { 0 };
	int r, w, other;

	open_both(&r, &w);
	other = open_fifo(O_WRONLY | O_NONBLOCK);
	fill(w);
	EQUALS(read(r, record, PIPE_BUF), PIPE_BUF);
	EQUALS(write(w, record, PIPE_BUF - 96), PIPE_BUF - 96);
	FAILS(write(other, record, 97), EAGAIN);	/* 96 have room */
	FAILS(write(other, record, PIPE_BUF), EAGAIN);
	/* One more is cut: what is too much for whole pages goes in. */
	EQUALS(write(other, record, PIPE_BUF + 1), 1);
	FAILS(write(other, record, 96), EAGAIN);
	EQUALS(write(other, record, 95), 95);
	EQUALS(read(r, record, PIPE_BUF), PIPE_BUF);
	EQUALS(write(other, record, PIPE_BUF), PIPE_BUF);
}

/* Four clients send COUNT records of SIZE bytes each, all of one letter. How
 * many records have two letters? */
static int torn_records(size_t size, int count)
{
	static char record[PIPE_BUF + 1];
	long bytes[4] = { 0 };
	pid_t client[4];
	int torn = 0, r;

	HOLDS(size <= sizeof record);
	make_fifo(FIFO);
	r = open_fifo(O_RDONLY | O_NONBLOCK);
	for (int i = 0; i < 4; i++) {
		client[i] = fork();
		if (client[i] == 0) {
			int w = open(FIFO, O_WRONLY);

			memset(record, 'A' + i, size);
			for (int k = 0; k < count; k++)
				EQUALS(write(w, record, size), size);
			_exit(0);
		}
	}
	for (int i = 0; i < 4; i++)	/* full: from here on all compete */
		HOLDS(blocks(client[i]));
	HOLDS(fcntl(r, F_SETFL, 0) == 0);
	for (int k = 0; k < 4 * count; k++) {
		int is_torn = 0;

		for (size_t have = 0; have < size; ) {
			ssize_t n = read(r, record + have, size - have);

			HOLDS(n > 0);
			have += (size_t)n;
		}
		for (size_t i = 0; i < size; i++) {
			is_torn |= record[i] != record[0];
			bytes[record[i] - 'A']++;
		}
		torn += is_torn;
	}
	for (int i = 0; i < 4; i++) {
		EQUALS(bytes[i], (long)size * count);
		EQUALS(ends(client[i]), 0);
	}
	HOLDS(close(r) == 0 && unlink(FIFO) == 0);
	return torn;
}

/* Who does not get a record in waits behind the three others, so one of them
 * goes on when there is room: one byte more, and records are torn. */
CLAIM("L02-19", "four clients: records of PIPE_BUF bytes stay whole")
{
	EQUALS(torn_records(PIPE_BUF, 500), 0);
	HOLDS(torn_records(PIPE_BUF + 1, 100) > 0);
}

CLAIM("L02-20", "unlink() takes the name; who has it open goes on")
{
	int r, w;

	open_both(&r, &w);
	HOLDS(unlink(FIFO) == 0);
	FAILS(open(FIFO, O_RDONLY | O_NONBLOCK), ENOENT);
	put(w, "still");
	get(r, "still");
}

CLAIM("L02-20", "a new FIFO of the same name is another one")
{
	int r, w;

	open_both(&r, &w);
	put(w, "old");
	HOLDS(unlink(FIFO) == 0);
	make_fifo(FIFO);
	FAILS(open(FIFO, O_WRONLY | O_NONBLOCK), ENXIO);
	get(open_fifo(O_RDONLY | O_NONBLOCK), "");
	get(r, "old");
}

CLAIM("L02-21", "who waits in open() of a replaced FIFO is never found again")
{
	pid_t waits;
	int r, w;

	for (int replaced = 0; replaced <= 1; replaced++) {
		make_fifo(FIFO);
		waits = fork_opener(O_RDONLY);
		HOLDS(blocks(waits));
		if (replaced) {
			HOLDS(unlink(FIFO) == 0);
			make_fifo(FIFO);
		}
		r = open_fifo(O_RDONLY | O_NONBLOCK);
		w = open_fifo(O_WRONLY);
		if (!replaced)
			EQUALS(ends(waits), 0);	/* this frees it */
		HOLDS(close(r) == 0 && close(w) == 0);
		HOLDS(replaced || unlink(FIFO) == 0);
	}
	HOLDS(blocks(waits));
}

CLAIM("L02-22", "the name outlives its processes; only unlink() removes it")
{
	struct stat st;
	pid_t maker = fork();

	if (maker == 0) {
		HOLDS(mkfifo(FIFO, 0600) == 0);
		raise(SIGKILL);
	}
	EQUALS(ends(maker), 128 + SIGKILL);
	HOLDS(stat(FIFO, &st) == 0 && S_ISFIFO(st.st_mode));
	FAILS(mkfifo(FIFO, 0600), EEXIST);
	EQUALS(unlink(FIFO), 0);
	FAILS(stat(FIFO, &st), ENOENT);
}

/* ------------------------------------------------- a server and its clients */

CLAIM("L02-23", "ENXIO is no promise: two servers ask, both hear it, both read")
{
	int a, b, w;

	make_fifo(FIFO);
	FAILS(open(FIFO, O_WRONLY | O_NONBLOCK), ENXIO);	/* A asks */
	FAILS(open(FIFO, O_WRONLY | O_NONBLOCK), ENXIO);	/* B asks */
	a = open_fifo(O_RDONLY | O_NONBLOCK);
	b = open_fifo(O_RDONLY | O_NONBLOCK);
	expect_two_opens(a, b);
	w = open_fifo(O_WRONLY);
	put(w, "a");
	get(a, "a");
	put(w, "b");
	get(b, "b");
}

/* They all start at the same moment: when the pipe's last write end closes. */
CLAIM("L02-23", "of eight processes that call mkfifo() at once one gets 0")
{
	int made, refused, status, gate[2], rounds = 0;
	pid_t maker[8];
	char c;

	while (rounds < 10) {
		HOLDS(pipe(gate) == 0);
		for (int i = 0; i < 8; i++) {
			maker[i] = fork();
			if (maker[i] > 0)
				continue;
			HOLDS(close(gate[1]) == 0);
			HOLDS(read(gate[0], &c, 1) == 0);
			if (mkfifo(FIFO, 0600) == 0)
				_exit(1);
			EQUALS(errno, EEXIST);
			_exit(2);
		}
		for (int i = 0; i < 8; i++)	/* all stand at the gate */
			HOLDS(blocks(maker[i]));
		HOLDS(close(gate[0]) == 0 && close(gate[1]) == 0);
		made = refused = 0;
		for (int i = 0; i < 8; i++) {
			status = ends(maker[i]);
			made += status == 1;
			refused += status == 2;
		}
		EQUALS(made, 1);
		EQUALS(refused, 7);
		HOLDS(unlink(FIFO) == 0);
		rounds++;
	}
	EQUALS(rounds, 10);
}

/* A child that waits in poll() at FD for WANTED, and ends with revents. */
static pid_t fork_poller(int fd, short wanted)
{
	struct pollfd p = { .fd = fd, .events = wanted };
	pid_t pid = fork();

	if (pid == 0)
		_exit(poll(&p, 1, -1) == 1 ? p.revents : 255);
	return pid;
}

static pid_t fork_reader(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		HOLDS(open(FIFO, O_RDONLY) != -1);
		pause();
	}
	return pid;
}

CLAIM("L02-24", "poll() at a write end wakes by POLLERR: the reader was killed")
{
	pid_t reader, client;
	int w;

	make_fifo(FIFO);
	reader = fork_reader();
	w = open_fifo(O_WRONLY);
	client = fork_poller(w, 0);		/* it asks for no event */
	HOLDS(blocks(client) && blocks(reader));
	HOLDS(kill(reader, SIGKILL) == 0 && ends(reader) == 128 + SIGKILL);
	EQUALS(ends(client), POLLERR);
}

CLAIM("L02-24", "while one reader is left, that poll() waits on")
{
	pid_t one, two, client;
	int w;

	make_fifo(FIFO);
	one = fork_reader();
	two = fork_reader();
	w = open_fifo(O_WRONLY);
	client = fork_poller(w, 0);
	HOLDS(blocks(one) && blocks(two) && blocks(client));
	HOLDS(kill(one, SIGKILL) == 0 && ends(one) == 128 + SIGKILL);
	HOLDS(blocks(client));
	HOLDS(kill(two, SIGKILL) == 0 && ends(two) == 128 + SIGKILL);
	EQUALS(ends(client), POLLERR);
}

static int opens(void)
{
	return open(FIFO, O_RDONLY);
}

static int to_read = -1;

static int reads(void)
{
	char c;

	return (int)read(to_read, &c, 1);
}

static int polls(void)
{
	struct pollfd p = { .fd = to_read, .events = POLLIN };

	return poll(&p, 1, -1);
}

static int to_write = -1;

static int writes(void)
{
	return (int)write(to_write, "x", 1);
}

static pid_t fork_stopped_and_continued(int (*call)(void))
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(call() == -1);
	HOLDS(blocks(pid));
	HOLDS(kill(pid, SIGSTOP) == 0);
	HOLDS(waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status));
	HOLDS(kill(pid, SIGCONT) == 0);
	HOLDS(waitpid(pid, &status, WCONTINUED) == pid);
	HOLDS(WIFCONTINUED(status));
	HOLDS(blocks(pid));			/* it has not returned */
	return pid;
}

CLAIM("L02-25", "a stop and a continue end no open, read, write, poll here")
{
	pid_t opener, reader, poller, writer;
	char page[PIPE_BUF];
	int w;

	make_fifo(FIFO);
	opener = fork_stopped_and_continued(opens);
	w = open_fifo(O_WRONLY);		/* this is what it waited for */
	EQUALS(ends(opener), 0);

	to_read = open_fifo(O_RDONLY | O_NONBLOCK);
	HOLDS(fcntl(to_read, F_SETFL, 0) == 0);
	poller = fork_stopped_and_continued(polls);
	reader = fork_stopped_and_continued(reads);
	put(w, "xx");
	EQUALS(ends(reader), 0);
	EQUALS(ends(poller), 0);

	get(to_read, "x");			/* the other one was read */
	to_write = open_fifo(O_WRONLY);
	HOLDS(fcntl(w, F_SETFL, O_NONBLOCK) == 0);
	fill(w);
	writer = fork_stopped_and_continued(writes);
	EQUALS(read(to_read, page, PIPE_BUF), PIPE_BUF);
	EQUALS(ends(writer), 0);
}

CLAIM("L02-26", "in a folder of all, another user may have made the name first")
{
	pid_t stranger;
	struct stat st;
	int fd;

	HOLDS(chmod(".", 01777) == 0);		/* as /tmp is */
	stranger = fork();
	if (stranger == 0) {
		become_another_user();
		umask(0);
		HOLDS(mkfifo(FIFO, 0666) == 0);
		HOLDS(open(FIFO, O_RDONLY) != -1);
		_exit(0);
	}
	HOLDS(blocks(stranger) || ends(stranger) != 0);	/* skips as it did */
	FAILS(mkfifo(FIFO, 0600), EEXIST);	/* our server notices it */
	fd = open(FIFO, O_WRONLY);		/* our client does not */
	HOLDS(fd != -1 && fstat(fd, &st) == 0);
	HOLDS(st.st_uid != geteuid());		/* but it can look */
	EQUALS(ends(stranger), 0);
}

CLAIM("L02-27", "a client that does not read: write() waits, or is EAGAIN")
{
	pid_t server;
	int r, w;

	open_both(&r, &w);
	fill(w);
	server = fork();
	if (server == 0) {
		int waits = open_fifo(O_WRONLY);

		HOLDS(close(r) == 0);		/* only our parent can read */
		_exit(write(waits, "x", 1) != 1);
	}
	HOLDS(blocks(server));
	FAILS(write(w, "x", 1), EAGAIN);
	HOLDS(close(r) == 0);			/* the client ends at last */
	EQUALS(ends(server), 128 + SIGPIPE);
}

CLAIM("L02-28", "half a line of a client that has left stands before the next")
{
	int r, w;

	open_both(&r, &w);
	put(w, "47");				/* killed before the rest */
	HOLDS(close(w) == 0);
	EQUALS(events(r, POLLIN), POLLIN | POLLHUP);	/* it has left */
	w = open_fifo(O_WRONLY);
	put(w, "12:Bob\n");
	get(r, "4712:Bob\n");
}

CLAIM("L02-29", "an answer can be read when its writer has gone, then 0")
{
	pid_t server;
	int r;

	make_fifo(FIFO);
	r = open_fifo(O_RDONLY | O_NONBLOCK);
	server = fork();
	if (server == 0)
		_exit(write(open_fifo(O_WRONLY), "seat 1", 6) != 6);
	EQUALS(ends(server), 0);
	EQUALS(events(r, POLLIN), POLLIN | POLLHUP);
	get(r, "seat 1");
	get(r, "");
}

CLAIM("L02-30", "a writer that opened and left without a byte shows: POLLHUP")
{
	int r, w;

	open_both(&r, &w);
	EQUALS(events(r, POLLIN), 0);
	HOLDS(close(w) == 0);
	EQUALS(events(r, POLLIN), POLLHUP);
	get(r, "");
}
