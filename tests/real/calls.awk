# calls.awk - PwC call centre: calls as feedback lines.
#
#   awk -f calls.awk calls_isodate.csv
#
# Fields are separated by commas, none is quoted; hours like 9:12:58 lack their zero. Who called is not known: the id of
# the call goes into the comment. A call that nobody answered has no rating, and its score stays empty. A problem solved
# was solved on the day of the call.
BEGIN { FS = ","; OFS = "\t" }
NR == 1 { next }
NF != 10 { print "calls.awk: what is this? " $0 >"/dev/stderr"; exit 1 }
{
    time = $4 ~ /^[0-9]:/ ? "0" $4 : $4
    print $3 "T" time, $2, "", "call", $5, $10, $7 == "Y" ? $3 : "", "", $1
}
