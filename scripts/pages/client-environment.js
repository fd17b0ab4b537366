// What commands that talk to a daemon read of their environment; a test holds it against the sources.

/** Each variable and what it says. */
export const CLIENT_ENVIRONMENT = [
  [
    "`SEGLOG_SOCKET`",
    "Socket of the daemon. Where it is not set: where a daemon with the same `SEGLOG_DATA` listens, or one without settings",
  ],
  ["`SEGLOG_ADDRESS`", "`host:port` of the daemon, where `SEGLOG_SOCKET` is not set"],
  ["`SEGLOG_TOKEN`", "The token to show, `seglog_…`"],
  ["`SEGLOG_TOKEN_FILE`", "File with the token, where `SEGLOG_TOKEN` is not set"],
  ["`SEGLOG_TLS_CA`", "Certificates to trust at an address, in PEM; makes the connection TLS"],
  ["`SEGLOG_TLS_CERT`, `SEGLOG_TLS_KEY`", "Certificate to show there, and its key"],
  ["`NO_COLOR`", "Where it is set and not empty, nothing is coloured; `--color always` wins over it. `TERM=dumb` says the same"],
];
