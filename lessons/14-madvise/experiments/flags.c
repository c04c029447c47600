/*
 * flags - what the kernel keeps of an advice: two letters of the mapping
 *
 *   /proc/self/smaps has a paragraph for each mapping of this process. Its line
 *   VmFlags lists what is so for the whole mapping, two letters each (proc(5)).
 *
 * Watch: advice for one page in the middle cuts the mapping into three.
 *
 * Try: write MADV_RANDOM in place of MADV_NORMAL in the last advise(). How many
 * mappings are there, and why?
 */
#define _GNU_SOURCE			// for madvise()
#include <sys/mman.h>

#include "../../../common/experiment.h"

enum { PAGES = 16 };

static size_t page;		// bytes of a page: 4096 on most machines

/* The marks that this experiment is about, as they stand in VmFlags. */
static const char *const marks[] = { " sr", " rr", " dc", " wf", " dd" };
enum { MARKS = sizeof marks / sizeof marks[0] };	// how many they are

/* What smaps says of our pages. */
struct seen {
	int mappings;		// how many mappings they are
	int has[MARKS];		// 1 if one of these mappings has that mark
};

/* Read all of smaps. A line "FROM-TO ..." begins the paragraph of a mapping,
 * which has the addresses FROM to TO - 1. */
static struct seen look(const char *memory)
{
	uintptr_t first = (uintptr_t)memory;
	uintptr_t last = first + PAGES * page - 1;
	struct seen seen = { 0 };
	int is_ours = 0;		// are we in a paragraph of our pages?
	char line[512];
	FILE *smaps;

	smaps = fopen("/proc/self/smaps", "re");
	if (smaps == NULL)
		die("fopen /proc/self/smaps");
	while (fgets(line, sizeof line, smaps) != NULL) {
		unsigned long from;
		unsigned long to;

		if (sscanf(line, "%lx-%lx ", &from, &to) == 2) {
			is_ours = from <= last && to > first;
			if (is_ours)
				seen.mappings++;
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

/* Give ADVICE for LEN bytes from WHERE on, and show what has become of all
 * pages of MEMORY. WHAT is the line's beginning. */
static void advise(const char *what, const char *memory, char *where,
		   size_t len, int advice)
{
	char text[32] = "";	// room for all marks
	struct seen seen;

	if (madvise(where, len, advice) == -1)
		die("madvise");
	seen = look(memory);
	for (int i = 0; i < MARKS; i++) {
		if (seen.has[i])
			strcat(text, marks[i]);
	}
	say("%s: mappings %d, marks:%s", what, seen.mappings, text);
}

int main(void)
{
	char *memory;
	size_t size;

	page = (size_t)sysconf(_SC_PAGESIZE);
	size = PAGES * page;
	// A page of PROT_NONE on each side keeps our pages apart from other
	// mappings.
	memory = mmap(NULL, size + 2 * page, PROT_NONE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		die("mmap");
	memory += page;
	if (mprotect(memory, size, PROT_READ | PROT_WRITE) == -1)
		die("mprotect");

	advise("SEQUENTIAL", memory, memory, size, MADV_SEQUENTIAL);
	advise("RANDOM", memory, memory, size, MADV_RANDOM);
	advise("NORMAL", memory, memory, size, MADV_NORMAL);
	advise("DONTFORK", memory, memory, size, MADV_DONTFORK);
	advise("DOFORK", memory, memory, size, MADV_DOFORK);
	advise("WIPEONFORK", memory, memory, size, MADV_WIPEONFORK);
	advise("KEEPONFORK", memory, memory, size, MADV_KEEPONFORK);
	advise("DONTDUMP", memory, memory, size, MADV_DONTDUMP);
	advise("DODUMP", memory, memory, size, MADV_DODUMP);
	advise("RANDOM for one page", memory, memory + 8 * page, page,
	       MADV_RANDOM);
	advise("NORMAL for all", memory, memory, size, MADV_NORMAL);
	return EXIT_SUCCESS;
}
