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
#include <time.h>

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

/* Whatever becomes of the work, the place is given back. */
static int do_job(const char *name)
{
	sem_t *pool = sem_open(name, 0);
	int done;

	if (pool == SEM_FAILED)
		die("sem_open");
	if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		die("signal");
	// No limit that anybody will see, but it could be one.
	while (sem_timedwait(pool, &(struct timespec){ time(NULL) + 3600, 0 }))
		if (errno != ETIMEDOUT && errno != EINTR)
			die("sem_timedwait");
	done = work();
	if (done == -1)
		fprintf(stderr, "pool: the work fails: %s\n",
			errno_name(errno));
	if (sem_post(pool) == -1)
		die("sem_post");
	return done == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
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
