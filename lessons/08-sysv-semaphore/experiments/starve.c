/*
 * starve - a large job waits for two printers, and small jobs pass it for ever
 *
 *   There are 2 printers. Each small job takes 1. The large job needs both at
 *   once.
 *
 * Watch: as long as small jobs come, a printer is free again and again, but the
 * two printers are never free at the same time.
 *
 * Try: in large_job_by_the_gate(), take out add(GATE, 1). Does the small job
 * wait for ever? What opens the gate?
 */
#define _GNU_SOURCE			// for lesson.h
#include <sys/sem.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum {				// the semaphores of the set
	PRINTERS,		// how many printers are free
	GATE,			// 1: open. 0: somebody is in it, so wait
	NSEMS			// the size of the set
};

enum { ALL = 2 };		// the number of all printers
enum { SMALL_JOBS = 1000 };

static int set;

static void remove_set(void)
{
	semctl(set, 0, IPC_RMID);	// the whole set: the 0 is not used
}

static void make_set(void)
{
	hold_signals();
	// No key is needed: our children inherit the id.
	set = semget(IPC_PRIVATE, NSEMS, 0600);
	if (set == -1)
		die("semget");
	remove_at_end(remove_set);
	let_signals();
}

/* semctl() may take a fourth argument. No header defines its type, so we do.
 * SETVAL uses val, SETALL array, IPC_STAT buf. */
union semun {
	int val;
	struct semid_ds *buf;
	unsigned short *array;
};

/* All printers are free, and the gate is open. */
static void set_values(void)
{
	unsigned short values[NSEMS];
	union semun arg = { .array = values };

	values[PRINTERS] = ALL;
	values[GATE] = 1;
	// All semaphores are set, so the 0 is not used.
	if (semctl(set, 0, SETALL, arg) == -1)
		die("semctl SETALL");
}

/* Add AMOUNT, or take it if it is negative, and wait until that is possible.
 * SEM_UNDO: a job that is killed keeps neither a printer nor the gate. */
static void add(unsigned short semaphore, short amount)
{
	struct sembuf operation = {
		.sem_num = semaphore,
		.sem_op = amount,
		.sem_flg = SEM_UNDO,
	};

	while (semop(set, &operation, 1) == -1) {
		if (errno != EINTR)
			die("semop");
	}
}

/* WRONG: the large job asks for both printers, and does nothing else. */
static void large_job(void)
{
	add(PRINTERS, -ALL);
	say("wrong: the last small job has ended; now the large one has 2");
	add(PRINTERS, ALL);
}

/* Nobody can come through the gate while the large job waits for printers. */
static void large_job_by_the_gate(void)
{
	add(GATE, -1);
	add(PRINTERS, -ALL);
	say("right: the large job has 2 printers, and opens the gate");
	add(GATE, 1);
	add(PRINTERS, ALL);
}

static void small_job_by_the_gate(void)
{
	add(GATE, -1);
	add(PRINTERS, -1);
	say("right: the small job has 1 printer");
	add(GATE, 1);
	add(PRINTERS, 1);
}

/* Start a job that has to wait, and see it wait. */
static pid_t start_job(void (*way)(void))
{
	pid_t parent = getpid();
	pid_t job = fork();

	if (job == -1)
		die("fork");
	if (job == 0) {
		// If the parent is killed, no printer is given back any more,
		// and this child would wait for ever. So it has to end, too.
		if (!end_with_parent(parent))
			die("end_with_parent");
		way();
		exit(EXIT_SUCCESS);
	}
	if (!wait_until_asleep(job))
		quit("the job has ended, but it should wait");
	return job;
}

static void see_it_end(pid_t job)
{
	int status;

	if (waitpid(job, &status, 0) == -1)
		die("waitpid");
	if (status != 0)
		quit("a job has failed");
}

/* One small job after the other. The next job takes a printer, and only then
 * the old job gives its printer back. So at each moment a printer is taken. */
static void small_jobs(void)
{
	for (int i = 0; i < SMALL_JOBS; i++) {
		add(PRINTERS, -1);	// the next job takes a printer
		add(PRINTERS, 1);	// the old job gives its printer back
	}
}

int main(void)
{
	pid_t large;
	pid_t small;

	make_set();
	set_values();

	// 1. A small job has one printer. Now the large one comes, and then
	// many small ones.
	add(PRINTERS, -1);
	large = start_job(large_job);
	say("wrong: the large job waits for 2 printers; 1 is free");
	small_jobs();
	if (!wait_until_asleep(large))
		quit("the large job has ended, but it should wait");
	say("wrong: %d later small jobs got a printer; the large one waits",
	    SMALL_JOBS);
	add(PRINTERS, 1);
	see_it_end(large);

	// 2. The same, but everybody goes through the gate first. We are a
	// small job, and take one printer.
	add(GATE, -1);
	add(PRINTERS, -1);
	add(GATE, 1);
	large = start_job(large_job_by_the_gate);
	say("right: the large job has the gate, and waits for 2 printers");
	small = start_job(small_job_by_the_gate);
	say("right: a small job comes later; it waits at the gate");
	add(PRINTERS, 1);
	see_it_end(large);
	see_it_end(small);
	return EXIT_SUCCESS;
}
