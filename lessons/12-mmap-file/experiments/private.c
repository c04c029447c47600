/*
 * private - what MAP_PRIVATE keeps for itself, and what it does not
 *
 *   I map two pages of a file with MAP_PRIVATE. A child maps the same file with
 *   MAP_SHARED, and stores in both pages.
 *
 * Watch: my store does not get into the file. From then on, page 0 of my
 * mapping does not follow the file. Page 1, where I never store, follows it.
 *
 * Try: in main(), map with MAP_SHARED instead of MAP_PRIVATE. Which lines
 * change?
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum { PAGES = 2 };

static size_t page_size;		// bytes

/* Make a file of two pages. It has no name any more when this returns, so it
 * goes when nobody has it open or mapped. */
static int make_file(void)
{
	char path[OWN_PATH];
	int fd;

	own_path(path, "private");
	hold_signals();		// Ctrl-C before unlink() would leave the file
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (fd == -1)
		die("open");
	if (unlink(path) == -1)
		die("unlink");
	let_signals();
	if (ftruncate(fd, (off_t)(PAGES * page_size)) == -1)
		die("ftruncate");
	return fd;
}

/* Map the file. A mapping is whatever we say it is: here an array of int. */
static int *map(int fd, int sharing)
{
	int *mapping = mmap(NULL, PAGES * page_size, PROT_READ | PROT_WRITE,
			    sharing, fd, 0);

	if (mapping == MAP_FAILED)
		die("mmap");
	return mapping;
}

/* The number with which page PAGE begins, in a mapping. */
static int *number_in(int *mapping, size_t page)
{
	size_t ints = page_size / sizeof *mapping;	// in a page

	return &mapping[page * ints];
}

/* The same number, but read from the file with pread(). */
static int number_in_file(int fd, size_t page)
{
	int number;
	ssize_t n = pread(fd, &number, sizeof number,
			  (off_t)(page * page_size));

	if (n == -1)
		die("pread");
	if (n != sizeof number)
		quit("the file is too short");
	return number;
}

/* Start a child that stores NUMBER in page PAGE of the file, and wait until it
 * has ended. */
static void store_in_file(int fd, size_t page, int number)
{
	pid_t parent = getpid();
	pid_t child = fork();
	int *here;		// where the child stores
	int *shared;
	int status;

	if (child == -1)
		die("fork");
	if (child == 0) {
		if (!end_with_parent(parent))
			die("end_with_parent");
		shared = map(fd, MAP_SHARED);
		here = number_in(shared, page);
		*here = number;
		exit(EXIT_SUCCESS);
	}
	// EINTR: a signal came first, so wait again.
	while (waitpid(child, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (status != 0)
		quit("the child has failed");
}

/* Say WHAT, and the two numbers of page PAGE. */
static void show(const char *what, int fd, int *mine, size_t page)
{
	int in_file = number_in_file(fd, page);
	int *in_mine = number_in(mine, page);

	say("%s: the file has %d, my mapping %d", what, in_file, *in_mine);
}

int main(void)
{
	int *mine;		// the private mapping
	int *number;
	int fd;

	page_size = size_of_page();
	fd = make_file();
	mine = map(fd, MAP_PRIVATE);

	store_in_file(fd, 0, 100);
	show("a child stores 100 in page 0", fd, mine, 0);

	number = number_in(mine, 0);
	*number = 999;
	show("I store 999 in page 0", fd, mine, 0);

	store_in_file(fd, 0, 250);
	show("a child stores 250 in page 0", fd, mine, 0);

	store_in_file(fd, 1, 7);
	show("a child stores 7 in page 1", fd, mine, 1);
	return EXIT_SUCCESS;
}
