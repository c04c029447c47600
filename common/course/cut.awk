# cut.awk - cut the starter, or the clean solution, out of a reference
#
#	awk -v want=starter -f cut.awk solutions/NN-topic/NAME/X.c
#
# Between these lines stands what only one of the two gets:
#	//> solution
#	//> starter	its lines begin with //| and go on as they should look
#	//> end
# So a starter is never written by hand, and cannot drift from its solution.
/^\/\/> solution$/ { part = "solution"; next }
/^\/\/> starter$/  { part = "starter"; next }
/^\/\/> end$/      { part = ""; next }
part == "" { print; next }
part != want { next }
part == "starter" { sub(/^\/\/\|/, "") }
{ print }
