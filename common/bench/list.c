/* list.c - all facilities, in the order of the tables: add yours here */
#define _GNU_SOURCE
#include "bench.h"

#define ALL(X)								\
	X(pipe) X(fifo) X(pty)						\
	X(unix_stream) X(unix_dgram) X(unix_seqpacket) X(tcp) X(udp)	\
	X(sysv_queue) X(posix_queue)					\
	X(sysv_shm_sem) X(posix_shm_sem) X(file_sem) X(cond)		\
	X(sysv_shm_ring) X(posix_shm_ring) X(file_ring) X(vm_readv)	\
	X(in_place)							\
	X(sysv_sem) X(sysv_sem_combined) X(posix_sem) X(posix_named_sem) \
	X(eventfd) X(futex) X(signal) X(rt_signal) X(record_lock)	\
	X(vmsplice)							\
	X(ring_naive) X(ring_padded) X(ring_cached) X(ring_batched)	\
	X(mutex) X(mutex_robust) X(mutex_inherit) X(spinlock)		\
	X(sysv_sem_undo) X(flock) X(lock_record) X(lock_ofd)

#define DECLARE(name) extern const struct facility f_##name;
#define ENTRY(name) &f_##name,

ALL(DECLARE)

const struct facility *const facilities[] = { ALL(ENTRY) NULL };
