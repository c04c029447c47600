/*
 * receiver - takes what ./sender has said on each way, and counts
 *
 *   data transfer    read(), recv()   what one takes, no other gets
 *   shared memory    a load           takes nothing away
 *   synchronization  lock             only when, no data
 *   signal           sigtimedwait()   which, and not how often
 *
 * Its partner, ./sender, starts it and hands it three descriptors. Watch:
 * only the lock and nothing else made it wait, for all was there by then.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "../../common/lesson.h"

// The sender locked it before we were born. If it dies, the kernel unlocks.
static void wait_for_lock(int memory)
{
	struct flock lock = { .l_type = F_RDLCK, .l_whence = SEEK_SET };

	if (fcntl(memory, F_SETLKW, &lock) == -1)
		die("lock");
}

// The same two words: here they have run together, there they have not.
static void take_data(int bytes, int messages)
{
	char buf[16];
	ssize_t n = read(bytes, buf, sizeof buf), first, second;

	if (n != 6)				// it unlocked by dying
		quit("the sender has gone: start ./sender again");
	if ((first = recv(messages, buf, sizeof buf, 0)) == -1 ||
	    (second = recv(messages, buf, sizeof buf, 0)) == -1)
		die("recv");
	say("byte stream: one read gave %zd bytes", n);
	say("message: one recv gave %zd bytes, the next %zd", first, second);
}

// No call takes anything here, and no call would have made us wait either.
static void look_at(int memory)
{
	const char *shared = mmap(NULL, 6, PROT_READ, MAP_SHARED, memory, 0);

	if (shared == MAP_FAILED)
		die("mmap");
	say("shared memory: %.6s, and once more %.6s", shared, shared);
}

static void count_signals(void)
{
	struct timespec at_once = { 0, 0 };
	sigset_t usr1;
	int n = 0;

	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);	// blocked: inherited from ./sender
	while (sigtimedwait(&usr1, NULL, &at_once) == SIGUSR1)
		n++;
	say("signal: of 2 that were sent, %d came", n);
}

int main(int argc, char **argv)
{
	if (argc != 4)
		quit("start ./sender: it makes the facilities, then starts me");
	wait_for_lock(atoi(argv[3]));
	say("synchronization: unlocked, so go on; no data came with it");
	take_data(atoi(argv[1]), atoi(argv[2]));
	look_at(atoi(argv[3]));
	count_signals();
	return EXIT_SUCCESS;
}
