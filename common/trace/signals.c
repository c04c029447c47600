/*
 * signals.c - signals by their numbers: strace writes names, a signalfd bytes
 */
#include <string.h>

#include "trace.h"

/* As on x86-64 and arm64; signal(7). The first one is 1. */
static const char *const names[] = {
	"HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL",
	"USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT", "CHLD",
	"CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM",
	"PROF", "WINCH", "IO", "PWR", "SYS",
};

enum { N_NAMES = sizeof names / sizeof *names, CHILD = 17, MOST = 64 };

int signal_number(struct piece name)
{
	int64_t n;

	if (begins(name, "SIG")) {
		name.s += 3;
		name.len -= 3;
	}
	if (number_of(name, &n))
		return n > 0 && n <= MOST ? (int)n : 0;
	for (size_t i = 0; i < N_NAMES; i++)
		if (is(name, names[i]))
			return (int)i + 1;
	if (is(name, "RTMIN"))
		return N_NAMES + 1;
	if (begins(name, "RT_")) {
		name.s += 3;
		name.len -= 3;
		if (number_of(name, &n) && n > 0 && n < MOST - N_NAMES)
			return N_NAMES + 1 + (int)n;
	}
	return 0;
}

/* Does a second one of N stay, while the first one waits to be delivered? */
int signal_is_queued(int n)
{
	return n > (int)N_NAMES;
}

/* "[USR1 TERM]", "~[KILL]": a bit for each signal; 1 is bit 0. */
uint64_t signal_set(struct piece set)
{
	int others = set.len && *set.s == '~';
	uint64_t bits = 0;
	size_t from = 0;

	set.s += others;
	set.len -= (size_t)others;
	set = inside(set);
	for (size_t i = 0; i <= set.len; i++) {
		int n;

		if (i < set.len && set.s[i] != ' ')
			continue;
		n = signal_number((struct piece){ set.s + from, i - from });
		if (n)
			bits |= (uint64_t)1 << (n - 1);
		from = i + 1;
	}
	return others ? ~bits : bits;
}

/* One byte of what strace writes between quotes; behind it, or NULL. */
static const char *byte(const char *s, const char *end, unsigned char *out)
{
	static const char letters[] = "t\tn\nv\vf\fr\r";
	unsigned value = 0;
	size_t n = 0;

	if (s >= end)
		return NULL;
	*out = (unsigned char)*s;
	if (*s != '\\')
		return s + 1;
	if (++s >= end)
		return NULL;
	for (; n < 3 && s + n < end && s[n] >= '0' && s[n] <= '7'; n++)
		value = value * 8 + (unsigned)(s[n] - '0');
	*out = (unsigned char)value;
	if (n)
		return s + n;
	*out = (unsigned char)*s;
	for (size_t i = 0; i + 1 < sizeof letters; i += 2)
		if (letters[i] == *s)
			*out = (unsigned char)letters[i + 1];
	return s + 1;
}

/* The first struct signalfd_siginfo in DATA: ssi_signo is at 0, ssi_pid at
 * 12. */
int signal_read(struct piece data, int64_t *pid)
{
	unsigned char b[16];
	const char *s, *end;

	data = inside(data);
	s = data.s;
	end = data.s + data.len;
	for (size_t i = 0; i < sizeof b; i++) {
		s = byte(s, end, &b[i]);
		if (!s)
			return 0;
	}
	*pid = b[12] | b[13] << 8 | b[14] << 16 | (int64_t)b[15] << 24;
	return b[0] <= MOST && !b[1] && !b[2] && !b[3] ? b[0] : 0;
}

int signal_child(void)
{
	return CHILD;
}
