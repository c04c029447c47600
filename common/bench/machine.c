/* machine.c - what is measured on: machine, limits, and who else is there */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

#include "../lesson.h"
#include "inside.h"

#ifndef BENCH_FLAGS
#define BENCH_FLAGS "unknown"
#endif

/* The first line of FILE without its newline, or "unknown". */
static const char *first_line(const char *file, char *buf, size_t size)
{
	FILE *f = fopen(file, "re");

	if (!f || !fgets(buf, (int)size, f))
		snprintf(buf, size, "unknown");
	buf[strcspn(buf, "\n")] = '\0';
	if (f)
		fclose(f);
	return buf;
}

/* What /proc/cpuinfo says after KEY. */
static const char *cpuinfo(const char *key, char *buf, size_t size)
{
	FILE *f = fopen("/proc/cpuinfo", "re");
	char line[4096], *colon;

	snprintf(buf, size, "unknown");
	while (f && fgets(line, sizeof line, f)) {
		if (strncmp(line, key, strlen(key)))
			continue;
		colon = strchr(line, ':');
		if (colon && colon[1])
			snprintf(buf, size, "%.*s",
				 (int)strcspn(colon + 2, "\n"), colon + 2);
		break;
	}
	if (f)
		fclose(f);
	return buf;
}

static int under_hypervisor(void)
{
	char flags[4096];

	cpuinfo("flags", flags, sizeof flags);
	return strstr(flags, " hypervisor") != NULL;
}

struct env { const char *key, *file; };

static const struct env files[] = {
	{ "clocksource",
	  "/sys/devices/system/clocksource/clocksource0/current_clocksource" },
	{ "governor",
	  "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor" },
	{ "idle_driver", "/sys/devices/system/cpu/cpuidle/current_driver" },
	{ "cache_l1d", "/sys/devices/system/cpu/cpu0/cache/index0/size" },
	{ "cache_l2", "/sys/devices/system/cpu/cpu0/cache/index2/size" },
	{ "cache_l3", "/sys/devices/system/cpu/cpu0/cache/index3/size" },
	{ "pipe_max_size", "/proc/sys/fs/pipe-max-size" },
	{ "wmem_default", "/proc/sys/net/core/wmem_default" },
	{ "rmem_default", "/proc/sys/net/core/rmem_default" },
	{ "msgmax", "/proc/sys/kernel/msgmax" },
	{ "msgmnb", "/proc/sys/kernel/msgmnb" },
	{ "mqueue_msg_max", "/proc/sys/fs/mqueue/msg_max" },
	{ "mqueue_msgsize_max", "/proc/sys/fs/mqueue/msgsize_max" },
	{ "loadavg_after", "/proc/loadavg" },
};

static void write_limit(const char *file, const char *value)
{
	FILE *f = fopen(file, "we");

	if (!f)
		return;
	fputs(value, f);
	fclose(f);		/* refused: the rows above the limit say so */
}

/* With the system's names two of us would take each other's keys. */
static void wait_for_turn(void)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	if (fd != -1 && flock(fd, LOCK_EX | LOCK_NB) == -1) {
		fprintf(stderr, "bench: another one runs; waiting for it\n");
		flock(fd, LOCK_EX);
	}			/* stays open, and locked, until we end */
}

/* In IPC names of our own, queues of 64 KiB messages are allowed, and nothing
 * can stay behind. Without, the system's own limits hold. */
void machine_limits(struct settings *set)
{
	if (unshare(CLONE_NEWIPC) == -1) {
		snprintf(set->names, sizeof set->names, "the system's, and its "
			 "limits (own ones need root: %s)", errno_name(errno));
		wait_for_turn();
		return;
	}
	write_limit("/proc/sys/kernel/msgmax", "1048576");
	write_limit("/proc/sys/kernel/msgmnb", "4194304");
	write_limit("/proc/sys/fs/mqueue/msg_max", "1000");
	write_limit("/proc/sys/fs/mqueue/msgsize_max", "1048576");
	snprintf(set->names, sizeof set->names,
		 "own namespace, limits raised in it");
}

/* Jiffies of the CPUs that we use, all and stolen ones, and our own. */
struct load machine_load(const struct settings *set)
{
	FILE *f = fopen("/proc/stat", "re");
	struct load l = { 0, 0, 0, 0 };
	struct rusage r;
	char line[512];
	double v[8];
	int cpu;

	while (f && fgets(line, sizeof line, f)) {
		if (sscanf(line, "cpu%d %lf %lf %lf %lf %lf %lf %lf %lf", &cpu,
			   v, v + 1, v + 2, v + 3, v + 4, v + 5, v + 6,
			   v + 7) != 9 ||
		    (cpu != set->cpu[0] && cpu != set->cpu[1]))
			continue;
		for (int i = 0; i < 8; i++)
			l.all += v[i];
		l.busy += v[0] + v[1] + v[2] + v[5] + v[6];
		l.steal += v[7];
	}
	if (f)
		fclose(f);
	for (int i = 0; i < 2; i++)
		if (getrusage(i ? RUSAGE_CHILDREN : RUSAGE_SELF, &r) == 0)
			l.ours += (double)(r.ru_utime.tv_sec +
					   r.ru_stime.tv_sec) * 100 +
				  (double)(r.ru_utime.tv_usec +
					   r.ru_stime.tv_usec) / 1e4;
	return l;
}

/* For a person: a few lines. */
void machine_text(const struct report *r)
{
	struct utsname u;
	char cpu[128];

	uname(&u);
	cpuinfo("model name", cpu, sizeof cpu);
	printf("%.60s, %ld CPUs%s, Linux %.30s\n", cpu,
	       sysconf(_SC_NPROCESSORS_ONLN),
	       under_hypervisor() ? ", a virtual machine" : "", u.release);
	if (r->set->cpus > 1)
		printf("Used: CPU %d, and CPU %d where two are.",
		       r->set->cpu[0], r->set->cpu[1]);
	else
		printf("Used: CPU %d.", r->set->cpu[0]);
	printf(" %d rounds of %.1f ms each.\n", r->set->effort.rounds,
	       r->set->effort.sample_ns / 1e6);
	printf("IPC names: %s.\n", r->set->names);
}

/* For a program: everything that a figure may depend on. */
void machine_json(const struct report *r, FILE *f)
{
	char text[4096];
	struct utsname u;
	struct rlimit lim;

	uname(&u);
	fprintf(f, "  \"machine\": {\n    \"kernel\": ");
	json_string(f, u.release);
	fprintf(f, ",\n    \"architecture\": ");
	json_string(f, u.machine);
	fprintf(f, ",\n    \"cpu\": ");
	json_string(f, cpuinfo("model name", text, sizeof text));
	fprintf(f, ",\n    \"mitigated\": ");
	json_string(f, cpuinfo("bugs", text, sizeof text));
	fprintf(f, ",\n    \"virtual\": %s,\n    \"cpus_online\": %ld,\n"
		"    \"cpus_allowed\": %d,\n    \"cpu_used\": [%d, %d]",
		under_hypervisor() ? "true" : "false",
		sysconf(_SC_NPROCESSORS_ONLN), r->set->cpus, r->set->cpu[0],
		r->set->cpu[1]);
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		fprintf(f, ",\n    \"%s\": ", files[i].key);
		json_string(f, first_line(files[i].file, text, sizeof text));
	}
	if (getrlimit(RLIMIT_MSGQUEUE, &lim) == 0)
		fprintf(f, ",\n    \"rlimit_msgqueue\": %llu",
			(unsigned long long)lim.rlim_cur);
	fprintf(f, ",\n    \"ipc_names\": ");
	json_string(f, r->set->names);
#ifdef __GLIBC__
	fprintf(f, ",\n    \"libc\": \"glibc %s\"", gnu_get_libc_version());
#endif
	fprintf(f, ",\n    \"compiler\": ");
	json_string(f, __VERSION__);
	fprintf(f, ",\n    \"flags\": ");
	json_string(f, BENCH_FLAGS);
	fprintf(f, "\n  },\n");
}
