/*
 * guard - a store past the end of a buffer: unseen, or SIGSEGV at once
 *
 *   wrong:  [ buffer: 1 page ][ next: 1 page ]
 *   right:  [ buffer: 1 page ][ PROT_NONE: 1 page ][ next: 1 page ]
 *
 *   A child stores one byte more than the buffer holds.
 *
 * Watch: in the wrong way nothing fails, and another buffer has changed.
 *
 * Try: let the child store at buffer[size - 1] instead. Which lines change?
 */
#define _GNU_SOURCE			// for MAP_ANONYMOUS
#include <sys/mman.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

/* Store 'x' at AT, in a child. Return the status of the child. */
static int store_in_child(char *at)
{
	pid_t parent = getpid();
	pid_t child = fork();
	int status;

	if (child == -1)
		die("fork");
	if (child == 0) {
		if (!end_with_parent(parent))
			die("end_with_parent");
		// A child that crashes is to leave no core file.
		if (prctl(PR_SET_DUMPABLE, 0) == -1)
			die("prctl");
		*at = 'x';
		exit(EXIT_SUCCESS);
	}
	if (waitpid(child, &status, 0) == -1)
		die("waitpid");
	return status;
}

/* Map COUNT pages of SIZE bytes, which a child shares. */
static char *map_pages(size_t count, size_t size)
{
	char *pages = mmap(NULL, count * size, PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (pages == MAP_FAILED)
		die("mmap");
	return pages;
}

static void without_guard(size_t size)
{
	char *buffer = map_pages(2, size);
	char *next = buffer + size;
	int status;

	*next = 'a';
	status = store_in_child(buffer + size);
	if (status != 0)
		quit("the child has failed");
	say("wrong: nobody notices, and the next buffer has '%c', not 'a'",
	    *next);
}

static void with_guard(size_t size)
{
	char *buffer = map_pages(3, size);
	char *guard = buffer + size;
	char *next = guard + size;
	int status;

	// PROT_NONE: neither load nor store. The page takes addresses, and no
	// memory.
	if (mprotect(guard, size, PROT_NONE) == -1)
		die("mprotect");
	*next = 'a';
	status = store_in_child(buffer + size);
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSEGV)
		quit("the guard did not stop the store");
	say("right: SIGSEGV ends the child, and the next buffer has '%c'",
	    *next);
}

int main(void)
{
	// mprotect() works on whole pages, so we need to know their size.
	size_t size = size_of_page();

	without_guard(size);
	with_guard(size);
	return EXIT_SUCCESS;
}
