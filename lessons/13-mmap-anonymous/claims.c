/*
 * claims - what the notes say about memory without a file, executed
 *
 * Ids are rows of docs/claims.tsv; L13-.. are claims of this course.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../common/proof/claim.h"

/* Names that the headers of an older C library do not have yet. */
#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif
#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif
#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE 0x10
#endif
#ifndef F_SEAL_EXEC
#define F_SEAL_EXEC 0x20
#endif
#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 8u
#endif

enum { RW = PROT_READ | PROT_WRITE };

#define PAGE ((size_t)sysconf(_SC_PAGE_SIZE))

/* COUNT fresh pages without a file, private or shared. */
static char *map(size_t count, int prot, int flags)
{
	char *p = mmap(NULL, count * PAGE, prot, flags | MAP_ANONYMOUS, -1, 0);

	HOLDS(p != MAP_FAILED);
	return p;
}

/* What an mmap() or mremap() came to: 0, or its error. */
static int error_of(void *mapped)
{
	return mapped == MAP_FAILED ? errno : 0;
}

static void on_segv(int sig, siginfo_t *info, void *context)
{
	(void)sig, (void)context;
	_exit(info->si_code);
}

static void catch_segv(void)
{
	struct sigaction act = { .sa_sigaction = on_segv,
				 .sa_flags = SA_SIGINFO };

	HOLDS(sigaction(SIGSEGV, &act, NULL) == 0);
}

/* What a child gets for a store to AT, or for a load from there: 0, or the
 * reason of its SIGSEGV (SEGV_MAPERR, SEGV_ACCERR), or 128 + signal. */
static int store(char *at)
{
	pid_t pid = fork();

	if (pid == 0) {
		catch_segv();
		*(volatile char *)at = 'x';
		_exit(0);
	}
	return ends(pid);
}

static int load(char *at)
{
	pid_t pid = fork();

	if (pid == 0) {
		catch_segv();
		(void)*(volatile char *)at;
		_exit(0);
	}
	return ends(pid);
}

/* The line of /proc/self/maps for the mapping that begins at AT. */
static int line_of_maps(char *at, char *line, int size)
{
	FILE *f = fopen("/proc/self/maps", "re");
	unsigned long begin;

	HOLDS(f != NULL);
	while (fgets(line, size, f))
		if (sscanf(line, "%lx-", &begin) == 1 &&
		    begin == (unsigned long)at) {
			fclose(f);
			return 1;
		}
	fclose(f);
	return 0;
}

/* A child has the mapping at AT, of NAME, and executes a program that looks for
 * that name. The stack shows that it looks at the right place. */
static int is_dropped_by_exec(char *at, const char *name)
{
	const char *look = "grep -q '[[]stack' /proc/self/maps && "
			   "! grep -q $0 /proc/self/maps";
	pid_t pid = fork();
	char line[512];

	if (pid == 0) {
		HOLDS(line_of_maps(at, line, sizeof line));
		HOLDS(strstr(line, name) != NULL);
		execlp("sh", "sh", "-c", look, name, (char *)NULL);
		_exit(127);
	}
	return ends(pid) == 0;
}

/* FIELD of /proc/self/smaps for the mapping that begins at AT, in kB. */
static long kb_of(char *at, const char *field)
{
	FILE *f = fopen("/proc/self/smaps", "re");
	unsigned long begin, end;
	char line[512];
	int here = 0;

	HOLDS(f != NULL);
	while (fgets(line, sizeof line, f)) {
		if (sscanf(line, "%lx-%lx ", &begin, &end) == 2)
			here = begin == (unsigned long)at;
		if (here && strncmp(line, field, strlen(field)) == 0) {
			fclose(f);
			return atol(line + strlen(field) + 1);
		}
	}
	fclose(f);
	SKIP("/proc/self/smaps has no %s here (CONFIG_PROC_PAGE_MONITOR)",
	     field);
}

/* 1 if the compiler takes BODY (of main), after the headers, with OPTIONS. */
static int takes(const char *options, const char *body)
{
	char source[512], flags[128];

	snprintf(source, sizeof source, "#include <stddef.h>\n"
		 "#include <sys/mman.h>\nint main(void) "
		 "{ char *p = NULL; (void)p; %s return 0; }\n", body);
	snprintf(flags, sizeof flags, "%s -Werror", options);
	return compiles(flags, source);
}

CLAIM("2-016 4-017", "a shared one: parent and child see the same memory")
{
	char *p = map(1, RW, MAP_SHARED), c;
	int go[2];
	pid_t child;

	HOLDS(pipe(go) == 0);
	child = fork();
	if (child == 0) {
		HOLDS(read(go[0], &c, 1) == 1);
		HOLDS(*p == 41);		/* stored after fork() */
		*p = 42;
		_exit(0);
	}
	*p = 41;
	HOLDS(write(go[1], "x", 1) == 1);
	EQUALS(ends(child), 0);
	EQUALS(*p, 42);
}

CLAIM("2-016 L13-01", "a private one: both start with the same bytes and part")
{
	char *p = map(1, RW, MAP_PRIVATE);
	int go[2];
	pid_t child;
	char c;

	*p = 7;
	HOLDS(pipe(go) == 0);
	child = fork();
	if (child == 0) {
		HOLDS(*p == 7);
		HOLDS(read(go[0], &c, 1) == 1);
		HOLDS(*p == 7);			/* not the parent's 8 */
		*p = 42;
		_exit(*p);
	}
	*p = 8;
	HOLDS(write(go[1], "x", 1) == 1);
	EQUALS(ends(child), 42);
	EQUALS(*p, 8);
}

CLAIM("1-061 2-016", "no file is behind it: /proc/self/maps has no inode")
{
	char *p = map(1, RW, MAP_PRIVATE), line[512], path[256] = "";
	unsigned long inode = 1;

	HOLDS(line_of_maps(p, line, sizeof line) ||
	      (munmap(p, PAGE) == 0 &&		/* joined with a neighbour */
	       (p = map(1, PROT_NONE, MAP_PRIVATE)) &&
	       line_of_maps(p, line, sizeof line)));
	HOLDS(sscanf(line, "%*s %*s %*s %*s %lu %255s", &inode, path) >= 1);
	EQUALS(inode, 0);
	HOLDS(path[0] != '/');
}

CLAIM("L13-02", "a shared one is shown as /dev/zero (deleted); exec drops it")
{
	char *p = map(1, RW, MAP_SHARED), line[512];

	HOLDS(line_of_maps(p, line, sizeof line));
	HOLDS(strstr(line, "/dev/zero (deleted)") != NULL);
	HOLDS(is_dropped_by_exec(p, "/dev/zero"));
	HOLDS(line_of_maps(p, line, sizeof line));
	HOLDS(strstr(line, "/dev/zero (deleted)") != NULL); /* we still do */
}

CLAIM("L13-02", "and a private one: the new program does not have it")
{
	int fd = open("lesson13", O_RDWR | O_CREAT | O_EXCL, 0600);
	char *p, line[512];

	HOLDS(fd != -1 && ftruncate(fd, (off_t)PAGE) == 0);
	p = mmap(NULL, PAGE, RW, MAP_PRIVATE, fd, 0);
	HOLDS(p != MAP_FAILED);
	*p = 'x';
	HOLDS(line_of_maps(p, line, sizeof line));
	HOLDS(strstr(line, "/lesson13") && strstr(line, " rw-p "));
	HOLDS(is_dropped_by_exec(p, "/lesson13"));
	HOLDS(line_of_maps(p, line, sizeof line));
	HOLDS(strstr(line, "/lesson13") != NULL);	/* we still do */
}

CLAIM("1-061", "it is filled with zeros")
{
	const size_t size = 1 << 20;
	char *p = mmap(NULL, size, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	HOLDS(p != MAP_FAILED);
	HOLDS(p[0] == 0 && memcmp(p, p + 1, size - 1) == 0);
	p = mmap(NULL, size, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	HOLDS(p != MAP_FAILED);
	HOLDS(p[0] == 0 && memcmp(p, p + 1, size - 1) == 0);
}

/* POSIX has had MAP_ANONYMOUS since 2024. The headers of glibc 2.36 hide it
 * from strict programs, those of 2.39 and of musl do not; of those in between
 * we say nothing. 1: hidden, 0: not, -1: not known. */
static int strict_hides_flags(void)
{
	int version = glibc_version();

	if (version > 236 && version < 239)
		return -1;
	return version != 0 && version <= 236;
}

CLAIM("1-061", "_DEFAULT_SOURCE brings MAP_ANONYMOUS everywhere; without it "
      "-std=c11 has none up to glibc 2.36, and has it from 2.39 on")
{
	int strict = takes("-std=c11", "(void)MAP_ANONYMOUS;");

	HOLDS(takes("-std=gnu11", "(void)MAP_ANONYMOUS;"));
	HOLDS(takes("-std=c11 -D_DEFAULT_SOURCE", "(void)MAP_ANONYMOUS;"));
	if (strict_hides_flags() != -1)
		EQUALS(strict, !strict_hides_flags());
}

CLAIM("1-062", "it is plain memory: malloc() takes a large piece this way")
{
	void *brk_before = sbrk(0);
	char *p = malloc(16 << 20);
	char *volatile old = p;		/* so that no compiler follows it */
	unsigned char seen;

	HOLDS(p != NULL);
	if (sbrk(0) != brk_before)
		SKIP("this malloc() takes from brk(); glibc's does not");
	EQUALS(mincore(p - (uintptr_t)p % PAGE, 1, &seen), 0);
	free(p);
	EQUALS(store(old), SEGV_MAPERR);	/* given back by munmap() */
}

CLAIM("1-063", "Linux ignores the fd; -1 is what other systems insist on")
{
	int fd = open("file", O_RDWR | O_CREAT | O_EXCL, 0600);
	const int fds[] = { fd, -1 };

	HOLDS(fd != -1 && write(fd, "file", 4) == 4);
	for (int i = 0; i < 2; i++) {
		for (int none = 0; none < 2; none++) {
			int flags = MAP_PRIVATE | (none ? MAP_ANONYMOUS : 0);
			char *p = mmap(NULL, PAGE, RW, flags, fds[i], 0);

			if (!none && i == 1)	/* only without that flag */
				HOLDS(p == MAP_FAILED && errno == EBADF);
			else
				HOLDS(p != MAP_FAILED &&
				      *p == (none ? 0 : 'f'));
		}
	}
	FAILS(fcntl(12345, F_GETFD), EBADF);
	HOLDS(mmap(NULL, PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, 12345, 0) !=
	      MAP_FAILED);
}

CLAIM("1-047", "the address is a hint: taken if it is free, else another")
{
	enum { COUNT = 3 };
	const int flags = MAP_PRIVATE | MAP_ANONYMOUS;
	char *area = map(COUNT, RW, MAP_PRIVATE);
	char *hint = area + PAGE;

	*hint = 'q';
	for (int is_free = 0; is_free < 2; is_free++) {
		char *p;

		if (is_free)
			EQUALS(munmap(area, COUNT * PAGE), 0);
		p = mmap(hint, PAGE, RW, flags, -1, 0);
		HOLDS(p != MAP_FAILED);
		EQUALS(p == hint, is_free);
		EQUALS(*hint, is_free ? 0 : 'q');
	}
}

CLAIM("1-060 1-062", "MAP_FIXED forces it, and destroys what was there")
{
	const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
	enum { COUNT = 2 };
	char *p = map(COUNT, RW, MAP_PRIVATE);

	memset(p, 'q', COUNT * PAGE);
	HOLDS(mmap(p, PAGE, RW, flags, -1, 0) == p);
	EQUALS(*p, 0);
	EQUALS(p[PAGE], 'q');			/* what is beside it stays */
	FAILS(mmap(p + 1, PAGE, RW, flags, -1, 0), EINVAL);
}

CLAIM("1-060", "MAP_FIXED_NOREPLACE refuses instead: EEXIST")
{
	const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE;
	char *p = map(1, RW, MAP_PRIVATE), *q;

	*p = 'q';
	q = mmap(p, PAGE, RW, flags, -1, 0);
	if (q != MAP_FAILED && q != p && kernel_version() < 417)
		SKIP("this kernel does not know it (Linux 4.17 and later)");
	FAILS(mmap(p, PAGE, RW, flags, -1, 0), EEXIST);
	EQUALS(*p, 'q');
	EQUALS(munmap(p, PAGE), 0);
	HOLDS(mmap(p, PAGE, RW, flags, -1, 0) == p);
}

CLAIM("L13-03", "no length, or neither shared nor private: EINVAL")
{
	static const int kinds[] = { MAP_PRIVATE, MAP_SHARED, 0 };

	for (int i = 0; i < 3; i++) {
		const int flags = kinds[i] | MAP_ANONYMOUS;

		for (size_t length = 0; length < 2; length++)
			EQUALS(error_of(mmap(NULL, length, RW, flags, -1, 0)),
			       kinds[i] && length ? 0 : EINVAL);
		for (int other = 0; other < i; other++)	/* none twice */
			HOLDS(kinds[other] != kinds[i]);
	}
}

/* Without the flag it ends the same way: that is what the sentence says. */
CLAIM("1-069 1-070", "MAP_UNINITIALIZED has no effect here: still zeros")
{
	const size_t size = 1 << 20;
	const int flags = MAP_PRIVATE | MAP_ANONYMOUS;
	const int uninitialized = 0x4000000;
	size_t dirty = 0;
	char *p = mmap(NULL, size, RW, flags, -1, 0);

	HOLDS(p != MAP_FAILED);
	memset(p, 0xff, size);
	EQUALS(munmap(p, size), 0);
	p = mmap(NULL, size, RW, flags | uninitialized, -1, 0);
	HOLDS(p != MAP_FAILED);
	for (size_t i = 0; i < size; i++)
		dirty += p[i] != 0;
	EQUALS(dirty, 0);
}

CLAIM("1-069", "<sys/mman.h> does not have it, <linux/mman.h> does")
{
	HOLDS(!takes("-D_GNU_SOURCE", "(void)MAP_UNINITIALIZED;"));
	if (!takes("-include linux/mman.h", ""))
		SKIP("there are no kernel headers; apt-get install "
		     "linux-libc-dev");
	HOLDS(takes("-include linux/mman.h", "(void)MAP_UNINITIALIZED;"));
}

/* A page of a file, private: 1 if page AT is still the file's (bit 61). */
static int is_of_file(char *at)
{
	int fd = open("/proc/self/pagemap", O_RDONLY);
	uint64_t entry = 0;

	if (fd == -1)
		SKIP("no /proc/self/pagemap (CONFIG_PROC_PAGE_MONITOR)");
	HOLDS(pread(fd, &entry, 8, (off_t)((uintptr_t)at / PAGE * 8)) == 8);
	close(fd);
	HOLDS(entry >> 63);			/* it is in memory */
	return entry >> 61 & 1;
}

CLAIM("1-042", "a store makes a private page this process's own")
{
	int fd = open("file", O_RDWR | O_CREAT | O_EXCL, 0600);
	char *other, *mine;

	HOLDS(fd != -1 && ftruncate(fd, (off_t)PAGE) == 0);
	other = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
	mine = mmap(NULL, PAGE, RW, MAP_PRIVATE, fd, 0);
	HOLDS(other != MAP_FAILED && mine != MAP_FAILED);

	EQUALS(*mine, 0);
	EQUALS(is_of_file(mine), 1);
	EQUALS(kb_of(mine, "Anonymous"), 0);
	*mine = 'x';
	EQUALS(is_of_file(mine), 0);
	EQUALS(kb_of(mine, "Anonymous"), (long)PAGE / 1024);
	EQUALS(*mine, 'x');
	EQUALS(*other, 0);
}

/* A function that only returns, in the machine's own code. */
static void put_return(char *at)
{
#if defined __x86_64__ || defined __i386__
	memcpy(at, "\xc3", 1);
#elif defined __aarch64__
	memcpy(at, "\xc0\x03\x5f\xd6", 4);
#else
	SKIP("no machine code for this processor in this proof");
#endif
	__builtin___clear_cache(at, at + 4);
}

static int call(char *at)
{
	pid_t pid = fork();
	void (*function)(void);

	if (pid == 0) {
		catch_segv();
		memcpy(&function, &at, sizeof function);
		function();
		_exit(0);
	}
	return ends(pid);
}

CLAIM("1-009 1-055", "PROT_EXEC allows to execute; without, it is SIGSEGV")
{
	char *p = map(1, RW, MAP_PRIVATE);

	put_return(p);
	EQUALS(call(p), SEGV_ACCERR);
	if (mprotect(p, PAGE, PROT_READ | PROT_EXEC) == -1)
		SKIP("written memory may not become code (SELinux execmem)");
	EQUALS(call(p), 0);
	EQUALS(store(p), SEGV_ACCERR);
}

CLAIM("1-009 1-051 1-053", "PROT_READ: a load works, a store is SIGSEGV")
{
	char *p = map(1, PROT_READ, MAP_PRIVATE);

	EQUALS(load(p), 0);
	EQUALS(store(p), SEGV_ACCERR);
}

CLAIM("1-009 1-054", "PROT_WRITE: a store works; on x86 a load does too")
{
	char *p = map(1, PROT_WRITE, MAP_PRIVATE), line[512];

	HOLDS(line_of_maps(p, line, sizeof line));
	HOLDS(strstr(line, " -w-p ") != NULL);
	EQUALS(store(p), 0);
#if defined __x86_64__ || defined __i386__
	EQUALS(load(p), 0);
#endif
}

CLAIM("1-056", "PROT_NONE: no access at all, the addresses are only taken")
{
	char *p = map(1, PROT_NONE, MAP_PRIVATE), *q;

	EQUALS(load(p), SEGV_ACCERR);
	EQUALS(store(p), SEGV_ACCERR);
	EQUALS(call(p), SEGV_ACCERR);
	q = mmap(p, PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	HOLDS(q != MAP_FAILED && q != p);
	EQUALS(mprotect(p, PAGE, RW), 0);
	EQUALS(store(p), 0);
}

CLAIM("1-053 1-054 1-055 1-056", "it is PROT_, and PROTO_ does not compile")
{
	HOLDS(takes("", "(void)(PROT_READ | PROT_WRITE | PROT_EXEC);"));
	HOLDS(takes("", "(void)PROT_NONE;"));
	HOLDS(!takes("", "(void)PROTO_READ;"));
	HOLDS(!takes("", "(void)PROTO_WRITE;"));
	HOLDS(!takes("", "(void)PROTO_EXEC;"));
	HOLDS(!takes("", "(void)PROTO_NONE;"));
}

CLAIM("1-094", "mprotect() changes the protection of what is mapped")
{
	char *p = map(1, RW, MAP_PRIVATE);

	*p = 'a';
	EQUALS(mprotect(p, PAGE, PROT_READ), 0);
	EQUALS(store(p), SEGV_ACCERR);
	EQUALS(*p, 'a');			/* the bytes stay */
	EQUALS(mprotect(p, PAGE, RW), 0);
	EQUALS(store(p), 0);
}

CLAIM("1-094", "of this process: the child's mprotect() leaves the parent's")
{
	char *p = map(1, RW, MAP_SHARED);
	pid_t child = fork();

	if (child == 0) {
		HOLDS(mprotect(p, PAGE, PROT_NONE) == 0);
		_exit(load(p));
	}
	EQUALS(ends(child), SEGV_ACCERR);
	EQUALS(store(p), 0);
}

CLAIM("1-094", "what was opened for reading cannot become writable: EACCES")
{
	char *shared, *private;
	int fd;

	HOLDS((fd = open("file", O_RDWR | O_CREAT | O_EXCL, 0600)) != -1);
	EQUALS(ftruncate(fd, (off_t)PAGE), 0);
	HOLDS((fd = open("file", O_RDONLY)) != -1);
	shared = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
	private = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
	HOLDS(shared != MAP_FAILED && private != MAP_FAILED);
	FAILS(mprotect(shared, PAGE, RW), EACCES);
	EQUALS(mprotect(private, PAGE, RW), 0);
	EQUALS(store(private), 0);		/* it goes to a copy */
}

CLAIM("1-095", "the address must be aligned; the length is rounded up")
{
	const size_t lengths[] = { 1, PAGE, PAGE + 1 };

	for (size_t i = 0; i < 3; i++) {
		char *p = map(3, RW, MAP_PRIVATE);
		size_t pages = i < 2 ? 1 : 2;

		FAILS(mprotect(p + 1, lengths[i], PROT_READ), EINVAL);
		EQUALS(store(p), 0);
		EQUALS(mprotect(p, lengths[i], PROT_READ), 0);
		EQUALS(store(p + pages * PAGE - 1), SEGV_ACCERR);
		EQUALS(store(p + pages * PAGE), 0);
	}
}

CLAIM("1-095", "the page size is what sysconf(_SC_PAGE_SIZE) says")
{
	char *p = map(2, RW, MAP_PRIVATE);

	for (size_t step = 1; step <= PAGE; step *= 2) {
		int done = mprotect(p + step, 1, PROT_READ);

		EQUALS(done == 0 ? 0 : errno, step < PAGE ? EINVAL : 0);
	}
#ifdef __x86_64__
	EQUALS(PAGE, 4096);
#endif
}

CLAIM("L13-04", "over a hole mprotect() is ENOMEM, and half of it is done")
{
	enum { COUNT = 3 };
	char *p = map(COUNT, RW, MAP_PRIVATE);

	EQUALS(munmap(p + PAGE, PAGE), 0);
	FAILS(mprotect(p, COUNT * PAGE, PROT_READ), ENOMEM);
	EQUALS(store(p), SEGV_ACCERR);		/* before the hole */
	EQUALS(store(p + (COUNT - 1) * PAGE), 0);	/* after it */
}

CLAIM("1-093", "mprotect() has three arguments; pkey_mprotect() has four")
{
	HOLDS(takes("", "mprotect(p, 1, PROT_READ);"));
	HOLDS(!takes("", "mprotect(p, 1, PROT_READ, 0);"));
	if (!takes("-D_GNU_SOURCE", "(void)pkey_mprotect;"))
		SKIP("this C library has no pkey_mprotect(); glibc 2.27 has");
	HOLDS(!takes("-std=c11", "pkey_mprotect(p, 1, PROT_READ, 0);"));
	HOLDS(takes("-D_GNU_SOURCE",
		       "pkey_mprotect(p, 1, PROT_READ, 0);"));
}

/* A page whose key forbids all access keeps the key, as with mprotect(). Where
 * the processor has no keys, any key that the kernel takes ends so. */
CLAIM("1-093", "pkey_mprotect() with key -1 is mprotect()")
{
#if defined SYS_pkey_mprotect && defined SEGV_PKUERR
	const int disable_access = 1;		/* PKEY_DISABLE_ACCESS */
	char *p = map(1, RW, MAP_PRIVATE);
	long done = syscall(SYS_pkey_mprotect, p, PAGE, PROT_READ, -1);
	long key;

	if (done == -1 && errno == ENOSYS)
		SKIP("this kernel has no pkey_mprotect (Linux 4.9 and later)");
	EQUALS(done, 0);
	EQUALS(load(p), 0);
	EQUALS(store(p), SEGV_ACCERR);
	key = syscall(SYS_pkey_alloc, 0, disable_access);
	for (int plain = 0; key != -1 && plain < 2; plain++) {
		EQUALS(syscall(SYS_pkey_mprotect, p, PAGE, RW, key), 0);
		EQUALS(load(p), SEGV_PKUERR);
		done = plain ? mprotect(p, PAGE, PROT_READ) :
		       syscall(SYS_pkey_mprotect, p, PAGE, PROT_READ, -1);
		EQUALS(done, 0);
		EQUALS(load(p), SEGV_PKUERR);
		EQUALS(syscall(SYS_pkey_mprotect, p, PAGE, PROT_READ, 0), 0);
		EQUALS(load(p), 0);
		EQUALS(store(p), SEGV_ACCERR);
	}
#else
	SKIP("no pkey_mprotect in these headers (Linux 4.9 and later)");
#endif
}

CLAIM("L13-05", "munmap() takes out pages from the middle, too")
{
	enum { COUNT = 3 };
	char *p = map(COUNT, RW, MAP_PRIVATE);

	EQUALS(munmap(p + PAGE, 1), 0);		/* a whole page goes */
	EQUALS(store(p), 0);
	EQUALS(store(p + PAGE), SEGV_MAPERR);
	EQUALS(store(p + 2 * PAGE - 1), SEGV_MAPERR);
	EQUALS(store(p + (COUNT - 1) * PAGE), 0);
	EQUALS(munmap(p + PAGE, PAGE), 0);	/* nothing there: no error */
	FAILS(munmap(p + 1, PAGE), EINVAL);
	FAILS(munmap(p, 0), EINVAL);
}

CLAIM("L13-06", "si_code tells the two SIGSEGV apart: no page, no permission")
{
	char *p = map(2, PROT_READ, MAP_PRIVATE);

	EQUALS(munmap(p + PAGE, PAGE), 0);
	EQUALS(store(p), SEGV_ACCERR);
	EQUALS(store(p + PAGE), SEGV_MAPERR);
	HOLDS(SEGV_ACCERR != SEGV_MAPERR);
}

static char *repaired;
static volatile sig_atomic_t repairs;

static void repair(int sig, siginfo_t *info, void *context)
{
	(void)sig, (void)context;
	repairs++;
	if (info->si_addr != repaired || mprotect(repaired, PAGE, RW) != 0)
		_exit(1);
}

CLAIM("L13-07", "when the handler returns, the store is made again")
{
	struct sigaction act = { .sa_sigaction = repair,
				 .sa_flags = SA_SIGINFO };

	repaired = map(1, PROT_READ, MAP_PRIVATE);
	EQUALS(sigaction(SIGSEGV, &act, NULL), 0);
	*(volatile char *)repaired = 'x';
	EQUALS(repairs, 1);
	EQUALS(*repaired, 'x');
}

/* Ignored it would return to the same store, for ever: so the kernel does
 * not let a fault be ignored or blocked. */
CLAIM("L13-07", "a SIGSEGV by a store kills, ignored or blocked or not")
{
	char *p = map(1, PROT_READ, MAP_PRIVATE);
	char *lives = map(1, RW, MAP_SHARED);
	struct sigaction now = { .sa_handler = SIG_DFL };
	pid_t pid = fork();
	sigset_t set;

	if (pid == 0) {
		HOLDS(signal(SIGSEGV, SIG_IGN) != SIG_ERR);
		HOLDS(raise(SIGSEGV) == 0);	/* this one is ignored */
		*lives = 1;
		*(volatile char *)p = 'x';
		_exit(0);
	}
	EQUALS(ends(pid), 128 + SIGSEGV);
	EQUALS(*lives, 1);
	pid = fork();
	if (pid == 0) {
		sigemptyset(&set);
		sigaddset(&set, SIGSEGV);
		catch_segv();
		HOLDS(sigaction(SIGSEGV, NULL, &now) == 0);
		HOLDS(now.sa_sigaction == on_segv);
		HOLDS(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
		*(volatile char *)p = 'x';
		_exit(0);
	}
	EQUALS(ends(pid), 128 + SIGSEGV);
}

CLAIM("1-096", "mremap() is Linux's own: it needs _GNU_SOURCE")
{
	const char *body = "(void)mremap(p, 1, 2, 1);";

	HOLDS(!takes("-std=gnu11", body));
	HOLDS(!takes("-std=gnu11 -D_POSIX_C_SOURCE=200809L", body));
	HOLDS(takes("-D_GNU_SOURCE", body));
}

CLAIM("1-096 L13-08", "MREMAP_FIXED: a fifth argument says where")
{
	const int flags = MREMAP_MAYMOVE | MREMAP_FIXED;
	char *from = map(1, RW, MAP_PRIVATE), *to = map(2, RW, MAP_PRIVATE);

	*from = 'f';
	*to = 't';
	FAILS(mremap(from, PAGE, PAGE, MREMAP_FIXED, to), EINVAL);
	FAILS(mremap(from, PAGE, PAGE, flags, to + 1), EINVAL);
	EQUALS(*to, 't');
	HOLDS(mremap(from, PAGE, PAGE, flags, to) == to);
	EQUALS(*to, 'f');			/* 't' has been destroyed */
	EQUALS(store(from), SEGV_MAPERR);
}

CLAIM("1-096 L13-29", "MREMAP_DONTUNMAP moves the pages and keeps the old "
      "addresses mapped: private anonymous memory is all zeros there")
{
	char *from = map(1, RW, MAP_PRIVATE), *to;

	*from = 'f';
	to = mremap(from, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, NULL);
	if (to == MAP_FAILED && kernel_version() < 507)
		SKIP("this kernel does not know it (Linux 5.7 and later)");
	HOLDS(to != MAP_FAILED && to != from);
	EQUALS(*to, 'f');
	EQUALS(*from, 0);
	EQUALS(store(from), 0);
}

CLAIM("L13-29", "of shared memory both addresses show the same bytes, of a "
      "private file the old ones show the file's")
{
	const int flags = MREMAP_MAYMOVE | MREMAP_DONTUNMAP;
	char *shared = map(1, RW, MAP_SHARED), *private, *to;
	int fd = open("file", O_RDWR | O_CREAT | O_EXCL, 0600);

	HOLDS(fd != -1 && write(fd, "file", 4) == 4);
	*shared = 's';
	to = mremap(shared, PAGE, PAGE, flags, NULL);
	if (to == MAP_FAILED && kernel_version() < 513)
		SKIP("this kernel moves private memory only (Linux 5.13 and "
		     "later: all)");
	HOLDS(to != MAP_FAILED && to != shared && *to == 's');
	EQUALS(kb_of(shared, "Rss"), 0);	/* its page has moved */
	EQUALS(*shared, 's');
	*to = 't';
	EQUALS(*shared, 't');

	private = mmap(NULL, PAGE, RW, MAP_PRIVATE, fd, 0);
	HOLDS(private != MAP_FAILED);
	*private = 'F';
	to = mremap(private, PAGE, PAGE, flags, NULL);
	HOLDS(to != MAP_FAILED && to != private);
	EQUALS(*to, 'F');
	EQUALS(*private, 'f');
}

CLAIM("1-097", "mremap() makes a mapping shorter: the tail is gone")
{
	char *p = map(4, RW, MAP_PRIVATE);

	*p = 'k';
	HOLDS(mremap(p, 4 * PAGE, PAGE, 0) == p);
	EQUALS(*p, 'k');
	EQUALS(store(p + PAGE), SEGV_MAPERR);
	EQUALS(store(p + 4 * PAGE - 1), SEGV_MAPERR);
}

CLAIM("1-097", "or longer, in place where there is room; new bytes are 0")
{
	enum { COUNT = 5 };
	char *p = map(COUNT, RW, MAP_PRIVATE);

	memset(p, 'k', COUNT * PAGE);
	EQUALS(munmap(p + PAGE, 4 * PAGE), 0);
	HOLDS(mremap(p, PAGE, 4 * PAGE, 0) == p);
	HOLDS(*p == 'k' && p[PAGE] == 0 && p[4 * PAGE - 1] == 0);
	EQUALS(store(p + 4 * PAGE - 1), 0);
}

CLAIM("1-097 L13-09", "longer than its object: SIGBUS, also when anonymous")
{
	int fd = memfd_create("lesson13", 0);
	char *p = map(1, RW, MAP_SHARED);

	*p = 'k';
	p = mremap(p, PAGE, 2 * PAGE, MREMAP_MAYMOVE);
	HOLDS(p != MAP_FAILED);
	EQUALS(*p, 'k');
	EQUALS(store(p + PAGE), 128 + SIGBUS);

	HOLDS(fd != -1 && ftruncate(fd, (off_t)PAGE) == 0);
	p = mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0);
	HOLDS(p != MAP_FAILED);
	EQUALS(store(p), 0);			/* the object has one page */
	p = mremap(p, PAGE, 2 * PAGE, MREMAP_MAYMOVE);
	HOLDS(p != MAP_FAILED);
	EQUALS(store(p + PAGE), 128 + SIGBUS);
	EQUALS(ftruncate(fd, 2 * (off_t)PAGE), 0);
	EQUALS(store(p + PAGE), 0);
}

CLAIM("1-098", "without MREMAP_MAYMOVE and without room: ENOMEM")
{
	char *p = map(2, RW, MAP_PRIVATE), *q;

	*p = 'k';
	EQUALS(mprotect(p + PAGE, PAGE, PROT_NONE), 0);	/* a neighbour */
	FAILS(mremap(p, PAGE, 2 * PAGE, 0), ENOMEM);
	EQUALS(*p, 'k');
	q = mremap(p, PAGE, 2 * PAGE, MREMAP_MAYMOVE);
	HOLDS(q != MAP_FAILED && q != p);
	EQUALS(*q, 'k');
	EQUALS(store(p), SEGV_MAPERR);		/* old pointers: invalid */
}

CLAIM("L13-10", "mremap() of what is not mapped: EFAULT; to size 0: EINVAL")
{
	char *p = map(1, RW, MAP_PRIVATE);

	for (size_t size = 0; size < 2; size++)
		EQUALS(error_of(mremap(p, PAGE, size * PAGE, 0)),
		       size ? 0 : EINVAL);
	FAILS(mremap(p + 1, PAGE, PAGE, 0), EINVAL);
	for (int there = 1; there >= 0; there--) {
		if (!there)
			EQUALS(munmap(p, PAGE), 0);
		EQUALS(error_of(mremap(p, PAGE, PAGE, MREMAP_MAYMOVE)),
		       there ? 0 : EFAULT);
	}
}

CLAIM("L13-11", "old size 0 gives a shared mapping a second address")
{
	char *p = map(1, RW, MAP_SHARED), *q;

	*p = 'a';
	q = mremap(p, 0, PAGE, MREMAP_MAYMOVE);
	HOLDS(q != MAP_FAILED && q != p);
	EQUALS(*q, 'a');
	*q = 'b';
	EQUALS(*p, 'b');
	FAILS(mremap(map(1, RW, MAP_PRIVATE), 0, PAGE, MREMAP_MAYMOVE),
	      EINVAL);
}

/* How many of COUNT pages at P are in memory. */
static int in_memory(char *p, size_t count)
{
	unsigned char seen[256];
	int sum = 0;

	HOLDS(count <= sizeof seen);
	EQUALS(mincore(p, count * PAGE, seen), 0);
	for (size_t i = 0; i < count; i++)
		sum += seen[i] & 1;
	return sum;
}

static long faults(void)
{
	struct rusage use;

	HOLDS(getrusage(RUSAGE_SELF, &use) == 0);
	return use.ru_minflt;
}

CLAIM("L13-12", "a page comes with its first touch, by a minor fault")
{
	char *p = map(64, RW, MAP_PRIVATE);
	long before;

	madvise(p, 64 * PAGE, MADV_NOHUGEPAGE);
	EQUALS(in_memory(p, 64), 0);
	p[5 * PAGE] = 'x';
	EQUALS(in_memory(p, 64), 1);
	before = faults();
	for (size_t i = 0; i < 64; i++)
		p[i * PAGE] = 'x';
	HOLDS(faults() - before >= 63);
	EQUALS(in_memory(p, 64), 64);
}

CLAIM("L13-12", "to load from private pages takes no memory, to store does")
{
	char *p = map(64, RW, MAP_PRIVATE);
	int sum = 0;
	long before;

	/* Another protection at each end: a mapping of its own in smaps. */
	EQUALS(mprotect(p, PAGE, PROT_NONE), 0);
	EQUALS(mprotect(p + 63 * PAGE, PAGE, PROT_NONE), 0);
	p += PAGE;
	madvise(p, 62 * PAGE, MADV_NOHUGEPAGE);
	before = faults();
	for (size_t i = 0; i < 62; i++)
		sum += *(volatile char *)(p + i * PAGE);
	EQUALS(sum, 0);
	HOLDS(faults() - before >= 62);		/* each has been looked at */
	EQUALS(kb_of(p, "Rss:"), 0);
	for (size_t i = 0; i < 62; i++)
		p[i * PAGE] = 'x';
	EQUALS(kb_of(p, "Rss:"), 62 * (long)PAGE / 1024);
}

CLAIM("L13-13", "MAP_POPULATE brings all pages at once")
{
	EQUALS(in_memory(map(64, RW, MAP_PRIVATE | MAP_POPULATE), 64), 64);
}

CLAIM("L13-14", "more than there is: ENOMEM, unless MAP_NORESERVE")
{
	const int flags = MAP_PRIVATE | MAP_ANONYMOUS;
	struct rlimit addresses;
	struct sysinfo si;
	size_t size;
	char *p;

	if (number_in("/proc/sys/vm/overcommit_memory") != 0)
		SKIP("vm.overcommit_memory is not 0 here; sysctl sets it");
	HOLDS(getrlimit(RLIMIT_AS, &addresses) == 0);
	HOLDS(sysinfo(&si) == 0);
	size = (si.totalram + si.totalswap) * si.mem_unit + (64 << 20);
	for (int reserve = 0; reserve < 2; reserve++) {
		p = mmap(NULL, size, RW,
			 flags | (reserve ? 0 : MAP_NORESERVE), -1, 0);
		if (reserve) {
			EQUALS(error_of(p), ENOMEM);
			continue;
		}
		if (p == MAP_FAILED && (sizeof p < 8 ||
					addresses.rlim_cur != RLIM_INFINITY))
			SKIP("too few addresses (ulimit -v, or a 32-bit "
			     "system)");
		HOLDS(p != MAP_FAILED);
		EQUALS(store(p + size - 1), 0);	/* a page at a time */
		EQUALS(munmap(p, size), 0);
	}
}

CLAIM("L13-14", "RLIMIT_AS bounds all that is mapped: ENOMEM")
{
	struct rlimit limit = { 256 << 20, 256 << 20 };

	const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
	char *first;

	EQUALS(setrlimit(RLIMIT_AS, &limit), 0);
	first = mmap(NULL, 128 << 20, PROT_NONE, flags, -1, 0);
	HOLDS(first != MAP_FAILED);
	FAILS(mmap(NULL, 128 << 20, PROT_NONE, flags, -1, 0), ENOMEM);
	EQUALS(munmap(first, 128 << 20), 0);	/* it is the sum that counts */
	HOLDS(mmap(NULL, 128 << 20, PROT_NONE, flags, -1, 0) != MAP_FAILED);
}

CLAIM("1-066", "MAP_LOCKED locks pages in memory: all are there, smaps says so")
{
	enum { COUNT = 16 };
	unsigned char in[COUNT];
	char *p = mmap(NULL, COUNT * PAGE, RW,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0);

	if (p == MAP_FAILED && (errno == EAGAIN || errno == EPERM))
		SKIP("this user may not lock 16 pages; raise ulimit -l");
	HOLDS(p != MAP_FAILED && mincore(p, COUNT * PAGE, in) == 0);
	for (int i = 0; i < COUNT; i++)
		HOLDS(in[i] & 1);
	EQUALS(kb_of(p, "Locked"), COUNT * PAGE / 1024);
}

CLAIM("1-067", "MAP_LOCKED says nothing of pages that cannot be brought in")
{
	int fd = open("file", O_RDWR | O_CREAT | O_EXCL, 0600);
	char *p, text[ABOUT_MAPPING];

	HOLDS(fd != -1 && ftruncate(fd, (off_t)PAGE) == 0);
	p = mmap(NULL, 3 * PAGE, RW, MAP_SHARED | MAP_LOCKED, fd, 0);
	if (p == MAP_FAILED && (errno == EAGAIN || errno == EPERM))
		SKIP("this user may not lock 3 pages; raise ulimit -l");
	HOLDS(p != MAP_FAILED);
	about_mapping(p, "VmFlags", text);
	HOLDS(strstr(text, " lo") != NULL);	/* locked, and yet: */
	EQUALS(load(p), 0);
	EQUALS(store(p + PAGE), 128 + SIGBUS);
	FAILS(mlock(p, 3 * PAGE), ENOMEM);
}

CLAIM("1-067", "over the limit: EAGAIN by MAP_LOCKED, ENOMEM by mlock()")
{
	const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED;
	enum { COUNT = 16 };
	struct rlimit limit = { 4 * PAGE, 4 * PAGE };
	char *p = map(COUNT, RW, MAP_PRIVATE);

	EQUALS(setrlimit(RLIMIT_MEMLOCK, &limit), 0);
	/* The limit does not bind root. Where this fails, it is a root of
	 * its own namespace only, and bound. */
	if (geteuid() == 0 && setresuid(65534, 65534, 65534) == -1)
		EQUALS(errno, EINVAL);
	for (size_t n = 5; n >= 4; n--) {
		int locked = mlock(p, n * PAGE) == 0 ? 0 : errno;
		char *q;

		EQUALS(locked, n == 4 ? 0 : ENOMEM);
		EQUALS(munlock(p, COUNT * PAGE), 0);
		q = mmap(NULL, n * PAGE, RW, flags, -1, 0);
		EQUALS(error_of(q), n == 4 ? 0 : EAGAIN);
		HOLDS(q == MAP_FAILED || munmap(q, n * PAGE) == 0);
	}
}

CLAIM("1-067 L13-30", "with a limit of 0 both are EPERM")
{
	struct rlimit limit = { 0, 0 };
	char *p = map(1, RW, MAP_PRIVATE);

	EQUALS(setrlimit(RLIMIT_MEMLOCK, &limit), 0);
	if (geteuid() == 0 && setresuid(65534, 65534, 65534) == -1)
		EQUALS(errno, EINVAL);
	FAILS(mlock(p, PAGE), EPERM);
	FAILS(mmap(NULL, PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED,
		   -1, 0), EPERM);
}

CLAIM("1-068", "mlock() and MAP_FIXED are in POSIX.1-2008; MAP_LOCKED and "
      "MAP_ANONYMOUS are not: up to glibc 2.36 a strict program lacks them")
{
	const char *posix = "-std=c11 -D_POSIX_C_SOURCE=200809L";
	int locked = takes(posix, "(void)MAP_LOCKED;");
	int anonymous = takes(posix, "(void)MAP_ANONYMOUS;");

	HOLDS(takes(posix, "(void)mlock(p, 1);"));
	HOLDS(takes(posix, "(void)MAP_FIXED;"));
	if (strict_hides_flags() != -1) {
		EQUALS(locked, !strict_hides_flags());
		EQUALS(anonymous, !strict_hides_flags());
	}
}

/* A memfd of SIZE pages that can be sealed. */
static int make_memfd(size_t size)
{
	int fd = memfd_create("lesson13", MFD_ALLOW_SEALING | MFD_CLOEXEC);

	HOLDS(fd != -1);
	EQUALS(ftruncate(fd, (off_t)(size * PAGE)), 0);
	return fd;
}

static char *map_fd(int fd, int prot, int flags)
{
	char *p = mmap(NULL, PAGE, prot, flags, fd, 0);

	HOLDS(p != MAP_FAILED);
	return p;
}

static off_t size_of(int fd)
{
	struct stat st;

	HOLDS(fstat(fd, &st) == 0);
	return st.st_size;
}

/* The seals of FD, but for the one that vm.memfd_noexec may give to all. */
static int seals_of(int fd)
{
	int seals = fcntl(fd, F_GET_SEALS);

	HOLDS(seals != -1);
	return seals & ~F_SEAL_EXEC;
}

CLAIM("L13-15", "a memfd is a file without a name: read(), write(), mmap()")
{
	const char *label = "lesson13";
	int fd = memfd_create(label, 0), other;
	char *p, line[512], c;

	HOLDS(fd != -1);
	EQUALS(size_of(fd), 0);
	EQUALS(write(fd, "ab", 2), 2);
	EQUALS(size_of(fd), 2);
	p = map_fd(fd, RW, MAP_SHARED);
	EQUALS(p[1], 'b');
	p[1] = 'c';
	HOLDS(pread(fd, &c, 1, 1) == 1 && c == 'c');
	HOLDS(line_of_maps(p, line, sizeof line));
	HOLDS(strstr(line, "/memfd:lesson13 (deleted)") != NULL);

	other = memfd_create(label, 0);		/* only a label: no clash */
	HOLDS(other != -1);
	EQUALS(size_of(other), 0);
}

CLAIM("L13-16", "exec() keeps a memfd open, unless MFD_CLOEXEC")
{
	int keeps = memfd_create("lesson13", 0), drops = make_memfd(1);
	char cmd[64];

	HOLDS(keeps != -1);
	snprintf(cmd, sizeof cmd, "test -e /proc/self/fd/%d", keeps);
	EQUALS(system(cmd), 0);
	snprintf(cmd, sizeof cmd, "test ! -e /proc/self/fd/%d", drops);
	EQUALS(system(cmd), 0);
	HOLDS(is_dropped_by_exec(map_fd(drops, RW, MAP_SHARED),
				 "memfd:lesson13"));
}

CLAIM("L13-17", "without MFD_ALLOW_SEALING it can never be sealed: EPERM")
{
	const char *always = "/proc/sys/vm/memfd_noexec";	/* Linux 6.3 */
	int fd;

	if (access(always, R_OK) == 0 && number_in(always) > 0)
		SKIP("sysctl vm.memfd_noexec allows it always; set it to 0");
	HOLDS((fd = memfd_create("lesson13", 0)) != -1);
	EQUALS(fcntl(fd, F_GET_SEALS), F_SEAL_SEAL);
	FAILS(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), EPERM);
	fd = make_memfd(1);
	EQUALS(fcntl(fd, F_GET_SEALS), 0);
	EQUALS(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), 0);
	EQUALS(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW), 0);
	EQUALS(fcntl(fd, F_GET_SEALS), F_SEAL_WRITE | F_SEAL_GROW);
}

CLAIM("L13-18", "F_SEAL_SHRINK: it cannot be cut, so no SIGBUS; it can grow")
{
	int fd = make_memfd(1);
	char *p = map_fd(fd, RW, MAP_SHARED);

	EQUALS(ftruncate(fd, 0), 0);
	EQUALS(store(p), 128 + SIGBUS);		/* what a reader must fear */
	EQUALS(ftruncate(fd, (off_t)PAGE), 0);
	EQUALS(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK), 0);
	FAILS(ftruncate(fd, (off_t)PAGE - 1), EPERM);
	EQUALS(ftruncate(fd, 2 * (off_t)PAGE), 0);
	EQUALS(size_of(fd), 2 * PAGE);
	EQUALS(store(p), 0);
}

CLAIM("L13-19", "F_SEAL_GROW: it cannot get longer, by write() neither")
{
	int fd = make_memfd(1);
	char c = 0;

	EQUALS(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW), 0);
	FAILS(ftruncate(fd, (off_t)PAGE + 1), EPERM);
	FAILS(pwrite(fd, "x", 1, (off_t)PAGE), EPERM);
	EQUALS(pwrite(fd, "x", 1, 0), 1);
	EQUALS(ftruncate(fd, 1), 0);
	EQUALS(size_of(fd), 1);
	HOLDS(pread(fd, &c, 1, 0) == 1 && c == 'x');
}

CLAIM("L13-20", "F_SEAL_WRITE: no write(), no shared writable mapping")
{
	int fd = make_memfd(1);
	char c = 0;

	EQUALS(pwrite(fd, "w", 1, 0), 1);
	EQUALS(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), 0);
	EQUALS(seals_of(fd), F_SEAL_WRITE);	/* this one, no other */
	FAILS(pwrite(fd, "x", 1, 0), EPERM);
	FAILS(mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0), EPERM);
	FAILS(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0,
			(off_t)PAGE), EPERM);
	EQUALS(store(map_fd(fd, RW, MAP_PRIVATE)), 0);	/* to a copy */
	HOLDS(pread(fd, &c, 1, 0) == 1 && c == 'w');
	EQUALS(ftruncate(fd, 0), 0);		/* the size: other seals */
	EQUALS(size_of(fd), 0);
}

CLAIM("L13-20", "a shared mapping of it for reading cannot become writable")
{
	int fd = make_memfd(1);
	char *p;

	EQUALS(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), 0);
	EQUALS(seals_of(fd), F_SEAL_WRITE);
	p = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED && errno == EPERM)
		SKIP("this kernel allows none (Linux 6.7 and later do); "
		     "MAP_PRIVATE is the cure");
	HOLDS(p != MAP_FAILED);
	EQUALS(load(p), 0);
	FAILS(mprotect(p, PAGE, RW), EACCES);
}

CLAIM("L13-21", "while it is mapped shared for writing: EBUSY")
{
	int fd = make_memfd(1);
	char *p = map_fd(fd, RW, MAP_SHARED);

	EQUALS(store(p), 0);
	FAILS(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), EBUSY);
	EQUALS(seals_of(fd), 0);
	EQUALS(mprotect(p, PAGE, PROT_READ), 0);
	EQUALS(store(p), SEGV_ACCERR);
	FAILS(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), EBUSY);	/* it may be
								   again */
	EQUALS(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW), 0);
	EQUALS(munmap(p, PAGE), 0);
	HOLDS(map_fd(fd, RW, MAP_PRIVATE) != NULL);	/* does not count */
	EQUALS(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), 0);
	EQUALS(seals_of(fd), F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
}

CLAIM("L13-21", "a child that still has it mapped counts as well")
{
	int fd = make_memfd(1), go[2];
	char *p = map_fd(fd, RW, MAP_SHARED), c;
	pid_t child;

	HOLDS(pipe(go) == 0);
	child = fork();
	if (child == 0)
		_exit(read(go[0], &c, 1) != 1);
	EQUALS(munmap(p, PAGE), 0);
	FAILS(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), EBUSY);
	HOLDS(write(go[1], "x", 1) == 1);
	EQUALS(ends(child), 0);
	EQUALS(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), 0);
	EQUALS(seals_of(fd), F_SEAL_WRITE);
}

CLAIM("L13-22", "F_SEAL_FUTURE_WRITE: who has it mapped may write, no other")
{
	int fd = make_memfd(1);
	char *p = map_fd(fd, RW, MAP_SHARED), c;

	if (fcntl(fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE) == -1) {
		HOLDS(errno == EINVAL && kernel_version() < 501);
		SKIP("this kernel does not know it (Linux 5.1 and later)");
	}
	*p = 'x';
	HOLDS(pread(fd, &c, 1, 0) == 1 && c == 'x');
	FAILS(pwrite(fd, "y", 1, 0), EPERM);
	FAILS(mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0), EPERM);
	EQUALS(load(map_fd(fd, PROT_READ, MAP_SHARED)), 0);
}

CLAIM("L13-23", "F_SEAL_SEAL: no further seal; and no seal is ever taken off")
{
	int fd = make_memfd(1);

	EQUALS(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW), 0);
	EQUALS(fcntl(fd, F_ADD_SEALS, 0), 0);
	EQUALS(seals_of(fd), F_SEAL_GROW);
	EQUALS(fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL), 0);
	FAILS(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), EPERM);
	EQUALS(seals_of(fd), F_SEAL_GROW | F_SEAL_SEAL);
	FAILS(fcntl(make_memfd(1), F_ADD_SEALS, 0x4000), EINVAL);
}

CLAIM("L13-24", "MFD_NOEXEC_SEAL: it cannot be made executable: EPERM")
{
	int fd = memfd_create("lesson13", MFD_NOEXEC_SEAL);
	struct stat st;

	if (fd == -1 && errno == EINVAL && kernel_version() < 603)
		SKIP("this kernel does not know it (Linux 6.3 and later)");
	HOLDS(fd != -1);
	HOLDS(fcntl(fd, F_GET_SEALS) & F_SEAL_EXEC);
	FAILS(fchmod(fd, 0700), EPERM);
	EQUALS(fchmod(fd, 0600), 0);
	HOLDS(fstat(fd, &st) == 0);
	EQUALS(st.st_mode & 0777, 0600);
}

CLAIM("L13-31", "MFD_NOEXEC_SEAL allows sealing, as MFD_ALLOW_SEALING does")
{
	int fd = memfd_create("lesson13", MFD_NOEXEC_SEAL);

	if (fd == -1 && errno == EINVAL && kernel_version() < 603)
		SKIP("this kernel does not know it (Linux 6.3 and later)");
	HOLDS(fd != -1);
	EQUALS(fcntl(fd, F_GET_SEALS), F_SEAL_EXEC);
	EQUALS(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW), 0);
	FAILS(ftruncate(fd, 1), EPERM);
}

CLAIM("L13-25", "seals are the object's: another opening of it shows them")
{
	int fd = make_memfd(1), again;
	pid_t me = getpid(), other = fork();
	char path[64];

	if (other == 0) {
		snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)me, fd);
		again = open(path, O_RDWR);
		HOLDS(again != -1 && lseek(again, 7, SEEK_SET) == 7);
		HOLDS(lseek(fd, 0, SEEK_CUR) == 0);	/* no copy of fd */
		_exit(fcntl(again, F_ADD_SEALS, F_SEAL_WRITE) != 0);
	}
	EQUALS(ends(other), 0);
	HOLDS(fcntl(fd, F_GET_SEALS) & F_SEAL_WRITE);
	FAILS(pwrite(fd, "x", 1, 0), EPERM);
}

CLAIM("L13-25", "who may only read it cannot seal it, and can look: EPERM")
{
	int fd = make_memfd(1), again;
	char path[64];

	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	again = open(path, O_RDONLY);
	HOLDS(again != -1);
	FAILS(fcntl(again, F_ADD_SEALS, F_SEAL_WRITE), EPERM);
	HOLDS(fcntl(again, F_GET_SEALS) != -1);
}

CLAIM("L13-26", "other files have no seals: EINVAL; shm_open()'s take none")
{
	static int others[4];
	int pipe_ends[2], shm;

	needs_shm();
	HOLDS(pipe(pipe_ends) == 0);
	others[0] = pipe_ends[0];
	others[1] = socket(AF_UNIX, SOCK_STREAM, 0);
	others[2] = open("/", O_RDONLY);
	others[3] = make_memfd(1);
	for (int i = 0; i < 4; i++) {
		int seals = fcntl(others[i], F_GET_SEALS);

		HOLDS(others[i] > STDERR_FILENO);
		EQUALS(seals == -1 ? errno : 0, i < 3 ? EINVAL : 0);
	}
	FAILS(fcntl(12345, F_GET_SEALS), EBADF);
	shm = shm_open("/lesson13", O_RDWR | O_CREAT | O_EXCL, 0600);
	HOLDS(shm != -1);
	EQUALS(shm_unlink("/lesson13"), 0);
	FAILS(fcntl(shm, F_ADD_SEALS, F_SEAL_WRITE), EPERM);
}

CLAIM("L13-27", "memfd_create(): 249 bytes of a name, and the flags it knows")
{
	char name[251] = "";
	int fd;

	memset(name, 'n', 249);
	fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	HOLDS(fd != -1);
	EQUALS(fcntl(fd, F_GETFD), FD_CLOEXEC);
	EQUALS(seals_of(fd), 0);
	FAILS(memfd_create(name, 0x4000), EINVAL);
	HOLDS(memfd_create(name, 0) != -1);
	name[249] = 'n';
	FAILS(memfd_create(name, 0), EINVAL);
}

/* The lines of /proc/self/maps, but for [vsyscall], which is of the kernel. */
static size_t count_mappings(void)
{
	FILE *f = fopen("/proc/self/maps", "re");
	char line[512];
	size_t n = 0;

	HOLDS(f != NULL);
	while (fgets(line, sizeof line, f))
		n += strstr(line, "[vsyscall]") == NULL;
	fclose(f);
	return n;
}

/* Pages that differ from their neighbours are mappings of their own. */
CLAIM("L13-28", "one mapping more than vm.max_map_count: ENOMEM, munmap() too")
{
	size_t n = (size_t)number_in("/proc/sys/vm/max_map_count");
	char *p;

	if (n > 300000)
		SKIP("vm.max_map_count is %zu: that takes too much memory", n);
	p = map(2 * n, PROT_NONE, MAP_PRIVATE | MAP_NORESERVE);
	for (size_t i = 0; i < n; i++)
		if (mprotect(p + 2 * i * PAGE, PAGE, PROT_READ) == -1)
			break;
	EQUALS(count_mappings(), n);
	FAILS(mprotect(p + (2 * n - 5) * PAGE, PAGE, PROT_READ), ENOMEM);
	FAILS(munmap(p + (2 * n - 5) * PAGE, PAGE), ENOMEM);
	EQUALS(munmap(p, 2 * n * PAGE), 0);	/* the whole is no split */
}

/* Send descriptor FD over the socket TO, and receive one from the socket FROM:
 * unix(7). */
union note {
	struct cmsghdr head;
	char room[CMSG_SPACE(sizeof(int))];
};

static void send_fd(int to, int fd)
{
	union note note = { .room = "" };
	struct iovec byte = { .iov_base = "x", .iov_len = 1 };
	struct msghdr msg = { .msg_iov = &byte, .msg_iovlen = 1,
			      .msg_control = note.room,
			      .msg_controllen = sizeof note.room };

	note.head.cmsg_level = SOL_SOCKET;
	note.head.cmsg_type = SCM_RIGHTS;
	note.head.cmsg_len = CMSG_LEN(sizeof fd);
	memcpy(CMSG_DATA(&note.head), &fd, sizeof fd);
	EQUALS(sendmsg(to, &msg, 0), 1);
}

static int receive_fd(int from)
{
	union note note = { .room = "" };
	char c;
	struct iovec byte = { .iov_base = &c, .iov_len = 1 };
	struct msghdr msg = { .msg_iov = &byte, .msg_iovlen = 1,
			      .msg_control = note.room,
			      .msg_controllen = sizeof note.room };
	int fd;

	EQUALS(recvmsg(from, &msg, 0), 1);
	HOLDS(CMSG_FIRSTHDR(&msg) != NULL);
	EQUALS(note.head.cmsg_type, SCM_RIGHTS);
	memcpy(&fd, CMSG_DATA(&note.head), sizeof fd);
	return fd;
}

CLAIM("L13-32", "a memfd goes over a socket to a process that is no child of "
      "its maker: the same memory, with its seals")
{
	int ends_of[2], fd, got;
	pid_t maker;
	char c;

	EQUALS(socketpair(AF_UNIX, SOCK_STREAM, 0, ends_of), 0);
	maker = fork();
	if (maker == 0) {
		fd = make_memfd(1);
		HOLDS(pwrite(fd, "t", 1, 0) == 1);
		HOLDS(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK) == 0);
		send_fd(ends_of[1], fd);
		HOLDS(read(ends_of[1], &c, 1) == 1);
		/* What the other one has stored is here. */
		_exit(pread(fd, &c, 1, 0) != 1 || c != 'T');
	}
	got = receive_fd(ends_of[0]);
	EQUALS(seals_of(got), F_SEAL_SHRINK);
	HOLDS(pread(got, &c, 1, 0) == 1);
	EQUALS(c, 't');
	*map_fd(got, RW, MAP_SHARED) = 'T';
	EQUALS(write(ends_of[0], "x", 1), 1);
	EQUALS(ends(maker), 0);
}

enum { NUMBERS = 200, CANNOT = 77, MANY = 100000 };

struct numbers {
	_Atomic int next;
	unsigned char taken[2][NUMBERS];	/* by each of two processes */
};

/* A child that takes numbers; it stands still before each instruction. */
static pid_t take_numbers(struct numbers *n, int who)
{
	pid_t pid = fork();

	if (pid == 0) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == -1)
			_exit(CANNOT);
		raise(SIGSTOP);
		for (;;) {
			int number = atomic_fetch_add(&n->next, 1);

			if (number >= NUMBERS)
				_exit(0);
			n->taken[who][number]++;
		}
	}
	return pid;
}

/* Wait until PID stands still or has ended; 1 if it has ended. */
static int has_ended(pid_t pid)
{
	int status;

	HOLDS(waitpid(pid, &status, 0) == pid);
	if (WIFSTOPPED(status))
		return 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == CANNOT)
		SKIP("ptrace() is forbidden; see "
		     "/proc/sys/kernel/yama/ptrace_scope");
	EQUALS(status, 0);
	return 1;
}

/* They step in turn, an instruction each: at any other moment than in one step
 * the two would come to the same number. */
CLAIM("L13-33", "atomic_fetch_add() in shared memory: of two processes that "
      "take numbers, no two get the same one, and none is left out")
{
	struct numbers *n = mmap(NULL, sizeof *n, RW,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int ended[2], mine[2] = { 0, 0 };
	pid_t pid[2];

	HOLDS(n != MAP_FAILED);
	for (int who = 0; who < 2; who++) {
		pid[who] = take_numbers(n, who);
		ended[who] = has_ended(pid[who]);
	}
	for (int steps = 0; !ended[0] || !ended[1]; steps++) {
		int turn = steps % 2, who = ended[turn] ? !turn : turn;

		if (steps == MANY)
			SKIP("this processor makes it by a loop, which a "
			     "tracer's stops never let end");
		HOLDS(ptrace(PTRACE_SINGLESTEP, pid[who], NULL, NULL) == 0);
		ended[who] = has_ended(pid[who]);
	}
	for (int i = 0; i < NUMBERS; i++) {
		HOLDS(n->taken[0][i] + n->taken[1][i] == 1);
		mine[0] += n->taken[0][i];
		mine[1] += n->taken[1][i];
	}
	HOLDS(mine[0] > 0 && mine[1] > 0);
	EQUALS(n->next, NUMBERS + 2);
}

struct steps {
	_Atomic int next;
	int got;
	unsigned char taken[MANY];
};

CLAIM("L13-33", "it is one step: another process that takes a number at any "
      "moment of it, between any two instructions, gets another number")
{
	struct steps *n = mmap(NULL, sizeof *n, RW, MAP_SHARED | MAP_ANONYMOUS,
			       -1, 0);
	pid_t pid = fork();
	int status, next = 0;

	HOLDS(n != MAP_FAILED);
	if (pid == 0) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == -1)
			_exit(CANNOT);
		raise(SIGSTOP);
		n->got = atomic_fetch_add(&n->next, 1);
		_exit(0);
	}
	for (;;) {
		HOLDS(waitpid(pid, &status, 0) == pid);
		if (!WIFSTOPPED(status))
			break;
		/* It stands still: we take a number. */
		next = n->next;
		if (next == MANY)
			SKIP("this processor makes it by a loop, which a "
			     "tracer's stops never let end");
		n->taken[next] = 1;
		n->next = next + 1;
		HOLDS(ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL) == 0);
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == CANNOT)
		SKIP("ptrace() is forbidden; see "
		     "/proc/sys/kernel/yama/ptrace_scope");
	EQUALS(status, 0);
	/* Before its number and after it we have taken some. */
	HOLDS(n->got > 0 && n->got < next);
	for (int i = 0; i <= next; i++)
		EQUALS(n->taken[i], i != n->got);
}

CLAIM("L13-33", "an atomic int is lock-free on this processor")
{
	_Atomic int number;

	EQUALS(ATOMIC_INT_LOCK_FREE, 2);
	HOLDS(atomic_is_lock_free(&number));
}

CLAIM("L13-34", "what is mapped after fork() the other process does not have")
{
	int at[2], go[2];
	unsigned char seen;
	char *p, *mine, c;
	pid_t child;

	HOLDS(pipe(at) == 0 && pipe(go) == 0);
	mine = map(1, RW, MAP_SHARED);	/* an address that is free in both */
	EQUALS(munmap(mine, PAGE), 0);
	child = fork();
	if (child == 0) {
		p = mmap(mine, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		HOLDS(p == mine);
		*p = 5;
		HOLDS(write(at[1], "x", 1) == 1);
		HOLDS(read(go[0], &c, 1) == 1);
		_exit(*p != 5);			/* and not the parent's 6 */
	}
	HOLDS(read(at[0], &c, 1) == 1);
	FAILS(mincore(mine, PAGE, &seen), ENOMEM);
	EQUALS(load(mine), SEGV_MAPERR);
	p = mmap(mine, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	HOLDS(p == mine);
	EQUALS(*p, 0);
	*p = 6;
	HOLDS(write(go[1], "x", 1) == 1);
	EQUALS(ends(child), 0);
	EQUALS(*p, 6);
}

CLAIM("L13-35", "a child that is killed leaves what it has stored, and the "
      "memory stays for the others")
{
	char *p = map(1, RW, MAP_SHARED);
	int stored[2];
	pid_t child;
	char c;

	HOLDS(pipe(stored) == 0);
	child = fork();
	if (child == 0) {
		p[0] = 1;
		HOLDS(write(stored[1], "x", 1) == 1);
		for (;;)
			pause();
	}
	HOLDS(read(stored[0], &c, 1) == 1);
	HOLDS(kill(child, SIGKILL) == 0);
	EQUALS(ends(child), 128 + SIGKILL);
	EQUALS(p[0], 1);
	EQUALS(store(p + 1), 0);		/* by another child */
	EQUALS(p[1], 'x');
}

/* 1 if the inode that inotify descriptor WATCH looks at has gone. */
static int has_gone(int watch)
{
	struct inotify_event event;
	ssize_t n = read(watch, &event, sizeof event);

	if (n == -1) {
		EQUALS(errno, EAGAIN);
		return 0;
	}
	HOLDS(event.mask & IN_DELETE_SELF);
	return 1;
}

CLAIM("L13-36", "a memfd goes away with the last process that has it, also "
      "when that is killed; nobody removes it")
{
	int fd = make_memfd(1), watch = inotify_init1(IN_NONBLOCK);
	char path[64];
	pid_t child;
	char *p;

	HOLDS(watch != -1);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	HOLDS(inotify_add_watch(watch, path, IN_DELETE_SELF) != -1);
	p = map_fd(fd, RW, MAP_SHARED);
	child = fork();
	if (child == 0) {
		close(fd);		/* the mapping is enough */
		FAILS(fcntl(fd, F_GETFD), EBADF);
		for (;;)
			pause();
	}
	EQUALS(close(fd), 0);
	EQUALS(munmap(p, PAGE), 0);
	HOLDS(wait_until_asleep(child));
	EQUALS(has_gone(watch), 0);
	HOLDS(kill(child, SIGKILL) == 0);
	EQUALS(ends(child), 128 + SIGKILL);
	EQUALS(has_gone(watch), 1);
}

CLAIM("L13-36", "so does shared anonymous memory")
{
	int watch = inotify_init1(IN_NONBLOCK);
	char *p = map(1, RW, MAP_SHARED), path[96];
	pid_t child;

	HOLDS(watch != -1);
	snprintf(path, sizeof path, "/proc/self/map_files/%lx-%lx",
		 (unsigned long)p, (unsigned long)(p + PAGE));
	if (inotify_add_watch(watch, path, IN_DELETE_SELF) == -1) {
		HOLDS(errno != ENOENT);
		SKIP("only root may look at it (%s)", errno_name(errno));
	}
	child = fork();
	if (child == 0)
		for (;;)
			pause();
	EQUALS(munmap(p, PAGE), 0);
	HOLDS(wait_until_asleep(child));
	EQUALS(has_gone(watch), 0);
	HOLDS(kill(child, SIGKILL) == 0);
	EQUALS(ends(child), 128 + SIGKILL);
	EQUALS(has_gone(watch), 1);
}

CLAIM("L13-37", "without seals a private mapping of it shows what others store "
      "later; with F_SEAL_WRITE nobody can store")
{
	int fd = make_memfd(1);
	volatile char *p;
	char c = 0;

	HOLDS(pwrite(fd, "a", 1, 0) == 1);
	p = map_fd(fd, PROT_READ, MAP_PRIVATE);
	EQUALS(*p, 'a');
	HOLDS(pwrite(fd, "b", 1, 0) == 1);
	EQUALS(*p, 'b');
	EQUALS(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), 0);
	FAILS(pwrite(fd, "c", 1, 0), EPERM);
	EQUALS(*p, 'b');
	HOLDS(pread(fd, &c, 1, 0) == 1);
	EQUALS(c, 'b');
}

CLAIM("L13-38", "MAP_FAILED is not NULL; a store there is SIGSEGV")
{
	char *p = mmap(NULL, 0, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int reason;

	HOLDS(p == MAP_FAILED && p != NULL);
	reason = store(p);
	/* SI_KERNEL: no process has such an address. */
	HOLDS(reason == SEGV_MAPERR || reason == (SI_KERNEL & 0xff));
}

static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);
	ssize_t n = write(fd, text, strlen(text));

	close(fd);
	return n == (ssize_t)strlen(text) ? 0 : -1;
}

/* A /dev/shm of one page, which only this process sees. */
static void tiny_dev_shm(void)
{
	const char *cure = "no /dev/shm of its own for this user; run it as "
			   "root";
	char user[32], group[32], size[32];

	snprintf(user, sizeof user, "0 %u 1", (unsigned)geteuid());
	snprintf(group, sizeof group, "0 %u 1", (unsigned)getegid());
	snprintf(size, sizeof size, "size=%zu", PAGE);
	if (unshare(CLONE_NEWNS) == -1 &&
	    (unshare(CLONE_NEWUSER | CLONE_NEWNS) == -1 ||
	     write_file("/proc/self/uid_map", user) == -1 ||
	     write_file("/proc/self/setgroups", "deny") == -1 ||
	     write_file("/proc/self/gid_map", group) == -1))
		SKIP("%s", cure);
	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1 ||
	    mount("none", "/dev/shm", "tmpfs", 0, size) == -1)
		SKIP("%s", cure);
}

CLAIM("L13-39", "the size of /dev/shm bounds neither shared anonymous memory "
      "nor a memfd, and it does bound shm_open()")
{
	char *anonymous, *p;
	struct stat st;
	int fd, shm;

	tiny_dev_shm();
	anonymous = map(4, RW, MAP_SHARED);
	fd = make_memfd(4);
	for (size_t i = 0; i < 4; i++) {
		EQUALS(store(anonymous + i * PAGE), 0);
		EQUALS(pwrite(fd, "x", 1, (off_t)(i * PAGE)), 1);
	}
	EQUALS(in_memory(anonymous, 4), 4);
	HOLDS(fstat(fd, &st) == 0);
	EQUALS(st.st_blocks * 512, 4 * PAGE);
	shm = shm_open("/lesson13", O_RDWR | O_CREAT | O_EXCL, 0600);
	HOLDS(shm != -1);
	EQUALS(ftruncate(shm, 4 * (off_t)PAGE), 0);
	p = mmap(NULL, 4 * PAGE, RW, MAP_SHARED, shm, 0);
	HOLDS(p != MAP_FAILED);
	EQUALS(store(p), 0);
	EQUALS(store(p + PAGE), 128 + SIGBUS);
	FAILS(pwrite(shm, "x", 1, (off_t)PAGE), ENOSPC);
}

static int heard[2];

static void at_exit(void)
{
	HOLDS(write(heard[1], "a", 1) == 1);
}

static int bytes_heard(void)
{
	int bytes;

	HOLDS(ioctl(heard[0], FIONREAD, &bytes) == 0);
	return bytes;
}

CLAIM("L13-40", "exit() in a child calls what its parent has registered with "
      "atexit() and writes what its parent has in a buffer of stdio; _exit() "
      "does neither")
{
	FILE *f;

	HOLDS(pipe(heard) == 0);
	HOLDS(atexit(at_exit) == 0);
	f = fdopen(heard[1], "w");
	HOLDS(f && fputc('b', f) == 'b');
	if (fork() == 0)
		_exit(0);
	EQUALS(ends(-1), 0);
	EQUALS(bytes_heard(), 0);
	if (fork() == 0)
		exit(0);
	EQUALS(ends(-1), 0);
	EQUALS(bytes_heard(), 2);
}
