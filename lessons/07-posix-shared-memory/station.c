/*
 * station - puts up a weather board in shared memory, and takes it down
 *
 *   station --mmap()--> [ /dev/shm/NAME: one page ] <--mmap()-- viewer
 *
 * Nothing is sent: both look at the same bytes. The object has a name, so
 * any process that may open it can map it; ./viewer is started three times.
 *
 * Watch what the name is for, and what lives on without it.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "../../common/lesson.h"

static char name[OWN_NAME];

static void take_down(void)
{
	shm_unlink(name);
}

static char *put_up(void)
{
	int fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
	char *board;

	if (fd == -1)
		die("shm_open");
	say("a new object has %ld bytes", (long)lseek(fd, 0, SEEK_END));
	// A mapping reaches only as far as the object: without this the
	// first store would be SIGBUS.
	if (ftruncate(fd, 4096) == -1)
		die("ftruncate");
	board = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (board == MAP_FAILED || close(fd) == -1)	// the mapping stays
		die("mmap, close");
	return board;
}

static void show(void)
{
	pid_t viewer = fork();

	if (viewer == 0)
		execl("./viewer", "viewer", (char *)NULL);
	if (viewer <= 0)		// in the child: execl() has failed
		die("fork or execl ./viewer");
	if (waitpid(viewer, NULL, 0) == -1)
		die("waitpid");
}

int main(void)
{
	char *board;

	own_name(name, "board");
	shm_unlink(name);	// a run that was killed may have left it
	remove_at_end(take_down);
	board = put_up();
	strcpy(board, "21.5 C");
	show();
	strcpy(board, "21.7 C");
	show();
	if (shm_unlink(name) == -1)	// the name goes, the memory stays
		die("shm_unlink");
	show();
	say("without a name, still mapped: %s", board);
	return EXIT_SUCCESS;
}
