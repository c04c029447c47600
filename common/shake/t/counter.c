/*
 * counter - two children add 20 each to a number that they share
 *
 *	counter lock|race	prints the number
 */
#define _GNU_SOURCE
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static struct { sem_t lock; int n; } *shared;

static void add(int with_lock)
{
	for (int i = 0; i < 20; i++) {
		if (with_lock && sem_wait(&shared->lock) == -1)
			_exit(1);
		shared->n++;
		if (with_lock && sem_post(&shared->lock) == -1)
			_exit(1);
	}
	_exit(0);
}

int main(int argc, char **argv)
{
	int with_lock = argc > 1 && strcmp(argv[1], "lock") == 0;

	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED || sem_init(&shared->lock, 1, 1) == -1)
		return 1;
	for (int i = 0; i < 2; i++)
		if (fork() == 0)
			add(with_lock);
	for (int i = 0; i < 2; i++)
		if (wait(NULL) == -1)
			return 1;
	printf("%d\n", shared->n);
	return 0;
}
