/** A zip file from files in memory, and back. The same files give the same bytes: no times, no attributes (PKWARE APPNOTE 6.3). */
import { constants, crc32, deflateRawSync, inflateRawSync } from 'node:zlib';

export interface PackedFile {
  /** With forward slashes. */
  readonly name: string;
  readonly content: Buffer;
}

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const LOCAL_BYTES = 30;
const CENTRAL_BYTES = 46;
const END_BYTES = 22;
/** 2.0: the least that reads deflate. */
const VERSION = 20;
/** Names are UTF-8. */
const FLAGS = 0x0800;
const STORED = 0;
const DEFLATED = 8;
/** The first day that a zip file can name. */
const DAY = (1 << 5) | 1;
/** Beyond, the format needs other fields. */
const MOST_BYTES = 0xffff_fffe;
const MOST_FILES = 0xfffe;

interface Entry {
  readonly method: number;
  readonly crc: number;
  readonly packed: Buffer;
  readonly size: number;
  readonly name: Buffer;
}

function entryOf({ name, content }: PackedFile): Entry {
  const deflated = deflateRawSync(content, { level: constants.Z_BEST_COMPRESSION });
  const smaller = deflated.length < content.length;
  return {
    method: smaller ? DEFLATED : STORED,
    crc: crc32(content),
    packed: smaller ? deflated : content,
    size: content.length,
    name: Buffer.from(name),
  };
}

/** The fields that stand in both places. */
function putFields(head: Buffer, at: number, { method, crc, packed, size, name }: Entry): void {
  head.writeUInt16LE(VERSION, at);
  head.writeUInt16LE(FLAGS, at + 2);
  head.writeUInt16LE(method, at + 4);
  head.writeUInt16LE(0, at + 6);
  head.writeUInt16LE(DAY, at + 8);
  head.writeUInt32LE(crc, at + 10);
  head.writeUInt32LE(packed.length, at + 14);
  head.writeUInt32LE(size, at + 18);
  head.writeUInt16LE(name.length, at + 22);
}

/** @throws RangeError where the files are more than 4 GiB or 65,534. */
export function zip(files: readonly PackedFile[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const file of files) {
    const entry = entryOf(file);
    const local = Buffer.alloc(LOCAL_BYTES);
    local.writeUInt32LE(LOCAL, 0);
    putFields(local, 4, entry);
    const central = Buffer.alloc(CENTRAL_BYTES);
    central.writeUInt32LE(CENTRAL, 0);
    central.writeUInt16LE(VERSION, 4);
    putFields(central, 6, entry);
    if (offset > MOST_BYTES || entry.size > MOST_BYTES || files.length > MOST_FILES)
      throw new RangeError('the files are too large or too many for a zip file');
    central.writeUInt32LE(offset, 42);
    parts.push(local, entry.name, entry.packed);
    directory.push(central, entry.name);
    offset += LOCAL_BYTES + entry.name.length + entry.packed.length;
  }
  const end = Buffer.alloc(END_BYTES);
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  end.writeUInt32LE(END, 0);
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

/**
 * Reads what {@link zip} wrote. What follows or precedes the files is refused, so that nothing can be hidden there.
 *
 * @throws RangeError that says where the file is no such zip file, or is damaged.
 */
export function unzip(bytes: Buffer, mostBytes: number): PackedFile[] {
  const end = bytes.length - END_BYTES;
  if (end < 0 || bytes.readUInt32LE(end) !== END) throw new RangeError('it does not end as a zip file does');
  const count = bytes.readUInt16LE(end + 10);
  const begin = bytes.readUInt32LE(end + 16);
  if (begin + bytes.readUInt32LE(end + 12) !== end) throw new RangeError('its directory is not where it should be');
  const files: PackedFile[] = [];
  const names = new Set<string>();
  let [at, left, expected] = [begin, mostBytes, 0];
  for (let i = 0; i < count; i++) {
    if (at + CENTRAL_BYTES > end || bytes.readUInt32LE(at) !== CENTRAL)
      throw new RangeError(`its directory breaks off at file ${i + 1}`);
    const [method, crc] = [bytes.readUInt16LE(at + 10), bytes.readUInt32LE(at + 16)];
    const [packed, size] = [bytes.readUInt32LE(at + 20), bytes.readUInt32LE(at + 24)];
    const nameBytes = bytes.readUInt16LE(at + 28);
    const offset = bytes.readUInt32LE(at + 42);
    const name = bytes.subarray(at + CENTRAL_BYTES, at + CENTRAL_BYTES + nameBytes).toString('utf8');
    if (names.has(name)) throw new RangeError(`${name} is in it twice`);
    names.add(name);
    const from = offset + LOCAL_BYTES + nameBytes;
    const local = bytes.subarray(offset + LOCAL_BYTES, from).toString('utf8');
    if (offset !== expected || from + packed > begin || bytes.readUInt32LE(offset) !== LOCAL || local !== name)
      throw new RangeError(`${name} is not where the directory says`);
    left -= size;
    if (left < 0) throw new RangeError('it is larger than what is read');
    const raw = bytes.subarray(from, from + packed);
    let content = raw;
    if (method === DEFLATED) {
      try {
        content = inflateRawSync(raw, { maxOutputLength: Math.max(1, size) });
      } catch {
        throw new RangeError(`${name} is damaged`);
      }
    } else if (method !== STORED) throw new RangeError(`${name} is packed in a way that is not read`);
    if (content.length !== size || crc32(content) !== crc) throw new RangeError(`${name} is damaged`);
    files.push({ name, content });
    expected = from + packed;
    at += CENTRAL_BYTES + nameBytes + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  if (at !== end || expected !== begin) throw new RangeError('something lies between its files');
  return files;
}
