/*
 * append - appends each line of stdin to a log file, through a mapping
 *
 *   0 ............ used ............ room
 *   |== records ===|-- zeros, so far --|	the file, while it grows
 *   |== records ===|			the file at the end
 *
 *   printf 'one\ntwo\n' | ./append log; cat log
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>

#include "../../../common/lesson.h"

enum { STEP = 64 * 1024 };	// the file grows by multiples of this

static int fd;
static char *at;		// the mapping: the file's first ROOM bytes
static size_t room;		// 0: nothing is mapped yet
static size_t used;		// bytes of whole records

static void open_log(const char *path)
{
	struct stat st;

	fd = open(path, O_RDWR | O_CREAT, 0600);
	if (fd == -1)
		die("open");
	if (fstat(fd, &st) == -1)
		die("fstat");
	used = (size_t)st.st_size;
}

/* The file is as long as its records, whatever has failed. */
static void cut(void)
{
	if (ftruncate(fd, (off_t)used) == -1)
		die("ftruncate");
}

_Noreturn static void give_up(const char *call)
{
	int err = errno;

	cut();
	errno = err;
	die(call);
}

/* First the file, then the mapping: no page may lie behind the end. */
static void grow(size_t to)
{
	void *new;

	// Ahead: twice as much each time, so that it seldom grows.
	size_t most = room > STEP ? 2 * room : STEP;

	to = (to + STEP - 1) / STEP * STEP;
	to = to > most ? to : most;
	if (ftruncate(fd, (off_t)to) == -1)
		give_up("ftruncate");
	if (room == 0)
		new = mmap(NULL, to, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			   0);
	else
		new = mremap(at, room, to, MREMAP_MAYMOVE);
	if (new == MAP_FAILED)
		give_up(room == 0 ? "mmap" : "mremap");
	at = new;		// it may have moved
	room = to;
}

static void append(const char *record, size_t len)
{
	if (used + len > room)
		grow(used + len);
	memcpy(at + used, record, len);
	used += len;
}

int main(int argc, char **argv)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	if (argc != 2)
		quit("usage: ./append FILE");
	open_log(argv[1]);
	while ((len = getline(&line, &size, stdin)) > 0)
		append(line, (size_t)len);
	cut();
	free(line);
	return EXIT_SUCCESS;
}
