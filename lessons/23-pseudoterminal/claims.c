/*
 * claims - what the notes say about pseudoterminals, executed
 *
 * Ids are rows of docs/claims.tsv; L23-.. are claims of this course.
 *
 * What is written to one end passes through the kernel's own thread before
 * it can be read at the other: so every read here waits, none polls once.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "../../common/proof/claim.h"

static int new_master(void)
{
	int m = posix_openpt(O_RDWR | O_NOCTTY);

	if (m == -1)
		SKIP("no pseudoterminal here (%s); mount -t devpts none "
		     "/dev/pts", errno_name(errno));
	EQUALS(grantpt(m), 0);
	EQUALS(unlockpt(m), 0);
	return m;
}

static int open_slave(int m)
{
	int s = open(ptsname(m), O_RDWR | O_NOCTTY);

	if (s == -1 && errno == ENOENT)
		SKIP("/dev/ptmx and /dev/pts do not belong together; "
		     "mount -t devpts none /dev/pts");
	HOLDS(s != -1);
	return s;
}

static void turn_off(int fd, tcflag_t flags)
{
	struct termios t;

	EQUALS(tcgetattr(fd, &t), 0);
	t.c_lflag &= ~flags;
	EQUALS(tcsetattr(fd, TCSANOW, &t), 0);
}

static void turn_on(int fd, tcflag_t flags)
{
	struct termios t;

	EQUALS(tcgetattr(fd, &t), 0);
	t.c_lflag |= flags;
	EQUALS(tcsetattr(fd, TCSANOW, &t), 0);
}

static void put(int fd, const char *text)
{
	EQUALS(write(fd, text, strlen(text)), strlen(text));
}

/* The next bytes from FD must be TEXT; they may come in pieces. */
static void get(int fd, const char *text)
{
	size_t have = 0, want = strlen(text);
	char buf[256] = "";

	while (have < want) {
		ssize_t n = read(fd, buf + have, want - have);

		HOLDS(n > 0);
		have += (size_t)n;
	}
	HOLDS(strcmp(buf, text) == 0);
}

/* Wait until the slave S has SIZE bytes of whole lines to be read. The echo may
 * come a moment before them. */
static void await_unread(int s, int size)
{
	int n = -1;

	do {
		EQUALS(ioctl(s, FIONREAD, &n), 0);
		sched_yield();
	} while (n != size);
}

/* A child with a session of its own, whose terminal S is. */
static pid_t fork_session(int m, int s)
{
	pid_t pid = fork();

	if (pid == 0) {
		HOLDS(setsid() != -1);
		EQUALS(ioctl(s, TIOCSCTTY, 0), 0);
		EQUALS(close(m), 0);
	}
	return pid;
}

CLAIM("4-008", "bytes go both ways, through a line discipline")
{
	int m = new_master(), s = open_slave(m);

	put(m, "hello\n");
	get(s, "hello\n");
	get(m, "hello\r\n");		/* the echo */
	put(s, "ok\n");
	get(m, "ok\r\n");
}

CLAIM("4-046", "a program that wants a terminal is driven: isatty, Ctrl-C")
{
	int m = new_master(), s = open_slave(m), fd[2];
	pid_t pid;

	HOLDS(pipe(fd) == 0);
	EQUALS(isatty(fd[1]), 0);
	EQUALS(isatty(s), 1);
	pid = fork_session(m, s);
	if (pid == 0) {
		put(s, "ready\n");
		for (;;)
			pause();
	}
	get(m, "ready\r\n");
	turn_off(s, ISIG);
	put(m, "\3\n");
	get(m, "^C\r\n");
	HOLDS(blocks(pid));		/* without ISIG it is a byte */
	turn_on(s, ISIG);
	put(m, "\3");
	EQUALS(ends(pid), 128 + SIGINT);
}

CLAIM("L23-01", "both ends are terminals for isatty(), with one name")
{
	int m = new_master(), s = open_slave(m);

	EQUALS(isatty(m), 1);
	EQUALS(isatty(s), 1);
	HOLDS(strcmp(ttyname(s), ptsname(m)) == 0);
	m = new_master();			/* another has another name */
	EQUALS(isatty(m), 1);
	HOLDS(strcmp(ttyname(s), ptsname(m)) != 0);
}

CLAIM("L23-02", "the slave cannot be opened before unlockpt(): EIO")
{
	int m = new_master(), lock = 1;

	close(open_slave(m));
	EQUALS(ioctl(m, TIOCSPTLCK, &lock), 0);	/* locked, as it was */
	FAILS(open(ptsname(m), O_RDWR | O_NOCTTY), EIO);
	EQUALS(unlockpt(m), 0);
	HOLDS(open(ptsname(m), O_RDWR | O_NOCTTY) != -1);
	m = posix_openpt(O_RDWR | O_NOCTTY);	/* locked from its beginning */
	FAILS(open(ptsname(m), O_RDWR | O_NOCTTY), EIO);
	EQUALS(unlockpt(m), 0);
	HOLDS(open(ptsname(m), O_RDWR | O_NOCTTY) != -1);
	FAILS(ptsname(0) ? 0 : -1, ENOTTY);
}

CLAIM("L23-03", "a new one is 0 by 0; a size set at one end is at both")
{
	int m = new_master(), s = open_slave(m);
	struct winsize w = { 1, 1, 1, 1 }, at_slave = { 0 }, at_master = { 0 };

	EQUALS(ioctl(s, TIOCGWINSZ, &w), 0);
	HOLDS(w.ws_row == 0 && w.ws_col == 0);
	w.ws_row = 24;
	w.ws_col = 80;
	EQUALS(ioctl(m, TIOCSWINSZ, &w), 0);
	EQUALS(ioctl(s, TIOCGWINSZ, &at_slave), 0);
	HOLDS(at_slave.ws_row == 24 && at_slave.ws_col == 80);
	w.ws_row = 25;
	EQUALS(ioctl(s, TIOCSWINSZ, &w), 0);
	EQUALS(ioctl(m, TIOCGWINSZ, &at_master), 0);
	HOLDS(at_master.ws_row == 25 && at_master.ws_col == 80);
}

CLAIM("L23-04", "TIOCSWINSZ raises SIGWINCH, and only if the size changes")
{
	const struct winsize sizes[] = {
		{ .ws_row = 24, .ws_col = 80 },
		{ .ws_row = 24, .ws_col = 80 },		/* the same again */
		{ .ws_row = 24, .ws_col = 81 },
	};
	int m = new_master(), s = open_slave(m), same = 0;
	sigset_t set, pending;
	struct winsize old, now;
	pid_t pid;

	turn_off(s, ECHO);
	pid = fork_session(m, s);
	if (pid == 0) {
		sigemptyset(&set);
		sigaddset(&set, SIGWINCH);
		HOLDS(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
		put(s, "ready\n");
		for (int i = 0; i < 3; i++) {
			get(s, "look\n");
			HOLDS(sigpending(&pending) == 0);
			if (sigismember(&pending, SIGWINCH)) {
				EQUALS(sigwaitinfo(&set, NULL), SIGWINCH);
				put(s, "told\n");
			} else {
				put(s, "nothing\n");
			}
		}
		_exit(0);
	}
	get(m, "ready\r\n");
	/* One call for all three: it signals, or it does not. */
	for (int i = 0; i < 3; i++) {
		EQUALS(ioctl(m, TIOCGWINSZ, &old), 0);
		EQUALS(ioctl(m, TIOCSWINSZ, &sizes[i]), 0);
		EQUALS(ioctl(m, TIOCGWINSZ, &now), 0);
		HOLDS(memcmp(&now, &sizes[i], sizeof now) == 0);
		put(m, "look\n");
		if (memcmp(&old, &sizes[i], sizeof old) == 0) {
			same++;
			get(m, "nothing\r\n");
		} else {
			get(m, "told\r\n");
		}
	}
	EQUALS(same, 1);
	EQUALS(ends(pid), 0);
}

CLAIM("L23-05", "canonical mode: read() waits for the whole line")
{
	int m = new_master(), s = open_slave(m);
	pid_t reader = fork();

	if (reader == 0) {
		char buf[8];

		_exit(read(s, buf, sizeof buf) != 4);
	}
	put(m, "abc");
	get(m, "abc");			/* echoed, so it has arrived */
	HOLDS(blocks(reader));
	put(m, "\n");
	EQUALS(ends(reader), 0);
}

CLAIM("L23-05", "one read() gives at most one line")
{
	int m = new_master(), s = open_slave(m);
	char buf[16];

	put(m, "a\nbc\n");
	get(m, "a\r\nbc\r\n");
	EQUALS(read(s, buf, sizeof buf), 2);
	EQUALS(read(s, buf, sizeof buf), 3);
}

CLAIM("L23-06", "DEL erases a character, Ctrl-W a word, Ctrl-U the line")
{
	int m = new_master(), s = open_slave(m);

	put(m, "cat\177r\n");
	get(s, "car\n");
	get(m, "cat\b \br\r\n");
	put(m, "one two\27red\n");
	get(s, "one red\n");
	put(m, "wrong\25right\n");
	get(s, "right\n");
	put(m, "a\26\177b\n");		/* Ctrl-V: the next one literally */
	get(s, "a\177b\n");
}

CLAIM("L23-07", "the Enter key is CR: ICRNL makes it \\n; ONLCR back \\r\\n")
{
	int m = new_master(), s = open_slave(m);
	struct termios t;

	put(m, "x\r");
	get(s, "x\n");
	get(m, "x\r\n");
	EQUALS(tcgetattr(s, &t), 0);
	t.c_iflag &= ~(tcflag_t)ICRNL;
	t.c_oflag &= ~(tcflag_t)ONLCR;
	EQUALS(tcsetattr(s, TCSANOW, &t), 0);
	put(m, "x\r\n");
	get(s, "x\r\n");
	get(m, "x^M\n");		/* the echo of a CR that is one */
	put(s, "y\nz");
	get(m, "y\nz");
}

CLAIM("L23-08", "without ECHO the master reads only what the program says")
{
	int m = new_master(), s = open_slave(m);

	turn_off(s, ECHO);
	put(m, "secret\n");
	get(s, "secret\n");
	put(s, "thanks");
	get(m, "thanks");
}

CLAIM("L23-09", "raw mode: byte by byte, and 3 and 4 are bytes like others")
{
	int m = new_master(), s = open_slave(m);
	struct termios t;

	EQUALS(tcgetattr(s, &t), 0);
	cfmakeraw(&t);
	EQUALS(tcsetattr(s, TCSANOW, &t), 0);
	put(m, "a");
	get(s, "a");			/* no newline needed */
	put(m, "\3\4\r\177");
	get(s, "\3\4\r\177");
	put(s, "\n");
	get(m, "\n");			/* no echo came before, no \r */
}

CLAIM("L23-09", "VMIN: a raw read() waits for that many bytes")
{
	int m = new_master(), s = open_slave(m);
	struct termios t;
	pid_t reader;

	EQUALS(tcgetattr(s, &t), 0);
	cfmakeraw(&t);
	t.c_cc[VMIN] = 3;
	EQUALS(tcsetattr(s, TCSANOW, &t), 0);
	reader = fork();
	if (reader == 0) {
		char buf[8];

		_exit(read(s, buf, sizeof buf) != 3);
	}
	put(m, "ab");
	HOLDS(blocks(reader));
	put(m, "c");
	EQUALS(ends(reader), 0);
}

CLAIM("L23-10", "Ctrl-D on an empty line: read() gives 0, and goes on after")
{
	int m = new_master(), s = open_slave(m);
	char c;

	put(m, "\4more\n");
	EQUALS(read(s, &c, 1), 0);
	get(s, "more\n");
}

CLAIM("L23-11", "Ctrl-D in a line hands over what there is, without newline")
{
	int m = new_master(), s = open_slave(m);
	struct termios t;
	pid_t reader = fork();

	if (reader == 0) {
		char buf[16];

		EQUALS(read(s, buf, sizeof buf), 4);
		_exit(memcmp(buf, "half", 4) != 0);
	}
	put(m, "half");
	get(m, "half");			/* echoed, so it has arrived */
	HOLDS(blocks(reader));
	put(m, "\4");
	EQUALS(ends(reader), 0);
	put(m, "\n");
	get(s, "\n");
	EQUALS(tcgetattr(s, &t), 0);
	HOLDS(t.c_lflag & ICANON);	/* it was lines all the time */
}

CLAIM("L23-12", "Ctrl-C, Ctrl-\\ and Ctrl-Z: SIGINT, SIGQUIT, SIGTSTP")
{
	static const char *const key[] = { "\3", "\34", "\32" };
	static const int sig[] = { SIGINT, SIGQUIT, SIGTSTP };
	static const char *const echo[] = { "^C", "^\\", "^Z" };
	int m = new_master(), s = open_slave(m), seen[2];
	sigset_t set;
	siginfo_t si;
	pid_t pid;
	char c;

	HOLDS(pipe(seen) == 0);
	sigemptyset(&set);
	for (int i = 0; i < 3; i++)
		sigaddset(&set, sig[i]);
	HOLDS(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
	pid = fork_session(m, s);
	if (pid == 0) {
		for (int i = 0; i < 3; i++) {
			put(s, "go\n");
			EQUALS(sigwaitinfo(&set, &si), sig[i]);
			EQUALS(si.si_code, SI_KERNEL);	/* no kill() */
			EQUALS(read(seen[0], &c, 1), 1);
		}
		_exit(0);
	}
	for (int i = 0; i < 3; i++) {
		get(m, "go\r\n");
		put(m, key[i]);
		get(m, echo[i]);		/* it came as a key */
		EQUALS(write(seen[1], "x", 1), 1);
	}
	EQUALS(ends(pid), 0);
}

CLAIM("L23-13", "without a controlling terminal Ctrl-C is nobody's signal")
{
	int m = new_master(), s = open_slave(m);
	pid_t pid;

	HOLDS(signal(SIGINT, SIG_DFL) != SIG_ERR);
	pid = fork();
	if (pid == 0) {
		HOLDS(setsid() != -1);		/* but no TIOCSCTTY */
		EQUALS(getsid(0), getpid());
		FAILS(open("/dev/tty", O_RDWR), ENXIO);
		put(s, "ready\n");
		get(s, "go\n");
		_exit(7);
	}
	get(m, "ready\r\n");
	put(m, "\3go\n");
	get(m, "^Cgo\r\n");		/* the key was taken for a signal */
	EQUALS(ends(pid), 7);

	pid = fork_session(m, s);		/* with it, it is */
	if (pid == 0) {
		put(s, "ready\n");
		for (;;)
			pause();
	}
	get(m, "ready\r\n");
	put(m, "\3");
	EQUALS(ends(pid), 128 + SIGINT);
}

CLAIM("L23-14", "Ctrl-C throws away what was typed and not yet read")
{
	int m = new_master(), s = open_slave(m), gate[2];
	pid_t pid;
	char c;

	HOLDS(pipe(gate) == 0);
	HOLDS(signal(SIGINT, SIG_IGN) != SIG_ERR);
	pid = fork_session(m, s);
	if (pid == 0) {
		put(s, "ready\n");
		HOLDS(read(gate[0], &c, 1) == 1);
		get(s, "new\n");
		_exit(7);
	}
	get(m, "ready\r\n");
	put(m, "a line\nold");
	get(m, "a line\r\nold");	/* the echo: both have arrived */
	await_unread(s, 7);
	put(m, "\3new\n");
	get(m, "^Cnew\r\n");
	HOLDS(write(gate[1], "x", 1) == 1);
	EQUALS(ends(pid), 7);
}

CLAIM("L23-15", "a background process that reads is stopped: SIGTTIN")
{
	int m = new_master(), s = open_slave(m), status;
	pid_t pid = fork_session(m, s);

	if (pid == 0) {
		pid_t back = fork();

		if (back == 0) {
			HOLDS(setpgid(0, 0) == 0);
			_exit(read(s, (char[1]){ 0 }, 1) != 1);
		}
		EQUALS(waitpid(back, &status, WUNTRACED), back);
		HOLDS(WIFSTOPPED(status) && WSTOPSIG(status) == SIGTTIN);
		HOLDS(kill(back, SIGKILL) == 0);
		_exit(0);
	}
	EQUALS(ends(pid), 0);
}

CLAIM("L23-16", "closing the last master: SIGHUP for the session's leader")
{
	int m = new_master(), s = open_slave(m), copy;
	pid_t pid = fork_session(m, s);

	if (pid == 0) {
		put(s, "ready\n");
		for (;;)
			pause();
	}
	get(m, "ready\r\n");
	copy = dup(m);
	EQUALS(close(m), 0);
	HOLDS(blocks(pid));			/* there is one more */
	EQUALS(close(copy), 0);
	EQUALS(ends(pid), 128 + SIGHUP);
	FAILS(write(s, "x", 1), EIO);		/* hung up, not killed */
}

CLAIM("L23-17", "a copy of the master in a child puts off the hang-up")
{
	int m = new_master(), s = open_slave(m);
	pid_t child = fork();
	char c;

	if (child == 0) {
		get(m, "still\r\n");
		_exit(7);
	}
	EQUALS(close(m), 0);
	HOLDS(blocks(child));			/* in read() */
	put(s, "still\n");
	EQUALS(ends(child), 7);			/* so the copy is closed */
	EQUALS(read(s, &c, 1), 0);		/* hung up: end-of-file, */
	FAILS(write(s, "x", 1), EIO);		/* and EIO */
}

CLAIM("L23-18", "the last slave closed: what it said, then EIO and POLLHUP")
{
	int m = new_master(), s = open_slave(m);
	struct pollfd p = { m, POLLIN, 0 };
	char c;

	put(s, "bye");
	EQUALS(close(s), 0);
	EQUALS(poll(&p, 1, -1), 1);
	EQUALS(p.revents, POLLIN | POLLHUP);	/* what it said is there */
	get(m, "bye");
	FAILS(read(m, &c, 1), EIO);
	EQUALS(poll(&p, 1, -1), 1);
	EQUALS(p.revents, POLLHUP);
	s = open_slave(m);			/* it can be opened again */
	put(s, "x");
	get(m, "x");
}

CLAIM("L23-19", "before the slave is first opened read() on the master waits")
{
	int m = new_master();
	pid_t reader = fork();

	if (reader == 0)
		_exit(read(m, (char[1]){ 0 }, 1) != 1);
	HOLDS(blocks(reader));
	put(open_slave(m), "x");
	EQUALS(ends(reader), 0);
}

CLAIM("L23-20", "TIOCSCTTY: only a session's leader, only a free terminal")
{
	int m = new_master(), s = open_slave(m);
	pid_t pid = fork();

	if (pid == 0) {
		pid_t other;

		HOLDS(setsid() != -1);
		other = fork();
		if (other == 0) {		/* it leads no session */
			FAILS(ioctl(s, TIOCSCTTY, 0), EPERM);
			_exit(0);
		}
		EQUALS(ends(other), 0);
		EQUALS(ioctl(s, TIOCSCTTY, 0), 0);	/* we do */
		other = fork();
		if (other == 0) {		/* it leads one, too late */
			int m2 = new_master(), s2 = open_slave(m2);

			HOLDS(setsid() != -1);
			FAILS(ioctl(s, TIOCSCTTY, 0), EPERM);
			EQUALS(ioctl(s2, TIOCSCTTY, 0), 0);
			_exit(0);
		}
		_exit(ends(other));
	}
	EQUALS(ends(pid), 0);
}

CLAIM("L23-21", "without O_NOCTTY open() may take it as the terminal")
{
	int m = new_master();
	pid_t pid = fork();

	if (pid == 0) {
		HOLDS(setsid() != -1);
		open_slave(m);
		FAILS(open("/dev/tty", O_RDWR), ENXIO);
		HOLDS(open(ptsname(m), O_RDWR) != -1);
		HOLDS(open("/dev/tty", O_RDWR) != -1);
		_exit(0);
	}
	EQUALS(ends(pid), 0);
}

/* A file system of its own for terminals, which holds one. */
CLAIM("L23-22", "when all terminals are given away: ENOSPC")
{
	int m;

	if (unshare(CLONE_NEWNS) == -1)
		SKIP("a file system must be mounted; root may");
	HOLDS(mkdir("pts", 0700) == 0);
	if (mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) == -1 ||
	    mount("devpts", "pts", "devpts", 0, "max=1") == -1)
		SKIP("mount: %s; root may", errno_name(errno));
	m = open("pts/ptmx", O_RDWR | O_NOCTTY);
	HOLDS(m != -1);
	FAILS(open("pts/ptmx", O_RDWR | O_NOCTTY), ENOSPC);
	EQUALS(close(m), 0);			/* given back */
	HOLDS(open("pts/ptmx", O_RDWR | O_NOCTTY) != -1);
}

CLAIM("L23-23", "a line has 4095 characters; what is typed beyond is lost")
{
	static const size_t typed[] = { 4094, 4095, 4096, 5000 };
	static const size_t arrive[] = { 4094, 4095, 4095, 4095 };
	static char line[5001], got[5001];
	int m = new_master(), s = open_slave(m);
	size_t lost = 0;

	turn_off(s, ECHO);
	for (int i = 0; i < 4; i++) {
		memset(line, 'a', sizeof line);
		line[typed[i]] = '\n';
		EQUALS(write(m, line, typed[i] + 1), typed[i] + 1);
		EQUALS(read(s, got, sizeof got), arrive[i] + 1);
		HOLDS(memcmp(got, line, arrive[i]) == 0);
		EQUALS(got[arrive[i]], '\n');
		lost += typed[i] - arrive[i];
	}
	EQUALS(lost, 1 + 905);
}

CLAIM("L23-24", "cfmakeraw() takes out ICANON, ECHO, ISIG, ICRNL and OPOST and "
      "sets VMIN to 1; ONLCR stays in, and has no effect")
{
	int m = new_master(), s = open_slave(m);
	struct termios t;

	EQUALS(tcgetattr(s, &t), 0);
	HOLDS((t.c_lflag & (ICANON | ECHO | ISIG)) == (ICANON | ECHO | ISIG));
	HOLDS(t.c_iflag & ICRNL);
	HOLDS((t.c_oflag & (OPOST | ONLCR)) == (OPOST | ONLCR));
	t.c_cc[VMIN] = 7;
	cfmakeraw(&t);
	EQUALS(t.c_lflag & (ICANON | ECHO | ISIG), 0);
	EQUALS(t.c_iflag & ICRNL, 0);
	EQUALS(t.c_oflag & OPOST, 0);
	HOLDS(t.c_oflag & ONLCR);
	EQUALS(t.c_cc[VMIN], 1);

	put(s, "a\n");
	get(m, "a\r\n");			/* not yet: it has an effect */
	EQUALS(tcsetattr(s, TCSANOW, &t), 0);
	EQUALS(tcgetattr(s, &t), 0);
	HOLDS(t.c_oflag & ONLCR);
	put(s, "a\nb");
	get(m, "a\nb");
}

/* In a child: give back what comes, until it has been SIZE bytes. */
static void give_back(int s, size_t size)
{
	char buf[1000];

	while (size > 0) {
		ssize_t n = read(s, buf, sizeof buf);

		HOLDS(n > 0 && (size_t)n <= size);
		for (ssize_t done = 0; done < n; ) {
			ssize_t more = write(s, buf + done, (size_t)(n - done));

			HOLDS(more > 0);
			done += more;
		}
		size -= (size_t)n;
	}
	_exit(0);
}

CLAIM("L23-25", "who only types a long text, and a program that gives it back: "
      "both wait in write(); a read() lets both go on")
{
	enum { SIZE = 300000 };
	static char text[SIZE];
	int m = new_master(), s = open_slave(m);
	struct termios t;
	char buf[1000];
	size_t back = 0;
	pid_t program, typist;

	EQUALS(tcgetattr(s, &t), 0);
	cfmakeraw(&t);
	EQUALS(tcsetattr(s, TCSANOW, &t), 0);
	program = fork();
	if (program == 0)
		give_back(s, SIZE);
	typist = fork();
	if (typist == 0)
		_exit(write(m, text, SIZE) != SIZE);
	HOLDS(blocks(typist));
	HOLDS(blocks(program));
	HOLDS(blocks(typist));
	while (back < SIZE) {
		ssize_t n = read(m, buf, sizeof buf);

		HOLDS(n > 0);
		back += (size_t)n;
	}
	EQUALS(ends(typist), 0);
	EQUALS(ends(program), 0);
}

CLAIM("L23-26", "Ctrl-Z does not stop a program that is alone in its session; "
      "one whose parent is in the session it stops")
{
	int m = new_master(), s = open_slave(m), status;
	pid_t pid;

	HOLDS(signal(SIGTSTP, SIG_DFL) != SIG_ERR);
	pid = fork_session(m, s);
	if (pid == 0) {
		put(s, "1\n");
		get(s, "on\n");
		/* It was not ignored. */
		HOLDS(signal(SIGTSTP, SIG_DFL) == SIG_DFL);
		_exit(7);
	}
	get(m, "1\r\n");
	put(m, "\32on\n");
	get(m, "^Zon\r\n");		/* the key was taken for a signal */
	EQUALS(waitpid(pid, &status, WUNTRACED), pid);
	HOLDS(WIFEXITED(status) && WEXITSTATUS(status) == 7);

	m = new_master();
	s = open_slave(m);
	pid = fork_session(m, s);
	if (pid == 0) {
		pid_t job;

		HOLDS(signal(SIGTTOU, SIG_IGN) != SIG_ERR);
		job = fork();
		if (job == 0) {
			HOLDS(setpgid(0, 0) == 0);
			HOLDS(tcsetpgrp(s, getpid()) == 0);
			for (;;)
				pause();
		}
		HOLDS(blocks(job));		/* it does not stop itself */
		put(s, "2\n");
		EQUALS(waitpid(job, &status, WUNTRACED), job);
		HOLDS(WIFSTOPPED(status) && WSTOPSIG(status) == SIGTSTP);
		HOLDS(kill(job, SIGKILL) == 0);
		_exit(8);
	}
	get(m, "2\r\n");
	put(m, "\32");
	get(m, "^Z");
	EQUALS(ends(pid), 8);
}

CLAIM("L23-27", "tcsetpgrp() puts a group into the foreground: there it reads, "
      "and gets Ctrl-C. From the background tcsetpgrp() is SIGTTOU, or "
      "ENOTTY in an orphaned group, unless SIGTTOU is ignored")
{
	int m = new_master(), s = open_slave(m), status;
	pid_t pid = fork_session(m, s);

	if (pid == 0) {
		pid_t job, other;

		HOLDS(signal(SIGINT, SIG_DFL) != SIG_ERR);
		HOLDS(signal(SIGTTOU, SIG_DFL) != SIG_ERR);
		job = fork();
		if (job == 0) {
			HOLDS(setpgid(0, 0) == 0);
			get(s, "go\n");
			put(s, "1");
			for (;;)
				pause();
		}
		EQUALS(waitpid(job, &status, WUNTRACED), job);
		HOLDS(WIFSTOPPED(status) && WSTOPSIG(status) == SIGTTIN);
		EQUALS(tcsetpgrp(s, job), 0);
		EQUALS(tcgetpgrp(s), job);
		HOLDS(kill(job, SIGCONT) == 0);
		EQUALS(ends(job), 128 + SIGINT);	/* and we live */

		other = fork();
		if (other == 0) {	/* in our group: the background */
			HOLDS(setpgid(0, 0) == 0);
			_exit(tcsetpgrp(s, getpid()) != 0);
		}
		EQUALS(waitpid(other, &status, WUNTRACED), other);
		HOLDS(WIFSTOPPED(status) && WSTOPSIG(status) == SIGTTOU);
		HOLDS(kill(other, SIGKILL) == 0);
		FAILS(tcsetpgrp(s, getpid()), ENOTTY);
		HOLDS(signal(SIGTTOU, SIG_IGN) != SIG_ERR);
		EQUALS(tcsetpgrp(s, getpid()), 0);
		EQUALS(tcgetpgrp(s), getpid());
		_exit(7);
	}
	put(m, "go\r");
	get(m, "go\r\n1");
	put(m, "\3");
	EQUALS(ends(pid), 7);
}

CLAIM("L23-28", "tcsetattr() from the background stops: SIGTTOU; in an "
      "orphaned group it is EIO; if SIGTTOU is ignored it works")
{
	int m = new_master(), s = open_slave(m), status;
	pid_t pid = fork_session(m, s);

	if (pid == 0) {
		struct termios t;
		pid_t back;

		HOLDS(signal(SIGTTOU, SIG_DFL) != SIG_ERR);
		EQUALS(tcgetattr(s, &t), 0);
		t.c_lflag &= ~(tcflag_t)ECHO;
		back = fork();
		if (back == 0) {
			HOLDS(setpgid(0, 0) == 0);
			_exit(tcsetattr(s, TCSANOW, &t) != 0);
		}
		EQUALS(waitpid(back, &status, WUNTRACED), back);
		HOLDS(WIFSTOPPED(status) && WSTOPSIG(status) == SIGTTOU);
		HOLDS(kill(back, SIGKILL) == 0);
		EQUALS(tcgetattr(s, &t), 0);
		HOLDS(t.c_lflag & ECHO);

		back = fork();
		if (back == 0) {
			HOLDS(setpgid(0, 0) == 0);
			HOLDS(signal(SIGTTOU, SIG_IGN) != SIG_ERR);
			HOLDS(tcgetpgrp(s) != getpgrp());
			t.c_lflag &= ~(tcflag_t)ECHO;
			_exit(tcsetattr(s, TCSANOW, &t) != 0);
		}
		EQUALS(ends(back), 0);
		EQUALS(tcgetattr(s, &t), 0);
		HOLDS(!(t.c_lflag & ECHO));

		/* We are an orphaned group. In the background from here on: */
		back = fork();
		if (back == 0) {
			HOLDS(setpgid(0, 0) == 0);
			HOLDS(signal(SIGTTOU, SIG_IGN) != SIG_ERR);
			EQUALS(tcsetpgrp(s, getpid()), 0);
			EQUALS(tcgetpgrp(s), getpgrp());
			for (;;)
				pause();
		}
		HOLDS(blocks(back));
		EQUALS(tcgetpgrp(s), back);
		FAILS(tcsetattr(s, TCSANOW, &t), EIO);
		HOLDS(kill(back, SIGKILL) == 0);
		_exit(7);
	}
	EQUALS(ends(pid), 7);
}

CLAIM("L23-29", "the settings stay when the program that has made them ends")
{
	int m = new_master(), s = open_slave(m);
	struct termios t;
	pid_t pid = fork();

	if (pid == 0) {
		turn_off(s, ECHO);
		HOLDS(raise(SIGKILL) == 0);
	}
	EQUALS(ends(pid), 128 + SIGKILL);
	EQUALS(tcgetattr(s, &t), 0);
	HOLDS(!(t.c_lflag & ECHO));
	HOLDS(t.c_lflag & ICANON);
}

CLAIM("L23-30", "TIOCGPTPEER opens the slave without its name")
{
	int m = new_master(), s;
	char name[64];

	snprintf(name, sizeof name, "%s", ptsname(m));
	HOLDS(open(name, O_RDWR | O_NOCTTY) != -1);
	if (chroot(".") == -1 &&
	    (unshare(CLONE_NEWUSER) == -1 || chroot(".") == -1))
		SKIP("chroot: %s; root may", errno_name(errno));
	FAILS(open(name, O_RDWR | O_NOCTTY), ENOENT);
	s = ioctl(m, TIOCGPTPEER, O_RDWR | O_NOCTTY);
	HOLDS(s != -1);
	HOLDS(isatty(s));
	put(s, "x");
	get(m, "x");
}

CLAIM("L23-31", "packet mode: a byte before the data says what they are")
{
	int m = new_master(), s = open_slave(m), on = 1;
	char buf[16];

	put(s, "x");
	EQUALS(read(m, buf, sizeof buf), 1);
	EQUALS(ioctl(m, TIOCPKT, &on), 0);
	put(s, "x");
	EQUALS(read(m, buf, sizeof buf), 2);
	HOLDS(buf[0] == TIOCPKT_DATA && buf[1] == 'x');
	EQUALS(tcflush(s, TCIFLUSH), 0);
	EQUALS(read(m, buf, sizeof buf), 1);
	HOLDS(buf[0] & TIOCPKT_FLUSHREAD);
}

CLAIM("L23-32", "TIOCSTI types at one's own terminal, where it is allowed: up "
      "to Linux 6.1, and with dev.tty.legacy_tiocsti; else it is EIO")
{
	const char *path = "/proc/sys/dev/tty/legacy_tiocsti";
	int m = new_master(), s = open_slave(m);
	int is_allowed = access(path, F_OK) == -1 || number_in(path) == 1;
	pid_t pid;

	if (kernel_version() >= 602 && access(path, F_OK) == -1)
		SKIP("no %s here", path);
	pid = fork_session(m, s);
	if (pid == 0) {
		become_ordinary_user();
		if (!is_allowed) {
			FAILS(ioctl(s, TIOCSTI, "x"), EIO);
			_exit(7);
		}
		EQUALS(ioctl(s, TIOCSTI, "x"), 0);
		EQUALS(ioctl(s, TIOCSTI, "\n"), 0);
		get(s, "x\n");
		_exit(7);
	}
	EQUALS(ends(pid), 7);
}

CLAIM("L23-33", "posix_openpt() takes O_NONBLOCK and O_CLOEXEC on Linux")
{
	int plain = new_master();
	int m = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	char c;

	HOLDS(m != -1);
	EQUALS(unlockpt(m), 0);
	HOLDS(open_slave(m) != -1);
	FAILS(read(m, &c, 1), EAGAIN);
	HOLDS(fcntl(m, F_GETFD) & FD_CLOEXEC);
	HOLDS(!(fcntl(plain, F_GETFD) & FD_CLOEXEC));
	HOLDS(!(fcntl(plain, F_GETFL) & O_NONBLOCK));
}

static void handler(int sig)
{
	(void)sig;
}

CLAIM("L23-34", "a stop and a continue do not end read() and poll() of a "
      "terminal; a handler without SA_RESTART does")
{
	static const struct sigaction act = { .sa_handler = handler };
	int m = new_master(), s = open_slave(m), status;

	HOLDS(sigaction(SIGUSR1, &act, NULL) == 0);
	for (int polls = 0; polls <= 1; polls++)
		for (int caught = 0; caught <= 1; caught++) {
			pid_t pid = fork();

			if (pid == 0) {
				struct pollfd p = { s, POLLIN, 0 };
				char buf[8];
				ssize_t n;

				n = polls ? poll(&p, 1, -1) :
					    read(s, buf, sizeof buf);
				_exit(n == -1 && errno == EINTR ? 9 : (int)n);
			}
			HOLDS(blocks(pid));
			if (caught) {
				HOLDS(kill(pid, SIGUSR1) == 0);
				EQUALS(ends(pid), 9);
				continue;
			}
			HOLDS(kill(pid, SIGSTOP) == 0);
			EQUALS(waitpid(pid, &status, WUNTRACED), pid);
			HOLDS(WIFSTOPPED(status));
			HOLDS(kill(pid, SIGCONT) == 0);
			EQUALS(waitpid(pid, &status, WCONTINUED), pid);
			HOLDS(WIFCONTINUED(status));
			HOLDS(blocks(pid));
			put(m, "ab\r");
			EQUALS(ends(pid), polls ? 1 : 3);
			if (polls)
				get(s, "ab\n");
		}
}

CLAIM("L23-35", "with _POSIX_VDISABLE for VSUSP and VQUIT no key is SIGTSTP or "
      "SIGQUIT: Ctrl-Z and Ctrl-\\ are bytes")
{
	int m = new_master(), s = open_slave(m);
	struct termios t;
	pid_t pid;

	EQUALS(tcgetattr(s, &t), 0);
	EQUALS(t.c_cc[VSUSP], 26);
	EQUALS(t.c_cc[VQUIT], 28);
	t.c_cc[VSUSP] = _POSIX_VDISABLE;
	t.c_cc[VQUIT] = _POSIX_VDISABLE;
	t.c_lflag &= ~(tcflag_t)ECHO;
	EQUALS(tcsetattr(s, TCSANOW, &t), 0);
	pid = fork_session(m, s);
	if (pid == 0) {
		put(s, "1\n");
		get(s, "a\32b\34c\n");
		put(s, "2\n");
		for (;;)
			pause();
	}
	get(m, "1\r\n");
	put(m, "a\32b\34c\n");
	get(m, "2\r\n");
	put(m, "\3");			/* Ctrl-C is a key still */
	EQUALS(ends(pid), 128 + SIGINT);
}

CLAIM("L23-36", "EIO tells that nobody has the slave open: the program was "
      "killed, or has closed it and lives on. SIGHUP that is ignored ends "
      "nothing")
{
	int m = new_master(), s = open_slave(m);
	char c;
	pid_t pid = fork_session(m, s);

	if (pid == 0) {
		HOLDS(raise(SIGKILL) == 0);
		_exit(0);
	}
	EQUALS(close(s), 0);
	FAILS(read(m, &c, 1), EIO);
	EQUALS(ends(pid), 128 + SIGKILL);

	for (int ignores = 1; ignores >= 0; ignores--) {
		m = new_master();
		s = open_slave(m);
		pid = fork_session(m, s);
		if (pid == 0) {
			signal(SIGHUP, ignores ? SIG_IGN : SIG_DFL);
			EQUALS(close(s), 0);
			for (;;)
				pause();
		}
		EQUALS(close(s), 0);
		FAILS(read(m, &c, 1), EIO);
		HOLDS(blocks(pid));
		EQUALS(close(m), 0);
		if (ignores) {
			HOLDS(blocks(pid));
			HOLDS(kill(pid, SIGTERM) == 0);
		}
		EQUALS(ends(pid), 128 + (ignores ? SIGTERM : SIGHUP));
	}
}

CLAIM("L23-37", "to type after the last slave was closed is no error; only "
      "read() tells the end")
{
	int m = new_master(), s = open_slave(m);
	struct termios t;
	char c;

	/* With the echo on, the "x" itself may come back, or may not: a thread
	 * of the kernel makes the echo. */
	turn_off(s, ECHO);
	EQUALS(tcgetattr(s, &t), 0);
	HOLDS(!(t.c_lflag & ECHO));
	EQUALS(close(s), 0);
	EQUALS(write(m, "x", 1), 1);
	FAILS(read(m, &c, 1), EIO);
}

CLAIM("L23-38", "TCSAFLUSH forgets what was typed before, TCSANOW does not")
{
	int m = new_master(), s = open_slave(m);
	struct termios t;

	EQUALS(tcgetattr(s, &t), 0);
	put(m, "early\n");
	get(m, "early\r\n");		/* the echo: it has arrived */
	t.c_cc[VMIN] = 7;
	EQUALS(tcsetattr(s, TCSANOW, &t), 0);
	EQUALS(tcgetattr(s, &t), 0);
	EQUALS(t.c_cc[VMIN], 7);		/* it is set */
	get(s, "early\n");

	put(m, "early\n");
	get(m, "early\r\n");
	await_unread(s, 6);
	EQUALS(tcsetattr(s, TCSAFLUSH, &t), 0);
	put(m, "late\n");
	get(s, "late\n");
}

CLAIM("L23-39", "tcgetattr() and tcsetattr() of a pipe or a file: ENOTTY")
{
	int m = new_master(), s = open_slave(m), fd[2];
	int file = open("file", O_CREAT | O_RDWR, 0600);
	struct termios t;

	HOLDS(pipe(fd) == 0);
	FAILS(tcgetattr(fd[0], &t), ENOTTY);
	FAILS(tcgetattr(file, &t), ENOTTY);
	EQUALS(tcgetattr(s, &t), 0);
	FAILS(tcsetattr(fd[0], TCSANOW, &t), ENOTTY);
	FAILS(tcsetattr(file, TCSANOW, &t), ENOTTY);
	EQUALS(tcsetattr(s, TCSANOW, &t), 0);
}

CLAIM("L23-40", "/dev/tty is the terminal of the session, whatever stdin is")
{
	int m = new_master(), s = open_slave(m);
	pid_t pid = fork_session(m, s);

	if (pid == 0) {
		int inner = new_master(), slave = open_slave(inner);
		pid_t child = fork();

		if (child == 0) {
			HOLDS(dup2(slave, 0) == 0);
			put(open("/dev/tty", O_RDWR), "1");
			HOLDS(setsid() != -1);
			EQUALS(ioctl(0, TIOCSCTTY, 0), 0);
			put(open("/dev/tty", O_RDWR), "2");
			_exit(0);
		}
		EQUALS(ends(child), 0);
		get(inner, "2");
		put(s, ".");
		_exit(7);
	}
	get(m, "1.");
	EQUALS(ends(pid), 7);
}

CLAIM("L23-41", "setsid(): EPERM if the caller leads a process group already")
{
	pid_t child = fork();

	if (child == 0) {
		HOLDS(getpgrp() != getpid());
		EQUALS(setsid(), getpid());
		FAILS(setsid(), EPERM);
		_exit(0);
	}
	EQUALS(ends(child), 0);
}
