#!/bin/sh
# json.sh - the Trace Event Format, field by field
cd "$(dirname "$0")/../../.." || exit 1
. common/trace/t/setup
command -v python3 > /dev/null 2>&1 || {
	skip "the JSON" "there is no python3 here to read it"
	finish
	exit
}

# What the description asks of each kind of event; and what its readers do with
# it: they sort by time, open and close slices, and look which one is open at
# each end of an arrow. So the slices of a thread lie one behind or within the
# other, and an arrow's ends truly inside.
cat > "$tmp/check.py" <<'END'
import json, sys
seen = {}
trace = json.load(open(sys.argv[1], encoding="ascii"))
assert isinstance(trace["traceEvents"], list)
slices, flows, about = [], {}, {}
for e in trace["traceEvents"]:
    ph = e["ph"]
    seen[ph] = seen.get(ph, 0) + 1
    assert isinstance(e["name"], str)
    assert isinstance(e["pid"], int) and isinstance(e["tid"], int)
    lane = (e["pid"], e["tid"])
    if ph == "M":
        if e["name"] in ("process_name", "thread_name"):
            assert isinstance(e["args"]["name"], str), e
        else:
            assert e["name"] in ("process_sort_index", "thread_sort_index"), e
            assert isinstance(e["args"]["sort_index"], int), e
        about.setdefault(lane, set()).add(e["name"])
        continue
    assert e["ts"] >= 0 and isinstance(e["cat"], str), e
    if ph == "X":
        assert e["dur"] > 0 and isinstance(e["args"], dict), e
        slices.append(e)
    elif ph == "i":
        assert e["s"] in ("g", "p", "t"), e
    elif ph in ("s", "f"):
        assert ph == "s" or e["bp"] == "e", e
        assert ph not in flows.setdefault(e["id"], {}), e
        flows[e["id"]][ph] = e
    else:
        raise AssertionError("what is " + ph)
lanes = {}
for s in slices:
    lanes.setdefault((s["pid"], s["tid"]), []).append(s)
for lane, of in lanes.items():
    assert {"thread_name", "thread_sort_index"} <= about[lane], lane
    assert any(a[0] == lane[0] and "process_name" in about[a] for a in about)
    ends = []
    for s in sorted(of, key=lambda s: (s["ts"], -s["dur"])):
        while ends and ends[-1] <= s["ts"]:
            ends.pop()
        assert not ends or s["ts"] + s["dur"] <= ends[-1], ("overlap", s)
        ends.append(s["ts"] + s["dur"])
for f in flows.values():
    assert set(f) == {"s", "f"}, f
    assert f["s"]["ts"] <= f["f"]["ts"], f
    assert f["s"]["name"] == f["f"]["name"] and f["s"]["cat"] == f["f"]["cat"]
    for end in f.values():
        assert any(s["tid"] == end["tid"] and
                   s["ts"] < end["ts"] < s["ts"] + s["dur"]
                   for s in slices), end
waits = sum(e["cat"] == "wait" for e in slices)
print("lanes %d waits %d arrows %d" %
      (len({(e["pid"], e["tid"]) for e in slices}), waits, len(flows)))
END

checked() # NAME REGEX FILE
{
	text=$("$trace" -o "$out" -r "$3" 2>&1)
	like "$1" "$(python3 "$tmp/check.py" "$out.json" 2>&1 | tail -n 1)" "$2"
}

recorded=common/trace/t
checked "two pairs" '^lanes 5 waits [0-9]+ arrows [1-9]' $recorded/two-pairs.strace
checked "sockets and threads" '^lanes [2-9]' $recorded/sockets.strace
checked "semaphores" '^lanes 4 waits [0-9]+ arrows [3-9]' \
	$recorded/semaphores.strace
checked "a shell's children" '^lanes [1-9][0-9]*' $recorded/shell.strace
checked "locks, semaphores, signals, descriptors" \
	'^lanes [1-9][0-9]* waits [1-9][0-9]* arrows [1-9]' $recorded/state.strace
cat > "$tmp/killed" <<'END'
9 1.000000 execve("/bin/a", ["a"], 0x1) = 0 <0.000100>
9 1.001000 clone(child_stack=NULL, flags=SIGCHLD) = 10 <0.000010>
9 1.002000 wait4(-1,  <unfinished ...>
10 1.100000 +++ killed by SIGKILL +++
9 1.100100 <... wait4 resumed>[{WIFSIGNALED(s) && WTERMSIG(s) == SIGKILL}], 0, NULL) = 10 <0.098000>
END
checked "the end of a process ends a wait" 'waits 1 arrows 1$' "$tmp/killed"
{
	printf '9 1.0 execve("/bin/\377\\"a\\\\", ["a"], 0x1) = 0 <0.000100>\n'
	printf '9 1.1 write(3, "\377\200\t\\"\001", 4) = 4 <0.1>\n'
	printf '9 1.3 --- SIG\377 {si_signo=1} ---\n'
} > "$tmp/bytes"
checked "any bytes" '^lanes 1' "$tmp/bytes"
: > "$tmp/nothing"
checked "nothing at all" '^lanes 0 waits 0 arrows 0' "$tmp/nothing"
finish
