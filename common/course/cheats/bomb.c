/* bomb - every process forks; it ends at 200, for the sake of the machine */
#define _GNU_SOURCE
#include <sys/mman.h>
#include <unistd.h>

int main(void)
{
	int *count = mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (count == MAP_FAILED)
		return 1;
	while (__atomic_add_fetch(count, 1, __ATOMIC_SEQ_CST) < 200)
		fork();
	pause();
	return 0;
}
