import { register } from "node:module";

/*
 * node --import ./register.js dist/bin/seglog.js serve ...: the daemon as it is, on an engine that never flushes. It has to
 * lose what it acknowledged; a proof that does not find that out proves nothing. The product has no such setting.
 */
register("./replace-lmdb.js", import.meta.url);
