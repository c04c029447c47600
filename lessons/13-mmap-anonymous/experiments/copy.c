/*
 * copy - who sees what a child stores? It depends on how the memory was mapped
 *
 *   parent --fork()--> child, three times. Each time the child stores 5, and
 *   the parent looks after the child has ended.
 *
 * Watch: only in the last line the parent sees the 5. In none of the three ways
 * does any call fail.
 *
 * Try: in share(), store 7 into *number before run_child(). Which number does
 * the child find, and is it the same in the private way?
 */
#define _GNU_SOURCE			// for MAP_ANONYMOUS
#include <sys/mman.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

/* Memory for one int. KIND is MAP_PRIVATE or MAP_SHARED. */
static int *map_number(int kind)
{
	int *number = mmap(NULL, sizeof *number, PROT_READ | PROT_WRITE,
			   kind | MAP_ANONYMOUS, -1, 0);

	if (number == MAP_FAILED)
		die("mmap");
	return number;
}

static void unmap_number(int *number)
{
	if (munmap(number, sizeof *number) == -1)
		die("munmap");
}

/* In the child: store 5 into *NUMBER. NULL: map a number of our own first. */
static void store_five(int *number)
{
	if (number == NULL)
		number = map_number(MAP_SHARED);
	*number = 5;
}

/* Start a child that stores 5, and wait until it has ended. */
static void run_child(int *number)
{
	pid_t parent = getpid();
	pid_t child = fork();
	int status;

	if (child == -1)
		die("fork");
	if (child == 0) {
		if (!end_with_parent(parent))
			die("end_with_parent");
		store_five(number);
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
	int *number = map_number(MAP_PRIVATE);

	run_child(number);
	say("wrong: MAP_PRIVATE: the parent sees %d", *number);
	unmap_number(number);
}

/* WRONG: each of the two maps a number, and these are two numbers. */
static void map_too_late(void)
{
	int *number;

	run_child(NULL);
	number = map_number(MAP_SHARED);
	say("wrong: MAP_SHARED, mapped after fork(): the parent sees %d",
	    *number);
	unmap_number(number);
}

/* RIGHT: one number, mapped before fork(). */
static void share(void)
{
	int *number = map_number(MAP_SHARED);

	run_child(number);
	say("right: MAP_SHARED, mapped before fork(): the parent sees %d",
	    *number);
	unmap_number(number);
}

int main(void)
{
	copy();
	map_too_late();
	share();
	return EXIT_SUCCESS;
}
