// A million tweets to search in, the same in every run: a week of them, by authors of whom few write much.
//
// Words come as they do in a language: the commonest in every other tweet, half of all once or twice (Zipf). One tweet
// in five has a tag, one in ten a photo, one in ten is Japanese and as long as a tweet may be, which is the most work
// for who compares. `tick` and `tock` are in every third tweet each, and never in the same one: who wants both
// has to go through all of them.

import { createHash } from 'node:crypto'
import { mediaIdOf } from '../../../protocol/media.ts'
import { extractEntities } from '../../../protocol/text/entities.ts'
import { tweetsFromMs, World } from '../engine/world.ts'
import { type Random, randomFrom } from '../graphs.ts'

export type CorpusSize = { readonly tweets: number; readonly people: number }

const vocabulary = 200_000
const wordsPerTweet = 14
const syllables = 'あいうえおかきくけこさしすせそ東京都大阪市駅前猫犬花見雨雪山川海空'
const lettersOfJapanese = 120
const weekMs = 7 * 24 * 60 * 60 * 1_000

export class Corpus {
  readonly world: World
  readonly size: CorpusSize
  /** Texts that are not in it yet: for what a tweet that comes costs. */
  readonly random = randomFrom(51)

  constructor(size: CorpusSize) {
    this.size = size
    const world = new World(size.people)
    this.world = world
    world.tweetEveryMs = Math.floor(weekMs / size.tweets)
    for (let user = 0; user < size.people; user++) world.introduce(user)
    for (let tweet = 0; tweet < size.tweets; tweet++) {
      const text = textOf(this.random, tweet)
      const media = tweet % 10 === 0 ? { media: [photo] } : {}
      const author = world.indexes[rank(this.random, size.people)]!
      world.writeTweet(author, { text, entities: extractEntities(text), ...media })
    }
  }

  /** When the last tweet was written, in milliseconds since 1970 by the ids. */
  get endMs(): number {
    return tweetsFromMs + this.size.tweets * this.world.tweetEveryMs
  }
}

const photo = {
  id: mediaIdOf(createHash('sha256').update('a rook').digest(), 'jpg'),
  kind: 'photo',
  width: 1_200,
  height: 800,
}

/** From 0: half of what is drawn is below the square root of `count`. */
export function rank(random: Random, count: number): number {
  return Math.min(count - 1, Math.floor(count ** random.unit()) - 1)
}

/** The commonest words are the shortest numbers. */
export function wordOf(random: Random): string {
  return numbered(rank(random, vocabulary))
}

/** The word of a rank, from 0. */
export function numbered(place: number): string {
  return `w${(place + 1).toString(36)}`
}

/** One of the words that are in a tweet or two. */
export function rareWordOf(random: Random): string {
  return numbered(vocabulary / 2 + random.below(vocabulary / 2))
}

export function japaneseOf(random: Random, letters: number): string {
  return Array.from({ length: letters }, () => syllables[random.below(syllables.length)]).join('')
}

export function textOf(random: Random, tweet: number): string {
  if (tweet % 10 === 9) return japaneseOf(random, lettersOfJapanese)
  const words = Array.from({ length: wordsPerTweet }, () => wordOf(random))
  if (tweet % 3 === 0) words.push(tweet % 2 === 0 ? 'tick' : 'tock')
  if (random.below(5) === 0) words.push(`#${wordOf(random)}`)
  return words.join(' ')
}
