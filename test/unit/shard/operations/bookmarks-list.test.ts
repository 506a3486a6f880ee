import { describe, expect, test } from 'vitest'
import { bookmarksListHandler } from '../../../../shard/operations/bookmarks-list.ts'
import { tweetBookmarkHandler } from '../../../../shard/operations/tweet-bookmark.ts'
import { tweetDeleteHandler } from '../../../../shard/operations/tweet-delete.ts'
import { OneShard } from '../../../helpers/one-shard.ts'

describe('bookmarks.list', () => {
  test('shows the newest tweet first, in whatever order they were kept', () => {
    const { shard, bob, tweets } = world(3)
    for (const tweetId of [tweets[1]!, tweets[2]!, tweets[0]!]) {
      shard.ask(tweetBookmarkHandler, bob, { tweetId })
    }
    const page = shard.ask(bookmarksListHandler, bob, {})
    expect(page.tweets.map(({ id }) => id)).toEqual([...tweets].reverse())
    expect(page.tweets.every(({ viewer }) => viewer?.bookmarked)).toBe(true)
    expect(page.olderCursor).toBeUndefined()
  })

  test('pages hold each once, and leave out what was deleted', () => {
    const { shard, alice, bob, tweets } = world(5)
    for (const tweetId of tweets) shard.ask(tweetBookmarkHandler, bob, { tweetId })
    shard.ask(tweetDeleteHandler, alice, { tweetId: tweets[2]! })
    const found: number[] = []
    let before: number | undefined
    do {
      const params = { limit: 1, ...(before === undefined ? {} : { before }) }
      const page = shard.ask(bookmarksListHandler, bob, params)
      found.push(...page.tweets.map(({ id }) => id))
      before = page.olderCursor
    } while (before !== undefined)
    expect(found).toEqual([tweets[4], tweets[3], tweets[1], tweets[0]])
  })

  test('is empty for whoever has kept nothing', () => {
    const { shard, bob } = world(1)
    expect(shard.ask(bookmarksListHandler, bob, {})).toEqual({ tweets: [], users: [] })
  })
})

function world(count: number) {
  const shard = new OneShard()
  const [alice, bob] = shard.signUp('alice', 'bob')
  const tweets = Array.from({ length: count }, (_, number) => shard.post(alice, `keep ${number}`))
  return { shard, alice, bob, tweets }
}
