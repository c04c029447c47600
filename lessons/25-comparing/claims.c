/*
 * claims - what the notes say about comparing, executed
 *
 * No proof asserts a speed: on another machine, or beside a busy neighbour, it
 * would be wrong. They prove what makes a figure worth reading: that the data
 * arrived, who else ran, what the statistics do, and that nothing is missing.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "../../common/bench/inside.h"
#include "../../common/proof/claim.h"

/* What PROGRAM of the build folder prints with ARGUMENTS, both outputs. The
 * text is static: the next call overwrites it. */
static const char *says(const char *program, const char *arguments)
{
	static char text[64 * 1024];
	char exe[PATH_MAX], command[PATH_MAX + 512];
	ssize_t len = readlink("/proc/self/exe", exe, sizeof exe - 1);
	size_t n;
	FILE *f;

	HOLDS(len > 0);
	exe[len] = '\0';
	*strrchr(exe, '/') = '\0';
	snprintf(command, sizeof command, "'%s/../../build/%s' %s 2>&1", exe,
		 program, arguments);
	f = popen(command, "r");
	HOLDS(f != NULL);
	n = fread(text, 1, sizeof text - 1, f);
	text[n] = '\0';
	pclose(f);
	return text;
}

/* A line of TEXT begins with BEGIN and has PART behind it. */
static int line_has(const char *text, const char *begin, const char *part)
{
	size_t len = strlen(begin);
	char line[1024];

	while (*text) {
		size_t n = strcspn(text, "\n");

		snprintf(line, sizeof line, "%.*s", (int)n, text);
		if (strncmp(line, begin, len) == 0 && strstr(line + len, part))
			return 1;
		text += n + (text[n] == '\n');
	}
	return 0;
}

/* ------------------------------------------------ nothing is missing */

/* The facilities of the benchmark, each with the lessons that teach it. */
static const struct {
	const char *name;
	const char *lessons;
} taught[] = {
	{ "pipe", "00 01 24" },		{ "fifo", "02" },
	{ "sysv-queue", "03 24" },	{ "posix-queue", "04 05" },
	{ "sysv-shm-sem", "06" },	{ "sysv-shm-ring", "06" },
	{ "posix-shm-sem", "07" },	{ "posix-shm-ring", "07" },
	{ "sysv-sem", "08 09" },	{ "sysv-sem-combined", "08 09" },
	{ "sysv-sem-undo", "08" },	{ "posix-named-sem", "10" },
	{ "posix-sem", "11" },		{ "file-sem", "12" },
	{ "file-ring", "12" },		{ "futex", "13" },
	{ "signal", "16" },		{ "rt-signal", "17" },
	{ "eventfd", "18" },		{ "unix-stream", "19 25" },
	{ "tcp", "19" },		{ "unix-dgram", "20" },
	{ "unix-seqpacket", "20" },	{ "udp", "20" },
	{ "record-lock", "21" },	{ "lock-record", "21" },
	{ "flock", "21" },		{ "lock-ofd", "21" },
	{ "cond", "22" },		{ "mutex", "22" },
	{ "mutex-robust", "22" },	{ "mutex-inherit", "22" },
	{ "pty", "23" },		{ "vmsplice", "25" },
	{ "vm-readv", "25" },
	/* A way to use memory, not a facility; and advice carries nothing. */
	{ "in-place", "" },		{ "spinlock", "" },
	{ "ring-naive", "" },		{ "ring-padded", "" },
	{ "ring-cached", "" },		{ "ring-batched", "" },
	{ NULL, "14 15" },
};
enum { TAUGHT = sizeof taught / sizeof *taught };

static int is_taught(const char *name)
{
	for (size_t i = 0; i < TAUGHT; i++)
		if (taught[i].name && strcmp(taught[i].name, name) == 0)
			return 1;
	return 0;
}

static int has_row(const char *lesson)
{
	for (size_t i = 0; i < TAUGHT; i++)
		if (strstr(taught[i].lessons, lesson))
			return 1;
	return 0;
}

CLAIM("L25-01", "every facility that a lesson teaches stands in the tables")
{
	const char *list = says("bench", "-l");
	char exe[PATH_MAX] = "", name[64];
	ssize_t len = readlink("/proc/self/exe", exe, sizeof exe - 1);
	struct dirent *entry;
	int lessons = 0;
	DIR *dir;

	/* All that the list below names is measured... */
	for (size_t i = 0; i < TAUGHT; i++)
		if (taught[i].name && !line_has(list, taught[i].name, " "))
			claim_fail(__FILE__, __LINE__, "%s is not listed",
				   taught[i].name);
	/* ... and it names all that is. */
	for (const char *at = list; *at; at += strcspn(at, "\n") + 1) {
		HOLDS(sscanf(at, "%63s", name) == 1);
		if (!is_taught(name))
			claim_fail(__FILE__, __LINE__, "%s: which lesson?",
				   name);
		HOLDS(strchr(at, '\n') != NULL);
	}
	/* Each folder of lessons/ has a row. */
	HOLDS(len > 0);
	*strrchr(exe, '/') = '\0';
	*strrchr(exe, '/') = '\0';
	dir = opendir(exe);
	HOLDS(dir != NULL);
	while ((entry = readdir(dir)) != NULL) {
		snprintf(name, sizeof name, "%.2s", entry->d_name);
		if (strspn(name, "0123456789") != 2)
			continue;
		lessons++;
		if (!has_row(name))
			claim_fail(__FILE__, __LINE__, "lesson %s: what"
				   " measures it?", name);
	}
	closedir(dir);
	HOLDS(lessons > 20);
}

CLAIM("1-006 L25-02", "the order memory, queue, socket is measured as ratios of"
      " one run, in each of the three places")
{
	const char *out;
	cpu_set_t may;

	HOLDS(sched_getaffinity(0, sizeof may, &may) == 0);
	if (CPU_COUNT(&may) < 2)
		SKIP("only one CPU is allowed here; see taskset(1)");
	out = says("bench", "-t -c -f "
		   "posix-queue,posix-shm-sem,posix-shm-ring,unix-stream");
	HOLDS(line_has(out, "queue : memory+semaphore, 64 B, one CPU", "("));
	HOLDS(line_has(out, "UNIX stream : queue, 64 B, one CPU", "("));
	HOLDS(line_has(out, "queue : memory+word, 64 B, two CPUs, spin", "("));
	HOLDS(line_has(out, "UNIX stream : queue, 64 B, two CPUs, spin", "("));
	HOLDS(line_has(out, "queue : memory+semaphore, 64 B, two CPUs, asl",
		       "("));
	HOLDS(line_has(out, "UNIX stream : queue, 64 B, two CPUs, asl", "("));
}

/* ---------------------------------------------------- the data arrived */

CLAIM("L25-03", "a facility that changes one bit of a message is void, and only"
      " its own row")
{
	const char *out = says("bench-broken",
			       "-t -s 64 -p one -f good,one-bit");

	HOLDS(line_has(out, "one bit ", "VOID: the payload"));
	HOLDS(line_has(out, "good ", "."));
	HOLDS(!line_has(out, "good ", "VOID"));
}

/* What bench-broken says of the facilities CHOSEN, some of which hang. The
 * limit is short, and longer where ROW ran into it too, which does not hang:
 * the machine may stand still for a second. A proof has ten. */
static const char *says_broken(const char *chosen, const char *row)
{
	const char *out = "";
	char arguments[64];

	for (int limit = 1; limit <= 2; limit++) {
		snprintf(arguments, sizeof arguments,
			 "-t -p one -w %d %s", limit, chosen);
		out = says("bench-broken", arguments);
		if (!line_has(out, row, "VOID: hangs"))
			break;
	}
	return out;
}

CLAIM("L25-04", "one that loses or repeats a message is void")
{
	const char *out = says_broken("-s 256 -f lose,twice,good",
				      "a message twice ");

	HOLDS(line_has(out, "good ", "."));
	HOLDS(!line_has(out, "good ", "VOID"));
	HOLDS(line_has(out, "a message twice ", "VOID: the payload"));
	HOLDS(line_has(out, "loses a message ", "VOID: hangs"));
}

/* Of 5000 datagrams, how many come: if the receiver takes EACH one before the
 * next is sent, or begins when all are sent? */
static int datagrams_that_come(int each)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof at;
	int in = socket(AF_INET, SOCK_DGRAM, 0), got = 0;
	int out = socket(AF_INET, SOCK_DGRAM, 0);
	char msg[1024] = "";

	HOLDS(bind(in, (struct sockaddr *)&at, len) == 0);
	HOLDS(getsockname(in, (struct sockaddr *)&at, &len) == 0);
	HOLDS(connect(out, (struct sockaddr *)&at, len) == 0);
	for (int i = 0; i < 5000; i++) {
		EQUALS(send(out, msg, sizeof msg, 0), sizeof msg);
		if (each && recv(in, msg, sizeof msg, 0) > 0)
			got++;
	}
	while (recv(in, msg, sizeof msg, MSG_DONTWAIT) > 0)
		got++;
	HOLDS(close(in) == 0 && close(out) == 0);
	return got;
}

CLAIM("L25-05", "UDP loses what does not fit and tells nobody, so a stream over"
      " it needs credit from the receiver")
{
	int late = datagrams_that_come(0);

	HOLDS(late > 0 && late < 5000);
	EQUALS(datagrams_that_come(1), 5000);
}

CLAIM("L25-07", "process_vm_readv() reads the memory of another process, which"
      " sleeps meanwhile and makes no call for it")
{
	static char text[16] = "as it was";
	char got[16] = "";
	struct iovec to = { got, sizeof got }, from = { text, sizeof text };
	unsigned long long ran;
	char path[64];
	pid_t pid = fork();

	if (pid == 0) {
		strcpy(text, "the child's own");
		for (;;)
			pause();
	}
	HOLDS(blocks(pid));
	/* It begins with the time that the child has had a CPU, in ns. */
	snprintf(path, sizeof path, "/proc/%d/schedstat", (int)pid);
	ran = number_in(path);
	if (process_vm_readv(pid, &to, 1, &from, 1, 0) == -1 && errno == EPERM)
		SKIP("reading another process is not allowed here (ptrace)");
	HOLDS(is_asleep(pid) == 1);
	HOLDS(number_in(path) == ran);
	HOLDS(strcmp(got, "the child's own") == 0);
	HOLDS(strcmp(text, "as it was") == 0);
	HOLDS(kill(pid, SIGKILL) == 0);
	EQUALS(ends(pid), 128 + SIGKILL);
}

CLAIM("L25-23", "process_vm_readv() of a process that has ended: ESRCH; of an"
      " address where it has no memory: EFAULT")
{
	char got[16];
	struct iovec to = { got, sizeof got }, from = { got, sizeof got };
	struct iovec nowhere = { NULL, sizeof got };
	pid_t pid = fork();

	if (pid == 0)
		for (;;)
			pause();
	for (int ended = 0; ended < 2; ended++) {
		ssize_t n = process_vm_readv(pid, &to, 1, &from, 1, 0);

		if (!ended) {
			/* The system may forbid it, but it is there. */
			HOLDS(n == sizeof got || (n == -1 && errno == EPERM));
			EQUALS(kill(pid, SIGKILL), 0);
			EQUALS(ends(pid), 128 + SIGKILL);
			continue;
		}
		HOLDS(n == -1 && errno == ESRCH);
	}
	FAILS(process_vm_readv(getpid(), &to, 1, &nowhere, 1, 0), EFAULT);
	FAILS(process_vm_readv(getpid(), &nowhere, 1, &from, 1, 0), EFAULT);
	EQUALS(process_vm_readv(getpid(), &to, 1, &from, 1, 0), sizeof got);
}

/* ------------------------------------- what each exchange costs at least */

/* A way for eight bytes from one process to another. */
struct way {
	int in, out;	/* descriptors, or the id of a System V queue twice */
	ssize_t (*give)(int in, const char *bytes);
	ssize_t (*take)(int out, char *bytes);
};

static ssize_t by_write(int in, const char *bytes)
{
	return write(in, bytes, 8);
}

static ssize_t by_read(int out, char *bytes)
{
	return read(out, bytes, 8);
}

static ssize_t by_msgsnd(int in, const char *bytes)
{
	struct { long type; char text[8]; } m = { .type = 1 };

	memcpy(m.text, bytes, sizeof m.text);
	return msgsnd(in, &m, sizeof m.text, 0) == 0 ? 8 : -1;
}

static ssize_t by_msgrcv(int out, char *bytes)
{
	struct { long type; char text[8]; } m;
	ssize_t n = msgrcv(out, &m, sizeof m.text, 0, 0);

	memcpy(bytes, m.text, sizeof m.text);
	return n;
}

static ssize_t by_mq_send(int in, const char *bytes)
{
	return mq_send(in, bytes, 8, 0) == 0 ? 8 : -1;
}

static ssize_t by_mq_receive(int out, char *bytes)
{
	return mq_receive(out, bytes, 8, NULL);
}

static struct way by_descriptors(int in, int out)
{
	HOLDS(in != -1 && out != -1);
	return (struct way){ in, out, by_write, by_read };
}

static struct way a_pipe(void)
{
	int fd[2];

	HOLDS(pipe(fd) == 0);
	return by_descriptors(fd[1], fd[0]);
}

static struct way a_fifo(void)
{
	int out;

	HOLDS(mkfifo("fifo", 0600) == 0);
	out = open("fifo", O_RDONLY | O_NONBLOCK);
	HOLDS(out != -1 && fcntl(out, F_SETFL, 0) == 0);
	return by_descriptors(open("fifo", O_WRONLY), out);
}

static struct way a_pair(int type)
{
	int fd[2];

	HOLDS(socketpair(AF_UNIX, type, 0, fd) == 0);
	return by_descriptors(fd[0], fd[1]);
}

/* At 127.0.0.1: TCP for SOCK_STREAM, else UDP. */
static struct way an_internet(int type)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof at;
	int in = socket(AF_INET, type, 0), out = socket(AF_INET, type, 0);

	HOLDS(in != -1 && bind(out, (struct sockaddr *)&at, len) == 0);
	HOLDS(type == SOCK_DGRAM || listen(out, 1) == 0);
	HOLDS(getsockname(out, (struct sockaddr *)&at, &len) == 0);
	HOLDS(connect(in, (struct sockaddr *)&at, len) == 0);
	return by_descriptors(in, type == SOCK_DGRAM ? out :
			      accept(out, NULL, NULL));
}

static struct way a_sysv_queue(void)
{
	int id = msgget(IPC_PRIVATE, 0600);

	HOLDS(id != -1);
	return (struct way){ id, id, by_msgsnd, by_msgrcv };
}

static struct way a_posix_queue(void)
{
	struct mq_attr attr = { .mq_maxmsg = 1, .mq_msgsize = 8 };
	char name[OWN_NAME];
	mqd_t q;

	needs_queues();
	own_name(name, "q");
	q = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attr);
	HOLDS(q != (mqd_t)-1 && mq_unlink(name) == 0);
	return (struct way){ q, q, by_mq_send, by_mq_receive };
}

static struct way a_terminal(void)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY), slave;
	struct termios t;

	if (master == -1)
		SKIP("no pseudoterminal can be had here; as root: "
		     "mount -t devpts devpts /dev/pts");
	HOLDS(grantpt(master) == 0 && unlockpt(master) == 0);
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	HOLDS(slave != -1 && tcgetattr(slave, &t) == 0);
	cfmakeraw(&t);
	t.c_cc[VMIN] = 8;
	HOLDS(tcsetattr(slave, TCSANOW, &t) == 0);
	return by_descriptors(master, slave);
}

/* "before!" is sent, and "after!!" is stored over it then. What arrives? */
static const char *what_arrives(struct way w)
{
	static char bytes[8], got[8];

	strcpy(bytes, "before!");
	EQUALS(w.give(w.in, bytes), 8);
	strcpy(bytes, "after!!");
	HOLDS(strcmp(bytes, "after!!") == 0);
	EQUALS(w.take(w.out, got), 8);
	return got;
}

static int shown;		/* how many ways this has been shown of */

static void copies(struct way w)
{
	HOLDS(strcmp(what_arrives(w), "before!") == 0);
	shown++;
}

static ssize_t by_vmsplice(int in, const char *bytes)
{
	struct iovec v = { (void *)(uintptr_t)bytes, 8 };

	return vmsplice(in, &v, 1, 0);
}

CLAIM("4-038 L25-06", "a pipe copies what is written; vmsplice() does not, so"
      " the writer must leave the page alone until it is read")
{
	struct way w = a_pipe();

	copies(w);
	EQUALS(shown, 1);
	w.give = by_vmsplice;
	HOLDS(strcmp(what_arrives(w), "after!!") == 0);
}

/* How a child ends that may make no system call, and does USE. */
static int without_calls(void (*use)(void))
{
	if (fork() == 0) {
		forbid_system_calls();
		use();
		_exit(0);
	}
	return ends(-1);
}

static struct way the_way;		/* of the next two */

static void give(void)
{
	HOLDS(the_way.give(the_way.in, "bytes!!") == 8);
}

static void take(void)
{
	char bytes[8] = "";

	HOLDS(the_way.take(the_way.out, bytes) == 8);
	HOLDS(strcmp(bytes, "bytes!!") == 0);
}

/* A child that may make no system call dies of either; we may, and get on. */
static void needs_calls(struct way w)
{
	the_way = w;
	EQUALS(without_calls(give), 128 + SIGSYS);
	EQUALS(without_calls(take), 128 + SIGSYS);
	give();
	take();
	shown++;
}

CLAIM("L25-25", "what is sent is copied when it is sent: by pipe, FIFO, stream"
      " socket, TCP, datagram socket, UDP and System V queue")
{
	copies(a_pipe());
	copies(a_fifo());
	copies(a_pair(SOCK_STREAM));
	copies(an_internet(SOCK_STREAM));
	copies(a_pair(SOCK_DGRAM));
	copies(an_internet(SOCK_DGRAM));
	copies(a_sysv_queue());
	EQUALS(shown, 7);
}

CLAIM("L25-25", "and by POSIX queue")
{
	copies(a_posix_queue());
	EQUALS(shown, 1);
}

CLAIM("L25-25", "and by pseudoterminal")
{
	copies(a_terminal());
	EQUALS(shown, 1);
}

static volatile char *shared;

static void store(void)
{
	*shared = 'x';
}

CLAIM("L25-26", "each piece that is sent takes a system call, and one more to"
      " receive it: by pipe, FIFO, stream socket, TCP, datagram socket, UDP"
      " and System V queue; a store in shared memory takes none")
{
	shared = mmap(NULL, 1, PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	HOLDS(shared != MAP_FAILED);
	EQUALS(without_calls(store), 0);
	EQUALS(*shared, 'x');
	needs_calls(a_pipe());
	needs_calls(a_fifo());
	needs_calls(a_pair(SOCK_STREAM));
	needs_calls(an_internet(SOCK_STREAM));
	needs_calls(a_pair(SOCK_DGRAM));
	needs_calls(an_internet(SOCK_DGRAM));
	needs_calls(a_sysv_queue());
	EQUALS(shown, 7);
}

CLAIM("L25-26", "by POSIX queue, too")
{
	needs_calls(a_posix_queue());
	EQUALS(shown, 1);
}

CLAIM("L25-26", "by pseudoterminal, too")
{
	needs_calls(a_terminal());
	EQUALS(shown, 1);
}

static int thing;	/* the file, the eventfd or the process of these: */

static void lock_record(void)
{
	struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	HOLDS(fcntl(thing, F_SETLK, &all) == 0);
}

static void lock_file(void)
{
	HOLDS(flock(thing, LOCK_EX | LOCK_NB) == 0);
}

static void ring(void)
{
	uint64_t one = 1;

	HOLDS(write(thing, &one, sizeof one) == sizeof one);
}

static void signal_it(void)
{
	HOLDS(kill(thing, SIGURG) == 0);	/* which nobody minds */
}

static void takes_a_call(int fd, void (*use)(void))
{
	HOLDS(fd != -1);
	thing = fd;
	EQUALS(without_calls(use), 128 + SIGSYS);
	use();			/* nobody has to wait for it */
	shown++;
}

CLAIM("L25-27", "each lock of a file, each step of an eventfd and each signal"
      " takes a system call, also when nobody has to wait")
{
	takes_a_call(open("f", O_RDWR | O_CREAT, 0600), lock_record);
	takes_a_call(open("f", O_RDWR | O_CREAT, 0600), lock_file);
	takes_a_call(eventfd(0, 0), ring);
	takes_a_call(getpid(), signal_it);
	EQUALS(shown, 4);	/* two locks, a step, a signal */
}

/* ---------------------------------------------- one call, or two */

/* A child passes what comes at semaphore 0 of set ID on to semaphore 1, by one
 * semop() of two steps or by two of one step. It counts in *RAN how often its
 * calls have returned. It shares one CPU with us, and as a batch process it
 * does not take that away from us when it is woken (sched(7)). */
static pid_t passes_on(int id, int calls, _Atomic long *ran)
{
	struct sembuf pass[2] = { { 0, -1, 0 }, { 1, 1, 0 } };
	struct sched_param none = { 0 };
	pid_t pid = fork();

	if (pid == 0) {
		if (sched_setscheduler(0, SCHED_BATCH, &none) == -1)
			_exit(1);
		while (semop(id, pass, calls == 1 ? 2 : 1) == 0) {
			if (calls == 2 && semop(id, pass + 1, 1) == -1)
				break;
			(*ran)++;
		}
		_exit(2);
	}
	return pid;
}

/* Of 21 times: how often is the answer there when our call that wakes the child
 * returns, though the child has not run? */
static int answered_asleep(int calls)
{
	struct sembuf give = { 0, 1, 0 }, take = { 1, -1, 0 };
	_Atomic long *ran = mmap(NULL, sizeof *ran, PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int id = semget(IPC_PRIVATE, 2, 0600), times = 0;
	pid_t pid;

	HOLDS(id != -1 && ran != MAP_FAILED);
	pid = passes_on(id, calls, ran);
	for (long i = 0; i < 21; i++) {
		HOLDS(blocks(pid));
		HOLDS(semop(id, &give, 1) == 0);
		if (semctl(id, 1, GETVAL) == 1 && *ran == i)
			times++;
		HOLDS(semop(id, &take, 1) == 0);
	}
	HOLDS(semctl(id, 0, IPC_RMID) == 0);
	EQUALS(ends(pid), 2);
	return times;
}

CLAIM("L25-14", "a sleeper's semop() of two steps is carried out by the process"
      " that wakes it: the answer is there before the sleeper has run; of two"
      " calls with a step each it is not")
{
	cpu_set_t one;
	int together, apart;

	/* On one CPU the sleeper cannot run as long as we do. */
	CPU_ZERO(&one);
	CPU_SET((size_t)sched_getcpu(), &one);
	HOLDS(sched_setaffinity(0, sizeof one, &one) == 0);
	HOLDS(sched_getaffinity(0, sizeof one, &one) == 0);
	EQUALS(CPU_COUNT(&one), 1);
	together = answered_asleep(1);
	apart = answered_asleep(2);
	/* We may be interrupted between two calls, but not most times. */
	if (together <= 10 || apart > 10)
		claim_fail(__FILE__, __LINE__, "together %d, apart %d of 21",
			   together, apart);
}

/* ------------------------------------------------ what ping relies on */

CLAIM("L25-16", "nobody can set CLOCK_MONOTONIC or CLOCK_MONOTONIC_RAW:"
      " clock_settime() says EINVAL; CLOCK_MONOTONIC never goes back")
{
	struct timespec first, before, after, day;

	/* A time that everybody would believe: it is the time of day. */
	HOLDS(clock_gettime(CLOCK_REALTIME, &day) == 0);
	HOLDS(day.tv_sec > 0);
	HOLDS(day.tv_nsec >= 0 && day.tv_nsec < 1000000000);
	FAILS(clock_settime(CLOCK_MONOTONIC, &day), EINVAL);
	FAILS(clock_settime(CLOCK_MONOTONIC_RAW, &day), EINVAL);
	HOLDS(clock_gettime(CLOCK_MONOTONIC, &first) == 0);
	before = first;
	for (int i = 0; i < 100000; i++) {
		HOLDS(clock_gettime(CLOCK_MONOTONIC, &after) == 0);
		HOLDS(after.tv_sec > before.tv_sec ||
		      (after.tv_sec == before.tv_sec &&
		       after.tv_nsec >= before.tv_nsec));
		before = after;
	}
	HOLDS(after.tv_sec < day.tv_sec);	/* it counts not from 1970 */
	/* It did not stand still either. */
	HOLDS(after.tv_sec != first.tv_sec || after.tv_nsec != first.tv_nsec);
}

static long long now_ns_of(clockid_t clock)
{
	struct timespec now;

	HOLDS(clock_gettime(clock, &now) == 0);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

CLAIM("L25-24", "CLOCK_PROCESS_CPUTIME_ID stands still while the process"
      " sleeps")
{
	long long used = now_ns_of(CLOCK_PROCESS_CPUTIME_ID);
	long long passed = now_ns_of(CLOCK_MONOTONIC);

	EQUALS(poll(NULL, 0, 200), 0);
	used = now_ns_of(CLOCK_PROCESS_CPUTIME_ID) - used;
	passed = now_ns_of(CLOCK_MONOTONIC) - passed;
	HOLDS(passed >= 200000000);
	HOLDS(used < 5000000);
	/* And it goes on while we work, up to what was slept and more. */
	used = now_ns_of(CLOCK_PROCESS_CPUTIME_ID);
	while (now_ns_of(CLOCK_PROCESS_CPUTIME_ID) - used < 200000000)
		continue;
}

CLAIM("L25-17", "the CPUs that a process may use are inherited over fork() and"
      " execve()")
{
	static const char *const show = "grep ^Cpus_allowed: /proc/self/status";
	char all[512] = "", pinned[512] = "", want[512] = "", got[512];
	cpu_set_t may, one;
	size_t cpu = 0;
	FILE *f;

	HOLDS(sched_getaffinity(0, sizeof may, &may) == 0);
	if (CPU_COUNT(&may) < 2)
		SKIP("only one CPU is allowed here; see taskset(1)");
	f = popen(show, "r");		/* fork() and execve(), twice */
	HOLDS(f && fgets(all, sizeof all, f));
	HOLDS(pclose(f) == 0);
	while (!CPU_ISSET(cpu, &may))
		cpu++;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	HOLDS(sched_setaffinity(0, sizeof one, &one) == 0);
	f = popen(show, "r");
	HOLDS(f && fgets(pinned, sizeof pinned, f));
	HOLDS(pclose(f) == 0);
	HOLDS(strcmp(all, pinned) != 0);
	f = fopen("/proc/self/status", "r");
	while (f && fgets(got, sizeof got, f))
		if (strncmp(got, "Cpus_allowed:", 13) == 0)
			snprintf(want, sizeof want, "%s", got);
	HOLDS(f && strcmp(pinned, want) == 0);
	fclose(f);
}

CLAIM("L25-18", "sched_setaffinity() without any CPU that is there: EINVAL, and"
      " nothing changes; of no process: ESRCH")
{
	cpu_set_t before, none, after;
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	EQUALS(ends(pid), 0);
	CPU_ZERO(&none);
	HOLDS(sched_getaffinity(0, sizeof before, &before) == 0);
	FAILS(sched_setaffinity(0, sizeof none, &none), EINVAL);
	HOLDS(sched_getaffinity(0, sizeof after, &after) == 0);
	HOLDS(CPU_EQUAL(&before, &after));
	/* One CPU, but no machine that we know has so many. */
	if (sysconf(_SC_NPROCESSORS_CONF) >= CPU_SETSIZE)
		SKIP("this machine may have a CPU of the number %d",
		     CPU_SETSIZE - 1);
	CPU_SET(CPU_SETSIZE - 1, &none);
	FAILS(sched_setaffinity(0, sizeof none, &none), EINVAL);
	HOLDS(sched_getaffinity(0, sizeof after, &after) == 0);
	HOLDS(CPU_EQUAL(&before, &after));
	FAILS(sched_setaffinity(pid, sizeof before, &before), ESRCH);
	HOLDS(sched_setaffinity(0, sizeof before, &before) == 0);
}

CLAIM("L25-19", "write() into a pipe returns when the kernel has the bytes,"
      " though nobody has read one")
{
	char bytes[4000] = "";
	int fd[2], in_pipe;

	HOLDS(pipe(fd) == 0);
	EQUALS(write(fd[1], bytes, sizeof bytes), sizeof bytes);
	HOLDS(ioctl(fd[0], FIONREAD, &in_pipe) == 0);
	EQUALS(in_pipe, sizeof bytes);
	EQUALS(read(fd[0], bytes, sizeof bytes), sizeof bytes);
	HOLDS(ioctl(fd[0], FIONREAD, &in_pipe) == 0);
	EQUALS(in_pipe, 0);
}

/* 200 balls are due, one each millisecond, and are back at once, but for number
 * 100, which takes BREAK_MS. How many take over 10 ms, counted from when they
 * were thrown or, SINCE_DUE, were due? */
static int late_balls(long break_ms, int since_due)
{
	long now = 0;
	int late = 0;

	for (long i = 0; i < 200; i++) {
		long due = i, thrown;

		if (now < due)
			now = due;	/* wait until it is due */
		thrown = now;
		if (i == 100)
			now += break_ms;
		if (now - (since_due ? due : thrown) > 10)
			late++;
	}
	return late;
}

CLAIM("L25-20", "after a break of 50 ms a loop that waits for each answer has"
      " one late ball; counted from when they were due, 40 are over 10 ms late")
{
	EQUALS(late_balls(50, 0), 1);
	EQUALS(late_balls(50, 1), 40);
	EQUALS(late_balls(0, 0), 0);
	EQUALS(late_balls(0, 1), 0);
}

CLAIM("L25-21", "when the other side of a pair of AF_UNIX stream sockets is"
      " closed, read() returns 0, or fails with ECONNRESET if that side had"
      " not read all; write() fails with EPIPE")
{
	int fd[2];
	char byte = 'x';

	HOLDS(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
	HOLDS(socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == 0);
	HOLDS(close(fd[1]) == 0);
	EQUALS(read(fd[0], &byte, 1), 0);
	FAILS(write(fd[0], &byte, 1), EPIPE);
	HOLDS(close(fd[0]) == 0);

	HOLDS(socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == 0);
	EQUALS(write(fd[0], &byte, 1), 1);
	HOLDS(close(fd[1]) == 0);
	FAILS(read(fd[0], &byte, 1), ECONNRESET);
	HOLDS(close(fd[0]) == 0);
}

CLAIM("L25-22", "a stop and a continue ends no read() of a pipe or of a stream"
      " socket, and no waitpid()")
{
	for (int kind = 0; kind < 3; kind++) {
		int fd[2], status;
		char byte = 'x';
		pid_t pid;

		if (kind == 0)
			HOLDS(pipe(fd) == 0);
		else
			HOLDS(socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == 0);
		pid = fork();
		if (pid == 0) {
			close(fd[1]);
			if (kind == 2) {
				pid = fork();
				if (pid == 0) {
					HOLDS(read(fd[0], &byte, 1) == 1);
					_exit(7);
				}
				HOLDS(waitpid(pid, &status, 0) == pid);
				_exit(WEXITSTATUS(status));
			}
			_exit(read(fd[0], &byte, 1) != 1);
		}
		HOLDS(close(fd[0]) == 0);
		HOLDS(blocks(pid));
		HOLDS(kill(pid, SIGSTOP) == 0);
		HOLDS(waitpid(pid, &status, WUNTRACED) == pid);
		HOLDS(WIFSTOPPED(status));
		HOLDS(kill(pid, SIGCONT) == 0);
		HOLDS(blocks(pid));
		EQUALS(write(fd[1], &byte, 1), 1);
		/* 7 is what the one that is waited for has said. */
		EQUALS(ends(pid), kind == 2 ? 7 : 0);
		HOLDS(close(fd[1]) == 0);
	}
}

/* ------------------------------------------------------ the statistics */

CLAIM("L25-08", "one long delay moves the mean, not the median; only a high"
      " percentile shows it")
{
	enum { TIMES = 100 };
	double v[TIMES], sum = 0;
	uint32_t single[TIMES];

	for (size_t i = 0; i < TIMES; i++) {
		v[i] = i == 42 ? 300000 : 1800;
		single[i] = (uint32_t)v[i];
		sum += v[i];
	}
	EQUALS(sum / TIMES, 4782);
	EQUALS(median(v, TIMES), 1800);
	EQUALS(percentile(single, TIMES, 98), 1800);
	EQUALS(percentile(single, TIMES, 100), 300000);
}

/* The next larger double: the bits of positive ones are ordered as numbers. */
static double next_double(double x)
{
	uint64_t bits;

	memcpy(&bits, &x, sizeof bits);
	bits++;
	memcpy(&x, &bits, sizeof x);
	return x;
}

CLAIM("L25-09", "a time since 1970 in nanoseconds does not fit in a double: it"
      " comes in steps of 256")
{
	double now = 1.7e18;		/* in November 2023 */

	HOLDS(next_double(now) - now == 256);
	HOLDS(now + 100 == now);
	HOLDS((int64_t)now + 100 != (int64_t)now);
}

CLAIM("L25-10", "a ratio of each round is steadier than a ratio of medians when"
      " a slow time hits both sides")
{
	enum { TURNS = 5 };
	/* The machine is two times slower in round 3, and three times in rounds
	 * 4 and 5. In round 3 something else delays A by a quarter. */
	double a[] = { 20, 20, 50, 60, 60 }, b[] = { 10, 10, 20, 30, 30 };
	/* The same delay, and no slow time. */
	double c[] = { 20, 20, 25, 20, 20 }, d[] = { 10, 10, 10, 10, 10 };
	double r[TURNS];

	ratios(a, b, r, TURNS);
	HOLDS(median(r, TURNS) == 2);
	HOLDS(median(a, TURNS) / median(b, TURNS) == 2.5);
	ratios(c, d, r, TURNS);
	HOLDS(median(r, TURNS) == 2);
	HOLDS(median(c, TURNS) / median(d, TURNS) == 2);

	/* Without that delay the slow time is in both sides alike. */
	a[2] = 40;
	ratios(a, b, r, TURNS);
	EQUALS(spread(a, TURNS) * 100, 100);
	EQUALS(spread(b, TURNS) * 100, 100);
	HOLDS(spread(r, TURNS) == 0);
}

/* --------------------------------------------------- who else was there */

CLAIM("L25-15", "what ran while the CPU itself was slow does not count, be it"
      " large or small")
{
	/* Fixed work took half as long again beside the third, the fourth. */
	double v[] = { 20, 21, 35, 9, 20 }, pace[] = { 10, 11, 15, 16, 10 };
	double kept[5];
	size_t n = at_pace(v, pace, 5, 1.2 * 10, kept);

	EQUALS(n, 3);
	EQUALS(highest(kept, n), 21);
	EQUALS(lowest(kept, n), 20);
}

/* Do others take more than a fiftieth of this CPU, for 200 ms from now on? */
static int others_run(void)
{
	long long used = now_ns_of(CLOCK_PROCESS_CPUTIME_ID);
	long long begin = now_ns_of(CLOCK_MONOTONIC), passed;

	do
		passed = now_ns_of(CLOCK_MONOTONIC) - begin;
	while (passed < 200000000);
	used = now_ns_of(CLOCK_PROCESS_CPUTIME_ID) - used;
	return passed - used > passed / 50;
}

/* Does a run of the benchmark on one CPU say that others ran beside it? */
static int says_others_ran(void)
{
	return line_has(says("bench", "-q -p one -s 64 -f futex"),
			"! Others ran", "most rounds");
}

CLAIM("L25-11", "a busy neighbour on the same CPU is noticed and reported;"
      " without one there is no such report")
{
	cpu_set_t may, one;
	size_t cpu = 0;
	pid_t busy;

	HOLDS(sched_getaffinity(0, sizeof may, &may) == 0);
	while (!CPU_ISSET(cpu, &may))
		cpu++;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	busy = fork();
	if (busy == 0) {
		sched_setaffinity(0, sizeof one, &one);
		for (;;)
			continue;
	}
	HOLDS(says_others_ran());
	kill(busy, SIGKILL);
	EQUALS(ends(busy), 128 + SIGKILL);
	/* A report may be true once more, but only if we see others as well. */
	HOLDS(sched_setaffinity(0, sizeof one, &one) == 0);
	for (int i = 0; i < 3; i++) {
		if (!says_others_ran())
			return;
		if (others_run())
			SKIP("others use this machine now, so there is no quiet"
			     " run to compare with");
	}
	claim_fail(__FILE__, __LINE__, "reported three times, and nobody else"
		   " runs here");
}

CLAIM("L25-12", "with one CPU only, what needs two is skipped with the reason,"
      " and nothing spins")
{
	cpu_set_t may, one;
	size_t cpu = 0;
	const char *out;

	HOLDS(sched_getaffinity(0, sizeof may, &may) == 0);
	while (!CPU_ISSET(cpu, &may))
		cpu++;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	HOLDS(sched_setaffinity(0, sizeof one, &one) == 0);
	out = says("bench", "-t -f pipe,spinlock");
	HOLDS(line_has(out, "Two CPUs: skipped", "one only"));
	HOLDS(strstr(out, "Round trip, one CPU") != NULL);
	HOLDS(strstr(out, "asks again") == NULL);
	/* neither beside another process on this CPU, nor on two */
	HOLDS(line_has(out, "spinlock ", "-                 -"));
}

CLAIM("L25-13", "a facility that hangs costs its own row, and is explained")
{
	const char *out = says_broken("-s 64 -f hang,good", "good ");

	HOLDS(line_has(out, "hangs ", "VOID: hangs ("));
	HOLDS(strstr(out, "pause()") != NULL);
	HOLDS(!line_has(out, "good ", "VOID"));
}

/* --------------------------------------------------- what must be chosen */

union semun {
	int val;
};

static union semun set_to(int value)
{
	union semun argument = { .val = value };

	return argument;
}

static int take_both(int id)
{
	struct sembuf both[2] = { { 0, -1, IPC_NOWAIT },
				  { 1, -1, IPC_NOWAIT } };

	return semop(id, both, 2);
}

CLAIM("0-019", "what makes System V semaphores clumsy makes them able: two in"
      " one step, both or neither")
{
	int id = semget(IPC_PRIVATE, 2, 0600);

	HOLDS(id != -1);
	for (int there = 0; there < 2; there++) {
		HOLDS(semctl(id, there, SETVAL, set_to(1)) == 0);
		HOLDS(semctl(id, 1 - there, SETVAL, set_to(0)) == 0);
		FAILS(take_both(id), EAGAIN);
		EQUALS(semctl(id, there, GETVAL), 1);	/* neither */
	}
	HOLDS(semctl(id, 0, SETVAL, set_to(1)) == 0);
	HOLDS(take_both(id) == 0);
	HOLDS(semctl(id, 0, GETVAL) == 0 && semctl(id, 1, GETVAL) == 0);
	semctl(id, 0, IPC_RMID);
}

CLAIM("0-020", "a POSIX semaphore is simple to use, and leaves to you the"
      " holder that dies: its unit does not come back")
{
	sem_t *sem = mmap(NULL, sizeof *sem, PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	HOLDS(sem != MAP_FAILED && sem_init(sem, 1, 1) == 0);
	if (fork() == 0) {
		sem_wait(sem);
		raise(SIGKILL);
	}
	EQUALS(ends(-1), 128 + SIGKILL);
	FAILS(sem_trywait(sem), EAGAIN);
}

CLAIM("0-022", "a server for each user: an unnamed semaphore goes with its"
      " memory, a named one stays behind")
{
	sem_t *unnamed = mmap(NULL, sizeof *unnamed, PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	char name[OWN_NAME];
	int value = -1;
	sem_t *named;

	HOLDS(unnamed != MAP_FAILED);
	own_name(name, "user");
	if (fork() == 0)
		_exit(sem_init(unnamed, 1, 5) == -1 ||
		      sem_open(name, O_CREAT | O_EXCL, 0600, 7) == SEM_FAILED);
	EQUALS(ends(-1), 0);
	/* Their maker has ended. We have the memory, so both are there... */
	HOLDS(sem_getvalue(unnamed, &value) == 0);
	EQUALS(value, 5);
	/* ... and without it one. */
	HOLDS(munmap(unnamed, sizeof *unnamed) == 0);
	if (fork() == 0)
		_exit(sem_getvalue(unnamed, &value));
	EQUALS(ends(-1), 128 + SIGSEGV);
	named = sem_open(name, 0);
	HOLDS(named != SEM_FAILED);
	HOLDS(sem_getvalue(named, &value) == 0);
	EQUALS(value, 7);
	HOLDS(sem_unlink(name) == 0);
}

CLAIM("3-012", "a POSIX queue can be watched by epoll, a System V queue cannot;"
      " only the latter lets the receiver choose by type")
{
	struct { long type; char text[1]; } m = { 7, { '7' } };
	struct mq_attr attr = { .mq_maxmsg = 1, .mq_msgsize = 1 };
	struct epoll_event e = { .events = EPOLLIN };
	int id = msgget(IPC_PRIVATE, 0600), ep = epoll_create1(0);
	char name[OWN_NAME];
	mqd_t q;

	own_name(name, "q");
	q = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attr);
	HOLDS(q != (mqd_t)-1 && id != -1 && ep != -1);
	HOLDS(epoll_ctl(ep, EPOLL_CTL_ADD, (int)q, &e) == 0);
	EQUALS(epoll_wait(ep, &e, 1, 0), 0);
	HOLDS(mq_send(q, "x", 1, 0) == 0);
	EQUALS(epoll_wait(ep, &e, 1, 0), 1);
	while (fcntl(id, F_GETFD) != -1) {	/* the same number by chance */
		HOLDS(msgctl(id, IPC_RMID, NULL) == 0);
		id = msgget(IPC_PRIVATE, 0600);
	}
	FAILS(epoll_ctl(ep, EPOLL_CTL_ADD, id, &e), EBADF);
	HOLDS(msgsnd(id, &m, 1, 0) == 0);
	m.type = 9;
	HOLDS(msgsnd(id, &m, 1, 0) == 0);
	EQUALS(msgrcv(id, &m, 1, 9, IPC_NOWAIT), 1);
	EQUALS(m.type, 9);		/* sent last, taken first */
	EQUALS(msgrcv(id, &m, 1, 0, IPC_NOWAIT), 1);
	EQUALS(m.type, 7);
	HOLDS(mq_unlink(name) == 0 && msgctl(id, IPC_RMID, NULL) == 0);
}

/* What another process gets that wants to lock the file: 0, or its error. */
static int lock_of_another(void)
{
	struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	pid_t pid = fork();

	HOLDS(pid != -1);
	if (pid == 0) {
		int fd = open("file", O_RDWR);

		HOLDS(fd != -1);
		_exit(fcntl(fd, F_SETLK, &all) == -1 ? errno : 0);
	}
	return ends(pid);
}

CLAIM("4-034", "a newer facility mends an older one: a record lock goes with"
      " any close of the file, an OFD lock does not")
{
	struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd = open("file", O_RDWR | O_CREAT, 0600);

	for (int ofd = 0; ofd < 2; ofd++) {
		HOLDS(fcntl(fd, ofd ? F_OFD_SETLK : F_SETLK, &all) == 0);
		EQUALS(lock_of_another(), EAGAIN);
		/* Has nothing to do with the lock. */
		EQUALS(close(open("file", O_RDWR)), 0);
		EQUALS(lock_of_another(), ofd ? EAGAIN : 0);
	}
}

CLAIM("1-204", "IPC_INFO reads the limits: into another structure than the"
      " prototype says, and it returns the highest slot in use")
{
	int first = shmget(IPC_PRIVATE, 1, 0600);
	int second = shmget(IPC_PRIVATE, 1, 0600), slot, highest;
	struct shminfo limits = { 0 };
	struct shmid_ds ds;

	HOLDS(first != -1 && second != -1);
	/* A slot below the highest is free, so that it is no number of them. */
	HOLDS(shmctl(first, IPC_RMID, NULL) == 0);
	FAILS(shmctl(first, IPC_STAT, &ds), EINVAL);
	do {			/* again if others make or remove one */
		slot = shmctl(0, IPC_INFO, (struct shmid_ds *)&limits);
		highest = -1;
		for (int i = 0; i < 4096; i++)
			if (shmctl(i, SHM_STAT, &ds) != -1)
				highest = i;
	} while (shmctl(0, IPC_INFO, (struct shmid_ds *)&limits) != slot);
	EQUALS(slot, highest);
	HOLDS(slot >= 1);		/* the first had a lower one */
	HOLDS(limits.shmmni == number_in("/proc/sys/kernel/shmmni"));
	HOLDS(limits.shmmax == number_in("/proc/sys/kernel/shmmax"));
	HOLDS(shmctl(second, IPC_RMID, NULL) == 0);
}

CLAIM("L25-28", "vmsplice(): EBADF if the descriptor is no pipe")
{
	char page[16] = "";
	struct iovec from = { page, sizeof page };
	int fd[2], file = open("file", O_CREAT | O_RDWR, 0600);

	HOLDS(pipe(fd) == 0 && file != -1);
	FAILS(vmsplice(file, &from, 1, 0), EBADF);
	EQUALS(vmsplice(fd[1], &from, 1, 0), sizeof page);
}
