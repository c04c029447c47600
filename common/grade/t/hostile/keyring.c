// EXPECT: some - it fills the keyring of its user, which outlives all processes
#define _GNU_SOURCE
#include <linux/keyctl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
	static char text[4096];
	char name[32];

	memset(text, 'x', sizeof text);
	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof name, "hostile-%d", i);
		syscall(SYS_add_key, "user", name, text, sizeof text,
			KEY_SPEC_USER_KEYRING);
	}
	return 0;
}
