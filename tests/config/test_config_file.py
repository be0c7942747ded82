import pytest

from app.config import load
from app.errors import ConfigError


def test_a_missing_file_says_what_to_do(tmp_path):
    path = tmp_path / "bridge.toml"

    with pytest.raises(ConfigError) as raised:
        load(path, {})

    assert raised.value.mistakes == (f"{path}: there is no such file; `contact-bridge init` writes one",)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"[server\n", "line 1, column 8: is not TOML: expected ']' at the end of a table declaration"),
        (b"[orgs.main]\napi_key = \n", "line 2, column 11: is not TOML: invalid value"),
        (b"[server]\nhost = '''", "end of document: is not TOML: expected \"'''\""),
        (b"[orgs]\n[orgs]\n", "line 2, column 6: is not TOML: cannot declare ('orgs',) twice"),
        (b"name = '\xff'", "is not UTF-8 text (byte 8)"),
        (b"a = " + b"9" * 5000, "is not TOML that can be read: too deep or too large"),
        (b"a = " + b"[" * 100_000, "is not TOML that can be read: too deep or too large"),
    ],
)
def test_a_file_that_is_no_toml_says_where(data, problem, tmp_path):
    path = tmp_path / "bridge.toml"
    path.write_bytes(data)

    with pytest.raises(ConfigError) as raised:
        load(path, {})

    assert raised.value.mistakes == (f"{path}: {problem}",)


def test_a_folder_is_no_configuration(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read: is a directory"):
        load(tmp_path, {})
