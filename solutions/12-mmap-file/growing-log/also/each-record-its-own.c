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
static size_t room;		// how long the file is
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

static void append(const char *record, size_t len)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t from = used / page * page, n = used - from + len;
	char *p;

	if (used + len > room) {
		room = (used + len + STEP - 1) / STEP * STEP;
		if (ftruncate(fd, (off_t)room) == -1)
			give_up("ftruncate");
	}
	// A mapping for each record: slow, and never too long.
	p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		 (off_t)from);
	if (p == MAP_FAILED)
		give_up("mmap");
	memcpy(p + (used - from), record, len);
	used += len;
	if (munmap(p, n) == -1)
		give_up("munmap");
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
