/*
 * flags - some advice is kept: the kernel marks the mapping with two letters
 *
 *   /proc/self/smaps has a paragraph for each mapping of this process. Its line
 *   VmFlags lists the marks of the whole mapping, two letters each (proc(5)).
 *
 * Watch: advice for one page in the middle cuts the mapping into three.
 *
 * Try: write MADV_RANDOM for MADV_NORMAL in the last advise(). How many
 * mappings are there, and why?
 */
#define _GNU_SOURCE			// for madvise()
#include <sys/mman.h>

#include "../../../common/experiment.h"

enum { PAGES = 16 };

static size_t page;		// bytes of a page: 4096 on most machines

/* The marks that this experiment is about, as they stand in VmFlags. */
static const char *const marks[] = {
	" sr",		// sequential read: read far ahead
	" rr",		// random read: do not read ahead
	" dc",		// do not copy at fork(): a child has no such pages
	" wf",		// wipe at fork(): a child finds zeros
	" dd",		// do not dump: not in a core file
};
enum { MARKS = sizeof marks / sizeof marks[0] };	// how many they are

/* What smaps says of our pages. */
struct seen {
	int mappings;		// how many mappings they lie in
	int has[MARKS];		// 1 if one of these mappings has that mark
};

/* Read all of smaps. A line "FROM-TO ..." begins the paragraph of a mapping,
 * which has the addresses FROM to TO - 1. */
static struct seen look(const char *pages)
{
	uintptr_t first = (uintptr_t)pages;
	uintptr_t last = first + PAGES * page - 1;
	struct seen seen = { 0 };
	int is_ours = 0;		// 1 in a paragraph about our pages
	char line[512];
	FILE *smaps;

	// "r": to read. "e": a program started by exec() does not get the file.
	smaps = fopen("/proc/self/smaps", "re");
	if (smaps == NULL)
		die("fopen /proc/self/smaps");
	while (fgets(line, sizeof line, smaps) != NULL) {
		unsigned long from;
		unsigned long to;

		if (sscanf(line, "%lx-%lx ", &from, &to) == 2) {
			// Does any of our pages lie between FROM and TO - 1?
			is_ours = 0;
			if (from <= last && to > first) {
				is_ours = 1;
				seen.mappings++;
			}
		}
		if (!is_ours || strncmp(line, "VmFlags:", 8) != 0)
			continue;
		for (int i = 0; i < MARKS; i++) {
			if (strstr(line, marks[i]) != NULL)
				seen.has[i] = 1;
		}
	}
	if (fclose(smaps) == EOF)
		die("fclose /proc/self/smaps");
	return seen;
}

/* Give ADVICE for LEN bytes from WHERE on. Then show the mappings of all our
 * pages, which begin at PAGES. The line that we print begins with WHAT. */
static void advise(const char *what, const char *pages, char *where,
		   size_t len, int advice)
{
	char text[32] = "";	// room for all marks
	struct seen seen;

	if (madvise(where, len, advice) == -1)
		quit("madvise %s: %s", what, errno_name(errno));
	seen = look(pages);
	for (int i = 0; i < MARKS; i++) {
		if (seen.has[i])
			strcat(text, marks[i]);
	}
	say("%s: mappings %d, marks:%s", what, seen.mappings, text);
}

/* The bytes of a page. */
static size_t size_of_page(void)
{
	long size = sysconf(_SC_PAGESIZE);

	if (size == -1)
		die("sysconf");
	return (size_t)size;
}

int main(void)
{
	char *pages;
	size_t size;

	page = size_of_page();
	size = PAGES * page;
	// A page of PROT_NONE on each side keeps our pages apart from other
	// mappings.
	pages = mmap(NULL, size + 2 * page, PROT_NONE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (pages == MAP_FAILED)
		die("mmap");
	pages += page;
	if (mprotect(pages, size, PROT_READ | PROT_WRITE) == -1)
		die("mprotect");

	advise("SEQUENTIAL", pages, pages, size, MADV_SEQUENTIAL);
	advise("RANDOM", pages, pages, size, MADV_RANDOM);
	advise("NORMAL", pages, pages, size, MADV_NORMAL);
	advise("DONTFORK", pages, pages, size, MADV_DONTFORK);
	advise("DOFORK", pages, pages, size, MADV_DOFORK);
	advise("WIPEONFORK", pages, pages, size, MADV_WIPEONFORK);
	advise("KEEPONFORK", pages, pages, size, MADV_KEEPONFORK);
	advise("DONTDUMP", pages, pages, size, MADV_DONTDUMP);
	advise("DODUMP", pages, pages, size, MADV_DODUMP);
	advise("RANDOM for one page", pages, pages + 8 * page, page,
	       MADV_RANDOM);
	advise("NORMAL for all", pages, pages, size, MADV_NORMAL);
	return EXIT_SUCCESS;
}
