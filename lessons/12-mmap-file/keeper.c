/*
 * keeper - stores a line in a page of a ledger file, without write()
 *
 *   keeper --store--> [ the file's pages, in memory ] --load--> auditor
 *          MAP_SHARED          |             MAP_PRIVATE: copy on write
 *                              v  msync(), or the kernel later
 *                          [ the disk ]
 *
 *   ./keeper FILE PAGE TEXT       as its partner ./auditor starts it
 *
 * Watch what happens when the page lies past the end of the file.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>

#include "../../common/lesson.h"

static int ledger;
static off_t needed;			// the size that the store asks for
static volatile sig_atomic_t has_grown;

// No part of the file is behind that page: the store raised SIGBUS. When
// this returns, the same store is tried again, and now there is one.
static void grow(int sig)
{
	(void)sig;
	if (ftruncate(ledger, needed) == 0)	// may be called in a handler
		has_grown = 1;
}

static void on_sigbus_grow(void)
{
	struct sigaction act = { .sa_handler = grow };

	// Once: if growing does not help, the next SIGBUS ends this program
	// instead of coming back for ever.
	act.sa_flags = (int)SA_RESETHAND;
	sigemptyset(&act.sa_mask);
	if (sigaction(SIGBUS, &act, NULL) == -1)
		die("sigaction");
}

// For writing to the file both rights are needed: O_WRONLY would fail.
static char *map_page(const char *path, off_t offset, size_t size)
{
	char *p;

	if ((ledger = open(path, O_RDWR)) == -1)
		die("open");
	p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, ledger,
		 offset);		// a multiple of the page size
	if (p == MAP_FAILED)
		die("mmap");
	return p;
}

int main(int argc, char **argv)
{
	long size = sysconf(_SC_PAGESIZE), page;
	char *line;

	if (argc != 4 || strlen(argv[3]) >= (size_t)size)
		quit("usage: keeper FILE PAGE TEXT; or start ./auditor");
	page = atol(argv[2]);
	line = map_page(argv[1], page * size, (size_t)size);
	needed = (page + 1) * size;
	on_sigbus_grow();
	strcpy(line, argv[3]);
	say("page %ld: stored \"%s\"%s", page, line,
	    has_grown ? " at the second try: SIGBUS, ftruncate()" : "");
	// Others see it already. This is for the day the power fails.
	if (msync(line, (size_t)size, MS_SYNC) == -1)
		die("msync");
	return EXIT_SUCCESS;
}
