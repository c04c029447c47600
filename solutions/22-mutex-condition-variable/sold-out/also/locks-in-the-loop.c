/*
 * tickets - several clerks sell the tickets of one concert
 *
 *   clerk 1 --lock--> [ mutex | left ] <--lock-- clerk 2, 3, ...
 *
 *   ./tickets CLERKS TICKETS	prints: 10 sold, 0 left
 */
#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "../../../common/lesson.h"

enum { MOST = 20 };		/* clerks */

struct shop {			/* all processes have it mapped */
	pthread_mutex_t mutex;
	int left;		/* tickets; the mutex guards this number */
	int sold[MOST];		/* each clerk's own; nobody else writes it */
};

/* The calls of threads return the error. */
static void must_be_0(int err, const char *call)
{
	if (err)
		quit("%s: %s", call, errno_name(err));
}

static struct shop *open_shop(int tickets)
{
	pthread_mutexattr_t attr;
	int err;
	struct shop *s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (s == MAP_FAILED)
		die("mmap");
	err = pthread_mutexattr_init(&attr);
	must_be_0(err, "mutexattr_init");
	err = pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	must_be_0(err, "setpshared");
	err = pthread_mutex_init(&s->mutex, &attr);
	must_be_0(err, "mutex_init");
	s->left = tickets;
	return s;
}

static void lock(struct shop *s)
{
	int err = pthread_mutex_lock(&s->mutex);

	must_be_0(err, "mutex_lock");
}

static void unlock(struct shop *s)
{
	int err = pthread_mutex_unlock(&s->mutex);

	must_be_0(err, "mutex_unlock");
}

/* Sell one ticket: 1, or 0 if none is left. The caller has the mutex. */
static int sell(struct shop *s)
{
	if (s->left == 0)
		return 0;
	s->left--;
	return 1;
}

/* A clerk: a process that sells until nothing is left. */
static void start_clerk(struct shop *s, int number)
{
	const pid_t parent = getpid();
	pid_t pid = fork();

	if (pid == -1)
		die("fork");
	if (pid > 0)
		return;
	if (!end_with_parent(parent))
		die("prctl");
	for (int is_sold = 1; is_sold; s->sold[number] += is_sold) {
		lock(s);
		is_sold = sell(s);
		unlock(s);
	}
	_exit(EXIT_SUCCESS);
}

int main(int argc, char **argv)
{
	struct shop *s;
	int clerks;
	int tickets;
	int status;
	int sold = 0;

	if (argc != 3)
		quit("usage: ./tickets CLERKS TICKETS");
	clerks = atoi(argv[1]);
	tickets = atoi(argv[2]);
	if (clerks < 1 || clerks > MOST || tickets < 0)
		quit("usage: ./tickets CLERKS TICKETS, from 1 to %d clerks",
		     MOST);
	s = open_shop(tickets);
	for (int i = 0; i < clerks; i++)
		start_clerk(s, i);
	for (int i = 0; i < clerks; i++) {
		if (wait(&status) == -1)
			die("wait");
		if (status != 0)
			quit("a clerk has failed");
	}
	for (int i = 0; i < clerks; i++)
		sold += s->sold[i];
	printf("%d sold, %d left\n", sold, s->left);
	return EXIT_SUCCESS;
}
