"""What the OpenAPI documents say that the routes do not: texts, responses, links, components."""
