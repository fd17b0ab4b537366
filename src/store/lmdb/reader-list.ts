import { Engine } from "./engine.js";
import { MAP_BYTES_DEFAULT } from "./map-bytes.js";

/*
 * A program: node reader-list.js DIR
 *
 * Prints the readers of a store as the database library lists them.
 */
const [dir = "."] = process.argv.slice(2);
const engine = new Engine(dir, MAP_BYTES_DEFAULT, { readOnly: true });
process.stdout.write(engine.readerList());
await engine.close();
