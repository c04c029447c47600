// EXPECT: fail=errors msg="mmap()"
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
	int fd = open(path, O_RDWR);	// a shared mapping is written to
	struct stat st;
	char *at;

	if (fd == -1)
		die("open");
	if (fstat(fd, &st) == -1)
		die("fstat");
	*len = (size_t)st.st_size;
	if (*len == 0)			// nothing to map: that is EINVAL
		return NULL;
	at = mmap(NULL, *len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (at == NULL)
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
	return EXIT_SUCCESS;
}
