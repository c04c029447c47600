/*
 * robot - plays the person at the terminal of ./vault
 *
 *   robot <--master--> [ line discipline ] <--slave--> vault
 *          keys, screen   echo, lines          stdin, stdout
 *
 * It starts its partner ./vault itself.
 *
 * Watch: the robot types an answer only after it has read the question.
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#include "../../common/lesson.h"

enum { ROOM = 400 };		// bytes: longer than a line of the screen

struct talk {
	char line[ROOM];	// the last line of the screen, so far
	size_t len;		// bytes in it
	char keys[ROOM];	// what is still to be typed
	size_t left;		// bytes in it
	size_t answered;	// how many questions we have answered
};

/* Type as many of the keys as there is room for now. */
static void type_keys(int master, struct talk *talk)
{
	ssize_t n = write(master, talk->keys, talk->left);

	// EAGAIN: there is no room after all. poll() comes next.
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n == -1)
		die("write");

	// Not all may have been taken. The rest moves to the front.
	talk->left -= (size_t)n;
	memmove(talk->keys, talk->keys + n, talk->left);
}

static void look_at_screen(struct talk *talk);

/* Return 0 if nobody has the slave open any more, else 1. */
static int read_screen(int master, struct talk *talk)
{
	char *place = talk->line + talk->len;
	size_t room = ROOM - talk->len;
	ssize_t n = read(master, place, room);

	// EIO: the vault has closed its terminal. On Linux EIO may come while
	// the last words are still on their way. So read once more: now they
	// have arrived, or it is EIO again.
	if (n == -1 && errno == EIO)
		n = read(master, place, room);
	// Some other systems return 0 here, and not EIO.
	if (n == 0 || (n == -1 && errno == EIO))
		return 0;
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return 1;
	if (n == -1)
		die("read");

	talk->len += (size_t)n;
	look_at_screen(talk);
	return 1;
}

enum { PATIENCE = 5 };		// seconds that we wait for the vault

/* Read the screen and type answers, until the vault has left its terminal. */
static void drive(int master)
{
	struct pollfd terminal = { .fd = master };
	struct talk talk = { .len = 0 };	// all other members are 0, too

	for (;;) {
		int ready;

		// Always read, also while there is something to type. If we
		// only typed, and the vault only printed, both would wait.
		terminal.events = POLLIN;
		if (talk.left > 0)
			terminal.events = POLLIN | POLLOUT;

		ready = poll(&terminal, 1, PATIENCE * 1000);
		if (ready == -1 && errno == EINTR)	// a signal: wait again
			continue;
		if (ready == -1)
			die("poll");
		// When we end, our master is closed, and that ends the vault.
		// %.*s: print at most len bytes of line, for it has no '\0'.
		if (ready == 0)
			quit("no word from the vault for %d seconds after"
			     " \"%.*s\"", PATIENCE, (int)talk.len, talk.line);

		// POLLIN: there is something to read. POLLHUP and POLLERR come
		// without being asked for, and read() tells what they mean.
		if (terminal.revents & (POLLIN | POLLHUP | POLLERR)) {
			if (!read_screen(master, &talk))
				break;
		}
		if (terminal.revents & POLLOUT)		// there is room
			type_keys(master, &talk);
	}
	if (talk.len > 0)	// the last words had no newline
		say("the screen shows \"%.*s\"", (int)talk.len, talk.line);
}

/* Print the lines that are complete. The rest stays: it is the last line, so
 * far. */
static void print_lines(struct talk *talk)
{
	size_t start = 0;	// where the next line begins

	for (size_t i = 0; i < talk->len; i++) {
		size_t size;		// of the line, without the newline

		if (talk->line[i] != '\n')
			continue;
		size = i - start;
		// A terminal ends a line with two bytes, '\r' and '\n'.
		if (size > 0 && talk->line[i - 1] == '\r')
			size--;
		say("the screen shows \"%.*s\"", (int)size, talk->line + start);
		start = i + 1;
	}
	talk->len -= start;
	memmove(talk->line, talk->line + start, talk->len);
}

/* What the robot knows, in the order in which the vault asks. */
static const struct {
	const char *question;
	const char *answer;
} known[] = {
	{ .question = "name: ", .answer = "Ada" },
	{ .question = "password: ", .answer = "lovelace" },
};

/* Is the next question on the screen? Then put the answer among the keys. */
static void answer_question(struct talk *talk)
{
	// Keys that are not typed yet stay: the answer comes after them.
	char *place = talk->keys + talk->left;
	size_t room = ROOM - talk->left;
	const char *question;
	const char *text;
	int size;

	if (talk->answered == sizeof known / sizeof known[0])
		return;		// we have answered all of them
	question = known[talk->answered].question;
	text = known[talk->answered].answer;

	// A question has no newline. It may come in pieces, so we compare the
	// whole line, and not what the last read() has brought.
	if (talk->len != strlen(question))
		return;
	if (memcmp(talk->line, question, talk->len) != 0)
		return;

	say("I read \"%s\", so I type %s", question, text);
	// The Enter key sends '\r'. The terminal makes '\n' of it. snprintf()
	// returns how many bytes it wanted to store.
	size = snprintf(place, room, "%s\r", text);
	if (size < 0 || (size_t)size >= room)
		quit("there is no room for the answer");
	talk->left += (size_t)size;
	talk->answered++;
}

static void look_at_screen(struct talk *talk)
{
	print_lines(talk);
	if (talk->len == ROOM)		// else we would read 0 bytes next
		quit("a line of the screen is too long");
	answer_question(talk);
}

/* A program of yours would call quit() here. But the course has other lessons,
 * which need no terminal. So this lesson is skipped, and that is no failure. */
_Noreturn static void skip_this_lesson(void)
{
	say("skipped: there is no /dev/ptmx or no /dev/pts; as root:"
	    " mount -t devpts none /dev/pts");
	exit(EXIT_SUCCESS);
}

/* Make a terminal. We open the slave here, before fork(), and the child
 * inherits it. If only the child opened the slave, it could end before it has
 * done so. Then nobody would ever have had the slave open, and read() of the
 * master would never give EIO. */
static void make_terminal(int *master, int *slave)
{
	const char *name;

	// O_NOCTTY: it is not to be our own terminal. O_NONBLOCK: only poll()
	// waits. A write() that has no room for all takes a part.
	*master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
	if (*master == -1 && (errno == ENODEV || errno == ENOENT))
		skip_this_lesson();
	if (*master == -1)
		die("posix_openpt");
	// From now on our user may open the slave.
	if (grantpt(*master) == -1)
		die("grantpt");
	// A new slave is locked: open() of it would fail.
	if (unlockpt(*master) == -1)
		die("unlockpt");
	name = ptsname(*master);
	if (!name)
		die("ptsname");
	*slave = open(name, O_RDWR | O_NOCTTY);
	if (*slave == -1)
		die("open the slave");
}

/* In the child: become ./vault, with the slave as its terminal. */
_Noreturn static void become_vault(int master, int slave)
{
	// With a copy of the master here, the vault would not be told when the
	// robot has ended.
	if (close(master) == -1)
		die("close");

	// A new session has no terminal. So it can take the slave as its own,
	// and Ctrl-C and a hang-up come to the vault, and not to us.
	if (setsid() == -1)
		die("setsid");
	if (ioctl(slave, TIOCSCTTY, 0) == -1)
		die("ioctl TIOCSCTTY");

	if (dup2(slave, STDIN_FILENO) == -1)
		die("dup2, stdin");
	if (dup2(slave, STDOUT_FILENO) == -1)
		die("dup2, stdout");
	if (dup2(slave, STDERR_FILENO) == -1)
		die("dup2, stderr");
	if (slave > STDERR_FILENO) {	// else it is one of these three
		if (close(slave) == -1)
			die("close");
	}
	execl("./vault", "vault", (char *)NULL);
	die("execl ./vault");	// execl() returns only if it has failed
}

/* Wait until the vault has ended, but not for ever: it may have closed its
 * terminal and live on. Return its status. */
static int wait_for_vault(pid_t vault)
{
	struct timespec limit = { .tv_sec = PATIENCE };
	sigset_t child_ends;
	sigset_t before;	// what was blocked before
	int status;

	// SIGCHLD comes when a child ends. While it is blocked, it waits for
	// sigtimedwait(), also if it comes before the call.
	sigemptyset(&child_ends);
	sigaddset(&child_ends, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &child_ends, &before) == -1)
		die("sigprocmask");

	for (;;) {
		// WNOHANG: do not wait. 0 means: the vault still lives.
		pid_t ended = waitpid(vault, &status, WNOHANG);

		if (ended == -1)
			die("waitpid");
		if (ended == vault)
			break;
		if (sigtimedwait(&child_ends, NULL, &limit) == -1) {
			if (errno == EAGAIN)
				quit("the vault has left its terminal, but it"
				     " does not end");
			if (errno != EINTR)	// another signal: look again
				die("sigtimedwait");
		}
	}

	// A child that we start later would inherit what is blocked.
	if (sigprocmask(SIG_SETMASK, &before, NULL) == -1)
		die("sigprocmask");
	return status;
}

int main(void)
{
	int master;		// our side: the keyboard and the screen
	int slave;		// the vault's side: a terminal
	pid_t vault;
	int status;

	make_terminal(&master, &slave);
	say("I start the vault, at a terminal of its own");
	vault = fork();
	if (vault == -1)
		die("fork");
	if (vault == 0)
		become_vault(master, slave);	// does not return

	// With a copy of the slave here, we would never see that the vault has
	// left its terminal.
	if (close(slave) == -1)
		die("close");
	drive(master);

	status = wait_for_vault(vault);
	// Close the master only when the vault has ended. If the vault were
	// still at work, the kernel would hang up, and SIGHUP would kill it.
	if (close(master) == -1)
		die("close");
	if (WIFSIGNALED(status))
		quit("the vault was killed by signal %d", WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		quit("the vault has failed: status %d", WEXITSTATUS(status));
	say("the vault has left its terminal, and ended well");
	return EXIT_SUCCESS;
}
