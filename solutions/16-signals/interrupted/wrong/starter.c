// EXPECT: fail=read,write,short,wait,real msg="EINTR"
/*
 * ferry - carries its input through a pipe and a child to stdout
 *
 *   stdin --> ferry --[ pipe ]--> its child --> stdout
 *               ^
 *               +-- SIGUSR1, now and then: it is counted
 *
 *   ./ferry		type lines, they come back; Ctrl-D ends it. Then,
 *   pkill -USR1 ferry	elsewhere: at the end it says how many came
 */
#include <sys/wait.h>

#include "../../../common/lesson.h"

static volatile sig_atomic_t signals;

static void count(int sig)
{
	(void)sig;
	signals++;
}

/* Up to SIZE bytes: how many came, 0 at the end of the input. */
static ssize_t read_some(int from, char *buf, size_t size)
{
	ssize_t n;

	n = read(from, buf, size);
	if (n == -1)
		die("read");
	return n;
}

static void write_all(int to, const char *buf, size_t len)
{
	if (write(to, buf, len) == -1)
		die("write");
}

/* The exit status of CHILD. */
static int status_of(pid_t child)
{
	int status;

	if (waitpid(child, &status, 0) == -1)
		die("waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
}

static void carry(int from, int to)
{
	char buf[4096];
	ssize_t n;

	while ((n = read_some(from, buf, sizeof buf)) > 0)
		write_all(to, buf, (size_t)n);
}

int main(void)
{
	struct sigaction act = { .sa_handler = count };
	int fd[2], status;
	pid_t child;

	sigemptyset(&act.sa_mask);
	if (sigaction(SIGUSR1, &act, NULL) == -1 || pipe(fd) == -1)
		die("sigaction, pipe");
	child = fork();
	if (child == -1)
		die("fork");
	if (child == 0) {
		if (close(fd[1]) == -1)
			die("close");
		carry(fd[0], STDOUT_FILENO);
		return EXIT_SUCCESS;
	}
	if (close(fd[0]) == -1)
		die("close");
	carry(STDIN_FILENO, fd[1]);
	if (close(fd[1]) == -1)		// the child sees the end
		die("close");
	status = status_of(child);
	fprintf(stderr, "ferry: %d signals\n", (int)signals);
	return status;
}
