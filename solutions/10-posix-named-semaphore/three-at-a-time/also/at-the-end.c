/*
 * pool - lets at most N jobs work at the same time
 *
 *   ./pool NAME job --sem_wait()--> [ N places free ] <--sem_wait()-- ...
 *
 *   ./pool /p open 3	a new pool; what a killed run left is replaced
 *   ./pool /p job	takes a place, copies stdin to stdout, gives it back
 *   ./pool /p close	takes the name away
 *
 * The pool is a POSIX named semaphore. The jobs have only its name.
 */
#include <fcntl.h>
#include <semaphore.h>

#include "../../../common/lesson.h"

/* The work of a job: 0, or -1 if its output cannot be written. */
static int work(void)
{
	char buf[4096];
	ssize_t n;

	while ((n = read(STDIN_FILENO, buf, sizeof buf)) > 0)
		if (write(STDOUT_FILENO, buf, (size_t)n) != n)
			return -1;
	return (int)n;
}

/* TODO: make a new semaphore of that name, with as many units as places. */
static int open_pool(const char *name, unsigned places)
{
	sem_t *s;

	if (sem_unlink(name) == -1 && errno != ENOENT)
		die("sem_unlink");
	s = sem_open(name, O_CREAT | O_EXCL, 0600, places);
	if (s == SEM_FAILED)
		die("sem_open");
	if (sem_close(s) == -1)
		die("sem_close");
	return EXIT_SUCCESS;
}

static sem_t *pool;
static volatile sig_atomic_t mine;
static void give_back(void)
{
	if (mine)
		sem_post(pool);
	mine = 0;
}

/* TODO: take a unit, work, give it back, whatever becomes of the work. */
static int do_job(const char *name)
{
	sem_t *s = sem_open(name, 0);

	if (s == SEM_FAILED)
		die("sem_open");
	pool = s;
	remove_at_end(give_back);
	while (sem_wait(s) == -1)
		if (errno != EINTR)
			die("sem_wait");
	mine = 1;
	if (work() == -1)
		die("work");
	return EXIT_SUCCESS;
}

/* TODO: take the name away. */
static int close_pool(const char *name)
{
	if (sem_unlink(name) == -1)
		die("sem_unlink");
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[2], "open") == 0)
		return open_pool(argv[1], (unsigned)atoi(argv[3]));
	if (argc == 3 && strcmp(argv[2], "job") == 0)
		return do_job(argv[1]);
	if (argc == 3 && strcmp(argv[2], "close") == 0)
		return close_pool(argv[1]);
	quit("usage: ./pool NAME open N | ./pool NAME job | ./pool NAME close");
}
