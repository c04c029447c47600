/*
 * eof - an eventfd has no end-of-file: it does not tell that a writer has died
 *
 *   ringer, a child --(is killed before it rings)--> [ bell ] --> reader
 *
 * The reader is another child. We close our own descriptors, so the reader is
 * the last one that has the bell.
 *
 * Watch: the second reader waits for a pipe as well. Nobody writes into that
 * pipe. The ringer only keeps its end to write open.
 *
 * Try: in start_reader(), leave out the close() of line[1]. Does the second
 * reader still notice that the ringer has gone? End it with Ctrl-C.
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum habit { READS_THE_BELL, WATCHES_A_PIPE_TOO };	// of a reader

static int bell;		// the eventfd
static int line[2];		// the pipe: [0] to read, [1] to write

static void read_the_bell(void)
{
	uint64_t rings;
	ssize_t size;

	do {
		size = read(bell, &rings, sizeof rings);
	} while (size == -1 && errno == EINTR);
	if (size == -1)
		die("read");
	quit("the bell has rung, but nobody should ring");
}

static void wait_for_both(void)
{
	struct pollfd both[] = {
		{ .fd = bell, .events = POLLIN },
		{ .fd = line[0], .events = POLLIN },
	};

	// 2: how many there are. -1: no time limit.
	while (poll(both, 2, -1) == -1) {
		if (errno != EINTR)
			die("poll");
	}
	if (both[0].revents & POLLIN)
		quit("the bell has rung, but nobody should ring");
	// POLLHUP: no process can write into the pipe any more. poll() tells of
	// that also if nobody has asked for it.
	if (both[1].revents & POLLHUP)
		say("right: the ringer was killed, and the pipe tells me");
}

static pid_t start_ringer(void)
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child == -1)
		die("fork");
	if (child == 0) {
		if (!end_with_parent(parent))
			die("end_with_parent");
		for (;;)
			pause();	// a real ringer would ring later
	}
	return child;
}

static pid_t start_reader(enum habit habit)
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child == -1)
		die("fork");
	if (child == 0) {
		if (!end_with_parent(parent))
			die("end_with_parent");
		// If the reader kept the end to write, there would always be a
		// process that can write: the reader itself.
		if (close(line[1]) == -1)
			die("close");
		if (habit == READS_THE_BELL)
			read_the_bell();
		else
			wait_for_both();
		exit(EXIT_SUCCESS);
	}
	return child;
}

static void close_ours(void)
{
	if (close(bell) == -1)
		die("close");
	if (close(line[0]) == -1)
		die("close");
	if (close(line[1]) == -1)
		die("close");
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

static void kill_child(pid_t child)
{
	int status;

	if (kill(child, SIGKILL) == -1)
		die("kill");
	status = wait_for(child);
	if (!WIFSIGNALED(status))
		quit("a child has ended before it was killed");
}

/* Start a ringer and a reader, and kill the ringer before it has rung. Return
 * the process id of the reader. */
static pid_t lose_the_ringer(enum habit habit)
{
	pid_t ringer;
	pid_t reader;

	bell = eventfd(0, EFD_CLOEXEC);
	if (bell == -1)
		die("eventfd");
	if (pipe2(line, O_CLOEXEC) == -1)
		die("pipe2");
	ringer = start_ringer();
	reader = start_reader(habit);
	close_ours();
	if (!wait_until_asleep(reader))
		quit("the reader has ended, but it should wait");
	kill_child(ringer);
	return reader;
}

int main(void)
{
	pid_t reader;
	int status;

	reader = lose_the_ringer(READS_THE_BELL);
	// Nobody can ring any more, and the reader still waits.
	if (!wait_until_asleep(reader))
		quit("the reader has ended, but it should wait");
	say("wrong: the ringer was killed, and read() would wait for ever");
	kill_child(reader);

	reader = lose_the_ringer(WATCHES_A_PIPE_TOO);
	status = wait_for(reader);
	if (status != 0)
		quit("the reader has failed");
	return EXIT_SUCCESS;
}
