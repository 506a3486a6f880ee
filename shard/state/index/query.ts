// The query of a search, as people write it:
//
//   coffee "flat white" from:alice #vienna since:2026-03-01 until:2026-04-01 has:media -decaf
//
// All of it has to hold; `-` in front says what must not. Pure: what a query means is data, looked up and
// compared elsewhere. `since` is the start of a day in UTC, and so is `until`, whose day is not in it.

import { firstIdAt, idMax } from '../../../protocol/ids.ts'
import { isPairEnd, role, rolesBefore } from '../../../protocol/text/characters.ts'
import { searchClausesMax } from './limits.ts'
import { termFor, termsOf, tokensOf } from './terms.ts'

export type Clause = { readonly isExcluded: boolean } & (
  | { readonly kind: 'words'; readonly words: readonly string[]; readonly terms: readonly string[] }
  | { readonly kind: 'tag'; readonly term: string }
  | { readonly kind: 'mention'; readonly term: string }
  | { readonly kind: 'from'; readonly handle: string }
  | { readonly kind: 'media' }
)

export type Query = {
  readonly clauses: readonly Clause[]
  /** Ids not below `since` and below `until`. */
  readonly since: number
  readonly until: number
}

const piece = /(-?)(?:"([^"]*)"?|(\S+))/gu

/** @returns the query, or what is wrong with it */
export function parseQuery(text: string): Query | { readonly problem: string } {
  const clauses: Clause[] = []
  let since = 0
  let until = idMax
  for (const [, minus, quoted, bare = ''] of text.matchAll(piece)) {
    const isExcluded = minus === '-'
    const [, name, day] = /^(since|until):(.*)$/u.exec(bare) ?? []
    if (name !== undefined) {
      const timeMs = dayOf(day!)
      if (timeMs === undefined || isExcluded)
        return { problem: `${name}: must be a day, as ${name}:2026-03-01` }
      if (name === 'since') since = Math.max(since, firstIdAt(timeMs))
      else until = Math.max(0, Math.min(until, firstIdAt(timeMs)))
      continue
    }
    const clause = quoted === undefined ? clauseOf(bare) : wordsOf(quoted)
    if (clause === undefined) continue
    if ('problem' in clause) return clause
    if (clauses.length === searchClausesMax)
      return { problem: `must have at most ${searchClausesMax} parts` }
    clauses.push({ ...clause, isExcluded } as Clause)
  }
  if (clauses.length === 0 && since === 0 && until === idMax) {
    return { problem: 'must have a word, a tag or a filter' }
  }
  return { clauses, since, until }
}

type Bare = Clause extends infer C ? (C extends Clause ? Omit<C, 'isExcluded'> : never) : never

function clauseOf(text: string): Bare | { readonly problem: string } | undefined {
  const [, name, value = ''] = /^(from|has):(.*)$/u.exec(text) ?? []
  if (name === 'has') {
    return value === 'media' ? { kind: 'media' } : { problem: 'has: must be has:media' }
  }
  if (name === 'from') {
    const handle = value.replace(/^@/, '')
    return /^\w{1,15}$/.test(handle)
      ? { kind: 'from', handle }
      : { problem: 'from: must be a handle' }
  }
  if (/^[#＃][^#＃]+$/u.test(text)) {
    const tag = text.slice(1, endOfTag(text))
    if (/\p{L}/u.test(tag)) return { kind: 'tag', term: termFor.tag(tag) }
  }
  if (/^@\w{1,15}$/.test(text)) return { kind: 'mention', term: termFor.mention(text.slice(1)) }
  return wordsOf(text)
}

/** Where a tag ends, behind which there is only what no tag has in it: by the same letters as in a tweet. */
function endOfTag(text: string): number {
  let end = text.length
  while (end > 1 && (rolesBefore(text, end) & role.tag) === 0) {
    end -= isPairEnd(text, end - 1) ? 2 : 1
  }
  return end
}

function wordsOf(text: string): Bare | undefined {
  const tokens = tokensOf(text)
  if (tokens.words.length === 0) return undefined
  return { kind: 'words', words: tokens.words, terms: termsOf(tokens) }
}

/** When a day begins in UTC: milliseconds since 1970; undefined for what is no day. */
function dayOf(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined
  const timeMs = Date.parse(`${text}T00:00:00.000Z`)
  if (Number.isNaN(timeMs)) return undefined
  return new Date(timeMs).toISOString().startsWith(text) ? timeMs : undefined
}
