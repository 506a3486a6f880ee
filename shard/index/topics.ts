// Topics: what a tweet is about, as far as trends count it: its hashtags, and pairs of words that stand side
// by side in the text. Pure.

import { trendTopicsPerTweetMax } from './limits.ts'
import { spaced, type Tokens, termFor, tokensOf } from './terms.ts'

export type Topic = {
  /** What is the same for all who write of it: folded. */
  readonly key: string
  /** As somebody wrote it. */
  readonly name: string
  readonly kind: 'hashtag' | 'phrase'
}

/** Letters of each word of a phrase: `of it` is no topic. */
const wordLettersMin = 3
/** Names, tags and links are no part of a phrase. */
const noPhrase = /[#@\uff03\uff20]|:\/\/|\.[^.]/u
const breaksPhrase = /[^\p{L}\p{M}\p{N}\p{Cf}_'\u2019\s]+|\n/u
const letter = /\p{L}/u

/** @param tokens those of the text, which whoever has them need not have found again */
export function topicsOf(text: string, tags: readonly string[], tokens = tokensOf(text)): Topic[] {
  const topics = new Map<string, Topic>()
  for (const tag of tags)
    addTopic(topics, { key: termFor.tag(tag), name: `#${tag}`, kind: 'hashtag' })
  if (tokens.runs !== undefined && !noPhrase.test(text)) addPhrases(topics, tokens)
  else {
    for (const part of withoutEntities(text).split(breaksPhrase)) {
      const { words, kinds } = tokensOf(part)
      addPhrases(topics, { words, kinds })
    }
  }
  return [...topics.values()]
}

/** What stands between spaces and is a name, a tag or a link ends a phrase. */
function withoutEntities(text: string): string {
  if (!noPhrase.test(text)) return text
  const pieces = text.split(/[^\S\n]+/u)
  return pieces.map((piece) => (noPhrase.test(piece) ? '\n' : piece)).join(' ')
}

/** Without runs, all tokens are of one. */
function addPhrases(topics: Map<string, Topic>, { words, kinds, runs }: Tokens): void {
  for (let place = 1; place < words.length; place++) {
    if (runs !== undefined && runs[place] !== runs[place - 1]) continue
    if (kinds[place] !== spaced || kinds[place - 1] !== spaced) continue
    const [first, second] = [words[place - 1]!, words[place]!]
    if (!isTopical(first) || !isTopical(second)) continue
    const name = `${first} ${second}`
    addTopic(topics, { key: name, name, kind: 'phrase' })
  }
}

function isTopical(word: string): boolean {
  return word.length >= wordLettersMin && letter.test(word)
}

function addTopic(topics: Map<string, Topic>, topic: Topic): void {
  if (topics.size < trendTopicsPerTweetMax && !topics.has(topic.key)) topics.set(topic.key, topic)
}
