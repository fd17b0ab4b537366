import { type ChannelCredentials, credentials, Metadata } from "@grpc/grpc-js";
import { hostOf, isLoopback } from "../model/loopback.js";

/** What a client proves itself with over TLS, and whom it believes. Texts in PEM. */
export interface ClientTls {
  /** Authorities that the daemon's certificate must be of; the system's where unset. */
  readonly ca?: string | Uint8Array;
  /** The client's own certificate, and its key. */
  readonly cert?: string | Uint8Array;
  readonly key?: string | Uint8Array;
}

/** How a channel is to be kept from others. */
export function channelCredentials(tls: ClientTls | undefined): ChannelCredentials {
  if (tls === undefined) return credentials.createInsecure();
  const [ca, key, cert] = [tls.ca, tls.key, tls.cert].map((pem) => (pem === undefined ? null : Buffer.from(pem)));
  return credentials.createSsl(ca, key, cert);
}

/**
 * Makes sure that a token can be sent, and only where nobody listens in: over a socket, to this machine, or with TLS.
 *
 * @throws TypeError, without the token in it
 */
export function checkToken(
  token: string,
  { address, tls }: { readonly address: string | undefined; readonly tls: ClientTls | undefined },
): void {
  if (!/^[\x21-\x7e]+$/.test(token)) throw new TypeError("the token is empty or has characters that no token has");
  if (address === undefined || tls !== undefined || isLoopback(hostOf(address))) return;
  throw new TypeError(`a token is not sent to ${address} without TLS, for others would see it; wanted TLS or an address of this machine`);
}

/**
 * The metadata of a call, with the token where there is one.
 *
 * grpc-js has credentials of calls for this, and refuses them on channels without TLS, which a Unix socket needs not.
 */
export function callMetadata(token: string | undefined): Metadata {
  const metadata = new Metadata();
  if (token !== undefined) metadata.set("authorization", `Bearer ${token}`);
  return metadata;
}
