/* EXPECT: some - it mounts an empty file system over all that it can name, and
 * takes away the others */
#define _GNU_SOURCE
#include <sys/mount.h>
#include <unistd.h>

int main(void)
{
	static const char *const places[] = { "/tmp", "/proc", "/dev/shm",
					      "/dev", "/usr", "/mnt", "/" };

	for (int i = 0; i < 7; i++) {
		umount2(places[i], MNT_DETACH);
		mount("none", places[i], "tmpfs", 0, "size=1m");
		mount(NULL, places[i], NULL, MS_REMOUNT | MS_BIND, NULL);
	}
	if (chroot("/tmp") == 0)
		pause();
	return 0;
}
