/*
 * holder - a process ends while it has a place: who gives the place back?
 *
 *   a child:     takes the place, works --signal--> ends
 *   the value:   1 at first, 0 after the take, 0 when the child has ended
 *
 * Watch: the semaphore does not know which process has taken a place. When this
 * process ends, the place stays taken, unless the process gives it back itself.
 *
 * Try: send SIGQUIT instead of the second SIGTERM. What does the second line
 * say now, and why?
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <semaphore.h>
#include <sys/wait.h>
#include <time.h>

#include "../../../common/experiment.h"

// A careful holder gives its place back when it ends, a careless one does not.
enum holder_kind { CARELESS, CAREFUL };

static sem_t *places;

// 1 if we have a place. give_back() may run in a signal handler, and this is
// the type of a variable that a handler may use (lesson 16).
static volatile sig_atomic_t has_place;

static sem_t *make_semaphore(unsigned int value)
{
	char name[OWN_NAME];
	sem_t *sem;

	own_name(name, "holder");

	// If Ctrl-C ended us before sem_unlink(), the name would stay. So
	// Ctrl-C has to wait.
	hold_signals();
	sem = sem_open(name, O_CREAT | O_EXCL, 0600, value);
	// name + 1 leaves out the slash: the name of the file has none.
	if (sem == SEM_FAILED && errno == EEXIST)
		quit("another ./holder is running; if it was killed, remove"
		     " what it left: rm /dev/shm/sem.%s", name + 1);
	if (sem == SEM_FAILED)
		die("sem_open");
	// A child inherits the semaphore, so it needs no name any more. It goes
	// away with the last process that has it open.
	if (sem_unlink(name) == -1)
		die("sem_unlink");
	let_signals();
	return sem;
}

/* Give our place back, if we have one. sem_post() is one of the few calls that
 * are allowed in a signal handler. */
static void give_back(void)
{
	if (has_place)
		sem_post(places);
}

/* In the child: take the place, and work until a signal comes. */
_Noreturn static void take_and_work(enum holder_kind kind)
{
	// remove_at_end() asks lesson.h to call a function when we end, also if
	// SIGTERM ends us. Here the function removes nothing: it gives the
	// place back.
	if (kind == CAREFUL)
		remove_at_end(give_back);

	while (sem_wait(places) == -1) {
		if (errno != EINTR)
			die("sem_wait");
	}
	// If a signal comes after the wait and before this line, the place is
	// still lost. To close this gap, a program must block the signals
	// around the wait.
	has_place = 1;

	for (;;)
		pause();	// sleeps until a signal comes
}

static pid_t start_holder(enum holder_kind kind)
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child == -1)
		die("fork");
	if (child == 0) {
		// If the parent is killed, nobody is left to end the child.
		if (!end_with_parent(parent))
			die("end_with_parent");
		take_and_work(kind);
	}
	return child;
}

/* Start a child that takes the only place. Send it SIG, which ends it. */
static void end_holder(enum holder_kind kind, int sig)
{
	pid_t holder = start_holder(kind);
	int status;

	// If the holder sleeps, it sleeps in pause(). It does not sleep in
	// sem_wait(), because the place is free.
	if (!wait_until_asleep(holder))
		quit("the holder has ended too early");
	if (kill(holder, sig) == -1)
		die("kill");
	while (waitpid(holder, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	// A careful holder has a handler for SIGTERM, the one that
	// remove_at_end() has set. This handler calls give_back(), and after
	// that it lets the holder die of the signal.
	if (!WIFSIGNALED(status) || WTERMSIG(status) != sig)
		quit("the holder was not ended by our signal");
}

/* The child has ended, and it had a place. So we give the place back. */
static void give_back_for_it(void)
{
	if (sem_post(places) == -1)
		die("sem_post");
}

/* Wait a tenth of a second for a place. Return the errno of this wait. */
static int wait_a_little(void)
{
	enum { SECOND = 1000 * 1000 * 1000 };	// in nanoseconds
	enum { TENTH = SECOND / 10 };
	struct timespec until;

	if (clock_gettime(CLOCK_REALTIME, &until) == -1)
		die("clock_gettime");
	until.tv_nsec += TENTH;
	// tv_nsec must stay below a second. What is more goes into tv_sec.
	if (until.tv_nsec >= SECOND) {
		until.tv_nsec -= SECOND;
		until.tv_sec++;
	}
	while (sem_timedwait(places, &until) == -1) {
		if (errno != EINTR)
			return errno;
	}
	quit("somebody has given the place back");
}

static void show(const char *what)
{
	int value;

	if (sem_getvalue(places, &value) == -1)
		die("sem_getvalue");
	say("%s: free places: %d", what, value);
}

int main(void)
{
	int error;

	places = make_semaphore(1);

	// 1. The child ends while it has the place.
	end_holder(CARELESS, SIGTERM);
	show("wrong: SIGTERM in the middle of the work");
	give_back_for_it();

	// 2. The same, but the child calls give_back() when it ends.
	end_holder(CAREFUL, SIGTERM);
	show("right: SIGTERM, and give_back() in remove_at_end()");

	// 3. No program can react to SIGKILL.
	end_holder(CAREFUL, SIGKILL);
	show("SIGKILL, and the same give_back()");
	error = wait_a_little();
	say("so the next one waits with a time limit: %s", errno_name(error));

	// 4. We are the parent. We know that the child has ended, and that it
	// had a place.
	give_back_for_it();
	show("its parent gives the place back");
	return EXIT_SUCCESS;
}
