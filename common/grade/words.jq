# words.jq - texts that a student's program had its hand in: made safe to show,
# and the same in each run

# Without what turns the direction of a line, has no place in XML, or is a
# control character to a terminal. Bytes below 32 are gone already: see one.
def clean:
	gsub("[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"; "?");

# At most N characters
def cut($n):
	if length > $n then .[:$n] + " ..." else . end;

# A, B, ... Z, A1, B1, ...
def letter($i):
	[65 + $i % 26] | implode | . + (if $i < 26 then "" else "\($i / 26 | floor)" end);

# What is different in each run though nothing else is: each process id becomes a
# letter, the same one for the same process in the texts of one submission.
def processes:
	reduce scan("process(?:es)? ([0-9]+)")[0] as $pid ([];
		if index([$pid]) then . else . + [$pid] end);

def stable($pids):
	reduce range($pids | length) as $i (.;
		gsub("(?<w>process(es)?) \($pids[$i])(?![0-9])";
			"\(.w) \(letter($i))")
		| gsub("(?<w>kill -[A-Z]+) \($pids[$i])(?![0-9])";
			"\(.w) \(letter($i))"))
	| gsub("(?<w>pipe|socket|anon_inode):\\[[0-9]+\\]"; "\(.w):[...]")
	| gsub("0x[0-9a-f]{5,16}"; "0x...")
	| gsub("(?<![A-Za-z0-9_./-])/tmp/[a-z]+[.-][A-Za-z0-9]{6,}"; "/tmp/...");
