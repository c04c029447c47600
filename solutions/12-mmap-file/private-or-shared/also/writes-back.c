/*
 * upper - makes all letters of a file capital ones, in place
 *
 *   file --mmap()--> memory: each letter in turn --?--> the same file
 *
 *   echo hello > f; ./upper f; cat f	prints: HELLO
 */
#include <ctype.h>
#include <fcntl.h>
#include <sys/mman.h>

#include "../../../common/lesson.h"

/* All of the file PATH in memory; its size in *LEN. */
static char *map(const char *path, size_t *len)
{
	int fd = open(path, O_RDONLY);
	struct stat st;
	char *at;

	if (fd == -1)
		die("open");
	if (fstat(fd, &st) == -1)
		die("fstat");
	*len = (size_t)st.st_size;
	if (*len == 0)			// nothing to map: that is EINVAL
		return NULL;
	at = mmap(NULL, *len, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	if (at == MAP_FAILED)
		die("mmap");
	// The mapping stays when the descriptor has gone.
	if (close(fd) == -1)
		die("close");
	return at;
}

int main(int argc, char **argv)
{
	size_t len;
	char *text;

	if (argc != 2)
		quit("usage: ./upper FILE");
	text = map(argv[1], &len);
	for (size_t i = 0; i < len; i++)
		text[i] = (char)toupper((unsigned char)text[i]);
	// A private copy, and by hand what MAP_SHARED does.
	int fd = open(argv[1], O_WRONLY);

	if (fd == -1)
		die("open");
	for (size_t done = 0; done < len; ) {
		ssize_t n = pwrite(fd, text + done, len - done, (off_t)done);

		if (n == -1)
			die("pwrite");
		done += (size_t)n;
	}
	if (close(fd) == -1)
		die("close");
	return EXIT_SUCCESS;
}
