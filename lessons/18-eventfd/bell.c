/*
 * bell - guests ring for a porter, who brings them trolleys
 *
 *   guests --write(1)--> [ eventfd: a counter    ] --read()--> porter
 *   bell  <---read()---- [ eventfd: a semaphore  ] <-write(3)- porter
 *
 * One descriptor, not a pipe's two; fork() and exec() hand it on. Starts
 * ./porter, or ./bell PROGRAM ARG... Watch: one read takes all, or one.
 */
#define _GNU_SOURCE		// pipe2()
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/wait.h>

#include "../../common/lesson.h"

static void guest_rings(int bell)
{
	uint64_t once = 1;	// always 8 bytes: an int would be EINVAL
	pid_t guest = fork();

	if (guest == 0)
		_exit(write(bell, &once, sizeof once) == -1);
	if (guest == -1 || wait(NULL) == -1)
		die("fork or wait");
}

static pid_t start_porter(int bell, int trolleys, int line, char **other)
{
	char b[12], t[12], *porter[] = { "./porter", b, t, NULL };
	pid_t pid = fork();

	snprintf(b, sizeof b, "%d", bell);	// the same in the child
	snprintf(t, sizeof t, "%d", trolleys);
	if (pid == 0 && dup2(line, STDIN_FILENO) != -1)
		execvp(*other ? *other : *porter, *other ? other : porter);
	if (pid <= 0 || close(line) == -1)
		die("start the porter");
	return pid;
}

// An eventfd has no end-of-file: if the porter died, a read() would wait
// for ever. A pipe does tell, by POLLERR, so wait for both.
static void take_trolleys(int trolleys, int line)
{
	struct pollfd p[] = {
		{ .fd = trolleys, .events = POLLIN },
		{ .fd = line, .events = 0 },
	};
	uint64_t n;

	if (poll(p, 2, -1) == -1)
		die("poll");
	if (p[0].revents == 0)		// then the pipe has spoken
		quit("the porter has gone: start ./bell again");
	while (read(trolleys, &n, sizeof n) != -1)	// n: always 1
		say("takes %d trolley", (int)n);
	say("no trolley is left: %s", errno_name(errno));
}

int main(int argc, char **argv)
{
	int bell, trolleys, line[2], status;
	pid_t porter;

	bell = eventfd(0, 0);
	if (bell == -1)
		die("eventfd");
	trolleys = eventfd(0, EFD_SEMAPHORE | EFD_NONBLOCK);
	if (trolleys == -1)
		die("eventfd");
	if (pipe2(line, O_CLOEXEC) == -1)
		die("pipe2");
	for (int i = 0; i < 3; i++)
		guest_rings(bell);
	say("3 guests rang and left: nobody listens yet");
	porter = start_porter(bell, trolleys, line[0], argv + (argc > 0));
	take_trolleys(trolleys, line[1]);
	if (kill(porter, SIGTERM) == -1 || wait(&status) == -1)
		die("kill or wait");
	return status == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
