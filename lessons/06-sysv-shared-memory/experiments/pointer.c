/*
 * pointer - a pointer in the segment is wrong in another process
 *
 *   in the writer   at 0x7f..1000  [ where: 0x7f..1010 | offset: 16 | text ]
 *   in the reader   at 0x7f..9000  [ where: 0x7f..1010 | offset: 16 | text ]
 *
 * In the writer the text is at 0x7f..1010, in the reader it is at 0x7f..9010.
 * So the pointer is wrong there. The offset, the distance from the start of
 * the segment, is the same in both.
 *
 * Watch: how the first reader ends.
 *
 * Try: in attach_elsewhere(), return OLD before the first call. Now both
 * readers read the text. Why is the pointer still a mistake?
 */
#define _GNU_SOURCE			// for lesson.h
#include <stddef.h>
#include <sys/shm.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

struct note {
	char *where;			// wrong: an address of the writer
	size_t offset;			// right: bytes from the start
	char text[32];
};

static struct note *in_writer;	// where the writer has the segment
static int segment = -1;

static void remove_segment(void)
{
	if (segment != -1)
		shmctl(segment, IPC_RMID, NULL);
}

static void make_segment(void)
{
	hold_signals();
	remove_at_end(remove_segment);
	segment = shmget(IPC_PRIVATE, sizeof *in_writer, 0600);
	if (segment == -1)
		die("shmget");
	let_signals();

	in_writer = shmat(segment, NULL, 0);
	if (in_writer == (void *)-1)
		die("shmat");
}

/* A child of fork() has the segment attached at the same address as its parent:
 * OLD. There the pointer would be right by luck. So attach a second time, while
 * OLD is still in use: then the kernel must choose another address. After that,
 * detach OLD. Now this process is like a program that was started by itself: it
 * has the segment at an address of its own. */
static struct note *attach_elsewhere(struct note *old)
{
	struct note *own = shmat(segment, NULL, SHM_RDONLY);

	if (own == (void *)-1)
		die("shmat");
	if (shmdt(old) == -1)
		die("shmdt");
	return own;
}

static void read_by_pointer(void)
{
	struct note *note = attach_elsewhere(in_writer);

	say("wrong: by the pointer it reads %s", note->where);
}

static void read_by_offset(void)
{
	struct note *note = attach_elsewhere(in_writer);
	const char *start = (const char *)note;

	say("right: by the offset it reads %s", start + note->offset);
}

static pid_t start_reader(void (*reads)(void))
{
	pid_t writer = getpid();
	pid_t reader = fork();

	if (reader == -1)
		die("fork");
	if (reader == 0) {
		if (!end_with_parent(writer))
			die("end_with_parent");
		// If it crashes, it leaves no core file.
		if (prctl(PR_SET_DUMPABLE, 0) == -1)
			die("prctl");
		reads();
		exit(EXIT_SUCCESS);
	}
	return reader;
}

static void see_it_end(pid_t reader, const char *what)
{
	int status;

	if (waitpid(reader, &status, 0) == -1)
		die("waitpid");
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV)
		say("%s: SIGSEGV ends the reader", what);
	else if (status != 0)
		quit("a reader has failed");
}

int main(void)
{
	pid_t reader;

	make_segment();
	strcpy(in_writer->text, "buy milk");
	in_writer->where = in_writer->text;
	in_writer->offset = offsetof(struct note, text);
	say("here it reads %s", in_writer->where);

	reader = start_reader(read_by_pointer);
	see_it_end(reader, "wrong: by the pointer");

	reader = start_reader(read_by_offset);
	see_it_end(reader, "right: by the offset");
	return EXIT_SUCCESS;
}
