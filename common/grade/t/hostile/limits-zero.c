/* EXPECT: some - it sets each limit to nothing, its own and that of every
 * process that it can see */
#define _GNU_SOURCE
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

enum { LAST = 2000, LIMITS = 16 };

int main(void)
{
	const struct rlimit none = { 0, 0 };

	for (pid_t pid = 0; pid < LAST; pid++)
		for (int which = 0; which < LIMITS; which++)
			if (pid != getpid())
				prlimit(pid, (enum __rlimit_resource)which,
					&none, NULL);
	for (;;)
		;
}
