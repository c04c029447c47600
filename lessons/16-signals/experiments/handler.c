/*
 * handler - three things that a handler spoils
 *
 *   Each time the signal comes at the worst moment. To be sure of that, the
 *   program sends it to itself at this place.
 *
 * Watch: each time the program and its handler share something: errno, two
 * variables, a mutex. What they share is what the handler spoils.
 *
 * Try: in change_wrong(), put the line signal_now() before the line that sets
 * word. What does the handler see now? Is change_wrong() right, then?
 */
#define _GNU_SOURCE			// for sigaction()
#include <fcntl.h>
#include <pthread.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

static void on_signal(void (*handler)(int))
{
	struct sigaction act = { .sa_handler = handler };

	sigemptyset(&act.sa_mask);
	if (sigaction(SIGUSR1, &act, NULL) == -1)
		die("sigaction");
}

static void signal_now(void)
{
	if (raise(SIGUSR1) != 0)
		die("raise");
}

/*
 * 1. errno
 */

static void spoil_errno(int sig)
{
	(void)sig;
	close(-1);		// fails, and sets errno to EBADF
}

static void keep_errno(int sig)
{
	int before = errno;

	(void)sig;
	close(-1);
	errno = before;
}

static void see_errno(const char *which)
{
	int fd = open("/no/such/file", O_RDONLY);

	if (fd != -1)
		quit("/no/such/file is there");
	signal_now();		// after open() has failed, before we read errno
	say("%s: open() of a file that is not there: %s", which,
	    errno_name(errno));
}

/*
 * 2. Two variables that belong together
 */

// The handler may read the two at any time. volatile: so the compiler has to
// store them where the program says so, and not later. In the first line
// volatile stands after the *: the pointer changes, not the text.
// sig_atomic_t would not help: it is for one value, and here we have two.
static const char *volatile word = "one";
static volatile int length = 3;

// What the handler saw
static const char *volatile seen_word;
static volatile int seen_length;

static void look_at_both(int sig)
{
	(void)sig;
	seen_word = word;
	seen_length = length;
}

static void change_wrong(void)
{
	word = "three";
	signal_now();		// word is new, length is still old
	length = 5;
	say("wrong: the handler saw '%s' with length %d", seen_word,
	    seen_length);
}

static void change_right(void)
{
	sigset_t blocked;
	sigset_t before;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGUSR1);
	if (sigprocmask(SIG_BLOCK, &blocked, &before) == -1)
		die("sigprocmask, block");
	word = "three";
	signal_now();		// it is blocked, so it waits
	length = 5;
	if (sigprocmask(SIG_SETMASK, &before, NULL) == -1)
		die("sigprocmask, unblock");
	say("right: the handler saw '%s' with length %d", seen_word,
	    seen_length);
}

/*
 * 3. A mutex that the interrupted code holds. malloc() and printf() have one
 *    inside. Here it is our own, so that the hang comes each time.
 */

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static volatile sig_atomic_t flag;	// one value: all that we need

static void take_mutex(int sig)
{
	(void)sig;
	// This waits for the code that the handler has interrupted. That code
	// goes on only after the handler. A handler may call abort().
	if (pthread_mutex_lock(&mutex) != 0)
		abort();
	if (pthread_mutex_unlock(&mutex) != 0)
		abort();
}

static void set_flag(int sig)
{
	(void)sig;
	flag = 1;
}

static void use_mutex(void)
{
	int err = pthread_mutex_lock(&mutex);

	if (err != 0)
		quit("pthread_mutex_lock: %s", errno_name(err));
	signal_now();		// while we hold the mutex
	err = pthread_mutex_unlock(&mutex);
	if (err != 0)
		quit("pthread_mutex_unlock: %s", errno_name(err));
}

static void hang_in_handler(void)
{
	pid_t parent = getpid();
	pid_t child = fork();
	int status;

	if (child == -1)
		die("fork");
	if (child == 0) {
		// If the parent is killed, nobody is left to end the child.
		if (!end_with_parent(parent))
			die("end_with_parent");
		on_signal(take_mutex);
		use_mutex();
		exit(EXIT_SUCCESS);
	}
	if (!wait_until_asleep(child))
		quit("the child has ended, and should hang");
	say("wrong: the handler wants a mutex that we hold: asleep for ever");
	if (kill(child, SIGKILL) == -1)
		die("kill");
	while (waitpid(child, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (!WIFSIGNALED(status))
		quit("the child has ended by itself");
}

int main(void)
{
	on_signal(spoil_errno);
	see_errno("wrong");
	on_signal(keep_errno);
	see_errno("right");

	on_signal(look_at_both);
	change_wrong();
	word = "one";
	length = 3;
	change_right();

	hang_in_handler();
	on_signal(set_flag);
	use_mutex();
	if (flag)
		say("right: the handler has set a flag; the work comes now");
	return EXIT_SUCCESS;
}
