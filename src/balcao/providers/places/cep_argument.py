"""The check that every provider of places makes before it looks anything up."""

from balcao.brazil.addresses import InvalidCep, parse_cep
from balcao.ports.errors import ProviderRejected


def checked_cep(cep: str) -> str:
    """Eight digits, so that nothing else reaches a table or an address. Raises ProviderRejected("cep_malformed")."""
    try:
        return parse_cep(cep)
    except InvalidCep as error:
        raise ProviderRejected("cep_malformed", error.reason) from error
