"""Runs every step of ./test and adds up what they report. A step counts as its own last 'N passed, N failed' line (doctest's and
vitest's summaries are understood too), or as one test that passed when it exited 0."""

import glob
import os
import re
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.path.join(ROOT, "build")

COUNTS = [
    re.compile(r"^\s*(\d+) passed, (\d+) failed", re.M),
    re.compile(r"\[doctest\] test cases:\s*\d+ \|\s*(\d+) passed \|\s*(\d+) failed"),
]
VITEST = re.compile(r"^\s*Tests\s+(?:(\d+) failed \| )?(\d+) passed", re.M)


def plain_text(output):
    return re.sub(r"\x1b\[[0-9;]*m", "", output)


def excerpt(output):
    """The parts of a broken step that say what broke, where its tests name themselves "ok …" and "FAIL …"; otherwise its end."""
    kept, inside = [], False
    for line in plain_text(output).splitlines():
        if line.startswith(("ok ", "FAIL ")):
            inside = line.startswith("FAIL ")
        if inside:
            kept.append(line)
    return kept[:120] or output.splitlines()[-80:]


def counts(output, code):
    plain = plain_text(output)
    for pattern in COUNTS:
        found = pattern.findall(plain)
        if found:
            passed, failed = map(int, found[-1])
            return passed, failed if code == 0 else max(failed, 1)
    found = VITEST.findall(plain)
    if found:
        failed, passed = found[-1]
        return int(passed), int(failed or 0) if code == 0 else max(int(failed or 0), 1)
    return (1, 0) if code == 0 else (0, 1)


class Run:
    def __init__(self, wanted):
        self.wanted = wanted
        self.passed = self.failed = 0
        self.broken = []

    def step(self, name, command, cwd=ROOT, env=None, timeout=1200):
        if self.wanted and not any(name.startswith(word) for word in self.wanted):
            return True
        started = time.monotonic()
        try:
            done = subprocess.run(command, cwd=cwd, env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout, text=True, errors="replace")
            output, code = done.stdout, done.returncode
        except subprocess.TimeoutExpired as error:
            captured = error.stdout or b""
            output = captured.decode("utf-8", "replace") if isinstance(captured, bytes) else captured
            output, code = output + f"\nstopped after {timeout} s", 124
        passed, failed = counts(output, code)
        self.passed += passed
        self.failed += failed
        print(f"{'ok  ' if failed == 0 else 'FAIL'} {name}: {passed} passed, {failed} failed ({time.monotonic() - started:.0f} s)", flush=True)
        if failed:
            self.broken.append(name)
            print("\n".join("    " + line for line in excerpt(output)), flush=True)
        return failed == 0


def unit_tests():
    return sorted(path for path in glob.glob(f"{BUILD}/**/test_*", recursive=True)
                  if os.access(path, os.X_OK) and os.path.isfile(path) and "." not in os.path.basename(path))


def main():
    run = Run(sys.argv[1:])
    run.step("layers", ["python3", "tools/layers.py"])
    run.step("tidy", ["python3", "tools/tidy.py"])
    built = run.step("build", ["tools/build.sh", "all"], timeout=3600) if not run.wanted or "build" in run.wanted else True
    if built:
        postgres_url = start_postgres()
        try:
            for binary in unit_tests():
                name = os.path.basename(binary)[len("test_"):]
                run.step(f"unit {name}", [binary], env={"PARVIS_TEST_POSTGRES": postgres_url} if postgres_url else {})
        finally:
            stop_postgres()
        for target in sorted(glob.glob(f"{BUILD}/fuzz/fuzz_*")):
            name = os.path.basename(target)[len("fuzz_"):]
            corpus = os.path.join(ROOT, "fuzz", "corpus", name)
            if os.access(target, os.X_OK) and os.path.isdir(corpus):
                run.step(f"fuzz corpus {name}", [target, corpus])
        for script in sorted(glob.glob(f"{ROOT}/tests/*/run.sh")):
            run.step(os.path.basename(os.path.dirname(script)), ["bash", script], timeout=1500)
    for name in ("lint", "typecheck", "test", "budgets"):
        run.step(f"web {name}", ["npm", "run", "--silent", name], cwd=os.path.join(ROOT, "web"))
    if run.broken:
        print("broken: " + ", ".join(run.broken))
    print(f"{run.passed} passed, {run.failed} failed")
    return 1 if run.failed else 0


def postgres(verb):
    script = os.path.join(ROOT, "tests", "tools", "postgres.sh")
    done = subprocess.run(["bash", script, verb], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    return done.stdout.strip().splitlines()[-1] if done.returncode == 0 and done.stdout.strip() else ""


def start_postgres():
    return postgres("start")


def stop_postgres():
    postgres("stop")


if __name__ == "__main__":
    sys.exit(main())
