// The mentions, hashtags and links of a text, as a client shows them and the server indexes them.
// The rules are in scan.ts and links.ts; this file is their public face, and counts in code points.
//
// Offsets are in Unicode code points, because every language can count these: UTF-16 code units
// are a matter of JavaScript and Java, bytes of Go and Rust. In JavaScript: `[...text].slice(start,
// end)`.

import { isPairEnd } from './characters.ts'
import { type Span, scanText } from './scan.ts'

/** Someone named in a text. `handle` is as written, without the `@`; it need not exist. */
export type Mention = { handle: string; start: number; end: number }
/** A topic named in a text. `tag` is as written, without the `#`. */
export type Hashtag = { tag: string; start: number; end: number }
/** A link in a text. `url` is as written: it may lack the scheme, then `https://` is meant. */
export type Url = { url: string; start: number; end: number }

export type Entities = { mentions: Mention[]; hashtags: Hashtag[]; urls: Url[] }

/**
 * The entities of a text, by the rules of twitter-text 3.
 * `start` is inclusive, `end` exclusive, both in Unicode code points and with the `@` or `#`; each
 * list is in ascending order, and no entity overlaps another of any kind. Linear in the length of
 * the text.
 * @param text in NFC, as `checkTweetText` returns it.
 */
export function extractEntities(text: string): Entities {
  const entities: Entities = { mentions: [], hashtags: [], urls: [] }
  let unitsRead = 0
  let points = 0
  const pointsUntil = (units: number): number => {
    for (; unitsRead < units; unitsRead++) {
      if (!isPairEnd(text, unitsRead)) points++
    }
    return points
  }
  for (const span of scanText(text)) {
    const range = { start: pointsUntil(span.start), end: pointsUntil(span.end) }
    addEntity(entities, textOf(text, span), { kind: span.kind, ...range })
  }
  return entities
}

function textOf(text: string, span: Span): string {
  return text.slice(span.kind === 'url' ? span.start : span.start + 1, span.end)
}

function addEntity(entities: Entities, text: string, span: Span): void {
  const { start, end } = span
  if (span.kind === 'mention') entities.mentions.push({ handle: text, start, end })
  else if (span.kind === 'hashtag') entities.hashtags.push({ tag: text, start, end })
  else entities.urls.push({ url: text, start, end })
}
