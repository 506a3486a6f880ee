// A sum of hashed facts: what a digest is made of. A sum does not mind the order.
//
// Two lanes of 32 bits with different multipliers; mixing as in MurmurHash3 by Austin Appleby (public
// domain). It finds mistakes, not forgeries.

import { highOf } from '../state/memory/id-table.ts'

/** A sum of hashed facts: `begin`, then what the fact says, then `add`. */
export class FactSum {
  #first = 0
  #second = 0
  #firstSum = 0
  #secondSum = 0

  begin(kind: number, id: number): void {
    this.#first = kind
    this.#second = ~kind
    this.number(id)
  }

  /** @param value a safe integer that is not negative */
  number(value: number): void {
    this.#word(value | 0)
    this.#word(highOf(value))
  }

  bytes(bytes: Uint8Array): void {
    const { length } = bytes
    this.#word(length)
    let at = 0
    for (; at + 4 <= length; at += 4) {
      this.#word(
        bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24),
      )
    }
    let rest = 0
    for (; at < length; at++) rest = (rest << 8) | bytes[at]!
    this.#word(rest)
  }

  text(text: string): void {
    this.#word(text.length)
    for (let at = 0; at < text.length; at += 2) {
      this.#word(text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16))
    }
  }

  add(): void {
    this.#firstSum = (this.#firstSum + finished(this.#first)) | 0
    this.#secondSum = (this.#secondSum + finished(this.#second)) | 0
  }

  digest(): string {
    return hex(this.#firstSum) + hex(this.#secondSum)
  }

  #word(word: number): void {
    const first = Math.imul(this.#first ^ Math.imul(word, 0xcc9e2d51), 0x1b873593)
    this.#first = (((first << 13) | (first >>> 19)) + 0x1656_67b1) | 0
    const second = Math.imul(this.#second ^ Math.imul(word, 0x85ebca77), 0xc2b2ae3d)
    this.#second = (((second << 17) | (second >>> 15)) + 0x27d4_eb2f) | 0
  }
}

function finished(lane: number): number {
  let hash = Math.imul(lane ^ (lane >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}

function hex(lane: number): string {
  return (lane >>> 0).toString(16).padStart(8, '0')
}
