import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { idMax, type TweetId, type UserId } from '../../../../protocol/ids.ts'
import type { View } from '../../../../shard/operations/implement.ts'
import { mutesAddWordHandler } from '../../../../shard/operations/mutes-add-word.ts'
import { Repeats } from '../../../../shard/operations/repeats.ts'
import { tweetRetweetHandler } from '../../../../shard/operations/tweet-retweet.ts'
import { tweetUnretweetHandler } from '../../../../shard/operations/tweet-unretweet.ts'
import { userFollowHandler } from '../../../../shard/operations/user-follow.ts'
import { userMuteHandler } from '../../../../shard/operations/user-mute.ts'
import { mayShow } from '../../../../shard/operations/visibility.ts'
import { OneShard } from '../../../helpers/one-shard.ts'

type Other = (other: number) => boolean

describe('repeats', () => {
  test('agree with a look at everything, whoever retweets, mutes and takes back', () => {
    const deed = fc.record({
      does: fc.constantFrom('retweet', 'retweet', 'retweet', 'mute', 'take back'),
      who: fc.nat(5),
      which: fc.nat(3),
    })
    fc.assert(
      fc.property(fc.array(deed, { maxLength: 24 }), fc.nat(7), (deeds, toldBits) => {
        const { shard, reader, people, tweets } = world(6, 4)
        for (const { does, who, which } of deeds) {
          const [person, tweetId] = [people[who]!, tweets[which]!]
          if (does === 'retweet') shard.call(tweetRetweetHandler, person, { tweetId })
          else if (does === 'mute') shard.ask(userMuteHandler, reader, { userId: person })
          else shard.call(tweetUnretweetHandler, person, { tweetId })
        }
        const { state } = shard
        const user = state.users.indexOf(reader)
        const isTold = (other: number) => ((toldBits >> (other % 3)) & 1) === 1
        const asked = new Repeats(state, user)
        const streamed = new Repeats(state, user)
        const copied = new Repeats(withoutLooks(shard), user)
        for (const tweet of homeOf(state, user)) {
          if (!mayShow(state, { reader: user, tweet })) continue
          const isOlder = (other: number) => state.tweets.idOf(other) < state.tweets.idOf(tweet)
          const isBefore = (other: number) => isTold(other) || isOlder(other)
          const isRepeat = hasNaively(state, { user, tweet, isBefore: isOlder })
          expect([asked.has(tweet), copied.has(tweet)]).toEqual([isRepeat, isRepeat])
          expect(streamed.has(tweet, isBefore)).toBe(hasNaively(state, { user, tweet, isBefore }))
        }
        for (const id of tweets) {
          const tweet = state.tweets.indexOf(id)
          const leads = homeOf(state, user).some((one) => leadsTo(state, one, tweet))
          expect(asked.leadsTo(tweet)).toBe(leads)
          expect(new Repeats(state, user).leadsTo(tweet)).toBe(leads)
        }
      }),
      { numRuns: 120 },
    )
  })

  test('many retweets of one original are looked at once each, not once for each other', () => {
    const { shard, reader, people, tweets } = world(60, 1)
    shard.ask(mutesAddWordHandler, reader, { word: 'rain' })
    // The author is not followed, and who retweeted first is muted: so there is something to look for.
    for (const person of people) shard.ask(tweetRetweetHandler, person, { tweetId: tweets[0]! })
    for (const person of people.slice(0, 30)) {
      shard.ask(userMuteHandler, reader, { userId: person })
    }
    const user = shard.state.users.indexOf(reader)
    const { view, looks } = counting(shard)
    const repeats = new Repeats(view, user)
    const shown = homeOf(shard.state, user).filter(
      (tweet) => mayShow(shard.state, { reader: user, tweet }) && !repeats.has(tweet),
    )
    expect(shown).toHaveLength(1)
    expect(looks.count).toBeLessThanOrEqual(60)
  })
})

test('who is pushed one retweet, and follows several who know it, is told without a copy of the timeline', () => {
  const { shard, people, tweets, reader } = world(6, 1)
  for (const person of people) shard.ask(tweetRetweetHandler, person, { tweetId: tweets[0]! })
  const user = shard.state.users.indexOf(reader)
  const [newest] = homeOf(shard.state, user)
  const { view, looks } = counting(shard)
  expect(new Repeats(view, user).has(newest!)).toBe(true)
  expect(new Repeats(view, user).has(newest!, () => false)).toBe(false)
  expect(looks.pages).toBe(0)
})

/** A reader who follows all others, but not the author of the tweets unless it is one of them. */
function world(peopleCount: number, tweetCount: number) {
  const shard = new OneShard()
  const [reader, author] = shard.signUp('reader', 'author')
  const names = Array.from({ length: peopleCount }, (_, number) => `person${number}`)
  const people: readonly UserId[] = shard.signUp(...names)
  for (const userId of people) shard.ask(userFollowHandler, reader, { userId })
  const authors = [author, people[0]!]
  const tweets: readonly TweetId[] = Array.from({ length: tweetCount }, (_, number) =>
    shard.post(authors[number % 2]!, `tweet ${number}`),
  )
  return { shard, reader, people, tweets }
}

/** What a shard's state is to a reader, where no timeline can be looked at without a copy. */
function withoutLooks(shard: OneShard): View {
  return { ...counting(shard).view, holdsHome: () => undefined }
}

/** What a shard's state is to a reader, counting how often it is asked who is muted, and for a page. */
function counting({ state }: OneShard) {
  const looks = { count: 0, pages: 0 }
  const view = {
    users: state.users,
    tweets: state.tweets,
    retweetsOf: state.retweetsOf,
    followings: state.followings,
    followers: state.followers,
    mutedWords: state.mutedWords,
    marks: (kind: string) => {
      if (kind === 'mutes') looks.count++
      return state.marks(kind)
    },
    readHome: (...asked: Parameters<View['readHome']>) => {
      looks.pages++
      return state.readHome(...asked)
    },
    holdsHome: (...asked: Parameters<View['holdsHome']>) => state.holdsHome(...asked),
  }
  return { view: view as unknown as View, looks }
}

function homeOf(view: View, user: number): number[] {
  const ids = new Float64Array(800)
  const count = view.readHome(user, { before: idMax, limit: 800 }, ids)
  const found = [...ids.subarray(0, count)].map((id) => view.tweets.find(id))
  return found.filter((tweet) => tweet >= 0)
}

function leadsTo(view: View, one: number, tweet: number): boolean {
  return one === tweet || view.tweets.originalOf(one) === tweet
}

function hasNaively(
  view: View,
  asked: { readonly user: number; readonly tweet: number; readonly isBefore: Other },
): boolean {
  const { user, tweet, isBefore } = asked
  const original = view.tweets.originalOf(tweet)
  if (original < 0) return false
  return homeOf(view, user).some((other) => {
    if (other === tweet || !leadsTo(view, other, original)) return false
    if (!mayShow(view, { reader: user, tweet: other })) return false
    return other === original || isBefore(other)
  })
}
