/*
 * letters - prints each letter that is put into a box, when it comes
 *
 *   anybody --mq_send()--> [ /box ] --SIGUSR1--> letters --> stdout
 *
 *   ./letters /box	the queue exists, others have made it. Prints a line
 *			for each message; ends at an empty one
 */
#include <fcntl.h>
#include <mqueue.h>
#include <semaphore.h>

#include "../../../common/lesson.h"

static sem_t bell;

static void ring(union sigval v)
{
	(void)v;
	if (sem_post(&bell) == -1)
		die("sem_post");
}

static char *letter;
static size_t size;

static mqd_t open_box(const char *name)
{
	mqd_t box = mq_open(name, O_RDONLY | O_NONBLOCK);
	struct mq_attr attr;

	if (box == (mqd_t)-1 || mq_getattr(box, &attr) == -1)
		die("mq_open");
	size = (size_t)attr.mq_msgsize;
	letter = malloc(size);
	if (!letter)
		die("malloc");
	return box;
}

/* One signal, when a message comes into the empty box. Only one. */
static void be_told_of_next(mqd_t box)
{
	struct sigevent how = { .sigev_notify = SIGEV_THREAD,
				.sigev_notify_function = ring };

	if (mq_notify(box, &how) == -1)
		die("mq_notify");
}

static void sleep_until_told(const sigset_t *set)
{
	(void)set;
	while (sem_wait(&bell) == -1)
		if (errno != EINTR)
			die("sem_wait");
}

/* Print what lies in the box. Returns 0 at the empty letter, else 1. */
static int empty(mqd_t box)
{
	ssize_t n;

	while ((n = mq_receive(box, letter, size, NULL)) > 0)
		if (printf("%.*s\n", (int)n, letter) < 0 ||
		    fflush(stdout) == EOF)
			die("printf");
	if (n == -1 && errno != EAGAIN)
		die("mq_receive");
	return n != 0;
}

int main(int argc, char **argv)
{
	sigset_t set;
	mqd_t box;

	if (argc != 2)
		quit("usage: ./letters /BOX");
	sigemptyset(&set);
	if (sem_init(&bell, 0, 0) == -1)
		die("sem_init");
	box = open_box(argv[1]);

	// First be told of the next, then look: so nothing falls between.
	be_told_of_next(box);
	while (empty(box)) {
		sleep_until_told(&set);
		be_told_of_next(box);
	}
	return EXIT_SUCCESS;
}
