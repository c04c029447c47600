/*
 * full - what the second semaphore of a bounded buffer is for
 *
 *   the washer, a child: plates 1 to 5 --> [ 4 places ] --> we are the dryer
 *
 * In the first part the washer does not wait for free places. In the second
 * part it does.
 *
 * Watch: which plate is lost in the first part, and which process sleeps in the
 * second part.
 *
 * Try: in main(), write PLACES + 1 in the second make_rack(). The rack still
 * has 4 places. What does the program say now, and which plate is lost?
 */
#define _GNU_SOURCE			// for lesson.h
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum { PLACES = 4 };
enum { TO_WASH = 5 };		// plates: one more than there are places

struct rack {
	sem_t free_places;	// how many places have no plate
	sem_t wet_plates;	// how many places have one
	int plate[PLACES];	// the number of the plate at each place
};

static struct rack *rack;

/* Make a rack in memory that our child inherits, and shares with us.
 * MAP_ANONYMOUS: the memory has no file, so the descriptor is -1, and the 0
 * after it means nothing. NULL: the kernel chooses the address. */
static void make_rack(unsigned int free_places)
{
	rack = mmap(NULL, sizeof *rack, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (rack == MAP_FAILED)
		die("mmap");
	// 1: processes share it. The last argument is the first value.
	if (sem_init(&rack->free_places, 1, free_places) == -1)
		die("sem_init, free places");
	if (sem_init(&rack->wet_plates, 1, 0) == -1)
		die("sem_init, wet plates");
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

static int value_of(sem_t *sem)
{
	int value;

	if (sem_getvalue(sem, &value) == -1)
		die("sem_getvalue");
	return value;
}

/* WRONG: the washer does not wait for a free place. */
static void wash_without_looking(void)
{
	int place = 0;		// counted from 0, as always in C

	for (int plate = 1; plate <= TO_WASH; plate++) {
		rack->plate[place] = plate;
		post(&rack->wet_plates);
		place = (place + 1) % PLACES;	// after the last, the first
	}
}

static void wash(void)
{
	int place = 0;

	for (int plate = 1; plate <= TO_WASH; plate++) {
		wait_for(&rack->free_places);
		rack->plate[place] = plate;
		post(&rack->wet_plates);
		place = (place + 1) % PLACES;
	}
}

static pid_t start_washer(void (*way)(void))
{
	pid_t parent = getpid();
	pid_t washer = fork();

	if (washer == -1)
		die("fork");
	if (washer == 0) {
		// If the parent is killed, nobody gives a place back.
		if (!end_with_parent(parent))
			die("end_with_parent");
		way();
		exit(EXIT_SUCCESS);
	}
	return washer;
}

static void see_it_end(pid_t washer)
{
	int status;

	while (waitpid(washer, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (status != 0)
		quit("the washer has failed");
}

/* Take the plate out of PLACE, and give the place back. Return its number. */
static int take(int place)
{
	int plate;

	wait_for(&rack->wet_plates);
	plate = rack->plate[place];
	post(&rack->free_places);
	return plate;
}

/* Say WHAT, and the values of both semaphores. */
static void show(const char *what)
{
	int free_places = value_of(&rack->free_places);
	int wet_plates = value_of(&rack->wet_plates);

	say("right: %s: %d free places, %d wet plates", what, free_places,
	    wet_plates);
}

static void without_free_places(void)
{
	pid_t washer = start_washer(wash_without_looking);
	int first;
	int second;

	see_it_end(washer);
	first = take(0);
	second = take(1);
	say("wrong: the dryer takes plate %d first, then plate %d: plate 1 has"
	    " gone", first, second);
}

static void with_free_places(void)
{
	pid_t washer = start_washer(wash);
	int plate;

	if (!wait_until_asleep(washer))
		quit("the washer did not wait");
	show("the washer sleeps");

	plate = take(0);
	say("right: the dryer takes plate %d", plate);
	see_it_end(washer);
	show("the washer has put plate 5 there");

	// Plates 2, 3 and 4 are in places 1, 2 and 3; plate 5 is in place 0.
	for (int next = 1; next < PLACES; next++)
		take(next);
	take(0);
	show("the dryer has taken all");

	// The dryer would sleep in sem_wait() now. sem_trywait() never sleeps.
	if (sem_trywait(&rack->wet_plates) == -1)
		say("right: sem_trywait() for a plate: -1, %s",
		    errno_name(errno));
}

int main(void)
{
	make_rack(PLACES);
	without_free_places();

	make_rack(PLACES);
	with_free_places();
	return EXIT_SUCCESS;
}
