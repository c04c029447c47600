/*
 * kinds - three kinds of locks on one file: which kind keeps out which kinds?
 *
 *   The parent has a lock. A child asks for a lock of each kind, and does not
 *   wait.
 *
 * Watch: flock() on the one side, and fcntl() on the other, do not see each
 * other. And a program that does not ask writes whatever it likes.
 *
 * Try: in ask(), write F_RDLCK instead of F_WRLCK, and LOCK_SH instead of
 * LOCK_EX. Now all locks are locks to read. Is any of them refused?
 */
#define _GNU_SOURCE			// for F_OFD_SETLK
#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum kind { SETLK, OFD_SETLK, FLOCK };

// The name of each kind, in the order of the kinds.
static const char *const name_of[] = { "F_SETLK", "F_OFD_SETLK", "flock()" };

// And the call that asks for a lock of each kind.
static const char *const call_of[] = {
	"fcntl F_SETLK",
	"fcntl F_OFD_SETLK",
	"flock",
};

static char path[OWN_PATH];		// global: remove_file() needs it

static void remove_file(void)
{
	unlink(path);
}

/* Make an empty file. A killed run may have left one: O_TRUNC empties it. */
static void make_file(void)
{
	int file;

	own_path(path, "kinds");
	hold_signals();
	file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (file == -1)
		die("open");
	remove_at_end(remove_file);
	let_signals();
	if (close(file) == -1)
		die("close");
}

static int open_file(void)
{
	int file = open(path, O_RDWR | O_CLOEXEC);

	if (file == -1)
		die("open");
	return file;
}

/* Ask for a lock of this KIND, without waiting. Return what the call does: 0,
 * or -1 with errno. */
static int ask(int file, enum kind kind)
{
	// l_start and l_len are not named, so both are 0: the whole file.
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (kind == FLOCK)
		return flock(file, LOCK_EX | LOCK_NB);
	if (kind == OFD_SETLK)
		return fcntl(file, F_OFD_SETLK, &lock);
	return fcntl(file, F_SETLK, &lock);
}

static const char *answer(int file, enum kind kind)
{
	if (ask(file, kind) == 0)
		return "granted";
	return errno_name(errno);
}

/* The child: open the file, and ask for each kind of lock. */
static void ask_for_all(enum kind held)
{
	const char *to_setlk;		// the answer to F_SETLK, and so on
	const char *to_ofd_setlk;
	const char *to_flock;
	int file;

	// One question may get a lock, which must not be in the way of the next
	// question. So we close the file after each one: that drops the lock.
	file = open_file();
	to_setlk = answer(file, SETLK);
	if (close(file) == -1)
		die("close");
	file = open_file();
	to_ofd_setlk = answer(file, OFD_SETLK);
	if (close(file) == -1)
		die("close");
	file = open_file();
	to_flock = answer(file, FLOCK);
	say("held by %s: F_SETLK %s, F_OFD_SETLK %s, flock() %s",
	    name_of[held], to_setlk, to_ofd_setlk, to_flock);
}

static void write_unasked(void)
{
	int file = open_file();
	ssize_t n = write(file, "four", 4);

	if (n == -1)
		die("write");
	say("held by all three: write() does not ask: %zd bytes written", n);
}

static void see_it_end(pid_t child)
{
	int status;

	if (waitpid(child, &status, 0) == -1)
		die("waitpid");
	if (status != 0)
		quit("the child has failed");
}

/* Like fork(), this returns in both processes: 0 in the child, and the child's
 * process id in the parent. The child ends with its parent. */
static pid_t start_child(void)
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child == -1)
		die("fork");
	if (child == 0) {
		if (!end_with_parent(parent))
			die("end_with_parent");
	}
	return child;
}

static void hold_one(enum kind kind)
{
	int file = open_file();
	pid_t child;

	if (ask(file, kind) == -1)
		die(call_of[kind]);
	child = start_child();
	if (child == 0) {
		ask_for_all(kind);
		exit(EXIT_SUCCESS);
	}
	see_it_end(child);
	if (close(file) == -1)		// drops the lock
		die("close");
}

static void hold_all(void)
{
	// The first two kinds keep each other out, so each has a byte of its
	// own: byte 0 and byte 1.
	struct flock first = {
		.l_type = F_WRLCK,
		.l_whence = SEEK_SET,
		.l_start = 0,
		.l_len = 1,
	};
	struct flock second = {
		.l_type = F_WRLCK,
		.l_whence = SEEK_SET,
		.l_start = 1,
		.l_len = 1,
	};
	int setlk_file = open_file();
	int ofd_file = open_file();
	int flock_file = open_file();
	pid_t child;

	if (fcntl(setlk_file, F_SETLK, &first) == -1)
		die("fcntl F_SETLK");
	if (fcntl(ofd_file, F_OFD_SETLK, &second) == -1)
		die("fcntl F_OFD_SETLK");
	if (flock(flock_file, LOCK_EX | LOCK_NB) == -1)
		die("flock");
	child = start_child();
	if (child == 0) {
		write_unasked();
		exit(EXIT_SUCCESS);
	}
	see_it_end(child);
}

int main(void)
{
	make_file();
	hold_one(SETLK);
	hold_one(OFD_SETLK);
	hold_one(FLOCK);
	hold_all();
	return EXIT_SUCCESS;
}
