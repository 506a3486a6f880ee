import { describe, expect, test } from 'vitest'
import { partitionOfId, type TweetId, type UserId } from '../../../../protocol/ids.ts'
import { pageBytesMax } from '../../../../protocol/limits.ts'
import { MessagePackWriter } from '../../../../protocol/message-pack.ts'
import { extractEntities } from '../../../../protocol/text/entities.ts'
import { accountExportHandler } from '../../../../shard/operations/account-export.ts'
import { liveSubscribeHandler } from '../../../../shard/operations/live-subscribe.ts'
import { momentAddTweetHandler } from '../../../../shard/operations/moment-add-tweet.ts'
import { momentCreateHandler } from '../../../../shard/operations/moment-create.ts'
import { momentGetHandler } from '../../../../shard/operations/moment-get.ts'
import { momentRemoveTweetHandler } from '../../../../shard/operations/moment-remove-tweet.ts'
import { notificationsListHandler } from '../../../../shard/operations/notifications-list.ts'
import { timelineHomeHandler } from '../../../../shard/operations/timeline-home.ts'
import { timelineUserHandler } from '../../../../shard/operations/timeline-user.ts'
import { tweetConversationHandler } from '../../../../shard/operations/tweet-conversation.ts'
import { writeFitting } from '../../../../shard/operations/tweet-page.ts'
import { tweetPostHandler } from '../../../../shard/operations/tweet-post.ts'
import { OneShard } from '../../../helpers/one-shard.ts'

/** 280 characters by weight, as an address counts for 23: 15 KB, since the addresses are there twice. */
const longText = Array.from({ length: 11 }, () => `https://a.com/${'я'.repeat(340)}`).join(' ')
/** The answers of the pages together with what is beside the tweets. */
const answerBytesMax = pageBytesMax + 64 * 1024

const bytesIn = (value: unknown): number => Buffer.byteLength(JSON.stringify(value))

type Page = { readonly tweets: readonly { readonly id: number }[]; readonly olderCursor?: number }

/** All tweets of all pages, of which no one is too long; and how many pages there are. */
function readAll(read: (before: { before?: number }) => Page): { ids: number[]; pages: number } {
  const ids: number[] = []
  let pages = 0
  for (let before = {}; ; ) {
    const page = read(before)
    pages++
    expect(page.tweets.length).toBeGreaterThan(0)
    expect(bytesIn(page.tweets)).toBeLessThan(answerBytesMax)
    ids.push(...page.tweets.map(({ id }) => id))
    if (page.olderCursor === undefined) return { ids, pages }
    before = { before: page.olderCursor }
  }
}

/** Long tweets of ada, applied here alone: to read all there is behind each of them takes long. */
function manyLong(replyTo: 'bob' | 'the one before') {
  const shard = new OneShard()
  const [ada, bob] = shard.signUp('ada', 'bob')
  const ofBob = shard.post(bob, 'rain')
  const tweets: TweetId[] = []
  const entities = extractEntities(longText)
  for (let number = 0; number < 90; number++) {
    shard.nowMs++
    const tweetId = shard.newId(partitionOfId(ada)) as TweetId
    const links =
      replyTo === 'bob'
        ? { inReplyTo: ofBob, inReplyToAuthorId: bob }
        : { inReplyTo: tweets.at(-1) ?? ofBob, inReplyToAuthorId: tweets.length === 0 ? bob : ada }
    const event = { tweetId, authorId: ada, text: longText, entities, ...links }
    tweetPostHandler.apply(shard.state, event)
    tweets.push(tweetId)
  }
  return { shard, ada, bob, ofBob, tweets, newest: [...tweets].reverse() as number[] }
}

describe('a page of long tweets ends by bytes, and its cursor goes on with the next', () => {
  const { shard, ada, bob, ofBob, newest } = manyLong('bob')

  test('of a profile and a home timeline, ranked or not', () => {
    const ofProfile = readAll((before) =>
      shard.ask(timelineUserHandler, ada, { userId: ada, limit: 100, ...before }),
    )
    expect(ofProfile).toEqual({ ids: newest, pages: 2 })
    const home = (order: string) =>
      readAll((before) => shard.ask(timelineHomeHandler, ada, { order, limit: 100, ...before }))
    expect(home('latest')).toEqual({ ids: newest, pages: 2 })
    const ranked = home('top')
    expect({ ...ranked, ids: ranked.ids.sort((left, right) => right - left) }).toEqual({
      ids: newest,
      pages: 2,
    })
  })

  test('of the replies to a tweet', () => {
    const replies = readAll((before) =>
      shard.ask(tweetConversationHandler, ada, { tweetId: ofBob, limit: 100, ...before }),
    )
    expect(replies).toEqual({ ids: newest, pages: 2 })
  })

  test('of notifications: each once, none without its tweet', () => {
    const { ids, pages } = readAll((before) =>
      shard.ask(notificationsListHandler, bob, { limit: 100, ...before }),
    )
    expect({ ids, pages }).toEqual({ ids: newest, pages: 2 })
  })

  test('of the export of an account', () => {
    const ids: number[] = []
    let cursor: string | undefined = `tweets:${Number.MAX_SAFE_INTEGER}`
    let pages = 0
    while (cursor?.startsWith('tweets')) {
      const page: { tweets?: readonly { id: number }[]; next?: string } = shard.ask(
        accountExportHandler,
        ada,
        { cursor },
      )
      ids.push(...page.tweets!.map(({ id }) => id))
      expect(bytesIn(page)).toBeLessThan(answerBytesMax)
      cursor = page.next
      pages++
    }
    expect({ ids, pages }).toEqual({ ids: newest, pages: 2 })
  })

  test('of a moment, from the tweet on that the page before ended with', () => {
    const momentId = shard.newId(partitionOfId(ada))
    momentCreateHandler.apply(shard.state, {
      actorId: ada,
      momentId,
      title: 'The storm',
      description: '',
    })
    for (const [place, tweetId] of (newest as TweetId[]).entries()) {
      momentAddTweetHandler.apply(shard.state, { actorId: ada, momentId, tweetId, place })
    }
    const remove = (tweetId: number): void => {
      const event = { actorId: ada, momentId, tweetId: tweetId as TweetId }
      momentRemoveTweetHandler.apply(shard.state, event)
    }
    const read = (before: { before?: number }) =>
      shard.ask(momentGetHandler, ada, { momentId, ...(before as { before?: TweetId }) })
    expect(readAll(read)).toEqual({ ids: newest, pages: 2 })
    const last = read({}).olderCursor as TweetId
    remove(newest[0]!)
    expect(read({ before: last }).tweets[0]?.id).toBe(newest[newest.indexOf(last) + 1])
    remove(last)
    const gone = { kind: 'failed', error: { code: 'not_found', field: 'before' } }
    expect(shard.call(momentGetHandler, ada, { momentId, before: last })).toMatchObject(gone)
  })

  test('what was missed of a stream is the newest page instead, where it would be too long', () => {
    const resume = (channel: string, actor: UserId, position: string) =>
      shard.ask(liveSubscribeHandler, actor, { channel, position })
    expect(resume('home', ada, 'k3x9:0')).toMatchObject({ recovered: false })
    expect(resume('home', ada, 'k3x9:60')).toMatchObject({ recovered: true })
    expect(resume('notifications', bob, 'k3x9:0!0')).toMatchObject({ recovered: false })
    expect(resume('notifications', bob, 'k3x9:60!60')).toMatchObject({ recovered: true })
  })
})

test('what long tweets reply to ends by bytes; the first one says what came before it', () => {
  const { shard, ada, tweets } = manyLong('the one before')
  const read = shard.ask(tweetConversationHandler, ada, { tweetId: tweets.at(-1)! })
  expect(bytesIn(read.ancestors)).toBeLessThan(answerBytesMax)
  const from = tweets.length - 1 - read.ancestors.length
  expect(from).toBeGreaterThan(10)
  expect(read.ancestors.map(({ id }) => id)).toEqual(tweets.slice(from, -1))
  expect(read.ancestors[0]?.inReplyTo).toBe(tweets[from - 1])
  expect(read.missing).toBeUndefined()
})

test.each([
  { sizes: [2 * pageBytesMax], left: 1 },
  { sizes: [1, 1, 2 * pageBytesMax], left: 1 },
  { sizes: [10, 10, 10], left: 3 },
  { sizes: Array.from({ length: 8 }, () => pageBytesMax / 4), left: 4 },
  { sizes: [], left: 0 },
])('writing again ends, with $left entries', ({ sizes, left }) => {
  const writer = new MessagePackWriter()
  writer.raw(new Uint8Array(7))
  const written = writeFitting(writer, sizes.length, (count) => {
    for (const size of sizes.slice(0, count)) writer.raw(new Uint8Array(size))
    return count
  })
  expect(written).toBe(left)
  const sum = sizes.slice(0, left).reduce((bytes, size) => bytes + size, 0)
  expect(writer.length).toBe(7 + sum)
})
