/*
 * early - semget() makes a set, and a second call gives it its values. What if
 * somebody comes between the two?
 *
 *   The office makes a tray with 10 sheets. A child puts 5 sheets into the
 *   tray. In each part of the experiment it comes between the two calls.
 *
 * Watch: how many sheets there are at the end. 10 and 5 should be 15.
 *
 * Try: in the_child_waits(), write first_semop() before set_sheets(10). Play it
 * a few times. How many sheets are there at the end?
 */
#define _GNU_SOURCE			// for lesson.h
#include <sys/sem.h>
#include <sys/wait.h>
#include <time.h>

#include "../../../common/experiment.h"

enum { SHEETS = 0 };		// this semaphore: how many sheets are there
enum { PATIENCE = 5 };		// seconds

static int set = -1;		// no set yet

static void remove_set(void)
{
	// The whole set goes, so the 0 is not used. If there is no set, the
	// call fails, and that does no harm.
	semctl(set, 0, IPC_RMID);
}

/* Each part of the experiment has a new set. */
static void make_set(void)
{
	hold_signals();
	// No key is needed: our child inherits the id.
	set = semget(IPC_PRIVATE, 1, 0600);
	if (set == -1)
		die("semget");
	let_signals();
}

/* semctl() may take a fourth argument. No header defines its type, so we do.
 * SETVAL uses val, SETALL array, IPC_STAT buf. */
union semun {
	int val;
	struct semid_ds *buf;
	unsigned short *array;
};

static void set_sheets(int value)
{
	union semun arg = { .val = value };

	if (semctl(set, SHEETS, SETVAL, arg) == -1)
		die("semctl SETVAL");
}

/* Say WHAT, and how many sheets there are. */
static void show(const char *what)
{
	int value = semctl(set, SHEETS, GETVAL);

	if (value == -1)
		die("semctl GETVAL");
	say("%s; sheets: %d", what, value);
}

static void add(short amount)
{
	struct sembuf operation = { .sem_num = SHEETS, .sem_op = amount };

	if (semop(set, &operation, 1) == -1)
		die("semop, add");
}

/* The office's first semop() on the set. It adds 1 and takes 1 in one step, so
 * the value stays as it is. But the kernel notes the time of this semop() in
 * sem_otime. Until then sem_otime is 0, and the child waits. */
static void first_semop(void)
{
	struct sembuf up_and_down[] = {
		{ .sem_num = SHEETS, .sem_op = 1 },
		{ .sem_num = SHEETS, .sem_op = -1 },
	};

	if (semop(set, up_and_down, 2) == -1)
		die("semop, the first one");
}

/* What the kernel knows about the set. */
static struct semid_ds stat_of_set(void)
{
	struct semid_ds about = { .sem_otime = 0 };	// IPC_STAT fills it in
	union semun arg = { .buf = &about };

	// This is about the whole set, so the 0 is not used.
	if (semctl(set, 0, IPC_STAT, arg) == -1)
		die("semctl IPC_STAT");
	return about;
}

/* In the child: wait until the office has made its first semop(). SEEN is the
 * writing end of a pipe. When we have looked once, we close this end, and so
 * the parent's read() returns. */
static void wait_until_ready(int seen)
{
	struct semid_ds about = stat_of_set();

	if (about.sem_otime == 0)
		say("right: a child comes early: sem_otime is 0, so it waits");
	if (close(seen) == -1)
		die("close");

	// No call can sleep until sem_otime changes. So we look again and
	// again: it is a short time. sched_yield() lets other processes run. If
	// the office never makes its semop(), we give up. sem_ctime is the time
	// at which the set was made.
	while (about.sem_otime == 0) {
		if (time(NULL) > about.sem_ctime + PATIENCE)
			quit("the office has not set its values");
		sched_yield();
		about = stat_of_set();
	}
}

static void put_sheets_in(void)
{
	add(5);
}

static void see_it_end(pid_t child)
{
	int status;

	if (waitpid(child, &status, 0) == -1)
		die("waitpid");
	if (status != 0)
		quit("the child has failed");
}

/* Start a child that does not look whether the set is ready, and see it end. */
static void hasty_child(void)
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child == -1)
		die("fork");
	if (child == 0) {
		if (!end_with_parent(parent))
			die("end_with_parent");
		put_sheets_in();
		exit(EXIT_SUCCESS);
	}
	see_it_end(child);
}

/* Start a child that looks whether the set is ready. Return when it has looked
 * for the first time. */
static pid_t patient_child(void)
{
	pid_t parent = getpid();
	pid_t child;
	int seen[2];
	char byte;
	ssize_t n;

	if (pipe(seen) == -1)
		die("pipe");
	child = fork();
	if (child == -1)
		die("fork");
	if (child == 0) {
		if (!end_with_parent(parent))
			die("end_with_parent");
		wait_until_ready(seen[1]);
		put_sheets_in();
		exit(EXIT_SUCCESS);
	}

	// Close our copy of the writing end. When the child has closed its
	// copy, too, read() returns 0: end-of-file.
	if (close(seen[1]) == -1)
		die("close");
	do {
		n = read(seen[0], &byte, 1);
	} while (n == -1 && errno == EINTR);
	if (n == -1)
		die("read");
	if (close(seen[0]) == -1)
		die("close");
	return child;
}

/* WRONG: the child does not wait, and the office sets the value. */
static void nobody_waits(void)
{
	make_set();
	hasty_child();
	show("wrong: a child comes early");
	set_sheets(10);
	show("wrong: the office sets 10");
	remove_set();
}

/* The first cure: the child waits until the office has set the value. */
static void the_child_waits(void)
{
	pid_t child;

	make_set();
	child = patient_child();
	set_sheets(10);
	show("right: the office sets 10");
	first_semop();
	see_it_end(child);
	show("right: the child has put 5 in");
	remove_set();
}

/* The second cure: the office sets nothing. It adds its 10 to what is there. */
static void the_office_adds(void)
{
	make_set();
	hasty_child();
	show("right: another child comes early");
	add(10);
	show("right: the office adds 10");
	remove_set();
}

int main(void)
{
	remove_at_end(remove_set);
	nobody_waits();
	the_child_waits();
	the_office_adds();
	return EXIT_SUCCESS;
}
