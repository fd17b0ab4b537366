import type { Descent, TreeNode } from "./fork-tree.js";

/** The pieces that a tree is drawn with, each two characters wide. */
export interface Rails {
  readonly branch: string;
  readonly lastBranch: string;
  readonly through: string;
}

/** Rails of lines. */
export const LINE_RAILS: Rails = { branch: "├─", lastBranch: "╰─", through: "│ " };

/** Rails for terminals that have no lines. */
export const ASCII_RAILS: Rails = { branch: "|-", lastBranch: "`-", through: "| " };

/** A segment in the picture, and what stands left of it. */
export interface TreeRow<S extends Descent> {
  readonly rails: string;
  readonly node: TreeNode<S>;
}

const NOTHING = "  ";

/**
 * The picture of a tree, a segment a row, each below its origin.
 *
 * What goes on (a compaction, or what has others below it) stands in the column of its origin, the largest of them where there
 * are several; all others branch off to the right. So chains are straight however long they are, and n segments need no more
 * columns than the logarithm of n to base 2, and one.
 */
export function treeRows<S extends Descent>(root: TreeNode<S>, pieces: Rails): TreeRow<S>[] {
  const rows: TreeRow<S>[] = [];
  const waiting: { readonly node: TreeNode<S>; readonly rails: string; readonly below: string }[] = [{ node: root, rails: "", below: "" }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, rails, below } = next;
    rows.push({ rails, node });
    const straight = straightOn(node);
    const branches = node.children.filter((child) => child !== straight);
    // What is pushed last is drawn first.
    if (straight !== undefined) waiting.push({ node: straight, rails: below, below });
    for (const [i, child] of [...branches.entries()].reverse()) {
      const isLast = i === branches.length - 1 && straight === undefined;
      waiting.push({
        node: child,
        rails: below + (isLast ? pieces.lastBranch : pieces.branch),
        below: below + (isLast ? NOTHING : pieces.through),
      });
    }
  }
  return rows;
}

function straightOn<S extends Descent>({ children }: TreeNode<S>): TreeNode<S> | undefined {
  const goingOn = children.filter(({ segment, size }) => size > 1 || segment.compactedFrom !== undefined);
  return goingOn.reduce<TreeNode<S> | undefined>((largest, child) => (child.size >= (largest?.size ?? 0) ? child : largest), undefined);
}
