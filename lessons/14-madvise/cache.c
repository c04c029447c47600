/*
 * cache - shares 16 tiles with ./trimmer, and looks what its advice does
 *
 *   cache --> its page table --> [ 16 tiles ] <-- its page table <-- trimmer
 *
 * It makes the memory and hands it to the trimmer as stdin, twice. Watch
 * which advice takes pages only out of the adviser's own table.
 */
#define _GNU_SOURCE
#include <sys/mman.h>
#include <sys/wait.h>

#include "../../common/lesson.h"

enum { PAGE = 4096, TILES = 16, RW = PROT_READ | PROT_WRITE,
       OWN = MAP_PRIVATE | MAP_ANONYMOUS };

static void trim(int fd, const char *whose)
{
	int status;
	pid_t child;

	// Without this check, a failed fork() would look like a bad trimmer.
	child = fork();
	if (child == -1)
		die("fork");
	if (child == 0) {
		// exec() drops the mapping; the descriptor is the way back.
		if (dup2(fd, STDIN_FILENO) != -1)
			execl("./trimmer", "trimmer", whose, (char *)NULL);
		die("dup2 or execl ./trimmer");
	}
	if (wait(&status) == -1 || status != 0)
		quit("the trimmer has failed; build it with make");
}

// A fork() copies everything, also what a child should not have.
static void keep_from_child(void)
{
	char *key = mmap(NULL, 2 * PAGE, RW, OWN, -1, 0);
	char *log = key + PAGE;
	unsigned char in;
	pid_t child;

	if (key == MAP_FAILED || madvise(key, PAGE, MADV_WIPEONFORK) == -1 ||
	    madvise(log, PAGE, MADV_DONTFORK) == -1)
		die("mmap, madvise");
	strcpy(key, "secret");
	strcpy(log, "mine");		// the advice came first: no gap
	child = fork();
	if (child == -1)
		die("fork");
	if (child == 0) {
		// A load from log would be SIGSEGV here, so only ask.
		say("child: key \"%s\", log %s", key,
		    mincore(log, PAGE, &in) ? errno_name(errno) : log);
		_exit(EXIT_SUCCESS);
	}
	// The parent has kept both pages as they were.
	if (wait(NULL) == -1)
		die("wait");
	say("parent: key \"%s\", log \"%s\"", key, log);
}

int main(void)
{
	int fd = memfd_create("tiles", MFD_CLOEXEC);	// stdin is a copy
	char *tiles;

	if (fd == -1 || ftruncate(fd, TILES * PAGE) == -1)
		die("memfd_create, ftruncate");
	tiles = mmap(NULL, TILES * PAGE, RW, MAP_SHARED, fd, 0);
	if (tiles == MAP_FAILED)
		die("mmap");
	for (int i = 0; i < TILES; i++)
		sprintf(tiles + i * PAGE, "tile %d", i);
	trim(fd, "mine");
	// That emptied a page table, but not this one, and no memory.
	say("after MADV_DONTNEED over there: \"%s\"", tiles + 3 * PAGE);
	trim(fd, "all");
	say("after MADV_REMOVE over there: \"%s\"", tiles + 3 * PAGE);
	keep_from_child();
	return EXIT_SUCCESS;
}
