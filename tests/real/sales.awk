# sales.awk - AdventureWorks: what each salesperson sold, as measures.
#
#   awk -v by=day -f sales.awk Salesperson.csv Sales.csv
#
# by: line (one measure for each line of Sales.csv), day or month. Fields of the export are separated by |, its lines
# end with CR LF, its dates are 2017/08/25, its amounts have at most two decimals. Sums are of whole cents, which awk
# keeps exactly up to 2^53.
BEGIN { FS = "|"; OFS = "\t" }
{ sub(/\r$/, "") }
FNR == 1 { next }
NR == FNR { name[$1] = $5; next }
!($5 in name) || $9 !~ /^[0-9]+([.][0-9][0-9]?)?$/ { print "sales.awk: what is this? " $0 >"/dev/stderr"; exit 1 }
{
    gsub("/", "-", $2)
    period = by == "month" ? substr($2, 1, 7) : $2
    if (by == "line") {
        print period, name[$5], "sales", $9
        next
    }
    split($9 ".", part, ".")
    cents[period OFS name[$5]] += part[1] * 100 + substr(part[2] "00", 1, 2)
}
END { for (k in cents) printf "%s\tsales\t%d.%02d\n", k, int(cents[k] / 100), cents[k] % 100 }
