#!/bin/sh
# json.sh - the Trace Event Format, field by field
cd "$(dirname "$0")/../../.." || exit 1
. common/trace/t/setup
command -v python3 > /dev/null 2>&1 || {
	skip "the JSON" "there is no python3 here to read it"
	finish
	exit
}

# What the description asks of each kind of event, and that both ends of an
# arrow lie in slices of their threads.
cat > "$tmp/check.py" <<'END'
import json, sys
seen = {}
trace = json.load(open(sys.argv[1], encoding="ascii"))
assert isinstance(trace["traceEvents"], list)
slices, flows = [], {}
for e in trace["traceEvents"]:
    ph = e["ph"]
    seen[ph] = seen.get(ph, 0) + 1
    assert isinstance(e["name"], str)
    assert isinstance(e["pid"], int) and isinstance(e["tid"], int)
    if ph == "M":
        assert e["name"] in ("process_name", "thread_name",
                             "process_sort_index"), e
        if e["name"] != "process_sort_index":
            assert isinstance(e["args"]["name"], str), e
        continue
    assert e["ts"] >= 0 and isinstance(e["cat"], str), e
    if ph == "X":
        assert e["dur"] >= 0 and isinstance(e["args"], dict), e
        slices.append(e)
    elif ph == "i":
        assert e["s"] in ("g", "p", "t"), e
    elif ph in ("s", "f"):
        assert ph == "s" or e["bp"] == "e", e
        flows.setdefault(e["id"], {})[ph] = e
    else:
        raise AssertionError("what is " + ph)
for f in flows.values():
    assert set(f) == {"s", "f"}, f
    assert f["s"]["ts"] <= f["f"]["ts"], f
    assert f["s"]["name"] == f["f"]["name"] and f["s"]["cat"] == f["f"]["cat"]
    for end in f.values():
        assert any(s["tid"] == end["tid"] and
                   s["ts"] <= end["ts"] <= s["ts"] + s["dur"]
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
