/* EXPECT: some - it takes hold of every process that it can see, and writes
 * into its memory */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { LAST = 2000 };

int main(void);

static void write_into(pid_t pid)
{
	char path[64], zero[64] = "";
	struct iovec here = { zero, sizeof zero };
	struct iovec there = { (void *)main, sizeof zero };
	int fd;

	process_vm_writev(pid, &here, 1, &there, 1, 0);
	snprintf(path, sizeof path, "/proc/%d/mem", pid);
	fd = open(path, O_RDWR);
	if (fd == -1)
		return;
	if (pwrite(fd, zero, sizeof zero, (off_t)(long)main) == -1)
		perror(path);
	close(fd);
}

int main(void)
{
	for (pid_t pid = 1; pid < LAST; pid++) {
		if (pid == getpid())
			continue;
		ptrace(PTRACE_SEIZE, pid, NULL, NULL);
		ptrace(PTRACE_ATTACH, pid, NULL, NULL);
		write_into(pid);
	}
	return 0;
}
