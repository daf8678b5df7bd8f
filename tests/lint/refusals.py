#!/usr/bin/python3
"""Every sentence with which the house refuses is provoked by a test: tests/lint/refusals says by
which one, and says why where no command line provokes it."""
import ast
import re

import sources
import spoken

LIST = "tests/lint/refusals"
FLOW, UNIT = "tests/flow/", "tests/unit/"
NOTHING = "nothing"  # provoked by no test: the system has to fail, or a bound is behind another
PART_LEAST = 12      # what is shorter stands in too many tests
# Nobody makes memory run out at one place.
MEMORY = re.compile(r"\b(no|out of|not enough) (locked )?memory\b", re.I)
FUNCTION = re.compile(r"^static void (\w+__\w+)\(", re.M)


class Row:
    def __init__(self, number, path, text):
        self.number, self.path = number, path
        self.part, _, where = (text.rpartition(" @ ") if " @ " in text else (text, "", ""))
        self.test, _, self.told = where.partition(": ")
        self.hit = False

    def hits(self, sentence):
        return sentence.path == self.path and any(self.part in p for p in sentence.parts())


def read_list():
    """The rows; and for each file of the sources why some have no command line, "" if it is not
    said."""
    rows, why, path = [], {}, ""
    for number, line in enumerate(sources.read(LIST).splitlines(), 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        if not line.startswith(" "):
            path = text
            why.setdefault(path, "")
        elif text.startswith("why: "):
            why[path] = text[len("why: "):]
        else:
            rows.append(Row(number, path, text))
    return rows, why


def python_texts(text):
    """The texts of a Python file, and the names of its functions; no comments."""
    tree = ast.parse(text)
    comments = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            yield node.name
        if isinstance(node, ast.Constant) and id(node) not in comments:
            yield node.value.decode("latin1") if isinstance(node.value, bytes) else str(node.value)


def tests():
    """"flow/test_x" -> (its path, what it says: its texts and its functions)."""
    found = {}
    for path in sources.paths(".c", ".py"):
        if not path.startswith((FLOW, UNIT)):
            continue
        text = sources.read(path)
        if path.endswith(".py"):
            said = list(python_texts(text))
        else:
            said = spoken.texts([t for t, _ in spoken.tokens(text)]) + FUNCTION.findall(text)
        name = path.removeprefix("tests/").rsplit(".", 1)[0]
        found[name] = (path, "\n".join(said))
    return found


def mentions_rule(text, rule):
    return not rule or re.search(rf"\b{rule}\b|(_|\b){rule.lower()}_", text)


def faults_of(row, known, why, said):
    """What is wrong with a row; `said`: the sentences that it hits."""
    where = f"{LIST}:{row.number}"
    if not said:
        yield f"{where}: {row.path} says nothing with \"{row.part}\" any more: take the row out"
        return
    pieces = [part.strip() for sentence in said for part in sentence.parts()]
    if len(row.part) < PART_LEAST and row.part not in pieces:
        yield f"{where}: \"{row.part}\" tells too little"
    path, text = known.get(row.test, ("", ""))
    if not path.startswith(FLOW) and not why[row.path]:
        yield f"{where}: say why no command line provokes it (a line \"why: ...\" under the file)"
    if row.test == NOTHING:
        return
    if not path:
        yield f"{where}: there is no test {row.test}"
    elif (row.told or row.part) not in text:
        yield f"{where}: {path} does not mention \"{row.told or row.part}\""
    elif row.told and path.startswith(UNIT) and not all(mentions_rule(text, s.rule) for s in said):
        yield f"{where}: {path} does not mention {said[0].rule}"


def main():
    sentences = [s for s in spoken.sentences() if not MEMORY.search(s.text)]
    rows, why = read_list()
    known, faults, listed = tests(), [], set()
    for row in rows:
        said = [s for s in sentences if row.hits(s)]
        listed.update((s.path, s.text) for s in said)
        faults += faults_of(row, known, why, said)
    faults += [f"{s.path}:{s.line}: name in {LIST} the test that provokes \"{s.text}\""
               for s in sentences if (s.path, s.text) not in listed]
    unproven = sum(row.test == NOTHING for row in rows)
    print(f"refusals: {unproven} are provoked by nothing, and the list says why")
    sources.finish("refusals", faults, len(sentences))


if __name__ == "__main__":
    main()
