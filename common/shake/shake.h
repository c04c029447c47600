/*
 * shake.h - make a rare order of events a common one, from a seed
 *
 * A program does not include this: the script build beside it links shake.c to
 * one that it has compiled with -fsanitize=thread, in place of the
 * sanitizer's own runtime. The compiler then calls us before every access to
 * memory, and the linker (--wrap) for the calls listed in shake.c.
 *
 *	SHAKE_SEED=7		before accesses to shared mappings, and before
 *				the wrapped calls, give up the CPU or nap for
 *				some microseconds; where, the seed decides.
 *				memcpy(), memset() and strcpy() of shared
 *				memory can be left in their middle as well
 *	SHAKE_FAULT=read:2:EINTR	each process's second read() fails
 *				with EINTR, and does nothing
 *	SHAKE_FAULT=write:1:short	its first write() gets half the bytes
 *				(at least one): read, pread, write, pwrite,
 *				send, recv
 *	SHAKE_FAULT=pause:1:stop	before its first pause() it stops, as
 *				by SIGSTOP: a signal that is sent now, before
 *				the SIGCONT, comes between what the program
 *				did last and that call
 *	SHAKE_FAULT=any:5:stop	the same before its fifth call, whichever
 *	SHAKE_FAULT=any:0:stop	the same before the first line of its own: what
 *				is no call that we wrap is still to come, too
 *	SHAKE_FAULT=poll:1:EINTR+stop	its first poll() fails, and then it
 *				stops, before the program looks at errno
 *
 *	SHAKE_FAULT=read:2:EIO@1	only in process 1. The first is 0, its
 *				second child 2, that one's first child 21
 *	SHAKE_LOG=FILE		append "1 read 2" for process 1's second read(),
 *				and "end" behind it if the program ends already:
 *				a function of atexit() or remove_at_end() calls;
 *				"wish" behind a call that only asks for better
 *				service: F_SETPIPE_SZ, an advice of madvise()
 *				that changes nothing in the memory
 *
 *	SHAKE_PLACES=FILE	append "1 read 2 11f3": where that call stands in
 *				the program, for addr2line(1)
 *
 * What the helpers of lesson.h call never fails and is in no log: whoever uses
 * them cannot check it. A stop may come before it all the same. So it is with
 * signal(), which does not fail.
 *
 *	SHAKE_WORD=0:4		the word at byte 0 of a shared object, 4 bytes,
 *				publishes what else is there: count the stores
 *				that make it other than 0, are plain or weaker
 *				than RELEASE, and stand behind no fence
 *	SHAKE_REPORT=4		descriptor 4 is a memory file, which takes a
 *				struct shake_report; the program does not get it
 *
 * Several faults are separated by commas. Without these variables the program
 * runs as it would otherwise. They are gone before it begins: it sees them
 * neither in its environment nor in its /proc/self/environ. Why our own: the
 * real sanitizer looks for races of the threads of one process; it does not
 * see two processes that share memory.
 *
 * A nap makes no order: a program that is right is right under every seed.
 */
#ifndef SHAKE_H
#define SHAKE_H

/* Lies in memory that the program shares with whoever has started it. */
struct shake_report {
	int hits;		/* how many faults were met */
	char call[24];		/* by which call the last one */
	int in_terminal;	/* its process's stderr was a terminal */
	int plain_stores;	/* SHAKE_WORD: how many */
	unsigned long stored_at;	/* the code behind the last one, from
					   the beginning of the program on */
};

#endif
