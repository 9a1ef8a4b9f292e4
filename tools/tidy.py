#!/usr/bin/env python3
"""House rules that a machine can check. Each rule is one test; the last line is 'N passed, N failed'.
  tools/tidy.py            every file under version control
  tools/tidy.py --changed  format only what differs from the last commit"""

import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
HEADER_LINES, HEADER_LINES_HARD = 200, 260
SOURCE_LINES, SOURCE_LINES_HARD = 600, 800
FUNCTION_LINES = 70
WEB_LINES = 500
WEB_ENDINGS = (".ts", ".tsx", ".css")
BINARY = (".png", ".webp", ".jpg", ".ico", ".woff2", ".woff", ".gz", ".br", ".zst", ".bin", ".pdf", ".zip")

# What only src/platform may call (src/main may read its environment); tests may too.
FORBIDDEN_CALLS = [
    (re.compile(r"std::chrono::\w*_clock|\bclock_gettime\(|\bgettimeofday\(|(?<![\w.>:])time\((nullptr|NULL|0)\)"), "a clock"),
    (re.compile(r"(?<![\w.>:])s?rand\(|\bgetrandom\(|std::random_device|std::mt19937|\brandombytes_buf\("), "randomness"),
    (re.compile(r"std::(jthread|thread|async)\b"), "a thread"),
    (re.compile(r"std::filesystem|std::[io]?fstream|(?<![\w.>])fopen\(|(?<![\w.>])::open\("), "a file"),
    (re.compile(r"(?<![\w.>])(::)?(socket|connect|accept4?|recv|sendmsg)\([^)]*\bAF_|(?<!\w)::(socket|bind|listen)\("), "a socket"),
    (re.compile(r"(?<![\w.>:])(usleep|nanosleep|popen|fork)\(|(std::system|(?<!\w)::(system|sleep|fork))\("), "the system"),
]
GETENV = re.compile(r"(?<![\w.>])(std::)?getenv\(")
FORBIDDEN_HEADERS = re.compile(r"#include <(iostream|regex|nlohmann/.*|boost/asio.*|boost/beast.*)>")
FORBIDDEN_IN_HEADERS = re.compile(r"#include <(ranges|fstream|sstream)>")
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
MACHINE_PATH = re.compile(r"(?<![\w.])/(work|home|root)/(?!etc\b)")
FUNCTION_START = re.compile(r"^( {0,4})(?!(namespace|class|struct|enum|union|extern|using|if|for|while|switch|else|do|case|default|try|catch|return|co_return|co_await)\b)[\w~].*")


TEST_SUPPORT = re.compile(r"_test\.cpp$|(^|/)(test_|testing|[^/]*_test_support)[^/]*\.(h|cpp)$")


def tracked():
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [path for path in listed.stdout.splitlines() if os.path.isfile(os.path.join(ROOT, path))]


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8", errors="replace") as file:
        return file.read()


class Tidy:
    def __init__(self):
        self.rules = {}

    def rule(self, name, complaints):
        self.rules.setdefault(name, []).extend(complaints)

    def report(self):
        for name, complaints in self.rules.items():
            for complaint in complaints:
                print(f"{name}: {complaint}")
        failed = sum(1 for complaints in self.rules.values() if complaints)
        print(f"{len(self.rules) - failed} passed, {failed} failed")
        return 1 if failed else 0


def percentile(counts, share):
    ordered = sorted(counts)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0


def check_lengths(tidy, cpp, texts):
    for kind, soft, hard in ((".h", HEADER_LINES, HEADER_LINES_HARD), (".cpp", SOURCE_LINES, SOURCE_LINES_HARD)):
        lines = {path: texts[path].count("\n") for path in cpp if path.endswith(kind)}
        tidy.rule(f"{kind} at most {hard} lines", [f"{path} has {count}" for path, count in lines.items() if count > hard])
        ninth = percentile(lines.values(), 0.9)
        tidy.rule(f"nine {kind} in ten at most {soft} lines", [f"the ninth decile has {ninth}"] if ninth > soft else [])


def long_functions(path, text):
    """Relies on the formatter: a function ends at the first '}' indented like the first line of its signature."""
    lines = text.split("\n")
    number = 0
    while number < len(lines):
        start = FUNCTION_START.match(lines[number])
        if not start or lines[number].lstrip().startswith(("TEST_CASE", "//", "#")) or lines[number].endswith(":"):
            number += 1
            continue
        head = number
        while head < len(lines) and not lines[head].rstrip().endswith(("{", ";", "}")) and head - number < 12:
            head += 1
        signature = " ".join(lines[number:head + 1])
        if head >= len(lines) or not lines[head].endswith("{") or "(" not in signature:
            number = head + 1
            continue
        end = head + 1
        while end < len(lines) and not re.match(start.group(1) + r"}", lines[end]):
            end += 1
        if end - number + 1 > FUNCTION_LINES:
            yield f"{path}:{number + 1} has {end - number + 1}: {lines[number].strip()[:70]}"
        number = end + 1


def check_cpp(tidy, cpp, texts):
    check_lengths(tidy, cpp, texts)
    product = [path for path in cpp if not TEST_SUPPORT.search(path)]
    for path in product:
        tidy.rule(f"functions at most {FUNCTION_LINES} lines", long_functions(path, texts[path]))
    for path in cpp:
        headers = [f"{path}: {found[0]}" for found in FORBIDDEN_HEADERS.finditer(texts[path])]
        if path.endswith(".h") and not TEST_SUPPORT.search(path):
            headers += [f"{path}: {found[0]}" for found in FORBIDDEN_IN_HEADERS.finditer(texts[path])]
        if path.endswith(".h"):
            tidy.rule("#pragma once first", [path] if not texts[path].startswith("#pragma once\n") else [])
        tidy.rule("no heavy headers", headers)
    for path in product:
        if not path.startswith("src/") or path.startswith("src/platform/"):
            continue
        for number, line in enumerate(texts[path].split("\n"), 1):
            code = line.split("//")[0]
            for pattern, what in FORBIDDEN_CALLS:
                tidy.rule("outside platform, no clock, chance, thread, file or socket",
                          [f"{path}:{number} reaches {what}: {code.strip()}"] if pattern.search(code) else [])
            if not path.startswith("src/main/"):
                tidy.rule("only main reads the environment", [f"{path}:{number}"] if GETENV.search(code) else [])


def check_format(tidy, cpp, changed_only):
    if changed_only:
        changed = subprocess.run(["git", "diff", "--name-only", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout.splitlines()
        cpp = [path for path in cpp if path in changed]
    complaints = []
    if cpp:
        done = subprocess.run(["clang-format-19", "--dry-run", *cpp], cwd=ROOT, capture_output=True, text=True)
        complaints = sorted({line.split(":")[0] for line in done.stderr.splitlines() if "-Wclang-format-violations" in line})
    tidy.rule("formatted (clang-format-19 -i)", complaints)


def check_texts(tidy, texts):
    for path, text in texts.items():
        generated = path.endswith("package-lock.json") or path.startswith("fuzz/corpus/")
        if generated:
            continue
        for number, line in enumerate(text.split("\n"), 1):
            where = f"{path}:{number}"
            tidy.rule("nothing unfinished", [where] if UNFINISHED.search(line) and not path.endswith("tidy.py") else [])
            tidy.rule("no tabs, no spaces at the end", [where] if "\t" in line or line.endswith((" ", "\r")) else [])
            tidy.rule("no path of one machine", [f"{where}: {line.strip()[:80]}"] if MACHINE_PATH.search(line) else [])
        tidy.rule("files end with one newline", [path] if text and (not text.endswith("\n") or text.endswith("\n\n")) else [])


def main():
    paths = tracked()
    texts = {path: read(path) for path in paths if not path.endswith(BINARY) and "/vectors/" not in path and not path.startswith("fuzz/corpus/")}
    cpp = [path for path in paths if path.endswith((".h", ".cpp"))]
    tidy = Tidy()
    check_cpp(tidy, cpp, texts)
    check_texts(tidy, texts)
    web = [path for path in texts if path.startswith("web/src/") and path.endswith(WEB_ENDINGS)]
    tidy.rule(f"web sources at most {WEB_LINES} lines",
              [f"{path} has {texts[path].count(chr(10))}" for path in web if texts[path].count("\n") > WEB_LINES])
    check_format(tidy, cpp, "--changed" in sys.argv)
    return tidy.report()


if __name__ == "__main__":
    sys.exit(main())
