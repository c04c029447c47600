// EXPECT: fail=short
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
	if (write(to, buf, len) == -1)
		die("write");
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

/* In the child: become PROGRAM, with the slave as its terminal. */
_Noreturn static void become(char **argv, int master, int slave)
{
	if (close(master) == -1)	// a copy here puts off the hang-up
		die("close");
	if (setsid() == -1)		// a session without a terminal
		die("setsid");
	if (ioctl(slave, TIOCSCTTY, 0) == -1)	// takes this one
		die("TIOCSCTTY");
	if (dup2(slave, 0) == -1 || dup2(slave, 1) == -1)
		die("dup2");
	if (close(slave) == -1)
		die("close");
	if (dup2(0, 2) == -1)		// last: until here we could complain
		die("dup2");
	execvp(argv[0], argv);
	die(argv[0]);
}

/* Start PROGRAM at a new terminal. Returns the master. */
static int start(char **argv, pid_t *child)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY), slave;

	if (master == -1)
		die("posix_openpt");
	if (grantpt(master) == -1)
		die("grantpt");
	if (unlockpt(master) == -1)
		die("unlockpt");
	// Opened here: a master whose slave nobody has opened has no end.
	if ((slave = open(ptsname(master), O_RDWR | O_NOCTTY)) == -1)
		die("open");
	if ((*child = fork()) == -1)
		die("fork");
	if (*child == 0)
		become(argv, master, slave);
	if (close(slave) == -1)		// a copy here puts off the end
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
		// "? " may come in two pieces: keep the last two bytes.
		last[0] = n > 1 ? buf[n - 2] : last[1];
		last[1] = buf[n - 1];
		if (last[0] == '?' && last[1] == ' ')
			type_answer(master);
	}
	if (n == -1 && errno != EIO)	// EIO: the last slave is closed
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
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
