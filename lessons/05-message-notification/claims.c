/*
 * claims - what the notes say about mq_notify(), executed
 *
 * Ids are rows of docs/claims.tsv; L05-.. are claims of this course.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
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

CLAIM("1-538 1-539", "it serves once: register again for the next")
{
	struct sigevent how = by_signal();
	mqd_t q = make_box();

	EQUALS(mq_notify(q, &how), 0);
	put(q);
	HOLDS(is_told(NULL));
	take(q);
	put(q);
	HOLDS(!is_told(NULL));
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
	HOLDS(!is_told(NULL));
	put(q);
	HOLDS(!is_told(NULL));		/* nor does any later one tell */
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
	put(q);				/* comes in between: no signal, */
	HOLDS(!is_told(NULL));
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
	put(q);
	EQUALS(ends(receiver), 0);
	HOLDS(!is_told(NULL));
	put(q);				/* still registered */
	HOLDS(is_told(NULL));
}

CLAIM("1-534 1-536 2-124 2-149 2-159",
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
	EQUALS(mq_notify(q, &how), 0);
}

CLAIM("1-535 2-150", "mqdes must be a queue's descriptor: EBADF")
{
	struct sigevent how = by_signal();
	int fd[2];

	FAILS(mq_notify(999, &how), EBADF);
	HOLDS(pipe(fd) == 0);
	FAILS(mq_notify(fd[0], &how), EBADF);
}

CLAIM("2-151 2-153", "sigev_notify must be a way that exists: EINVAL")
{
	struct sigevent how = by_signal();
	mqd_t q = make_box();

	how.sigev_notify = 12345;
	FAILS(mq_notify(q, &how), EINVAL);
	how.sigev_notify = SIGEV_SIGNAL;
	how.sigev_signo = 12345;
	FAILS(mq_notify(q, &how), EINVAL);
}

CLAIM("L05-05", "SIGEV_NONE registers and tells nobody")
{
	struct sigevent none = { .sigev_notify = SIGEV_NONE };
	struct sigevent how = by_signal();
	mqd_t q = make_box();

	EQUALS(mq_notify(q, &none), 0);
	FAILS(mq_notify(q, &how), EBUSY);
	put(q);
	HOLDS(!is_told(NULL));
	EQUALS(mq_notify(q, &how), 0);	/* and it served once, too */
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
	char large;

	(void)value;
	pthread_getattr_np(pthread_self(), &a);
	pthread_attr_getstacksize(&a, &size);
	large = size >= 3 << 20 && size < 5 << 20;
	if (write(thread_done[1], &large, 1) != 1)
		abort();
}

CLAIM("2-157", "sigev_notify_attributes: a pthread_attr_t for that thread")
{
	struct sigevent how = { .sigev_notify = SIGEV_THREAD };
	mqd_t q = make_box();
	pthread_attr_t a;
	char answer;

	EQUALS(pthread_attr_init(&a), 0);
	EQUALS(pthread_attr_setstacksize(&a, 3 << 20), 0);
	HOLDS(pipe(thread_done) == 0);
	how.sigev_notify_function = stack_of;
	how.sigev_notify_attributes = &a;
	EQUALS(mq_notify(q, &how), 0);
	put(q);
	EQUALS(read(thread_done[0], &answer, 1), 1);
	EQUALS(answer, 1);
}

#ifndef SIGEV_THREAD_ID
#define SIGEV_THREAD_ID 4
#endif

CLAIM("2-158", "SIGEV_THREAD_ID is for timers: mq_notify() gives EINVAL")
{
	struct sigevent how = by_signal();

	how.sigev_notify = SIGEV_THREAD_ID;
	FAILS(mq_notify(make_box(), &how), EINVAL);
}

CLAIM("L05-06", "closing any descriptor of the queue takes it back silently")
{
	struct sigevent how = by_signal();
	struct mq_attr small = { .mq_maxmsg = 4, .mq_msgsize = 64 };
	mqd_t q = mq_open(BOX, O_RDWR | O_CREAT | O_EXCL, 0600, &small);
	mqd_t second = mq_open(BOX, O_RDONLY);

	HOLDS(q != (mqd_t)-1 && second != (mqd_t)-1);
	EQUALS(mq_unlink(BOX), 0);
	EQUALS(mq_notify(q, &how), 0);
	EQUALS(mq_close(second), 0);
	put(q);
	HOLDS(!is_told(NULL));
}

CLAIM("L05-07", "it goes with its process, and a child does not inherit it")
{
	struct sigevent how = by_signal();
	mqd_t q = make_box();
	pid_t child = fork();

	if (child == 0)
		_exit(mq_notify(q, &how) != 0);
	EQUALS(ends(child), 0);			/* it was registered, */
	EQUALS(mq_notify(q, &how), 0);		/* the place is free again */
	child = fork();
	if (child == 0)
		_exit(mq_send(q, "x", 1, 0) != 0 || is_told(NULL));
	EQUALS(ends(child), 0);
	HOLDS(is_told(NULL));
}

CLAIM("2-107", "read() gives a line of status, not a message")
{
	struct sigevent how = by_signal();
	mqd_t q = make_box();
	char line[128] = "", want[128];

	put(q);
	EQUALS(mq_notify(q, &how), 0);
	HOLDS(pread(q, line, sizeof line - 1, 0) > 0);
	snprintf(want, sizeof want, "QSIZE:6          NOTIFY:0     SIGNO:%-5d "
		 "NOTIFY_PID:%d", SIGUSR1, (int)getpid());
	HOLDS(strncmp(line, want, strlen(want)) == 0);
	FAILS(write(q, "x", 1), EINVAL);
	take(q);				/* it is still there */
}

CLAIM("3-047", "mq_open() works whether /dev/mqueue is mounted or not")
{
	mqd_t q = mq_open(BOX, O_RDWR | O_CREAT | O_EXCL, 0600, NULL);
	char path[64], link[64] = "";

	HOLDS(q != (mqd_t)-1);
	snprintf(path, sizeof path, "/proc/self/fd/%d", q);
	HOLDS(readlink(path, link, sizeof link - 1) > 0);
	HOLDS(strcmp(link, BOX) == 0);		/* inside its file system */
	EQUALS(mq_unlink(BOX), 0);
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
	mqd_t q = make_box();
	struct pollfd p = { .fd = q, .events = POLLIN };

	EQUALS(poll(&p, 1, 0), 0);
	put(q);
	put(q);
	EQUALS(poll(&p, 1, 0), 1);
	take(q);
	EQUALS(poll(&p, 1, 0), 1);
	take(q);
	EQUALS(poll(&p, 1, 0), 0);
}

/* A real peer: grep knows nothing of queues. */
CLAIM("L05-09", "any file tool reads who is registered")
{
	struct sigevent how = by_signal();
	mqd_t q = make_box();
	char command[128];

	EQUALS(mq_notify(q, &how), 0);
	snprintf(command, sizeof command,
		 "grep -q 'NOTIFY_PID:%d *$' /proc/%d/fd/%d", (int)getpid(),
		 (int)getpid(), q);
	EQUALS(system(command), 0);
	EQUALS(mq_notify(q, NULL), 0);
	HOLDS(system(command) != 0);
}
