/*
 * close - close() of another descriptor drops a lock of F_SETLK
 *
 *   file = open()  --F_SETLK-->  lock
 *   again = open(), close(again):  now the lock of file is gone
 *
 * Watch: the parent never unlocks, and never closes the descriptor by which it
 * has locked.
 *
 * Try: write dup(file) instead of open_file() in the line of again. Is the lock
 * still dropped?
 */
#define _GNU_SOURCE			// for F_OFD_SETLK
#include <fcntl.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum { GRANTED = 10, REFUSED = 11 };	// exit statuses of a child

static char path[OWN_PATH];		// global: remove_file() needs it

static void remove_file(void)
{
	unlink(path);
}

/* Make an empty file. A killed run may have left one: O_TRUNC empties it. */
static void make_file(void)
{
	int file;

	own_path(path, "close");
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

/* Another process tries to lock the file by CMD, and does not wait. Return its
 * answer, "granted" or "EAGAIN". */
static const char *other_process(int cmd)
{
	pid_t parent = getpid();
	pid_t child = fork();
	int status;

	if (child == -1)
		die("fork");
	if (child == 0) {
		// l_start and l_len are not named, so both are 0: this means
		// the whole file.
		struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
		int file;

		if (!end_with_parent(parent))
			die("end_with_parent");
		file = open_file();
		if (fcntl(file, cmd, &all) == 0)
			exit(GRANTED);
		if (errno == EAGAIN)
			exit(REFUSED);
		die(cmd == F_SETLK ? "fcntl F_SETLK" : "fcntl F_OFD_SETLK");
	}
	if (waitpid(child, &status, 0) == -1)
		die("waitpid");
	if (!WIFEXITED(status))
		quit("the other process has died");
	if (WEXITSTATUS(status) == GRANTED)
		return "granted";
	if (WEXITSTATUS(status) == REFUSED)
		return "EAGAIN";
	quit("the other process has failed");
}

/* CMD is F_SETLK or F_OFD_SETLK. WHAT is the beginning of each line. */
static void open_and_close(const char *what, int cmd)
{
	struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	const char *before;
	const char *after;
	int file = open_file();
	int again;

	if (fcntl(file, cmd, &all) == -1)
		die(cmd == F_SETLK ? "fcntl F_SETLK" : "fcntl F_OFD_SETLK");
	before = other_process(cmd);
	say("%s: I have the lock; another process gets %s", what, before);

	// A function of a library may do the same, for example to copy the
	// file.
	again = open_file();
	if (close(again) == -1)
		die("close");
	after = other_process(cmd);
	say("%s: I open the file again, close that; now: %s", what, after);

	if (close(file) == -1)
		die("close");
}

int main(void)
{
	make_file();
	open_and_close("wrong, F_SETLK", F_SETLK);
	open_and_close("right, F_OFD_SETLK", F_OFD_SETLK);
	return EXIT_SUCCESS;
}
