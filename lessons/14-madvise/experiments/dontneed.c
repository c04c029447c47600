/*
 * dontneed - one advice, three kinds of memory: what is lost?
 *
 *   The same two steps for each kind: we store "mine", and then we say that we
 *   do not need the memory.
 *
 * Watch: the page is gone from our page table each time. What the next load
 * finds depends on what there is to fetch the page from.
 *
 * Try: in the third try() write MAP_PRIVATE instead of MAP_SHARED. What is
 * lost now, and what is not?
 */
#define _GNU_SOURCE			// for madvise() and memfd_create()
#include <fcntl.h>
#include <sys/mman.h>

#include "../../../common/experiment.h"

enum { PAGES = 1 };

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

/* WHAT is the line's beginning. FLAGS and FD are those of mmap(). */
static void try(const char *what, int flags, int fd)
{
	char *memory = mmap(NULL, page, PROT_READ | PROT_WRITE, flags, fd, 0);
	int before;
	int after;

	if (memory == MAP_FAILED)
		die("mmap");
	strcpy(memory, "mine");
	before = in_my_table(memory);
	if (madvise(memory, page, MADV_DONTNEED) == -1)
		die("madvise DONTNEED");
	after = in_my_table(memory);

	// The last %s loads from the page, and the kernel fetches it again.
	say("%s: in my table %d, then %d; I read \"%s\"", what, before, after,
	    memory);
}

/* A file of one page that begins with "file". It is in memory only. */
static int make_file(void)
{
	ssize_t n;
	int fd;

	fd = memfd_create("page", MFD_CLOEXEC);
	if (fd == -1)
		die("memfd_create");
	if (ftruncate(fd, (off_t)page) == -1)
		die("ftruncate");
	n = pwrite(fd, "file", 4, 0);
	if (n == -1)
		die("pwrite");
	if (n != 4)
		quit("the memory is full");
	return fd;
}

int main(void)
{
	int fd;

	page = (size_t)sysconf(_SC_PAGESIZE);
	fd = make_file();

	// The shared one comes last, since its store changes the file.
	try("wrong: private, no file", MAP_PRIVATE | MAP_ANONYMOUS, -1);
	try("wrong: private, a file", MAP_PRIVATE, fd);
	try("right: shared, a file", MAP_SHARED, fd);
	return EXIT_SUCCESS;
}
