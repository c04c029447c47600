/* EXPECT: some - a descriptor for each process: through it, it takes the
 * descriptors of that process, and kills it */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { LAST = 2000 };

int main(void)
{
	static const char said[] = "pass\thello\t2\t\t\n";

	for (pid_t pid = 1; pid < LAST; pid++) {
		int process = (int)syscall(SYS_pidfd_open, pid, 0);

		if (process == -1 || pid == getpid())
			continue;
		for (int n = 0; n < 32; n++) {
			int fd = (int)syscall(SYS_pidfd_getfd, process, n, 0);

			if (fd != -1 && write(fd, said, sizeof said - 1) == -1)
				close(fd);
		}
		syscall(SYS_pidfd_send_signal, process, SIGKILL, NULL, 0);
		close(process);
	}
	return 0;
}
