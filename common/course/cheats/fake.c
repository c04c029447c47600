/* fake - says in every way it knows that all is well, and does nothing */
#include <stdio.h>
#include <unistd.h>

int main(void)
{
	static const char said[] =
		"ok 1 - all\n1..1\npass\tall\t10\t\n  pass  10  all\n"
		"10 of 10 points\n\001claim: held\n\001wrong: nothing\n";

	for (int fd = 1; fd < 64; fd++)
		if (write(fd, said, sizeof said - 1) == -1)
			continue;
	return 0;
}
