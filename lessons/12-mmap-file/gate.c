/*
 * gate - counts one visitor, in a file that is part of its memory
 *
 *   gate --store--> [ the counter: a page of the file ] --load--> museum
 *
 *   ./gate FILE
 *
 * Its partner ./museum starts it three times. You can start it by hand as well,
 * with a file of your own. If there is no such file, it makes one.
 *
 * Watch: the program does not read the file, and does not write to it. The
 * counter is a variable. But it is still there when the program has ended.
 */
#define _GNU_SOURCE			// for fallocate()
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "../../common/lesson.h"

struct counter {			// the whole file; museum.c has the same
	atomic_ulong visitors;		// an unsigned long, to add in one step
};

static const off_t SIZE = sizeof(struct counter);	// bytes in the file

// ATOMIC_LONG_LOCK_FREE is 2 if the processor always adds to a long in one
// step. If it is not 2, the compiler stops here: C would use a lock in our own
// memory, and the other processes do not know of that lock.
_Static_assert(ATOMIC_LONG_LOCK_FREE == 2, "this processor cannot count so");

static void give_size(int fd, const char *path);
static void take_room(int fd);

/* Add 1 to the counter in the file PATH, and return the new number. */
static unsigned long count_visitor(const char *path)
{
	struct counter *counter;
	unsigned long before;
	int fd;

	// O_CREAT: if there is no file, make an empty one. 0600: only our own
	// user may open it. O_RDWR: with O_WRONLY the file could not be mapped,
	// not even for storing alone.
	fd = open(path, O_RDWR | O_CREAT, 0600);
	if (fd == -1)
		die("open");
	give_size(fd, path);
	take_room(fd);

	// From here on the file is memory of this program. With MAP_PRIVATE our
	// store would go to a copy, and the file would never see it. NULL lets
	// the kernel choose the address. 0 is the first byte of the file.
	counter = mmap(NULL, sizeof *counter, PROT_READ | PROT_WRITE,
		       MAP_SHARED, fd, 0);
	if (counter == MAP_FAILED)		// a failure is not NULL
		die("mmap");
	if (close(fd) == -1)			// the mapping stays
		die("close");

	// Another gate may count at this moment. To add 1 to an ordinary
	// variable is three steps: load, add, store. Two gates could both load
	// 5, and both store 6. This call does all three in one step, and
	// returns what it has loaded.
	before = atomic_fetch_add(&counter->visitors, 1);

	// Every other process sees the new number already. msync() waits until
	// the number is on the disk, too. That matters only if the power fails.
	if (msync(counter, sizeof *counter, MS_SYNC) == -1)
		die("msync");
	if (munmap(counter, sizeof *counter) == -1)
		die("munmap");
	return before + 1;
}

/* If the file is empty, make it as large as a counter. */
static void give_size(int fd, const char *path)
{
	struct stat about;

	if (fstat(fd, &about) == -1)
		die("fstat");
	if (about.st_size == 0) {
		// Without this the file would have no byte for the counter, and
		// when we add, the kernel would end us by the signal SIGBUS.
		// The new bytes are 0: the right number to begin with.
		//
		// Two gates may come here at the same time. That does no harm:
		// the second one asks for the size that the file has already.
		if (ftruncate(fd, SIZE) == -1)
			die("ftruncate");
	} else if (about.st_size != SIZE) {
		quit("%s is not a counter: it has another size", path);
	}
}

/* ftruncate() has set the size, but it has taken no room on the disk. If the
 * disk were full, we would end by SIGBUS when we add. So take the room now, and
 * look whether there is any. Room that the file has already stays as it is. */
static void take_room(int fd)
{
	// The first 0: no flags, just take the room. The second 0: the room
	// begins at the first byte of the file.
	while (fallocate(fd, 0, 0, SIZE) == -1) {
		// The file system cannot do it. We go on. But now a full disk
		// still means SIGBUS when we add.
		if (errno == EOPNOTSUPP)
			return;
		// EINTR: a signal came first, so ask again. Any other error
		// ends us. ENOSPC, for example: the disk is full.
		if (errno != EINTR)
			die("fallocate");
	}
}

int main(int argc, char **argv)
{
	unsigned long number;

	if (argc != 2)
		quit("which file? For example: ./gate visitors");
	number = count_visitor(argv[1]);
	say("welcome! You are visitor %lu", number);
	return EXIT_SUCCESS;
}
