"""Made from `shared/protocol.schema.json`; not edited."""
