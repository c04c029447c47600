/*
 * check - what offset-not-pointer asks of pile
 *
 * The kernel attaches near the stack, whose limit it leaves free. So with
 * another limit each process gets another address, even where addresses are
 * not drawn by chance.
 */
#define _GNU_SOURCE
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>

#include "../../../common/proof/check.h"

enum { MB = 1024 * 1024, NOTES = 64, LONGEST = 47 };

static char key[16];

static void new_key(void)
{
	static unsigned tag;

	snprintf(key, sizeof key, "%d", (int)check_key(tag++ % 16));
}

/* Of the next program that is started. */
static void next_address(void)
{
	static rlim_t limit = 160;
	struct rlimit r;

	HOLDS(getrlimit(RLIMIT_STACK, &r) == 0);
	limit = limit < 1000 ? limit + 48 : 160;
	if (r.rlim_max == RLIM_INFINITY || r.rlim_max >= limit * MB)
		r.rlim_cur = limit * MB;
	HOLDS(setrlimit(RLIMIT_STACK, &r) == 0);
}

static struct prog pile(const char *text, const char *what)
{
	struct how how = { .in = text ? input_text(text) : 0 };

	next_address();
	return start_how(&how, "pile", key, what, NULL);
}

static void put(const char *text)
{
	struct prog p = pile(text, "put");

	MUST_EXIT(&p, 0);
}

static void must_show(const char *want)
{
	struct prog p = pile(NULL, "show");
	int status = end_of(&p);

	MUST(status < 128, "'show' was killed by signal %d (%s): it follows "
	     "an address that 'put' had, and has the segment elsewhere",
	     status - 128, strsignal(status - 128));
	MUST(status == 0, "'show' ended with status %d", status);
	MUST_SAY(&p, want);
}

/* Its id; it has to be there. */
static int segment(void)
{
	int id = shmget((key_t)atol(key), 0, 0);

	MUST(id != -1, "there is no segment with the key %s", key);
	return id;
}

static void remove_segment(void)
{
	HOLDS(shmctl(segment(), IPC_RMID, NULL) == 0);
}

CHECK(2, "one", "one note is shown by another process")
{
	char word[12], want[16];

	random_word(word, sizeof word);
	snprintf(want, sizeof want, "%s\n", word);
	new_key();
	must_show("");
	put(want);
	must_show(want);
	remove_segment();
}

CHECK_AFTER(3, "many", "one", "many notes, put by several, the last one first")
{
	char word[8], two[32], want[400] = "", next[400];

	new_key();
	for (int i = 0; i < 8; i++) {
		random_word(word, sizeof word);
		snprintf(two, sizeof two, "%s a\n%s b\n", word, word);
		put(two);
		snprintf(next, sizeof next, "%s b\n%s a\n%.370s", word, word,
			 want);
		strcpy(want, next);
		must_show(want);
	}
	remove_segment();
}

/* We are a process that has the segment at an address of its own, too. */
CHECK_AFTER(2, "shared", "one", "the notes lie in the segment, nowhere else")
{
	struct shmid_ds ds;
	char *at, *found;

	new_key();
	put("first\nsecnd\n");
	HOLDS(shmctl(segment(), IPC_STAT, &ds) == 0);
	at = shmat(segment(), NULL, 0);
	HOLDS(at != (void *)-1);
	found = memmem(at, ds.shm_segsz, "secnd", 5);
	MUST(found, "the text of a note is not in the segment");
	memcpy(found, "third", 5);
	must_show("third\nfirst\n");
	HOLDS(shmdt(at) == 0);
	remove_segment();
}

/* The bytes are all there is: a copy of them is the same pile. */
CHECK_AFTER(1, "copy", "many", "a copy of the segment is the same pile")
{
	struct shmid_ds ds;
	void *from, *to;
	int old, new;

	new_key();
	put("a\nb\nc");		/* and no newline behind the last one */
	old = segment();
	HOLDS(shmctl(old, IPC_STAT, &ds) == 0);
	new_key();
	new = shmget((key_t)atol(key), ds.shm_segsz, IPC_CREAT | 0600);
	HOLDS(new != -1);
	from = shmat(old, NULL, 0);
	to = shmat(new, NULL, 0);
	HOLDS(from != (void *)-1 && to != (void *)-1);
	memcpy(to, from, ds.shm_segsz);
	HOLDS(shmctl(old, IPC_RMID, NULL) == 0);
	HOLDS(shmdt(from) == 0);
	must_show("c\nb\na\n");
	remove_segment();
}

/* Where process PID has segment ID: its address; 0 if it has not. */
static unsigned long address(pid_t pid, int id)
{
	unsigned long from, inode, found = 0;
	char path[32], line[512];
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/maps", (int)pid);
	f = fopen(path, "re");
	HOLDS(f != NULL);
	while (!found && fgets(line, sizeof line, f))
		if (strstr(line, "/SYSV") &&
		    sscanf(line, "%lx-%*x %*s %*s %*s %lu", &from, &inode) == 2
		    && (int)inode == id)
			found = from;
	fclose(f);
	return found;
}

/* The address at which one `put' has the segment. */
static unsigned long address_of_put(void)
{
	struct how how = { .fd3 = 0 };
	unsigned long at;
	struct prog p;
	int s[2];

	HOLDS(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, s) == 0);
	how.in = s[1];
	next_address();
	p = start_how(&how, "pile", key, "put", NULL);
	HOLDS(send(s[0], "one\n", 4, MSG_NOSIGNAL) == 4);
	MUST(await_blocked(&p), "'put' ended before its input did");
	at = address(p.pid, segment());
	HOLDS(close(s[0]) == 0);
	MUST_EXIT(&p, 0);
	return at;
}

/* Left to itself, the kernel takes another one for each of our programs. */
static void addresses_must_differ(void)
{
	struct rlimit r;
	char drawn = '0';
	FILE *f = fopen("/proc/sys/kernel/randomize_va_space", "re");

	HOLDS(getrlimit(RLIMIT_STACK, &r) == 0);
	if (f) {
		drawn = (char)fgetc(f);
		fclose(f);
	}
	if (r.rlim_max != RLIM_INFINITY && r.rlim_max < 1000UL * MB &&
	    drawn == '0')
		SKIP("each process has the same addresses here; "
		     "ulimit -H -s unlimited helps");
}

CHECK_AFTER(2, "anywhere", "shared", "the kernel chooses where each process "
	    "has the segment")
{
	unsigned long one, two;

	addresses_must_differ();
	new_key();
	one = address_of_put();
	two = address_of_put();
	MUST(one == 0 || one != two, "each 'put' has the segment at %#lx: that "
	     "is an address of your choice. In another process something else "
	     "may lie there, and its shmat() fails", one);
	remove_segment();
}

CHECK_AFTER(1, "full", "many", "64 notes of 47 bytes find room, the 65th is "
	    "refused")
{
	static char note[NOTES][LONGEST + 1];
	static char want[NOTES * (LONGEST + 1) + 1], all[sizeof want];
	struct prog p;

	new_key();
	for (int i = 0; i < NOTES; i++) {
		random_word(note[i], sizeof note[i]);
		sprintf(all + strlen(all), "%s\n", note[i]);
	}
	for (int i = NOTES; i > 0; i--)
		sprintf(want + strlen(want), "%s\n", note[i - 1]);
	put(all);
	must_show(want);
	p = pile("z\n", "put");
	MUST_FAIL(&p);
	must_show(want);
	remove_segment();
}

static struct prog scene(const struct how *base)
{
	struct how how = *base;

	how.in = input_text("one\ntwo\n");
	return start_how(&how, "pile", key, "put", NULL);
}

MAY_FAIL("shmdt");

CHECK_AFTER(1, "errors", "one", "a call that fails is noticed and named")
{
	struct prog p;
	int small;

	new_key();
	MUST_NOTICE(scene);
	remove_segment();
	/* One that is too small for a pile. */
	small = shmget((key_t)atol(key), 8, IPC_CREAT | 0600);
	HOLDS(small != -1);
	p = pile("one\n", "put");
	MUST_FAIL(&p);
	HOLDS(shmctl(small, IPC_RMID, NULL) == 0);
	p = pile("", "hide");
	MUST_FAIL(&p);
	no_object_left();
}
