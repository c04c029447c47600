/*
 * deposit - pays 50 into the account that ./withdraw has opened
 *
 *   key --shmget()--> id --shmat()--> a pointer; from then on no calls
 *
 * It has nothing from its partner ./withdraw but the key. It adds to the
 * balance, and then removes the segment under its partner's feet.
 * Watch: nattch, a pointer that is wrong here, and a removal that waits.
 */
#define _GNU_SOURCE
#include <sys/shm.h>
#include "../../common/lesson.h"

struct account {		// withdraw.c declares the same
	long balance;
	struct account *where;	// its address, in withdraw
};

// Two attaches have two addresses: one at most is where withdraw's is.
static struct account *attach_elsewhere(int id)
{
	struct account *one, *two;
	struct shmid_ds now;

	one = shmat(id, NULL, 0);
	if (one == (void *)-1)
		die("shmat");
	two = shmat(id, NULL, 0);
	if (two == (void *)-1)
		die("shmat");
	if (shmctl(id, IPC_STAT, &now) == -1)
		die("shmctl IPC_STAT");
	say("two processes, and nattch is %lu", now.shm_nattch);
	return one->where == one ? two : one;
}

static void attach_read_only(int id)
{
	void *view = shmat(id, NULL, SHM_RDONLY);

	if (view == (void *)-1)
		die("shmat SHM_RDONLY");
	// A store of our own would be SIGSEGV. A call that stores for us
	// fails instead: pipe() would put its two descriptors there.
	if (pipe(view) == -1)
		say("pipe() into a read-only attach: %s", errno_name(errno));
}

static void remove_in_use(int id)
{
	struct shmid_ds now;

	if (shmctl(id, IPC_RMID, NULL) == -1)
		die("shmctl IPC_RMID");
	if (shmctl(id, IPC_STAT, &now) == -1)	// the id still works
		die("shmctl IPC_STAT");
	say("removed: key %d, SHM_DEST %s, nattch %lu", now.shm_perm.__key,
	    now.shm_perm.mode & SHM_DEST ? "set" : "clear", now.shm_nattch);
}

int main(void)
{
	int id = shmget(own_key(6), 0, 0);	// finds, and creates nothing
	struct account *account;

	if (id == -1 && errno == ENOENT)
		quit("there is no account: start ./withdraw");
	if (id == -1)
		die("shmget");
	account = attach_elsewhere(id);
	say("the address that withdraw has is %s here",
	    account->where == account ? "right" : "wrong");
	say("read %ld", account->balance);
	account->balance += 50;		// load, add, store: three steps
	say("wrote %ld", account->balance);
	attach_read_only(id);
	remove_in_use(id);
	return EXIT_SUCCESS;		// exit detaches all three
}
