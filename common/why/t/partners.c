/*
 * partners.c - programs that wait for a partner over a lock, a socket, a
 * terminal or the like; see act.h
 *
 * They run in an empty folder of the test.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "act.h"

/* ---------------------------------------------------------------- locks */

static int open_file(const char *name)
{
	int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd == -1)
		die("open");
	return fd;
}

/* With an open() of its own, as all of these */
static void lock_file(const char *name)
{
	int fd = open_file(name);

	if (flock(fd, LOCK_EX) == -1)
		die("flock");
}

/* Bytes FIRST to FIRST + N - 1; N 0 means up to the end. */
static void lock_bytes(int fd, int cmd, short type, off_t first, off_t n)
{
	struct flock l = { .l_type = type, .l_start = first, .l_len = n };

	if (fcntl(fd, cmd, &l) == -1)
		die("fcntl");
}

static int there[2];
static int back[2];

static void write_byte(int fd)
{
	char c = 'x';

	if (write(fd, &c, 1) == -1)
		die("write");
}

static void read_byte(int fd)
{
	char c;

	if (read(fd, &c, 1) == -1)
		die("read");
}

/* Whoever took it has ended, and its child has what it had opened. The child
 * ends when we do: nobody else has THERE[1] then. */
static void act_flock(void)
{
	make_pipe(there);
	if (fork_child() == 0) {
		lock_file("locked");
		if (fork() == 0) {
			prctl(PR_SET_NAME, "daemon");
			close(there[1]);
			read_byte(there[0]);
		}
		_exit(0);
	}
	wait(NULL);
	lock_file("locked");
}

static void lock_first(void)
{
	int fd = open_file("bytes");

	lock_bytes(fd, F_SETLKW, F_WRLCK, 0, 10);
}

static void lock_hundred(void)
{
	int fd = open_file("bytes");

	lock_bytes(fd, F_SETLKW, F_WRLCK, 100, 10);
	lock_bytes(fd, F_SETLKW, F_RDLCK, 150, 10);
}

/* Bytes 100 and 150 are not free; 0 is not asked for. */
static void act_range(void)
{
	int fd = open_file("bytes");

	child_that(lock_first, "first");
	child_that(lock_hundred, "hundred");
	lock_bytes(fd, F_SETLKW, F_WRLCK, 105, 0);
}

/* Who only reads waits for nobody who reads. */
static void act_shared(void)
{
	int fd = open_file("bytes");

	child_that(lock_first, "first");
	child_that(lock_hundred, "hundred");
	lock_bytes(fd, F_SETLKW, F_RDLCK, 105, 100);
}

/* The range is counted from where it is in the file. */
static void act_current(void)
{
	struct flock l = { .l_type = F_WRLCK, .l_whence = SEEK_CUR,
			   .l_start = -10, .l_len = 4 };
	int fd;

	child_that(lock_first, "first");
	child_that(lock_hundred, "hundred");
	fd = open_file("bytes");
	if (lseek(fd, 115, SEEK_SET) == -1)
		die("lseek");
	fcntl(fd, F_SETLKW, &l);
}

static int file;

static void lock_own(void)
{
	file = open_file("own");
	lock_bytes(file, F_OFD_SETLK, F_WRLCK, 0, 0);
	child_that_pauses("heir");
}

static void act_ofd(void)
{
	child_that(lock_own, "opener");
	file = open_file("own");
	lock_bytes(file, F_OFD_SETLKW, F_WRLCK, 0, 0);
}

/* What it holds itself, by the same open(), is not in its way. */
static void read_own(void)
{
	int fd = open_file("upgraded");

	lock_bytes(fd, F_OFD_SETLK, F_RDLCK, 0, 0);
}

static void act_upgrade(void)
{
	child_that(read_own, "reader");
	file = open_file("upgraded");
	lock_bytes(file, F_OFD_SETLK, F_RDLCK, 0, 0);
	lock_bytes(file, F_OFD_SETLKW, F_WRLCK, 0, 0);
}

/* By another open() it is, also for itself. */
static void act_twice(void)
{
	lock_file("twice");
	lock_file("twice");
}

/* Two files, in the other order. */
static void act_crossed(void)
{
	make_pipe(there);
	make_pipe(back);
	if (fork_child() == 0) {
		prctl(PR_SET_NAME, "other");
		lock_file("two");
		write_byte(back[1]);
		read_byte(there[0]);
		lock_file("one");
	}
	lock_file("one");
	write_byte(there[1]);
	read_byte(back[0]);
	lock_file("two");
}

/* Three want what a fourth holds. */
static void hold_it(void)
{
	lock_file("queue");
}

static void act_queue(void)
{
	child_that(hold_it, "holder");
	for (int i = 0; i < 2; i++) {
		if (fork_child() > 0)
			continue;
		prctl(PR_SET_NAME, "next");
		lock_file("queue");
		forever();
	}
	lock_file("queue");
}

static const struct act acts[] = {
	{ "flock", act_flock }, { "range", act_range },
	{ "shared", act_shared }, { "current", act_current },
	{ "ofd", act_ofd }, { "upgrade", act_upgrade },
	{ "twice", act_twice }, { "crossed", act_crossed },
	{ "queue", act_queue },
};

int main(int argc, char **argv)
{
	return play(argc, argv, acts, sizeof acts / sizeof *acts);
}
