"""Every operation against its own OpenAPI document, with data that nobody thought of."""
