/*
 * fails - what never waits: a file, and a counter
 *
 *   the writer, a child: 4096 bytes, twice --> [ file: 6000 at most ]
 *
 * RLIMIT_FSIZE is the largest size of a file that this process may write
 * (ulimit -f in the shell). We set it to 6000 bytes.
 *
 * Watch: the first writer is killed inside write(). The second one ignores
 * the signal SIGXFSZ. So its write() returns, and this writer can react.
 *
 * Try: write 8192 instead of 6000. What do the first two lines say now, and
 * which of the two writers is still killed?
 */
#define _GNU_SOURCE			// for memfd_create()
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum { LIMIT = 6000 };			// bytes that a file may have
enum { PIECE = 4096 };			// bytes of one write()
enum reaction { IS_KILLED, IGNORES_SIGXFSZ };	// of a writer

/* In the child: from now on a file may have at most LIMIT bytes. Return what
 * the limit was before. */
static struct rlimit limit_files(void)
{
	struct rlimit before;
	struct rlimit limit;

	if (getrlimit(RLIMIT_FSIZE, &before) == -1)
		die("getrlimit RLIMIT_FSIZE");
	limit = before;
	limit.rlim_cur = LIMIT;	// this one counts; it is at most rlim_max
	if (setrlimit(RLIMIT_FSIZE, &limit) == -1)
		die("setrlimit RLIMIT_FSIZE");
	return before;
}

/* In the child: SIGXFSZ leaves no file "core" with a copy of our memory. */
static void leave_no_core(void)
{
	struct rlimit none = { .rlim_cur = 0, .rlim_max = 0 };

	if (setrlimit(RLIMIT_CORE, &none) == -1)
		die("setrlimit RLIMIT_CORE");
}

/* In the child: write pieces until write() fails. */
static void write_until_it_fails(enum reaction reaction)
{
	static const char piece[PIECE];
	struct rlimit before;
	int err;		// why write() has failed
	ssize_t last = 0;	// what the last good write() returned
	ssize_t n;
	// A file in memory, without a name: nothing is left of it.
	int fd = memfd_create("file", 0);

	if (fd == -1)
		die("memfd_create");
	leave_no_core();
	before = limit_files();
	// SIG_IGN: ignore the signal. SIG_DFL is the default: it kills.
	if (reaction == IGNORES_SIGXFSZ) {
		if (signal(SIGXFSZ, SIG_IGN) == SIG_ERR)
			die("signal");
	} else {
		if (signal(SIGXFSZ, SIG_DFL) == SIG_ERR)
			die("signal");
	}

	while ((n = write(fd, piece, sizeof piece)) > 0)
		last = n;
	err = errno;

	// What we print may go to a file that is larger than LIMIT.
	if (setrlimit(RLIMIT_FSIZE, &before) == -1)
		die("setrlimit RLIMIT_FSIZE");
	if (reaction == IS_KILLED) {
		errno = err;
		die("write, and SIGXFSZ has not killed us");
	}
	say("right: SIGXFSZ is ignored: write() of %d: %zd, the next: -1, %s",
	    PIECE, last, errno_name(err));
}

/* Start a writer, wait for its end, and return its status. */
static int run_writer(enum reaction reaction)
{
	pid_t parent = getpid();
	pid_t child = fork();
	int status;

	if (child == -1)
		die("fork");
	if (child == 0) {
		// If our parent is killed, we end as well.
		if (!end_with_parent(parent))
			die("end_with_parent");
		write_until_it_fails(reaction);
		exit(EXIT_SUCCESS);
	}
	while (waitpid(child, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	return status;
}

static void post_too_often(void)
{
	unsigned largest = (unsigned)sysconf(_SC_SEM_VALUE_MAX);
	sem_t semaphore;

	// 0: only this process uses it.
	if (sem_init(&semaphore, 0, largest) == -1)
		die("sem_init");
	if (sem_post(&semaphore) == 0)
		quit("sem_post() has worked at %u", largest);
	say("a semaphore at %u: sem_post(): -1, %s", largest,
	    errno_name(errno));
}

int main(void)
{
	int status;

	status = run_writer(IS_KILLED);
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGXFSZ)
		quit("the writer was not killed by SIGXFSZ");
	say("wrong: the writer was killed by SIGXFSZ, and said nothing");

	status = run_writer(IGNORES_SIGXFSZ);
	if (status != 0)
		quit("the writer has failed");

	post_too_often();
	return EXIT_SUCCESS;
}
