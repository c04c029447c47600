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

/* Map LENGTH bytes that begin FROM bytes after a multiple of SIZE. FROM is less
 * than SIZE. What lies before and after these bytes is unmapped: no huge page
 * can reach over it. */
static char *map_at(size_t size, size_t from, size_t length)
{
	// It is at most SIZE bytes to a multiple, and FROM is less than SIZE.
	// So with 2 * SIZE bytes more there is room for LENGTH bytes.
	size_t all = 2 * size + length;
	size_t rest;
	size_t before;
	char *area;
	char *begin;

	area = mmap(NULL, all, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (area == MAP_FAILED)
		die("mmap");
	// An address as a number is a uintptr_t. rest: how many bytes area is
	// past a multiple of size. size - rest bytes more, and we are at the
	// next multiple.
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
	size_t size = size_of_page();
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
