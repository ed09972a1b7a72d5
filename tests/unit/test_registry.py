"""Which providers the settings choose."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from balcao.kernel.settings import Settings
from balcao.providers.email.mailbox import Mailbox
from balcao.providers.email.smtp_fresh_password import FreshPasswordSmtp
from balcao.providers.places.embedded import EmbeddedPlaces
from balcao.providers.places.viacep import ViaCep
from balcao.registry import MODULES, blob_store, build_runtime, email_provider, places_provider

SECRET = "a-secret-of-more-than-thirty-two-characters"


def _settings(**values: Any) -> Settings:
    return Settings(_env_file=None, **values)


def test_mail_stays_or_leaves() -> None:
    assert isinstance(email_provider(_settings()), Mailbox)
    leaving = _settings(email_provider="smtp", smtp_host="mail.example", smtp_password="segredo")
    assert isinstance(email_provider(leaving), FreshPasswordSmtp)


def test_addresses_come_from_here_or_from_viacep() -> None:
    assert isinstance(places_provider(_settings()), EmbeddedPlaces)
    assert isinstance(places_provider(_settings(places_provider="viacep")), ViaCep)


def test_files_lie_here_or_in_a_bucket(tmp_path: Path) -> None:
    here = blob_store(_settings(data_dir=tmp_path))
    there = blob_store(
        _settings(
            storage_backend="s3",
            s3_bucket="fotos",
            s3_endpoint="https://s3.example",
            s3_access_key_id="id",
            s3_secret_access_key="segredo",
        )
    )
    assert (here is there, tmp_path.joinpath("media").is_dir()) == (False, True)


def test_a_former_secret_is_accepted_until_it_is_taken_away(tmp_path: Path) -> None:
    settings = _settings(data_dir=tmp_path, auth_secret=SECRET, auth_secret_previous=SECRET[::-1])
    runtime = build_runtime(settings, "postgresql://nobody@localhost:1/nowhere")
    assert runtime.keys.current == SECRET
    assert SECRET[::-1] in runtime.keys.previous
    assert runtime.permissions == {item.code for module in MODULES for item in module.permissions}


def test_a_module_has_one_name_and_brings_its_own_rights() -> None:
    names = [module.name for module in MODULES]
    assert len(set(names)) == len(names)
    for module in MODULES:
        assert module.folder.name == module.name
        assert all(item.code.startswith(f"{module.name}.") for item in module.permissions)
        assert all(job.name.startswith(f"{module.name}.") for job in module.jobs)
        assert all(item.module == module.name for item in module.reactions)
