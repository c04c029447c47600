/*
 * customer - takes every tray, waits for one more, lends it to a friend
 *
 *   [ name: 2 ] --sem_trywait()----> customer: or EAGAIN
 *               --sem_timedwait()--> customer: sleeps, or ETIMEDOUT
 *               --sem_wait()-------> friend: killed, gives nothing back
 *
 * The partner, ./baker, made it. exec dropped what the two had in common;
 * the name is all that this program knows.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <semaphore.h>
#include <sys/wait.h>
#include <time.h>

#include "../../common/experiment.h"

// The limit is a point in time, so a signal does not make it later; and
// with a limit a customer does not outwait a baker who has died.
static int take_within(sem_t *trays, time_t seconds)
{
	struct timespec limit;

	clock_gettime(CLOCK_REALTIME, &limit);
	limit.tv_sec += seconds;
	while (sem_timedwait(trays, &limit) == -1)
		if (errno != EINTR)
			return -1;
	return 0;
}

static void lend_to_a_friend(sem_t *trays)
{
	pid_t me = getpid(), pal;

	if (sem_post(trays) == -1 || (pal = fork()) == -1)
		die("sem_post or fork");
	if (pal == 0) {
		if (end_with_parent(me) && sem_wait(trays) == 0)
			take_within(trays, 5);	// wants two: sleeps
		_exit(EXIT_FAILURE);
	}
	wait_until_asleep(pal);
	if (kill(pal, SIGKILL) == -1 || waitpid(pal, NULL, 0) == -1)
		die("kill or waitpid");
	say("lent one to a friend, who was killed");
}

int main(void)
{
	char name[OWN_NAME];
	sem_t *trays;
	int n = 0;

	own_name(name, "trays");
	trays = sem_open(name, 0);	// no O_CREAT: the baker's, or none
	if (trays == SEM_FAILED && errno == ENOENT)
		quit("no bakery is open; ./baker opens one and calls me");
	if (trays == SEM_FAILED)
		die("sem_open");
	while (sem_trywait(trays) == 0)
		n++;
	say("took %d trays, then %s", n, errno_name(errno));
	if (take_within(trays, 5) == -1)
		quit("no tray in 5 seconds: the baker is gone; make 10");
	say("woken, and took one more");
	lend_to_a_friend(trays);
	if (take_within(trays, 0) == -1)
		say("nobody gives it back: %s", errno_name(errno));
	// Who knows what the dead one held can make up for it: 3, not 2.
	for (n++; n > 0; n--)
		if (sem_post(trays) == -1)
			die("sem_post");
	return sem_close(trays) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
