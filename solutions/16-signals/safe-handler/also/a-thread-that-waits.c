/* A thread waits for the question, and answers; a mutex keeps lines whole. */
#include <pthread.h>
#include "../../../common/lesson.h"

static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
static void lock(void)
{
	if ((errno = pthread_mutex_lock(&m)))
		die("lock");
}

static void unlock(void)
{
	if ((errno = pthread_mutex_unlock(&m)))
		die("unlock");
}

static void *asker(void *p)
{
	int s;
	for (;;) {
		if ((errno = sigwait(p, &s)))
			die("sigwait");
		if (s == SIGUSR2)
			return NULL;
		lock();
		if (write(1, "still here\n", 11) == -1 && errno != EAGAIN)
			die("write");
		unlock();
	}
}

int main(void)
{
	static sigset_t s;
	pthread_t t;
	char b[4096];
	ssize_t n;
	sigemptyset(&s);
	sigaddset(&s, SIGUSR1);
	sigaddset(&s, SIGUSR2);
	if (sigprocmask(SIG_BLOCK, &s, NULL))
		die("sigprocmask");
	if ((errno = pthread_create(&t, NULL, asker, &s)))
		die("pthread_create");
	while ((n = read(0, b, sizeof b)) > 0) {
		lock();
		for (ssize_t at = 0; at < n;) {
			ssize_t k = write(1, b + at, (size_t)(n - at));
			if (k == -1)
				die("write");
			at += k;
		}
		unlock();
	}
	if (n == -1)
		die("read");
	if (kill(getpid(), SIGUSR2))
		die("kill");
	if ((errno = pthread_join(t, NULL)))
		die("join");
	return 0;
}
