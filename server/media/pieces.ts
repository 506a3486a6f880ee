// A file that is kept in pieces: stretches of the file that came, with a few bytes of ours in between.
//
// What is taken out of a file is never copied anywhere first: whoever reads a format says what of it stays, and the
// pieces are then written one after the other. Neighbors become one, so a file of which all stays is one piece.

import type { Orientation } from './exif.ts'
import { piecesMax } from './limits.ts'

export type Piece =
  | { readonly kind: 'stretch'; readonly from: number; readonly to: number }
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'zeros'; readonly count: number }

/** What stays of a photo or video, and how it is turned. */
export type Cleaned = { readonly pieces: Pieces; readonly orientation: Orientation }

export class Pieces {
  readonly #pieces: Piece[] = []

  get all(): readonly Piece[] {
    return this.#pieces
  }

  /** Whether there are more than one file may have. */
  get isTooMany(): boolean {
    return this.#pieces.length > piecesMax
  }

  /** Keeps the bytes from `from` up to `to`, which is not kept. */
  keep(from: number, to: number): void {
    if (to <= from) return
    const last = this.#pieces.at(-1)
    if (last?.kind === 'stretch' && last.to === from) {
      this.#pieces[this.#pieces.length - 1] = { ...last, to }
    } else {
      this.#pieces.push({ kind: 'stretch', from, to })
    }
  }

  add(bytes: Buffer): void {
    this.#pieces.push({ kind: 'bytes', bytes })
  }

  addZeros(count: number): void {
    this.#pieces.push({ kind: 'zeros', count })
  }

  put(piece: Piece): void {
    if (piece.kind === 'stretch') this.keep(piece.from, piece.to)
    else this.#pieces.push(piece)
  }

  /** Whether they are nothing but a whole file of so many bytes. */
  isWhole(bytes: number): boolean {
    const [first] = this.#pieces
    const isOne = this.#pieces.length === 1 && first?.kind === 'stretch'
    return isOne && first.from === 0 && first.to === bytes
  }

  /** How many bytes they have in all. */
  get bytes(): number {
    return this.#pieces.reduce((sum, piece) => sum + lengthOf(piece), 0)
  }
}

function lengthOf(piece: Piece): number {
  if (piece.kind === 'stretch') return piece.to - piece.from
  return piece.kind === 'bytes' ? piece.bytes.length : piece.count
}
