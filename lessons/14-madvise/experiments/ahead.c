/*
 * ahead - how many pages does the kernel read, if a program wants one?
 *
 *   A file is on the disk and not in memory. We load one byte from the middle
 *   of it, and count the pages that are in memory then.
 *
 * Watch: with RANDOM it is the one page that we wanted.
 *
 * Try: in brought_in(), give the advice for the first page only:
 *	madvise(memory, page, advice)
 * What do you expect of the load in the middle?
 */
#define _GNU_SOURCE			// for madvise() and O_TMPFILE
#include <fcntl.h>
#include <sys/mman.h>
#include <time.h>

#include "../../../common/experiment.h"

enum { PAGES = 256 };
enum { PATIENCE = 5 };		// seconds that the disk may take

static size_t page;		// bytes of a page: 4096 on most machines

/* How many of the PAGES pages of MEMORY are in memory, whoever uses them? Bit 0
 * of each byte says so; the other bits have no meaning (mincore(2)). */
static int in_memory(char *memory)
{
	unsigned char bytes[PAGES];
	int count = 0;

	if (mincore(memory, PAGES * page, bytes) == -1)
		die("mincore");
	for (int i = 0; i < PAGES; i++) {
		if (bytes[i] & 1)
			count++;
	}
	return count;
}

/* A file of PAGES pages on a disk. It has no name (O_TMPFILE), so the kernel
 * removes it when we end. */
static int make_file(void)
{
	const char *folder = getenv("TMPDIR");
	char zeros[512] = "";
	int fd;

	if (folder == NULL)
		folder = "/var/tmp";
	fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd == -1 && (errno == EOPNOTSUPP || errno == EISDIR)) {
		say("skipped: %s has no files without a name; set TMPDIR to a"
		    " folder on a disk", folder);
		exit(EXIT_SUCCESS);
	}
	if (fd == -1)
		die("open O_TMPFILE");

	// Real bytes, and not ftruncate(): a hole has nothing to be read.
	for (size_t done = 0; done < PAGES * page; done += sizeof zeros) {
		ssize_t n = write(fd, zeros, sizeof zeros);

		if (n == -1)
			die("write");
		if ((size_t)n != sizeof zeros)
			quit("the disk is full");
	}
	return fd;
}

/* Have the kernel drop the file from memory. It keeps pages that are not on
 * the disk yet, so fsync() comes first, and pages that somebody has mapped. */
static void make_cold(int fd)
{
	if (fsync(fd) == -1)
		die("fsync");
	errno = posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	if (errno != 0)
		die("posix_fadvise");
}

static char *map_cold(int fd)
{
	char *memory;

	make_cold(fd);
	memory = mmap(NULL, PAGES * page, PROT_READ, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED)
		die("mmap");
	if (in_memory(memory) != 0) {
		say("skipped: the file stays in memory; set TMPDIR to a folder"
		    " on a disk");
		exit(EXIT_SUCCESS);
	}
	return memory;
}

/* Load one byte from the middle of the cold file. Return how many pages are in
 * memory then. The load waits for its own page only, and the disk may still be
 * busy with others. So if MORE are to come, wait until one of them is there. */
static int brought_in(int fd, int advice, int more)
{
	time_t limit = time(NULL) + PATIENCE;
	char *memory = map_cold(fd);
	int count;

	if (madvise(memory, PAGES * page, advice) == -1)
		die("madvise");

	// volatile: the compiler must not leave the load out.
	(void)*(volatile char *)(memory + PAGES / 2 * page);
	count = in_memory(memory);
	while (more && count == 1 && time(NULL) < limit) {
		sched_yield();
		count = in_memory(memory);
	}
	if (munmap(memory, PAGES * page) == -1)
		die("munmap");
	return count;
}

/* How many more differs from disk to disk, so we do not print the number. */
static void show(const char *advice, int count)
{
	say("%s: 1 load has brought in %s", advice,
	    count == 1 ? "1 page" : "more than 1 page");
}

int main(void)
{
	int fd;
	int count;

	page = (size_t)sysconf(_SC_PAGESIZE);
	fd = make_file();

	count = brought_in(fd, MADV_NORMAL, 1);
	if (count == 1) {
		say("skipped: this disk reads nothing ahead; see"
		    " /sys/block/*/queue/read_ahead_kb");
		return EXIT_SUCCESS;
	}
	show("NORMAL", count);

	count = brought_in(fd, MADV_SEQUENTIAL, 1);
	show("SEQUENTIAL", count);

	count = brought_in(fd, MADV_RANDOM, 0);
	show("RANDOM", count);
	return EXIT_SUCCESS;
}
