/* EXPECT: some - folders in folders, so deep that no path leads there, and
 * all of them locked */
#include <sys/stat.h>
#include <unistd.h>

int main(void)
{
	static const char name[] =
		"a-long-name-so-that-a-path-is-soon-longer-than-the-kernel-takes";

	for (int i = 0; i < 500; i++) {
		if (mkdir(name, 0700) == -1 || chdir(name) == -1)
			return 0;
		mkdir("locked", 0);
	}
	chmod("..", 0);
	chmod(".", 0);
	return 0;
}
