/*
 * free - two ways to give memory back: now, or when the kernel needs it
 *
 *   DONTNEED: the kernel takes the pages in the call.
 *   FREE: it may take them later. Until then a store keeps its page.
 *
 * When memory is short, the kernel takes pages. We do not fill the memory of
 * your machine for that: PAGEOUT asks the kernel to take our pages now.
 *
 * Watch: after FREE nothing seems to have happened. Then memory is short.
 *
 * Try: move the line "memory[0] = 5;" before the madvise() with MADV_FREE. Is
 * the 5 kept?
 */
#define _GNU_SOURCE			// for madvise()
#include <fcntl.h>
#include <sys/mman.h>

#include "../../../common/experiment.h"

#ifndef MADV_PAGEOUT			// Linux 5.4; older headers lack it
#define MADV_PAGEOUT 21
#endif

enum { PAGES = 256 };

static size_t page;		// bytes of a page: 4096 on most machines

/* How many of the PAGES pages of MEMORY are in the page table of this process?
 * /proc/self/pagemap has 8 bytes for each page; bit 63 says so (proc(5)). */
static int in_my_table(const char *memory)
{
	uint64_t entries[PAGES];
	off_t where = (off_t)((uintptr_t)memory / page * sizeof entries[0]);
	ssize_t n;
	int count = 0;
	int fd;

	fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		die("open /proc/self/pagemap");
	n = pread(fd, entries, sizeof entries, where);
	if (n == -1)
		die("pread /proc/self/pagemap");
	if ((size_t)n != sizeof entries)
		quit("/proc/self/pagemap says less than it was asked for");
	if (close(fd) == -1)
		die("close");

	for (int i = 0; i < PAGES; i++) {
		if (entries[i] >> 63 & 1)
			count++;
	}
	return count;
}

/* A store to each page. volatile: the compiler must not leave it out. */
static void store_to_each_page(char *memory)
{
	for (size_t i = 0; i < PAGES; i++)
		*(volatile char *)(memory + i * page) = 77;
}

/* PAGES pages of our own. No large pages: they would come and go as a whole. A
 * kernel that has none refuses this advice, and that is just as good. */
static char *own_memory(void)
{
	char *memory = mmap(NULL, PAGES * page, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		die("mmap");
	(void)madvise(memory, PAGES * page, MADV_NOHUGEPAGE);
	return memory;
}

int main(void)
{
	char *memory;
	int table_has;

	page = (size_t)sysconf(_SC_PAGESIZE);
	memory = own_memory();

	store_to_each_page(memory);
	if (madvise(memory, PAGES * page, MADV_DONTNEED) == -1)
		die("madvise DONTNEED");
	table_has = in_my_table(memory);
	say("DONTNEED: %d of %d pages are in my table; I read %d", table_has,
	    PAGES, memory[0]);

	store_to_each_page(memory);
	if (madvise(memory, PAGES * page, MADV_FREE) == -1)
		die("madvise FREE");
	table_has = in_my_table(memory);
	say("FREE: %d of %d pages are in my table", table_has, PAGES);

	memory[0] = 5;
	say("I store 5 in the first page: it is no longer given back");

	if (madvise(memory, PAGES * page, MADV_PAGEOUT) == -1) {
		say("skipped: this kernel has no PAGEOUT; Linux 5.4 has");
		return EXIT_SUCCESS;
	}
	// Not exactly all: the kernel passes over a page that another CPU is
	// about to put on one of its lists.
	table_has = in_my_table(memory);
	if (table_has < PAGES / 2)
		say("memory is short: most pages have gone");
	else
		say("memory is short: most pages are still there");
	say("of the first page I read %d", memory[0]);
	return EXIT_SUCCESS;
}
