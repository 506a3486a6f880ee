// How long a text is, by the measure that people see counting down while they type.
//
// A character of most alphabets weighs 1; one of a script that says more in a character (Chinese,
// Japanese, Korean) weighs 2, so that a tweet holds about as much in every language. A link weighs
// 23 however long it is, and an emoji 2, however many code points it is made of.
// Source: twitter-text 3, configuration 3 (scale 100; there the weights are 100 and 200).

import { toNfc } from './nfc.ts'
import { type Span, scanText } from './scan.ts'

/** The greatest weight of a tweet. */
export const tweetTextMax = 280
/** What a link weighs. */
export const linkWeight = 23
const lightWeight = 1
const defaultWeight = 2

/**
 * The most emoji joined into one that weigh 2. The longest that are drawn as one are families and
 * couples of four; without a bound, a whole tweet of joined emoji would weigh 2.
 */
const joinedEmojiMax = 4

const pictograph = '\\p{Extended_Pictographic}\\p{Emoji_Modifier}?\\uFE0F?'
// Unicode Technical Standard 51, section 1.4.9, with the bound above. It is written by properties
// that hold for emoji of the future too, and not as `\p{RGI_Emoji}`, so that a browser older than
// the server counts like the server.
const emojiSequence = new RegExp(
  [
    '\\p{Regional_Indicator}{2}',
    '\\u{1F3F4}[\\u{E0030}-\\u{E0039}\\u{E0061}-\\u{E007A}]{2,6}\\u{E007F}',
    `${pictograph}(?:\\u200D${pictograph}){0,${joinedEmojiMax - 1}}`,
  ].join('|'),
  'uy',
)
const emojiStyle = 0xfe0f
const keycap = 0x20e3

/**
 * The weighted length of a text, normalised to NFC first. At most `tweetTextMax` fits a tweet.
 * Linear in the length of the text. More than 30 combining marks in a row, which no tweet may have,
 * are weighed as they are.
 */
export function weightedLength(text: string): number {
  return weightOfNormalized(toNfc(text) ?? text)
}

/** `weightedLength` of a text that is in NFC already: the server normalises once. */
export function weightOfNormalized(text: string): number {
  let weight = 0
  let at = 0
  for (const link of linksOf(text)) {
    weight += weightBetween(text, at, link.start) + linkWeight
    at = link.end
  }
  return weight + weightBetween(text, at, text.length)
}

const noLinks: readonly Span[] = []

function linksOf(text: string): readonly Span[] {
  if (!text.includes('.')) return noLinks
  return scanText(text).filter((span) => span.kind === 'url')
}

function weightBetween(text: string, start: number, end: number): number {
  let weight = 0
  let at = start
  while (at < end) {
    const code = text.charCodeAt(at)
    if (code <= 0x10ff) {
      weight += lightWeight
      at++
    } else if (code === emojiStyle || code === keycap) {
      weight += weightOfEmojiMark(text, start, at)
      at++
    } else {
      weight += isLightPunctuation(code) ? lightWeight : defaultWeight
      at = endOfCharacter(text, at, code)
    }
  }
  return weight
}

function isLightPunctuation(code: number): boolean {
  if (code < 0x2000 || code > 0x2037) return false
  return code <= 0x200d || (code >= 0x2010 && code <= 0x201f) || code >= 0x2032
}

/**
 * What a mark adds that makes the light character before it an emoji: `1`, U+FE0F, U+20E3 is a
 * keycap, `©`, U+FE0F an emoji. The two weigh `defaultWeight` together; anywhere else the mark
 * weighs as itself.
 */
function weightOfEmojiMark(text: string, start: number, at: number): number {
  // What stands before `start` is a link, and weighs what a link weighs.
  const before = at > start ? text.charCodeAt(at - 1) : Number.NaN
  const rest = defaultWeight - lightWeight
  if (text.charCodeAt(at) === emojiStyle) {
    const isKeycap = isKeycapBase(before) && text.charCodeAt(at + 1) === keycap
    return isKeycap || before === 0xa9 || before === 0xae ? rest : defaultWeight
  }
  if (before === emojiStyle && at - 2 >= start && isKeycapBase(text.charCodeAt(at - 2))) return 0
  return isKeycapBase(before) ? rest : defaultWeight
}

function isKeycapBase(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || code === 0x23 || code === 0x2a
}

/**
 * Behind the emoji or the code point at `at`. The expression runs only where an emoji can begin.
 */
function endOfCharacter(text: string, at: number, code: number): number {
  if (mayBeginEmoji(code)) {
    emojiSequence.lastIndex = at
    if (emojiSequence.test(text)) return emojiSequence.lastIndex
  }
  const isPair = (code & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00
  return at + (isPair ? 2 : 1)
}

function mayBeginEmoji(code: number): boolean {
  if (code <= 0x2bff) return code >= 0x203c
  if (code >= 0xd83c) return code <= 0xd83e
  return code === 0x3030 || code === 0x303d || code === 0x3297 || code === 0x3299
}
