/*
 * trimmer - gives memory back, its own view of it or the memory itself
 *
 *   cache --fork(), exec()--> trimmer, the memory as its stdin
 *
 * Two counts tell what an advice did: how many pages are in this process's
 * page table (pagemap), and how many are in memory at all (mincore).
 *
 * It can trim any file; after ./trimmer all <> FILE its 64 KiB are zeros.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>

#include "../../common/lesson.h"

enum { PAGE = 4096, TILES = 16, SIZE = TILES * PAGE };

// Bit 63 of a page's entry: this process reaches it without a fault.
static int in_my_table(const char *tiles)
{
	uint64_t entry[TILES];
	off_t at = (off_t)((uintptr_t)tiles / PAGE * sizeof *entry);
	int fd = open("/proc/self/pagemap", O_RDONLY), count = 0;

	if (fd == -1 || pread(fd, entry, sizeof entry, at) != sizeof entry)
		die("/proc/self/pagemap");
	for (int i = 0; i < TILES; i++)
		count += (int)(entry[i] >> 63);
	close(fd);
	return count;
}

static void show(const char *what, char *tiles)
{
	unsigned char in[TILES];
	int count = 0;

	if (mincore(tiles, SIZE, in) == -1)
		die("mincore");
	for (int i = 0; i < TILES; i++)
		count += in[i] & 1;	// the other bits mean nothing
	say("%-23s %2d in my table, %2d in memory", what,
	    in_my_table(tiles), count);
}

int main(int argc, char *argv[])
{
	int all = argc > 1 && strcmp(argv[1], "all") == 0;
	int prot = all ? PROT_READ | PROT_WRITE : PROT_READ;
	char *tiles = mmap(NULL, SIZE, prot, MAP_SHARED, STDIN_FILENO, 0);

	// Past the end of a file there is no page: touching it is SIGBUS.
	if (tiles == MAP_FAILED || lseek(STDIN_FILENO, 0, SEEK_END) < SIZE)
		quit("stdin is not 64 KiB of memory: start ./cache");
	for (int i = 0; i < TILES; i++)
		(void)*(volatile char *)(tiles + i * PAGE);
	show("all read:", tiles);
	if (all) {
		if (madvise(tiles, SIZE, MADV_REMOVE) == -1)
			die("madvise MADV_REMOVE");
		show("madvise REMOVE:", tiles);
		return EXIT_SUCCESS;
	}
	// POSIX lets DONTNEED do nothing, and the C library takes it so.
	errno = posix_madvise(tiles, SIZE, POSIX_MADV_DONTNEED);
	if (errno != 0)			// no -1: it returns the error
		die("posix_madvise");
	show("posix_madvise DONTNEED:", tiles);
	if (madvise(tiles, SIZE, MADV_DONTNEED) == -1)
		die("madvise MADV_DONTNEED");
	show("madvise DONTNEED:", tiles);
	say("and yet, read again: \"%s\"", tiles + 3 * PAGE);
	return EXIT_SUCCESS;
}
