"""What can go wrong with the database, as a person is told of it.

StorageFault(key, params)   `key` is looked up in `bot/cli/messages.yaml`
├── DatabaseUnusable        wrong URL, not reachable, damaged
├── SchemaUnknown           a newer schema, or a migration that died half-way
└── KeyUnusable             no key, a damaged key file, or one that does not fit this database
"""

from __future__ import annotations


class StorageFault(Exception):
    def __init__(self, key: str, **params: object) -> None:
        super().__init__(key, params)
        self.key = key
        self.params = params


class DatabaseUnusable(StorageFault):
    pass


class SchemaUnknown(StorageFault):
    pass


class KeyUnusable(StorageFault):
    pass
