// Writes what stays of a file into another one, weighing and hashing it on the way, 64 KB at a time.

import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { readBytes } from './limits.ts'
import type { Pieces } from './pieces.ts'

/**
 * Puts pieces together.
 * @returns how many bytes they have, and their SHA-256
 */
export async function writePieces(
  pieces: Pieces,
  { from, to }: { readonly from: FileHandle; readonly to: FileHandle },
): Promise<{ readonly bytes: number; readonly digest: Buffer }> {
  const hash = createHash('sha256')
  const buffer = Buffer.alloc(readBytes)
  let bytes = 0
  const write = async (part: Buffer): Promise<void> => {
    hash.update(part)
    bytes += part.length
    await to.writeFile(part)
  }
  for (const piece of pieces.all) {
    if (piece.kind === 'bytes') {
      await write(piece.bytes)
    } else if (piece.kind === 'zeros') {
      buffer.fill(0)
      for (let left = piece.count; left > 0; left -= readBytes) {
        await write(buffer.subarray(0, Math.min(left, readBytes)))
      }
    } else {
      for (let at = piece.from; at < piece.to; ) {
        const length = Math.min(piece.to - at, readBytes)
        const { bytesRead } = await from.read({ buffer, length, position: at })
        if (bytesRead === 0) throw new Error('a file was cut while it was read')
        await write(buffer.subarray(0, bytesRead))
        at += bytesRead
      }
    }
  }
  return { bytes, digest: hash.digest() }
}
