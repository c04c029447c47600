/*
 * split - one small page of a huge page is unmapped: then no part of it is huge
 *
 *   [===============]  -->  [====] [==========]
 *
 * Watch: the bytes stay, but all of them are mapped as small pages now.
 *
 * Try: use mprotect(area, small, PROT_READ) in place of the first munmap().
 * Does the second line change?
 */
#define _GNU_SOURCE			// for madvise()
#include <sys/mman.h>

#include "../../../common/experiment.h"

/* Map COUNT times SIZE bytes that begin at a multiple of SIZE. */
static char *map_aligned(size_t size, size_t count)
{
	char *area;

	// One SIZE more than we need: there is such a multiple in it.
	area = mmap(NULL, (count + 1) * size, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (area == MAP_FAILED)
		die("mmap");
	return at_multiple(area, size);
}

/* Map COUNT huge pages, and fill them with 'x'. */
static char *fill(size_t size, size_t count)
{
	char *area;

	area = map_aligned(size, count);
	if (madvise(area, count * size, MADV_HUGEPAGE) == -1)
		die("madvise");
	memset(area, 'x', count * size);
	return area;
}

int main(void)
{
	size_t size = size_of_huge_page();
	size_t small = size_of_page();
	char *area;
	long kb;

	area = fill(size, 1);
	kb = on_huge_pages();
	say("one huge page, if it is allowed: %ld kB", kb);

	if (munmap(area, small) == -1)
		die("munmap, a small page");
	kb = on_huge_pages();
	say("wrong: one small page of it is unmapped: %ld kB", kb);
	if (area[size - 1] != 'x')
		quit("a byte has changed");

	// Nothing of the first area lies on a huge page any more. So from here
	// on kb is about the second area.
	area = fill(size, 2);
	if (munmap(area, size) == -1)
		die("munmap, a huge page");
	kb = on_huge_pages();
	say("right: of two, a whole one is unmapped: %ld kB", kb);
	return EXIT_SUCCESS;
}
