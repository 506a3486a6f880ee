// What a file is, by its first bytes: its name and what its sender says of it count for nothing.

import type { MediaType } from '../../protocol/media.ts'

/** Brands of MP4 that browsers play. QuickTime (`qt  `) and pictures (`heic`, `avif`) have others. */
const mp4Brands = /^(isom|iso[2-9]|mp4[12]|mp71|avc1|M4V |MSNV|dash|mmp4|3gp[4-9])$/

/**
 * The type of a file; undefined for one that is not taken.
 * @param head its first 64 bytes, or all of them where there are fewer
 */
export function fileTypeOf(head: Buffer): MediaType | undefined {
  const text = head.toString('latin1', 0, 16)
  if (text.startsWith('\xff\xd8\xff')) return 'jpg'
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'png'
  if (text.startsWith('GIF87a') || text.startsWith('GIF89a')) return 'gif'
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'WEBP') return 'webp'
  if (text.slice(4, 8) === 'ftyp' && mp4Brands.test(text.slice(8, 12))) return 'mp4'
  // Matroska has the same first bytes, and another name of its kind.
  if (text.startsWith('\x1a\x45\xdf\xa3') && head.includes('\x42\x82\x84webm', 0, 'latin1')) {
    return 'webm'
  }
  return undefined
}
