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

// We try no larger huge page: on some Arm systems it has 512 MiB.
enum { LARGEST = 64 * 1024 * 1024 };	// bytes: 64 MiB

enum { NO_ADVICE = MADV_NORMAL };	// as if madvise() were not called

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
	size_t size = size_of_page();
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
