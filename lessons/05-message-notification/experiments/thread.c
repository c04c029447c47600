/*
 * thread - a function in a new thread, in place of a signal
 *
 *   we --mq_send()--> [ our own box ] --> a new thread: letter_has_come()
 *
 * With SIGEV_THREAD the C library starts a thread when a letter comes, and the
 * thread calls our function. main() need not wait for anything.
 *
 * The function asks again, and then it reads. If the next letter comes now, it
 * starts a second thread, while the first one is still at work. We put a letter
 * in at that moment.
 *
 * Watch: two threads are in the same function at the same time. With a mutex,
 * the second one waits until the first has left.
 *
 * Try: in letter_has_come(), take away the line with ask_to_be_told(). Which
 * line is the last one now? End it with Ctrl-C.
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <mqueue.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

#include "../../../common/lesson.h"

enum { ROOM = 10 };		// how many letters fit into the box
enum { LONGEST = 8 };		// bytes of the longest letter

enum mutex_use { WITHOUT_MUTEX, WITH_MUTEX };

static mqd_t box;
static pthread_t main_thread;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
// How many threads are at work now. Two threads may change it at one time, and
// an atomic_int stays right then.
static atomic_int at_work;

static sem_t called;		// 1 more each time that our function is called
static sem_t started_work;	// 1 more each time that a thread starts to work
static sem_t go_on;		// the work goes on only when main() says so
static sem_t done;		// 1 more each time that our function returns

/* Make a box that nobody else finds. It goes away when we end. */
static void make_box(void)
{
	struct mq_attr size = { .mq_maxmsg = ROOM, .mq_msgsize = LONGEST };
	char name[OWN_NAME];

	own_name(name, "thread");

	// If Ctrl-C ended us between mq_open() and mq_unlink(), the name would
	// stay. So Ctrl-C has to wait.
	hold_signals();
	mq_unlink(name);	// if a run was killed there, its name is left
	box = mq_open(name, O_RDWR | O_CREAT | O_EXCL | O_NONBLOCK, 0600,
		      &size);
	if (box == (mqd_t)-1)	// -1, in the type of a queue's descriptor
		die("mq_open");
	mq_unlink(name);	// the box stays as long as we have it open
	let_signals();
}

static void make_semaphore(sem_t *sem)
{
	// The first 0: only the threads of this process use the semaphore. The
	// second 0 is its value.
	if (sem_init(sem, 0, 0) == -1)
		die("sem_init");
}

static void post(sem_t *sem)
{
	if (sem_post(sem) == -1)
		die("sem_post");
}

static void wait_for(sem_t *sem)
{
	while (sem_wait(sem) == -1) {
		if (errno != EINTR)
			die("sem_wait");
	}
}

static void lock(void)
{
	errno = pthread_mutex_lock(&mutex);	// returns 0 or an error number
	if (errno != 0)
		die("pthread_mutex_lock");
}

static void unlock(void)
{
	errno = pthread_mutex_unlock(&mutex);
	if (errno != 0)
		die("pthread_mutex_unlock");
}

static void put_letter(void)
{
	// 6 is the number of bytes, and 0 is the priority.
	if (mq_send(box, "letter", 6, 0) == -1)
		die("mq_send");
}

static void read_all(void)
{
	char letter[LONGEST];
	ssize_t n;

	do {
		// NULL: we do not need the priority.
		n = mq_receive(box, letter, sizeof letter, NULL);
	} while (n != -1);
	if (errno != EAGAIN)		// EAGAIN: the box is empty
		die("mq_receive");
}

/* Read the letters, and then work until main() says that we may go on. */
static void work(void)
{
	read_all();
	at_work++;
	post(&started_work);
	wait_for(&go_on);
	at_work--;
}

/* This is the function of the new thread. It stands below. */
static void letter_has_come(union sigval value);

/* The value that comes along says whether the function uses the mutex. */
static void ask_to_be_told(enum mutex_use use)
{
	struct sigevent how = {
		.sigev_notify = SIGEV_THREAD,
		.sigev_notify_function = letter_has_come,
		.sigev_value.sival_int = (int)use,
	};

	if (mq_notify(box, &how) == -1)
		die("mq_notify");
}

/* A new thread calls this. VALUE is the sigev_value of our request. */
static void letter_has_come(union sigval value)
{
	enum mutex_use use = (enum mutex_use)value.sival_int;

	// A proof that a new thread runs this function.
	if (pthread_equal(pthread_self(), main_thread))
		quit("this is the main thread");

	// First ask, then read, as always. work() reads.
	ask_to_be_told(use);
	post(&called);
	if (use == WITH_MUTEX)
		lock();
	work();
	if (use == WITH_MUTEX)
		unlock();
	post(&done);
}

static void two_letters(enum mutex_use use)
{
	ask_to_be_told(use);
	put_letter();
	wait_for(&called);
	wait_for(&started_work);
	say("letter 1: a new thread is at work");

	// The first thread has emptied the box. So we are told of letter 2.
	put_letter();
	wait_for(&called);
	if (use == WITHOUT_MUTEX) {
		wait_for(&started_work);
		say("wrong: letter 2, no mutex: threads at work: %d", at_work);
	} else {
		// The second thread waits for the mutex, which the first one
		// has.
		say("right: letter 2, with a mutex: threads at work: %d",
		    at_work);
	}

	// Let both threads go on. If there is a mutex, the second thread gets
	// it when the first one has left.
	post(&go_on);
	post(&go_on);
	wait_for(&done);
	wait_for(&done);
}

int main(void)
{
	main_thread = pthread_self();
	make_semaphore(&called);
	make_semaphore(&started_work);
	make_semaphore(&go_on);
	make_semaphore(&done);
	make_box();

	two_letters(WITHOUT_MUTEX);

	// The second thread has asked, and no letter has come since. Take this
	// request back: two_letters() asks again.
	if (mq_notify(box, NULL) == -1)
		die("mq_notify, take back");
	two_letters(WITH_MUTEX);
	return EXIT_SUCCESS;
}
