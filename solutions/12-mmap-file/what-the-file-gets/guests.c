/*
 * guests - a list of guests in a file, and two mappings of it
 *
 *   file "guest" <-- shared mapping
 *                <-- private mapping
 *
 * Predict what it prints before you run it. answers.txt asks for each line.
 */
#include <fcntl.h>
#include <sys/mman.h>

#include "../../../common/lesson.h"

/* A file with the five letters "guest", that has no name any more. */
static int make_file(void)
{
	char path[] = "guests.XXXXXX";
	int fd = mkstemp(path);

	if (fd == -1)
		die("mkstemp");
	if (unlink(path) == -1)
		die("unlink");
	if (write(fd, "guest", 5) != 5)
		die("write");
	return fd;
}

/* All of the file in memory; KIND is MAP_PRIVATE or MAP_SHARED. */
static char *map(int fd, int kind)
{
	char *at = mmap(NULL, 5, PROT_READ | PROT_WRITE, kind, fd, 0);

	if (at == MAP_FAILED)
		die("mmap");
	return at;
}

/* Print what pread() finds in the file at byte I. */
static void say_file(const char *when, int fd, off_t i)
{
	char c;

	if (pread(fd, &c, 1, i) != 1)
		die("pread");
	printf("file after the %s store: %c\n", when, c);
}

int main(void)
{
	int fd = make_file();
	char *own = map(fd, MAP_PRIVATE);
	char *all = map(fd, MAP_SHARED);

	/* 1: a store into the private mapping. What is in the file? */
	own[0] = 'X';
	say_file("private", fd, 0);

	/* 2: and what does the program itself see there? */
	printf("private mapping: %c\n", own[0]);

	/* 3: a store into the shared mapping. What is in the file? */
	all[1] = 'Y';
	say_file("shared", fd, 1);

	/* 4: the same byte, in the private mapping. */
	printf("private mapping later: %c\n", own[1]);

	/* 5: a write into the file. What is in the shared mapping? */
	if (pwrite(fd, "Z", 1, 2) != 1)
		die("pwrite");
	printf("shared mapping later: %c\n", all[2]);
	return EXIT_SUCCESS;
}
