/*
 * threads - fork() while another thread has a mutex
 *
 *   thread: has the mutex                       (is not in the child)
 *   main:   fork() --> child: wants the mutex   (locked, as in the parent)
 *
 * Only the thread that calls fork() is in the child. But the memory is copied
 * as it is.
 *
 * Watch: nobody is left in the child that would unlock its mutex.
 *
 * Try: in child_locks(), call malloc() or printf() in place of lock(). Does the
 * child sleep? Even if it does not sleep, is the call allowed?
 */
#define _GNU_SOURCE			// for lesson.h
#include <pthread.h>
#include <semaphore.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

// The default kind of mutex. It is for threads, and that is enough here.
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

// Two semaphores (lesson 11). A post is kept until somebody waits for it.
static sem_t has_it;		// the thread says: I have the mutex
static sem_t let_go;		// main says: give it back

/* The pthread calls return 0, or the number of an error. */
static void check(const char *call, int err)
{
	if (err == 0)
		return;
	errno = err;
	die(call);
}

static void lock(void)
{
	int err = pthread_mutex_lock(&mutex);

	check("pthread_mutex_lock", err);
}

static void unlock(void)
{
	int err = pthread_mutex_unlock(&mutex);

	check("pthread_mutex_unlock", err);
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

/* The other thread. Its argument and its result are not used. */
static void *work(void *nothing)
{
	lock();
	post(&has_it);
	wait_for(&let_go);
	unlock();
	return nothing;
}

static pthread_t start_thread(void)
{
	pthread_t thread;
	int err;

	// NULL, NULL: no attributes, and no argument for work().
	err = pthread_create(&thread, NULL, work, NULL);
	check("pthread_create", err);
	wait_for(&has_it);
	return thread;
}

static void end_thread(pthread_t thread)
{
	int err = pthread_join(thread, NULL);	// NULL: no result is wanted

	check("pthread_join", err);
}

static void child_locks(void)
{
	lock();
	unlock();
}

static void child_execs(void)
{
	execlp("true", "true", (char *)NULL);
	die("execlp true");	// execlp() returns only if it has failed
}

static pid_t start_child(void (*does)(void))
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child == -1)
		die("fork");
	if (child == 0) {
		if (!end_with_parent(parent))
			die("end_with_parent");
		does();
		// Not exit(): exit() may need a lock of the C library, and
		// another thread may have had that lock at the fork().
		_exit(EXIT_SUCCESS);
	}
	return child;
}

static void see_it_end(pid_t child)
{
	int status;

	while (waitpid(child, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (status != 0)
		quit("the child has failed");
}

/* Kill CHILD, and wait until it has ended.  */
static void kill_it(pid_t child)
{
	int status;

	if (kill(child, SIGKILL) == -1)
		die("kill");
	while (waitpid(child, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (!WIFSIGNALED(status))
		quit("the child has ended too early");
}

static void wrong_way(void)
{
	pthread_t thread = start_thread();
	pid_t child = start_child(child_locks);

	if (!wait_until_asleep(child))
		quit("the child has got the mutex");
	post(&let_go);
	end_thread(thread);
	say("wrong: in the parent the thread has unlocked the mutex");
	if (!wait_until_asleep(child))
		quit("the child has got the mutex");
	say("wrong: the child sleeps: nobody unlocks its own copy");
	kill_it(child);		// the child would sleep for ever
}

/* RIGHT: the child becomes another program. Before that it makes only system
 * calls, those of end_with_parent(), and none of them needs a mutex. */
static void exec_way(void)
{
	pthread_t thread = start_thread();
	pid_t child = start_child(child_execs);

	see_it_end(child);
	say("right: the child takes no mutex, and becomes another program");
	post(&let_go);
	end_thread(thread);
}

/* RIGHT: fork() calls lock() first, and unlock() after it: once in the parent,
 * and once in the child. */
static void atfork_way(void)
{
	pthread_t thread;
	pid_t child;
	int err;

	err = pthread_atfork(lock, unlock, unlock);
	check("pthread_atfork", err);
	thread = start_thread();
	post(&let_go);		// fork() waits until the thread has unlocked
	child = start_child(child_locks);
	see_it_end(child);
	say("right: pthread_atfork(): the child has got the mutex");
	end_thread(thread);
}

int main(void)
{
	// 0, 0: for the threads of this process; no unit yet.
	if (sem_init(&has_it, 0, 0) == -1)
		die("sem_init");
	if (sem_init(&let_go, 0, 0) == -1)
		die("sem_init");
	wrong_way();
	exec_way();
	atfork_way();
	return EXIT_SUCCESS;
}
