// EXPECT: fail=waits,between msg="does not wait until that one has made"
/*
 * pour - pours litres into a tank that others use as well
 *
 *   ./pour KEY LITRES --semop(+LITRES)--> [ level ] <--semop()-- the others
 *
 * The level is a System V semaphore. A tank is set up with 100 litres in it,
 * by whoever comes first. All who use the tank keep to this rule: who makes
 * the set gives it its value by SETVAL, and then makes the first semop().
 *
 *   ./pour 0x1c07 5; ./pour 0x1c07 7	ipcs -s shows it, ipcrm -S removes it
 */
#include <sys/sem.h>

#include "../../../common/lesson.h"

enum { AT_FIRST = 100 };

/* TODO: who comes second may be here before the first one has set the value.
 * What he has poured by then is lost. And two may both be the first. */
static int open_tank(key_t key)
{
	int id = semget(key, 0, 0);

	if (id == -1 && errno == ENOENT) {
		id = semget(key, 1, IPC_CREAT | 0600);
		if (id == -1)
			die("semget");
		if (semctl(id, 0, SETVAL, AT_FIRST) == -1)
			die("semctl SETVAL");
	} else if (id == -1) {
		die("semget");
	}
	return id;
}

int main(int argc, char **argv)
{
	struct sembuf pour = { 0, 0, 0 };
	int id;

	if (argc != 3)
		quit("usage: ./pour KEY LITRES");
	pour.sem_op = (short)atoi(argv[2]);
	id = open_tank((key_t)strtol(argv[1], NULL, 0));
	if (semop(id, &pour, 1) == -1)
		die("semop");
	return EXIT_SUCCESS;
}
