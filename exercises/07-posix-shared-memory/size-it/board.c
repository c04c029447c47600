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

static char *map(int fd, int prot)
{
	char *text = mmap(NULL, SIZE, prot, MAP_SHARED, fd, 0);

	if (text == MAP_FAILED)
		die("mmap");
	return text;
}

static void put(const char *name, const char *text)
{
	int fd = shm_open(name, O_RDWR | O_CREAT, 0600);
	char *board;

	if (fd == -1)
		die("shm_open");
	if (strlen(text) >= SIZE)
		quit("the text is too long: %d bytes at most", SIZE - 1);
	// TODO: the next line but one is killed by SIGBUS.
	board = map(fd, PROT_READ | PROT_WRITE);
	strcpy(board, text);
}

static void show(const char *name)
{
	int fd = shm_open(name, O_RDONLY, 0);

	if (fd == -1)
		die("shm_open");
	// TODO: whoever put it may not have come further than shm_open().
	printf("%.*s\n", SIZE, map(fd, PROT_READ));
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
