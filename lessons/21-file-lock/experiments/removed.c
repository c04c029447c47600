/*
 * removed - a file that is removed or replaced: two processes have "the" lock
 *
 *   Ann has a lock on a file. Then the file loses its name. Bob opens the name.
 *
 * Ann and Bob are two open files in one process. For a lock of F_OFD_SETLK that
 * is as good as two processes.
 *
 * Watch: Bob asks for a lock that Ann has, and he gets it.
 *
 * Try: in remove_it(), move the line of Bob's open_file() above unlink(). What
 * does he get now?
 */
#define _GNU_SOURCE			// for F_OFD_SETLK
#include <fcntl.h>

#include "../../../common/experiment.h"

static char path[OWN_PATH];		// global: remove_files() needs them
static char other[OWN_PATH];		// the name of a new version

static void remove_files(void)
{
	unlink(path);
	unlink(other);
}

/* Open the file NAME, or make it. */
static int open_file(const char *name)
{
	int file = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (file == -1)
		die("open");
	return file;
}

/* Lock the file, without waiting. Return the answer. */
static const char *lock(int file)
{
	// l_start and l_len are not named, so both are 0: the whole file.
	struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (fcntl(file, F_OFD_SETLK, &all) == 0)
		return "granted";
	if (errno != EAGAIN)
		die("fcntl F_OFD_SETLK");
	return "EAGAIN";
}

/* How many names the open file has. */
static int links_of(int file)
{
	struct stat about;

	if (fstat(file, &about) == -1)
		die("fstat");
	return (int)about.st_nlink;
}

static void close_file(int file)
{
	if (close(file) == -1)
		die("close");
}

/* The file is removed while Ann has the lock. */
static void remove_it(void)
{
	int ann = open_file(path);
	const char *answer = lock(ann);
	int links;
	int bob;

	say("wrong: Ann locks the file: %s", answer);
	if (unlink(path) == -1)
		die("unlink");
	bob = open_file(path);
	answer = lock(bob);
	say("wrong: it is removed, Bob makes it anew, locks it: %s", answer);
	links = links_of(ann);
	say("right: Ann looks how many names her file has: %d", links);
	close_file(ann);
	close_file(bob);
}

/* Another file gets the name while Ann has the lock. */
static void replace_it(void)
{
	int ann = open_file(path);
	const char *answer = lock(ann);
	int new;
	int bob;

	say("wrong: Ann locks the file: %s", answer);
	// Many programs write a new file, and then give it the old name.
	new = open_file(other);
	close_file(new);
	if (rename(other, path) == -1)
		die("rename");
	bob = open_file(path);
	answer = lock(bob);
	say("wrong: rename() puts a new one there, Bob locks it: %s", answer);
	close_file(ann);
	close_file(bob);
}

int main(void)
{
	own_path(path, "removed");
	own_path(other, "removed.new");
	remove_at_end(remove_files);
	remove_it();
	replace_it();
	return EXIT_SUCCESS;
}
