// The provider: people, clients and times come as JSON on its command line; it says when it listens.
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import Provider from "oidc-provider";

const { port, key, certificate, clients, people, path, seconds, groupsInToken, methods } = JSON.parse(process.argv[2]);
const issuer = `https://localhost:${port}${path}`;

const provider = new Provider(issuer, {
  clients,
  claims: { openid: ["sub"], profile: ["preferred_username", "groups"], email: ["email", "email_verified"] },
  ...(methods && { clientAuthMethods: methods }),
  conformIdTokenClaims: !groupsInToken,
  cookies: { keys: ["only-for-tests"] },
  features: { devInteractions: { enabled: true } },
  findAccount: (_context, id) => people[id] && {
    accountId: id,
    claims: (use) => {
      const { groups, ...told } = people[id];
      return { sub: id, ...told, ...((use === "id_token") === groupsInToken && { groups }) };
    },
  },
  issueRefreshToken: (_context, client, code) => client.grantTypeAllowed("refresh_token") && code.scopes.has("offline_access"),
  pkce: { required: () => true },
  clockTolerance: 0,
  rotateRefreshToken: true,
  ttl: { AccessToken: seconds, AuthorizationCode: 60, IdToken: 600, Grant: 3600, Session: 3600, Interaction: 600, RefreshToken: 3600 },
});

process.on("SIGHUP", () => {});
process.stdin.on("data", (line) => {
  // A change of people: {"ada": {…}} or {"ada": null}.
  for (const [id, person] of Object.entries(JSON.parse(line))) {
    if (person) people[id] = person; else delete people[id];
  }
  process.stdout.write("changed\n");
});
process.stdin.on("end", () => process.exit(0));

const handle = provider.callback();
createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (request, response) => {
  if (path && !request.url.startsWith(path)) { response.writeHead(404).end(); return; }
  request.originalUrl = request.url;
  request.url = request.url.slice(path.length) || "/";
  request.baseUrl = path;
  handle(request, response);
}).listen(port, "127.0.0.1", () => process.stdout.write(`${issuer}\n`));
