"use strict";
const contract = new URL({{ document | tojson }}, document.currentScript.src).href;
const here = new URL("..", document.currentScript.src).href.slice(0, -1);
/* A proxy may hide from the server where it is: the page calls the server that it came from.
   Groups of operations bear the names that they have for people, not those for generators. */
function forThisPage(answer) {
  if (answer.url === contract && answer.ok) {
    const told = JSON.parse(answer.text);
    const there = told.servers[0].url;
    const names = new Map(told.tags.map((tag) => [tag.name, tag["x-displayName"] ?? tag.name]));
    for (const tag of told.tags) {
      tag.name = names.get(tag.name);
    }
    for (const operation of Object.values(told.paths).flatMap(Object.values)) {
      operation.tags = operation.tags.map((name) => names.get(name));
    }
    answer.text = JSON.stringify(told);
    for (const end of ["/", '"']) {
      answer.text = answer.text.replaceAll(`"${there}${end}`, `"${here}${end}`);
    }
  }
  return answer;
}
window.ui = SwaggerUIBundle({
  url: contract,
  responseInterceptor: forThisPage,
  dom_id: "#swagger-ui",
  deepLinking: true,
  persistAuthorization: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  filter: true,
  showExtensions: true,
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
  oauth2RedirectUrl: new URL("oauth2-redirect.html", document.currentScript.src).href,
});
window.ui.initOAuth({
  clientId: "rdv-mock-swagger",
  scopes: {{ scopes | tojson }},
  usePkceWithAuthorizationCodeGrant: true,
  additionalQueryStringParams: { prompt: "login" },
});
