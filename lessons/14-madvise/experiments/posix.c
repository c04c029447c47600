/*
 * posix - one word, two calls: what DONTNEED means, and how errors come back
 *
 * Watch: posix_madvise() with DONTNEED changes nothing. And it does not return
 * -1 if it fails.
 *
 * Try: write strerror(errno) in place of errno_name(errno). What would a user
 * of your program believe?
 */
#define _GNU_SOURCE			// for madvise()
#include <fcntl.h>
#include <sys/mman.h>

#include "../../../common/experiment.h"

enum { PAGES = 64 };

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

/* A store to each page. volatile: the compiler must not leave it out. */
static void store_to_each_page(char *memory)
{
	for (size_t i = 0; i < PAGES; i++)
		*(volatile char *)(memory + i * page) = 77;
}

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

int main(void)
{
	char *memory;
	int table_has;
	int result;

	page = (size_t)sysconf(_SC_PAGESIZE);
	memory = own_memory();
	store_to_each_page(memory);

	result = posix_madvise(memory, PAGES * page, POSIX_MADV_DONTNEED);
	if (result != 0)
		quit("posix_madvise: %s", errno_name(result));
	table_has = in_my_table(memory);
	say("posix_madvise DONTNEED: %d pages in my table; I read %d",
	    table_has, memory[0]);

	if (madvise(memory, PAGES * page, MADV_DONTNEED) == -1)
		die("madvise DONTNEED");
	table_has = in_my_table(memory);
	say("madvise DONTNEED: %d pages in my table; I read %d", table_has,
	    memory[0]);

	// An address that is not the start of a page is an error in both.
	errno = 0;
	result = posix_madvise(memory + 1, page, POSIX_MADV_NORMAL);
	if (result != -1)
		say("wrong: I look for -1, and find none; errno is %s",
		    errno_name(errno));
	if (result != 0)
		say("right: I look for anything but 0: %s", errno_name(result));
	return EXIT_SUCCESS;
}
