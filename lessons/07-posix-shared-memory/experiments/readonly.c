/*
 * readonly - a program that opens the object to read cannot change it
 *
 *   shm_open(O_RDONLY) --> descriptor --mmap(PROT_READ)--> memory to load from
 *
 * Watch: a change is refused three times: by mmap(), by the processor, and by
 * ftruncate().
 *
 * Try: in find_object(), write O_RDWR for O_RDONLY. Which lines change?
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

static char name[OWN_NAME];

static void remove_object(void)
{
	shm_unlink(name);
}

/* Make an object that holds one row. */
static void make_object(void)
{
	const int32_t row = 215;
	ssize_t written;
	int fd;

	own_name(name, "readonly");
	shm_unlink(name);	// a run that was killed may have left it
	hold_signals();
	fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
	if (fd == -1)
		die("shm_open");
	remove_at_end(remove_object);
	let_signals();

	// On Linux an object is a file, so write() works, too. With the bytes
	// the object gets its size.
	written = write(fd, &row, sizeof row);
	if (written == -1)
		die("write");
	if (written != sizeof row)
		quit("write() has stored a part only");
	if (close(fd) == -1)
		die("close");
}

static int find_object(void)
{
	int fd = shm_open(name, O_RDONLY, 0);

	if (fd == -1)
		die("shm_open");
	return fd;
}

static int32_t *map_to_read(int fd)
{
	int32_t *row = mmap(NULL, sizeof *row, PROT_READ, MAP_SHARED, fd, 0);

	if (row == MAP_FAILED)
		die("mmap");
	return row;
}

static void try_to_map_for_writing(int fd)
{
	void *row = mmap(NULL, sizeof(int32_t), PROT_READ | PROT_WRITE,
			 MAP_SHARED, fd, 0);

	if (row == MAP_FAILED)
		say("wrong: mmap() with PROT_WRITE: %s", errno_name(errno));
	else
		say("mmap() with PROT_WRITE: works");
}

static void try_to_cut(int fd)
{
	int result = ftruncate(fd, 0);

	if (result == -1)
		say("wrong: ftruncate(): %s", errno_name(errno));
	else
		say("ftruncate(): works");
}

/* A child stores into ROW, which is mapped with PROT_READ only. */
static void try_to_store(int32_t *row)
{
	pid_t parent = getpid();
	pid_t child = fork();
	int status;

	if (child == -1)
		die("fork");
	if (child == 0) {
		if (!end_with_parent(parent))
			die("end_with_parent");
		// This child is going to crash, and is to leave no core file.
		if (prctl(PR_SET_DUMPABLE, 0) == -1)
			die("prctl");
		*row = 0;
		exit(EXIT_SUCCESS);
	}
	if (waitpid(child, &status, 0) == -1)
		die("waitpid");
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV)
		say("wrong: a child stores there: SIGSEGV ends it");
	else if (status != 0)
		quit("the child has failed");
}

int main(void)
{
	int32_t *row;
	int fd;

	make_object();
	fd = find_object();
	row = map_to_read(fd);
	say("right: mmap() with PROT_READ: it has %d", (int)*row);
	try_to_map_for_writing(fd);
	try_to_store(row);
	try_to_cut(fd);
	return EXIT_SUCCESS;
}
