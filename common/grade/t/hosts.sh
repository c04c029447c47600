#!/bin/sh
# hosts.sh - a class that several machines grade: the same grades as of one
#
# The machines are network namespaces of this one, each with its own sshd, its
# own name, and its own clone of the course. No address is seen outside of them,
# and all goes when the process that holds them ends.
cd "$(dirname "$0")/../../.." || exit 1
. common/t/tap.sh
course=$(pwd -P)

for need in jq parallel bwrap rsync ssh sshd ip unshare flock; do
	PATH=$PATH:/usr/sbin:/sbin
	command -v $need > /dev/null && continue
	skip "several machines" "there is no $need; make deps installs it"
	finish
	exit
done
[ "$(id -u)" = 0 ] || {
	skip "several machines" "only root makes network namespaces and runs sshd"
	finish
	exit
}
# All that follows runs in namespaces of its own.
if [ -z "${HOSTS_INSIDE:-}" ]; then
	inside='unshare -n -u -i -m -p -f --kill-child --mount-proc'
	if ! $inside ip link add type bridge > "$tmp/said" 2>&1; then
		skip "several machines" "no bridge here: $(head -n 1 "$tmp/said")"
		finish
		exit
	fi
	HOSTS_INSIDE=yes $inside "$0"
	exit
fi

ex=00-start/first-check
mount -t tmpfs tmpfs /run && mkdir /run/sshd /run/netns || exit 1
hostname instructor

# ------------------------------------------------------------- the machines
there=$tmp/there
mkdir "$there" "$tmp/class"
ssh-keygen -q -t ed25519 -N '' -f "$tmp/key" && cp "$tmp/key.pub" "$tmp/known"
ssh-keygen -q -t ed25519 -N '' -f "$tmp/host"
ip link add name hub type bridge && ip addr add 10.90.0.100/24 dev hub &&
	ip link set hub up && ip link set lo up || exit 1
cat > "$tmp/sshd" <<END
HostKey $tmp/host
AuthorizedKeysFile $tmp/known
PidFile none
StrictModes no
UsePAM no
PermitRootLogin prohibit-password
PasswordAuthentication no
END
cat > "$tmp/ssh" <<END
Host *
	IdentityFile $tmp/key
	StrictHostKeyChecking no
	UserKnownHostsFile /dev/null
	LogLevel ERROR
	BatchMode yes
END
machine() # NAME NUMBER
{
	copy_course "$tmp/$1" "exercises/$ex" "solutions/$ex"
	echo "$ex" > "$tmp/$1/exercises/order"
	ip netns add "$1" &&
		ip link add "to-$1" type veth peer name eth0 netns "$1" &&
		ip link set "to-$1" master hub up &&
		ip -n "$1" addr add "10.90.0.$2/24" dev eth0 &&
		ip -n "$1" link set eth0 up && ip -n "$1" link set lo up || exit 1
	printf 'Host %s\n\tHostName 10.90.0.%s\n' "$1" "$2" >> "$tmp/ssh"
}
serve() # NAME: its clone is where each machine has it
{
	# shellcheck disable=SC2016 # for that shell
	ip netns exec "$1" unshare -m -u sh -c '
		hostname "$1" && mount --bind "$2" "$3" &&
		exec "$(command -v sshd)" -D -e -f "$4"' \
		sh "$1" "$tmp/$1" "$there" "$tmp/sshd" 2> "$tmp/$1.log" &
}
for name in one two; do
	n=$((${n:-0} + 1))
	machine $name $n
	serve $name
done
machine gone 3				# nobody answers there
for name in one two; do
	ok "$name answers" until_true ssh -F "$tmp/ssh" $name true
done

# ------------------------------------------------------------------ the class
awk -v want=solution -f common/course/cut.awk "solutions/$ex/greet.c" \
	> "$tmp/right.c"
sed 's/hello/hallo/' "$tmp/right.c" > "$tmp/wrong.c"
for who in ann ben 'Cem Ö' dot eve; do
	mkdir "$tmp/class/$who"
	case $who in
	b* | e*) cp "$tmp/wrong.c" "$tmp/class/$who/greet.c" ;;
	*) cp "$tmp/right.c" "$tmp/class/$who/greet.c" ;;
	esac
done
printf '# the machines of this test\none\ntwo\ngone\n' > "$tmp/hosts"
grade() # COMMAND NAME=VALUE...
{
	make -s "$@" SUBMISSIONS="$tmp/class" > "$tmp/said" 2>&1 < /dev/null
}
refused() # NAME REGEX COMMAND NAME=VALUE...
{
	refused_name=$1 refused_like=$2
	shift 2
	grade "$@"
	isnt "$refused_name: refused" $? 0
	like "$refused_name: says so" "$(cat "$tmp/said")" "$refused_like"
}
refused "no machines" 'On which machines\? HOSTS=FILE' grade-hosts EX=first-check
refused "no file of them" "There is no file '/nowhere'" grade-hosts \
	EX=first-check HOSTS=/nowhere
refused "no shares" 'make grade-split makes them' grade-join SHARES="$tmp"
refused "no number" "N='0' is not a number" grade-split EX=first-check \
	SHARES="$tmp/x" N=0

grade grade-hosts HOSTS="$tmp/hosts" EX=first-check OUT="$tmp/many" N=1 \
	SEED=5 COURSE="$there" SSH="ssh -F $tmp/ssh"
is "several machines: the class is graded" $? 0
[ -s "$tmp/many/grades.jsonl" ] || tap_note said "$(cat "$tmp/said")"
hosts_of() # OUT
{
	find "$1/results" -name '*.timing.json' -exec jq -r .host {} + | sort -u |
		tr '\n' ' '
}
is "both have graded, and nobody else" "$(hosts_of "$tmp/many")" "one two "
is "nothing is left on the way" "$(find "$tmp/many" -name 'tmp.*' -o \
	-name '*.part*')" ""
grade grade EX=first-check OUT="$tmp/single" SEED=5
is "one machine grades the same class" $? 0
is "that one is this one" "$(hosts_of "$tmp/single")" "instructor "
ok "the grades are the same, byte for byte" \
	cmp "$tmp/many/grades.jsonl" "$tmp/single/grades.jsonl"
is "they are grades" "$(jq -r .points "$tmp/many/grades.jsonl" | sort | uniq -c |
	tr -s ' \n' ' ')" " 2 1 3 6 "

# --------------------------------------------------- by hand: split, share, join
grade grade-split EX=first-check SHARES="$tmp/shares" N=2 SEED=5
like "three shares" "$(cat "$tmp/said")" '5 submissions in 3 shares, seed 5$'
# As two tasks of a Slurm array; the last share is lost.
for task in 0 1; do
	SLURM_ARRAY_TASK_ID=$task SLURM_ARRAY_TASK_COUNT=2 SLURM_ARRAY_TASK_MIN=0 \
		common/grade/platform/slurm "$tmp/shares" > "$tmp/task" 2>&1
	is "task $task is done" $? 0
	is "its shares, and no others" "$(cd "$tmp/shares" && ls ./*.results.tar |
		wc -l)" $((2 + task))
done
rm "$tmp/shares/share-0003.results.tar"
grade grade-join SHARES="$tmp/shares" OUT="$tmp/joined"
is "they are joined" $? 0
like "a lost share is told" "$(cat "$tmp/said")" \
	'1 shares have no results, 2 have; what is missing is graded here'
ok "the grades are the same again" \
	cmp "$tmp/joined/grades.jsonl" "$tmp/single/grades.jsonl"
echo damage > "$tmp/shares/share-0001.results.tar"
refused "a damaged share" "share-0001.results.tar' is damaged" grade-join \
	SHARES="$tmp/shares" OUT="$tmp/joined"
cd "$course" || exit 1
finish
