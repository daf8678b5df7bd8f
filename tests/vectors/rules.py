"""For each named rule a payload that breaks it alone, in each dialect and for each type that it is
about: rules/DIALECT/RULE-ID.TYPE[-n].json, and what its judgement needs besides.

rules/DIALECT/cases.txt: a line for each payload: its name, and steps between tabs. A step is a word
and what it is about; tests/unit/test_rules.c carries them out over its house. Files are named from
the folder of the dialect. The rule `good` is none: such a payload passes. What breaks a rule that
warns passes too."""
import house
import uptane
from canonical import canonical, file_form, uptane_canonical

TYPES = ('root', 'targets', 'snapshot', 'timestamp')
ROOT = 'signed image/root root-1'
STEPS = {
    'root': [],
    'targets': [ROOT],
    'snapshot': [ROOT, 'signed image/targets targets-1', 'evidence targets-1.signed'],
    'timestamp': [ROOT, 'signed image/snapshot snapshot-1', 'evidence snapshot-1.signed'],
}


class Kit:
    """What the cases need of one dialect."""

    def __init__(self, dialect):
        self.dialect = dialect
        self.tuf = dialect == 'tuf'
        self.make = house if self.tuf else uptane
        self.canonical = canonical if self.tuf else uptane_canonical
        self.payloads, self.files = house.house() if self.tuf else uptane.uptane()
        # The Targets that delegate to supplier and bins.
        self.delegating = 'targets-3' if self.tuf else 'targets-2'

    def base(self, kind):
        return self.payloads[kind + '-1']

    def type(self, kind):
        return kind if self.tuf else kind.capitalize()

    def file(self, payload, *names):
        return self.travelling(self.make.signed(payload, *names))

    def travelling(self, file):
        """A signed file, as it travels."""
        data = self.canonical(file)
        return file_form(data) if self.tuf else data

    def key_object(self, key):
        """A key that the modules do not name, as the dialect lists it; and its id."""
        if self.tuf:
            return house.sha256(canonical(key.object)), key.object
        value = key.object['keyval']['public']
        return house.sha256(key.spki), {
            'keytype': {'ed25519': 'ED25519', 'rsa': 'RSA'}[key.object['keytype']],
            'keyval': {'public': value}}


class Case:
    """A payload (its bytes, or what they say) that breaks `rule`, judged after `steps`."""

    def __init__(self, rule, kind, payload, steps=None, **files):
        self.rule, self.kind, self.payload, self.files = rule, kind, payload, files
        self.steps = STEPS[kind] if steps is None else steps

    def written(self, kit, name):
        """Its files by name, and its line."""
        role = next((s for s in self.steps if s.startswith('role ')), f'role image/{self.kind}')
        steps = [role] + [step for step in self.steps if step != role]
        here = f'../rules/{kit.dialect}/{name}.'
        line = '\t'.join([name, *(step.replace('@', here) for step in steps)])
        made = {name: self.payload, **{f'{name}.{each}': what for each, what in self.files.items()}}
        return line + '\n', {
            each: what if isinstance(what, bytes) else kit.canonical(what)
            for each, what in made.items()}


def named(cases):
    """Each case with its name: the second of a rule and type ends with -2."""
    count = {}
    for case in cases:
        name = f'{case.rule}.{case.kind}'
        count[name] = count.get(name, 0) + 1
        yield (name if count[name] == 1 else f'{name}-{count[name]}'), case


def rules(every):
    for dialect in ('tuf', 'uptane'):
        kit, lines = Kit(dialect), []
        for name, case in named(case for cases in every for case in cases(kit)):
            line, files = case.written(kit, name)
            lines.append(line)
            for each, data in files.items():
                yield f'rules/{dialect}/{each}.json', data
        yield f'rules/{dialect}/cases.txt', ''.join(lines).encode()
