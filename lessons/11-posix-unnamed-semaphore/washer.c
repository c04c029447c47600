/*
 * washer - washes plates, and puts them into a rack of four places
 *
 *   washer --> [ place 1 | place 2 | place 3 | place 4 ] --> dryer
 *
 *   free_places: 4 3 2 1 0              wet_plates: 0 1 2 3 4
 *
 * The rack is memory that both processes share, and two semaphores lie in it.
 * Start ./washer alone: it makes the rack, and then it starts ./dryer.
 *
 * Watch: six plates go through four places, and no plate is put on top of
 * another plate. Neither program asks whether the other one is ready. The
 * washer waits for free places, and the dryer for wet plates. Each program
 * posts what the other one waits for.
 */
#define _GNU_SOURCE			// for memfd_create()
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#include "../../common/lesson.h"

enum { PLACES = 4 };
enum { TO_WASH = 6 };		// plates: more than there are places
enum { NO_MORE = 0 };		// no plate has this number: all are washed

struct rack {			// the same as in dryer.c
	sem_t free_places;	// how many places have no plate
	sem_t wet_plates;	// how many places have one
	int plate[PLACES];	// the number of the plate at each place
};

/* make_rack() makes an empty rack in the memory that descriptor FD leads to.
 * start_dryer() starts ./dryer, and gives it the descriptor. quit_if_ended()
 * ends the washer if the dryer has ended already. quit_if_failed() ends the
 * washer if the STATUS of the dryer says that the dryer has failed. */
static struct rack *make_rack(int fd);
static pid_t start_dryer(int fd);
static void quit_if_ended(pid_t dryer);
static void quit_if_failed(int status);

/* Wait until there is a free place, and take it. */
static void take_free_place(struct rack *rack, pid_t dryer)
{
	struct timespec until;

	for (;;) {
		if (clock_gettime(CLOCK_REALTIME, &until) == -1)
			die("clock_gettime");
		until.tv_sec += 1;	// in a second
		if (sem_timedwait(&rack->free_places, &until) == 0)
			return;
		// EINTR: a signal has ended the wait. Then wait again.
		if (errno == EINTR)
			continue;
		if (errno != ETIMEDOUT)
			die("sem_timedwait");
		// If the dryer has died, nobody posts any more, and we would
		// wait for ever. A semaphore does not tell us. So look.
		quit_if_ended(dryer);
	}
}

/* Put one plate into the rack. PLACE is the place whose turn it is. */
static void put(struct rack *rack, int place, int plate, pid_t dryer)
{
	take_free_place(rack, dryer);
	rack->plate[place] = plate;
	// Post only now: the dryer may take the plate as soon as we post.
	if (sem_post(&rack->wet_plates) == -1)
		die("sem_post");
}

int main(void)
{
	struct rack *rack;
	pid_t dryer;
	int place = 0;		// where the next plate is put
	int status;
	int fd;

	say("the rack has %d places, and I wash %d plates", PLACES, TO_WASH);

	// This memory has a descriptor, but no name. (The word "rack" only
	// helps people: tools that list open files print it.) So there is
	// nothing to remove: the memory goes away with the last process that
	// has it. 0: no flags.
	fd = memfd_create("rack", 0);
	if (fd == -1)
		die("memfd_create");
	rack = make_rack(fd);

	// The rack is ready before there is a dryer: nobody finds semaphores
	// that have no value yet.
	dryer = start_dryer(fd);

	for (int plate = 1; plate <= TO_WASH; plate++) {
		put(rack, place, plate, dryer);
		place = (place + 1) % PLACES;	// after the last, the first
	}
	put(rack, place, NO_MORE, dryer);

	// 0: no flags, so wait until the dryer has ended.
	while (waitpid(dryer, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	quit_if_failed(status);

	// The dryer has ended: nobody waits at the semaphores any more.
	if (sem_destroy(&rack->free_places) == -1)
		die("sem_destroy, free places");
	if (sem_destroy(&rack->wet_plates) == -1)
		die("sem_destroy, wet plates");
	say("all %d plates are dry", TO_WASH);
	return EXIT_SUCCESS;
}

static struct rack *make_rack(int fd)
{
	struct rack *rack;

	// The new memory has 0 bytes. ftruncate() gives it its size.
	if (ftruncate(fd, sizeof *rack) == -1)
		die("ftruncate");
	// NULL: the kernel chooses the address. 0: from the first byte on.
	rack = mmap(NULL, sizeof *rack, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		    0);
	if (rack == MAP_FAILED)
		die("mmap");

	// The second argument, 1, says that processes share the semaphore. With
	// 0 a post would not wake a waiter in another process. The third
	// argument is the value at the beginning.
	if (sem_init(&rack->free_places, 1, PLACES) == -1)
		die("sem_init, free places");
	if (sem_init(&rack->wet_plates, 1, 0) == -1)
		die("sem_init, wet plates");
	return rack;
}

/* In the child: become ./dryer, which gets the number of FD as its argument. */
_Noreturn static void become_dryer(int fd, pid_t washer)
{
	char number[16];

	// Without the washer nobody posts, and the dryer would wait for ever.
	if (!end_with_parent(washer))
		die("end_with_parent");
	// An open descriptor stays open through execl(). So in ./dryer the same
	// number leads to the rack.
	snprintf(number, sizeof number, "%d", fd);
	execl("./dryer", "dryer", number, (char *)NULL);
	die("execl ./dryer");	// execl() returns only if it has failed
}

static pid_t start_dryer(int fd)
{
	pid_t washer = getpid();
	pid_t dryer = fork();

	if (dryer == -1)
		die("fork");
	if (dryer == 0)
		become_dryer(fd, washer);	// does not return
	return dryer;
}

/* The dryer has ended. Return only if it has done all its work. */
static void quit_if_failed(int status)
{
	if (WIFSIGNALED(status))
		quit("the dryer was killed by signal %d", WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		quit("the dryer failed: status %d", WEXITSTATUS(status));
}

/* The rack has been full for a second. Has the dryer ended? */
static void quit_if_ended(pid_t dryer)
{
	int status;
	pid_t ended = waitpid(dryer, &status, WNOHANG);

	if (ended == -1)
		die("waitpid");
	if (ended == 0)		// no: it is only slow, or stopped
		return;
	quit_if_failed(status);
	quit("the dryer has ended, and the rack is full");
}
