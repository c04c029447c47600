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

	if (semop(id, both, 2) == -1)
		die("semop");
}

/* Wait for one, try the other; if that is taken, give back and begin there. */
static void take_both(int id)
{
	unsigned short first = SCANNER;

	for (;;) {
		struct sembuf one = { first, -1, 0 };
		struct sembuf other = { !first, -1, IPC_NOWAIT };
		struct sembuf back = { first, 1, 0 };

		if (semop(id, &one, 1) == -1)
			die("semop");
		if (semop(id, &other, 1) == 0)
			return;
		if (errno != EAGAIN)
			die("semop");
		if (semop(id, &back, 1) == -1)
			die("semop");
		first = !first;
	}
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
	take_both(id);
	say("%s: has both", argv[2]);
	work();
	change(id, 1);
	return EXIT_SUCCESS;
}
