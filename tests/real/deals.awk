# deals.awk - Maven CRM: deals won as measures, their value and their number, on the day they were closed.
#
#   awk -f deals.awk sales_pipeline.csv
#
# Fields are separated by commas, none is quoted; lines end with CR LF. Deals that are lost or still open count nothing.
BEGIN { FS = ","; OFS = "\t" }
{ sub(/\r$/, "") }
NR == 1 { next }
NF != 8 { print "deals.awk: what is this? " $0 >"/dev/stderr"; exit 1 }
$5 == "Won" {
    print $7, $2, "won", $8
    print $7, $2, "deals", 1
}
