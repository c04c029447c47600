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
#include <sys/stat.h>
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

	EQUALS(mkfifo(FIFO, 0600), 0);
	HOLDS(lstat(FIFO, &st) == 0 && S_ISFIFO(st.st_mode));
}

CLAIM("2-053", "mkfifo() returns 0, or -1: EEXIST, ENOENT, ENOTDIR")
{
	EQUALS(mkfifo(FIFO, 0600), 0);
	FAILS(mkfifo(FIFO, 0600), EEXIST);
	FAILS(mkfifo("nowhere/" FIFO, 0600), ENOENT);
	FAILS(mkfifo(FIFO "/x", 0600), ENOTDIR);
}

CLAIM("2-053", "any name that is taken is EEXIST, a dangling link too")
{
	HOLDS(symlink("nowhere", FIFO) == 0);
	FAILS(mkfifo(FIFO, 0600), EEXIST);
}

CLAIM("2-053", "a name longer than 255 bytes is ENAMETOOLONG")
{
	char name[NAME_MAX + 2] = "";

	memset(name, 'x', sizeof name - 1);
	FAILS(mkfifo(name, 0600), ENAMETOOLONG);
}

CLAIM("2-052", "the permissions are mode & ~umask: 0666 gives 0644")
{
	struct stat st;

	umask(025);
	HOLDS(mkfifo(FIFO, 0666) == 0 && stat(FIFO, &st) == 0);
	EQUALS(st.st_mode & 07777, 0642);
	umask(027);
	HOLDS(mkfifo("other", 0666) == 0 && stat("other", &st) == 0);
	EQUALS(st.st_mode & 07777, 0640);
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
}

CLAIM("2-045", "mkfifo() opens nothing: open() is a second step")
{
	int before = dup(0), after;

	HOLDS(before != -1 && close(before) == 0);
	make_fifo(FIFO);
	after = dup(0);			/* the lowest free number is the same */
	EQUALS(after, before);
	HOLDS(open_fifo(O_RDONLY | O_NONBLOCK) != -1);
}

CLAIM("L02-01", "mknod() with S_IFIFO makes one as well, without privilege")
{
	struct stat st;

	umask(0);
	HOLDS(chmod(".", 0777) == 0);
	if (fork() == 0) {
		become_ordinary_user();
		_exit(mknod(FIFO, S_IFIFO | 0662, 0) != 0);
	}
	EQUALS(ends(-1), 0);
	HOLDS(stat(FIFO, &st) == 0);
	EQUALS(st.st_mode, S_IFIFO | 0662);
	FAILS(mknod(FIFO, S_IFIFO | 0640, 0), EEXIST);
}

CLAIM("2-043 3-008", "the path is its identifier: two open()s, one FIFO")
{
	struct stat name, end;
	int r, w;

	open_both(&r, &w);
	HOLDS(stat(FIFO, &name) == 0 && fstat(w, &end) == 0);
	HOLDS(S_ISFIFO(name.st_mode) && name.st_ino == end.st_ino);
	put(w, "hello");
	get(r, "hello");
}

CLAIM("L02-02", "not the name but the file counts: rename() keeps the FIFO")
{
	int r, w;

	make_fifo(FIFO);
	r = open_fifo(O_RDONLY | O_NONBLOCK);
	HOLDS(rename(FIFO, "other") == 0);
	w = open("other", O_WRONLY | O_NONBLOCK);
	HOLDS(w != -1);
	put(w, "hello");
	get(r, "hello");
}

CLAIM("0-006", "pipe and FIFO are one facility: same type, same capacity")
{
	struct stat st;
	int fd[2], r, w;

	open_both(&r, &w);
	HOLDS(pipe(fd) == 0);
	HOLDS(fstat(fd[0], &st) == 0 && S_ISFIFO(st.st_mode));
	HOLDS(fstat(r, &st) == 0 && S_ISFIFO(st.st_mode));
	EQUALS(fcntl(r, F_GETPIPE_SZ), fcntl(fd[0], F_GETPIPE_SZ));
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
	char got[16] = "";
	pid_t cat;
	int w, copy;

	make_fifo(FIFO);
	cat = fork();
	if (cat == 0) {
		copy = open("copy", O_WRONLY | O_CREAT, 0600);
		HOLDS(copy != -1 && dup2(copy, STDOUT_FILENO) != -1);
		execlp("cat", "cat", FIFO, (char *)NULL);
		_exit(127);
	}
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
	HOLDS(chmod(".", 0755) == 0);
	make_fifo("open_to_all");
	HOLDS(chmod("open_to_all", 0666) == 0);
	make_fifo(FIFO);
	if (geteuid() != 0)			/* its owner, but mode 000 */
		HOLDS(chmod(FIFO, 0) == 0);
	if (fork() == 0) {
		become_ordinary_user();
		HOLDS(open("open_to_all", O_RDONLY | O_NONBLOCK) != -1);
		FAILS(open(FIFO, O_RDONLY | O_NONBLOCK), EACCES);
		FAILS(open(FIFO, O_WRONLY | O_NONBLOCK), EACCES);
		_exit(0);
	}
	EQUALS(ends(-1), 0);
}

CLAIM("2-053", "mkfifo() in a folder where one may not write is EACCES")
{
	HOLDS(chmod(".", 0555) == 0);
	if (fork() == 0) {
		become_ordinary_user();
		HOLDS(access(".", X_OK) == 0);
		FAILS(mkfifo(FIFO, 0600), EACCES);
		_exit(0);
	}
	EQUALS(ends(-1), 0);
	HOLDS(chmod(".", 0755) == 0);
}

CLAIM("2-008 4-006", "a FIFO is a byte stream: two writes, one read")
{
	int r, w;

	open_both(&r, &w);
	put(w, "abc");
	put(w, "def");
	get(r, "abcdef");
	FAILS(lseek(r, 0, SEEK_SET), ESPIPE);
}

CLAIM("2-042", "each open() has one direction: the other one is EBADF")
{
	int r, w;
	char c;

	open_both(&r, &w);
	put(w, "x");
	get(r, "x");
	FAILS(write(r, "x", 1), EBADF);
	FAILS(read(w, &c, 1), EBADF);
}

CLAIM("2-042", "the stream has one direction: O_RDWR reads what it wrote")
{
	int fd;

	make_fifo(FIFO);
	fd = open_fifo(O_RDWR);
	put(fd, "echo");
	get(fd, "echo");
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

CLAIM("2-043 2-049", "the file stores nothing: st_size is 0 with 3 bytes in")
{
	struct stat st;
	int r, w;

	open_both(&r, &w);
	put(w, "abc");
	HOLDS(stat(FIFO, &st) == 0);
	EQUALS(st.st_size, 0);
	EQUALS(st.st_blocks, 0);
	get(r, "abc");
}

CLAIM("2-049 L02-04", "at the last close() what nobody has read is gone")
{
	struct stat st;
	int r, w, bytes = 0;

	open_both(&r, &w);
	put(w, "abc");
	HOLDS(ioctl(r, FIONREAD, &bytes) == 0 && bytes == 3);
	HOLDS(close(r) == 0 && close(w) == 0);
	HOLDS(stat(FIFO, &st) == 0);		/* the name stays */
	r = open_fifo(O_RDONLY | O_NONBLOCK);
	w = open_fifo(O_WRONLY | O_NONBLOCK);
	FAILS(read(r, &st, 1), EAGAIN);		/* and is empty */
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
	get(open_fifo(O_RDONLY | O_NONBLOCK), "abc");
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
	make_fifo(FIFO);
	HOLDS(open(FIFO, O_RDONLY | O_NONBLOCK) != -1);
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
	make_fifo(FIFO);
	HOLDS(open(FIFO, O_RDWR) != -1);
	HOLDS(open(FIFO, O_WRONLY | O_NONBLOCK) != -1);	/* it is a reader */
}

CLAIM("L02-05", "who opened O_RDWR is a writer too: it gets no end-of-file")
{
	int fd, w;
	char c;

	make_fifo(FIFO);
	fd = open_fifo(O_RDWR | O_NONBLOCK);
	w = open_fifo(O_WRONLY);
	put(w, "x");
	HOLDS(close(w) == 0);
	HOLDS(fcntl(w, F_GETFD) == -1);		/* no other writer is left */
	get(fd, "x");
	FAILS(read(fd, &c, 1), EAGAIN);		/* it is not 0 */
}

CLAIM("L02-06", "a reader that still waits in open() counts: no ENXIO")
{
	pid_t reader;

	make_fifo(FIFO);
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
	pid_t reader;
	int w;

	make_fifo(FIFO);
	for (int i = 0; i < 20; i++) {
		reader = fork();
		if (reader == 0) {
			int r = open(FIFO, O_RDONLY);

			get(r, "hello");
			get(r, "");
			_exit(0);
		}
		HOLDS(blocks(reader));
		w = open_fifo(O_WRONLY | O_NONBLOCK);
		put(w, "hello");
		HOLDS(close(w) == 0);
		EQUALS(ends(reader), 0);
	}
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
	int r, w;
	char c;

	open_both(&r, &w);
	HOLDS(fcntl(r, F_SETFL, 0) == 0);
	reader = fork();
	if (reader == 0)
		_exit(read(r, &c, 1) != 1);
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
		HOLDS(sigaction(SIGUSR1, &act, NULL) == 0);
		if (flags & SA_RESTART)
			HOLDS(open(FIFO, O_WRONLY) != -1);
		else
			FAILS(open(FIFO, O_WRONLY), EINTR);
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
	HOLDS(kill(alone, SIGKILL) == 0 && ends(alone) == 128 + SIGKILL);

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

	HOLDS(open(FIFO, O_WRONLY | O_CREAT, 0600) != -1);
	HOLDS(stat(FIFO, &st) == 0 && S_ISREG(st.st_mode));
}

CLAIM("L02-13", "O_TRUNC, which '>' sends along, takes no byte away")
{
	const int flags = O_WRONLY | O_TRUNC;
	int r, w, fd = open("file", O_WRONLY | O_CREAT, 0600);

	put(fd, "gone");			/* of a file it takes all */
	EQUALS(lseek(fd, 0, SEEK_CUR), 4);
	HOLDS(open("file", flags) != -1);
	EQUALS(lseek(fd, 0, SEEK_END), 0);

	open_both(&r, &w);
	put(w, "kept");
	HOLDS(open(FIFO, flags) != -1);
	get(r, "kept");
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
	server = fork();
	if (server == 0) {
		int r = open(FIFO, O_RDONLY);

		HOLDS(open(FIFO, O_WRONLY) != -1);
		get(r, "Ann");
		get(r, "Bob");
		_exit(0);
	}
	w = open_fifo(O_WRONLY);
	put(w, "Ann");
	HOLDS(close(w) == 0);			/* no client is left */
	HOLDS(fcntl(w, F_GETFD) == -1);
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
	HOLDS(close(r) == 0);
	writer = fork();
	if (writer == 0)
		_exit(write(w, "x", 1) == 1);
	EQUALS(ends(writer), 128 + SIGPIPE);
	HOLDS(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
	FAILS(write(w, "x", 1), EPIPE);
	r = open_fifo(O_RDONLY | O_NONBLOCK);
	EQUALS(write(w, "x", 1), 1);		/* a new reader: it works on */
	get(r, "x");
}

CLAIM("L02-17", "poll(): before the first writer there is no POLLHUP")
{
	int r;

	make_fifo(FIFO);
	r = open_fifo(O_RDONLY | O_NONBLOCK);
	EQUALS(events(r, POLLIN), 0);
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

CLAIM("L02-18", "two readers share the bytes: each goes to one of them")
{
	int r, w, second;
	char buf[4] = "";

	open_both(&r, &w);
	second = open_fifo(O_RDONLY | O_NONBLOCK);
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

CLAIM("L02-19", "four clients: records of PIPE_BUF bytes stay whole")
{
	static char record[PIPE_BUF], got[PIPE_BUF];
	int r, torn = 0, n;

	make_fifo(FIFO);
	for (int c = 'A'; c <= 'D'; c++)
		if (fork() == 0) {
			int w = open(FIFO, O_WRONLY);

			memset(record, c, sizeof record);
			for (int i = 0; i < 500; i++)
				HOLDS(write(w, record, PIPE_BUF) == PIPE_BUF);
			_exit(0);
		}
	r = open_fifo(O_RDONLY);
	for (int i = 0; i < 4 * 500; i++) {
		for (size_t have = 0; have < PIPE_BUF; have += (size_t)n) {
			n = (int)read(r, got + have, PIPE_BUF - have);
			if (n == 0)	/* some have left, some not yet come */
				sched_yield();
			HOLDS(n != -1);
		}
		HOLDS(got[0] >= 'A' && got[0] <= 'D');
		torn += memcmp(got, got + 1, PIPE_BUF - 1) != 0;
	}
	EQUALS(torn, 0);
	for (int c = 'A'; c <= 'D'; c++)
		EQUALS(ends(-1), 0);
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
	pid_t lost;

	make_fifo(FIFO);
	lost = fork_opener(O_RDONLY);
	HOLDS(blocks(lost));
	HOLDS(unlink(FIFO) == 0);
	make_fifo(FIFO);
	HOLDS(open_fifo(O_RDONLY | O_NONBLOCK) != -1);
	HOLDS(open_fifo(O_WRONLY) != -1);
	HOLDS(blocks(lost));
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
	w = open_fifo(O_WRONLY);
	put(w, "a");
	get(a, "a");
	put(w, "b");
	get(b, "b");
}

/* They all start at the same moment: when the pipe's last write end closes. */
CLAIM("L02-23", "of eight processes that call mkfifo() at once one gets 0")
{
	enum { MAKERS = 8, ROUNDS = 20 };
	int made, refused, status, gate[2];
	char c;

	for (int round = 0; round < ROUNDS; round++) {
		HOLDS(pipe(gate) == 0);
		for (int i = 0; i < MAKERS; i++)
			if (fork() == 0) {
				HOLDS(close(gate[1]) == 0);
				HOLDS(read(gate[0], &c, 1) == 0);
				if (mkfifo(FIFO, 0600) == 0)
					_exit(1);
				EQUALS(errno, EEXIST);
				_exit(2);
			}
		HOLDS(close(gate[0]) == 0 && close(gate[1]) == 0);
		made = refused = 0;
		for (int i = 0; i < MAKERS; i++) {
			status = ends(-1);
			made += status == 1;
			refused += status == 2;
		}
		EQUALS(made, 1);
		EQUALS(refused, MAKERS - 1);
		HOLDS(unlink(FIFO) == 0);
	}
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
