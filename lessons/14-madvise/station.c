/*
 * station - records how strongly the earth shakes, and has ./scan look
 * through it
 *
 *   station --writes--> [ file: a byte for each second ] --maps--> scan
 *
 * You start only ./station. It starts ./scan.
 *
 * Watch: the station gives no advice. Advice is about the memory of the process
 * that gives it.
 */
#define _GNU_SOURCE			// for lesson.h
#include <sys/wait.h>

#include "../../common/lesson.h"

// 1 MiB: ./scan looks through it in 4 parts of 256 KiB each (PART in scan.c). A
// byte is a second, so this is about 12 days.
enum { SECONDS = 4 * 256 * 1024 };
enum { QUAKE = 700000 };		// when the strongest shock comes

static void write_record(FILE *record);

/* In the child: become ./scan, with the record as standard input. */
_Noreturn static void become_scan(int fd, pid_t station)
{
	// If the station is killed, nobody waits for the result. Then scan is
	// to end, too.
	if (!end_with_parent(station))
		die("end_with_parent");
	// ./scan reads from descriptor 0, the standard input. So make
	// descriptor 0 a copy of fd, and close fd, which is not needed any
	// more. If fd itself is 0, there is nothing to do.
	if (fd != STDIN_FILENO) {
		if (dup2(fd, STDIN_FILENO) == -1)
			die("dup2");
		if (close(fd) == -1)
			die("close");
	}
	execl("./scan", "scan", (char *)NULL);
	die("execl ./scan");	// execl() returns only if it has failed
}

int main(void)
{
	pid_t station = getpid();	// our own process id
	FILE *record;
	pid_t scan;			// the process id of the child
	int status;			// how the child has ended

	// A file without a name: the kernel removes the file when the last
	// process that has it open ends. Ctrl-C has to wait, because some C
	// libraries make a file with a name first, and then remove the name.
	hold_signals();
	record = tmpfile();
	if (record == NULL)
		die("tmpfile");
	let_signals();
	write_record(record);

	say("%d seconds are recorded; I start ./scan", SECONDS);
	scan = fork();
	if (scan == -1)
		die("fork");
	if (scan == 0)
		become_scan(fileno(record), station);	// does not return

	// EINTR: a handler for a signal has run. The child goes on, so wait
	// again.
	while (waitpid(scan, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (WIFSIGNALED(status))
		quit("scan was killed by signal %d", WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		quit("scan failed: status %d", WEXITSTATUS(status));
	say("scan has looked through all of it");
	return EXIT_SUCCESS;
}

/* A byte for each second: how strongly the earth shakes. */
static void write_record(FILE *record)
{
	for (int second = 0; second < SECONDS; second++) {
		int shock = second / 20000;	// from 0 to 52: it grows slowly

		if (second == QUAKE)
			shock = 201;
		if (fputc(shock, record) == EOF)
			die("fputc");
	}
	// What is still in the buffer of stdio is not in the file, and scan
	// would not see it.
	if (fflush(record) == EOF)
		die("fflush");
}
