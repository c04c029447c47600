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

/* Take one signal, store what it brings in *INFO, and return 1. If no signal
 * waits, return 0. */
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

/* What we know of the picker. */
struct picker {
	pid_t pid;
	int baskets;		// that it has reported
	long long kg;		// in all of them
	int is_home;		// 1 if it has ended
	int status;		// and how it has ended, as waitpid() stores it
};

/* SIGRTMIN has come. If it is a report, add it up. */
static void see_report(struct picker *picker,
		       const struct signalfd_siginfo *info)
{
	// Any program of this user can send us SIGRTMIN. If kill() has sent it,
	// it brings no number. SI_QUEUE: sigqueue() has sent it.
	if (info->ssi_code != SI_QUEUE)
		return;
	// Another program may use sigqueue(), too. This check finds a mistake,
	// but it stops no cheat: with SI_QUEUE the sender itself fills in
	// ssi_pid, and a cheat can write the number of our picker there.
	if ((pid_t)info->ssi_pid != picker->pid)
		return;

	say("a basket of %d kg", info->ssi_int);
	picker->baskets++;
	picker->kg += info->ssi_int;
}

/* SIGCHLD has come. Look whether the picker has ended. */
static void see_child(struct picker *picker)
{
	pid_t ended;

	// A second SIGCHLD may come. When waitpid() has returned the picker
	// once, the next call would fail with ECHILD.
	if (picker->is_home)
		return;

	// WNOHANG: do not wait. SIGCHLD also comes when the picker is only
	// stopped or continued. Then waitpid() returns 0.
	ended = waitpid(picker->pid, &picker->status, WNOHANG);
	if (ended == -1)
		die("waitpid");
	if (ended == picker->pid)
		picker->is_home = 1;
}

/* Take the reports until the picker has ended. */
static void take_reports(int signals, struct picker *picker)
{
	struct pollfd waiting = { .fd = signals, .events = POLLIN };
	struct signalfd_siginfo info;

	while (!picker->is_home) {
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

			if (sig == SIGCHLD)
				see_child(picker);
			if (sig == SIGRTMIN)
				see_report(picker, &info);
		}
	}
}

/* Start ./picker, with BEFORE as the set of signals that it blocks. Return its
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
	struct picker picker = { .baskets = 0, .kg = 0, .is_home = 0 };
	sigset_t before;
	int signals;

	// The program that has started us may have ignored SIGCHLD. Then
	// SIGCHLD would be ignored here, too, and never come.
	if (signal(SIGCHLD, SIG_DFL) == SIG_ERR)
		die("signal");

	// Before fork(), so that no report can come too early.
	signals = open_signals(&before);

	say("I send out a picker");
	picker.pid = start_picker(&before);
	take_reports(signals, &picker);

	if (WIFSIGNALED(picker.status))
		quit("the picker was killed by signal %d",
		     WTERMSIG(picker.status));
	if (WEXITSTATUS(picker.status) != 0)
		quit("the picker has failed: status %d",
		     WEXITSTATUS(picker.status));
	say("the picker is home: %d baskets, %lld kg", picker.baskets,
	    picker.kg);
	return EXIT_SUCCESS;
}
