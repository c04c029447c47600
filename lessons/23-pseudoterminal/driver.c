/*
 * driver - plays the person at the terminal that ./vault insists on
 *
 *   driver <--master--> [ line discipline ] <--slave--> vault
 *        keys, screen    echo, erase, Ctrl-C     stdin, stdout
 *
 * It starts ./vault. Watch: it reads each question before it types.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include "../../common/experiment.h"

static int master;
static pid_t vault;

// Shows ^M for 13, ^? for 127. Reads twice: EIO may overtake the last word.
static void talk(const char *keys, const char *names, const char *until)
{
	char screen[400] = "", *end = screen, c;

	if (write(master, keys, strlen(keys)) == -1)
		die("write: vault has left");
	while (!strstr(screen, until) && end < screen + 300)
		if (read(master, &c, 1) == 1 || read(master, &c, 1) == 1)
			end += sprintf(end, c < 32 || c == 127 ? "^%c" : "%c",
				       c < 32 || c == 127 ? c ^ 64 : c);
		else if (!strstr(strcpy(end, errno_name(errno)), until))
			quit("vault left early: %s", screen);	// EIO
	say("%-10s -> %s", names, screen);
}

static void start_vault(void)
{
	int slave;

	if ((master = posix_openpt(O_RDWR | O_NOCTTY)) == -1 ||
	    grantpt(master) == -1 || unlockpt(master) == -1 ||
	    (slave = open(ptsname(master), O_RDWR | O_NOCTTY)) == -1 ||
	    (vault = fork()) == -1)
		say("skipped: no terminal (%s); mount -t devpts none /dev/pts",
		    errno_name(errno)), exit(EXIT_SUCCESS);
	if (vault == 0) {
		close(master);		// a copy here puts off the hang-up
		// The session that owns the terminal gets its signals.
		if (setsid() == -1 || ioctl(slave, TIOCSCTTY, 0) == -1 ||
		    dup2(slave, 0) || dup2(slave, 1) != 1 ||
		    dup2(slave, 2) != 2 || execl("./vault", "vault", NULL))
			die("setsid, TIOCSCTTY, dup2 or ./vault (try make)");
	}
	close(slave);	// a copy here would hide that vault has left
	talk("", "", "name:");
}

int main(void)
{
	struct winsize size = { .ws_row = 10, .ws_col = 40 };
	int status = 0;

	start_vault();
	talk("Adq\177a\r", "Adq^?a^M", "password:");
	talk("lovelace\r", "lovelace^M", "key:");
	talk("\3", "^C", "Ctrl-C^M^J");
	if (ioctl(master, TIOCSWINSZ, &size) == -1)
		die("TIOCSWINSZ");
	talk("", "", "40^M^J");			// SIGWINCH came
	talk("\3", "^C", "line:");
	talk("\4", "^D", "EIO");
	if (close(master) || wait(&status) == -1 || status != 0)
		quit("vault ended badly: wait status %d", status);
	start_vault();
	// It reads from the terminal when the line is closed.
	if (!wait_until_asleep(vault))
		quit("vault ended too early; start ./driver again");
	if (close(master) == -1)
		die("close");
	if (wait(&status) == -1)
		die("wait");
	say("hung up    -> signal %d, SIGHUP", WTERMSIG(status));
}
