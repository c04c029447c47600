/*
 * check - what a-pipe-with-a-name asks of letterbox
 *
 * The checker is whoever writes a letter.
 */
#define _GNU_SOURCE
#include <fcntl.h>

#include "../../../common/proof/asleep.h"
#include "../../../common/proof/check.h"

#define STILL_WAITS "the writer has left, and it does not see that"

static const char *door = "door";

/* Start it, and wait until it sleeps. There is a FIFO then, as it should be. */
static struct prog waiting(void)
{
	struct prog p = start("letterbox", door, NULL);
	struct stat about;

	MUST(await_blocked(&p), "it ends before anybody has written a letter: "
	     "is there a FIFO, and does open() wait for a writer?");
	MUST(lstat(door, &about) == 0, "it waits, and there is no FIFO of its "
	     "name");
	MUST(S_ISFIFO(about.st_mode), "what it has made under its name is no "
	     "FIFO: mkfifo() makes one, open() with O_CREAT an ordinary file");
	MUST((about.st_mode & 0777) == 0600, "the mode of the FIFO is 0%o, not "
	     "0600: this user alone may read and write", about.st_mode & 0777u);
	MUST_NOT_POLL(&p, "while nobody writes");
	return p;
}

/* Open it as a writer does. It may have left, or may not read. */
static int writer(const struct prog *p)
{
	int fd;

	HOLDS(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
	while ((fd = open(door, O_WRONLY | O_NONBLOCK | O_CLOEXEC)) == -1) {
		HOLDS(errno == ENXIO);
		MUST(!is_asleep(p->pid), "it sleeps, and has not opened the "
		     "FIFO to read: a writer would wait for ever");
		sched_yield();
	}
	return fd;
}

static void put(int to, const char *text)
{
	ssize_t n = write(to, text, strlen(text));

	MUST(n == (ssize_t)strlen(text), "nobody reads the FIFO while its "
	     "writer is there");
}

CHECK(2, "fifo", "it makes a FIFO of mode 0600, and waits for a writer")
{
	struct prog p;
	mode_t mask = umask(0);

	p = waiting();
	umask(mask);
	HOLDS(close(writer(&p)) == 0);
	when_it_hangs(STILL_WAITS);
	MUST_EXIT(&p, 0);
	MUST_SAY(&p, "");
}

CHECK_AFTER(2, "letter", "fifo", "it prints what comes, until the writer "
	    "leaves")
{
	char word[12], want[48];
	struct prog p;
	int fd;

	random_word(word, sizeof word);
	snprintf(want, sizeof want, "dear %s\nwrite soon", word);
	p = waiting();
	fd = writer(&p);
	put(fd, "dear ");
	MUST(await_blocked(&p), "it ends while its writer is still there");
	put(fd, word);
	MUST(await_blocked(&p), "it ends while its writer is still there");
	put(fd, "\nwrite soon");
	HOLDS(close(fd) == 0);
	when_it_hangs(STILL_WAITS);
	MUST_EXIT(&p, 0);
	MUST_SAY(&p, want);
}

CHECK_AFTER(1, "gone", "fifo", "at its end the FIFO has gone")
{
	struct prog p = waiting();

	HOLDS(close(writer(&p)) == 0);
	MUST_EXIT(&p, 0);
	MUST(access(door, F_OK) == -1, "it has ended, and its FIFO is still "
	     "there: is_ours must be 1 once it has made it");
}

static void ended_by(int sig, const char *name)
{
	struct prog p = waiting();
	int status = end_by(&p, sig);

	MUST(status == 128 + sig || status == 0, "%s came while it waited, and "
	     "it ended with status %d", name, status);
	MUST(access(door, F_OK) == -1, "%s has ended it, and its FIFO is still "
	     "there", name);
}

CHECK_AFTER(1, "signals", "fifo", "so it has when SIGTERM or SIGINT ends it")
{
	ended_by(SIGTERM, "SIGTERM");
	ended_by(SIGINT, "SIGINT");
}

static const char *what;	/* what is there under the name */
static int there = -1;		/* open to it, to read and write */

static const char *touched(void)
{
	static char deed[96];
	struct stat now, before;

	HOLDS(fstat(there, &before) == 0);
	if (lstat(door, &now) == 0 && now.st_ino == before.st_ino)
		return NULL;
	snprintf(deed, sizeof deed, "it removed the %s that was there under "
		 "its name", what);
	return deed;
}

/* It must not read a byte of it, either. */
static void left_alone(void)
{
	struct prog p;
	char got[16];

	HOLDS(there != -1 && write(there, "mine", 4) == 4);
	p = start("letterbox", door, NULL);
	when_it_hangs("its name was taken, and it goes on with what is there");
	MUST_REFUSE(&p, EEXIST, touched);
	MUST_SAY(&p, "");
	if (strcmp(what, "file") == 0)
		HOLDS(lseek(there, 0, SEEK_SET) == 0);
	MUST(read(there, got, sizeof got) == 4, "it changed the %s that was "
	     "there under its name", what);
	HOLDS(close(there) == 0 && unlink(door) == 0);
}

CHECK_AFTER(2, "taken", "fifo", "it leaves alone what is there under its name")
{
	what = "file";
	there = open(door, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	left_alone();
	what = "FIFO";
	HOLDS(mkfifo(door, 0600) == 0);
	there = open(door, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	left_alone();
}

/* A writer comes as soon as it can, says two letters, and leaves. */
static struct prog scene(const struct how *how)
{
	struct prog p;
	int fd = -1;

	HOLDS(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
	HOLDS(unlink(door) == 0 || errno == ENOENT);
	p = start_how(how, "letterbox", door, NULL);
	while (fd == -1 && !has_ended(&p)) {
		fd = open(door, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
		sched_yield();
	}
	if (fd != -1) {
		HOLDS(write(fd, "hi", 2) == 2 || errno == EPIPE);
		HOLDS(close(fd) == 0);
	}
	return p;
}

MAY_FAIL("unlink");

CHECK_AFTER(1, "errors", "letter", "a call that fails is noticed and named")
{
	MUST_NOTICE(scene);
}
