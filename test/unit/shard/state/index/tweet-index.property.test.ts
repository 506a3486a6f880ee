// The tweet index against a list that is looked through: whatever the order of arrival, the deletions, the
// size of pages and how soon the steps end, the pages put together are what the list says.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { searchCompareSteps } from '../../../../../shard/state/index/limits.ts'
import { Postings } from '../../../../../shard/state/index/postings.ts'
import { Segment, segmentTweetsMax } from '../../../../../shard/state/index/segment.ts'
import { TweetIndex } from '../../../../../shard/state/index/tweet-index.ts'

const idMax = Number.MAX_SAFE_INTEGER

describe('postings', () => {
  test('give back what was appended, from any document on, for terms of any length', () => {
    const documents = fc.uniqueArray(fc.nat({ max: 65_535 }), { maxLength: 300 })
    fc.assert(
      fc.property(fc.array(documents, { maxLength: 8 }), documents, (lists, seeks) => {
        const postings = new Postings()
        const sorted = lists.map((list) => list.sort((left, right) => left - right))
        const entries = sorted.flatMap((list, term) => list.map((document) => ({ term, document })))
        for (const { term, document } of entries.sort(
          (one, other) => one.document - other.document,
        )) {
          postings.append(term, document)
          postings.append(term, document)
        }
        for (const [term, list] of sorted.entries()) {
          expect(postings.count(term)).toBe(list.length)
          expect([...postings.all(term)]).toEqual(list.toReversed())
          const cursor = postings.cursor(term)
          for (const seek of seeks.sort((left, right) => right - left)) {
            expect(cursor.seek(seek)).toBe(list.findLast((document) => document <= seek) ?? -1)
          }
        }
      }),
    )
  })

  test('the commonest term of a full segment is whole', () => {
    const postings = new Postings()
    for (let document = 0; document < 65_536; document++) {
      postings.append(7, document)
      if (document % 3 === 0) postings.append(8, document)
    }
    postings.seal()
    const cursor = postings.cursor(7)
    for (let document = 65_535; document >= 0; document--)
      expect(cursor.seek(document)).toBe(document)
    expect([...postings.all(8)]).toHaveLength(21_846)
    expect(postings.cursor(8).seek(100)).toBe(99)
  })
})

type Tweet = { id: number; terms: number[] }

const tweetArbitrary: fc.Arbitrary<Tweet> = fc.record({
  id: fc.integer({ min: 1, max: 5_000 }),
  terms: fc.uniqueArray(fc.nat({ max: 5 }), { maxLength: 4 }),
})

function pagesOf(index: TweetIndex, given: { terms: number[]; limit: number; stepsMax: number }) {
  const pages: number[] = []
  let before: number | undefined = idMax
  for (let page = 0; before !== undefined && page < 3_000; page++) {
    const found = index.search({ ...given, before, since: 0, accept: () => true })
    expect(found.ids.length).toBeLessThanOrEqual(given.limit)
    pages.push(...found.ids)
    before = found.olderCursor
  }
  return pages
}

describe('the tweet index', () => {
  test('finds what a list finds, newest first, page by page', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(tweetArbitrary, { selector: ({ id }) => id, maxLength: 600 }),
        fc.uniqueArray(fc.nat({ max: 5 }), { maxLength: 3 }),
        fc.record({ limit: fc.integer({ min: 1, max: 30 }), removed: fc.array(fc.nat()) }),
        (tweets, terms, { limit, removed }) => {
          const index = new TweetIndex()
          for (const { id, terms: own } of tweets) index.add(id, own)
          const gone = new Set(removed.map((place) => tweets[place % (tweets.length || 1)]?.id))
          for (const id of gone) if (id !== undefined) index.remove(id)
          const expected = tweets
            .filter(
              ({ id, terms: own }) => !gone.has(id) && terms.every((term) => own.includes(term)),
            )
            .map(({ id }) => id)
            .sort((left, right) => right - left)
          expect(pagesOf(index, { terms, limit, stepsMax: Infinity })).toEqual(expected)
        },
      ),
    )
  })

  test('whose steps end goes on from there, and leaves nothing out', () => {
    const index = new TweetIndex()
    const expected: number[] = []
    for (let number = 0; number < 20_000; number++) {
      // Logs that are read side by side: nearly in order.
      const id = 10 * (number ^ 5) + 10
      index.add(id, number % 97 === 0 ? [1, 2] : [number % 2 === 0 ? 1 : 2])
      if (number % 97 === 0) expected.push(id)
    }
    expected.sort((left, right) => right - left)
    expect(pagesOf(index, { terms: [1, 2], limit: 10, stepsMax: 2_000 })).toEqual(expected)
  })

  test('whose steps end goes on from there also where some logs are read long after others', () => {
    const index = new TweetIndex()
    const late = 3_000
    const wanted = (id: number): boolean => id % 2_000 < 20
    const expected: number[] = []
    for (let number = 0; number < 20_000; number++) {
      // Every other tweet is of a log that comes behind the others.
      const place = number % 2 === 0 ? number : number - late
      if (place > 0) index.add(10 * place, [1])
      if (place > 0 && wanted(10 * place)) expected.push(10 * place)
    }
    const found: number[] = []
    let pages = 0
    for (let before: number | undefined = idMax; before !== undefined && pages < 500; pages++) {
      const search = { terms: [1], before, since: 0, limit: 10, stepsMax: 20_000 }
      const page = index.search({ ...search, accept: wanted })
      found.push(...page.ids)
      before = page.olderCursor
    }
    expect(found).toEqual(expected.sort((left, right) => right - left))
    expect(pages).toBeLessThan(500)
  })

  test('keeps to its budget: the oldest leave first', () => {
    const index = new TweetIndex(segmentTweetsMax)
    for (let id = 1; id <= 3 * segmentTweetsMax + 5; id++) index.add(id, [id % 1000])
    expect(index.count).toBe(segmentTweetsMax + 5)
    expect(index.addOlder(new Segment())).toBe(false)
    const [newest] = pagesOf(index, { terms: [7], limit: 10, stepsMax: Infinity })
    expect(newest).toBe(196_007)
  })

  test('finds by the times of ids, and in the order of arrival', () => {
    const index = new TweetIndex()
    for (const id of [5, 3, 9, 7]) index.add(id, [1])
    const found = index.search({
      terms: [1],
      before: 9,
      since: 5,
      limit: 5,
      stepsMax: Infinity,
      accept: () => true,
    })
    expect(found).toEqual({ ids: [7, 5], olderCursor: undefined })
    const arrived: number[] = []
    index.newestArrivals(1, { left: Infinity }, (id) => arrived.push(id) < 3)
    expect(arrived).toEqual([7, 9, 3])
    const steps = { left: searchCompareSteps + 2 }
    index.newestArrivals(1, steps, (id) => arrived.push(id) > 0)
    expect(arrived).toEqual([7, 9, 3, 7])
    expect(steps.left).toBeLessThanOrEqual(0)
  })
})
