/* EXPECT: some - it ends before main() and behind it: a constructor, a weak
 * main, a table of the linker's */
#include <stdio.h>
#include <unistd.h>

static void early(int argc, char **argv)
{
	if (argc > 1)
		dprintf(1, "hello, %s", argv[argc]);
	_exit(0);
}
__attribute__((section(".preinit_array"), used))
static void (*const first)(int, char **) = early;

__attribute__((constructor)) static void second(void)
{
	_exit(0);
}

__attribute__((weak)) int main(void)
{
	return 0;
}
