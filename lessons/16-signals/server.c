/*
 * server - a small inn: shows its menu, and closes in good order
 *
 *   manager --SIGHUP: there is a new menu--> server
 *           --SIGTERM: close---------------> server
 *
 * Its partner ./manager starts it. By hand: ./server < FILE
 *
 * Watch: it prints whole sentences when it is told to end. A signal that
 * nobody catches would have killed it in the middle of one.
 */
#define _GNU_SOURCE			// for sigaction() and pread()
#include "../../common/lesson.h"

static volatile sig_atomic_t menu_is_new;	// 1 when SIGHUP has come
static volatile sig_atomic_t end_signal;	// SIGTERM or SIGINT, or still 0

// A handler runs between any two steps of the program, and may find everything
// half done. So it only notes what has come. main() does the work.
static void note_new_menu(int sig)
{
	(void)sig;
	menu_is_new = 1;
}

static void note_end(int sig)
{
	end_signal = sig;
}

static void set_action(int sig, void (*handler)(int))
{
	struct sigaction act = { .sa_handler = handler };

	// No other signal has to wait while the handler runs. Each handler only
	// stores one value, so one of them may interrupt another.
	sigemptyset(&act.sa_mask);
	if (sigaction(sig, &act, NULL) == -1)
		die("sigaction");
}

// The menu is the first line of the file that is our stdin.
static void show_menu(const char *what)
{
	char menu[64];
	ssize_t size = pread(STDIN_FILENO, menu, sizeof menu - 1, 0);

	if (size == -1 && errno == ESPIPE)
		quit("my stdin must be a file with the menu: ./server < FILE");
	if (size == -1)
		die("pread");
	menu[size] = '\0';
	menu[strcspn(menu, "\n")] = '\0';
	say("%s: %s", what, menu);
}

int main(void)
{
	sigset_t ours;		// the signals that we answer
	sigset_t in_sleep;	// what is held back while we sleep

	sigemptyset(&ours);
	sigaddset(&ours, SIGHUP);
	sigaddset(&ours, SIGTERM);
	sigaddset(&ours, SIGINT);

	// From here on the kernel keeps them for us. If they came at any time,
	// one could come after the look at end_signal and before the sleep:
	// then we would sleep, and nobody would tell us again.
	if (sigprocmask(SIG_BLOCK, &ours, &in_sleep) == -1)
		die("sigprocmask, hold back");

	// in_sleep is what was held back before. Whoever started us may have
	// held back ours as well. In our sleep they must come in.
	sigdelset(&in_sleep, SIGHUP);
	sigdelset(&in_sleep, SIGTERM);
	sigdelset(&in_sleep, SIGINT);

	set_action(SIGHUP, note_new_menu);
	set_action(SIGTERM, note_end);
	set_action(SIGINT, note_end);
	show_menu("open, and we have");

	while (end_signal == 0) {
		// Let them in and sleep, in one step. It always returns -1, and
		// EINTR means that a handler has run. When it returns, the
		// kernel holds ours back again.
		if (sigsuspend(&in_sleep) == -1 && errno != EINTR)
			die("sigsuspend");
		if (menu_is_new) {
			menu_is_new = 0;
			show_menu("a new menu, and we have");
		}
	}
	say("told to end: the plates are washed, the door is shut");

	// Die of the same signal, now that all is done. So whoever waits for us
	// sees why we ended.
	set_action(end_signal, SIG_DFL);
	if (raise(end_signal) != 0)	// it is held back, so it waits
		die("raise");
	if (sigprocmask(SIG_UNBLOCK, &ours, NULL) == -1)	// it comes in
		die("sigprocmask, let in");

	// Process 1 of a container comes to this line: the kernel does not kill
	// it by a signal of its own. A shell uses this number for such a death.
	return 128 + end_signal;
}
