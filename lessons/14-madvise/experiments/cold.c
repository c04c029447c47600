/*
 * cold - tell the kernel which pages to take first, or to take them now
 *
 *   COLD: the pages stay, but they count as not used lately.
 *   PAGEOUT: the pages go now. Those of a file are in the file.
 *
 * Watch: no byte is lost, whatever we say.
 *
 * Try: put this line before show("COLD", memory):
 *	load_each_page(memory);
 * What is used lately then?
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

/* How many pages of MEMORY count as used lately? /proc/self/smaps says it in
 * kB, in the line Referenced of the paragraph that begins with our address. */
static int referenced(const char *memory)
{
	int is_ours = 0;		// are we in the paragraph of our pages?
	char line[512];
	size_t kb = 0;
	FILE *smaps;

	smaps = fopen("/proc/self/smaps", "re");
	if (smaps == NULL)
		die("fopen /proc/self/smaps");
	while (fgets(line, sizeof line, smaps) != NULL) {
		unsigned long from;
		unsigned long to;

		if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
			is_ours = from == (uintptr_t)memory;
		if (is_ours && strncmp(line, "Referenced:", 11) == 0)
			kb = (size_t)atol(line + 11);
	}
	if (fclose(smaps) == EOF)
		die("fclose /proc/self/smaps");
	return (int)(kb * 1024 / page);
}

/* Not exactly all or none: the kernel passes over a page that another CPU is
 * about to put on one of its lists. So we do not print the numbers. */
static const char *in_words(int count)
{
	return count > PAGES / 2 ? "most" : "few";
}

static void show(const char *when, char *memory)
{
	int used_lately = referenced(memory);
	int table_has = in_my_table(memory);
	int memory_has = in_memory(memory);
	const char *used = in_words(used_lately);
	const char *table = in_words(table_has);
	const char *present = in_words(memory_has);

	say("%s: in memory %s, in my table %s, used lately %s", when, present,
	    table, used);
}

int main(void)
{
	char *memory;
	int fd;

	page = (size_t)sysconf(_SC_PAGESIZE);
	fd = make_file();
	memory = map_cold(fd);
	load_each_page(memory);
	show("loaded", memory);

	if (madvise(memory, PAGES * page, MADV_COLD) == -1) {
		if (errno != EINVAL)
			die("madvise COLD");
		say("skipped: this kernel has no COLD; Linux 5.4 has");
		return EXIT_SUCCESS;
	}
	show("COLD", memory);

	if (madvise(memory, PAGES * page, MADV_PAGEOUT) == -1)
		die("madvise PAGEOUT");
	show("PAGEOUT", memory);

	load_each_page(memory);
	show("loaded again", memory);
	return EXIT_SUCCESS;
}
