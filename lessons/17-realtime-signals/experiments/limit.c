/*
 * limit - there is no room for one more signal: what do the calls say?
 *
 *   The limit RLIMIT_SIGPENDING says how many signals may wait. Here it is 0.
 *   The program sends the signals to itself.
 *
 * Watch: only sigqueue() of a realtime signal fails. The other calls return 0,
 * and their signal comes, but without its value and its sender.
 *
 * Try: in main(), move set_limit(highest) to the place before
 * no_room_for_kill(). How many of the five come now, and from which process?
 */
#define _GNU_SOURCE			// for sigqueue() and sigtimedwait()
#include <sys/resource.h>
#include <time.h>

#include "../../../common/lesson.h"

static sigset_t set;		// the signals that we send and take

static void set_limit(rlim_t most)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_SIGPENDING, &limit) == -1)
		die("getrlimit");
	// rlim_cur is the limit. rlim_max, which stays, is how far we may
	// raise it again.
	limit.rlim_cur = most;
	if (setrlimit(RLIMIT_SIGPENDING, &limit) == -1)
		die("setrlimit");
}

static rlim_t highest_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_SIGPENDING, &limit) == -1)
		die("getrlimit");
	return limit.rlim_max;
}

/* Send SIG to ourselves. It brings VALUE. Return 0 if sigqueue() has succeeded,
 * else its errno. */
static int send(int sig, int value)
{
	union sigval data = { .sival_int = value };

	if (sigqueue(getpid(), sig, data) == -1)
		return errno;
	return 0;
}

/* Take a signal that waits, store what it brings in *INFO, and return 1. Return
 * 0 if none waits. */
static int take(siginfo_t *info)
{
	struct timespec at_once = { .tv_sec = 0, .tv_nsec = 0 };

	if (sigtimedwait(&set, info, &at_once) == -1) {
		if (errno == EAGAIN)	// none waits
			return 0;
		die("sigtimedwait");
	}
	return 1;
}

static void no_room_for_sigqueue(void)
{
	int err = send(SIGRTMIN, 7);

	say("no room: sigqueue() of SIGRTMIN with 7: %s", errno_name(err));
}

static void no_room_for_kill(void)
{
	siginfo_t info = { .si_pid = -1 };	// it stays -1 if none comes
	int came = 0;

	for (int i = 0; i < 5; i++) {
		if (kill(getpid(), SIGRTMIN) == -1)
			die("kill");
	}
	while (take(&info))
		came++;
	say("no room: kill() of SIGRTMIN, five times: %d came, from process %d",
	    came, (int)info.si_pid);
}

static void no_room_for_a_standard_signal(void)
{
	siginfo_t info;
	int err = send(SIGUSR1, 7);

	say("no room: sigqueue() of SIGUSR1 with 7: %s", errno_name(err));
	if (!take(&info))
		quit("SIGUSR1 did not come");
	say("no room: SIGUSR1 came with %d", info.si_value.sival_int);
}

static void room_again(void)
{
	siginfo_t info;
	int err = send(SIGRTMIN, 7);

	// For 0, which means success, errno_name() returns "0".
	say("room: sigqueue() of SIGRTMIN with 7: %s", errno_name(err));
	if (err != 0)
		quit("no room either: other programs of yours have filled it");
	if (!take(&info))
		quit("SIGRTMIN did not come");
	say("room: SIGRTMIN came with %d", info.si_value.sival_int);
}

int main(void)
{
	rlim_t highest = highest_limit();

	// Blocked signals wait until we take them.
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGRTMIN);
	if (sigprocmask(SIG_BLOCK, &set, NULL) == -1)
		die("sigprocmask");

	if (highest == 0) {
		say("skipped: your own limit is 0; raise it: ulimit -i 100");
		return EXIT_SUCCESS;
	}

	set_limit(0);
	no_room_for_sigqueue();
	no_room_for_kill();
	no_room_for_a_standard_signal();

	set_limit(highest);
	room_again();
	return EXIT_SUCCESS;
}
