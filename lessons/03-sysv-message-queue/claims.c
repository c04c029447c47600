/*
 * claims - what the notes say about System V message queues, executed
 *
 * Ids are rows of docs/claims.tsv; L03-.. are claims of this course. A proof
 * runs in a process of its own, with a deadline, so it may block or crash.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <mqueue.h>
#include <poll.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../common/proof/claim.h"

/* --------------------------------------------------------------- helpers */

struct msg {
	long type;
	char text[100];
};

static int make_queue(void)
{
	int q = msgget(IPC_PRIVATE, 0600);

	HOLDS(q != -1);
	return q;
}

static int send_to(int q, long type, const char *text, int flags)
{
	struct msg m = { .type = type };

	strcpy(m.text, text);
	return msgsnd(q, &m, strlen(text), flags);
}

static void put(int q, long type, const char *text)
{
	EQUALS(send_to(q, type, text, IPC_NOWAIT), 0);
}

/* The text of the message that comes, or the name of the error. */
static const char *take(int q, long type, int flags)
{
	static struct msg m;
	ssize_t n = msgrcv(q, &m, sizeof m.text - 1, type, flags);

	if (n == -1)
		return errno_name(errno);
	m.text[n] = '\0';
	return m.text;
}

#define TAKES(q, type, flags, want)					\
	do {								\
		const char *got_ = take(q, type, flags);		\
									\
		if (strcmp(got_, want) != 0)				\
			claim_fail(__FILE__, __LINE__,			\
				   "type %ld, flags %s: %s, not %s",	\
				   (long)(type), #flags, got_, want);	\
	} while (0)

static struct msqid_ds stat_of(int q)
{
	struct msqid_ds d;

	HOLDS(msgctl(q, IPC_STAT, &d) == 0);
	return d;
}

static void set_bytes(int q, msglen_t bytes)
{
	struct msqid_ds d = stat_of(q);

	d.msg_qbytes = bytes;
	HOLDS(msgctl(q, IPC_SET, &d) == 0);
}

/* A queue that is full: it may hold one byte, and does. */
static int full_queue(void)
{
	int q = make_queue();

	set_bytes(q, 1);
	put(q, 1, "x");
	return q;
}

static long limit(const char *name)
{
	char path[64];
	long n = -1;
	FILE *f;

	snprintf(path, sizeof path, "/proc/sys/%s", name);
	f = fopen(path, "re");
	HOLDS(f && fscanf(f, "%ld", &n) == 1);
	fclose(f);
	return n;
}

static void set_limit(const char *name, long n)
{
	char path[64];
	FILE *f;

	snprintf(path, sizeof path, "/proc/sys/%s", name);
	f = fopen(path, "we");
	if (!f || fprintf(f, "%ld", n) < 0 || fclose(f) == EOF)
		SKIP("only root may change %s; run it as root", path);
}

/* An IPC namespace in which no object was ever made. */
static void fresh_namespace(void)
{
	if (unshare(CLONE_NEWIPC) == -1 &&
	    unshare(CLONE_NEWUSER | CLONE_NEWIPC) == -1)
		SKIP("no IPC namespace of its own here; run it as root");
}

static void need(const char *tool)
{
	char line[100];

	snprintf(line, sizeof line, "command -v %s > /dev/null", tool);
	if (system(line) != 0)
		SKIP("%s is not installed; see `make deps'", tool);
}

/* The exit status of a shell command. */
static int shell(const char *fmt, ...)
{
	char line[300];
	va_list ap;
	int status;

	va_start(ap, fmt);
	vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	status = system(line);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* What a shell command prints, all blanks squeezed, or less of it. */
static const char *output(const char *fmt, ...)
{
	static char text[4096];
	char line[300];
	size_t n = 0;
	va_list ap;
	FILE *f;

	va_start(ap, fmt);
	vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	f = popen(line, "re");
	for (int c; f && (c = getc(f)) != EOF && n < sizeof text - 1; )
		if (c != ' ' || (n && text[n - 1] != ' '))
			text[n++] = (char)c;
	text[n] = '\0';
	HOLDS(f && pclose(f) != -1);
	return text;
}

#define STRICT "-std=gnu11 -Wall -Werror"

static void ignore(int sig)
{
	(void)sig;
}

/* ------------------------------------------------------------- messages */

CLAIM("0-004 1-168 2-058 2-059", "a message stays when its sender has ended")
{
	key_t key = own_key(200);
	int q = msgget(key, IPC_CREAT | IPC_EXCL | 0600);

	pid_t sender = fork();

	HOLDS(q != -1);
	if (sender == 0)
		_exit(send_to(msgget(key, 0), 1, "left", 0) != 0);
	EQUALS(ends(sender), 0);
	EQUALS(stat_of(q).msg_lspid, sender);
	TAKES(q, 0, IPC_NOWAIT, "left");
}

CLAIM("2-012 2-054 2-055 2-056 2-060 4-010",
      "two messages come as two messages, never as one stream of bytes")
{
	struct msg m;
	int q = make_queue();

	put(q, 1, "ab");
	put(q, 1, "cde");
	EQUALS(msgrcv(q, &m, sizeof m.text, 0, IPC_NOWAIT), 2);
	EQUALS(msgrcv(q, &m, sizeof m.text, 0, IPC_NOWAIT), 3);
}

CLAIM("1-357 2-061 3-013", "a message carries a type, and arrives with it")
{
	struct msg out = { .type = 5 }, in = { .type = 0 };
	int q = make_queue();

	EQUALS(msgsnd(q, &out, 0, 0), 0);
	EQUALS(msgrcv(q, &in, 0, 0, 0), 0);
	EQUALS(in.type, 5);
}

CLAIM("1-355 2-061 3-013", "a type is greater than 0: else EINVAL")
{
	int q = make_queue();

	FAILS(send_to(q, 0, "x", 0), EINVAL);
	FAILS(send_to(q, -1, "x", 0), EINVAL);
	EQUALS(send_to(q, 1, "x", 0), 0);
	EQUALS(send_to(q, LONG_MAX, "x", 0), 0);
}

CLAIM("1-365 1-167", "the data is copied when it is sent")
{
	struct msg m = { 1, "111" };
	int q = make_queue();

	EQUALS(msgsnd(q, &m, 3, 0), 0);
	strcpy(m.text, "222");
	EQUALS(msgsnd(q, &m, 3, 0), 0);		/* the same place, changed */
	TAKES(q, 0, 0, "111");
	TAKES(q, 0, 0, "222");
}

CLAIM("1-356 2-101 L03-01", "a message may be empty: msgrcv() returns 0")
{
	struct msg m = { .type = 1 };
	int q = make_queue();

	EQUALS(msgsnd(q, &m, 0, 0), 0);
	EQUALS(stat_of(q).msg_qnum, 1);
	EQUALS(msgrcv(q, &m, sizeof m.text, 0, 0), 0);
}

CLAIM("1-354 3-027 3-031", "any structure that begins with a long will do")
{
	struct { long type; int a; char b; } out = { 7, 42, 'z' }, in;
	size_t size = sizeof out - sizeof out.type;
	int q = make_queue();

	EQUALS(msgsnd(q, &out, size, 0), 0);
	EQUALS(msgrcv(q, &in, size, 0, 0), size);
	HOLDS(in.type == 7 && in.a == 42 && in.b == 'z');
}

CLAIM("1-354", "_GNU_SOURCE declares struct msgbuf, so choose another name")
{
	const char *own = "#include <sys/msg.h>\n"
			  "struct msgbuf { long mtype; char mtext[8]; };\n";

	HOLDS(!compiles(STRICT " -D_GNU_SOURCE", own));
	if (glibc_version())		/* musl may declare it here too */
		HOLDS(compiles(STRICT, own));
}

CLAIM("1-361 2-084 3-028",
      "msgsz does not count the type: sizeof the struct is 8 bytes too many")
{
	struct { long type; char text[8]; char behind[8]; } m = { 1, "", "" };
	size_t wrong = offsetof(__typeof__(m), behind);
	int q = make_queue();

	EQUALS(msgsnd(q, &m, sizeof m.text, 0), 0);
	EQUALS(msgsnd(q, &m, wrong, 0), 0);
	EQUALS(msgrcv(q, &m, sizeof m, 0, 0), 8);
	EQUALS(msgrcv(q, &m, 16, 0, 0), 8 + sizeof(long));
}

CLAIM("1-360 1-368", "without the struct, the first bytes become the type")
{
	_Alignas(long) char bare[] = "hello world";
	struct msg m;
	int q = make_queue();

	EQUALS(msgsnd(q, bare, 3, 0), 0);	/* no cast, no warning */
	EQUALS(msgrcv(q, &m, sizeof m.text, 0, 0), 3);
	HOLDS(memcmp(&m.type, "hello world", sizeof m.type) == 0);
}

/* The number that the next descriptor will have */
static int free_number(void)
{
	int fd = dup(0);

	HOLDS(fd != -1 && close(fd) == 0);
	return fd;
}

CLAIM("2-063 3-016", "the id is no descriptor: none is opened or polled")
{
	struct epoll_event event = { .events = EPOLLIN };
	struct pollfd p = { .events = POLLIN };
	int e = epoll_create1(0), number = free_number(), q = make_queue();

	HOLDS(e != -1);
	EQUALS(stat_of(q).msg_qnum, 0);		/* the queue is there */
	EQUALS(free_number(), number);		/* no descriptor was taken */
	EQUALS(open(".", O_RDONLY), number);	/* open() takes one */
	do
		q = make_queue();
	while (fcntl(q, F_GETFD) != -1);	/* a number not in use */
	p.fd = q;
	EQUALS(poll(&p, 1, 0), 1);
	EQUALS(p.revents, POLLNVAL);
	FAILS(epoll_ctl(e, EPOLL_CTL_ADD, q, &event), EBADF);
}

/* ----------------------------------------------------------------- keys */

CLAIM("1-184 2-068", "IPC_PRIVATE is 0, and 0 is the key of its queues")
{
	int q = msgget(own_key(68), IPC_CREAT | IPC_EXCL | 0600);

	HOLDS(q != -1);
	EQUALS(stat_of(q).msg_perm.__key, own_key(68));	/* others have theirs */
	HOLDS(msgctl(q, IPC_RMID, NULL) == 0);
	EQUALS(IPC_PRIVATE, 0);
	EQUALS(stat_of(make_queue()).msg_perm.__key, 0);
}

CLAIM("1-183 2-069 3-019", "IPC_PRIVATE makes a new queue each time, no key")
{
	int a = make_queue(), b = make_queue();

	HOLDS(a != b);
	EQUALS(stat_of(a).msg_perm.__key, 0);
	EQUALS(stat_of(b).msg_perm.__key, 0);
}

CLAIM("L03-20", "a killed program leaves its private queue; no key finds it")
{
	int told[2], q;
	pid_t maker;

	HOLDS(pipe(told) == 0);
	maker = fork();
	if (maker == 0) {
		q = make_queue();
		HOLDS(write(told[1], &q, sizeof q) == sizeof q);
		raise(SIGKILL);
	}
	EQUALS(ends(maker), 128 + SIGKILL);
	EQUALS(read(told[0], &q, sizeof q), sizeof q);
	HOLDS(msgget(stat_of(q).msg_perm.__key, 0600) != q);
	EQUALS(msgctl(q, IPC_RMID, NULL), 0);
}

CLAIM("1-186 1-173", "who is told the id reaches a private queue, without key")
{
	int q = make_queue();

	need("ipcrm");
	EQUALS(stat_of(q).msg_perm.__key, IPC_PRIVATE);
	put(q, 1, "x");
	EQUALS(shell("ipcrm -q %d", q), 0);
	FAILS(send_to(q, 1, "x", 0), EINVAL);
}

CLAIM("1-185", "ids are given in order, and not used again at once")
{
	fresh_namespace();
	for (int i = 0; i < 4; i++)
		EQUALS(make_queue(), i);
	EQUALS(msgctl(1, IPC_RMID, NULL), 0);
	FAILS(send_to(1, 1, "x", 0), EINVAL);	/* 1 is free */
	HOLDS(make_queue() > 3);
}

CLAIM("2-073 L03-02", "0 is a valid id: the first of a fresh system")
{
	fresh_namespace();
	EQUALS(msgget(own_key(200), IPC_CREAT | 0600), 0);
	put(0, 1, "to queue 0");
	TAKES(0, 0, 0, "to queue 0");
}

CLAIM("1-180", "key_t has 32 bits")
{
	EQUALS(sizeof(key_t), 4);
}

CLAIM("1-309", "__key in struct ipc_perm is the key")
{
	int q = msgget(own_key(200), IPC_CREAT | 0600);

	EQUALS(stat_of(q).msg_perm.__key, own_key(200));
}

CLAIM("1-175 3-015 3-017", "the key goes in, the id comes out; a queue that "
      "is made again has the same key and another id")
{
	key_t key = own_key(200);
	int first = msgget(key, IPC_CREAT | 0600), second;

	EQUALS(msgctl(first, IPC_RMID, NULL), 0);
	second = msgget(key, IPC_CREAT | 0600);
	HOLDS(second != -1 && second != first && second != key);
	EQUALS(stat_of(second).msg_perm.__key, key);
}

CLAIM("1-175 1-179 3-018",
      "one key may name a queue, a segment and a semaphore set")
{
	key_t key = own_key(200);
	int flags = IPC_CREAT | IPC_EXCL | 0600;

	HOLDS(msgget(key, flags) != -1);
	HOLDS(shmget(key, 1, flags) != -1);
	HOLDS(semget(key, 1, flags) != -1);
	FAILS(msgget(key, flags), EEXIST);	/* but one of each kind */
	FAILS(shmget(key, 1, flags), EEXIST);
	FAILS(semget(key, 1, flags), EEXIST);
}

CLAIM("1-179 3-018", "two programs with one key share a queue, unwarned")
{
	key_t key = own_key(200);
	int mine = msgget(key, IPC_CREAT | 0600);
	pid_t other = fork();

	if (other == 0) {
		int theirs = msgget(key, IPC_CREAT | 0600);

		FAILS(msgget(key, IPC_CREAT | IPC_EXCL | 0600), EEXIST);
		_exit(send_to(theirs, 1, "theirs", 0) != 0);
	}
	EQUALS(ends(other), 0);
	EQUALS(stat_of(mine).msg_lspid, other);
	TAKES(mine, 0, IPC_NOWAIT, "theirs");
}

CLAIM("1-181", "a key alone opens nothing: EACCES")
{
	key_t key = own_key(200);
	int q = msgget(key, IPC_CREAT | 0);		/* for nobody */

	drop_capabilities();
	FAILS(msgget(key, 0600), EACCES);
	EQUALS(msgget(key, 0), q);			/* asks for nothing */
	FAILS(send_to(q, 1, "x", 0), EACCES);
	FAILS(msgrcv(q, &(struct msg){ 0 }, 9, 0, IPC_NOWAIT), EACCES);
}

CLAIM("L03-31", "msgrcv() asks for the right to read, msgsnd() for that to "
      "write")
{
	int to_read = msgget(IPC_PRIVATE, 0400);
	int to_write = msgget(IPC_PRIVATE, 0200);

	drop_capabilities();
	FAILS(send_to(to_read, 1, "x", 0), EACCES);
	FAILS(msgrcv(to_read, &(struct msg){ 0 }, 9, 0, IPC_NOWAIT), ENOMSG);
	EQUALS(send_to(to_write, 1, "x", 0), 0);
	FAILS(msgrcv(to_write, &(struct msg){ 0 }, 9, 0, IPC_NOWAIT), EACCES);
}

static void touch(const char *path)
{
	HOLDS(mknod(path, S_IFREG | 0600, 0) == 0);
}

CLAIM("1-174 1-194 2-074 3-020",
      "a key of ftok(): 8 bits of proj_id, 8 of the device, 16 of the inode")
{
	struct stat st;

	touch("f");
	HOLDS(stat("f", &st) == 0);
	EQUALS((unsigned)ftok("f", 'a'), 0x61000000 |
	       (st.st_dev & 0xff) << 16 | (st.st_ino & 0xffff));
}

CLAIM("1-182 1-173", "ftok(), msgget(), use: key, id, queue")
{
	key_t key;
	int q;

	touch("f");
	key = ftok("f", 'a');
	HOLDS(key != -1);
	q = msgget(key, IPC_CREAT | 0600);
	put(q, 1, "by key");
	TAKES(msgget(ftok("f", 'a'), 0), 0, 0, "by key");
	HOLDS(msgctl(q, IPC_RMID, NULL) == 0);
}

CLAIM("1-190 1-340", "ftok() needs <sys/ipc.h>, msgget() <sys/msg.h>")
{
	const char *calls_ftok = "#include <sys/types.h>\n"
				 "#ifdef WITH\n#include <sys/ipc.h>\n#endif\n"
				 "key_t k(void) { return ftok(\".\", 1); }\n";
	const char *calls_msgget = "#include <sys/ipc.h>\n"
				   "#ifdef WITH\n#include <sys/msg.h>\n#endif\n"
				   "int q(void) { return msgget(1, 0); }\n";

	HOLDS(compiles(STRICT " -DWITH", calls_ftok));
	HOLDS(!compiles(STRICT, calls_ftok));
	HOLDS(compiles(STRICT " -DWITH", calls_msgget));
	HOLDS(!compiles(STRICT, calls_msgget));
}

CLAIM("1-191 1-193 2-077 2-080",
      "ftok() of a file that does not exist is -1, ENOENT")
{
	const char *path = "f";

	FAILS(ftok(path, 1), ENOENT);
	touch(path);
	HOLDS(ftok(path, 1) != -1);
}

CLAIM("1-191 2-078", "the file need not be readable, only within reach")
{
	HOLDS(mkdir("dir", 0700) == 0);
	touch("dir/f");
	HOLDS(chmod("dir/f", 0) == 0);
	drop_capabilities();
	FAILS(open("dir/f", O_RDONLY), EACCES);
	HOLDS(ftok("dir/f", 1) != -1);
	HOLDS(chmod("dir", 0600) == 0);			/* no search */
	FAILS(ftok("dir/f", 1), EACCES);
	HOLDS(chmod("dir", 0700) == 0);
}

CLAIM("1-192 2-079", "only the low 8 bits of proj_id count")
{
	touch("f");
	EQUALS(ftok("f", 80), ftok("f", 80 + 256));
	EQUALS(ftok("f", 0), ftok("f", 256));
	HOLDS(ftok("f", 80) != ftok("f", 81));
}

CLAIM("1-195 2-074 2-076", "ftok() sees the file, not its name")
{
	key_t key;

	touch("f");
	key = ftok("f", 1);
	HOLDS(link("f", "hard") == 0 && symlink("f", "soft") == 0);
	EQUALS(ftok("hard", 1), key);
	EQUALS(ftok("soft", 1), key);
	HOLDS(rename("f", "renamed") == 0);
	EQUALS(ftok("renamed", 1), key);
}

CLAIM("1-195 2-074", "a file that was replaced gives another key")
{
	struct stat a, b;
	key_t key;

	touch("f");
	touch("new");
	HOLDS(stat("f", &a) == 0 && stat("new", &b) == 0);
	if (((a.st_ino ^ b.st_ino) & 0xffff) == 0)
		SKIP("these two files collide by chance; run it again");
	key = ftok("f", 1);
	HOLDS(rename("new", "f") == 0);
	HOLDS(ftok("f", 1) != key);
}

/* tmpfs counts its inodes up: the 65536th after the first collides. Where all
 * file systems share one counter (tmpfs before Linux 5.9) that number may be
 * another's each time, so this looks at no more than twice as many. */
CLAIM("2-075 3-021 L03-03", "two files whose inodes share 16 bits: one key")
{
	char dir[] = "/dev/shm/ipc-lessons.XXXXXX";
	const int most = 2 * 65536;
	struct stat a, b;
	int tried = 0;

	if (!mkdtemp(dir) || chdir(dir) == -1)
		SKIP("no /dev/shm to make files in; mount a tmpfs there");
	touch("a");
	HOLDS(stat("a", &a) == 0);
	do {
		unlink("b");
		touch("b");
		HOLDS(stat("b", &b) == 0);
		tried++;
	} while (((a.st_ino ^ b.st_ino) & 0xffff) != 0 && tried < most);
	HOLDS(a.st_ino != b.st_ino);
	if (((a.st_ino ^ b.st_ino) & 0xffff) == 0)
		EQUALS(ftok("a", 1), ftok("b", 1));
	else
		tried = 0;
	HOLDS(unlink("a") == 0 && unlink("b") == 0 && rmdir(dir) == 0);
	if (tried == 0)
		SKIP("of %d files in /dev/shm none has an inode that ends as "
		     "the first one's; a tmpfs of Linux 5.9 or later has",
		     most);
}

CLAIM("3-050", "0x61130001 reads: proj_id 'a', device ..13, inode ..0001")
{
	unsigned key = 0x61130001;

	EQUALS(key >> 24, 'a');
	EQUALS(key >> 16 & 0xff, 0x13);
	EQUALS(key & 0xffff, 1);
}

/* --------------------------------------------------------------- msgget */

CLAIM("1-350 1-352 2-067", "without IPC_CREAT a missing queue is ENOENT")
{
	FAILS(msgget(own_key(200), 0), ENOENT);
}

CLAIM("1-343 1-350 1-351 2-066 2-067 2-071 3-025",
      "IPC_CREAT makes the queue once; every later call gets the same id")
{
	key_t key = own_key(200);
	int q;

	FAILS(msgget(key, 0), ENOENT);
	q = msgget(key, IPC_CREAT | 0600);
	HOLDS(q >= 0);
	EQUALS(msgget(key, IPC_CREAT | 0600), q);
	EQUALS(msgget(key, 0), q);
	if (fork() == 0)
		_exit(msgget(key, 0) != q);
	EQUALS(ends(-1), 0);
}

CLAIM("1-353", "the queue outlives the process that made it")
{
	int flags = IPC_CREAT | IPC_EXCL | 0600, q;
	key_t key = own_key(200);
	pid_t maker = fork();

	if (maker == 0) {
		put(msgget(key, flags), 1, "from the maker");
		_exit(0);
	}
	EQUALS(ends(maker), 0);
	FAILS(msgget(key, flags), EEXIST);
	q = msgget(key, 0600);
	EQUALS(stat_of(q).msg_lspid, maker);
	TAKES(q, 0, IPC_NOWAIT, "from the maker");
}

CLAIM("2-072", "IPC_EXCL fails only together with IPC_CREAT: EEXIST")
{
	key_t key = own_key(200);
	int flags = IPC_EXCL | 0600, q = msgget(key, IPC_CREAT | flags);

	HOLDS(q != -1);
	FAILS(msgget(key, IPC_CREAT | flags), EEXIST);
	EQUALS(msgget(key, flags), q);
}

CLAIM("2-070", "the low nine bits of msgflg are the mode; no umask")
{
	struct stat st;
	int file;

	umask(077);
	file = open("f", O_CREAT | O_WRONLY, 0666);
	HOLDS(file != -1 && fstat(file, &st) == 0);
	EQUALS(st.st_mode & 0777, 0600);	/* of a file it counts */
	EQUALS(stat_of(msgget(IPC_PRIVATE, 0666)).msg_perm.mode & 0777, 0666);
	EQUALS(stat_of(msgget(IPC_PRIVATE, 0421)).msg_perm.mode & 0777, 0421);
}

CLAIM("1-349 1-350 1-358 1-369 1-385 1-386 1-387 2-066 2-081 2-088 3-030 3-041",
      "the four prototypes; msgrcv() returns ssize_t, msgctl() has a pointer")
{
	EQUALS(_Generic(&msgget, int (*)(key_t, int): 1, default: 0), 1);
	EQUALS(_Generic(&msgsnd, int (*)(int, const void *, size_t, int): 1,
		default: 0), 1);
	EQUALS(_Generic(&msgrcv, ssize_t (*)(int, void *, size_t, long, int):
		1, default: 0), 1);
	EQUALS(_Generic(&msgctl, int (*)(int, int, struct msqid_ds *): 1,
		default: 0), 1);
}

CLAIM("0-048 1-340", "<sys/msg.h> alone is enough")
{
	HOLDS(compiles(STRICT, "#include <sys/msg.h>\n"
		       "int q(void) { return msgget(1, 0); }\n"));
}

CLAIM("0-048", "in glibc MSG_EXCEPT, MSG_COPY, struct msgbuf need _GNU_SOURCE")
{
	const char *code[] = {
		"#include <sys/msg.h>\nint x = MSG_EXCEPT;\n",
		"#include <sys/msg.h>\nint x = MSG_COPY;\n",
		"#include <sys/msg.h>\nstruct msgbuf m;\n",
	};

	if (!glibc_version())
		SKIP("this is about the headers of glibc; here is another C "
		     "library");
	for (int i = 0; i < 3; i++) {
		HOLDS(compiles(STRICT " -D_GNU_SOURCE", code[i]));
		HOLDS(!compiles(STRICT, code[i]));
	}
}

/* --------------------------------------------------------------- msgsnd */

CLAIM("1-344 1-364 2-059 2-081 2-087",
      "msgsnd() returns 0, and the message is counted")
{
	int q = make_queue();

	EQUALS(send_to(q, 1, "abc", 0), 0);
	EQUALS(stat_of(q).msg_qnum, 1);
	EQUALS(stat_of(q).msg_cbytes, 3);
}

CLAIM("1-359 1-370 2-082 2-089", "on a removed id, all calls are EINVAL")
{
	int q = make_queue();
	struct msqid_ds d = stat_of(q);

	EQUALS(msgctl(q, IPC_RMID, NULL), 0);
	FAILS(send_to(q, 1, "x", 0), EINVAL);
	FAILS(msgrcv(q, &(struct msg){ 0 }, 9, 0, 0), EINVAL);
	FAILS(msgctl(q, IPC_STAT, &d), EINVAL);
	FAILS(msgctl(q, IPC_SET, &d), EINVAL);
	FAILS(msgctl(q, IPC_RMID, NULL), EINVAL);
}

CLAIM("1-366 1-404", "msgmax bytes go in, one more is EINVAL")
{
	size_t max = (size_t)limit("kernel/msgmax");
	long *m = calloc(1, sizeof *m + max + 1);
	int q = make_queue();

	HOLDS(m);
	if (max > stat_of(q).msg_qbytes)
		SKIP("kernel.msgmax is above kernel.msgmnb; sysctl sets them");
	*m = 1;
	EQUALS(msgsnd(q, m, max, IPC_NOWAIT), 0);
	FAILS(msgsnd(q, m, max + 1, IPC_NOWAIT), EINVAL);
	EQUALS(stat_of(q).msg_cbytes, max);
	free(m);
}

CLAIM("L03-04", "a negative size is EINVAL for msgsnd() and msgrcv()")
{
	struct msg m = { 1, "" };
	volatile size_t minus = (size_t)-1;
	int q = make_queue();

	FAILS(msgsnd(q, &m, minus, 0), EINVAL);
	FAILS(msgrcv(q, &m, minus, 0, 0), EINVAL);
}

CLAIM("1-169 1-363 1-165 2-086 2-087 1-364",
      "1024 bytes at a time fill msg_qbytes; then IPC_NOWAIT is EAGAIN")
{
	static struct { long type; char text[1024]; } m = { 1, "" };
	int q = make_queue();
	msglen_t n = stat_of(q).msg_qbytes / sizeof m.text;

	while (n-- > 0)
		EQUALS(msgsnd(q, &m, sizeof m.text, IPC_NOWAIT), 0);
	FAILS(msgsnd(q, &m, sizeof m.text, IPC_NOWAIT), EAGAIN);
}

CLAIM("1-362 1-367", "a full queue makes msgsnd() wait until there is room")
{
	int q = full_queue();
	pid_t sender = fork();

	if (sender == 0)
		_exit(send_to(q, 2, "y", 0) != 0);
	HOLDS(blocks(sender));
	TAKES(q, 0, 0, "x");
	EQUALS(ends(sender), 0);
	TAKES(q, 0, 0, "y");
}

CLAIM("3-029", "IPC_NOWAIT is not asynchronous: nothing is sent later")
{
	int q = full_queue();

	FAILS(send_to(q, 2, "y", IPC_NOWAIT), EAGAIN);
	TAKES(q, 0, 0, "x");
	TAKES(q, 0, IPC_NOWAIT, "ENOMSG");
}

CLAIM("1-399", "msg_qbytes bounds the number of messages too, empty ones")
{
	int q = make_queue();

	set_bytes(q, 10);
	for (int i = 0; i < 10; i++)
		put(q, 1, "");
	EQUALS(stat_of(q).msg_cbytes, 0);
	FAILS(send_to(q, 1, "", IPC_NOWAIT), EAGAIN);
}

CLAIM("L03-05", "a message longer than msg_qbytes waits even at an empty queue")
{
	int q = make_queue();
	pid_t sender;

	set_bytes(q, 1);
	FAILS(send_to(q, 1, "ab", IPC_NOWAIT), EAGAIN);
	sender = fork();
	if (sender == 0)
		_exit(send_to(q, 1, "ab", 0) != 0);
	HOLDS(blocks(sender));
	set_bytes(q, 2);			/* and this wakes it */
	EQUALS(ends(sender), 0);
}

/* --------------------------------------------------------------- msgrcv */

CLAIM("1-345 1-383 2-059", "msgrcv() takes the message out of the queue")
{
	int q = make_queue();

	put(q, 1, "a1");
	TAKES(q, 0, 0, "a1");
	EQUALS(stat_of(q).msg_qnum, 0);
}

CLAIM("1-369 1-381 2-101", "it returns the length of the data, without type")
{
	struct msg m;
	ssize_t n;
	int q = make_queue();

	put(q, 1, "abc");
	n = msgrcv(q, &m, sizeof m.text, 0, 0);
	EQUALS(n, 3);
}

CLAIM("1-371", "the buffer of msgrcv() is written to: it cannot be const")
{
	const char *code = "#include <sys/msg.h>\n"

			   "TYPE struct { long t; char x[8]; } m;\n"
			   "long f(void) { return msgrcv(0, &m, 8, 0, 0); }\n";

	HOLDS(compiles(STRICT " -DTYPE=static", code));
	HOLDS(!compiles(STRICT " -DTYPE=const", code));
}

static int three_types(void)
{
	int q = make_queue();

	put(q, 3, "c1");
	put(q, 1, "a1");
	put(q, 2, "b1");
	return q;
}

CLAIM("1-373 1-375 2-093 3-033", "type 0 takes the oldest, of any type")
{
	int q = three_types();

	TAKES(q, 0, 0, "c1");
	TAKES(q, 0, 0, "a1");
	TAKES(q, 0, 0, "b1");
}

CLAIM("1-341 1-373 1-374 2-057 2-092 2-094 3-014 3-034",
      "a positive type takes that type only, though others are older")
{
	int q = three_types();

	TAKES(q, 2, 0, "b1");
	TAKES(q, 7, IPC_NOWAIT, "ENOMSG");
	EQUALS(stat_of(q).msg_qnum, 2);
}

CLAIM("1-342 1-376", "a negative type takes the lowest first, then by age")
{
	int q = three_types();

	put(q, 1, "a2");
	put(q, 2, "b2");
	put(q, 4, "d1");
	TAKES(q, -3, 0, "a1");
	TAKES(q, -3, 0, "a2");
	TAKES(q, -3, 0, "b1");
	TAKES(q, -3, 0, "b2");
	TAKES(q, -3, 0, "c1");
	TAKES(q, -3, IPC_NOWAIT, "ENOMSG");
	TAKES(q, 4, 0, "d1");			/* 4 was too high */
}

static int five_tickets(void)
{
	int q = make_queue();

	put(q, 5, "five-a");
	put(q, 2, "two-a");
	put(q, 9, "nine");
	put(q, 2, "two-b");
	put(q, 5, "five-b");
	return q;
}

CLAIM("2-062 2-095 3-035",
      "-6 takes not the oldest up to 6, but the lowest: two-a before five-a")
{
	int q = five_tickets();

	put(q, 7, "seven");
	TAKES(q, -6, 0, "two-a");
	TAKES(q, -6, 0, "two-b");
	TAKES(q, -6, 0, "five-a");
	TAKES(q, -6, 0, "five-b");
	TAKES(q, -6, IPC_NOWAIT, "ENOMSG");
	TAKES(q, 7, 0, "seven");		/* 7 was too high */
}

CLAIM("L03-06", "LONG_MIN as type takes the lowest of all")
{
	int q = three_types();

	put(q, LONG_MAX, "last");
	TAKES(q, LONG_MIN, 0, "a1");
	TAKES(q, LONG_MIN, 0, "b1");
	TAKES(q, LONG_MIN, 0, "c1");
	TAKES(q, LONG_MIN, 0, "last");
}

CLAIM("1-380", "MSG_EXCEPT takes what has another type, smaller or greater")
{
	int q = three_types();

	put(q, 2, "b2");
	put(q, 4, "d1");
	TAKES(q, 2, MSG_EXCEPT, "c1");
	TAKES(q, 2, MSG_EXCEPT, "a1");
	TAKES(q, 2, MSG_EXCEPT, "d1");
	TAKES(q, 2, MSG_EXCEPT | IPC_NOWAIT, "ENOMSG");
}

CLAIM("2-094 2-099 3-034 3-039", "MSG_EXCEPT turns a positive type round")
{
	int q = five_tickets();

	TAKES(q, 2, MSG_EXCEPT, "five-a");
	TAKES(q, 5, MSG_EXCEPT, "two-a");
}

CLAIM("L03-07", "MSG_EXCEPT changes nothing for 0 and for negative types")
{
	int q = five_tickets(), except = MSG_EXCEPT;

	TAKES(q, 5, except, "two-a");		/* a positive type */
	TAKES(q, 0, except, "five-a");
	TAKES(q, -6, except, "two-b");
}

CLAIM("1-372 2-091 3-032", "a longer message than msgsz: E2BIG, and it stays")
{
	struct msg m;
	int q = make_queue();

	put(q, 1, "0123456789a");
	FAILS(msgrcv(q, &m, 4, 0, 0), E2BIG);
	FAILS(msgrcv(q, &m, 10, 0, 0), E2BIG);
	EQUALS(stat_of(q).msg_qnum, 1);
	EQUALS(msgrcv(q, &m, 11, 0, 0), 11);		/* equal is enough */
}

CLAIM("1-379 2-100 3-040", "MSG_NOERROR cuts it off, and the rest is lost")
{
	struct msg m = { 0 };
	int q = make_queue();

	put(q, 1, "0123456789a");
	EQUALS(msgrcv(q, &m, 4, 0, MSG_NOERROR), 4);
	HOLDS(strcmp(m.text, "0123") == 0);
	EQUALS(stat_of(q).msg_qnum, 0);
}

static void need_copy(int q)
{
	if (msgrcv(q, &(struct msg){ 0 }, 100, 0, MSG_COPY | IPC_NOWAIT) == -1
	    && errno == ENOSYS)
		SKIP("this kernel has no MSG_COPY; build one with "
		     "CONFIG_CHECKPOINT_RESTORE");
}

CLAIM("1-377 2-092 2-094 2-097 3-034 3-037",
      "MSG_COPY reads the message at position msgtyp, from 0; it stays")
{
	int q = five_tickets();

	need_copy(q);
	TAKES(q, 0, MSG_COPY | IPC_NOWAIT, "five-a");
	TAKES(q, 2, MSG_COPY | IPC_NOWAIT, "nine");
	TAKES(q, 5, MSG_COPY | IPC_NOWAIT, "ENOMSG");
	EQUALS(stat_of(q).msg_qnum, 5);
}

CLAIM("1-377 2-098 3-038", "MSG_COPY needs IPC_NOWAIT, and bears no "
      "MSG_EXCEPT: else EINVAL")
{
	const int flags[] = { IPC_NOWAIT, 0, IPC_NOWAIT | MSG_EXCEPT };
	const char *want[] = { "two-a", "EINVAL", "EINVAL" };
	int q = five_tickets();

	need_copy(q);
	for (int i = 0; i < 3; i++)
		TAKES(q, 1, MSG_COPY | flags[i], want[i]);
}

CLAIM("2-098", "MSG_COPY into a short buffer: E2BIG; MSG_NOERROR: EINVAL")
{
	const int flags[] = { 0, MSG_NOERROR }, error[] = { E2BIG, EINVAL };
	struct msg m;
	int q = five_tickets();

	need_copy(q);
	for (int i = 0; i < 2; i++) {
		int copy = MSG_COPY | IPC_NOWAIT | flags[i];

		EQUALS(msgrcv(q, &m, 6, 0, copy), 6);	/* "five-a" fits */
		FAILS(msgrcv(q, &m, 5, 0, copy), error[i]);
	}
}

CLAIM("L03-08", "MSG_COPY leaves no trace: msg_lrpid and msg_rtime stay 0")
{
	int q = five_tickets();

	need_copy(q);
	TAKES(q, 0, MSG_COPY | IPC_NOWAIT, "five-a");
	EQUALS(stat_of(q).msg_lrpid, 0);
	EQUALS(stat_of(q).msg_rtime, 0);
	TAKES(q, 0, 0, "five-a");		/* without it, it does */
	EQUALS(stat_of(q).msg_lrpid, getpid());
	HOLDS(stat_of(q).msg_rtime > 0);
}

CLAIM("1-378 1-382 2-096 3-036", "IPC_NOWAIT with nothing to take: ENOMSG")
{
	struct msg m;
	int q = make_queue();

	FAILS(msgrcv(q, &m, sizeof m.text, 0, IPC_NOWAIT), ENOMSG);
}

CLAIM("1-384 1-374", "otherwise msgrcv() waits, until its type comes")
{
	int q = make_queue();
	pid_t receiver = fork();

	if (receiver == 0)
		_exit(strcmp(take(q, 7, 0), "seven") != 0);
	HOLDS(blocks(receiver));
	put(q, 1, "one");
	HOLDS(blocks(receiver));
	put(q, 7, "seven");
	EQUALS(ends(receiver), 0);
	TAKES(q, 0, 0, "one");
}

CLAIM("L03-09", "of two that wait, the message goes to the one it suits")
{
	int q = make_queue();
	pid_t first = fork(), second;

	if (first == 0)
		_exit(strcmp(take(q, 7, 0), "seven") != 0);
	HOLDS(blocks(first));
	second = fork();
	if (second == 0)
		_exit(strcmp(take(q, -3, 0), "two") != 0);
	HOLDS(blocks(second));
	put(q, 2, "two");
	EQUALS(ends(second), 0);
	HOLDS(blocks(first));
	put(q, 7, "seven");
	EQUALS(ends(first), 0);
}

CLAIM("L03-21", "of two that wait for any type, the message goes to the one "
      "that came first")
{
	int q = make_queue();
	pid_t first, second;

	first = fork();
	if (first == 0)
		_exit(strcmp(take(q, 0, 0), "one") != 0);
	HOLDS(blocks(first));
	second = fork();
	if (second == 0)
		_exit(strcmp(take(q, 0, 0), "two") != 0);
	HOLDS(blocks(second));
	put(q, 2, "one");
	EQUALS(ends(first), 0);
	HOLDS(blocks(second));
	put(q, 1, "two");
	EQUALS(ends(second), 0);
}

CLAIM("L03-10", "a message for a bad address is lost: EFAULT, queue empty")
{
	void *page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);
	int q = make_queue();

	HOLDS(page != MAP_FAILED);
	FAILS(msgsnd(q, page, 1, 0), EFAULT);
	put(q, 1, "lost");
	FAILS(msgrcv(q, page, 100, 0, 0), EFAULT);
	EQUALS(stat_of(q).msg_qnum, 0);
}

/* ------------------------------------------------- signals and removal */

/* The error that ends a wait: the exit status is what errno was. */
static pid_t waiting(int q, int to_send)
{
	struct sigaction act = { .sa_handler = ignore, .sa_flags = SA_RESTART };
	pid_t pid;

	HOLDS(sigaction(SIGUSR1, &act, NULL) == 0);
	pid = fork();
	if (pid == 0) {
		errno = 0;
		if (to_send)
			send_to(q, 1, "y", 0);
		else
			take(q, 5, 0);
		_exit(errno);
	}
	HOLDS(blocks(pid));
	return pid;
}

CLAIM("1-367 1-384 L03-11", "a handled signal ends the wait: EINTR, even with "
      "SA_RESTART")
{
	int q = full_queue();
	pid_t sender = waiting(q, 1), receiver = waiting(q, 0);

	HOLDS(has_restart(SIGUSR1));
	HOLDS(kill(sender, SIGUSR1) == 0 && kill(receiver, SIGUSR1) == 0);
	EQUALS(ends(sender), EINTR);
	EQUALS(ends(receiver), EINTR);
}

CLAIM("L03-12", "stopped and continued, without a handler, msgsnd() and "
      "msgrcv() wait on")
{
	int q = full_queue(), status;
	pid_t pid[2] = { waiting(q, 1), waiting(q, 0) };

	for (int i = 0; i < 2; i++) {
		HOLDS(kill(pid[i], SIGSTOP) == 0);
		EQUALS(waitpid(pid[i], &status, WUNTRACED), pid[i]);
		HOLDS(WIFSTOPPED(status) && kill(pid[i], SIGCONT) == 0);
		EQUALS(waitpid(pid[i], &status, WCONTINUED), pid[i]);
		HOLDS(WIFCONTINUED(status) && blocks(pid[i]));
	}
	TAKES(q, 0, 0, "x");
	EQUALS(ends(pid[0]), 0);		/* it was sent */
	TAKES(q, 1, 0, "y");
	HOLDS(blocks(pid[1]));
	put(q, 5, "z");
	EQUALS(ends(pid[1]), 0);
}

CLAIM("L03-34", "a receiver that was stopped and continued waits anew: those "
      "that came later are before it now")
{
	int q = make_queue(), status;
	pid_t first, second;

	first = fork();
	if (first == 0)
		_exit(strcmp(take(q, 0, 0), "two") != 0);
	HOLDS(blocks(first));
	second = fork();
	if (second == 0)
		_exit(strcmp(take(q, 0, 0), "one") != 0);
	HOLDS(blocks(second));
	HOLDS(kill(first, SIGSTOP) == 0);
	EQUALS(waitpid(first, &status, WUNTRACED), first);
	HOLDS(WIFSTOPPED(status) && kill(first, SIGCONT) == 0);
	EQUALS(waitpid(first, &status, WCONTINUED), first);
	HOLDS(WIFCONTINUED(status) && blocks(first));
	put(q, 1, "one");
	EQUALS(ends(second), 0);
	HOLDS(blocks(first));
	put(q, 1, "two");
	EQUALS(ends(first), 0);
}

CLAIM("1-367 1-384 3-045",
      "IPC_RMID works at once: who waits gets EIDRM, who comes later EINVAL")
{
	int q = full_queue();
	pid_t sender = waiting(q, 1), receiver = waiting(q, 0);

	EQUALS(msgctl(q, IPC_RMID, NULL), 0);
	EQUALS(ends(sender), EIDRM);
	EQUALS(ends(receiver), EIDRM);
	FAILS(send_to(q, 1, "x", 0), EINVAL);
}

CLAIM("L03-13", "IPC_RMID throws away what is still in the queue")
{
	key_t key = own_key(200);
	int q = msgget(key, IPC_CREAT | 0600);

	put(q, 1, "unread");
	EQUALS(stat_of(msgget(key, IPC_CREAT | 0600)).msg_qnum, 1);
	EQUALS(msgctl(q, IPC_RMID, NULL), 0);
	EQUALS(stat_of(msgget(key, IPC_CREAT | 0600)).msg_qnum, 0);
}

/* One queue, both ways. A deadlock until somebody else takes a message. */
CLAIM("L03-14", "requests and replies in one queue: it fills, and both wait")
{
	int q = make_queue();
	pid_t client, server;

	set_bytes(q, 2);
	put(q, 1, "?");
	put(q, 1, "?");
	client = fork();
	if (client == 0)
		_exit(send_to(q, 1, "?", 0) + send_to(q, 1, "?", 0) != 0);
	HOLDS(blocks(client));
	TAKES(q, 1, 0, "?");			/* the server takes one ... */
	HOLDS(blocks(client));			/* ... the client fills up */
	server = fork();
	if (server == 0)
		_exit(send_to(q, 2, "!", 0) != 0);
	HOLDS(blocks(server) && blocks(client));
	for (int i = 0; i < 2; i++)
		TAKES(q, 1, 0, "?");
	EQUALS(ends(server) + ends(client), 0);
}

CLAIM("L03-26", "a child that receives and writes into a pipe: so poll() can "
      "wait for a queue")
{
	int q = make_queue(), fd[2];
	struct pollfd p = { .events = POLLIN };
	struct msg m = { 0 };
	pid_t child;

	HOLDS(pipe(fd) == 0);
	p.fd = fd[0];
	child = fork();
	if (child == 0) {
		HOLDS(msgrcv(q, &m, sizeof m.text, 0, 0) == 5);
		_exit(write(fd[1], m.text, 5) != 5);
	}
	HOLDS(blocks(child));
	EQUALS(poll(&p, 1, 0), 0);
	put(q, 1, "hello");
	EQUALS(poll(&p, 1, -1), 1);
	EQUALS(p.revents, POLLIN);
	EQUALS(read(fd[0], m.text, sizeof m.text), 5);
	HOLDS(memcmp(m.text, "hello", 5) == 0);
	EQUALS(ends(child), 0);
}

CLAIM("L03-27", "a queue was removed and made again: the old id is EINVAL, "
      "msgget() gives the new one")
{
	key_t key = own_key(200);
	int old = msgget(key, IPC_CREAT | 0600), new;

	put(old, 1, "x");
	EQUALS(msgctl(old, IPC_RMID, NULL), 0);
	HOLDS(msgget(key, IPC_CREAT | 0600) != -1);
	new = msgget(key, 0);
	EQUALS(send_to(new, 1, "x", 0), 0);
	FAILS(send_to(old, 1, "x", 0), EINVAL);
	TAKES(new, 0, IPC_NOWAIT, "x");
}

/* --------------------------------------------------------------- msgctl */

CLAIM("1-346 1-386 1-392 3-041", "msgctl(): IPC_STAT, IPC_SET, IPC_RMID")
{
	struct msqid_ds d;
	int q = make_queue();

	EQUALS(msgctl(q, IPC_STAT, &d), 0);
	HOLDS(d.msg_qbytes != 7);
	d.msg_qbytes = 7;
	EQUALS(msgctl(q, IPC_SET, &d), 0);
	EQUALS(stat_of(q).msg_qbytes, 7);
	EQUALS(msgctl(q, IPC_RMID, NULL), 0);
	FAILS(msgctl(q, IPC_STAT, &d), EINVAL);
}

CLAIM("0-047", "a queue stays when it is empty and its maker and its user have "
      "ended; msgctl(IPC_RMID) removes it")
{
	key_t key = own_key(200);
	struct msqid_ds d;
	pid_t maker, user;

	maker = fork();
	if (maker == 0)
		_exit(send_to(msgget(key, IPC_CREAT | 0600), 1, "x", 0) != 0);
	EQUALS(ends(maker), 0);
	user = fork();
	if (user == 0)
		_exit(strcmp(take(msgget(key, 0), 0, IPC_NOWAIT), "x") != 0);
	EQUALS(ends(user), 0);
	d = stat_of(msgget(key, 0));
	HOLDS(d.msg_lspid == maker && d.msg_lrpid == user && d.msg_qnum == 0);
	EQUALS(msgctl(msgget(key, 0), IPC_RMID, NULL), 0);
	FAILS(msgget(key, 0), ENOENT);
}

CLAIM("1-388", "an unknown command is EINVAL")
{
	struct msqid_ds d;
	int q = make_queue();

	EQUALS(msgctl(q, IPC_STAT, &d), 0);
	FAILS(msgctl(q, 99, &d), EINVAL);
}

CLAIM("1-393 1-402 3-046", "a new queue: mode, owner and creator, all else 0")
{
	struct msqid_ds d;

	become_ordinary_user();		/* so that its own number is not 0 */
	d = stat_of(make_queue());
	EQUALS(d.msg_perm.mode & 0777, 0600);
	HOLDS(geteuid() != 0 && getegid() != 0);
	HOLDS(d.msg_perm.uid == geteuid() && d.msg_perm.gid == getegid());
	HOLDS(d.msg_perm.cuid == geteuid() && d.msg_perm.cgid == getegid());
	HOLDS(d.msg_stime == 0 && d.msg_rtime == 0 && d.msg_ctime != 0);
	HOLDS(d.msg_lspid == 0 && d.msg_lrpid == 0);
	HOLDS(d.msg_qnum == 0 && d.msg_cbytes == 0);
	EQUALS(d.msg_qbytes, limit("kernel/msgmnb"));
}

CLAIM("1-394 3-046", "msgsnd() sets msg_stime")
{
	time_t before = time(NULL);
	int q = make_queue();

	EQUALS(stat_of(q).msg_stime, 0);
	put(q, 1, "x");
	HOLDS(stat_of(q).msg_stime >= before);
	EQUALS(stat_of(q).msg_rtime, 0);
}

CLAIM("1-395 3-046", "msgrcv() sets msg_rtime")
{
	time_t before = time(NULL);
	int q = make_queue();

	put(q, 1, "x");
	EQUALS(stat_of(q).msg_rtime, 0);
	TAKES(q, 0, 0, "x");
	HOLDS(stat_of(q).msg_rtime >= before);
}

/* The clock ticks in seconds, so send until the next one has begun. */
CLAIM("1-396 3-046", "msg_ctime: made, or changed by IPC_SET; not by a message")
{
	int q = make_queue();
	time_t made = stat_of(q).msg_ctime;

	do {
		put(q, 1, "x");
		TAKES(q, 0, 0, "x");
	} while (stat_of(q).msg_stime <= made);
	EQUALS(stat_of(q).msg_ctime, made);
	set_bytes(q, 10);
	HOLDS(stat_of(q).msg_ctime > made);
}

CLAIM("1-397 1-398 3-046", "msg_cbytes counts data, msg_qnum messages")
{
	int q = make_queue();

	put(q, 1, "12345");
	put(q, 1, "");
	EQUALS(stat_of(q).__msg_cbytes, 5);
	EQUALS(stat_of(q).msg_cbytes, 5);
	EQUALS(stat_of(q).msg_qnum, 2);
}

CLAIM("1-400 3-046", "msg_lspid is the process that sent last")
{
	int q = make_queue();
	pid_t last;

	put(q, 1, "x");
	EQUALS(stat_of(q).msg_lspid, getpid());
	last = fork();
	if (last == 0)
		_exit(send_to(q, 1, "x", 0) != 0);
	EQUALS(ends(last), 0);
	EQUALS(stat_of(q).msg_lspid, last);
}

CLAIM("1-401 3-046", "msg_lrpid is the process that received last")
{
	int q = make_queue();
	pid_t last;

	put(q, 1, "x");
	put(q, 1, "y");
	TAKES(q, 0, 0, "x");
	EQUALS(stat_of(q).msg_lrpid, getpid());
	last = fork();
	if (last == 0)
		_exit(strcmp(take(q, 0, 0), "y") != 0);
	EQUALS(ends(last), 0);
	EQUALS(stat_of(q).msg_lrpid, last);
}

CLAIM("3-043", "IPC_STAT needs the right to read: else EACCES")
{
	struct msqid_ds d;
	int q = msgget(IPC_PRIVATE, 0200);

	drop_capabilities();
	FAILS(msgctl(q, IPC_STAT, &d), EACCES);
	EQUALS(send_to(q, 1, "x", 0), 0);
}

CLAIM("3-050", "who may only read takes messages away, but sends none")
{
	int q = make_queue();
	struct msqid_ds d = stat_of(q);

	put(q, 1, "x");
	d.msg_perm.mode = 0400;
	EQUALS(msgctl(q, IPC_SET, &d), 0);
	drop_capabilities();
	FAILS(send_to(q, 1, "y", 0), EACCES);
	TAKES(q, 0, 0, "x");
	EQUALS(stat_of(q).msg_qnum, 0);
}

CLAIM("1-389 3-044", "IPC_SET takes uid, gid, mode, msg_qbytes; no other field")
{
	int q = make_queue();
	struct msqid_ds d = stat_of(q), now;

	d.msg_perm.mode = 0666;
	d.msg_qbytes = 100;
	d.msg_perm.__key = 77;
	d.msg_perm.cuid = 77;
	d.msg_qnum = 77;
	d.msg_lspid = 77;
	EQUALS(msgctl(q, IPC_SET, &d), 0);
	now = stat_of(q);
	EQUALS(now.msg_perm.mode & 0777, 0666);
	EQUALS(now.msg_qbytes, 100);
	EQUALS(now.msg_perm.__key, 0);
	EQUALS(now.msg_perm.cuid, geteuid());
	HOLDS(now.msg_qnum == 0 && now.msg_lspid == 0);

	/* A number of a user that this namespace does not know is EINVAL. */
	d.msg_perm.uid = d.msg_perm.gid = 65534;
	if (msgctl(q, IPC_SET, &d) == -1) {
		EQUALS(errno, EINVAL);
	} else {
		now = stat_of(q);
		HOLDS(now.msg_perm.uid == 65534 && now.msg_perm.gid == 65534);
	}
}

CLAIM("L03-15", "IPC_SET may give a queue away; its creator keeps the right")
{
	int q = make_queue();
	struct msqid_ds d = stat_of(q);

	if (geteuid() != 0)
		SKIP("only root knows two users here; run it as root");
	d.msg_perm.uid = 65534;
	EQUALS(msgctl(q, IPC_SET, &d), 0);
	EQUALS(stat_of(q).msg_perm.uid, 65534);
	drop_capabilities();
	EQUALS(msgctl(q, IPC_SET, &d), 0);
	EQUALS(msgctl(q, IPC_RMID, NULL), 0);
}

CLAIM("L03-16", "neither owner nor creator: IPC_SET and IPC_RMID are EPERM")
{
	int q = msgget(IPC_PRIVATE, 0666);
	struct msqid_ds d = stat_of(q);

	become_another_user();
	FAILS(msgctl(q, IPC_SET, &d), EPERM);
	FAILS(msgctl(q, IPC_RMID, NULL), EPERM);
	EQUALS(send_to(q, 1, "x", 0), 0);	/* the mode allows that */
}

CLAIM("1-389 3-044", "more than msgmnb needs CAP_SYS_RESOURCE: EPERM")
{
	int q = make_queue();
	struct msqid_ds d = stat_of(q);

	drop_capabilities();
	d.msg_qbytes = (msglen_t)limit("kernel/msgmnb");
	EQUALS(msgctl(q, IPC_SET, &d), 0);
	d.msg_qbytes++;
	FAILS(msgctl(q, IPC_SET, &d), EPERM);
}

CLAIM("1-171", "IPC_SET of msg_qbytes changes how many messages fit")
{
	int q = make_queue();

	set_bytes(q, 2);
	put(q, 1, "x");
	put(q, 1, "x");
	FAILS(send_to(q, 1, "x", IPC_NOWAIT), EAGAIN);
	set_bytes(q, 3);
	put(q, 1, "x");
}

CLAIM("L03-17", "msg_qbytes may fall below what is in; nothing is lost")
{
	int q = make_queue();

	put(q, 1, "12345");
	put(q, 1, "6");
	set_bytes(q, 2);
	EQUALS(stat_of(q).msg_cbytes, 6);
	FAILS(send_to(q, 1, "", IPC_NOWAIT), EAGAIN);
	TAKES(q, 0, 0, "12345");
	put(q, 1, "7");
}

/* --------------------------------------------------------------- limits */

union answer {
	struct msqid_ds ds;		/* what the prototype wants */
	struct msginfo info;		/* what comes */
};

CLAIM("1-347 1-348 1-390 1-403",
      "IPC_INFO tells msgmax, msgmnb and msgmni, as /proc/sys/kernel does")
{
	union answer a;

	HOLDS(msgctl(0, IPC_INFO, &a.ds) >= 0);
	EQUALS(a.info.msgmax, limit("kernel/msgmax"));
	EQUALS(a.info.msgmnb, limit("kernel/msgmnb"));
	EQUALS(a.info.msgmni, limit("kernel/msgmni"));
	EQUALS(stat_of(make_queue()).msg_qbytes, a.info.msgmnb);
}

CLAIM("1-391", "MSG_INFO returns the highest index in use, MSG_STAT an id")
{
	union answer a;
	int index, q;

	/* An id gets apart from its index when the kernel begins to count the
	 * indices from 0 again: go on until there. */
	fresh_namespace();
	q = make_queue();
	while (stat_of(q).msg_perm.__seq == 0) {
		EQUALS(msgctl(q, IPC_RMID, NULL), 0);
		q = make_queue();
	}
	index = msgctl(0, MSG_INFO, &a.ds);
	HOLDS(index >= 0 && index < q);
	EQUALS(msgctl(0, IPC_INFO, &a.ds), index);
	EQUALS(msgctl(index, MSG_STAT, &a.ds), q);
	FAILS(msgctl(index + 1, MSG_STAT, &a.ds), EINVAL);
}

CLAIM("1-407", "MSG_INFO counts: msgpool queues, msgmap messages, msgtql bytes")
{
	union answer a, b;

	fresh_namespace();
	make_queue();
	HOLDS(msgctl(0, IPC_INFO, &b.ds) >= 0);
	put(make_queue(), 1, "1234");
	HOLDS(msgctl(0, MSG_INFO, &a.ds) >= 0);
	EQUALS(a.info.msgpool, 2);
	EQUALS(a.info.msgmap, 1);
	EQUALS(a.info.msgtql, 4);
	HOLDS(msgctl(0, IPC_INFO, &a.ds) >= 0);	/* here they are constants */
	EQUALS(a.info.msgpool, b.info.msgpool);
	EQUALS(a.info.msgmap, b.info.msgmap);
	EQUALS(a.info.msgtql, b.info.msgtql);
	EQUALS(a.info.msgssz, b.info.msgssz);
	EQUALS(a.info.msgseg, b.info.msgseg);
}

CLAIM("L03-18", "MSG_STAT asks for the right to read, MSG_STAT_ANY does not")
{
	union answer a;

	fresh_namespace();
	EQUALS(msgget(IPC_PRIVATE, 0), 0);
	drop_capabilities();
	FAILS(msgctl(0, MSG_STAT, &a.ds), EACCES);
	if (kernel_version() < 417)
		SKIP("no MSG_STAT_ANY here: it came with Linux 4.17");
	EQUALS(msgctl(0, MSG_STAT_ANY, &a.ds), 0);
	EQUALS(a.ds.msg_perm.mode & 0777, 0);
}

CLAIM("1-405", "msgmnb is for queues made later; those that are keep theirs")
{
	msglen_t before;
	int q;

	fresh_namespace();
	q = make_queue();
	before = stat_of(q).msg_qbytes;
	set_limit("kernel/msgmnb", 50);
	EQUALS(stat_of(q).msg_qbytes, before);
	EQUALS(stat_of(make_queue()).msg_qbytes, 50);
}

CLAIM("1-352 1-406", "one queue more than msgmni is ENOSPC")
{
	fresh_namespace();
	set_limit("kernel/msgmni", 1);
	make_queue();
	FAILS(msgget(IPC_PRIVATE, 0600), ENOSPC);
}

CLAIM("1-404", "msgmax bounds a message: 101 bytes at msgmax 100 are EINVAL")
{
	static struct { long type; char text[101]; } m = { 1, "" };
	int q;

	fresh_namespace();
	set_limit("kernel/msgmax", 100);
	q = make_queue();
	EQUALS(msgsnd(q, &m, 100, 0), 0);
	FAILS(msgsnd(q, &m, 101, 0), EINVAL);
	set_limit("kernel/msgmax", 101);	/* that alone was in the way */
	EQUALS(msgsnd(q, &m, 101, 0), 0);
}

static int filled;		/* how many pipes and FIFOs got full */

/* Write until the pipe or FIFO behind FD is full. */
static void fill(int fd)
{
	char page[4096] = { 0 };

	HOLDS(fd != -1 && fcntl(fd, F_SETFL, O_NONBLOCK) == 0);
	while (write(fd, page, sizeof page) > 0)
		;
	FAILS(write(fd, page, 1), EAGAIN);
	filled++;
}

CLAIM("3-002", "pipes, FIFOs and queues of both kinds get full")
{
	struct mq_attr small = { .mq_maxmsg = 2, .mq_msgsize = 1 };
	int fd[2], q = full_queue();
	char name[OWN_NAME];
	mqd_t mq;

	FAILS(send_to(q, 1, "y", IPC_NOWAIT), EAGAIN);
	HOLDS(pipe(fd) == 0);
	fill(fd[1]);
	HOLDS(mkfifo("fifo", 0600) == 0);
	fill(open("fifo", O_RDWR));
	EQUALS(filled, 2);

	own_name(name, "full");
	mq = mq_open(name, O_CREAT | O_RDWR | O_NONBLOCK, 0600, &small);
	if (mq == -1)
		SKIP("no POSIX queue to be had: %s; see ulimit -q",
		     errno_name(errno));
	HOLDS(mq_unlink(name) == 0);
	HOLDS(mq_send(mq, "x", 1, 0) == 0 && mq_send(mq, "x", 1, 0) == 0);
	FAILS(mq_send(mq, "x", 1, 0), EAGAIN);
}

/* ---------------------------------------------------------------- tools */

CLAIM("0-030 1-187 2-064 3-048",
      "ipcs lists the System V objects of this namespace, and no POSIX ones")
{
	char name[OWN_NAME], sem_name[OWN_NAME];
	mqd_t mq;
	sem_t *sem;
	int shm;

	need("ipcs");
	make_queue();					/* of another one */
	EQUALS(shell("ipcs | grep -q ^0x"), 0);
	fresh_namespace();
	EQUALS(shell("ipcs | grep -q ^0x"), 1);		/* none */
	make_queue();
	HOLDS(shmget(IPC_PRIVATE, 1, 0600) != -1);
	HOLDS(semget(IPC_PRIVATE, 1, 0600) != -1);
	own_name(name, "unlisted");
	mq = mq_open(name, O_CREAT | O_RDWR, 0600, NULL);
	if (mq == -1)
		SKIP("no POSIX queue to be had: %s; see ulimit -q",
		     errno_name(errno));
	needs_shm();
	shm = shm_open(name, O_CREAT | O_RDWR, 0600);
	own_name(sem_name, "unlisted-too");	/* one folder in musl */
	sem = sem_open(sem_name, O_CREAT, 0600, 0);
	HOLDS(shell("test $(ipcs | grep -c ^0x) = 3") == 0);
	HOLDS(mq_unlink(name) == 0);
	HOLDS(shm != -1 && shm_unlink(name) == 0);
	HOLDS(sem != SEM_FAILED && sem_unlink(sem_name) == 0);
}

CLAIM("1-187", "ipcs lists even a queue that the caller may not read")
{
	key_t key = own_key(200);
	int q = msgget(key, IPC_CREAT | 0);
	struct msqid_ds d;

	need("ipcs");
	HOLDS(q != -1);
	drop_capabilities();
	FAILS(msgctl(q, IPC_STAT, &d), EACCES);
	EQUALS(shell("ipcs -q | grep -q ^0x%08x", (unsigned)key), 0);
}

CLAIM("0-031 1-188 2-065", "ipcrm removes by id, or by key; else status 1")
{
	key_t key = own_key(200);
	int q = msgget(key, IPC_CREAT | 0600);
	pid_t receiver = waiting(q, 0);

	need("ipcrm");
	EQUALS(shell("ipcrm -q %d", q), 0);
	EQUALS(ends(receiver), EIDRM);
	EQUALS(shell("ipcrm -q %d 2> /dev/null", q), 1);
	q = msgget(key, IPC_CREAT | 0600);
	EQUALS(shell("ipcrm -Q 0x%x", (unsigned)key), 0);
	FAILS(send_to(q, 1, "x", 0), EINVAL);
}

CLAIM("0-032", "ipcmk makes a queue, a segment or a set; mode 0644")
{
	struct semid_ds sem;
	struct shmid_ds shm;
	union { int val; struct semid_ds *buf; } arg = { .buf = &sem };
	int id;

	need("ipcmk");
	HOLDS(sscanf(output("ipcmk -Q"), "Message queue id: %d", &id) == 1);
	EQUALS(stat_of(id).msg_perm.mode & 0777, 0644);
	HOLDS(stat_of(id).msg_perm.__key != 0);
	HOLDS(sscanf(output("ipcmk -M 100"), "Shared memory id: %d", &id) == 1);
	HOLDS(shmctl(id, IPC_STAT, &shm) == 0 && shm.shm_segsz == 100);
	HOLDS(sscanf(output("ipcmk -S 3"), "Semaphore id: %d", &id) == 1);
	HOLDS(semctl(id, 0, IPC_STAT, arg) == 0);
	EQUALS(sem.sem_nsems, 3);
	EQUALS(sem.sem_perm.mode & 0777, 0644);
}

CLAIM("3-024", "ipcmk makes, ipcs shows, ipcrm removes")
{
	int id;

	need("ipcs");
	need("ipcrm");
	need("ipcmk");
	HOLDS(sscanf(output("ipcmk -Q"), "Message queue id: %d", &id) == 1);
	EQUALS(shell("ipcs -q -i %d | grep -q msqid=%d", id, id), 0);
	EQUALS(shell("ipcrm -q %d", id), 0);
	FAILS(send_to(id, 1, "x", 0), EINVAL);
}

CLAIM("1-347", "ipcs -l and sysctl files tell the size of a queue")
{
	char want[64];

	need("ipcs");
	snprintf(want, sizeof want, "size of queue (bytes) = %ld\n",
		 limit("kernel/msgmnb"));
	HOLDS(strstr(output("ipcs -q -l"), want));
}

CLAIM("1-189", "lsipc prints limits and use; with -q the queues themselves")
{
	key_t key = own_key(200);
	char want[64];

	need("lsipc");
	HOLDS(msgget(key, IPC_CREAT | 0600) != -1);
	/* util-linux 2.41 says "Number of System V message queues". */
	snprintf(want, sizeof want, "MSGMNI %ld\n", limit("kernel/msgmni"));
	HOLDS(strstr(output("lsipc -r -o RESOURCE,LIMIT"), want));
	EQUALS(shell("lsipc -q | grep -q 0x%08x", (unsigned)key), 0);
}

CLAIM("3-049", "ipcs -q: key, msqid, owner, perms, used-bytes, messages")
{
	int q = make_queue();
	char want[64];

	need("ipcs");
	put(q, 1, "12345");
	HOLDS(strstr(output("ipcs -q"),
		     "key msqid owner perms used-bytes messages"));
	snprintf(want, sizeof want, "^0x00000000 *%d .* 600 *5 *1 *$", q);
	EQUALS(shell("ipcs -q | grep -q '%s'", want), 0);
}

CLAIM("3-051", "ipcs -m: key, shmid, owner, perms, bytes, nattch, status")
{
	int id = shmget(own_key(200), 100, IPC_CREAT | 0600);

	need("ipcs");
	HOLDS(id != -1 && shmat(id, NULL, 0) != (void *)-1);
	HOLDS(strstr(output("ipcs -m"),
		     "key shmid owner perms bytes nattch status"));
	EQUALS(shell("ipcs -m | grep -q '^0x%08x *%d .* 600 *100 *1 '",
		     (unsigned)own_key(200), id), 0);
	HOLDS(shmctl(id, IPC_RMID, NULL) == 0);
	EQUALS(shell("ipcs -m | grep -q '^0x00000000 *%d .* dest'", id), 0);
}

CLAIM("3-052", "ipcs -s: key, semid, owner, perms, nsems")
{
	int id = semget(IPC_PRIVATE, 3, 0600);

	need("ipcs");
	HOLDS(strstr(output("ipcs -s"), "key semid owner perms nsems"));
	EQUALS(shell("ipcs -s | grep -q '^0x00000000 *%d .* 600 *3 *$'", id),
	       0);
}

/* -------------------------------------------------------------- the pair */

/* As in desk.c and client.c */
struct form {
	char thing[32];
	char place[32];
};

struct slip {
	long type;
	struct form form;
};

enum { QUESTIONS = 0, ANSWERS = 1 };

/* The two programs, copied into this empty folder: their keys are this
 * folder's, so they meet nobody else. */
static void fetch_pair(void)
{
	char exe[PATH_MAX] = "";

	HOLDS(readlink("/proc/self/exe", exe, sizeof exe - 1) > 0);
	*strrchr(exe, '/') = '\0';
	if (shell("cp '%s/desk' '%s/client' . 2> /dev/null", exe, exe) != 0)
		SKIP("desk and client are not built; play the lesson first: "
		     "make 03");
}

static key_t key_of_pair(unsigned which)
{
	return key_of(folder_id("."), which);
}

/* What a program prints, stderr too, comes out of *FROM. It may wait until
 * *GO is closed before it becomes that program; *GO may be NULL. */
static pid_t run(int *from, int *go, const char *name, const char *arg)
{
	int out[2], gate[2];
	char nothing;
	pid_t pid;

	HOLDS(pipe2(out, O_CLOEXEC) == 0 && pipe2(gate, O_CLOEXEC) == 0);
	pid = fork();
	if (pid == 0) {
		HOLDS(close(gate[1]) == 0);
		HOLDS(!go || read(gate[0], &nothing, 1) == 0);
		dup2(out[1], STDOUT_FILENO);
		dup2(out[1], STDERR_FILENO);
		execl(name, name, arg, (char *)NULL);
		_exit(127);
	}
	close(out[1]);
	close(gate[0]);
	if (go)
		*go = gate[1];
	else
		close(gate[1]);
	*from = out[0];
	return pid;
}

/* All that comes out of FROM until the program has ended. */
static const char *rest_of(int from)
{
	static char text[4096];
	size_t n = 0;
	ssize_t got;

	while ((got = read(from, text + n, sizeof text - 1 - n)) > 0)
		n += (size_t)got;
	text[n] = '\0';
	return text;
}

/* An open desk, and its two queues */
static pid_t open_desk(int *from, int *questions, int *answers)
{
	char line[200];
	pid_t desk;

	fetch_pair();
	desk = run(from, NULL, "./desk", NULL);
	HOLDS(read(*from, line, sizeof line) > 0);
	HOLDS(blocks(desk));				/* in msgrcv() */
	*questions = msgget(key_of_pair(QUESTIONS), 0);
	*answers = msgget(key_of_pair(ANSWERS), 0);
	HOLDS(*questions != -1 && *answers != -1);
	return desk;
}

static void close_desk(pid_t desk)
{
	HOLDS(kill(desk, SIGTERM) == 0);
	EQUALS(ends(desk), 128 + SIGTERM);
	FAILS(msgget(key_of_pair(QUESTIONS), 0), ENOENT);
	FAILS(msgget(key_of_pair(ANSWERS), 0), ENOENT);
}

/* Ask as a client would; what stands in the answer of that type. */
static const char *ask(int questions, int answers, long type, const char *thing)
{
	static struct slip s;

	memset(&s, 0, sizeof s);
	s.type = type;
	strcpy(s.form.thing, thing);
	HOLDS(msgsnd(questions, &s, sizeof s.form, 0) == 0);
	HOLDS(msgrcv(answers, &s, sizeof s.form, type, 0) == sizeof s.form);
	HOLDS(strcmp(s.form.thing, thing) == 0);
	return s.form.place;
}

/* Fill the queue with forms of type 7, which have the numbers 0, 1, 2 ... in
 * them. How many fit? */
static unsigned long fill_with_forms(int queue)
{
	struct slip s = { .type = 7 };

	for (int i = 0; ; i++) {
		snprintf(s.form.thing, sizeof s.form.thing, "%d", i);
		if (msgsnd(queue, &s, sizeof s.form, IPC_NOWAIT) == -1)
			break;
	}
	EQUALS(errno, EAGAIN);
	return stat_of(queue).msg_qnum;
}

/* Put a question in, and wait until the desk waits for room for its answer. */
static void ask_at_full_queue(pid_t desk, int from, int questions)
{
	struct slip s = { .type = 42, .form = { .thing = "umbrella" } };
	char line[200];

	HOLDS(msgsnd(questions, &s, sizeof s.form, 0) == 0);
	HOLDS(read(from, line, sizeof line) > 0);
	HOLDS(blocks(desk));
}

static long long milliseconds(void)
{
	struct timespec now;

	HOLDS(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
	return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

CLAIM("L03-22", "answers that nobody takes fill their queue: after a second in "
      "which no room came the desk throws them away, and serves on")
{
	struct slip s;
	long long began;
	int from, questions, answers;
	pid_t desk = open_desk(&from, &questions, &answers);

	HOLDS(fill_with_forms(answers) > 1);
	began = milliseconds();
	HOLDS(strcmp(ask(questions, answers, 42, "umbrella"), "shelf 3") == 0);
	HOLDS(milliseconds() - began >= 1000);
	EQUALS(stat_of(answers).msg_qnum, 0);

	/* Short ones of another program: one of them makes too little room. */
	s.type = 7;
	while (msgsnd(answers, &s, 1, IPC_NOWAIT) == 0)
		;
	EQUALS(errno, EAGAIN);
	HOLDS(strcmp(ask(questions, answers, 42, "glove"), "box 7") == 0);
	close_desk(desk);
}

CLAIM("L03-32", "the queue of the answers is full, and a client takes its one: "
      "the desk sends its answer then, and no other one is lost")
{
	struct slip s;
	long long began, done;
	ssize_t oldest;
	int from, questions, answers;
	pid_t desk = open_desk(&from, &questions, &answers);
	unsigned long full;

	do {	/* once more, if we were so slow that its second may be over */
		while (msgrcv(answers, &s, sizeof s.form, 0, IPC_NOWAIT) != -1)
			;
		full = fill_with_forms(answers);
		began = milliseconds();
		ask_at_full_queue(desk, from, questions);
		oldest = msgrcv(answers, &s, sizeof s.form, 7, IPC_NOWAIT);
		done = milliseconds();
		HOLDS(msgrcv(answers, &s, sizeof s.form, 42, 0) != -1);
	} while (done - began > 800);
	EQUALS(oldest, sizeof s.form);
	HOLDS(strcmp(s.form.place, "shelf 3") == 0);
	EQUALS(stat_of(answers).msg_qnum, full - 1);
	HOLDS(msgrcv(answers, &s, sizeof s.form, 7, IPC_NOWAIT) != -1);
	HOLDS(strcmp(s.form.thing, "1") == 0);		/* we took 0 */
	close_desk(desk);
}

CLAIM("L03-33", "a queue that is too small for one answer: the desk says so, "
      "and ends")
{
	struct slip s = { .type = 42, .form = { .thing = "umbrella" } };
	struct msqid_ds small;
	int from, questions, answers;
	pid_t desk = open_desk(&from, &questions, &answers);

	small = stat_of(answers);
	small.msg_qbytes = sizeof(struct form) - 1;
	EQUALS(msgctl(answers, IPC_SET, &small), 0);
	HOLDS(msgsnd(questions, &s, sizeof s.form, 0) == 0);
	EQUALS(ends(desk), EXIT_FAILURE);
	HOLDS(strstr(rest_of(from), "too small for one answer"));
	FAILS(msgget(key_of_pair(QUESTIONS), 0), ENOENT);
	FAILS(msgget(key_of_pair(ANSWERS), 0), ENOENT);
}

/* Its clock sends a signal when its time is over. We send it, to save time. */
static void ends_by_its_clock(pid_t client, int from)
{
	const char *said;

	while (blocks(client))
		HOLDS(kill(client, SIGALRM) == 0);
	EQUALS(ends(client), EXIT_FAILURE);
	said = rest_of(from);
	if (!strstr(said, "client: no answer for"))
		claim_fail(__FILE__, __LINE__, "the client said: %s", said);
}

CLAIM("L03-23", "the client gives up when the desk does not answer, and also "
      "when no room for its question comes")
{
	struct slip s = { .type = 1 };
	int from, questions, answers, status;
	pid_t desk = open_desk(&from, &questions, &answers), client;

	HOLDS(kill(desk, SIGSTOP) == 0);
	EQUALS(waitpid(desk, &status, WUNTRACED), desk);
	client = run(&from, NULL, "./client", "umbrella");
	ends_by_its_clock(client, from);
	EQUALS(stat_of(questions).msg_lspid, client);	/* it has asked */

	while (msgsnd(questions, &s, sizeof s.form, IPC_NOWAIT) == 0)
		;
	EQUALS(errno, EAGAIN);
	client = run(&from, NULL, "./client", "glove");
	ends_by_its_clock(client, from);
	EQUALS(stat_of(questions).msg_lspid, getpid());	/* it could not */
	HOLDS(kill(desk, SIGKILL) == 0);
}

CLAIM("L03-24", "an answer for an earlier process with the same id is not "
      "taken for the client's own")
{
	struct slip s = { .form = { .thing = "kite", .place = "on the moon" } };
	int from, questions, answers, go;
	pid_t desk = open_desk(&from, &questions, &answers), client;
	const char *said;

	client = run(&from, &go, "./client", "umbrella");
	s.type = client;
	HOLDS(msgsnd(answers, &s, sizeof s.form, 0) == 0);
	EQUALS(stat_of(answers).msg_qnum, 1);	/* it lies there already */
	HOLDS(close(go) == 0);
	EQUALS(ends(client), 0);
	said = rest_of(from);
	HOLDS(strstr(said, "shelf 3") && !strstr(said, "moon"));
	EQUALS(stat_of(answers).msg_qnum, 0);
	close_desk(desk);
}

CLAIM("L03-25", "a second desk ends, and the first one serves on")
{
	int from, second, questions, answers;
	pid_t desk = open_desk(&from, &questions, &answers), other;

	other = run(&second, NULL, "./desk", NULL);
	EQUALS(ends(other), EXIT_FAILURE);
	HOLDS(strstr(rest_of(second), "another desk is open"));
	EQUALS(msgget(key_of_pair(QUESTIONS), 0), questions);
	HOLDS(strcmp(ask(questions, answers, 42, "glove"), "box 7") == 0);
	close_desk(desk);
}

CLAIM("L03-28", "the desk passes over what is too short for a form, cuts what "
      "is too long, and serves on")
{
	struct { long type; char text[200]; } foreign = { 0, "" };
	const size_t size[] = { 3, sizeof foreign.text };
	struct slip s;
	int from, questions, answers;
	pid_t desk = open_desk(&from, &questions, &answers);

	memset(foreign.text, 'x', sizeof foreign.text);	/* and no '\0' */
	for (int i = 0; i < 2; i++) {
		foreign.type = 8 + i;
		EQUALS(msgsnd(questions, &foreign, size[i], 0), 0);
	}
	HOLDS(strcmp(ask(questions, answers, 42, "glove"), "box 7") == 0);
	FAILS(msgrcv(answers, &s, sizeof s.form, 8, IPC_NOWAIT), ENOMSG);
	EQUALS(msgrcv(answers, &s, sizeof s.form, 9, IPC_NOWAIT),
	       sizeof s.form);				/* it was cut */
	close_desk(desk);
}

CLAIM("L03-29", "a client that waits is woken when the desk closes, and says "
      "so")
{
	int from, questions, answers, status;
	pid_t desk = open_desk(&from, &questions, &answers), client;

	HOLDS(kill(desk, SIGSTOP) == 0);
	EQUALS(waitpid(desk, &status, WUNTRACED), desk);
	client = run(&from, NULL, "./client", "umbrella");
	HOLDS(blocks(client));
	HOLDS(kill(desk, SIGTERM) == 0 && kill(desk, SIGCONT) == 0);
	EQUALS(ends(client), EXIT_FAILURE);
	HOLDS(strstr(rest_of(from), "the desk has closed"));
	EQUALS(ends(desk), 128 + SIGTERM);
}

CLAIM("L03-30", "a client that was stopped for longer than its patience takes "
      "its answer even so")
{
	int from_desk, from, questions, answers, status;
	pid_t desk = open_desk(&from_desk, &questions, &answers), client;
	char line[200];

	HOLDS(kill(desk, SIGSTOP) == 0);
	EQUALS(waitpid(desk, &status, WUNTRACED), desk);
	do {	/* once more, if its own clock was faster than we are */
		client = run(&from, NULL, "./client", "umbrella");
		blocks(client);
		HOLDS(kill(client, SIGSTOP) == 0);
		EQUALS(waitpid(client, &status, WUNTRACED), client);
	} while (!WIFSTOPPED(status));
	/* Its clock says that the time is over: SIGALRM is pending, the bit
	 * 1 << (SIGALRM - 1). We send it, to save time. */
	HOLDS(kill(client, SIGALRM) == 0);
	EQUALS(shell("grep -q '^ShdPnd:.*[2367abef]...$' /proc/%d/status",
		     (int)client), 0);
	HOLDS(kill(desk, SIGCONT) == 0);
	HOLDS(read(from_desk, line, sizeof line) > 0);
	HOLDS(blocks(desk));				/* it has answered */
	HOLDS(kill(client, SIGCONT) == 0);
	EQUALS(ends(client), 0);
	HOLDS(strstr(rest_of(from), "shelf 3"));
	close_desk(desk);
}

/* Not ours: perl's own IPC::Msg is the client, our ./desk the desk. */
CLAIM("L03-19", "perl's IPC::Msg asks our desk, and is answered")
{
	static const char perl[] =
		"use IPC::Msg;"
		"my $questions = IPC::Msg->new($ARGV[0], 0) or exit 10;"
		"my $answers = IPC::Msg->new($ARGV[1], 0) or exit 11;"
		"$questions->snd($$, pack('a32 a32', 'glove', '')) or exit 12;"
		"$answers->rcv(my $got, 64, $$) == $$ or exit 13;"
		"my ($thing, $place) = unpack('Z32 Z32', $got);"
		"exit($thing eq 'glove' && $place eq 'box 7' ? 0 : 14)";
	char key[2][16];
	int from, questions, answers;
	pid_t desk, client;

	if (shell("perl -MIPC::Msg -e 1 2> /dev/null") != 0)
		SKIP("perl or its module IPC::Msg is not installed; see "
		     "`make deps'");
	desk = open_desk(&from, &questions, &answers);
	for (unsigned i = 0; i < 2; i++)
		snprintf(key[i], sizeof key[i], "%d", (int)key_of_pair(i));
	client = fork();
	if (client == 0) {
		execlp("perl", "perl", "-e", perl, "--", key[0], key[1],
		       (char *)NULL);
		_exit(127);
	}
	EQUALS(ends(client), 0);
	EQUALS(stat_of(questions).msg_lspid, client);	/* it has asked */
	EQUALS(stat_of(answers).msg_lrpid, client);	/* and taken */
	close_desk(desk);
}

CLAIM("L03-35", "msgctl(): EINVAL if there is no queue with this id, or no "
      "such cmd")
{
	struct msqid_ds about;
	int id = msgget(IPC_PRIVATE, 0600);

	HOLDS(id != -1);
	FAILS(msgctl(id, 9999, &about), EINVAL);
	EQUALS(msgctl(id, IPC_STAT, &about), 0);
	EQUALS(msgctl(id, IPC_RMID, NULL), 0);
	FAILS(msgctl(id, IPC_STAT, &about), EINVAL);
}
