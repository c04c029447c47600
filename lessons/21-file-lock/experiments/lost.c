/*
 * lost - a lock that comes after the read is too late: a ticket is sold twice
 *
 *   Ann    read 0                                     lock, write 1, unlock
 *   Bob             read 0, lock, write 1, unlock
 *
 * The parent is Ann. She starts Bob, a child, at the worst moment: she has read
 * the number, and not written the next one yet.
 *
 * Watch: in both parts, Ann and Bob each have the lock when they write.
 *
 * Try: in bob_locks_first(), move set_lock(book, F_WRLCK) below read_number().
 * Bob still waits for Ann. Does the last line still say 2?
 */
#define _GNU_SOURCE			// for F_OFD_SETLKW
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

	own_path(path, "lost");
	hold_signals();
	file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (file == -1)
		die("open");
	remove_at_end(remove_file);
	let_signals();
	return file;
}

/* Ann and Bob each open the book for themselves. With one open() for both, they
 * would share the lock. */
static int open_file(void)
{
	int file = open(path, O_RDWR | O_CLOEXEC);

	if (file == -1)
		die("open");
	return file;
}

/* Lock the whole book, or unlock it: TYPE is F_WRLCK or F_UNLCK. */
static void set_lock(int book, short type)
{
	// A length of 0 means: to the end of the file, however long it is.
	struct flock lock = {
		.l_type = type,
		.l_whence = SEEK_SET,
		.l_start = 0,
		.l_len = 0,
	};

	while (fcntl(book, F_OFD_SETLKW, &lock) == -1) {
		if (errno != EINTR)
			die("fcntl F_OFD_SETLKW");
	}
}

static int read_number(int book)
{
	int number;
	ssize_t n = pread(book, &number, sizeof number, 0);

	if (n == -1)
		die("pread");
	if (n != sizeof number)
		quit("the book is damaged: it has %zd bytes", n);
	return number;
}

static void write_number(int book, int number)
{
	ssize_t n = pwrite(book, &number, sizeof number, 0);

	if (n == -1)
		die("pwrite");
	if (n != sizeof number)
		quit("only a part of the number could be written");
}

static void bob_reads_first(void)
{
	int book = open_file();
	int number = read_number(book);

	set_lock(book, F_WRLCK);
	write_number(book, number + 1);
	say("wrong: Bob reads %d, locks, writes %d, unlocks", number,
	    number + 1);
	set_lock(book, F_UNLCK);
}

static void bob_locks_first(void)
{
	int book = open_file();
	int number;

	set_lock(book, F_WRLCK);
	number = read_number(book);
	write_number(book, number + 1);
	say("right: Bob has the lock, reads %d, writes %d", number, number + 1);
	set_lock(book, F_UNLCK);
}

static pid_t start_bob(void (*sells)(void))
{
	pid_t ann = getpid();
	pid_t bob = fork();

	if (bob == -1)
		die("fork");
	if (bob == 0) {
		// If Ann is killed, Bob has to end, too.
		if (!end_with_parent(ann))
			die("end_with_parent");
		sells();
		exit(EXIT_SUCCESS);
	}
	return bob;
}

static void see_it_end(pid_t child)
{
	int status;

	if (waitpid(child, &status, 0) == -1)
		die("waitpid");
	if (status != 0)
		quit("Bob has failed");
}

static void read_then_lock(int book)
{
	pid_t bob;
	int number;

	write_number(book, 0);
	number = read_number(book);
	say("wrong: Ann reads %d", number);

	// Bob's whole sale comes between Ann's read and her lock.
	bob = start_bob(bob_reads_first);
	see_it_end(bob);

	set_lock(book, F_WRLCK);
	write_number(book, number + 1);
	say("wrong: Ann locks, writes %d: ticket %d is sold twice", number + 1,
	    number + 1);
	set_lock(book, F_UNLCK);
}

static void lock_then_read(int book)
{
	pid_t bob;
	int number;

	write_number(book, 0);
	set_lock(book, F_WRLCK);
	number = read_number(book);
	say("right: Ann locks, reads %d", number);

	// Bob comes at the same moment as in the first part.
	bob = start_bob(bob_locks_first);
	if (!wait_until_asleep(bob))
		quit("Bob did not wait");
	say("right: Bob waits for the lock");

	write_number(book, number + 1);
	say("right: Ann writes %d, unlocks", number + 1);
	set_lock(book, F_UNLCK);
	see_it_end(bob);
}

int main(void)
{
	int book = make_file();

	read_then_lock(book);
	lock_then_read(book);
	return EXIT_SUCCESS;
}
