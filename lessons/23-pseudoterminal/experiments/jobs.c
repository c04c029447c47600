/*
 * jobs - one terminal, several programs: only the foreground may read
 *
 *   we --master--> [ terminal: foreground group ] <--slave-- shell
 *                                                 <--slave-- its job
 *
 * "We" are the person. A child plays a little shell, and the shell has a child,
 * its job. A job is a group of processes; here the group has one.
 *
 * Watch: the same read() is stopped, or gets the line.
 *
 * Try: in be_shell(), take out the call signal(SIGTTOU, SIG_IGN) and its check.
 * Which call fails now?
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

static void make_terminal(int *master, int *slave)
{
	const char *name;

	*master = posix_openpt(O_RDWR | O_NOCTTY);
	if (*master == -1 && (errno == ENODEV || errno == ENOENT)) {
		say("skipped: there is no /dev/ptmx or no /dev/pts; as root:"
		    " mount -t devpts none /dev/pts");
		exit(EXIT_SUCCESS);
	}
	if (*master == -1)
		die("posix_openpt");
	if (grantpt(*master) == -1)
		die("grantpt");
	if (unlockpt(*master) == -1)
		die("unlockpt");
	name = ptsname(*master);
	if (!name)
		die("ptsname");
	*slave = open(name, O_RDWR | O_NOCTTY);
	if (*slave == -1)
		die("open the slave");
}

/* In the child: a session of its own, which has this terminal. */
static void take_terminal(int slave)
{
	if (setsid() == -1)
		die("setsid");
	if (ioctl(slave, TIOCSCTTY, 0) == -1)
		die("ioctl TIOCSCTTY");
}

static void put(int fd, const char *text)
{
	size_t left = strlen(text);

	while (left > 0) {
		ssize_t n = write(fd, text, left);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			die("write");
		text += n;
		left -= (size_t)n;
	}
}

/* In the job: a group of its own. Read a line, then wait for Ctrl-C. */
_Noreturn static void be_job(int slave)
{
	char line[10];
	ssize_t n;

	// A shell may have started us with SIGINT ignored.
	if (signal(SIGINT, SIG_DFL) == SIG_ERR)
		die("signal");
	if (setpgid(0, 0) == -1)	// 0, 0: we, in a group of our own
		die("setpgid");
	do {
		n = read(slave, line, sizeof line);
	} while (n == -1 && errno == EINTR);
	if (n == -1)
		die("read");
	say("right: in the foreground: the job has read %zd bytes", n);
	put(slave, "*");		// tells the person: the line is read
	for (;;)
		pause();
}

/* Wait until the job is stopped because it has read in the background. */
static void wait_for_stop(pid_t job)
{
	int status;

	for (;;) {
		// WUNTRACED: return also when the child is stopped.
		pid_t changed = waitpid(job, &status, WUNTRACED);

		if (changed == -1 && errno == EINTR)
			continue;
		if (changed == -1)
			die("waitpid");
		if (!WIFSTOPPED(status))
			quit("the job has ended, and was not stopped");
		// If another signal has stopped the job, wait again.
		if (WSTOPSIG(status) == SIGTTIN)
			return;
	}
}

static int wait_for(pid_t child)
{
	int status;

	while (waitpid(child, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	return status;
}

/* From now on GROUP is in the foreground. */
static void set_foreground(int slave, pid_t group)
{
	if (tcsetpgrp(slave, group) == -1)
		die("tcsetpgrp");
}

/* In the shell: start a job in the background. When it is stopped, let it into
 * the foreground. */
static void be_shell(int slave)
{
	pid_t parent = getpid();
	pid_t job;
	int status;

	// Later we take the terminal back, from the background. Only a process
	// that ignores SIGTTOU may do that.
	if (signal(SIGTTOU, SIG_IGN) == SIG_ERR)
		die("signal");
	take_terminal(slave);

	job = fork();
	if (job == -1)
		die("fork");
	if (job == 0) {
		if (!end_with_parent(parent))
			die("end_with_parent");
		be_job(slave);
	}
	wait_for_stop(job);
	say("wrong: in the background: read() has stopped the job, SIGTTIN");

	// SIGCONT: the job continues. Its read() does not fail: it begins anew,
	// and now it may read.
	set_foreground(slave, job);
	if (kill(job, SIGCONT) == -1)
		die("kill");
	status = wait_for(job);
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGINT)
		quit("Ctrl-C has not killed the job");
	say("Ctrl-C has killed the job, and not the shell");

	set_foreground(slave, getpid());
	say("the shell has the terminal again");
}

int main(void)
{
	pid_t parent = getpid();
	pid_t shell;
	char byte;
	int master;
	int slave;
	int status;

	make_terminal(&master, &slave);
	shell = fork();
	if (shell == -1)
		die("fork");
	if (shell == 0) {
		// If our parent is killed, we end as well.
		if (!end_with_parent(parent))
			die("end_with_parent");
		if (close(master) == -1)
			die("close");
		be_shell(slave);
		exit(EXIT_SUCCESS);
	}
	if (close(slave) == -1)
		die("close");

	put(master, "go\r");
	for (;;) {			// the echo first, and then the '*'
		ssize_t n = read(master, &byte, 1);

		if (n == -1 && errno == EINTR)
			continue;
		// EIO: nobody has the slave open any more.
		if (n == -1 && errno != EIO)
			die("read");
		if (n != 1)
			quit("the shell has ended too early");
		if (byte == '*')
			break;
	}
	put(master, "\003");		// the byte 3: Ctrl-C

	status = wait_for(shell);
	if (status != 0)
		quit("the shell has failed");
	if (close(master) == -1)
		die("close");
	return EXIT_SUCCESS;
}
