/*
 * remove - who notices, if one of two processes gives shared memory back?
 *
 *   our page table --> [ 16 pages ] <-- the page table of our child
 *
 *   DONTNEED: the child's page table forgets the pages.
 *   REMOVE: the pages themselves go, for everybody.
 *
 * Watch: after both the child has none of the pages in its table. And the
 * parent?
 *
 * Try: put this line before the madvise() in give_back():
 *	mprotect(mapping, PAGES * page, PROT_READ);
 * Does it protect the pages?
 */
#define _GNU_SOURCE			// for madvise() and memfd_create()
#include <sys/mman.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum { PAGES = 16 };

static size_t page;		// bytes of a page: 4096 on most machines

/* Load a byte from each page. volatile: the compiler must not leave the loads
 * out, though nobody needs the bytes. */
static void load_each_page(const char *mapping)
{
	for (size_t i = 0; i < PAGES; i++) {
		const volatile char *start = mapping + i * page;
		char byte = *start;

		(void)byte;
	}
}

/* In the child: give ADVICE. NAME is the name of the advice. */
static void give_back(char *mapping, int advice, const char *name)
{
	int before;
	int after;

	// fork() does not fill in the child's page table for shared memory. The
	// first load from a page does.
	load_each_page(mapping);
	before = in_my_table(mapping, PAGES);
	if (madvise(mapping, PAGES * page, advice) == -1)
		quit("madvise %s: %s", name, errno_name(errno));
	after = in_my_table(mapping, PAGES);
	say("%s in a child: in its table %d, then %d", name, before, after);
}

static void in_a_child(char *mapping, int advice, const char *name)
{
	pid_t parent = getpid();
	pid_t child = fork();
	int status;

	if (child == -1)
		die("fork");
	if (child == 0) {
		// If the parent is killed, nobody waits for what we say.
		if (!end_with_parent(parent))
			die("end_with_parent");
		give_back(mapping, advice, name);
		exit(EXIT_SUCCESS);
	}
	if (waitpid(child, &status, 0) == -1)
		die("waitpid");
	if (status != 0)
		quit("the child has failed");
}

int main(void)
{
	struct stat about;
	char *mapping;
	int fd;

	page = size_of_page();
	fd = memfd_create("pages", MFD_CLOEXEC);
	if (fd == -1)
		die("memfd_create");
	if (ftruncate(fd, (off_t)(PAGES * page)) == -1)
		die("ftruncate");
	mapping = mmap(NULL, PAGES * page, PROT_READ | PROT_WRITE, MAP_SHARED,
		      fd, 0);
	if (mapping == MAP_FAILED)
		die("mmap");
	for (size_t i = 0; i < PAGES; i++)
		strcpy(mapping + i * page, "kept");
	if (in_my_table(mapping, PAGES) != PAGES)
		quit("a page has left the table again: memory is short, so try"
		     " later");

	in_a_child(mapping, MADV_DONTNEED, "DONTNEED");
	say("right: the parent has its pages, and reads \"%s\"", mapping);

	in_a_child(mapping, MADV_REMOVE, "REMOVE");
	if (fstat(fd, &about) == -1)
		die("fstat");
	// st_blocks counts the memory that the pages take.
	say("wrong: %d blocks are left, and the parent reads \"%s\"",
	    (int)about.st_blocks, mapping);
	return EXIT_SUCCESS;
}
