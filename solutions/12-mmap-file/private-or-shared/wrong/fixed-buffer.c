// EXPECT: fail=sizes msg="all behind it are as they were"
/*
 * upper - makes all letters of a file capital ones, in place
 *
 *   file --mmap()--> memory: each letter in turn --?--> the same file
 *
 *   echo hello > f; ./upper f; cat f	prints: HELLO
 */
#include <ctype.h>
#include <fcntl.h>

#include "../../../common/lesson.h"

int main(int argc, char **argv)
{
	static char text[1 << 20];
	ssize_t n, done = 0;
	int fd;

	if (argc != 2)
		quit("usage: ./upper FILE");
	fd = open(argv[1], O_RDWR);
	if (fd == -1)
		die("open");
	n = read(fd, text, sizeof text);
	if (n == -1)
		die("read");
	for (ssize_t i = 0; i < n; i++)
		text[i] = (char)toupper((unsigned char)text[i]);
	while (done < n) {
		ssize_t w = pwrite(fd, text + done, (size_t)(n - done), done);

		if (w == -1)
			die("pwrite");
		done += w;
	}
	return EXIT_SUCCESS;
}
