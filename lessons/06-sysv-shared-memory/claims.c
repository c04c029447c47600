/*
 * claims - what the notes say about System V shared memory, executed
 *
 * Ids are rows of docs/claims.tsv; L06-.. are claims of this course. A proof
 * runs in a process of its own, with a deadline, so it may block or crash.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <semaphore.h>
#include <stddef.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../common/proof/claim.h"

/* ------------------------------------------------------------- helpers */

static int segment(size_t size)
{
	int id = shmget(IPC_PRIVATE, size, 0600);

	HOLDS(id != -1);
	return id;
}

static void *attach(int id, int flags)
{
	void *at = shmat(id, NULL, flags);

	HOLDS(at != (void *)-1);
	return at;
}

static struct shmid_ds look(int id)
{
	struct shmid_ds now;

	EQUALS(shmctl(id, IPC_STAT, &now), 0);
	return now;
}

static size_t page(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

/* How a process ends that stores at AT, or only loads from there. */
static int store_ends(void *at)
{
	pid_t child = fork();

	if (child == 0) {
		signal(SIGSEGV, SIG_DFL);
		*(volatile char *)at = 'x';
		_exit(0);
	}
	return ends(child);
}

static int load_ends(void *at)
{
	pid_t child = fork();

	if (child == 0) {
		signal(SIGSEGV, SIG_DFL);
		_exit(*(volatile char *)at * 0);
	}
	return ends(child);
}

/* An address range of SIZE bytes that is free, and a multiple of SHMLBA. */
static char *free_range(size_t size)
{
	size_t lba = (size_t)SHMLBA;
	char *at = mmap(NULL, size + lba, PROT_NONE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	HOLDS(at != MAP_FAILED);
	EQUALS(munmap(at, size + lba), 0);
	return at + (lba - (uintptr_t)at % lba) % lba;
}

static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n;

	if (fd == -1)
		return -1;
	n = write(fd, text, strlen(text));
	close(fd);
	return n == (ssize_t)strlen(text) ? 0 : -1;
}

/* An IPC namespace where nobody else is, and whose limits may be set. */
static void own_namespace(void)
{
	char map[32];

	snprintf(map, sizeof map, "0 %u 1", (unsigned)geteuid());
	if (unshare(CLONE_NEWIPC) == 0)
		return;
	if (unshare(CLONE_NEWUSER | CLONE_NEWIPC) == -1 ||
	    write_file("/proc/self/uid_map", map) == -1)
		SKIP("no IPC namespace of its own for this user; run it as "
		     "root");
}

static void set_limit(const char *name, const char *value)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/sys/kernel/%s", name);
	if (write_file(path, value) == -1)
		SKIP("%s cannot be written here; run it as root, outside a "
		     "container", path);
}

static FILE *opened(const char *path)
{
	FILE *f = fopen(path, "re");

	HOLDS(f != NULL);
	return f;
}

/* Does /proc/sysvipc/KIND list the object ID? Its key, if KEY is given. */
static int listed(const char *kind, int id, int *key)
{
	char path[32], line[512];
	int k, i, found = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/sysvipc/%s", kind);
	f = opened(path);
	while (!found && fgets(line, sizeof line, f))
		found = sscanf(line, "%d %d", &k, &i) == 2 && i == id;
	fclose(f);
	if (found && key)
		*key = k;
	return found;
}

/* The slot of an id: ids are slot + sequence number * a constant, which is
 * 32768 unless the kernel was started with ipcmni_extend. */
static int slot_of(int id)
{
	int unit = look(id).shm_perm.__seq == id / 32768 ? 32768 : 1 << 24;

	return id % unit;
}

#define STRICT "-Wall -Wextra -Werror"

/* ------------------------------------------------- what it is, and why */

CLAIM("2-018 4-014 4-055", "what one process stores, another one loads")
{
	int id = segment(100);
	pid_t *at = attach(id, 0), own = getpid();
	pid_t child = fork();

	if (child == 0) {
		*(pid_t *)attach(id, 0) = getpid();
		own = getpid();
		_exit(own == getppid());
	}
	EQUALS(ends(child), 0);
	EQUALS(*at, child);			/* it was the child's store */
	EQUALS(own, getpid());			/* not any memory */
}

CLAIM("4-014", "the segment and what is in it outlive their creator")
{
	key_t key = own_key(1);
	pid_t creator = fork();
	int id;

	if (creator == 0) {
		id = shmget(key, 100, IPC_CREAT | IPC_EXCL | 0600);
		strcpy(attach(id, 0), "left");
		_exit(0);
	}
	EQUALS(ends(creator), 0);
	id = shmget(key, 0, 0);
	HOLDS(id != -1);
	EQUALS(look(id).shm_nattch, 0);
	HOLDS(strcmp(attach(id, SHM_RDONLY), "left") == 0);
}

/* A million updates, then system calls, where none is allowed. */
static int updates_end(volatile long *at, int calls)
{
	pid_t child = fork();

	if (child == 0) {
		forbid_system_calls();
		for (int i = 0; i < 1000000; i++)
			++*at;
		for (int i = 0; i < calls; i++)
			getppid();
		_exit(0);
	}
	return ends(child);
}

CLAIM("1-127", "a million updates without one system call")
{
	volatile long *at = attach(segment(sizeof *at), 0);

	EQUALS(updates_end(at, 0), 0);
	EQUALS(*at, 1000000);
	EQUALS(updates_end(at, 1), 128 + SIGSYS);	/* the guard guards */
}

enum { ROUNDS = 1000 };

static long switches(void)
{
	struct rusage self, children;

	EQUALS(getrusage(RUSAGE_SELF, &self), 0);
	EQUALS(getrusage(RUSAGE_CHILDREN, &children), 0);
	return self.ru_nvcsw + self.ru_nivcsw + children.ru_nvcsw +
	       children.ru_nivcsw;
}

static void stay_on_one_cpu(void)
{
	cpu_set_t all, one;
	size_t cpu = 0;

	EQUALS(sched_getaffinity(0, sizeof all, &all), 0);
	while (!CPU_ISSET(cpu, &all))
		cpu++;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	EQUALS(sched_setaffinity(0, sizeof one, &one), 0);
}

/* On one CPU each hand-over takes the CPU from one process to the other. */
CLAIM("1-128", "a process that must wait switches as often as with a pipe")
{
	sem_t *ping = attach(segment(2 * sizeof *ping), 0), *pong = ping + 1;
	long before = switches(), by_memory, by_pipe;
	int there[2], back[2];
	char c = 0;

	stay_on_one_cpu();
	HOLDS(sem_init(ping, 1, 0) == 0 && sem_init(pong, 1, 0) == 0);
	if (fork() == 0) {
		for (int i = 0; i < ROUNDS; i++)
			HOLDS(sem_wait(ping) == 0 && sem_post(pong) == 0);
		_exit(0);
	}
	for (int i = 0; i < ROUNDS; i++)
		HOLDS(sem_post(ping) == 0 && sem_wait(pong) == 0);
	EQUALS(ends(-1), 0);
	by_memory = switches() - before;

	before = switches();
	for (int i = 0; i < ROUNDS; i++)	/* nothing to wait for */
		HOLDS(sem_post(ping) == 0 && sem_wait(ping) == 0);
	HOLDS(switches() - before < ROUNDS);

	before = switches();
	HOLDS(pipe(there) == 0 && pipe(back) == 0);
	if (fork() == 0) {
		for (int i = 0; i < ROUNDS; i++)
			HOLDS(read(there[0], &c, 1) == 1 &&
			      write(back[1], &c, 1) == 1);
		_exit(0);
	}
	for (int i = 0; i < ROUNDS; i++)
		HOLDS(write(there[1], &c, 1) == 1 && read(back[0], &c, 1) == 1);
	EQUALS(ends(-1), 0);
	by_pipe = switches() - before;

	/* Two a round; a few more, for others want the CPU as well. */
	HOLDS(by_memory >= 2 * (ROUNDS - 1));
	HOLDS(by_pipe >= 2 * (ROUNDS - 1));
	HOLDS(by_memory < 3 * ROUNDS);
	HOLDS(by_pipe < 3 * ROUNDS);
}

/* Are the three objects listed: 1 for SHM, 2 for MSG, 4 for SEM? */
static int all_listed(int shm, int msg, int sem)
{
	return listed("shm", shm, NULL) + 2 * listed("msg", msg, NULL) +
	       4 * listed("sem", sem, NULL);
}

CLAIM("1-172", "segments, queues and sets: three kinds, three tables")
{
	int shm = segment(1);
	int msg = msgget(IPC_PRIVATE, 0600);
	int sem = semget(IPC_PRIVATE, 1, 0600);

	HOLDS(msg != -1 && sem != -1);
	EQUALS(all_listed(shm, msg, sem), 7);
	EQUALS(shmctl(shm, IPC_RMID, NULL), 0);
	EQUALS(all_listed(shm, msg, sem), 6);
	EQUALS(msgctl(msg, IPC_RMID, NULL), 0);
	EQUALS(all_listed(shm, msg, sem), 4);
	EQUALS(semctl(sem, 0, IPC_RMID), 0);
	EQUALS(all_listed(shm, msg, sem), 0);
}

/* Bytes of kernel memory in use, as far as kmalloc() gave it out. */
static long kernel_memory(void)
{
	char line[512], name[64];
	long used, all, size, sum = 0;
	FILE *f;

	if (access("/proc/slabinfo", R_OK) == -1)
		SKIP("only root may read /proc/slabinfo");
	f = opened("/proc/slabinfo");
	while (fgets(line, sizeof line, f))
		if (sscanf(line, "%63s %ld %ld %ld", name, &used, &all,
			   &size) == 4 && strncmp(name, "kmalloc-", 8) == 0)
			sum += used * size;
	fclose(f);
	return sum;
}

/* How many semaphores there are, in sets. */
static long semaphores(void)
{
	struct seminfo info;

	HOLDS(semctl(0, 0, SEM_INFO, &info) != -1);
	return info.semaem;
}

static long cost_of_set(int members)
{
	enum { SETS = 2000 };
	long before = kernel_memory(), had = semaphores();

	for (int i = 0; i < SETS; i++)
		HOLDS(semget(IPC_PRIVATE, members, 0600) != -1);
	EQUALS(semaphores() - had, (long)SETS * members);
	return (kernel_memory() - before) / SETS;
}

/* Others use memory as well, so a few tries. */
CLAIM("0-025", "a set of one semaphore costs hundreds of bytes, of ten not 10x")
{
	long one = 0, ten = 0;

	own_namespace();
	for (int i = 0; i < 8; i++) {
		one = cost_of_set(1);
		ten = cost_of_set(10);
		if (one >= 200 && one < 2048 && ten > one && ten < 5 * one)
			break;
	}
	HOLDS(one >= 200 && one < 2048);	/* not 32 */
	HOLDS(ten > one && ten < 5 * one);	/* the array is little */
}

CLAIM("0-025", "POSIX: unnamed costs 32 bytes, named a file and a page")
{
	/* glibc puts "sem." before the name. */
	const char *path = glibc_version() ? "/dev/shm/sem.ipc-lessons-06" :
					     "/dev/shm/ipc-lessons-06";
	union { sem_t sem; char bytes[64]; } memory;
	struct stat st;
	int value;

	memset(&memory, 'x', sizeof memory);
	EQUALS(sem_init(&memory.sem, 0, 7), 0);
	EQUALS(sem_getvalue(&memory.sem, &value), 0);
	EQUALS(value, 7);
	HOLDS(sizeof(sem_t) <= 32);
	for (size_t i = 32; i < sizeof memory; i++)
		EQUALS(memory.bytes[i], 'x');
	FAILS(stat(path, &st), ENOENT);
	HOLDS(sem_open("/ipc-lessons-06", O_CREAT, 0600, 1) != SEM_FAILED);
	EQUALS(stat(path, &st), 0);
	EQUALS(st.st_size, sizeof(sem_t));
	HOLDS((size_t)st.st_blocks * 512 >= page());
	EQUALS(sem_unlink("/ipc-lessons-06"), 0);
}

/* ------------------------------------------------- sharing without order */

/* Load; then, when the other one has loaded, too, and if it is a child of ours
 * has also stored, store. */
static void add(long *count, long by, int token_in, int token_out, int is_last)
{
	long seen = *(volatile long *)count;
	char token = 0;

	HOLDS(write(token_out, &token, 1) == 1);	/* I have read */
	HOLDS(read(token_in, &token, 1) == 1);		/* you have, too */
	if (is_last) {
		EQUALS(ends(-1), 0);
		EQUALS(*count, 1);		/* what it stored is there */
	}
	*(volatile long *)count = seen + by;
}

CLAIM("L06-01", "both read before either writes: one of two updates is lost")
{
	long *count = attach(segment(sizeof *count), 0);
	struct pollfd unread[2] = {
		{ .events = POLLIN }, { .events = POLLIN }
	};
	int there[2], back[2];
	pid_t bob;

	HOLDS(pipe(there) == 0 && pipe(back) == 0);
	unread[0].fd = there[0];
	unread[1].fd = back[0];
	if (fork() == 0) {
		add(count, 1, there[0], back[1], 0);
		_exit(0);
	}
	add(count, 10, back[0], there[1], 1);
	EQUALS(*count, 10);			/* the 1 is lost */
	EQUALS(poll(unread, 2, 0), 0);		/* each has heard the other */

	*count = 0;				/* one after the other: */
	bob = fork();
	if (bob == 0) {
		*count += 1;
		_exit(0);
	}
	EQUALS(ends(bob), 0);
	*count += 10;
	EQUALS(*count, 11);
}

/* A semaphore that is 1 when the turn is free. */
static int free_turn(void)
{
	struct sembuf open = { .sem_op = 1 };
	int turn = semget(IPC_PRIVATE, 1, 0600);

	HOLDS(turn != -1);
	EQUALS(semctl(turn, 0, GETVAL), 0);	/* it is born 0 */
	EQUALS(semop(turn, &open, 1), 0);
	return turn;
}

static void change_turn(int turn, short by, short flags)
{
	struct sembuf op = { .sem_op = by, .sem_flg = flags };

	EQUALS(semop(turn, &op, 1), 0);
}

/* Bob books 50, in his turn. */
static pid_t bob_books(volatile long *balance, int turn)
{
	pid_t bob = fork();

	if (bob == 0) {
		change_turn(turn, -1, SEM_UNDO);
		EQUALS(semctl(turn, 0, GETVAL), 0);
		*balance += 50;
		change_turn(turn, 1, SEM_UNDO);
		_exit(0);
	}
	return bob;
}

CLAIM("L06-27", "a turn that is taken before the load: no update is lost")
{
	volatile long *balance = attach(segment(sizeof *balance), 0);
	int turn = free_turn(), gate[2];
	long seen;
	pid_t bob;
	char c;

	*balance = 100;
	change_turn(turn, -1, SEM_UNDO);
	bob = bob_books(balance, turn);		/* at the worst moment */
	HOLDS(blocks(bob));
	EQUALS(*balance, 100);
	*balance -= 30;
	change_turn(turn, 1, SEM_UNDO);
	EQUALS(ends(bob), 0);
	EQUALS(*balance, 120);

	HOLDS(pipe(gate) == 0);			/* now he is first: */
	bob = fork();
	if (bob == 0) {
		change_turn(turn, -1, SEM_UNDO);
		HOLDS(write(gate[1], "x", 1) == 1);
		HOLDS(wait_until_asleep(getppid()));
		*balance += 50;
		change_turn(turn, 1, SEM_UNDO);
		_exit(0);
	}
	HOLDS(read(gate[0], &c, 1) == 1);
	change_turn(turn, -1, SEM_UNDO);	/* we sleep here */
	EQUALS(semctl(turn, 0, GETPID), getpid());
	seen = *balance;
	EQUALS(seen, 170);			/* he has booked */
	*balance = seen - 30;
	change_turn(turn, 1, SEM_UNDO);
	EQUALS(ends(bob), 0);
	EQUALS(*balance, 140);
}

CLAIM("L06-33", "a turn that is taken after the load saves no update")
{
	volatile long *balance = attach(segment(sizeof *balance), 0);
	int turn = free_turn();
	long seen;
	pid_t bob;

	*balance = 100;
	seen = *balance;			/* before our turn */

	bob = bob_books(balance, turn);
	EQUALS(ends(bob), 0);
	EQUALS(*balance, 150);
	change_turn(turn, -1, SEM_UNDO);
	EQUALS(semctl(turn, 0, GETVAL), 0);
	*balance = seen - 30;
	change_turn(turn, 1, SEM_UNDO);
	EQUALS(*balance, 70);
}

CLAIM("L06-32", "stopped and continued, semop is EINTR, without any handler")
{
	struct sembuf take = { .sem_op = -1 };
	int turn = semget(IPC_PRIVATE, 1, 0600), status;
	pid_t waiter = fork();

	if (waiter == 0) {
		FAILS(semop(turn, &take, 1), EINTR);
		_exit(0);
	}
	HOLDS(blocks(waiter));
	HOLDS(kill(waiter, SIGSTOP) == 0);
	EQUALS(waitpid(waiter, &status, WUNTRACED), waiter);
	HOLDS(WIFSTOPPED(status));
	HOLDS(kill(waiter, SIGCONT) == 0);
	EQUALS(ends(waiter), 0);
}

CLAIM("L06-28", "before the first store there are zeros; a process that takes "
      "the turn, which is 0 when it is new, waits until the account is open")
{
	volatile long *balance = attach(segment(sizeof *balance), 0);
	int turn = semget(IPC_PRIVATE, 1, 0600);
	pid_t early;

	EQUALS(semctl(turn, 0, GETVAL), 0);
	early = fork();
	if (early == 0)
		_exit(*balance != 0);
	EQUALS(ends(early), 0);

	early = fork();
	if (early == 0) {
		change_turn(turn, -1, SEM_UNDO);
		_exit(*balance != 100);
	}
	HOLDS(blocks(early));
	*balance = 100;
	HOLDS(blocks(early));			/* the store wakes nobody */
	change_turn(turn, 1, 0);
	EQUALS(ends(early), 0);
}

/* Kill a process that has taken the turn with FLAGS. The turn after that. */
static int turn_of_killed(short flags)
{
	int turn = free_turn(), gate[2];
	pid_t holder;
	char c;

	HOLDS(pipe(gate) == 0);
	holder = fork();
	if (holder == 0) {
		change_turn(turn, -1, flags);
		_exit(read(gate[0], &c, 1) != 1);
	}
	HOLDS(blocks(holder));
	EQUALS(semctl(turn, 0, GETVAL), 0);
	HOLDS(kill(holder, SIGKILL) == 0);
	EQUALS(ends(holder), 128 + SIGKILL);
	return semctl(turn, 0, GETVAL);
}

CLAIM("L06-29", "killed in its turn: SEM_UNDO gives it back, else nobody")
{
	EQUALS(turn_of_killed(SEM_UNDO), 1);
	EQUALS(turn_of_killed(0), 0);
}

CLAIM("L06-30", "the id of a removed set is EINVAL for semop, even if a new "
      "set has its key")
{
	struct sembuf op = { .sem_op = 1 };
	key_t key = own_key(1);
	int turn = semget(key, 1, IPC_CREAT | IPC_EXCL | 0600), next;

	EQUALS(semop(turn, &op, 1), 0);
	EQUALS(semctl(turn, 0, IPC_RMID), 0);
	FAILS(semop(turn, &op, 1), EINVAL);
	next = semget(key, 1, IPC_CREAT | IPC_EXCL | 0600);
	HOLDS(next != -1 && next != turn);
	EQUALS(semget(key, 1, 0), next);
	FAILS(semop(turn, &op, 1), EINVAL);
	EQUALS(semop(next, &op, 1), 0);
}

static int *plain_flag;
static _Atomic int *atomic_flag;
static int ticks;

/* Every 20 ms of CPU time: first set both flags, then give up. */
static void on_tick(int sig)
{
	(void)sig;
	*plain_flag = 1;
	*atomic_flag = 1;
	if (++ticks == 4)
		_exit(3);
}

/* 0: the loop has waited for the flag; 1: it has not; 3: it spins on. */
static int loop_ends(void (*loop)(void))
{
	struct itimerval tick = { { 0, 20000 }, { 0, 20000 } };
	pid_t child;

	*plain_flag = 0;
	*atomic_flag = 0;
	child = fork();
	if (child == 0) {
		signal(SIGVTALRM, on_tick);
		EQUALS(setitimer(ITIMER_VIRTUAL, &tick, NULL), 0);
		loop();
		_exit(!*atomic_flag);	/* both are set at once */
	}
	return ends(child);
}

static void loop_on_plain(void)
{
	int *flag = plain_flag;

	while (!*flag)
		;
}

static void loop_on_atomic(void)
{
	_Atomic int *flag = atomic_flag;

	while (!*flag)
		;
}

CLAIM("L06-31", "optimized, a loop on a plain variable spins on after the "
      "store or does not wait for it; one on an _Atomic waits and ends")
{
	int plain_ends;

	plain_flag = attach(segment(sizeof *plain_flag), 0);
	atomic_flag = attach(segment(sizeof *atomic_flag), 0);
	EQUALS(loop_ends(loop_on_atomic), 0);
	plain_ends = loop_ends(loop_on_plain);
#ifdef __OPTIMIZE__
	HOLDS(plain_ends == 1 || (plain_ends == 3 && *plain_flag == 1));
#else
	EQUALS(plain_ends, 0);
	SKIP("these proofs were compiled without optimization; make with "
	     "CFLAGS=-O1");
#endif
}

struct note {
	char *text;		/* wrong where the segment lies elsewhere */
	size_t text_at;		/* right everywhere */
	char bytes[16];
};

/* The child has the inherited attach at the parent's address: it attaches
 * again, which must be elsewhere, and then gives up the first. */
static struct note *move(struct note *inherited, int id)
{
	struct note *here = attach(id, 0);

	HOLDS(here != inherited);
	EQUALS(shmdt(inherited), 0);
	return here;
}

CLAIM("L06-02", "a pointer in the segment is wrong elsewhere, an offset right")
{
	int id = segment(sizeof(struct note));
	struct note *note = attach(id, 0);
	pid_t by_pointer, by_offset;

	*note = (struct note) {
		note->bytes, offsetof(struct note, bytes), "here"
	};
	HOLDS(*note->text == 'h');		/* here both are right */
	HOLDS(strcmp((char *)note + note->text_at, "here") == 0);
	by_pointer = fork();
	if (by_pointer == 0) {
		note = move(note, id);
		HOLDS(note->text != note->bytes);
		signal(SIGSEGV, SIG_DFL);
		_exit(*(volatile char *)note->text != 'h');
	}
	EQUALS(ends(by_pointer), 128 + SIGSEGV);

	by_offset = fork();
	if (by_offset == 0) {
		note = move(note, id);
		_exit(strcmp((char *)note + note->text_at, "here") != 0);
	}
	EQUALS(ends(by_offset), 0);
}

/* --------------------------------------------------------- key, id, owner */

CLAIM("1-176 1-243 1-308 1-310 1-311 1-312 1-313",
      "ipc_perm holds key, owner, creator and mode; /proc lists the same")
{
	key_t key = own_key(1);
	int id = shmget(key, 1, IPC_CREAT | IPC_EXCL | 0640), shown = 0;
	struct ipc_perm p = look(id).shm_perm;

	EQUALS(p.__key, key);
	HOLDS(p.uid == geteuid() && p.cuid == geteuid());
	HOLDS(p.gid == getegid() && p.cgid == getegid());
	EQUALS(p.mode, 0640);
	HOLDS(listed("shm", id, &shown));
	EQUALS(shown, key);
}

/* Slots are reused in a cycle, and then the number grows. */
CLAIM("1-315", "__seq is the sequence number: id = slot + __seq * 32768")
{
	struct shmid_ds d;
	int id, seq;

	own_namespace();
	id = segment(1);
	while ((seq = look(id).shm_perm.__seq) == 0) {
		EQUALS(shmctl(id, IPC_RMID, NULL), 0);
		id = segment(1);
	}
	HOLDS(seq > 0);
	if (id / 32768 != seq)
		SKIP("this kernel was started with ipcmni_extend: the unit "
		     "is 16777216");
	EQUALS(shmctl(id - seq * 32768, SHM_STAT, &d), id);
	EQUALS(d.shm_perm.__seq, seq);
}

CLAIM("1-177 1-198 1-221 1-223",
      "the get functions create with IPC_CREAT, else ENOENT; then one id")
{
	key_t key = own_key(1);
	int id;

	FAILS(shmget(key, 100, 0600), ENOENT);
	FAILS(msgget(key, 0600), ENOENT);
	FAILS(semget(key, 1, 0600), ENOENT);
	id = shmget(key, 100, IPC_CREAT | 0600);
	HOLDS(id != -1);
	EQUALS(shmget(key, 100, IPC_CREAT | 0600), id);
	EQUALS(shmget(key, 100, 0), id);
	id = msgget(key, IPC_CREAT | 0600);
	HOLDS(id != -1);
	EQUALS(msgget(key, IPC_CREAT | 0600), id);
	EQUALS(msgget(key, 0), id);
	id = semget(key, 1, IPC_CREAT | 0600);
	HOLDS(id != -1);
	EQUALS(semget(key, 1, IPC_CREAT | 0600), id);
	EQUALS(semget(key, 1, 0), id);
}

CLAIM("1-223 L06-03", "a new segment is zeroed, to the end of its last page")
{
	int id = segment(page() + 1);
	char *at = attach(id, 0);

	memset(at, 'x', 2 * page());		/* memory that was used, */
	EQUALS(shmdt(at), 0);
	EQUALS(shmctl(id, IPC_RMID, NULL), 0);	/* is given back */
	id = segment(page() + 1);
	EQUALS(look(id).shm_segsz, page() + 1);
	at = attach(id, 0);
	for (size_t i = 0; i < 2 * page(); i++)
		EQUALS(at[i], 0);
	EQUALS(load_ends(at + 2 * page() - 1), 0);
}

CLAIM("L06-22", "in another IPC namespace the key is not there, the attach is")
{
	key_t key = own_key(1);
	char *at = attach(shmget(key, 1, IPC_CREAT | 0600), 0);
	pid_t child = fork();

	if (child == 0) {
		own_namespace();
		FAILS(shmget(key, 1, 0), ENOENT);
		*at = 'x';
		_exit(0);
	}
	EQUALS(ends(child), 0);
	EQUALS(*at, 'x');
}

/* As most containers have it, for this process and its children alone. */
static void make_proc_sys_read_only(void)
{
	if (unshare(CLONE_NEWNS) == -1 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1 ||
	    mount("/proc/sys", "/proc/sys", NULL, MS_BIND, NULL) == -1 ||
	    mount(NULL, "/proc/sys", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY,
		  NULL) == -1)
		SKIP("nothing may be mounted here (%s); run it as root, "
		     "outside a container", errno_name(errno));
}

CLAIM("L06-34", "shmmni is of one IPC namespace; where /proc/sys is mounted to "
      "be read only, it cannot be changed: EROFS")
{
	const char *path = "/proc/sys/kernel/shmmni";
	unsigned long long before = number_in(path);
	pid_t inside;

	HOLDS(before != 5);
	inside = fork();
	if (inside == 0) {
		own_namespace();
		set_limit("shmmni", "5");
		make_proc_sys_read_only();
		FAILS(open(path, O_WRONLY), EROFS);
		EQUALS(number_in(path), 5);
		_exit(0);
	}
	EQUALS(ends(inside), 0);
	EQUALS(number_in(path), before);
}

CLAIM("1-219", "a process that knows the key gets the same id")
{
	key_t key = own_key(1);
	int id = shmget(key, 1, IPC_CREAT | 0600);
	pid_t child;

	HOLDS(id != -1);
	HOLDS(shmget(own_key(2), 1, IPC_CREAT | 0600) != id);
	child = fork();
	if (child == 0)
		_exit(shmget(key, 1, 0) != id);
	EQUALS(ends(child), 0);
}

CLAIM("1-196 1-199", "IPC_CREAT with IPC_EXCL is EEXIST, IPC_EXCL alone not")
{
	int flags = IPC_CREAT | IPC_EXCL | 0600;
	key_t key = own_key(1);
	int shm = shmget(key, 1, flags);
	int msg = msgget(key, flags), sem = semget(key, 1, flags);

	HOLDS(shm != -1 && msg != -1 && sem != -1);
	FAILS(shmget(key, 1, flags), EEXIST);
	FAILS(msgget(key, flags), EEXIST);
	FAILS(semget(key, 1, flags), EEXIST);
	EQUALS(shmget(key, 1, IPC_EXCL), shm);
	EQUALS(msgget(key, IPC_EXCL), msg);
	EQUALS(semget(key, 1, IPC_EXCL), sem);
}

static int is_constant(const char *name)
{
	char source[128];

	snprintf(source, sizeof source, "#include <sys/ipc.h>\nint x = %s;\n",
		 name);
	return compiles(STRICT, source);
}

CLAIM("1-197", "the flag is IPC_CREAT, without a final E")
{
	HOLDS(is_constant("IPC_CREAT"));
	HOLDS(!is_constant("IPC_CREATE"));
}

CLAIM("1-201", "the low nine flag bits are the mode; no umask is applied")
{
	struct stat file;

	umask(077);
	EQUALS(look(shmget(IPC_PRIVATE, 1, 0666)).shm_perm.mode, 0666);
	EQUALS(look(shmget(IPC_PRIVATE, 1, 0777)).shm_perm.mode, 0777);
	EQUALS(look(shmget(IPC_PRIVATE, 1, 0421)).shm_perm.mode, 0421);
	EQUALS(fstat(open("f", O_WRONLY | O_CREAT, 0666), &file), 0);
	EQUALS(file.st_mode & 0777, 0600);	/* to a file it is */
	EQUALS(unlink("f"), 0);
}

CLAIM("1-217", "<sys/ipc.h> and <sys/shm.h> are enough to compile")
{
	HOLDS(compiles(STRICT, "#include <sys/ipc.h>\n"
		       "#include <sys/shm.h>\n"
		       "int f(void) { return shmget(IPC_PRIVATE, 1, 0600); }"));
	HOLDS(!compiles(STRICT, "#include <sys/ipc.h>\n"
			"int f(void) "
			"{ return shmget(IPC_PRIVATE, 1, 0600); }"));
}

CLAIM("1-222", "shmget returns the id, -1 on failure; 0 is a valid id")
{
	own_namespace();
	EQUALS(segment(1), 0);
	FAILS(shmget(own_key(1), 1, 0), ENOENT);
}

/* ------------------------------------------------------------------ size */

CLAIM("1-218", "the size is a size_t: 5 GiB, which no int holds")
{
	unsigned long long five = 5ULL << 30;
	int id;

	if (sizeof(size_t) < 8)
		SKIP("size_t has 32 bits on this machine");
	id = shmget(IPC_PRIVATE, (size_t)five, SHM_NORESERVE | 0600);
	if (id == -1)
		SKIP("no segment of 5 GiB here (%s); see shmmax, shmall and "
		     "vm/overcommit_memory in /proc/sys", errno_name(errno));
	EQUALS(look(id).shm_segsz, five);
	HOLDS(look(id).shm_segsz > UINT_MAX);
}

CLAIM("1-220", "an existing segment: any size up to its own will do, 0 too")
{
	key_t key = own_key(1);
	int id = shmget(key, 100, IPC_CREAT | 0600);

	EQUALS(shmget(key, 50, 0), id);
	EQUALS(shmget(key, 0, 0), id);
	EQUALS(shmget(key, 100, 0), id);
	FAILS(shmget(key, 101, 0), EINVAL);
	EQUALS(look(id).shm_segsz, 100);
}

CLAIM("1-220", "storage comes in pages: 4095 is in a segment of 1, 4096 out")
{
	int id = segment(1);
	char *wall = mmap(NULL, 2 * page() + (size_t)SHMLBA, PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *at = shmat(id, wall, SHM_REMAP | SHM_RND);

	HOLDS(at != (void *)-1);
	if (at < wall)
		SKIP("SHMLBA is no page here");
	EQUALS(look(id).shm_segsz, 1);
	EQUALS(store_ends(at + page() - 1), 0);
	EQUALS(store_ends(at + page()), 128 + SIGSEGV);
}

CLAIM("1-224", "no size is too small but 0: EINVAL")
{
	FAILS(shmget(IPC_PRIVATE, 0, 0600), EINVAL);
	HOLDS(shmget(IPC_PRIVATE, 1, 0600) != -1);
}

CLAIM("1-224", "above shmmax EINVAL; over shmall or shmmni ENOSPC")
{
	char pages[32];
	int id;

	own_namespace();
	set_limit("shmmax", "65536");
	FAILS(shmget(IPC_PRIVATE, 65537, 0600), EINVAL);
	HOLDS(shmget(IPC_PRIVATE, 65536, 0600) != -1);

	snprintf(pages, sizeof pages, "%zu", (65536 + page() - 1) / page() + 1);
	set_limit("shmall", pages);		/* of all, one more */
	FAILS(shmget(IPC_PRIVATE, page() + 1, 0600), ENOSPC);
	id = segment(page());
	EQUALS(shmctl(id, IPC_RMID, NULL), 0);
	set_limit("shmall", "1000000");
	set_limit("shmmni", "2");		/* one is there */
	HOLDS(shmget(IPC_PRIVATE, 1, 0600) != -1);
	FAILS(shmget(IPC_PRIVATE, 1, 0600), ENOSPC);
	set_limit("shmmni", "3");
	HOLDS(shmget(IPC_PRIVATE, 1, 0600) != -1);
}

CLAIM("1-224 L06-04", "more than the memory: ENOMEM, not with SHM_NORESERVE")
{
	size_t much = (size_t)1 << (sizeof(size_t) == 8 ? 46 : 30);

	own_namespace();		/* its limits are the default ones */
	if (number_in("/proc/sys/vm/overcommit_memory") != 0)
		SKIP("/proc/sys/vm/overcommit_memory is not 0, so memory is "
		     "counted in another way");
	if (sizeof(size_t) < 8)
		SKIP("needs 64 bits");
	FAILS(shmget(IPC_PRIVATE, much, 0600), ENOMEM);
	HOLDS(shmget(IPC_PRIVATE, much, SHM_NORESERVE | 0600) != -1);
}

/* ----------------------------------------------------------------- attach */

CLAIM("1-225 1-226 1-232", "shmat returns an address; or (void *)-1, not NULL")
{
	int id = segment(1);
	char *at = shmat(id, NULL, 0);

	HOLDS(at != (void *)-1);
	*at = 'x';				/* there the segment is */
	EQUALS(*(char *)attach(id, SHM_RDONLY), 'x');
	HOLDS(shmat(-1, NULL, 0) == (void *)-1 && errno == EINVAL);
	EQUALS(look(id).shm_nattch, 2);
}

CLAIM("1-228 1-233", "NULL lets the kernel choose; twice gives two addresses")
{
	int id = segment(1);
	char *one = attach(id, 0), *two;

	EQUALS(look(id).shm_nattch, 1);
	two = attach(id, 0);
	EQUALS(look(id).shm_nattch, 2);
	HOLDS(one != two);
	*one = 'x';
	EQUALS(*two, 'x');
}

CLAIM("1-227", "an address must be free and aligned, else EINVAL")
{
	size_t size = (size_t)SHMLBA;
	int id = segment(size);
	char *at = free_range(size);

	FAILS(shmat(id, at + 1, 0), EINVAL);
	HOLDS(shmat(id, at, 0) == at);
	FAILS(shmat(id, at, 0), EINVAL);
}

CLAIM("1-227 1-229", "SHM_REMAP replaces what lies there; with NULL EINVAL")
{
	size_t size = (size_t)SHMLBA;
	int id = segment(size), other = segment(size);
	char *at = free_range(size);

	HOLDS(shmat(id, at, 0) == at);
	*at = 'x';
	EQUALS(*at, 'x');
	FAILS(shmat(other, at, 0), EINVAL);
	HOLDS(shmat(other, at, SHM_REMAP) == at);
	EQUALS(*at, 0);
	EQUALS(look(id).shm_nattch, 0);
	FAILS(shmat(other, NULL, SHM_REMAP), EINVAL);
}

CLAIM("1-230", "SHM_RND rounds down to a multiple of SHMLBA")
{
	size_t size = (size_t)SHMLBA;
	char *at = free_range(size);

	FAILS(shmat(segment(size), at + size - 1, 0), EINVAL);
	HOLDS(shmat(segment(size), at + size - 1, SHM_RND) == at);
	EQUALS((uintptr_t)at % size, 0);
}

CLAIM("L06-26", "given NULL, shmat does not return NULL; SHM_RND rounds an "
      "address below SHMLBA down to 0, where root may attach")
{
	int id = segment(1);
	void *given = NULL, *at = shmat(id, given, 0);

	HOLDS(at != (void *)-1 && at != given);	/* any other it would return */
	at = shmat(id, (void *)1, SHM_RND);
	if (at == (void *)-1 && errno == EPERM)
		SKIP("nobody may attach at 0 here (%s); run it as root, "
		     "outside a container", errno_name(errno));
	HOLDS(at == NULL);
	EQUALS(look(id).shm_nattch, 2);
}

/* The access bits of the mapping at AT, as in proc(5): "rw-s". */
static const char *bits(void *at)
{
	static char line[512], rights[8];
	FILE *f = opened("/proc/self/maps");
	void *from = NULL;

	while (from != at && fgets(line, sizeof line, f))
		HOLDS(sscanf(line, "%p-%*x %7s", &from, rights) == 2);
	fclose(f);
	return rights;
}

CLAIM("1-229 L06-05", "SHM_EXEC makes the attach executable, else it is not")
{
	int id = shmget(IPC_PRIVATE, 1, 0700);
	void *code;

	drop_capabilities();
	FAILS(shmat(segment(1), NULL, SHM_EXEC), EACCES);	/* mode 0600 */
	code = shmat(id, NULL, SHM_EXEC);
	if (code == (void *)-1 && access("/sys/fs/selinux", F_OK) == 0)
		SKIP("executable shared memory is forbidden here (%s), by "
		     "SELinux or the like", errno_name(errno));
	HOLDS(code != (void *)-1);
	HOLDS(strcmp(bits(code), "rwxs") == 0);
	HOLDS(strcmp(bits(attach(id, 0)), "rw-s") == 0);
	HOLDS(strcmp(bits(attach(id, SHM_RDONLY)), "r--s") == 0);
}

CLAIM("L06-23", "/proc/PID/maps shows an attach as /SYSV and the key")
{
	char line[512] = "", name[32];
	FILE *f;

	snprintf(name, sizeof name, "/SYSV%08x", (unsigned)own_key(1));
	attach(shmget(own_key(1), 1, IPC_CREAT | 0600), 0);
	f = opened("/proc/self/maps");
	while (!strstr(line, name))
		HOLDS(fgets(line, sizeof line, f));
	fclose(f);
}

CLAIM("1-231", "SHM_RDONLY: a load is fine, a store is SIGSEGV")
{
	int id = segment(1);
	char *view = attach(id, SHM_RDONLY), *at = attach(id, 0);

	*at = 'x';
	EQUALS(*view, 'x');
	EQUALS(load_ends(view), 0);
	EQUALS(store_ends(view), 128 + SIGSEGV);
	EQUALS(store_ends(at), 0);
}

CLAIM("L06-06", "a call that would store in a read-only attach is EFAULT")
{
	int *view = attach(segment(2 * sizeof *view), SHM_RDONLY);

	int fd[2];

	FAILS(pipe(view), EFAULT);
	EQUALS(pipe(fd), 0);
	EQUALS(write(fd[1], "x", 1), 1);
	FAILS(read(fd[0], view, 1), EFAULT);
}

CLAIM("1-231 L06-07", "SHM_RDONLY needs read permission only; else EACCES")
{
	key_t key = own_key(1);
	int id = shmget(key, 1, IPC_CREAT | 0400);

	drop_capabilities();
	FAILS(shmget(key, 1, 0600), EACCES);
	EQUALS(shmget(key, 1, 0400), id);
	FAILS(shmat(id, NULL, 0), EACCES);
	HOLDS(shmat(id, NULL, SHM_RDONLY) != (void *)-1);
	id = shmget(IPC_PRIVATE, 1, 0200);	/* to write is no help */
	FAILS(shmat(id, NULL, SHM_RDONLY), EACCES);
}

CLAIM("L06-08", "fork inherits attaches, at the same address")
{
	int id = segment(1), gate[2], early_gate[2];
	char *at, c;
	pid_t early, child;

	HOLDS(pipe(gate) == 0 && pipe(early_gate) == 0);
	early = fork();				/* before the attach */
	if (early == 0) {
		signal(SIGSEGV, SIG_DFL);
		EQUALS(read(early_gate[0], &at, sizeof at), sizeof at);
		*at = 'y';
		_exit(0);
	}
	at = attach(id, 0);
	child = fork();				/* and after it */
	if (child == 0) {
		*at = 'x';
		_exit(read(gate[0], &c, 1) != 1);
	}
	EQUALS(look(id).shm_nattch, 2);
	EQUALS(write(gate[1], "", 1), 1);
	EQUALS(ends(child), 0);
	EQUALS(*at, 'x');
	EQUALS(look(id).shm_nattch, 1);		/* exit detached */
	EQUALS(write(early_gate[1], &at, sizeof at), sizeof at);
	EQUALS(ends(early), 128 + SIGSEGV);
	EQUALS(*at, 'x');
}

CLAIM("L06-09", "exec detaches: the new program has nothing attached")
{
	int id = segment(1), gate[2], in[2], execs[2];
	pid_t child;
	char c;

	attach(id, 0);
	HOLDS(pipe(gate) == 0);
	HOLDS(pipe(in) == 0 && pipe2(execs, O_CLOEXEC) == 0);
	child = fork();
	if (child == 0) {
		EQUALS(read(gate[0], &c, 1), 1);
		HOLDS(dup2(in[0], 0) == 0 && close(in[1]) == 0);
		execlp("cat", "cat", (char *)NULL);
		_exit(127);
	}
	EQUALS(look(id).shm_nattch, 2);		/* inherited */
	HOLDS(write(gate[1], "", 1) == 1);
	HOLDS(close(execs[1]) == 0);
	EQUALS(read(execs[0], &c, 1), 0);	/* closed by the exec */
	HOLDS(blocks(child));			/* alive, and */
	EQUALS(look(id).shm_nattch, 1);		/* only we are attached */
	HOLDS(close(in[1]) == 0);
	EQUALS(ends(child), 0);
}

CLAIM("L06-10", "a killed process is detached, and leaves half an update")
{
	int id = segment(2), gate[2];
	char *at = attach(id, 0), c;
	pid_t child;

	HOLDS(pipe(gate) == 0);
	child = fork();
	if (child == 0) {
		at[0] = 1;			/* at[1] was to follow */
		_exit(read(gate[0], &c, 1) != 1);
	}
	HOLDS(blocks(child));
	EQUALS(look(id).shm_nattch, 2);
	HOLDS(kill(child, SIGKILL) == 0);
	EQUALS(ends(child), 128 + SIGKILL);
	EQUALS(look(id).shm_nattch, 1);
	HOLDS(at[0] == 1 && at[1] == 0);
}

/* ----------------------------------------------------------------- detach */

CLAIM("1-234 1-235 1-236", "shmdt takes what shmat returned, once; or EINVAL")
{
	int id = segment(2 * page());
	char *at = attach(id, 0);

	FAILS(shmdt(at + 1), EINVAL);
	FAILS(shmdt(at + page()), EINVAL);
	EQUALS(look(id).shm_nattch, 1);
	EQUALS(shmdt(at), 0);
	EQUALS(look(id).shm_nattch, 0);
	FAILS(shmdt(at), EINVAL);
}

CLAIM("1-237", "after shmdt a load is SIGSEGV, and the contents stay")
{
	int id = segment(16);
	char *at = attach(id, 0);

	strcpy(at, "contents");
	EQUALS(load_ends(at), 0);
	EQUALS(shmdt(at), 0);
	EQUALS(look(id).shm_nattch, 0);
	EQUALS(load_ends(at), 128 + SIGSEGV);
	HOLDS(strcmp(attach(id, 0), "contents") == 0);
}

/* ------------------------------------------------------- struct shmid_ds */

CLAIM("1-238 1-239 1-254", "shmctl(id, IPC_STAT, buf) fills a struct shmid_ds")
{
	struct shmid_ds d;
	int id = segment(100);

	EQUALS(shmctl(id, IPC_STAT, &d), 0);
	HOLDS(d.shm_segsz == 100 && d.shm_nattch == 0);
	EQUALS(d.shm_cpid, getpid());
	FAILS(shmctl(id, 9999, &d), EINVAL);
	FAILS(shmctl(-1, IPC_STAT, &d), EINVAL);
}

CLAIM("1-244", "shm_segsz is a size_t: the size asked for, not rounded")
{
	struct shmid_ds d = look(segment(100));

	EQUALS(sizeof d.shm_segsz, sizeof(size_t));
	EQUALS(d.shm_segsz, 100);
}

CLAIM("1-248 1-249", "shm_cpid and shm_lpid are pid_t; the last who attached")
{
	int id = segment(1);
	pid_t child;

	EQUALS(sizeof look(id).shm_cpid, sizeof(pid_t));
	EQUALS(sizeof look(id).shm_lpid, sizeof(pid_t));
	HOLDS(look(id).shm_cpid == getpid() && look(id).shm_lpid == 0);
	attach(id, 0);
	EQUALS(look(id).shm_lpid, getpid());
	child = fork();
	if (child == 0)
		_exit(0);			/* a detach as well */
	EQUALS(ends(child), 0);
	EQUALS(look(id).shm_lpid, child);
	EQUALS(look(id).shm_cpid, getpid());
}

CLAIM("1-250", "shm_nattch counts attaches, not processes, in an unsigned long")
{
	int id = segment(1), gate[2];
	char c;

	EQUALS(sizeof look(id).shm_nattch, sizeof(unsigned long));
	attach(id, 0);
	attach(id, SHM_RDONLY);
	EQUALS(look(id).shm_nattch, 2);
	HOLDS(pipe(gate) == 0);
	if (fork() == 0)
		_exit(read(gate[0], &c, 1) != 1);
	EQUALS(look(id).shm_nattch, 4);
	EQUALS(write(gate[1], "", 1), 1);
	EQUALS(ends(-1), 0);
	EQUALS(look(id).shm_nattch, 2);
}

static int has_member(const char *name)
{
	char code[256];

	snprintf(code, sizeof code, "#include <sys/shm.h>\n"
		 "unsigned long f(struct shmid_ds *d) "
		 "{ return sizeof d->%s; }\n", name);
	return compiles(STRICT, code);
}

CLAIM("1-251 1-252 1-253", "shm_npages, shm_pages and attaches are no members")
{
	HOLDS(has_member("shm_segsz"));
	HOLDS(!has_member("shm_npages"));
	HOLDS(!has_member("shm_pages"));
	HOLDS(!has_member("attaches"));
}

/* The stamps are whole seconds. Ask the clock that makes them, the kernel's,
 * until the second is over. */
static void await_next_second(void)
{
	int id = segment(1);
	time_t first;

	EQUALS(shmdt(attach(id, 0)), 0);
	first = look(id).shm_atime;
	do
		EQUALS(shmdt(attach(id, 0)), 0);
	while (look(id).shm_atime == first);
}

CLAIM("1-206 1-245 1-246 1-247",
      "atime: last attach; dtime: last detach; ctime: made or IPC_SET")
{
	int id = segment(1);
	struct shmid_ds d = look(id), old;
	volatile char *at;

	HOLDS(d.shm_ctime != 0 && d.shm_atime == 0 && d.shm_dtime == 0);
	at = attach(id, 0);
	HOLDS(look(id).shm_atime != 0 && look(id).shm_dtime == 0);
	EQUALS(shmdt(attach(id, 0)), 0);
	old = look(id);
	HOLDS(old.shm_dtime != 0);

	await_next_second();
	*at = 'x';				/* an access: no stamp */
	EQUALS(*at, 'x');
	d = look(id);
	EQUALS(d.shm_atime, old.shm_atime);
	EQUALS(shmctl(id, IPC_SET, &d), 0);
	d = look(id);
	HOLDS(d.shm_ctime > old.shm_ctime);	/* no time of creation left */
	EQUALS(shmctl(id, IPC_RMID, NULL), 0);	/* a removal: no stamp */
	EQUALS(look(id).shm_perm.mode, SHM_DEST | 0600);
	EQUALS(look(id).shm_dtime, old.shm_dtime);
	attach(id, 0);
	HOLDS(look(id).shm_atime > old.shm_atime);
}

CLAIM("L06-24", "a fork of an attached process is an attach: atime, lpid")
{
	int id = segment(1), gate[2];
	struct shmid_ds old;
	pid_t parent, child;
	char c;

	attach(id, 0);
	HOLDS(pipe(gate) == 0);
	parent = fork();			/* attached by fork alone */
	if (parent == 0) {
		old = look(id);
		await_next_second();
		EQUALS(look(id).shm_atime, old.shm_atime);
		child = fork();
		if (child == 0)
			_exit(read(gate[0], &c, 1) != 1);
		HOLDS(look(id).shm_atime > old.shm_atime);
		EQUALS(look(id).shm_lpid, getpid());
		EQUALS(write(gate[1], "", 1), 1);
		EQUALS(ends(child), 0);
		_exit(0);
	}
	EQUALS(ends(parent), 0);
}

CLAIM("L06-25", "shm_nattch counts the pieces of an attach: mprotect of a page "
      "in the middle makes 3 of 1, munmap of one 2")
{
	int id = segment(3 * page()), other = segment(3 * page());
	char *at = attach(id, 0), *hole = attach(other, 0);

	EQUALS(look(id).shm_nattch, 1);
	EQUALS(mprotect(at + page(), page(), PROT_READ), 0);
	EQUALS(look(id).shm_nattch, 3);
	EQUALS(look(id).shm_dtime, 0);

	EQUALS(look(other).shm_nattch, 1);
	EQUALS(munmap(hole + page(), page()), 0);
	EQUALS(look(other).shm_nattch, 2);
	HOLDS(look(other).shm_dtime != 0);
	EQUALS(shmdt(hole), 0);			/* all that is left of it */
	EQUALS(look(other).shm_nattch, 0);
}

/* ---------------------------------------------------------------- shmctl */

CLAIM("1-202", "IPC_STAT works on all three kinds")
{
	struct shmid_ds shm;
	struct msqid_ds msg;
	struct semid_ds sem;

	EQUALS(shmctl(segment(100), IPC_STAT, &shm), 0);
	EQUALS(shm.shm_segsz, 100);
	EQUALS(msgctl(msgget(IPC_PRIVATE, 0640), IPC_STAT, &msg), 0);
	EQUALS(msg.msg_perm.mode, 0640);
	HOLDS(msg.msg_qbytes > 0);
	EQUALS(semctl(semget(IPC_PRIVATE, 3, 0600), 0, IPC_STAT, &sem), 0);
	EQUALS(sem.sem_nsems, 3);
}

CLAIM("1-206 L06-11", "IPC_STAT needs read permission; its owner may cure that")
{
	int id = segment(1);
	struct shmid_ds d = look(id);

	d.shm_perm.mode = 0;
	EQUALS(shmctl(id, IPC_SET, &d), 0);
	drop_capabilities();
	FAILS(shmctl(id, IPC_STAT, &d), EACCES);
	FAILS(shmat(id, NULL, SHM_RDONLY), EACCES);
	d.shm_perm.mode = 0400;
	EQUALS(shmctl(id, IPC_SET, &d), 0);
	EQUALS(shmctl(id, IPC_STAT, &d), 0);
}

CLAIM("1-205 1-242", "IPC_SET sets the low nine mode bits and ignores the rest")
{
	int id = segment(100);
	struct shmid_ds d = look(id), now;

	d.shm_perm.mode = 07640;
	d.shm_perm.__key = 99;
	d.shm_segsz = 999999;
	d.shm_nattch = 7;
	EQUALS(shmctl(id, IPC_SET, &d), 0);
	now = look(id);
	EQUALS(now.shm_perm.mode, 0640);
	HOLDS(now.shm_perm.mode != d.shm_perm.mode);	/* not as asked */
	EQUALS(now.shm_perm.__key, 0);
	HOLDS(now.shm_perm.__key != d.shm_perm.__key);
	HOLDS(now.shm_segsz == 100 && now.shm_segsz != d.shm_segsz);
	HOLDS(now.shm_nattch == 0 && now.shm_nattch != d.shm_nattch);
	EQUALS(shmctl(id, IPC_RMID, NULL), 0);
	FAILS(shmctl(id, IPC_STAT, &d), EINVAL);
}

CLAIM("1-205 1-310 1-311 1-312 1-313",
      "IPC_SET gives it to another owner; the creator stays")
{
	int id = segment(1);
	struct shmid_ds d = look(id);

	d.shm_perm.uid = geteuid() + 1;
	d.shm_perm.gid = getegid() + 1;
	if (shmctl(id, IPC_SET, &d) == -1 && errno == EINVAL)
		SKIP("this user namespace knows one user only; run it as "
		     "root, or with -B");
	d = look(id);
	HOLDS(d.shm_perm.uid == geteuid() + 1);
	HOLDS(d.shm_perm.gid == getegid() + 1);
	HOLDS(d.shm_perm.cuid == geteuid() && d.shm_perm.cgid == getegid());
}

static void lock(int id)
{
	if (shmctl(id, SHM_LOCK, NULL) == -1)
		SKIP("SHM_LOCK is %s here; raise ulimit -l",
		     errno_name(errno));
}

CLAIM("1-205 L06-12", "to set, remove or lock is EPERM for all but its owners")
{
	int id = shmget(IPC_PRIVATE, 1, 0666);
	struct shmid_ds d = look(id);

	if (fork() == 0) {
		become_another_user();
		FAILS(shmctl(id, IPC_SET, &d), EPERM);
		FAILS(shmctl(id, IPC_RMID, NULL), EPERM);
		FAILS(shmctl(id, SHM_LOCK, NULL), EPERM);
		HOLDS(shmat(id, NULL, 0) != (void *)-1);
		_exit(0);
	}
	EQUALS(ends(-1), 0);
	EQUALS(shmctl(id, IPC_SET, &d), 0);	/* its owner may */
	lock(id);
	EQUALS(look(id).shm_perm.mode, SHM_LOCKED | 0666);
	EQUALS(shmctl(id, IPC_RMID, NULL), 0);
}

CLAIM("1-203", "IPC_RMID of an attached segment only marks it")
{
	int id = shmget(own_key(1), 16, IPC_CREAT | IPC_EXCL | 0600);
	char *at = attach(id, 0), *again;
	struct shmid_ds d;

	strcpy(at, "still here");
	EQUALS(shmctl(id, IPC_RMID, NULL), 0);
	d = look(id);
	EQUALS(d.shm_perm.mode, SHM_DEST | 0600);
	EQUALS(d.shm_perm.mode, 01600);
	EQUALS(d.shm_perm.__key, IPC_PRIVATE);
	EQUALS(d.shm_nattch, 1);

	EQUALS(shmdt(attach(id, 0)), 0);	/* on Linux one may, by id */
	again = attach(id, SHM_RDONLY);
	EQUALS(shmdt(at), 0);
	HOLDS(strcmp(again, "still here") == 0);
	EQUALS(shmdt(again), 0);		/* the last one: now it goes */
	FAILS(shmctl(id, IPC_STAT, &d), EINVAL);
}

CLAIM("L06-13", "a marked segment gives its key away: the next is another one")
{
	key_t key = own_key(1);
	int id = shmget(key, 1, IPC_CREAT | 0600), next;
	char *at = attach(id, 0);

	*at = 'x';
	EQUALS(shmctl(id, IPC_RMID, NULL), 0);
	FAILS(shmget(key, 1, 0), ENOENT);
	next = shmget(key, 1, IPC_CREAT | IPC_EXCL | 0600);
	HOLDS(next != -1 && next != id);
	EQUALS(shmget(key, 1, 0), next);
	EQUALS(*(char *)attach(next, 0), 0);
	EQUALS(*at, 'x');
}

CLAIM("L06-14", "a segment that is gone is EINVAL for every call")
{
	int id = segment(1);
	struct shmid_ds d = look(id);

	EQUALS(shmdt(attach(id, 0)), 0);
	EQUALS(shmctl(id, IPC_SET, &d), 0);
	EQUALS(shmctl(id, SHM_UNLOCK, NULL), 0);
	EQUALS(shmctl(id, IPC_RMID, NULL), 0);
	FAILS(shmat(id, NULL, 0), EINVAL);
	FAILS(shmctl(id, IPC_STAT, &d), EINVAL);
	FAILS(shmctl(id, IPC_SET, &d), EINVAL);
	FAILS(shmctl(id, SHM_UNLOCK, NULL), EINVAL);
	FAILS(shmctl(id, IPC_RMID, NULL), EINVAL);
}

CLAIM("1-203", "IPC_RMID of a set removes it at once: sleepers get EIDRM")
{
	int id = semget(IPC_PRIVATE, 1, 0600);
	struct sembuf take = { 0, -1, 0 };
	pid_t sleeper = fork();

	if (sleeper == 0) {
		FAILS(semop(id, &take, 1), EIDRM);
		_exit(0);
	}
	HOLDS(blocks(sleeper));
	EQUALS(semctl(id, 0, IPC_RMID), 0);
	EQUALS(ends(sleeper), 0);
}

CLAIM("L06-15", "with shm_rmid_forced = 1 a segment goes at the last detach")
{
	char *one, *two;
	int id;

	own_namespace();
	set_limit("shm_rmid_forced", "0");
	id = segment(1);
	EQUALS(shmdt(attach(id, 0)), 0);
	EQUALS(look(id).shm_lpid, getpid());	/* it was attached, */
	EQUALS(look(id).shm_nattch, 0);		/* and it stays */
	set_limit("shm_rmid_forced", "1");
	id = segment(1);
	one = attach(id, 0);
	two = attach(id, 0);
	EQUALS(shmdt(one), 0);
	EQUALS(look(id).shm_perm.mode, 0600);	/* nobody has removed it */
	EQUALS(shmdt(two), 0);
	FAILS(shmat(id, NULL, 0), EINVAL);
}

CLAIM("1-207 1-208 1-314", "SHM_LOCK sets SHM_LOCKED, and keeps nobody out")
{
	int id = shmget(IPC_PRIVATE, 1, 0660);
	char *at = attach(id, 0);
	pid_t other;

	lock(id);
	EQUALS(look(id).shm_perm.mode, 02660);
	*at = 'a';
	other = fork();
	if (other == 0) {
		*(char *)attach(id, 0) = 'x';
		_exit(0);
	}
	EQUALS(ends(other), 0);
	EQUALS(look(id).shm_lpid, other);
	EQUALS(*at, 'x');
	EQUALS(look(id).shm_perm.mode, 02660);	/* all the time */
	EQUALS(shmctl(id, SHM_UNLOCK, NULL), 0);
	EQUALS(look(id).shm_perm.mode, 0660);
}

CLAIM("1-314", "mode is a mode_t, with SHM_DEST and SHM_LOCKED beyond the nine")
{
/* glibc before 2.32 had it shorter; without glibc there is no such macro. */
#ifdef __GLIBC_PREREQ
#if __GLIBC_PREREQ(2, 32)
	EQUALS(sizeof(((struct ipc_perm *)0)->mode), sizeof(mode_t));
#endif
#else
	EQUALS(sizeof(((struct ipc_perm *)0)->mode), sizeof(mode_t));
#endif
	EQUALS(SHM_DEST, 01000);
	EQUALS(SHM_LOCKED, 02000);
}

CLAIM("1-207 L06-16", "SHM_LOCK brings no page in: it is there once touched")
{
	int id = segment(page());
	volatile char *at = attach(id, 0);
	unsigned char in = 1;

	lock(id);
	EQUALS(look(id).shm_perm.mode, SHM_LOCKED | 0600);
	EQUALS(mincore((void *)at, page(), &in), 0);
	EQUALS(in & 1, 0);
	*at = 'x';
	EQUALS(mincore((void *)at, page(), &in), 0);
	EQUALS(in & 1, 1);
}

/* The limit is one of the user, who may have locked a page or two elsewhere. */
CLAIM("1-207 L06-17", "RLIMIT_MEMLOCK bounds SHM_LOCK: ENOMEM, and 0 is EPERM")
{
	struct rlimit few = { 16 * page(), 16 * page() }, none = { 0, 0 };
	int small = segment(page()), large = segment(17 * page());

	drop_capabilities();
	if (setrlimit(RLIMIT_MEMLOCK, &few) == -1)
		SKIP("ulimit -l is less than 16 pages already");
	FAILS(shmctl(large, SHM_LOCK, NULL), ENOMEM);
	EQUALS(shmctl(small, SHM_LOCK, NULL), 0);
	EQUALS(look(small).shm_perm.mode, SHM_LOCKED | 0600);
	EQUALS(shmctl(small, SHM_UNLOCK, NULL), 0);
	EQUALS(setrlimit(RLIMIT_MEMLOCK, &none), 0);
	FAILS(shmctl(small, SHM_LOCK, NULL), EPERM);
}

/* A 64-bit kernel has limits that an unsigned long of 32 bits cannot hold. */
CLAIM("1-204 1-240 1-241", "IPC_INFO: the limits, as in /proc; returns a slot; "
      "in 32 bits what is too large for them is INT_MAX, or cut off")
{
	const unsigned long long max = number_in("/proc/sys/kernel/shmmax");
	const unsigned long long all = number_in("/proc/sys/kernel/shmall");
	int slot = slot_of(segment(1));
	struct shminfo info;

	HOLDS(slot >= 0);
	HOLDS(shmctl(0, IPC_INFO, (void *)&info) >= slot);
	EQUALS(info.shmmin, 1);
	if ((unsigned long)max == max)
		EQUALS(info.shmmax, max);
	else
		EQUALS(info.shmmax, INT_MAX);
	EQUALS(info.shmall, (unsigned long)all);
	EQUALS(info.shmmni, number_in("/proc/sys/kernel/shmmni"));
}

CLAIM("1-204 1-241", "with two segments IPC_INFO returns 1: an index, not 0")
{
	struct shminfo info;

	own_namespace();
	EQUALS(slot_of(segment(1)), 0);
	EQUALS(slot_of(segment(1)), 1);
	EQUALS(shmctl(0, IPC_INFO, (void *)&info), 1);
}

CLAIM("1-240 1-241 L06-18",
      "SHM_INFO says what is in use, SHM_STAT returns the id of a slot")
{
	struct shm_info used;
	struct shmid_ds d;
	int first, id;

	own_namespace();
	first = segment(1);
	EQUALS(shmctl(0, SHM_INFO, (void *)&used), 0);
	HOLDS(used.used_ids == 1 && used.shm_tot == 1 && used.shm_rss == 0);
	id = segment(3 * page());
	*(volatile char *)attach(id, 0) = 'x';
	EQUALS(shmctl(0, SHM_INFO, (void *)&used), slot_of(id));
	HOLDS(used.used_ids == 2 && used.shm_tot == 4 && used.shm_rss == 1);
	EQUALS(shmctl(slot_of(id), SHM_STAT, &d), id);
	EQUALS(d.shm_segsz, 3 * page());
	EQUALS(shmctl(slot_of(first), SHM_STAT, &d), first);
	EQUALS(d.shm_segsz, 1);
}

CLAIM("L06-21", "SHM_STAT needs read permission, SHM_STAT_ANY does not")
{
#ifndef SHM_STAT_ANY
	SKIP("these headers have no SHM_STAT_ANY (Linux 4.17, glibc 2.28)");
#else
	int id = segment(1), slot = slot_of(id);
	struct shmid_ds d = look(id);

	drop_capabilities();
	EQUALS(shmctl(slot, SHM_STAT, &d), id);
	d.shm_perm.mode = 0200;
	EQUALS(shmctl(id, IPC_SET, &d), 0);
	FAILS(shmctl(slot, SHM_STAT, &d), EACCES);
	EQUALS(shmctl(slot, SHM_STAT_ANY, &d), id);
#endif
}

CLAIM("1-240", "IPC_SET reads buf, IPC_RMID and SHM_LOCK ignore it")
{
	int id = segment(1);

	FAILS(shmctl(id, IPC_SET, NULL), EFAULT);
	FAILS(shmctl(id, IPC_STAT, NULL), EFAULT);
	lock(id);				/* passes NULL */
	EQUALS(look(id).shm_perm.mode, SHM_LOCKED | 0600);
	EQUALS(shmctl(id, IPC_RMID, NULL), 0);
}

/* ------------------------------------------------------- a peer: perl */

static void need_perl(void)
{
	if (system("perl -e 1 > /dev/null 2>&1") != 0)
		SKIP("no perl here; install perl");
}

/* The first line that COMMAND prints, with the number N put into it. */
__attribute__((format(printf, 1, 0)))
static const char *perl_says(const char *command, long n)
{
	static char line[64], shell[256];
	FILE *p;

	snprintf(shell, sizeof shell, command, n);
	memset(line, 0, sizeof line);
	p = popen(shell, "r");
	HOLDS(p && fgets(line, sizeof line, p));
	EQUALS(pclose(p), 0);
	return line;
}

CLAIM("L06-19", "perl reads what C wrote, and C what perl wrote")
{
	int id = segment(16);
	char *at = attach(id, 0);

	need_perl();
	strcpy(at, "C wrote this");
	HOLDS(strcmp(perl_says("perl -e 'shmread(%ld, $b, 0, 12) or die $!; "
			       "print $b'", id), "C wrote this") == 0);
	perl_says("perl -e 'shmwrite(%ld, q(perl wrote this), 0, 15) or die $!;"
		  "print 1'", id);
	HOLDS(strncmp(at, "perl wrote this", 15) == 0);
	EQUALS(look(id).shm_nattch, 1);		/* it detaches each time */
}

CLAIM("L06-20", "perl finds a segment by the key, with the same id")
{
	key_t key = own_key(1);
	int id = shmget(key, 1, IPC_CREAT | 0600);

	need_perl();
	EQUALS(atoi(perl_says("perl -e '$id = shmget(%ld, 0, 0); "
			      "defined $id or die $!; print 0 + $id'", key)),
	       id);
}
