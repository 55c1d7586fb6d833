"""Clients that others generate from our OpenAPI document, used as they would use them."""
