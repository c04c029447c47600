/*
 * holder - F_GETLK asks for the process that has the lock; there may be none
 *
 *   A child locks, by F_SETLK or by F_OFD_SETLK. The parent asks by F_GETLK,
 *   and looks at l_pid.
 *
 * Watch: -1 is no process. For kill() it means: every process that you may send
 * a signal to.
 *
 * Try: write F_RDLCK instead of F_WRLCK in hold_it(), then in ask() as well. Is
 * the child in the way each time?
 */
#define _GNU_SOURCE			// for F_OFD_SETLK
#include <fcntl.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

static char path[OWN_PATH];		// global: remove_file() needs it

static void remove_file(void)
{
	unlink(path);
}

/* Make an empty file. A killed run may have left one: O_TRUNC empties it. */
static int make_file(void)
{
	int file;

	own_path(path, "holder");
	hold_signals();
	file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (file == -1)
		die("open");
	remove_at_end(remove_file);
	let_signals();
	return file;
}

static int open_file(void)
{
	int file = open(path, O_RDWR | O_CLOEXEC);

	if (file == -1)
		die("open");
	return file;
}

/* The child: lock the file by CMD, tell the parent, and keep the lock until the
 * parent closes its end of the pipe HOLD. */
static void hold_it(int cmd, int ready, int hold)
{
	// l_start and l_len are not named, so both are 0: the whole file.
	struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int file = open_file();
	char byte;

	if (fcntl(file, cmd, &all) == -1)
		die(cmd == F_SETLK ? "fcntl F_SETLK" : "fcntl F_OFD_SETLK");
	if (write(ready, "!", 1) != 1)
		die("write");
	// read() returns 0, end-of-file, when the parent has closed its end.
	while (read(hold, &byte, 1) == -1) {
		if (errno != EINTR)
			die("read");
	}
}

/* Ask which lock keeps us from a lock to write, and print the answer. WHAT is
 * the beginning of the line. CHILD is the process that has a lock, or 0. */
static void ask(const char *what, int file, pid_t child)
{
	struct flock wanted = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	// F_GETLK locks nothing. It writes its answer into the same structure.
	if (fcntl(file, F_GETLK, &wanted) == -1)
		die("fcntl F_GETLK");
	if (wanted.l_type == F_UNLCK)
		say("%s: nobody is in the way", what);
	else if (wanted.l_pid == child)
		say("%s: l_pid is the child's process id", what);
	else
		say("%s: l_pid is %d", what, (int)wanted.l_pid);
}

/* A child locks by CMD. WHAT is the beginning of our line. */
static void ask_while_held(const char *what, int file, int cmd)
{
	pid_t parent = getpid();
	pid_t child;
	int ready[2];			// child to parent: "I have the lock"
	int hold[2];			// parent to child: end-of-file, "stop"
	int status;
	ssize_t n;
	char byte;

	if (pipe2(ready, O_CLOEXEC) == -1)
		die("pipe2");
	if (pipe2(hold, O_CLOEXEC) == -1)
		die("pipe2");
	child = fork();
	if (child == -1)
		die("fork");
	if (child == 0) {
		if (!end_with_parent(parent))
			die("end_with_parent");
		// While we have a write end open ourselves, read() never
		// returns 0.
		if (close(hold[1]) == -1)
			die("close");
		hold_it(cmd, ready[1], hold[0]);
		exit(EXIT_SUCCESS);
	}
	if (close(ready[1]) == -1)
		die("close");
	n = read(ready[0], &byte, 1);
	if (n == -1)
		die("read");
	if (n == 0)			// end-of-file: the child has ended
		quit("the child has no lock");

	ask(what, file, child);

	if (close(hold[1]) == -1)
		die("close");
	if (waitpid(child, &status, 0) == -1)
		die("waitpid");
	if (status != 0)
		quit("the child has failed");
	if (close(ready[0]) == -1)
		die("close");
	if (close(hold[0]) == -1)
		die("close");
}

int main(void)
{
	int file = make_file();

	ask_while_held("held by F_SETLK", file, F_SETLK);
	ask_while_held("held by F_OFD_SETLK", file, F_OFD_SETLK);
	ask("the child has ended", file, 0);
	return EXIT_SUCCESS;
}
