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

#define WINDOW ((size_t)sysconf(_SC_PAGE_SIZE))

int main(int argc, char **argv)
{
	struct stat st;
	int fd;

	if (argc != 2)
		quit("usage: ./upper FILE");
	fd = open(argv[1], O_RDWR | O_CLOEXEC);
	if (fd == -1)
		die("open");
	if (fstat(fd, &st) == -1)
		die("fstat");
	for (off_t at = 0; at < st.st_size; at += (off_t)WINDOW) {
		size_t n = (size_t)(st.st_size - at);
		char *p;

		n = n < WINDOW ? n : WINDOW;
		p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED, fd, at);
		if (p == MAP_FAILED)
			die("mmap");
		for (size_t i = 0; i < n; i++)
			p[i] = (char)toupper((unsigned char)p[i]);
		if (munmap(p, n) == -1)
			die("munmap");
	}
	return EXIT_SUCCESS;
}
