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

enum { STEP = 64 * 1024 }; // the file grows by multiples of this

static int fd;
static char *at;    // the mapping: the file's first ROOM bytes
static size_t room; // 0: nothing is mapped yet
static size_t used; // bytes of whole records

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

static void append(const char *record, size_t len)
{
	if (used + len > room) {
		size_t want = (used + len + STEP - 1) / STEP * STEP;
		void *p;

		if (fallocate(fd, 0, 0, (off_t)want) == -1) {
			int e = errno;
			if (ftruncate(fd, (off_t)used) == -1)
				perror("ftruncate");
			errno = e;
			die("fallocate");
		}
		p = room ? mremap(at, room, want, MREMAP_MAYMOVE)
			 : mmap(NULL, want, PROT_READ | PROT_WRITE, MAP_SHARED,
				fd, 0);
		if (p == MAP_FAILED) {
			int e = errno;
			if (ftruncate(fd, (off_t)used) == -1)
				perror("ftruncate");
			errno = e;
			die("mmap");
		}
		at = p;
		room = want;
	}
	memcpy(at + used, record, len);
	used += len;
}

static void cut(void)
{
	if (ftruncate(fd, (off_t)used) == -1)
		die("ftruncate");
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
