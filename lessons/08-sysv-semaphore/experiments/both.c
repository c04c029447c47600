/*
 * both - all or nothing: a job that waits for both things holds neither
 *
 *   A job needs the printer and 6 sheets. There are only 4. The office has more
 *   paper. But as long as a job has the printer, the tray cannot be opened.
 *
 * Watch: how many printers are free while the job waits for paper.
 *
 * Try: in both_at_once(), let the two operations change places. Does the
 * output change? And in one_by_one()?
 */
#define _GNU_SOURCE			// for lesson.h
#include <sys/sem.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum {				// the semaphores of the set
	PRINTERS,		// how many printers are free
	SHEETS,			// how many sheets are in the tray
	NSEMS			// the size of the set: two
};
enum { NEEDS = 6 };		// sheets that the job needs
enum { IN_TRAY = 4 };		// sheets that are there
enum { PACK = 5 };		// sheets that the office puts in

static int set;

static void remove_set(void)
{
	semctl(set, 0, IPC_RMID);	// the whole set: the 0 is not used
}

static void make_set(void)
{
	hold_signals();
	// No key is needed: our child inherits the id.
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

static void set_values(unsigned short printers, unsigned short sheets)
{
	unsigned short values[NSEMS];
	union semun arg = { .array = values };

	values[PRINTERS] = printers;
	values[SHEETS] = sheets;
	// All semaphores are set, so the 0 is not used.
	if (semctl(set, 0, SETALL, arg) == -1)
		die("semctl SETALL");
}

/* Say WHAT, and how many printers are free. */
static void show(const char *what)
{
	int value = semctl(set, PRINTERS, GETVAL);

	if (value == -1)
		die("semctl GETVAL");
	say("%s; free printers: %d", what, value);
}

/* Call semop() with COUNT operations. It waits until all of them are possible,
 * and then does them in one step. */
static void operate(struct sembuf *operations, size_t count)
{
	while (semop(set, operations, count) == -1) {
		if (errno != EINTR)
			die("semop");
	}
}

/* WRONG: two calls. So the job has the printer while it waits for paper. */
static void one_by_one(void)
{
	struct sembuf printer = { .sem_num = PRINTERS, .sem_op = -1 };
	struct sembuf paper = { .sem_num = SHEETS, .sem_op = -NEEDS };

	operate(&printer, 1);
	operate(&paper, 1);
	say("wrong: the job has the printer and %d sheets", NEEDS);
}

static void both_at_once(void)
{
	struct sembuf printer_and_paper[] = {
		{ .sem_num = PRINTERS, .sem_op = -1 },
		{ .sem_num = SHEETS, .sem_op = -NEEDS },
	};

	operate(printer_and_paper, 2);
	say("right: the job has the printer and %d sheets", NEEDS);
}

static pid_t start_job(void (*way)(void))
{
	pid_t parent = getpid();
	pid_t job = fork();

	if (job == -1)
		die("fork");
	if (job == 0) {
		// If the parent is killed, nobody is left to bring paper.
		if (!end_with_parent(parent))
			die("end_with_parent");
		way();
		exit(EXIT_SUCCESS);
	}
	if (!wait_until_asleep(job))
		quit("the job has ended, but it should wait");
	return job;
}

/* Wait until JOB has ended. Return its status. */
static int wait_for(pid_t job)
{
	int status;

	if (waitpid(job, &status, 0) == -1)
		die("waitpid");
	return status;
}

/* We are the office. Take the printer if it is free, and return 1. If it is not
 * free, do not wait, and return 0. */
static int open_tray(void)
{
	struct sembuf printer = {
		.sem_num = PRINTERS,
		.sem_op = -1,
		.sem_flg = IPC_NOWAIT,
	};

	if (semop(set, &printer, 1) == 0)
		return 1;
	if (errno != EAGAIN)
		die("semop, open the tray");
	return 0;
}

static void put_paper_in(void)
{
	struct sembuf close_tray[] = {
		{ .sem_num = SHEETS, .sem_op = PACK },
		{ .sem_num = PRINTERS, .sem_op = 1 },
	};

	operate(close_tray, 2);
}

int main(void)
{
	pid_t job;

	make_set();

	// 1. The job takes the printer, and then asks for paper.
	set_values(1, IN_TRAY);
	job = start_job(one_by_one);
	show("wrong: a job waits for paper");
	if (open_tray())
		quit("the printer is free, but the job should have it");
	say("wrong: the office cannot open the tray: both would wait for ever");
	if (kill(job, SIGKILL) == -1)
		die("kill");
	wait_for(job);		// we know its status: we have killed it

	// 2. The job asks for both in one call.
	set_values(1, IN_TRAY);
	job = start_job(both_at_once);
	show("right: a job waits for paper");
	if (!open_tray())
		quit("the printer is not free");
	say("right: the office opens the tray, and puts %d sheets in", PACK);
	put_paper_in();
	if (wait_for(job) != 0)
		quit("the job has failed");
	return EXIT_SUCCESS;
}
