/*
 * paste - a long text is typed, and nobody reads the screen meanwhile
 *
 *   we --master--> [ terminal ] --slave--> a child that gives back
 *      <--master--              <--slave-- whatever it reads
 *
 * Watch: the child does nothing wrong. It prints before it reads on, as most
 * programs do.
 *
 * Try: set TYPED to 2000. Does the wrong way type all of them now? What does
 * that mean for your tests?
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>

#include "../../../common/experiment.h"

enum { TYPED = 300000 };	// bytes: more than the terminal holds
enum { PIECE = 1000 };		// bytes that one read() or write() is asked for
enum { PATIENCE = 500 };	// milliseconds without room, then we give up

enum habit { ONLY_TYPES, READS_AS_WELL };

static void make_terminal(int *master, int *slave)
{
	const char *name;

	*master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
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

/* Raw: no lines, and no echo. So all that comes back is what the child says. */
static void make_raw(int slave)
{
	struct termios settings;

	if (tcgetattr(slave, &settings) == -1)
		die("tcgetattr");
	cfmakeraw(&settings);
	if (tcsetattr(slave, TCSANOW, &settings) == -1)
		die("tcsetattr");
}

/* In the child: a session of its own, which has this terminal. */
static void take_terminal(int slave)
{
	if (setsid() == -1)
		die("setsid");
	if (ioctl(slave, TIOCSCTTY, 0) == -1)
		die("ioctl TIOCSCTTY");
}

/* In the child: give back all that comes. A hang-up ends the child. */
_Noreturn static void give_back(int slave)
{
	char bytes[PIECE];

	for (;;) {
		ssize_t n = read(slave, bytes, sizeof bytes);
		ssize_t done = 0;

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			die("read");
		if (n == 0)		// only after a hang-up
			exit(EXIT_SUCCESS);
		while (done < n) {
			ssize_t more = write(slave, bytes + done,
					     (size_t)(n - done));

			if (more == -1 && errno != EINTR)
				die("write");
			if (more > 0)
				done += more;
		}
	}
}

static pid_t start_child(int master, int slave)
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
		if (close(master) == -1)
			die("close");
		take_terminal(slave);
		give_back(slave);
	}
	if (close(slave) == -1)
		die("close");
	return child;
}

/* How many bytes of LEFT are in the next piece. */
static size_t piece_of(size_t left)
{
	if (left > PIECE)
		return PIECE;
	return left;
}

/* Type TYPED bytes, and with READS_AS_WELL read as many. Return 1 if all is
 * done, and 0 if nothing moves any more. */
static int type_all(int master, enum habit habit)
{
	static const char zeros[PIECE];
	struct pollfd terminal = { .fd = master };
	char bytes[PIECE];
	size_t left = TYPED;	// bytes that are still to be typed
	size_t back = 0;	// bytes that have come back

	while (left > 0 || (habit == READS_AS_WELL && back < TYPED)) {
		size_t piece = piece_of(left);
		ssize_t n;
		int ready;

		terminal.events = 0;
		if (left > 0)
			terminal.events |= POLLOUT;
		if (habit == READS_AS_WELL)
			terminal.events |= POLLIN;

		ready = poll(&terminal, 1, PATIENCE);
		if (ready == -1 && errno == EINTR)
			continue;
		if (ready == -1)
			die("poll");
		if (ready == 0)
			return 0;
		if (terminal.revents & (POLLHUP | POLLERR))
			quit("the child has ended too early");

		if (terminal.revents & POLLIN) {
			n = read(master, bytes, sizeof bytes);
			if (n == -1 && errno != EAGAIN)
				die("read");
			if (n > 0)
				back += (size_t)n;
		}
		if (terminal.revents & POLLOUT) {
			n = write(master, zeros, piece);
			if (n == -1 && errno != EAGAIN)
				die("write");
			if (n > 0)
				left -= (size_t)n;
		}
	}
	return 1;
}

static void type_to_child(const char *what, enum habit habit)
{
	int master;
	int slave;
	int status;
	int is_done;
	pid_t child;

	make_terminal(&master, &slave);
	make_raw(slave);
	child = start_child(master, slave);
	is_done = type_all(master, habit);
	if (!wait_until_asleep(child))
		quit("the child has ended too early");
	if (is_done)
		say("%s: all %d bytes are typed", what, TYPED);
	else if (habit == ONLY_TYPES)
		say("%s: no room any more, and the child sleeps, too", what);
	else
		quit("we read as well, but nothing moves any more");

	// The hang-up ends the child.
	if (close(master) == -1)
		die("close");
	while (waitpid(child, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGHUP)
		quit("the child was not killed by SIGHUP");
}

int main(void)
{
	type_to_child("wrong: I only type", ONLY_TYPES);
	type_to_child("right: I read as well", READS_AS_WELL);
	return EXIT_SUCCESS;
}
