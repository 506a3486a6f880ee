// What a text must be before anything else sees it: real Unicode, in one form, without control
// characters, and not too long. The gateway checks every text with this, the web client while
// people type; the shard trusts it.
//
// Input is hostile: the length in code units is looked at before anything else, and every step
// after that is linear.

import { toNfc } from './nfc.ts'
import { handleMax } from './scan.ts'
import { tweetTextMax, weightOfNormalized } from './weight.ts'

/**
 * Why a text is refused. `not_unicode`: half a surrogate pair, or a code point that is no
 * character. `too_long` is also a letter with more than 30 combining marks.
 */
export type TextRefusal = 'empty' | 'too_long' | 'control_character' | 'not_unicode'
export type TextCheck = { ok: true; text: string } | { ok: false; reason: TextRefusal }

/** `bad_character`: other than A-Z, a-z, 0-9 and `_`. */
export type HandleRefusal = 'empty' | 'too_long' | 'bad_character'
export type HandleCheck = { ok: true; text: string } | { ok: false; reason: HandleRefusal }

/**
 * The most UTF-16 code units of any text, before normalising. 140 emoji of the longest kind take
 * 2,100, and 280 letters with three loose accents each 1,120: only links of many hundred
 * characters, which weigh 23 each, come near it.
 */
export const textUnitsMax = 4096
/** The longest display name, in code points. */
export const nameMax = 50
/** The greatest weight of a profile's text. */
export const bioMax = 160
/** The longest text in place of a photo, in code points. */
export const altTextMax = 1_000

const visible = /[^\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\u2800]/u
// A name stands in lines that others wrote: it must not turn their direction, nor break them.
const breaksLine = /[\n\u2028\u2029\u202A-\u202E\u2066-\u2069]/

/**
 * A tweet's text: weight 1 to 280, with something to see in it.
 * @returns the text in NFC with CRLF as LF, otherwise as given; or why it is refused.
 */
export function checkTweetText(text: string): TextCheck {
  const checked = toPlainText(text)
  if (!checked.ok) return checked
  if (!visible.test(checked.text)) return refused('empty')
  return weightOfNormalized(checked.text) > tweetTextMax ? refused('too_long') : checked
}

/**
 * A display name: 1 to `max` code points on one line, with something to see, and without
 * characters that override or isolate the direction of text.
 * @returns the name in NFC, trimmed; or why it is refused.
 */
export function checkName(text: string, max: number = nameMax): TextCheck {
  const checked = toPlainText(text)
  if (!checked.ok) return checked
  const name = checked.text.trim()
  if (breaksLine.test(name)) return refused('control_character')
  if (!visible.test(name)) return refused('empty')
  return Array.from(name).length > max ? refused('too_long') : { ok: true, text: name }
}

/**
 * A handle: 1 to 15 of A-Z, a-z, 0-9 and `_`. Its case is kept; it is unique without regard to it.
 */
export function checkHandle(text: string): HandleCheck {
  if (text.length === 0) return { ok: false, reason: 'empty' }
  if (text.length > handleMax) return { ok: false, reason: 'too_long' }
  return /^[A-Za-z0-9_]+$/.test(text) ? { ok: true, text } : { ok: false, reason: 'bad_character' }
}

/** The text of a profile: weight 0 to 160. Returned in NFC with CRLF as LF. */
export function checkBio(text: string): TextCheck {
  const checked = toPlainText(text)
  if (!checked.ok) return checked
  return weightOfNormalized(checked.text) > bioMax ? refused('too_long') : checked
}

/** A text in place of a photo: 1 to `max` code points. Returned in NFC with CRLF as LF. */
export function checkAltText(text: string, max: number = altTextMax): TextCheck {
  const checked = toPlainText(text)
  if (!checked.ok) return checked
  if (!visible.test(checked.text)) return refused('empty')
  return Array.from(checked.text).length > max ? refused('too_long') : checked
}

function refused(reason: TextRefusal): { ok: false; reason: TextRefusal } {
  return { ok: false, reason }
}

/**
 * NFC, LF, no control characters, nothing that is not Unicode; of any length up to the hard limit.
 */
function toPlainText(text: string): TextCheck {
  if (text.length > textUnitsMax) return refused('too_long')
  if (!text.isWellFormed()) return refused('not_unicode')
  const lines = text.includes('\r') ? text.replaceAll('\r\n', '\n') : text
  // Everything below U+0300 is a character, and in NFC: most texts of the West end here.
  let isPlain = true
  for (let at = 0; at < lines.length; at++) {
    const code = lines.charCodeAt(at)
    if (isControl(code)) return refused('control_character')
    if (code < 0x300) continue
    isPlain = false
    if (code >= 0xdffe && isNonCharacter(lines, at)) return refused('not_unicode')
  }
  const normal = isPlain ? lines : toNfc(lines)
  return normal === undefined ? refused('too_long') : { ok: true, text: normal }
}

/**
 * Whether a code point that Unicode keeps for internal use ends at `at`: U+FDD0 to FDEF, U+nFFFE,
 * U+nFFFF.
 */
function isNonCharacter(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  if (code >= 0xe000) return code >= 0xfffe || (code >= 0xfdd0 && code <= 0xfdef)
  return (text.charCodeAt(at - 1) & 0x3f) === 0x3f
}

/**
 * Category Cc but for the line feed; and the byte order mark, which twitter-text refuses as well.
 */
function isControl(code: number): boolean {
  return (code < 0x20 && code !== 0x0a) || (code >= 0x7f && code <= 0x9f) || code === 0xfeff
}
