/*
 * baker - puts two trays out under a name, and a third when asked
 *
 *   baker --sem_open(O_CREAT)--> [ name: 2 trays ] <--sem_open()-- customer
 *                  sem_post(): +1                sem_wait(): -1, or sleep
 *
 * The partner, ./customer, knows only the name. Watch: what outlives what.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <semaphore.h>
#include <sys/wait.h>

#include "../../common/experiment.h"

static char name[OWN_NAME];

static void close_bakery(void)
{
	sem_unlink(name);	// the name is enough: nothing need be open
}

static void open_bakery(void)
{
	sigset_t all, old;
	sem_t *trays;

	// A killed baker's, if any: who holds its trays is written nowhere.
	sem_unlink(name);
	// A signal inside sem_open() would leave its temporary file behind.
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &old);
	trays = sem_open(name, O_CREAT | O_EXCL, 0600, 2);
	if (trays == SEM_FAILED)
		die("sem_open");
	if (sem_close(trays) == -1)
		die("sem_close");
	remove_at_end(close_bakery);
	sigprocmask(SIG_SETMASK, &old, NULL);
}

static void serve(sem_t *trays)
{
	pid_t me = getpid(), guest = fork();
	int status;

	if (guest == 0 && end_with_parent(me))
		execl("./customer", "customer", (char *)NULL);
	if (guest <= 0)
		die(guest == 0 ? "execl ./customer" : "fork");
	wait_until_asleep(guest);	// he has every tray and wants more
	say("the customer sleeps: one more tray");
	if (sem_post(trays) == -1 || waitpid(guest, &status, 0) == -1)
		die("sem_post or waitpid");
	if (status != 0)
		quit("the customer failed or was killed; make 10 begins anew");
}

int main(void)
{
	int left;
	sem_t *trays;

	own_name(name, "trays");
	open_bakery();
	// It is closed: nobody has it open. It stays, and so does its value.
	trays = sem_open(name, 0);	// no O_CREAT: it must be there
	if (trays == SEM_FAILED)
		die("sem_open");
	if (sem_getvalue(trays, &left) == -1)
		die("sem_getvalue");
	say("closed and opened again: still %d trays", left);
	serve(trays);
	// The name goes at once, the semaphore with the last who has it open.
	if (sem_unlink(name) == -1 || sem_getvalue(trays, &left) == -1)
		die("sem_unlink");
	if (sem_open(name, 0) == SEM_FAILED)
		say("unlinked: %s; still %d trays", errno_name(errno), left);
	return sem_close(trays) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
