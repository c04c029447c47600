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

enum { TABLES, CHAIRS, KINDS };

/* Take a table and so many chairs: all of it in one step, or wait. */
static void take(int id, short chairs)
{
//> solution
	struct sembuf both[KINDS] = {
		{ .sem_num = TABLES, .sem_op = -1 },
		{ .sem_num = CHAIRS, .sem_op = (short)-chairs },
	};

	if (semop(id, both, KINDS) == -1)
		die("semop, take");
//> starter
//|	// TODO: a guest who has a chair and no table is in the way. Take a
//|	// table and the chairs by one semop().
//|	(void)id;
//|	(void)chairs;
//> end
}

/* Give back what take() took. */
static void give_back(int id, short chairs)
{
//> solution
	struct sembuf both[KINDS] = {
		{ .sem_num = TABLES, .sem_op = 1 },
		{ .sem_num = CHAIRS, .sem_op = chairs },
	};

	if (semop(id, both, KINDS) == -1)
		die("semop, give back");
//> starter
//|	// TODO: the same, the other way round.
//|	(void)id;
//|	(void)chairs;
//> end
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
