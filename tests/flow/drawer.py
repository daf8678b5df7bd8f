"""Tokens of SoftHSM that are plugged in and pulled out: a token is a folder, and a drawer is where
it lies when it is in no reader."""
import json

from house import MODULE


class Drawer:
    def __init__(self, house, whose="people"):
        self.house = house
        self.plugged = house.tokens(whose)
        self.drawer = house.folder / f"drawer-{whose}"
        self.drawer.mkdir(exist_ok=True)
        self.whose = whose

    def list(self):
        """What `conclave token list` says of all tokens; of the appliance's, too."""
        env = {"SOFTHSM2_CONF": str(self.house.softhsm(self.whose))}
        done = self.house.run(
            [self.house.build / "conclave", "--home", self.house.folder / "home-none", "token",
             "list", "--module", MODULE, "--json"], env=env)
        return json.loads(done.stdout)["tokens"]

    def folder(self, label):
        """A token's folder: its name ends with the serial number."""
        serial = next(t["serial"] for t in self.list() if t["label"] == label)
        return next(f for f in self.plugged.iterdir()
                    if f.name.replace("-", "").endswith(serial))

    def pull(self, *labels):
        """Takes these tokens out; all of them when none is named."""
        folders = ([self.folder(label) for label in labels] if labels
                   else list(self.plugged.iterdir()))
        for folder in folders:
            folder.rename(self.drawer / folder.name)

    def plug(self):
        """Plugs in whatever lies in the drawer."""
        for folder in self.drawer.iterdir():
            folder.rename(self.plugged / folder.name)

    def only(self, *labels):
        """These are plugged in, and no others."""
        self.plug()
        self.pull(*[t["label"] for t in self.list() if t["label"] not in labels])
