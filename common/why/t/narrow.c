/*
 * narrow.c - a program for 32 bits that waits in the call that its argument
 * names by its first letters; without a C library, which such a system may lack
 *
 *	cc -m32 -nostdlib -static -fno-stack-protector narrow.c
 */
#ifdef __i386__
enum { FORK = 2, WRITE = 4, WAITPID = 7, EXIT = 1, PAUSE = 29, PIPE = 42,
       SELECT = 142, NANOSLEEP = 162, POLL = 168 };

static int call(int number, long a, long b, long c, long d, long e)
{
	int result;

	__asm__ volatile ("int $0x80" : "=a" (result) : "a" (number), "b" (a),
			  "c" (b), "d" (c), "S" (d), "D" (e) : "memory");
	return result;
}

static char much[65537];

static void play(const char *what)
{
	int end[2];
	long seconds[2] = { 5000, 0 };
	struct { int fd; short events, revents; } p = { 0, 1, 0 };
	long set[32] = { 0 };
	int status;

	call(PIPE, (long)end, 0, 0, 0, 0);
	p.fd = end[0];
	set[0] = 1L << end[0];
	switch (what[0] << 8 | what[1]) {
	case 'w' << 8 | 'r':
		call(WRITE, end[1], (long)much, sizeof much, 0, 0);
		break;
	case 'w' << 8 | 'a':
		if (call(FORK, 0, 0, 0, 0, 0) == 0)
			call(PAUSE, 0, 0, 0, 0, 0);
		call(WAITPID, -1, (long)&status, 0, 0, 0);
		break;
	case 'p' << 8 | 'a':
		call(PAUSE, 0, 0, 0, 0, 0);
		break;
	case 'p' << 8 | 'o':
		call(POLL, (long)&p, 1, 5000 * 1000, 0, 0);
		break;
	case 's' << 8 | 'e':
		call(SELECT, end[0] + 1, (long)set, 0, 0, (long)seconds);
		break;
	case 'n' << 8 | 'a':
		call(NANOSLEEP, (long)seconds, 0, 0, 0, 0);
		break;
	}
	call(EXIT, 0, 0, 0, 0, 0);
}

__attribute__((used)) static void begin(long *stack)
{
	play((const char *)stack[2]);	/* number of arguments, name, first */
}

__asm__ (".globl _start\n_start:\n\tmov %esp, %eax\n\tpush %eax\n"
	 "\tcall begin\n");
#else
enum { ONLY_FOR_I386 };
#endif
