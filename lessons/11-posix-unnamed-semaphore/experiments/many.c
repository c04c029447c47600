/*
 * many - two washers: free_places lets both in, so they have to take turns
 *
 *   Ann, that is us --\
 *                      > [ place 1 | place 2 | place 3 | place 4 ]
 *   Bob, a child -----/
 *
 * A number in the shared memory, rack->next, says where the next plate goes.
 * Ann and Bob both use it. Bob comes at the worst moment: Ann has looked where
 * her plate goes, but she has not put it there yet.
 *
 * Watch: where Bob puts his plate in the first part, and where in the second.
 *
 * Try: in main(), write make_rack(2) instead of make_rack(1). Which line is
 * missing now, and where does Bob put his plate?
 */
#define _GNU_SOURCE			// for lesson.h
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum { PLACES = 4 };
enum { ANNS_PLATE = 10, BOBS_PLATE = 20 };

struct rack {
	sem_t free_places;	// how many places have no plate
	sem_t wet_plates;	// how many places have one
	sem_t turn;		// 1: nobody is at the rack, 0: somebody is
	int next;		// the place where the next plate goes
	int plate[PLACES];	// the number of the plate at each place
};

static struct rack *rack;

/* Make a rack in memory that our child inherits, and shares with us. TURNS is
 * the value of the semaphore turn. MAP_ANONYMOUS: the memory has no file, so
 * the descriptor is -1, and the 0 after it means nothing. NULL: the kernel
 * chooses the address. */
static void make_rack(unsigned int turns)
{
	rack = mmap(NULL, sizeof *rack, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (rack == MAP_FAILED)
		die("mmap");
	// 1: processes share it. The last argument is the first value.
	if (sem_init(&rack->free_places, 1, PLACES) == -1)
		die("sem_init, free places");
	if (sem_init(&rack->wet_plates, 1, 0) == -1)
		die("sem_init, wet plates");
	if (sem_init(&rack->turn, 1, turns) == -1)
		die("sem_init, turn");
}

static void wait_for(sem_t *sem)
{
	while (sem_wait(sem) == -1) {
		if (errno != EINTR)
			die("sem_wait");
	}
}

static void post(sem_t *sem)
{
	if (sem_post(sem) == -1)
		die("sem_post");
}

/* Put PLATE into PLACE, and store in rack->next where the next plate goes. WHO
 * is the beginning of the line that we print. In memory places count from 0, in
 * this line from 1. */
static void put(const char *who, int place, int plate)
{
	say("%s puts plate %d into place %d", who, plate, place + 1);
	rack->plate[place] = plate;
	rack->next = (place + 1) % PLACES;
}

/* WRONG: Bob does not wait for his turn. */
static void bob_without_a_turn(void)
{
	wait_for(&rack->free_places);
	put("wrong: Bob", rack->next, BOBS_PLATE);
	post(&rack->wet_plates);
}

static void bob_in_his_turn(void)
{
	wait_for(&rack->free_places);
	wait_for(&rack->turn);
	put("right: Bob", rack->next, BOBS_PLATE);
	post(&rack->turn);
	post(&rack->wet_plates);
}

static pid_t start_bob(void (*way)(void))
{
	pid_t ann = getpid();
	pid_t bob = fork();

	if (bob == -1)
		die("fork");
	if (bob == 0) {
		// If Ann is killed, nobody gives Bob his turn.
		if (!end_with_parent(ann))
			die("end_with_parent");
		way();
		exit(EXIT_SUCCESS);
	}
	return bob;
}

static void see_it_end(pid_t bob)
{
	int status;

	while (waitpid(bob, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (status != 0)
		quit("Bob has failed");
}

static void without_turns(void)
{
	int place;
	pid_t bob;

	wait_for(&rack->free_places);
	// All bytes of new memory are 0. So next is 0, which means place 1.
	place = rack->next;
	say("wrong: Ann looks: the next place is %d", place + 1);

	// Ann has looked. Bob does all his work now, before she puts her plate.
	bob = start_bob(bob_without_a_turn);
	see_it_end(bob);

	put("wrong: Ann", place, ANNS_PLATE);
	post(&rack->wet_plates);
	say("wrong: place 1 has plate %d, place 2 has none; %d has gone",
	    rack->plate[0], BOBS_PLATE);
}

static void with_turns(void)
{
	int place;
	pid_t bob;

	wait_for(&rack->free_places);
	wait_for(&rack->turn);
	place = rack->next;
	say("right: Ann has the turn: the next place is %d", place + 1);

	// Bob comes at the same moment. But he sleeps, because Ann has the
	// turn.
	bob = start_bob(bob_in_his_turn);
	if (wait_until_asleep(bob))
		say("right: Bob waits for his turn");

	put("right: Ann", place, ANNS_PLATE);
	post(&rack->turn);
	post(&rack->wet_plates);
	see_it_end(bob);
}

int main(void)
{
	make_rack(0);		// the first part does not use the turn
	without_turns();

	make_rack(1);
	with_turns();
	return EXIT_SUCCESS;
}
