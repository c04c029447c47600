/*
 * willneed - the kernel reads a file into memory, and nobody waits for it
 *
 *   disk --(WILLNEED)--> memory --(the first load)--> our page table
 *
 * Watch: WILLNEED does the first step only. The second step is cheap, and the
 * kernel does it when we load from the page.
 *
 * Try: leave out the call of wait_for_all(). Which number may be smaller then?
 * Why can nobody know how much smaller?
 */
#define _GNU_SOURCE			// for madvise() and O_TMPFILE
#include <fcntl.h>
#include <sys/mman.h>
#include <time.h>

#include "../../../common/experiment.h"

enum { PAGES = 64 };
enum { PATIENCE = 5 };		// seconds that the disk may take

static size_t page;		// bytes of a page: 4096 on most machines

/* How many of the PAGES pages of MAPPING are in RAM, the memory of the machine?
 * It does not matter which process uses them. mincore() fills in a byte for
 * each page: bit 0 says whether the page is there, and the other bits have no
 * meaning. */
static int in_ram(char *mapping)
{
	unsigned char bytes[PAGES];
	int count = 0;

	if (mincore(mapping, PAGES * page, bytes) == -1)
		die("mincore");
	for (int i = 0; i < PAGES; i++) {
		if (bytes[i] & 1)
			count++;
	}
	return count;
}

/* How many of the PAGES pages of MAPPING are in the page table of this process?
 * /proc/self/pagemap has 8 bytes for each page of the address space. Bit 63
 * says whether the page is in the table (proc(5)). */
static int in_my_table(const char *mapping)
{
	uint64_t entries[PAGES];
	// The first page of MAPPING: which page of the address space is it?
	uintptr_t number = (uintptr_t)mapping / page;
	off_t where = (off_t)number * 8;
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

	// ftruncate() alone would store no bytes on the disk, and the kernel
	// would have nothing to read from there.
	for (size_t done = 0; done < PAGES * page; done += sizeof zeros) {
		ssize_t n = write(fd, zeros, sizeof zeros);

		if (n == -1)
			die("write");
		if ((size_t)n != sizeof zeros)
			quit("the disk is full");
	}
	return fd;
}

/* Have the kernel drop the pages of the file from RAM. The kernel keeps a page
 * that is not on the disk yet, so fsync() comes first. It also keeps a page
 * that a process has mapped. */
static void make_cold(int fd)
{
	int error;

	if (fsync(fd) == -1)
		die("fsync");
	error = posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	if (error != 0) {
		errno = error;	// this call does not set errno; die() needs it
		die("posix_fadvise");
	}
}

static char *map_cold(int fd)
{
	char *mapping;

	make_cold(fd);
	mapping = mmap(NULL, PAGES * page, PROT_READ, MAP_SHARED, fd, 0);
	if (mapping == MAP_FAILED)
		die("mmap");
	if (in_ram(mapping) != 0) {
		say("skipped: the file stays in memory; set TMPDIR to a folder"
		    " on a disk");
		exit(EXIT_SUCCESS);
	}
	return mapping;
}

/* madvise() with WILLNEED has returned, but the disk may still be busy. And it
 * is only advice: a kernel that is short of memory may read less. So give the
 * advice again. */
static void wait_for_all(char *mapping)
{
	time_t limit = time(NULL) + PATIENCE;

	while (in_ram(mapping) < PAGES) {
		if (time(NULL) >= limit) {
			say("skipped: the kernel has not read all of the file;"
			    " try again when it is less busy");
			exit(EXIT_SUCCESS);
		}
		if (madvise(mapping, PAGES * page, MADV_WILLNEED) == -1)
			die("madvise WILLNEED");
		sched_yield();
	}
}

static void show(const char *when, char *mapping)
{
	int ram_has = in_ram(mapping);
	int table_has = in_my_table(mapping);

	say("%s: %d in memory, %d in my page table", when, ram_has,
	    table_has);
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
	char *mapping;
	int fd;

	page = size_of_page();
	fd = make_file();
	mapping = map_cold(fd);
	show("64 pages are on the disk", mapping);

	if (madvise(mapping, PAGES * page, MADV_WILLNEED) == -1)
		die("madvise WILLNEED");
	wait_for_all(mapping);
	show("after WILLNEED", mapping);

	load_each_page(mapping);
	show("after a load from each page", mapping);
	return EXIT_SUCCESS;
}
