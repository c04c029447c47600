/*
 * drive - answers the questions of a program that insists on a terminal
 *
 *   stdin, the answers --> drive <--master--> [ terminal ] <--slave--> PROGRAM
 *                            |
 *                            +--> stdout: all that came to the screen
 *
 *   printf 'Ada\n' | ./drive sh -c 'test -t 0 && printf "name? " && read n'
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#include "../../../common/lesson.h"

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

/* Type the next line of stdin, or Ctrl-D if there is none any more. */
static void type_answer(int master)
{
	static char *line;
	static size_t size;
	ssize_t n = getline(&line, &size, stdin);

	if (n == -1)
		write_all(master, "\4", 1);
	else
		write_all(master, line, (size_t)n);
}

/*
 * Start PROGRAM at a new terminal. Returns the master.
 * TODO: this runs it without one. Make the pair: posix_openpt(), grantpt(),
 * unlockpt(), open() what ptsname() says; fork(). In the child: setsid(),
 * TIOCSCTTY, the slave becomes 0, 1 and 2, and no other copy of it or of the
 * master is left. The parent keeps the master alone.
 */
static int start(char **argv, pid_t *child)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	const char *name;

	if (master == -1)
		die("posix_openpt");
	if (grantpt(master) == -1)
		die("grantpt");
	if (unlockpt(master) == -1)
		die("unlockpt");
	name = ptsname(master);
	if (!name)
		die("ptsname");
	int slave = open(name, O_RDWR | O_NOCTTY);
	if (slave == -1)
		die(name);
	*child = fork();
	if (*child == -1)
		die("fork");
	if (*child == 0) {
		if (setsid() == -1)
			die("setsid");
		if (ioctl(slave, TIOCSCTTY, 0) == -1)
			die("TIOCSCTTY");
		for (int i = 0; i < 3; i++)
			if (dup2(slave, i) == -1)
				die("dup2");
		if (slave > 2 && close(slave) == -1)
			die("close");
		execvp(argv[0], argv);
		die(argv[0]);
	}
	if (close(slave) == -1)
		die("close");
	return master;
}

/* Play the person: show the screen, answer each question. */
static void drive(int master)
{
	char last[2] = "", buf[4096];
	ssize_t n;

	while ((n = read(master, buf, sizeof buf)) > 0) {
		write_all(STDOUT_FILENO, buf, (size_t)n);
		if (n > 1) {
			last[0] = buf[n - 2];
			last[1] = buf[n - 1];
		} else {
			last[0] = last[1];
			last[1] = buf[0];
		}
		if (last[0] == '?' && last[1] == ' ')
			type_answer(master);
	}
	if (n == -1 && errno != EIO)
		die("read");
}

int main(int argc, char **argv)
{
	int status;
	pid_t child;

	if (argc < 2)
		quit("usage: ./drive PROGRAM [ARGUMENT...]");
	drive(start(argv + 1, &child));
	if (waitpid(child, &status, 0) == -1)
		die("waitpid");
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status)
				   : WEXITSTATUS(status);
}
