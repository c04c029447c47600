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
#define _GNU_SOURCE			// for madvise()
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

/* Have the kernel drop the pages of the file from RAM, and map the file. The
 * order matters: the kernel keeps a page that a process has mapped. */
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

/* How many pages of MAPPING count as used lately? In /proc/self/smaps, the line
 * Referenced of each mapping tells how much that is, in kB. */
static int used_lately(char *mapping)
{
	char text[ABOUT_MAPPING];
	size_t kb;

	about_mapping(mapping, "Referenced", text);
	kb = (size_t)atol(text);
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
	int table_has = in_my_table(mapping, PAGES);
	int are_used = used_lately(mapping);
	const char *ram = in_words(ram_has);
	const char *table = in_words(table_has);
	const char *used = in_words(are_used);

	say("%s: in memory %s, in my table %s, used lately %s", when, ram,
	    table, used);
}

int main(void)
{
	char *mapping;
	int fd;

	page = size_of_page();
	fd = file_on_disk(PAGES * page);
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
