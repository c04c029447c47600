#!/bin/sh
# slurm.sh - a class that a Slurm array grades: the same grades as by one command
#
# Slurm and munge of the distribution run here for this test alone: in namespaces
# of their own, with their own settings, key and state. All goes when the process
# that holds the namespaces ends.
cd "$(dirname "$0")/../../.." || exit 1
. common/t/tap.sh
PATH=$PATH:/usr/sbin:/sbin

for need in jq parallel bwrap ip unshare flock sbatch slurmctld slurmd munged; do
	command -v $need > /dev/null && continue
	skip "Slurm" "there is no $need: apt-get install slurmctld slurmd slurm-client munge"
	finish
	exit
done
[ "$(id -u)" = 0 ] || {
	skip "Slurm" "only root makes the namespaces in which it runs"
	finish
	exit
}
if [ -z "${SLURM_INSIDE:-}" ]; then
	inside='unshare -n -u -i -m -p -f --kill-child --mount-proc'
	if ! $inside ip link add type veth > "$tmp/said" 2>&1; then
		skip "Slurm" "no network here: $(head -n 1 "$tmp/said")"
		finish
		exit
	fi
	SLURM_INSIDE=yes $inside "$0"
	exit
fi

# ----------------------------------------------------------- a cluster of one
for folder in /run /etc/munge /etc/slurm /var/log/munge; do
	mount -t tmpfs tmpfs $folder || exit 1
done
mkdir -m 755 /run/munge
mkdir -m 700 "$tmp/munge"
mkdir "$tmp/state" "$tmp/spool" "$tmp/no-cgroup"
chmod 755 "$tmp"
hostname node
# A name is looked up only where there is more than the loopback device.
ip link set lo up && ip link add name here type veth peer name there &&
	ip addr add 10.91.0.1/24 dev here && ip link set here up &&
	ip link set there up || exit 1
{
	cat /etc/hosts
	echo "10.91.0.1 node"
} > "$tmp/names" && mount --bind "$tmp/names" /etc/hosts || exit 1
dd if=/dev/urandom of="$tmp/munge/key" bs=128 count=1 2> /dev/null
chmod 400 "$tmp/munge/key"
cat > /etc/slurm/slurm.conf <<END
ClusterName=test
SlurmctldHost=node(10.91.0.1)
SlurmUser=root
AuthType=auth/munge
StateSaveLocation=$tmp/state
SlurmdSpoolDir=$tmp/spool
SlurmctldPidFile=/run/slurmctld.pid
SlurmdPidFile=/run/slurmd.pid
SlurmctldLogFile=$tmp/slurmctld.log
SlurmdLogFile=$tmp/slurmd.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/linear
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
ReturnToService=2
NodeName=node NodeAddr=10.91.0.1 CPUs=1 State=UNKNOWN
PartitionName=all Nodes=node Default=YES MaxTime=INFINITE State=UP
END
printf 'CgroupPlugin=cgroup/v1\nCgroupMountpoint=%s\nCgroupAutomount=no\n' \
	"$tmp/no-cgroup" > /etc/slurm/cgroup.conf
munged --force -F --key-file="$tmp/munge/key" --log-file="$tmp/munge/log" \
	--socket=/run/munge/munge.socket.2 --pid-file="$tmp/munge/pid" \
	--seed-file="$tmp/munge/seed" > "$tmp/munged" 2>&1 &
can_sign()
{
	munge -n > "$tmp/signed" 2>&1
}
is_idle()
{
	[ "$(sinfo -h -o %T 2> /dev/null)" = idle ]
}
if ! until_true can_sign > "$tmp/vain"; then
	skip "Slurm" "munge does not start: $(tail -n 1 "$tmp/munged")"
	finish
	exit
fi
slurmctld -D > "$tmp/ctld.out" 2>&1 &
slurmd -D -N node > "$tmp/slurmd.out" 2>&1 &
if ! until_true is_idle > "$tmp/vain"; then
	skip "Slurm" "it does not start: $(tail -n 1 "$tmp/slurmd.out")"
	finish
	exit
fi

# ------------------------------------------------------------------ the class
ex=00-start/first-check
awk -v want=solution -f common/course/cut.awk "solutions/$ex/greet.c" \
	> "$tmp/right.c"
for who in ann ben cem; do
	mkdir -p "$tmp/class/$who"
	cp "$tmp/right.c" "$tmp/class/$who/greet.c"
done
sed -i 's/"hello/"hallo/' "$tmp/class/ben/greet.c"
grade() # COMMAND NAME=VALUE...
{
	make -s "$@" SUBMISSIONS="$tmp/class" > "$tmp/said" 2>&1 < /dev/null
}
grade grade-split EX=first-check SHARES="$tmp/shares" N=1 SEED=5
is "three shares" "$(ls "$tmp/shares"/share-*.tar | wc -l)" 3
sbatch --wait --array=0-1 --chdir="$PWD" --output="$tmp/task-%a" \
	common/grade/platform/slurm "$tmp/shares" > "$tmp/sbatch" 2>&1
is "the array of two tasks ends well" $? 0
[ -s "$tmp/sbatch" ] && tap_note sbatch "$(cat "$tmp/sbatch" "$tmp"/task-*)"
is "each share has come to results" \
	"$(ls "$tmp/shares"/share-*.results.tar | wc -l)" 3
hostname instructor
grade grade-join SHARES="$tmp/shares" OUT="$tmp/joined"
is "they are joined" $? 0
is "and graded where Slurm has put them" "$(find "$tmp/joined/results" \
	-name '*.timing.json' -exec jq -r .host {} + | sort -u)" node
is "the grades" "$(jq -r .status "$tmp/joined/grades.jsonl" | sort | uniq -c |
	tr -s ' \n' ' ')" " 1 fail 2 pass "
finish
