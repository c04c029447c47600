/*
 * seat - seats guests at a table, in one step
 *
 *   ./seat ID GUESTS --semop()--> [ TABLES 1 ]
 *                                 [ CHAIRS 6 ]
 *
 *   ./seat ID 2		takes a table and two chairs, says so, and
 *			gives them back at the end of its input (Ctrl-D)
 *
 * ID is a set of two semaphores: how many tables and chairs are free.
 */
#include <sys/sem.h>

#include "../../../common/lesson.h"

enum { TABLES, CHAIRS };

/* An operation for the table, and one more for each chair. */
static void change(int id, short sign, short chairs)
{
	size_t n = (size_t)chairs + 1;
	struct sembuf *all = calloc(n, sizeof *all);

	if (!all)
		die("calloc");
	for (size_t i = 0; i < n; i++) {
		all[i].sem_num = i == 0 ? TABLES : CHAIRS;
		all[i].sem_op = sign;
	}
	while (semop(id, all, n) == -1)
		if (errno != EINTR)
			die("semop");
	free(all);
}

/* Take a table and so many chairs: all of it in one step, or wait. */
static void take(int id, short chairs)
{
	change(id, -1, chairs);
}

/* Give back what take() took. */
static void give_back(int id, short chairs)
{
	change(id, 1, chairs);
}

/* The meal lasts until the end of stdin. */
static void eat(void)
{
	char buf[100];
	ssize_t n;

	do
		n = read(STDIN_FILENO, buf, sizeof buf);
	while (n > 0);
	if (n == -1)
		die("read");
}

int main(int argc, char **argv)
{
	short guests;
	int id;

	if (argc != 3)
		quit("usage: ./seat ID GUESTS");
	id = atoi(argv[1]);
	guests = (short)atoi(argv[2]);
	if (guests < 1)
		quit("how many guests? 1 or more");
	take(id, guests);
	say("seated: %d", guests);
	eat();
	give_back(id, guests);
	return EXIT_SUCCESS;
}
