/*
 * ahead - how many pages does the kernel read, if a program wants one?
 *
 *   A file is on the disk and not in memory. We load one byte from the middle
 *   of the file, and count the pages that are in memory then.
 *
 * Watch: with RANDOM it is the one page that we wanted.
 *
 * Try: in load_one_byte(), give the advice for the first page only:
 *	madvise(mapping, page, advice)
 * What do you expect of the load in the middle?
 */
#define _GNU_SOURCE			// for madvise()
#include <sys/mman.h>
#include <time.h>

#include "../../../common/experiment.h"

enum { PAGES = 256 };
enum { PATIENCE = 5 };		// seconds that the disk may take

static size_t page;		// bytes of a page: 4096 on most machines

/* How many of the PAGES pages of MAPPING are in RAM, the memory of the machine?
 * It does not matter which process uses them. mincore() fills in a byte for
 * each page: bit 0 says whether the page is there, and the other bits have no
 * meaning. */
static int in_ram(char *mapping)
{
	unsigned char bytes[PAGES];
	int count = 0;

	if (mincore(mapping, PAGES * page, bytes) == -1)
		die("mincore");
	for (int i = 0; i < PAGES; i++) {
		if (bytes[i] & 1)
			count++;
	}
	return count;
}

/* Have the kernel drop the pages of the file from RAM, and map the file. The
 * order matters: the kernel keeps a page that a process has mapped. */
static char *map_cold(int fd)
{
	char *mapping;

	make_cold(fd);
	mapping = mmap(NULL, PAGES * page, PROT_READ, MAP_SHARED, fd, 0);
	if (mapping == MAP_FAILED)
		die("mmap");
	if (in_ram(mapping) != 0) {
		say("skipped: the file stays in memory; set TMPDIR to a folder"
		    " on a disk");
		exit(EXIT_SUCCESS);
	}
	return mapping;
}

/* Map the cold file, give ADVICE for it, and load one byte from the middle.
 * Return the mapping. */
static char *load_one_byte(int fd, int advice)
{
	char *mapping = map_cold(fd);
	// volatile: the compiler must not leave the load out.
	volatile char *middle = mapping + PAGES / 2 * page;
	char byte;

	if (madvise(mapping, PAGES * page, advice) == -1)
		die("madvise");
	byte = *middle;
	(void)byte;		// nobody needs it
	return mapping;
}

/* The load has waited for its own page only, and the disk may still be busy
 * with others. Wait until one of them is there, too, but at most PATIENCE
 * seconds. */
static void wait_for_more(char *mapping)
{
	time_t limit = time(NULL) + PATIENCE;

	while (in_ram(mapping) == 1) {
		if (time(NULL) >= limit)
			return;
		sched_yield();
	}
}

/* Return how many pages the load has brought in. */
static int count_and_unmap(char *mapping)
{
	int count = in_ram(mapping);

	if (munmap(mapping, PAGES * page) == -1)
		die("munmap");
	return count;
}

/* If COUNT is more than 1, it differs from disk to disk. So we do not print the
 * number. */
static void show(const char *advice, int count)
{
	say("%s: 1 load has brought in %s", advice,
	    count == 1 ? "1 page" : "more than 1 page");
}

int main(void)
{
	char *mapping;
	int fd;
	int count;

	page = size_of_page();
	fd = file_on_disk(PAGES * page);

	mapping = load_one_byte(fd, MADV_NORMAL);
	wait_for_more(mapping);
	count = count_and_unmap(mapping);
	if (count == 1) {
		say("skipped: this disk reads nothing ahead; see"
		    " /sys/block/*/queue/read_ahead_kb");
		return EXIT_SUCCESS;
	}
	show("NORMAL", count);

	mapping = load_one_byte(fd, MADV_SEQUENTIAL);
	wait_for_more(mapping);
	count = count_and_unmap(mapping);
	show("SEQUENTIAL", count);

	// Here no other page is to come, so we do not wait for one.
	mapping = load_one_byte(fd, MADV_RANDOM);
	count = count_and_unmap(mapping);
	show("RANDOM", count);
	return EXIT_SUCCESS;
}
