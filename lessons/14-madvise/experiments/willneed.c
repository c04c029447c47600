/*
 * willneed - the kernel reads a file into memory, and nobody waits for it
 *
 *   disk --(WILLNEED)--> memory --(the first load)--> our page table
 *
 * Watch: WILLNEED does the first step only. The second step is cheap, and the
 * kernel does it when we load from the page.
 *
 * Try: leave out the call of wait_for_all(). Which number may be smaller then?
 * Why can nobody know how much smaller?
 */
#define _GNU_SOURCE			// for madvise()
#include <sys/mman.h>
#include <time.h>

#include "../../../common/experiment.h"

enum { PAGES = 64 };
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

/* Load a byte from each page. volatile: the compiler must not leave the loads
 * out, though nobody needs the bytes. */
static void load_each_page(const char *mapping)
{
	for (size_t i = 0; i < PAGES; i++) {
		const volatile char *start = mapping + i * page;
		char byte = *start;

		(void)byte;
	}
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

/* madvise() with WILLNEED has returned, but the disk may still be busy. And it
 * is only advice: a kernel that is short of memory may read less. So give the
 * advice again. */
static void wait_for_all(char *mapping)
{
	time_t limit = time(NULL) + PATIENCE;

	while (in_ram(mapping) < PAGES) {
		if (time(NULL) >= limit) {
			say("skipped: the kernel has not read all of the file;"
			    " try again when it is less busy");
			exit(EXIT_SUCCESS);
		}
		if (madvise(mapping, PAGES * page, MADV_WILLNEED) == -1)
			die("madvise WILLNEED");
		sched_yield();
	}
}

static void show(const char *when, char *mapping)
{
	int ram_has = in_ram(mapping);
	int table_has = in_my_table(mapping, PAGES);

	say("%s: %d in memory, %d in my page table", when, ram_has,
	    table_has);
}

int main(void)
{
	char *mapping;
	int fd;

	page = size_of_page();
	fd = file_on_disk(PAGES * page);
	mapping = map_cold(fd);
	show("64 pages are on the disk", mapping);

	if (madvise(mapping, PAGES * page, MADV_WILLNEED) == -1)
		die("madvise WILLNEED");
	wait_for_all(mapping);
	show("after WILLNEED", mapping);

	load_each_page(mapping);
	show("after a load from each page", mapping);
	return EXIT_SUCCESS;
}
