/*
 * board - puts a text into a shared memory object, and shows what is there
 *
 *   board NAME put TEXT --> [ /dev/shm/NAME: 4096 bytes ] --> board NAME show
 *
 *   ./board /news put 'open today'
 *   ./board /news show		prints: open today
 *   rm /dev/shm/news
 */
#include <fcntl.h>
#include <sys/mman.h>

#include "../../../common/lesson.h"

enum { SIZE = 4096 };

static void put(const char *name, const char *text)
{
	int fd = shm_open(name, O_RDWR | O_CREAT, 0600);

	if (fd == -1)
		die("shm_open");
	if (strlen(text) >= SIZE)
		quit("the text is too long: %d bytes at most", SIZE - 1);
	char page[SIZE] = { 0 };

	memcpy(page, text, strlen(text));
	if (write(fd, page, SIZE) != SIZE)
		die("write");
}

static void show(const char *name)
{
	int fd = shm_open(name, O_RDONLY, 0);
	char page[SIZE];

	if (fd == -1)
		die("shm_open");
	if (read(fd, page, SIZE) != SIZE)
		quit("%s has no size yet: try again", name);
	printf("%.*s\n", SIZE, page);
}

int main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[2], "put") == 0)
		put(argv[1], argv[3]);
	else if (argc == 3 && strcmp(argv[2], "show") == 0)
		show(argv[1]);
	else
		quit("usage: ./board NAME put TEXT, or: ./board NAME show");
	return EXIT_SUCCESS;
}
