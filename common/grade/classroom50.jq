# classroom50.jq - result.json of Classroom 50, for one student. Nothing is said
# of a student of whom something could not be graded. What the platform knows
# comes from its environment.
include "table";

inputs | select(.status != "error") | . as $s
| [.exercises[] | . as $e | .checks[] | select(.verdict != "skip")
	| {"test-name": "\($e.exercise | split("/")[1]) \(.id)",
	   passed: (.verdict == "pass"), score: .points, "max-score": .of,
	   sentence: .sentence, message: because}] as $tests
| {schema: "classroom50/result/v1", classroom: (env.CLASSROOM // ""),
   assignment: (env.ASSIGNMENT // ""),
   owner: (env.OWNER // $s.id),
   assignment_type: (env.ASSIGNMENT_TYPE // "individual"),
   submission: (env.SUBMISSION_TAG // ""), commit: (env.COMMIT_URL // ""),
   release: (env.RELEASE_URL // ""), review: (env.REVIEW_URL // ""),
   datetime: (env.SUBMITTED_AT // ($s.exercises | map(.handed_in
	| select(. != null)) | max // "")),
   graded_at: (env.GRADED_AT // ""),
   score: ($tests | map(.score) | add // 0),
   "max-score": ($tests | map(."max-score") | add // 0), tests: $tests}
