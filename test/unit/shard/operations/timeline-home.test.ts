import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { TweetId, UserId } from '../../../../protocol/ids.ts'
import { partitionOfId } from '../../../../protocol/ids.ts'
import { timelineLengthMax } from '../../../../protocol/limits.ts'
import { timelineHomeHandler } from '../../../../shard/operations/timeline-home.ts'
import { tweetDeleteHandler } from '../../../../shard/operations/tweet-delete.ts'
import { tweetFavoriteHandler } from '../../../../shard/operations/tweet-favorite.ts'
import { tweetPostHandler } from '../../../../shard/operations/tweet-post.ts'
import { userFollowHandler } from '../../../../shard/operations/user-follow.ts'
import { userUnfollowHandler } from '../../../../shard/operations/user-unfollow.ts'
import { ShardState } from '../../../../shard/state/shard-state.ts'
import { OneShard, stranger } from '../../../helpers/one-shard.ts'

describe('timeline.home', () => {
  test('shows those whom alice follows and herself, the newest first, each author once', () => {
    const { shard, alice, bob, carol } = world()
    const [one, two] = [shard.post(bob, 'one'), shard.post(alice, 'two')]
    shard.post(carol, 'not for alice')
    const three = shard.post(bob, 'three')
    shard.ask(tweetFavoriteHandler, alice, { tweetId: one })
    const page = shard.ask(timelineHomeHandler, alice, {})
    expect(page.tweets.map(({ id }) => id)).toEqual([three, two, one])
    expect(page.tweets.map(({ viewer }) => viewer?.favorited)).toEqual([false, false, true])
    expect(page.users.map(({ id }) => id)).toEqual([bob, alice])
    expect(page.users.map(({ viewer }) => viewer?.following)).toEqual([true, undefined])
    expect(page.olderCursor).toBeUndefined()
    expect(page.position).toBe('k3x9:4')
  })

  test('shows a reply to whoever follows both, to the one replied to, and to its author', () => {
    const { shard, alice, bob, carol } = world()
    const [dan] = shard.signUp('dan')
    shard.ask(userFollowHandler, dan, { userId: bob })
    shard.ask(userFollowHandler, carol, { userId: bob })
    const question = shard.post(carol, 'why?')
    const reply = shard.post(bob, 'because', { inReplyTo: question })
    const more = shard.post(bob, 'and so on', { inReplyTo: reply })
    const home = (reader: UserId) =>
      shard.ask(timelineHomeHandler, reader, {}).tweets.map(({ id }) => id)
    expect(home(alice)).toEqual([more])
    expect(home(dan)).toEqual([more])
    expect(home(carol)).toEqual([more, reply, question])
    expect(home(bob)).toEqual([more, reply])
    // To follow the one replied to brings it, to leave them takes it away.
    shard.ask(userFollowHandler, dan, { userId: carol })
    expect(home(dan)).toEqual([more, reply, question])
    shard.ask(userUnfollowHandler, dan, { userId: carol })
    expect(home(dan)).toEqual([more])
  })

  test('a reply keeps to its audience when it, or what it replies to, is deleted', () => {
    const { shard, alice, bob, carol } = world()
    shard.ask(userFollowHandler, carol, { userId: bob })
    const question = shard.post(carol, 'why?')
    const reply = shard.post(bob, 'because', { inReplyTo: question })
    shard.ask(tweetDeleteHandler, carol, { tweetId: question })
    const home = (reader: UserId) =>
      shard.ask(timelineHomeHandler, reader, {}).tweets.map(({ id }) => id)
    expect([home(alice), home(carol)]).toEqual([[], [reply]])
    shard.ask(tweetDeleteHandler, bob, { tweetId: reply })
    expect([home(alice), home(carol)]).toEqual([[], []])
    shard.expectRecovery((partitions) => [...partitions].reverse())
  })

  test('a new user has an empty page, and the position to start from', () => {
    const { shard, carol } = world()
    const empty = { tweets: [], users: [], position: 'k3x9:0' }
    expect(shard.ask(timelineHomeHandler, carol, {})).toEqual(empty)
  })

  test('a stranger has none', () => {
    const { shard } = world()
    expect(shard.call(timelineHomeHandler, stranger, {})).toMatchObject({
      kind: 'failed',
      error: { code: 'unauthenticated' },
    })
  })

  test('pages hold every tweet once; deleted ones leave no hole and no empty last page', () => {
    const { shard, alice, bob } = world()
    const tweets = Array.from({ length: 6 }, (_, number) => shard.post(bob, `${number}`))
    for (const place of [0, 2, 5]) shard.ask(tweetDeleteHandler, bob, { tweetId: tweets[place]! })
    const expected = [4, 3, 1].map((place) => tweets[place])
    expect(pages(shard, alice, 1)).toEqual(expected.map((id) => [id]))
    expect(pages(shard, alice, 2)).toEqual([[expected[0], expected[1]], [expected[2]]])
    expect(pages(shard, alice, 3)).toEqual([expected])
    expect(pages(shard, alice, 100)).toEqual([expected])
  })

  test('I3: the order is that of the ids, also where an older tweet arrives later', () => {
    const shard = new OneShard({ hosts: ['alice'] })
    const [alice] = shard.signUp('alice')
    const [zoe, yan] = [shard.hearOf('zoe'), shard.hearOf('yan')]
    for (const userId of [zoe, yan]) shard.ask(userFollowHandler, alice, { userId })
    const older = shard.newId(partitionOfId(zoe)) as TweetId
    shard.nowMs++
    const newer = shard.newId(partitionOfId(yan)) as TweetId
    shard.ask(timelineHomeHandler, alice, {})
    hearTweet(shard, yan, newer)
    hearTweet(shard, zoe, older)
    expect(pages(shard, alice, 20)).toEqual([[newer, older]])
  })

  test('an author whose sign-up has not come is left out of the users, not their tweet', () => {
    const shard = new OneShard({ hosts: ['alice'] })
    const [alice] = shard.signUp('alice')
    const zoe = shard.newId(60) as UserId
    shard.hear(userFollowHandler.operation, { followerId: alice, followeeId: zoe })
    const tweetId = shard.newId(60) as TweetId
    hearTweet(shard, zoe, tweetId)
    const page = shard.ask(timelineHomeHandler, alice, {})
    expect(page).toMatchObject({ tweets: [{ id: tweetId, authorId: zoe }], users: [] })
  })

  test('holds the newest 800 and no more, delivered or built anew', () => {
    const { state, alice, bob } = smallState()
    for (let number = 1; number <= timelineLengthMax + 50; number++) {
      if (number === 10) read(state, alice)
      put(state, bob, bob.id + number * 4_096)
    }
    const newest = bob.id + (timelineLengthMax + 50) * 4_096
    const expected = Array.from({ length: timelineLengthMax }, (_, place) => newest - place * 4_096)
    expect(read(state, alice)).toEqual(expected)
    state.dropTimeline(alice.index)
    expect(read(state, alice)).toEqual(expected)
  })
})

test('I7: what was delivered is what would be built anew, whatever comes in whatever order', () => {
  const step = fc.oneof(
    { weight: 12, arbitrary: fc.record({ does: fc.constant('post'), ms: fc.nat(2_000) }) },
    { weight: 1, arbitrary: fc.record({ does: fc.constant('follow'), ms: fc.constant(0) }) },
    { weight: 1, arbitrary: fc.record({ does: fc.constant('unfollow'), ms: fc.constant(0) }) },
    { weight: 1, arbitrary: fc.record({ does: fc.constant('delete'), ms: fc.nat(2_000) }) },
  )
  const steps = fc.array(fc.tuple(step, fc.nat(2)), { maxLength: 1_200, size: 'max' })
  fc.assert(
    fc.property(steps, (drawn) => {
      const { state, alice, bob, carol } = smallState()
      const authors = [alice, bob, carol]
      read(state, alice)
      for (const [{ does, ms }, who] of drawn) {
        const author = authors[who]!
        const id = author.id + ms * 4_096
        if (does === 'post') put(state, author, id)
        else if (does === 'delete') state.tweets.delete(id)
        else if (author !== alice) change(state, does, [alice, author])
      }
      const delivered = read(state, alice)
      state.dropTimeline(alice.index)
      expect(delivered).toEqual(read(state, alice))
      expect(delivered.length).toBeLessThanOrEqual(timelineLengthMax)
    }),
    { numRuns: 25 },
  )
})

type Person = { readonly id: UserId; readonly index: number }

/** A state alone, without what an operation costs: for many tweets. */
function smallState() {
  const state = new ShardState()
  const [alice, bob, carol] = [1, 2, 3].map((partition) => {
    state.host(partition)
    const id = (4_096 * 1_000 + partition * 16) as UserId
    return { id, index: state.users.index.intern(id) }
  }) as [Person, Person, Person]
  for (const person of [bob, carol]) state.follow(alice.id, person.id)
  return { state, alice, bob, carol }
}

function put(state: ShardState, author: Person, id: number): void {
  const entities = { mentions: [], hashtags: [], urls: [] }
  const tweet = { id: id as TweetId, authorId: author.id, text: 't', createdAt: 0, entities }
  state.tweets.put(tweet, author.index)
  state.authored.insert(author.index, id)
  state.deliver(author.index, id)
}

function change(state: ShardState, does: string, [who, whom]: [Person, Person]): void {
  const isFollowing = state.followings.has(who.index, whom.index)
  if (does === 'follow' && !isFollowing) state.follow(who.id, whom.id)
  if (does === 'unfollow' && isFollowing) state.unfollow(who.id, whom.id)
  // The next delivery must find a timeline, or nothing would be delivered any more.
  read(state, who)
}

function read(state: ShardState, reader: Person): number[] {
  const out = new Float64Array(timelineLengthMax + 10)
  const page = { before: Number.MAX_SAFE_INTEGER, limit: out.length }
  return [...out.subarray(0, state.readHome(reader.index, page, out))]
}

function world() {
  const shard = new OneShard()
  const [alice, bob, carol] = shard.signUp('alice', 'bob', 'carol')
  shard.ask(userFollowHandler, alice, { userId: bob })
  return { shard, alice, bob, carol }
}

function hearTweet(shard: OneShard, authorId: UserId, tweetId: TweetId): void {
  const entities = { mentions: [], hashtags: [], urls: [] }
  shard.hear(tweetPostHandler.operation, { tweetId, authorId, text: 'hello', entities })
}

function pages(shard: OneShard, reader: UserId, limit: number): TweetId[][] {
  const seen: TweetId[][] = []
  let before: { before?: number } = {}
  for (;;) {
    const page = shard.ask(timelineHomeHandler, reader, { limit, ...before })
    seen.push(page.tweets.map(({ id }) => id))
    if (page.olderCursor === undefined) return seen
    before = { before: page.olderCursor }
  }
}
