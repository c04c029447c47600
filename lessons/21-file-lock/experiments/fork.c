/*
 * fork - what a child has of the lock of its parent
 *
 *   F_SETLK:     the lock belongs to the parent.
 *   F_OFD_SETLK: the lock belongs to what open() made. The child has that, too.
 *
 * Watch: what a stranger gets: a process that opens the file itself.
 *
 * Try: in child_keeps_it(), call close(file) in the child before hang_on().
 * What does the other process get then, after the parent's close()?
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

	own_path(path, "fork");
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

/* Set a lock of TYPE on the whole file by CMD, and do not wait. */
static void set_lock(int file, int cmd, short type)
{
	struct flock all = { .l_type = type, .l_whence = SEEK_SET };

	if (fcntl(file, cmd, &all) == -1)
		die(cmd == F_SETLK ? "fcntl F_SETLK" : "fcntl F_OFD_SETLK");
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

static void see_it_end(pid_t child)
{
	int status;

	if (waitpid(child, &status, 0) == -1)
		die("waitpid");
	if (status != 0)
		quit("the child has failed");
}

/* 1. F_SETLK: the child inherits the descriptor, and not the lock. */
static void child_has_nothing(void)
{
	struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int file = open_file();
	pid_t child;

	set_lock(file, F_SETLK, F_WRLCK);
	child = start_child();
	if (child == 0) {
		if (fcntl(file, F_SETLK, &all) == 0)
			quit("the child has got the lock");
		say("F_SETLK: the child asks by the same descriptor: %s",
		    errno_name(errno));
		exit(EXIT_SUCCESS);
	}
	see_it_end(child);
	if (close(file) == -1)
		die("close");
}

/* 2. F_OFD_SETLK: a child that unlocks takes the lock from its parent. */
static void child_unlocks(void)
{
	int file = open_file();
	const char *before;
	const char *after;
	pid_t child;

	set_lock(file, F_OFD_SETLK, F_WRLCK);
	before = other_process(F_OFD_SETLK);
	child = start_child();
	if (child == 0) {
		set_lock(file, F_OFD_SETLK, F_UNLCK);
		exit(EXIT_SUCCESS);
	}
	see_it_end(child);
	after = other_process(F_OFD_SETLK);
	say("F_OFD_SETLK: held: %s; the child unlocks: %s", before,
	    after);
	if (close(file) == -1)
		die("close");
}

/* Wait until nobody has the other end of the pipe: read() returns 0 then. */
static void hang_on(int pipe_end)
{
	char byte;

	while (read(pipe_end, &byte, 1) == -1) {
		if (errno != EINTR)
			die("read");
	}
}

/* 3. F_OFD_SETLK: while a child has the descriptor, the lock stays. */
static void child_keeps_it(void)
{
	int file = open_file();
	const char *before;
	const char *after;
	pid_t child;
	int hold[2];			// a pipe, to end the child

	if (pipe2(hold, O_CLOEXEC) == -1)
		die("pipe2");
	set_lock(file, F_OFD_SETLK, F_WRLCK);
	child = start_child();
	if (child == 0) {
		if (close(hold[1]) == -1)
			die("close");
		hang_on(hold[0]);
		exit(EXIT_SUCCESS);
	}
	if (!wait_until_asleep(child))
		quit("the child has ended, but it should wait");

	if (close(file) == -1)
		die("close");
	before = other_process(F_OFD_SETLK);
	if (close(hold[1]) == -1)	// now the child ends
		die("close");
	see_it_end(child);
	after = other_process(F_OFD_SETLK);
	say("F_OFD_SETLK: the parent closes it: %s; the child ends: %s", before,
	    after);
	if (close(hold[0]) == -1)
		die("close");
}

/* 4. dup() in one process: the lock is dropped when the last copy is closed. */
static void copy_keeps_it(void)
{
	int file = open_file();
	int copy = dup(file);
	const char *before;
	const char *after;

	if (copy == -1)
		die("dup");
	set_lock(file, F_OFD_SETLK, F_WRLCK);
	if (close(file) == -1)
		die("close");
	before = other_process(F_OFD_SETLK);
	if (close(copy) == -1)
		die("close");
	after = other_process(F_OFD_SETLK);
	say("F_OFD_SETLK: one of two copies is closed: %s; both: %s", before,
	    after);
}

int main(void)
{
	make_file();
	child_has_nothing();
	child_unlocks();
	child_keeps_it();
	copy_keeps_it();
	return EXIT_SUCCESS;
}
