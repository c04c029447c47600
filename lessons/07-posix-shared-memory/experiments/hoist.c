/*
 * hoist - a loop on a plain flag may look at it once, and never again
 *
 *   what you write		what the compiler may make of it
 *   while (ready == 0)		if (ready == 0)
 *	   rounds++;			for (;;)
 *						rounds++;
 *
 * The station sets the flag when the viewer is in its loop. Then it lets the
 * loop go round a million times more, and ends the viewer if it still waits.
 *
 * Watch: which viewer goes on?
 *
 * Try: in wait_for_plain_flag(), call sched_yield() in the loop as well. Does
 * the viewer still wait? What does the compiler know about that function?
 */
#define _GNU_SOURCE			// for lesson.h
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum { MANY = 1000000 };		// rounds of the loop

struct table {
	uint32_t plain_ready;		// wrong
	_Atomic uint32_t ready;		// right
	// How often the viewer's loop has gone round. volatile: each addition
	// is made in memory, so the station can see it. It says nothing about
	// the flag, which is another variable.
	volatile uint32_t rounds;
};

static struct table *table;		// the viewers inherit the mapping

/* WRONG: the compiler knows of no other program that stores there. */
static void wait_for_plain_flag(void)
{
	while (table->plain_ready == 0)
		table->rounds++;
}

/* RIGHT: an atomic variable is loaded in each round. */
static void wait_for_atomic_flag(void)
{
	while (atomic_load(&table->ready) == 0)
		table->rounds++;
}

/* Wait until the viewer's loop has gone round this often: 1. Or until the
 * viewer has ended: 0. */
static int goes_round(pid_t viewer, uint32_t rounds)
{
	while (table->rounds < rounds) {
		int status;
		pid_t ended = waitpid(viewer, &status, WNOHANG);

		if (ended == -1)
			die("waitpid");
		if (ended == viewer && status != 0)
			quit("a viewer has failed");
		if (ended == viewer)
			return 0;
		sched_yield();
	}
	return 1;
}

/* Start a viewer, and set both flags when it is in its loop. Return 1 if it
 * waits on, 0 if it has seen its flag. */
static int waits_on(void (*wait_for_flag)(void))
{
	pid_t station = getpid();
	pid_t viewer;
	int waits;

	table->plain_ready = 0;
	atomic_store(&table->ready, 0);
	table->rounds = 0;
	viewer = fork();
	if (viewer == -1)
		die("fork");
	if (viewer == 0) {
		if (!end_with_parent(station))
			die("end_with_parent");
		wait_for_flag();
		exit(EXIT_SUCCESS);
	}
	if (!goes_round(viewer, 1))
		quit("a viewer did not wait");

	table->plain_ready = 1;
	atomic_store(&table->ready, 1);
	waits = goes_round(viewer, table->rounds + MANY);
	if (!waits)
		return 0;
	if (kill(viewer, SIGKILL) == -1)
		die("kill");
	if (waitpid(viewer, NULL, 0) == -1)
		die("waitpid");
	return 1;
}

int main(void)
{
	int waits;

	// The viewers are children, so they need no name to find the memory.
	table = mmap(NULL, sizeof *table, PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (table == MAP_FAILED)
		die("mmap");

	waits = waits_on(wait_for_plain_flag);
	say("wrong: a plain flag is set: the viewer %s",
	    waits ? "waits on" : "goes on");
	waits = waits_on(wait_for_atomic_flag);
	say("right: an atomic flag is set: the viewer %s",
	    waits ? "waits on" : "goes on");
#ifndef __OPTIMIZE__
	say("skipped: compiled without optimization; make -B 07-hoist"
	    " CFLAGS=-O1");
#endif
	return EXIT_SUCCESS;
}
