import type { Segment } from "../../../gen/seglog/v1/segment_pb.js";

/** What says where a segment came from. */
export type Descent = Pick<Segment, "segmentId" | "forkedFrom" | "compactedFrom" | "base">;

/** A segment with those that came from it, oldest first. */
export interface TreeNode<S extends Descent> {
  readonly segment: S;
  /** Undefined at a root, whatever its origin says. */
  readonly parent: TreeNode<S> | undefined;
  readonly children: readonly TreeNode<S>[];
  /** Segments in it and below. */
  readonly size: number;
}

/** The segment that another one came from, whether it is there or not. */
export function originId({ base, forkedFrom, compactedFrom }: Descent): string | undefined {
  return base?.segmentId ?? forkedFrom?.segmentId ?? compactedFrom?.segmentId;
}

/**
 * The roots of the segments of a session, oldest first.
 *
 * A root is what came from none of them. Origins are only told, so they may dangle or go round in a circle; of a circle the
 * oldest is a root.
 */
export function forkTree<S extends Descent>(segments: readonly S[]): TreeNode<S>[] {
  const nodes = new Map<string, GrowingNode<S>>();
  for (const segment of [...segments].sort(byId)) nodes.set(segment.segmentId, { segment, parent: undefined, children: [], size: 1 });
  const parents = parentsOf(nodes);
  const roots: GrowingNode<S>[] = [];
  for (const node of nodes.values()) {
    node.parent = parents.get(node);
    (node.parent?.children ?? roots).push(node);
  }
  for (const node of fromTheRoots(roots).reverse()) if (node.parent !== undefined) node.parent.size += node.size;
  return roots;
}

interface GrowingNode<S extends Descent> extends TreeNode<S> {
  parent: GrowingNode<S> | undefined;
  readonly children: GrowingNode<S>[];
  size: number;
}

function byId(a: Descent, b: Descent): number {
  return a.segmentId < b.segmentId ? -1 : 1;
}

/** Follows origins from each node, oldest first, until one comes that was followed before: if on the same way, that is a circle. */
function parentsOf<S extends Descent>(nodes: ReadonlyMap<string, GrowingNode<S>>): Map<GrowingNode<S>, GrowingNode<S>> {
  const parents = new Map<GrowingNode<S>, GrowingNode<S>>();
  const followed = new Set<GrowingNode<S>>();
  for (const start of nodes.values()) {
    const way = new Set<GrowingNode<S>>();
    for (let node: GrowingNode<S> | undefined = start; node !== undefined && !followed.has(node); ) {
      followed.add(node);
      way.add(node);
      const parent = nodes.get(originId(node.segment) ?? "");
      if (parent !== undefined) parents.set(node, parent);
      if (parent !== undefined && way.has(parent)) parents.delete(oldestOf(circleFrom(parent, parents)));
      node = parent;
    }
  }
  return parents;
}

function circleFrom<S extends Descent>(start: GrowingNode<S>, parents: ReadonlyMap<GrowingNode<S>, GrowingNode<S>>): GrowingNode<S>[] {
  const circle = [start];
  for (let node = parents.get(start); node !== undefined && node !== start; node = parents.get(node)) circle.push(node);
  return circle;
}

function oldestOf<S extends Descent>(circle: readonly GrowingNode<S>[]): GrowingNode<S> {
  return circle.reduce((oldest, node) => (byId(node.segment, oldest.segment) < 0 ? node : oldest));
}

/** Every node behind its parent. A loop, not a recursion: a chain may be longer than the stack is deep. */
function fromTheRoots<S extends Descent>(roots: readonly GrowingNode<S>[]): GrowingNode<S>[] {
  const nodes = [...roots];
  for (const node of nodes) nodes.push(...node.children);
  return nodes;
}
