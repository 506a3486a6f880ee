// How long a text is, by the measure that people see counting down while they type.
//
// A character of most alphabets weighs 1; one of a script that says more in a character (Chinese,
// Japanese, Korean) weighs 2, so that a tweet holds about as much in every language. A link weighs
// 23 however long it is, and an emoji 2, however many code points it is made of.
// Source: twitter-text 3, configuration 3 (scale 100; there the weights are 100 and 200).

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
// Unicode Technical Standard 51, section 1.4.9, with the bound above. It is written by properties that
// never change once given, and not as `\p{RGI_Emoji}`, so that a browser older than the server
// counts like the server.
const emojiSequence = new RegExp(
  [
    '\\p{Regional_Indicator}{2}',
    '[0-9#*]\\uFE0F?\\u20E3',
    '\\u{1F3F4}[\\u{E0030}-\\u{E0039}\\u{E0061}-\\u{E007A}]{2,6}\\u{E007F}',
    `${pictograph}(?:\\u200D${pictograph}){0,${joinedEmojiMax - 1}}`,
  ].join('|'),
  'uy',
)

/**
 * The weighted length of a text, normalised to NFC first. At most `tweetTextMax` fits a tweet.
 * Linear in the length of the text.
 */
export function weightedLength(text: string): number {
  return weightOfNormalized(text.normalize('NFC'))
}

/** `weightedLength` of a text that is in NFC already: the server normalises once. */
export function weightOfNormalized(text: string): number {
  const links = linksOf(text)
  let weight = 0
  let next = 0
  let at = 0
  while (at < text.length) {
    const link = links[next]
    if (link !== undefined && link.start === at) {
      weight += linkWeight
      at = link.end
      next++
      continue
    }
    const emojiEnd = mayBeginEmoji(text, at) ? endOfEmoji(text, at) : at
    if (emojiEnd > at) {
      weight += defaultWeight
      at = emojiEnd
      continue
    }
    const code = text.charCodeAt(at)
    weight += weightOf(code)
    at += isPairStart(text, at, code) ? 2 : 1
  }
  return weight
}

const noLinks: readonly Span[] = []

function linksOf(text: string): readonly Span[] {
  if (!text.includes('.')) return noLinks
  return scanText(text).filter((span) => span.kind === 'url')
}

function weightOf(code: number): number {
  if (code <= 0x10ff) return lightWeight
  const isLight =
    (code >= 0x2000 && code <= 0x200d) ||
    (code >= 0x2010 && code <= 0x201f) ||
    (code >= 0x2032 && code <= 0x2037)
  return isLight ? lightWeight : defaultWeight
}

function isPairStart(text: string, at: number, code: number): boolean {
  return (code & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00
}

/** A quick no for almost every character, so that the expression runs at emoji only. */
function mayBeginEmoji(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  if (code < 0x2000) {
    if (code >= 0x80 && code !== 0xa9 && code !== 0xae) return false
    const next = text.charCodeAt(at + 1)
    return next === 0xfe0f || next === 0x20e3
  }
  const isSymbol = code <= 0x2bff || (code >= 0x3030 && code <= 0x3299)
  return isSymbol || (code >= 0xd83c && code <= 0xd83e)
}

function endOfEmoji(text: string, at: number): number {
  emojiSequence.lastIndex = at
  return emojiSequence.test(text) ? emojiSequence.lastIndex : at
}
