/*
 * grow - mremap() makes a mapping longer: the mapping may move, and the memory
 * does not always grow with it
 *
 *   1. a private mapping with a neighbour:  [ page ][ neighbour ]
 *   2. a shared mapping, from one page to two
 *   3. a memfd, from one page to two
 *
 * Watch: mremap() works in the wrong way, too. Only the store kills.
 *
 * Try: in grow_memfd(), leave out the second ftruncate(). What happens now?
 */
#define _GNU_SOURCE			// for mremap() and memfd_create()
#include <sys/mman.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

static size_t page_size;

/* Store 'x' at AT, in a child. Print WHAT this is, and how the child ended. */
static void try_store(const char *what, char *at)
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
	if (status == 0)
		say("%s: done", what);
	else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV)
		say("%s: SIGSEGV", what);
	else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS)
		say("%s: SIGBUS", what);
	else
		quit("the child has failed");
}

static char *map_pages(size_t count, int kind)
{
	char *pages = mmap(NULL, count * page_size, PROT_READ | PROT_WRITE,
			   kind | MAP_ANONYMOUS, -1, 0);

	if (pages == MAP_FAILED)
		die("mmap");
	return pages;
}

/* Make the mapping at PAGE two pages long. It may move to another address. */
static char *make_longer(char *page)
{
	char *moved = mremap(page, page_size, 2 * page_size, MREMAP_MAYMOVE);

	if (moved == MAP_FAILED)
		die("mremap");
	return moved;
}

static void move_private(void)
{
	char *old = map_pages(2, MAP_PRIVATE);
	char *neighbour = old + page_size;
	char *moved;

	strcpy(old, "tea");
	// Another protection makes the neighbour a mapping of its own. So the
	// first page, the old mapping, has no room to grow.
	if (mprotect(neighbour, page_size, PROT_NONE) == -1)
		die("mprotect");

	// 0, no flag: the mapping has to stay where it is.
	if (mremap(old, page_size, 2 * page_size, 0) != MAP_FAILED)
		quit("there was room after all");
	say("no room, and it may not move: %s", errno_name(errno));

	moved = make_longer(old);
	say("it may move: the bytes are the same: \"%s\"", moved);
	try_store("wrong: a store by the old pointer", old);
	try_store("right: a store by the new pointer", moved + page_size);
}

/* WRONG: the mapping grows, and the shared memory does not. */
static void grow_shared(void)
{
	char *pages = map_pages(1, MAP_SHARED);

	pages = make_longer(pages);
	try_store("wrong: MAP_SHARED, a store into the new page",
		  pages + page_size);
}

/* RIGHT: a memfd grows by ftruncate(). */
static void grow_memfd(void)
{
	off_t size = (off_t)page_size;
	char *pages;
	int fd;

	fd = memfd_create("grow", MFD_CLOEXEC);
	if (fd == -1)
		die("memfd_create");
	if (ftruncate(fd, size) == -1)
		die("ftruncate to one page");
	pages = mmap(NULL, page_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		     0);
	if (pages == MAP_FAILED)
		die("mmap");

	if (ftruncate(fd, 2 * size) == -1)
		die("ftruncate to two pages");
	pages = make_longer(pages);
	try_store("right: a memfd, ftruncate() first, the same store",
		  pages + page_size);
}

int main(void)
{
	page_size = size_of_page();
	move_private();
	grow_shared();
	grow_memfd();
	return EXIT_SUCCESS;
}
