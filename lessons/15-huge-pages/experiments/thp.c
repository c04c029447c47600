/*
 * thp - which memory lies on transparent huge pages?
 *
 *   A transparent huge page is one that the kernel takes for ordinary memory.
 *   A switch for the whole system says when it does so: always, madvise (only
 *   where a program has asked for it), or never.
 *
 * Watch: the second and the third line depend on the switch. The others do not.
 *
 * Try: as root, write another word into the switch:
 *	echo never > /sys/kernel/mm/transparent_hugepage/enabled
 * Which lines change? Write the old word back.
 */
#define _GNU_SOURCE			// for madvise()
#include <sys/mman.h>
#include <sys/prctl.h>

#include "../../../common/experiment.h"

#define SWITCH "/sys/kernel/mm/transparent_hugepage/enabled"

#ifndef MADV_COLLAPSE		// Linux 6.1 has it, some headers do not yet
#define MADV_COLLAPSE 25
#endif

enum { NO_ADVICE = MADV_NORMAL };	// as if madvise() were not called

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

/* Print the word of the switch that is in brackets: always [madvise] never */
static void show_switch(void)
{
	FILE *file = fopen(SWITCH, "r");
	char words[64];
	char *from;
	char *to;

	if (!file)
		die("fopen " SWITCH);
	if (!fgets(words, sizeof words, file))
		quit(SWITCH " is empty");
	if (fclose(file) == EOF)
		die("fclose");
	from = strchr(words, '[');
	to = strchr(words, ']');
	if (!from || !to)
		quit(SWITCH " has no word in brackets");
	*to = '\0';
	say("the switch says %s", from + 1);
}

/* Give the advice, then store. Return how much came to lie on huge pages, in
 * kB. */
static long fill_after(size_t size, int advice)
{
	long before = on_huge_pages();
	char *area;

	area = map_aligned(size);
	if (madvise(area, size, advice) == -1)
		die("madvise");
	memset(area, 1, size);
	return on_huge_pages() - before;
}

/* Store, and only then ask for a huge page. Return how much came to lie on huge
 * pages, in kB. */
static long collapse_after_fill(size_t size)
{
	long before = on_huge_pages();
	char *area;

	area = map_aligned(size);
	memset(area, 1, size);
	// The call fails if the kernel does not know this advice, or if no huge
	// page is free. Then the memory stays on small pages.
	if (madvise(area, size, MADV_COLLAPSE) == -1)
		return 0;
	return on_huge_pages() - before;
}

int main(void)
{
	size_t size = size_of_huge_page();
	long kb;

	show_switch();
	kb = fill_after(size, NO_ADVICE);
	say("no advice: %ld kB on huge pages", kb);
	kb = fill_after(size, MADV_HUGEPAGE);
	say("MADV_HUGEPAGE: %ld kB", kb);
	kb = fill_after(size, MADV_NOHUGEPAGE);
	say("MADV_NOHUGEPAGE: %ld kB", kb);
	kb = collapse_after_fill(size);
	say("MADV_COLLAPSE, after the store: %ld kB", kb);

	// From here on no advice counts in this process.
	if (prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0) == -1)
		die("prctl");
	kb = fill_after(size, MADV_HUGEPAGE);
	say("PR_SET_THP_DISABLE, then MADV_HUGEPAGE: %ld kB", kb);
	return EXIT_SUCCESS;
}
