/*
 * taker - reads a list that ./maker has sealed, and tries to change it
 *
 *   maker --fork(), exec()--> taker 3    3 is the memfd's descriptor
 *
 * Memory of somebody else may change under a reader, or get shorter: SIGBUS.
 * Seals are the kernel's word that it will not. Watch each attempt to write.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <setjmp.h>
#include <sys/mman.h>

#include "../../common/lesson.h"

enum { PAGE = 4096, SEALS = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE };

static char *list;
static sigjmp_buf before;

static void fault(int sig, siginfo_t *info, void *context)
{
	(void)sig, (void)context;
	// Not return: that would make the same store once more.
	siglongjmp(before, info->si_code);
}

static void check(int fd)
{
	int seals = fcntl(fd, F_GET_SEALS);

	if (seals == -1)
		quit("no memfd (%s): start ./maker", errno_name(errno));
	// The size counts only when it is sealed, so look at it afterwards.
	if ((seals & SEALS) != SEALS || lseek(fd, 0, SEEK_END) < 2 * PAGE)
		quit("not sealed, or too short: not taken");
	say("sealed: it keeps its bytes and its size");
}

static void try_to_write(int fd)
{
	struct sigaction sa = { .sa_flags = SA_SIGINFO, .sa_sigaction = fault };

	if (mmap(NULL, PAGE, PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED)
		say("mapped for writing: %s", errno_name(errno));
	if (sigaction(SIGSEGV, &sa, NULL) == -1)
		die("sigaction");
	switch (sigsetjmp(before, 1)) {	// 1: and the signal mask
	case 0: *(volatile char *)list = 'T'; break;
	case SEGV_ACCERR: say("stored at PROT_READ: SIGSEGV, SEGV_ACCERR");
	}
	if (mprotect(list, PAGE, PROT_READ | PROT_WRITE) == -1)
		die("mprotect");
	*list = 'T';
	say("stored after mprotect(): \"%s\", a copy of this page", list);
}

int main(int argc, char *argv[])
{
	int fd = argc == 2 ? atoi(argv[1]) : -1;
	char byte;

	check(fd);	// before it is mapped
	// Before Linux 6.7, F_SEAL_WRITE refuses MAP_SHARED for reading too.
	list = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
	if (list == MAP_FAILED)
		die("mmap");
	if ((list = mremap(list, PAGE, 2 * PAGE, MREMAP_MAYMOVE)) == MAP_FAILED)
		die("mremap");
	say("page 1: \"%s\", after mremap() page 2: \"%s\"", list, list + PAGE);
	try_to_write(fd);
	if (pread(fd, &byte, 1, 0) == 1)
		say("the memfd still begins with '%c'", byte);
	return EXIT_SUCCESS;
}
