// Normalisation that cannot be made slow. Owned by the text rules.
//
// NFC sorts the marks of a letter, and engines do so in time that grows with the square of their
// number: 4,096 marks on one letter take some 20 ms. No language puts more than a handful there,
// and Unicode itself draws the line at 30 (UAX #15, Stream-Safe Text Format): more are not sorted.

import { role, rolesOfUnit } from './characters.ts'

/** The most combining marks in a row, by the Stream-Safe Text Format of Unicode. */
export const marksInRowMax = 30

const tooManyMarks = new RegExp(`\\p{M}{${marksInRowMax + 1}}`, 'u')

/**
 * The text in Normalization Form C, in linear time.
 * @returns undefined where more than 30 combining marks follow each other.
 */
export function toNfc(text: string): string | undefined {
  if (mayHaveTooManyMarks(text) && tooManyMarks.test(text)) return undefined
  return text.normalize('NFC')
}

/**
 * A quick no for almost every text. Half a surrogate pair may be half a mark, and counts as one.
 */
function mayHaveTooManyMarks(text: string): boolean {
  let inRow = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if ((code & 0xf800) !== 0xd800 && (rolesOfUnit(code) & role.mark) === 0) inRow = 0
    else if (++inRow > marksInRowMax) return true
  }
  return false
}
