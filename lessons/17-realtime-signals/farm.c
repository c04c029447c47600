/*
 * farm - sends a picker to the apple trees, and takes its reports
 *
 *   picker --sigqueue(): 12 kg--> [ signals that wait ] --read()--> farm
 *
 * Start this one: it starts its partner ./picker.
 *
 * Watch: the picker does not wait for the farm. All the same the farm gets
 * every report, in the order in which the picker has sent them.
 */
#define _GNU_SOURCE			// for lesson.h
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include "../../common/lesson.h"

/* Block the two signals that we want to read. Return a descriptor from which
 * read() takes them. Store in *BEFORE what was blocked until now. */
static int open_signals(sigset_t *before)
{
	sigset_t wanted;
	int signals;

	sigemptyset(&wanted);
	sigaddset(&wanted, SIGRTMIN);	// the picker reports a basket
	sigaddset(&wanted, SIGCHLD);	// our child has ended: the picker

	// A blocked signal waits until we read it. If SIGRTMIN were not
	// blocked, the first report would kill us.
	if (sigprocmask(SIG_BLOCK, &wanted, before) == -1)
		die("sigprocmask, block");

	// -1 asks for a new descriptor. SFD_NONBLOCK: if no signal waits,
	// read() does not sleep. SFD_CLOEXEC: execl() closes it in the picker.
	signals = signalfd(-1, &wanted, SFD_NONBLOCK | SFD_CLOEXEC);
	if (signals == -1)
		die("signalfd");
	return signals;
}

/* Take one signal, and store what it brings in *INFO. Returns 1; or 0 if no
 * signal waits. */
static int take_signal(int signals, struct signalfd_siginfo *info)
{
	// read() gives a whole signal, or none: never a part of one.
	if (read(signals, info, sizeof *info) == -1) {
		if (errno == EAGAIN)	// no signal waits
			return 0;
		die("read");
	}
	return 1;
}

/* What the picker has brought so far */
struct harvest {
	int baskets;
	long long kg;
};

static void add_basket(struct harvest *harvest,
		       const struct signalfd_siginfo *info)
{
	// Any program of this user can send us SIGRTMIN. If it does so with
	// kill(), the signal brings no number. So that is no report.
	if (info->ssi_code != SI_QUEUE)
		return;
	say("a basket of %d kg", info->ssi_int);
	harvest->baskets++;
	harvest->kg += info->ssi_int;
}

/* Has the picker ended? Returns 1, and stores in *STATUS how; or 0. */
static int has_ended(pid_t picker, int *status)
{
	// WNOHANG: do not wait. SIGCHLD also comes when the picker is only
	// stopped or continued. Then waitpid() returns 0.
	pid_t ended = waitpid(picker, status, WNOHANG);

	if (ended == -1)
		die("waitpid");
	return ended == picker;
}

/* Take the reports until the picker has ended. Returns how it has ended, as
 * waitpid() stores it. */
static int take_reports(int signals, pid_t picker, struct harvest *harvest)
{
	struct pollfd waiting = { .fd = signals, .events = POLLIN };
	struct signalfd_siginfo info;
	int is_home = 0;
	int status;

	while (!is_home) {
		// Sleep until a signal waits; -1 means: without a time limit.
		// EINTR: a handler has run. Sleep again.
		while (poll(&waiting, 1, -1) == -1) {
			if (errno != EINTR)
				die("poll");
		}

		// Take all that wait. Do not stop at SIGCHLD: it overtakes the
		// reports, and the last ones may still wait.
		while (take_signal(signals, &info)) {
			int sig = (int)info.ssi_signo;

			// When it is home, do not ask again: waitpid() fails
			// for a child that it has told us of already.
			if (sig == SIGCHLD && !is_home)
				is_home = has_ended(picker, &status);
			if (sig == SIGRTMIN)
				add_basket(harvest, &info);
		}
	}
	return status;
}

/* Start ./picker, with BEFORE as the set of signals that it blocks. Returns its
 * process id. */
static pid_t start_picker(const sigset_t *before)
{
	pid_t farm = getpid();
	char farm_pid[16];	// the same number as text
	pid_t picker;

	snprintf(farm_pid, sizeof farm_pid, "%d", (int)farm);
	picker = fork();
	if (picker == -1)
		die("fork");
	if (picker == 0) {
		// If the farm is killed, nobody takes the reports.
		if (!end_with_parent(farm))
			die("end_with_parent");
		// execl() does not change what is blocked. The picker is to
		// begin with what was blocked when we began.
		if (sigprocmask(SIG_SETMASK, before, NULL) == -1)
			die("sigprocmask, put back");
		execl("./picker", "picker", farm_pid, (char *)NULL);
		die("execl ./picker");
	}
	return picker;
}

int main(void)
{
	struct harvest harvest = { .baskets = 0, .kg = 0 };
	sigset_t before;
	pid_t picker;
	int signals;
	int status;

	// The program that has started us may have ignored SIGCHLD. Then it
	// would be ignored here, too, and never come.
	if (signal(SIGCHLD, SIG_DFL) == SIG_ERR)
		die("signal");

	// Before fork(), so that no report can come too early.
	signals = open_signals(&before);

	say("I send out a picker");
	picker = start_picker(&before);
	status = take_reports(signals, picker, &harvest);

	if (WIFSIGNALED(status))
		quit("the picker was killed by signal %d", WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		quit("the picker has failed: status %d", WEXITSTATUS(status));
	say("the picker is home: %d baskets, %lld kg", harvest.baskets,
	    harvest.kg);
	return EXIT_SUCCESS;
}
