/*
 * stdio - fprintf() keeps text back in the process, and fork() copies it
 *
 *   fprintf() --> [ buffer of the process ] --fflush()--> [ pipe ] --> we
 *
 * stdio is the part of the C library that has printf() and FILE. On a terminal,
 * it sends each line at once. Into a pipe or a file, it collects some thousand
 * bytes first: that makes fewer calls of write(). What it has collected goes
 * out at fflush(), fclose() and exit().
 *
 * Watch: the wrong and the right program print in the same way. Only fflush()
 * makes the difference.
 *
 * Try: in print_and_fork(), write _exit() instead of exit(). How often does the
 * text arrive now, in the wrong program and in the right one?
 */
#define _GNU_SOURCE			// for lesson.h
#include <sys/ioctl.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum child_job { PRINTS_AND_WORKS, PRINTS_AND_FORKS };
enum flush_habit { FORGETS_FLUSH, FLUSHES };
static const char text[] = "hello\n";

static int wait_for(pid_t child)
{
	int status;

	while (waitpid(child, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	return status;
}

/* In the child: print the text into the pipe, by stdio. */
static void print(int fd, enum flush_habit habit)
{
	FILE *out = fdopen(fd, "w");	// a FILE that writes to fd

	if (!out)
		die("fdopen");
	if (fprintf(out, "%s", text) < 0)
		die("fprintf");
	if (habit == FLUSHES) {
		if (fflush(out) == EOF)
			die("fflush");
	}
}

/* In the child: print, and then work on until the parent kills the child. */
_Noreturn static void print_and_work(int fd, enum flush_habit habit)
{
	print(fd, habit);
	for (;;)
		pause();	// sleeps until a signal comes
}

/* In the child: print, and have a child. Both end with exit(). */
_Noreturn static void print_and_fork(int fd, enum flush_habit habit)
{
	pid_t child;

	print(fd, habit);
	child = fork();		// copies our memory, and the buffer is in it
	if (child == -1)
		die("fork");
	if (child > 0) {
		if (wait_for(child) != 0)
			quit("the child's child has failed");
	}
	exit(EXIT_SUCCESS);	// sends what is in the buffer
}

/* Start a child that does JOB, and that calls fflush() or does not. */
static pid_t start(int fd[2], enum child_job job, enum flush_habit habit)
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child == -1)
		die("fork");
	if (child == 0) {
		// If the parent is killed, the child has to end, too.
		if (!end_with_parent(parent))
			die("end_with_parent");
		if (close(fd[0]) == -1)
			die("close");
		// Neither of these two functions returns.
		if (job == PRINTS_AND_WORKS)
			print_and_work(fd[1], habit);
		else
			print_and_fork(fd[1], habit);
	}
	return child;
}

/* Return how many bytes are in the pipe while the child works on. */
static int bytes_while_it_works(enum flush_habit habit)
{
	int fd[2];
	int bytes;
	pid_t child;

	if (pipe(fd) == -1)
		die("pipe");
	child = start(fd, PRINTS_AND_WORKS, habit);
	if (!wait_until_asleep(child))
		quit("the child has ended, but it should work on");
	if (ioctl(fd[0], FIONREAD, &bytes) == -1)
		die("ioctl FIONREAD");

	if (kill(child, SIGKILL) == -1)
		die("kill");
	wait_for(child);	// we know its status: we have killed it
	if (close(fd[0]) == -1)
		die("close");
	if (close(fd[1]) == -1)
		die("close");
	return bytes;
}

/* Return how many times the text comes out of the pipe. */
static size_t texts_after_fork(enum flush_habit habit)
{
	char bytes[100];
	size_t len = 0;
	int fd[2];
	pid_t child;

	if (pipe(fd) == -1)
		die("pipe");
	child = start(fd, PRINTS_AND_FORKS, habit);
	if (close(fd[1]) == -1)
		die("close");

	// Read until end-of-file. It comes when the child and its child have
	// ended, because both can write.
	for (;;) {
		ssize_t n = read(fd[0], bytes, sizeof bytes);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			die("read");
		if (n == 0)
			break;
		len += (size_t)n;
	}
	if (wait_for(child) != 0)
		quit("the child has failed");
	if (close(fd[0]) == -1)
		die("close");
	return len / strlen(text);
}

int main(void)
{
	int bytes;
	size_t times;

	bytes = bytes_while_it_works(FORGETS_FLUSH);
	say("wrong: fprintf(), then work: %d bytes have arrived", bytes);
	bytes = bytes_while_it_works(FLUSHES);
	say("right: with fflush(): %d bytes have arrived", bytes);

	times = texts_after_fork(FORGETS_FLUSH);
	say("wrong: fprintf(), then fork(): texts that arrive: %zu", times);
	times = texts_after_fork(FLUSHES);
	say("right: with fflush(): texts that arrive: %zu", times);
	return EXIT_SUCCESS;
}
