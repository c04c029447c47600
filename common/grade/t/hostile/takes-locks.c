/* EXPECT: some - it locks every file that it can open, and keeps the locks in a
 * process that stays */
#define _GNU_SOURCE
#include <fcntl.h>
#include <ftw.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static int lock_it(const char *path, const struct stat *st, int kind,
		   struct FTW *where)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK);

	if (fd == -1 || kind == FTW_SL || !where || !S_ISREG(st->st_mode)) {
		close(fd);
		return 0;
	}
	flock(fd, LOCK_EX | LOCK_NB);
	lockf(fd, F_TLOCK, 0);
	return 0;
}

int main(void)
{
	nftw("/tmp", lock_it, 16, FTW_PHYS);
	nftw("/dev/shm", lock_it, 16, FTW_PHYS);
	nftw("/mnt", lock_it, 16, FTW_PHYS);
	if (daemon(1, 1) == 0)
		for (;;)
			pause();
	return 0;
}
