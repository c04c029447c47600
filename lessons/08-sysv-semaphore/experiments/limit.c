/*
 * limit - semtimedop(): wait, but not for ever
 *
 *   A job, which is a child, asks for the printer and 6 sheets. The printer is
 *   free, and the tray is empty. The limit is another one each time.
 *
 * Watch: a job whose time is over holds nothing. And the limit is a length of
 * time: the call waits for so long, counted from its beginning.
 *
 * Try: in ask(), write NULL instead of limit. Which job does not end now? End
 * it with Ctrl-C.
 */
#define _GNU_SOURCE			// for semtimedop()
#include <sys/sem.h>
#include <sys/wait.h>
#include <time.h>

#include "../../../common/experiment.h"

enum {				// the semaphores of the set
	PRINTERS,		// how many printers are free
	SHEETS,			// how many sheets are in the tray
	NSEMS			// the size of the set: two
};
enum { NEEDS = 6 };			// sheets
enum { FIFTY_YEARS = 50 * 365 * 24 * 3600 };	// in seconds

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

static void add(unsigned short semaphore, short amount)
{
	struct sembuf operation = { .sem_num = semaphore, .sem_op = amount };

	if (semop(set, &operation, 1) == -1)
		die("semop, add");
}

/* Say WHAT, and how many printers are free. */
static void show(const char *what)
{
	int value = semctl(set, PRINTERS, GETVAL);

	if (value == -1)
		die("semctl GETVAL");
	say("%s; free printers: %d", what, value);
}

/* In the child: ask for both, and say what the call returns. WHAT is the
 * beginning of that line. */
static void ask(const char *what, struct timespec *limit)
{
	struct sembuf printer_and_paper[] = {
		{ .sem_num = PRINTERS, .sem_op = -1 },
		{ .sem_num = SHEETS, .sem_op = -NEEDS },
	};
	int result;

	// EINTR: Ctrl-Z and then fg have ended the wait. Ask again.
	do {
		result = semtimedop(set, printer_and_paper, 2, limit);
	} while (result == -1 && errno == EINTR);
	if (result == 0)
		say("%s: returned 0", what);
	else
		say("%s: returned -1, %s", what, errno_name(errno));
}

static pid_t start_job(const char *what, struct timespec *limit)
{
	pid_t parent = getpid();
	pid_t job = fork();

	if (job == -1)
		die("fork");
	if (job == 0) {
		// If the parent is killed, nobody is left to end the long wait
		// of this child.
		if (!end_with_parent(parent))
			die("end_with_parent");
		ask(what, limit);
		exit(EXIT_SUCCESS);
	}
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

static void see_it_end(pid_t job)
{
	if (wait_for(job) != 0)
		quit("the job has failed");
}

int main(void)
{
	// tv_nsec is in nanoseconds: 1000 * 1000 of them are a millisecond.
	struct timespec tenth_of_a_second = { .tv_nsec = 100 * 1000 * 1000 };
	struct timespec minute = { .tv_sec = 60 };
	struct timespec zero = { .tv_sec = 0 };
	struct timespec soon;		// a point in time, not a length
	pid_t job;

	make_set();
	add(PRINTERS, 1);

	// 1. The time passes, and no paper comes.
	job = start_job("right: a tenth of a second", &tenth_of_a_second);
	see_it_end(job);
	show("right: its time is over");

	// 2. The paper comes in time.
	job = start_job("right: a minute, and paper comes", &minute);
	if (!wait_until_asleep(job))
		quit("the job has ended, but it should wait");
	add(SHEETS, NEEDS);
	see_it_end(job);
	// This job has ended with the printer, without SEM_UNDO: give it back.
	add(PRINTERS, 1);

	// 3. A limit of zero: only look.
	job = start_job("right: no time at all", &zero);
	see_it_end(job);

	// 4. WRONG: the limit is "until two seconds from now". Other calls,
	// such as sem_timedwait(), want to know that.
	if (clock_gettime(CLOCK_REALTIME, &soon) == -1)
		die("clock_gettime");
	soon.tv_sec = soon.tv_sec + 2;
	job = start_job("wrong: a point in time", &soon);
	if (!wait_until_asleep(job))
		quit("the job has ended, but it should wait");
	// As a point in time, soon means: so many seconds after 1970 began. As
	// a length of time, this number is more than 50 years.
	if (soon.tv_sec < FIFTY_YEARS)
		quit("the clock of this computer is wrong");
	say("wrong: a point in time: it would wait for more than 50 years");
	if (kill(job, SIGKILL) == -1)
		die("kill");
	wait_for(job);		// we know its status: we have killed it
	return EXIT_SUCCESS;
}
