/*
 * sheet - what a shared memory object is: a name, a size, and memory
 *
 * Predict what it prints before you run it. answers.txt asks for each line.
 */
#include <fcntl.h>
#include <sys/mman.h>

#include "../../../common/lesson.h"

enum { SIZE = 100 };

static char name[OWN_NAME];

static void remove_name(void)
{
	if (*name)
		shm_unlink(name);
}

static int make_object(void)
{
	int fd;

	remove_at_end(remove_name);
	hold_signals();
	own_name(name, "sheet");
	fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
	if (fd == -1)
		*name = '\0';
	let_signals();
	if (fd == -1)
		die("shm_open");
	return fd;
}

static void say_size(int fd)
{
	struct stat about;

	if (fstat(fd, &about) == -1)
		die("fstat");
	printf("size at first: %ld\n", (long)about.st_size);
}

static char *map(int fd)
{
	char *at = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (at == MAP_FAILED)
		die("mmap");
	return at;
}

int main(void)
{
	int one, two;
	char *by_one, *by_two;

	/* 1: an object that has just been made. */
	one = make_object();
	say_size(one);

	/* 2: it gets a size, and nobody has stored anything yet. */
	if (ftruncate(one, SIZE) == -1)
		die("ftruncate");
	by_one = map(one);
	printf("byte 42: %d\n", by_one[42]);

	/* 3: opened and mapped once more, as another process would do it. */
	two = shm_open(name, O_RDWR, 0);
	if (two == -1)
		die("shm_open");
	by_two = map(two);
	by_one[42] = 'A';
	printf("by the second mapping: %c\n", by_two[42]);

	/* 4: both descriptors are closed. The mappings are there still. */
	if (close(one) == -1)
		die("close");
	if (close(two) == -1)
		die("close");
	by_one[42] = 'B';
	printf("after close: %c\n", by_two[42]);

	/* 5: the name is removed. Can it be opened? */
	if (shm_unlink(name) == -1)
		die("shm_unlink");
	two = shm_open(name, O_RDWR, 0);
	printf("open after unlink: %s\n", two == -1 ? errno_name(errno) :
	       "yes");
	*name = '\0';

	/* 6: and what of the memory? */
	by_one[42] = 'C';
	printf("after unlink: %c\n", by_two[42]);
	return EXIT_SUCCESS;
}
