"""Calls of Shopify's GraphQL Admin API."""

from connectors.provider import Call, Json


def graphql(query: str, **variables: Json) -> Call:
    """A call of the shop's Admin API; version 2026-10 is the newest of 2026-11."""
    body = {"query": query, **({"variables": variables} if variables else {})}
    return Call(method="POST", url="https://{shop}/admin/api/2026-10/graphql.json", body=body)
