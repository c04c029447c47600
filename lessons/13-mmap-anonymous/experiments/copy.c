/*
 * copy - who sees what a child stores? It depends on how the memory was mapped
 *
 *   parent --fork()--> child, three times. Each time the child stores 5. When
 *   the child has ended, the parent loads the number.
 *
 * Watch: only in the last line the parent sees the 5. No call fails in any of
 * the three ways.
 *
 * Try: in share(), store 7 into *number before run_child(). Which number does
 * the child find? Do the same in copy(): does the child find it there, too?
 */
#define _GNU_SOURCE			// for MAP_ANONYMOUS
#include <sys/mman.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

static int *number;		// where this process has its number

/* Map memory for one int. KIND is MAP_PRIVATE or MAP_SHARED. */
static void map_number(int kind)
{
	number = mmap(NULL, sizeof *number, PROT_READ | PROT_WRITE,
		      kind | MAP_ANONYMOUS, -1, 0);
	if (number == MAP_FAILED)
		die("mmap");
}

static void unmap_number(void)
{
	if (munmap(number, sizeof *number) == -1)
		die("munmap");
}

/* In a child: store into the number that the parent has mapped. */
static void store_five(void)
{
	*number = 5;
}

/* In a child: the parent has mapped nothing, so map a number first. */
static void map_and_store_five(void)
{
	map_number(MAP_SHARED);
	store_five();
}

/* Start a child that does its WORK, and wait until it has ended. */
static void run_child(void (*work)(void))
{
	pid_t parent = getpid();
	pid_t child = fork();
	int status;

	if (child == -1)
		die("fork");
	if (child == 0) {
		if (!end_with_parent(parent))
			die("end_with_parent");
		work();
		exit(EXIT_SUCCESS);
	}
	if (waitpid(child, &status, 0) == -1)
		die("waitpid");
	if (status != 0)
		quit("the child has failed");
}

/* WRONG: the child's store goes to a copy. */
static void copy(void)
{
	map_number(MAP_PRIVATE);
	run_child(store_five);
	say("wrong: MAP_PRIVATE: the parent sees %d", *number);
	unmap_number();
}

/* WRONG: the child and the parent map a number each, and so there are two. */
static void map_too_late(void)
{
	run_child(map_and_store_five);
	map_number(MAP_SHARED);
	say("wrong: MAP_SHARED, mapped after fork(): the parent sees %d",
	    *number);
	unmap_number();
}

/* RIGHT: there is one number, mapped before fork(). */
static void share(void)
{
	map_number(MAP_SHARED);
	run_child(store_five);
	say("right: MAP_SHARED, mapped before fork(): the parent sees %d",
	    *number);
	unmap_number();
}

int main(void)
{
	copy();
	map_too_late();
	share();
	return EXIT_SUCCESS;
}
