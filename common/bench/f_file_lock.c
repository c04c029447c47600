/*
 * f_file_lock.c - locks on a file: record locks as a token, and three kinds
 * of lock around a counter
 *
 * A lock is a token as follows. Each side owns two bytes and holds one of
 * them. To send, it locks its other byte, then unlocks the first. To receive,
 * it locks the byte that the other side holds, which makes it wait, and
 * unlocks it. So nobody ever locks again what it has just unlocked: it could
 * have it back before the one who waits is awake.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../lesson.h"
#include "bench.h"

static int fd;
static long sent, taken;
static char path[OWN_PATH];

/* flock and OFD locks belong to the open file: each side opens its own, by
 * the link that /proc keeps to a file without a name. */
static const char *setup(struct bench *b)
{
	(void)b;
	own_path(path, "bench-lock.XXXXXX");
	fd = mkstemp(path);
	if (fd == -1 || unlink(path) == -1)
		return refuse("mkstemp");
	sent = taken = 0;
	return NULL;
}

static void record(struct bench *b, int wait, int type, long byte)
{
	struct flock l = { .l_type = (short)type, .l_whence = SEEK_SET,
			   .l_start = byte, .l_len = 1 };

	while (fcntl(fd, wait, &l) == -1)
		if (errno != EAGAIN && errno != EACCES && errno != EINTR)
			fail(b, "fcntl of a lock");
}

static int kind(const struct bench *b)
{
	return b->spin ? F_SETLK : F_SETLKW;
}

/* Bytes 0 and 1 are those of channel 0's sender, 2 and 3 of channel 1's. */
static void join_record(struct bench *b)
{
	if (b->me != ALONE)
		record(b, F_SETLKW, F_WRLCK, 2 * out(b));
}

static void send_token(struct bench *b, const void *msg, size_t len)
{
	long mine = 2 * out(b);

	(void)msg, (void)len;
	record(b, kind(b), F_WRLCK, mine + (sent + 1) % 2);
	record(b, kind(b), F_UNLCK, mine + sent % 2);
	sent++;
}

static void recv_token(struct bench *b, void *msg, size_t len)
{
	long theirs = 2 * in(b);

	(void)msg, (void)len;
	record(b, kind(b), F_WRLCK, theirs + taken % 2);
	record(b, kind(b), F_UNLCK, theirs + taken % 2);
	taken++;
}

static void lock_record(struct bench *b) { record(b, F_SETLKW, F_WRLCK, 0); }
static void unlock_record(struct bench *b) { record(b, F_SETLKW, F_UNLCK, 0); }
static void lock_ofd(struct bench *b) { record(b, F_OFD_SETLKW, F_WRLCK, 0); }
static void unlock_ofd(struct bench *b) { record(b, F_OFD_SETLKW, F_UNLCK, 0); }

static void join_own_file(struct bench *b)
{
	char link[64];

	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	fd = open(link, O_RDWR);
	if (fd == -1)
		fail(b, "open of the file again");
}

static void lock_flock(struct bench *b)
{
	while (flock(fd, LOCK_EX) == -1)
		if (errno != EINTR)
			fail(b, "flock");
}

static void unlock_flock(struct bench *b)
{
	if (flock(fd, LOCK_UN) == -1)
		fail(b, "flock");
}

const struct facility f_record_lock = {
	.name = "record-lock", .title = "record lock", .family = "lock",
	.can = BLOCKS | POLLS | SELF | ROUND,
	.setup = setup, .join = join_record,
	.send = send_token, .recv = recv_token,
};

const struct facility f_lock_record = {
	.name = "lock-record", .title = "record lock", .family = "lock",
	.can = BLOCKS | SELF,
	.setup = setup, .lock = lock_record, .unlock = unlock_record,
};

const struct facility f_lock_ofd = {
	.name = "lock-ofd", .title = "OFD lock", .family = "lock",
	.can = BLOCKS | SELF,
	.setup = setup, .join = join_own_file,
	.lock = lock_ofd, .unlock = unlock_ofd,
};

const struct facility f_flock = {
	.name = "flock", .title = "flock", .family = "lock",
	.can = BLOCKS | SELF,
	.setup = setup, .join = join_own_file,
	.lock = lock_flock, .unlock = unlock_flock,
};
