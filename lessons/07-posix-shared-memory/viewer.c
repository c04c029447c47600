/*
 * viewer - finds the table that ./station has published, and reads it
 *
 * Its partner is ./station. The diagram is there.
 *
 * Watch: the viewer looks at two things before it reads. Has the object its
 * size? Are all the rows there? A viewer may come at any moment.
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "../../common/lesson.h"

enum { HOURS = 24 };			// rows of the table, as in station.c

struct table {				// as in station.c
	_Atomic uint32_t ready;
	int32_t tenths[HOURS];
};

// All programs must find the members at the same places, as in station.c.
_Static_assert(sizeof(struct table) == 4 + HOURS * 4, "gaps in the table");

_Noreturn static void come_back_later(void);	// further down

static struct table *find_table(void)
{
	char name[OWN_NAME];
	struct table *table;
	struct stat status;
	int fd;

	own_name(name, "table");

	// We do not make an object, so the mode, the last argument, is not
	// used.
	fd = shm_open(name, O_RDONLY, 0);
	if (fd == -1 && errno == ENOENT)
		quit("there is no table: start ./station first");
	if (fd == -1)
		die("shm_open");

	// The station makes the object first, and gives it its size later. If
	// we came in between and did not look, our first load would kill us:
	// SIGBUS.
	if (fstat(fd, &status) == -1)
		die("fstat");
	// The type of st_size is off_t, which has a sign. The type of sizeof
	// has none, and next to it a size of -1 would become a very large one.
	// With the cast both have the type off_t.
	if (status.st_size < (off_t)sizeof *table)
		come_back_later();

	// No PROT_WRITE: a store into the table by mistake is SIGSEGV here,
	// and does the other programs no harm.
	table = mmap(NULL, sizeof *table, PROT_READ, MAP_SHARED, fd, 0);
	if (table == MAP_FAILED)	// a failure is not NULL
		die("mmap");
	if (close(fd) == -1)		// the memory stays mapped
		die("close");

	// The station stores 1 when all the rows are complete. As long as this
	// load gives another number, some rows may be missing.
	if (atomic_load(&table->ready) != 1)
		come_back_later();
	return table;
}

_Noreturn static void come_back_later(void)
{
	quit("the table is not complete yet: try again later. Is ./station"
	     " still there?");
}

static void print_warmest(const struct table *table)
{
	int warmest = 0;

	for (int hour = 1; hour < HOURS; hour++) {
		if (table->tenths[hour] > table->tenths[warmest])
			warmest = hour;
	}
	say("it was warmest at %d o'clock: %.1f degrees", warmest,
	    table->tenths[warmest] / 10.0);
}

int main(void)
{
	struct table *table = find_table();

	print_warmest(table);
	if (munmap(table, sizeof *table) == -1)
		die("munmap");
	return EXIT_SUCCESS;
}
