/*
 * through - sends a text through a filter, and prints what comes back
 *
 *   through --write()--> [ pipe there ] --> stdin of the filter
 *   through <--read()--- [ pipe back ] <--- stdout of the filter
 *
 *   printf 'hello\n' | ./through tr a-z A-Z
 *
 * prints "HELLO", then "6 bytes there, 6 bytes back". It ends with the
 * filter's status.
 */
#include <sys/wait.h>

#include "../../../common/lesson.h"

static char text[8 << 20];	// the whole text, before it is sent

/* Start the filter ARGV. The numbers of our ends go to *TO and *FROM. */
static pid_t start(char **argv, int *to, int *from)
{
	int there[2], back[2];
	pid_t pid;

	if (pipe(there) == -1 || pipe(back) == -1)
		die("pipe");
	pid = fork();
	if (pid == -1)
		die("fork");
	if (pid == 0) {
		if (dup2(there[0], 0) == -1 || dup2(back[1], 1) == -1)
			die("dup2");
		if (close(there[0]) == -1 || close(there[1]) == -1 ||
		    close(back[0]) == -1 || close(back[1]) == -1)
			die("close");
		execvp(argv[0], argv);
		die(argv[0]);
	}
	if (close(there[0]) == -1 || close(back[1]) == -1)
		die("close");
	*to = there[1];
	*from = back[0];
	return pid;
}

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

static size_t copy(int from, int to)
{
	char buf[1];
	size_t sum = 0;
	ssize_t n;

	while ((n = read(from, buf, sizeof buf)) > 0) {
		write_all(to, buf, (size_t)n);
		sum += (size_t)n;
	}
	if (n == -1)
		die("read");
	return sum;
}

static size_t read_text(void)
{
	size_t len = 0;
	ssize_t n;

	while ((n = read(STDIN_FILENO, text + len, sizeof text - len)) > 0)
		len += (size_t)n;
	if (n == -1)
		die("read");
	return len;
}

static int status_of(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) == -1)
		die("waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	int to, from, status;
	size_t len, answer;
	pid_t filter;

	if (argc < 2)
		quit("usage: ./through FILTER [ARGUMENT]...");
	len = read_text();
	filter = start(argv + 1, &to, &from);
	pid_t w = fork();
	if (w == -1)
		die("fork");
	if (w == 0) {
		if (close(from) == -1)
			die("close");
		write_all(to, text, len);
		_exit(0);
	}
	if (close(to) == -1)
		die("close");
	answer = copy(from, STDOUT_FILENO);
	if (status_of(w) != 0)
		quit("the writer failed");
	status = status_of(filter);
	printf("%zu bytes there, %zu bytes back\n", len, answer);
	return status;
}
