# survey.awk - NPS survey: answers as feedback lines. They tell nothing of managers: all are about one, "team".
#
#   awk -f survey.awk nps_data.csv
#
# Fields are separated by commas, none is quoted; lines end with CR LF.
BEGIN { FS = ","; OFS = "\t" }
{ sub(/\r$/, "") }
NR == 1 { next }
NF != 3 { print "survey.awk: what is this? " $0 >"/dev/stderr"; exit 1 }
{ print $1, "team", $2, "survey", "", $3, "", "", "" }
