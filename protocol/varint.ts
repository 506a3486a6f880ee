// Integers of seven bits a byte, the low ones first, as many bytes as it takes: small ones are one byte.

/**
 * Writes an integer from 0 to below 2^53 at a place that has room for it.
 * @returns the place behind it
 */
export function writeVarint(bytes: Uint8Array, at: number, value: number): number {
  let place = at
  let rest = value
  // Beyond 31 bits the operators on bits do not reach.
  while (rest >= 0x8000_0000) {
    bytes[place++] = (rest % 128) | 128
    rest = Math.floor(rest / 128)
  }
  while (rest >= 128) {
    bytes[place++] = (rest & 127) | 128
    rest >>>= 7
  }
  bytes[place++] = rest
  return place
}
