/*
 * faults - what a huge page saves for certain: page faults
 *
 *   A page fault is the kernel's work at the first store into a page: it takes
 *   a page, clears it, and makes an entry in the page table.
 *
 * Watch: the same store, into the same number of bytes, on pages of two sizes.
 *
 * Try: in fill(), write 2 * small instead of small. Which line changes, and
 * which one does not?
 */
#define _GNU_SOURCE			// for madvise()
#include <sys/mman.h>
#include <sys/resource.h>

#include "../../../common/experiment.h"

static size_t small;		// bytes of a small page

/* Map SIZE bytes that begin at a multiple of SIZE. */
static char *map_aligned(size_t size)
{
	char *area;

	// Twice what we need: there is such a multiple in it.
	area = mmap(NULL, 2 * size, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (area == MAP_FAILED)
		die("mmap");
	return at_multiple(area, size);
}

/* Return how many page faults we have had. Those that read from a disk are not
 * among them: there are none here. */
static long faults(void)
{
	struct rusage usage;

	if (getrusage(RUSAGE_SELF, &usage) == -1)
		die("getrusage");
	return usage.ru_minflt;
}

/* Store one byte into each small page. volatile: the compiler must make these
 * stores, though nobody loads what they store. */
static void fill(volatile char *area, size_t size)
{
	for (size_t at = 0; at < size; at += small)
		area[at] = 1;
}

static void count_faults(size_t size, int advice, const char *kind)
{
	char *area;
	long before;
	long after;

	area = map_aligned(size);
	if (madvise(area, size, advice) == -1)
		die("madvise");
	before = faults();
	fill(area, size);
	after = faults();
	say("page faults on %s: %ld", kind, after - before);
}

int main(void)
{
	size_t size = size_of_huge_page();

	small = size_of_page();
	count_faults(size, MADV_NOHUGEPAGE, "small pages");
	count_faults(size, MADV_HUGEPAGE, "huge pages, if they are allowed");
	return EXIT_SUCCESS;
}
