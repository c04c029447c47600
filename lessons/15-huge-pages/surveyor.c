/*
 * surveyor - stores the heights of a land on huge pages, if it can get them,
 * and starts a pilot, which looks some of them up
 *
 *   surveyor --(stores)--> [ land: 2 huge pages, or many small ones ]
 *                                             |
 *                                         (loads) --> pilot
 *
 * Its partner is ./pilot. Start ./surveyor alone: it starts the pilot itself.
 *
 * Watch: huge pages are a wish. If there are none, the surveyor takes small
 * ones. All that comes after that is the same for both kinds.
 */
#define _GNU_SOURCE			// for memfd_create() and fallocate()
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "../../common/lesson.h"

enum { SIDE = 1024 };		// the land has SIDE times SIDE squares

struct land {			// 4 MiB; pilot.c has the same
	int32_t height[SIDE][SIDE];	// of each square, in metres
};

/* FD is memory on huge pages. Take as many pages as the land needs, now. Return
 * 0, or -1 if there are not enough. */
static int take_pages(int fd)
{
	// mmap() only promises the pages: the first store into each page takes
	// it. If there is none then (a container may have a limit), the signal
	// SIGBUS kills us, because a store cannot return -1. fallocate() can.
	// It also gives the memfd its size.
	// The first 0 means "in the usual way", the second 0 is the place where
	// the land begins.
	while (fallocate(fd, 0, 0, sizeof(struct land)) == -1) {
		// EINTR: a signal, or Ctrl-Z and then fg, came before all pages
		// were taken. Ask again: the call goes on where it was.
		if (errno != EINTR)
			return -1;
	}
	return 0;
}

/* Return a descriptor of memory for a land, on huge pages if possible. */
static int get_memory(void)
{
	int fd;

	// A memfd is memory that has a descriptor. With this flag it consists
	// of huge pages. Its name is only for people: /proc shows it.
	fd = memfd_create("land", MFD_HUGETLB);
	if (fd != -1) {
		if (take_pages(fd) == 0) {
			say("I asked for huge pages, and got huge ones");
			return fd;
		}
		// Some pages may have been taken. This gives them back.
		if (close(fd) == -1)
			die("close");
	}

	// There are no huge pages for us. That is no reason to give up: small
	// pages do as well.
	fd = memfd_create("land", 0);
	if (fd == -1)
		die("memfd_create");
	// A new memfd has 0 bytes: give it its size. The kernel takes each
	// small page at the first store into it.
	if (ftruncate(fd, sizeof(struct land)) == -1)
		die("ftruncate");
	say("I asked for huge pages, and got small ones");
	return fd;
}

/* Map the memory, and store a height for each square. */
static void measure(int fd)
{
	struct land *land;

	land = mmap(NULL, sizeof *land, PROT_READ | PROT_WRITE, MAP_SHARED,
		    fd, 0);
	if (land == MAP_FAILED)
		die("mmap");

	// A real surveyor would measure. Our land rises to the north and to the
	// east.
	for (int north = 0; north < SIDE; north++) {
		for (int east = 0; east < SIDE; east++)
			land->height[north][east] = 3 * north + east;
	}
}

/* In the child: put the memory in the place of standard input, and become the
 * pilot. */
_Noreturn static void become_pilot(int fd, pid_t surveyor)
{
	// If the surveyor is killed, nobody waits for the pilot any more.
	if (!end_with_parent(surveyor))
		die("end_with_parent");

	// If our standard input was closed when we started, fd is 0 already.
	// Then there is nothing to copy, and close(fd) would close the pilot's
	// standard input.
	if (fd != STDIN_FILENO) {
		if (dup2(fd, STDIN_FILENO) == -1)
			die("dup2");
		if (close(fd) == -1)	// the pilot needs only the copy
			die("close");
	}

	execl("./pilot", "pilot", (char *)NULL);
	die("execl ./pilot");	// execl() returns only if it has failed
}

int main(void)
{
	pid_t surveyor = getpid();	// ours. The child has another one
	pid_t pilot;
	int fd;
	int status;

	fd = get_memory();
	measure(fd);

	say("all heights are stored: a pilot may fly");
	pilot = fork();
	if (pilot == -1)
		die("fork");
	if (pilot == 0)
		become_pilot(fd, surveyor);	// does not return

	// EINTR: a signal came while we waited. The pilot may still fly, so
	// wait again.
	while (waitpid(pilot, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	// First this question: WEXITSTATUS() of a process that was killed is 0,
	// as if all were well.
	if (WIFSIGNALED(status))
		quit("the pilot was killed by signal %d", WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		quit("the pilot has failed: status %d", WEXITSTATUS(status));
	say("the pilot is back");
	return EXIT_SUCCESS;	// the memory goes with its last user
}
