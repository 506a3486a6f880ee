import { describe, expect, test, vi } from 'vitest'
import { partitionOfId, type TweetId, type UserId } from '../../../../protocol/ids.ts'
import { liveSubscribeHandler } from '../../../../shard/operations/live-subscribe.ts'
import { timelineHomeHandler } from '../../../../shard/operations/timeline-home.ts'
import { tweetConversationHandler } from '../../../../shard/operations/tweet-conversation.ts'
import { tweetPostHandler } from '../../../../shard/operations/tweet-post.ts'
import { userFollowHandler } from '../../../../shard/operations/user-follow.ts'
import { tagResumeArrivalsMax } from '../../../../shard/state/index/limits.ts'
import { OneShard } from '../../../helpers/one-shard.ts'

/** Bob follows ada, who says one thing to all and then many things to cid alone. */
function manyForCid(count: number) {
  const shard = new OneShard()
  const [ada, bob, cid] = shard.signUp('ada', 'bob', 'cid')
  shard.ask(userFollowHandler, bob, { userId: ada })
  const root = shard.post(ada, 'rain')
  const say = (text: string, more: object): TweetId => {
    shard.nowMs++
    const tweetId = shard.newId(partitionOfId(ada)) as TweetId
    const mentions = [...text.matchAll(/@(\w+)/g)].map(({ index, 1: handle, 0: all }) => ({
      handle: handle!,
      start: index,
      end: index + all.length,
    }))
    const hashtags = [{ tag: 'rain', start: 0, end: 5 }]
    const entities = { mentions, hashtags, urls: [] }
    const links = { inReplyTo: root, inReplyToAuthorId: ada }
    const event = { tweetId, authorId: ada, text, entities, ...links, ...more }
    tweetPostHandler.apply(shard.state, event)
    return tweetId
  }
  const open = say('#rain for all', {})
  const hidden = Array.from({ length: count }, () =>
    say('#rain for you @CID', { visibility: 'mentioned' }),
  )
  return { shard, bob, cid, root, open, hidden }
}

describe('tweets for others, one behind the other, end a page by the work of a look at each', () => {
  const { shard, bob, cid, root, open, hidden } = manyForCid(700)
  const conversation = (reader: UserId, before?: number) => {
    const page = before === undefined ? {} : { before }
    return shard.ask(tweetConversationHandler, reader, { tweetId: root, ...page })
  }

  test('a page is short, and its cursors lead to what is behind them', () => {
    const bodies = vi.spyOn(shard.state.tweets, 'body')
    const first = conversation(bob)
    expect(bodies.mock.calls.length).toBeLessThan(300)
    bodies.mockRestore()
    expect(first.tweets).toEqual([])
    const found: number[] = []
    let pages = 1
    for (let before = first.olderCursor; before !== undefined; pages++) {
      const page = conversation(bob, before)
      found.push(...page.tweets.map(({ id }) => id))
      before = page.olderCursor
    }
    expect({ found, pages }).toEqual({ found: [open], pages: 3 })
  })

  test('nothing is decoded that does not hold the name of the reader', () => {
    const fields = vi.spyOn(shard.state.tweets, 'fieldOf')
    conversation(bob)
    expect(fields.mock.calls.filter(([, field]) => field === 'entities')).toEqual([])
    fields.mockRestore()
  })

  test('whoever is mentioned has them, in whatever case their name is written', () => {
    const page = conversation(cid)
    expect(page.tweets.map(({ id }) => id)).toEqual(hidden.slice(-20).reverse())
  })

  test('a home timeline, ranked or not, and a new stream of it have what is behind', () => {
    for (const order of ['latest', 'top']) {
      const found: number[] = []
      let before: number | undefined
      do {
        const page = before === undefined ? {} : { before }
        const answer = shard.ask(timelineHomeHandler, bob, { order, ...page })
        found.push(...answer.tweets.map(({ id }) => id))
        before = answer.olderCursor
      } while (before !== undefined)
      expect(found.sort()).toEqual([root, open].sort())
    }
    const stream = shard.ask(liveSubscribeHandler, bob, { channel: 'home' })
    expect(stream.tweets.map(({ id }) => id)).toEqual([open, root])
  })

  test('a tag that is resumed over too many of them begins anew', () => {
    expect(hidden.length).toBeLessThan(tagResumeArrivalsMax)
    const resume = (offset: number) =>
      shard.ask(liveSubscribeHandler, bob, { channel: 'tag:rain', position: `k3x9:${offset}` })
    expect(resume(0).recovered).toBe(false)
    expect(resume(hidden.length - 100).recovered).toBe(true)
  })
})
