// Word matcher: whether a text has one of many words, in one pass over the text however many there are.
//
// Without regard to case and form (NFKC), and as a whole word: `rook` is in `#Rook!` and not in `rookery`.
// Scripts that put no spaces between words have no borders to look for: there a part is enough.
//
// The words are a tree of their characters. Where the next character of the text leads no further down, the look
// goes on at the longest end of what it has seen that is the beginning of another word: Aho and Corasick, Efficient
// String Matching, 1975.
//
//   rook, oak, okay     text  r o o k a y        r-o-o -k: rook        "ok" begins okay as well: go on there

import { foldWord } from '../../protocol/text/fold-word.ts'

const wordCharacter = /[\p{L}\p{M}\p{N}_]/u
const spaceless =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u

/** A text as it is looked through: folded once, whoever's words are looked for. */
export class FoldedText {
  readonly text: string
  /** For each place whether a word may begin or end before it; 0 where nobody has asked. */
  readonly #borders: Uint8Array

  constructor(text: string) {
    this.text = foldWord(text)
    this.#borders = new Uint8Array(this.text.length + 1)
  }

  /** Whether a word may begin or end between the character before this place and the one behind it. */
  isBorder(at: number): boolean {
    if (this.#borders[at] === unasked) {
      const left = characterBefore(this.text, at)
      this.#borders[at] = isBorder(left, characterAt(this.text, at)) ? border : noBorder
    }
    return this.#borders[at] === border
  }
}

const [unasked, border, noBorder] = [0, 1, 2] as const

/** The number of the tree's root, and what stands for no node. */
const root = 0
/** Code units that have a mark of their own for whether a word begins with them. */
const marked = 128

export class WordMatcher {
  /** Node and code unit, as one number, to the node below. */
  readonly #below = new Map<number, number>()
  /** Node to the node of its longest end that is a beginning too. */
  readonly #ends: Int32Array
  /** Node to the length of the word that it completes, or 0. */
  readonly #lengths: Int32Array
  /** Node to the next of its ends that completes a word, or the root. */
  readonly #shorter: Int32Array
  readonly #begins = new Uint8Array(marked)
  readonly nodeCount: number

  /** @param words as `foldWord` gives them, none of them empty */
  constructor(words: readonly string[]) {
    const [parents, codes, lengths] = [[root], [0], [0]]
    const levels: number[][] = []
    for (const word of words) {
      let node = root
      for (let at = 0; at < word.length; at++) {
        const code = word.charCodeAt(at)
        let next = this.#below.get(keyOf(node, code))
        if (next === undefined) {
          next = parents.push(node) - 1
          codes.push(code)
          lengths.push(0)
          const level = levels[at]
          if (level === undefined) levels[at] = [next]
          else level.push(next)
          this.#below.set(keyOf(node, code), next)
        }
        node = next
      }
      lengths[node] = word.length
      if (word.charCodeAt(0) < marked) this.#begins[word.charCodeAt(0)] = 1
    }
    this.nodeCount = parents.length
    this.#lengths = Int32Array.from(lengths)
    this.#ends = new Int32Array(this.nodeCount)
    this.#shorter = new Int32Array(this.nodeCount)
    // From the root down, as the end of a node is nearer to the root than the node.
    for (const level of levels.slice(1)) {
      for (const node of level) this.#link(node, { parent: parents[node]!, code: codes[node]! })
    }
  }

  #link(node: number, { parent, code }: { readonly parent: number; readonly code: number }): void {
    const end = this.#step(this.#ends[parent]!, code)
    this.#ends[node] = end
    this.#shorter[node] = this.#lengths[end]! > 0 ? end : this.#shorter[end]!
  }

  /** Whether one of the words is in the text. */
  isIn(folded: FoldedText): boolean {
    const { text } = folded
    let node = root
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at)
      if (node === root && code < marked && this.#begins[code] === 0) continue
      node = this.#step(node, code)
      const isEnd = this.#lengths[node]! > 0 || this.#shorter[node] !== root
      if (isEnd && folded.isBorder(at + 1) && this.#hasBegun(folded, node, at + 1)) return true
    }
    return false
  }

  /** Whether one of the words that end here began as a word does. */
  #hasBegun(folded: FoldedText, node: number, end: number): boolean {
    for (let one = node; one !== root; one = this.#shorter[one]!) {
      const length = this.#lengths[one]!
      if (length > 0 && folded.isBorder(end - length)) return true
    }
    return false
  }

  #step(from: number, code: number): number {
    for (let node = from; ; node = this.#ends[node]!) {
      const next = this.#below.get(keyOf(node, code))
      if (next !== undefined) return next
      if (node === root) return root
    }
  }
}

function keyOf(node: number, code: number): number {
  return node * 65_536 + code
}

/** Whether a word may end between two characters, of which one may be none. */
function isBorder(left: string, right: string): boolean {
  if (!wordCharacter.test(left) || !wordCharacter.test(right)) return true
  return spaceless.test(left) || spaceless.test(right)
}

function characterAt(text: string, at: number): string {
  const code = text.codePointAt(at)
  return code === undefined ? '' : String.fromCodePoint(code)
}

function characterBefore(text: string, at: number): string {
  if (at === 0) return ''
  const isPair = /[\udc00-\udfff]/.test(text[at - 1]!)
  return characterAt(text, isPair && at > 1 ? at - 2 : at - 1)
}
