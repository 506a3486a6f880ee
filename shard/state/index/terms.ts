// Terms: what a text can be found by. Pure; no state.
//
//   "Don't feed the 黒猫たち!"   tokens   dont feed the 黒 猫 た ち
//                               terms    dont feed the 黒 猫 黒猫 猫た たち
//
// Scripts that put spaces between words give words. The others (Han, kana, Thai, ...) give each letter as a
// token and each pair of neighbors as a term, so that any part of a text of two letters is found; a single
// Han letter is often a word, so it is a term as well. A picture is a token. Every step is linear.
//
// A term may promise too much: two texts with the terms 東京 and 京都 need not hold 東京都. Who searches
// compares the tokens of what was found.

import { foldText } from '../../../protocol/text/case-fold.ts'
import { role, rolesAt } from '../../../protocol/text/characters.ts'

/** Tokens of one text that are looked at: a link of 4,096 units has more, and nobody looks for them. */
export const tokensPerTextMax = 512
/** UTF-16 code units of a token: what is longer is found by its start. */
export const tokenUnitsMax = 48

/** The tokens of a text in order; `kinds` says of each what it is. */
export type Tokens = {
  readonly words: string[]
  readonly kinds: number[]
  /** Of each the number of its run: tokens of one have nothing but spaces between them. Of plain texts only. */
  readonly runs?: readonly number[]
}

/** A word or a picture; a letter of a script without spaces; one with such a letter right before it. */
export const [spaced, unspaced, glued] = [0, 1, 2] as const

/** Joiners and variation selectors are part of what they stand in, and of no meaning to a search. */
const ignored = /\u200c|\u200d|[\ufe00-\ufe0f]/
/** They may stand in a hashtag, but end a word. */
const separators =
  /[\ua67e\u05be\u05f3\u05f4\uff5e\u301c\u309b\u309c\u30a0\u30fb\u3003\u0f0b\u0f0c\u00b7]/
const apostrophes = /['\u2019]/
const plain = /^[\n -~]*$/
/** A word, or what ends a run. */
const plainPiece = /[a-z0-9_]+(?:'(?=[a-z])[a-z0-9_]+)*|[^a-z0-9_' ]+/g
const han = /\p{Script=Han}/u

export function tokensOf(text: string): Tokens {
  const folded = foldText(text)
  // Three times as fast, and most texts are such.
  if (plain.test(folded)) return plainTokensOf(folded)
  const scanner = new Scanner()
  for (let at = 0; at < folded.length && scanner.hasRoom; ) {
    const length = folded.codePointAt(at)! > 0xffff ? 2 : 1
    scanner.take(folded, at, length)
    at += length
  }
  scanner.end(folded.length)
  return { words: scanner.words, kinds: scanner.kinds }
}

function plainTokensOf(folded: string): Tokens {
  const words: string[] = []
  const runs: number[] = []
  let run = 0
  for (const piece of folded.match(plainPiece) ?? []) {
    if (!isWordOfAscii(piece.charCodeAt(0))) {
      run++
      continue
    }
    const word = piece.includes("'") ? piece.replaceAll("'", '') : piece
    words.push(word.length > tokenUnitsMax ? word.slice(0, tokenUnitsMax) : word)
    runs.push(run)
    if (words.length === tokensPerTextMax) break
  }
  return { words, kinds: new Array<number>(words.length).fill(spaced), runs }
}

class Scanner {
  readonly words: string[] = []
  readonly kinds: number[] = []
  /** Where the word began that goes on; -1 outside of one. */
  #start = -1
  #folded = ''
  #wasUnspaced = false
  /** The word so far where something was left out of its middle. */
  #prefix = ''

  get hasRoom(): boolean {
    return this.words.length < tokensPerTextMax
  }

  take(folded: string, at: number, length: number): void {
    this.#folded = folded
    const code = folded.charCodeAt(at)
    const roles = rolesAt(folded, at)
    if (code < 0x80 ? isWordOfAscii(code) : isWord(roles, folded[at]!)) {
      this.#takeLetter(at, length, roles)
    } else if (length === 1 && this.#isInside(at, code)) {
      this.#prefix += folded.slice(this.#start, at)
      this.#start = at + 1
    } else {
      this.end(at)
      if (isPicture(folded, at, length)) this.#push(folded.slice(at, at + length), spaced)
    }
  }

  /** Ends the word that goes on, if one does. */
  end(at: number): void {
    this.#wasUnspaced = false
    if (this.#start < 0) return
    const word = this.#prefix + this.#folded.slice(this.#start, at)
    this.#start = -1
    this.#prefix = ''
    this.#push(word.slice(0, tokenUnitsMax), spaced)
  }

  #takeLetter(at: number, length: number, roles: number): void {
    const isUnspaced = (roles & role.letter) !== 0 && (roles & role.spacedWord) === 0
    if (isUnspaced) {
      const kind = this.#wasUnspaced ? glued : unspaced
      this.end(at)
      this.#push(this.#folded.slice(at, at + length), kind)
      this.#wasUnspaced = true
    } else if (this.#wasUnspaced && (roles & role.mark) !== 0) {
      this.words[this.words.length - 1] += this.#folded.slice(at, at + length)
    } else if (this.#start < 0) {
      this.#wasUnspaced = false
      this.#start = at
    }
  }

  /** Whether a character stands inside a word and is not part of it: `don't` is `dont`. */
  #isInside(at: number, code: number): boolean {
    if (this.#start < 0) return false
    if (code < 0x80 && code !== 0x27) return false
    const character = this.#folded[at]!
    if (ignored.test(character)) return true
    const next = this.#folded[at + 1]
    return apostrophes.test(character) && next !== undefined && isLetter(this.#folded, at + 1)
  }

  #push(word: string, kind: number): void {
    if (word === '' || !this.hasRoom) return
    this.words.push(word)
    this.kinds.push(kind)
  }
}

function isWordOfAscii(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39) || code === 0x5f
}

function isWord(roles: number, character: string): boolean {
  if ((roles & role.tag) === 0) return false
  return (
    (roles & (role.letter | role.mark)) !== 0 ||
    !(ignored.test(character) || separators.test(character))
  )
}

function isLetter(text: string, at: number): boolean {
  return (rolesAt(text, at) & role.letter) !== 0
}

function isPicture(text: string, at: number, length: number): boolean {
  if (length === 1) {
    const code = text.charCodeAt(at)
    return code >= 0x2600 && code <= 0x27bf
  }
  const point = text.codePointAt(at)!
  return point >= 0x1f000 && point <= 0x1faff
}

/** The terms of tokens, some of them more than once. */
export function termsOf({ words, kinds }: Tokens): string[] {
  const terms: string[] = []
  for (let place = 0; place < words.length; place++) {
    const word = words[place]!
    const kind = kinds[place]!
    const isAlone = kind === unspaced && kinds[place + 1] !== glued
    if (kind === spaced || isAlone || han.test(word)) terms.push(word)
    if (kind === glued) terms.push(words[place - 1]! + word)
  }
  return terms
}

/** Whether the tokens of a text hold others, one right after the other. */
export function holdTokens(text: readonly string[], wanted: readonly string[]): boolean {
  const last = text.length - wanted.length
  for (let start = text.indexOf(wanted[0]!); start >= 0 && start <= last; ) {
    let same = 1
    while (same < wanted.length && text[start + same] === wanted[same]) same++
    if (same === wanted.length) return true
    start = text.indexOf(wanted[0]!, start + 1)
  }
  return false
}

/** The name of the term for something that is no word: no word has a colon, `#` or `@` in it. */
export const termFor = {
  tag: (tag: string): string => `#${foldText(tag)}`,
  mention: (handle: string): string => `@${handle.toLowerCase()}`,
  author: (user: number): string => `from:${user}`,
  media: 'has:media',
} as const

/** 32 bits of a term, which is all that an index keeps of it. Source: FNV-1a (Fowler, Noll, Vo). */
export function fingerprintOf(term: string): number {
  return finished(hashOn(fnvBasis, term))
}

/** Of both with a space between them, which need not be one string for that. */
export function fingerprintOfPair(first: string, second: string): number {
  return finished(hashOn(hashOn(hashOn(fnvBasis, first), ' '), second))
}

const fnvBasis = 0x811c9dc5

function hashOn(start: number, text: string): number {
  let hash = start
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  }
  return hash
}

function finished(fnv: number): number {
  let hash = fnv
  // FNV leaves the low bits of short texts alike; a table takes those.
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  return (hash ^ (hash >>> 13)) >>> 0
}
