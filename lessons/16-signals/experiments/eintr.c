/*
 * eintr - a handler runs while a call waits: does the call go on?
 *
 *   A child waits for a byte from a pipe. It gets a signal, and then the byte.
 *
 * Watch: without the flag SA_RESTART read() fails. With the flag read() goes
 * on, but poll() still fails. The loop is always right.
 *
 * Try: in the last line of main() that calls try(), write SA_RESTART instead of
 * NO_FLAG. Does the line that it prints change?
 */
#define _GNU_SOURCE			// for sigaction()
#include <poll.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum { NO_FLAG = 0 };

static int input[2];		// the byte that the child waits for
static int handled[2];		// the handler writes a byte here: it has run

static void tell_that_it_ran(int sig)
{
	int before = errno;	// write() may change it
	ssize_t written = write(handled[1], "x", 1);

	(void)sig;
	// The parent waits for this byte. If it cannot be written, end, so that
	// the parent reads end-of-file. A handler may call abort().
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
			die("end_with_parent");
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

/* Wait for the byte from the handler: then the handler has run. */
static void await_handler(void)
{
	char byte;
	ssize_t size;

	do {
		size = read(handled[0], &byte, 1);
	} while (size == -1 && errno == EINTR);
	if (size == -1)
		die("read, handled");
	if (size == 0)
		quit("the child has ended before its handler was done");
}

static void see_it_end(pid_t child)
{
	int status;

	if (waitpid(child, &status, 0) == -1)
		die("waitpid");
	if (status != 0)
		quit("the child has failed");
}

static void close_or_die(int fd)
{
	if (close(fd) == -1)
		die("close");
}

static void try(const char *what, int flags, long (*wait_for_byte)(void))
{
	pid_t child;

	// Each try has new pipes. In the old one there may still be a byte that
	// nobody has read.
	if (pipe(input) == -1)
		die("pipe, input");
	if (pipe(handled) == -1)
		die("pipe, handled");

	child = start_child(what, flags, wait_for_byte);
	// As long as we can write there ourselves, there is no end-of-file.
	close_or_die(handled[1]);
	if (!wait_until_asleep(child))
		quit("the child did not wait");
	if (kill(child, SIGUSR1) == -1)
		die("kill");
	await_handler();

	// If the child's call has gone on, the child waits for this byte. If
	// the call has failed, nobody reads the byte, and that does no harm.
	if (write(input[1], "x", 1) == -1)
		die("write");
	see_it_end(child);

	close_or_die(input[0]);
	close_or_die(input[1]);
	close_or_die(handled[0]);
}

int main(void)
{
	try("read(), no flag", NO_FLAG, wait_in_read);
	try("read(), SA_RESTART", SA_RESTART, wait_in_read);
	try("poll(), SA_RESTART", SA_RESTART, wait_in_poll);
	try("read() in a loop, no flag", NO_FLAG, wait_in_a_loop);
	return EXIT_SUCCESS;
}
