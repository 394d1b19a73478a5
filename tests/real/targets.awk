# targets.awk - AdventureWorks: the monthly targets of each salesperson, as goal lines.
#
#   awk -v by=month -f targets.awk Salesperson.csv Targets.csv
#
# by: month, quarter, year, or a period that all targets are added up for, such as 2017-07-01..2021-12-31. Targets name
# people by EmployeeID, sales by EmployeeKey: Salesperson.csv has both.
BEGIN { FS = "|"; OFS = "\t" }
{ sub(/\r$/, "") }
FNR == 1 { next }
NR == FNR { name[$2] = $5; next }
!($1 in name) || $2 !~ /^[0-9]+$/ { print "targets.awk: what is this? " $0 >"/dev/stderr"; exit 1 }
{
    split($3, date, "/")
    if (by == "month") period = date[1] "-" date[2]
    else if (by == "quarter") period = date[1] "-Q" int((date[2] + 2) / 3)
    else if (by == "year") period = date[1]
    else period = by
    target[period OFS name[$1]] += $2
}
END { for (k in target) printf "%s\tsales\t\t%d\t\n", k, target[k] }
