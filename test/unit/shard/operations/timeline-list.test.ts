import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { TweetId } from '../../../../protocol/ids.ts'
import { timelineListHandler } from '../../../../shard/operations/timeline-list.ts'
import { tweetDeleteHandler } from '../../../../shard/operations/tweet-delete.ts'
import { tweetRetweetHandler } from '../../../../shard/operations/tweet-retweet.ts'
import { notFound, world } from '../../../helpers/collection-world.ts'
import { stranger } from '../../../helpers/one-shard.ts'

describe('timeline.list', () => {
  test('has the tweets of all members, newest first, and of nobody else', () => {
    const { shard, ada, bob, cid, dan, list } = world()
    const listId = list([bob, cid])
    const tweets = [bob, cid, bob, bob, cid].map((author, number) => {
      shard.post(dan, `not in it ${number}`)
      return shard.post(author, `in it ${number}`)
    })
    const page = shard.ask(timelineListHandler, dan, { listId })
    expect(page.tweets.map(({ id }) => id)).toEqual([...tweets].reverse())
    expect(page.users.map(({ id }) => id).sort()).toEqual([bob, cid].sort())
    expect(shard.ask(timelineListHandler, ada, { listId }).tweets).toHaveLength(5)
  })

  test('pages of any size hold each once, as if they were one list', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 3 }), { maxLength: 30 }), fc.nat(), (posts, seed) => {
        const { shard, ada, bob, cid, dan, list } = world()
        const listId = list([ada, bob, cid])
        const wanted: number[] = []
        for (const author of posts) {
          const tweetId = shard.post([ada, bob, cid, dan][author]!, 'a tweet')
          if (author < 3) wanted.unshift(tweetId)
        }
        if (wanted.length > 3) {
          const gone = wanted.splice(2, 1)[0] as TweetId
          const author = shard.state.users.idOf(
            shard.state.tweets.authorOf(shard.state.tweets.find(gone)),
          )
          shard.ask(tweetDeleteHandler, author, { tweetId: gone })
        }
        const found: number[] = []
        let before: number | undefined
        for (let page = 0; page === 0 || before !== undefined; page++) {
          const limit = 1 + ((seed + page) % 4)
          const params = { listId, limit, ...(before === undefined ? {} : { before }) }
          const answer = shard.ask(timelineListHandler, dan, params)
          found.push(...answer.tweets.map(({ id }) => id))
          before = answer.olderCursor
        }
        expect(found).toEqual(wanted)
      }),
      { numRuns: 25 },
    )
  })

  test('a tweet that several members retweeted appears once, as the oldest retweet', () => {
    const { shard, ada, bob, cid, dan, list } = world()
    const listId = list([ada, bob, cid])
    const tweetId = shard.post(dan, 'of one who is not in it')
    for (const member of [ada, bob, cid]) shard.ask(tweetRetweetHandler, member, { tweetId })
    const page = shard.ask(timelineListHandler, dan, { listId })
    expect(page.tweets).toMatchObject([{ authorId: ada, retweetOf: tweetId }])
    expect(page.referenced).toMatchObject([{ id: tweetId }])
  })

  test('and as itself where its author is a member', () => {
    const { shard, bob, cid, dan, list } = world()
    const listId = list([bob, cid])
    const tweetId = shard.post(bob, 'once')
    shard.ask(tweetRetweetHandler, cid, { tweetId })
    const page = shard.ask(timelineListHandler, dan, { listId })
    expect(page.tweets.map(({ id }) => id)).toEqual([tweetId])
  })

  test('hides what the reader may not see, each reader their own (I5)', () => {
    const { shard, ada, bob, cid, dan, block, protect, list } = world()
    const listId = list([bob, cid])
    const [ofBob, ofCid] = [shard.post(bob, 'from bob'), shard.post(cid, 'from cid')]
    const seen = (reader: typeof ada) =>
      shard.ask(timelineListHandler, reader, { listId }).tweets.map(({ id }) => id)
    expect(seen(dan)).toEqual([ofCid, ofBob])
    block(bob, dan)
    expect(seen(dan)).toEqual([ofCid])
    expect(seen(ada)).toEqual([ofCid, ofBob])
    protect(cid)
    expect(seen(dan)).toEqual([])
    expect(seen(ada)).toEqual([ofBob])
    expect(seen(cid)).toEqual([ofCid, ofBob])
  })

  test('a private list has a timeline for its owner alone (I5)', () => {
    const { shard, ada, bob, dan, list } = world()
    const listId = list([bob], { private: true })
    shard.post(bob, 'hello')
    expect(shard.ask(timelineListHandler, ada, { listId }).tweets).toHaveLength(1)
    for (const reader of [bob, dan, stranger]) {
      expect(shard.call(timelineListHandler, reader, { listId })).toMatchObject(notFound('listId'))
    }
  })
})
