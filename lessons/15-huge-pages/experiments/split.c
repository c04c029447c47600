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

/* Map COUNT times SIZE bytes that begin at a multiple of SIZE. */
static char *map_aligned(size_t size, size_t count)
{
	size_t rest;
	char *area;

	// One SIZE more than we need: there is such a multiple in it.
	area = mmap(NULL, (count + 1) * size, PROT_READ | PROT_WRITE,
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

/* Return how much of our memory lies on transparent huge pages now, in kB. */
static long on_huge_pages(void)
{
	FILE *file = fopen("/proc/self/smaps_rollup", "r");
	char line[128];
	long kb = 0;

	if (!file) {
		say("skipped: there is no /proc/self/smaps_rollup");
		exit(EXIT_SUCCESS);
	}
	while (fgets(line, sizeof line, file)) {
		if (sscanf(line, "AnonHugePages: %ld", &kb) == 1)
			break;
	}
	if (fclose(file) == EOF)
		die("fclose");
	return kb;
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
	size_t size = size_of_page();
	size_t small = (size_t)sysconf(_SC_PAGESIZE);
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
