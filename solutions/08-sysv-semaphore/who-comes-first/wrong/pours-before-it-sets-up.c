// EXPECT: fail=alone msg="the level is 107"
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
#include <time.h>

#include "../../../common/lesson.h"

enum { AT_FIRST = 100 };

union semun { int val; struct semid_ds *buf; unsigned short *array; };

/* A set is there before its value is. The maker's first semop() comes after
 * SETVAL, and it sets sem_otime, which is 0 until then. */
static void wait_until_set_up(int id)
{
	struct semid_ds ds;
	union semun arg = { .buf = &ds };

	do {
		sched_yield();
		if (semctl(id, 0, IPC_STAT, arg) == -1)
			die("semctl IPC_STAT");
	} while (ds.sem_otime == 0);
}

/* IPC_EXCL: of many who come first, one makes it, and knows that. */
static int open_tank(key_t key)
{
	int id = semget(key, 1, IPC_CREAT | IPC_EXCL | 0600);

	if (id == -1 && errno != EEXIST)
		die("semget");
	if (id == -1) {
		id = semget(key, 0, 0);
		if (id == -1)
			die("semget");
		wait_until_set_up(id);
	}
	return id;
}

static void set_up(int id)
{
	if (semctl(id, 0, SETVAL, AT_FIRST) == -1)
		die("semctl SETVAL");
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
	if (pour.sem_op == semctl(id, 0, GETVAL))
		set_up(id);
	return EXIT_SUCCESS;
}
