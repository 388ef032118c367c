// Sends CloudEvents made by the CloudEvents SDK, with tokens made by jsonwebtoken, to a webhook.
//   node send.cjs PLAN   with NODE_PATH at the node_modules of package-lock.json
// PLAN is a file with {"url", "ca" (a file), "key", "calls": [{"type", "id", "data", "mode"?, "token"?}]}.
// "mode" is structured, binary or batch; "token" is {"key"?, "claims"?, "options"?} of jsonwebtoken, or a text.
// Prints one line for each call: {"status", "body"}.
"use strict";

const fs = require("node:fs");
const https = require("node:https");
const { generateKeyPairSync } = require("node:crypto");
const { CloudEvent, HTTP } = require("cloudevents");
const jwt = require("jsonwebtoken");

const plan = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));
const ca = fs.readFileSync(plan.ca);

function makeToken(wanted = {}) {
  if (typeof wanted === "string") return wanted;
  const options = { algorithm: "HS256", expiresIn: "10m", ...wanted.options };
  for (const name of Object.keys(options)) if (options[name] === null) delete options[name];
  let key = wanted.key ?? plan.key;
  if (options.algorithm === "none") key = "";
  if (options.algorithm === "RS256") key = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  return jwt.sign({ name: "tech.17", ...wanted.claims }, key, options);
}

function makeMessage(call) {
  const event = new CloudEvent({
    id: call.id,
    type: call.type,
    source: "5ad09380-8258-4d84-a440-e2d35043ae92",
    time: "2026-11-22T10:26:53.000Z",
    datacontenttype: "application/json",
    action: "created",
    data: call.data,
  });
  if (call.mode === "binary") return HTTP.binary(event);
  const message = HTTP.structured(event);
  if (call.mode !== "batch") return message;
  return { headers: { "content-type": "application/cloudevents-batch+json" }, body: `[${message.body}]` };
}

function post(call) {
  const message = makeMessage(call);
  const headers = { ...message.headers };
  const token = makeToken(call.token);
  if (token !== "") headers["x-access-token"] = token;
  const body = typeof message.body === "string" ? message.body : JSON.stringify(message.body);
  return new Promise((resolve, reject) => {
    const request = https.request(`${plan.url}/${call.type}/`, { method: "POST", headers, ca }, (response) => {
      const parts = [];
      response.on("data", (part) => parts.push(part));
      response.on("end", () => resolve({ status: response.statusCode, body: Buffer.concat(parts).toString("utf8") }));
    });
    request.on("error", reject);
    request.end(body);
  });
}

(async () => {
  for (const call of plan.calls) console.log(JSON.stringify(await post(call)));
})().catch((error) => {
  console.error(String(error));
  process.exit(1);
});
