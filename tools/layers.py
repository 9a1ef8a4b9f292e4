#!/usr/bin/env python3
"""Checks the include graph against layers.toml: floors, sibling edges, cycles, owners of third-party headers. Exit 1 with the
offending lines."""

import fnmatch
import os
import re
import sys
import tomllib

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)

TEST_SUPPORT = re.compile(r"_test\.cpp$|(^|/)(test_|testing|[^/]*_test_support)[^/]*\.(h|cpp)$")


def sources():
    for top in ("src", "sim", "bench", "tests", "fuzz"):
        for folder, folders, names in os.walk(os.path.join(ROOT, top)):
            folders[:] = [one for one in folders if one != "node_modules"]
            for name in names:
                if name.endswith((".h", ".cpp")):
                    yield os.path.relpath(os.path.join(folder, name), ROOT)


def without_src(path):
    return path.removeprefix("src/")


def floor_of(path, floors):
    """The longest listed prefix of a path as written in an include."""
    fits = [floor for floor in floors if path.startswith(floor + "/")]
    return max(fits, key=len) if fits else None


def sibling_of(path, floor):
    parts = path[len(floor) + 1:].split("/")
    return parts[0] if len(parts) > 1 else None


def check_edge(path, target, table, complaints):
    if "/" not in target and os.path.exists(os.path.join(ROOT, os.path.dirname(path), target)):
        return  # a neighbour, as the fuzz targets share one
    floors, siblings = table["floors"], table.get("siblings", {})
    ours, theirs = floor_of(without_src(path), floors), floor_of(target, floors)
    if ours is None or theirs is None:
        complaints["floors"].append(f"{path}: {target if ours else path} is on no floor")
    elif ours == theirs and ours in siblings:
        a, b = sibling_of(without_src(path), ours), sibling_of(target, ours)
        if a != b and b not in siblings[ours].get(a, []):
            complaints["siblings"].append(f"{path}: {ours}/{a} may not include {target}")
        elif a != b and ours == "module" and not target.endswith("/api.h") and not (
                TEST_SUPPORT.search(path) and target.endswith("/module.h")):  # a test makes what its module is given
            complaints["siblings"].append(f"{path}: another module is included through its api.h only, not {target}")
    elif ours != theirs and theirs != "base" and theirs not in floors[ours]:
        complaints["floors"].append(f"{path}: {ours} may not include {target}")


def check_owner(path, header, owners, complaints):
    if TEST_SUPPORT.search(path):
        return
    fitting = [pattern for pattern in owners if fnmatch.fnmatch(header, pattern)]
    if not fitting or path.startswith(("bench/", "tests/")):
        return
    owned_by = owners[max(fitting, key=len)]
    if not any(fnmatch.fnmatch(path, owner) or path.startswith(owner + "/") for owner in owned_by):
        complaints["owners"].append(f"{path}: <{header}> belongs to {', '.join(owned_by)}")


def cycles(graph):
    """Strongly connected parts of more than one node (Tarjan)."""
    index, low, on_stack, stack, found = {}, {}, set(), [], []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        on_stack.add(node)
        for target in graph.get(node, ()):
            if target not in index:
                visit(target)
                low[node] = min(low[node], low[target])
            elif target in on_stack:
                low[node] = min(low[node], index[target])
        if low[node] == index[node]:
            part = []
            while not part or part[-1] != node:
                part.append(stack.pop())
                on_stack.discard(part[-1])
            if len(part) > 1:
                found.append(sorted(part))

    for node in sorted(graph):
        if node not in index:
            visit(node)
    return found


def main():
    sys.setrecursionlimit(10_000)
    with open(os.path.join(ROOT, "layers.toml"), "rb") as file:
        table = tomllib.load(file)
    complaints = {"floors": [], "siblings": [], "owners": [], "cycles": []}
    files = {}
    for path in sorted(sources()):
        with open(os.path.join(ROOT, path), encoding="utf-8") as file:
            includes = INCLUDE.findall(file.read())
        files[without_src(path)] = {target for quote, target in includes if quote == '"'}
        for quote, target in includes:
            if quote == '"' and "/" not in target:
                target = os.path.join(os.path.dirname(without_src(path)), target)
            if quote == '"':
                check_edge(path, target, table, complaints)
            else:
                check_owner(path, target, table["owners"], complaints)
    for part in cycles(files):
        complaints["cycles"].append("files include each other: " + ", ".join(part))
    for floor, edges in table.get("siblings", {}).items():
        for part in cycles(edges):
            complaints["cycles"].append(f"{floor}: listed edges form a cycle: " + ", ".join(part))
    for lines in complaints.values():
        for line in lines:
            print(line)
    failed = sum(1 for lines in complaints.values() if lines)
    print(f"{len(files)} files; {len(complaints) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
