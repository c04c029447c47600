/*
 * relay - a terminal in a terminal: what script, ssh and tmux do
 *
 *   person --> [ outer terminal ] --> relay --> [ inner terminal ] --> program
 *          <--                    <--       <--                    <--
 *
 * The relay has a terminal of its own, and it gives a terminal to a program. It
 * carries bytes both ways, and the size of the window.
 *
 * Without arguments it makes the outer terminal, too, and plays the person. By
 * hand the person is you: ./relay sh
 *
 * Watch: the outer terminal has to be raw. Else it acts on Ctrl-C itself.
 *
 * Try: start ./relay sh, and then vi or top in it, and change the size of your
 * window. Then take out the call pass_size_on() in carry(). What is different?
 */
#define _GNU_SOURCE			// for ppoll()
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>

#include "../../../common/experiment.h"

enum mode { AS_IT_IS, RAW };

/* The bytes of one direction: read, and not yet written. */
struct way {
	int from;
	int to;
	char bytes[4096];
	size_t len;
};

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

/* The relay's own terminal, as it was before. */
static struct termios before;

static void put_back(void)
{
	sighandler_t old = signal(SIGTTOU, SIG_IGN);	// as in vault.c

	tcsetattr(STDIN_FILENO, TCSANOW, &before);
	signal(SIGTTOU, old);
}

/* Each byte that the person types comes to the relay: no lines, no echo and no
 * signals. All that is done by the inner terminal. */
static void make_own_terminal_raw(void)
{
	struct termios raw;

	if (tcgetattr(STDIN_FILENO, &before) == -1)
		die("tcgetattr");
	raw = before;
	cfmakeraw(&raw);
	hold_signals();
	if (tcsetattr(STDIN_FILENO, TCSANOW, &raw) == -1)
		die("tcsetattr");
	remove_at_end(put_back);
	let_signals();
}

static volatile sig_atomic_t window_has_changed;

static void note_change(int sig)
{
	(void)sig;		// not used: this keeps the compiler silent
	window_has_changed = 1;
}

/* From now on SIGWINCH can come only while we sleep in ppoll(). Elsewhere it
 * waits: see lesson 16. */
static void catch_window_changes(sigset_t *unblocked)
{
	struct sigaction act = { .sa_handler = note_change };
	sigset_t window_changes;

	sigemptyset(&act.sa_mask);
	if (sigaction(SIGWINCH, &act, NULL) == -1)
		die("sigaction");
	sigemptyset(&window_changes);
	sigaddset(&window_changes, SIGWINCH);
	if (sigprocmask(SIG_BLOCK, &window_changes, unblocked) == -1)
		die("sigprocmask");
}

/* The inner terminal gets the size of the outer one, and the kernel tells its
 * program by SIGWINCH. */
static void pass_size_on(int master)
{
	struct winsize size;

	if (ioctl(STDIN_FILENO, TIOCGWINSZ, &size) == -1) {
		if (errno == ENOTTY)
			quit("stdin is no terminal");
		die("ioctl TIOCGWINSZ");
	}
	if (ioctl(master, TIOCSWINSZ, &size) == -1)
		die("ioctl TIOCSWINSZ");
}

/* Return 0 if nothing more will come from there, else 1. */
static int read_more(struct way *way)
{
	ssize_t n = read(way->from, way->bytes, sizeof way->bytes);

	// As in robot.c: after EIO the last words may still come.
	if (n == -1 && errno == EIO)
		n = read(way->from, way->bytes, sizeof way->bytes);
	if (n == 0 || (n == -1 && errno == EIO))
		return 0;
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return 1;
	if (n == -1)
		die("read");
	way->len = (size_t)n;
	return 1;
}

static void write_more(struct way *way)
{
	ssize_t n = write(way->to, way->bytes, way->len);

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n == -1)
		die("write");
	way->len -= (size_t)n;
	memmove(way->bytes, way->bytes + n, way->len);
}

/* Carry bytes both ways, until the program has left the inner terminal, or the
 * person's side, our stdin, is closed. */
static void carry(int master, const sigset_t *unblocked)
{
	struct way keys = { .from = STDIN_FILENO, .to = master };
	struct way screen = { .from = master, .to = STDOUT_FILENO };
	struct way *ways[2] = { &keys, &screen };
	struct pollfd waits[2];

	for (;;) {
		// Each way waits for bytes if it has none, else for room.
		for (int i = 0; i < 2; i++) {
			waits[i].fd = ways[i]->from;
			waits[i].events = POLLIN;
			if (ways[i]->len > 0) {
				waits[i].fd = ways[i]->to;
				waits[i].events = POLLOUT;
			}
		}
		if (window_has_changed) {
			window_has_changed = 0;
			pass_size_on(master);
		}
		if (ppoll(waits, 2, NULL, unblocked) == -1) {
			if (errno == EINTR)
				continue;
			die("ppoll");
		}
		for (int i = 0; i < 2; i++) {
			if (waits[i].revents == 0)
				continue;
			if (ways[i]->len > 0)
				write_more(ways[i]);
			else if (!read_more(ways[i]))
				return;
		}
	}
}

/* In the program that we play: print the size whenever it changes. */
_Noreturn static void print_sizes(void)
{
	struct winsize size;
	sigset_t window_changes;

	sigemptyset(&window_changes);
	sigaddset(&window_changes, SIGWINCH);
	if (sigprocmask(SIG_BLOCK, &window_changes, NULL) == -1)
		die("sigprocmask");
	put(STDOUT_FILENO, "ready\n");
	for (;;) {
		char line[30];

		if (sigwaitinfo(&window_changes, NULL) == -1) {
			if (errno == EINTR)
				continue;
			die("sigwaitinfo");
		}
		if (ioctl(STDIN_FILENO, TIOCGWINSZ, &size) == -1)
			die("ioctl TIOCGWINSZ");
		snprintf(line, sizeof line, "%d by %d\n", size.ws_row,
			 size.ws_col);
		put(STDOUT_FILENO, line);
	}
}

/* In a child: take SLAVE as the terminal, and as stdin, stdout and stderr. */
static void move_in(int slave)
{
	// A shell or nohup may have started us with these ignored.
	if (signal(SIGINT, SIG_DFL) == SIG_ERR)
		die("signal");
	if (signal(SIGHUP, SIG_DFL) == SIG_ERR)
		die("signal");
	take_terminal(slave);
	if (dup2(slave, STDIN_FILENO) == -1)
		die("dup2, stdin");
	if (dup2(slave, STDOUT_FILENO) == -1)
		die("dup2, stdout");
	if (dup2(slave, STDERR_FILENO) == -1)
		die("dup2, stderr");
	if (slave > STDERR_FILENO) {
		if (close(slave) == -1)
			die("close");
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

/* Run PROGRAM at an inner terminal, or print_sizes() if it is NULL. Return how
 * it has ended. */
static int relay(enum mode mode, char **program)
{
	sigset_t unblocked;
	pid_t parent = getpid();
	pid_t child;		// becomes the program
	int flags;
	int master;
	int slave;

	make_terminal(&master, &slave);
	pass_size_on(master);
	child = fork();
	if (child == -1)
		die("fork");
	if (child == 0) {
		// If our parent is killed, we end as well.
		if (!end_with_parent(parent))
			die("end_with_parent");
		if (close(master) == -1)
			die("close");
		move_in(slave);
		if (program) {
			execvp(program[0], program);
			quit("execvp %s: %s", program[0], errno_name(errno));
		}
		print_sizes();			// does not return
	}
	if (close(slave) == -1)
		die("close");

	// A write() that has no room for all is to take a part.
	flags = fcntl(master, F_GETFL);
	if (flags == -1)
		die("fcntl F_GETFL");
	if (fcntl(master, F_SETFL, flags | O_NONBLOCK) == -1)
		die("fcntl F_SETFL");
	if (mode == RAW)
		make_own_terminal_raw();
	catch_window_changes(&unblocked);
	pass_size_on(master);		// it may have changed meanwhile
	carry(master, &unblocked);
	if (close(master) == -1)
		die("close");
	return wait_for(child);
}

/* The person: read the screen until TEXT stands there. */
static void see(int master, const char *text)
{
	char screen[1000];
	size_t len = 0;

	for (;;) {
		ssize_t n = read(master, screen + len, sizeof screen - 1 - len);

		if (n == -1 && errno == EINTR)
			continue;
		// EIO: nobody has the slave open any more.
		if (n == -1 && errno == EIO)
			quit("read: EIO: the relay has ended before the screen"
			     " shows \"%s\"", text);
		if (n == -1)
			die("read");
		if (n == 0)		// no room is left in SCREEN
			quit("the screen does not show \"%s\"", text);
		len += (size_t)n;
		screen[len] = '\0';
		if (strstr(screen, text))
			break;
	}
}

/* The relay has been killed, and its program has become our child: see main().
 * Two signals come to the program: SIGHUP, because its master is closed, and
 * the SIGTERM of end_with_parent(). The first one kills it. */
static void see_program_end(void)
{
	int status;

	while (wait(&status) == -1) {
		if (errno != EINTR)
			die("wait");
	}
	if (!WIFSIGNALED(status))
		quit("the program was not killed");
}

/* The person: start a relay in a window, and use it. */
static void play(const char *what, enum mode mode)
{
	struct winsize size = { .ws_row = 10, .ws_col = 40 };
	struct termios settings;
	pid_t parent = getpid();
	pid_t relay_pid;
	int master;
	int slave;
	int status;

	make_terminal(&master, &slave);
	relay_pid = fork();
	if (relay_pid == -1)
		die("fork");
	if (relay_pid == 0) {
		// If our parent is killed, we end as well.
		if (!end_with_parent(parent))
			die("end_with_parent");
		if (close(master) == -1)
			die("close");
		move_in(slave);
		status = relay(mode, NULL);
		if (!WIFSIGNALED(status))
			quit("the program was not killed");
		// As a shell does it: 128, and the number of the signal.
		exit(128 + WTERMSIG(status));
	}

	if (close(slave) == -1)
		die("close");
	see(master, "ready");
	if (ioctl(master, TIOCSWINSZ, &size) == -1)
		die("ioctl TIOCSWINSZ");
	see(master, "10 by 40");
	say("%s: the window is 10 by 40, and the program sees it", what);
	put(master, "\003");		// the byte 3: Ctrl-C
	status = wait_for(relay_pid);
	if (mode == AS_IT_IS) {
		if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGINT)
			quit("Ctrl-C has not killed the relay");
		say("%s: Ctrl-C has killed the relay", what);
		see_program_end();
	} else {
		if (!WIFEXITED(status) || WEXITSTATUS(status) != 128 + SIGINT)
			quit("Ctrl-C has not killed the program");
		say("%s: Ctrl-C has killed the program, status %d", what,
		    WEXITSTATUS(status));
	}

	// The master tells the settings, too.
	if (tcgetattr(master, &settings) == -1)
		die("tcgetattr");
	if (!(settings.c_lflag & ECHO))
		quit("the relay has left the terminal raw");
	if (close(master) == -1)
		die("close");
}

int main(int argc, char **argv)
{
	int status;

	if (argc == 1) {
		// If a relay dies, its program becomes our child. So we can
		// wait for it.
		if (prctl(PR_SET_CHILD_SUBREAPER, 1) == -1)
			die("prctl");
		play("wrong", AS_IT_IS);
		play("right", RAW);
		return EXIT_SUCCESS;
	}
	status = relay(RAW, argv + 1);
	if (WIFSIGNALED(status))
		return 128 + WTERMSIG(status);
	return WEXITSTATUS(status);
}
