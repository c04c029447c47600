/*
 * removed - IPC_RMID takes the key away at once, and the memory later
 *
 *   IPC_RMID                                 the last shmdt(), or exit
 *      |                                          |
 *      |  no shmget() finds it by the key         |  the segment has gone:
 *      |  SHM_DEST is set: a bit in its mode      |  a call with its id: EINVAL
 *      |  what was attached before still works    |
 *
 * SHM_DEST means: this segment goes with its last detach.
 *
 * Watch: after IPC_RMID we still load from the memory.
 *
 * Try: before the last shmdt(), call shmget() with this key and IPC_CREAT.
 * Is it the same segment? What is in it? (Afterwards: make clean-ipc.)
 */
#define _GNU_SOURCE			// for lesson.h
#include <sys/shm.h>

#include "../../../common/lesson.h"

static int segment = -1;

static void remove_segment(void)
{
	if (segment != -1)
		shmctl(segment, IPC_RMID, NULL);
}

/* No IPC_EXCL: what a killed run has left is as good as a new one. */
static void make_segment(key_t key)
{
	hold_signals();
	remove_at_end(remove_segment);
	segment = shmget(key, sizeof(long), IPC_CREAT | 0600);
	if (segment == -1)
		die("shmget");
	let_signals();
}

static long *attach(void)
{
	long *at = shmat(segment, NULL, 0);

	if (at == (void *)-1)
		die("shmat");
	return at;
}

static void show(const char *when)
{
	struct shmid_ds now;
	int is_marked;

	if (shmctl(segment, IPC_STAT, &now) == -1)
		die("shmctl IPC_STAT");
	is_marked = (now.shm_perm.mode & SHM_DEST) != 0;
	say("%s: SHM_DEST is %s, nattch is %lu", when,
	    is_marked ? "set" : "not set", (unsigned long)now.shm_nattch);
}

int main(void)
{
	key_t key = own_key(0);		// of this folder: not the bank's key
	struct shmid_ds now;
	long *first;
	long *second;

	make_segment(key);
	first = attach();
	*first = 100;
	show("before");

	if (shmctl(segment, IPC_RMID, NULL) == -1)
		die("shmctl IPC_RMID");
	show("after IPC_RMID");
	if (shmget(key, 0, 0) == -1)
		say("by its key: %s", errno_name(errno));
	say("attached before: it still has %ld", *first);

	// Linux lets a process attach by the id even now. Other systems do not.
	second = attach();
	say("attached by its id after that: it has %ld", *second);

	if (shmdt(second) == -1)
		die("shmdt");
	if (shmdt(first) == -1)
		die("shmdt");
	if (shmctl(segment, IPC_STAT, &now) == -1)
		say("after the last shmdt(): %s", errno_name(errno));
	return EXIT_SUCCESS;
}
