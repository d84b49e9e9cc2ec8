"""Every provider file of this folder. A new provider is a new file, or folder, with one `PROVIDER`; nothing else lists them."""

import importlib
import pkgutil

from connectors.provider import Provider


def all_providers() -> tuple[Provider, ...]:
    """The `PROVIDER` of each file, in the order of the file names.

    Raises ValueError where two share a key or a file's name is not its key (settings and paths are built from it).
    """
    found: dict[str, Provider] = {}
    for module in sorted(info.name for info in pkgutil.iter_modules(__path__)):
        provider = importlib.import_module(f"{__name__}.{module}").PROVIDER
        if not isinstance(provider, Provider) or provider.key != module or provider.key in found:
            raise ValueError(
                f"connectors/providers/{module}.py must hold one PROVIDER with the key {module!r}"
            )
        found[provider.key] = provider
    return tuple(found.values())
