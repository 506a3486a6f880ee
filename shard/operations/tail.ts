// What an answer adds behind the stored entries of a tweet or a user: three counts, and what the reader has to
// do with it.
//
//   … "counts" {3} "favorites" 7 "retweets" 0 "replies" 2 "viewer" {3} "favorited" yes …
//                              ^            ^           ^
// All but the three numbers is the same each time, so it is encoded once, as a form to be filled in: numbers
// below 128 take one byte in MessagePack, and are most. Larger ones are written piece by piece.

import { type Form, formOf, MessagePackWriter } from '../../protocol/message-pack.ts'

/** One byte holds the numbers below this. */
const oneByteEnd = 128

export class Tail {
  readonly #form: Form
  /** Where the three numbers stand in the form. */
  readonly #places: readonly [number, number, number]
  /** What stands before each number, and behind the last. */
  readonly #pieces: readonly [Uint8Array, Uint8Array, Uint8Array, Uint8Array]

  /** @param counts their names; `viewer` is left out for nobody in particular */
  constructor(counts: readonly [string, string, string], viewer?: ReadonlyMap<string, boolean>) {
    const writer = new MessagePackWriter()
    writer.text('counts')
    writer.map(counts.length)
    const [first, second, third] = counts.map((name) => {
      writer.text(name)
      writer.integer(0)
      return writer.length - 1
    }) as [number, number, number]
    if (viewer !== undefined) {
      writer.text('viewer')
      writer.map(viewer.size)
      for (const [name, value] of viewer) {
        writer.text(name)
        writer.boolean(value)
      }
    }
    const bytes = writer.copy()
    this.#places = [first, second, third]
    this.#pieces = [
      bytes.subarray(0, first),
      bytes.subarray(first + 1, second),
      bytes.subarray(second + 1, third),
      bytes.subarray(third + 1),
    ]
    this.#form = formOf(bytes)
  }

  /** Writes it behind the entries of a map that was begun with room for it. */
  write(writer: MessagePackWriter, first: number, second: number, third: number): void {
    if (first < oneByteEnd && second < oneByteEnd && third < oneByteEnd) {
      const at = writer.form(this.#form)
      const { bytes } = writer
      const places = this.#places
      bytes[at + places[0]] = first
      bytes[at + places[1]] = second
      bytes[at + places[2]] = third
      return
    }
    const pieces = this.#pieces
    writer.raw(pieces[0])
    writer.integer(first)
    writer.raw(pieces[1])
    writer.integer(second)
    writer.raw(pieces[2])
    writer.integer(third)
    writer.raw(pieces[3])
  }
}

/**
 * The tails for each combination of the flags that vary: the first is bit 0. All others are false.
 * @param names of all flags, in the order of the answer
 */
export function tailsOf(
  counts: readonly [string, string, string],
  { names, varying }: { names: readonly string[]; varying: readonly string[] },
): readonly Tail[] {
  return Array.from({ length: 2 ** varying.length }, (_, flags) => {
    const isSet = (name: string): boolean => (flags & (1 << varying.indexOf(name))) !== 0
    return new Tail(
      counts,
      new Map(names.map((name) => [name, varying.includes(name) && isSet(name)])),
    )
  })
}
