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
#include <fcntl.h>
#include <sys/mman.h>

#include "../../../common/experiment.h"

enum { PAGES = 64 };

static size_t page;		// bytes of a page: 4096 on most machines

/* How many of the PAGES pages of MAPPING are in the page table of this process?
 * /proc/self/pagemap has 8 bytes for each page of the address space. Bit 63
 * says whether the page is in the table (proc(5)). */
static int in_my_table(const char *mapping)
{
	uint64_t entries[PAGES];
	// The first page of MAPPING: which page of the address space is it?
	uintptr_t number = (uintptr_t)mapping / page;
	off_t where = (off_t)number * 8;
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

/* Store a byte into each page. volatile: the compiler must not leave the stores
 * out, though nobody loads most of the bytes. */
static void store_to_each_page(char *mapping)
{
	for (size_t i = 0; i < PAGES; i++) {
		volatile char *start = mapping + i * page;

		*start = 77;
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

/* The bytes of a page. */
static size_t size_of_page(void)
{
	long size = sysconf(_SC_PAGESIZE);

	if (size == -1)
		die("sysconf");
	return (size_t)size;
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
	table_has = in_my_table(mapping);
	say("posix_madvise DONTNEED: %d pages in my table; I read %d",
	    table_has, mapping[0]);

	if (madvise(mapping, PAGES * page, MADV_DONTNEED) == -1)
		die("madvise DONTNEED");
	table_has = in_my_table(mapping);
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
