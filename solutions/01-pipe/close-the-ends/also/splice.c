#define _GNU_SOURCE
#include <fcntl.h>
/*
 * count - copies stdin down a pipe; a child counts what arrives
 *
 *   stdin --> count --write()--> [ pipe ] --read()--> its child --> stdout
 *
 *   printf 'one\ntwo\n' | ./count		prints: 2 lines, 8 bytes
 */
#include <sys/wait.h>

#include "../../../common/lesson.h"

/* The child: reads until no writer is left. */
static void count(int from)
{
	size_t lines = 0, bytes = 0;
	char buf[1];
	ssize_t n;

	while ((n = read(from, buf, sizeof buf)) > 0) {
		bytes += (size_t)n;
		for (ssize_t i = 0; i < n; i++)
			lines += buf[i] == '\n';
	}
	if (n == -1)
		die("read");
	printf("%zu lines, %zu bytes\n", lines, bytes);
}

/* A pipe may take less than it is offered. */
static void write_all(int to, const char *buf, size_t len)
{
	while (len > 0) {
		ssize_t n = write(to, buf, len);

		if (n == -1)
			die("write");
		buf += n;
		len -= (size_t)n;
	}
}

int main(void)
{
	int fd[2], status;
	char buf[4096];
	ssize_t n;
	pid_t child;

	if (pipe(fd) == -1)
		die("pipe");
	child = fork();
	if (child == -1)
		die("fork");
	if (child == 0) {
		if (close(fd[1]) == -1) die("close");
		count(fd[0]);
		return EXIT_SUCCESS;
	}
	if (close(fd[0]) == -1)
		die("close");

	while ((n = splice(STDIN_FILENO, NULL, fd[1], NULL, 1 << 16, 0)) > 0)
		;
	if (n == -1 && errno != EINVAL)
		die("splice");
	if (n == -1) while ((n = read(STDIN_FILENO, buf, sizeof buf)) > 0)
		write_all(fd[1], buf, (size_t)n);
	if (n == -1)
		die("read");
	if (close(fd[1]) == -1)		// the last writer leaves
		die("close");
	if (waitpid(child, &status, 0) == -1)
		die("waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
}
