// EXPECT: fail=once msg="stands at 2, not 1"
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

/* SEM_UNDO, both times: the kernel keeps the sum of what we did, and takes
 * it back when we end, however we end. After take and give the sum is 0. */
static void change(int id, short n)
{
	struct sembuf one = { 0, n, n < 0 ? SEM_UNDO : 0 };

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
