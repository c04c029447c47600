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

/* The marks that this experiment is about. VmFlags has a space in front of each
 * mark, and our own lines have one, too. */
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

/* Go through our pages, from mapping to mapping. */
static struct seen look(char *pages)
{
	struct seen seen = { 0 };
	char *end = pages + PAGES * page;	// where our pages end
	char *at = pages;			// where a mapping begins
	char flags[ABOUT_MAPPING];		// the marks of that mapping

	while (at < end) {
		// It returns where the next mapping begins.
		at = about_mapping(at, "VmFlags", flags);
		seen.mappings++;
		for (int i = 0; i < MARKS; i++) {
			if (strstr(flags, marks[i]) != NULL)
				seen.has[i] = 1;
		}
	}
	return seen;
}

/* Give ADVICE for LEN bytes from WHERE on. Then show the mappings of all our
 * pages, which begin at PAGES. The line that we print begins with WHAT. */
static void advise(const char *what, char *pages, char *where, size_t len,
		   int advice)
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
