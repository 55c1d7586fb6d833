// A vendor's browser code as it is: oidc-client-ts signs in with PKCE, refreshes, signs out.

import assert from "node:assert/strict";

import { InMemoryWebStorage, OidcClient, WebStorageStateStore } from "oidc-client-ts";

const [url] = process.argv.slice(2);
const CALLBACK = "http://localhost:3000/callback";

/** What a person does in a browser that keeps its cookies; where it is sent at the end. */
async function browse(address, cookies, form) {
  const shown = await fetch(address, { headers: { cookie: cookies.join("; ") } });
  cookies.push(...shown.headers.getSetCookie().map((one) => one.split(";")[0]));
  const action = (await shown.text()).match(/action="([^"]+)"/)[1].replaceAll("&amp;", "&");
  const answer = await fetch(new URL(action, address), {
    method: "POST",
    redirect: "manual",
    headers: { cookie: cookies.join("; ") },
    body: new URLSearchParams(form),
  });
  assert.equal(answer.status, 302);
  return answer.headers.get("location");
}

for (const response_mode of ["query", "fragment"]) {
  const client = new OidcClient({
    authority: `${url}/realms/formation`,
    client_id: "editeur-demo",
    client_secret: "secret-demo-rdv-mock",
    redirect_uri: CALLBACK,
    post_logout_redirect_uri: CALLBACK,
    scope: "openid email livret_numerique:read",
    response_mode,
    loadUserInfo: true,
    stateStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
  });

  const request = await client.createSigninRequest({ state: { bureau: 2 }, nonce: "n-1" });
  const returned = await browse(request.url, [], { username: "lea@plesses.test", password: "lea" });
  const signedIn = await client.processSigninResponse(returned);
  assert.equal(signedIn.profile.email, "lea@plesses.test");
  assert.equal(signedIn.session_state, signedIn.profile.sid);
  assert.deepEqual(signedIn.userState, { bureau: 2 });

  const api = `${url}/api/v1/livret-numerique/formateurs`;
  const read = (token) => fetch(api, { headers: { authorization: `Bearer ${token}` } });
  assert.equal((await read(signedIn.access_token)).status, 200);

  // It refuses an id token whose auth_time is another one, whatever the clock of the world has done.
  await fetch(`${url}/_mock/clock/advance`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"by": "PT6M"}',
  });
  assert.equal((await read(signedIn.access_token)).status, 401);
  const refreshed = await client.useRefreshToken({ state: signedIn });
  assert.equal((await read(refreshed.access_token)).status, 200);
  await assert.rejects(client.useRefreshToken({ state: signedIn }), { error: "invalid_grant" });

  const signout = await client.createSignoutRequest({
    id_token_hint: signedIn.id_token,
    state: "au-revoir",
  });
  const ended = await fetch(signout.url, { redirect: "manual" });
  assert.ok(ended.headers.get("location").startsWith(CALLBACK));
  const signedOut = await client.processSignoutResponse(ended.headers.get("location"));
  assert.equal(signedOut.error, null);
}
