/*
 * proc.h - what /proc says about processes; see proc(5)
 */
#ifndef WHY_PROC_H
#define WHY_PROC_H

#include <sys/types.h>

struct proc {
	pid_t pid, ppid;
	char state;		/* R S D T Z ... proc(5) */
	char comm[32];
};

/* All descendants of ROOT. Returns how many; *OUT is malloc()ed, the caller
 * frees it. */
size_t proc_below(pid_t root, struct proc **out);
/* The same without those that have ended, by their ids. */
size_t proc_living(pid_t root, pid_t **out);
/* Also of one of its threads, by its number. A process whose first thread
 * alone has ended is in state S here. 0, or -1 if there is none. */
int proc_get(pid_t pid, struct proc *p);
int proc_stop_signal(pid_t pid);	/* SIGSTOP and its like, or 0 */
pid_t proc_tracer(pid_t pid);		/* 0: nobody */
/* Read /proc/PID/NAME as a string: its length, or -1 with errno. */
ssize_t proc_read(pid_t pid, const char *name, char *buf, size_t size);
/* PID, or where its first thread has ended another one of it: that has its
 * files in /proc still. */
pid_t proc_alive(pid_t pid);
/* Where /proc/PID/fd/FD leads; -1 if there is none. */
int proc_link(pid_t pid, int fd, char *buf, size_t size);
/* The line LABEL ("\nTgid:") of /proc/PID/status as a number to BASE: -1 if it
 * is not there. */
long long proc_status(pid_t pid, const char *label, int base);
/* 1 if a timer of PID's own may wake it: it has a POSIX timer or a timerfd,
 * or it catches SIGALRM (proc(5), timers and status). */
int proc_timed(pid_t pid);
/* How often PID has gone to sleep (proc(5), status); -1 if it is gone. */
long proc_sleeps(pid_t pid);
int proc_is_kernel(pid_t pid);		/* a thread of the kernel itself */
/* How much CPU time PID has used, in ticks (proc(5), stat). */
unsigned long long proc_time(pid_t pid);
/* Has thread TASK of PID ended? The others may go on. */
int proc_has_ended(pid_t pid, pid_t task);
/* The process of which TASK is a thread; TASK itself if that is not known. */
pid_t proc_group(pid_t task);
/* The numbers that are names in /proc/PID/NAME, or in /proc if PID is 0, in
 * their order: threads, descriptors, processes. How many, or 0 with errno;
 * *OUT is malloc()ed, the caller frees it. */
size_t proc_numbers(pid_t pid, const char *name, int **out);
/* The threads of PID, as proc_living(); /proc knows each by its own id too. */
size_t proc_tasks(pid_t pid, pid_t **out);
int proc_users(uid_t uid);	/* processes of UID that can be seen */

#endif
