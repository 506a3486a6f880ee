// Topics: what a tweet is about, as far as trends count it: its hashtags, and pairs of words that stand side
// by side in the text. Pure.

import { trendTopicsPerTweetMax } from './limits.ts'
import {
  fingerprintOf,
  fingerprintOfPair,
  spaced,
  type Tokens,
  termFor,
  tokensOf,
} from './terms.ts'

export type Topic = {
  /** What is the same for all who write of it: folded. */
  readonly key: string
  /** As somebody wrote it. */
  readonly name: string
  readonly kind: 'hashtag' | 'phrase'
  /** The fingerprint of the key. */
  readonly hash: number
}

/** Letters of each word of a phrase: `of it` is no topic. */
const wordLettersMin = 3
/** Names, tags and links are no part of a phrase. */
const noPhrase = /[#@\uff03\uff20]|:\/\/|\.[^.]/u
const breaksPhrase = /[^\p{L}\p{M}\p{N}\p{Cf}_'\u2019\s]+|\n/u
const letter = /\p{L}/u

/** @param tokens those of the text, which whoever has them need not have found again */
export function topicsOf(text: string, tags: readonly string[], tokens = tokensOf(text)): Topic[] {
  const topics: Topic[] = []
  for (const tag of tags) {
    const key = termFor.tag(tag)
    const hash = fingerprintOf(key)
    if (isNew(topics, hash)) topics.push({ key, name: `#${tag}`, kind: 'hashtag', hash })
  }
  if (tokens.runs !== undefined && !noPhrase.test(text)) addPhrases(topics, tokens)
  else {
    for (const part of withoutEntities(text).split(breaksPhrase)) {
      const { words, kinds } = tokensOf(part)
      addPhrases(topics, { words, kinds })
    }
  }
  return topics
}

/** What stands between spaces and is a name, a tag or a link ends a phrase. */
function withoutEntities(text: string): string {
  if (!noPhrase.test(text)) return text
  const pieces = text.split(/[^\S\n]+/u)
  return pieces.map((piece) => (noPhrase.test(piece) ? '\n' : piece)).join(' ')
}

/** Without runs, all tokens are of one. */
function addPhrases(topics: Topic[], { words, kinds, runs }: Tokens): void {
  let isTopicalBefore = false
  for (let place = 0; place < words.length; place++) {
    const second = words[place]!
    const isTopicalHere = isTopical(second)
    const areBoth = isTopicalBefore && isTopicalHere
    isTopicalBefore = isTopicalHere
    if (!areBoth) continue
    if (runs !== undefined && runs[place] !== runs[place - 1]) continue
    if (kinds[place] !== spaced || kinds[place - 1] !== spaced) continue
    const first = words[place - 1]!
    const hash = fingerprintOfPair(first, second)
    if (!isNew(topics, hash)) continue
    const name = `${first} ${second}`
    topics.push({ key: name, name, kind: 'phrase', hash })
  }
}

function isTopical(word: string): boolean {
  return word.length >= wordLettersMin && (isAsciiLetter(word.charCodeAt(0)) || letter.test(word))
}

/** Words are in lower case. */
function isAsciiLetter(unit: number): boolean {
  return unit >= 0x61 && unit <= 0x7a
}

/** Whether there is room for one more topic, and this one is not there. Two with one hash are one to whoever counts them. */
function isNew(topics: readonly Topic[], hash: number): boolean {
  for (const topic of topics) if (topic.hash === hash) return false
  return topics.length < trendTopicsPerTweetMax
}
