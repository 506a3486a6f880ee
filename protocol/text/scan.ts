// Finds mentions, hashtags and links in one pass over a text. Owned by the text rules; entities.ts
// gives its result to the world, weight.ts counts its links.
//
// The pass stops at four characters only: `@` and `#` (half and full width), the `:` of `://`, and
// the `.` of a host name. Each asks what stands before it, reads forward, and the pass goes on
// behind what was read: so nothing overlaps, what begins first wins (as in twitter-text), and the
// time is linear in the length of the text, whoever wrote it.
//
// The one look backwards without a fixed bound is from a `.` over the label before it. It stops at
// the previous `.`, so no character is looked at twice in this way.

import {
  isAccented,
  isAsciiAlphanumeric,
  role,
  rolesAt,
  rolesBefore,
  rolesOfUnit,
  unit,
} from './characters.ts'
import { type LinkEnd, readLink } from './links.ts'

/** Longest handle, in characters. */
export const handleMax = 15

/** A part of a text, in UTF-16 code units: `start` inclusive, `end` exclusive. */
export type Span = { kind: 'mention' | 'hashtag' | 'url'; start: number; end: number }

/** What a reader found at a trigger, and where the pass goes on. */
type Step = { span: Span | undefined; resumeAt: number }

type Reader = (text: string, at: number, labelFloor: number) => Step

const readers: readonly (Reader | undefined)[] = Array.from({ length: 128 }, (_, code) => {
  if (code === unit.at) return readMention
  if (code === unit.hash) return readHashtag
  if (code === unit.colon) return readLinkWithScheme
  return code === unit.dot ? readBareLink : undefined
})

/**
 * The mentions, hashtags and links of a text, in ascending order, not overlapping.
 * @param text in NFC; any length (linear time), any content.
 */
export function scanText(text: string): Span[] {
  const spans: Span[] = []
  let labelFloor = 0
  let at = 0
  while (at < text.length) {
    const reader = readerFor(text.charCodeAt(at))
    if (reader === undefined) {
      at++
      continue
    }
    const step = reader(text, at, labelFloor)
    at = step.resumeAt
    if (step.span === undefined) continue
    spans.push(step.span)
    labelFloor = at
  }
  return spans
}

function readerFor(code: number): Reader | undefined {
  if (code < 128) return readers[code]
  if (code === unit.wideAt) return readMention
  return code === unit.wideHash ? readHashtag : undefined
}

const isHash = (code: number) => code === unit.hash || code === unit.wideHash
const isAt = (code: number) => code === unit.at || code === unit.wideAt

/** `@` and a handle, not inside a word or an address, and not one of `@user@host`. */
function readMention(text: string, at: number): Step {
  const nothing = { span: undefined, resumeAt: at + 1 }
  if (!mayPrecedeMention(text, at)) return nothing
  let end = at + 1
  const limit = Math.min(text.length, end + handleMax + 1)
  while (end < limit && (rolesOfUnit(text.charCodeAt(end)) & role.handle) !== 0) end++
  const length = end - at - 1
  if (length === 0 || length > handleMax) return nothing
  const next = text.charCodeAt(end)
  if (isAt(next) || isAccented(next) || text.startsWith('://', end)) return nothing
  return { span: { kind: 'mention', start: at, end }, resumeAt: end }
}

const neverBeforeMention = new Set([...'!#$%&*@＠'].map((sign) => sign.charCodeAt(0)))

function mayPrecedeMention(text: string, at: number): boolean {
  if (at === 0) return true
  if (neverBeforeMention.has(text.charCodeAt(at - 1))) return false
  if (!isInWord(text, at)) return true
  return isRetweetMark(text, at - 2) && !isInWord(text, at - 2) && !isAddressSign(text, at - 3)
}

/** Whether the character before `at` belongs to a word that would go on into the mention. */
function isInWord(text: string, at: number): boolean {
  return (rolesBefore(text, at) & (role.handle | role.spacedWord)) !== 0
}

/** `RT@user`, in any case, is how people quoted each other before there was a button for it. */
function isRetweetMark(text: string, at: number): boolean {
  return at >= 0 && text.slice(at, at + 2).toLowerCase() === 'rt'
}

function isAddressSign(text: string, at: number): boolean {
  return at >= 0 && '+~.-'.includes(text.charAt(at))
}

/** `#` and a run of letters, marks and digits with a letter among them, not inside a word. */
function readHashtag(text: string, at: number): Step {
  const isInside = (rolesBefore(text, at) & role.tag) !== 0
  if (isInside || text.charCodeAt(at - 1) === unit.ampersand) {
    return { span: undefined, resumeAt: at + 1 }
  }
  let end = at + 1
  let hasLetter = false
  while (end < text.length) {
    const roles = rolesAt(text, end)
    if ((roles & role.tag) === 0) break
    if ((roles & role.letter) !== 0) hasLetter = true
    end += text.codePointAt(end)! > 0xffff ? 2 : 1
  }
  if (!hasLetter || isHash(text.charCodeAt(end)) || text.startsWith('://', end)) {
    return { span: undefined, resumeAt: end }
  }
  return { span: { kind: 'hashtag', start: at, end }, resumeAt: end }
}

/** From the `:` of `https://`, whatever the case of its letters. */
function readLinkWithScheme(text: string, at: number): Step {
  if (!text.startsWith('//', at + 1)) return { span: undefined, resumeAt: at + 1 }
  const start = schemeStart(text, at)
  if (start < 0 || !mayPrecedeLink(text, start)) return { span: undefined, resumeAt: at + 3 }
  return stepOf(start, readLink(text, at + 3, 'after_scheme'))
}

function schemeStart(text: string, colonAt: number): number {
  for (const scheme of ['https', 'http']) {
    const start = colonAt - scheme.length
    if (start >= 0 && text.slice(start, colonAt).toLowerCase() === scheme) return start
  }
  return -1
}

/** From the first `.` of a host without scheme, back to where its label begins. */
function readBareLink(text: string, at: number, labelFloor: number): Step {
  let start = at
  while (start > labelFloor && isBareHostUnit(text.charCodeAt(start - 1))) start--
  const before = text.charCodeAt(start - 1)
  const isPart = before === unit.dot || before === unit.slash || before === unit.underscore
  if (start === at || isPart || !mayPrecedeLink(text, start)) {
    return { span: undefined, resumeAt: at + 1 }
  }
  return stepOf(start, readLink(text, start, 'bare'))
}

function stepOf(start: number, link: LinkEnd): Step {
  if (link.end < 0) return { span: undefined, resumeAt: link.resumeAt }
  return { span: { kind: 'url', start, end: link.end }, resumeAt: link.resumeAt }
}

function isBareHostUnit(code: number): boolean {
  return code === unit.hyphen || (rolesOfUnit(code) & role.bareHost) !== 0
}

function mayPrecedeLink(text: string, start: number): boolean {
  if (start === 0) return true
  const before = text.charCodeAt(start - 1)
  if (isAsciiAlphanumeric(before) || isAt(before) || isHash(before)) return false
  return before !== unit.dollar && before !== unit.byteOrderMark && before < 0xfffe
}
