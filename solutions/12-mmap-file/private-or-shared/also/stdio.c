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
	FILE *f;
	int c;

	if (argc != 2)
		quit("usage: ./upper FILE");
	f = fopen(argv[1], "r+");
	if (!f)
		die("fopen");
	while ((c = getc(f)) != EOF) {
		if (c < 'a' || c > 'z')
			continue;
		if (fseek(f, -1, SEEK_CUR) == -1)
			die("fseek");
		if (putc(c - 'a' + 'A', f) == EOF)
			die("putc");
		if (fseek(f, 0, SEEK_CUR) == -1)
			die("fseek");
	}
	if (ferror(f))
		die("read");
	if (fclose(f) == EOF)
		die("fclose");
	return EXIT_SUCCESS;
}
