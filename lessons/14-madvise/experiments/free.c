/*
 * free - two ways to give memory back: now, or when the kernel needs it
 *
 *   DONTNEED: the kernel takes the pages in the call.
 *   FREE: the kernel may take them later. A store before that keeps its page.
 *
 * When memory is short, the kernel takes pages. We do not fill the memory of
 * your machine for that: PAGEOUT asks the kernel to take our pages now.
 *
 * Watch: after FREE all pages are still there. Which page is kept when memory
 * is short?
 *
 * Try: move the line "mapping[0] = 5;" before the madvise() with MADV_FREE. Is
 * the 5 kept?
 */
#define _GNU_SOURCE			// for madvise()
#include <sys/mman.h>

#include "../../../common/experiment.h"

#ifndef MADV_PAGEOUT			// Linux 5.4; older headers lack it
#define MADV_PAGEOUT 21
#endif

enum { PAGES = 256 };

static size_t page;		// bytes of a page: 4096 on most machines

/* Store a byte into each page. volatile: the compiler must not leave the stores
 * out, though nobody loads most of the bytes. */
static void store_to_each_page(char *mapping)
{
	for (size_t i = 0; i < PAGES; i++) {
		volatile char *start = mapping + i * page;

		*start = 77;	// any number but 0: a new page has 0
	}
}

/* Map PAGES pages of our own. */
static char *own_pages(void)
{
	char *mapping = mmap(NULL, PAGES * page, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (mapping == MAP_FAILED)
		die("mmap");
	// The kernel may use pages of 2 MiB. Then a single page of 4 KiB could
	// not come or go alone. This advice asks the kernel not to do so. A
	// kernel without large pages returns an error, and we may ignore that.
	(void)madvise(mapping, PAGES * page, MADV_NOHUGEPAGE);
	return mapping;
}

int main(void)
{
	char *mapping;
	int table_has;

	page = size_of_page();
	mapping = own_pages();

	store_to_each_page(mapping);
	if (madvise(mapping, PAGES * page, MADV_DONTNEED) == -1)
		die("madvise DONTNEED");
	table_has = in_my_table(mapping, PAGES);
	say("DONTNEED: %d of %d pages are in my table; I read %d", table_has,
	    PAGES, mapping[0]);

	store_to_each_page(mapping);
	if (madvise(mapping, PAGES * page, MADV_FREE) == -1)
		die("madvise FREE");
	table_has = in_my_table(mapping, PAGES);
	say("FREE: %d of %d pages are in my table", table_has, PAGES);

	mapping[0] = 5;
	say("I store 5 in the first page: it is no longer given back");

	if (madvise(mapping, PAGES * page, MADV_PAGEOUT) == -1) {
		if (errno != EINVAL)
			die("madvise PAGEOUT");
		say("skipped: this kernel has no PAGEOUT; Linux 5.4 has");
		return EXIT_SUCCESS;
	}
	// It is not exactly all: the kernel may leave out a few pages that
	// another processor is working with.
	table_has = in_my_table(mapping, PAGES);
	if (table_has < PAGES / 2)
		say("memory is short: most pages have gone");
	else
		say("memory is short: most pages are still there");
	say("of the first page I read %d", mapping[0]);
	return EXIT_SUCCESS;
}
