/*
 * past - a file has bytes, a mapping has pages: what is past the end?
 *
 *   file      [ 100 bytes ]
 *   mapping   [  page 0                ][  page 1                ]
 *
 *   Children store a byte, each at another place.
 *
 * Watch: three places are past the end of the file, and each time something
 * else happens. At one of them nothing at all seems to be wrong.
 *
 * Try: make the file 1 byte longer than a page: set length to page_size + 1 in
 * main(). Which line changes, and why?
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

static size_t page_size;		// bytes
static int fd;				// the file
static char *mapping;			// two pages of it

/* The file has no name any more when this returns, so it goes when nobody has
 * it open or mapped. */
static void make_file(size_t length)
{
	char path[OWN_PATH];

	own_path(path, "past");
	hold_signals();		// Ctrl-C before unlink() would leave the file
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (fd == -1)
		die("open");
	if (unlink(path) == -1)
		die("unlink");
	let_signals();
	if (ftruncate(fd, (off_t)length) == -1)
		die("ftruncate");
}

/* Map two pages. We map three and give the third one back: so the addresses
 * after our two pages are not mapped to anything else. */
static void map_two_pages(void)
{
	mapping = mmap(NULL, 3 * page_size, PROT_READ | PROT_WRITE,
		       MAP_SHARED, fd, 0);
	if (mapping == MAP_FAILED)
		die("mmap");
	if (munmap(mapping + 2 * page_size, page_size) == -1)
		die("munmap");
}

/* Has the file an x at byte OFFSET? pread() is a read() from a given place, its
 * last argument. Past the end of the file it reads 0 bytes. */
static int file_has_x(size_t offset)
{
	char byte;
	ssize_t n = pread(fd, &byte, 1, (off_t)offset);

	if (n == -1)
		die("pread");
	return n == 1 && byte == 'x';
}

/* In a child, since it may be killed: store an x at byte OFFSET of the mapping.
 * Say what came of it, after WHERE. */
static void store_x(const char *where, size_t offset)
{
	pid_t parent = getpid();
	pid_t child = fork();
	int status;

	if (child == -1)
		die("fork");
	if (child == 0) {
		if (!end_with_parent(parent))
			die("end_with_parent");
		// If it is killed, it leaves no core file.
		if (prctl(PR_SET_DUMPABLE, 0) == -1)
			die("prctl");
		mapping[offset] = 'x';
		exit(EXIT_SUCCESS);
	}

	// EINTR: a signal came first, so wait again.
	while (waitpid(child, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS)
		say("%s: SIGBUS", where);
	else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV)
		say("%s: SIGSEGV", where);
	else if (status != 0)
		quit("the child has failed");
	else if (file_has_x(offset))
		say("%s: the file has it", where);
	else
		say("%s: no signal, but it is lost", where);
}

int main(void)
{
	size_t length;		// of the file, in bytes

	page_size = size_of_page();
	length = 100;
	make_file(length);
	map_two_pages();

	store_x("right: the last byte of the file", length - 1);
	store_x("wrong: the next byte, in the same page", length);
	store_x("wrong: page 1 of the mapping", page_size);
	store_x("wrong: after the mapping", 2 * page_size);

	// The mapping stays as it is. Only the file grows.
	if (ftruncate(fd, (off_t)(2 * page_size)) == -1)
		die("ftruncate");
	store_x("right: the file grows first, then page 1", page_size);
	return EXIT_SUCCESS;
}
