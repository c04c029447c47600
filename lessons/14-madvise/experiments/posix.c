/*
 * posix - one word, two calls: what DONTNEED means, and how errors come back
 *
 * Watch: posix_madvise() with DONTNEED changes nothing. And if posix_madvise()
 * fails, it does not return -1.
 *
 * Try: write strerror(errno) for errno_name(errno). What would a user of your
 * program believe?
 */
#define _GNU_SOURCE			// for madvise()
#include <sys/mman.h>

#include "../../../common/experiment.h"

enum { PAGES = 64 };

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
	int result;

	page = size_of_page();
	mapping = own_pages();
	store_to_each_page(mapping);

	result = posix_madvise(mapping, PAGES * page, POSIX_MADV_DONTNEED);
	if (result != 0)
		quit("posix_madvise: %s", errno_name(result));
	table_has = in_my_table(mapping, PAGES);
	say("posix_madvise DONTNEED: %d pages in my table; I read %d",
	    table_has, mapping[0]);

	if (madvise(mapping, PAGES * page, MADV_DONTNEED) == -1)
		die("madvise DONTNEED");
	table_has = in_my_table(mapping, PAGES);
	say("madvise DONTNEED: %d pages in my table; I read %d", table_has,
	    mapping[0]);

	// An address that is not the start of a page is an error for both
	// calls. errno is 0 first, so that we see whether the call sets it.
	errno = 0;
	result = posix_madvise(mapping + 1, page, POSIX_MADV_NORMAL);
	// WRONG: the call has failed, and this check does not find it.
	if (result != -1)
		say("wrong: I look for -1, and find none; errno is %s",
		    errno_name(errno));
	// RIGHT: what is returned is 0, or the number of the error.
	if (result != 0)
		say("right: I look for anything but 0: %s", errno_name(result));
	return EXIT_SUCCESS;
}
