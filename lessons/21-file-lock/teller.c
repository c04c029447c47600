/*
 * teller - keeps three accounts in one file, and locks each in another way
 *
 *   teller --> [ Ann: fcntl | Bob: OFD | Cy ] the file: flock <-- clerk
 *
 * Start it first. Its partner, ./clerk, asks the lock who holds it.
 * Watch: the teller closes one descriptor, and loses one lock of three.
 */
#define _GNU_SOURCE		// F_OFD_SETLK
#include <fcntl.h>
#include <sys/file.h>
#include "../../common/experiment.h"

enum { ANN, BOB, CY, DESK, RECORD = 8 };	// DESK: past the end of it
static char path[OWN_PATH];
static volatile sig_atomic_t is_ours;
static int fd;

static void remove_file(void)
{
	if (is_ours)
		unlink(path);
}

static int lock(int cmd, int account)
{
	struct flock fl = { .l_type = F_WRLCK, .l_whence = SEEK_SET,
			    .l_start = account * RECORD, .l_len = RECORD };

	return fcntl(fd, cmd, &fl);
}

static void open_accounts(void)
{
	own_path(path, "accounts");
	remove_at_end(remove_file);
	hold_signals();			// until we know whose it is
	if ((fd = open(path, O_RDWR | O_CREAT, 0600)) == -1)
		die("open");
	// A killed teller leaves its file, but never its lock. So the lock,
	// not the file, tells whether another one is at work.
	if (flock(fd, LOCK_EX | LOCK_NB) == -1)
		quit("another ./teller is at work: let it end first");
	is_ours = 1;
	let_signals();
	if (pwrite(fd, "Ann 100\nBob 100\nCy  100\n", 3 * RECORD, 0) == -1 ||
	    lock(F_SETLK, ANN) == -1 || lock(F_OFD_SETLK, BOB) == -1 ||
	    lock(F_SETLK, DESK) == -1)
		die("pwrite, fcntl F_SETLK");
}

int main(void)
{
	siginfo_t clerk;
	sigset_t bell;

	sigemptyset(&bell);
	sigaddset(&bell, SIGUSR1);
	sigprocmask(SIG_BLOCK, &bell, NULL);
	open_accounts();
	say("I lock Ann by fcntl, Bob by OFD, the file by flock");
	while (sigwaitinfo(&bell, &clerk) == -1)
		;
	wait_until_asleep(clerk.si_pid);	// it wants Ann
	say("I open the file once more, and close it");
	if (close(open(path, O_RDONLY)) == -1)	// a library may do as much
		die("open");
	wait_until_asleep(clerk.si_pid);	// it wants the file
	say("I lock Cy, leave the file, and want Ann");
	if (lock(F_SETLK, CY) == -1 || flock(fd, LOCK_UN) == -1 ||
	    lock(F_SETLKW, ANN) == -1)
		die("fcntl F_SETLKW");
	say("I have Cy and Ann, and go: so do my locks");
	return EXIT_SUCCESS;
}
