// EXPECT: some - it leaves a process in a session of its own, and objects
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	msgget(0x1234, IPC_CREAT | 0666);
	shm_open("/stays", O_CREAT | O_RDWR, 0666);
	if (daemon(1, 1) == 0 && argc > 5)
		puts(argv[0]);
	pause();
	return 0;
}
