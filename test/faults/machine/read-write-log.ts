import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** Something that a disk was told. */
export interface DiskRecord {
  readonly kind: "write" | "flush";
  /** On the disk, in bytes. */
  readonly offset: number;
  readonly length: number;
  /** Where its bytes begin in the log, and where the record ends there. */
  readonly bytesAt: number;
  readonly end: number;
}

const HEAD_BYTES = 24;

/** Reads what a recording disk put down, up to so many bytes of its log. Records that lie behind, or across, are left out. */
export function readWriteLog(log: string, bytesMost: number): readonly DiskRecord[] {
  const fd = openSync(log, "r");
  const end = Math.min(bytesMost, fstatSync(fd).size);
  const head = Buffer.alloc(HEAD_BYTES);
  const records: DiskRecord[] = [];
  for (let at = 0; at + HEAD_BYTES <= end; ) {
    readSync(fd, head, 0, HEAD_BYTES, at);
    const [offset, length] = [Number(head.readBigUInt64LE(8)), Number(head.readBigUInt64LE(16))];
    const bytesAt = at + HEAD_BYTES;
    at = bytesAt + length;
    if (at <= end) records.push({ kind: head[0] === 0x57 ? "write" : "flush", offset, length, bytesAt, end: at });
  }
  closeSync(fd);
  return records;
}
