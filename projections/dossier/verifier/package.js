// An opened package: the files of the one bag in the zip, by name relative to it, read within limits (FORMAT.md §8).
import { crc32, hexDigest, Sha256 } from "./digest.js";
import { hex } from "./octets.js";
import { listMembers, Octets } from "./zip.js";

const CHUNK = 8 << 20;

export class Package {
  constructor(file, { members, base, deviation }) {
    this.file = file;
    this.base = base;
    this.deviation = deviation;
    this.names = members.map(({ name }) => name);
    this.members = new Map(members.map((member) => [member.name, member]));
  }

  /** The package in a Blob; Fault "not-a-package" if it can't be opened as one bag. */
  static async open(blob) {
    const file = await Octets.of(blob);
    return new Package(file, await listMembers(file));
  }

  has(name) {
    return this.members.has(name);
  }

  size(name) {
    return this.members.get(name).size;
  }

  crc(name) {
    return this.members.get(name).crc;
  }

  /** A file's octets; null if it isn't there or has more than `limit`. */
  async read(name, limit) {
    if (!this.has(name) || this.size(name) > limit) return null;
    return this.file.at(this.members.get(name).start, this.size(name));
  }

  /** SHA-256 in hexadecimal and CRC-32 of a file; big ones piece by piece. */
  async sums(name) {
    const { start, size } = this.members.get(name);
    if (size <= CHUNK) {
      const octets = await this.file.at(start, size);
      return [await hexDigest(octets), crc32(octets)];
    }
    const running = new Sha256();
    let checksum = 0;
    for (let at = 0; at < size; at += CHUNK) {
      const octets = await this.file.at(start + at, Math.min(CHUNK, size - at));
      running.update(octets);
      checksum = crc32(octets, checksum);
    }
    return [hex(running.finish()), checksum];
  }
}
