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

//> solution
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
//> starter
//|/*
//| * Start PROGRAM at a new terminal. Returns the master.
//| * TODO: this runs it without one. Make the pair: posix_openpt(), grantpt(),
//| * unlockpt(), open() what ptsname() says; fork(). In the child: setsid(),
//| * TIOCSCTTY, the slave becomes 0, 1 and 2, and no other copy of it or of the
//| * master is left. The parent keeps the master alone.
//| */
//|static int start(char **argv, pid_t *child)
//|{
//|	*child = fork();
//|	if (*child == -1)
//|		die("fork");
//|	if (*child == 0) {
//|		execvp(argv[0], argv);
//|		die(argv[0]);
//|	}
//|	return STDIN_FILENO;
//|}
//> end

/* Play the person: show the screen, answer each question. */
static void drive(int master)
{
	char last[2] = "", buf[4096];
	ssize_t n;

	while ((n = read(master, buf, sizeof buf)) > 0) {
		write_all(STDOUT_FILENO, buf, (size_t)n);
//> solution
		// "? " may come in two pieces: keep the last two bytes.
		last[0] = n > 1 ? buf[n - 2] : last[1];
		last[1] = buf[n - 1];
		if (last[0] == '?' && last[1] == ' ')
			type_answer(master);
	}
	if (n == -1 && errno != EIO)	// EIO: the last slave is closed
		die("read");
//> starter
//|		// TODO: where the screen ends in "? ", answer. The end is EIO.
//|		(void)last;
//|		(void)type_answer;
//|	}
//|	if (n == -1)
//|		die("read");
//> end
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
//> solution
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
//> starter
//|	return EXIT_SUCCESS;	// TODO: PROGRAM's, or 128 + the signal
//> end
}
