/*
 * willneed - the kernel reads a file into memory, and nobody waits for it
 *
 *   disk --(WILLNEED)--> memory --(the first load)--> our page table
 *
 * Watch: WILLNEED does the first step only. The second one is cheap, and it is
 * done when we load from the page.
 *
 * Try: leave out the call of wait_for_all(). Which number may be another one
 * then, and why does the program not promise it?
 */
#define _GNU_SOURCE			// for madvise() and O_TMPFILE
#include <fcntl.h>
#include <sys/mman.h>
#include <time.h>

#include "../../../common/experiment.h"

enum { PAGES = 64 };
enum { PATIENCE = 5 };		// seconds that the disk may take

static size_t page;		// bytes of a page: 4096 on most machines

/* How many of the PAGES pages of MEMORY are in memory, whoever uses them? Bit 0
 * of each byte says so; the other bits have no meaning (mincore(2)). */
static int in_memory(char *memory)
{
	unsigned char bytes[PAGES];
	int count = 0;

	if (mincore(memory, PAGES * page, bytes) == -1)
		die("mincore");
	for (int i = 0; i < PAGES; i++) {
		if (bytes[i] & 1)
			count++;
	}
	return count;
}

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

/* A load from each page. volatile: the compiler must not leave it out. */
static void load_each_page(const char *memory)
{
	for (size_t i = 0; i < PAGES; i++)
		(void)*(const volatile char *)(memory + i * page);
}

/* A file of PAGES pages on a disk. It has no name (O_TMPFILE), so the kernel
 * removes it when we end. */
static int make_file(void)
{
	const char *folder = getenv("TMPDIR");
	char zeros[512] = "";
	int fd;

	if (folder == NULL)
		folder = "/var/tmp";
	fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd == -1 && (errno == EOPNOTSUPP || errno == EISDIR)) {
		say("skipped: %s has no files without a name; set TMPDIR to a"
		    " folder on a disk", folder);
		exit(EXIT_SUCCESS);
	}
	if (fd == -1)
		die("open O_TMPFILE");

	// Real bytes, and not ftruncate(): a hole has nothing to be read.
	for (size_t done = 0; done < PAGES * page; done += sizeof zeros) {
		ssize_t n = write(fd, zeros, sizeof zeros);

		if (n == -1)
			die("write");
		if ((size_t)n != sizeof zeros)
			quit("the disk is full");
	}
	return fd;
}

/* Have the kernel drop the file from memory. It keeps pages that are not on
 * the disk yet, so fsync() comes first, and pages that somebody has mapped. */
static void make_cold(int fd)
{
	if (fsync(fd) == -1)
		die("fsync");
	errno = posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	if (errno != 0)
		die("posix_fadvise");
}

static char *map_cold(int fd)
{
	char *memory;

	make_cold(fd);
	memory = mmap(NULL, PAGES * page, PROT_READ, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED)
		die("mmap");
	if (in_memory(memory) != 0) {
		say("skipped: the file stays in memory; set TMPDIR to a folder"
		    " on a disk");
		exit(EXIT_SUCCESS);
	}
	return memory;
}

/* The call has returned, and the disk is still busy. It is only advice: a
 * kernel that is short of memory may read less, so give it again. */
static void wait_for_all(char *memory)
{
	time_t limit = time(NULL) + PATIENCE;

	while (in_memory(memory) < PAGES) {
		if (time(NULL) >= limit) {
			say("skipped: the kernel has not read all of the file;"
			    " try again when it is less busy");
			exit(EXIT_SUCCESS);
		}
		if (madvise(memory, PAGES * page, MADV_WILLNEED) == -1)
			die("madvise WILLNEED");
		sched_yield();
	}
}

static void show(const char *when, char *memory)
{
	int memory_has = in_memory(memory);
	int table_has = in_my_table(memory);

	say("%s: %d in memory, %d in my page table", when, memory_has,
	    table_has);
}

int main(void)
{
	char *memory;
	int fd;

	page = (size_t)sysconf(_SC_PAGESIZE);
	fd = make_file();
	memory = map_cold(fd);
	show("64 pages are on the disk", memory);

	if (madvise(memory, PAGES * page, MADV_WILLNEED) == -1)
		die("madvise WILLNEED");
	wait_for_all(memory);
	show("after WILLNEED", memory);

	load_each_page(memory);
	show("after a load from each page", memory);
	return EXIT_SUCCESS;
}
