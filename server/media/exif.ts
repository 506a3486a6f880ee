// The one thing in a photo's metadata that matters to whoever looks at it: how it is to be turned.
//
//   EXIF = TIFF:  II|MM 42 offset -> count, entries of 12 bytes: tag, type, count, value
//
// Everything else in there (where it was taken, when, by which camera, a smaller picture of what was cut away) is
// nobody's business. Source: CIPA DC-008 (Exif 2.32), sections 4.5 and 4.6.4.

/** 1: as it is; 2, 3, 4: mirrored or upside down; 5 to 8: on its side, so that width and height change places. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8

export const upright: Orientation = 1

/** Before the TIFF in a JPEG, and often in a WebP. */
export const exifMark = Buffer.from('Exif\0\0', 'latin1')
const orientationTag = 0x0112
const shortType = 3
const entryBytes = 12

export function isOnItsSide(orientation: Orientation): boolean {
  return orientation >= 5
}

/** @param bytes the TIFF, with or without the mark before it. What cannot be read is upright. */
export function orientationOf(bytes: Buffer): Orientation {
  const tiff = bytes.subarray(0, exifMark.length).equals(exifMark)
    ? bytes.subarray(exifMark.length)
    : bytes
  const order = tiff.toString('latin1', 0, 4)
  const isLittle = order === 'II*\0'
  if ((!isLittle && order !== 'MM\0*') || tiff.length < 8) return upright
  const short = (at: number) => (isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at))
  const start = isLittle ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4)
  if (start + 2 > tiff.length) return upright
  const count = short(start)
  for (let entry = 0; entry < count; entry++) {
    const at = start + 2 + entry * entryBytes
    if (at + entryBytes > tiff.length) return upright
    if (short(at) !== orientationTag) continue
    const value = short(at + 8)
    return short(at + 2) === shortType && value >= 1 && value <= 8
      ? (value as Orientation)
      : upright
  }
  return upright
}

/** A TIFF that says how a photo is to be turned, and nothing else. */
export function tiffOf(orientation: Orientation): Buffer {
  const tiff = Buffer.alloc(26)
  tiff.write('II*\0', 'latin1')
  tiff.writeUInt32LE(8, 4)
  tiff.writeUInt16LE(1, 8)
  tiff.writeUInt16LE(orientationTag, 10)
  tiff.writeUInt16LE(shortType, 12)
  tiff.writeUInt32LE(1, 14)
  tiff.writeUInt16LE(orientation, 18)
  return tiff
}
