/*
 * claims - what the notes say about mapped files, executed
 *
 * Ids are rows of docs/claims.tsv; L12-.. are claims of this course. A proof
 * runs in an empty folder of its own, so plain file names will do.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../common/proof/claim.h"

#define RW (PROT_READ | PROT_WRITE)

/* The size of a page, which is not 4096 on every machine. */
static size_t page(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

/* ---------------------------------------------------- files, mappings */

static int new_file(const char *path, size_t size)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0600);

	HOLDS(fd != -1);
	EQUALS(ftruncate(fd, (off_t)size), 0);
	return fd;
}

static int make_file(size_t size)
{
	return new_file("file", size);
}

/* The same file again, as a program that knows only its path opens it. */
static int reopen(int flags)
{
	int fd = open("file", flags);

	HOLDS(fd != -1);
	return fd;
}

static char *map(int fd, size_t size, int flags)
{
	char *p = mmap(NULL, size, RW, flags, fd, 0);

	HOLDS(p != MAP_FAILED);
	return p;
}

static int byte_of(int fd, size_t at)
{
	unsigned char c = 0;

	EQUALS(pread(fd, &c, 1, (off_t)at), 1);
	return c;
}

static off_t size_of(int fd)
{
	struct stat st;

	EQUALS(fstat(fd, &st), 0);
	return st.st_size;
}

/* What a child gets that stores VALUE to AT, and finds it there: 0, or 128 +
 * signal. */
static int store(char *at, int value)
{
	volatile char *there = at;
	pid_t pid = fork();

	if (pid == 0) {
		*there = (char)value;
		EQUALS(*there, value);
		_exit(0);
	}
	return ends(pid);
}

/* And one that loads: the value, or 128 + signal. */
static int load(const char *at)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(*(const volatile char *)at);
	return ends(pid);
}

/* ------------------------------------------------- asking the kernel */

static FILE *open_stream(const char *path, const char *mode)
{
	FILE *f = fopen(path, mode);

	if (!f)
		claim_fail(__FILE__, __LINE__, "cannot open %s", path);
	return f;
}

/* FIELD of the mapping at P in /proc/self/smaps, in kB. */
static long smaps(const void *p, const char *field)
{
	FILE *f = open_stream("/proc/self/smaps", "re");
	unsigned long from, to;
	int inside = 0;
	char line[512];
	long kb = -1;

	while (fgets(line, sizeof line, f)) {
		size_t n = strlen(field);

		if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
			inside = (uintptr_t)p >= from && (uintptr_t)p < to;
		else if (inside && strncmp(line, field, n) == 0 &&
			 line[n] == ':')
			kb = atol(line + n + 1);
	}
	fclose(f);
	HOLDS(kb >= 0);
	return kb;
}

static long dirty(const void *p)
{
	return smaps(p, "Private_Dirty") + smaps(p, "Shared_Dirty");
}

/* The line of the mapping at P in /proc/self/maps. */
static char *maps_line(const void *p)
{
	FILE *f = open_stream("/proc/self/maps", "re");
	static char line[512];
	unsigned long from, to;

	while (fgets(line, sizeof line, f))
		if (sscanf(line, "%lx-%lx ", &from, &to) == 2 &&
		    (uintptr_t)p >= from && (uintptr_t)p < to) {
			fclose(f);
			return line;
		}
	fclose(f);
	claim_fail(__FILE__, __LINE__, "nothing is mapped at %p", p);
}

static int resident(void *p, size_t pages)
{
	unsigned char *in = calloc(pages, 1);
	int n = 0;

	HOLDS(in != NULL && mincore(p, pages * page(), in) == 0);
	for (size_t i = 0; i < pages; i++)
		n += in[i] & 1;
	free(in);
	return n;
}

static int is_resident(void *p)
{
	return resident(p, 1);
}

static long faults(void)
{
	struct rusage use;

	EQUALS(getrusage(RUSAGE_SELF, &use), 0);
	return use.ru_minflt + use.ru_majflt;
}

/* Entry of the page at P in a table in /proc; 0 if only root may know. */
static uint64_t table(const char *path, uint64_t index)
{
	int fd = open(path, O_RDONLY);
	uint64_t entry = 0;

	if (fd == -1)
		return 0;
	if (pread(fd, &entry, sizeof entry, (off_t)(index * 8)) != 8)
		entry = 0;
	close(fd);
	return entry;
}

/* The number of the physical page that lies behind address P. */
static uint64_t pfn(const void *p)
{
	uint64_t entry = table("/proc/self/pagemap", (uintptr_t)p / page());

	entry &= (UINT64_C(1) << 55) - 1;
	if (entry == 0)
		SKIP("physical page numbers are shown to root only: sudo");
	return entry;
}

enum { KPF_ANON = 12, KPF_SWAPBACKED = 14 };	/* linux/kernel-page-flags.h */

static int page_flag(const void *p, int flag)
{
	uint64_t flags = table("/proc/kpageflags", pfn(p));

	if (flags == 0)
		SKIP("/proc/kpageflags is not readable: run it as root");
	return flags >> flag & 1;
}

/* Dirty pages and write-back exist only where there is a disk below. */
static int is_on_disk(void)
{
	struct statfs fs;

	EQUALS(statfs(".", &fs), 0);
	switch ((unsigned long)fs.f_type) {
	case 0xEF53:		/* ext2, ext3, ext4 */
	case 0x58465342:	/* xfs */
	case 0x9123683E:	/* btrfs */
		return 1;
	}
	return 0;
}

static void need_disk(void)
{
	if (!is_on_disk())
		SKIP("/tmp is no ext4, xfs or btrfs, so nothing is ever written"
		     " back; mount one there");
}

/* Store to P until the kernel calls it dirty: when memory is short it may
 * write the page back between the store and the question. */
static void make_dirty(volatile char *p, int value)
{
	for (int i = 0; i < 1000; i++) {
		*p = (char)value;
		if (dirty((const char *)p) > 0)
			return;
	}
	claim_fail(__FILE__, __LINE__, "a store leaves the page clean");
}

/* The same by write() to FD; to P, which is its mapping, only by loads. */
static void make_dirty_by_write(int fd, volatile char *p)
{
	for (int i = 0; i < 1000; i++) {
		EQUALS(pwrite(fd, "w", 1, 0), 1);
		EQUALS(*p, 'w');
		if (dirty((const char *)p) > 0)
			return;
	}
	claim_fail(__FILE__, __LINE__, "a write() leaves the page clean");
}

/* Throw the pages of FD, mapped at P, out of the page cache. The kernel may
 * hold one in its hands just now, so ask again. */
static void drop_cache(int fd, void *p, size_t pages)
{
	EQUALS(fsync(fd), 0);
	for (int i = 0; i < 100; i++) {
		EQUALS(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED), 0);
		if (resident(p, pages) == 0)
			return;
	}
	claim_fail(__FILE__, __LINE__, "pages stay in the cache");
}

/* ------------------------------------------------- shared and private */

CLAIM("0-008 1-032 1-058 1-059 4-016 4-057",
      "MAP_SHARED: others see a store; MAP_PRIVATE: nobody else does")
{
	char *seen = map(make_file(page()), page(), MAP_SHARED);
	char *p[] = { map(reopen(O_RDWR), page(), MAP_PRIVATE),
		      map(reopen(O_RDWR), page(), MAP_SHARED) };

	for (int shared = 0; shared <= 1; shared++) {
		EQUALS(store(p[shared], 42), 0);
		EQUALS(load(p[shared]), shared ? 42 : 0);
		EQUALS(load(seen), shared ? 42 : 0);
		EQUALS(*seen, shared ? 42 : 0);
	}
}

CLAIM("2-015 2-017 4-018",
      "two programs that map a file share memory; read() sees it as well")
{
	int fd = make_file(page());
	pid_t other = fork();
	char *private;

	if (other == 0) {
		strcpy(map(reopen(O_RDWR), page(), MAP_SHARED), "via file");
		private = map(reopen(O_RDWR), page(), MAP_PRIVATE);
		strcpy(private, "private!");
		_exit(strcmp(private, "private!") != 0);
	}
	EQUALS(ends(other), 0);
	HOLDS(strcmp(map(fd, page(), MAP_SHARED), "via file") == 0);
	EQUALS(byte_of(fd, 0), 'v');
}

CLAIM("0-105", "shared memory comes from mmap() and from shmat() alike")
{
	int fd = shm_open("/lesson12", O_RDWR | O_CREAT | O_EXCL, 0600);
	int id = shmget(IPC_PRIVATE, page(), 0600);
	char *posix, *sysv;

	HOLDS(fd != -1 && shm_unlink("/lesson12") == 0);
	EQUALS(ftruncate(fd, (off_t)page()), 0);
	posix = map(fd, page(), MAP_SHARED);
	HOLDS(id != -1);
	sysv = shmat(id, NULL, 0);
	EQUALS(shmctl(id, IPC_RMID, NULL), 0);
	HOLDS(sysv != (void *)-1);
	EQUALS(store(posix, 1), 0);
	EQUALS(store(sysv, 2), 0);
	HOLDS(*posix == 1 && *sysv == 2);
}

CLAIM("1-008 L12-01", "other addresses, the same bytes")
{
	int fd = make_file(page());
	char *a = map(fd, page(), MAP_SHARED);
	char *b = map(reopen(O_RDWR), page(), MAP_SHARED);

	HOLDS(a != b);
	EQUALS(store(a, 'x'), 0);
	EQUALS(*b, 'x');
	EQUALS(load(b), 'x');
}

CLAIM("1-008 1-038 1-041", "one physical page, until a private store")
{
	int fd = make_file(page());
	volatile char *shared = map(fd, page(), MAP_SHARED);
	volatile char *private = map(fd, page(), MAP_PRIVATE);

	EQUALS(*shared + *private, 0);			/* touch both */
	HOLDS(pfn((char *)shared) == pfn((char *)private));
	*private = 1;
	HOLDS(pfn((char *)shared) != pfn((char *)private));
}

CLAIM("1-010 1-057", "a mapping is shared or private; neither is EINVAL")
{
	int fd = make_file(page());
	const int flag[] = { MAP_SHARED, MAP_PRIVATE, 0 };
	const char *const shown[] = { " rw-s ", " rw-p " };
	char *p;

	for (int i = 0; i < 3; i++) {
		p = mmap(NULL, page(), RW, flag[i], fd, 0);
		HOLDS(flag[i] == 0 ? p == MAP_FAILED && errno == EINVAL :
		      strstr(maps_line(p), shown[i]) != NULL);
	}
}

CLAIM("1-033", "what one process stores, others see, also half of it")
{
	char *pair = map(make_file(page()), page(), MAP_SHARED);
	int half[2], go[2];
	pid_t other;
	char c;

	HOLDS(pipe(half) == 0 && pipe(go) == 0);
	other = fork();
	if (other == 0) {
		pair[0] = 'n';
		HOLDS(write(half[1], "x", 1) == 1 && read(go[0], &c, 1) == 1);
		pair[1] = 'n';
		_exit(0);
	}
	HOLDS(read(half[0], &c, 1) == 1);
	HOLDS(pair[0] == 'n' && pair[1] == 0);	/* neither old nor new */
	HOLDS(write(go[1], "x", 1) == 1);
	EQUALS(ends(other), 0);
	EQUALS(pair[1], 'n');
}

CLAIM("1-033", "the bytes are shared, the protection is not")
{
	char *p = map(make_file(page()), page(), MAP_SHARED);
	pid_t other = fork();

	if (other == 0) {
		*p = 's';
		HOLDS(mprotect(p, page(), PROT_NONE) == 0);
		EQUALS(load(p), 128 + SIGSEGV);
		_exit(0);
	}
	EQUALS(ends(other), 0);
	EQUALS(load(p), 's');
	EQUALS(store(p, 'x'), 0);
}

/* -------------------------------------------------- copy on write */

CLAIM("1-039 1-040", "a private store never reaches the file, msync or not")
{
	int fd = make_file(page());
	char *shared = map(fd, page(), MAP_SHARED), *private;

	strcpy(shared, "FILE");
	private = map(fd, page(), MAP_PRIVATE);
	HOLDS(strcmp(private, "FILE") == 0);		/* the initial value */
	strcpy(private, "PRIV");
	EQUALS(load(private), 'P');
	HOLDS(strcmp(shared, "FILE") == 0);
	EQUALS(msync(private, page(), MS_SYNC), 0);
	EQUALS(munmap(private, page()), 0);
	HOLDS(strcmp(shared, "FILE") == 0);
	EQUALS(byte_of(fd, 0), 'F');
}

CLAIM("L12-02", "private is no snapshot: unwritten pages follow the file")
{
	int fd = make_file(2 * page());
	volatile char *private = map(fd, 2 * page(), MAP_PRIVATE);

	private[0] = 'p';
	EQUALS(private[page()], 0);
	EQUALS(pwrite(fd, "f", 1, 0), 1);
	EQUALS(pwrite(fd, "f", 1, (off_t)page()), 1);
	EQUALS(byte_of(fd, 0), 'f');
	EQUALS(private[0], 'p');
	EQUALS(private[page()], 'f');
}

CLAIM("1-038", "a private mapping that is only read needs no memory more")
{
	int fd = make_file(4 * page());
	volatile char *p = map(fd, 4 * page(), MAP_PRIVATE);

	for (size_t i = 0; i < 4; i++)
		EQUALS(p[i * page()], 0);
	EQUALS(smaps((char *)p, "Anonymous"), 0);
	EQUALS(smaps((char *)p, "Rss"), 4 * page() / 1024);
	p[page()] = 1;				/* a store does need some */
	EQUALS(smaps((char *)p, "Anonymous"), page() / 1024);
}

CLAIM("1-041 1-043", "the first store makes a copy: smaps calls it anonymous")
{
	volatile char *p = map(make_file(page()), page(), MAP_PRIVATE);
	long before;

	EQUALS(*p, 0);
	EQUALS(smaps((char *)p, "Anonymous"), 0);
	before = faults();
	*p = 1;
	HOLDS(faults() - before >= 1);
	EQUALS(smaps((char *)p, "Anonymous"), page() / 1024);
	EQUALS(smaps((char *)p, "Private_Dirty"), page() / 1024);
}

CLAIM("L12-23", "smaps: shared while two processes load, private once stored")
{
	const long kb = (long)page() / 1024;
	volatile char *p = map(make_file(page()), page(), MAP_PRIVATE);
	int ready[2], end[2];
	pid_t other;
	char c;

	HOLDS(pipe(ready) == 0 && pipe(end) == 0);
	other = fork();
	if (other == 0) {
		c = *p;				/* now two have it mapped */
		HOLDS(write(ready[1], &c, 1) == 1 && close(end[1]) == 0);
		_exit(read(end[0], &c, 1) != 0);
	}
	HOLDS(read(ready[0], &c, 1) == 1);
	EQUALS(*p, 0);
	EQUALS(smaps((char *)p, "Shared_Clean") +
	       smaps((char *)p, "Shared_Dirty"), kb);	/* tmpfs: dirty */
	EQUALS(smaps((char *)p, "Private_Dirty"), 0);
	*p = 1;
	EQUALS(smaps((char *)p, "Private_Dirty"), kb);
	HOLDS(close(end[1]) == 0);
	EQUALS(ends(other), 0);
}

CLAIM("1-043", "the copy is backed by swap, the page of a disk file is not")
{
	volatile char *p;

	need_disk();
	p = map(make_file(page()), page(), MAP_PRIVATE);
	EQUALS(*p, 0);
	EQUALS(page_flag((char *)p, KPF_ANON), 0);
	EQUALS(page_flag((char *)p, KPF_SWAPBACKED), 0);
	*p = 1;
	EQUALS(page_flag((char *)p, KPF_ANON), 1);
	EQUALS(page_flag((char *)p, KPF_SWAPBACKED), 1);
}

CLAIM("1-044", "each private page that is written costs a fault and a page")
{
	enum { N = 16 };
	volatile char *p = map(make_file(N * page()), N * page(), MAP_PRIVATE);
	long before;

	for (size_t i = 0; i < N; i++)
		EQUALS(p[i * page()], 0);
	before = faults();
	for (size_t i = 0; i < N; i++)
		p[i * page()] = 1;
	HOLDS(faults() - before >= N);
	EQUALS(smaps((char *)p, "Anonymous"), N * page() / 1024);
}

CLAIM("L12-03", "MADV_DONTNEED throws the copy away: the file shows again")
{
	int fd = make_file(page());
	char *p = map(fd, page(), MAP_PRIVATE);

	EQUALS(pwrite(fd, "F", 1, 0), 1);
	*p = 'P';
	EQUALS(load(p), 'P');
	EQUALS(madvise(p, page(), MADV_DONTNEED), 0);
	EQUALS(*p, 'F');
}

/* ------------------------------------------------ size, end of file */

CLAIM("1-013 1-020", "a file of 100 bytes maps as 3 pages; page 1 is SIGBUS")
{
	int fd = make_file(100);
	char *p = map(fd, 3 * page(), MAP_SHARED);

	EQUALS(store(p + 99, 'x'), 0);
	EQUALS(store(p + 200, 'x'), 0);		/* still in the last page */
	EQUALS(store(p + page() - 1, 'x'), 0);
	EQUALS(store(p + page(), 'x'), 128 + SIGBUS);
	EQUALS(load(p + 2 * page()), 128 + SIGBUS);
	EQUALS(size_of(fd), 100);
}

CLAIM("1-014", "ftruncate() makes it longer, also under a mapping")
{
	int fd = make_file(100);
	char *p = map(fd, 3 * page(), MAP_SHARED);

	EQUALS(store(p + 2 * page(), 'x'), 128 + SIGBUS);
	EQUALS(ftruncate(fd, (off_t)(3 * page())), 0);
	EQUALS(store(p + 2 * page(), 'x'), 0);
	EQUALS(byte_of(fd, 2 * page()), 'x');
}

CLAIM("1-013 1-015", "a file as long as the mapping is enough")
{
	const size_t size = 2 * page();
	char *p = map(make_file(size), size, MAP_SHARED);

	EQUALS(store(p + size - 1, 'x'), 0);
	EQUALS(p[size - 1], 'x');
}

CLAIM("1-015", "an empty file maps as well, but every touch is SIGBUS")
{
	char *p = map(make_file(0), page(), MAP_SHARED);

	EQUALS(load(p), 128 + SIGBUS);
	EQUALS(load(p + page() - 1), 128 + SIGBUS);
	EQUALS(store(p, 'x'), 128 + SIGBUS);
}

CLAIM("1-020", "what is stored behind the end, in the last page, is lost")
{
	int fd = make_file(page() + 100);
	char *p = map(fd, 2 * page(), MAP_SHARED), c;

	EQUALS(p[page() + 100], 0);		/* the rest reads as zeros */
	p[page() + 99] = 'y';			/* the last byte of the file */
	p[page() + 100] = 'x';
	EQUALS(load(p + page() + 100), 'x');	/* as long as it is mapped */
	EQUALS(msync(p + page(), page(), MS_SYNC), 0);
	EQUALS(size_of(fd), page() + 100);
	EQUALS(byte_of(fd, page() + 99), 'y');
	EQUALS(pread(fd, &c, 1, (off_t)(page() + 100)), 0);
}

CLAIM("1-020", "past the end of the mapping it is SIGSEGV, not SIGBUS")
{
	int fd = make_file(2 * page());
	char *p = map(fd, 2 * page(), MAP_SHARED);
	unsigned char in;

	EQUALS(store(p + page(), 'a'), 0);
	EQUALS(munmap(p + page(), page()), 0);
	FAILS(mincore(p + page(), page(), &in), ENOMEM); /* nothing is there */
	EQUALS(store(p + page(), 'x'), 128 + SIGSEGV);
	EQUALS(byte_of(fd, page()), 'a');
}

/* Two programs that look at the same empty file, and then both grow it. */
CLAIM("L12-24", "ftruncate() to the size that a file has already changes "
      "nothing: of two programs that grow it at once, none loses a store")
{
	int ann = make_file(0), bob = reopen(O_RDWR);
	const char *seen;

	HOLDS(size_of(ann) == 0 && size_of(bob) == 0);
	EQUALS(ftruncate(ann, 8), 0);
	EQUALS(size_of(bob), 8);
	memcpy(map(ann, 8, MAP_SHARED), "12345678", 8);
	seen = map(bob, 8, MAP_SHARED);
	for (int size = 8; size > 4; size--) {	/* only a cut takes some */
		EQUALS(ftruncate(bob, size), 0);
		EQUALS(memcmp(seen, "12345678", (size_t)size), 0);
		EQUALS(seen[7], size == 8 ? '8' : 0);
	}
}

CLAIM("L12-25", "ftruncate() by a look that is old cuts what another one has "
      "stored; posix_fallocate() never makes a file shorter")
{
	int ann = make_file(0), bob = reopen(O_RDWR);

	EQUALS(size_of(bob), 0);			/* Bob looks */
	EQUALS(ftruncate(ann, 200), 0);
	map(ann, 200, MAP_SHARED)[150] = 'a';
	EQUALS(byte_of(bob, 150), 'a');
	EQUALS(ftruncate(bob, 100), 0);			/* and needs 100 */
	EQUALS(size_of(ann), 100);
	EQUALS(map(ann, 200, MAP_SHARED)[150], 0);

	EQUALS(ftruncate(ann, 200), 0);
	map(ann, 200, MAP_SHARED)[150] = 'a';
	for (int size = 100; size <= 300; size += 100) {
		EQUALS(posix_fallocate(bob, 0, size), 0);
		EQUALS(size_of(ann), size < 200 ? 200 : size);
		EQUALS(map(ann, 200, MAP_SHARED)[150], 'a');
	}
}

CLAIM("L12-26", "ftruncate() sets a size and takes no room; fallocate() takes "
      "it, and leaves what is stored as it is")
{
	int fd = make_file(page());
	char *p = map(fd, 2 * page(), MAP_SHARED);
	struct stat st;

	EQUALS(fstat(fd, &st), 0);
	EQUALS(st.st_blocks, 0);
	if (fallocate(fd, 0, 0, (off_t)page()) == -1) {
		EQUALS(errno, EOPNOTSUPP);
		SKIP("the file system of /tmp has no fallocate(); tmpfs, ext4,"
		     " xfs and btrfs have");
	}
	EQUALS(fstat(fd, &st), 0);
	HOLDS(st.st_blocks > 0);
	EQUALS(size_of(fd), page());
	EQUALS(*p, 0);
	*p = 'x';
	EQUALS(fallocate(fd, 0, 0, (off_t)(2 * page())), 0);	/* and more */
	EQUALS(size_of(fd), 2 * page());
	EQUALS(*p, 'x');
	EQUALS(byte_of(fd, 0), 'x');
	EQUALS(p[page()], 0);
}

/* In this process alone: a file system of 256 KiB in the folder "small". */
static void mount_small(unsigned long flags)
{
	if (unshare(CLONE_NEWNS) == -1)
		SKIP("a small file system must be mounted; root may");
	HOLDS(mkdir("small", 0700) == 0);
	if (mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) == -1 ||
	    mount("tmpfs", "small", "tmpfs", flags, "size=256k") == -1)
		SKIP("mount: %s; root may", errno_name(errno));
}

CLAIM("L12-27", "on a full disk ftruncate() succeeds, and the store is SIGBUS; "
      "fallocate() says ENOSPC instead")
{
	struct stat st;
	int filler, fd;
	char *p;

	mount_small(0);
	filler = new_file("small/filler", 0);
	EQUALS(fallocate(filler, 0, 0, 256 * 1024), 0);	/* no room is left */
	fd = new_file("small/file", 0);
	EQUALS(ftruncate(fd, (off_t)page()), 0);
	EQUALS(size_of(fd), page());
	p = map(fd, page(), MAP_SHARED);
	FAILS(fallocate(fd, 0, 0, (off_t)page()), ENOSPC);
	EQUALS(store(p, 'x'), 128 + SIGBUS);
	EQUALS(ftruncate(filler, 0), 0);
	EQUALS(fallocate(fd, 0, 0, (off_t)page()), 0);
	HOLDS(fstat(fd, &st) == 0 && st.st_blocks > 0);
	EQUALS(store(p, 'x'), 0);
}

CLAIM("L12-29", "the bytes that ftruncate() adds are 0, whatever stood there "
      "before a cut")
{
	const size_t size = 2 * page();
	int fd = make_file(size);
	char *p = map(fd, size, MAP_SHARED);

	memset(p, 'x', size);
	EQUALS(ftruncate(fd, 10), 0);
	EQUALS(ftruncate(fd, (off_t)size), 0);
	EQUALS(p[9], 'x');
	for (size_t i = 10; i < size; i++)
		EQUALS(p[i], 0);
}

CLAIM("L12-36", "what is no file has no size to set: EINVAL from ftruncate()")
{
	int fd = open("/dev/null", O_RDWR);
	int ends_of_pipe[2];

	HOLDS(fd != -1 && pipe(ends_of_pipe) == 0);
	HOLDS(write(fd, "x", 1) == 1 && write(ends_of_pipe[1], "x", 1) == 1);
	FAILS(ftruncate(fd, 8), EINVAL);
	FAILS(ftruncate(ends_of_pipe[1], 8), EINVAL);
	fd = make_file(0);				/* that is one */
	EQUALS(ftruncate(fd, 8), 0);
	EQUALS(size_of(fd), 8);
}

static sigjmp_buf back;
static volatile sig_atomic_t bus_code;
static void *volatile bus_addr;

static void jump_back(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	bus_code = info->si_code;
	bus_addr = info->si_addr;
	siglongjmp(back, 1);
}

CLAIM("L12-04", "siglongjmp() survives a SIGBUS, which says the address")
{
	struct sigaction act = { .sa_sigaction = jump_back,
				 .sa_flags = SA_SIGINFO };
	char *p = map(make_file(100), 2 * page(), MAP_SHARED);
	volatile int survived = 0;

	EQUALS(sigaction(SIGBUS, &act, NULL), 0);
	if (sigsetjmp(back, 1) == 0)
		*(volatile char *)(p + page() + 7) = 'x';
	else
		survived = 1;
	EQUALS(survived, 1);
	EQUALS(bus_code, BUS_ADRERR);
	HOLDS(bus_addr == p + page() + 7);
}

static int growing;
static volatile sig_atomic_t grown;

static void grow(int sig)
{
	(void)sig;
	grown++;
	if (ftruncate(growing, (off_t)(2 * page())) == -1)
		_exit(1);
}

CLAIM("L12-05", "a SIGBUS handler that grows the file: the store goes on")
{
	struct sigaction act = { .sa_handler = grow,
				 .sa_flags = (int)SA_RESETHAND };
	volatile char *p;

	growing = make_file(100);
	p = map(growing, 2 * page(), MAP_SHARED);
	EQUALS(sigaction(SIGBUS, &act, NULL), 0);
	p[page()] = 'x';
	EQUALS(grown, 1);
	EQUALS(byte_of(growing, page()), 'x');
}

CLAIM("L12-06", "who makes the file shorter takes the page from all mappings")
{
	int fd = make_file(2 * page());
	char *shared = map(fd, 2 * page(), MAP_SHARED);
	char *private = map(fd, 2 * page(), MAP_PRIVATE);

	shared[page()] = 's';
	private[page()] = 'p';
	HOLDS(load(shared + page()) == 's' && load(private + page()) == 'p');
	EQUALS(byte_of(fd, page()), 's');
	EQUALS(truncate("file", (off_t)page()), 0);
	EQUALS(load(shared + page()), 128 + SIGBUS);
	EQUALS(load(private + page()), 128 + SIGBUS);	/* the copy, too */
	EQUALS(ftruncate(fd, (off_t)(2 * page())), 0);
	EQUALS(shared[page()], 0);
	EQUALS(private[page()], 0);
}

CLAIM("L12-31", "rename() gives a name to another file: mappings of the old "
      "file stay, and open() finds the new one")
{
	int old_fd = make_file(page()), fd = new_file("new", page());
	char *old = map(old_fd, page(), MAP_SHARED);

	*old = 'o';
	EQUALS(pwrite(fd, "n", 1, 0), 1);
	EQUALS(rename("new", "file"), 0);
	EQUALS(load(old), 'o');
	EQUALS(store(old, 'O'), 0);
	EQUALS(byte_of(old_fd, 0), 'O');
	EQUALS(byte_of(reopen(O_RDONLY), 0), 'n');
	EQUALS(*map(reopen(O_RDWR), page(), MAP_SHARED), 'n');
}

CLAIM("L12-07", "a system call that gets such a page says EFAULT, no signal")
{
	int file = make_file(0), fd[2];
	char *p = map(file, page(), MAP_SHARED);
	ssize_t sent;

	HOLDS(pipe(fd) == 0);
	EQUALS(load(p), 128 + SIGBUS);
	for (int size = 0; size <= 1; size++) {		/* of 1: there is one */
		EQUALS(ftruncate(file, size), 0);
		sent = write(fd[1], p, 1);
		HOLDS(size == 1 ? sent == 1 : sent == -1 && errno == EFAULT);
	}
}

/* --------------------------------------- file and memory are one cache */

CLAIM("1-019 1-034", "no delay: read() sees each store, a load each write()")
{
	int fd = make_file(page()), stale = 0;
	volatile char *p = map(fd, page(), MAP_SHARED);

	for (int i = 0; i < 10000; i++) {
		char c = (char)(i & 0x7f);

		*p = c;
		stale += byte_of(fd, 0) != c;
		c ^= 0x55;
		HOLDS(pwrite(fd, &c, 1, 0) == 1);
		stale += *p != c;
	}
	EQUALS(stale, 0);
	EQUALS(*p, (9999 & 0x7f) ^ 0x55);	/* what the last one wrote */
}

CLAIM("1-034", "another process that reads the file gets the newest data")
{
	char *p = map(make_file(page()), page(), MAP_SHARED);
	pid_t other;

	*p = 'n';
	other = fork();
	if (other == 0)
		_exit(byte_of(reopen(O_RDONLY), 0));
	EQUALS(ends(other), 'n');
}

CLAIM("1-034", "even O_DIRECT, past the cache, reads what was stored")
{
	char *p, *buf = NULL;
	int fd;

	need_disk();
	p = map(make_file(page()), page(), MAP_SHARED);
	fd = open("file", O_RDONLY | O_DIRECT);
	if (fd == -1)
		SKIP("no O_DIRECT in /tmp: %s; use ext4 or xfs there",
		     errno_name(errno));
	HOLDS(fcntl(fd, F_GETFL) & O_DIRECT);
	buf = mmap(NULL, page(), RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	HOLDS(buf != MAP_FAILED);
	strcpy(p, "new");
	EQUALS(read(fd, buf, page()), page());
	HOLDS(strcmp(buf, "new") == 0);
}

CLAIM("1-012", "a store without msync() outlives munmap() and close()")
{
	int fd = make_file(page());
	char *p = map(fd, page(), MAP_SHARED);

	strcpy(p, "no msync");
	EQUALS(munmap(p, page()), 0);
	EQUALS(load(p), 128 + SIGSEGV);
	EQUALS(close(fd), 0);
	FAILS(fcntl(fd, F_GETFD), EBADF);
	EQUALS(byte_of(reopen(O_RDONLY), 0), 'n');
}

CLAIM("1-012", "and it outlives the process, even if SIGKILL ends it")
{
	int fd = make_file(page());
	pid_t other = fork();

	if (other == 0) {
		*map(fd, page(), MAP_SHARED) = 'k';
		raise(SIGKILL);
	}
	EQUALS(ends(other), 128 + SIGKILL);
	EQUALS(byte_of(fd, 0), 'k');
}

CLAIM("1-018 1-036", "1000 updates in a mapping: not one system call")
{
	int fd = make_file(page());
	volatile int *count = (void *)map(fd, page(), MAP_SHARED);

	if (fork() == 0) {
		forbid_system_calls();
		for (int i = 0; i < 1000; i++)
			++*count;
		getppid();			/* the first one: it dies */
		_exit(0);
	}
	EQUALS(ends(-1), 128 + SIGSYS);
	EQUALS(*count, 1000);
	if (fork() == 0) {
		forbid_system_calls();
		_exit(write(fd, "x", 1) != 1);	/* this is one */
	}
	EQUALS(ends(-1), 128 + SIGSYS);
	EQUALS(*count, 1000);
}

CLAIM("1-018 1-036", "but the kernel is entered: a fresh mapping has faults")
{
	enum { N = 64 };
	char buf[64] = "";
	volatile char *p;
	long before;
	int fd = make_file(0);

	for (int round = 0; round < 10; round++) {	/* once warm, none */
		before = faults();
		for (size_t i = 0; i < N * page(); i += sizeof buf)
			HOLDS(write(fd, buf, sizeof buf) == sizeof buf);
		if (faults() == before)
			break;
	}
	EQUALS(faults() - before, 0);
	p = map(fd, N * page(), MAP_SHARED);
	before = faults();
	for (size_t i = 0; i < N; i++)
		p[i * page()] = 1;
	HOLDS(faults() - before >= 1);		/* 1 to N: it maps around */
}

/* Both threads load, then both store: two pipes make the order. */
static int loaded[2], stored[2];

static void *increment(void *arg)
{
	volatile char *count = arg;
	char mine = *count, c;

	HOLDS(write(loaded[1], "x", 1) == 1 && read(stored[0], &c, 1) == 1);
	*count = (char)(mine + 1);
	return NULL;
}

CLAIM("1-016", "the memory is not guarded: of two increments one is lost")
{
	volatile char *count = map(make_file(page()), page(), MAP_SHARED);
	pthread_t thread;
	char c;

	HOLDS(pipe(loaded) == 0 && pipe(stored) == 0);
	EQUALS(pthread_create(&thread, NULL, increment, (void *)count), 0);
	HOLDS(read(loaded[0], &c, 1) == 1);
	*count = (char)(*count + 10);
	EQUALS(*count, 10);
	HOLDS(write(stored[1], "x", 1) == 1);
	EQUALS(pthread_join(thread, NULL), 0);
	EQUALS(*count, 1);			/* the 10 are lost */
}

static pthread_barrier_t all_here;
static atomic_int mapped;

/* Map, store, look and unmap, again and again, beside the other threads. */
static void *map_often(void *arg)
{
	enum { ROUNDS = 2000, HELD = 8 };
	const char mine = *(char *)arg;
	volatile char *p[HELD];

	pthread_barrier_wait(&all_here);
	for (int round = 0; round < ROUNDS; round++) {
		for (int i = 0; i < HELD; i++) {
			p[i] = mmap(NULL, page(), RW,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
			if (p[i] == MAP_FAILED || *p[i] != 0)
				return "mmap() failed, or not 0";
			*p[i] = mine;
			atomic_fetch_add(&mapped, 1);
		}
		for (int i = 0; i < HELD; i++) {
			if (*p[i] != mine)	/* another one has it, too */
				return "two threads got the same address";
			if (munmap((void *)p[i], page()) == -1)
				return "munmap() failed";
		}
	}
	return NULL;
}

CLAIM("1-016", "the call is safe: threads that map at once get addresses of "
      "their own")
{
	static char name[3] = { 'a', 'b', 'c' };
	pthread_t thread[3];
	void *wrong;

	EQUALS(pthread_barrier_init(&all_here, NULL, 3), 0);
	for (int i = 0; i < 3; i++)
		EQUALS(pthread_create(&thread[i], NULL, map_often, &name[i]),
		       0);
	for (int i = 0; i < 3; i++) {
		EQUALS(pthread_join(thread[i], &wrong), 0);
		if (wrong)
			claim_fail(__FILE__, __LINE__, "%s", (char *)wrong);
	}
	EQUALS(mapped, 3 * 2000 * 8);
}

enum { PARTY = 4, ROUNDS = 100000, MEETINGS = 10 };

struct party {			/* in the mapped file */
	atomic_ulong count;
	atomic_int met;		/* how many of them have met often enough */
	unsigned long added[PARTY];
};

/* Add 1 ROUNDS times, and on, until each one has seen that others add in
 * between: processes that add one after the other would lose none. */
static unsigned long add_with_others(struct party *p)
{
	unsigned long mine = 0, seen, last = 0;
	int meetings = 0;

	while (mine < ROUNDS || atomic_load(&p->met) < PARTY) {
		seen = atomic_fetch_add(&p->count, 1);
		mine++;
		if (seen != last + 1 && ++meetings == MEETINGS)
			atomic_fetch_add(&p->met, 1);
		last = seen;
	}
	return mine;
}

CLAIM("L12-28", "atomic_fetch_add() on a number in a mapped file: four "
      "processes add at once, and none is lost")
{
	int fd = make_file(sizeof(struct party));
	struct party *p = (void *)map(fd, sizeof *p, MAP_SHARED);
	unsigned long sum = 0;

	for (int i = 0; i < PARTY; i++)
		if (fork() == 0) {
			p->added[i] = add_with_others(p);
			_exit(0);
		}
	for (int i = 0; i < PARTY; i++)
		EQUALS(ends(-1), 0);
	for (int i = 0; i < PARTY; i++)
		sum += p->added[i];
	HOLDS(sum >= PARTY * ROUNDS);
	EQUALS(atomic_load(&p->count), sum);
}

CLAIM("1-017", "a pointer holds in one mapping only, an offset in all")
{
	int fd = make_file(page());
	char *a = map(fd, page(), MAP_SHARED);
	char *b = map(fd, page(), MAP_SHARED);
	char *inside = a + 100, *seen;

	a[100] = 'x';
	memcpy(a, &inside, sizeof inside);
	memcpy(&seen, b, sizeof seen);
	HOLDS(seen == inside && a != b);
	EQUALS(munmap(a, page()), 0);
	EQUALS(load(seen), 128 + SIGSEGV);
	EQUALS(b[100], 'x');
}

/* ---------------------------------------------------- dirty pages */

CLAIM("1-022 1-089", "a store makes the page dirty, MS_SYNC makes it clean")
{
	char *p;

	need_disk();
	p = map(make_file(page()), page(), MAP_SHARED);
	EQUALS(*(volatile char *)p, 0);
	EQUALS(dirty(p), 0);
	make_dirty(p, 1);
	EQUALS(msync(p, page(), MS_SYNC), 0);
	EQUALS(dirty(p), 0);
}

CLAIM("1-021", "write() and a store make the same dirty page")
{
	volatile char *p;
	int fd;

	need_disk();
	fd = make_file(page());
	p = map(fd, page(), MAP_SHARED);
	make_dirty_by_write(fd, p);
	EQUALS(byte_of(fd, 0), 'w');			/* nobody has stored */
	EQUALS(msync((char *)p, page(), MS_SYNC), 0);	/* cleans write()'s */
	EQUALS(dirty((char *)p), 0);
	make_dirty(p, 's');
	EQUALS(fsync(fd), 0);				/* cleans the store's */
	EQUALS(dirty((char *)p), 0);
}

CLAIM("1-024", "write() does not wait for the disk: dirty until fsync()")
{
	volatile char *p;
	int fd;

	need_disk();
	fd = make_file(page());
	p = map(fd, page(), MAP_SHARED);
	make_dirty_by_write(fd, p);
	EQUALS(byte_of(fd, 0), 'w');			/* nobody has stored */
	EQUALS(fsync(fd), 0);
	EQUALS(dirty((char *)p), 0);
	HOLDS(access("/proc/sys/vm/dirty_expire_centisecs", R_OK) == 0);
}

CLAIM("1-023", "a read leaves the pages in the page cache")
{
	char buf[64], *p;
	int fd;

	need_disk();
	fd = make_file(0);
	for (size_t i = 0; i < 16 * page(); i += sizeof buf)
		EQUALS(write(fd, memset(buf, 1, sizeof buf), sizeof buf), 64);
	p = map(fd, 16 * page(), MAP_SHARED);
	HOLDS(resident(p, 16) == 16);			/* so does a write */
	drop_cache(fd, p, 16);
	EQUALS(resident(p, 16), 0);
	EQUALS(byte_of(fd, 0), 1);
	HOLDS(resident(p, 16) >= 1);
}

CLAIM("1-025", "one stored byte makes at least a whole page dirty")
{
	char *p;
	int fd;

	need_disk();
	fd = make_file(page());
	p = map(fd, page(), MAP_SHARED);
	EQUALS(*(volatile char *)p, 0);
	EQUALS(dirty(p), 0);
	make_dirty(p, 1);
	EQUALS(byte_of(fd, 0), 1);
	HOLDS(dirty(p) >= (long)page() / 1024);
	EQUALS(dirty(p) % ((long)page() / 1024), 0);
}

CLAIM("1-025 L12-22", "with large folios it makes neighbours dirty, too")
{
	const size_t size = 1 << 20;
	char *buf = calloc(1, size), *p;
	volatile char sum = 0;
	int fd;

	need_disk();
	fd = make_file(0);
	HOLDS(buf != NULL && write(fd, buf, size) == (ssize_t)size);
	EQUALS(fsync(fd), 0);
	p = map(fd, size, MAP_SHARED);
	for (size_t i = 0; i < size; i += page())
		sum = (char)(sum + p[i]);
	EQUALS(dirty(p), 0);
	make_dirty(p + size / 2, 'x');
	EQUALS(byte_of(fd, size / 2), 'x');
	if (dirty(p) == (long)page() / 1024)
		SKIP("this file system has no large folios; ext4 has them"
		     " since Linux 6.16, xfs since 5.18");
	HOLDS(dirty(p) > (long)page() / 1024);
}

/* Evict what is mapped at P, as if memory were short. A page on the list
 * of another CPU is not found; fadvise() has all those lists emptied. */
static void page_out(int fd, char *p, size_t size)
{
	for (int i = 0; i < 100; i++) {
		if (madvise(p, size, MADV_PAGEOUT) == -1)
			SKIP("MADV_PAGEOUT came with Linux 5.4, this is older");
		if (smaps(p, "Rss") == 0)
			return;
		posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	}
}

CLAIM("1-027 1-028", "a clean page of a file is dropped, and read back")
{
	const size_t size = 16 * page();
	volatile char *p;
	int fd;

	need_disk();
	fd = make_file(size);
	p = map(fd, size, MAP_SHARED);
	for (size_t i = 0; i < size; i += page())
		p[i] = 5;
	EQUALS(msync((char *)p, size, MS_SYNC), 0);
	EQUALS(dirty((char *)p), 0);
	EQUALS(resident((char *)p, 16), 16);
	page_out(fd, (char *)p, size);
	EQUALS(smaps((char *)p, "Rss"), 0);
	EQUALS(smaps((char *)p, "Swap"), 0);
	EQUALS(resident((char *)p, 16), 0);
	for (size_t i = 0; i < size; i += page())
		EQUALS(p[i], 5);			/* from the file */
}

CLAIM("1-027 1-029 1-035", "pages without a disk file stay, or go to swap")
{
	const size_t size = 16 * page();
	const long kb = (long)size / 1024;
	long in_memory;
	char *p = mmap(NULL, size, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int fd = shm_open("/lesson12", O_RDWR | O_CREAT | O_EXCL, 0600);
	int id = shmget(IPC_PRIVATE, size, 0600);
	char *kind[4] = { p };

	HOLDS(fd != -1 && shm_unlink("/lesson12") == 0 && id != -1);
	EQUALS(ftruncate(fd, (off_t)size), 0);
	kind[1] = map(fd, size, MAP_SHARED);
	kind[2] = shmat(id, NULL, 0);
	EQUALS(shmctl(id, IPC_RMID, NULL), 0);
	kind[3] = map(make_file(size), size, MAP_SHARED);
	for (int i = 0; i < (is_on_disk() ? 4 : 3); i++) {
		HOLDS(kind[i] != MAP_FAILED);
		memset(kind[i], 5, size);
		EQUALS(msync(kind[i], size, MS_SYNC), 0);
		page_out(fd, kind[i], size);
		in_memory = resident(kind[i], 16) * (long)page() / 1024;
		if (i < 3)
			HOLDS(in_memory + smaps(kind[i], "Swap") >= kb);
		else			/* the one with a disk file has gone */
			EQUALS(in_memory + smaps(kind[i], "Swap"), 0);
		for (size_t at = 0; at < size; at += page())
			EQUALS(kind[i][at], 5);
	}
	EQUALS(byte_of(fd, 0), 5);
}

CLAIM("1-029 1-035", "the kernel marks them swap-backed, a disk file's not")
{
	char *disk, *anon;
	int fd, id;

	need_disk();
	disk = map(make_file(page()), page(), MAP_SHARED);
	*disk = 1;
	EQUALS(page_flag(disk, KPF_SWAPBACKED), 0);
	anon = mmap(NULL, page(), RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	HOLDS(anon != MAP_FAILED);
	*anon = 1;
	EQUALS(page_flag(anon, KPF_SWAPBACKED), 1);
	fd = shm_open("/lesson12", O_RDWR | O_CREAT | O_EXCL, 0600);
	HOLDS(fd != -1 && shm_unlink("/lesson12") == 0);
	EQUALS(ftruncate(fd, (off_t)page()), 0);
	*(anon = map(fd, page(), MAP_SHARED)) = 1;
	EQUALS(byte_of(fd, 0), 1);
	EQUALS(page_flag(anon, KPF_SWAPBACKED), 1);
	id = shmget(IPC_PRIVATE, page(), 0600);
	HOLDS(id != -1 && (anon = shmat(id, NULL, 0)) != (void *)-1);
	EQUALS(shmctl(id, IPC_RMID, NULL), 0);
	*anon = 1;
	EQUALS(page_flag(anon, KPF_SWAPBACKED), 1);
}

CLAIM("1-026", "maps shows the path behind a mapping, unlinked or not")
{
	int fd = make_file(page());
	char *p = map(fd, page(), MAP_SHARED);

	*p = 'x';
	HOLDS(strstr(maps_line(p), "/file\n"));
	EQUALS(unlink("file"), 0);
	HOLDS(strstr(maps_line(p), "/file (deleted)\n"));
	EQUALS(*p, 'x');
}

CLAIM("1-030", "this program and its libraries are mapped files themselves")
{
	char exe[4096] = "";

	HOLDS(readlink("/proc/self/exe", exe, sizeof exe - 1) > 0);
	HOLDS(strstr(maps_line((void *)(uintptr_t)page), exe));
	HOLDS(strstr(maps_line((void *)(uintptr_t)page), " r-xp "));
	HOLDS(strstr(maps_line(stdin), ".so"));	/* the C library's data */
}

/* ------------------------------------------------------------ mmap() */

CLAIM("1-046 1-048 1-073 1-075",
      "mmap() with address NULL picks one, page aligned, and shows the file")
{
	void *(*call)(void *, size_t, int, int, int, off_t) = mmap;
	int fd = make_file(page());
	char *p;

	EQUALS(pwrite(fd, "hello", 5, 0), 5);
	p = call(NULL, page(), RW, MAP_SHARED, fd, 0);
	HOLDS(p != MAP_FAILED && p != NULL);
	EQUALS((uintptr_t)p % page(), 0);
	HOLDS(strcmp(p, "hello") == 0);
}

CLAIM("1-007", "files, some devices and plain memory can be mapped")
{
	int zero = open("/dev/zero", O_RDWR), fd = make_file(page());

	EQUALS(pwrite(fd, "f", 1, 0), 1);
	EQUALS(*map(fd, page(), MAP_SHARED), 'f');
	EQUALS(*map(-1, page(), MAP_SHARED | MAP_ANONYMOUS), 0);
	HOLDS(zero != -1);
	EQUALS(*map(zero, page(), MAP_PRIVATE), 0);
}

CLAIM("1-007", "a pipe, a directory, /dev/null: ENODEV")
{
	int fd[2], null = open("/dev/null", O_RDWR);
	int dir = open(".", O_RDONLY | O_DIRECTORY);

	HOLDS(pipe(fd) == 0 && null != -1 && dir != -1);
	FAILS(mmap(NULL, page(), PROT_READ, MAP_SHARED, fd[0], 0), ENODEV);
	FAILS(mmap(NULL, page(), PROT_READ, MAP_SHARED, dir, 0), ENODEV);
	FAILS(mmap(NULL, page(), PROT_READ, MAP_SHARED, null, 0), ENODEV);
}

CLAIM("1-049 1-050", "length is any number but 0, rounded up to pages")
{
	int fd = make_file(page());
	char *p = map(fd, 1, MAP_SHARED);

	EQUALS(smaps(p, "Size"), page() / 1024);
	EQUALS(store(p + page() - 1, 'x'), 0);
	EQUALS(byte_of(fd, page() - 1), 'x');
	EQUALS(munmap(p, page()), 0);
	p = map(fd, page() + 1, MAP_SHARED);
	EQUALS(smaps(p, "Size"), 2 * page() / 1024);
	FAILS(mmap(NULL, 0, RW, MAP_SHARED, fd, 0), EINVAL);
}

CLAIM("1-074", "failure is MAP_FAILED, which is not NULL, and errno")
{
	int fd = make_file(page());

	HOLDS(mmap(NULL, 0, RW, MAP_SHARED, fd, 0) == MAP_FAILED);
	EQUALS(errno, EINVAL);
	HOLDS(MAP_FAILED == (void *)-1 && MAP_FAILED != NULL);
	/* No address space has so many pages, not even the one of a 32-bit
	 * program under a 64-bit kernel: it is nearly 4 GiB. */
	FAILS(mmap(NULL, SIZE_MAX / page() * page(), RW, MAP_SHARED, fd, 0),
	      ENOMEM);
}

CLAIM("1-052", "PROT_WRITE, shared, on an O_RDONLY descriptor: EACCES")
{
	int fd = make_file(page());
	char *p;

	fd = reopen(O_RDONLY);
	FAILS(mmap(NULL, page(), RW, MAP_SHARED, fd, 0), EACCES);
	*map(fd, page(), MAP_PRIVATE) = 'x';		/* a copy may */
	EQUALS(byte_of(fd, 0), 0);
	p = mmap(NULL, page(), PROT_READ, MAP_SHARED, fd, 0);
	HOLDS(p != MAP_FAILED);
	FAILS(mprotect(p, page(), RW), EACCES);		/* no way round */
}

CLAIM("1-052", "O_WRONLY can be mapped in no way: EACCES")
{
	int fd = make_file(page());

	fd = reopen(O_WRONLY);
	FAILS(mmap(NULL, page(), PROT_WRITE, MAP_SHARED, fd, 0), EACCES);
	FAILS(mmap(NULL, page(), PROT_WRITE, MAP_PRIVATE, fd, 0), EACCES);
	FAILS(mmap(NULL, page(), PROT_NONE, MAP_SHARED, fd, 0), EACCES);
}

CLAIM("1-071", "fd must be open, and may be closed when mmap() is done")
{
	int fd = make_file(page());
	char *p = map(fd, page(), MAP_SHARED);

	*p = 'x';
	EQUALS(close(fd), 0);
	EQUALS(*p, 'x');
	FAILS(mmap(NULL, page(), RW, MAP_SHARED, fd, 0), EBADF);
}

CLAIM("1-072", "offset must be a multiple of the page size")
{
	int fd = make_file(2 * page());
	char *p;

	EQUALS(sysconf(_SC_PAGE_SIZE), sysconf(_SC_PAGESIZE));
	EQUALS(pwrite(fd, "2", 1, (off_t)page()), 1);
	FAILS(mmap(NULL, page(), RW, MAP_SHARED, fd, 100), EINVAL);
	for (off_t by = 1; by < (off_t)page(); by *= 2)
		FAILS(mmap(NULL, page(), RW, MAP_SHARED, fd, by), EINVAL);
	p = mmap(NULL, page(), RW, MAP_SHARED, fd, (off_t)page());
	HOLDS(p != MAP_FAILED);
	EQUALS(*p, '2');
}

static int is_constant(const char *name)
{
	char source[128];

	snprintf(source, sizeof source, "#define _GNU_SOURCE\n"
		 "#include <sys/mman.h>\nint x = %s;\n", name);
	return compiles("", source);
}

CLAIM("1-053 1-054 1-055 1-056", "it is PROT_READ; PROTO_READ is no word of C")
{
	static const char *const end[] = { "READ", "WRITE", "EXEC", "NONE" };
	char name[32];

	for (int i = 0; i < 4; i++) {
		snprintf(name, sizeof name, "PROT_%s", end[i]);
		HOLDS(is_constant(name));
		snprintf(name, sizeof name, "PROTO_%s", end[i]);
		HOLDS(!is_constant(name));
	}
}

CLAIM("1-002", "MAP_SHARED is 1, MAP_PRIVATE is 2")
{
	EQUALS(MAP_SHARED, 1);
	EQUALS(MAP_PRIVATE, 2);
}

CLAIM("L12-08", "prot is enforced: a store to a read-only page is SIGSEGV")
{
	int fd = make_file(page());
	char *p = mmap(NULL, page(), PROT_READ, MAP_SHARED, fd, 0);
	char *none = mmap(NULL, page(), PROT_NONE, MAP_SHARED, fd, 0);

	HOLDS(p != MAP_FAILED && none != MAP_FAILED);
	EQUALS(load(p), 0);
	EQUALS(store(p, 'x'), 128 + SIGSEGV);
	EQUALS(load(none), 128 + SIGSEGV);
	EQUALS(mprotect(p, page(), RW), 0);		/* the file lets us */
	EQUALS(store(p, 'x'), 0);
	EQUALS(mprotect(none, page(), PROT_READ), 0);
	EQUALS(load(none), 'x');
}

CLAIM("L12-30", "O_RDONLY and PROT_READ, shared: loads follow the stores of "
      "others, a store is SIGSEGV")
{
	char *writer = map(make_file(page()), page(), MAP_SHARED);
	char *p = mmap(NULL, page(), PROT_READ, MAP_SHARED, reopen(O_RDONLY),
		       0);

	HOLDS(p != MAP_FAILED);
	EQUALS(load(p), 0);
	EQUALS(store(writer, 'x'), 0);
	EQUALS(load(p), 'x');
	EQUALS(store(p, 'y'), 128 + SIGSEGV);
	EQUALS(*writer, 'x');
}

CLAIM("L12-32", "an offset with which the mapping would end past the largest "
      "offset there is: EOVERFLOW")
{
	const off_t last = (off_t)(INT64_MAX / (int64_t)page() *
				   (int64_t)page());
	int fd = make_file(page());

	if (sizeof(off_t) < 8 || sizeof(long) < 8)
		SKIP("this system has offsets of 32 bits");
	HOLDS(mmap(NULL, 2 * page(), RW, MAP_SHARED, fd, 1L << 40) !=
	      MAP_FAILED);
	FAILS(mmap(NULL, 2 * page(), RW, MAP_SHARED, fd, last), EOVERFLOW);
}

CLAIM("L12-34", "PROT_EXEC for a file of a file system that is mounted "
      "noexec: EPERM")
{
	int fd;

	mount_small(MS_NOEXEC);
	fd = new_file("small/file", page());
	map(fd, page(), MAP_SHARED);
	FAILS(mmap(NULL, page(), PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0),
	      EPERM);
	HOLDS(mount("tmpfs", "small", "tmpfs", MS_REMOUNT, "size=256k") == 0);
	HOLDS(mmap(NULL, page(), PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0) !=
	      MAP_FAILED);
}

CLAIM("L12-09", "MAP_SHARED_VALIDATE refuses flags that MAP_SHARED ignores")
{
	const int types[] = { MAP_SHARED, MAP_SHARED_VALIDATE };
	const int unknown = 1 << 23;
	int fd = make_file(page());
	void *p;

	EQUALS(MAP_SHARED_VALIDATE, MAP_SHARED | MAP_PRIVATE);
	for (int i = 0; i < 2; i++) {
		map(fd, page(), types[i]);
		errno = 0;
		p = mmap(NULL, page(), RW, types[i] | unknown, fd, 0);
		EQUALS(p == MAP_FAILED, types[i] == MAP_SHARED_VALIDATE);
		EQUALS(errno, p == MAP_FAILED ? EOPNOTSUPP : 0);
	}
}

CLAIM("L12-10", "MAP_FIXED silently replaces what was mapped there")
{
	int fd = make_file(page()), other = new_file("other", page());
	char *p = map(fd, page(), MAP_SHARED);

	*p = 'x';
	EQUALS(load(p), 'x');
	EQUALS(pwrite(other, "o", 1, 0), 1);
	HOLDS(mmap(p, page(), RW, MAP_SHARED | MAP_FIXED, other, 0) == p);
	EQUALS(*p, 'o');
	EQUALS(store(p, 'y'), 0);	/* not to the first file */
	HOLDS(byte_of(other, 0) == 'y' && byte_of(fd, 0) == 'x');
	FAILS(mmap(p + 1, page(), RW, MAP_SHARED | MAP_FIXED, other, 0),
	      EINVAL);
}

CLAIM("L12-11", "an address without MAP_FIXED is a hint, taken if it is free")
{
	int fd = make_file(page());
	const size_t size = 3 * page();
	char *hole = map(fd, size, MAP_SHARED), *q;
	char *middle = hole + page();	/* left alone, an end is taken first */

	EQUALS(munmap(hole, size), 0);
	HOLDS(mmap(middle, page(), RW, MAP_SHARED, fd, 0) == middle);
	q = mmap(middle, page(), RW, MAP_SHARED, fd, 0);
	HOLDS(q != MAP_FAILED && q != middle);
}

CLAIM("L12-12", "MAP_FIXED_NOREPLACE says EEXIST instead of replacing")
{
	int fd = make_file(page());
	char *p = map(fd, page(), MAP_SHARED), *q;

	*p = 'x';
	q = mmap(p, page(), RW, MAP_SHARED | MAP_FIXED_NOREPLACE, fd, 0);
	if (kernel_version() < 417)
		SKIP("MAP_FIXED_NOREPLACE came with Linux 4.17, this is older");
	HOLDS(q == MAP_FAILED && errno == EEXIST);
	EQUALS(*p, 'x');
	EQUALS(munmap(p, page()), 0);
	q = mmap(p, page(), RW, MAP_SHARED | MAP_FIXED_NOREPLACE, fd, 0);
	HOLDS(q == p);
}

CLAIM("L12-13", "MAP_POPULATE maps all pages now: no fault at a load")
{
	const size_t size = 16 * page();
	volatile char *p;
	int fd = make_file(size);
	long before;

	p = map(fd, size, MAP_SHARED);		/* without it: */
	EQUALS(smaps((char *)p, "Rss"), 0);
	before = faults();
	EQUALS(*p, 0);
	HOLDS(faults() - before >= 1);
	p = map(fd, size, MAP_SHARED | MAP_POPULATE);
	EQUALS(smaps((char *)p, "Rss"), size / 1024);
	before = faults();
	for (size_t i = 0; i < size; i += page())
		EQUALS(p[i], 0);
	EQUALS(faults() - before, 0);
}

CLAIM("L12-33", "but of a shared mapping of a disk file the first store to "
      "each page has its fault even so")
{
	enum { N = 16 };
	const size_t size = N * page();
	volatile char *p;
	long before;
	int fd;

	need_disk();
	fd = make_file(size);
	p = map(fd, size, MAP_SHARED | MAP_POPULATE);
	before = faults();
	for (size_t i = 0; i < size; i += page())
		EQUALS(p[i], 0);
	EQUALS(faults() - before, 0);
	for (size_t i = 0; i < size; i += page())
		p[i] = 1;
	HOLDS(faults() - before >= N);
}

/* Without root's right to lock as much as it likes. */
static void limit_locked(rlim_t bytes)
{
	struct rlimit limit = { bytes, bytes };

	if (setrlimit(RLIMIT_MEMLOCK, &limit) == -1)
		SKIP("not one page may be locked; ulimit -l unlimited");
	become_ordinary_user();
}

CLAIM("L12-14", "MAP_LOCKED locks like mlock(), both up to RLIMIT_MEMLOCK")
{
	int fd = make_file(2 * page()), got;
	char *p, *q;

	limit_locked(page());
	p = mmap(NULL, page(), RW, MAP_SHARED | MAP_LOCKED, fd, 0);
	HOLDS(p != MAP_FAILED);
	EQUALS(smaps(p, "Locked"), page() / 1024);
	FAILS(mmap(NULL, page(), RW, MAP_SHARED | MAP_LOCKED, fd, 0), EAGAIN);
	q = map(fd, page(), MAP_SHARED);
	for (int room = 0; room <= 1; room++) {
		if (room)
			EQUALS(munmap(p, page()), 0);
		got = mlock(q, page());			/* another errno */
		HOLDS(room ? got == 0 : got == -1 && errno == ENOMEM);
		EQUALS(smaps(q, "Locked"), room ? page() / 1024 : 0);
	}
}

/* Does the kernel name FLAG among those of the mapping at P? (proc(5)) */
static int has_flag(const void *p, const char *flag)
{
	FILE *f = open_stream("/proc/self/smaps", "re");
	char line[512] = "";
	unsigned long from, to;
	int inside = 0, has = 0;

	while (fgets(line, sizeof line, f)) {
		if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
			inside = from == (uintptr_t)p;
		else if (inside && strncmp(line, "VmFlags:", 8) == 0)
			has = strstr(line, flag) != NULL;
	}
	fclose(f);
	return has;
}

CLAIM("L12-15", "MAP_LOCKED succeeds where mlock() says that it cannot")
{
	int fd = make_file(0);				/* no page to lock */
	char *p = mmap(NULL, page(), RW, MAP_SHARED | MAP_LOCKED, fd, 0);

	if (p == MAP_FAILED)
		SKIP("not one page may be locked; ulimit -l unlimited");
	HOLDS(has_flag(p, " lo"));
	EQUALS(load(p), 128 + SIGBUS);
	EQUALS(munmap(p, page()), 0);
	p = map(fd, page(), MAP_SHARED);
	FAILS(mlock(p, page()), ENOMEM);
	EQUALS(ftruncate(fd, 1), 0);
	EQUALS(munlock(p, page()), 0);
	EQUALS(mlock(p, page()), 0);			/* now there is one */
	EQUALS(smaps(p, "Locked"), page() / 1024);
}

CLAIM("L12-16", "MAP_NORESERVE sets aside no swap for private stores")
{
	int fd = make_file(page());

	if (number_in("/proc/sys/vm/overcommit_memory") == 2)
		SKIP("overcommit_memory is 2, then the flag is ignored;"
		     " sysctl vm.overcommit_memory=0");
	HOLDS(has_flag(map(fd, page(), MAP_PRIVATE | MAP_NORESERVE), " nr"));
	HOLDS(!has_flag(map(fd, page(), MAP_PRIVATE), " nr"));
	HOLDS(has_flag(map(fd, page(), MAP_PRIVATE), " ac"));
}

CLAIM("L12-17", "MAP_HUGETLB on an ordinary file is EINVAL")
{
	int fd = make_file(page());
	const int flag[] = { 0, MAP_HUGETLB };
	char *p;

	for (int i = 0; i < 2; i++) {
		p = mmap(NULL, page(), RW, MAP_SHARED | flag[i], fd, 0);
		HOLDS(i == 0 ? p != MAP_FAILED :
		      p == MAP_FAILED && errno == EINVAL);
	}
}

/* -------------------------------------------------------------- life */

CLAIM("L12-18", "an unlinked file lives on while it is mapped")
{
	int fd = make_file(page());
	char *p = map(fd, page(), MAP_SHARED);
	struct stat st;

	*p = 'x';
	EQUALS(unlink("file"), 0);
	HOLDS(fstat(fd, &st) == 0 && st.st_nlink == 0);	/* it has no name */
	EQUALS(close(fd), 0);
	FAILS(fcntl(fd, F_GETFD), EBADF);
	EQUALS(*p, 'x');
	EQUALS(store(p, 'y'), 0);
	EQUALS(*p, 'y');
	EQUALS(*map(make_file(page()), page(), MAP_SHARED), 0);	/* another */
}

CLAIM("L12-19", "fork() hands mappings on, exec() drops them all")
{
	char *p = map(make_file(page()), page(), MAP_SHARED);

	EQUALS(store(p, 'x'), 0);
	EQUALS(*p, 'x');
	EQUALS(system("grep -q '/file$' /proc/$PPID/maps"), 0);
	EQUALS(system("! grep -q '/file$' /proc/self/maps"), 0);
}

CLAIM("L12-20", "a private copy is inherited, and then goes its own way")
{
	const int flag[] = { MAP_PRIVATE, MAP_SHARED };
	int fd = make_file(page());
	char *p;

	for (int i = 0; i < 2; i++) {		/* a shared page goes none */
		p = map(fd, page(), flag[i]);
		*p = 'a';
		EQUALS(load(p), 'a');
		EQUALS(store(p, 'b'), 0);
		EQUALS(load(p), i == 0 ? 'a' : 'b');
	}
}

static void set_time_back(int fd)
{
	struct timespec old[2] = { { 0, 0 }, { 0, 0 } };

	EQUALS(futimens(fd, old), 0);
}

static long long time_of(int fd)
{
	struct stat st;

	EQUALS(fstat(fd, &st), 0);
	return st.st_mtime;
}

CLAIM("L12-21", "the store that makes a clean page dirty changes the file's "
      "time")
{
	char *p;
	int fd;

	need_disk();
	fd = make_file(page());
	p = map(fd, page(), MAP_SHARED);
	EQUALS(msync(p, page(), MS_SYNC), 0);
	set_time_back(fd);
	EQUALS(*(volatile char *)p, 0);			/* a load does not */
	EQUALS(msync(p, page(), MS_SYNC), 0);
	EQUALS(time_of(fd), 0);
	*(volatile char *)p = 'x';
	EQUALS(msync(p, page(), MS_SYNC), 0);
	EQUALS(dirty(p), 0);
	HOLDS(time_of(fd) != 0);
}

CLAIM("L12-21", "a store to a page that is dirty already does not, not even "
      "at MS_SYNC")
{
	char *p;
	int fd;

	need_disk();
	fd = make_file(page());
	p = map(fd, page(), MAP_SHARED);
	for (int i = 0; i < 100; i++) {			/* see make_dirty() */
		make_dirty(p, 'x');
		set_time_back(fd);
		*(volatile char *)p = 'y';
		EQUALS(msync(p, page(), MS_SYNC), 0);
		EQUALS(dirty(p), 0);
		EQUALS(byte_of(fd, 0), 'y');
		if (time_of(fd) == 0)
			return;
	}
	claim_fail(__FILE__, __LINE__, "each store changes the time");
}

CLAIM("L12-35", "in a tmpfs, such as /dev/shm, a store to a page that was "
      "touched before does not change the file's time")
{
	int fd = shm_open("/lesson12", O_RDWR | O_CREAT | O_EXCL, 0600);
	char *p;

	HOLDS(fd != -1 && shm_unlink("/lesson12") == 0);
	EQUALS(ftruncate(fd, (off_t)page()), 0);
	p = map(fd, page(), MAP_SHARED);
	EQUALS(*(volatile char *)p, 0);			/* touch it */
	set_time_back(fd);
	*(volatile char *)p = 'x';
	EQUALS(msync(p, page(), MS_SYNC), 0);
	EQUALS(byte_of(fd, 0), 'x');
	EQUALS(time_of(fd), 0);
	EQUALS(pwrite(fd, "w", 1, 0), 1);		/* a write() does */
	HOLDS(time_of(fd) != 0);
}

/* ---------------------------------------------------------- munmap() */

CLAIM("1-076 1-079 1-080", "munmap() gives 0, and the addresses are gone")
{
	int (*call)(void *, size_t) = munmap;
	int fd = make_file(page());
	char *p = map(fd, page(), MAP_SHARED);
	char *other = map(fd, page(), MAP_SHARED);

	strcpy(p, "kept");
	EQUALS(call(p, page()), 0);
	EQUALS(load(p), 128 + SIGSEGV);
	HOLDS(strcmp(other, "kept") == 0);
	FAILS(call(other, 0), EINVAL);
}

CLAIM("1-080", "it is this process that loses it, not the others")
{
	char *p = map(make_file(page()), page(), MAP_SHARED);
	pid_t other = fork();

	if (other == 0) {
		HOLDS(munmap(p, page()) == 0);
		EQUALS(load(p), 128 + SIGSEGV);
		_exit(0);
	}
	EQUALS(ends(other), 0);
	EQUALS(store(p, 'x'), 0);
}

CLAIM("1-077 1-079", "its start must be a multiple of the page size")
{
	char *p = map(make_file(page()), page(), MAP_SHARED);
	const size_t past[] = { 1, page() / 2, 0 };
	int got;

	for (int i = 0; i < 3; i++) {
		EQUALS(store(p, 'x'), 0);		/* it is still there */
		got = munmap(p + past[i], page());
		HOLDS(past[i] == 0 ? got == 0 : got == -1 && errno == EINVAL);
	}
	EQUALS(load(p), 128 + SIGSEGV);
}

CLAIM("1-078", "each page goes that holds a byte of the range")
{
	const size_t size = 4 * page();
	char *p = map(make_file(size), size, MAP_SHARED);

	EQUALS(munmap(p, 1), 0);
	EQUALS(load(p), 128 + SIGSEGV);
	EQUALS(load(p + page()), 0);
	EQUALS(munmap(p, 1), 0);		/* nothing there: no error */
	FAILS(munmap(p + page(), 0), EINVAL);
	EQUALS(munmap(p + page(), page() + 1), 0);	/* 2 pages */
	EQUALS(load(p + page()), 128 + SIGSEGV);
	EQUALS(load(p + 2 * page()), 128 + SIGSEGV);
	EQUALS(load(p + size - page()), 0);
}

CLAIM("1-081", "munmap() leaves the file as it is")
{
	int fd = make_file(page());
	char *p = map(fd, page(), MAP_SHARED);

	strcpy(p, "kept");
	EQUALS(munmap(p, page()), 0);
	EQUALS(load(p), 128 + SIGSEGV);
	EQUALS(size_of(fd), page());
	EQUALS(byte_of(fd, 0), 'k');
	EQUALS(byte_of(reopen(O_RDONLY), 3), 't');
}

CLAIM("1-082", "pages stay in the cache when nobody maps the file any more")
{
	const size_t size = 2 * page();
	int fd = make_file(size);
	char *p = map(fd, size, MAP_SHARED);

	p[0] = p[page()] = 'x';
	EQUALS(munmap(p, size), 0);
	EQUALS(load(p), 128 + SIGSEGV);
	p = map(fd, size, MAP_SHARED);		/* untouched: only to ask */
	EQUALS(resident(p, size / page()), 2);
	EQUALS(byte_of(fd, 0), 'x');
}

CLAIM("1-082", "and they may go while it is still mapped")
{
	char *p;
	int fd;

	need_disk();
	fd = make_file(page());
	p = map(fd, page(), MAP_SHARED);
	*p = 'x';
	EQUALS(msync(p, page(), MS_SYNC), 0);
	EQUALS(is_resident(p), 1);
	page_out(fd, p, page());
	EQUALS(smaps(p, "Rss"), 0);
	EQUALS(is_resident(p), 0);
	EQUALS(*p, 'x');				/* read back */
}

/* ----------------------------------------------------------- msync() */

CLAIM("1-083 1-091", "msync() takes address, length and flags: 0, or -1")
{
	int (*call)(void *, size_t, int) = msync;
	char *p = map(make_file(page()), page(), MAP_SHARED);

	EQUALS(call(p, page(), MS_SYNC), 0);
	FAILS(call(p, page(), MS_SYNC | MS_ASYNC), EINVAL);
}

CLAIM("1-084", "the address must be a multiple of the page size")
{
	const size_t size = 2 * page();
	char *p = map(make_file(size), size, MAP_SHARED);
	const size_t past[] = { 1, page() / 2, 0 };
	int got;

	for (int i = 0; i < 3; i++) {
		got = msync(p + past[i], page(), MS_SYNC);
		HOLDS(past[i] == 0 ? got == 0 : got == -1 && errno == EINVAL);
	}
}

CLAIM("1-085", "a length is rounded up; a hole in the range is ENOMEM")
{
	const size_t size = 3 * page();
	char *p = map(make_file(size), size, MAP_SHARED);

	EQUALS(msync(p, size, MS_SYNC), 0);
	EQUALS(munmap(p + page(), page()), 0);
	FAILS(msync(p, size, MS_SYNC), ENOMEM);
	EQUALS(msync(p, 1, MS_SYNC), 0);
	EQUALS(msync(p, page(), MS_SYNC), 0);
	FAILS(msync(p, page() + 1, MS_SYNC), ENOMEM);	/* two pages */
}

CLAIM("1-086", "MS_ASYNC or MS_SYNC, not both; Linux takes none, too")
{
	const int flags[] = { MS_ASYNC, MS_SYNC, 0, MS_SYNC | MS_INVALIDATE,
			      MS_ASYNC | MS_INVALIDATE,	/* these are fine */
			      MS_ASYNC | MS_SYNC, 64 };
	char *p = map(make_file(page()), page(), MAP_SHARED);
	int got;

	for (int i = 0; i < 7; i++) {
		got = msync(p, page(), flags[i]);
		HOLDS(i < 5 ? got == 0 : got == -1 && errno == EINVAL);
		for (int other = 0; other < i; other++)	/* none twice */
			HOLDS(flags[other] != flags[i]);
	}
}

/* How often an msync() of the page at P, stored to before, has slept. */
static long sleeps(volatile char *p, int flags)
{
	struct rusage before, after;

	++*p;
	EQUALS(getrusage(RUSAGE_SELF, &before), 0);
	EQUALS(msync((char *)p, page(), flags), 0);
	EQUALS(getrusage(RUSAGE_SELF, &after), 0);
	return after.ru_nvcsw - before.ru_nvcsw;
}

CLAIM("1-087", "MS_ASYNC does not sleep")
{
	char *p = map(make_file(page()), page(), MAP_SHARED);

	for (int i = 0; i < 100; i++)
		EQUALS(sleeps(p, MS_ASYNC), 0);
	EQUALS(*p, 100);
	while (is_on_disk() && sleeps(p, MS_SYNC) == 0)
		;			/* ends, so MS_SYNC does sleep */
}

CLAIM("1-088", "MS_ASYNC starts no writing: the page is as dirty as before")
{
	const int flag[] = { MS_ASYNC, MS_SYNC };
	int still[2] = { 0 };
	char *p;

	need_disk();
	p = map(make_file(page()), page(), MAP_SHARED);
	for (int i = 0; i < 200; i++) {		/* often: see make_dirty() */
		make_dirty(p, 'x');
		EQUALS(msync(p, page(), flag[i % 2]), 0);
		still[i % 2] += dirty(p) > 0;
	}
	HOLDS(still[0] > 0);
	EQUALS(still[1], 0);
}

CLAIM("1-090", "MS_INVALIDATE discards no store")
{
	int fd = make_file(page()), got;
	char *p[] = { map(fd, page(), MAP_SHARED),
		      map(fd, page(), MAP_PRIVATE) };

	for (int i = 0; i < 4; i++) {		/* again, when locked */
		p[i % 2][0] = (char)(i + 1);
		if (i >= 2 && mlock(p[i % 2], page()) == -1)
			SKIP("no page may be locked; ulimit -l unlimited");
		got = msync(p[i % 2], page(), MS_INVALIDATE);
		HOLDS(i < 2 ? got == 0 : got == -1 && errno == EBUSY);
		EQUALS(load(p[i % 2]), i + 1);
		EQUALS(byte_of(fd, 0), i < 2 ? 1 : 3);	/* the shared one's */
	}
}

CLAIM("1-090", "on a locked page MS_INVALIDATE is EBUSY")
{
	char *p = map(make_file(page()), page(), MAP_SHARED);
	int got;

	if (mlock(p, page()) == -1)
		SKIP("not one page may be locked; ulimit -l unlimited");
	for (int locked = 1; locked >= 0; locked--) {
		got = msync(p, page(), MS_SYNC | MS_INVALIDATE);
		HOLDS(locked ? got == -1 && errno == EBUSY : got == 0);
		EQUALS(munlock(p, page()), 0);
	}
}

CLAIM("1-092", "the pages of the range are written, at least those")
{
	const size_t apart = 16 << 20;
	char *near, *far;
	int fd;

	need_disk();
	fd = make_file(apart + page());
	near = map(fd, page(), MAP_SHARED);
	far = mmap(NULL, page(), RW, MAP_SHARED, fd, (off_t)apart);
	HOLDS(far != MAP_FAILED);
	for (int i = 0; i < 100; i++) {
		make_dirty(near, 'x');
		make_dirty(far, 'x');
		EQUALS(byte_of(fd, apart), 'x');
		EQUALS(msync(near, 1, MS_SYNC), 0);
		EQUALS(dirty(near), 0);
		if (dirty(far) > 0)
			return;
	}
	SKIP("this file system writes the whole file; ext4 in /tmp does not");
}
