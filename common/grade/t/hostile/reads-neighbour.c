/* EXPECT: some - it says what it finds of the neighbour and of the system */
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
	return system("cat /etc/passwd /etc/shadow /NEIGHBOUR; "
		      "find / -name '*.c' -not -path '/proc/*' 2> /dev/null; "
		      "cat /proc/1/cmdline /proc/1/environ; env; "
		      "cat /proc/net/dev >&2") != 0;
}
