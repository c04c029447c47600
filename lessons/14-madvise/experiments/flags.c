/*
 * flags - what the kernel keeps of an advice: two letters of the mapping
 *
 *   /proc/self/smaps has a paragraph for each mapping of this process. Its line
 *   VmFlags lists what is so for the whole mapping (proc(5)).
 *
 * Watch: advice for one page in the middle cuts the mapping into three.
 *
 * Try: in the last step give NORMAL to the middle page only. How many mappings
 * are there then?
 */
#define _GNU_SOURCE			// for madvise()
#include <sys/mman.h>

#include "../../../common/experiment.h"

enum { PAGES = 16 };

static size_t page;		// bytes of a page: 4096 on most machines

/* What smaps says of our pages. */
struct seen {
	int mappings;		// how many mappings they are
	int sr;			// how many of these have the flag sr
	int rr;			// and the flag rr
};

/* Read all of smaps. A line "from-to ..." begins the paragraph of a mapping. */
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
		if (strstr(line, " sr") != NULL)
			seen.sr++;
		if (strstr(line, " rr") != NULL)
			seen.rr++;
	}
	if (fclose(smaps) == EOF)
		die("fclose /proc/self/smaps");
	return seen;
}

/* Give ADVICE for LEN bytes from WHERE on, and show what has become of all
 * pages of MEMORY. */
static void advise(const char *what, const char *memory, char *where,
		   size_t len, int advice)
{
	struct seen seen;

	if (madvise(where, len, advice) == -1)
		die("madvise");
	seen = look(memory);
	say("%s: mappings %d, with sr %d, with rr %d", what, seen.mappings,
	    seen.sr, seen.rr);
}

int main(void)
{
	char *memory;
	size_t size;

	page = (size_t)sysconf(_SC_PAGESIZE);
	size = PAGES * page;
	// Two pages of PROT_NONE around it keep it apart from other mappings.
	memory = mmap(NULL, size + 2 * page, PROT_NONE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		die("mmap");
	memory += page;
	if (mprotect(memory, size, PROT_READ | PROT_WRITE) == -1)
		die("mprotect");

	advise("NORMAL", memory, memory, size, MADV_NORMAL);
	advise("SEQUENTIAL", memory, memory, size, MADV_SEQUENTIAL);
	advise("RANDOM", memory, memory, size, MADV_RANDOM);
	advise("SEQUENTIAL for one page", memory, memory + 8 * page, page,
	       MADV_SEQUENTIAL);
	advise("NORMAL for all", memory, memory, size, MADV_NORMAL);
	return EXIT_SUCCESS;
}
