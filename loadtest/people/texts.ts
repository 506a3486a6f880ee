// Tweet texts as people write them: short and long, plain and full of mentions, hashtags, links and
// emoji, in ten scripts. Every text is valid: NFC, no space at its ends, weight 1 to 280.
//
// The weight is counted here piece by piece, by the published rules and not by the server's own code,
// so that a generated text of weight 280 is a test of the server's count.

import type { Random } from '../std/random.ts'
import type { Script } from './words.ts'
import { emojis, hashtags, scripts, urls } from './words.ts'

/** The greatest weight of a tweet, and what a link and an emoji weigh (twitter-text 3). */
export const textWeightMax = 280
const urlWeight = 23
const emojiWeight = 2

type Piece = { readonly text: string; readonly weight: number }

/** What is put between the words, as bounds of one draw from 0 to 1: the rest are words. */
const bounds = { mention: 0.05, hashtag: 0.1, url: 0.12, emoji: 0.18 } as const
const lineBreakShare = 0.01
const stopShare = 0.1
/** Texts that fill the last place. */
const fullShare = 0.05

/** Makes texts. The same seed and handles give the same texts in the same order. */
export class TextGenerator {
  readonly #random: Random
  readonly #handles: readonly string[]

  /** @param handles of existing users, for mentions; may be empty */
  constructor(random: Random, handles: readonly string[]) {
    this.#random = random
    this.#handles = handles
  }

  /** The next text. */
  next(): string {
    return this.nextOfWeight(this.#chooseWeight())
  }

  /** A text of exactly this weight, 1 to 280. */
  nextOfWeight(weight: number): string {
    const script = this.#chooseScript()
    let text = ''
    let left = weight
    while (left > 0) {
      const joint = this.#jointAfter(text, script)
      const piece = this.#choosePiece(script)
      const fits = joint.length + piece.weight <= left
      if (fits) text += joint + piece.text
      else return text + filler(left, text)
      left -= joint.length + piece.weight
    }
    return text
  }

  /** Most texts are short, some are exactly full, the others lie between. */
  #chooseWeight(): number {
    const random = this.#random
    if (random.chance(fullShare)) return textWeightMax
    const share = random.fraction()
    return 1 + Math.floor(share ** 1.5 * (textWeightMax - 1))
  }

  #chooseScript(): Script {
    let share = this.#random.below(shareTotal)
    for (const script of scripts) {
      share -= script.share
      if (share < 0) return script
    }
    return scripts[0]!
  }

  /** What goes before the next piece. Weighs its length: 0 or 1. */
  #jointAfter(text: string, script: Script): string {
    if (text === '') return ''
    if (this.#random.chance(lineBreakShare)) return '\n'
    return script.joint === '' && isWord.test(text) && this.#random.chance(0.8) ? '' : ' '
  }

  #choosePiece(script: Script): Piece {
    const random = this.#random
    const drawn = random.fraction()
    if (drawn < bounds.mention && this.#handles.length > 0) {
      return light(`@${random.pick(this.#handles)}`)
    }
    if (drawn < bounds.hashtag) return light(random.pick(hashtags))
    if (drawn < bounds.url) return { text: random.pick(urls), weight: urlWeight }
    if (drawn < bounds.emoji) return { text: random.pick(emojis), weight: emojiWeight }
    const word = random.pick(script.words)
    return light(random.chance(stopShare) ? `${word}${script.stop}`.trimEnd() : word)
  }
}

const shareTotal = scripts.reduce((sum, script) => sum + script.share, 0)

/** Ends in a letter or mark of a script without spaces, so that the next word may touch it. */
const isWord = /[\p{sc=Thai}\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}ー]$/u

/** The end of a text that has to have exactly this weight: letters, as if someone laughed. */
function filler(weight: number, before: string): string {
  if (before === '') return 'ha'.repeat(weight).slice(0, weight)
  return weight === 1 ? '!' : ` ${'ha'.repeat(weight).slice(0, weight - 1)}`
}

/** A piece that is neither link nor emoji: it weighs what its characters do. */
function light(text: string): Piece {
  let weight = 0
  for (const character of text) weight += weightOf(character.codePointAt(0)!)
  return { text, weight }
}

/** 1 in the ranges that twitter-text 3 lists (its 100 of 200), else 2. */
function weightOf(point: number): number {
  if (point <= 4351 || (point >= 8192 && point <= 8205)) return 1
  return (point >= 8208 && point <= 8223) || (point >= 8242 && point <= 8247) ? 1 : 2
}
