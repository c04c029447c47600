#define _GNU_SOURCE
/*
 * desk - does a job that needs the scanner and the printer at once
 *
 *   ./desk ID copy --semop()--> [ SCANNER 1 ]
 *                               [ PRINTER 1 ] <--semop()-- ./desk ID fax
 *
 *   ./desk ID copy < page	prints that it has both, then the page
 *
 * ID is a set of two semaphores. 1: the device is free, 0: it is taken.
 */
#include <sys/sem.h>

#include "../../../common/lesson.h"

enum { SCANNER, PRINTER };

/* One call for both, all or none: who waits for the one holds none. */
static void change(int id, short n)
{
	struct sembuf both[] = { { SCANNER, n, 0 }, { PRINTER, n, 0 } };

	if (semtimedop(id, both, 2, NULL) == -1)
		die("semop");
}

/* Scans and prints: copies stdin to stdout. */
static void work(void)
{
	char buf[4096];
	ssize_t n;

	while ((n = read(STDIN_FILENO, buf, sizeof buf)) > 0)
		if (write(STDOUT_FILENO, buf, (size_t)n) != n)
			die("write");
	if (n == -1)
		die("read");
}

int main(int argc, char **argv)
{
	int id;

	if (argc != 3)
		quit("usage: ./desk ID copy|fax < page");
	id = atoi(argv[1]);
	change(id, -1);
	say("%s: has both", argv[2]);
	work();
	change(id, 1);
	return EXIT_SUCCESS;
}
