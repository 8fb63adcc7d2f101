type Column = Float32Array | Float64Array | Int32Array | Uint8Array;

/**
 * A longer copy of a column, for more slots than before.
 *
 * @param length at least that of the old one.
 * @param fill what the new places hold. Default 0.
 */
export function grown<T extends Column>(old: T, length: number, fill = 0): T {
  const longer = new (old.constructor as new (length: number) => T)(length);
  longer.set(old);
  if (fill !== 0) longer.fill(fill, old.length);
  return longer;
}
