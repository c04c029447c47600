/*
 * check - what close-drops-it asks of till: the checker tries for the lock
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "../../../common/proof/asleep.h"
#include "../../../common/proof/check.h"
#include "../../../common/proof/step.h"

enum { WIDTH = 12 };		/* bytes of the balance, as in till.c */

static void write_ledger(long sum)
{
	FILE *f = fopen("ledger", "we");

	HOLDS(f != NULL);
	HOLDS(fprintf(f, "%11ld\n", sum) > 0);
	HOLDS(fclose(f) == 0);
}

static long in_ledger(void)
{
	FILE *f = fopen("ledger", "re");
	long sum = -1;

	HOLDS(f != NULL);
	MUST(fscanf(f, "%ld", &sum) == 1, "there is no number in the ledger");
	fclose(f);
	return sum;
}

static struct prog till(int in)
{
	struct how how = { .in = in };

	return start_how(&how, "till", "ledger", NULL);
}

static struct prog till_of(long amount)
{
	char text[32];

	snprintf(text, sizeof text, "%ld\n", amount);
	return till(input_text(text));
}

/* A till that has come as far as to wait for its amount; *IN: write it
 * there. */
static struct prog waiting_till(int *in)
{
	int s[2];
	struct prog p;

	HOLDS(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, s) == 0);
	p = till(s[1]);
	*in = s[0];
	MUST(await_lines(&p, 1) && await_blocked(&p),
	     "it ended before it was told an amount");
	return p;
}

/* Is the ledger locked by another process, by whichever kind, in its first LEN
 * bytes, or at all if LEN is 0? */
static int is_locked_for(off_t len)
{
	struct flock some = { .l_type = F_WRLCK, .l_whence = SEEK_SET,
			      .l_len = len };
	int fd = open("ledger", O_RDWR | O_CLOEXEC), locked;

	HOLDS(fd != -1);
	HOLDS(fcntl(fd, F_GETLK, &some) == 0);
	locked = some.l_type != F_UNLCK;
	if (flock(fd, LOCK_EX | LOCK_NB) == -1)
		locked = 1;
	HOLDS(close(fd) == 0);
	return locked;
}

/* Is the balance locked? */
static int is_locked(void)
{
	return is_locked_for(WIDTH);
}

/* Is a file of this folder locked, other than the ledger (proc(5), locks)?
 * Nobody but the tills works here. */
static int locks_another(void)
{
	struct stat ledger, st;
	unsigned long inode;
	char line[256];
	struct dirent *e;
	int found = 0;
	DIR *d = opendir(".");
	FILE *f;

	HOLDS(d != NULL && stat("ledger", &ledger) == 0);
	while ((e = readdir(d))) {
		if (stat(e->d_name, &st) == -1 || !S_ISREG(st.st_mode) ||
		    st.st_ino == ledger.st_ino)
			continue;
		f = fopen("/proc/locks", "re");
		HOLDS(f != NULL);
		while (fgets(line, sizeof line, f))
			if (sscanf(line, "%*d: %*s %*s %*s %*d %*x:%*x:%lu",
				   &inode) == 1 && inode == st.st_ino)
				found = 1;
		fclose(f);
	}
	closedir(d);
	return found;
}

CHECK(2, "adds", "one till after the other adds its amount")
{
	long sum = 100, amount;
	struct prog p;
	char want[64];

	write_ledger(sum);
	for (int i = 0; i < 5; i++) {
		amount = (long)random_below(2000) - 1000;
		snprintf(want, sizeof want, "balance %ld\nnow %ld\n", sum,
			 sum + amount);
		p = till_of(amount);
		MUST_EXIT(&p, 0);
		MUST_SAY(&p, want);
		sum += amount;
		MUST(in_ledger() == sum, "the ledger has %ld, not %ld",
		     in_ledger(), sum);
	}
}

CHECK_AFTER(4, "held", "adds",
	    "while it waits for the amount, the ledger is locked")
{
	struct prog p;
	int in;

	write_ledger(100);
	p = waiting_till(&in);
	MUST(is_locked() || !locks_another(), "it waits for the amount, and "
	     "has locked another file than the ledger: who locks the ledger "
	     "itself goes on at the same time");
	MUST(is_locked() || !is_locked_for(0), "it waits for the amount, and "
	     "has locked bytes of the ledger behind the balance only: "
	     "l_whence, l_start and l_len say which");
	MUST(is_locked(), "it waits for the amount, and another process gets "
	     "the lock: it has none any more (/proc/locks). What did it close "
	     "after it had locked?");
	HOLDS(write(in, "5\n", 2) == 2);
	MUST_EXIT(&p, 0);
}

CHECK_AFTER(3, "two", "adds",
	    "a second till waits for the first, no amount is lost")
{
	struct prog a, b;
	int in;

	write_ledger(100);
	a = waiting_till(&in);
	b = till_of(7);
	MUST_SLEEP(&b, "a second till ended while the first one was still at "
		   "work");
	HOLDS(write(in, "20\n", 3) == 3);
	MUST_EXIT(&a, 0);
	MUST_SAY(&a, "balance 100\nnow 120\n");
	MUST_EXIT(&b, 0);
	MUST(in_ledger() == 127, "100, 20 and 7 are 127, and the ledger has "
	     "%ld", in_ledger());
	MUST_SAY(&b, "balance 120\nnow 127\n");
}

/* What the ledger has at this moment; -1 if that is no number. */
static long now_in_ledger(void)
{
	FILE *f = fopen("ledger", "re");
	long sum = -1;

	HOLDS(f != NULL);
	if (fscanf(f, "%ld", &sum) != 1)
		sum = -1;
	fclose(f);
	return sum;
}

/* Behind each of its system calls: once it has had the lock, it has it until
 * the new balance is in the ledger. In a moment without it another till would
 * read the old balance, or write over the new one. */
CHECK_AFTER(3, "gap", "held two",
	    "between its reading and its writing the lock is never let go")
{
	struct how how = { .fault = "any:1:stop" };
	struct prog p;
	int had = 0;

	write_ledger(100);
	how.in = input_text("20\n");
	p = start_how(&how, "till", "ledger", NULL);
	if (step_begin(&p))
		while (step(&p)) {
			const int has = is_locked();
			const long sum = now_in_ledger();

			MUST(sum == 100 || had, "it writes into the ledger, "
			     "and does not have the lock");
			MUST(has || !had || sum == 120, "it had the lock, and "
			     "lets it go before the new balance is in the "
			     "ledger: in between another till reads the old "
			     "one");
			had = has;
		}
	MUST_EXIT(&p, 0);
	MUST_SAY(&p, "balance 100\nnow 120\n");
}

CHECK_AFTER(1, "free", "held",
	    "a till that ends, or is killed, leaves no lock")
{
	struct prog p;
	int in;

	write_ledger(100);
	p = till_of(1);
	MUST_EXIT(&p, 0);
	MUST(!is_locked(), "it has ended, and the ledger is still locked");
	p = waiting_till(&in);
	end_by(&p, SIGKILL);
	MUST(!is_locked(), "it was killed, and the ledger is still locked");
	p = till_of(1);
	MUST_EXIT(&p, 0);
}

static struct prog scene(const struct how *base)
{
	struct how how = *base;

	write_ledger(100);
	how.in = input_text("5\n");
	return start_how(&how, "till", "ledger", NULL);
}

MAY_FAIL("");

CHECK_AFTER(1, "errors", "adds", "a call that fails is noticed, and named")
{
	struct prog p = start("till", "not-there", NULL);

	MUST_FAIL_WITH(&p, ENOENT);
	MUST_NOTICE(scene);
}
