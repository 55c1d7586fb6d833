// A vendor's OAuth code as it is, with a library that knows nothing of us.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import * as client from "openid-client";

import { startServer } from "./server.js";

const CALLBACK = "http://localhost:3000/callback";
let server;

before(async () => {
  server = await startServer();
});

after(async () => {
  assert.equal(await server.stop(), 0);
});

/** What a person does in a browser: log in, and be sent back. */
async function logIn(address) {
  const shown = await fetch(address);
  const cookie = shown.headers.getSetCookie().map((one) => one.split(";")[0]).join("; ");
  const page = await shown.text();
  const action = page.match(/action="([^"]+)"/)[1].replaceAll("&amp;", "&");
  const answer = await fetch(new URL(action, address), {
    method: "POST",
    redirect: "manual",
    headers: { cookie },
    body: new URLSearchParams({ username: "lea@plesses.test", password: "lea" }),
  });
  return new URL(answer.headers.get("location"));
}

for (const realm of ["/realms/formation", "/w/principal/auth/realms/formation"]) {
  test(`login, refresh, userinfo and logout under ${realm}`, async () => {
    const config = await client.discovery(
      new URL(server.url + realm),
      "editeur-demo",
      "secret-demo-rdv-mock",
      undefined,
      { execute: [client.allowInsecureRequests] },
    );
    assert.equal(config.serverMetadata().issuer, server.url + realm);

    const verifier = client.randomPKCECodeVerifier();
    const state = client.randomState();
    const nonce = client.randomNonce();
    const address = client.buildAuthorizationUrl(config, {
      redirect_uri: CALLBACK,
      scope: "openid email livret_numerique:read",
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      state,
      nonce,
    });

    const tokens = await client.authorizationCodeGrant(config, await logIn(address), {
      pkceCodeVerifier: verifier,
      expectedState: state,
      expectedNonce: nonce,
      idTokenExpected: true,
    });
    assert.equal(tokens.expires_in, 300);
    const claims = tokens.claims();

    const userinfo = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
    assert.equal(userinfo.email, "lea@plesses.test");

    const formateurs = await client.fetchProtectedResource(
      config,
      tokens.access_token,
      new URL(`${server.url}/api/v1/livret-numerique/formateurs`),
      "GET",
    );
    assert.equal(formateurs.status, 200);

    const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token);
    assert.notEqual(refreshed.refresh_token, tokens.refresh_token);
    const introspected = await client.tokenIntrospection(config, refreshed.access_token);
    assert.equal(introspected.active, true);
    await assert.rejects(client.refreshTokenGrant(config, tokens.refresh_token), {
      error: "invalid_grant",
    });
    assert.equal((await client.tokenIntrospection(config, refreshed.access_token)).active, false);

    const other = await client.authorizationCodeGrant(config, await logIn(address), {
      pkceCodeVerifier: verifier,
      expectedState: state,
      expectedNonce: nonce,
    });
    await client.tokenRevocation(config, other.refresh_token);
    assert.equal((await client.tokenIntrospection(config, other.access_token)).active, false);

    const logout = client.buildEndSessionUrl(config, {
      post_logout_redirect_uri: CALLBACK,
      id_token_hint: tokens.id_token,
      state: "au-revoir",
    });
    const ended = await fetch(logout, { redirect: "manual" });
    assert.equal(ended.headers.get("location"), `${CALLBACK}?state=au-revoir`);
  });
}
