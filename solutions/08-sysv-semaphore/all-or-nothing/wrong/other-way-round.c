// EXPECT: fail=circle msg="each waits for what the other has"
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

/* Add N to one semaphore; if N is negative, wait until there is enough. */
static void change(int id, unsigned short device, short n)
{
	struct sembuf one = { device, n, 0 };

	if (semop(id, &one, 1) == -1)
		die("semop");
}

/* A copy begins at the scanner. A fax begins at the printer, with a cover
 * sheet.
 * TODO: a copy and a fax that come at the same time may wait for ever. */
static void take_both(int id, const char *job)
{
	int fax = strcmp(job, "copy") == 0;

	change(id, fax ? PRINTER : SCANNER, -1);
	change(id, fax ? SCANNER : PRINTER, -1);
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
	take_both(id, argv[2]);
	say("%s: has both", argv[2]);
	work();
	change(id, SCANNER, 1);
	change(id, PRINTER, 1);
	return EXIT_SUCCESS;
}
