/*
 * vault - asks for a name and a password, and only at a terminal
 *
 *   ./vault
 *
 * Its partner ./robot starts it, and the diagram is there. You can be the
 * person yourself: start it in a terminal. The password is lovelace.
 *
 * Watch: nobody sees the password, and the terminal is as before when the vault
 * ends, also by Ctrl-C.
 */
#define _GNU_SOURCE			// for lesson.h
#include <termios.h>

#include "../../common/lesson.h"

enum { ROOM = 80 };		// bytes of an answer, with its '\0'

// How the terminal was. Global, because put_back() has no parameter.
static struct termios before;

/* A terminal outlives the program, and so do our changes. Undo them. */
static void put_back(void)
{
	// In the background, tcsetattr() would stop us by the signal SIGTTOU.
	// So ignore SIGTTOU first. When are we in the background? Somebody has
	// stopped us by SIGSTOP, so the shell has taken the terminal, and now
	// SIGTERM ends us.
	//
	// We do not check the results. If the terminal has gone, there is
	// nothing to put back. And in a signal handler die() is not allowed.
	sighandler_t old = signal(SIGTTOU, SIG_IGN);

	tcsetattr(STDIN_FILENO, TCSANOW, &before);
	// A program that we start later would inherit "ignored".
	signal(SIGTTOU, old);
}

/* From now on nobody sees what is typed. */
static void hide_keys(void)
{
	struct termios hidden = before;

	// ECHO: the terminal shows what is typed. The bit is set, so take it
	// out. ECHO is an int, and ~ECHO would be negative. c_lflag is
	// unsigned. So make ECHO unsigned before the ~.
	hidden.c_lflag &= ~(tcflag_t)ECHO;
	// Ctrl-Z would stop us. The shell would turn the echo on again, and
	// after fg everybody could read the password. So no key does that now.
	hidden.c_cc[VSUSP] = _POSIX_VDISABLE;
	// Ctrl-\, usually, would kill us by SIGQUIT. remove_at_end() does not
	// catch this signal, so the echo would stay off.
	hidden.c_cc[VQUIT] = _POSIX_VDISABLE;

	// If Ctrl-C ended us right after tcsetattr(), the echo would stay off.
	// So Ctrl-C has to wait until remove_at_end() knows what to do.
	hold_signals();
	// TCSAFLUSH also forgets what was typed before the question.
	while (tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden) == -1) {
		if (errno != EINTR)
			die("tcsetattr");
	}
	remove_at_end(put_back);
	let_signals();
}

/* Print QUESTION, and read a line into ANSWER, which has ROOM bytes. */
static void ask(const char *question, char *answer)
{
	ssize_t n;

	// stdio keeps a line back until its newline, and there is none.
	if (printf("%s", question) < 0)
		die("printf");
	if (fflush(stdout) == EOF)
		die("fflush");

	// A terminal hands over a whole line, so one read() is enough.
	do {
		n = read(STDIN_FILENO, answer, ROOM - 1);
	} while (n == -1 && errno == EINTR);
	if (n == -1)
		die("read");
	if (n == 0)		// Ctrl-D, or the terminal has gone
		quit("no answer");
	if (answer[n - 1] != '\n')
		quit("the answer is too long, or Ctrl-D has ended it");
	answer[n - 1] = '\0';
}

int main(void)
{
	char name[ROOM];
	char password[ROOM];

	if (tcgetattr(STDIN_FILENO, &before) == -1) {
		if (errno == ENOTTY)		// a pipe, or a file
			quit("stdin is no terminal: start ./robot, which gives"
			     " me one");
		die("tcgetattr");
	}

	ask("name: ", name);
	hide_keys();
	ask("password: ", password);
	// From now on keys are shown again. At the end remove_at_end() calls
	// put_back() once more. That does no harm: nothing changes then.
	put_back();

	// The Enter key after the password was not shown either.
	if (printf("\n") < 0)
		die("printf");
	if (strcmp(name, "Ada") != 0 || strcmp(password, "lovelace") != 0)
		quit("wrong name or password");
	if (printf("open: 3 coins and a ring\n") < 0)
		die("printf");
	if (fflush(stdout) == EOF)
		die("fflush");
	return EXIT_SUCCESS;
}
