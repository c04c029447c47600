/*
 * camp - sends out a scout, and reads its report until end-of-file
 *
 *   scout --write()--> [ pipe: bytes, one way ] --read()--> camp
 *
 * A pipe has no name. So the camp makes the pipe and forks: the child has the
 * same pipe, and becomes its partner, ./scout. Start ./camp alone.
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
			buf[i] = '\0';	// %s needs to know the end
			say("the scout reports: %s", buf + start);
			start = i + 1;
		}
	}
	memmove(buf, buf + start, len - start);
	return len - start;
}

/*
 * Read until end-of-file. Return how many bytes have come after the last whole
 * line: 0, if the report does not end in the middle of one.
 */
static size_t read_report(int fd)
{
	char buf[ROOM];
	size_t len = 0;		// bytes in buf that are not printed yet

	for (;;) {
		ssize_t n = read(fd, buf + len, sizeof buf - len);

		// EINTR: a signal has ended the wait, not the report.
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			die("read");
		if (n == 0)	// end-of-file: no process can write any more
			break;

		// read() does not know what a line is. It may return half of
		// one, or three at once. So we cut the bytes into lines.
		len = print_lines(buf, len + (size_t)n);
		if (len == sizeof buf)
			quit("a line of the report is too long");
	}
	say("end-of-file: nobody can write any more");
	return len;
}

/* In the child: send standard output into the pipe, and start ./scout. */
_Noreturn static void become_scout(int fd[2])
{
	// The scout never reads. As long as it has this end open, the pipe has
	// a reader, and the scout would not notice that the camp has gone.
	if (close(fd[0]) == -1)
		die("close");

	// If we were started with our standard output closed, its number was
	// free, and fd[1] may have it. Then close() would take away the pipe.
	if (fd[1] != STDOUT_FILENO) {
		if (dup2(fd[1], STDOUT_FILENO) == -1)
			die("dup2");
		if (close(fd[1]) == -1)		// one way in is enough
			die("close");
	}

	execl("./scout", "scout", (char *)NULL);
	die("execl ./scout");	// execl() returns only if it has failed
}

int main(void)
{
	int fd[2];		// fd[0] is the end to read, fd[1] to write
	pid_t scout;
	size_t rest;
	int status;

	if (pipe(fd) == -1)
		die("pipe");

	say("I send out a scout, and read until its report ends");
	scout = fork();
	if (scout == -1)
		die("fork");
	if (scout == 0)
		become_scout(fd);	// does not return

	// The camp never writes. As long as it has this end open, the pipe has
	// a writer, and there is no end-of-file: it would wait for itself.
	if (close(fd[1]) == -1)
		die("close");
	rest = read_report(fd[0]);
	if (close(fd[0]) == -1)
		die("close");

	// A scout that dies half-way causes end-of-file, too. So look at its
	// status before you believe the report.
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
