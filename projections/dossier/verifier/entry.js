// One entry of an act's evidence: what the vault holds, always plain, and what it is, plain or withheld (FORMAT.md §2).
import * as shape from "./shapes.js";

const ALWAYS = ["object", "blob", "size", "version", "class", "slot"];
const MAY = ["sha256", "length", "media", "name", "title", "_sd"];
const VERSION = 1 << 10;

export function checkedEntry(value, place) {
  shape.mapping(value, place);
  shape.members(value, [...ALWAYS, ...MAY.filter((name) => name in value)], place);
  shape.uuid7(value.object, `${place}.object`);
  shape.digestText(value.blob, `${place}.blob`);
  shape.integer(value.size, `${place}.size`);
  if (value.version !== null) shape.text(value.version, `${place}.version`, VERSION);
  shape.code(value.class, `${place}.class`);
  shape.code(value.slot, `${place}.slot`);
  described(value, place);
}

/** Shapes of the describing members that are there, disclosed ones too. */
export function described(value, place) {
  if ("sha256" in value) shape.hexText(value.sha256, `${place}.sha256`);
  if ("length" in value) shape.integer(value.length, `${place}.length`);
  for (const name of ["media", "name", "title"]) if (name in value) shape.text(value[name], `${place}.${name}`);
}
