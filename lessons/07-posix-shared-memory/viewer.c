/*
 * viewer - reads the weather board that ./station has put up
 *
 *   station --mmap()--> [ /dev/shm/NAME: one page ] <--mmap()-- viewer
 *
 * It opens the object by its name, for reading only, and maps it. It does
 * not inherit the memory: it could be started by anybody who may open it.
 *
 * Watch that it reads what is there now: no copy was sent to it.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>

#include "../../common/lesson.h"

// Linux keeps the object as a file, so the tools for files work on it.
static void look_at_file(const char *name)
{
	char path[OWN_PATH];
	struct stat st;

	snprintf(path, sizeof path, "/dev/shm%s", name);
	if (stat(path, &st) == -1)
		die("stat");
	say("a file of %ld bytes, mode %o", (long)st.st_size,
	    st.st_mode & 0777u);
}

// The right to write is checked against the descriptor, by mmap().
static void try_to_write(int fd)
{
	if (mmap(NULL, 4096, PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED)
		say("opened for reading, mapped for writing: %s",
		    errno_name(errno));
}

int main(void)
{
	char name[OWN_NAME];
	const char *board;
	int fd;

	own_name(name, "board");
	fd = shm_open(name, O_RDONLY, 0);
	if (fd == -1) {
		say("there is no board (%s): start ./station",
		    errno_name(errno));
		return EXIT_FAILURE;
	}
	look_at_file(name);
	try_to_write(fd);
	board = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	if (board == MAP_FAILED)
		die("mmap");
	say("the board says: %s", board);
	return EXIT_SUCCESS;
}
