// Muted words: how one is compared with a text.
//
// Without regard to case and form (NFKC), and as a whole word: `rook` is in `#Rook!` and not in `rookery`.
// Scripts that put no spaces between words have no borders to look for: there a part is enough.

import { foldWord } from '../../protocol/text/fold-word.ts'

const wordCharacter = /[\p{L}\p{M}\p{N}_]/u
const spaceless =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u

/**
 * Whether a text has a word.
 * @param word as `foldWord` gives it
 */
export function hasWord(text: string, word: string): boolean {
  const folded = foldWord(text)
  for (let at = folded.indexOf(word); at >= 0; at = folded.indexOf(word, at + 1)) {
    const end = at + word.length
    const before = characterBefore(folded, at)
    const after = characterAt(folded, end)
    const isBegin = isBorder(before, characterAt(word, 0))
    if (isBegin && isBorder(characterBefore(word, word.length), after)) return true
  }
  return false
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
