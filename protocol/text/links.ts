// Where a link ends. Owned by the text rules; scan.ts finds where one may begin.
//
//   https://blog.example.co.jp:8080/a/b_(c).html?q=1#top
//   scheme  host               port path         query
//
// A host is labels and dots up to the last label that begins with a top-level domain: in
// `example.comです` the link ends before です. With a scheme a host may be in any script and may have
// `_` in front of its last two labels; without one it is Latin, because in a text without spaces
// only the script tells where a bare host begins.
//
// The promise is linear time. Every function moves forward only; what it reads beyond the end of
// the link it finds is punctuation, or a parenthesis left open, and holds no two further beginnings
// of a link that read the same again.

import { isAsciiAlphanumeric, role, rolesOfUnit, unit } from './characters.ts'
import { labelFits } from './punycode.ts'
import { asciiTlds, internationalTlds } from './tlds.ts'

/** How a host may look: after `https://`, or standing alone in a text. */
export type HostRule = 'after_scheme' | 'bare'

/** `end` is the end of the link, or -1 where there is none; the scan goes on at `resumeAt`. */
export type LinkEnd = { end: number; resumeAt: number }

/** The longest link, in UTF-16 code units from its host on: a longer one is not a link. */
export const linkUnitsMax = 4096
/** How far to look for the `@` of an e-mail address: the longest local part (RFC 5321). */
const addressLocalMax = 64

const punycodePrefix = 'xn--'
const asciiTldUnitsMax = Math.max(...[...asciiTlds].map((name) => name.length))
// By their first code unit in either case, the longest first: few share one, so each is compared.
const internationalByFirst = new Map<number, string[]>()
for (const name of [...internationalTlds].sort((a, b) => b.length - a.length)) {
  for (const first of new Set([name.charCodeAt(0), name.toUpperCase().charCodeAt(0)])) {
    internationalByFirst.set(first, [...(internationalByFirst.get(first) ?? []), name])
  }
}

/** Reads the link whose host begins at `hostStart`. Offsets are in UTF-16 code units. */
export function readLink(text: string, hostStart: number, rule: HostRule): LinkEnd {
  const host = readHost(text, hostStart, rule)
  if (host.end < 0) return host
  let end = portEnd(text, host.end)
  if (text.charCodeAt(end) === unit.slash) end = pathEnd(text, end)
  if (text.charCodeAt(end) === unit.question) end = queryEnd(text, end)
  const isTooLong = end - hostStart > linkUnitsMax
  const isAddress = rule === 'bare' && end === host.end && isLocalPart(text, end)
  if (isTooLong || isAddress) return { end: -1, resumeAt: Math.max(end, host.resumeAt) }
  return { end, resumeAt: end }
}

/** The end of the host; `resumeAt` is where the run of host letters ends when there is none. */
function readHost(text: string, start: number, rule: HostRule): LinkEnd {
  const letters = rule === 'bare' ? role.bareHost : role.host
  const joint = rule === 'bare' ? unit.hyphen : unit.underscore
  let end = -1
  let labelStart = start
  // Only a label without `_` can be registered, so only after one can a top-level domain stand.
  let isAfterName = false
  for (;;) {
    if (isAfterName) {
      const tldEnd = topLevelEnd(text, labelStart, rule)
      if (tldEnd > 0) end = tldEnd
    }
    let at = labelStart
    let hasUnderscore = false
    for (; at < text.length; at++) {
      const here = text.charCodeAt(at)
      if (here !== unit.hyphen && here !== joint && (rolesOfUnit(here) & letters) === 0) break
      if (here === unit.underscore) hasUnderscore = true
    }
    const isLast = text.charCodeAt(at) !== unit.dot
    const isLabel = at > labelStart && !isJoint(text, labelStart) && !isJoint(text, at - 1)
    if (isLast) return { end, resumeAt: at }
    // Past the dot: what a broken label is part of is not a host further on either.
    if (!isLabel || !labelFits(text.slice(labelStart, at))) return { end, resumeAt: at + 1 }
    isAfterName = !hasUnderscore
    labelStart = at + 1
  }
}

function isJoint(text: string, at: number): boolean {
  const here = text.charCodeAt(at)
  return here === unit.hyphen || here === unit.underscore
}

/** The end of the top-level domain that begins at `start`, or -1. */
function topLevelEnd(text: string, start: number, rule: HostRule): number {
  let end = start
  const limit = Math.min(text.length, start + asciiTldUnitsMax + 1)
  while (end < limit && isAsciiAlphanumeric(text.charCodeAt(end))) end++
  if (end - start === 2 && text.charCodeAt(end) === unit.hyphen) {
    const encodedEnd = punycodeEnd(text, start)
    return encodedEnd > 0 && mayFollowHost(text, encodedEnd, rule) ? encodedEnd : -1
  }
  if (end > start && asciiTlds.has(text.slice(start, end).toLowerCase())) {
    return mayFollowHost(text, end, rule) ? end : -1
  }
  return internationalEnd(text, start, rule)
}

function punycodeEnd(text: string, start: number): number {
  const bodyStart = start + punycodePrefix.length
  if (text.slice(start, bodyStart).toLowerCase() !== punycodePrefix) return -1
  let end = bodyStart
  while (isAsciiAlphanumeric(text.charCodeAt(end)) || text.charCodeAt(end) === unit.hyphen) end++
  return end > bodyStart ? end : -1
}

function internationalEnd(text: string, start: number, rule: HostRule): number {
  for (const name of internationalByFirst.get(text.charCodeAt(start)) ?? []) {
    const end = start + name.length
    const isTld = text.slice(start, end).toLowerCase() === name
    if (isTld && mayFollowHost(text, end, rule)) return end
  }
  return -1
}

/**
 * Whether a host may end before `at`: `.comet` is not `.com`, and what is followed by `@` is an
 * address. A bare host may not be followed by `-` or `_` either: `read.me-first` is a file.
 */
function mayFollowHost(text: string, at: number, rule: HostRule): boolean {
  const next = text.charCodeAt(at)
  if (next === unit.at || next === unit.wideAt || next === unit.plus) return false
  if (rule === 'bare' && isJoint(text, at)) return false
  return !isAsciiAlphanumeric(next)
}

/** Whether what stands at `start` leads to an `@`, as in `first.name` of `first.name.last@host`. */
function isLocalPart(text: string, start: number): boolean {
  const limit = Math.min(text.length, start + addressLocalMax)
  for (let at = start; at < limit; at++) {
    const here = text.charCodeAt(at)
    if (here === unit.at) return at > start && isAsciiAlphanumeric(text.charCodeAt(at - 1))
    const isSign = here === unit.dot || here === unit.plus || isJoint(text, at)
    if (!isSign && !isAsciiAlphanumeric(here)) return false
  }
  return false
}

function portEnd(text: string, start: number): number {
  if (text.charCodeAt(start) !== unit.colon) return start
  let end = start + 1
  while (text.charCodeAt(end) >= 0x30 && text.charCodeAt(end) <= 0x39) end++
  return end === start + 1 ? start : end
}

/** The end of the path whose `/` is at `start`. A parenthesis is in it if it is closed in it. */
function pathEnd(text: string, start: number): number {
  let end = start + 1
  let at = end
  while (at < text.length) {
    const here = text.charCodeAt(at)
    if (here === unit.parenthesisOpen) {
      const closed = parenthesisEnd(text, at)
      if (closed < 0) break
      at = closed
      end = closed
      continue
    }
    const roles = rolesOfUnit(here)
    if ((roles & role.path) === 0) break
    at++
    if ((roles & role.pathEnd) !== 0) end = at
  }
  return end
}

/**
 * The end of the balanced parenthesis that opens at `start`, with one more inside at most; or -1.
 */
function parenthesisEnd(text: string, start: number): number {
  let at = plainPathEnd(text, start + 1)
  let hasContent = at > start + 1
  if (text.charCodeAt(at) === unit.parenthesisOpen) {
    const innerEnd = plainPathEnd(text, at + 1)
    if (innerEnd === at + 1 || text.charCodeAt(innerEnd) !== unit.parenthesisClose) return -1
    at = plainPathEnd(text, innerEnd + 1)
    hasContent = true
  }
  return hasContent && text.charCodeAt(at) === unit.parenthesisClose ? at + 1 : -1
}

function plainPathEnd(text: string, start: number): number {
  let at = start
  while (at < text.length && (rolesOfUnit(text.charCodeAt(at)) & role.path) !== 0) at++
  return at
}

/**
 * The end of the query whose `?` is at `start`; `start` itself where nothing of it can end a link.
 */
function queryEnd(text: string, start: number): number {
  let end = start
  for (let at = start + 1; at < text.length; at++) {
    const roles = rolesOfUnit(text.charCodeAt(at))
    if ((roles & role.query) === 0) break
    if ((roles & role.queryEnd) !== 0) end = at + 1
  }
  return end
}
