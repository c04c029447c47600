/*
 * claims - what the notes say about mq_notify(), executed
 *
 * Ids are rows of docs/claims.tsv; L05-.. are claims of this course.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <mntent.h>
#include <mqueue.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../common/proof/claim.h"

CLAIMS_NEED(needs_queues)

#define BOX "/lesson05"

static mqd_t make_box(void)
{
	struct mq_attr small = { .mq_maxmsg = 4, .mq_msgsize = 64 };
	mqd_t q = mq_open(BOX, O_RDWR | O_CREAT | O_EXCL | O_NONBLOCK, 0600,
			  &small);

	HOLDS(q != (mqd_t)-1);
	mq_unlink(BOX);		/* it lives on while it is open */
	return q;
}

static struct sigevent by_signal(void)
{
	struct sigevent how = { .sigev_notify = SIGEV_SIGNAL,
				.sigev_signo = SIGUSR1,
				.sigev_value.sival_int = 77 };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	HOLDS(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
	return how;
}

/* Has the signal come? mq_send() raises it before it returns, so there is
 * nothing to wait for. */
static int is_told(siginfo_t *si)
{
	struct timespec now = { 0, 0 };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	return sigtimedwait(&set, si, &now) == SIGUSR1;
}

static void put(mqd_t q)
{
	EQUALS(mq_send(q, "letter", 6, 0), 0);
}

static void take(mqd_t q)
{
	char letter[64];

	EQUALS(mq_receive(q, letter, sizeof letter, NULL), 6);
}

/* How many letters lie in the box? Only the first one of them can tell. */
static long letters(mqd_t q)
{
	struct mq_attr now;

	EQUALS(mq_getattr(q, &now), 0);
	return now.mq_curmsgs;
}

CLAIM("1-480 2-111 2-149 2-154 2-155",
      "a message raises the signal, with SI_MESGQ and the value")
{
	struct sigevent how = by_signal();
	mqd_t q = make_box();
	siginfo_t si;

	EQUALS(mq_notify(q, &how), 0);
	HOLDS(!is_told(NULL));
	put(q);
	HOLDS(is_told(&si));
	EQUALS(si.si_code, SI_MESGQ);
	EQUALS(si.si_value.sival_int, 77);
}

CLAIM("L05-01", "si_pid and si_uid name the sender")
{
	struct sigevent how = by_signal();
	mqd_t q = make_box();
	siginfo_t si;
	pid_t sender;

	EQUALS(mq_notify(q, &how), 0);
	sender = fork();
	if (sender == 0)
		_exit(mq_send(q, "x", 1, 0) != 0);
	EQUALS(ends(sender), 0);
	HOLDS(is_told(&si));
	EQUALS(si.si_pid, sender);
	EQUALS(si.si_uid, getuid());
}

CLAIM("L05-01", "si_uid is the sender's user, not the user who is told")
{
	struct sigevent how = by_signal();
	mqd_t q = make_box();
	siginfo_t si;
	pid_t sender;

	EQUALS(mq_notify(q, &how), 0);
	sender = fork();
	if (sender == 0) {
		become_another_user();
		put(q);
		_exit(0);
	}
	EQUALS(ends(sender), 0);
	HOLDS(is_told(&si));
	EQUALS(si.si_uid, 65534);
	HOLDS(getuid() != 65534);
}

CLAIM("1-538 1-539", "it serves once: register again for the next")
{
	struct sigevent how = by_signal();
	mqd_t q = make_box();

	EQUALS(mq_notify(q, &how), 0);
	put(q);
	HOLDS(is_told(NULL));
	take(q);
	EQUALS(letters(q), 0);		/* the box is empty, */
	put(q);
	HOLDS(!is_told(NULL));		/* but nobody has asked again */
	take(q);
	EQUALS(mq_notify(q, &how), 0);
	put(q);
	HOLDS(is_told(NULL));
}

CLAIM("1-537", "only a message into an empty queue tells")
{
	struct sigevent how = by_signal();
	mqd_t q = make_box();

	put(q);
	EQUALS(mq_notify(q, &how), 0);
	HOLDS(!is_told(NULL));		/* one lies there already */
	FAILS(mq_notify(q, &how), EBUSY);	/* our request stands */
	put(q);
	HOLDS(!is_told(NULL));		/* it was not empty */
	take(q);
	take(q);
	put(q);
	HOLDS(is_told(NULL));
}

/* Forced: letter 2 comes exactly between the two steps. */
CLAIM("L05-02", "empty, then register: a letter in between is never told")
{
	struct sigevent how = by_signal();
	mqd_t q = make_box();

	EQUALS(mq_notify(q, &how), 0);
	put(q);
	HOLDS(is_told(NULL));
	take(q);			/* the box is empty, */
	put(q);				/* a letter comes, */
	EQUALS(mq_notify(q, &how), 0);	/* and we register too late */
	FAILS(mq_notify(q, &how), EBUSY);
	HOLDS(!is_told(NULL));
	put(q);
	HOLDS(!is_told(NULL));		/* nor does any later one tell, */
	take(q);
	take(q);			/* until the box is empty again */
	put(q);
	HOLDS(is_told(NULL));
}

CLAIM("L05-03", "register, then empty: nothing is lost")
{
	struct sigevent how = by_signal();
	mqd_t q = make_box();
	char letter[64];

	EQUALS(mq_notify(q, &how), 0);
	put(q);
	HOLDS(is_told(NULL));
	EQUALS(mq_notify(q, &how), 0);
	EQUALS(letters(q), 1);
	put(q);				/* comes in between: no signal, */
	HOLDS(!is_told(NULL));
	FAILS(mq_notify(q, &how), EBUSY);	/* we have registered, */
	take(q);
	take(q);			/* but emptying finds it */
	FAILS(mq_receive(q, letter, sizeof letter, NULL), EAGAIN);
	put(q);
	HOLDS(is_told(NULL));
}

CLAIM("L05-04", "a waiting mq_receive() comes first: nobody is told")
{
	struct sigevent how = by_signal();
	mqd_t q = make_box();
	struct mq_attr wait = { .mq_flags = 0 };
	pid_t receiver;

	EQUALS(mq_setattr(q, &wait, NULL), 0);
	EQUALS(mq_notify(q, &how), 0);
	receiver = fork();
	if (receiver == 0) {
		take(q);
		_exit(0);
	}
	HOLDS(blocks(receiver));
	FAILS(mq_notify(q, &how), EBUSY);	/* we are registered */
	put(q);
	EQUALS(ends(receiver), 0);
	HOLDS(!is_told(NULL));
	put(q);				/* still registered */
	HOLDS(is_told(NULL));
}

CLAIM("1-533", "mq_notify() takes a const struct sigevent *")
{
	HOLDS(compiles("-Werror", "#include <mqueue.h>\n"
		       "int (*f)(mqd_t, const struct sigevent *) = "
		       "mq_notify;\n"));
	HOLDS(!compiles("-Werror", "#include <mqueue.h>\n"
			"int (*f)(mqd_t, struct sigevent *) = mq_notify;\n"));
}

CLAIM("1-534 1-536 2-149 2-159",
      "0, or -1: one process at a time, EBUSY; NULL takes it back")
{
	struct sigevent how = by_signal();
	mqd_t q = make_box();
	pid_t other;

	EQUALS(mq_notify(q, &how), 0);
	FAILS(mq_notify(q, &how), EBUSY);
	other = fork();
	if (other == 0)
		_exit(mq_notify(q, &how) == -1 && errno == EBUSY ? 0 : 1);
	EQUALS(ends(other), 0);
	EQUALS(mq_notify(q, NULL), 0);
	put(q);
	HOLDS(!is_told(NULL));
	take(q);
	EQUALS(mq_notify(q, &how), 0);
}

CLAIM("1-535 2-150", "mqdes must be a queue's descriptor: EBADF")
{
	struct sigevent how = by_signal();
	mqd_t q = make_box();
	int fd[2];

	HOLDS(pipe(fd) == 0);
	FAILS(mq_notify(fd[0], &how), EBADF);	/* open, but no queue */
	EQUALS(write(fd[1], "x", 1), 1);
	EQUALS(mq_notify(q, &how), 0);
	EQUALS(mq_close(q), 0);
	FAILS(mq_notify(q, &how), EBADF);	/* no longer open */
}

CLAIM("2-151 2-153", "sigev_notify must be a way that exists: EINVAL")
{
	struct sigevent how = by_signal();
	mqd_t q = make_box();

	how.sigev_notify = 12345;
	FAILS(mq_notify(q, &how), EINVAL);
	how.sigev_notify = SIGEV_SIGNAL;
	how.sigev_signo = SIGRTMAX;		/* the last signal */
	EQUALS(mq_notify(q, &how), 0);
	EQUALS(mq_notify(q, NULL), 0);
	how.sigev_signo = SIGRTMAX + 1;
	FAILS(mq_notify(q, &how), EINVAL);
}

CLAIM("L05-05", "SIGEV_NONE registers and tells nobody")
{
	struct sigevent how = by_signal(), none = how;
	sigset_t all, pending;
	mqd_t q = make_box();

	/* What is blocked stays pending, also what would be ignored. */
	sigfillset(&all);
	HOLDS(sigprocmask(SIG_BLOCK, &all, NULL) == 0);
	none.sigev_notify = SIGEV_NONE;		/* else the same */
	EQUALS(mq_notify(q, &none), 0);
	FAILS(mq_notify(q, &how), EBUSY);
	put(q);
	HOLDS(sigpending(&pending) == 0);
	for (int sig = 1; sig <= SIGRTMAX; sig++)
		HOLDS(sigismember(&pending, sig) != 1);
	EQUALS(mq_notify(q, &how), 0);	/* and it served once, too */
	take(q);
	put(q);
	HOLDS(is_told(NULL));
}

static int thread_done[2];
static pthread_t main_thread;

static void in_thread(union sigval value)
{
	char answer = !pthread_equal(pthread_self(), main_thread) ?
		      (char)value.sival_int : 0;

	if (write(thread_done[1], &answer, 1) != 1)
		abort();
}

CLAIM("2-151 2-155 2-156", "SIGEV_THREAD runs the function in a new thread")
{
	struct sigevent how = { .sigev_notify = SIGEV_THREAD,
				.sigev_value.sival_int = 5 };
	mqd_t q = make_box();
	char answer;

	main_thread = pthread_self();
	HOLDS(pipe(thread_done) == 0);
	in_thread(how.sigev_value);		/* called from here */
	EQUALS(read(thread_done[0], &answer, 1), 1);
	EQUALS(answer, 0);
	how.sigev_notify_function = in_thread;
	EQUALS(mq_notify(q, &how), 0);
	put(q);
	EQUALS(read(thread_done[0], &answer, 1), 1);
	EQUALS(answer, 5);
}

static void stack_of(union sigval value)
{
	pthread_attr_t a;
	size_t size = 0;

	(void)value;
	pthread_getattr_np(pthread_self(), &a);
	pthread_attr_getstacksize(&a, &size);
	if (write(thread_done[1], &size, sizeof size) != sizeof size)
		abort();
}

/* Has the thread that a letter starts the stack of SIZE bytes that its
 * attributes ask for? A little less, where the guard page is not counted. */
static int has_stack(mqd_t q, size_t size)
{
	struct sigevent how = { .sigev_notify = SIGEV_THREAD };
	pthread_attr_t a;
	size_t got = 0;

	EQUALS(pthread_attr_init(&a), 0);
	EQUALS(pthread_attr_setstacksize(&a, size), 0);
	how.sigev_notify_function = stack_of;
	how.sigev_notify_attributes = &a;
	EQUALS(mq_notify(q, &how), 0);
	put(q);
	EQUALS(read(thread_done[0], &got, sizeof got), sizeof got);
	take(q);
	return got > size - (1 << 20) && got < size + (1 << 20);
}

CLAIM("2-157", "sigev_notify_attributes: a pthread_attr_t for that thread")
{
	mqd_t q = make_box();

	HOLDS(pipe(thread_done) == 0);
	HOLDS(has_stack(q, 3 << 20));
	HOLDS(has_stack(q, 6 << 20));
	HOLDS(compiles("-Werror", "#include <signal.h>\n"
		       "pthread_attr_t **f(struct sigevent *e) "
		       "{ return &e->sigev_notify_attributes; }\n"));
	HOLDS(!compiles("-Werror", "#include <signal.h>\n"
			"void **f(struct sigevent *e) "
			"{ return &e->sigev_notify_attributes; }\n"));
}

#ifndef SIGEV_THREAD_ID
#define SIGEV_THREAD_ID 4
#endif
#ifndef sigev_notify_thread_id		/* the member has no name in glibc */
#define sigev_notify_thread_id _sigev_un._tid
#endif

CLAIM("2-158", "SIGEV_THREAD_ID is for timers: mq_notify() gives EINVAL")
{
	struct sigevent how = by_signal();
	mqd_t q = make_box();
	timer_t timer;

	EQUALS(mq_notify(q, &how), 0);
	EQUALS(mq_notify(q, NULL), 0);
	how.sigev_notify = SIGEV_THREAD_ID;
	how.sigev_notify_thread_id = getpid();
	FAILS(mq_notify(q, &how), EINVAL);
	EQUALS(timer_create(CLOCK_MONOTONIC, &how, &timer), 0);
}

CLAIM("L05-06 2-124",
      "mq_close() of any descriptor returns 0, and takes the request back")
{
	struct sigevent how = by_signal();
	struct mq_attr small = { .mq_maxmsg = 4, .mq_msgsize = 64 };
	mqd_t q = mq_open(BOX, O_RDWR | O_CREAT | O_EXCL, 0600, &small);
	mqd_t second = mq_open(BOX, O_RDONLY), third = mq_open(BOX, O_RDWR);

	HOLDS(q != (mqd_t)-1 && second != (mqd_t)-1 && third != (mqd_t)-1);
	EQUALS(mq_unlink(BOX), 0);
	EQUALS(mq_notify(q, &how), 0);
	FAILS(mq_notify(third, &how), EBUSY);
	EQUALS(mq_close(second), 0);		/* one that did not ask */
	put(q);
	HOLDS(!is_told(NULL));
	FAILS(mq_close(second), EBADF);
	take(q);
	EQUALS(mq_notify(q, &how), 0);		/* there was none any more, */
	put(q);
	HOLDS(is_told(NULL));			/* and this one serves */
	take(q);
	EQUALS(mq_notify(q, &how), 0);
	FAILS(mq_notify(third, &how), EBUSY);
	EQUALS(mq_close(q), 0);			/* the one that did */
	put(third);
	EQUALS(letters(third), 1);		/* the box was empty */
	HOLDS(!is_told(NULL));
	EQUALS(mq_notify(third, &how), 0);
}

CLAIM("L05-07", "it goes with its process, and a child does not inherit it")
{
	struct sigevent how = by_signal();
	mqd_t q = make_box();
	pid_t child = fork();

	if (child == 0) {
		EQUALS(mq_notify(q, &how), 0);
		for (;;)
			pause();
	}
	HOLDS(blocks(child));
	FAILS(mq_notify(q, &how), EBUSY);	/* it is registered, */
	HOLDS(kill(child, SIGKILL) == 0);
	EQUALS(ends(child), 128 + SIGKILL);
	EQUALS(mq_notify(q, &how), 0);		/* the place is free again */
	child = fork();
	if (child == 0) {
		FAILS(mq_notify(q, &how), EBUSY);	/* it still stands, */
		put(q);
		EQUALS(letters(q), 1);
		HOLDS(!is_told(NULL));			/* but it is not ours */
		_exit(0);
	}
	EQUALS(ends(child), 0);
	HOLDS(is_told(NULL));
}

/* A child that has asked to be told, and waits. */
static pid_t registered(mqd_t q)
{
	struct sigevent how = by_signal();
	pid_t child = fork();

	if (child == 0) {
		EQUALS(mq_notify(q, &how), 0);
		for (;;)
			pause();
	}
	HOLDS(blocks(child));
	return child;
}

CLAIM("2-107", "read() gives a line of status, not a message")
{
	mqd_t q = make_box();
	char line[128] = "", want[128];
	pid_t child;

	put(q);
	child = registered(q);
	HOLDS(read(q, line, sizeof line - 1) > 0);
	snprintf(want, sizeof want, "QSIZE:6          NOTIFY:0     SIGNO:%-5d "
		 "NOTIFY_PID:%d", SIGUSR1, (int)child);
	HOLDS(strncmp(line, want, strlen(want)) == 0);
	FAILS(write(q, "x", 1), EINVAL);
	take(q);				/* it is still there */
}

static int write_to(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n = write(fd, text, strlen(text));

	close(fd);
	return n == (ssize_t)strlen(text) ? 0 : -1;
}

/* Mounts that nobody else sees; who is not root needs to be it, somewhere. */
static int own_mounts(void)
{
	char users[64], groups[64];

	snprintf(users, sizeof users, "0 %u 1", (unsigned)geteuid());
	snprintf(groups, sizeof groups, "0 %u 1", (unsigned)getegid());
	if (unshare(CLONE_NEWNS) == -1 &&
	    (unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWIPC) == -1 ||
	     write_to("/proc/self/setgroups", "deny") == -1 ||
	     write_to("/proc/self/uid_map", users) == -1 ||
	     write_to("/proc/self/gid_map", groups) == -1))
		return -1;
	return mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL);
}

/* Is the queue BOX opened, whatever is mounted? */
static void opens_box(void)
{
	mqd_t q = mq_open(BOX, O_RDWR | O_CREAT | O_EXCL, 0600, NULL);
	char path[64], link[64] = "";

	HOLDS(q != (mqd_t)-1);
	snprintf(path, sizeof path, "/proc/self/fd/%d", q);
	HOLDS(readlink(path, link, sizeof link - 1) > 0);
	HOLDS(strcmp(link, BOX) == 0);		/* inside its file system */
	EQUALS(mq_close(q), 0);
}

static int is_of_queues(const struct mntent *mounted)
{
	return strcmp(mounted->mnt_type, "mqueue") == 0;
}

/* How many of the mounted file systems of queues show BOX? */
static int shown(void)
{
	FILE *f = setmntent("/proc/self/mounts", "re");
	struct mntent *mounted;
	char path[PATH_MAX + sizeof BOX];
	int count = 0;

	HOLDS(f != NULL);
	while ((mounted = getmntent(f))) {
		snprintf(path, sizeof path, "%s" BOX, mounted->mnt_dir);
		count += is_of_queues(mounted) && access(path, F_OK) == 0;
	}
	endmntent(f);
	return count;
}

static void unmount_all_of_queues(void)
{
	FILE *f = setmntent("/proc/self/mounts", "re");
	struct mntent *mounted;

	HOLDS(f != NULL);
	while ((mounted = getmntent(f)))
		if (is_of_queues(mounted))
			umount2(mounted->mnt_dir, MNT_DETACH);
	endmntent(f);
}

/* Both states, in a mount namespace of our own: there the file system of the
 * queues is mounted on a folder, and nowhere else. */
CLAIM("3-047", "mq_open() needs no mount; what is mounted shows the queues")
{
	if (own_mounts() == -1)
		SKIP("a private mount namespace: %s", errno_name(errno));
	unmount_all_of_queues();
	opens_box();				/* it is not mounted, */
	EQUALS(shown(), 0);
	HOLDS(mkdir("mounted", 0700) == 0);
	HOLDS(access("mounted" BOX, F_OK) == -1);
	if (mount("none", "mounted", "mqueue", 0, NULL) == -1)
		SKIP("mount of mqueue: %s", errno_name(errno));
	HOLDS(access("mounted" BOX, F_OK) == 0);	/* it shows it, */
	EQUALS(shown(), 1);
	EQUALS(mq_unlink(BOX), 0);
	HOLDS(access("mounted" BOX, F_OK) == -1);
	opens_box();				/* and with it mounted */
	EQUALS(shown(), 1);
	EQUALS(mq_unlink(BOX), 0);
	EQUALS(umount("mounted"), 0);
	EQUALS(rmdir("mounted"), 0);
}

static int is_member(const char *name)
{
	char source[128];

	snprintf(source, sizeof source, "#include <signal.h>\n"
		 "int f(union sigval v) { return v.%s != 0; }\n", name);
	return compiles("", source);
}

CLAIM("2-152", "union sigval has sival_int and sival_ptr")
{
	HOLDS(is_member("sival_int") && is_member("sival_ptr"));
	HOLDS(!is_member("sigval_int") && !is_member("sigval_ptr"));
}

CLAIM("L05-08", "poll() tells as well, each time, without registering")
{
	struct sigevent how = by_signal();
	mqd_t q = make_box();
	struct pollfd p = { .fd = q, .events = POLLIN };
	pid_t child;

	EQUALS(poll(&p, 1, 0), 0);
	put(q);
	put(q);
	EQUALS(poll(&p, 1, 0), 1);
	take(q);
	EQUALS(poll(&p, 1, 0), 1);
	take(q);
	EQUALS(poll(&p, 1, 0), 0);

	child = fork();			/* and it wakes who sleeps in it */
	if (child == 0)
		_exit(poll(&p, 1, -1) != 1 || p.revents != POLLIN);
	HOLDS(blocks(child));
	put(q);
	EQUALS(ends(child), 0);
	EQUALS(mq_notify(q, &how), 0);		/* nobody was registered */
	HOLDS(!is_told(NULL));
}

/* Real peers: grep and awk know nothing of queues. */
CLAIM("L05-09", "any file tool reads who is registered")
{
	mqd_t q = make_box();
	pid_t child = registered(q);
	char by_grep[128], by_awk[128];

	snprintf(by_grep, sizeof by_grep,
		 "grep -q 'NOTIFY_PID:%d *$' /proc/%d/fd/%d", (int)child,
		 (int)getpid(), q);
	snprintf(by_awk, sizeof by_awk,
		 "awk '{ exit $4 != \"NOTIFY_PID:%d\" }' /proc/%d/fd/%d",
		 (int)child, (int)getpid(), q);
	EQUALS(system(by_grep), 0);
	EQUALS(system(by_awk), 0);
	HOLDS(kill(child, SIGKILL) == 0);
	EQUALS(ends(child), 128 + SIGKILL);
	EQUALS(WEXITSTATUS(system(by_grep)), 1);	/* read, not found */
	EQUALS(WEXITSTATUS(system(by_awk)), 1);
}

/* The clerk's way to be the only one: a lock on the queue's descriptor. */
CLAIM("L05-10", "a queue can be locked by flock(); a killed holder leaves the "
      "queue, its letters, and no lock; st_nlink is 0 when the name has gone")
{
	struct mq_attr small = { .mq_maxmsg = 4, .mq_msgsize = 64 };
	const int way = O_RDWR | O_CREAT | O_NONBLOCK;
	struct stat st;
	mqd_t q;
	pid_t first = fork();

	if (first == 0) {
		q = mq_open(BOX, way | O_EXCL, 0600, &small);
		HOLDS(q != (mqd_t)-1);
		EQUALS(flock(q, LOCK_EX | LOCK_NB), 0);
		put(q);
		for (;;)
			pause();
	}
	HOLDS(blocks(first));
	q = mq_open(BOX, way, 0600, &small);
	HOLDS(q != (mqd_t)-1);
	FAILS(flock(q, LOCK_EX | LOCK_NB), EWOULDBLOCK);
	FAILS(flock(q, LOCK_SH | LOCK_NB), EWOULDBLOCK);
	HOLDS(kill(first, SIGKILL) == 0);
	EQUALS(ends(first), 128 + SIGKILL);
	EQUALS(flock(q, LOCK_EX | LOCK_NB), 0);
	take(q);
	EQUALS(fstat(q, &st), 0);
	EQUALS(st.st_nlink, 1);
	EQUALS(mq_unlink(BOX), 0);
	EQUALS(fstat(q, &st), 0);
	EQUALS(st.st_nlink, 0);
}

static volatile sig_atomic_t handled;

static void handler(int sig)
{
	(void)sig;
	handled = 1;
}

/* Sleep for SIGUSR1. The status is 0: the signal, 1: EINTR, 2: EINTR after the
 * handler, 3: something else. */
static pid_t sleeper(void)
{
	struct sigaction act = { .sa_handler = handler,
				 .sa_flags = SA_RESTART };
	sigset_t set;
	pid_t child;

	by_signal();
	sigemptyset(&act.sa_mask);
	HOLDS(sigaction(SIGUSR2, &act, NULL) == 0);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	child = fork();
	if (child == 0) {
		int sig = sigwaitinfo(&set, NULL);

		if (sig == -1 && errno == EINTR && handled)
			_exit(has_restart(SIGUSR2) ? 2 : 4);
		if (sig == -1 && errno == EINTR)
			_exit(1);
		_exit(sig == SIGUSR1 ? 0 : 3);
	}
	HOLDS(blocks(child));
	return child;
}

CLAIM("L05-11", "sigwaitinfo(): EINTR after a stop and a continue, or a "
      "handler, with SA_RESTART too")
{
	pid_t child = sleeper();
	int status;

	HOLDS(kill(child, SIGSTOP) == 0);
	EQUALS(waitpid(child, &status, WUNTRACED), child);
	HOLDS(WIFSTOPPED(status));
	HOLDS(kill(child, SIGCONT) == 0);
	EQUALS(ends(child), 1);

	child = sleeper();
	HOLDS(kill(child, SIGUSR2) == 0);
	EQUALS(ends(child), 2);			/* 4: without SA_RESTART */

	child = sleeper();			/* its own signal is none */
	HOLDS(kill(child, SIGUSR1) == 0);
	EQUALS(ends(child), 0);
}

CLAIM("L05-12", "SIGUSR1 from kill() leaves the request: EBUSY, until NULL")
{
	struct sigevent how = by_signal();
	mqd_t q = make_box();
	siginfo_t si;

	EQUALS(mq_notify(q, &how), 0);
	HOLDS(!is_told(NULL));
	HOLDS(kill(getpid(), SIGUSR1) == 0);
	HOLDS(is_told(&si));
	EQUALS(si.si_code, SI_USER);
	FAILS(mq_notify(q, &how), EBUSY);
	EQUALS(mq_notify(q, NULL), 0);
	EQUALS(mq_notify(q, &how), 0);

	put(q);					/* a letter does use it up */
	HOLDS(is_told(&si));
	EQUALS(si.si_code, SI_MESGQ);
	EQUALS(mq_notify(q, &how), 0);
}

CLAIM("L05-13", "SIGUSR1 from kill() first, then a letter: one signal, SI_USER,"
      " and the request is used up")
{
	struct sigevent how = by_signal();
	mqd_t q = make_box();
	siginfo_t si;

	EQUALS(mq_notify(q, &how), 0);
	HOLDS(!is_told(NULL));
	HOLDS(kill(getpid(), SIGUSR1) == 0);
	FAILS(mq_notify(q, &how), EBUSY);	/* the request still stands */
	put(q);
	HOLDS(is_told(&si));
	EQUALS(si.si_code, SI_USER);
	HOLDS(!is_told(NULL));
	EQUALS(letters(q), 1);
	EQUALS(mq_notify(q, &how), 0);		/* not EBUSY */
}

CLAIM("L05-14", "mq_notify(q, NULL) takes back a request of its own process "
      "only, and returns 0 in any case")
{
	struct sigevent how = by_signal();
	mqd_t q = make_box(), of_other = make_box();
	pid_t other;

	EQUALS(mq_notify(q, NULL), 0);		/* there is none */
	EQUALS(mq_notify(q, &how), 0);
	other = fork();
	if (other == 0) {
		mqd_t both[] = { q, of_other };

		EQUALS(mq_notify(of_other, &how), 0);
		for (int is_own = 0; is_own <= 1; is_own++) {
			FAILS(mq_notify(both[is_own], &how), EBUSY);
			EQUALS(mq_notify(both[is_own], NULL), 0);
			/* Only its own has gone, so it may ask again. */
			EQUALS(mq_notify(both[is_own], &how) == 0, is_own);
		}
		_exit(0);
	}
	EQUALS(ends(other), 0);
	FAILS(mq_notify(q, &how), EBUSY);	/* ours still stands */
	EQUALS(mq_notify(q, NULL), 0);
	EQUALS(mq_notify(q, &how), 0);
}

/* A letter comes into each of two queues. Return how many signals there are,
 * and of which queue the first tells. */
static int signals_of_two(int sig, int *first)
{
	struct sigevent how = by_signal();
	struct timespec now = { 0, 0 };
	mqd_t a = make_box(), b = make_box();
	siginfo_t si;
	sigset_t set;
	int n = 0;

	sigemptyset(&set);
	sigaddset(&set, sig);
	HOLDS(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
	how.sigev_signo = sig;
	how.sigev_value.sival_int = 1;
	EQUALS(mq_notify(a, &how), 0);
	how.sigev_value.sival_int = 2;
	EQUALS(mq_notify(b, &how), 0);
	put(a);
	put(b);
	for (; sigtimedwait(&set, &si, &now) == sig; n++) {
		if (n == 0)
			*first = si.si_value.sival_int;
		else
			EQUALS(si.si_value.sival_int, 2);
	}
	EQUALS(mq_notify(a, &how), 0);		/* both are used up */
	EQUALS(mq_notify(b, &how), 0);
	return n;
}

CLAIM("L05-15", "two queues and SIGUSR1: one signal, of the first; SIGRTMIN: "
      "two, each with its value")
{
	int first = 0;

	EQUALS(signals_of_two(SIGUSR1, &first), 1);
	EQUALS(first, 1);
	EQUALS(signals_of_two(SIGRTMIN, &first), 2);
	EQUALS(first, 1);
}

static mqd_t thread_box;
static sem_t in_function, leave, left;
static int asks_again, calls;
static pthread_t at_work[3];

static void waits_for(sem_t *sem)
{
	while (sem_wait(sem) == -1)
		HOLDS(errno == EINTR);
}

static void stays(union sigval value)
{
	struct sigevent how = { .sigev_notify = SIGEV_THREAD };

	(void)value;
	how.sigev_notify_function = stays;
	if (asks_again)
		EQUALS(mq_notify(thread_box, &how), 0);
	take(thread_box);
	at_work[calls++] = pthread_self();
	sem_post(&in_function);
	waits_for(&leave);
	sem_post(&left);
}

/* The first call is still in the function when the second one comes. */
CLAIM("L05-16", "SIGEV_THREAD serves once, too; if it asks again, the next "
      "letter starts a thread beside the first")
{
	struct sigevent how = { .sigev_notify = SIGEV_THREAD };

	how.sigev_notify_function = stays;
	HOLDS(sem_init(&in_function, 0, 0) == 0);
	HOLDS(sem_init(&leave, 0, 0) == 0);
	HOLDS(sem_init(&left, 0, 0) == 0);
	thread_box = make_box();
	asks_again = 0;
	EQUALS(mq_notify(thread_box, &how), 0);
	put(thread_box);
	waits_for(&in_function);
	sem_post(&leave);
	waits_for(&left);
	asks_again = 1;
	EQUALS(mq_notify(thread_box, &how), 0);	/* not EBUSY: used up */
	put(thread_box);
	waits_for(&in_function);
	FAILS(mq_notify(thread_box, &how), EBUSY);	/* it has asked */
	put(thread_box);
	waits_for(&in_function);
	FAILS(sem_trywait(&left), EAGAIN);	/* the first is still there, */
	HOLDS(!pthread_equal(at_work[1], at_work[2]));
	sem_post(&leave);
	sem_post(&leave);
	waits_for(&left);			/* and now both leave */
	waits_for(&left);
	FAILS(sem_trywait(&in_function), EAGAIN);	/* all were awaited */
	EQUALS(calls, 3);
}

CLAIM("L05-17", "ask, a letter comes into the empty box, read: the signal "
      "still comes, and the box is empty")
{
	struct sigevent how = by_signal();
	mqd_t q = make_box();
	char letter[64];
	sigset_t pending;

	EQUALS(mq_notify(q, &how), 0);
	put(q);
	take(q);
	FAILS(mq_receive(q, letter, sizeof letter, NULL), EAGAIN);
	EQUALS(sigpending(&pending), 0);	/* it has not been taken yet */
	EQUALS(sigismember(&pending, SIGUSR1), 1);
	HOLDS(is_told(NULL));
	FAILS(mq_receive(q, letter, sizeof letter, NULL), EAGAIN);
}

/* The process has one descriptor of the queue while it asks. */
CLAIM("L05-18", "mq_notify() needs no right to read or to write")
{
	struct sigevent how = by_signal();
	struct mq_attr small = { .mq_maxmsg = 4, .mq_msgsize = 64 };
	mqd_t q = mq_open(BOX, O_WRONLY | O_CREAT | O_EXCL, 0600, &small);
	mqd_t reader;
	char letter[64];

	HOLDS(q != (mqd_t)-1);
	FAILS(mq_receive(q, letter, sizeof letter, NULL), EBADF);
	EQUALS(mq_notify(q, &how), 0);
	put(q);
	HOLDS(is_told(NULL));
	EQUALS(mq_close(q), 0);

	reader = mq_open(BOX, O_RDONLY);
	EQUALS(reader, q);		/* its number was free */
	take(reader);
	FAILS(mq_send(reader, "x", 1, 0), EBADF);
	EQUALS(mq_notify(reader, &how), 0);
	q = mq_open(BOX, O_WRONLY);
	put(q);
	HOLDS(is_told(NULL));
	EQUALS(mq_unlink(BOX), 0);
}
