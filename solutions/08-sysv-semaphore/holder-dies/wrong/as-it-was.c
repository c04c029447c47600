// EXPECT: fail=killed,home msg="all who come later wait for ever"
/*
 * ledger - one clerk at a time writes into the ledger
 *
 *   clerk --> ./ledger ID --semop(-1)--> [ 1 ] <--semop(-1)-- ./ledger ID
 *
 * Each line of stdin is what the clerk says:
 *   take		wait until the ledger is free, then take it
 *   give		give it back
 *   anything else	is written down, if he has it
 *
 * ID is a set of one semaphore. 1: the ledger is free, 0: somebody has it.
 */
#include <sys/sem.h>

#include "../../../common/lesson.h"

/* TODO: a clerk who is killed while he has the ledger keeps it for ever. */
static void change(int id, short n)
{
	struct sembuf one = { 0, n, 0 };

	if (semop(id, &one, 1) == -1)
		die("semop");
}

int main(int argc, char **argv)
{
	char line[128];
	int id, mine = 0;

	if (argc != 2)
		quit("usage: ./ledger ID");
	id = atoi(argv[1]);
	while (fgets(line, sizeof line, stdin)) {
		line[strcspn(line, "\n")] = '\0';
		if (strcmp(line, "take") == 0 && !mine) {
			change(id, -1);
			mine = 1;
			say("taken");
		} else if (strcmp(line, "give") == 0 && mine) {
			change(id, 1);
			mine = 0;
			say("given back");
		} else if (mine) {
			say("written: %s", line);
		} else {
			say("not written, it is not mine: %s", line);
		}
	}
	return EXIT_SUCCESS;
}
