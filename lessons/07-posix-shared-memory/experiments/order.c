/*
 * order - what is stored before a plain flag may arrive after it
 *
 *   what you write			what the compiler may make of it
 *   each hour:   rain = rain + ...;	each hour:   register = register + ...
 *   at noon:     noon = 1;		at noon:     noon = 1;
 *					at the end:  rain = register;
 *
 * A register is a place in the processor. Nobody else can look into it.
 *
 * The station adds up the rain of 24 hours. At noon it sets a flag: the sum of
 * 12 hours is there. Then it waits until a viewer has looked at the sum.
 *
 * Watch: how much rain does the viewer see at noon?
 *
 * Try: in struct table, write volatile before the type of plain_noon. Run it
 * with CC=gcc and with CC=clang. Which of the two stores the sum before noon?
 */
#define _GNU_SOURCE			// for lesson.h
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum { HOURS = 24, NOON = 12 };

struct table {
	uint32_t plain_noon;		// wrong
	_Atomic uint32_t noon;		// right
	int32_t rain;			// millimetres, since midnight
	// 1: the viewer has looked. volatile: it is loaded in each round of a
	// loop. It says nothing about the order of other variables.
	volatile uint32_t looked;
};

static struct table *table;		// the station inherits the mapping

// What the instrument shows: the rain of an hour, in millimetres. volatile: the
// compiler must not think that it knows this number.
static volatile int32_t gauge = 6;

/* WRONG: the rain may be stored after the flag. */
static void add_up_with_plain_flag(void)
{
	for (int hour = 0; hour < HOURS; hour++) {
		int32_t fallen = gauge;

		table->rain += fallen;
		if (hour == NOON - 1) {
			table->plain_noon = 1;
			while (table->looked == 0)
				;
		}
	}
}

/* RIGHT: all that stands above an atomic store is stored before it. */
static void add_up_with_atomic_flag(void)
{
	for (int hour = 0; hour < HOURS; hour++) {
		int32_t fallen = gauge;

		table->rain += fallen;
		if (hour == NOON - 1) {
			atomic_store(&table->noon, 1);
			while (table->looked == 0)
				;
		}
	}
}

static int is_noon(void)
{
	return table->plain_noon == 1 || atomic_load(&table->noon) == 1;
}

/* Start a station, look at the rain at noon, and return it. */
static int32_t rain_at_noon(void (*add_up)(void))
{
	pid_t viewer = getpid();
	pid_t station;
	int32_t rain;
	int status;

	memset(table, 0, sizeof *table);
	station = fork();
	if (station == -1)
		die("fork");
	if (station == 0) {
		if (!end_with_parent(viewer))
			die("end_with_parent");
		add_up();
		exit(EXIT_SUCCESS);
	}
	while (!is_noon()) {
		pid_t ended = waitpid(station, &status, WNOHANG);

		if (ended == -1)
			die("waitpid");
		if (ended == station)
			quit("the station has ended before noon");
		sched_yield();
	}
	rain = table->rain;

	table->looked = 1;
	if (waitpid(station, &status, 0) == -1)
		die("waitpid");
	if (status != 0)
		quit("the station has failed");
	return rain;
}

int main(void)
{
	int32_t rain;

	// The station is a child, so it needs no name to find the memory.
	table = mmap(NULL, sizeof *table, PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (table == MAP_FAILED)
		die("mmap");

	rain = rain_at_noon(add_up_with_plain_flag);
	say("wrong: it is noon by the plain flag: %d mm of rain", (int)rain);
	rain = rain_at_noon(add_up_with_atomic_flag);
	say("right: it is noon by the atomic flag: %d mm of rain", (int)rain);
	say("at midnight: %d mm of rain", (int)table->rain);
#ifndef __OPTIMIZE__
	say("skipped: compiled without optimization; make -B 07-order"
	    " CFLAGS=-O1");
#endif
	return EXIT_SUCCESS;
}
