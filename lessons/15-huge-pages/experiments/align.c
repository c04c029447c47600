/*
 * align - a transparent huge page begins at a multiple of its own size
 *
 *   a huge page can begin at:	|         |         |
 *   wrong:			     [=========]
 *   right:			[=========]
 *
 * The two areas have the same length, that of a huge page. Both are advised
 * MADV_HUGEPAGE.
 *
 * Watch: in the wrong area nothing lies on huge pages, whatever the switch of
 * the system says.
 *
 * Try: let the wrong area have twice the length: in main(), write 2 * size for
 * the last size in the first call of map_at() and in the first call of fill().
 * How much of it lies on huge pages?
 */
#define _GNU_SOURCE			// for madvise()
#include <sys/mman.h>

#include "../../../common/experiment.h"

/* Map LENGTH bytes that begin FROM bytes after a multiple of SIZE. FROM is less
 * than SIZE. What lies before and after these bytes is unmapped: no huge page
 * can reach over it. */
static char *map_at(size_t size, size_t from, size_t length)
{
	// At worst, the next multiple is SIZE bytes after the address that we
	// get. Then come FROM bytes, which are less than SIZE, and then LENGTH
	// bytes.
	size_t all = 2 * size + length;
	size_t rest;
	size_t before;
	char *area;
	char *begin;

	area = mmap(NULL, all, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (area == MAP_FAILED)
		die("mmap");
	// A uintptr_t is an address as a number. rest: how many bytes area is
	// past a multiple of size. After size - rest bytes more comes the next
	// multiple.
	rest = (uintptr_t)area % size;
	before = size - rest + from;
	begin = area + before;
	if (munmap(area, before) == -1)
		die("munmap, before");
	if (munmap(begin + length, all - before - length) == -1)
		die("munmap, after");
	return begin;
}

/* Advise, and store. Return how much came to lie on huge pages, in kB. */
static long fill(char *area, size_t length)
{
	long before = on_huge_pages();

	if (madvise(area, length, MADV_HUGEPAGE) == -1)
		die("madvise");
	memset(area, 1, length);
	return on_huge_pages() - before;
}

int main(void)
{
	size_t size = size_of_huge_page();
	char *area;
	long kb;

	area = map_at(size, size / 2, size);
	kb = fill(area, size);
	say("wrong: it begins in the middle: %ld kB on huge pages", kb);

	area = map_at(size, 0, size);
	kb = fill(area, size);
	say("right: it begins at a multiple: %ld kB on huge pages", kb);
	return EXIT_SUCCESS;
}
