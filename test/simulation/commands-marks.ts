// Commands of the model test that have to do with what a user keeps for themselves (bookmarks, muted threads, the
// own name), and tweets that are found by a tag or a place.

import fc from 'fast-check'
import { expect } from 'vitest'
import type { TweetId } from '../../protocol/ids.ts'
import { trendAuthorsMin } from '../../shard/state/index/limits.ts'
import type { World } from './comparison.ts'
import { places, tags } from './comparison-marks.ts'
import type { ModelTweet, ModelUser } from './model.ts'
import { without } from './model-privacy.ts'

const aboutTweets = ['bookmark', 'unbookmark', 'mute thread', 'unmute thread'] as const

export type MarkCommand =
  | { do: (typeof aboutTweets)[number]; user: number; tweet: number }
  | { do: 'rename'; user: number; name: number }
  | { do: 'post a tag'; user: number; tag: number; place: number | undefined }
  | { do: 'start a trend'; user: number; tag: number }

const n = fc.nat({ max: 1000 })

export const markArbitrary: fc.Arbitrary<MarkCommand> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom('bookmark' as const, ...aboutTweets),
      user: n,
      tweet: n,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('rename' as const), user: n, name: n }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('post a tag' as const),
      user: n,
      tag: n,
      place: fc.option(n, { nil: undefined }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('start a trend' as const), user: n, tag: n }),
  },
)

export function isMarkCommand<C extends { do: string }>(
  command: C | MarkCommand,
): command is MarkCommand {
  return [...aboutTweets, 'rename', 'post a tag', 'start a trend'].includes(command.do as 'rename')
}

/** Does it to the cluster and to the model. */
export async function runMarks(command: MarkCommand, world: World): Promise<void> {
  const { users, tweets } = world.model
  const user = users[command.user % users.length]!
  if (command.do === 'rename') return rename(user, `name ${command.name}`, world)
  if (command.do === 'post a tag') return postTag(command, user.id, world)
  if (command.do === 'start a trend') return startTrend(command, world)
  const tweet = tweets[command.tweet % Math.max(1, tweets.length)]
  if (tweet === undefined) return
  if (command.do === 'bookmark' || command.do === 'unbookmark') {
    return bookmark(command.do, { user: user.id, tweet }, world)
  }
  return muteThread(command.do, { user: user.id, tweet }, world)
}

async function rename(user: ModelUser, name: string, { cluster }: World): Promise<void> {
  const answer = await cluster.call('user.update', { name }, { actor: user.id })
  expect(answer).toMatchObject({ result: { user: { id: user.id, name } } })
  user.name = name
}

/** As many write about it as a trend needs. */
async function startTrend(
  { user, tag }: { user: number; tag: number },
  world: World,
): Promise<void> {
  const { users } = world.model
  for (let place = user; place < user + trendAuthorsMin; place++) {
    await postTag({ tag, place: undefined }, users[place % users.length]!.id, world)
  }
}

async function postTag(
  { tag, place }: { tag: number; place: number | undefined },
  user: number,
  { cluster, model }: World,
): Promise<void> {
  const tagged = tags[tag % tags.length]!
  const text = `note ${model.tweets.length} #${tagged}`
  const location = place === undefined ? {} : { location: places[place % places.length]! }
  const answer = await cluster.call('tweet.post', { text, ...location }, { actor: user })
  if ('error' in answer) throw new Error(`post: ${answer.error.message}`)
  const { id } = answer.result.tweet
  const written = { id, author: user, text, inReplyTo: undefined, isDeleted: false, tag: tagged }
  model.tweets.push({ ...written, ...location })
}

type Marked = { readonly user: number; readonly tweet: ModelTweet }

async function bookmark(
  change: 'bookmark' | 'unbookmark',
  { user, tweet }: Marked,
  { cluster, model }: World,
): Promise<void> {
  const params = { tweetId: tweet.id as TweetId }
  const answer = await cluster.call(`tweet.${change}`, params, { actor: user })
  if ('error' in answer) {
    expect(change === 'bookmark' && model.isHidden(user, tweet)).toBe(true)
    expect(answer.error.code).toBe('not_found')
    return
  }
  if (change === 'bookmark') expect(model.mayRead(user, tweet), 'I5').toBe(true)
  model.bookmarks = without(model.bookmarks, [user, tweet.id])
  if (change === 'bookmark') model.bookmarks.push([user, tweet.id])
}

async function muteThread(
  change: 'mute thread' | 'unmute thread',
  { user, tweet }: Marked,
  { cluster, model }: World,
): Promise<void> {
  const name = change === 'mute thread' ? 'mutes.addThread' : 'mutes.removeThread'
  // To unmute a thread by a retweet, whoever does it has to have heard of that.
  if (tweet.retweetOf !== undefined) await cluster.settle()
  const answer = await cluster.call(name, { tweetId: tweet.id as TweetId }, { actor: user })
  if ('error' in answer) {
    expect(change === 'mute thread' && model.isHidden(user, tweet)).toBe(true)
    expect(answer.error.code).toBe('not_found')
    return
  }
  const { privacy } = model
  const { id } = model.original(tweet)
  privacy.threads = without(privacy.threads, [user, id])
  if (change === 'mute thread') privacy.threads.push([user, id])
}
