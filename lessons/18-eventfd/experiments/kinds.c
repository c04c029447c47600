/*
 * kinds - one read() of a counter gives the whole number, of a semaphore 1
 *
 *   write(1), write(1), write(1) --> [ 3 ] --read()--> 3          a counter
 *                                          --read()--> 1, 1, 1    a semaphore
 *
 * Then two children wait in read(), and we write 2.
 *
 * Watch: the two kinds differ only in read(). In both of them write() adds.
 *
 * Try: in main(), write 1 instead of 2 in both calls of share(). How many of
 * the two children wait then?
 */
#define _GNU_SOURCE			// for lesson.h
#include <sys/eventfd.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

/* Make an eventfd. FLAGS: EFD_SEMAPHORE, or 0 for a counter. EFD_NONBLOCK
 * may be added. */
static int make_bell(int flags)
{
	// 0: the number of this eventfd at first. EFD_CLOEXEC: no other program
	// is to have it.
	int bell = eventfd(0, flags | EFD_CLOEXEC);

	if (bell == -1)
		die("eventfd");
	return bell;
}

static void add(int bell, uint64_t amount)
{
	if (write(bell, &amount, sizeof amount) == -1)
		die("write");
}

/* Ring 3 times, and read until the number is 0. KIND is the first word of each
 * line. */
static void ring_and_read(int flag, const char *kind)
{
	int bell = make_bell(flag | EFD_NONBLOCK);
	uint64_t number;

	for (int i = 0; i < 3; i++)
		add(bell, 1);
	while (read(bell, &number, sizeof number) != -1)
		say("%s, 3 rings: read() gives %d", kind, (int)number);
	// EAGAIN: the number is 0, and with EFD_NONBLOCK read() does not wait.
	say("%s, 3 rings: read() fails, %s", kind, errno_name(errno));
	if (close(bell) == -1)
		die("close");
}

/* In a child: wait until the number is not 0, and take it, or 1 of it. */
static void take(int bell, const char *kind)
{
	uint64_t number;
	ssize_t size;

	do {
		size = read(bell, &number, sizeof number);
	} while (size == -1 && errno == EINTR);
	if (size == -1)
		die("read");
	say("%s, 2 wait: one has got %d", kind, (int)number);
}

static pid_t start_taker(int bell, const char *kind)
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child == -1)
		die("fork");
	if (child == 0) {
		// If our parent is killed, nobody writes any more.
		if (!end_with_parent(parent))
			die("end_with_parent");
		take(bell, kind);
		exit(EXIT_SUCCESS);
	}
	if (!wait_until_asleep(child))
		quit("a child has ended, but it should wait");
	return child;
}

/* Wait until CHILD has ended. Return how, as waitpid() stores it. */
static int wait_for(pid_t child)
{
	int status;

	while (waitpid(child, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	return status;
}

/* Two children wait. Write AMOUNT, and see how much each child gets. */
static void share(int flag, const char *kind, uint64_t amount)
{
	int bell = make_bell(flag);
	pid_t first = start_taker(bell, kind);
	pid_t second = start_taker(bell, kind);
	pid_t ended;		// the child that ends first
	pid_t other;		// the other child
	int status;

	add(bell, amount);
	do {
		ended = wait(&status);
	} while (ended == -1 && errno == EINTR);
	if (ended == -1)
		die("wait");
	if (status != 0)
		quit("a child has failed");
	if (ended == first)
		other = second;
	else
		other = first;

	// The kernel may have woken both children. If the other one finds 0, it
	// sleeps again.
	if (wait_until_asleep(other)) {
		say("%s, 2 wait: the other one still waits", kind);
		if (kill(other, SIGKILL) == -1)
			die("kill");
		status = wait_for(other);
		if (!WIFSIGNALED(status))
			quit("the other child has ended, but it should wait");
	} else {
		status = wait_for(other);
		if (status != 0)
			quit("a child has failed");
	}
	if (close(bell) == -1)
		die("close");
}

int main(void)
{
	ring_and_read(0, "counter");
	ring_and_read(EFD_SEMAPHORE, "semaphore");
	share(0, "counter", 2);
	share(EFD_SEMAPHORE, "semaphore", 2);
	return EXIT_SUCCESS;
}
