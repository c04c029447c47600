// EXPECT: some - it starts threads for ever, and each one sleeps
#include <pthread.h>
#include <unistd.h>

static void *sleeps(void *arg)
{
	pause();
	return arg;
}

int main(void)
{
	pthread_t thread;

	for (;;)
		pthread_create(&thread, NULL, sleeps, NULL);
}
