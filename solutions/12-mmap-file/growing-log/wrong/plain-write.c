// EXPECT: fail=live msg="it should grow by whole steps of 64 KiB"
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

static int fd;
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

static void append(const char *record, size_t len)
{
	while (len > 0) {
		ssize_t n = pwrite(fd, record, len, (off_t)used);

		if (n == -1)
			die("pwrite");
		record += n;
		used += (size_t)n;
		len -= (size_t)n;
	}
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
