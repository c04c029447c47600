/*
 * camp - sends out a scout, and reads its report until end-of-file
 *
 *   scout --write()--> [ pipe: bytes, one way ] --read()--> camp
 *
 * A pipe has no name. So the camp makes the pipe and then a child, which has
 * the same pipe. The child becomes the other program, ./scout. You start only
 * ./camp.
 *
 * Watch: no line of the report says that it is the last one. The camp knows it
 * from read(), which returns 0.
 */
#define _GNU_SOURCE			// for lesson.h
#include <sys/wait.h>

#include "../../common/lesson.h"

enum { ROOM = 400 };		// bytes: longer than any line of a report

/*
 * Print the whole lines among the first LEN bytes of BUF. Move the rest, which
 * is the beginning of a line, to the front. Return how many bytes that is.
 */
static size_t print_lines(char *buf, size_t len)
{
	size_t start = 0;	// where the next line begins

	for (size_t i = 0; i < len; i++) {
		if (buf[i] == '\n') {
			buf[i] = '\0';	// %s stops here
			say("the scout reports: %s", buf + start);
			start = i + 1;
		}
	}
	memmove(buf, buf + start, len - start);
	return len - start;
}

/*
 * Print the lines of the report until end-of-file. Return how many bytes stand
 * after the last newline; 0 means that the last line is complete.
 */
static size_t read_report(int fd)
{
	char buf[ROOM];
	size_t len = 0;		// bytes in buf that are not printed yet

	for (;;) {
		ssize_t n = read(fd, buf + len, sizeof buf - len);

		// EINTR: a signal has ended the wait. No byte is lost, so read
		// again.
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			die("read");
		if (n == 0)	// end-of-file: no process can write any more
			break;

		// read() does not know what a line is. It may return half a
		// line, or three lines at once. So we look for the newlines.
		len += (size_t)n;
		len = print_lines(buf, len);	// what is left: half a line
		if (len == sizeof buf)		// full, and no newline in it
			quit("a line of the report is too long");
	}
	say("end-of-file: nobody can write any more");
	return len;
}

/* In the child: send standard output into the pipe, and start ./scout. */
_Noreturn static void become_scout(int fd[2])
{
	// fd[0] is the end to read, and the scout never reads. When nobody can
	// read any more, the kernel ends a process that writes. If the scout
	// kept this end, there would always be a reader: the scout itself. Then
	// write() could wait for ever for room in a full pipe.
	if (close(fd[0]) == -1)
		die("close");

	// What the scout prints to its standard output now goes into the pipe.
	if (dup2(fd[1], STDOUT_FILENO) == -1)
		die("dup2");

	// Standard output is a copy of fd[1]. We need only one of the two.
	if (close(fd[1]) == -1)
		die("close");

	execl("./scout", "scout", (char *)NULL);
	die("execl ./scout");	// execl() returns only if it has failed
}

int main(void)
{
	int fd[2];		// fd[0] is the end to read, fd[1] to write
	pid_t scout;		// the process id of the child
	size_t rest;		// bytes of a last line that is not complete
	int status;		// how the scout has ended

	if (pipe(fd) == -1)
		die("pipe");

	say("I send out a scout, and read until its report ends");
	scout = fork();
	if (scout == -1)
		die("fork");
	if (scout == 0)
		become_scout(fd);	// does not return

	// The camp never writes into the pipe. If it kept fd[1], the end to
	// write, read() would never return 0: the camp would wait for itself.
	if (close(fd[1]) == -1)
		die("close");
	rest = read_report(fd[0]);
	if (close(fd[0]) == -1)
		die("close");

	// A scout that is killed half-way causes end-of-file, too. So we look
	// at its status before we believe the report.
	while (waitpid(scout, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (WIFSIGNALED(status))
		quit("the scout was killed by signal %d", WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		quit("the scout failed: status %d", WEXITSTATUS(status));
	if (rest > 0)
		quit("the report ends in the middle of a line");
	say("the scout is back: the report is complete");
	return EXIT_SUCCESS;
}
