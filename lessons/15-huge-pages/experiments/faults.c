/*
 * faults - what a huge page saves for certain: page faults
 *
 *   A page fault is the kernel's work at the first store into a page: it takes
 *   a page, clears it, and makes an entry in the page table.
 *
 * Watch: the same store, into the same number of bytes, on pages of two sizes.
 *
 * Try: write 2 * 4096 instead of 4096 in fill(). Which line changes, and which
 * one does not?
 */
#define _GNU_SOURCE			// for madvise()
#include <sys/mman.h>
#include <sys/resource.h>

#include "../../../common/experiment.h"

// We try no larger huge page: on some Arm systems it has 512 MiB.
enum { LARGEST = 64 * 1024 * 1024 };	// bytes: 64 MiB

/* Return the size of a transparent huge page, in bytes. */
static size_t size_of_page(void)
{
	FILE *file = fopen("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size",
			   "r");
	size_t size;

	if (!file) {
		say("skipped: this system has no transparent huge pages");
		exit(EXIT_SUCCESS);
	}
	if (fscanf(file, "%zu", &size) != 1)
		quit("hpage_pmd_size is not a number");
	if (fclose(file) == EOF)
		die("fclose");
	if (size > LARGEST) {
		say("skipped: a huge page has %zu MiB here",
		    size / (1024 * 1024));
		exit(EXIT_SUCCESS);
	}
	return size;
}

/* Map SIZE bytes that begin at a multiple of SIZE. */
static char *map_aligned(size_t size)
{
	size_t rest;
	char *area;

	// Twice what we need: there is such a multiple in it.
	area = mmap(NULL, 2 * size, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (area == MAP_FAILED)
		die("mmap");
	// An address as a number is a uintptr_t. rest: how many bytes area is
	// past a multiple of size. size - rest bytes more, and we are at the
	// next multiple.
	rest = (uintptr_t)area % size;
	if (rest == 0)
		return area;
	return area + (size - rest);
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
	for (size_t at = 0; at < size; at += 4096)
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
	size_t size = size_of_page();

	count_faults(size, MADV_NOHUGEPAGE, "small pages");
	count_faults(size, MADV_HUGEPAGE, "huge pages, if they are allowed");
	return EXIT_SUCCESS;
}
