import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CountMin } from '../../../../../shard/state/index/count-min.ts'
import {
  trendPhraseHoursMin,
  trendRankingMs,
  trendsLookedAtMax,
  trendsRankedAnewMax,
} from '../../../../../shard/state/index/limits.ts'
import { PairSet } from '../../../../../shard/state/index/pair-set.ts'
import { fingerprintOf, tokensOf } from '../../../../../shard/state/index/terms.ts'
import { topicsOf } from '../../../../../shard/state/index/topics.ts'
import { Trends } from '../../../../../shard/state/index/trends.ts'

const hourMs = 3_600_000
const startMs = 1_000 * 24 * hourMs

/** Lets so many authors write of a topic within an hour, spread over it. */
function write(trends: Trends, text: string, of: { hour: number; authors: number; from?: number }) {
  const { hour, authors, from = 0 } = of
  const tags = [...text.matchAll(/#(\w+)/g)].map((match) => match[1]!)
  for (let author = 0; author < authors; author++) {
    const timeMs = startMs + (hour + (author + 0.5) / authors) * hourMs
    trends.add({ author: from + author, timeMs, topics: topicsOf(text, tags) })
  }
}

const namesAt = (trends: Trends, hour: number) =>
  trends.list(startMs + hour * hourMs - 1).map(({ topic }) => topic.name)

/** The key of a topic, and what is worked out of it. */
const hashed = (key: string) => ({ key, hash: fingerprintOf(key) })

describe('topics', () => {
  test('are hashtags, and pairs of words that stand together', () => {
    expect(
      topicsOf('Solar eclipse today, #Eclipse! See it at rook.example/x', ['Eclipse']),
    ).toEqual([
      { ...hashed('#eclipse'), name: '#Eclipse', kind: 'hashtag' },
      { ...hashed('solar eclipse'), name: 'solar eclipse', kind: 'phrase' },
      { ...hashed('eclipse today'), name: 'eclipse today', kind: 'phrase' },
    ])
    expect(topicsOf('of it. Is so', [])).toEqual([])
    expect(topicsOf('rain rain rain rain', ['Rain', 'rain'])).toEqual([
      { ...hashed('#rain'), name: '#Rain', kind: 'hashtag' },
      { ...hashed('rain rain'), name: 'rain rain', kind: 'phrase' },
    ])
  })

  test('of a plain text are the same whether its tokens tell their runs or not', () => {
    const piece = fc.constantFrom(
      'Solar',
      "don't",
      'go_1',
      ' ',
      '  ',
      '. ',
      ', ',
      '...',
      '\n',
      '-',
      "'",
      '#x',
      'a.b',
      'of',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const text = pieces.join('')
        const { words, kinds, runs } = tokensOf(text)
        expect(runs).toHaveLength(words.length)
        expect(topicsOf(text, [])).toEqual(topicsOf(text, [], { words, kinds }))
      }),
    )
  })

  test('of one tweet are bounded', () => {
    const tags = Array.from({ length: 100 }, (_, number) => `t${number}`)
    expect(topicsOf('', tags)).toHaveLength(24)
  })
})

describe('trends', () => {
  test('are what rises, not what is used most', () => {
    const trends = new Trends()
    for (let hour = 0; hour < 24; hour++) write(trends, '#daily', { hour, authors: 500 })
    write(trends, '#daily', { hour: 24, authors: 500 })
    write(trends, '#news', { hour: 24, authors: 40 })
    expect(namesAt(trends, 25)).toEqual(['#news'])
    for (let hour = 25; hour < 49; hour++) write(trends, '#daily', { hour, authors: 500 })
    expect(namesAt(trends, 49)).toEqual([])
    write(trends, '#daily', { hour: 49, authors: 2_000 })
    expect(namesAt(trends, 50)).toEqual(['#daily'])
  })

  test('among hashtags are found however many pairs of words are written beside them', () => {
    const trends = new Trends()
    // 600 pairs of words, each by more authors than the tag.
    for (let number = 0; number < 600; number++) {
      write(trends, `first${number} second${number}`, { hour: 0, authors: 4 })
    }
    write(trends, '#quiet', { hour: 0, authors: 3 })
    expect(namesAt(trends, 1)).toEqual(['#quiet'])
  })

  test('count authors: one who writes a thousand tweets is one, and two are too few', () => {
    const trends = new Trends()
    for (let time = 0; time < 500; time++) write(trends, '#spam', { hour: 0, authors: 2 })
    write(trends, '#fair', { hour: 0, authors: 3 })
    expect(namesAt(trends, 1)).toEqual(['#fair'])
  })

  test('list no phrase before it is known what is usual, and then those that rise', () => {
    const trends = new Trends()
    write(trends, 'good morning', { hour: 0, authors: 50 })
    expect(namesAt(trends, 1)).toEqual([])
    for (let hour = 1; hour <= trendPhraseHoursMin + 1; hour++) {
      write(trends, 'good morning', { hour, authors: 50 })
    }
    write(trends, 'solar eclipse', { hour: trendPhraseHoursMin + 1, authors: 30 })
    expect(namesAt(trends, trendPhraseHoursMin + 2)).toEqual(['solar eclipse'])
  })

  test('count an author once in an hour, also where older tweets come in between', () => {
    const trends = new Trends()
    write(trends, '#fair', { hour: 5, authors: 3 })
    for (let hour = 0; hour < 4; hour++) write(trends, '#late', { hour, authors: 1 })
    write(trends, '#fair', { hour: 5, authors: 3 })
    expect(trends.list(startMs + 6 * hourMs - 1)).toMatchObject([{ authors: 3 }])
  })

  test('among very many topics are those of a second ago at most', () => {
    const trends = new Trends()
    for (let number = 0; number <= trendsRankedAnewMax; number++) {
      write(trends, `#some${number}`, { hour: 0, authors: 3 })
    }
    const nowMs = startMs + hourMs - 1
    const names = (atMs: number) => trends.list(atMs).map(({ topic }) => topic.name)
    expect(names(nowMs)).toHaveLength(trendsLookedAtMax)
    write(trends, '#news', { hour: 0, authors: 40 })
    expect(names(nowMs + trendRankingMs - 1)).not.toContain('#news')
    expect(names(nowMs + trendRankingMs)[0]).toBe('#news')
    // The clock may be set back.
    write(trends, '#newer', { hour: 0, authors: 60 })
    expect(names(nowMs)[0]).toBe('#newer')
  })

  test('fade as the hour goes by', () => {
    const trends = new Trends()
    write(trends, '#now', { hour: 0, authors: 100 })
    expect(namesAt(trends, 1.5)).toEqual(['#now'])
    expect(namesAt(trends, 2.1)).toEqual([])
  })

  test('are found among very many topics that few write about, whatever the order in which they come', () => {
    const trends = new Trends()
    const steps: (() => void)[] = []
    for (let number = 0; number < 5_000; number++) {
      steps.push(() => write(trends, `#one${number}`, { hour: 0, authors: 1, from: number }))
    }
    steps.splice(4_000, 0, () => write(trends, '#many', { hour: 0, authors: 60 }))
    for (const step of steps) step()
    expect(namesAt(trends, 1)[0]).toBe('#many')
    write(trends, '#old', { hour: -40, authors: 50 })
    expect(namesAt(trends, 1)).not.toContain('#old')
  })
})

describe('a count-min sketch', () => {
  test('never says too little, and seldom too much', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 300 }), { maxLength: 2_000 }), (things) => {
        const sketch = new CountMin()
        for (const thing of things) sketch.add(fingerprintOf(`${thing}`))
        for (let thing = 0; thing <= 300; thing++) {
          const count = things.filter((one) => one === thing).length
          expect(sketch.count(fingerprintOf(`${thing}`))).toBeGreaterThanOrEqual(count)
          expect(sketch.count(fingerprintOf(`${thing}`))).toBeLessThanOrEqual(count + 2)
        }
      }),
    )
  })
})

describe('a set of pairs', () => {
  test('knows what was added, and takes no more than it may', () => {
    const pairs = new PairSet(1_000)
    let added = 0
    for (let one = 0; one < 40; one++) {
      for (let other = 0; other < 40; other++) if (pairs.add(one, other)) added++
    }
    expect(added).toBe(1_000)
    expect(pairs.add(0, 0)).toBe(false)
  })
})
