/*
 * fault - a store that is not allowed: no call fails, SIGSEGV comes instead
 *
 *   Four children store into memory where they may not. For each of them a line
 *   says what happened.
 *
 * Watch: the kernel tells a handler which of two things is wrong. And when a
 * handler returns, the same store is made once more.
 *
 * Try: in repair(), leave out the mprotect(). How often does the handler run
 * now? End it with Ctrl-C.
 */
#define _GNU_SOURCE			// for MAP_ANONYMOUS
#include <sys/mman.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

static char *page;		// a handler has no parameter for it
static size_t page_size;

// The type of a variable that a handler may change (lesson 16).
static volatile sig_atomic_t faults;

/* Map one page, and let nobody store there. */
static void map_page(void)
{
	page_size = size_of_page();
	page = mmap(NULL, page_size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS,
		    -1, 0);
	if (page == MAP_FAILED)
		die("mmap");
}

/* Store one byte. volatile: the compiler must not leave the store out, though
 * nobody loads the byte. */
static void store(void)
{
	volatile char *at = page;

	*at = 'x';
}

/* A handler gets si_code, the number that says what is wrong. It ends the child
 * with the exit status BASE + si_code, and so the parent learns that number.
 * si_code alone is not enough: SEGV_MAPERR is 1, and EXIT_FAILURE is 1, too. */
enum { BASE = 100 };

/* In a child: the handler ends the child. */
static void report(int sig, siginfo_t *info, void *context)
{
	(void)sig;		// it is always SIGSEGV
	(void)context;		// the registers: not needed
	_exit(BASE + info->si_code);
}

/* In a child: two times the handler changes nothing. The third time it allows
 * the store. */
static void repair(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	if (info->si_addr != page)	// not our store: a real mistake
		_exit(EXIT_FAILURE);
	faults++;
	if (faults < 3)
		return;
	if (mprotect(page, page_size, PROT_READ | PROT_WRITE) == -1)
		_exit(BASE + errno);
}

static void handle_by(void (*handler)(int, siginfo_t *, void *))
{
	// SA_SIGINFO: the handler gets three arguments, and learns the reason.
	struct sigaction act = {
		.sa_sigaction = handler,
		.sa_flags = SA_SIGINFO,
	};

	sigemptyset(&act.sa_mask);
	if (sigaction(SIGSEGV, &act, NULL) == -1)
		die("sigaction");
}

static void no_handler(void)
{
	store();
}

static void not_allowed(void)
{
	handle_by(report);
	store();
}

static void not_mapped(void)
{
	handle_by(report);
	if (munmap(page, page_size) == -1)
		die("munmap");
	store();
}

static void handler_returns(void)
{
	handle_by(repair);
	store();
	say("a handler that returns: the store faulted %d times, until "
	    "mprotect()", (int)faults);
}

/* Call WHAT() in a child. Return the status of the child. */
static int in_a_child(void (*what)(void))
{
	pid_t parent = getpid();
	pid_t child = fork();
	int status;

	if (child == -1)
		die("fork");
	if (child == 0) {
		if (!end_with_parent(parent))
			die("end_with_parent");
		// A child that crashes is to leave no core file.
		if (prctl(PR_SET_DUMPABLE, 0) == -1)
			die("prctl");
		what();
		exit(EXIT_SUCCESS);
	}
	if (waitpid(child, &status, 0) == -1)
		die("waitpid");
	return status;
}

/* Print the name of the reason that report() has put into STATUS. */
static void say_reason(const char *what, int status)
{
	if (!WIFEXITED(status))
		quit("%s: the handler did not run", what);
	if (WEXITSTATUS(status) == BASE + SEGV_ACCERR)
		say("%s: SIGSEGV, and si_code is SEGV_ACCERR", what);
	else if (WEXITSTATUS(status) == BASE + SEGV_MAPERR)
		say("%s: SIGSEGV, and si_code is SEGV_MAPERR", what);
	else if (WEXITSTATUS(status) == EXIT_SUCCESS)
		quit("%s: no SIGSEGV", what);
	else
		quit("%s: the child has failed", what);
}

int main(void)
{
	int status;

	map_page();

	status = in_a_child(no_handler);
	if (!WIFSIGNALED(status))
		quit("the child was not killed");
	say("no handler: killed by %s",
	    WTERMSIG(status) == SIGSEGV ? "SIGSEGV" : "another signal");

	status = in_a_child(not_allowed);
	say_reason("only PROT_READ", status);

	status = in_a_child(not_mapped);
	say_reason("not mapped", status);

	status = in_a_child(handler_returns);
	if (WIFEXITED(status) && WEXITSTATUS(status) > BASE)
		quit("mprotect, in the handler: %s",
		     errno_name(WEXITSTATUS(status) - BASE));
	if (status != 0)
		quit("the child has failed");
	return EXIT_SUCCESS;
}
