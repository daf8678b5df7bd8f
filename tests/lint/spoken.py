"""Every sentence with which the house refuses, fails or stops, taken from the sources: the format
strings of the functions that say one, and what stands in tables beside them."""
import re

import sources

FOLDERS = ("admin-cli", "client", "hsm", "log", "metadata", "policy", "proto", "signer")
# Which argument of whom is the sentence; -1 is the last.
SAYERS = {"refuse": 2, "rule_refuse": 2, "fault": 2, "cli_say": 1, "reader_deny": 3,
          "policy_fault_say": 1, "ledger_refuse": 3, "store_fail": 1, "log_halt": 1,
          "audit_find": 2, "audit_lose": 1, "token_failed": 1, "refuse_usage": 0,
          "json_fail": -1, "json_fail_at": -1, "json_note_at": -1, "json_expect": -1}
# The same, where the name alone does not tell: in this folder.
LOCAL = {"metadata": {"fail": -1, "expect": -1, "enter": -1, "field_hex": -1,
                      "field_integer": -1}}
# Here each text of three words is a sentence, wherever it stands: in tables, or handed on.
TABLES = re.compile(r"metadata/(tuf\w*|field|json)\.c|client/(conclave|dossier)\.c|"
                    r"signer/keeper/ask\.c|policy/yaml_place\.c")
# What these are told is no refusal.
ASIDE = ("log_warn", "log_info", "printf", "fprintf", "snprintf")

TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|\w+|\s+|.', re.S)
CONVERSION = re.compile(r"%[-#0 +]*(?:\*|\d+)?(?:\.(?:\*|\d+))?(?:hh|h|ll|l|z|j)?[a-zA-Z]")


class Sentence:
    """`rule` is "" where a variable names it."""

    def __init__(self, path, line, rule, text):
        self.path, self.line, self.rule, self.text = path, line, rule, text

    def parts(self):
        """What stands between the conversions."""
        return [part.replace("%%", "%") for part in CONVERSION.split(self.text)]


def tokens(text):
    line, found = 1, []
    for match in TOKEN.finditer(text):
        token = match.group(0)
        if not token.isspace() and not token.startswith(("//", "/*")):
            found.append((token, line))
        line += token.count("\n")
    return found


def arguments(found, at):
    """The arguments of the call whose parenthesis opens at `at`: lists of tokens."""
    depth, parts = 0, [[]]
    for token, _ in found[at:]:
        if token in "([{":
            depth += 1
        if token in ")]}":
            depth -= 1
        if depth == 0:
            break
        if token == "," and depth == 1:
            parts.append([])
        else:
            parts[-1].append(token)
    parts[0] = parts[0][1:]
    return parts


def texts(found):
    """Texts in a list of tokens, neighbours joined, as the compiler does."""
    made, joins = [], False
    for token in found:
        if token[0] == '"':
            plain = token[1:-1].replace('\\"', '"').replace("\\n", " ").replace("\\\\", "\\")
            made[-1:] = [made[-1] + plain] if joins else made[-1:] + [plain]
            joins = True
        elif joins and token.startswith("PRI"):
            made[-1] += "d"
        elif joins and token.isupper():  # a macro that is a text
            made[-1] += "%s"
        else:
            joins = False
    return made


def said(path, found):
    """What the sayers say."""
    sayers = {**SAYERS, **LOCAL.get(path.split("/")[0], {})}
    for at, (name, line) in enumerate(found[:-1]):
        if name not in sayers or found[at + 1][0] != "(":
            continue
        given = arguments(found, at + 1)
        if len(given) <= sayers[name]:
            continue
        rule = texts(given[1])[0] if name == "refuse" and texts(given[1]) else ""
        for text in texts(given[sayers[name]]):
            yield Sentence(path, line, rule, text)


def tabled(path, found):
    """What stands in a file whose sentences are handed on."""
    callers, at = [], 0
    while at < len(found):
        token, line = found[at]
        if token == "(":
            callers.append(found[at - 1][0])
        elif token == ")" and callers:
            callers.pop()
        elif token[0] == '"':
            end = at
            while found[end][0][0] == '"' or found[end][0].startswith("PRI"):
                end += 1
            text = texts([t for t, _ in found[at:end]])[0]
            if text.count(" ") >= 2 and not set(callers) & {*ASIDE, *SAYERS}:
                yield Sentence(path, line, "", text)
            at = end - 1
        at += 1


def sentences():
    """Each once: by its file and text."""
    known = {}
    for path in sources.paths(".c"):
        if not path.startswith(FOLDERS):
            continue
        found = tokens(sources.read(path))
        every = list(said(path, found))
        every += tabled(path, found) if TABLES.fullmatch(path) else []
        for one in every:
            if any(re.search("[a-zA-Z]", part) for part in one.parts()):
                known.setdefault((one.path, one.text), one)
    return list(known.values())
