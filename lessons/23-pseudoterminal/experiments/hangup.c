/*
 * hangup - how each side notices that the other one has gone
 *
 *   we --master--> [ terminal ] <--slave-- a child
 *
 * Watch: each time one descriptor too many makes the difference: first our own
 * slave, then the child's copy of the master.
 *
 * Try: in wait_for_signal(), make the child ignore SIGHUP: call
 * signal(SIGHUP, SIG_IGN) before the loop. Does anything end the child now?
 * Press Ctrl-C.
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum habit { KEEPS_MASTER, CLOSES_MASTER };	// of a child: its own copy

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

static void print_bye(int slave)
{
	ssize_t n = write(slave, "bye\n", 4);

	if (n == -1)
		die("write");
	if (n != 4)
		quit("the terminal took only a part of \"bye\"");
}

/* Run a child that prints "bye" at its terminal, and ends. Our own slave stays
 * open: main() closes it later, to show the difference. */
static void run_child(int master, int slave)
{
	pid_t parent = getpid();
	pid_t child = fork();
	int status;

	if (child == -1)
		die("fork");
	if (child == 0) {
		// If our parent is killed, we end as well.
		if (!end_with_parent(parent))
			die("end_with_parent");
		if (close(master) == -1)
			die("close");
		take_terminal(slave);
		print_bye(slave);
		exit(EXIT_SUCCESS);
	}
	while (waitpid(child, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (status != 0)
		quit("the child has failed");
}

/* Read the child's "bye". The terminal makes "\r\n" of a newline. */
static void read_bye(int master)
{
	char bytes[5];
	size_t len = 0;

	while (len < sizeof bytes) {
		ssize_t n = read(master, bytes + len, sizeof bytes - len);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			die("read");
		if (n == 0)
			quit("read() returned 0 before the child's \"bye\"");
		len += (size_t)n;
	}
}

/* Does poll() see anything at the master now? */
static int sees_anything(int master)
{
	struct pollfd terminal = { .fd = master, .events = POLLIN };
	int ready = poll(&terminal, 1, 0);	// 0: do not wait

	if (ready == -1)
		die("poll");
	return ready;
}

/* In the child: sleep until a signal ends us. */
_Noreturn static void wait_for_signal(void)
{
	for (;;)
		pause();
}

/* Start a child that has a terminal, and sleeps. Then close our own slave, for
 * we do not need it. */
static pid_t start_sleeper(int master, int slave, enum habit habit)
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child == -1)
		die("fork");
	if (child == 0) {
		// If our parent is killed, we end as well.
		if (!end_with_parent(parent))
			die("end_with_parent");
		// nohup starts a program with SIGHUP ignored.
		if (signal(SIGHUP, SIG_DFL) == SIG_ERR)
			die("signal");
		if (habit == CLOSES_MASTER) {
			if (close(master) == -1)
				die("close");
		}
		take_terminal(slave);
		wait_for_signal();
	}
	if (close(slave) == -1)
		die("close");
	if (!wait_until_asleep(child))
		quit("the child has ended too early");
	return child;
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

int main(void)
{
	char byte;
	int master;
	int slave;
	int status;
	pid_t child;

	// 1. The child ends. Do we notice it?
	make_terminal(&master, &slave);
	run_child(master, slave);
	read_bye(master);
	if (sees_anything(master))
		quit("poll() has seen that the child ended");
	say("wrong: the child has ended, we keep the slave: poll() sees"
	    " nothing");
	if (close(slave) == -1)
		die("close");
	if (!sees_anything(master))
		quit("poll() has not seen that the child ended");
	if (read(master, &byte, 1) != -1)
		quit("read() has not failed");
	say("right: we close the slave: poll() wakes, read(): -1, %s",
	    errno_name(errno));
	if (close(master) == -1)
		die("close");

	// 2. We close the master: the kernel does so, too, when a program
	// ends. Does the child notice?
	make_terminal(&master, &slave);
	child = start_sleeper(master, slave, KEEPS_MASTER);
	if (close(master) == -1)
		die("close");
	if (!wait_until_asleep(child))
		quit("the child has noticed it");
	say("wrong: we close the master, the child has a copy: it sleeps on");
	if (kill(child, SIGKILL) == -1)
		die("kill");
	wait_for(child);	// killed by us, so its status tells nothing

	make_terminal(&master, &slave);
	child = start_sleeper(master, slave, CLOSES_MASTER);
	if (close(master) == -1)
		die("close");
	status = wait_for(child);
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGHUP)
		quit("the child was not killed by SIGHUP");
	say("right: it has closed its copy: the child is killed by SIGHUP");
	return EXIT_SUCCESS;
}
