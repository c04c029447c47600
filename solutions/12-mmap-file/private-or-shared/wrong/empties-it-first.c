// EXPECT: fail=place msg="it made the file empty, and wrote it anew"
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

static char text[4000000];

int main(int argc, char **argv)
{
	FILE *f;
	size_t len;

	if (argc != 2)
		quit("usage: ./upper FILE");
	f = fopen(argv[1], "r");
	if (!f)
		die("fopen");
	len = fread(text, 1, sizeof text, f);
	if (ferror(f))
		die("fread");
	fclose(f);
	for (size_t i = 0; i < len; i++)
		text[i] = (char)toupper((unsigned char)text[i]);
	f = fopen(argv[1], "w");
	if (!f)
		die("fopen");
	if (fwrite(text, 1, len, f) != len)
		die("fwrite");
	if (fclose(f) == EOF)
		die("fclose");
	return EXIT_SUCCESS;
}
