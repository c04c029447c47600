/*
 * populate - have the page faults now, and not at the first loads and stores
 *
 *   A page that is not in the page table costs a page fault: the processor
 *   stops the program, and the kernel brings the page. We count them.
 *
 * Watch: POPULATE_READ is not enough for a program that will store.
 *
 * Try: put this line after populate(memory, MADV_POPULATE_WRITE):
 *	count_loads("POPULATE_WRITE, 64 loads", memory);
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

/* PAGES pages of our own. No large pages: they would come and go as a whole. A
 * kernel that has none refuses this advice, and that is just as good. */
static char *own_memory(void)
{
	char *memory = mmap(NULL, PAGES * page, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		die("mmap");
	(void)madvise(memory, PAGES * page, MADV_NOHUGEPAGE);
	return memory;
}

/* A store to each page. volatile: the compiler must not leave it out. */
static void store_to_each_page(char *memory)
{
	for (size_t i = 0; i < PAGES; i++)
		*(volatile char *)(memory + i * page) = 77;
}

/* A load from each page. volatile: the compiler must not leave it out. */
static void load_each_page(const char *memory)
{
	for (size_t i = 0; i < PAGES; i++)
		(void)*(const volatile char *)(memory + i * page);
}

/* The page faults of this process so far that needed no disk. */
static long page_faults(void)
{
	struct rusage used;

	if (getrusage(RUSAGE_SELF, &used) == -1)
		die("getrusage");
	return used.ru_minflt;
}

/* Something else than our loop may cause a page fault, too. So we do not print
 * the number. */
static void show(const char *what, long faults)
{
	say("%s: %s", what,
	    faults < PAGES / 2 ? "hardly a page fault" : "a page fault each");
}

static void count_stores(const char *what, char *memory)
{
	long before = page_faults();
	long after;

	store_to_each_page(memory);
	after = page_faults();
	show(what, after - before);
}

static void count_loads(const char *what, const char *memory)
{
	long before = page_faults();
	long after;

	load_each_page(memory);
	after = page_faults();
	show(what, after - before);
}

/* Like madvise(), but it ends the program where the kernel is too old. */
static void populate(char *memory, int advice)
{
	if (madvise(memory, PAGES * page, advice) == 0)
		return;
	if (errno != EINVAL)
		die("madvise POPULATE");
	say("skipped: this kernel has no POPULATE; Linux 5.14 has");
	exit(EXIT_SUCCESS);
}

/* A mapping of a file that is too short: there is nothing behind it. */
static char *map_too_short_a_file(void)
{
	char *memory;
	int fd;

	fd = memfd_create("empty", MFD_CLOEXEC);
	if (fd == -1)
		die("memfd_create");
	memory = mmap(NULL, PAGES * page, PROT_READ | PROT_WRITE, MAP_SHARED,
		      fd, 0);
	if (memory == MAP_FAILED)
		die("mmap");
	return memory;
}

static void see_a_child_store(char *memory)
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
		store_to_each_page(memory);
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
	char *memory;

	page = (size_t)sysconf(_SC_PAGESIZE);

	memory = own_memory();
	count_stores("no advice, 64 stores", memory);

	memory = own_memory();
	populate(memory, MADV_POPULATE_WRITE);
	count_stores("POPULATE_WRITE, 64 stores", memory);

	memory = own_memory();
	populate(memory, MADV_POPULATE_READ);
	count_loads("POPULATE_READ, 64 loads", memory);
	count_stores("POPULATE_READ, then 64 stores", memory);

	memory = map_too_short_a_file();
	see_a_child_store(memory);
	if (madvise(memory, PAGES * page, MADV_POPULATE_WRITE) == -1)
		say("right: past the end of a file, POPULATE_WRITE: %s",
		    errno_name(errno));
	return EXIT_SUCCESS;
}
