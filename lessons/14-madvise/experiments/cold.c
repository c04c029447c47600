/*
 * cold - tell the kernel which pages to take first, or to take them now
 *
 *   COLD: the pages stay, but they count as not used lately.
 *   PAGEOUT: the pages go now. Here they are still in the file, on the disk.
 *
 * Watch: no byte is lost, whatever we say.
 *
 * Try: put this line before show("COLD", mapping):
 *	load_each_page(mapping);
 * Which pages count as used lately then?
 */
#define _GNU_SOURCE			// for madvise() and O_TMPFILE
#include <fcntl.h>
#include <sys/mman.h>

#include "../../../common/experiment.h"

#ifndef MADV_COLD			// Linux 5.4; older headers lack them
#define MADV_COLD 20
#define MADV_PAGEOUT 21
#endif

enum { PAGES = 256 };

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

/* How many pages of MAPPING count as used lately? /proc/self/smaps has a
 * paragraph for each mapping. Its first line begins with the address, and the
 * line Referenced tells the number that we want, in kB. */
static int used_lately(const char *mapping)
{
	int is_ours = 0;		// 1 in the paragraph of our mapping
	char line[512];
	size_t kb = 0;
	FILE *smaps;

	// "r": to read. "e": a program started by exec() does not get the file.
	smaps = fopen("/proc/self/smaps", "re");
	if (smaps == NULL)
		die("fopen /proc/self/smaps");
	while (fgets(line, sizeof line, smaps) != NULL) {
		unsigned long from;
		unsigned long to;

		// "FROM-TO ...", two addresses: here a paragraph begins.
		if (sscanf(line, "%lx-%lx ", &from, &to) == 2) {
			if (from == (uintptr_t)mapping)
				is_ours = 1;
			else
				is_ours = 0;
		}
		if (is_ours && strncmp(line, "Referenced:", 11) == 0)
			kb = (size_t)atol(line + 11);
	}
	if (fclose(smaps) == EOF)
		die("fclose /proc/self/smaps");
	return (int)(kb * 1024 / page);
}

/* It is not exactly all or none: the kernel may leave out a few pages that
 * another processor is working with. So we do not print the number. */
static const char *in_words(int count)
{
	return count > PAGES / 2 ? "most" : "few";
}

static void show(const char *when, char *mapping)
{
	int ram_has = in_ram(mapping);
	int table_has = in_my_table(mapping);
	int are_used = used_lately(mapping);
	const char *ram = in_words(ram_has);
	const char *table = in_words(table_has);
	const char *used = in_words(are_used);

	say("%s: in memory %s, in my table %s, used lately %s", when, ram,
	    table, used);
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
	load_each_page(mapping);
	show("loaded", mapping);

	if (madvise(mapping, PAGES * page, MADV_COLD) == -1) {
		if (errno != EINVAL)
			die("madvise COLD");
		say("skipped: this kernel has no COLD; Linux 5.4 has");
		return EXIT_SUCCESS;
	}
	show("COLD", mapping);

	if (madvise(mapping, PAGES * page, MADV_PAGEOUT) == -1)
		die("madvise PAGEOUT");
	show("PAGEOUT", mapping);

	load_each_page(mapping);
	show("loaded again", mapping);
	return EXIT_SUCCESS;
}
