import { type Command, Option } from "commander";
import { TokenSchema } from "../../../gen/seglog/v1/admin_service_pb.js";
import { ROLES, type Role } from "../../model/caller.js";
import { clientCommand, command } from "../client-command.js";
import { jsonLine, messageJson, messageLine } from "../json-line.js";
import { noteOnTerminal, print } from "../output.js";
import { paintOf } from "../paint.js";
import { tableLines } from "../table.js";
import { parseExpiry } from "../token/expiry.js";
import { ACCESS_ROLES, TOKEN_COLUMNS, tokenRow } from "../token/token-row.js";
import { writeSecret } from "../token/write-secret.js";
import { type AdminContext, type ClientOptions, withAdminClient } from "../with-client.js";

interface CreateOptions extends ClientOptions {
  readonly role: Role;
  readonly namespace?: string;
  readonly name?: string;
  readonly expires?: Date;
  readonly out?: string;
}

/** `seglog token`: creates, lists and revokes what callers prove themselves with. */
export function tokenCommand(program: Command): Command {
  const token = command({
    name: "token",
    summary: "Create, list and revoke the tokens that callers prove themselves with.",
    details: "For operators: works on a socket of role admin.",
    examples: ["seglog token create --role append --namespace garden --out pod.token", 'seglog token revoke "$TOKEN_ID"'],
  });
  for (const each of [createCommand(), listCommand(), revokeCommand()]) {
    token.addCommand(each.copyInheritedSettings(program).helpOption("-h, --help", "print this help"));
  }
  return token;
}

function createCommand(): Command {
  const role = new Option("--role <role>", "the most that callers with it may do").choices(ROLES).makeOptionMandatory();
  return clientCommand({
    name: "create",
    summary: "Create a token and print it, this once.",
    details: "The daemon keeps its SHA-256 alone. --json prints what was created as well.",
    examples: [
      "seglog token create --role append --namespace garden --name 'pod 7' --expires 30d --out pod.token",
      "SEGLOG_TOKEN=$(seglog token create --role read)",
    ],
  })
    .addOption(role)
    .option("--namespace <name>", "namespace that callers with it are in (default: default)")
    .option("--name <text>", "what it is for, for people")
    .option(
      "--expires <when>",
      "when it ends to be accepted: after a time such as 12h or 30d, or at one such as 2030-01-01T00:00:00Z (default: never)",
      parseExpiry,
    )
    .option("--out <file>", "write it into a new file with mode 0600, and print its id")
    .action((options: CreateOptions) => withAdminClient(options, (context) => runCreate(context, options)));
}

function listCommand(): Command {
  return clientCommand({
    name: "list",
    summary: "List the tokens, oldest first, without their secrets.",
    examples: ["seglog token list", "seglog token list --json"],
  }).action((options: ClientOptions) => withAdminClient(options, (context) => runList(context, options)));
}

function revokeCommand(): Command {
  return clientCommand({
    name: "revoke",
    summary: "Take a token back: calls with it are refused, and its open streams end.",
    examples: ['seglog token revoke "$TOKEN_ID"', 'seglog token revoke "$TOKEN_ID" --json'],
  })
    .argument("<id>", "the token's id, which also stands in the token itself")
    .action((tokenId: string, options: ClientOptions) => withAdminClient(options, (context) => runRevoke(context, options, tokenId)));
}

async function runCreate({ client, signal }: AdminContext, { role, namespace, name, expires, out, json }: CreateOptions): Promise<void> {
  const write = out === undefined ? undefined : await writeSecret(out); // what cannot be written shall not be created
  const request = {
    role: ACCESS_ROLES[role],
    ...(namespace !== undefined && { namespaceId: namespace }),
    ...(name !== undefined && { name }),
    ...(expires !== undefined && { expireTime: { seconds: BigInt(Math.floor(expires.getTime() / 1000)) } }),
  };
  try {
    const { token, secret } = await client.createToken(request, { signal });
    await write?.finish(secret);
    if (token === undefined) return;
    if (json === true) await print(jsonLine({ token: messageJson(TokenSchema, token), ...(write === undefined && { secret }) }));
    else await print(write === undefined ? secret : token.tokenId);
    if (json !== true) noteOnTerminal(`created token ${token.tokenId}; it is not shown again`);
  } catch (error) {
    await write?.abandon();
    throw error;
  }
}

async function runList({ client, signal }: AdminContext, options: ClientOptions): Promise<void> {
  const { tokens } = await client.listTokens({}, { signal });
  const lines =
    options.json === true
      ? tokens.map((token) => messageLine(TokenSchema, token))
      : tableLines(TOKEN_COLUMNS, tokens.map(tokenRow), paintOf(options));
  for (const line of lines) await print(line);
}

async function runRevoke({ client, signal }: AdminContext, { json }: ClientOptions, tokenId: string): Promise<void> {
  const { token } = await client.revokeToken({ tokenId }, { signal });
  if (token === undefined) return;
  await print(json === true ? messageLine(TokenSchema, token) : `revoked ${token.tokenId}`);
}
