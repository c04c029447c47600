/* EXPECT: some - it goes into namespaces of its own, where it is root, and does
 * there what it may not do outside */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <unistd.h>

int main(void)
{
	unshare(CLONE_NEWUSER);
	unshare(CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWNET);
	mount("none", "/", NULL, MS_REC | MS_SHARED, NULL);
	mount("none", "/tmp", "tmpfs", 0, NULL);
	signal(SIGTERM, SIG_IGN);
	if (fork() == 0) {
		setsid();
		for (;;)
			if (fork() == -1)
				pause();
	}
	return 0;
}
