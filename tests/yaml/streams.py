"""streams.py SEED N - N random streams of YAML, as trees.c reads them: what people and our tools write, and most of
it spoiled by one or a few mutations: bytes, lines, indentation, quotes, and everything that has a meaning in YAML."""
import random
import sys

NAMES = ["wang.li", "li.wei", "张敏", "王丽", "a", "x-1", "new_clients", "O'Neil", "a b", "é", "𠀀", "10", "a:b",
         "a#b", "-5", "+10%", "east/sales", "2026-10", "4.5", "100000", "~", "null", ".5", "=", "(x)", "a\\b",
         "\u00a0n", "<", "<<", "a,b", "k" * 9, "sales", "visits", "nps", "teamwork"]
PLAIN = ["500000", "40", "+10%", "-3", "Win two key accounts", "why not", "a, b", "[x]", "it's", 'say "x"', "东区 目标",
         "10:30", "a:b", "a #b", "a# b", "http://x.y/z?q=1", "x{1}", "- 1", "--", "...", "---", "", "?", "? x", ": x",
         "& x", "*x", "&x 1", "!t x", "| ", ">", "%x", "@x", "`x", "a:", "a: b", "# x", "a\tb", "é è", "\\n"]
QUOTED = ['"x"', "'x'", '"a b "', "' a'", '"a, b: {c}"', "'a # b'", '"张"', '"a\\n"', "'it''s'", '""', "''", '"\\u5f20"',
          '"<<"', '"x', "'x", '"a"b', '"a" #c', '"a"#c', "'---'", '"a\tb"']
ODD = ["\t", "\r", "\r\n", "\n\n", " ", "  ", "#", " #", "# c\n", "---\n", "--- \n", "---", "\n---\n", "\n--- x\n",
       "\n---\t\n", "...\n", "\n...\n", "\n...x\n", "%YAML 1.2\n", "%TAG ! x\n", "%TAGs", "%x", "&a", "*a", "!t", "|", ">", "|\n",
       "'", '"', "''", "\\", "{", "}", "[", "]", ",", ", ", ":", ": ", ":\n", "?", "? ", "- ", "-", "<<: ", "<<",
       "\u0085", "\u2028", "\u2029", "\ufeff", "\ufffe", "\u00a0", "\u3000", "\u007f", "\u0080", "\u009f", "\0", "\x1b",
       "张", "𠀀", "\ud7ff", "\ue000", "\U0010ffff", "a", "0", "\n", "\n ", "\n  ", "\n    "]
ODD_BYTES = [b"\xff", b"\x80", b"\xc0\x80", b"\xe4\xb8", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x80\xa8", b"\xef\xbb"]

random.seed(sys.argv[1])
rnd, choice, some = random.randrange, random.choice, random.random


def name():
    if some() < .002:
        return choice(["k", "张", '"k']) * rnd(330, 1100) + "k"
    return choice(NAMES[:10]) + str(rnd(900)) if some() < .95 else choice(NAMES) if some() < .9 else choice(QUOTED)


def scalar():
    return str(rnd(1000000)) if some() < .6 else choice(PLAIN[:12]) if some() < .95 else choice(PLAIN + QUOTED)


def simple():
    return choice(["1", "40", "-5", "x", "a b", "张", "4.5", "[1, 2]", '"q"', "'s'", "{}", "[]", "10:30", "a#b"])


def comment():
    if some() < .01:
        return choice(["#x", "\t", "\t# x"])
    return choice(["", "  # 注 comment", " #", "   ", " # a\tb"]) if some() < .1 else ""


def flow(depth=0):
    gap = choice([" ", "  ", "\n    ", " # c\n   ", "", "\n"]) if some() < .1 else " "
    if depth < 18 and some() < .01:
        return choice("[{") + flow(depth + 1) + choice("]}")
    if some() < .7:
        items = [name() + choice([": ", ":  ", " : ", ":"] if some() < .01 else [": "]) +
                 (value(depth + 1) if some() < .1 else simple()) for _ in range(choice([0, 1, 2, 3, 6, 14]))]
        return "{" + ("," + gap).join(items) + choice(["", "", "", "", "", "", " ", ",", ", ", "\n  "]) + "}"
    return "[" + ("," + gap).join(value(depth + 1) if some() < .2 else simple() for _ in range(rnd(4))) + "]"


def value(depth=0):
    return flow(depth) if some() < .4 else scalar()


def block(indent, depth=0):
    out = ""
    for _ in range(choice([1, 2, 3, 6, 15])):
        pad = " " * indent
        if some() < .05:
            out += choice(["\n", "# c\n", pad + "# 注\n", "   \n", "      # c\n"])
        out += pad + name() + ":"
        kind = some()
        if kind < (.2 if depth < 2 else .1) and depth < 17:
            out += comment() + "\n" + block(indent + choice([1, 2, 2, 2, 2, 4]), depth + 1)
        elif kind < .3:
            deeper = " " * (indent + choice([0, 2]))
            out += comment() + "\n" + "".join(deeper + "- " + value() + comment() + "\n" for _ in range(rnd(4)))
        elif kind < .33:
            out += comment() + "\n"
        elif kind < .34:
            out += choice([" |\n", " >-\n"]) + pad + "  text\n" + pad + "  ---\n"
        elif kind < .345:
            out += " some text\n" + pad + choice(["  goes on\n", "\n" + pad + " goes on\n", " # c\n", "\t# c\n"])
        else:
            out += " " + value() + comment() + "\n"
    return out


def goals():
    out = "goals: 2026-10" + comment() + "\n" + choice(["", "", "# c\n"]) + "targets:" + comment() + "\n"
    for i in range(choice([1, 3, 20, 100])):
        owner = choice(["wang.li.%d", "张敏%d", "o%d"]) % (i if some() < .998 else 0)
        if some() < .3:
            out += "  %s:\n" % owner + "".join("    %s: %s\n" % (m, rnd(999)) for m in ["sales", "visits", "nps"])
        else:
            out += "  %s: {" % owner + ", ".join("%s: %s" % (m, choice([str(rnd(9999999)), "4.5", "-1", "{target: 5, "
                                                 "weight: 10}"])) for m in ["sales", "visits", "new-clients"]) + "}\n"
    return out


def document():
    mark = "---\n" if some() < .8 else choice(["--- # c\n", "", "---\n# c\n", "# c\n---\n", "---\n---\n", "...\n---\n"])
    kind = some()
    return mark + (goals() if kind < .4 else block(0 if some() < .98 else 1) if kind < .97 else
                   choice([scalar(), flow(), "- x\n- y", "", "a: 1\n..."]) + "\n")


def mutate(text):
    for _ in range(choice([1, 1, 1, 2, 3])):
        at, to = sorted((rnd(len(text) + 1), rnd(len(text) + 1)))
        kind = some()
        if kind < .4:
            text = text[:at] + choice(ODD) + text[at:]
        elif kind < .5:
            text = text[:at] + text[at + rnd(4):]
        elif kind < .6:
            text = text[:at] + choice(ODD) + text[at + 1:]
        else:
            lines = text.split("\n")
            i, j = rnd(len(lines)), rnd(len(lines))
            if kind < .7:
                lines.insert(i, lines[j])
            elif kind < .75:
                lines[i] = " " * rnd(6) + lines[i].lstrip()
            elif kind < .8:
                lines[i], lines[j] = lines[j], lines[i]
            elif kind < .85:
                del lines[i]
            elif kind < .9:
                lines[i] = lines[i].replace(": ", choice([":", " : ", ":\t", ":  ", ": - ", ": ? ", ":\n  "]), 1)
            elif kind < .95:
                lines[i] = lines[i].replace(", ", choice([",", " ,", ",\n", ",\n  ", ", # c\n ", ",,", ",\r\n "]), 1)
            else:
                lines[i] += choice(ODD)
            text = "\n".join(lines)
    return text


for _ in range(int(sys.argv[2])):
    stream = choice(["", "", "", "\ufeff"]) + "".join(document() for _ in range(choice([1, 1, 2, 3, 8])))
    if some() < .6:
        stream = mutate(stream)
    if some() < .1:
        stream = stream.replace("\n", "\r\n")
    if some() < .1:
        stream = stream.rstrip("\n")
    data = stream.encode("utf-8", "surrogatepass")
    if some() < .03:
        cut = rnd(len(data) + 1)
        data = data[:cut] + choice(ODD_BYTES) + data[cut:]
    sys.stdout.buffer.write(b"%d\n%s" % (len(data), data))
