import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect, test } from "vitest";
import { EntryKindSchema } from "../../gen/seglog/v1/segment_service_pb.js";
import { anchorOf } from "../../scripts/pages/markdown.js";
import { docPages } from "../support/doc-blocks.js";

const INDEX = "docs/README.md";
const PAGES = docPages();

test("the index lists every page, once", () => {
  const listed = linksOf(INDEX)
    .map(({ path }) => path)
    .filter((path) => path.startsWith("docs/"));

  const pages = PAGES.filter((path) => path.startsWith("docs/") && path !== INDEX);
  expect(listed.toSorted()).toEqual(pages.toSorted());
});

test("no link of a page is dead", () => {
  const links = [...PAGES, "CONTRIBUTING.md"].flatMap((page) => linksOf(page).map((link) => ({ page, ...link })));

  const dead = links.filter(({ path, anchor }) => !existsSync(path) || (anchor !== undefined && !anchorsOf(path).has(anchor)));

  expect(links.length).toBeGreaterThan(50);
  expect(dead.map(({ page, target }) => `${page}: ${target}`)).toEqual([]);
});

test("the page of the concepts names each kind of entry", () => {
  const concepts = readFileSync("docs/concepts.md", "utf8");
  const kinds = EntryKindSchema.values.filter(({ number }) => number !== 0).map(({ localName }) => localName.toLowerCase());

  expect(kinds.filter((kind) => !concepts.includes(`\`${kind}\``))).toEqual([]);
});

interface Link {
  readonly target: string;
  /** From the root of the project. */
  readonly path: string;
  readonly anchor: string | undefined;
}

/** The links of a page to what lies in the project. */
function linksOf(page: string): Link[] {
  const targets = [...withoutCode(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
  return targets
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [path = "", anchor] = target.split("#");
      return { target, path: path === "" ? page : normalize(join(dirname(page), path)), anchor };
    });
}

const ANCHORS = new Map<string, ReadonlySet<string>>();

function anchorsOf(page: string): ReadonlySet<string> {
  const known = ANCHORS.get(page);
  if (known !== undefined) return known;
  const anchors = new Set([...withoutCode(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => anchorOf(heading)));
  ANCHORS.set(page, anchors);
  return anchors;
}

function withoutCode(page: string): string {
  return readFileSync(page, "utf8").replaceAll(/^```[\s\S]*?^```$/gm, "");
}
