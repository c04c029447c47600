/*
 * share - many readers may have a lock; a writer waits for all of them
 *
 *   Ann and Bob read. A writer comes. Cem comes after it, to read.
 *
 * Watch: Cem comes after the writer, and is first.
 *
 * Try: in start_to_read(), write F_WRLCK instead of F_RDLCK. Who gets a lock
 * now, and who is refused?
 */
#define _GNU_SOURCE			// for F_OFD_SETLK, F_OFD_SETLKW
#include <fcntl.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

static char path[OWN_PATH];		// global: remove_file() needs it

static void remove_file(void)
{
	unlink(path);
}

/* Make an empty file. A killed run may have left one: O_TRUNC empties it. */
static void make_file(void)
{
	int file;

	own_path(path, "share");
	hold_signals();
	file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (file == -1)
		die("open");
	remove_at_end(remove_file);
	let_signals();
	if (close(file) == -1)
		die("close");
}

/* Each of them opens the file for itself. With one open() for two of them, the
 * two would share a lock. */
static int open_file(void)
{
	int file = open(path, O_RDWR | O_CLOEXEC);

	if (file == -1)
		die("open");
	return file;
}

/* A lock of TYPE on the whole file: F_RDLCK to read, F_WRLCK to write. CMD says
 * whether to wait for it. */
static int set_lock(int file, int cmd, short type)
{
	// l_start and l_len are not named, so both are 0: the whole file.
	struct flock all = { .l_type = type, .l_whence = SEEK_SET };
	int result;

	do {
		result = fcntl(file, cmd, &all);
	} while (result == -1 && errno == EINTR);
	return result;
}

/* The reader NAME gets a lock, and does not wait. Return the open file, which
 * has the lock. */
static int start_to_read(const char *name)
{
	int file = open_file();

	if (set_lock(file, F_OFD_SETLK, F_RDLCK) == -1)
		die("fcntl F_RDLCK");
	say("%s has a lock to read", name);
	return file;
}

static void stop_reading(const char *name, int file)
{
	say("%s unlocks", name);
	if (close(file) == -1)		// drops the lock, too
		die("close");
}

static void write_in_child(void)
{
	int file = open_file();

	if (set_lock(file, F_OFD_SETLKW, F_WRLCK) == -1)
		die("fcntl F_WRLCK");
	say("the writer has the lock");
}

/* ANN and BOB are their open files. */
static pid_t start_writer(int ann, int bob)
{
	pid_t parent = getpid();
	pid_t writer = fork();

	if (writer == -1)
		die("fork");
	if (writer == 0) {
		if (!end_with_parent(parent))
			die("end_with_parent");
		// A child has copies of what its parent has open. As long as a
		// copy is open, the lock stays: the writer would wait for
		// itself.
		if (close(ann) == -1)
			die("close");
		if (close(bob) == -1)
			die("close");
		write_in_child();
		exit(EXIT_SUCCESS);
	}
	if (!wait_until_asleep(writer))
		quit("the writer did not wait");
	say("a writer comes, and waits");
	return writer;
}

static void see_it_end(pid_t child)
{
	int status;

	if (waitpid(child, &status, 0) == -1)
		die("waitpid");
	if (status != 0)
		quit("a child has failed");
}

int main(void)
{
	pid_t writer;
	int ann;
	int bob;
	int cem;

	make_file();
	ann = start_to_read("Ann");
	bob = start_to_read("Bob");
	writer = start_writer(ann, bob);
	cem = start_to_read("Cem");
	stop_reading("Ann", ann);
	stop_reading("Bob", bob);
	stop_reading("Cem", cem);
	see_it_end(writer);
	return EXIT_SUCCESS;
}
