/*
 * keys - Ctrl-C and Ctrl-D: who gets them, and as what
 *
 *   we --master--> [ line discipline ] --slave--> a child
 *
 * Watch: the same key, byte 3, is a signal, or nothing, or a byte. Ctrl-D, byte
 * 4, never ends the terminal.
 *
 * Try: type "\032" instead of "\003" in the second case: that is Ctrl-Z. Does
 * the child stop? And in the third case? If nothing happens, press Ctrl-C.
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>

#include "../../../common/experiment.h"

enum { ROOM = 100 };		// bytes: more than is typed here

enum session { NO_SESSION, OWN_SESSION };
enum mode { LINES, RAW };

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

/* One read(). Return how many bytes it has brought. */
static size_t get(int fd, char *bytes)
{
	ssize_t n;

	do {
		n = read(fd, bytes, ROOM);
	} while (n == -1 && errno == EINTR);
	if (n == -1)
		die("read");
	return (size_t)n;
}

static void make_raw(int slave)
{
	struct termios settings;

	if (tcgetattr(slave, &settings) == -1)
		die("tcgetattr");
	cfmakeraw(&settings);
	if (tcsetattr(slave, TCSANOW, &settings) == -1)
		die("tcsetattr");
}

/* In the child: say that we are ready, and read once. Return the first byte. */
static int read_a_byte(int slave)
{
	char bytes[ROOM];

	put(slave, "ready");
	if (get(slave, bytes) == 0)
		return 0;
	return bytes[0];
}

/* Start a child that reads from a new terminal, type KEYS there, and return how
 * the child has ended. */
static int type_to_child(enum session session, enum mode mode, const char *keys)
{
	char bytes[ROOM];
	pid_t parent = getpid();
	pid_t child;
	int master;
	int slave;
	int status;

	make_terminal(&master, &slave);
	if (mode == RAW)
		make_raw(slave);
	child = fork();
	if (child == -1)
		die("fork");
	if (child == 0) {
		int byte;

		// If our parent is killed, we end as well.
		if (!end_with_parent(parent))
			die("end_with_parent");
		if (close(master) == -1)
			die("close");
		// A shell may have started us with SIGINT ignored.
		if (signal(SIGINT, SIG_DFL) == SIG_ERR)
			die("signal");
		if (session == OWN_SESSION) {
			if (setsid() == -1)
				die("setsid");
			if (ioctl(slave, TIOCSCTTY, 0) == -1)
				die("ioctl TIOCSCTTY");
		}
		// Our status tells our parent which byte it was.
		byte = read_a_byte(slave);
		exit(byte);
	}
	if (close(slave) == -1)
		die("close");
	// Wait for "ready": then the child has its terminal, and a key finds
	// the child.
	get(master, bytes);
	put(master, keys);
	while (waitpid(child, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (close(master) == -1)
		die("close");
	return status;
}

int main(void)
{
	char bytes[ROOM];
	size_t first;
	size_t second;
	int master;
	int slave;
	int status;

	// \003 is the byte 3, Ctrl-C. After that comes a line.
	status = type_to_child(NO_SESSION, LINES, "\003go\r");
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 'g')
		quit("the child has not read the line");
	say("wrong: no session has the terminal: Ctrl-C does nothing");

	status = type_to_child(OWN_SESSION, LINES, "\003");
	if (!WIFSIGNALED(status))
		quit("no signal has killed the child");
	say("right: the child's session has it: Ctrl-C kills, signal %d",
	    WTERMSIG(status));

	status = type_to_child(OWN_SESSION, RAW, "\003");
	if (!WIFEXITED(status))
		quit("the child was killed");
	say("raw: Ctrl-C is a byte: the child reads %d", WEXITSTATUS(status));

	// Ctrl-D needs no session. So we hold master and slave ourselves.
	make_terminal(&master, &slave);
	put(master, "\004more\r");
	first = get(slave, bytes);
	second = get(slave, bytes);
	say("Ctrl-D, then a line: read() returns %zu, and then %zu", first,
	    second);
	put(master, "half\004");
	first = get(slave, bytes);
	say("half a line, then Ctrl-D: read() returns %zu", first);
	if (close(slave) == -1)
		die("close");
	if (close(master) == -1)
		die("close");
	return EXIT_SUCCESS;
}
