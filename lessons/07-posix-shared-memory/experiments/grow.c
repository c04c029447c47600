/*
 * grow - an object grows: what becomes of the mappings that are there already?
 *
 *   before	object	[ page 1 ]
 *		mapping	[ page 1 | page 2: SIGBUS ]
 *
 *   after	object	[ page 1 | page 2 ]
 *		mapping	[ page 1 | page 2 ]
 *
 * A page is the unit in which the kernel gives memory.
 *
 * Watch: a mapping that is larger than the object is no error. Page 2 of it
 * becomes usable when the object has grown.
 *
 * Try: in main(), leave out set_pages(fd, 2). Which lines change? Does mremap()
 * return an error?
 */
#define _GNU_SOURCE			// for mremap()
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

static char name[OWN_NAME];
static size_t page;			// bytes of a page

static void remove_object(void)
{
	shm_unlink(name);
}

static int make_object(void)
{
	int fd;

	own_name(name, "grow");
	shm_unlink(name);	// a run that was killed may have left it
	hold_signals();
	fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
	if (fd == -1)
		die("shm_open");
	remove_at_end(remove_object);
	let_signals();
	return fd;
}

static void set_pages(int fd, size_t pages)
{
	if (ftruncate(fd, (off_t)(pages * page)) == -1)
		die("ftruncate");
}

static char *map_pages(int fd, size_t pages)
{
	char *start = mmap(NULL, pages * page, PROT_READ | PROT_WRITE,
			   MAP_SHARED, fd, 0);

	if (start == MAP_FAILED)
		die("mmap");
	return start;
}

/* A child loads the byte at AT. Print WHEN that was, and what happened. */
static void load(const char *when, const char *at)
{
	pid_t parent = getpid();
	pid_t child = fork();
	int status;

	if (child == -1)
		die("fork");
	if (child == 0) {
		char byte;

		if (!end_with_parent(parent))
			die("end_with_parent");
		// A child that crashes is to leave no core file.
		if (prctl(PR_SET_DUMPABLE, 0) == -1)
			die("prctl");
		byte = *at;
		say("%s: page 2 begins with %d", when, byte);
		exit(EXIT_SUCCESS);
	}
	if (waitpid(child, &status, 0) == -1)
		die("waitpid");
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS)
		say("%s: a load from page 2: SIGBUS", when);
	else if (status != 0)
		quit("a child has failed");
}

int main(void)
{
	char *small;			// a mapping of 1 page
	char *large;			// a mapping of 2 pages
	int fd;

	page = size_of_page();
	fd = make_object();

	set_pages(fd, 1);
	small = map_pages(fd, 1);
	large = map_pages(fd, 2);
	load("wrong: the object has 1 page", large + page);

	set_pages(fd, 2);
	load("right: now it has 2 pages", large + page);

	// The small mapping has no page 2. mremap() makes the mapping longer,
	// and may move it to another address. Then every pointer into the old
	// mapping is wrong.
	small = mremap(small, page, 2 * page, MREMAP_MAYMOVE);
	if (small == MAP_FAILED)
		die("mremap");
	load("right: a small mapping, after mremap()", small + page);

	set_pages(fd, 1);
	load("wrong: it is cut to 1 page", large + page);
	return EXIT_SUCCESS;
}
