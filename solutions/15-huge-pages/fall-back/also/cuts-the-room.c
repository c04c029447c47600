/*
 * squares - a large table, on huge pages if there are any, else on small ones
 *
 *   MAP_HUGETLB --yes--> "huge pages at 0x..."
 *        |
 *        no              a place that begins at a multiple of 2 MiB,
 *        +-------------> and MADV_HUGEPAGE: "small pages at 0x..."
 *
 *   ./squares MIB	then a number a line on stdin; prints its square
 */
#include <inttypes.h>
#include <sys/mman.h>

#include "../../../common/lesson.h"

enum { RW = PROT_READ | PROT_WRITE, HUGE_PAGE = 2 << 20 };

/* SIZE bytes on huge pages, or NULL if there are not enough. */
static void *on_huge_pages(size_t size)
{
	void *p = mmap(NULL, size, RW, MAP_PRIVATE | MAP_ANONYMOUS |
		       MAP_HUGETLB, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

/* SIZE bytes on small pages, where the kernel may put huge ones later. */
static void *on_small_pages(size_t size)
{
	// Somewhere in this room a multiple of HUGE_PAGE begins.
	char *p = mmap(NULL, size + HUGE_PAGE, RW,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		die("mmap");
	size_t skip = (HUGE_PAGE - (uintptr_t)p % HUGE_PAGE) % HUGE_PAGE;

	if (skip > 0 && munmap(p, skip) == -1)
		die("munmap");
	p += skip;
	if (munmap(p + size, HUGE_PAGE - skip) == -1)
		die("munmap");
	// A wish: where it is not known, small pages do as well.
	if (madvise(p, size, MADV_HUGEPAGE) == -1)
		fprintf(stderr, "squares: no advice: %s\n", strerror(errno));
	return p;
}

int main(int argc, char **argv)
{
	size_t mib = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;
	size_t size = mib << 20, count = size / sizeof(uint64_t);
	uint64_t *table;
	char line[32];
	int huge = 1;

	if (mib < 2 || mib > 1024)
		quit("usage: ./squares MIB, from 2 to 1024");
	table = on_huge_pages(size);
	if (!table) {
		table = on_small_pages(size);
		huge = 0;
	}
	for (size_t i = count; i-- > 0; )
		table[i] = i * i;
	printf("%s pages at %p\n", huge ? "huge" : "small", (void *)table);
	fflush(stdout);
	while (fgets(line, sizeof line, stdin)) {
		printf("%" PRIu64 "\n",
		       table[strtoul(line, NULL, 10) % count]);
		fflush(stdout);
	}
	return EXIT_SUCCESS;
}
