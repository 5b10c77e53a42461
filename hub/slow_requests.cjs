/* Loaded before configurable-http-proxy, which has no option for this: whoever sends a request's
   head a byte at a time holds a connection for 20 s, not for the 90 s of Node's own settings. */
const http = require("node:http");

const LIMITS = { headersTimeout: 20_000, connectionsCheckingInterval: 5_000 };
const { createServer } = http;

http.createServer = (...given) => {
  const options = typeof given[0] === "object" ? given.shift() : {};
  return createServer({ ...LIMITS, ...options }, ...given);
};
