/*
 * refuse.c - why a process may not be looked into, and what to do about it
 *
 * To read /proc/PID/syscall or /proc/PID/mem takes the right to trace PID. See
 * "Ptrace access mode checking" in ptrace(2); the rules are asked here in the
 * kernel's order, so that the first one that forbids it is the one named.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proc.h"
#include "why.h"

/* Is PID, whose /proc/PID/status begins with TEXT, a process of this user? */
static int is_of_this_user(const char *text)
{
	const char *at = strstr(text, "\nUid:");
	unsigned real, effective, saved;

	if (!at || sscanf(at + 5, "%u %u %u", &real, &effective, &saved) != 3)
		return 0;
	return real == geteuid() && effective == real && saved == real;
}

/* May this process trace any other (CAP_SYS_PTRACE)? */
static int may_trace_all(void)
{
	char text[4096];
	const char *at;

	if (proc_read(getpid(), "status", text, sizeof text) <= 0)
		return 0;
	at = strstr(text, "\nCapEff:");
	return at && strtoull(at + 8, NULL, 16) >> CAP_SYS_PTRACE & 1;
}

/* A process that changed its user, or asked for it, has files in /proc that
 * belong to root: its memory may hold what its user may not see. */
static int is_protected(pid_t pid)
{
	char path[32];
	struct stat st;

	snprintf(path, sizeof path, "/proc/%d/syscall", (int)pid);
	return stat(path, &st) == 0 && st.st_uid != geteuid();
}

/* kernel.yama.ptrace_scope; 0 for a kernel without Yama. */
static int yama_scope(void)
{
	FILE *f = fopen("/proc/sys/kernel/yama/ptrace_scope", "re");
	int scope = 0;

	if (!f)
		return 0;
	if (fscanf(f, "%d", &scope) != 1)
		scope = 0;
	fclose(f);
	return scope;
}

/* What root would type. */
static void say_sudo(pid_t pid, struct words *w)
{
	if (pid > 0)
		words_add(w, "; sudo make why PID=%d", (int)pid);
	else
		words_add(w, "; sudo make why PID=n");
}

static void say_yama(pid_t pid, int scope, struct words *w)
{
	words_add(w, "kernel.yama.ptrace_scope is %d, so ", scope);
	if (scope > 2) {
		words_add(w, "nobody may look until this system is started "
			  "again");
		return;
	}
	if (scope == 1)
		words_add(w, "only root and the processes that started it "
			  "may look");
	else
		words_add(w, "only root may look");
	say_sudo(pid, w);
	words_add(w, ", or sudo sysctl kernel.yama.ptrace_scope=0");
}

/* PID is of this user and not protected, and Yama is not why. */
static void say_others(pid_t pid, struct words *w)
{
	words_add(w, "AppArmor, SELinux, a container or the like forbids it");
	if (may_trace_all())
		return;
	say_sudo(pid, w);
	words_add(w, "; in a container, start that with CAP_SYS_PTRACE");
}

void why_refused(pid_t pid, struct words *w)
{
	char text[4096];
	int scope = yama_scope();

	if (proc_read(pid > 0 ? pid : getpid(), "status", text,
		      sizeof text) <= 0) {
		words_add(w, "it has just ended");
	} else if (scope > 2) {
		say_yama(pid, scope, w);
	} else if (may_trace_all()) {
		say_others(pid, w);
	} else if (!is_of_this_user(text)) {
		words_add(w, "it is another user's");
		say_sudo(pid, w);
	} else if (pid > 0 && is_protected(pid)) {
		words_add(w, "it protects itself (prctl(2), PR_SET_DUMPABLE)");
		say_sudo(pid, w);
	} else if (scope > 0) {
		say_yama(pid, scope, w);
	} else {
		say_others(pid, w);
	}
}

/* There is no /proc/PID. Nobody is told that a process has ended which is only
 * out of sight. */
void why_not_seen(pid_t pid, struct words *w)
{
	if (access("/proc/self/stat", R_OK) == -1)
		words_add(w, "/proc is not mounted, so no process can be "
			  "looked at; as root: mount -t proc proc /proc");
	else if (kill(pid, 0) == 0 || errno == EPERM)
		words_add(w, "process %d is hidden from this user (/proc has "
			  "the option hidepid); sudo make why PID=%d",
			  (int)pid, (int)pid);
	else
		words_add(w, "there is no process %d", (int)pid);
}
