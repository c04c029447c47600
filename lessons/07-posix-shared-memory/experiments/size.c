/*
 * size - a new object has 0 bytes: mmap() works, and the first load kills
 *
 *   shm_open()  ->  0 bytes  ->  ftruncate()  ->  100 bytes
 *                      ^
 *                      two viewers come here, between the two calls
 *
 * Watch: the first viewer gets no error from any call. The second viewer looks
 * at the size before it calls mmap().
 *
 * Try: in main(), write 4 for TABLE in the call of ftruncate(). So the object
 * has one row only. What does the last viewer say?
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum { ROWS = 25 };
enum { TABLE = ROWS * sizeof(int32_t) };	// bytes: 100

static char name[OWN_NAME];

static void remove_object(void)
{
	shm_unlink(name);
}

static int make_object(void)
{
	int fd;

	own_name(name, "size");
	shm_unlink(name);	// a run that was killed may have left it
	hold_signals();
	fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
	if (fd == -1)
		die("shm_open");
	remove_at_end(remove_object);
	let_signals();
	return fd;
}

static long size_of(int fd)
{
	struct stat status;

	if (fstat(fd, &status) == -1)
		die("fstat");
	return status.st_size;
}

static int open_object(void)
{
	int fd = shm_open(name, O_RDONLY, 0);

	if (fd == -1)
		die("shm_open");
	return fd;
}

static const int32_t *map_table(int fd)
{
	const int32_t *table = mmap(NULL, TABLE, PROT_READ, MAP_SHARED, fd, 0);

	if (table == MAP_FAILED)
		die("mmap");
	return table;
}

/* WRONG: map and load, without a look at the size. */
static void view_blindly(void)
{
	int fd = open_object();
	const int32_t *table = map_table(fd);
	int32_t first;

	say("wrong: a viewer has mapped %d bytes, without an error", TABLE);
	first = table[0];
	say("wrong: it loads row 0: %d", (int)first);
}

static void view_with_care(void)
{
	int fd = open_object();
	long size = size_of(fd);
	const int32_t *table;
	int32_t first;

	if (size < TABLE) {
		say("right: a viewer looks first: %ld bytes, so it does not"
		    " map", size);
		return;
	}
	table = map_table(fd);
	first = table[0];
	say("right: a viewer looks first: %ld bytes; it loads row 0: %d", size,
	    (int)first);
}

/* Start a viewer, and wait until it has ended. Return its wait status. */
static int run_viewer(void (*view)(void))
{
	pid_t station = getpid();
	pid_t viewer = fork();
	int status;

	if (viewer == -1)
		die("fork");
	if (viewer == 0) {
		if (!end_with_parent(station))
			die("end_with_parent");
		// A child that crashes is to leave no core file.
		if (prctl(PR_SET_DUMPABLE, 0) == -1)
			die("prctl");
		view();
		exit(EXIT_SUCCESS);
	}
	if (waitpid(viewer, &status, 0) == -1)
		die("waitpid");
	return status;
}

int main(void)
{
	int fd = make_object();
	long size = size_of(fd);
	int status;

	say("the object is new: %ld bytes", size);
	status = run_viewer(view_blindly);
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGBUS)
		say("wrong: it loads row 0: SIGBUS ends it");
	else if (status != 0)
		quit("the first viewer has failed");

	status = run_viewer(view_with_care);
	if (status != 0)
		quit("the second viewer has failed");

	if (ftruncate(fd, TABLE) == -1)
		die("ftruncate");
	size = size_of(fd);
	say("after ftruncate(): %ld bytes", size);
	status = run_viewer(view_with_care);
	if (status != 0)
		quit("the last viewer has failed");
	return EXIT_SUCCESS;
}
