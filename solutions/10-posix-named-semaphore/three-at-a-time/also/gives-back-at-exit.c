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

/* Whoever still has the old one open keeps it, and does not disturb: under
 * the same name there is another semaphore now. */
static int open_pool(const char *name, unsigned places)
{
	if (sem_unlink(name) == -1 && errno != ENOENT)
		die("sem_unlink");
	// O_EXCL: without it we might get one that somebody has just made,
	// with a value that is not ours.
	if (sem_open(name, O_CREAT | O_EXCL, 0600, places) == SEM_FAILED)
		die("sem_open");
	return EXIT_SUCCESS;
}

static sem_t *pool;

static void give_back(void)
{
	if (sem_post(pool) == -1) {
		fprintf(stderr, "pool: sem_post: %s\n", errno_name(errno));
		_exit(EXIT_FAILURE);
	}
}

/* Whatever becomes of the work, the place is given back. */
static int do_job(const char *name)
{
	pool = sem_open(name, 0);
	if (pool == SEM_FAILED)
		die("sem_open");
	if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		die("signal");
	if (sem_wait(pool) == -1)
		die("sem_wait");
	atexit(give_back);
	if (work() == -1)
		die("work");
	return EXIT_SUCCESS;
}

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
