"""``saima keys``: exchanges the key of personal data; a backup holds neither a name nor a key."""

import shutil
import zipfile

from saima.server.registers.queries.sealing import key_path
from saima.server.site.demo_talents import PEOPLE


def test_keys_are_exchanged_by_a_command_and_lie_in_no_backup(saima, desk, tmp_path):
    names = ("SAIMA_HOME", "SAIMA_CLOCK", "DATABASE_URL", "DJANGO_SETTINGS_MODULE", "PYTHONPATH")
    env = {k: v for k, v in desk.env.items() if k in names} | {"SAIMA_PERSONAL_KEY": str(tmp_path / "apart.key")}
    lost = saima("keys", **env)
    shutil.copyfile(key_path(), tmp_path / "apart.key")

    done = saima("keys", "--rotate", "--drop-old", **env)
    backed = saima("backup", tmp_path / "b.zip", **env)
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        content = b"\n".join(archive.read(n) for n in archive.namelist())

    key = (tmp_path / "apart.key").read_text().split()
    assert (lost.code, "apart.key" in lost.err) == (2, True)
    assert (done.code, backed.code, len(key)) == (0, 0, 3)
    assert f"{key[1]}: {len(PEOPLE)} people" in done.out
    assert f"s1.{key[1]}.".encode() in content
    assert key[2].encode() not in content
    assert [name for _, name, *_ in PEOPLE if name.encode() in content] == []
