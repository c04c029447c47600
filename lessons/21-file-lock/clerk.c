/*
 * clerk - wants what the teller has locked: tries, waits, deadlocks
 *
 *   clerk --> [ Ann: fcntl | Bob: OFD | Cy ] the file: flock <-- teller
 *
 * Its partner is ./teller. Watch: a lock is lost that nobody let go of; and
 * of two that wait for each other the kernel tells one.
 */
#define _GNU_SOURCE		// F_OFD_SETLK
#include <fcntl.h>
#include <sys/file.h>

#include "../../common/experiment.h"

enum { ANN, BOB, CY, DESK, DOOR, RECORD = 8 };
static int fd;

static int lock(int cmd, short type, int account)
{
	struct flock fl = { .l_type = type, .l_whence = SEEK_SET,
			    .l_start = account * RECORD, .l_len = RECORD };

	return fcntl(fd, cmd, &fl);
}

static const char *answer(int rc)
{
	return rc == 0 ? "granted" : errno_name(errno);
}

// Ask without waiting. Each kind of lock is refused only by its own kind.
static void try_all(void)
{
	say("Ann by fcntl: %s", answer(lock(F_SETLK, F_WRLCK, ANN)));
	say("Bob by OFD: %s", answer(lock(F_OFD_SETLK, F_WRLCK, BOB)));
	say("the file by flock: %s", answer(flock(fd, LOCK_EX | LOCK_NB)));
}

// No name, no pid file: the holder of the lock on DESK is the teller.
static pid_t find_teller(void)
{
	struct flock fl = { .l_type = F_WRLCK, .l_whence = SEEK_SET,
			    .l_start = DESK * RECORD, .l_len = RECORD };
	char path[OWN_PATH];

	own_path(path, "accounts");
	if ((fd = open(path, O_RDWR)) == -1 ||
	    fcntl(fd, F_GETLK, &fl) == -1 || fl.l_type == F_UNLCK)
		quit("no teller is at its desk: start ./teller first");
	if (lock(F_SETLK, F_WRLCK, DOOR) == -1)		// one at a time
		quit("another ./clerk is at the desk: let it end first");
	return fl.l_pid;
}

int main(void)
{
	pid_t teller = find_teller();

	try_all();
	say("write in Ann, unasked: %zd bytes", pwrite(fd, "Ann  90", 7, 0));
	if (kill(teller, SIGUSR1) == -1)
		die("kill");
	if (lock(F_SETLKW, F_WRLCK, ANN) == -1)
		die("fcntl F_SETLKW");
	try_all();
	if (flock(fd, LOCK_EX) == -1)	// asleep until the teller leaves it
		die("flock");
	if (!wait_until_asleep(teller))	// it wants Ann, and has Cy
		quit("the teller has died: start it again");
	say("I have Ann and want Cy: %s", answer(lock(F_SETLKW, F_WRLCK, CY)));
	if (lock(F_SETLK, F_UNLCK, ANN) == -1)	// one of the two gives way
		die("fcntl F_UNLCK");
	say("so I give up Ann, and wait for Cy alone");
	say("Cy by fcntl: %s", answer(lock(F_SETLKW, F_WRLCK, CY)));
	return EXIT_SUCCESS;
}
