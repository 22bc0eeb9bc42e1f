"""The database's schema as numbered steps; `meshnode.store.migration` runs them in order, each in one transaction."""
