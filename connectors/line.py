"""One provider as we reach it for one address: filling in URLs, proving who we are, sending. Knows no outcome."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

# Authlib's own httpx client makes a connection pool and an SSL context per instance, expects the successor of httpx, and
# raises with the provider's words in the message; our guards sit in `Outside`. So its pure pieces build the requests: they
# import no httpx, and there is no warning to silence.
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.client import OAuth2Client
from authlib.oauth2.rfc6749.parameters import prepare_token_request
from pydantic import SecretStr

from connectors.outside import Outside
from connectors.provider import Answer, Call, Provider

PROBE_SECONDS = 10.0
TOKEN_SECONDS = 30.0
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCredentials:
    """Our client at one provider."""

    client_id: str
    client_secret: SecretStr


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A provider, our credentials and extra settings there, and the address a person typed (None where none is needed)."""

    provider: Provider
    credentials: ClientCredentials
    settings: Mapping[str, SecretStr]
    outside: Outside
    address: str | None

    def _at_address(self, template: str) -> str:
        field = self.provider.address
        if field is None:
            return template
        if not self.address:
            raise ValueError(f"{self.provider.key} needs an address")
        return template.replace(f"{{{field.placeholder}}}", self.address)

    def hosts(self) -> tuple[str, ...]:
        """The provider's hosts, at this address."""
        return tuple(self._at_address(host) for host in self.provider.hosts)

    def authorization_url(self, *, redirect_uri: str, state: str, verifier: SecretStr) -> str:
        """The provider's sign-in page with everything the browser carries there (RFC 6749 4.1.1, RFC 7636 S256)."""
        auth = self.provider.auth
        client = OAuth2Client(
            session=None,
            client_id=self.credentials.client_id,
            scope=auth.scope_separator.join(scope.name for scope in self.provider.scopes),
            redirect_uri=redirect_uri,
            code_challenge_method="S256" if auth.pkce else None,
        )
        url, _state = client.create_authorization_url(
            self._at_address(auth.authorize_url),
            state=state,
            code_verifier=verifier.get_secret_value() if auth.pkce else None,
            **auth.authorize_params,
        )
        return self.outside.browser_url(str(url))

    async def ask_tokens(self, grant: str, parameters: Mapping[str, str]) -> Answer:
        """One call of the token endpoint. Raises what `Outside.send` raises."""
        body = prepare_token_request(grant, **parameters)
        auth = self.provider.auth
        return await self._prove_and_send(auth.token_method, self._at_address(auth.token_url), str(body))

    async def send_form(self, call: Call, form: Mapping[str, str]) -> Answer:
        """A form with our client's credentials (RFC 7009). Raises what `Outside.send` raises."""
        return await self._prove_and_send(call.method, self._at_address(call.url), urlencode(form))

    async def _prove_and_send(self, method: str, url: str, form: str) -> Answer:
        proof = ClientAuth(
            client_id=self.credentials.client_id,
            client_secret=self.credentials.client_secret.get_secret_value(),
            auth_method=self.provider.auth.token_auth.value,
        )
        url, headers, form = proof.prepare(method, url, {"Content-Type": _FORM}, form)
        in_query = method == "GET"
        return await self.outside.send(
            method=method,
            url=f"{url}?{form}" if in_query else url,
            headers=headers,
            content=None if in_query else form.encode(),
            allowed_hosts=self.hosts(),
            timeout=TOKEN_SECONDS,
        )

    async def call(
        self, call: Call, access_token: SecretStr, *, identity: str = "", account: str = ""
    ) -> Answer:
        """One API call with the access token. Raises what `Outside.send` raises."""
        url = self._at_address(call.url)
        url = url.replace("{identity}", quote(identity, safe="")).replace(
            "{account}", quote(account, safe="")
        )
        if call.query:
            url = f"{url}?{urlencode(call.query)}"
        headers = {**self._bearer(access_token), **self._own_headers(call)}
        content = None
        if call.body is not None:
            headers["Content-Type"] = "application/json"
            content = json.dumps(call.body).encode()
        return await self._send(call.method, url, headers, content)

    async def follow(self, call: Call, url: str, access_token: SecretStr) -> Answer:
        """The next page of the list that `call` began: an address the provider named, checked like any other."""
        return await self._send("GET", url, {**self._bearer(access_token), **self._own_headers(call)}, None)

    async def _send(self, method: str, url: str, headers: Mapping[str, str], content: bytes | None) -> Answer:
        return await self.outside.send(
            method=method,
            url=url,
            headers=headers,
            content=content,
            allowed_hosts=self.hosts(),
            timeout=PROBE_SECONDS,
        )

    def _bearer(self, access_token: SecretStr) -> dict[str, str]:
        token = access_token.get_secret_value()
        header = self.provider.auth.token_header
        return {header: token} if header else {"Authorization": f"Bearer {token}"}

    def _own_headers(self, call: Call) -> dict[str, str]:
        filled = dict(call.headers)
        for name, secret in self.settings.items():
            filled = {
                header: value.replace(f"{{{name}}}", secret.get_secret_value())
                for header, value in filled.items()
            }
        return filled
