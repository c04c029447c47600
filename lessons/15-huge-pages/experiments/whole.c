/*
 * whole - you can map and unmap only whole huge pages
 *
 * No page is taken here, so the pool may be empty.
 *
 * Watch: mmap() rounds the length up. munmap() and ftruncate() do not.
 *
 * Try: in truncate_to_part(), write size + size / 2 instead of size / 2. The
 * file is larger than a huge page now. Is that better?
 */
#define _GNU_SOURCE			// for memfd_create() and MAP_HUGETLB
#include <sys/mman.h>

#include "../../../common/experiment.h"

/* mmap() of 100 bytes, and then munmap() of 100 bytes. */
static void unmap_part(size_t size)
{
	char *page;

	// MAP_NORESERVE: we never store, so no page needs to be there.
	page = mmap(NULL, 100, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_NORESERVE,
		    -1, 0);
	if (page == MAP_FAILED)
		die("mmap");
	say("mmap() of 100 bytes: done, it maps a whole huge page");

	// It must fail: the length is no multiple of a huge page.
	if (munmap(page, 100) == 0)
		quit("munmap() of 100 bytes has succeeded");
	say("wrong: munmap() of 100 bytes: %s", errno_name(errno));

	if (munmap(page, size) == -1)
		die("munmap");
	say("right: munmap() of the whole page: done");
}

static void truncate_to_part(int fd, size_t size)
{
	// It must fail, too.
	if (ftruncate(fd, (off_t)(size / 2)) == 0)
		quit("ftruncate() to half a page has succeeded");
	say("wrong: ftruncate() to half a huge page: %s", errno_name(errno));

	if (ftruncate(fd, (off_t)size) == -1)
		die("ftruncate");
	say("right: ftruncate() to a whole one: done");
}

int main(void)
{
	struct stat st;
	int fd;

	skip_without("/sys/kernel/mm/hugepages",
		     "it needs a kernel with CONFIG_HUGETLBFS, and a /sys");
	fd = memfd_create("huge", MFD_HUGETLB);
	if (fd == -1)
		die("memfd_create");
	// For a memfd of huge pages st.st_blksize is the size of a page.
	if (fstat(fd, &st) == -1)
		die("fstat");

	unmap_part((size_t)st.st_blksize);
	truncate_to_part(fd, (size_t)st.st_blksize);
	return EXIT_SUCCESS;
}
