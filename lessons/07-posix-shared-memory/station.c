/*
 * station - measures a table of temperatures, and publishes it in shared memory
 *
 *   station --stores--> [ object: ready | 24 rows ] --loads--> viewer
 *
 * Start it first. Then start its partner ./viewer, as often as you like. The
 * station keeps the table there until Ctrl-C or SIGTERM.
 *
 * Watch: nothing is sent. A viewer has the same memory, and looks. The station
 * does not know who looks, or how many.
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/mman.h>

#include "../../common/lesson.h"

enum { HOURS = 24 };			// rows of the table, one for each hour

struct table {				// viewer.c has the same
	_Atomic uint32_t ready;		// 1: all the rows are complete
	int32_t tenths[HOURS];		// temperatures, in tenths of a degree
};

// The compiler stops here if there is a gap between the members: all programs
// must find the members at the same places.
_Static_assert(sizeof(struct table) == 4 + HOURS * 4, "gaps in the table");

// ATOMIC_INT_LOCK_FREE is 2 if the processor always stores an int in one step.
// If it is not 2, the compiler stops here: C would use a lock, and the other
// processes do not know of that lock.
_Static_assert(ATOMIC_INT_LOCK_FREE == 2, "a store is not one step");

static int make_object(void);		// further down
static int32_t measure(int hour);	// further down

/* Give the new object its size, fill the table in it, and say that it is
 * complete. */
static void publish(void)
{
	int fd = make_object();
	struct table *table;
	int error;

	// A new object has 0 bytes. This call takes memory for the table, from
	// byte 0 of the object on, and so the object gets its size. Without the
	// call the first store would kill us: SIGBUS. EINTR: a signal came
	// first, and nothing was done, so call again.
	do {
		error = posix_fallocate(fd, 0, sizeof *table);
	} while (error == EINTR);
	if (error != 0) {
		errno = error;	// this call does not set errno; die() needs it
		die("posix_fallocate");
	}

	// NULL lets the kernel choose the address. 0 is the place in the object
	// where the mapping begins. MAP_SHARED: all processes that map the
	// object see our stores.
	table = mmap(NULL, sizeof *table, PROT_READ | PROT_WRITE, MAP_SHARED,
		     fd, 0);
	if (table == MAP_FAILED)	// a failure is not NULL
		die("mmap");
	if (close(fd) == -1)		// the memory stays mapped
		die("close");

	for (int hour = 0; hour < HOURS; hour++)
		table->tenths[hour] = measure(hour);

	// This store comes last. A viewer that sees this 1 sees all the rows,
	// too: an atomic store promises that. A store into a plain variable
	// promises nothing about the other stores.
	atomic_store(&table->ready, 1);
	say("%d hours are measured: the table is complete", HOURS);
}

/* This stands for a real thermometer. It is warmest at 14 o'clock. */
static int32_t measure(int hour)
{
	return 215 - 5 * abs(hour - 14);
}

static char name[OWN_NAME];	// global, because remove_object() needs it

static void remove_object(void)
{
	shm_unlink(name);	// fails only if it has gone already
}

static int make_object(void)
{
	int fd;

	own_name(name, "table");

	// O_EXCL: if there is such an object already, shm_open() fails with
	// EEXIST.
	//
	// If Ctrl-C ended us right after shm_open(), nobody would remove the
	// object. So Ctrl-C has to wait until remove_at_end() is called.
	hold_signals();
	fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
	if (fd == -1 && errno == EEXIST)
		quit("another station is there; if it was killed, remove what"
		     " it left: rm /dev/shm%s", name);
	if (fd == -1)
		die("shm_open");
	remove_at_end(remove_object);
	let_signals();
	return fd;
}

int main(void)
{
	publish();

	// The table can be found as long as its name is there, and we remove
	// the name when we end. So stay, until a signal ends us.
	for (;;)
		pause();
}
