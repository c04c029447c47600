/*
 * eintr - a handler runs while a call waits: does the call go on?
 *
 *   A child waits for a byte in a pipe. A signal comes, and then the byte.
 *
 * Watch: without SA_RESTART the call fails. With it read() goes on, but poll()
 * fails all the same. The loop is always right.
 *
 * Try: in main(), give the loop SA_RESTART instead of NO_FLAG. Does its line
 * change?
 */
#define _GNU_SOURCE			// for sigaction() and pipe2()
#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum { NO_FLAG = 0 };

static int input[2];		// the byte that the child waits for
static int handled[2];		// the handler writes here that it has run

static void tell_that_it_ran(int sig)
{
	int before = errno;	// write() may change it
	ssize_t written = write(handled[1], "x", 1);

	(void)sig;
	// The parent would wait for this byte. abort() may stand in a handler.
	if (written != 1)
		abort();
	errno = before;
}

static void catch_sigusr1(int flags)
{
	struct sigaction act = { .sa_handler = tell_that_it_ran };

	act.sa_flags = flags;
	sigemptyset(&act.sa_mask);
	if (sigaction(SIGUSR1, &act, NULL) == -1)
		die("sigaction");
}

static long wait_in_read(void)
{
	char byte;

	return read(input[0], &byte, 1);
}

static long wait_in_poll(void)
{
	struct pollfd wanted = { .fd = input[0], .events = POLLIN };

	return poll(&wanted, 1, -1);
}

static long wait_in_a_loop(void)
{
	char byte;
	ssize_t size;

	do {
		size = read(input[0], &byte, 1);
	} while (size == -1 && errno == EINTR);
	return size;
}

static pid_t start_child(const char *what, int flags,
			 long (*wait_for_byte)(void))
{
	pid_t parent = getpid();
	pid_t child = fork();
	long returned;

	if (child == -1)
		die("fork");
	if (child == 0) {
		// If the parent is killed, the byte never comes.
		if (!end_with_parent(parent))
			exit(EXIT_FAILURE);
		catch_sigusr1(flags);
		returned = wait_for_byte();
		if (returned == -1)
			say("%s: returned -1, %s", what, errno_name(errno));
		else
			say("%s: went on, then returned %ld", what, returned);
		exit(EXIT_SUCCESS);
	}
	return child;
}

static void await_handler(void)
{
	char byte;
	ssize_t size;

	do {
		size = read(handled[0], &byte, 1);
	} while (size == -1 && errno == EINTR);
	if (size != 1)
		quit("no handler has run");
}

static void see_it_end(pid_t child)
{
	int status;

	if (waitpid(child, &status, 0) == -1)
		die("waitpid");
	if (status != 0)
		quit("the child has failed: status 0x%x", (unsigned)status);
}

static void try(const char *what, int flags, long (*wait_for_byte)(void))
{
	pid_t child;

	// New pipes each time: the byte of the time before may still be there.
	if (pipe2(input, O_CLOEXEC) == -1)
		die("pipe2, input");
	if (pipe2(handled, O_CLOEXEC) == -1)
		die("pipe2, handled");

	child = start_child(what, flags, wait_for_byte);
	if (!wait_until_asleep(child))
		quit("the child did not wait");
	if (kill(child, SIGUSR1) == -1)
		die("kill");
	await_handler();

	// If it has gone to sleep again, only the byte ends its wait. If it has
	// not, nobody reads the byte, and it does no harm.
	if (write(input[1], "x", 1) != 1)
		die("write");
	see_it_end(child);

	close(input[0]);
	close(input[1]);
	close(handled[0]);
	close(handled[1]);
}

int main(void)
{
	try("read(), no flag", NO_FLAG, wait_in_read);
	try("read(), SA_RESTART", SA_RESTART, wait_in_read);
	try("poll(), SA_RESTART", SA_RESTART, wait_in_poll);
	try("read() in a loop, no flag", NO_FLAG, wait_in_a_loop);
	return EXIT_SUCCESS;
}
