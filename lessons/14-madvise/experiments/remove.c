/*
 * remove - who notices, if one of two processes gives shared memory back?
 *
 *   our page table --> [ 16 pages ] <-- the page table of our child
 *
 *   DONTNEED: the child's page table forgets the pages.
 *   REMOVE: the pages themselves go, for everybody.
 *
 * Watch: the child's page table is empty after both. Look what the parent has.
 *
 * Try: put this line before the madvise() in give_back():
 *	mprotect(memory, PAGES * page, PROT_READ);
 * Does it protect the pages?
 */
#define _GNU_SOURCE			// for madvise() and memfd_create()
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum { PAGES = 16 };

static size_t page;		// bytes of a page: 4096 on most machines

/* How many of the PAGES pages of MEMORY are in the page table of this process?
 * /proc/self/pagemap has 8 bytes for each page; bit 63 says so (proc(5)). */
static int in_my_table(const char *memory)
{
	uint64_t entries[PAGES];
	off_t where = (off_t)((uintptr_t)memory / page * sizeof entries[0]);
	ssize_t n;
	int count = 0;
	int fd;

	fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		die("open /proc/self/pagemap");
	n = pread(fd, entries, sizeof entries, where);
	if (n == -1)
		die("pread /proc/self/pagemap");
	if ((size_t)n != sizeof entries)
		quit("/proc/self/pagemap says less than it was asked for");
	if (close(fd) == -1)
		die("close");

	for (int i = 0; i < PAGES; i++) {
		if (entries[i] >> 63 & 1)
			count++;
	}
	return count;
}

/* What the child does. NAME is the name of ADVICE. */
static void give_back(char *memory, int advice, const char *name)
{
	int before;
	int after;

	for (size_t i = 0; i < PAGES; i++)
		(void)*(volatile char *)(memory + i * page);
	before = in_my_table(memory);
	if (madvise(memory, PAGES * page, advice) == -1)
		die("madvise");
	after = in_my_table(memory);
	say("%s in a child: in its table %d, then %d", name, before, after);
}

static void in_a_child(char *memory, int advice, const char *name)
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
		give_back(memory, advice, name);
		exit(EXIT_SUCCESS);
	}
	if (waitpid(child, &status, 0) == -1)
		die("waitpid");
	if (status != 0)
		quit("the child has failed");
}

int main(void)
{
	struct stat about;
	char *memory;
	int fd;

	page = (size_t)sysconf(_SC_PAGESIZE);
	fd = memfd_create("pages", MFD_CLOEXEC);
	if (fd == -1)
		die("memfd_create");
	if (ftruncate(fd, (off_t)(PAGES * page)) == -1)
		die("ftruncate");
	memory = mmap(NULL, PAGES * page, PROT_READ | PROT_WRITE, MAP_SHARED,
		      fd, 0);
	if (memory == MAP_FAILED)
		die("mmap");
	for (size_t i = 0; i < PAGES; i++)
		strcpy(memory + i * page, "kept");

	in_a_child(memory, MADV_DONTNEED, "DONTNEED");
	say("right: the parent has its pages, and reads \"%s\"", memory);

	in_a_child(memory, MADV_REMOVE, "REMOVE");
	if (fstat(fd, &about) == -1)
		die("fstat");
	// st_blocks counts the memory that the pages take.
	say("wrong: %d blocks are left, and the parent reads \"%s\"",
	    (int)about.st_blocks, memory);
	return EXIT_SUCCESS;
}
