/*
 * populate - have the page faults now, and not at the first loads and stores
 *
 *   A page that is not in the page table costs a page fault: the processor
 *   stops the program, and the kernel brings the page. We count page faults.
 *
 * Watch: POPULATE_READ is not enough for a program that will store.
 *
 * Try: put this line after populate(mapping, MADV_POPULATE_WRITE):
 *	count_loads("POPULATE_WRITE, 64 loads", mapping);
 * What do you expect?
 */
#define _GNU_SOURCE			// for madvise() and memfd_create()
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

#ifndef MADV_POPULATE_READ		// Linux 5.14; older headers lack them
#define MADV_POPULATE_READ 22
#define MADV_POPULATE_WRITE 23
#endif

enum { PAGES = 64 };

static size_t page;		// bytes of a page: 4096 on most machines

/* Map PAGES pages of our own. */
static char *own_pages(void)
{
	char *mapping = mmap(NULL, PAGES * page, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (mapping == MAP_FAILED)
		die("mmap");
	// The kernel may use pages of 2 MiB. Then a single page of 4 KiB could
	// not come or go alone. This advice asks the kernel not to do so. A
	// kernel without large pages returns an error, and we may ignore that.
	(void)madvise(mapping, PAGES * page, MADV_NOHUGEPAGE);
	return mapping;
}

/* Store a byte into each page. volatile: the compiler must not leave the stores
 * out, though nobody loads most of the bytes. */
static void store_to_each_page(char *mapping)
{
	for (size_t i = 0; i < PAGES; i++) {
		volatile char *start = mapping + i * page;

		*start = 77;	// any number but 0: a new page has 0
	}
}

/* Load a byte from each page. volatile: the compiler must not leave the loads
 * out, though nobody needs the bytes. */
static void load_each_page(const char *mapping)
{
	for (size_t i = 0; i < PAGES; i++) {
		const volatile char *start = mapping + i * page;
		char byte = *start;

		(void)byte;
	}
}

/* The page faults of this process so far that needed no disk. */
static long page_faults(void)
{
	struct rusage used;

	if (getrusage(RUSAGE_SELF, &used) == -1)
		die("getrusage");
	return used.ru_minflt;
}

/* Not only our loop causes page faults: other code of this process may cause
 * some, too. So we do not print the number. */
static void show(const char *what, long faults)
{
	say("%s: %s", what,
	    faults < PAGES / 2 ? "hardly a page fault" : "a page fault each");
}

static void count_stores(const char *what, char *mapping)
{
	long before = page_faults();
	long after;

	store_to_each_page(mapping);
	after = page_faults();
	show(what, after - before);
}

static void count_loads(const char *what, const char *mapping)
{
	long before = page_faults();
	long after;

	load_each_page(mapping);
	after = page_faults();
	show(what, after - before);
}

/* Call madvise(). If the kernel is too old for ADVICE, end the program. */
static void populate(char *mapping, int advice)
{
	if (madvise(mapping, PAGES * page, advice) == 0)
		return;
	if (errno != EINVAL)
		die("madvise POPULATE");
	say("skipped: this kernel has no POPULATE; Linux 5.14 has");
	exit(EXIT_SUCCESS);
}

/* Map an empty file: the mapping has addresses, and there are no bytes. */
static char *map_empty_file(void)
{
	char *mapping;
	int fd;

	fd = memfd_create("empty", MFD_CLOEXEC);
	if (fd == -1)
		die("memfd_create");
	mapping = mmap(NULL, PAGES * page, PROT_READ | PROT_WRITE, MAP_SHARED,
		      fd, 0);
	if (mapping == MAP_FAILED)
		die("mmap");
	return mapping;
}

static void see_a_child_store(char *mapping)
{
	pid_t parent = getpid();
	pid_t child = fork();
	int status;

	if (child == -1)
		die("fork");
	if (child == 0) {
		// If the parent is killed, nobody waits for what we say.
		if (!end_with_parent(parent))
			die("end_with_parent");
		// A child that crashes is to leave no core file.
		if (prctl(PR_SET_DUMPABLE, 0) == -1)
			die("prctl");
		store_to_each_page(mapping);
		exit(EXIT_SUCCESS);
	}
	if (waitpid(child, &status, 0) == -1)
		die("waitpid");
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS)
		say("wrong: past the end of a file, a store: SIGBUS kills");
	else
		quit("the child has not died of SIGBUS");
}

int main(void)
{
	char *mapping;

	page = size_of_page();

	mapping = own_pages();
	count_stores("no advice, 64 stores", mapping);

	mapping = own_pages();
	populate(mapping, MADV_POPULATE_WRITE);
	count_stores("POPULATE_WRITE, 64 stores", mapping);

	mapping = own_pages();
	populate(mapping, MADV_POPULATE_READ);
	count_loads("POPULATE_READ, 64 loads", mapping);
	count_stores("POPULATE_READ, then 64 stores", mapping);

	mapping = map_empty_file();
	see_a_child_store(mapping);
	if (madvise(mapping, PAGES * page, MADV_POPULATE_WRITE) == 0)
		quit("POPULATE_WRITE works past the end of a file");
	say("right: past the end of a file, POPULATE_WRITE: %s",
	    errno_name(errno));
	return EXIT_SUCCESS;
}
