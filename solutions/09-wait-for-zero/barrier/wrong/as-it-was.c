// EXPECT: fail=arrives msg="a walker does not wait for him"
/*
 * walker - walks from gate to gate; at each, nobody leaves before all have come
 *
 *   walker --\
 *   walker ----> gate 0 ----> gate 1 ----> gate 2 ----> ...
 *   walker --/
 *
 * ID is a set of three semaphores; with N walkers it begins as N 0 0. For
 * gate G semaphore G % 3 says how many are still missing.
 *
 *   ./walker ID 5 & ./walker ID 5 &	with N = 2: both walk through 5 gates
 */
#include <sys/sem.h>

#include "../../../common/lesson.h"

/* TODO: arrive at the gate, in one step: one less is missing here, and one
 * more will be missing at the next gate. Then sleep until nobody is missing
 * here. A signal does not end that. */
static void pass(int id, int gate)
{
	(void)id;
	(void)gate;
}

int main(int argc, char **argv)
{
	int id, gates;

	if (argc != 3)
		quit("usage: ./walker ID GATES");
	id = atoi(argv[1]);
	gates = atoi(argv[2]);
	for (int gate = 0; gate != gates; gate++) {
		pass(id, gate);
		say("past gate %d", gate);
	}
	return EXIT_SUCCESS;
}
