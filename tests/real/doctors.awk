# doctors.awk - pharma representatives' visits to doctors as visit lines.
#
#   awk -f doctors.awk visits.csv
#
# Fields are separated by commas, none is quoted; lines end with CR LF.
BEGIN { FS = ","; OFS = "\t" }
{ sub(/\r$/, "") }
NR == 1 { next }
NF != 6 { print "doctors.awk: what is this? " $0 >"/dev/stderr"; exit 1 }
{ print $4, $3, $2, "visit", "done", "", "", "", "", "prescriptions " $5 " -> " $6 }
