/*
 * server - a small inn: shows its menu, and closes in good order
 *
 *   manager --SIGHUP: there is a new menu--> server
 *           --SIGTERM: close---------------> server
 *
 * Its partner ./manager starts it. By hand: ./server < FILE
 *
 * Watch: SIGTERM kills a program that does not catch it. The server catches it,
 * finishes its work, prints one more line, and only then ends.
 */
#define _GNU_SOURCE			// for lesson.h
#include "../../common/lesson.h"

// What the handlers note for main(). A value of type sig_atomic_t is stored in
// one piece, so main() never sees half of it. volatile makes main() read the
// variable again each time. Without it the compiler may keep an old value in a
// register, and main() would not see what the handler has stored.
static volatile sig_atomic_t menu_is_new;	// 1 when SIGHUP has come
static volatile sig_atomic_t end_signal;	// SIGTERM or SIGINT, or still 0

static sigset_t ours;		// the three signals that we catch

// A handler runs between any two steps of the program, and may find everything
// half done. So it only notes what has come. main() does the work.
static void note_new_menu(int sig)
{
	(void)sig;		// not used: this keeps the compiler silent
	menu_is_new = 1;
}

static void note_end(int sig)
{
	end_signal = sig;
}

static void set_action(int sig, void (*handler)(int))
{
	struct sigaction act = { .sa_handler = handler };

	// sa_mask: what else is blocked while the handler runs. Nothing: each
	// handler only stores one value, so another one may interrupt it.
	sigemptyset(&act.sa_mask);
	if (sigaction(sig, &act, NULL) == -1)
		die("sigaction");
}

/* Block our three signals: each one that comes now waits in the kernel. The
 * mask of a process is the set of signals that it blocks. Store in *IN_SLEEP
 * the mask for our sleep: our three signals are not in it. */
static void block_ours(sigset_t *in_sleep)
{
	sigset_t before;	// what was blocked when we were started

	sigemptyset(&ours);
	sigaddset(&ours, SIGHUP);
	sigaddset(&ours, SIGTERM);
	sigaddset(&ours, SIGINT);
	if (sigprocmask(SIG_BLOCK, &ours, &before) == -1)
		die("sigprocmask, block");

	// A new program begins with the mask of the program that has started
	// it. If SIGTERM is blocked there, it is in "before" as well, and we
	// would never hear it. So take our signals out.
	*in_sleep = before;
	sigdelset(in_sleep, SIGHUP);
	sigdelset(in_sleep, SIGTERM);
	sigdelset(in_sleep, SIGINT);
}

/* Print the menu, which is the first line of the file that is our stdin. */
static void show_menu(const char *what)
{
	char menu[64];
	ssize_t size;

	// pread() reads from place 0, the beginning of the file, each time.
	// read() would go on where the last one has stopped.
	size = pread(STDIN_FILENO, menu, sizeof menu - 1, 0);
	if (size == -1 && errno == ESPIPE)
		quit("my stdin must be a file with the menu: ./server < FILE");
	if (size == -1)
		die("pread");
	menu[size] = '\0';	// pread() does not do that

	// strcspn() counts the characters before the first '\n'. So this cuts
	// the text after its first line.
	menu[strcspn(menu, "\n")] = '\0';
	say("%s: %s", what, menu);
}

/* Die of the signal SIG. So the process that waits for us sees why we ended. It
 * returns only in the first process of a container: then with the status that a
 * shell shows for a program that has died of SIG. */
static int die_of_signal(int sig)
{
	set_action(sig, SIG_DFL);	// no handler any more: it kills
	if (sigprocmask(SIG_UNBLOCK, &ours, NULL) == -1)
		die("sigprocmask, unblock");
	if (raise(sig) != 0)		// sends it to ourselves: we end here
		die("raise");

	// The kernel does not kill the first process of a container by a signal
	// that this process does not catch.
	return 128 + sig;
}

int main(void)
{
	sigset_t in_sleep;	// what is blocked while we sleep

	block_ours(&in_sleep);
	set_action(SIGHUP, note_new_menu);
	set_action(SIGTERM, note_end);
	set_action(SIGINT, note_end);
	show_menu("open, and we have");

	// Between the look at end_signal and the sleep there is a gap. If a
	// signal were not blocked there, its handler would run in the gap, and
	// then we would sleep: nobody would send it again. A blocked signal
	// waits, and comes in when sigsuspend() unblocks it.
	while (end_signal == 0) {
		// Unblock our signals and sleep, in one step. When a handler
		// has run, sigsuspend() blocks them again and returns. It
		// always returns -1, with EINTR.
		if (sigsuspend(&in_sleep) == -1 && errno != EINTR)
			die("sigsuspend");
		if (menu_is_new) {
			menu_is_new = 0;
			show_menu("a new menu, and we have");
		}
	}
	say("told to end: the plates are washed, the door is shut");
	return die_of_signal(end_signal);
}
