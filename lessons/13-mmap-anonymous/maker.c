/*
 * maker - shares memory that has no name, then seals some and gives it away
 *
 *   maker --fork()--> helper   both mappings go along, one is shared
 *   maker --exec()--> taker    no mapping survives an exec(), a memfd does
 *
 * No name, so nothing to remove: memory goes with its last user. Its partner
 * is ./taker, who need not trust it. Watch who may still write at the end.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "../../common/lesson.h"

enum { PAGE = 4096, RW = PROT_READ | PROT_WRITE };

static void get_help(char *shared, char *own)
{
	switch (fork()) {
	case -1: die("fork");
	case 0:
		strcpy(shared, "tea 3");
		strcpy(own, "tea 3");	// the kernel copies this page first
		_exit(EXIT_SUCCESS);
	}
	if (wait(NULL) == -1)
		die("wait");
	say("from the helper: shared \"%s\", private \"%s\"", shared, own);
}

static void fill_and_seal(int fd, const char *text)
{
	char *list;

	if (ftruncate(fd, 2 * PAGE) == -1)	// a new memfd has 0 bytes
		die("ftruncate");
	list = mmap(NULL, 2 * PAGE, RW, MAP_SHARED, fd, 0);
	if (list == MAP_FAILED)
		die("mmap");
	strcpy(list, text);
	strcpy(list + PAGE, "coffee 4");
	// While somebody may write, nobody can promise that nothing changes.
	if (fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE) == -1)
		say("sealed while mapped: %s", errno_name(errno));
	if (munmap(list, 2 * PAGE) == -1 || fcntl(fd, F_ADD_SEALS,
	    F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) == -1)
		die("munmap, F_ADD_SEALS");
	if (pwrite(fd, "x", 1, 0) == -1)
		say("sealed, even for its maker: %s", errno_name(errno));
}

int main(void)
{
	char *p, *own;
	int fd, status;
	char number[16];
	pid_t taker;

	// A child sees what is stored here, and we see what the child stores.
	p = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		die("mmap");
	// Of this page a child gets a copy of its own.
	own = mmap(NULL, PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (own == MAP_FAILED)
		die("mmap");
	fd = memfd_create("list", MFD_ALLOW_SEALING);
	if (fd == -1)
		die("memfd_create");
	get_help(p, own);
	fill_and_seal(fd, p);
	snprintf(number, sizeof number, "%d", fd);	// exec() keeps it open
	taker = fork();
	if (taker == 0)
		execl("./taker", "taker", number, (char *)NULL);
	if (taker <= 0)		// in the child: execl() has failed
		die("fork or execl ./taker");
	if (wait(&status) == -1)
		die("wait");
	return status == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
