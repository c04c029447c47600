/*
 * claims - what the notes say about huge pages, executed
 *
 * Ids are rows of docs/claims.tsv; L15-.. are claims of this course. Most
 * systems reserve no huge pages: see borrow() for how a proof gets some.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../common/proof/claim.h"

#ifndef MADV_COLLAPSE			/* Linux 6.1 */
#define MADV_COLLAPSE 25
#endif
#ifndef MAP_HUGE_SHIFT
#define MAP_HUGE_SHIFT 26
#endif

#define THP "/sys/kernel/mm/transparent_hugepage/"
#define OVERCOMMIT "/proc/sys/vm/nr_overcommit_hugepages"

enum {
	RW = PROT_READ | PROT_WRITE,
	OWN = MAP_PRIVATE | MAP_ANONYMOUS,
	SHARED = MAP_SHARED | MAP_ANONYMOUS,
};

/* The first number in FILE; -1 if there is none. */
static long number(const char *file)
{
	FILE *f = fopen(file, "r");
	long n;

	if (!f)
		return -1;
	if (fscanf(f, "%ld", &n) != 1)
		n = -1;
	fclose(f);
	return n;
}

/* The number behind NAME in /proc/meminfo; -1 if it is not there. */
static long info(const char *name)
{
	FILE *f = fopen("/proc/meminfo", "r");
	char line[128];
	long n = -1;

	HOLDS(f != NULL);
	while (fgets(line, sizeof line, f))
		if (strncmp(line, name, strlen(name)) == 0)
			n = atol(line + strlen(name));
	fclose(f);
	return n;
}

/* Bytes of a huge page, the kind that MAP_HUGETLB takes. The pool belongs to
 * the whole system, so one proof at a time: the lock lasts until its end. */
static size_t huge_size(void)
{
	long kb = info("Hugepagesize:");
	static int lock = -1;

	if (lock == -1) {
		lock = open("/sys/kernel/mm/hugepages", O_RDONLY);
		flock(lock, LOCK_EX);
	}
	if (kb <= 0)
		SKIP("this kernel has no huge pages (CONFIG_HUGETLBFS)");
	if (kb > 64 << 10)
		SKIP("a huge page has %ld kB here: too much to try", kb);
	return (size_t)kb * 1024;
}

/* More huge pages than this system has or may make. */
static size_t too_many(void)
{
	return (size_t)(info("HugePages_Total:") + number(OVERCOMMIT) + 1);
}

/* From smaps, about the mapping that P lies in: the line NAME, in BUF. */
static char *smaps(const char *p, const char *name, char buf[256])
{
	unsigned long from, to, at = (unsigned long)(uintptr_t)p;
	FILE *f = fopen("/proc/self/smaps", "r");
	int ours = 0;

	if (!f)
		SKIP("no smaps here; it needs CONFIG_PROC_PAGE_MONITOR");
	while (fgets(buf, 256, f)) {
		if (sscanf(buf, "%lx-%lx ", &from, &to) == 2)
			ours = from <= at && at < to;
		else if (ours && strncmp(buf, name, strlen(name)) == 0)
			break;
		*buf = '\0';
	}
	fclose(f);
	return buf;
}

/* A number of smaps, in bytes. */
static long bytes(const char *p, const char *name)
{
	char buf[256];
	long kb = -1;

	HOLDS(sscanf(smaps(p, name, buf), "%*[^:]: %ld", &kb) == 1);
	return kb * 1024;
}

static int write_number(const char *file, size_t n)
{
	int fd = open(file, O_WRONLY | O_CLOEXEC);
	int ok = fd != -1 && dprintf(fd, "%zu", n) > 0;

	if (fd != -1)
		close(fd);
	return ok;
}

static sigset_t old_mask;

/*
 * lend() lets the pool make N pages more, where it has none and we may, until
 * lent(); in between stands one call. Pages made so go when their mapping
 * goes: even a SIGKILL leaves none behind. No signal that can be blocked
 * comes in between. A limit that is not 0 is somebody's, and stays.
 */
static int lend(size_t n)
{
	sigset_t all;

	if (number(OVERCOMMIT) != 0)
		return 0;
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &old_mask);
	n += (size_t)info("HugePages_Surp:");	/* some may be on the way out */
	if (write_number(OVERCOMMIT, n))
		return 1;
	sigprocmask(SIG_SETMASK, &old_mask, NULL);
	return 0;
}

static void lent(void)
{
	int err = errno;

	write_number(OVERCOMMIT, 0);
	sigprocmask(SIG_SETMASK, &old_mask, NULL);
	errno = err;
}

_Noreturn static void no_page(void)
{
	SKIP("no huge page is free; as root: sysctl vm.nr_hugepages=4, and "
	     "when done: sysctl vm.nr_hugepages=0");
}

/* N huge pages, mapped. */
static char *borrow(size_t n, int flags)
{
	size_t length = n * huge_size();
	char *p = mmap(NULL, length, RW, flags | MAP_HUGETLB, -1, 0);

	if (p == MAP_FAILED && lend(n)) {
		p = mmap(NULL, length, RW, flags | MAP_HUGETLB, -1, 0);
		lent();
	}
	if (p == MAP_FAILED)
		no_page();
	return p;
}

/* The letter after '[' in the switch FILE: "always [madvise] never". */
static int setting(const char *file)
{
	char line[128] = "";
	FILE *f = fopen(file, "r");

	if (!f || !fgets(line, sizeof line, f) || !strchr(line, '['))
		SKIP("this kernel has no transparent huge pages");
	fclose(f);
	return strchr(line, '[')[1];
}

static size_t thp_size(void)
{
	long n = number(THP "hpage_pmd_size");

	if (n <= 0)
		SKIP("this kernel has no transparent huge pages");
	if (n > 64 << 20)
		SKIP("they have %ld bytes here: too much to try", n);
	return (size_t)n;
}

/* LENGTH bytes that begin at a multiple of a huge page's size. */
static char *aligned(size_t length, int flags)
{
	size_t size = thp_size();
	char *p = mmap(NULL, length + size, RW, flags, -1, 0);

	HOLDS(p != MAP_FAILED);
	return p + (size - (uintptr_t)p % size) % size;
}

/* Advise one huge page's worth, store a byte: what lies under it? */
static long huge_after(int advice)
{
	size_t size = thp_size();
	char *p = aligned(size, OWN);

	EQUALS(madvise(p, size, advice), 0);
	*p = 1;
	return bytes(p, "AnonHugePages:");
}

/* A transparent huge page, or no proof: a system may have none in one piece. */
static char *thp(void)
{
	size_t size = thp_size();
	char *p = aligned(size, OWN);

	if (setting(THP "enabled") == 'n')
		SKIP("the switch is never; as root: echo madvise > " THP
		     "enabled");
	EQUALS(madvise(p, size, MADV_HUGEPAGE), 0);
	*p = 1;
	if (bytes(p, "AnonHugePages:") == 0)
		SKIP("no huge page in one piece; as root: "
		     "echo 1 > /proc/sys/vm/compact_memory");
	return p;
}

/* What a child gets when it stores to AT: 0, or 128 + signal. */
static int store(char *at)
{
	pid_t pid = fork();

	if (pid == 0) {
		*(volatile char *)at = 'x';
		_exit(0);
	}
	return ends(pid);
}

CLAIM("1-064 1-065 1-115 1-119",
      "more huge pages than there are: ENOMEM from mmap(), no signal")
{
	size_t size = huge_size(), length = too_many() * size;

	FAILS(mmap(NULL, length, RW, OWN | MAP_HUGETLB, -1, 0), ENOMEM);
	FAILS(mmap(NULL, length, RW, SHARED | MAP_HUGETLB, -1, 0), ENOMEM);
}

CLAIM("1-064", "much data needs no huge pages: 1 GiB is mapped without")
{
	char *p = mmap(NULL, 1 << 30, RW, OWN | MAP_NORESERVE, -1, 0);

	HOLDS(p != MAP_FAILED);
	p[(1 << 30) - 1] = 1;
}

CLAIM("1-064 1-065 1-115", "with pages in the pool MAP_HUGETLB gets them")
{
	size_t size = huge_size();
	char *p = borrow(1, OWN), flags[256];

	p[size - 1] = 1;
	EQUALS(bytes(p, "KernelPageSize:"), size);
	HOLDS(strstr(smaps(p, "VmFlags:", flags), " ht"));
}

CLAIM("1-116", "the setting is a file in /proc, and in /sys for each size")
{
	char path[96];

	snprintf(path, sizeof path,
		 "/sys/kernel/mm/hugepages/hugepages-%zukB/nr_hugepages",
		 huge_size() / 1024);
	if (number(path) == -1)
		SKIP("/sys is not mounted here; mount -t sysfs sys /sys");
	HOLDS(number("/proc/sys/vm/nr_hugepages") >= 0);
	EQUALS(number(path), number("/proc/sys/vm/nr_hugepages"));
}

CLAIM("1-115 1-117", "HugePages_Total is what was set up: vm.nr_hugepages")
{
	long surplus, total, set;

	huge_size();
	HOLDS(info("HugePages_Free:") >= 0 && info("HugePages_Rsvd:") >= 0);
	do {				/* again, if it changes just now */
		surplus = info("HugePages_Surp:");
		total = info("HugePages_Total:");
		set = number("/proc/sys/vm/nr_hugepages");
	} while (info("HugePages_Surp:") != surplus ||
		 info("HugePages_Total:") != total);
	EQUALS(total, set + surplus);
}

/* Reserve what is free, untouched, so that the pool has nothing to give. */
static void empty_the_pool(void)
{
	long n = info("HugePages_Free:") - info("HugePages_Rsvd:");

	if (number(OVERCOMMIT) != 0 || n > 16)
		SKIP("the pool here is in use; it needs an empty one");
	if (n > 0)
		HOLDS(mmap(NULL, (size_t)n * huge_size(), RW,
			   OWN | MAP_HUGETLB, -1, 0) != MAP_FAILED);
}

CLAIM("1-118 1-119", "SIGBUS comes only without a reservation: MAP_NORESERVE")
{
	size_t size = huge_size();
	char *p;

	empty_the_pool();
	FAILS(mmap(NULL, size, RW, OWN | MAP_HUGETLB, -1, 0), ENOMEM);
	p = mmap(NULL, size, RW, OWN | MAP_HUGETLB | MAP_NORESERVE, -1, 0);
	HOLDS(p != MAP_FAILED);
	EQUALS(store(p), 128 + SIGBUS);
#ifdef SIGBUG
	EQUALS(SIGBUG, SIGBUS);			/* a name nobody has */
#endif
}

/* Kernels before 6.1, if they have not got the correction, reserve at shmat()
 * what SHM_NORESERVE told shmget() not to reserve. */
CLAIM("1-119 1-200", "SHM_HUGETLB: ENOMEM at once; SHM_NORESERVE: SIGBUS "
      "later, or before Linux 6.1 ENOMEM from shmat()")
{
	size_t size = huge_size();
	void *at;
	int id;

	id = shmget(IPC_PRIVATE, too_many() * size, SHM_HUGETLB | 0600);
	if (id == -1 && errno == EPERM)
		SKIP("it takes root, or the group of vm.hugetlb_shm_group");
	HOLDS(id == -1 && errno == ENOMEM);
	empty_the_pool();
	id = shmget(IPC_PRIVATE, size, SHM_HUGETLB | SHM_NORESERVE | 0600);
	HOLDS(id >= 0);
	at = shmat(id, NULL, 0);
	if (at == (void *)-1 && kernel_version() < 601)
		EQUALS(errno, ENOMEM);
	else
		HOLDS(at != (void *)-1);
	EQUALS(shmctl(id, IPC_RMID, NULL), 0);
	if (at != (void *)-1)
		EQUALS(store(at), 128 + SIGBUS);
}

CLAIM("1-200", "SHM_HUGETLB is EPERM without CAP_IPC_LOCK and the group")
{
	struct rlimit none = { 0, 0 };
	long group = number("/proc/sys/vm/hugetlb_shm_group");
	size_t size = huge_size();

	become_ordinary_user();
	if (group == (long)getegid())
		SKIP("this user is in the group of vm.hugetlb_shm_group");
	HOLDS(setrlimit(RLIMIT_MEMLOCK, &none) == 0);
	FAILS(shmget(IPC_PRIVATE, size, SHM_HUGETLB | 0600), EPERM);
}

CLAIM("1-121", "the switch shows three words, the one in force in brackets")
{
	char line[128] = "";
	FILE *f = fopen(THP "enabled", "r");

	HOLDS(strchr("amn", setting(THP "enabled")) != NULL);
	HOLDS(f && fgets(line, sizeof line, f));
	fclose(f);
	HOLDS(strstr(line, "always") && strstr(line, "madvise") &&
	      strstr(line, "never"));
	HOLDS(strchr(line, '[') == strrchr(line, '['));
}

CLAIM("1-120 1-122 1-124", "without advice: huge pages in mode always only")
{
	long got = huge_after(MADV_NORMAL);

	if (setting(THP "enabled") != 'a')
		EQUALS(got, 0);
	else if (got == 0)
		SKIP("no huge page in one piece; as root: "
		     "echo 1 > /proc/sys/vm/compact_memory");
}

CLAIM("1-120 1-122 1-125", "with MADV_HUGEPAGE: in modes always and madvise")
{
	size_t size = thp_size();

	if (setting(THP "enabled") == 'n')
		EQUALS(huge_after(MADV_HUGEPAGE), 0);
	else
		EQUALS(bytes(thp(), "AnonHugePages:"), size);
}

CLAIM("1-125", "mode madvise means MADV_HUGEPAGE, no other advice")
{
	if (setting(THP "enabled") == 'a')
		SKIP("the switch is always; as root: echo madvise > " THP
		     "enabled");
	EQUALS(huge_after(MADV_SEQUENTIAL), 0);
	EQUALS(huge_after(MADV_WILLNEED), 0);
	EQUALS(huge_after(MADV_RANDOM), 0);
}

CLAIM("1-120", "not size but a whole aligned huge page in the area counts")
{
	size_t size = thp_size();
	char *p;

	thp();					/* or skip */
	p = aligned(2 * size, OWN);
	EQUALS(munmap(p, size / 2), 0);		/* halves on both sides of a */
	EQUALS(munmap(p + size + size / 2, size / 2), 0);	/* boundary */
	p += size / 2;
	EQUALS(madvise(p, size, MADV_HUGEPAGE), 0);
	memset(p, 1, size);			/* as large, yet none fits */
	EQUALS(bytes(p, "AnonHugePages:"), 0);
}

CLAIM("1-120", "shared memory has a switch of its own: shmem_enabled")
{
	size_t size = thp_size();
	char *p = aligned(size, SHARED);
	int mode = setting(THP "shmem_enabled");

	if (mode != 'n' && mode != 'd')
		SKIP("shmem_enabled is not never here; as root: "
		     "echo never > " THP "shmem_enabled");
	EQUALS(madvise(p, size, MADV_HUGEPAGE), 0);
	memset(p, 1, size);
	EQUALS(bytes(p, "ShmemPmdMapped:"), 0);
	EQUALS(bytes(p, "AnonHugePages:"), 0);
}

static long faults_to_fill(char *p, size_t size)
{
	struct rusage before, after;

	EQUALS(getrusage(RUSAGE_SELF, &before), 0);
	for (size_t i = 0; i < size; i += 4096)
		*(volatile char *)(p + i) = 1;
	EQUALS(getrusage(RUSAGE_SELF, &after), 0);
	return after.ru_minflt - before.ru_minflt;
}

CLAIM("1-123", "what it saves for certain: one page fault, not hundreds")
{
	size_t size = thp_size();
	char *few, *many = aligned(size, OWN);

	thp();					/* or skip */
	few = aligned(size, OWN);
	EQUALS(madvise(few, size, MADV_HUGEPAGE), 0);
	EQUALS(madvise(many, size, MADV_NOHUGEPAGE), 0);
	HOLDS(faults_to_fill(many, size) >= (long)(size / 65536));
	HOLDS(faults_to_fill(few, size) <= 4);
}

CLAIM("1-126", "prctl(PR_SET_THP_DISABLE): none for this process, its children")
{
	pid_t child;

	thp_size();
	EQUALS(prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0), 0);
	EQUALS(huge_after(MADV_HUGEPAGE), 0);
	child = fork();
	if (child == 0)
		_exit(prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0) != 1 ||
		      huge_after(MADV_HUGEPAGE) != 0);
	EQUALS(ends(child), 0);
}

CLAIM("1-126", "MADV_COLLAPSE asks no switch: it makes huge what is small")
{
	size_t size = thp_size();
	char *p = aligned(size, OWN);

	memset(p, 77, size);
	if (madvise(p, size, MADV_COLLAPSE) == -1)
		SKIP("MADV_COLLAPSE: %s; Linux 6.1 can, with memory in one "
		     "piece", errno_name(errno));
	EQUALS(bytes(p, "AnonHugePages:"), size);
	EQUALS(p[size - 1], 77);
}

CLAIM("L15-01", "MADV_NOHUGEPAGE: none in any mode")
{
	EQUALS(huge_after(MADV_NOHUGEPAGE), 0);
}

CLAIM("L15-02", "one small page changed alone splits a huge one, bytes stay")
{
	size_t size = thp_size();
	char *p = thp();

	memset(p, 77, size);
	EQUALS(munmap(p + size / 2, (size_t)sysconf(_SC_PAGESIZE)), 0);
	EQUALS(bytes(p, "AnonHugePages:"), 0);
	EQUALS(p[0], 77);
	EQUALS(p[size - 1], 77);
}

CLAIM("L15-03", "a memfd of huge pages has a multiple of their size, or EINVAL")
{
	size_t size = huge_size();
	int fd = memfd_create("huge", MFD_HUGETLB);
	struct stat st;

	HOLDS(fd >= 0);
	EQUALS(fstat(fd, &st), 0);
	EQUALS(st.st_blksize, size);
	FAILS(ftruncate(fd, 100), EINVAL);
	EQUALS(ftruncate(fd, (off_t)size), 0);	/* a size is no page yet */
}

CLAIM("L15-04", "posix_fallocate() asks beforehand: ENOSPC, and no SIGBUS")
{
	size_t size = huge_size();
	int fd = memfd_create("huge", MFD_HUGETLB);

	HOLDS(fd >= 0);
	empty_the_pool();
	EQUALS(posix_fallocate(fd, 0, (off_t)size), ENOSPC);
}

CLAIM("L15-05", "mmap() rounds the length up; munmap() wants whole huge pages")
{
	size_t size = huge_size();
	char *p = borrow(1, OWN);

	EQUALS(munmap(p, size), 0);
	p = borrow(1, OWN);
	FAILS(munmap(p, 100), EINVAL);
	EQUALS(munmap(p, size), 0);
}

CLAIM("L15-06", "the address is a multiple of the size; MAP_FIXED else: EINVAL")
{
	size_t size = huge_size();
	char *p = aligned(4 * size, OWN);

	FAILS(mmap(p + 4096, size, RW, OWN | MAP_HUGETLB | MAP_FIXED, -1, 0),
	      EINVAL);
	EQUALS((uintptr_t)borrow(1, OWN) % size, 0);
}

CLAIM("L15-07", "a size the processor does not have is EINVAL: 8 KiB")
{
	huge_size();
	FAILS(mmap(NULL, 1 << 30, RW,
		   OWN | MAP_HUGETLB | (13 << MAP_HUGE_SHIFT), -1, 0), EINVAL);
}

CLAIM("L15-08", "mmap() reserves (HugePages_Rsvd), the first touch takes")
{
	size_t size = huge_size();
	char *p = borrow(1, OWN);

	HOLDS(info("HugePages_Rsvd:") >= 1);
	EQUALS(bytes(p, "Private_Hugetlb:"), 0);
	*p = 1;
	EQUALS(bytes(p, "Private_Hugetlb:"), size);
	EQUALS(bytes(p, "Rss:"), 0);		/* counted nowhere else */
	EQUALS(bytes(p, "AnonHugePages:"), 0);
}

CLAIM("L15-09", "two processes share a huge page as they share a small one")
{
	size_t size = huge_size();
	char *p = borrow(1, SHARED);

	EQUALS(store(p + size - 1), 0);
	EQUALS(p[size - 1], 'x');
}

CLAIM("1-200 L15-10", "a segment on huge pages: shmget() asks for them")
{
	size_t size = huge_size();
	int id = shmget(IPC_PRIVATE, size, SHM_HUGETLB | 0600);
	char *p;

	if (id == -1 && errno == EPERM)
		SKIP("it takes root, or the group of vm.hugetlb_shm_group");
	if (id == -1 && lend(1)) {
		id = shmget(IPC_PRIVATE, size, SHM_HUGETLB | 0600);
		lent();
	}
	if (id == -1)
		no_page();
	p = shmat(id, NULL, 0);
	EQUALS(shmctl(id, IPC_RMID, NULL), 0);
	HOLDS(p != (void *)-1);
	EQUALS(store(p), 0);
	EQUALS(*p, 'x');
	EQUALS(bytes(p, "KernelPageSize:"), size);
}

/* The parent stores, there is no page for a copy: the child loses its own. */
CLAIM("L15-11", "private, after fork(), no page for the copy: the child dies")
{
	char *p = borrow(1, OWN), c;
	pid_t child;
	int go[2];

	*p = 1;
	empty_the_pool();
	HOLDS(pipe(go) == 0);
	child = fork();
	if (child == 0) {
		HOLDS(read(go[0], &c, 1) == 1);
		_exit(*(volatile char *)p);
	}
	*p = 2;
	EQUALS(write(go[1], "x", 1), 1);
	EQUALS(ends(child), 128 + SIGBUS);
	EQUALS(*p, 2);
}
