/*
 * dontneed - one advice, three kinds of memory: what is lost?
 *
 *   The same two steps for each kind: we store "mine", and then we say that we
 *   do not need the memory.
 *
 * Watch: each time the page has gone from our page table. The next load fetches
 * it again. From where? The bytes that it finds depend on that.
 *
 * Try: in the third try() write MAP_PRIVATE for MAP_SHARED. What is lost now,
 * and what is not?
 */
#define _GNU_SOURCE			// for madvise() and memfd_create()
#include <sys/mman.h>

#include "../../../common/experiment.h"

enum { PAGES = 1 };

static size_t page;		// bytes of a page: 4096 on most machines

/* Map a page with FLAGS and FD, and do the two steps. The line that we print
 * begins with WHAT. */
static void try(const char *what, int flags, int fd)
{
	char *mapping = mmap(NULL, page, PROT_READ | PROT_WRITE, flags, fd, 0);
	int before;
	int after;

	if (mapping == MAP_FAILED)
		die("mmap");
	strcpy(mapping, "mine");
	before = in_my_table(mapping, PAGES);
	if (madvise(mapping, page, MADV_DONTNEED) == -1)
		die("madvise DONTNEED");
	after = in_my_table(mapping, PAGES);

	// The last %s loads from the page, and so the kernel fetches the page.
	say("%s: in my table %d, then %d; I read \"%s\"", what, before, after,
	    mapping);
}

/* Make a file of one page that begins with "file". The file is only memory: a
 * memfd. */
static int make_file(void)
{
	ssize_t n;
	int fd;

	fd = memfd_create("page", MFD_CLOEXEC);
	if (fd == -1)
		die("memfd_create");
	if (ftruncate(fd, (off_t)page) == -1)
		die("ftruncate");
	n = pwrite(fd, "file", 4, 0);
	if (n == -1)
		die("pwrite");
	if (n != 4)
		quit("the memory is full");
	return fd;
}

int main(void)
{
	int fd;

	page = size_of_page();
	fd = make_file();

	// MAP_SHARED comes last, because a store changes the file then.
	try("wrong: private, no file", MAP_PRIVATE | MAP_ANONYMOUS, -1);
	try("wrong: private, a file", MAP_PRIVATE, fd);
	try("right: shared, a file", MAP_SHARED, fd);
	return EXIT_SUCCESS;
}
