/*
 * volatile - a volatile flag is looked at each time, but it orders nothing else
 *
 *   what you write			what the compiler may make of it
 *   before = row;			before = row;
 *   while (volatile_ready == 0)	while (volatile_ready == 0)
 *	   ;					;
 *   now = row;				now = before;
 *
 * The viewer loads the row of an hour ago. Then it waits until the flag says
 * that there is a new row, and loads the row again.
 *
 * Watch: both viewers see their flag. Which one sees the new row?
 *
 * Try: in struct table, write volatile before the type of row, too. Which lines
 * change? Is the program right now, on each processor?
 */
#define _GNU_SOURCE			// for lesson.h
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum { OLD = 150, NEW = 215 };		// tenths of a degree

struct table {
	volatile uint32_t volatile_ready;	// wrong
	_Atomic uint32_t ready;			// right
	int32_t row;
	// How often the viewer's loop has gone round.
	volatile uint32_t rounds;
};

static struct table *table;		// the viewers inherit the mapping

/* WRONG: the compiler need not load the row again. */
static void view_by_volatile_flag(void)
{
	int32_t before = table->row;
	int32_t now;

	while (table->volatile_ready == 0)
		table->rounds++;
	now = table->row;
	say("wrong: before it was %.1f. A volatile flag is set: it is %.1f",
	    before / 10.0, now / 10.0);
}

/* RIGHT: all that stands below an atomic load is loaded after it. */
static void view_by_atomic_flag(void)
{
	int32_t before = table->row;
	int32_t now;

	while (atomic_load(&table->ready) == 0)
		table->rounds++;
	now = table->row;
	say("right: before it was %.1f. An atomic flag is set: it is %.1f",
	    before / 10.0, now / 10.0);
}

/* Start a viewer, and store a new row and both flags when it is in its loop. */
static void run_viewer(void (*view)(void))
{
	pid_t station = getpid();
	pid_t viewer;
	pid_t ended;
	int status;

	memset(table, 0, sizeof *table);
	table->row = OLD;
	viewer = fork();
	if (viewer == -1)
		die("fork");
	if (viewer == 0) {
		if (!end_with_parent(station))
			die("end_with_parent");
		view();
		exit(EXIT_SUCCESS);
	}
	while (table->rounds == 0) {
		ended = waitpid(viewer, &status, WNOHANG);
		if (ended == -1)
			die("waitpid");
		if (ended == viewer)
			quit("a viewer has ended too early");
		sched_yield();
	}
	table->row = NEW;
	// The station is no part of the mistake: it stores in order, with an
	// atomic store first.
	atomic_store(&table->ready, 1);
	table->volatile_ready = 1;
	if (waitpid(viewer, &status, 0) == -1)
		die("waitpid");
	if (status != 0)
		quit("a viewer has failed");
}

int main(void)
{
	// The viewers are children, so they need no name to find the memory.
	table = mmap(NULL, sizeof *table, PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (table == MAP_FAILED)
		die("mmap");

	run_viewer(view_by_volatile_flag);
	run_viewer(view_by_atomic_flag);
#ifndef __OPTIMIZE__
	say("skipped: compiled without optimization; make -B 07-volatile"
	    " CFLAGS=-O1");
#endif
	return EXIT_SUCCESS;
}
