/*
 * seals - what a reader must fear of a memfd without seals, and what a seal
 * refuses
 *
 *   A giver has a list in a memfd. A reader, its child, reads it in a mapping.
 *
 * Watch: the giver itself has no more rights than the others. And the kernel
 * refuses F_SEAL_WRITE as long as a process could write by a shared mapping.
 *
 * Try: add F_SEAL_SEAL to the seals in seal(), and after the last line try to
 * add another seal. What does fcntl() return, and what is errno?
 */
#define _GNU_SOURCE			// for memfd_create()
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum { LENGTH = 4 };		// bytes of the list: "tea" and its '\0'

/* Return a memfd that holds "tea", and has no seal yet. */
static int make_list(void)
{
	int fd = memfd_create("list", MFD_ALLOW_SEALING | MFD_CLOEXEC);
	ssize_t written;

	if (fd == -1)
		die("memfd_create");
	written = write(fd, "tea", LENGTH);
	if (written == -1)
		die("write");
	if (written != LENGTH)
		quit("write() has written a part only");
	return fd;
}

static char *map_list(int fd, int protection, int kind)
{
	char *list = mmap(NULL, LENGTH, protection, kind, fd, 0);

	if (list == MAP_FAILED)
		die("mmap");
	return list;
}

/* Load the first byte of LIST in a child. Return the status of the child.
 * volatile: the compiler does not know that the list can change. Without
 * this word the compiler need not load the byte here. */
static int read_in_child(const volatile char *list)
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
		if (*list != 't')
			quit("the list does not begin with 't'");
		exit(EXIT_SUCCESS);
	}
	if (waitpid(child, &status, 0) == -1)
		die("waitpid");
	return status;
}

static void cut_without_seal(void)
{
	int fd = make_list();
	char *list = map_list(fd, PROT_READ, MAP_PRIVATE);
	int status;

	if (ftruncate(fd, 0) == -1)
		die("ftruncate");
	status = read_in_child(list);
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGBUS)
		quit("the reader did not get SIGBUS");
	say("wrong: no seal, the giver cuts the list: SIGBUS ends the reader");
}

static void cut_with_seal(void)
{
	int fd = make_list();
	char *list = map_list(fd, PROT_READ, MAP_PRIVATE);
	int status;

	if (fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK) == -1)
		die("fcntl F_ADD_SEALS");
	if (ftruncate(fd, 0) == 0)
		quit("the seal did not hold");
	say("right: F_SEAL_SHRINK, the giver cannot cut the list: %s",
	    errno_name(errno));
	status = read_in_child(list);
	if (status != 0)
		quit("the reader has failed");
	say("right: the reader has read it");
}

/* Seal the list against writing. At first the kernel refuses that. */
static void seal(int fd)
{
	char *list = map_list(fd, PROT_READ | PROT_WRITE, MAP_SHARED);

	if (fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE) == 0)
		quit("it was sealed, though it is mapped for writing");
	say("F_SEAL_WRITE, while it is mapped for writing: %s",
	    errno_name(errno));
	if (munmap(list, LENGTH) == -1)
		die("munmap");
	if (fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE) == -1)
		die("fcntl F_ADD_SEALS");
}

static void try_to_write(int fd)
{
	char *copy;

	if (pwrite(fd, "T", 1, 0) != -1)
		quit("pwrite() was not refused");
	say("after munmap() it is sealed. pwrite(): %s", errno_name(errno));

	if (mmap(NULL, LENGTH, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) !=
	    MAP_FAILED)
		quit("mmap() was not refused");
	say("mmap(), shared and for writing: %s", errno_name(errno));

	copy = map_list(fd, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	copy[0] = 'T';
	say("a private mapping: a store makes a copy of the page: \"%s\"",
	    copy);
}

static void look_at(int fd)
{
	char bytes[LENGTH];
	ssize_t n = pread(fd, bytes, LENGTH, 0);

	if (n == -1)
		die("pread");
	if (n != LENGTH)
		quit("pread() has read a part only");
	say("the list itself is still \"%s\"", bytes);
}

int main(void)
{
	int fd;

	cut_without_seal();
	cut_with_seal();

	fd = make_list();
	seal(fd);
	try_to_write(fd);
	look_at(fd);
	return EXIT_SUCCESS;
}
