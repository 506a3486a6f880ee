import { describe, expect, test } from 'vitest'
import { failure, RequestFailure } from '../../../protocol/errors.ts'
import { Cell, CellMap } from '../../../server/web/store/cell.ts'
import { Drafts, postIdOf } from '../../../server/web/store/drafts.ts'
import type { FeedPage } from '../../../server/web/store/feed.ts'
import { Feed } from '../../../server/web/store/feed.ts'
import { settled } from './people.ts'

describe('cells', () => {
  test('tell of changes, to those who still watch', () => {
    const cell = new Cell(1)
    const seen: number[] = []
    const stop = cell.watch(() => seen.push(cell.value))
    cell.set(1)
    cell.set(2)
    cell.update((value) => value + 1)
    stop()
    cell.set(4)
    expect(seen).toEqual([2, 3])
    expect(cell.isWatched).toBe(false)
  })

  test('that nobody watches leave when there are many, the oldest first', () => {
    const cells = new CellMap<number, string>(20)
    cells.cell(0).watch(() => undefined)
    for (let key = 0; key < 20; key++) cells.cell(key).set(`value ${key}`)
    cells.cell(20)
    expect(cells.size).toBeLessThanOrEqual(20)
    expect(cells.get(0)).toBe('value 0')
    expect(cells.get(1)).toBeUndefined()
    expect(cells.get(19)).toBe('value 19')
  })
})

describe('drafts', () => {
  function keeping() {
    const kept = new Map<string, string>()
    const keeper = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    }
    let ids = 0
    const makeId = () => `id ${ids++}`
    return { kept, of: (owner: string) => new Drafts({ keeper, owner, makeId }) }
  }

  test('come back with the id of the one post that they may become', () => {
    const { of } = keeping()
    const draft = { ...of('a').read('new'), text: 'half' }
    of('a').keep('new', draft)
    expect(of('a').read('new')).toEqual(draft)
    expect(of('b').read('new').text).toBe('')
    expect(of('a').read('reply 7').text).toBe('')
    of('a').forget('new')
    expect(of('a').read('new').operationId).not.toBe(draft.operationId)
  })

  test('become one post for each content', () => {
    const { of } = keeping()
    const draft = { text: 'half', operationId: '4294967295-4294967295-4294967295-4294967295' }
    const id = postIdOf(draft, { text: 'half', mediaIds: ['a'] })
    expect(postIdOf({ ...draft }, { text: 'half', mediaIds: ['a'] })).toBe(id)
    expect(id).toMatch(/^[\x21-\x7e]{1,64}$/)
    const others = [{ text: 'half' }, { text: 'half.', mediaIds: ['a'] }, { text: 'flah' }]
    expect(new Set([id, ...others.map((content) => postIdOf(draft, content))]).size).toBe(4)
    expect(postIdOf(of('a').read('new'), { text: 'half', mediaIds: ['a'] })).not.toBe(id)
  })

  test('that are empty or damaged are as if they were not there', () => {
    const { of, kept } = keeping()
    of('a').keep('new', { text: 'x', operationId: 'y' })
    of('a').keep('new', { text: '', operationId: 'y' })
    expect(kept.size).toBe(0)
    kept.set('rookery.draft.a.new', '{"text":')
    expect(of('a').read('new').text).toBe('')
    kept.set('rookery.draft.a.new', '{"text":5}')
    expect(of('a').read('new').text).toBe('')
  })
})

describe('a list', () => {
  function reading() {
    const asked: { before: number | undefined; end: (page: FeedPage<number> | Error) => void }[] =
      []
    const feed = new Feed<number>(
      (before) =>
        new Promise((resolve, reject) => {
          const end = (page: FeedPage<number> | Error) =>
            page instanceof Error ? reject(page) : resolve(page)
          asked.push({ before, end })
        }),
    )
    const answer = async (page: FeedPage<number> | Error) => {
      asked.shift()?.end(page)
      await settled()
    }
    return { feed, asked, answer }
  }

  test('is read page by page, each once, without repeating what overlaps', async () => {
    const { feed, asked, answer } = reading()
    feed.start()
    feed.start()
    feed.more()
    expect(asked).toHaveLength(1)
    await answer({ ids: [9, 8], olderCursor: 8 })
    feed.add(10)
    feed.more()
    expect(asked[0]?.before).toBe(8)
    await answer({ ids: [8, 7] })
    feed.remove(9)
    expect(feed.state.value.ids).toEqual([10, 8, 7])
    expect(feed.hasOlder).toBe(false)
    feed.more()
    expect(asked).toHaveLength(0)
  })

  test('says when a page cannot be had, and asks for the same one again', async () => {
    const { feed, asked, answer } = reading()
    feed.start()
    await answer({ ids: [9], olderCursor: 9 })
    feed.more()
    await answer(new RequestFailure(failure('timeout')))
    expect(feed.state.value).toMatchObject({ status: 'failed', ids: [9] })
    feed.more()
    expect(asked[0]?.before).toBe(9)
    await answer({ ids: [8] })
    expect(feed.state.value).toMatchObject({ status: 'ready', ids: [9, 8], error: undefined })
  })
})
