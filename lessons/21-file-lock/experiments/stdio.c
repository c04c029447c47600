/*
 * stdio - what fprintf() has printed may reach the file only after the unlock
 *
 *   wrong: lock, fprintf(), unlock                 ... later: the bytes
 *   right: lock, fprintf(), fflush(), unlock
 *
 * Ann writes. Bob reads as soon as Ann has unlocked. They are two open files in
 * one process. For a lock of F_OFD_SETLK that is as good as two processes.
 *
 * Watch: how many bytes Bob finds.
 *
 * Try: in main(), call setvbuf(ann, NULL, _IONBF, 0) after fdopen(): no buffer.
 * How many bytes does Bob find in the first line now?
 */
#define _GNU_SOURCE			// for F_OFD_SETLK
#include <fcntl.h>

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

	own_path(path, "stdio");
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

static void set_lock(int file, short type)
{
	// l_start and l_len are not named, so both are 0: the whole file.
	struct flock all = { .l_type = type, .l_whence = SEEK_SET };

	if (fcntl(file, F_OFD_SETLK, &all) == -1)
		die("fcntl F_OFD_SETLK");
}

/* Bob: lock the file to read, see how long it is, and unlock. */
static long long bytes_in_file(void)
{
	struct stat about;
	int bob = open_file();

	set_lock(bob, F_RDLCK);
	if (fstat(bob, &about) == -1)
		die("fstat");
	if (close(bob) == -1)		// drops the lock, too
		die("close");
	return (long long)about.st_size;
}

int main(void)
{
	long long bytes;
	int file = make_file();
	FILE *ann = fdopen(file, "w");	// the same open file, for fprintf()

	if (!ann)
		die("fdopen");

	set_lock(file, F_WRLCK);
	if (fprintf(ann, "a line\n") < 0)
		die("fprintf");
	set_lock(file, F_UNLCK);
	bytes = bytes_in_file();
	say("wrong: fprintf(), unlock: Bob finds %lld bytes", bytes);

	// The line is still in the buffer. This time fflush() writes it to the
	// file while Ann has the lock.
	set_lock(file, F_WRLCK);
	if (fflush(ann) == EOF)
		die("fflush");
	set_lock(file, F_UNLCK);
	bytes = bytes_in_file();
	say("right: fflush(), then unlock: Bob finds %lld bytes", bytes);

	if (fclose(ann) == EOF)
		die("fclose");
	return EXIT_SUCCESS;
}
