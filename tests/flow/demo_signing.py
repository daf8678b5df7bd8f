"""A round of signing as the demo tells it: a service asks, administrators read and approve, and
complete files come back, each with its proof."""


class Round:
    """What one request signs. `files`: role ("devices/targets") -> (payload, file to write)."""

    def __init__(self, house, say, proofs):
        self.house, self.say, self.proofs = house, say, proofs

    def submit(self, files, evidence=(), reason="the demo"):
        items = {}
        for role, (payload, _) in files.items():
            items[role] = self.house.folder / f"{role.replace('/', '-')}.payload"
            items[role].write_bytes(payload)
        request = self.house.submit("image-service", items, evidence, reason=reason)
        self.say(f"The repository's service asks for {', '.join(files)}: request {request[:12]}.")
        return request

    def approve(self, request, approvers):
        for name in approvers:
            self.house.approve(name, request)
        self.say(f"{', '.join(approvers[:-1])} and {approvers[-1]} have each read it in words, "
                 "and approve with their own tokens.")

    def fetch(self, request, files):
        house = self.house
        house.conclave("request", "wait", request, "--timeout", "60", home="home-service")
        for role, (_, path) in files.items():
            payload = house.folder / f"{role.replace('/', '-')}.payload"
            signatures = house.folder / f"{role.replace('/', '-')}.signatures"
            proof = self.proofs / f"{role.replace('/', '-')}-{request[:12]}.tlog-proof"
            signatures.write_text(house.text(
                "signature", request, "--role", role, "--format", "tuf", "--proof", proof,
                home="home-service"))
            path.parent.mkdir(parents=True, exist_ok=True)
            house.conclave("attach", payload, signatures, "--out", path)
        names = ", ".join(f"{path.parent.name}/{path.name}" for _, path in files.values())
        self.say(f"The quorum is complete: {names} signed, each with a proof in proofs/.")

    def __call__(self, files, approvers, evidence=()):
        request = self.submit(files, evidence)
        self.approve(request, approvers)
        self.fetch(request, files)
        return request
