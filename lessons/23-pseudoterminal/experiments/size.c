/*
 * size - how many rows and columns a terminal has, and who is told
 *
 *   we --TIOCSWINSZ--> [ terminal: rows, columns ] --SIGWINCH--> a child
 *
 * The terminal only keeps the two numbers. It does nothing with them.
 *
 * Watch: the first child asks once, when it starts. The second one asks again
 * when the signal SIGWINCH comes: "the size of the window has changed".
 *
 * Try: in play(), set the size that it has already: write 24 and 80 instead of
 * 10 and 40. Does the child end? End it with Ctrl-C.
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum habit { ASKS_ONCE, ASKS_AGAIN };

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

static struct winsize get_size(int fd)
{
	struct winsize size;

	if (ioctl(fd, TIOCGWINSZ, &size) == -1)
		die("ioctl TIOCGWINSZ");
	return size;
}

static void set_size(int fd, unsigned short rows, unsigned short columns)
{
	struct winsize size = { .ws_row = rows, .ws_col = columns };

	if (ioctl(fd, TIOCSWINSZ, &size) == -1)
		die("ioctl TIOCSWINSZ");
}

/* In the child: ask for the size. Sleep until the window changes. Draw. */
static void draw(int slave, enum habit habit)
{
	struct winsize size;
	sigset_t window_changes;

	// Blocked, the signal waits for sigwaitinfo(), also if it comes early.
	sigemptyset(&window_changes);
	sigaddset(&window_changes, SIGWINCH);
	if (sigprocmask(SIG_BLOCK, &window_changes, NULL) == -1)
		die("sigprocmask");

	take_terminal(slave);
	size = get_size(slave);
	if (write(slave, "*", 1) == -1)		// our parent waits for this
		die("write");
	while (sigwaitinfo(&window_changes, NULL) == -1) {
		if (errno != EINTR)
			die("sigwaitinfo");
	}
	if (habit == ASKS_AGAIN) {
		size = get_size(slave);
		say("right: it asks again, and draws %d by %d", size.ws_row,
		    size.ws_col);
	} else {
		say("wrong: it has asked once, and draws %d by %d", size.ws_row,
		    size.ws_col);
	}
}

static void play(enum habit habit)
{
	pid_t parent = getpid();
	pid_t child;
	ssize_t n;
	char byte;
	int master;
	int slave;
	int status;

	make_terminal(&master, &slave);
	set_size(master, 24, 80);
	child = fork();
	if (child == -1)
		die("fork");
	if (child == 0) {
		// If our parent is killed, we end as well.
		if (!end_with_parent(parent))
			die("end_with_parent");
		if (close(master) == -1)
			die("close");
		draw(slave, habit);
		exit(EXIT_SUCCESS);
	}
	if (close(slave) == -1)
		die("close");

	do {
		n = read(master, &byte, 1);
	} while (n == -1 && errno == EINTR);
	// EIO: nobody has the slave open any more.
	if (n == -1 && errno != EIO)
		die("read");
	if (n != 1)
		quit("the child has ended too early");
	set_size(master, 10, 40);

	while (waitpid(child, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (status != 0)
		quit("the child has failed");
	if (close(master) == -1)
		die("close");
}

int main(void)
{
	struct winsize size;
	int master;
	int slave;

	make_terminal(&master, &slave);
	size = get_size(slave);
	say("a new terminal: %d rows, %d columns", size.ws_row, size.ws_col);
	if (close(slave) == -1)
		die("close");
	if (close(master) == -1)
		die("close");

	say("a window of 24 by 80, which becomes 10 by 40:");
	play(ASKS_ONCE);
	play(ASKS_AGAIN);
	return EXIT_SUCCESS;
}
