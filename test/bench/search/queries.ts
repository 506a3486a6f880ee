// Queries of all kinds, as people write them and as somebody would who wants to be a burden.

import { idEpochMs } from '../../../protocol/ids.ts'
import type { Random } from '../graphs.ts'
import { type Corpus, japaneseOf, numbered, rank, rareWordOf, wordOf } from './corpus.ts'

export type QueryKind = {
  readonly what: string
  query(random: Random, corpus: Corpus): string
}

const common = (random: Random): string => numbered(random.below(10))
const author = (random: Random, { size }: Corpus): string =>
  `from:person${rank(random, size.people)}`
const common16 = Array.from({ length: 16 }, (_, place) => numbered(place)).join(' ')
const dayMs = 24 * 60 * 60 * 1_000

/** A day of the week that the corpus is of. */
function day(random: Random, { endMs }: Corpus): string {
  const timeMs = idEpochMs + endMs - random.below(7) * dayMs
  return new Date(timeMs).toISOString().slice(0, 10)
}

export const queryKinds: readonly QueryKind[] = [
  { what: 'a word', query: wordOf },
  { what: 'a rare word', query: rareWordOf },
  { what: 'a common word', query: common },
  { what: 'two words', query: (random) => `${wordOf(random)} ${wordOf(random)}` },
  {
    what: 'a common and a rare word',
    query: (random) => `${common(random)} ${rareWordOf(random)}`,
  },
  { what: 'a phrase', query: (random) => `"${wordOf(random)} ${wordOf(random)}"` },
  { what: 'a common phrase', query: (random) => `"${common(random)} ${common(random)}"` },
  { what: 'from', query: author },
  {
    what: 'from, and a word',
    query: (random, corpus) => `${author(random, corpus)} ${common(random)}`,
  },
  { what: 'a tag', query: (random) => `#${wordOf(random)}` },
  { what: 'a tag without a word', query: (random) => `#${wordOf(random)} -${common(random)}` },
  { what: 'since', query: (random, corpus) => `${wordOf(random)} since:${day(random, corpus)}` },
  { what: 'until', query: (random, corpus) => `${wordOf(random)} until:${day(random, corpus)}` },
  { what: 'has:media, and a word', query: (random) => `has:media ${wordOf(random)}` },
  { what: 'two Japanese letters', query: (random) => japaneseOf(random, 2) },
  { what: 'a Japanese word', query: (random) => japaneseOf(random, 4) },
]

/** Queries that are much work and find little. */
export const hostileKinds: readonly QueryKind[] = [
  { what: 'a long common phrase', query: () => '"w9 w8 w7"' },
  { what: 'sixteen common words', query: () => common16 },
  { what: 'words that never meet', query: () => 'tick tock' },
  { what: 'never meet, with a filter', query: () => 'tick tock has:media w1' },
  { what: 'what nobody lacks', query: (random) => `-${common(random)} -w1 -w2` },
  { what: 'Japanese that nobody wrote', query: () => '"東東京京都都東東"' },
  {
    what: 'Japanese, sixteen times',
    query: () =>
      Array.from('東京都大阪市駅前猫犬花見雨雪山川', (letter) => `-"${letter}空空"`).join(' '),
  },
  { what: 'a Japanese pair that is no word', query: () => '"かき くけ"' },
]
