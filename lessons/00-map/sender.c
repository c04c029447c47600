/*
 * sender - says "abc" and "def" through one facility of each kind
 *
 *          --write()--> [ pipe: a stream of bytes ] --read()--->
 *          --send()---> [ socket: messages        ] --recv()--->
 *   sender --store----> [ memory: both see it     ] --load----->  receiver
 *          --unlock---> [ file lock: no data      ] --lock----->
 *          --kill()---> [ signal: no data either  ] --sigwait()->
 *
 * Starts ./receiver. Watch what is left of two words on each way.
 */
#define _GNU_SOURCE			// memfd_create()
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "../../common/experiment.h"

static int bytes[2], messages[2], memory;	// open across fork and exec

static void run_receiver(void)
{
	char fd1[12], fd2[12], fd3[12];

	// Only the sender holds its ends: should it die, the pipe tells.
	if (close(bytes[1]) == -1 || close(messages[0]) == -1)
		die("close");
	snprintf(fd1, sizeof fd1, "%d", bytes[0]);
	snprintf(fd2, sizeof fd2, "%d", messages[1]);
	snprintf(fd3, sizeof fd3, "%d", memory);
	execl("./receiver", "receiver", fd1, fd2, fd3, NULL);
	die("start ./receiver");
}

// The pipe comes last: who finds both words there knows that all is said.
static void say_all(pid_t receiver, char *shared)
{
	memcpy(shared, "abcdef", 6);		// a store: no system call
	if (kill(receiver, SIGUSR1) == -1 || kill(receiver, SIGUSR1) == -1 ||
	    send(messages[0], "abc", 3, 0) == -1 ||
	    send(messages[0], "def", 3, 0) == -1 ||
	    write(bytes[1], "abc", 3) == -1 || write(bytes[1], "def", 3) == -1)
		die("kill, send or write");
}

int main(void)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int receiver, status;
	char *shared;
	sigset_t usr1;

	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);	// blocked in both: it waits, too
	if (sigprocmask(SIG_BLOCK, &usr1, NULL) == -1 || pipe(bytes) == -1 ||
	    socketpair(AF_UNIX, SOCK_DGRAM, 0, messages) == -1 ||
	    (memory = memfd_create("words", 0)) == -1 ||
	    ftruncate(memory, 6) == -1)
		die("make one of each kind");
	shared = mmap(NULL, 6, PROT_WRITE, MAP_SHARED, memory, 0);
	if (shared == MAP_FAILED || fcntl(memory, F_SETLK, &lock) == -1)
		die("mmap or lock");
	if ((receiver = fork()) == 0)
		run_receiver();
	if (receiver == -1)
		die("fork");
	say_all(receiver, shared);
	if (wait_until_asleep(receiver))
		say("all is sent; the receiver sleeps until I unlock");
	lock.l_type = F_UNLCK;
	if (fcntl(memory, F_SETLK, &lock) == -1 || wait(&status) == -1)
		die("unlock or wait");
	return status == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
