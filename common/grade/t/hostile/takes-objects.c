/* EXPECT: some - it makes IPC objects of each kind until there is no room for
 * one more, and leaves them */
#define _GNU_SOURCE
#include <fcntl.h>
#include <mqueue.h>
#include <semaphore.h>
#include <stdio.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>

int main(void)
{
	char name[32];

	for (int i = 0; i < 500; i++) {
		msgget(IPC_PRIVATE, 0600);
		semget(IPC_PRIVATE, 250, 0600);
		shmget(IPC_PRIVATE, 4096, 0600);
		snprintf(name, sizeof name, "/takes-%d", i);
		mq_open(name, O_CREAT | O_RDWR, 0600, NULL);
		sem_open(name, O_CREAT, 0600, 0);
		mkfifo(name + 1, 0600);
	}
	return 0;
}
